"""Ratings as scholars keep them: every CSV dialect gives the same table, and its problems are listed."""

from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

from authorship.viewers.problems import Problem
from authorship.viewers.ratings import RatingOptions, Ratings, read_ratings
from authorship.viewers.sources import read_source, to_names, to_numbers
from shotscale.errors import OptionError, TableError

PLAIN = (
    "viewer,clip,mood,tension\n"
    "ann,c1,3.5,1\nann,c2,,2\nann,c3,2,7\n"
    "béla,c1,1,2\nbéla,c2,4,1\nbéla,c3,5.25,6\n"
    "cy,c1,2,2\ncy,c2,3,3\ncy,c3,1,4\n"
)


def write(folder: Path, text: str, *, name: str = "ratings.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def kinds(ratings: Ratings) -> dict[str, Problem]:
    return {problem.kind: problem for problem in ratings.problems}


def excel(text: str) -> str:
    """Return a CSV as German or Italian Excel writes it."""
    return text.replace(",", ";").replace(".", ",").replace("\n", "\r\n")


def numbered(text: str) -> str:
    """Return a CSV with row numbers, as R and pandas write them."""
    header, *rows = text.splitlines()
    return "\n".join([f'"",{header}', *(f'"{number}",{row}' for number, row in enumerate(rows, start=1))]) + "\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (PLAIN, "utf-8"),
        (PLAIN, "utf-8-sig"),
        (PLAIN, "cp1252"),
        (excel(PLAIN), "utf-8-sig"),
        (excel(PLAIN), "cp1252"),
        ("sep=;\r\n" + excel(PLAIN), "utf-8"),
        (PLAIN.replace(",", "\t"), "utf-16"),
        (PLAIN.replace(",", "|"), "utf-8"),
        (PLAIN.replace("ann,c2,,2", "ann , c2,#N/A,2"), "utf-8"),
        (PLAIN.replace("ann,c2,,2", '"ann","c2",n/a,"2"'), "utf-8"),
        ("\n" + PLAIN.replace("3.5", '"3,5"') + ",,,\n\n", "utf-8"),
        (PLAIN.replace("\n", ",,\n"), "utf-8"),
        (PLAIN.replace("\n", "\r"), "utf-8"),
        (numbered(PLAIN), "utf-8"),
    ],
)
def test_every_dialect_gives_the_same_table(text: str, encoding: str, tmp_path: Path) -> None:
    expected = read_ratings(write(tmp_path, PLAIN, name="plain.csv"))
    read = read_ratings(write(tmp_path, text, encoding=encoding))
    pd.testing.assert_frame_equal(read.table, expected.table)
    assert read.names == ("mood", "tension")
    assert read.by_viewer
    assert read.problems == ()
    assert expected.table["mood"].tolist()[:3] == pytest.approx([3.5, np.nan, 2], nan_ok=True)
    assert expected.table["viewer"].unique().tolist() == ["ann", "béla", "cy"]


def test_statistical_programs_files(tmp_path: Path) -> None:
    expected = read_ratings(write(tmp_path, PLAIN))
    frame = expected.table[["viewer", "clip", "mood", "tension"]].reset_index(drop=True)
    numbered = frame.assign(viewer=[1.0] * 3 + [2.0] * 3 + [3.0] * 3)
    pyreadstat.write_sav(numbered, str(tmp_path / "r.sav"))
    numbered.to_stata(tmp_path / "r.dta", write_index=False)
    frame.to_parquet(tmp_path / "r.parquet")
    for name, viewers in (("r.sav", "123"), ("r.dta", "123"), ("r.parquet", ["ann", "béla", "cy"])):
        read = read_ratings(tmp_path / name)
        assert read.table["viewer"].unique().tolist() == list(viewers)
        pd.testing.assert_frame_equal(
            read.table[["clip", "mood", "tension"]], expected.table[["clip", "mood", "tension"]]
        )


@pytest.mark.parametrize("n_sheets", [1, 2])
def test_a_workbook_is_read_if_it_has_one_sheet(n_sheets: int, tmp_path: Path) -> None:
    expected = read_ratings(write(tmp_path, PLAIN))
    path = tmp_path / "ratings.xlsx"
    rows = [[float(cell) if cell[:1].isdigit() else cell for cell in row.split(",")] for row in PLAIN.splitlines()]
    book = openpyxl.Workbook()
    for sheet in (book.active, *(book.create_sheet("more") for _ in range(n_sheets - 1))):
        for row, day in zip(rows, ("StartDate", *[date(2024, 5, 3)] * (len(rows) - 1)), strict=True):
            sheet.append([*row, day])
    book.save(path)
    if n_sheets == 2:
        with pytest.raises(TableError, match="has the sheets Sheet, more; a table is one sheet"):
            read_ratings(path)
        return
    read = read_ratings(path)
    pd.testing.assert_frame_equal(read.table, expected.table)
    assert list(kinds(read)) == ["column without numbers"]


