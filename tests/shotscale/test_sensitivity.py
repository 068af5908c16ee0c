"""Intervals that follow from the confidence of the shot boundaries."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shotscale.analysis import analyze
from shotscale.boundaries import Transition
from shotscale.opening import load_analysis
from shotscale.sensitivity import FIGURES, shot_length_intervals
from shotscale.tables import make_shots


def test_sure_boundaries_leave_no_doubt() -> None:
    shots = make_shots([0.0, 1.0, 3.0, 7.0], 15.0)
    lengths = np.array([1.0, 2.0, 4.0, 8.0])
    intervals = shot_length_intervals(shots)
    assert intervals["average_shot_length"] == pytest.approx((lengths.mean(),) * 2)
    assert intervals["median_shot_length"] == pytest.approx((3.0,) * 2)
    assert intervals["coefficient_of_variation"] == pytest.approx((lengths.std(ddof=1) / lengths.mean(),) * 2)


def test_found_boundaries_may_be_none_and_unbelieved_ones_real() -> None:
    shots = make_shots(np.arange(0.0, 100.0, 2.0), 100.0, confidences=[1.0, *[0.9] * 49])
    low, high = shot_length_intervals(shots)["average_shot_length"]  # type: ignore[misc]
    assert low == pytest.approx(2.0, abs=0.05)
    assert 2.3 < high < 2.6
    doubtful = [Transition(start=t, end=t + 0.04, kind="cut", confidence=0.3) for t in np.arange(1.0, 100.0, 2.0)]
    low, high = shot_length_intervals(shots, doubtful)["average_shot_length"]  # type: ignore[misc]
    assert low < 1.75 < high


def test_the_share_of_resamples_is_the_level() -> None:
    """The number of shots is binomial, and the ends of the interval are its quantiles."""
    shots = make_shots(np.arange(0.0, 101.0, 1.0), 101.0, confidences=[1.0, *[0.5] * 100])
    low, high = shot_length_intervals(shots, n_resamples=4000)["average_shot_length"]  # type: ignore[misc]
    assert 101 / high == pytest.approx(51 - 9.8, abs=1.5)
    assert 101 / low == pytest.approx(51 + 9.8, abs=1.5)


def test_one_shot_has_no_variation() -> None:
    assert shot_length_intervals(make_shots([0.0], 5.0)) == {
        "average_shot_length": (5.0, 5.0),
        "median_shot_length": (5.0, 5.0),
        "coefficient_of_variation": None,
    }


def test_an_analysis_carries_them(films: Any, tmp_path: Path) -> None:
    analysis = analyze(films["hard_cut"])
    assert tuple(analysis.intervals) == FIGURES
    summary = analysis.to_document()["shots"]
    low, high = summary["intervals"]["average_shot_length"]
    assert low <= summary["average_shot_length"] <= high
    analysis.save(tmp_path)
    assert load_analysis(tmp_path).intervals == analysis.intervals
