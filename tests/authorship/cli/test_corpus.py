"""Every command that takes films also takes a store (drawn analyses, no video)."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

Run = Callable[..., tuple[int, str, str]]
N_FILMS = 9


@pytest.fixture
def store(stand_in: ModuleType, tmp_path: Path) -> Path:
    table = stand_in.make_corpus(tmp_path / "films", N_FILMS, bad=(8,))
    stand_in.run(table, tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def reference(store: Path, run: Run, tmp_path: Path) -> Path:
    assert run("fit", store, "-o", tmp_path / "reference")[0] == 0
    return tmp_path / "reference"


def test_tables_of_a_store(store: Path, run: Run, tmp_path: Path) -> None:
    status, out, _ = run("features", store)
    assert status == 0
    assert len(out.splitlines()) == N_FILMS  # the header, and one row per film except the damaged one
    assert run("export", store, "-o", tmp_path / "tables", "--table", "features,shots")[0] == 0
    exported = pd.read_csv(tmp_path / "tables" / "features.csv")
    assert exported["director"].value_counts().to_dict() == {"Fast": 4, "Slow": 4}
    status, out, err = run("features", store / "film-8")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1


def test_a_store_is_fitted_measured_and_asked_with(store: Path, reference: Path, run: Run) -> None:
    status, out, _ = run(
        "benchmark", store, "--classifier", "logistic regression", "--permutations", 0, "--jobs", 1, "--json"
    )
    assert status == 0
    measured = json.loads(out)
    assert measured["reference"]["candidates"] == {"Fast": 4, "Slow": 4}
    status, out, _ = run("classify", store, "--reference", reference, "--json")
    assert status == 0
    answers = json.loads(out)
    assert len(answers["films"]) == N_FILMS - 1
    assert answers["reference"]["n_films"] == N_FILMS - 1
    status, out, _ = run("roll", store / "film-3", "--window", 10, "--step", 5, "--reference", reference, "--json")
    assert status == 0
    assert len(json.loads(out)["windows"]) == 3


def test_figures_of_a_store(store: Path, reference: Path, run: Run, tmp_path: Path) -> None:
    for command, *options in (("map", store), ("tree", store), ("tree", store, "--reference", reference)):
        figure = tmp_path / f"{command}{len(options)}.png"
        status, out, err = run(command, *options, "-o", figure)
        assert (status, out.strip()) == (0, str(figure))
        assert all("a tree of 3 features" in line for line in err.splitlines())
        assert figure.stat().st_size > 10_000
    status, out, _ = run("compare", store / "film-0", store / "film-1", "--json")
    assert status == 0
    assert json.loads(out)
    status, _, err = run("compare", store, store / "film-1")
    assert status == 2
    assert "name one of them" in err
