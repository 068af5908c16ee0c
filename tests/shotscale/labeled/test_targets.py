import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shotscale.evaluation.scores import group_probabilities
from shotscale.labeled.augmentation import Augmentation, choose_crop, degrade, resample
from shotscale.labeled.targets import crop_target, find_subject, frame_target, size_target


def group(target: np.ndarray) -> str:
    return ("close", "medium", "long")[int(group_probabilities(target[None])[0].argmax())]


@settings(max_examples=60)
@given(st.floats(0.002, 3.0), st.floats(0.05, 0.6), st.floats(1.05, 4.0))
def test_a_larger_subject_is_never_a_farther_scale(size: float, spread: float, factor: float) -> None:
    order = np.arange(7)
    near, far = size_target(size * factor, spread), size_target(size, spread)
    assert near.sum() == pytest.approx(1.0)
    assert near @ order <= far @ order + 1e-9


def test_a_full_figure_is_a_long_shot_whatever_it_is_called() -> None:
    full = find_subject("MLS", persons=[[0.4, 0.2, 0.2, 0.6, 0.9]], faces=[])
    assert full.measured
    assert group(frame_target("MLS", full, trust=1.0)) == "long"
    knees = find_subject("MLS", persons=[[0.4, 0.1, 0.3, 0.9, 0.9]], faces=[[0.5, 0.12, 0.07, 0.13, 0.9]])
    assert group(frame_target("MLS", knees, trust=1.0)) == "medium"


def test_nothing_found_leaves_the_label() -> None:
    nothing = find_subject("ELS", persons=[], faces=[])
    assert nothing.box is None
    assert frame_target("ELS", nothing, trust=0.0).tolist() == [0, 0, 0, 0, 0, 0, 1]


def test_a_group_is_narrowed_by_the_size() -> None:
    face = find_subject("medium", persons=[], faces=[[0.4, 0.2, 0.2, 0.4, 0.9]])
    target = frame_target("medium", face, trust=0.5)
    assert target.argmax() == 2
    assert group_probabilities(target[None])[0, 1] == pytest.approx(1.0)


def test_a_crop_comes_nearer() -> None:
    subject = find_subject("LS", persons=[], faces=[[0.5, 0.3, 0.03, 0.05, 0.9]])
    whole = frame_target("LS", subject, trust=0.8)
    groups = [group(crop_target(whole, subject, height=height)) for height in (1.0, 0.6, 0.2, 0.07)]
    assert groups == ["long", "long", "medium", "close"]
    assert crop_target(whole, subject, height=1.0) is whole


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.floats(0.02, 0.9), st.floats(0.0, 0.6), st.floats(0.0, 0.5))
def test_crops_lie_within_the_frame_and_keep_the_subject(seed: int, tall: float, left: float, top: float) -> None:
    random = np.random.default_rng(seed)
    face = [left, min(top, 1 - tall), min(0.3, tall * 0.5), tall, 0.9]
    subject = find_subject("MS", persons=[], faces=[face])
    x0, y0, x1, y1 = choose_crop(subject, options=Augmentation(crop=1.0), random=random)
    assert 0 <= x0 < x1 <= 1 + 1e-9
    assert 0 <= y0 < y1 <= 1 + 1e-9
    center = (face[0] + face[2] / 2, face[1] + face[3] / 2)
    assert x0 - 1e-9 <= center[0] <= x1 + 1e-9
    assert y0 - 1e-9 <= center[1] <= y1 + 1e-9


def test_a_crop_shows_its_part_of_the_frame() -> None:
    image = np.zeros((100, 200, 3), np.uint8)
    image[:, 100:] = 255
    assert resample(image, (0.55, 0.0, 1.0, 1.0), height=32, width=48).min() == 255
    assert resample(image, (0.0, 0.0, 0.45, 1.0), height=32, width=48).max() == 0


def test_each_condition_does_what_it_says() -> None:
    random = np.random.default_rng(0)
    image = random.integers(60, 200, (64, 96, 3), np.uint8)
    off = Augmentation(gray=0, letterbox=0, blur=0, grain=0, erase=0, gamma=0, contrast=0)
    gray = degrade(image, options=Augmentation(**{**off.__dict__, "gray": 1}), random=random)
    assert (gray[..., 0] == gray[..., 2]).all()
    barred = degrade(image, options=Augmentation(**{**off.__dict__, "letterbox": 1}), random=random)
    assert barred[0].max() == 0 or barred[:, 0].max() == 0
    soft = degrade(image, options=Augmentation(**{**off.__dict__, "blur": 1}), random=random)
    assert soft.std() < image.std()
    for _ in range(20):
        worst = degrade(image, options=Augmentation(), random=random)
        assert (worst.shape, worst.dtype) == (image.shape, np.uint8)
