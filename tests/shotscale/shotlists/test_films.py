"""Tables of several films, as people who count shots keep them: in rows, in columns, and in workbooks."""

import unicodedata
from datetime import date, time
from pathlib import Path

import openpyxl
import pytest

from shotscale.errors import TableError
from shotscale.shotlists import film_table, read_shotlist
from shotscale.workbooks import read_workbook

LONG = "film,shot,length\nPersona (1966),1,4\nPersona (1966),2,6.5\nDr. Strangelove,1,3.25\nDr. Strangelove,2,9\n"
WIDE = "Persona (1966),Dr. Strangelove,1900\n4,3.25,12\n6.5,9,2\n,1,\n"


def written(folder: Path, text: str, name: str = "films.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def ends(path: Path, film: str) -> list[float]:
    return [float(end) for end in read_shotlist(f"{path}/{film}").shots["end"]]


def test_rows_that_name_their_film(tmp_path: Path) -> None:
    path = written(tmp_path, LONG)
    films = film_table(path)
    assert films is not None
    assert list(films.sheets) == ["Persona (1966)", "Dr. Strangelove"]
    assert films.understood == "2 films, by column 'film'"
    assert ends(path, "Persona (1966)") == [4.0, 10.5]
    assert ends(path, "Dr. Strangelove") == [3.25, 12.25]


def test_what_a_table_says_of_a_film_is_no_shot_and_not_unused(tmp_path: Path) -> None:
    rows = "a,A,X,pal,0:04,9,0,4,\na,A,X,pal,0:04,9,4,7,long\nb,B,Y,,,,0,3,\nb,B,Y,,,,3,5,\n"
    path = written(tmp_path, f"film,title,director,speed,from,to,start,end,remark\n{rows}")
    films = film_table(path)
    assert films is not None
    assert films.understood == "2 films, by column 'film' (facts of each film: title, director, speed, from, to)"
    assert (films.facts["from"], films.facts["speed"]) == (("0:04", ""), ("pal", ""))
    assert "start = 'start', end = 'end', not used: remark, " in read_shotlist(path / "a").understood
    short = film_table(written(tmp_path, "film,from,to\na,0,4\nb,0,5\n", "short.csv"))
    assert short is None  # the times of the only shot, not the part of a film
    own = film_table(written(tmp_path, "film,start,end,confidence\na,0,4,1\na,4,6,1\nb,0,5,1\n", "own.csv"))
    assert own is not None
    assert not own.facts


def test_a_film_named_once_above_its_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "Movie\tLength (ms)\nPersona\t4000\n\t6500\nFargo\t3000\n\t2000\n")
    assert ends(path, "Persona") == [4.0, 10.5]
    films = film_table(path)
    assert films is not None
    assert "holds for the rows below" in films.understood


def test_a_column_per_film(tmp_path: Path) -> None:
    path = written(tmp_path, WIDE.replace("1900", "1900 (1976)"))
    films = film_table(path)
    assert films is not None
    assert films.understood == "3 films, a column each"
    assert ends(path, "Dr. Strangelove") == [3.25, 12.25, 13.25]
    assert ends(path, "1900 (1976)") == [12.0, 14.0]


def test_a_numbering_beside_the_films(tmp_path: Path) -> None:
    path = written(tmp_path, "shot;Persona;Fargo\n1;4,5;3\n2;6,5;2\n")
    assert ends(path, "Persona") == [4.5, 11.0]
    spaced = written(tmp_path, "Persona (ms);Fargo (ms)\n4\u202f500;800\n6\u202f500;1\u202f200\n", "spaced.csv")
    assert ends(spaced, "Fargo (ms)") == [0.8, 2.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Persona,Fargo\n4,3\n,2\n6,1\n", "line 3 is empty in column 'Persona', which has more below"),
        ("A,B\n1,2\n3,2\n5,2\n7,2\n9,2\n11,2\n", "column 'A' rises from row to row"),
        ("Persona,Persona\n4,3\n5,3\n", "two columns are called 'Persona'"),
        ("Persona,Fargo\n1966,1996\n4.2,3\n5,3\n", "line 2: 1966, 1996 may be years and no lengths of shots"),
        ("Shot,Persona,Fargo\nYear,1966,1996\n1,4.2,3\n2,5,\n", "line 2: 1966, 1996 may be years"),
    ],
)
def test_columns_that_are_no_lengths_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TableError, match=said):
        film_table(written(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "start,end\n0,4\n4,6\n",
        "title,start,end\nthe house,0,4\nthe door,4,6\n",  # titles of shots
        "film_id,director,average_shot_length\nPersona,Bergman,16\nFargo,Coen,5\n",  # a table of films
        "4\n6.5\n",
        "Mood,Weather\ngood,bad\n",
    ],
)
def test_what_is_of_one_film_or_no_list_is_left_whole(tmp_path: Path, text: str) -> None:
    assert film_table(written(tmp_path, text)) is None


