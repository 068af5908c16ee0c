"""Exports of more films than fit in memory: read one by one, written in pieces, completely or not at all."""

import weakref
from collections.abc import Callable, Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from authorship.export import FORMATS, export_films, export_tables
from authorship.export.collection import CollectedFilm, Collection
from authorship.export.row_limit import MOST_ROWS
from authorship.export.tidy import make_table
from authorship.export.variables import Pieces, TidyTable, Variable
from shotscale.errors import FilmError, OutputError, TableError
from shotscale.film import Film
from shotscale.tables import make_scales, make_shots

N_FILMS = 7
PIECE = 60
CODED, GROUPS_ALONE, UNSCALED = 2, 4, 5


def drawn(n: int) -> Film:
    """Draw a film's tables; one film is coded by hand, one has only scale groups, and one has no scales."""
    generator = np.random.default_rng(n)
    ends = np.cumsum(generator.lognormal(1, 0.5, 8 + n))
    shots = make_shots([0.0, *ends[:-1].tolist()], float(ends[-1]))
    times = np.arange(0.0, ends[-1] + 2)
    if n == UNSCALED:
        return Film(str(n), shots)
    if n == CODED:
        scales = [("CU", "MS", "FS", "IS", "NA", None)[k] for k in generator.integers(6, size=len(times))]
        return Film(str(n), shots, pd.DataFrame({"time": times, "scale": scales}))
    classes = 3 if n == GROUPS_ALONE else 7
    return Film(str(n), shots, make_scales(times, generator.dirichlet(np.ones(classes), len(times))))


class Shelf:
    """Films made anew whenever they are opened; counts how many are alive at once."""

    def __init__(self) -> None:
        self.opened: list[int] = []
        self.most_alive = 0
        self.before_opening: Callable[[int], None] = lambda _n: None
        self.make = drawn
        self._films: list[weakref.ref[Film]] = []

    def open_film(self, path: Path, *, part: object = None) -> Film:  # noqa: ARG002 - as the real one
        n = int(path.name)
        self.before_opening(n)
        self.opened.append(n)
        film = self.make(n)
        self._films.append(weakref.ref(film))
        self.most_alive = max(self.most_alive, sum(made() is not None for made in self._films))
        return film

    def collection(self) -> Collection:
        return Collection([CollectedFilm(f"film {n}", Path(str(n))) for n in range(N_FILMS)])


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr("authorship.export.collection.open_film", shelf.open_film)
    return shelf


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TidyTable, "pieces", partialmethod(TidyTable.pieces, n_rows=PIECE))


