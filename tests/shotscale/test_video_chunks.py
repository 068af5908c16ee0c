"""Parts of a film, joined, are the film."""

from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shotscale.errors import OptionError
from shotscale.video import FilmReader, key_frame_chunks


def read(path: Path, **options: Any) -> tuple[Any, Any, list[Any], float]:
    with FilmReader(path, samples_per_second=3, active_area=None, **options) as reader:
        batches = list(reader)
    times = [batch.times for batch in batches] or [np.empty(0)]
    images = [batch.thumbnails for batch in batches] or [np.empty((0, 27, 48, 3), np.uint8)]
    return np.concatenate(times), np.concatenate(images), list(chain(*(b.samples for b in batches))), reader.end


@pytest.mark.parametrize(
    "name", ["long_gop", "open_gop", "mkv", "variable_rate", "edit_list", "avi", "late_start", "raw"]
)
@pytest.mark.parametrize("n", [1, 2, 5])
def test_joined_chunks_are_the_whole(films: Any, name: str, n: int) -> None:
    chunks = key_frame_chunks(films[name], n)
    assert chunks[0][0] == 0.0
    assert chunks[-1][1] is None
    assert [stop for _, stop in chunks[:-1]] == [start for start, _ in chunks[1:]]
    whole = read(films[name])
    parts = [read(films[name], start=start, stop=stop) for start, stop in chunks]
    assert np.array_equal(np.concatenate([part[0] for part in parts]), whole[0])
    assert np.array_equal(np.concatenate([part[1] for part in parts]), whole[1])
    samples = list(chain(*(part[2] for part in parts)))
    assert [sample.time for sample in samples] == [sample.time for sample in whole[2]]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(samples, whole[2], strict=True))
    assert parts[-1][3] == whole[3]


@pytest.mark.parametrize("name", ["long_gop", "open_gop"])
def test_films_with_key_frames_are_cut(films: Any, name: str) -> None:
    chunks = key_frame_chunks(films[name], 4)
    assert len(chunks) == 4
    lengths = np.diff([start for start, _ in chunks] + [200 / 24])
    assert lengths.max() < 2 * lengths.min()


@pytest.mark.parametrize("name", ["intra_refresh", "raw", "one_frame", "truncated_mkv"])
def test_films_that_cannot_be_cut_stay_whole(films: Any, name: str) -> None:
    assert key_frame_chunks(films[name], 4) == [(0.0, None)]


def test_any_part_has_the_times_and_samples_of_the_whole(films: Any) -> None:
    times, thumbnails, samples, _ = read(films["open_gop"])
    rng = np.random.default_rng(0)
    for start in rng.uniform(0.01, 8.2, 12):
        part = read(films["open_gop"], start=float(start), stop=float(start) + 0.7)
        inside = (times >= start) & (times < start + 0.7)
        assert np.array_equal(part[0], times[inside])
        assert np.array_equal(part[1], thumbnails[inside])
        expected = [sample.time for sample in samples if start <= sample.time < start + 0.7]
        assert [sample.time for sample in part[2]] == expected


def test_no_chunks_is_an_error(films: Any) -> None:
    with pytest.raises(OptionError, match="0 chunks"):
        key_frame_chunks(films["plain"], 0)
