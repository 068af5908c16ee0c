"""Black bars are found, and darkness is not mistaken for them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shotscale.errors import OptionError
from shotscale.video import active_area


def picture(rng: np.random.Generator, height: int = 120, width: int = 200) -> np.ndarray:
    coarse = rng.integers(30, 250, (6, 8, 3)).astype(np.uint8)
    return np.kron(coarse, np.ones((height // 6, width // 8, 1), np.uint8))


@settings(max_examples=40)
@given(st.integers(2, 30), st.integers(0, 2), st.integers(0, 10_000))
def test_letterbox_is_found_to_the_row(bar: int, difference: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    images = [picture(rng) for _ in range(6)]
    below = max(1, bar - difference)
    for image in images:
        image[:bar] = image[120 - below :] = rng.integers(0, 10)
    assert active_area(images) == (bar, 120 - below, 0, 200)


def test_pillars_and_window_box() -> None:
    rng = np.random.default_rng(0)
    image = picture(rng)
    image[:, :25] = image[:, 175:] = 0
    assert active_area([image]) == (0, 120, 25, 175)
    image[:12] = image[108:] = 0
    assert active_area([image]) == (12, 108, 25, 175)


@pytest.mark.parametrize("still", ["night sky", "dark floor", "vignette", "black", "dim", "subtitle bar", "spotlight"])
def test_darkness_is_no_bar(still: str) -> None:
    rng = np.random.default_rng(1)
    image = picture(rng)
    y, x = np.mgrid[:120, :200]
    if still == "night sky":
        image[:50] = 4
    elif still == "dark floor":
        image[80:] = 2
    elif still == "vignette":
        gain = np.clip(1.3 - np.hypot(x / 200 - 0.5, y / 120 - 0.5) * 2.2, 0, 1)
        image = (image * gain[..., None]).astype(np.uint8)
    elif still == "black":
        image[:] = 0
    elif still == "dim":
        image = image // 6
        image[:20] = image[100:] = 0
    elif still == "subtitle bar":
        image[:15] = image[105:] = 0
        image[110:114, 60:140] = 240
    elif still == "spotlight":
        image[(np.hypot(x - 100, y - 60) > 14)] = 0
    assert active_area([image]) == (0, 120, 0, 200)


def test_one_bright_frame_forbids_the_cut() -> None:
    """A film that changes its aspect ratio keeps the larger area."""
    rng = np.random.default_rng(2)
    images = [picture(rng) for _ in range(5)]
    for image in images[:4]:
        image[:20] = image[100:] = 0
    assert active_area(images) == (0, 120, 0, 200)


def test_luma_does_as_well_as_color() -> None:
    rng = np.random.default_rng(3)
    image = picture(rng)
    image[:20] = image[100:] = 0
    assert active_area([image.mean(axis=2).astype(np.uint8)]) == (20, 100, 0, 200)


def test_images_of_two_sizes_are_refused() -> None:
    with pytest.raises(OptionError, match="one size"):
        active_area([np.zeros((4, 4), np.uint8), np.zeros((4, 5), np.uint8)])
    with pytest.raises(OptionError, match="no image"):
        active_area([])
