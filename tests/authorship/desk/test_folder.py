"""A desk's folder: what the page shows of it, and what it writes into its table."""

import base64
import shlex
import subprocess
import tempfile
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from authorship.desk import folder, steering
from authorship.desk.actions import Actions
from authorship.desk.fields import key_of
from authorship.desk.folder import Desk
from authorship.desk.importing import accept_by_name, accept_for_film, accept_on_its_own, preview
from authorship.desk.measuring import usable_table
from shotscale.errors import FilmError, OptionError, OutputError, TableError
from shotscale.film import Film
from shotscale.shotlists import read_shotlist
from shotscale.store.inventory import KnownChecksums
from shotscale.store.summary import read_summary
from shotscale.tables import make_shots, write_table


@pytest.fixture
def desk(stand_in: ModuleType, tmp_path: Path) -> Desk:
    """Four films, the last of which cannot be measured."""
    table = stand_in.make_corpus(tmp_path, 4, bad=(3,))
    stand_in.run(table, tmp_path / "store")
    return Desk(tmp_path)


def states(desk: Desk) -> list[str]:
    return [film["state"] for film in desk.state()["films"]]


def test_rows_that_a_spreadsheet_left(tmp_path: Path) -> None:
    table = tmp_path / "films.csv"
    table.write_text("film_id;path;title\na;a.csv;\n;;\n;;\n", encoding="utf-8")
    assert [film["film_id"] for film in Desk(tmp_path).state()["films"]] == ["a"]
    table.write_text("film_id;path;title\na;a.csv;\na;b.csv;\n", encoding="utf-8")
    with pytest.raises(TableError, match="film_id 'a' in two rows; give each film"):
        Desk(tmp_path).state()


def test_an_empty_folder(tmp_path: Path) -> None:
    state = Desk(tmp_path / "new").state()
    assert (state["films"], state["columns"], state["measuring"]["running"]) == (
        [],
        ["title", "year", "director"],
        False,
    )


def test_a_folder_is_moved_with_its_reference(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "old")
    desk.remember(reference=str(desk.folder / "reference"))
    assert desk.state()["reference"] == str(desk.folder / "reference")
    desk.folder.rename(tmp_path / "new")
    assert Desk(tmp_path / "new").reference_path() == tmp_path / "new" / "reference"
    desk.remember(reference=str(tmp_path / "elsewhere"))
    assert desk.reference_path() == tmp_path / "elsewhere"


def test_coders_who_share_a_folder_keep_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    for who, name in (("a@one", "anna"), ("b@two", "ben")):
        monkeypatch.setattr(folder, "person", lambda who=who: who)
        desk.remember(coder=name)
    assert desk.coder() == "ben"
    monkeypatch.setattr(folder, "person", lambda: "a@one")
    assert Desk(tmp_path).coder() == "anna"
    monkeypatch.setattr(folder, "person", lambda: "a@elsewhere")  # some machines are called otherwise in other networks
    assert desk.coder() == "ben"


def test_films_of_a_store_that_a_command_filled(desk: Desk) -> None:
    state = desk.state()
    assert states(desk) == ["measured"] * 3 + ["failed"]
    assert state["columns"] == ["title", "year", "director", "country"]
    assert state["films"][0]["cells"] == ["Title 0", "1950", "Fast", "IT"]
    assert state["films"][0]["n_shots"] == 20
    assert state["films"][3]["detail"] == "not a video"


def test_what_is_typed_is_in_the_table_and_in_the_store(desk: Desk) -> None:
    key = key_of("film-1")
    desk.add_column("aspect")
    assert desk.set_cell(key, "aspect", " 1,85 ") == "1.85"
    assert desk.set_cell(key, "director", " Ann,  Lee") == "Ann, Lee"
    desk.set_cell(key, "title", "=1+1")
    desk.set_cell(key, "year", "")
    rows = pd.read_csv(desk.table, dtype=str, keep_default_na=False)
    assert rows.loc[1, ["title", "year", "director", "aspect"]].tolist() == ["'=1+1", "", "Ann, Lee", "1.85"]
    assert desk.state()["films"][1]["cells"][0] == "=1+1"
    desk.measuring.settle()
    summary = read_summary(desk.store).set_index("film_id")
    assert summary.loc["film-1", ["director", "aspect"]].tolist() == ["Ann, Lee", 1.85]
    assert summary.loc["film-1", "status"] == "analyzed"


