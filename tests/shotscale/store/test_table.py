"""The table of a corpus: all of its problems are reported at once."""

import datetime
import errno
import os
from pathlib import Path

import pytest

from shotscale.errors import TableError
from shotscale.store.table import REQUIRED, CorpusTableError, read_table

HEADER = ",".join(REQUIRED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Create files that are never decoded."""
    for name, content in {"a.mkv": "one", "b.mkv": "two", "c.mkv": "three", "twin.mkv": "one"}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "empty.mkv").touch()
    (tmp_path / "folder.mkv").mkdir()
    return tmp_path


def write(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "films.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def test_a_table_in_order(folder: Path) -> None:
    header = "country," + HEADER + ",minutes"
    table = read_table(write(folder, "IT,a,a.mkv,A,1960,X,90", f"NA,b,{folder}/b.mkv,,,,", header=header))
    assert list(table.rows) == [*REQUIRED, "country", "minutes"]
    assert [film.film_id for film in table.films] == ["a", "b"]
    assert [film.path for film in table.films] == [folder / "a.mkv", folder / "b.mkv"]
    assert table.rows["year"].tolist()[0] == 1960
    assert table.rows["year"].isna().tolist() == [False, True]
    assert table.rows["country"].tolist() == ["IT", "NA"]
    assert table.rows["minutes"].dtype == "Int64"
    assert set(table.checksums) == {"a", "b"}  # three bytes each, so they could be the same film


def test_spaces_around_a_name_are_not_part_of_it(folder: Path) -> None:
    table = read_table(write(folder, "a , a.mkv,,,", " b,b.mkv ,,,", "a,c.mkv,,,"), strict=False)
    assert [(film.film_id, film.path.name) for film in table.films] == [("a", "a.mkv"), ("b", "b.mkv")]
    assert table.rows["film_id"].tolist() == ["a", "b"]
    assert [problem.text for problem in table.problems] == ["film_id is already in line 2; rename one"]


def test_only_files_of_one_size_are_read(folder: Path) -> None:
    read: list[str] = []

    def checksum(film: object) -> str:
        read.append(film.film_id)  # type: ignore[attr-defined]
        return film.film_id  # type: ignore[attr-defined, no-any-return]

    read_table(write(folder, "a,a.mkv,,,", "b,b.mkv,,,", "c,c.mkv,,,"), checksum=checksum)
    assert read == ["a", "b"]


def test_a_part_that_cannot_be_is_a_problem(folder: Path) -> None:
    path = write(folder, "a,a.mkv,,,,1:30,pal", "b,b.mkv,,,,soon,", header=f"{HEADER},from,speed")
    with pytest.raises(CorpusTableError) as raised:
        read_table(path)
    assert [*map(str, raised.value.problems)] == ["line 3 (b): --from soon: not a time; write seconds, m:ss or h:mm:ss"]


def test_every_problem_at_once(folder: Path) -> None:
    rows = [
        "a,a.mkv,,1960,",
        "A,b.mkv,,,",
        ",c.mkv,,,",
        "gone,gone.mkv,,,",
        "same,twin.mkv,,,",
        "again,b.mkv,,,",
        "old,empty.mkv,,1887,",
        "new,folder.mkv,,sixty,",
        "x/y,,,,",
    ]
    with pytest.raises(CorpusTableError) as raised:
        read_table(write(folder, *rows))
    problems = "\n".join(map(str, raised.value.problems))
    for part in (
        "line 3 (A): film_id is already in line 2",
        "line 4: film_id is empty",
        "line 5 (gone): ",
        "gone.mkv: no such file",
        "line 6 (same): ",
        "twin.mkv has the content of",
        "b.mkv is already in line 3; a store has one film per file",
        "line 8 (old): year = 1887: a year from 1888",
        "empty.mkv: an empty file",
        "line 9 (new): year = sixty",
        "folder.mkv: not a file",
        "line 10 (x/y): film_id = 'x/y'",
        "line 10 (x/y): path is empty",
    ):
        assert part in problems, part
    assert len(raised.value.problems) == 11
    assert "11 problems, nothing was started" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_named_in_another_encoding(folder: Path) -> None:
    older = folder / "arch\udce9"
    older.mkdir()
    (folder / "a.mkv").rename(older / "a.mkv")
    with pytest.raises(CorpusTableError) as raised:
        read_table(write(older, "a,a.mkv,,,"))
    assert raised.value.problems[0].text.endswith(
        "arch\\udce9/a.mkv': the name is not valid text, which tables need; rename the file or folder"
    )


def test_a_film_of_next_year_is_announced_and_none_of_a_later_one(folder: Path) -> None:
    year = max(datetime.datetime.now(datetime.UTC).year, 2026)
    assert read_table(write(folder, f"a,a.mkv,,{year + 1},")).rows["year"].tolist() == [year + 1]
    with pytest.raises(CorpusTableError) as raised:
        read_table(write(folder, f"a,a.mkv,,{year + 2},"))
    assert f"year = {year + 2}: a year from 1888 to {year + 1}" in raised.value.problems[0].text


@pytest.mark.parametrize(
    ("header", "problem"),
    [("film_id,path,title,year", "lacks the column director"), (HEADER + ",status", "the column status is one")],
)
def test_columns_that_are_missing_or_taken(folder: Path, header: str, problem: str) -> None:
    with pytest.raises(CorpusTableError) as raised:
        read_table(write(folder, "a,a.mkv", header=header))
    assert problem in raised.value.problems[0].text


def test_what_is_no_table(folder: Path) -> None:
    with pytest.raises(TableError, match="no such file"):
        read_table(folder / "absent.csv")
    with pytest.raises(TableError, match="a folder; give a CSV table"):
        read_table(folder)
    (folder / "films.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TableError, match="not a UTF-8 CSV"):
        read_table(folder / "films.csv")
    with pytest.raises(CorpusTableError):
        read_table(write(folder))


def test_a_file_that_cannot_be_read(folder: Path) -> None:
    def checksum(film: object) -> str:
        raise OSError(5, "Input/output error")

    with pytest.raises(CorpusTableError) as raised:
        read_table(write(folder, "a,a.mkv,,,", "b,b.mkv,,,"), checksum=checksum)
    assert "cannot be read (Input/output error)" in raised.value.problems[0].text


def test_a_folder_that_cannot_be_looked_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Path.stat

    def refused(path: Path, **how: bool) -> os.stat_result:
        if path.name == "a.mkv":
            raise PermissionError(errno.EACCES, "Permission denied")
        return look(path, **how)

    monkeypatch.setattr(Path, "stat", refused)
    read = read_table(write(folder, "a,a.mkv,,,", "b,b.mkv,,,"), strict=False)
    assert [problem.text.partition(": ")[2] for problem in read.problems] == ["cannot be reached (Permission denied)"]
