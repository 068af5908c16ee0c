"""Errors in a film's figures from automatic shot detection, relative to the reference's hand counts.

A detector misses shot boundaries and reports false ones, so a detected film's average shot length is off and its shot
lengths vary less than in a careful hand count. By how much was found by applying the default detector's cross-validated
error rates to the shot lengths of 134 real films; the rates are from short web video, no feature film was measured.
``python benchmarks/detection.py TABLES`` prints the figures.
"""

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

CHANGES = MappingProxyType(
    {"average_shot_length": (0.005, 0.120), "shot_length_cv": (-0.040, 0.085), "median_to_mean": (0.009, 0.026)}
)
"""Mean and standard deviation between films of each figure's change due to detection; in logarithms for the average."""

RATES = MappingProxyType({"recall": 0.9252, "precision": 0.9313})
"""The default detector's cross-validated rates, from which `CHANGES` follow; a test checks them against its card."""

_N_DRAWS = 400  # a share is then accurate to 5 percentage points
_SEED = 0  # fixed, so that answers are reproducible


def allow_for_detection(values: Array, features: Sequence[str]) -> Array:
    """Return plausible hand-counted values, shape (n_draws, p), for a detected film's features, shape (1, p).

    Features not in `CHANGES` are unchanged.

    Examples
    --------
    >>> many = allow_for_detection(np.array([[2.0, 1.0]]), ["average_shot_length", "returns"])
    >>> many.mean(axis=0).round(3).tolist(), float(many[:, 1].std())
    ([1.995, 1.0], 0.0)
    """
    mean, spread = np.transpose([CHANGES.get(name, (0.0, 0.0)) for name in features])
    noise = np.random.default_rng(_SEED).normal(size=(_N_DRAWS // 2, len(features)))
    return np.asarray(values - mean + spread * np.concatenate([noise, -noise]), np.float64)


def detection_limit() -> str:
    """Return the limit that states how far detection shifts the figures."""
    (longer, spread), (variation, _) = CHANGES["average_shot_length"], CHANGES["shot_length_cv"]
    percent = round(100 * longer)
    off = f"{abs(percent)} % too {'long' if percent > 0 else 'short'}" if percent else "right"
    return (
        "The shots were detected, the reference's were counted by hand: by the detector's error rates, measured on "
        f"short web video, its average shot length is {off} on average, give or take {100 * spread:.0f} %, "
        f"and its variation {-variation:.2f} too low. The probabilities allow for this."
    )