def test_letters_survive_a_spreadsheet(desk: Desk) -> None:
    """Excel on Windows reads and writes the system's code page, unless a CSV begins with the mark of UTF-8."""
    desk.set_cell(key_of("film-0"), "title", "Cléo de 5 à 7")
    content = desk.table.read_bytes()
    shown = content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "cp1252")
    desk.table.write_bytes(shown.replace("Title 1", "Château").encode("cp1252"))
    assert [film["cells"][0] for film in desk.state()["films"][:2]] == ["Cléo de 5 à 7", "Château"]


@pytest.mark.parametrize(
    ("column", "text"),
    [("year", "1700"), ("year", "now"), ("film_id", "FILM-1"), ("path", "/etc/passwd"), ("none", "x")],
)
def test_what_cannot_be_filled_in(desk: Desk, column: str, text: str) -> None:
    before = desk.table.read_bytes()
    with pytest.raises(OptionError):
        desk.set_cell(key_of("film-0"), column, text)
    assert desk.table.read_bytes() == before
    for name in ("country", "", "sha256"):
        with pytest.raises(OptionError):
            desk.add_column(name)


def test_a_film_is_renamed_with_all_that_was_measured(desk: Desk) -> None:
    before, key = desk.state()["films"][0], key_of("film-0")
    accept_for_film(desk, "film-0", "cuts.csv", sent("start,end\n0,4\n4,9\n"), {})
    assert desk.set_cell(key, "film_id", " Persona/1966 ") == "Persona 1966"
    desk.measuring.settle()
    film = desk.state()["films"][0]
    assert (film["film_id"], film["state"], film["n_shots"]) == ("Persona 1966", "corrected", 2)
    assert film["cells"] == before["cells"]
    with pytest.raises(FilmError, match="film film-0: no longer in the table"):  # as an answer under way finds
        Actions(desk).verdict("film-0")
    for name in ("", " ", "FILM-1"):
        with pytest.raises(OptionError, match="choose another"):
            desk.set_cell(key_of("Persona 1966"), "film_id", name)
    assert desk.set_cell(key_of("Persona 1966"), "film_id", "persona 1966") == "persona 1966"


def test_a_renamed_film_of_the_reference_is_still_recognized(tmp_path: Path, stand_in: ModuleType) -> None:
    stand_in.run(stand_in.make_corpus(tmp_path, 6), tmp_path / "store")
    desk = Desk(tmp_path)
    actions = Actions(desk)
    actions.choose_own()
    desk.set_cell(key_of("film-0"), "title", "Persona")
    desk.set_cell(key_of("film-0"), "film_id", "Persona")
    desk.measuring.settle()
    assert actions.verdict("Persona")["itself"]


def test_films_come_and_go(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "0.mkv").write_bytes(b"another film")
    assert desk.add([tmp_path]) == ["0"]  # films already in the table are skipped
    assert pd.read_csv(desk.table, dtype=str)["path"].tolist()[-1] == "more/0.mkv"
    assert states(desk)[-1] == "waiting"
    for again in (tmp_path / "more", tmp_path / "gone.mkv"):
        with pytest.raises(FilmError):
            desk.add([again])
    desk.remove(key_of("0"))
    assert states(desk) == ["measured"] * 3 + ["failed"]
    with pytest.raises(FilmError, match="reload"):
        desk.film_id(key_of("0"))


