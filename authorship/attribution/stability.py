"""Stability of a film's shot-length figures under resampling of its shots.

Resampled figures are biased: resampling shifts the ratio of median to mean and the variation. They also vary too
little, because editing drifts over longer stretches than the blocks drawn. They are therefore centered on the film's
own figures and spread as widely as those of parts of real films.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_BLOCK = 5  # neighboring shots are alike in length, so they are drawn in runs

WIDENING = 2.0
"""Factor by which a film's average is farther from that of a run of its shots than the run's resamples suggest.

1.6 to 2.0 for runs of 20 to 500 shots of 134 films (``python benchmarks/intervals.py TABLES``); for the variation and
the ratio of median to average it is 1.0 to 2.4, and 2 is on the safe side from 50 shots.
"""


def resample_shots(lengths: Array, *, n_resamples: int, seed: int) -> Array:
    """Draw runs of five neighboring shots with replacement until there are as many shots as before.

    Source: Politis and Romano 1992, in LePage and Billard (eds.), Exploring the Limits of Bootstrap, 263-270: blocks
    on a circle, so that the first shots follow the last and every shot is equally likely to be drawn.

    Returns
    -------
    float array of shape (n_resamples, n_shots)

    Examples
    --------
    >>> resample_shots(np.ones(12), n_resamples=3, seed=0).shape
    (3, 12)
    """
    n = len(lengths)
    block = min(_BLOCK, n)
    generator = np.random.default_rng(seed)
    n_blocks = -(-n // block)
    first = generator.integers(0, n, size=(n_resamples, n_blocks))
    picked = (first[:, :, np.newaxis] + np.arange(block)) % n
    return np.asarray(lengths[picked.reshape(n_resamples, -1)[:, :n]], np.float64)


def center(resampled: Array, own: Array) -> Array:
    """Return resampled figures (n_resamples, p) centered on the film's own (p,) and spread by a factor of `WIDENING`.

    NaN in a resample becomes the film's own figure.

    Examples
    --------
    >>> center(np.array([[1.0], [2.0], [np.nan]]), np.array([5.0])).tolist()
    [[4.0], [6.0], [5.0]]
    """
    known = ~np.isnan(resampled)
    mean = np.where(known, resampled, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(own + WIDENING * np.where(known, resampled - mean, 0.0), np.float64)
