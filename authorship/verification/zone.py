"""The gray zone of a verification: which scores are a yes, a no or neither, and which films are typical."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

FEWEST_STRANGERS = 9
"""Fewest films by others required for a yes: a score that none of them reaches then has a p-value of at most 0.1."""

REFUSED_OWN = 0.2
"""At most this share of the director's films gets a no."""

ATYPICAL = 0.05
"""A film farther from the director's films than all but this share of them are from one another gets no yes.

With fewer than nineteen films: a film farther than all of them are.
"""


def gray_zone(own: Array, others: Array) -> tuple[float, float]:
    """Return the score above which a yes is possible, and the one below which a no is possible.

    `own` and `others` are scores of the candidate's films and of strangers' films, none of which the scoring has seen.
    No stranger's film scores above the first value returned, at most `REFUSED_OWN` of the candidate's below the second.
    With too few films it is 1 or 0, so that no film gets that answer.

    Examples
    --------
    >>> gray_zone(np.array([0.4, 0.7, 0.8, 0.9]), np.linspace(0, 0.6, 19))
    (0.6, 0.4)
    """
    fewest = int(REFUSED_OWN * (len(own) + 1) + 1e-9)
    others_reach = float(others.max()) if len(others) >= FEWEST_STRANGERS else 1.0
    own_fall = float(np.sort(own)[fewest - 1]) if fewest else 0.0
    return others_reach, own_fall


def answer(score: float, others_reach: float, own_fall: float, *, typical: bool = True) -> str:
    """Turn a score into 'yes', 'no' or 'undecided'.

    Examples
    --------
    >>> [answer(score, 0.3, 0.7) for score in (0.2, 0.5, 0.8)]  # the kinds lie apart: the gap is undecided
    ['no', 'undecided', 'yes']
    >>> [answer(score, 0.7, 0.3) for score in (0.2, 0.5, 0.8)]  # the kinds overlap
    ['no', 'undecided', 'yes']
    """
    may_be_yes, may_be_no = score > others_reach, score < own_fall
    if may_be_yes == may_be_no:
        return "undecided"
    if may_be_no:
        return "no"
    return "yes" if typical else "undecided"


def answers(scores: Array, zones: list[tuple[float, float]], typical: list[bool]) -> npt.NDArray[np.str_]:
    """Turn scores of shape (n,) into answers, each by its own zone."""
    said = [answer(score, *zone, typical=usual) for score, zone, usual in zip(scores, zones, typical, strict=True)]
    return np.asarray(said)


def typicality(distance: float, spacing: Array) -> float:
    """Return the share of a director's films at least as far from the others as a film is, itself included."""
    return (1 + int((spacing >= distance).sum())) / (len(spacing) + 1)


def is_typical(distance: float, spacing: Array) -> bool:
    """Return whether a film this far from a director's films may be one of them; `spacing` is between these."""
    return typicality(distance, spacing) > max(ATYPICAL, 1 / (len(spacing) + 1)) + 1e-9


def distances(films: Array, rows: Array) -> Array:
    """Return mean squared differences over the features that both have, shape (n, m); infinite if there is none."""
    differences = films[:, np.newaxis, :] - rows
    known = ~np.isnan(differences)
    squares = np.where(known, differences, 0.0) ** 2
    counts = known.sum(axis=2)
    return np.where(counts > 0, squares.sum(axis=2) / np.maximum(counts, 1), np.inf)