def test_names_are_found_as_another_system_spells_them(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "Béla")
    film = tmp_path / f"{apart}.mkv"
    film.write_bytes(b"x")
    desk = Desk(tmp_path)
    assert desk.add([film]) == ["Béla"]
    assert states(desk) == ["waiting"]
    with pytest.raises(FilmError, match="in the table already"):
        desk.add([film])
    told = accept_on_its_own(desk, f"{apart}.csv", sent("start,end\n0,4\n4,6.5\n"), {})
    assert told["written"] == ["lists/Béla 2.csv"]
    assert states(desk) == ["waiting", "imported"]


def test_films_whose_files_are_away(desk: Desk) -> None:
    for name in ("0.mkv", "3.mkv"):
        (desk.folder / name).unlink()
    films = desk.state()["films"]
    assert [(film["state"], film.get("away")) for film in films] == [
        ("measured", True),
        ("measured", False),
        ("measured", False),
        ("offline", None),
    ]
    assert Actions(desk).verdict("film-0")["reason"]


def test_films_that_were_moved_keep_their_rows(desk: Desk) -> None:
    desk.set_cell(key_of("film-0"), "director", "Ann Lee")
    corrected = desk.figures_of("film-0")
    (desk.folder / "disk").mkdir()
    (desk.folder / "0.mkv").rename(desk.folder / "disk" / "Persona.mkv")
    (desk.folder / "disk" / "other.mkv").write_bytes((desk.folder / "1.mkv").read_bytes())  # 1.mkv is still there
    (desk.folder / "2.mkv").unlink()
    (desk.folder / "disk" / "third.mkv").write_bytes(b"another film of another size")
    assert desk.add([desk.folder / "disk"]) == ["film-0", "other", "third"]
    rows = desk.rows().set_index("film_id")
    assert rows.loc["film-0", ["path", "director"]].tolist() == ["disk/Persona.mkv", "Ann Lee"]
    assert rows.loc["film-2", "path"] == "2.mkv"
    desk.measuring.settle()
    assert not desk.state()["films"][0]["away"]
    assert desk.figures_of("film-0") == corrected
    with pytest.raises(FilmError, match="in the table already"):
        desk.add([desk.folder / "disk"])


GERMAN = "Nr;Anfang;Ende;Größe\n1;0,0;2,5;CU\n2;2,5;9,25;LS\n3;9,25;12;CU\n"
CODING = "time,shotscale\n" + "".join(f"{second},{1 + second // 5 % 7}\n" for second in range(400))
SEVERAL = "film,director,length\nFargo,Coen,4\nFargo,Coen,6.5\nPersona,Bergman,3\nPersona,Bergman,5\n"


def sent(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_lists_and_codings_are_films_of_their_own(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "lists alone")
    told = accept_on_its_own(desk, "Das Boot.csv", sent(GERMAN), {"decimal": ","})
    assert told["written"] == ["lists/Das Boot.csv"]
    assert told["command"].startswith("shotscale convert 'Das Boot.csv' ")
    assert told["command"].endswith("--decimal ,")
    accept_on_its_own(desk, "1966_bergman_-_persona.csv", sent(CODING), {})
    accept_on_its_own(desk, "lengths.csv", sent(SEVERAL), {})
    films = desk.state()["films"]
    assert {film["state"] for film in films} == {"imported"}
    assert [(film["film_id"], film["n_shots"], film["cells"]) for film in films] == [
        ("Das Boot", 3, ["Das Boot", "", ""]),
        ("1966_bergman_-_persona", None, ["persona", "1966", "Ingmar Bergman"]),
        ("Fargo", 2, ["Fargo", "", "Coen"]),
        ("Persona", 2, ["Persona", "", "Bergman"]),
    ]
    assert desk.state()["measuring"]["waiting"] == 0
    actions = Actions(desk)
    assert all(actions.verdict(film["film_id"])["reason"] for film in films)
    assert "coded" in actions.report("1966_bergman_-_persona")
    assert "features.csv: 4 rows" in actions.export("csv")["written"][0]
    table = pd.read_csv(desk.folder / "exports" / "csv" / "features.csv")
    assert table["director"].tolist()[1:] == ["Ingmar Bergman", "Coen", "Bergman"]
    assert "a coding has no shots" in actions.export("eaf")["written"][-1]
    assert actions.chart("map").title.startswith("Map of 98 films")
    (desk.folder / "lists" / "Fargo.csv").unlink()
    assert states(desk)[2] == "offline"


def test_a_list_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    desk, own = Desk(tmp_path), "start,end,remark\n0,4,a remark\n4,6,\n"
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "cuts.csv").write_text(own, encoding="utf-8")
    told = accept_on_its_own(desk, "cuts.csv", sent(own), {})
    assert told["written"] == ["lists/cuts 2.csv"]
    assert (tmp_path / "lists" / "cuts.csv").read_text(encoding="utf-8") == own
    assert desk.state()["films"][0]["film_id"] == "cuts"
    desk.remove(key_of("cuts"))
    assert accept_on_its_own(desk, "cuts.csv", sent(own), {})["written"] == ["lists/cuts 3.csv"]


