"""``authorship benchmark`` as a user runs it: on annotations, with figures, and with invalid input."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from authorship.reference.table import builtin_reference

Run = Callable[..., tuple[int, str, str]]

OPTIONS = ("--classifier", "Burrows' Delta", "--permutations", "2", "--jobs", "1")
DIRECTORS = ("Béla Tarr", "Federico Fellini", "Martin Scorsese")


@pytest.fixture
def run(run: Run) -> Run:
    """Run ``authorship benchmark`` in this process."""
    return partial(run, "benchmark")


@pytest.fixture(scope="module")
def annotations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return annotation files of four built-in films by each of three directors, with random scales."""
    folder = tmp_path_factory.mktemp("annotations")
    generator = np.random.default_rng(0)
    reference = builtin_reference()
    for director in DIRECTORS:
        for row in np.flatnonzero(reference.labels == director)[:4]:
            stem = f"{reference.years[row]:.0f}_{director}_-_{reference.original_titles[row]}".replace(" ", "_")
            table = pd.DataFrame({"time": np.arange(400), "shotscale": generator.integers(1, 8, 400)})
            table.to_csv(folder / f"{stem.replace('/', '')}.csv", index=False)
    return folder


def one_line(text: str) -> bool:
    return text.startswith("authorship: ") and text.count("\n") == 1


def test_annotations_with_lengths_joined_from_the_builtin_table(annotations: Path, run: Run, tmp_path: Path) -> None:
    figures = tmp_path / "figures"
    status, out, err = run("--cinescale", annotations, *OPTIONS, "--json", "--figures", figures)
    assert status == 0
    assert "12 codings found, 12 used, 0 left out" in err
    assert "shot lengths joined for 12 of 12 codings" in err
    result = json.loads(out)
    assert result["reference"]["candidates"] == dict.fromkeys(DIRECTORS, 4)
    assert any("Shot lengths are known of 12 of the 12" in note for note in result["reference"]["notes"])
    assert any("of codings, answered by codings" in note for note in result["reference"]["notes"])
    accuracies = {row["features"]: row["accuracy"] for row in result["results"] if row["classifier"] == "selected"}
    assert set(accuracies) == {
        *("durations", "runs", "distributions", "transitions", "sequence"),
        *("scale", "all"),
    }
    assert accuracies["durations"] > 0.5  # real lengths discriminate; random scales do not
    assert accuracies["distributions"] < 0.7
    assert len(list(figures.glob("*.png"))) == len(list(figures.glob("*.svg"))) == 3


def test_annotations_with_the_films_own_shot_tables(annotations: Path, run: Run, tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    for place, path in enumerate(sorted(annotations.glob("*.csv"))):
        ends = np.cumsum(generator.uniform(4, 10, 30))
        shots = pd.DataFrame({"start": np.concatenate([[0.0], ends[:-1]]), "end": ends})
        target = tmp_path / path.stem / "shots.csv" if place % 2 else tmp_path / path.name  # an analysis, or a table
        target.parent.mkdir(exist_ok=True)
        shots.to_csv(target, index=False)
    status, out, err = run("--cinescale", annotations, "--shots", tmp_path, *OPTIONS, "--json")
    assert (status, "12 used" in err) == (0, True)
    result = json.loads(out)
    lengths = [row for row in result["results"] if row["features"] == "durations" and row["classifier"] == "selected"]
    assert lengths[0]["n_features"] == 3
    assert lengths[0]["accuracy"] < 0.8  # these lengths are drawn alike for all directors


def test_films_without_lengths_are_said(annotations: Path, run: Run, tmp_path: Path) -> None:
    for path in annotations.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    some = sorted(tmp_path.glob("*Fellini*"))[0]
    some.rename(some.with_name("1999_Federico_Fellini_-_No_Such_Film.csv"))
    status, out, _ = run("--cinescale", tmp_path, *OPTIONS)
    assert status == 0
    assert "Shot lengths are known of 11 of the 12 films." in out
    assert "12 films, one left out at a time" in out


def test_what_cannot_be_is_one_line(annotations: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "1960_A_-_B.csv").write_text("time,shotscale\n0,11\n", encoding="utf-8")
    (tmp_path / "unnamed").mkdir()
    (tmp_path / "unnamed" / "film.csv").write_text("time,shotscale\n0,1\n", encoding="utf-8")
    for arguments, said in (
        (["--cinescale", tmp_path / "empty"], "holds no coding"),
        (["--cinescale", tmp_path / "absent"], "not a folder"),
        (["--cinescale", tmp_path / "broken"], "a code is 0 to 9"),
        (["--cinescale", tmp_path / "unnamed"], "its name says no director"),
        (["reference", "--cinescale", annotations], "are two corpora; name one of them"),
        (["--cinescale", annotations, "--classifier", "oracle"], "oracle: not a classifier"),
        (["--cinescale", annotations, "--permutations", "-1"], "the number of permutations must be 0 or more"),
        (["--cinescale", annotations, "--figures", tmp_path / "file"], "cannot be made"),
        (["--shots", annotations], "--cinescale"),
        (["--jobs", "0"], "jobs"),
        ([tmp_path / "absent.csv"], "no such file"),
        ([tmp_path / "empty"], "a corpus has a manifest"),
    ):
        status, out, err = run(*arguments)
        assert (status, out) == (2, ""), arguments
        assert one_line(err), (arguments, err)
        assert said in err, (arguments, err)


def test_the_print_out_fits_a_terminal_and_compares_groups(annotations: Path, run: Run, tmp_path: Path) -> None:
    combine = ("--combine", "distributions+durations", "--combine", "runs + transitions+sequence")
    status, out, err = run("--cinescale", annotations, *OPTIONS, *combine, "-o", tmp_path / "results")
    assert status == 0
    assert max(map(len, out.splitlines()[1:])) <= 80  # the first line is the path
    assert "durations + distributions, " in out
    assert "scale against distributions" in out
    assert "other films of the 5 years before and after" in " ".join(out.split())
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == ["benchmark.json", "benchmark.md"]
    result = json.loads((tmp_path / "results" / "benchmark.json").read_text())
    compared = {(row["features"], row["against"]): row for row in result["comparisons"]}
    row = compared["durations + distributions", "distributions"]
    rows = {row["features"]: row for row in result["results"] if row["classifier"] == "authorship classify"}
    difference = rows["durations + distributions"]["accuracy"] - rows["distributions"]["accuracy"]
    assert row["difference"] == pytest.approx(difference)
    assert (row["gained"] - row["lost"]) / 12 == pytest.approx(difference)
    status, out, err = run("--cinescale", annotations, *OPTIONS, "--combine", "durations+color")
    assert status == 2
    assert "--combine durations+color: needs two groups of features or more" in err
