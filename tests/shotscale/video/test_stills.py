"""One picture per shot, from a single decode."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shotscale.errors import OutputError
from shotscale.tables import make_shots
from shotscale.video import FrameBatch, Sample
from shotscale.video.stills import StillKeeper

FULL = Path("/dev/full")


def gray(level: int, shape: tuple[int, int] = (90, 160)) -> np.ndarray:
    return np.full((*shape, 3), level, np.uint8)


def level_of(jpeg: bytes) -> tuple[int, tuple[int, int]]:
    with Image.open(BytesIO(jpeg)) as image:
        return round(float(np.asarray(image).mean())), image.size


def batch(times: np.ndarray, previewed: set[float]) -> FrameBatch:
    """Return frames whose gray level is their time in hundredths of a second."""
    levels = np.round(100 * times).astype(int)
    thumbnails = np.stack([gray(level, (27, 48)) for level in levels])
    previews = tuple(
        Sample(float(t), gray(int(level))) for t, level in zip(times, levels, strict=True) if t in previewed
    )
    return FrameBatch(times, thumbnails, (), previews)


def test_each_shot_gets_the_picture_nearest_to_its_middle() -> None:
    times = np.round(np.arange(0, 2.4, 0.04), 2)
    with StillKeeper() as keeper:
        for part in np.array_split(times, 5):
            keeper.push(batch(part, {0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2}))
        stills = keeper.of_shots(make_shots([0.0, 0.8, 1.1, 1.42], 2.4))
    assert [still.time for still in stills if still] == pytest.approx([0.4, 1.0, 1.2, 2.0])
    for still in stills:
        assert still is not None
        level, size = level_of(still.jpeg)
        assert level == pytest.approx(100 * still.time, abs=2)
        assert size == (160, 90)


def test_frames_of_a_transition_are_passed_over() -> None:
    with StillKeeper() as keeper:
        for time in range(10):
            keeper.add(float(time), gray(20 * time))
        shots = make_shots(
            [0.0, 5.0], 10.0, kinds=["start", "dissolve"], confidences=[1, 1], transitions=[(0, 0), (2.5, 8.5)]
        )
        first, second = keeper.of_shots(shots)
    assert first is not None
    assert first.time <= 2
    assert second is not None
    assert second.time == 9


def test_a_shot_without_any_frame_has_no_picture() -> None:
    with StillKeeper() as keeper:
        keeper.add(0.0, gray(0))
        stills = keeper.of_shots(make_shots([0.0, 0.5], 1.0))
    assert stills[0] is not None
    assert stills[1] is None


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_no_room_for_pictures_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with FULL.open("r+b") as full:
        monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: full)
        with StillKeeper() as keeper, pytest.raises(OutputError, match=r"cannot be written to .* or set TMPDIR"):
            for time in range(100):
                keeper.add(float(time), np.random.default_rng(time).integers(0, 255, (120, 200, 3), np.uint8))