def test_a_film_of_a_table_keeps_its_part(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    text = (
        "Film,speed,length,Director,place,Year,Codec\na,pal,4,X,Rome,1966,h264\na,pal,6,X,Rome,1966,h264\n"
        "b,,3,,Oslo,c. 1970,\nb,,2,,Oslo,c. 1970,\n"
    )
    kept = "columns about the whole film, which are kept: speed, director, place, year"
    assert preview("table.csv", sent(text), {})["notes"] == [kept]
    told = accept_on_its_own(desk, "table.csv", sent(text), {})
    assert told["notes"] == ["left out, because it is not a year: that of b"]
    assert desk.rows()[["film_id", "title", "director", "speed", "place", "year"]].to_numpy().tolist() == [
        ["a", "a", "X", "pal", "Rome", "1966"],
        ["b", "b", "", "", "Oslo", ""],
    ]
    assert {"Director", "Codec"}.isdisjoint(desk.rows()), "the store fills in the codec"
    assert desk.open("a").seconds == pytest.approx(10 * 25 / 24)


def test_a_list_is_shown_before_it_is_taken_and_set_right_by_hand() -> None:
    told = preview("Das Boot.csv", sent(GERMAN), {})
    assert told["columns"] == [["Nr", "number"], ["Anfang", "start"], ["Ende", "end"], ["Größe", "scale"]]
    assert told["fields"][1] == ("2", "2,5", "9,25", "LS")
    assert told["rows"][1] == ["2.500", "9.250", "6.750", "LS"]
    told = preview("Das Boot.csv", sent(GERMAN), {"columns": "start=3", "fps": "25", "unit": "frames"})
    assert [role for _, role in told["columns"]] == ["", "", "start", ""]
    assert told["fields"][0] == ("1", "0,0", "2,5", "CU")
    assert told["problem"]
    edit = sent("TITLE: x\n001  AX V C 00:00:00:00 00:00:01:00\n")
    assert preview("x.edl", edit, {})["problem"].endswith("needed; fill in Frames per second, 25 for instance")
    whole = sent("StartTime\tEndTime\tValue\n0\t14940\tneither\n14940\t24420\tcloseup\n24420\t90000\tlong shot\n")
    told = preview("milliseconds.csv", whole, {})["problem"]
    assert told.endswith("choose under Unit: seconds, milliseconds or frames")
    told = preview("milliseconds.csv", whole, {"unit": "ms"})
    assert told["rows"][1] == ["14.940", "24.420", "9.480", "CU"]
    assert "milliseconds (Unit); 3 shots" in told["understood"]
    told = preview("none.csv", sent("Year,director,name\n1950,Antonioni,x\n"), {})["problem"]
    assert told.endswith("or say above what each column is")
    assert preview("lengths.csv", sent(SEVERAL), {})["understood"].startswith("4 shots: 2 films, Fargo, Persona")
    coding = preview("1966_bergman_-_persona.csv", sent(CODING), {})
    assert coding["understood"] == (
        "400 seconds, each with its scale, as CineScale codes a film: persona, Ingmar Bergman, 1966"
    )
    assert coding["rows"][0] == ["0", "ECU"]


def test_a_coding_gives_the_shots_of_a_measured_film_their_scales(desk: Desk) -> None:
    end = desk.open("film-1").shot_table["end"].iloc[-1]
    told = accept_for_film(desk, "film-1", "1966_bergman_-_persona.csv", sent(CODING), {})
    assert told["written"] == ["store/reviewed/film-1/corrections-coder.jsonl: 20 shots, 20 with a scale"]
    assert "has the scale of most of its seconds" in told["notes"][0]
    assert f"the film at {end:.0f} s" in told["notes"][1]
    assert states(desk)[1] == "corrected"
    with pytest.raises(OutputError, match="exists already; enter another name under Coder, or move the file away"):
        accept_for_film(desk, "film-1", "cuts.csv", sent("start,end\n0,4\n"), {})
    with pytest.raises(TableError, match="say what it counts with Unit or Frames per second"):
        accept_for_film(desk, "film-2", "cuts.csv", sent("start,end\n0,400\n400,800\n800,900\n"), {})


def test_lists_belong_to_the_measured_films_of_their_names(desk: Desk) -> None:
    closed: list[str] = []
    table = sent("film,length,country\nFilm-0,4\nFilm-0,5\nFargo,3,US\nfilm-3,4\nfilm-1,2\nfilm-1,9\n")
    accept_for_film(desk, "film-1", "cuts.csv", sent("start,end\n0,4\n"), {})
    told = accept_by_name(desk, "lengths.csv", table, {}, closed.append)
    assert told["written"] == [
        "store/reviewed/film-0/corrections-coder.jsonl: 2 shots, 0 with a scale",
        "lists/Fargo.csv",
        "lists/film-3 2.csv",
    ]
    assert told["notes"][0] == "of Film-0, film-1 not filled in: country"
    assert told["notes"][-1].startswith("not imported: film-1: ")
    assert "enter another name under Coder" in told["notes"][-1]
    assert told["command"].endswith("/store/reviewed/film-0 lengths.csv/Film-0 --coder coder")
    assert closed == ["film-0", "film-1"]
    assert states(desk) == ["corrected", "corrected", "measured", "failed", "imported", "imported"]
    told = accept_by_name(desk, "film-2.csv", sent(CODING), {}, closed.append)
    assert told["written"] == ["store/reviewed/film-2/corrections-coder.jsonl: 20 shots, 20 with a scale"]
    with pytest.raises(OutputError, match=r"film-2: .* enter another name under Coder"):
        accept_by_name(desk, "film-2.csv", sent(CODING), {}, closed.append)


def test_names_of_dropped_files_stay_in_the_folder(desk: Desk) -> None:
    names = ("../../etc/film.mkv", "..\\film.mkv", "film.mkv", "\x00.film.mkv")
    for name in names:
        with desk.room_for(name) as place:
            assert place.parent == desk.folder / "films"
            place.write_bytes(b"")
    assert len(list((desk.folder / "films").iterdir())) == len(names)
    for name in ("", "notes.txt", "..", "/"):
        with pytest.raises(FilmError), desk.room_for(name):
            pass


def test_rows_that_cannot_be_used_stop_no_other(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "twin.mkv").write_bytes((tmp_path / "0.mkv").read_bytes())
    with desk.table.open("a", encoding="utf-8") as table:
        table.write("gone,gone.mkv,,,,\n2: the twin,twin.mkv,,,,\nold,1.mkv,,,,\n.dot,2.mkv,,,,\n")
    known, refused = usable_table(desk.table, KnownChecksums(desk.store))
    assert known is not None
    assert [film.film_id for film in known.films] == [f"film-{i}" for i in range(4)]
    assert set(refused) == {"gone", "2: the twin", "old", ".dot"}
    assert "has the content of" in refused["2: the twin"]
    assert not list(tmp_path.glob(".films-*"))
    desk.set_cell(key_of("film-0"), "title", "x")
    desk.measuring.settle()
    assert states(desk)[-4:] == ["offline"] + ["failed"] * 3


def test_measuring_is_started_once_and_not_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    follow, launch = steering.follow_table, subprocess.Popen

    def slow(folder: Path) -> None:
        time.sleep(0.2)
        assert not started, "only one process may fill the store"
        follow(folder)

    def popen(_: object, **options: Any) -> subprocess.Popen[bytes]:
        started.append(launch(["sleep", "60"], **options))
        return started[-1]

    monkeypatch.setattr(steering, "follow_table", slow)
    monkeypatch.setattr(steering.subprocess, "Popen", popen)
    desk.set_cell(key_of("film-0"), "title", "x")
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: desk.measuring.start(), range(4)))
    try:
        assert len(started) == 1
        follow(desk.folder)  # as another desk does
        assert desk.measuring.state()["running"]
    finally:
        desk.measuring.cancel()
    assert not desk.measuring.state()["running"]


