"""Robust comparison of two films' shot lengths.

Source: Redfern 2014, Empirical Studies of the Arts 32(2) 257-273, doi 10.2190/EM.32.2.g.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["cliffs_delta", "hodges_lehmann"]

Array = npt.NDArray[np.float64]


def cliffs_delta(x: Array, y: Array) -> float:
    """Return P(x > y) - P(x < y): 1 if every shot in x is longer than every shot in y.

    Examples
    --------
    >>> cliffs_delta(np.array([3.0, 4.0]), np.array([1.0, 3.0]))
    0.75
    """
    ordered = np.sort(y)
    below = np.searchsorted(ordered, x, side="left").sum()
    above = len(x) * len(y) - np.searchsorted(ordered, x, side="right").sum()
    return float(below - above) / (len(x) * len(y))


def hodges_lehmann(x: Array, y: Array) -> float:
    """Return the median of all differences x - y, in seconds: how much longer the shots in x are.

    Examples
    --------
    >>> hodges_lehmann(np.array([3.0, 4.0]), np.array([1.0, 3.0]))
    1.5
    """
    return float(np.median(np.subtract.outer(x, y)))