def test_columns_option_names_the_films(tmp_path: Path) -> None:
    path = written(tmp_path, "Werk,Dauer\nPersona,4\nPersona,6\nFargo,2\n")
    columns = {"film": "Werk", "length": "Dauer"}
    assert film_table(path) is None
    assert read_shotlist(f"{path}/Persona", columns=columns).shots["end"].tolist() == [4.0, 10.0]


def test_a_table_of_several_is_not_read_as_one(tmp_path: Path) -> None:
    path = written(tmp_path, LONG)
    with pytest.raises(TableError, match=r"holds 2 films, by column 'film'.*name one of them as .*films.csv/Persona"):
        read_shotlist(path)
    with pytest.raises(TableError, match="has no film Fargo; it has Persona"):
        read_shotlist(path / "Fargo")


def test_errors_name_film_and_line(tmp_path: Path) -> None:
    path = written(tmp_path, LONG + "Fargo,1,long\n")
    with pytest.raises(TableError, match="Fargo: line 6: 'long' is not a time"):
        read_shotlist(path / "Fargo")
    assert ends(path, "Dr. Strangelove") == [3.25, 12.25]


def test_scales_with_the_names_that_the_field_uses(tmp_path: Path) -> None:
    scales = [*"BCU CU MCU MS MLS LS VLS WS XLS".split(), "big close-up", "medium close", "American shot"]
    rows = "".join(f"Persona,{k},4,{scale}\n" for k, scale in enumerate(scales, start=1))
    given = read_shotlist(written(tmp_path, "film,shot,length,scale\n" + rows) / "Persona")
    assert given.scales is not None
    read = [scale.abbreviation for scale in given.scales if scale is not None]
    assert read == ["ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS", "LS", "ELS", "ECU", "MCU", "MLS"]
    assert "'BCU' was taken for ECU." in given.notes
    assert "'VLS' was taken for ELS." in given.notes


def test_a_full_shot_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="full shot"):
        read_shotlist(written(tmp_path, "length,scale\n4,FS\n5,CU\n"))


def workbook(folder: Path, rows: list[list[object]], **others: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for name, content in {"Sheet": rows, **others}.items():
        sheet = book.active if name == "Sheet" else book.create_sheet(name)
        for row in content:
            sheet.append(row)
    book.save(folder / "films.xlsx")
    return folder / "films.xlsx"


def test_a_film_that_is_nearly_named_so_is_suggested(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "film,length\n" + "".join(f"Film {k},4\nFilm {k},5\n" for k in range(90)) + "Good  Fellas,4\nGood  Fellas,9\n",
    )
    with pytest.raises(TableError, match=r"has no film Goodfellas; nearest by name: Good Fellas; name one of them$"):
        read_shotlist(f"{path}/Goodfellas")
    with pytest.raises(TableError, match=r"has no film Persona; it has Film 0, Film 1, Film 2 and 88 more; name one"):
        read_shotlist(f"{path}/Persona")
    assert ends(path, "Good Fellas") == ends(path, "Good  Fellas") == [4.0, 13.0]


def test_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["film", "shot", "length"], ["Persona", 1, 4], ["Persona", 2, 6.5], ["Fargo", 1, 3]])
    assert ends(path, "Persona") == [4.0, 10.5]
    assert ends(path, "Fargo") == [3.0]


def test_a_sheet_per_film(tmp_path: Path) -> None:
    header: list[object] = ["shot", "length"]
    path = workbook(tmp_path, [header, [1, 4], [2, 6.5]], Fargo=[header, [1, 3], [2, 2.5]], Empty=[])
    films = film_table(path)
    assert films is not None
    assert films.understood == "2 films, a sheet each"
    assert ends(path, "Sheet") == [4.0, 10.5]
    assert ends(path, "Fargo") == [3.0, 5.5]


