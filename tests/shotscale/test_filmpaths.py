"""The films that a command was given."""

import errno
from pathlib import Path

import pytest

from shotscale.errors import FilmError
from shotscale.filmpaths import find_films, result_folders, result_name


def test_folders_are_walked_and_named_files_taken_as_they_are(tmp_path):
    names = "b.MP4", "a film.mkv", "tape.m2t", "notes.txt", ".hidden.mkv", "deep/фильм.webm", ".trash/x.mkv"
    for name in (*names, "$RECYCLE.BIN/$R1.mkv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = find_films([tmp_path, tmp_path / "notes.txt", tmp_path / "b.MP4", Path("missing.mkv")])
    names = [path.name for path in found]
    assert found == find_films([tmp_path, *found])
    assert names == ["a film.mkv", "b.MP4", "фильм.webm", "tape.m2t", "notes.txt", "missing.mkv"]


@pytest.mark.parametrize(("n_pieces", "told"), [(1, []), (3, ["VTS_02_[1-9].VOB"])])
def test_the_pieces_of_a_dvd_are_told(tmp_path, caplog, n_pieces, told):
    for number in range(n_pieces + 1):
        (tmp_path / f"VTS_02_{number}.VOB").write_bytes(b"")
    assert len(find_films([tmp_path])) == n_pieces + 1
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}: {names} are pieces of one film of a DVD, each taken for a film; join them first: cat {names} > "
        "film.vob"
        for names in told
    ]


def test_a_folder_without_films_is_an_error(tmp_path):
    with pytest.raises(FilmError, match="a folder without films"):
        find_films([tmp_path])


def test_a_link_to_a_folder_around_it_leads_to_no_film_twice(tmp_path):
    (tmp_path / "films" / "new").mkdir(parents=True)
    (tmp_path / "films" / "x.mkv").write_bytes(b"")
    (tmp_path / "films" / "new" / "back").symlink_to(tmp_path / "films")
    (tmp_path / "linked").symlink_to(tmp_path / "films")
    assert find_films([tmp_path / "films"]) == [tmp_path / "films" / "x.mkv"]
    assert find_films([tmp_path / "linked"]) == [tmp_path / "linked" / "x.mkv"]


def test_what_cannot_be_read_stops_no_other_film_and_is_told(tmp_path, caplog, monkeypatch):
    look = Path.iterdir

    def locked(folder):
        if folder.name == "lost+found":
            raise PermissionError(errno.EACCES, "Permission denied")
        return look(folder)

    (tmp_path / "lost+found").mkdir()
    (tmp_path / "x.mkv").write_bytes(b"")
    (tmp_path / "away.mkv").symlink_to(tmp_path / "unplugged" / "away.mkv")
    monkeypatch.setattr(Path, "iterdir", locked)
    assert find_films([tmp_path]) == [tmp_path / "x.mkv"]
    assert sorted(record.getMessage() for record in caplog.records) == [
        f"{tmp_path}/away.mkv: left out, since it is no file or a link that leads to none",
        f"{tmp_path}/lost+found: left out, since it cannot be read (Permission denied)",
    ]


def test_saved_analyses_are_films_where_asked(tmp_path):
    for name in ("saved/film.json", "saved/inside.mkv", "x.mkv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert find_films([tmp_path], analyses=True) == [tmp_path / "saved", tmp_path / "x.mkv"]
    assert find_films([tmp_path / "saved"], analyses=True) == [tmp_path / "saved"]
    assert find_films([tmp_path]) == [tmp_path / "saved" / "inside.mkv", tmp_path / "x.mkv"]


def test_every_film_has_a_folder_of_its_own():
    films = [Path("x/a.mkv"), Path("x/a.mp4"), Path("y/a.mkv"), Path("b.mkv")]
    folders = result_folders(films, Path("out"))
    assert len(set(folders.values())) == 4
    assert folders[Path("b.mkv")] == Path("out/b")
    assert result_folders(films[:1], Path("out")) == {films[0]: Path("out")}


def test_results_are_named_after_the_whole_name_of_a_folder_or_a_stored_film(tmp_path, monkeypatch):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "store.json").write_text("{}")
    names = [result_name(tmp_path / "store" / f"Kill Bill Vol. {number}") for number in (1, 2)]
    assert names == ["Kill Bill Vol. 1", "Kill Bill Vol. 2"]
    monkeypatch.chdir(tmp_path / "store")
    assert [result_name(Path(place)) for place in (".", "..", "../store")] == ["store", tmp_path.name, "store"]
