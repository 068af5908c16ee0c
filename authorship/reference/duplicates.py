"""Films that must be held out together: repeated measurements of one film, and near-duplicates.

Conventions
-----------
What a table declares one ``work``, and rows of one director, title and year, are one film.
Beyond that, two films of one candidate whose modelled figures all agree within half a per cent may be one film under
two names; whether they are or not, neither is predicted from the other. Near-duplicates of two candidates stay apart:
there each makes the other harder to get right, not easier.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["near_duplicates"]

_NEAR = 0.005
_ENOUGH = 0.5  # share of the features that both films must have


def near_duplicates(values: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Find pairs of films, as row numbers, whose modelled figures agree.

    Figures that the codebook takes the logarithm of agree within half a per cent, others within 0.005 of their unit.

    Parameters
    ----------
    values : float array of shape (n, p)
        As `authorship.reference.table.Reference.matrix` gives them.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> reference = builtin_reference()
    >>> [[str(reference.titles[i]) for i in pair] for pair in near_duplicates(reference.matrix())]
    [['Gangs of New York', 'The Aviator']]
    """
    pairs: list[tuple[int, int]] = []
    if values.shape[1] == 1:  # which two films may share by chance
        return pairs
    for row in range(len(values) - 1):
        differences = np.abs(values[row + 1 :] - values[row])
        known = ~np.isnan(differences)
        alike = (np.where(known, differences, 0.0).max(axis=1) < _NEAR) & (known.mean(axis=1) >= _ENOUGH)
        pairs += [(row, int(other) + row + 1) for other in np.flatnonzero(alike)]
    return pairs