def cells(path: Path) -> Any:
    """Read a file for comparison; formats written row by row are compared as bytes."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pydict(), pq.read_schema(path)
    if path.suffix == ".xlsx":
        return [list(sheet.values) for sheet in openpyxl.load_workbook(path)]
    if path.suffix in (".sav", ".dta"):  # their bytes contain a timestamp
        read: Any = pyreadstat.read_sav if path.suffix == ".sav" else pyreadstat.read_dta
        frame, meta = read(str(path))
        return frame.to_csv(), meta.column_names_to_labels, meta.variable_value_labels
    return path.read_bytes()


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("name", ["shots", "scales"])
def test_piece_by_piece_as_at_once(name: str, shelf: Shelf, tmp_path: Path) -> None:
    table = make_table(name, shelf.collection())
    assert table is not None
    whole = TidyTable(name, table.title, table.frame, table.variables)
    assert table.n_rows == whole.n_rows == len(whole.frame)
    assert [list(table.texts(entry)) for entry in table.of_kind("text")] == [
        whole.texts(entry) for entry in whole.of_kind("text")
    ]
    export_tables([table], tmp_path / "pieces", formats=FORMATS)
    export_tables([whole], tmp_path / "whole", formats=FORMATS)
    for entry in FORMATS.values():
        file = f"{name}{entry.suffix}"
        made, expected = (cells(tmp_path / folder / file) for folder in ("pieces", "whole"))
        assert made == expected, file
    groups = [pq.ParquetFile(tmp_path / folder / f"{name}.parquet").num_row_groups for folder in ("pieces", "whole")]
    assert groups[0] > 1 == groups[1]


def test_a_film_without_any_known_scale_keeps_the_columns_types(shelf: Shelf) -> None:
    """A column that is entirely missing in a film has no type by itself."""
    table = make_table("scales", shelf.collection())
    assert table is not None
    alone = make_table("scales", Collection([CollectedFilm("alone", Path(str(GROUPS_ALONE)))]))
    assert alone is not None
    assert alone.frame.dtypes.equals(table.frame.dtypes)
    assert alone.frame["scale"].isna().all()
    kinds = {entry.name: [value.text for value in entry.categories] for entry in table.of_kind("category")}
    assert kinds["scale"][-2:] == ["FS", "IS"], "one film of the collection has them"
    assert table.readable()["scale"].isin(["FS", "IS"]).sum() > 3
    assert set(table.readable().loc[table.frame["scale"].isna(), "film"]) == {"film 2", "film 4"}


def test_no_more_than_a_piece_is_in_memory(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original, pieces, alive = TidyTable.pieces, [], []

    def watched(table: TidyTable) -> Iterator[pd.DataFrame]:
        for piece in original(table, n_rows=PIECE):
            pieces.append((table.name, len(piece), weakref.ref(piece)))
            alive.append(sum(made() is not None for _, _, made in pieces))
            yield piece
            del piece

    monkeypatch.setattr(TidyTable, "pieces", watched)
    tables = ["shots", "scales"]
    export_films(shelf.collection(), tmp_path / "out", formats=["csv", "parquet", "arff", "xlsx", "r"], tables=tables)
    assert shelf.most_alive == 1
    assert set(alive) == {1}
    films = [film.film for film in shelf.collection().films]
    longest = max(len(film.shots) for film in films), max(len(film.scales) for film in films if film.scales is not None)
    for name, most in zip(tables, longest, strict=True):
        lengths = [length for table, length, _ in pieces if table == name]
        assert len(lengths) > 1
        assert max(lengths) < PIECE + most


@pytest.mark.parametrize(
    ("tables", "formats", "readings"),
    [
        (None, ["csv", "parquet", "dta"], 3),
        (["shots"], ["csv", "parquet"], 1),
        (["shots"], ["csv", "dta"], 2),  # dta needs the number of rows first
        (["scales"], ["csv"], 2),  # the categories must be known first
        (["features", "scales"], ["csv"], 2),  # the categories are noted while features are computed
    ],
)
def test_how_often_a_film_is_read(
    tables: list[str] | None, formats: list[str], readings: int, shelf: Shelf, tmp_path: Path
) -> None:
    told: list[tuple[float, float | None]] = []
    export_films(
        shelf.collection(),
        tmp_path / "out",
        formats=formats,
        tables=tables,
        progress=lambda *done: told.append(done),
    )
    unscaled = [n for n in shelf.opened if n == UNSCALED]
    rest = [n for n in shelf.opened if n != UNSCALED]
    assert len(rest) == readings * (N_FILMS - 1)
    assert len(unscaled) == readings - (tables is None or "scales" in tables)
    shares = [done / total for done, total in told if total]
    assert len(shares) == len(shelf.opened)
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize("reading", range(3))
def test_a_film_that_cannot_be_read_leaves_no_file(reading: int, shelf: Shelf, tmp_path: Path) -> None:
    """The failure comes before the tables, in the shots, or in the scale tracks once the shots are written."""

    def fail(n: int) -> None:
        if n == 6 and shelf.opened.count(6) == reading:
            raise OSError(5, "Input/output error") if reading else FilmError("6: cannot be read; analyze it again")

    shelf.before_opening = fail
    out, tables = tmp_path / "out", ["shots", "scales"]
    with pytest.raises(FilmError, match=r"^6: cannot be read( \(Input/output error\))?; "):
        export_films(shelf.collection(), out, formats=FORMATS, tables=tables)
    assert not out.exists() or not list(out.iterdir())
    out.mkdir(exist_ok=True)
    (out / "shots.csv").write_text("mine", encoding="utf-8")
    shelf.opened = []
    with pytest.raises(FilmError):
        export_films(shelf.collection(), out, tables=tables, overwrite=True)
    assert [(path.name, path.read_text(encoding="utf-8")) for path in out.iterdir()] == [("shots.csv", "mine")]


def test_a_film_that_changes_meanwhile_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    """For example while corrections go on: new scales may not be among the categories the table began with."""

    def make(n: int) -> Film:
        return drawn(CODED if n == 0 and shelf.opened.count(0) == 2 else n)

    shelf.make = make
    with pytest.raises(FilmError, match="0: has changed since it was first read; begin again"):
        export_films(shelf.collection(), tmp_path / "out", tables=["scales"])
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("format_", "rows", "problem"),
    [
        (
            "sav",
            MOST_ROWS + 1,
            "2,000,001 rows; a table for SPSS is made in memory and has at most 2,000,000; export csv or",
        ),
        ("dta", MOST_ROWS + 1, "2,000,001 rows; a table for Stata is .* or features alone with --table features"),
        ("xlsx", 2**20, "1,048,576 rows; a sheet of Excel holds 1,048,575"),
    ],
)
def test_a_table_too_long_for_a_format_is_refused_before_any_row(
    format_: str, rows: int, problem: str, tmp_path: Path
) -> None:
    made = []

    def make() -> Iterator[pd.DataFrame]:
        made.append(1)
        yield pd.DataFrame({"film": ["a"]}, dtype=object)

    table = TidyTable("scales", "", Pieces(make, lambda: rows, {"film": ["a"]}), (Variable("film", "film", "text"),))
    with pytest.raises(TableError, match=problem):
        export_tables([table], tmp_path / "out", formats=["csv", format_])
    assert not made
    assert not (tmp_path / "out").exists()
    fits = TidyTable("scales", "", Pieces(make, lambda: rows - 1, {"film": ["a"]}), table.variables)
    assert [file.n_rows for file in export_tables([fits], tmp_path / "out", formats=["csv", format_])][:2] == [1, 1]


@pytest.mark.parametrize("file", ["features.csv", "shots.csv", "codebook.csv"])
def test_a_file_in_the_way_is_found_before_a_film_is_read(file: str, shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / file).write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=f"{file}: exists already"):
        export_films(shelf.collection(), tmp_path)
    assert not shelf.opened
    assert [path.name for path in tmp_path.iterdir()] == [file]


_FULL = OSError(28, "No space left on device")
FULL_DISK = {
    "csv": ("pandas.DataFrame.to_csv", _FULL),
    "xlsx": ("xlsxwriter.workbook.ZipFile", _FULL),
    "sav": ("pyreadstat.write_sav", pyreadstat.ReadstatError("Unable to write data")),
}


@pytest.mark.parametrize("format_", FULL_DISK)
def test_a_full_disk_is_one_line_and_no_file(
    format_: str, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, trouble = FULL_DISK[format_]

    def fail(*_arguments: object, **_options: object) -> None:
        raise trouble

    monkeypatch.setattr(place, fail)
    with pytest.raises(
        OutputError, match=r"out: cannot be written to \(.*(No space|Unable to write).*\); make room or"
    ):
        export_films(shelf.collection(), tmp_path / "out", formats=[format_], tables=["shots"])
    assert not list((tmp_path / "out").iterdir())
