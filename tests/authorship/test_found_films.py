"""Films found in folders, stores, corpora and tables: each once, with its name and what a table says of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from authorship.desk.actions import Actions
from authorship.desk.folder import Desk
from authorship.found_films import FoundFilm, name_films, walk_films
from authorship.opening import open_films
from authorship.own_reference import read_corpus
from shotscale.errors import FilmError, TableError
from shotscale.files import sha256
from shotscale.film import Film
from shotscale.part import PAL

DrawFilm = Callable[..., Film]
Run = Callable[..., tuple[int, str, str]]
SHOTS = "start,end\n0,4\n4,6.5\n6.5,12\n12,13\n13,20\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus with two lists of one file name, one of them also under a second name."""
    for folder in ("a", "b"):
        (tmp_path / "corpus" / folder).mkdir(parents=True)
        (tmp_path / "corpus" / folder / "cuts.csv").write_text(SHOTS, encoding="utf-8")
    rows = "Ash,a/cuts.csv,A,Rome,\nBirch,b/cuts.csv,B,,\nCedar,b/cuts.csv,B,Oslo,4\nAway,away.mkv,A,,\n"
    (tmp_path / "corpus" / "films.csv").write_text(f"film_id,path,director,place,from\n{rows}", encoding="utf-8")
    return tmp_path / "corpus"


@pytest.fixture
def shelf(tmp_path: Path, draw_film: DrawFilm) -> Path:
    """Return a folder with two analyses, one of which its manifest names beside a shot list."""
    folder = tmp_path / "shelf"
    for seed, name in enumerate(("one", "two")):
        draw_film(n_shots=30, asl=6, seed=seed).save(folder / name)
    (folder / "list.csv").write_text(SHOTS, encoding="utf-8")
    (folder / "films.csv").write_text("film,director,from\ntwo,B,0:10\nlist.csv,A,\n", encoding="utf-8")
    return folder


def names(films: list[FoundFilm]) -> list[str]:
    return [film.name for film in name_films(films)]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a/film", "film"], ["film", "film-2"]),
        (["film", "a/film", "b/film"], ["film", "a/film", "b/film"]),
        (["film", "film", "film"], ["film", "film-2", "film-3"]),
        (["a/shots.csv", "a.csv", "lengths.csv"], ["a", "a.csv", "lengths"]),
    ],
)
def test_every_film_has_a_name_of_its_own(paths: list[str], expected: list[str]) -> None:
    assert names([FoundFilm(Path(path)) for path in paths]) == expected


def test_a_name_in_a_table_comes_before_one_of_a_file() -> None:
    assert names([FoundFilm(Path("a/film")), FoundFilm(Path("b"), "film")]) == ["a/film", "film"]
    assert names([FoundFilm(Path("a"), "film"), FoundFilm(Path("b"), "film")]) == ["film", "b"]


def test_a_corpus_names_its_films(corpus: Path, caplog: pytest.LogCaptureFixture) -> None:
    films = walk_films([corpus])
    assert caplog.messages == [f"{corpus / 'films.csv'}: films left out: 1 not measured"]
    assert names(films) == ["Ash", "Birch", "Cedar"]
    assert [film.facts["place"] for film in films] == ["Rome", None, "Oslo"]
    assert [film.part.begin for film in films] == [None, None, 4.0]


def test_every_command_names_a_film_alike(corpus: Path, tmp_path: Path, run: Run) -> None:
    wanted = ["Ash", "Birch", "Cedar"]
    assert read_corpus(corpus)["film_id"].tolist() == wanted
    assert run("features", corpus, "-o", tmp_path / "features.csv")[0] == 0
    assert pd.read_csv(tmp_path / "features.csv")["film_id"].tolist() == wanted
    assert run("export", corpus, "-o", tmp_path / "tables", "--format", "csv,arff", "--table", "features")[0] == 0
    assert pd.read_csv(tmp_path / "tables" / "features.csv")["film"].tolist() == wanted
    assert "@attribute film {Ash,Birch,Cedar}" in (tmp_path / "tables" / "features.arff").read_text()


def test_a_drawing_links_to_every_film_of_the_desk(corpus: Path) -> None:
    actions = Actions(Desk(corpus))
    assert actions.svg(actions.chart("map")).count("/report") == 3


def test_films_of_one_name_are_told_apart(shelf: Path, tmp_path: Path, draw_film: DrawFilm, run: Run) -> None:
    draw_film(n_shots=30, asl=3, seed=7).save(tmp_path / "other" / "one")
    assert run("features", shelf / "one", tmp_path / "other" / "one", "-o", tmp_path / "features.csv")[0] == 0
    assert pd.read_csv(tmp_path / "features.csv")["film_id"].tolist() == ["one", str(tmp_path / "other" / "one")]