def test_sheets_of_films_among_others(tmp_path: Path) -> None:
    header: list[object] = ["shot", "length"]
    shots: list[list[object]] = [[1, 4], [2, 6.5]]
    summary: list[list[object]] = [["film", "ASL"], ["Persona", 5.25]]
    path = workbook(
        tmp_path, summary, Persona=[["Persona (1966)"], [], header, *shots], Fargo=[["Fargo"], header, [1, 3], [2, 2]]
    )
    films = film_table(path)
    assert films is not None
    assert films.understood == "2 films, a sheet each (not read: 'Sheet')"
    assert ends(path, "Persona") == [4.0, 10.5]
    one = workbook(tmp_path, summary, Persona=[header, *shots])
    assert ", sheet 'Persona' (not read: 'Sheet'), " in read_shotlist(one).understood
    wide = film_table(workbook(tmp_path, [["Persona", "Fargo"], [4, 3], [6, 2]], other=[header, *shots]))
    assert wide is not None
    assert [*wide.sheets] == ["Persona", "Fargo"]


def test_sheets_that_are_not_read_are_named(tmp_path: Path) -> None:
    notes: list[list[object]] = [["counted", date(2024, 5, 1)], ["by", "Ada"]]
    one = workbook(tmp_path, [["shot", "length"], [1, 4], [2, 6.5]], notes=notes)
    assert ", sheet 'Sheet' (not read: 'notes'), " in read_shotlist(one).understood
    assert read_shotlist(one).shots["end"].tolist() == [4.0, 10.5]
    several = film_table(workbook(tmp_path, [["film", "length"], ["Persona", 4], ["Persona", 1]], notes=notes))
    assert several is not None
    assert several.understood == "1 film, by column 'film' of sheet 'Sheet' (not read: 'notes')"


def test_times_of_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["Time", "note"], [time(0, 0, 4, 500000), "a"], [time(0, 1, 15), "b"]])
    assert read_workbook(path)["Sheet"][1:] == [["0:00:04.5", "a"], ["0:01:15", "b"]]
    assert read_shotlist(path).shots["end"].tolist() == [4.5, 75.0]


def test_dates_of_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["Length", "coded on"], [4.5, date(2024, 5, 3)], [3, date(2024, 5, 4)]])
    assert read_shotlist(path).shots["end"].tolist() == [4.5, 7.5]
    for first, second in (("Length", "note"), ("Persona", "Fargo")):
        path = workbook(tmp_path, [[first, second], [4, 2], [date(2024, 5, 3), 3], [5, 4]])
        with pytest.raises(TableError, match="line 3: Excel made the date 2024-05-03 of a time; format the column"):
            read_shotlist(path)


def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "films.xlsx"
    path.write_bytes(b"PK\x03\x04 no zip at all")
    with pytest.raises(TableError, match="not a readable Excel workbook"):
        read_shotlist(path)


def test_numbers_that_a_program_computed(tmp_path: Path) -> None:
    path = written(tmp_path, "length\n6.779999999999999\n0.30000000000000004\n3\n", "one.csv")
    assert read_shotlist(path).shots["end"].tolist() == pytest.approx([6.78, 7.08, 10.08])


@pytest.mark.shared
def test_real_tables(shared: Path) -> None:
    wide = film_table(shared / "reference" / "hitchcock_early_9_films_shot_lengths_wide.csv")
    long = film_table(shared / "reference" / "cutting_134_films_shot_lengths_long.csv")
    assert wide is not None
    assert long is not None
    assert (len(wide.sheets), len(long.sheets)) == (9, 134)
    shots = [len(read_shotlist(path).shots) for path in [wide.paths[0], long.paths[0]]]
    assert shots == [1056, len(long.sheets["A Tale of Two Cities (1935)"].rows) - 1]


@pytest.mark.parametrize("first", ["Shot", ""])
def test_totals_below_columns_of_films(first: str, tmp_path: Path) -> None:
    text = f"{first},Persona,Fargo\n1,4.5,3\n2,5.5,6\n3,4.2,7\n4,,1\nSum,14.2,17\nASL,4.73,4.25\n"
    path = written(tmp_path, text)
    assert ends(path, "Persona") == pytest.approx([4.5, 10, 14.2])
    assert ends(path, "Fargo") == [3, 9, 16, 17]
    assert read_shotlist(path / "Persona").notes == ("Left out because they are not shots: 'Sum 14.2; ASL 4.73'.",)
    bare = written(tmp_path, "Persona,Fargo\n4.5,3\n5.5,6\n4.2,7\n,\n14.2,16\n4.7,5.3\n", "bare.csv")
    with pytest.raises(TableError, match=r"Persona: lines 6 and 7: 14\.2 and 4\.7 are the sum and the mean"):
        read_shotlist(bare / "Persona")


