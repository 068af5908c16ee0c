"""Sensitivity of a film's shot-length figures to its doubtful boundaries, from the confidence of each boundary."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from shotscale.boundaries import Transition

__all__ = ["FIGURES", "shot_length_intervals"]

FIGURES: tuple[str, ...] = ("average_shot_length", "median_shot_length", "coefficient_of_variation")
"""The figures for which `shot_length_intervals` returns intervals."""


def shot_length_intervals(
    shots: pd.DataFrame,
    doubtful: "Sequence[Transition]" = (),
    *,
    level: float = 0.95,
    n_resamples: int = 1000,
    seed: int = 0,
) -> dict[str, tuple[float, float] | None]:
    """Return the ranges within which doubtful boundaries leave average, median and variation of shot length.

    In each resample, every boundary that was found, or considered but rejected, is taken as real with its calibrated
    probability, independently of the others. This is a sensitivity range, not a confidence interval for the true
    figure: boundaries that the detector never proposed are not in it, and if there are any, the true average is
    shorter. For how far detection moves the figures, see `authorship.attribution.detection_error`.

    For each of `FIGURES`, returns the limits (seconds; the variation is a ratio) between which a share `level` of the
    resamples lies. The variation is None if more than half of the resamples have only one shot.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> sure = make_shots([0.0, 2.0, 6.0], 12.0)
    >>> shot_length_intervals(sure)["average_shot_length"]
    (4.0, 4.0)
    >>> unsure = make_shots([0.0, 2.0, 6.0], 12.0, confidences=[1.0, 0.5, 1.0])
    >>> shot_length_intervals(unsure)["average_shot_length"]
    (4.0, 6.0)
    """
    begin, end = float(shots["start"].iloc[0]), float(shots["end"].iloc[-1])
    moments = np.append(shots["start"].to_numpy()[1:], [(one.start + one.end) / 2 for one in doubtful])
    confidence = np.append(shots["confidence"].to_numpy()[1:], [one.confidence for one in doubtful])
    order = np.argsort(moments, kind="stable")
    moments, confidence = moments[order], confidence[order]
    generator = np.random.default_rng(seed)
    figures = np.array(
        [
            _figures(np.diff(moments[generator.random(len(moments)) < confidence], prepend=begin, append=end))
            for _ in range(n_resamples)
        ]
    )
    return {name: _interval(figures[:, i], level) for i, name in enumerate(FIGURES)}


def _figures(lengths: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    average = float(lengths.mean())
    spread = float(lengths.std(ddof=1)) if len(lengths) > 1 else np.nan
    return average, float(np.median(lengths)), spread / average


def _interval(values: npt.NDArray[np.float64], level: float) -> tuple[float, float] | None:
    known = values[~np.isnan(values)]
    if 2 * len(known) < len(values):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