def test_a_manifest_names_shot_tables_beside_the_analyses_in_its_folder(shelf: Path) -> None:
    films = walk_films([shelf], strict=True)
    assert names(films) == ["two", "list", "one"]
    assert [film.part.begin for film in films] == [10.0, None, None]
    assert [dict(film.facts) for film in films[1:]] == [{"director": "A", "from": None}, {}]
    assert len(walk_films([shelf, shelf / "two", shelf / "list.csv"], strict=True)) == 3
    assert names(walk_films([shelf])) == ["list", "one", "two"]


@pytest.mark.parametrize("command", ["features", "classify"])
def test_a_folder_of_shot_tables_is_taken_by_every_command(command: str, tmp_path: Path, run: Run) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cuts.csv").write_text(SHOTS, encoding="utf-8")
    (tmp_path / "films.csv").write_text("film,title\na/cuts.csv,\nPersona,\nb/cuts.csv,\n", encoding="utf-8")
    assert names(walk_films([tmp_path])) == ["a/cuts.csv", "b/cuts.csv"]
    status, _, err = run(command, tmp_path)
    assert (status, err.count("read as shot table")) == (0, 2)
    with pytest.raises(TableError, match="film Persona is not in"):
        walk_films([tmp_path], strict=True)
    (tmp_path / "films.csv").write_text("film\nPersona\n", encoding="utf-8")
    with pytest.raises(FilmError, match=r"film Persona is not in .*; name lists as a.cuts\.csv, in full"):
        walk_films([tmp_path])


def test_a_film_beside_its_analysis_counts_once(
    tmp_path: Path, draw_film: DrawFilm, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "x.mkv").write_bytes(b"film")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.mkv").write_bytes(b"another film")
    measured = replace(
        draw_film(n_shots=30, asl=6, seed=1),
        path="elsewhere/x.mkv",
        provenance={"checksums": {"film": sha256(tmp_path / "x.mkv")}},
    )
    measured.save(tmp_path / "results" / "x")
    assert [film.path for film in walk_films([tmp_path])] == [tmp_path / "other" / "x.mkv", tmp_path / "results" / "x"]
    assert caplog.messages == [f"{tmp_path / 'x.mkv'} and {tmp_path / 'results' / 'x'}: one film, counted once"]
    (tmp_path / "films.csv").write_text("film,director\nx.mkv,A\n", encoding="utf-8")
    assert [film.facts for film in walk_films([tmp_path])] == [{}, {"director": "A"}]


