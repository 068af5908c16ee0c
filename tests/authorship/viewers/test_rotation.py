"""Rotation: angles on the sphere, paths never shorter than the direct one, and clips that are too short."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorship.features.labels import scale_labels
from authorship.viewers.rotation import FEATURES, bhattacharyya_angle, measure_rotation, trace_turning

SCALES = st.lists(st.sampled_from(["CU", "MS", "LS", "FS", "NA"]), min_size=1, max_size=120)


def measured(scales: list[str], *, window: float = 10.0, step: float = 1.0) -> dict[str, float]:
    track = pd.DataFrame({"time": step * np.arange(len(scales)), "scale": scales})
    turning = trace_turning(scale_labels(track), 0.0, step * len(scales), window=window)
    return {name.removeprefix("rotation_"): value for name, value in measure_rotation(turning).items()}


def test_a_clip_that_turns_once() -> None:
    found = measured(["CU"] * 30 + ["LS"] * 30)
    assert found["total"] == pytest.approx(90 / (50 / 60))
    assert found["net"] == pytest.approx(90)
    assert found["straightness"] == pytest.approx(1)
    assert found["drift"] > 2  # least squares overshoots a step


def test_a_clip_that_turns_there_and_back() -> None:
    found = measured(["CU"] * 10 + ["MS"] * 10 + ["CU"] * 10)
    assert found["total"] == pytest.approx(180 / (20 / 60))
    assert found["net"] == pytest.approx(0)
    assert found["straightness"] == pytest.approx(0)
    assert found["drift"] == pytest.approx(0, abs=1e-12)


def test_a_clip_that_does_not_turn() -> None:
    found = measured(["CU", "MS"] * 15)
    assert (found["total"], found["net"]) == pytest.approx((0, 0), abs=1e-9)
    assert np.isnan(measured(["CU"] * 30)["straightness"])


def test_clips_of_one_window_or_no_scale_have_no_rotation() -> None:
    for scales in (["CU"] * 9, ["FS", "NA"] * 20):
        found = measured(scales)
        assert np.isnan([found["total"], found["net"], found["straightness"]]).all()
    assert np.isnan(measured(["FS"] * 40)["drift"])


def test_a_window_of_inserts_alone_is_passed_over() -> None:
    assert measured(["CU"] * 10 + ["NA"] * 10 + ["LS"] * 10)["total"] == pytest.approx(90 / (20 / 60))


@given(SCALES)
def test_the_way_is_never_shorter_than_the_distance(scales: list[str]) -> None:
    found = measured(scales, window=5.0)
    assert set(found) == {feature.name.removeprefix("rotation_") for feature in FEATURES}
    if not np.isnan(found["straightness"]):
        assert 0 <= found["straightness"] <= 1
        assert 0 <= found["net"] <= 90 + 1e-9


@given(SCALES)
def test_a_slower_clip_turns_as_far_in_longer_windows(scales: list[str]) -> None:
    fast, slow = measured(scales, window=6.0), measured(scales, window=12.0, step=2.0)
    for name, factor in (("net", 1), ("straightness", 1), ("drift", 1), ("total", 0.5)):
        assert slow[name] == pytest.approx(factor * fast[name], nan_ok=True, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda p: sum(p) > 0.1))
def test_angles_are_a_distance(weights: list[float]) -> None:
    p = np.asarray(weights) / sum(weights)
    for q in (np.array([1.0, 0, 0]), np.array([0.2, 0.3, 0.5])):
        angle = float(bhattacharyya_angle(p, q))
        assert angle == pytest.approx(float(bhattacharyya_angle(q, p)))
        assert angle == pytest.approx(float(np.degrees(np.arccos(np.clip(np.sqrt(p * q).sum(), 0, 1)))), abs=1e-4)
    assert float(bhattacharyya_angle(p, p)) == 0
