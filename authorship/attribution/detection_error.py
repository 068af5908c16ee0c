"""What automatic shot detection does to a film's figures, beside the hand counts of the reference.

A detector misses boundaries and finds false ones, so that a detected film's average is off and its lengths are more
even than a careful hand count says. How far follows from the default detector's cross-validated error rates, let loose
on the shot lengths of 134 real films; they are rates on short web video, and no feature film was measured.
``python benchmarks/detection.py TABLES`` prints the figures.
"""

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

__all__ = ["CHANGES", "RATES", "allow_for_detection", "detection_limit"]

Array = npt.NDArray[np.float64]

CHANGES = MappingProxyType(
    {"average_shot_length": (-0.007, 0.129), "shot_length_cv": (-0.045, 0.095), "median_to_mean": (0.010, 0.026)}
)
"""Mean and standard deviation, between films, of a figure's change by detection; the average's in logarithms."""

RATES = MappingProxyType({"recall": 0.9285, "precision": 0.929})
"""The default detector's, cross-validated, from which `CHANGES` follow: a test says when another one is shipped."""

_N_DRAWS = 400  # a share is then known to 5 points
_SEED = 0  # so that an answer is the same each time


def allow_for_detection(values: Array, features: Sequence[str]) -> Array:
    """Return what a hand count may have given, shape (n_draws, p), for a detected film's features, shape (1, p).

    Features that `CHANGES` lacks stay as they are.

    Examples
    --------
    >>> many = allow_for_detection(np.array([[2.0, 1.0]]), ["average_shot_length", "returns"])
    >>> many.mean(axis=0).round(3).tolist(), float(many[:, 1].std())
    ([2.007, 1.0], 0.0)
    """
    mean, spread = np.transpose([CHANGES.get(name, (0.0, 0.0)) for name in features])
    noise = np.random.default_rng(_SEED).normal(size=(_N_DRAWS // 2, len(features)))
    return np.asarray(values - mean + spread * np.concatenate([noise, -noise]), np.float64)


def detection_limit() -> str:
    """Say how far detection moves the figures."""
    (longer, spread), (variation, _) = CHANGES["average_shot_length"], CHANGES["shot_length_cv"]
    off = f"{100 * abs(longer):.0f} % too {'long' if longer > 0 else 'short'}"
    return (
        "The shots were detected, the reference's were counted by hand: by the detector's error rates, measured on "
        f"short web video, its average shot length is {off} on average, give or take {100 * spread:.0f} %, "
        f"and its variation {-variation:.2f} too low. The probabilities allow for this."
    )