def test_long_numbers_stay_apart() -> None:
    stamps = [1700000000001, 1700000000002, 2**60 + 1]
    assert to_names(pd.Series(stamps)) == [str(stamp) for stamp in stamps]
    assert to_names(pd.Series([*stamps[:2], np.nan])) == ["1700000000001", "1700000000002", None]
    assert to_names(pd.Series([0.5, 123456.1234567])) == ["0.5", "123456.1234567"]
    assert to_names(pd.Series([2**60 + 1, None], dtype="Int64")) == [str(2**60 + 1), None]


def test_a_clip_may_be_called_missing(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("clip,mood\nMissing,1\nNone,missing\nNil,3\nn/a,4\n,5\n#N/A,6\n", encoding="utf-8")
    table = read_source(path)
    assert to_names(table["clip"]) == ["Missing", "None", "Nil", None, None, None]
    numbers, wrong = to_numbers(table["mood"])
    assert np.isnan(numbers[1])
    assert not wrong.any()


def test_a_users_missing_value_in_spss_is_missing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"viewer": ["a", "b"] * 4, "clip": list("ccddeeff"), "mood": [1.0, 2, 99, 3, 4, 5, 6, 7]})
    pyreadstat.write_sav(frame, str(tmp_path / "r.sav"), missing_ranges={"mood": [99]})
    assert np.isnan(read_ratings(tmp_path / "r.sav").table["mood"].iloc[2])


def test_everything_wrong_is_listed_with_its_rows(tmp_path: Path) -> None:
    rows = PLAIN.replace("viewer,clip,mood,tension", "viewer,clip,mood,tension,age,year,note,same").splitlines()
    ages, years = {"ann": 30, "béla": 41, "cy": 22}, {"c1": 1950, "c2": 1961, "c3": 1972}
    full = [rows[0]]
    for row in rows[1:]:
        viewer, clip, *_ = row.split(",")
        full.append(f"{row},{ages[viewer]},{years[clip]},fine,5")
    full += ["ann,,3,3,30,1950,fine,5", ",c1,3,3,30,1950,fine,5", "ann,c3,4,7,30,1972,fine,5"]
    full[1] = full[1].replace("3.5", "about 3")
    full = [f"{row},{place * 10 if place else 'order'}" for place, row in enumerate(full)]
    full[4] = full[4].replace(",1,2,", ",12,2,")
    read = read_ratings(write(tmp_path, "\n".join(full)), RatingOptions(limits=(1, 7)))
    found = kinds(read)
    assert found["row without clip"].message == "no clip in rows 11"
    assert found["row without viewer"].message == "no viewer in rows 12"
    assert found["value that is no number"].message == "mood is not a number: 'about 3' in row 2"
    assert found["value out of range"].message == "mood lies outside 1 to 7: 12 in row 5"
    assert found["clip rated twice by a viewer"].message.startswith(
        "viewer ann rated clip c3 in rows 4, 13 (unlike ratings, averaged)"
    )
    assert found["clip rated twice by a viewer"].outcome == "changed"
    assert found["column that describes the viewer"].subject == "age"
    assert found["column that describes the clip"].subject == "year"
    assert found["constant column"].subject == "same"
    assert read.names == ("mood", "tension")
    assert found["column without numbers"].subject == "note"
    assert found["column out of range"].subject == "order"
    table = read.table.set_index(["viewer", "clip"])
    assert table.loc[("ann", "c3"), "mood"] == 3
    assert len(table) == 9


def test_a_column_that_describes_viewers_is_a_rating_if_asked_for(tmp_path: Path) -> None:
    frame = read_ratings(write(tmp_path, PLAIN)).table
    path = write(tmp_path, frame.assign(age=frame["viewer"].map({"ann": 3, "béla": 4, "cy": 2})).to_csv(index=False))
    assert read_ratings(path).names == ("mood", "tension")
    assert read_ratings(path, RatingOptions(ratings=("age",))).names == ("age",)


