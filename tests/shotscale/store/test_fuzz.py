"""Damaged real containers: each ends in an analysis or a one-line error, and nothing else."""

import threading
from collections.abc import Callable
from pathlib import Path

import fuzz
import numpy as np
from forked import analyze_forked

from shotscale.store.settings import describe_settings
from shotscale.store.task import Failure, FilmTask, Outcome

PACKETS = (b"\x47\x41\x00\x10\x00\x00\x01\xe0\x00\x00\x80\x80\x05" + bytes(175)) * 4
CONTAINERS = ("plain", "mkv", "late_start", "avi", "flv")


def test_every_kind_of_damage_in_a_process_of_its_own(
    films: dict[str, Path], tmp_path: Path, encode_film: Callable[..., Path]
) -> None:
    n = len(fuzz.MUTATIONS) + 6  # two rounds, since some kinds do not apply to a stream and others not to an MP4
    stream = encode_film(tmp_path / "stream.ts", np.random.default_rng(1).integers(0, 255, (30, 54, 96, 3), np.uint8))
    chosen = [stream, films["plain"]]
    report = fuzz.fuzz(chosen, tmp_path, n=n, seed=7, settings=describe_settings(), workers=2, analyze=analyze_forked)
    assert report.escaped == []
    assert report.total() == n
    assert report.total("analyzed", "film") == n, report.reasons
    assert set(report.by_kind) == set(fuzz.MUTATIONS)
    assert list(tmp_path.iterdir()) == [stream]


def test_damage_is_damage(films: dict[str, Path]) -> None:
    """Each kind changes at least 5 of 60 draws, and the same seed makes the same change."""
    for kind in fuzz.MUTATIONS:
        changed = 0
        for content in (*(films[name].read_bytes() for name in CONTAINERS), PACKETS):
            for seed in range(10):
                damaged = fuzz.mutate(content, kind, np.random.default_rng(seed))
                assert damaged == fuzz.mutate(content, kind, np.random.default_rng(seed))
                changed += damaged is not None and damaged != content
        assert changed >= 5, kind


def test_boxes_change_places_and_none_is_lost(films: dict[str, Path]) -> None:
    content = films["plain"].read_bytes()
    damaged = fuzz.mutate(content, "swapped atoms", np.random.default_rng(0))
    assert damaged != content
    assert sorted(damaged) == sorted(content)


def test_lengths_without_end_are_written_where_the_film_says_its_length(films: dict[str, Path]) -> None:
    content = films["mkv"].read_bytes()
    at = content.index(b"\x44\x89\x88") + 3
    damaged = fuzz.mutate(content, "endless duration", np.random.default_rng(0))
    assert damaged[:at] == content[:at]
    assert damaged[at + 8 :] == content[at + 8 :]


def test_what_fails_is_made_small() -> None:
    tried: list[bytes] = []

    def fails(piece: bytes) -> bool:
        tried.append(piece)
        return b"bad" in piece

    assert fuzz.shrunk(b"x" * 500 + b"bad" + b"y" * 700, fails) == b"bad"
    tried.clear()
    assert fuzz.shrunk(b"x" * 500 + b"bad" + b"y" * 700, fails, most=3) != b"bad"
    assert len(tried) == 3


def test_a_case_that_fails_is_kept_with_a_small_one(films: dict[str, Path], tmp_path: Path) -> None:
    """The analysis reports a crash for every film that contains "ftyp"."""

    def crashing(task: FilmTask, **_: object) -> Outcome:
        found = b"ftyp" in Path(task.path).read_bytes()
        return Outcome(failure=Failure("crash" if found else "film", "the decoder crashed on it"))

    report = fuzz.fuzz(
        [films["plain"]], tmp_path, n=3, seed=1, settings=describe_settings(), keep=tmp_path / "kept", analyze=crashing
    )
    assert report.total() == 3
    small = list((tmp_path / "kept").glob("small-*"))
    assert len(small) == report.total("crash") > 0
    assert all(file.read_bytes() == b"ftyp" for file in small)


def test_a_forked_analysis_ends_as_one_in_a_fresh_process_does(films: dict[str, Path]) -> None:
    settings = describe_settings()
    for name, end in (("plain", None), ("text", "film")):
        task = FilmTask(film_id=name, path=str(films[name]), settings=settings, cores=1)
        outcome = analyze_forked(task, progress=lambda *_: None, stop=threading.Event())
        assert (outcome.failure and outcome.failure.kind) == end
