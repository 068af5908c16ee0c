"""``authorship export`` as a new user sees it, and texts at the limit of what programs hold."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from authorship.export import collect_films, export_films
from shotscale.errors import TableError

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """Return a folder of two shot lists and a manifest with a long text."""
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "one.csv").write_text("time\n2\n5\n9\n", encoding="utf-8")
    (folder / "two.csv").write_text("time,scale\n3,CU\n4,LS\n11,none\n", encoding="utf-8")
    manifest = pd.DataFrame({"film": ["one.csv", "two.csv"], "note": ["я" * 1500, "short"], "director": ["A", "A"]})
    manifest.to_csv(folder / "films.csv", index=False)
    return folder


def test_the_command(lists: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "new" / "tables"
    status, printed, err = run("export", lists, "-o", out, "--format", "csv,sav", "--table", "shots,features")
    assert (status, len(err.splitlines())) == (0, 4)
    assert "one.csv: The last time in the list, 9 s, was taken for the end of the film.\n" in err
    assert printed.splitlines()[0] == f"{out / 'shots.csv'}: 6 rows, 11 columns"
    assert sorted(path.name for path in out.iterdir()) == [
        "codebook.csv",
        "features.csv",
        "features.sav",
        "shots.csv",
        "shots.sav",
    ]
    shots = pd.read_csv(out / "shots.csv")
    assert shots["duration"].tolist() == [2, 3, 4, 3, 1, 7]
    assert shots["scale"].fillna("").tolist() == ["", "", "", "CU", "LS", ""]
    status, printed, err = run("export", lists, "-o", out)
    assert (status, printed) == (2, "")
    assert err.endswith("exists already; choose another folder or allow it with --overwrite\n")
    assert run("export", lists, "-o", out, "--overwrite", "--format", "all")[0] == 0


def test_a_part_of_each_film_is_exported(lists: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "tables"
    assert run("export", lists, "-o", out, "--table", "shots", "--from", "3", "--speed", "0.5")[0] == 0
    assert pd.read_csv(out / "shots.csv")["duration"].tolist() == [1, 2, 0.5, 3.5]
    pd.read_csv(lists / "films.csv").assign(**{"from": ["5", ""]}).to_csv(lists / "films.csv", index=False)
    assert run("export", lists, "-o", out, "--table", "shots", "--overwrite")[0] == 0
    assert pd.read_csv(out / "shots.csv")["duration"].tolist() == [4, 3, 1, 7]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--format", "spss"], "format spss: not one of csv, parquet, xlsx, sav, dta, arff, r"),
        (["--format", "edl"], "write it with shotscale convert"),
        (["--table", "frames"], "table frames: not one of features, shots, scales"),
    ],
)
def test_options_that_cannot_be(options: list[str], problem: str, lists: Path, tmp_path: Path, run: Run) -> None:
    status, out, err = run("export", lists, "-o", tmp_path / "out", *options)
    assert (status, out) == (2, "")
    assert problem in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_help_teaches_with_examples(run: Run) -> None:
    status, out, _ = run("export", "--help")
    assert status == 0
    assert "authorship export analyzed/ -o tables/ --format sav,dta" in out


def test_a_text_of_more_than_2045_bytes_is_whole_in_stata_and_spss(lists: Path, tmp_path: Path) -> None:
    export_films(collect_films([lists]), tmp_path / "out", formats=["dta", "sav"], tables=["features"])
    assert pd.read_stata(tmp_path / "out" / "features.dta")["note"].tolist() == ["я" * 1500, "short"]
    for suffix, reader in (("dta", pyreadstat.read_dta), ("sav", pyreadstat.read_sav)):
        read, _ = reader(str(tmp_path / "out" / f"features.{suffix}"))
        assert read["note"].tolist() == ["я" * 1500, "short"]


def test_a_name_that_pandas_would_change_keeps_its_label_in_stata(lists: Path, tmp_path: Path) -> None:
    manifest = pd.read_csv(lists / "films.csv").drop(columns="note").assign(**{"Nº": ["x", "y"]})
    manifest.to_csv(lists / "films.csv", index=False)
    export_films(collect_films([lists]), tmp_path / "out", formats=["dta"], tables=["features"])
    with pd.read_stata(tmp_path / "out" / "features.dta", iterator=True) as reader:
        assert reader.variable_labels()["N_"] == "Nº"
    codebook = pd.read_csv(tmp_path / "out" / "codebook.csv").set_index("variable")
    assert codebook.loc["Nº", "name_in_stata"] == "N_"


@pytest.mark.parametrize(("suffix", "limit"), [("sav", "SPSS holds 32767"), ("xlsx", "a cell of Excel holds 32767")])
def test_a_text_that_no_cell_holds(suffix: str, limit: str, lists: Path, tmp_path: Path) -> None:
    manifest = pd.read_csv(lists / "films.csv")
    manifest.loc[0, "note"] = "x" * 32_768
    manifest.to_csv(lists / "films.csv", index=False)
    with pytest.raises(TableError, match=limit):
        export_films(collect_films([lists]), tmp_path / "out", formats=["csv", suffix])
    assert not (tmp_path / "out").exists()
