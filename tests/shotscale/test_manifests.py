"""Hand-written tables: identifiers, names and formulas come out as they went in."""

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorship.export import collect_films, export_films
from authorship.names import known_name, unify_names
from authorship.own_reference import read_corpus
from authorship.reference.reading import read_reference
from shotscale.errors import TableError
from shotscale.formulas import formula_safe
from shotscale.manifests import plain_numbers, read_manifest, read_texts, typed
from shotscale.store.table import read_table

Run = Callable[..., tuple[int, str, str]]
IDS = {"imdb": ["0060827", "0050976", "0069467"], "isan": ["1000000000000000001", "1000000000000000008", "1e5"]}


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """Write three films whose manifest has identifiers; return their folder."""
    folder = tmp_path / "films"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.csv").write_text("start,end\n0,4\n4,6\n", encoding="utf-8")
    facts = {"film": ["a.csv", "b.csv", "c.csv"], **IDS, "director": ["=1+1", "@x", "=1+1"], "year": [1960, 1961, 1962]}
    pd.DataFrame(facts).to_csv(folder / "films.csv", index=False)
    return folder


def test_identifiers_stay_text_in_every_export(films: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_films(collect_films([films]), out, formats=["csv", "xlsx", "parquet", "dta", "sav"], tables=["features"])
    pyreadstat = pytest.importorskip("pyreadstat")
    rows = list(openpyxl.load_workbook(out / "features.xlsx")["features"].iter_rows(values_only=True))
    read = {
        "csv": pd.read_csv(out / "features.csv", dtype=str),
        "xlsx": pd.DataFrame(rows[1:], columns=rows[0]),
        "parquet": pd.read_parquet(out / "features.parquet"),
        "dta": pd.read_stata(out / "features.dta"),
        "sav": pyreadstat.read_sav(out / "features.sav")[0],
    }
    for table in read.values():
        assert {name: table[name].tolist() for name in IDS} == IDS
        assert pd.to_numeric(table["year"]).tolist() == [1960, 1961, 1962]


def test_no_spreadsheet_calculates_a_name(films: Path, tmp_path: Path) -> None:
    export_films(collect_films([films]), tmp_path / "out", formats=["csv", "xlsx", "r"], tables=["features"])
    raw = (tmp_path / "out" / "features.csv").read_text(encoding="utf-8")
    assert "'=1+1" in raw
    assert ",=1+1" not in raw
    book = openpyxl.load_workbook(tmp_path / "out" / "features.xlsx")
    cells = [cell for row in book["features"].iter_rows() for cell in row if cell.value in ("=1+1", "@x")]
    assert len(cells) == 3
    assert {cell.data_type for cell in cells} == {"s"}, "texts, and no formulas"
    script = (tmp_path / "out" / "features.R").read_text(encoding="utf-8")
    assert 'features[["director"]] <- sub(' in script
    assert 'features[["imdb"]] <- sub(' not in script


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.text("=+-@'ab é1\t.\"", min_size=1, max_size=8).filter(lambda text: text.strip("\t ")), min_size=1
    )
)
def test_what_is_written_safely_is_read_as_it_was(texts: list[str], tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    pd.DataFrame({"name": [formula_safe(text) for text in texts]}).to_csv(path, index=False)
    assert read_texts(path, missing="")["name"].tolist() == [unicodedata.normalize("NFC", text) for text in texts]
    with path.open(encoding="utf-8", newline="") as stream:
        assert not any(row and row[0].lstrip()[:1] in tuple("=@") for row in csv.reader(stream))


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1966", "0", None], [1966.0, 0.0, None]),
        (["1.50", "-2", "1.5e-07"], [1.5, -2.0, 1.5e-07]),
        (["123456789012345"], [123456789012345.0]),
        (["1234567890123456"], None),
        (["1966", "NA"], [1966.0, None]),
        (["NA", "NA"], None),
        (["007"], None),
        (["00"], None),
        (["1E5"], None),
        (["nan", "1"], None),
        (["inf"], None),
        (["True"], None),
        (["1,5"], None),
        ([None, None], None),
    ],
)
def test_what_counts_as_a_number(texts: list[str | None], numbers: list[float | None] | None) -> None:
    found = plain_numbers(pd.Series(texts, dtype=object))
    assert (found is None) == (numbers is None)
    if found is not None and numbers is not None:
        assert [None if pd.isna(value) else value for value in found] == numbers


