"""Films that must be held out together: repeated measurements of one film, and near-duplicates.

Conventions
-----------
What a table declares one ``work``, and rows of one director, title and year, are one film.
Beyond that, two films of one candidate whose modelled figures all agree within half a per cent may be one film under
two names; whether they are or not, neither is predicted from the other.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from authorship.reference.table import Reference

__all__ = ["leave_together", "near_duplicates"]

_NEAR = 0.005
_ENOUGH = 0.5  # share of the features that both films must have


def near_duplicates(reference: Reference) -> list[tuple[int, int]]:
    """Find pairs of films, as row numbers, whose modelled figures agree but that are not declared one work.

    Figures that the codebook takes the logarithm of agree within half a per cent, others within 0.005 of their unit.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> reference = builtin_reference()
    >>> [[str(reference.titles[i]) for i in pair] for pair in near_duplicates(reference)]
    [['Gangs of New York', 'The Aviator']]
    """
    values = reference.matrix()
    pairs = []
    for row in range(len(values) - 1):
        differences = np.abs(values[row + 1 :] - values[row])
        known = ~np.isnan(differences)
        alike = (np.where(known, differences, 0.0).max(axis=1) < _NEAR) & (known.mean(axis=1) >= _ENOUGH)
        alike &= reference.works[row + 1 :] != reference.works[row]
        pairs += [(row, int(other) + row + 1) for other in np.flatnonzero(alike)]
    return pairs


def leave_together(reference: Reference) -> Reference:
    """Return the reference with near-duplicates of one candidate declared one work.

    Near-duplicates of two candidates stay apart: there each makes the other harder to get right, not easier.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> reference = builtin_reference()
    >>> len(set(reference.works)) - len(set(leave_together(reference).works))
    1
    """
    works: npt.NDArray[np.str_] = reference.works.copy()
    for one, other in near_duplicates(reference):
        if reference.labels[one] == reference.labels[other]:
            works[works == works[other]] = works[one]
    return replace(reference, works=works)