def test_no_room_for_temporary_files(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = Actions(desk).chart("map")
    monkeypatch.setattr(tempfile, "tempdir", str(desk.folder / "none"))
    for attempt in (lambda: Actions(desk).svg(drawing), lambda: preview("cuts.csv", sent("start,end\n0,4\n"), {})):
        with pytest.raises(OutputError, match=r"none: cannot be written to .*; make room, or set TMPDIR"):
            attempt()


def test_two_desks_start_measuring_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    launch, refused = subprocess.Popen, list[str]()

    def popen(_: object, **options: Any) -> subprocess.Popen[bytes]:
        try:
            Desk(desk.folder).measuring.start()
        except OutputError as error:
            refused.append(str(error))
        started.append(launch(["sleep", "60"], **options))
        return started[-1]

    monkeypatch.setattr(steering.subprocess, "Popen", popen)
    try:
        desk.measuring.start()
        assert (len(started), len(refused)) == (1, 1)
        assert "another run" in refused[0]
        Desk(desk.folder).measuring.start()
        assert len(started) == 1
    finally:
        desk.measuring.cancel()


def test_a_full_disk_leaves_the_table(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.table.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(OutputError, match="No space left"):
        desk.set_cell(key_of("film-0"), "title", "x")
    assert desk.table.read_bytes() == before


def test_candidates_stay_while_a_film_is_answered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    actions, seen = Actions(desk), []
    desk.remember(reference="own.csv")
    change = Thread(target=actions.choose_builtin)

    def answer(_: str) -> None:
        change.start()
        change.join(0.2)
        seen.append(desk.reference_path())
        raise FilmError("no answer")

    monkeypatch.setattr(actions, "_attribute", answer)
    with pytest.raises(FilmError):
        actions.verdict("film-0")
    change.join()
    assert seen == [desk.folder / "own.csv"]
    assert desk.reference_path() is None


def test_exports_and_answers_are_those_of_the_commands(desk: Desk) -> None:
    actions = Actions(desk)
    told = actions.export("csv")
    assert "features.csv: 3 rows" in told["written"][0]
    assert told["command"] == actions.commands()["csv"]
    one = actions.export("edl", ["film-1"])
    assert [Path(line).name for line in one["written"]] == ["film-1.edl"]
    told = actions.verdict("film-0")
    assert told["reason"]
    assert (told["probability"] is None) == (told["verdict"] in {"undecided", "none of these"})
    with pytest.raises(OptionError):
        actions.export("exe")


def test_films_of_one_name_are_exported_to_files_of_their_own(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cuts.csv").write_text("start,end\n0,4\n4,6.5\n", encoding="utf-8")
    desk.add([tmp_path / "a" / "cuts.csv", tmp_path / "b" / "cuts.csv"])
    told = Actions(desk).export("eaf")
    assert told["written"] == ["exports/eaf/cuts.eaf", "exports/eaf/cuts 2.eaf"]
    assert told["command"].endswith("exports/eaf/cuts.eaf --overwrite")
    assert {path.name for path in Path(told["folder"]).iterdir()} == {"cuts.eaf", "cuts 2.eaf"}


def test_a_list_that_cannot_be_read_stops_no_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    for name in ("good", "lost", "odd"):
        accept_on_its_own(desk, f"{name}.csv", sent("start,end\n0,4\n4,6.5\n"), {})
    (tmp_path / "lists" / "lost.csv").unlink()
    (tmp_path / "lists" / "odd.csv").write_text("nothing\n", encoding="utf-8")
    actions = Actions(desk)
    for names in ((), ("good", "odd"), ("good", "lost")):
        told = actions.export("csv", names)
        assert "features.csv: 1 row" in told["written"][0]
        assert told["written"][-1] == f"left out, without figures: {', '.join(names[1:] or ('lost', 'odd'))}"
    with pytest.raises(FilmError, match="none of these films is measured yet"):
        actions.export("csv", ["odd"])
    accept_on_its_own(desk, "changed.csv", sent("start,end\n0,4\n4,6.5\n"), {})

    open_listed = desk.open

    def read(film_id: str) -> Film:
        if film_id == "changed":
            raise TableError(f"{film_id}: has changed since; correct it")
        return open_listed(film_id)

    assert actions.export("eaf", ["changed"])["written"] == ["exports/eaf/changed.eaf"]
    desk.set_cell(key_of("good"), "film_id", "renamed")
    monkeypatch.setattr(desk, "open", read)
    written = actions.export("eaf", ["renamed", "changed"])["written"]
    assert written[-2].startswith("not written: ")
    assert written[-1] == "still there from before: changed.eaf"
    with pytest.raises(OptionError, match="frames per second are needed; ELAN needs no frame rate"):
        actions.export("edl", ["renamed"])


@pytest.mark.parametrize("format_name", ["eaf", "edl", "otio"])
def test_the_shots_exported_are_those_of_the_figures(
    format_name: str, desk: Desk, run_program: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    times = [0.0, *(float(time) for time in desk.open("film-0").shot_table["end"])]
    write_table(make_shots(times[:-1], times[-1]), tmp_path / "own.csv")
    desk.add([tmp_path / "own.csv"])
    for column, text in (("from", f"{times[4]:.3f}"), ("to", f"{times[9]:.3f}"), ("speed", "pal")):
        desk.add_column(column)
        for film in ("film-0", "own"):
            desk.set_cell(key_of(film), column, text)
    desk.measuring.settle()
    for film, fps in (("film-0", None), ("own", Fraction(25))):
        if fps and format_name != "eaf":
            continue  # a list has no frame rate
        told = Actions(desk).export(format_name, [film])
        assert "Left out as asked at the beginning" in told["written"][0]
        assert "Times are those of the file, which runs +4.2 % fast." in told["written"][0]
        written = desk.folder / "exports" / format_name / f"{film}.{format_name}"
        read = read_shotlist(written, fps=Fraction(25)).shots
        assert len(read) == len(desk.open(film).shot_table) == 5
        assert read["end"].tolist() == pytest.approx(times[5:10], abs=0.05)
        content = written.read_bytes()
        assert run_program(*shlex.split(told["command"]))[0] == 0
        assert len(written.read_bytes()) == len(content)


def test_the_command_that_exports_some_films_takes_their_part(
    tmp_path: Path, run_program: Callable[..., tuple[int, str, str]]
) -> None:
    desk, actions = Desk(tmp_path), Actions(Desk(tmp_path))
    for name in "abc":
        (tmp_path / f"{name}.csv").write_text("start,end\n0,4\n4,6.5\n6.5,9\n9,12\n", encoding="utf-8")
    desk.add([tmp_path / f"{name}.csv" for name in "abc"])
    desk.add_column("from")
    for name in "ab":
        desk.set_cell(key_of(name), "from", "0:04")
    told, written = actions.export("csv", ["a", "b"]), tmp_path / "exports" / "csv" / "shots.csv"
    content = written.read_bytes()
    assert "--from 0:04" in told["command"]
    assert run_program(*shlex.split(told["command"]))[0] == 0
    assert written.read_bytes() == content
    told = actions.export("csv", ["b", "c"])
    assert told["command"] == actions.commands()["csv"]
    assert told["written"][-1].startswith("the command exports all films")


def test_the_part_in_a_films_row_is_what_counts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, key = desk.state()["films"][0], key_of("film-0")
    desk.add_column("from")
    desk.set_cell(key, "from", str(desk.open("film-0").shot_table["start"].iloc[10]))
    desk.measuring.settle()
    part = desk.state()["films"][0]
    assert (whole["n_shots"], part["n_shots"], len(desk.open("film-0").shot_table)) == (20, 10, 10)
    assert part["average_shot_length"] != whole["average_shot_length"]
    assert part["changed"] != whole["changed"]
    monkeypatch.setattr(desk.measuring, "table_changed", lambda: None)  # as while films are measured
    desk.set_cell(key, "from", "")
    assert len(desk.open("film-0").shot_table) == 20
    assert desk.state()["films"][0]["n_shots"] == 20
    desk.set_cell(key, "from", "soon")
    assert desk.state()["films"][0]["detail"].startswith("film film-0: soon in a column 'from': not a time")


def test_corrections_of_other_shots_are_carried_over_by_their_coder(desk: Desk) -> None:
    accept_for_film(desk, "film-0", "cuts.csv", sent("start,end\n0,4\n4,9\n"), {})
    shots = desk.store / "reviewed" / "film-0" / "shots.csv"
    shots.write_text("".join(shots.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    desk.measuring.table_changed()
    desk.measuring.settle()
    film = desk.state()["films"][0]
    assert film["detail"].endswith("enter coder under Coder and press Correct, which carries the corrections over")
    assert (film["state"], film["decide"], "changed" in film) == ("failed", False, True)


def test_an_answer_knows_the_title_and_year_that_were_typed(desk: Desk) -> None:
    actions, key = Actions(desk), key_of("film-0")
    assert not actions.verdict("film-0")["itself"]
    desk.set_cell(key, "title", "Persona")
    desk.set_cell(key, "year", "1967")
    assert actions.verdict("film-0")["itself"]
    assert "The reference holds" in actions.report("film-0")
    assert "<h1>film-0</h1>" in actions.report("film-0")
    desk.set_cell(key, "year", "2015")  # another film of that title
    assert not actions.verdict("film-0")["itself"]
    assert "Made in 2015, but " in actions.report("film-0")


def test_a_film_is_verified_and_looked_along_as_by_the_commands(desk: Desk) -> None:
    actions = Actions(desk)
    assert "Béla Tarr" in actions.candidates()
    answer = actions.verify("film-0", "Béla Tarr")
    assert answer.verdict.startswith("By Béla Tarr? ")
    assert answer.told[0].startswith("Nearest to one of the director's films in ")
    assert answer.command == f"authorship verify {desk.place('film-0')} --director 'Béla Tarr'"
    with pytest.raises(OptionError, match="wider than the film"):
        actions.along("film-0", 400)
    accept_on_its_own(desk, "1966_bergman_-_persona.csv", sent(CODING), {})
    with pytest.raises(FilmError, match="a coding has no shots to verify"):
        actions.verify("1966_bergman_-_persona", "Ingmar Bergman")
    accept_on_its_own(desk, "long.csv", sent("start,end\n" + "".join(f"{4 * i},{4 * i + 4}\n" for i in range(450))), {})
    along = actions.along("long", 100)
    assert along.rows[0][0] == "part"
    assert len(along.rows) == 16
    assert along.told[0].startswith("A window names nobody")
    assert along.command == f"authorship roll {desk.folder}/lists/long.csv --window 100 --step 25"