def test_years_of_which_one_is_unknown_are_written_whole(films: Path, tmp_path: Path) -> None:
    table = pd.read_csv(films / "films.csv", dtype=str).assign(year=["1960", "", "1962"], isbn="9783161484100")
    table.to_csv(films / "films.csv", index=False)
    export_films(collect_films([films]), tmp_path / "out", formats=["csv", "r", "dta"], tables=["features"])
    assert pd.read_csv(tmp_path / "out" / "features.csv", dtype=str)["year"].fillna("").tolist() == ["1960", "", "1962"]
    assert pd.read_stata(tmp_path / "out" / "features.dta")["isbn"].tolist() == [9783161484100] * 3
    script = (tmp_path / "out" / "features.R").read_text(encoding="utf-8")
    assert '"year" = "integer"' in script
    assert '"isbn" = "numeric"' in script, "it is too large for an integer of R"
    assert read_corpus(films)["year"].map(str).tolist() == ["1960", "<NA>", "1962"]


def test_a_space_behind_a_name_makes_no_other_category(films: Path, tmp_path: Path) -> None:
    pd.read_csv(films / "films.csv").assign(director=["Tarr", "Tarr ", "Bo"]).to_csv(films / "films.csv", index=False)
    export_films(collect_films([films]), tmp_path / "out", formats=["csv"], tables=["features"])
    assert pd.read_csv(tmp_path / "out" / "features.csv")["director"].tolist() == ["Tarr", "Tarr", "Bo"]


def test_years_of_a_manifest_are_whole_numbers(films: Path) -> None:
    table = typed(read_manifest(films / "films.csv"), texts=["film"])
    assert table["year"].dtype == "Int64"
    assert table["imdb"].tolist() == IDS["imdb"]
    assert read_corpus(films)["year"].tolist() == [1960, 1961, 1962]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_in_an_encoding_of_spreadsheets(encoding: str, mark: str, tmp_path: Path) -> None:
    text = "\r\n".join(mark.join(row) for row in (["film_id", "title"], ["1", "Malmö"], ["2", "Béla"])) + "\r\n"
    (tmp_path / "films.csv").write_bytes(text.encode(encoding))
    read = read_texts(tmp_path / "films.csv", missing="")
    assert read.to_dict("list") == {"film_id": ["1", "2"], "title": ["Malmö", "Béla"]}


@pytest.mark.parametrize(
    ("mark", "cells", "expected"),
    [
        (";", ["4,5", "", "3"], ["4.5", None, "3"]),
        ("\t", ["-0,25", "1,5E-05", "2,125"], ["-0.25", "1.5E-05", "2.125"]),
        (";", ["1,200", "950", "2,400"], ["1,200", "950", "2,400"]),
        (";", ["1.200.000", "950.000", ""], ["1200000", "950000", None]),
        (";", ["1\u202f234,5", "1\u202f200", "3"], ["1234.5", "1200", "3"]),
        (";", ["1 200", "2 400", "3"], ["1 200", "2 400", "3"]),
        (";", ["4,5", "007", "x"], ["4,5", "007", "x"]),
        (";", ["1,2,3", "4,5", "6"], ["1,2,3", "4,5", "6"]),
        (",", ['"4,5"', "3", "2"], ["4,5", "3", "2"]),
    ],
)
def test_decimal_commas_of_a_spreadsheet(
    mark: str, cells: list[str], expected: list[str | None], tmp_path: Path
) -> None:
    rows = [f"film{mark}score", *(f"{name}{mark}{cell}" for name, cell in zip("abc", cells, strict=True))]
    (tmp_path / "films.csv").write_text("\n".join(rows), encoding="utf-8")
    read = read_texts(tmp_path / "films.csv", missing="")["score"]
    assert [None if pd.isna(text) else text for text in read] == expected


