"""Kept frames are reused by later searches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_info, threadpool_limits
from typer.testing import CliRunner

from shotscale.analysis import analyze
from shotscale.boundaries.adaptive import AdaptiveDetector
from shotscale.boundaries.kept import FRAMES_FILE, FrameKeeper, KeptFrames
from shotscale.boundaries.shots import find_shots
from shotscale.cli.app import app
from shotscale.errors import FilmError, OutputError, TableError
from shotscale.video import FilmReader


def test_kept_frames_are_the_films(films: Any, tmp_path: Path) -> None:
    find_shots(films["variable_rate"], keep=tmp_path)
    with FilmReader(films["variable_rate"], samples_per_second=0, active_area=None) as reader:
        batches = list(reader)
    kept = KeptFrames(tmp_path)
    parts = list(kept)
    np.testing.assert_array_equal(
        np.concatenate([times for times, _ in parts]), np.concatenate([b.times for b in batches])
    )
    np.testing.assert_array_equal(
        np.concatenate([images for _, images in parts]), np.concatenate([b.thumbnails for b in batches])
    )
    assert kept.end == reader.end


def test_another_look_decodes_nothing(films: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = find_shots(films["hard_cut"], keep=tmp_path)
    pd.testing.assert_frame_equal(first, analyze(films["hard_cut"]).shots, check_exact=True)
    monkeypatch.setattr("shotscale.video.FilmReader", None)
    again, _ = find_shots(films["hard_cut"], keep=tmp_path, again=True)
    pd.testing.assert_frame_equal(again, first, check_exact=True)
    assert len(find_shots(films["hard_cut"], keep=tmp_path, again=True, detector="adaptive")[0]) == 2
    assert len(find_shots(tmp_path / "gone.mkv", keep=tmp_path, again=True)[0]) == len(first)


def test_matrix_products_run_in_one_thread(films: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a whole analysis: another summation order gives confidences that differ between machines."""
    threads = []

    class Detector(AdaptiveDetector):
        def push(self, *batch: Any) -> None:
            threads.extend(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")
            super().push(*batch)

    monkeypatch.setattr("shotscale.boundaries.make_detector", lambda *_, **__: Detector())
    with threadpool_limits(2, user_api="blas"):
        find_shots(films["plain"], keep=tmp_path)
    assert set(threads) == {1}


def test_frames_of_another_film_are_refused(films: Any, tmp_path: Path) -> None:
    find_shots(films["plain"], keep=tmp_path)
    with pytest.raises(TableError, match="another film"):
        find_shots(films["mkv"], keep=tmp_path, again=True)
    with pytest.raises(OutputError, match="keeps another film's shots"):
        find_shots(films["mkv"], keep=tmp_path)
    find_shots(films["plain"], keep=tmp_path)


def test_what_was_wrong_with_the_film_is_kept_and_told_again(films: Any, tmp_path: Path) -> None:
    note = "The film is interlaced; the two fields of each sampled picture were blended."
    for again in (False, True):
        assert find_shots(films["interlaced"], keep=tmp_path, again=again)[1] == (note,)
    with h5py.File(tmp_path / FRAMES_FILE, "a") as file:  # as earlier versions wrote it
        del file.attrs["notes"], file.attrs["rate"]
    assert find_shots(films["interlaced"], keep=tmp_path, again=True)[1] == ()


def test_the_command_prints_what_was_wrong(films: Any, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["shots", str(films["interlaced"]), "--save", str(tmp_path)]).stdout
    assert "About the file" in told
    assert "The film is interlaced" in told


def test_what_is_told_of_a_passage_is_told_again(films: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AdaptiveDetector, "__init__", _noting(AdaptiveDetector.__init__))
    for again in (False, True):
        assert find_shots(films["plain"], keep=tmp_path, detector="adaptive", again=again)[1] == ("A flicker.",)


def _noting(make: Callable[..., None]) -> Callable[..., None]:
    def noting(detector: Any, **options: Any) -> None:
        make(detector, **options)
        detector.notes = ("A flicker.",)

    return noting


def test_an_analysis_keeps_its_shots(films: Any, tmp_path: Path) -> None:
    analyze(films["plain"], samples_per_second=1.0).save(tmp_path)
    for again in (False, True):
        with pytest.raises(OutputError, match="holds an analysis, whose shots these would replace"):
            find_shots(films["plain"], keep=tmp_path, again=again)
    assert not (tmp_path / FRAMES_FILE).exists()


def test_frames_that_are_not_there_or_not_whole(films: Any, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no stored frames"):
        find_shots(films["plain"], keep=tmp_path, again=True)
    damage: list[Callable[[Path], object]] = [
        lambda path: path.write_bytes(path.read_bytes()[:500]),
        lambda path: path.write_text("frames", encoding="utf-8"),
        lambda path: h5py.File(path, "w").close(),
    ]
    for harm in damage:
        find_shots(films["plain"], keep=tmp_path)
        harm(tmp_path / FRAMES_FILE)
        with pytest.raises(TableError, match="run once without --again"):
            KeptFrames(tmp_path)


def test_a_film_that_fails_leaves_nothing(films: Any, tmp_path: Path) -> None:
    with pytest.raises(FilmError):
        find_shots(films["empty"], keep=tmp_path)
    with pytest.raises(RuntimeError, match="midway"), FrameKeeper(tmp_path) as keeper:
        keeper.push(np.array([0.0]), np.zeros((1, 27, 48, 3), np.uint8))
        raise RuntimeError("midway")
    assert not list(tmp_path.iterdir())