@pytest.mark.parametrize(("clip", "apart"), [("c0", 0), ("c0", 1), ("c1", 1)])
def test_one_viewer_seen_twice_makes_no_rating_a_fact(clip: str, apart: int, tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    rows = [(f"v{i}", f"c{i % 10}", int(generator.integers(1, 8)), int(generator.integers(1, 7))) for i in range(100)]
    rows.append(("v0", clip, rows[0][2], rows[0][3] + apart))
    table = pd.DataFrame(rows, columns=["viewer", "clip", "mood", "tension"])
    assert read_ratings(write(tmp_path, table.to_csv(index=False))).names == ("mood", "tension")


def test_odd_values_and_viewers_are_noted_and_kept(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    rows = [(f"v{v}", f"c{c}", generator.integers(1, 8)) for v in range(4) for c in range(6)]
    rows += [("flat", f"c{c}", 4) for c in range(6)] + [("brief", "c1", 99)]
    read = read_ratings(write(tmp_path, pd.DataFrame(rows, columns=["viewer", "clip", "mood"]).to_csv(index=False)))
    found = kinds(read)
    assert found["unlikely value"].message.startswith("mood is 99 in row 32, far from its other values")
    assert "brief" in found["viewer of few clips"].message
    assert "flat" in found["viewer who never varies"].message
    assert {problem.outcome for problem in read.problems} == {"noted"}
    assert read.table["mood"].max() == 99


def test_a_composed_rating_is_the_mean_of_its_items(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    core = generator.integers(2, 7, 40)
    frame = pd.DataFrame(
        {
            "subject": np.repeat(np.arange(8), 5),
            "film": np.tile([f"f{k}" for k in range(5)], 8),
            "a": core,
            "b": core + generator.integers(-1, 2, 40),
            "c": 8 - core,
        }
    )
    path = write(tmp_path, frame.to_csv(index=False))
    read = read_ratings(path, RatingOptions(limits=(1, 7), composed={"whole": ("a", "b", "-c")}))
    assert read.names == ("whole",)
    np.testing.assert_allclose(read.table["whole"], (2 * core + frame["b"]) / 3)
    assert read.items["whole"].columns.tolist() == ["a", "b", "c"]
    beside = read_ratings(path, RatingOptions(limits=(1, 7), ratings=("a",), composed={"whole": ("a", "b", "-c")}))
    assert beside.names == ("a", "whole")
    with pytest.raises(OptionError, match="reversing an item takes the ends of its scale"):
        RatingOptions(composed={"whole": ("a", "-c")})


def test_means_by_clip_need_no_viewers(tmp_path: Path) -> None:
    path = write(tmp_path, "film_id;mood\nc1;3,1\nc2;4,5\nc3;2,25\n")
    read = read_ratings(path)
    assert not read.by_viewer
    assert read.table["mood"].tolist() == [3.1, 4.5, 2.25]


@pytest.mark.parametrize(
    ("text", "options", "problem"),
    [
        ("a,b\n1,2\n", {}, "no column names the clips .a, b.; .* into one row per viewer and clip"),
        ("clip,mood\nc1,2\n", {"clip": "film"}, "--clip film: no column"),
        ("clip,mood\nc1,2\n", {"viewer": "who"}, "--viewer who: no column"),
        ("clip,mood\nc1,2\n", {"ratings": ("tension",)}, "rating tension: no column"),
        ("clip,mood\nc1,low\nc2,high\n", {}, "no column holds numbers"),
        ("clip,mood\nc1,low\nc2,high\n", {"ratings": ("mood",)}, "mood holds no numbers"),
        ("clip,mood\nc1,2\nc2,2\n", {}, "no column is a rating that varies"),
        ("clip,mood\nc1,2\nc1,3\n", {}, "clip c1 is in 2 rows, but no column names the viewers"),
        ("clip,mood\n", {}, "holds no row"),
        ("", {}, "is empty"),
        ("clip,mood,mood\nc1,2,3\n", {}, "two columns are called mood"),
        ("clip,,mood\nc1,2,3\n", {}, "column 2 has no name"),
        ("clip,mood\nc1,2,3\n", {}, "row 2 has 3 fields"),
        ("clip\x00,mood\nc1,2\n", {}, "zero bytes"),
    ],
)
def test_tables_that_cannot_be_read_are_refused_in_a_line(
    text: str, options: dict[str, object], problem: str, tmp_path: Path
) -> None:
    with pytest.raises((TableError, OptionError), match="(?s).*".join([problem])) as caught:
        read_ratings(write(tmp_path, text), RatingOptions(**options))  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert "; " in str(caught.value)


def test_no_file_and_no_table(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such file"):
        read_ratings(tmp_path / "none.csv")
    with pytest.raises(TableError, match="save the table as CSV"):
        read_ratings(write(tmp_path, "x", name="ratings.ods"))
    with pytest.raises(TableError, match="not an SPSS file"):
        read_ratings(write(tmp_path, "x", name="ratings.sav"))
    with pytest.raises(OptionError, match="the lower end comes first"):
        RatingOptions(limits=(7, 1))