@pytest.mark.parametrize("above", [[], ["The early films"], ["# seen in Bonn; 2024", "", "All films"]])
@pytest.mark.parametrize("name", ["films.csv", "films.xlsx"])
def test_what_spreadsheets_leave_around_a_table(name: str, above: list[str], tmp_path: Path) -> None:
    rows = [["Film", "Director ", "Studio", ""], ["a", "x", "S", ""], [""] * 4, ["b", "y", "", ""], [""] * 4]
    rows = [[title] for title in above] + rows
    if name == "films.csv":
        (tmp_path / name).write_text("\n".join(map(";".join, rows)), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([cell or None for cell in row])
        book.active.cell(len(above) + 1, 4).font = openpyxl.styles.Font(bold=True)
        book.save(tmp_path / name)
    read = read_texts(tmp_path / name, missing="")
    assert read.fillna("").to_dict("list") == {"film": ["a", "b"], "director": ["x", "y"], "Studio": ["S", ""]}


@pytest.mark.parametrize("numbers", [[0, 1, 2], [1, 2, 3], [4, 9, 7]])
def test_numbers_of_rows_that_a_program_added(numbers: list[int], films: Path) -> None:
    table = pd.read_csv(films / "films.csv", dtype=str)
    table.set_index(pd.Index(numbers)).to_csv(films / "films.csv")
    assert list(read_manifest(films / "films.csv")) == [*table]


def test_the_line_with_which_excel_names_the_separator(tmp_path: Path) -> None:
    for first, mark in (("sep=;", ";"), ('"sep=,"', ","), ("SEP=\t", "\t")):
        (tmp_path / "films.csv").write_text(f"{first}\r\nfilm{mark}score\r\na{mark}4\r\n", encoding="utf-8-sig")
        assert read_texts(tmp_path / "films.csv", missing="").to_dict("list") == {"film": ["a"], "score": ["4"]}
    (tmp_path / "films.csv").write_text("sep=;\nfilm;score\na;4,5\n", encoding="utf-8")
    assert read_texts(tmp_path / "films.csv", missing="")["score"].tolist() == ["4.5"]


def test_a_film_without_its_suffix_is_told_it(films: Path) -> None:
    (films / "films.csv").write_text("film,director\na,x\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"film a is not in .*; write a\.csv$"):
        read_manifest(films / "films.csv")
    (films / "films.csv").write_text("film,director\nfilms/a.csv,x\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"film films/a\.csv is not in .*; write a\.csv$"):
        read_manifest(films / "films.csv")


def test_thousandths_beside_a_column_of_decimal_commas(tmp_path: Path) -> None:
    (tmp_path / "films.csv").write_text("film;median;score\na;4,855;7,5\nb;7,645;8\n", encoding="utf-8")
    assert read_texts(tmp_path / "films.csv", missing="")["median"].tolist() == ["4.855", "7.645"]


def test_a_film_whose_name_the_disk_spells_apart(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "Béla.csv")
    (tmp_path / apart).write_text("start,end\n0,4\n", encoding="utf-8")
    (tmp_path / "films.csv").write_text("film,director\nBéla.csv,x\n", encoding="utf-8")
    assert read_manifest(tmp_path / "films.csv")["film"].tolist() == [apart]
    (tmp_path / "films.csv").write_text(f"film,director\nBéla.csv,x\n{apart},y\n", encoding="utf-8")
    with pytest.raises(TableError, match="appears twice"):
        read_manifest(tmp_path / "films.csv")


def test_a_film_with_spaces_around_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("start,end\n0,4\n", encoding="utf-8")
    (tmp_path / "films.csv").write_text("film,director\na.csv ,x\n", encoding="utf-8")
    assert read_manifest(tmp_path / "films.csv")["film"].tolist() == ["a.csv"]
    (tmp_path / "films.csv").write_text("film,director\na.csv,x\n a.csv,y\n", encoding="utf-8")
    with pytest.raises(TableError, match="appears twice"):
        read_manifest(tmp_path / "films.csv")


def test_rows_longer_than_the_header(tmp_path: Path) -> None:
    for row in ("a.csv,Powell, Pressburger,1943", "a.csv,Powell,1943,"):
        (tmp_path / "films.csv").write_text(f"film,director,year\n{row}\n", encoding="utf-8")
        with pytest.raises(TableError, match="its rows have more fields than its header; quote texts that hold"):
            read_texts(tmp_path / "films.csv", missing="")
    (tmp_path / "films.csv").write_text('"film","year"\n"1","a",1943\n"3","b",1944\n', encoding="utf-8")
    assert read_texts(tmp_path / "films.csv", missing="").to_dict("list") == {
        "film": ["a", "b"],
        "year": ["1943", "1944"],
    }


def test_a_path_as_windows_writes_it(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.csv").write_text("start,end\n0,4\n", encoding="utf-8")
    (tmp_path / "films.csv").write_text("film,director\nlists\\a.csv,x\n", encoding="utf-8")
    assert read_manifest(tmp_path / "films.csv")["film"].tolist() == ["lists/a.csv"]
    assert read_texts(tmp_path / "films.csv", missing="")["film"].tolist() == ["lists/a.csv"]


def test_the_table_of_a_corpus_keeps_identifiers(tmp_path: Path) -> None:
    (tmp_path / "a.mkv").write_bytes(b"x")
    text = "film_id,path,title,year,director,imdb,rank\n007,a.mkv,1900,1976,Be\u0301la,0060827,3\n"
    (tmp_path / "films.csv").write_text(text, encoding="utf-8")
    row = read_table(tmp_path / "films.csv").rows.iloc[0]
    assert (row["film_id"], row["title"], row["imdb"], row["rank"]) == ("007", "1900", "0060827", 3)
    assert row["director"] == "Béla"


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_a_path_is_found_however_it_is_spelled(
    on_disk: Literal["NFC", "NFD"], written: Literal["NFC", "NFD"], tmp_path: Path
) -> None:
    film = tmp_path / unicodedata.normalize(on_disk, "Béla.mkv")
    film.write_bytes(b"x")
    row = unicodedata.normalize(written, "Béla,Béla.mkv,,,")
    (tmp_path / "films.csv").write_text(f"film_id,path,title,year,director\n{row}\n", encoding="utf-8")
    (read,) = read_table(tmp_path / "films.csv").films
    assert (read.film_id, read.path) == ("Béla", film)


def test_one_candidate_by_whatever_keyboard(tmp_path: Path, run_program: Run) -> None:
    names = ["Béla Tarr", "Be\u0301la Tarr", " Béla  Tarr", "béla tarr", "Godard, Jean-Luc", *["Jean-Luc Godard"] * 3]
    rows = [
        f'{k:03d},"{name}",{5 + k},{4 + k / 2},{3 + k / 3}'
        for k, name in enumerate([*names, "Godard, Jean-Luc", "Godard, Jean-Luc"])
    ]
    path = tmp_path / "reference.csv"
    head = "film_id,director,average_shot_length,median_shot_length,shot_length_sd\n"
    path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    reference = read_reference(path)
    assert {name: reference.count(name) for name in reference.candidates} == {
        "Béla Tarr": 4,
        "Godard, Jean-Luc": 3,
        "Jean-Luc Godard": 3,
    }
    assert reference.features.index[0] == "000"
    assert "'béla tarr' was taken for Béla Tarr." in reference.notes
    assert any("'Godard, Jean-Luc' and 'Jean-Luc Godard' may be the same name" in note for note in reference.notes)
    status, out, _ = run_program("authorship", "fit", path, "-o", tmp_path / "fitted")
    assert status == 0
    assert "Béla Tarr: 4 films" in out
    again = read_reference(tmp_path / "fitted")
    assert again.candidates == reference.candidates


def test_names_that_are_one() -> None:
    assert unify_names(["A B", "a b", "A  B ", "C"]) == (["A B", "A B", "A B", "C"], ("'a b' was taken for A B.",))
    assert unify_names(["Bela Tarr", "Béla Tarr"])[1] == (
        "'Bela Tarr' and 'Béla Tarr' may be the same name; if so, spell them alike.",
    )
    assert known_name("be\u0301la tarr", ["Ingmar Bergman", "Béla Tarr"]) == "Béla Tarr"
    assert known_name("nobody", ["Béla Tarr"]) == "nobody"
