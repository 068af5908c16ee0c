"""Frames by time: the same as in a sequential read, whatever was requested before."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from shotscale.errors import FilmError
from shotscale.review.frames import FilmFrames, Picture, Want
from shotscale.video import FilmReader

KINDS = ("plain", "mkv", "long_gop", "open_gop", "intra_refresh", "variable_rate", "late_start", "edit_list", "avi",
         "avi_h264", "asf_h264", "mxf_h264", "one_frame", "raw")  # fmt: skip


def all_times(path: Any) -> list[float]:
    with FilmReader(path, samples_per_second=0, active_area=None, threads=1) as reader:
        return [float(time) for batch in reader for time in batch.times]


def pixels(picture: Picture) -> np.ndarray:
    with Image.open(io.BytesIO(picture.jpeg)) as image:
        return np.asarray(image)


@pytest.mark.parametrize("name", KINDS)
def test_frames_have_the_times_of_a_whole_read(films: Any, name: str) -> None:
    times = all_times(films[name])
    order = np.random.default_rng(0).permutation(len(times))[:6]
    with FilmFrames(films[name]) as frames:
        for i in order:
            at, before = frames.picture(Want(round(times[i], 6))), frames.picture(Want(round(times[i], 6), True))
            assert at is not None
            assert at.time == pytest.approx(times[i], abs=1e-9)
            assert (before and before.time) == (pytest.approx(times[i - 1], abs=1e-9) if i else None)
            if i + 1 < len(times):
                between = frames.picture(Want((times[i] + times[i + 1]) / 2))
                assert between is not None
                assert between.time == at.time
        beyond = frames.picture(Want(times[-1] + 100))
        assert beyond is not None
        assert beyond.time == pytest.approx(times[-1])


# In ASF, a packet that follows a seek has no timestamp at all.
@pytest.mark.parametrize("name", [kind for kind in KINDS if kind not in ("raw", "asf_h264")])
def test_neighbors_are_known_without_decoding(films: Any, name: str) -> None:
    times = all_times(films[name])
    with FilmFrames(films[name]) as frames:
        for i in {0, 1, len(times) // 2, len(times) - 1} & set(range(len(times))):
            around = frames.times_around(round(times[i], 6), 3)
            assert around == pytest.approx(times[max(0, i - 3) : i + 4], abs=1e-9)


def test_the_picture_is_that_frame(films: Any) -> None:
    with FilmFrames(films["plain"]) as frames:
        reds = []
        for i in (20, 3, 21, 4):
            picture = frames.picture(Want(i / 24))
            assert picture is not None
            reds.append(float(pixels(picture)[:, :40, 0].mean()))
    assert reds == pytest.approx([160, 24, 168, 32], abs=6)


@pytest.mark.parametrize(("name", "shape"), [("anamorphic", (54, 140)), ("rotated", (96, 54)), ("hdr", (54, 96))])
def test_a_picture_is_as_shown(films: Any, name: str, shape: tuple[int, int]) -> None:
    with FilmFrames(films[name]) as frames:
        picture = frames.picture(Want(0.0))
        assert picture is not None
        assert pixels(picture).shape[:2] == shape


def test_a_large_picture_is_made_smaller(films: Any, encode_film: Any, tmp_path: Any) -> None:
    path = encode_film(tmp_path / "large.mkv", np.zeros((2, 720, 1280, 3), np.uint8))
    with FilmFrames(path) as frames:
        picture = frames.picture(Want(0.0))
        assert picture is not None
        assert pixels(picture).shape == (480, 853, 3)


def test_what_is_expected_is_there_before_it_is_asked_for(films: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wants = [Want(round(i / 24, 6), before) for i in (5, 150, 60) for before in (False, True)]
    with FilmFrames(films["long_gop"]) as frames:
        frames.expect([Want(7.0)])
        frames.expect(wants)
        for _ in range(500):
            if all(frames._cache.get(want) for want in wants):
                break
            with frames._wake:
                frames._wake.wait(0.02)
        monkeypatch.setattr(frames, "_make", None)
        assert [frames.picture(want) is not None for want in wants] == [True] * len(wants)


def test_the_oldest_pictures_are_let_go(films: Any) -> None:
    with FilmFrames(films["plain"], cache_bytes=2000) as frames:
        for i in range(30):
            assert frames.picture(Want(round(i / 24, 6))) is not None
        held = frames._cache._pictures
        assert 0 < len(held) < 30
        assert max(held) == pytest.approx(29 / 24)
        assert sum(len(picture.jpeg) for picture in held.values()) <= 2000


def test_a_damaged_film_gives_what_it_has(films: Any) -> None:
    with FilmFrames(films["damaged_mkv"]) as frames:
        assert [frames.picture(Want(float(t))) is not None for t in range(0, 8, 2)] == [True] * 4


def test_what_is_no_film_says_so(films: Any, tmp_path: Any) -> None:
    for path in (tmp_path / "gone.mkv", films["text"], films["sound_only"]):
        with pytest.raises(FilmError):
            FilmFrames(path)
