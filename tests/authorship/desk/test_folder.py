"""A desk's folder: what the page shows of it, and what it writes into its table."""

from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from authorship.desk.actions import Actions
from authorship.desk.folder import Desk, key_of
from authorship.desk.measuring import usable_table
from shotscale.errors import FilmError, OptionError, OutputError
from shotscale.store.run import KnownChecksums
from shotscale.store.store import read_summary


@pytest.fixture
def desk(stand_in: ModuleType, tmp_path: Path) -> Desk:
    """Four films, the last of which cannot be measured."""
    table = stand_in.make_corpus(tmp_path, 4, bad=(3,))
    stand_in.run(table, tmp_path / "store")
    return Desk(tmp_path)


def states(desk: Desk) -> list[str]:
    return [film["state"] for film in desk.state()["films"]]


def test_an_empty_folder(tmp_path: Path) -> None:
    state = Desk(tmp_path / "new").state()
    assert (state["films"], state["columns"], state["measuring"]["running"]) == (
        [],
        ["title", "year", "director"],
        False,
    )


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
    assert summary.loc["film-1", "status"] == "analysed"


@pytest.mark.parametrize(
    ("column", "text"), [("year", "1700"), ("year", "now"), ("film_id", "x"), ("path", "/etc/passwd"), ("none", "x")]
)
def test_what_cannot_be_filled_in(desk: Desk, column: str, text: str) -> None:
    before = desk.table.read_bytes()
    with pytest.raises(OptionError):
        desk.set_cell(key_of("film-0"), column, text)
    assert desk.table.read_bytes() == before
    for name in ("country", "", "sha256"):
        with pytest.raises(OptionError):
            desk.add_column(name)


def test_films_come_and_go(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "0.mkv").write_bytes(b"another film")
    assert desk.add([tmp_path]) == ["0"]  # those of the table are passed over
    assert pd.read_csv(desk.table, dtype=str)["path"].tolist()[-1] == "more/0.mkv"
    assert states(desk)[-1] == "waiting"
    for again in (tmp_path / "more", tmp_path / "gone.mkv"):
        with pytest.raises(FilmError):
            desk.add([again])
    desk.remove(key_of("0"))
    assert states(desk) == ["measured"] * 3 + ["failed"]
    with pytest.raises(FilmError, match="reload"):
        desk.film_id(key_of("0"))


def test_names_of_dropped_files_stay_in_the_folder(desk: Desk) -> None:
    names = ("../../etc/film.mkv", "..\\film.mkv", "film.mkv", "\x00.film.mkv")
    for name in names:
        place = desk.room_for(name)
        assert place.parent == desk.folder / "films"
        place.write_bytes(b"")
    assert len(list((desk.folder / "films").iterdir())) == len(names)
    for name in ("", "notes.txt", "..", "/"):
        with pytest.raises(FilmError):
            desk.room_for(name)


def test_rows_that_cannot_be_used_stop_no_other(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "twin.mkv").write_bytes((tmp_path / "0.mkv").read_bytes())
    with desk.table.open("a", encoding="utf-8") as table:
        table.write("gone,gone.mkv,,,,\ntwin,twin.mkv,,,,\nold,1.mkv,,,,\n.dot,2.mkv,,,,\n")
    known, refused = usable_table(desk.table, KnownChecksums(desk.store))
    assert known is not None
    assert [film.film_id for film in known.films] == [f"film-{i}" for i in range(4)]
    assert set(refused) == {"gone", "twin", "old", ".dot"}
    assert "has the content of" in refused["twin"]
    assert not list(tmp_path.glob(".films-*"))
    desk.set_cell(key_of("film-0"), "title", "x")
    desk.measuring.settle()
    assert states(desk)[-4:] == ["failed"] * 4


def test_a_full_disk_leaves_the_table(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.table.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(OutputError, match="No space left"):
        desk.set_cell(key_of("film-0"), "title", "x")
    assert desk.table.read_bytes() == before


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
    assert "own" not in (actions.choose("") or "")