def test_totals_of_films_in_rows(tmp_path: Path) -> None:
    text = "film,shot,length\nPersona,1,4.5\nPersona,2,5\nPersona,Total,9.5\nFargo,1,3\nFargo,2,4\nFargo,,7\n"
    path = written(tmp_path, text)
    assert (ends(path, "Persona"), ends(path, "Fargo")) == ([4.5, 9.5], [3, 7])
    titled = written(tmp_path, "film,what,length\nPersona,a,4.5\nPersona,b,5\nPersona,Total,9.5\nFargo,c,3\n", "2.csv")
    assert ends(titled, "Persona") == [4.5, 9.5]


@pytest.mark.parametrize(
    "text",
    [
        "film,shot,length\nPersona,1,4.5\n,2,5\nTotal,,9.5\nFargo,1,3\n,2,4\nTotal,,7\n",
        "film,length\nPersona,4.5\nPersona,5\nTotal,9.5\n",
    ],
)
def test_a_total_named_as_a_film_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="line 4: 'Total' in the column of films names a total, not a film; remove"):
        film_table(written(tmp_path, text))
    assert film_table(written(tmp_path, "film,length\nSum,4\nSum,5\nFargo,3\n", "sum.csv")) is not None


def test_a_number_sign_in_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["# by me", None], ["#", "Length"], ["#1", 4], ["#2", 6]])
    assert read_shotlist(path).shots["end"].tolist() == [4.0, 10.0]


def test_units_beside_the_names_of_films(tmp_path: Path) -> None:
    path = written(tmp_path, "Persona (min),Fargo (1996) [ms],Gone in 60 Seconds\n0.075,3000,4\n0.1,2000,1.5\n")
    assert ends(path, "Persona (min)") == pytest.approx([4.5, 10.5])
    assert ends(path, "Fargo (1996) [ms]") == [3.0, 5.0]
    assert ends(path, "Gone in 60 Seconds") == [4.0, 5.5]
    years = film_table(written(tmp_path, "The Lodger (1927),Downhill (1927)\n4,3\n5,3\n", "years.csv"))
    assert years is not None
    assert len(years.sheets) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The Ring (feet),Blackmail (feet)\n6,4.5\n4.5,3\n10.5,9\n", "'feet', beside every film's name, is not a know"),
        (
            "Shot,Minutes,Seconds\n1,0.5,30\n2,1,60\n3,0.25,15\n",
            "column 'Minutes' is a unit, so the table may be of one",
        ),
        ("Shot,Seconds,Frames\n1,4,12\n2,3,0\n", "column 'Seconds' is a unit"),
        ("Shot,Cast,Seconds\n1,4,12\n2,3,3\n", "or add the film's year to its title"),
    ],
)
def test_units_that_make_no_films(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(TableError, match=said):
        film_table(written(tmp_path, text))


def test_decomposed_letters_in_a_workbook(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "Länge")
    assert read_shotlist(workbook(tmp_path, [["Nr", name], [1, 4], [2, 6]])).shots["end"].tolist() == [4.0, 10.0]


def test_the_decimal_mark_tells_the_thousands_of_columns_of_films(tmp_path: Path) -> None:
    path = written(tmp_path, "Nr;Persona (ms);Fargo (ms)\n1;4.200;2.100\n2;6.500;3.000\n")
    with pytest.raises(TableError, match=r"say which with --decimal , or --decimal \."):
        read_shotlist(path / "Persona (ms)")
    assert read_shotlist(path / "Persona (ms)", decimal=",").shots["end"].tolist() == [4.2, 10.7]


def test_missing_lengths_of_shorter_films(tmp_path: Path) -> None:
    path = written(tmp_path, '"","Persona","Fargo"\n"1",4.5,3\n"2",6.5,NA\n"3",NaN,NA\n')
    assert ends(path, "Persona") == [4.5, 11.0]
    assert ends(path, "Fargo") == [3.0]
