from pathlib import Path

import pandas as pd
import pytest

from shotscale.annotations import is_coding, parse_film_name, read_annotation, read_annotations, write_annotation
from shotscale.errors import TableError

NAME = "1966_Ingmar_Bergman_-_Persona.csv"


def written(folder: Path, text: str, name: str = NAME) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_gives_film_and_rows(tmp_path: Path) -> None:
    annotation = read_annotation(written(tmp_path, "time,shotscale\n0,2\n1,9\n2,0\n3,7\n"))
    assert (annotation.year, annotation.director, annotation.title) == (1966, "Ingmar Bergman", "Persona")
    assert annotation.table["time"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert annotation.table["scale"].tolist() == ["CU", "NA", "FS", "ELS"]
    assert annotation.flaws == ()


def test_clock_times_and_a_byte_order_mark(tmp_path: Path) -> None:
    annotation = read_annotation(written(tmp_path, "\ufeffTime, ShotScale\n0:59:59,3\n1:00:00,4\n"))
    assert annotation.table["time"].tolist() == [3599.0, 3600.0]
    assert annotation.table["scale"].tolist() == ["MCU", "MS"]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.csv", "time;shotscale"),
        ("a.tsv", "Time\tShotScale"),
        ("a.txt", '"time";"shotscale"'),
        ("a.csv", ";time;shotscale"),
    ],
)
def test_a_coding_that_excel_saved_is_one(tmp_path: Path, name: str, header: str) -> None:
    mark = "\t" if "\t" in header else ";"
    first = mark if header.startswith(mark) else ""
    path = written(tmp_path, f"{header}\n{first}0{mark}2\n{first}1{mark}7\n", name)
    assert is_coding(path)
    assert read_annotation(path).table["scale"].tolist() == ["CU", "ELS"]
    assert not is_coding(written(tmp_path, "time;scale\n0;2\n", "list.csv"))
    for cuts in (f"{header}\n{first}4{mark}2\n{first}9{mark}7\n", f"shot{mark}{header}\n1{mark}{first}0{mark}2\n"):
        assert not is_coding(written(tmp_path, cuts, name))


def test_gaps_duplicates_and_disorder_are_reported_and_kept(tmp_path: Path) -> None:
    annotation = read_annotation(written(tmp_path, "time,shotscale\n0,2\n5,2\n5,3\n4,3\n5,3\n"))
    assert [(flaw.kind, flaw.row) for flaw in annotation.flaws] == [("gap", 2), ("duplicate", 3), ("disorder", 4)]
    assert annotation.table["time"].tolist() == [0.0, 5.0, 5.0, 4.0, 5.0]
    assert str(annotation.flaws[0]) == "row 2: gap: 5 s follows 0 s"


def test_times_that_begin_again_are_a_row_per_second(tmp_path: Path) -> None:
    """The clock of a published file goes back to zero in the middle of the film."""
    begun_again = read_annotation(written(tmp_path, "time,shotscale\n0,2\n1,2\n0,3\n1,7\n2,7\n")).track
    assert begun_again["time"].tolist() == [0, 1, 2, 3, 4]
    assert begun_again["scale"].tolist() == ["CU", "CU", "MCU", "ELS", "ELS"]
    sorted_by_scale = read_annotation(written(tmp_path, "time,shotscale\n2,2\n0,3\n1,7\n")).track
    assert sorted_by_scale.to_numpy().tolist() == [[0, "MCU"], [1, "ELS"], [2, "CU"]]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("time,scale\n0,2\n", "shotscale"),
        ("time,shotscale\n0,10\n", "'10'"),
        ("time,shotscale\n0,\n", "''"),
        ("time,shotscale\nsoon,1\n", "'soon'"),
        ("time,shotscale\n-1,1\n", "'-1'"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(TableError, match=named):
        read_annotation(written(tmp_path, text))


def test_a_folder_is_walked_in_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    written(tmp_path / "sub", "time,shotscale\n0,1\n", "1970_B_-_Z.csv")
    written(tmp_path, "time,shotscale\n0,1\n", "a film.csv")
    written(tmp_path, "Year;director;name\n1970;B;Z\n", "list.csv")
    films = read_annotations(tmp_path)
    assert [film.title for film in films] == ["Z", None]
    with pytest.raises(TableError, match="not a folder"):
        read_annotations(tmp_path / "none")


def test_writing_and_reading_give_the_same_table(tmp_path: Path) -> None:
    table = pd.DataFrame({"time": [0.0, 1.0, 2.0], "scale": ["IS", None, "MLS"]})
    write_annotation(table, tmp_path / NAME)
    assert read_annotation(tmp_path / NAME).table["scale"].tolist() == ["IS", "NA", "MLS"]
    with pytest.raises(TableError, match=r"XXL in row 1: "):
        write_annotation(table.assign(scale="XXL"), tmp_path / NAME)


def test_names_of_another_form_are_none() -> None:
    assert parse_film_name("Persona (1966)") is None
    assert parse_film_name("1994_Béla_Tarr_-_Sátántangó_-_part_1") == (1994, "Béla Tarr", "Sátántangó - part 1")