def test_a_film_that_cannot_be_compared_with_its_analysis_is_a_film(
    tmp_path: Path, draw_film: DrawFilm, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.mkv").write_bytes(b"film")
    replace(draw_film(n_shots=30, asl=6, seed=1), path="x.mkv").save(tmp_path / "x")

    def fail(path: Path) -> str:
        raise OSError(5, "Input/output error", str(path))

    monkeypatch.setattr("authorship.measured_films.sha256", fail)
    assert [film.path.name for film in walk_films([tmp_path])] == ["x", "x.mkv"]


def test_lists_in_subfolders_are_told(tmp_path: Path) -> None:
    (tmp_path / "Bergman").mkdir()
    (tmp_path / "Bergman" / "persona.csv").write_text(SHOTS, encoding="utf-8")
    with pytest.raises(FilmError, match=r"name them, .*Bergman.persona\.csv for one, or list them in .*films\.csv"):
        walk_films([tmp_path])


def test_lists_that_no_table_names_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("a.csv", "b.csv", "c.xlsx", "~$c.xlsx", "notes.pdf"):
        (tmp_path / name).write_text(SHOTS, encoding="utf-8")
    with pytest.raises(FilmError, match=r"a folder of lists, not of films; name them, .*a\.csv for one, or list them"):
        walk_films([tmp_path])
    (tmp_path / "films.csv").write_text("film\nb\n", encoding="utf-8")
    with pytest.raises(FilmError, match=r"films\.csv: film b is not in .*; name lists as a\.csv, in full"):
        walk_films([tmp_path])
    (tmp_path / "films.csv").write_text("film\nb.csv\n", encoding="utf-8")
    for strict in (False, True):
        assert names(walk_films([tmp_path], strict=strict)) == ["b"]
        assert caplog.messages == [f"{tmp_path / 'films.csv'}: not among its films, so left out: a.csv, c.xlsx"]
        caplog.clear()


def test_a_table_of_several_films_says_what_holds_for_each(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "lengths.csv"
    path.write_text("film,length,director,speed\nA/B,4,X,pal\nA/B,6,X,pal\nC,3,Y,1\nC,2,Y,1\n", encoding="utf-8")
    films = walk_films([path])
    assert [(film.path, film.name, film.facts["director"]) for film in films] == [
        (path / "A/B", "A/B", "X"),
        (path / "C", "C", "Y"),
    ]
    assert [film.part.speed for film in films] == [PAL, 1]
    for given in ([path], ["--shots", path]):
        answers = json.loads(run("classify", *given, "--json")[1])["films"]
        assert [film["features"]["running_time"] for film in answers] == pytest.approx([10 * 25 / 24, 5])


def test_what_a_table_says_of_each_film_is_told_and_followed(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "lengths.csv"
    rows = "a,X,4,4\na,X,4,6\na,X,4,5\nb,,,3\nb,,,2\n"
    path.write_text(f"film,director,from,length\n{rows}", encoding="utf-8")
    status, out, err = run("features", path)
    assert status == 0
    assert "(facts of each film: director, from)" in err
    assert "not used" not in err
    assert [line.split(",")[:2] for line in out.splitlines()[1:]] == [["a", "2"], ["b", "2"]]
    assert dict(walk_films([path])[1].facts) == {"director": None, "from": None}


@pytest.mark.parametrize("column", ["path", "film"])
def test_two_films_on_one_tape(column: str, tmp_path: Path, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    folder, tables = tmp_path / "tapes", tmp_path / "tables"
    folder.mkdir()
    (folder / "tape.csv").write_text(SHOTS, encoding="utf-8")
    rows = "Ash,tape.csv,A,,0:12\nBirch,tape.csv,B,12,\n"
    (folder / "films.csv").write_text(f"film_id,{column},director,from,to\n{rows}", encoding="utf-8")
    assert names(walk_films([folder, folder / "tape.csv"], strict=True)) == ["Ash", "Birch"]
    assert read_corpus(folder)[["film_id", "director", "n_shots"]].to_numpy().tolist() == [
        ["Ash", "A", 3],
        ["Birch", "B", 2],
    ]
    assert run("export", folder, "-o", tables, "--table", "shots")[0] == 0
    assert pd.read_csv(tables / "shots.csv")["film"].tolist() == ["Ash"] * 3 + ["Birch"] * 2
    status, out, _ = run("classify", folder, "--json", "--report", tmp_path / "pages")
    answers = json.loads(out)["films"]
    assert [film["shots"]["n_shots"] for film in answers] == [3, 2]
    assert [film["path"] for film in answers] == [str(folder / "tape.csv" / name) for name in ("Ash", "Birch")]
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {"Ash.html", "Birch.html", "index.html"}
    assert (status, caplog.messages) == (0, [])
    same = f"{rows}Cedar,tape.csv,B,0:12,\n"
    (folder / "films.csv").write_text(f"film_id,{column},director,from,to\n{same}", encoding="utf-8")
    assert names(walk_films([folder])) == ["Ash", "Birch"]
    assert caplog.messages == [f"{folder}: film Cedar left out: the file and part of Birch"]


def test_a_films_csv_of_a_spreadsheet(shelf: Path, caplog: pytest.LogCaptureFixture) -> None:
    table = shelf / "films.csv"
    commas = table.read_text(encoding="utf-8")
    expected = [(film.name, dict(film.facts)) for film in walk_films([shelf])]
    for mark in ";\t":
        table.write_text("\ufeff" + commas.replace(",", mark), encoding="utf-8")
        for strict in (False, True):
            assert {(film.name, str(dict(film.facts))) for film in walk_films([shelf], strict=strict)} == {
                (name, str(facts)) for name, facts in expected
            }
    table.write_text(commas.replace("film", "Opus"), encoding="utf-8")
    assert names(walk_films([shelf])) == ["one", "two"]
    assert caplog.messages == [f"{table}: not used, because it lacks the column film; it has Opus, director, from"]


def test_films_of_a_store(stand_in: ModuleType, tmp_path: Path) -> None:
    store = tmp_path / "store"
    stand_in.run(stand_in.make_corpus(tmp_path, 3, bad=(1,)), store)
    films = walk_films([store, store / "film-0"])
    assert [(film.name, film.facts["title"]) for film in films] == [("film-0", "Title 0"), ("film-2", "Title 2")]
    named, absent = walk_films([store / "film-2", store / "film-9"])
    assert (named.facts, {*absent.facts.values()}) == (films[1].facts, {None})


def test_a_part_that_cannot_be_read_is_told_with_its_film(corpus: Path) -> None:
    table = corpus / "films.csv"
    table.write_text(table.read_text().replace("Oslo,4", "Oslo,soon"), encoding="utf-8")
    with pytest.raises(TableError, match=r"corpus/b: film Cedar: --from soon: not a time"):
        [film.part for film in walk_films([corpus])]


def test_films_tell_how_many_of_them_are_done(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("start,end\n0,4\n4,6.5\n", encoding="utf-8")
    (tmp_path / "films.csv").write_text("film,director\na.csv,Ada\nb.csv,Ben\n", encoding="utf-8")
    told: list[tuple[float, float | None]] = []
    read_corpus(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 2), (1, 2)]
    assert [*dict(open_films([tmp_path], progress=lambda done, total: told.append((done, total))))] == ["a", "b"]
    assert told[2:] == told[:2]
