"""Very fast cutting, flicker, captions, and odd frames at the beginning of a film."""

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from shotscale.boundaries import make_detector
from shotscale.boundaries.transitions import Transition

Images = npt.NDArray[np.uint8]


def pictures(n: int, *, seed: int = 0) -> Images:
    """Return pictures with nothing in common: a few soft blots of color each."""
    grids = np.random.default_rng(seed).integers(0, 255, (n, 3, 5, 3), dtype=np.uint8)
    return np.stack([np.asarray(Image.fromarray(grid).resize((48, 27), Image.Resampling.BICUBIC)) for grid in grids])


def lasting(images: Images, frames: list[int]) -> Images:
    """Repeat each picture for its number of frames, with a little grain."""
    shown = np.repeat(images, frames, axis=0).astype(np.int16)
    grain = np.random.default_rng(1).integers(-3, 4, shown.shape)
    return np.clip(shown + grain, 0, 255).astype(np.uint8)


def detect(frames: Images, *, batch: int = 64) -> tuple[list[Transition], list[str]]:
    detector = make_detector()
    for start in range(0, len(frames), batch):
        part = frames[start : start + batch]
        detector.push(np.arange(start, start + len(part)) / 25, part)
    return detector.finish(), list(detector.notes)


@pytest.mark.parametrize("n_frames", [2, 3, 4])
def test_shots_of_a_few_frames_are_all_found(n_frames: int) -> None:
    lengths = [50, *[n_frames] * 40, 50]
    found, notes = detect(lasting(pictures(42), lengths))
    cuts = np.cumsum(lengths)[:-1]
    assert np.rint([25 * cut.end for cut in found]).astype(int).tolist() == cuts.tolist()
    assert notes == []


@pytest.mark.parametrize("seed", range(4))
def test_shots_of_uneven_lengths_from_two_frames_on_are_found(seed: int) -> None:
    quick = np.random.default_rng(seed).integers(2, 8, 40).tolist()
    lengths = [50, *quick, 50]
    found, notes = detect(lasting(pictures(42, seed=seed), lengths))
    assert np.rint([25 * cut.end for cut in found]).astype(int).tolist() == np.cumsum(lengths)[:-1].tolist()
    assert notes == []


def test_a_pan_in_steps_as_in_a_cartoon_holds_no_cut() -> None:
    wide = np.concatenate(pictures(6, seed=11), axis=1)
    steps = np.repeat(np.arange(0, 6 * 48 - 48, 2), 3)
    assert detect(np.stack([wide[:, step : step + 48] for step in steps]))[0] == []


def test_the_batches_change_nothing() -> None:
    frames = lasting(pictures(300, seed=3), [2] * 300)
    assert detect(frames, batch=600) == detect(frames, batch=7)


def test_a_flicker_is_told_and_holds_no_shot() -> None:
    found, notes = detect(lasting(pictures(62), [50, *[1] * 60, 50]))
    assert all(cut.end <= 2.04 or cut.start >= 4.3 for cut in found)
    assert len(notes) == 1
    assert "every frame differs" in notes[0]


def test_a_caption_is_no_jump_cut() -> None:
    room, caption = pictures(2, seed=5)
    titled = room.copy()
    titled[20:25, 10:38] = caption[20:25, 10:38]
    assert detect(lasting(np.stack([room, titled]), [40, 40]))[0] == []


@pytest.mark.parametrize("plain", [False, True])
def test_a_few_bright_frames_at_the_beginning_are_no_shot(plain: bool) -> None:
    frames = lasting(pictures(1, seed=7), [80])
    frames[:2] = 235 if plain else np.clip(frames[:2].astype(int) + 70, 0, 255)
    assert detect(frames)[0] == []


def test_a_first_shot_of_two_frames_is_one() -> None:
    found, _ = detect(lasting(pictures(2, seed=9), [3, 80]))
    assert [round(25 * cut.end) for cut in found] == [3]
