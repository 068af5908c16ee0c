"""Drawn frames in CineScale's format: annotations, frames and a second coding are consistent."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from shotscale.annotations import read_annotations
from shotscale.drawn.labeled import DRAWN, draw_labeled_films
from shotscale.errors import OptionError, OutputError
from shotscale.labeled.sources import load_source


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_labeled_films(tmp_path_factory.mktemp("drawn"), seed=3, n_films=3, seconds=20, size=(64, 36))


def test_every_second_has_a_frame_and_a_scale(drawn: Path) -> None:
    annotations = read_annotations(drawn / "annotations")
    assert [annotation.title for annotation in annotations] == ["Film 1", "Film 2", "Film 3"]
    for annotation in annotations:
        assert annotation.flaws == ()
        frames = sorted((drawn / "frames" / annotation.path.stem).iterdir())
        assert len(frames) == len(annotation.table) == 20
        assert annotation.table["scale"].nunique() >= 3
    with Image.open(frames[0]) as image:
        assert image.size == (64, 36)
    loaded = load_source(drawn / "frames", annotations=drawn / "annotations")
    assert len(loaded) == 60
    assert loaded.table["group"].nunique() == 3


def test_frames_and_codings_may_be_sorted_by_director(drawn: Path, tmp_path: Path) -> None:
    for director, film in zip(("one", "two", "two"), sorted((drawn / "frames").glob("2*")), strict=True):
        shutil.copytree(film, tmp_path / "frames" / director / film.name)
        coding = drawn / "annotations" / f"{film.name}.csv"
        (tmp_path / "codings" / director).mkdir(parents=True, exist_ok=True)
        shutil.copy(coding, tmp_path / "codings" / director)
    (tmp_path / "codings" / "list.csv").write_text("Year;director;name\n2001;one;Film 1\n")
    loaded = load_source(tmp_path / "frames", annotations=tmp_path / "codings")
    flat = load_source(drawn / "frames", annotations=drawn / "annotations")
    assert loaded.table[["scale", "group"]].equals(flat.table[["scale", "group"]])


def test_the_second_coder_errs_now_and_then(drawn: Path) -> None:
    first, second = (read_annotations(drawn / name) for name in ("annotations", "second_coder"))
    same = [(a.table["scale"] == b.table["scale"]).mean() for a, b in zip(first, second, strict=True)]
    assert 0.5 < sum(same) / len(same) < 1


def test_a_folder_says_that_it_is_drawn_and_is_not_written_over(drawn: Path) -> None:
    for name in ("annotations", "second_coder", "frames"):
        assert "No file here comes from a film" in (drawn / name / DRAWN).read_text(encoding="utf-8")
    with pytest.raises(OutputError, match="not empty"):
        draw_labeled_films(drawn)
    with pytest.raises(OptionError, match="at least 3 films"):
        draw_labeled_films(drawn, n_films=2)


def test_the_commands(run_program: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    status, told, _ = run_program("shotscale", "draw-frames", tmp_path / "new", "--films", 3, "--seconds", 6)
    assert (status, "3 films of 6 frames, DRAWN" in told) == (0, True)
    small = ("draw", tmp_path / "small.mkv", "--sequences", 1, "--size", "96x54")
    assert run_program("shotscale", *small)[0] == 0
    assert (tmp_path / "small.shots.csv").read_text(encoding="utf-8").count("\n") == 4
    status, _, told = run_program("shotscale", "draw", tmp_path / "none.mkv", "--size", "large")
    assert (status, "as in 640x360" in told) == (2, True)
