"""Drawn films: tables of known figures, no video."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import authorship.cli
import shotscale.cli
from shotscale.analysis import FilmAnalysis
from shotscale.tables import make_scales, make_shots

# Started as a script by its test; doctests look into every other file.
collect_ignore = ["killed_runs.py"]

DrawFilm = Callable[..., FilmAnalysis]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run_program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one of the two commands, the first argument, in this process: exit status, stdout, stderr."""

    def call(program: str, *arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", [program, *map(str, arguments)])
        try:
            (authorship.cli if program == "authorship" else shotscale.cli).main()
            status = 0
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def run(run_program: Run) -> Run:
    """Run ``authorship`` in this process."""
    return partial(run_program, "authorship")


@pytest.fixture
def draw_film() -> DrawFilm:
    """Draw a film with lognormal shot lengths and a scale for each shot."""

    def draw(
        *, n_shots: int = 300, asl: float = 15.0, sigma: float = 1.1, seed: int = 0, name: str = "film.mkv"
    ) -> FilmAnalysis:
        generator = np.random.default_rng(seed)
        lengths = np.exp(generator.normal(np.log(asl) - sigma**2 / 2, sigma, n_shots)).clip(0.2)
        starts = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
        end = float(lengths.sum())
        times = np.arange(0.0, end, 1.0)
        shot = np.searchsorted(starts, times, side="right") - 1
        by_shot = generator.dirichlet(np.ones(7), n_shots)
        return FilmAnalysis(
            film={"path": name, "duration": end, "width": 640, "height": 360, "fps": 25.0, "codec": "h264"},
            shots=make_shots(starts, end),
            scales=make_scales(times, by_shot[shot]),
            provenance={"versions": {"numpy": np.__version__}, "checksums": {"film": "0" * 64}, "settings": {}},
        )

    return draw


@pytest.fixture(scope="session")
def shared() -> Path:
    """The labelled material beside the checkout."""
    folder = Path(__file__).parents[3] / "shared"
    if not folder.is_dir():
        pytest.skip("needs the labelled material in ../shared")
    return folder


@pytest.fixture(scope="session")
def cutting(shared: Path) -> dict[str, pd.DataFrame]:
    """Shot tables of the 134 Hollywood films."""
    shots = pd.read_csv(shared / "reference" / "cutting_134_films_shot_lengths_long.csv")
    films = {}
    for name, film in shots.groupby("film", sort=False):
        ends = film["length_s"].cumsum().to_numpy()
        films[str(name)] = pd.DataFrame({"start": np.concatenate([[0.0], ends[:-1]]), "end": ends})
    return films


@pytest.fixture(scope="session")
def stand_in() -> Iterator[ModuleType]:
    """A corpus of a few bytes a film, and an analysis that takes a moment."""
    folder = str(Path(__file__).parent)
    sys.path.insert(0, folder)
    yield import_module("stand_in")
    sys.path.remove(folder)
