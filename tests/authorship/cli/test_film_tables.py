"""Tables of several films on the command line: classify, features, fit, and the workbook that export writes."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from authorship.own_reference import read_corpus
from shotscale.cli.app import app as shotscale_app
from shotscale.film import Film
from shotscale.tables import make_scales, make_shots

Run = Callable[..., tuple[int, str, str]]
DrawFilm = Callable[..., Film]


@pytest.fixture
def lengths(tmp_path: Path) -> Path:
    """Return a table of eight films by two directors, one of whom cuts three times as fast."""
    rng = np.random.default_rng(0)

    def rows() -> Iterator[tuple[str, str, int, float]]:
        for number in range(8):
            director, mean = [("Ada Example", 4.0), ("Ben Example", 12.0)][number % 2]
            for shot, length in enumerate(rng.lognormal(np.log(mean), 0.8, 150).round(2) + 0.1, start=1):
                yield f"Dr. Film, no. {number}", director, shot, float(length)

    path = tmp_path / "lengths.csv"
    pd.DataFrame(rows(), columns=["film", "director", "shot", "length"]).to_csv(path, index=False)
    return path


def test_classify_takes_every_film_of_a_table(lengths: Path, run: Run) -> None:
    status, out, err = run("classify", "--shots", lengths)
    assert status == 0
    assert [line for line in out.splitlines() if "Dr. Film, no. 7" in line]
    assert out.splitlines()[-1].startswith("8 films: ")
    assert len(err.splitlines()) == 1  # one line for the table, not one per film
    assert "8 films, by column 'film' (facts of each film: director); 'Dr. Film, no. 0' read as shot lengths" in err
    answer = json.loads(run("classify", f"{lengths}/Dr. Film, no. 3", "--json")[1])
    assert answer["films"][0]["features"]["n_shots"] == 150


def test_a_bad_film_leaves_the_others(lengths: Path, run: Run) -> None:
    lengths.write_text(lengths.read_text() + "Last,Ben Example,1,long\nLast,Ben Example,2,4\n")
    status, out, err = run("classify", "--shots", lengths)
    assert status == 2
    assert "Last: line 1202: 'long' is not a time" in err
    assert "1 failed" in out


@pytest.mark.parametrize(("command", "table"), [("features", ""), ("export", "features.csv"), ("fit", "films.csv")])
def test_a_bad_film_is_left_out_of_a_table(command: str, table: str, lengths: Path, tmp_path: Path, run: Run) -> None:
    lengths.write_text(lengths.read_text() + "Last,Ben Example,1,long\nLast,Ben Example,2,4\n")
    status, _, err = run(command, lengths, "-o", tmp_path / "out")
    assert status == 2
    assert "Last: line 1202: 'long' is not a time" in err
    assert "\nauthorship: 1 film left out\n" in err
    assert len(pd.read_csv(tmp_path / "out" / table)) == 8
    status, out, err = run(command, f"{lengths}/Last", "-o", tmp_path / "none")
    assert (status, out, err.count("\n")) == (2, "", 1), "nothing is left to be written"
    assert not (tmp_path / "none").exists()


def test_facts_headed_in_capitals_are_known(lengths: Path, tmp_path: Path, run: Run) -> None:
    header, rows = lengths.read_text().split("\n", 1)
    lengths.write_text(f"{header.title()}\n{rows}")
    assert run("fit", lengths, "-o", tmp_path / "reference")[0] == 0
    assert pd.read_csv(tmp_path / "reference" / "films.csv")["director"].notna().all()


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("map", ["-o", "map.svg"]),
        ("tree", ["-o", "tree.svg"]),
        ("benchmark", ["--classifier", "Burrows' Delta", "--permutations", "0", "--jobs", "1", "-o", "results"]),
    ],
)
def test_every_command_goes_on_after_a_bad_film(
    command: str, options: list[str], lengths: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lengths.parent)
    lengths.write_text(lengths.read_text() + "Last,Ben Example,1,long\nLast,Ben Example,2,4\n")
    status, out, err = run(command, lengths, *options)
    assert (status, err.splitlines()[-1]) == (2, "authorship: 1 film left out")
    assert "Last: line 1202: 'long' is not a time" in err
    assert Path(options[-1]).exists()
    assert out


def test_convert_goes_on_after_a_bad_film(lengths: Path, tmp_path: Path) -> None:
    lengths.write_text(lengths.read_text() + "Last,Ben Example,1,long\nLast,Ben Example,2,4\n")
    result = CliRunner().invoke(shotscale_app, ["convert", str(lengths), str(tmp_path / "shots.csv")])
    assert (result.exit_code, "line 1202: 'long' is not a time" in result.stderr) == (2, True)
    assert pd.read_csv(tmp_path / "shots.csv")["film"].nunique() == 8


def test_kinds_of_boundaries_are_told_if_a_list_tells_them(tmp_path: Path, run: Run) -> None:
    table = tmp_path / "shots.csv"
    table.write_text("shot,length\n" + "".join(f"{shot},{3 + shot % 5}\n" for shot in range(1, 61)))
    assert "by cut" not in run("classify", "--shots", table)[1]
    table.write_text("start,end,kind\n0,4,cut\n4,9,dissolve\n9,12,cut\n")
    assert "1 by dissolve, 1 by cut" in run("classify", "--shots", table)[1]


def test_where_no_film_is_left_each_is_named(tmp_path: Path, run: Run) -> None:
    table = tmp_path / "lengths.csv"
    table.write_text("film,length\nA,long\nA,4\nB,4\nB,short\n")
    status, out, err = run("features", table)
    assert (status, out) == (2, "")
    assert [f"/{name}: line" in line for name, line in zip("AB", err.splitlines(), strict=False)] == [True, True]
    assert err.splitlines()[2:] == ["authorship: none of the 2 films can be read, as said of each; correct them"]


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("features", ["-o", "features.csv"]),
        ("export", ["-o", "tables"]),
        ("fit", ["-o", "reference"]),
        ("map", ["-o", "map.svg"]),
    ],
)
def test_lists_in_frames_get_their_rate(
    command: str, options: list[str], tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names, rng = [f"{number}.csv" for number in range(8)], np.random.default_rng(0)
    for name in names:
        frames = rng.lognormal(4 + int(name[0]) % 2, 0.8, 60).astype(int) + 5
        pd.DataFrame({"length (frames)": frames}).to_csv(tmp_path / name, index=False)
    (tmp_path / "films.csv").write_text("film,director\n" + "".join(f"{n},{'AB'[int(n[0]) % 2]}\n" for n in names))
    assert "add --fps 25" in run(command, tmp_path, *options)[2]
    assert run(command, tmp_path, *options, "--fps", "25")[0] == 0
    if command == "features":
        assert pd.read_csv("features.csv")["average_shot_length"].iloc[-1] == pytest.approx(frames.mean() / 25)


def test_a_saved_film_that_cannot_be_read_is_left_out(tmp_path: Path, draw_film: DrawFilm, run: Run) -> None:
    for number in range(3):
        draw_film(n_shots=4, asl=4.0, seed=number).save(tmp_path / "films" / str(number))
    (tmp_path / "films" / "1" / "shots.csv").write_text("start,end\n0,x\n", encoding="utf-8")
    status, _, err = run("export", tmp_path / "films", "-o", tmp_path / "out")
    assert status == 2
    assert "end = x in row 1" in err
    assert pd.read_csv(tmp_path / "out" / "features.csv")["film"].tolist() == [0, 2]


def test_options_reach_every_film(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "films.csv"
    path.write_text("Werk;Dauer\n" + "".join(f"{film};4200\n{film};6100\n" for film in "AB"))
    status, out, err = run("classify", "--shots", path, "--columns", "film=Werk,length=Dauer", "--unit", "ms")
    assert (status, "ms (--unit)" in err or "milliseconds (--unit)" in err) == (0, True)
    assert out.splitlines()[-1].startswith("2 films: ")


def test_features_of_a_table(lengths: Path, tmp_path: Path, run: Run) -> None:
    assert run("features", lengths, "-o", tmp_path / "features.csv")[0] == 0
    table = pd.read_csv(tmp_path / "features.csv").set_index("film_id")
    shots = pd.read_csv(lengths).groupby("film")["length"]
    assert list(table.index) == [f"Dr. Film, no. {number}" for number in range(8)]
    np.testing.assert_allclose(table["average_shot_length"], shots.mean(), rtol=1e-6)
    np.testing.assert_allclose(table["median_shot_length"], shots.median(), rtol=1e-6)


def test_commands_say_where_they_wrote(lengths: Path, tmp_path: Path, run: Run) -> None:
    film, other = (f"{lengths}/Dr. Film, no. {number}" for number in (0, 1))
    table, picture = tmp_path / "table.csv", tmp_path / "picture.svg"
    for command, written in (
        (["features", lengths, "-o", table], [table]),
        (["compare", film, other, "--resamples", 100, "-o", picture], [picture]),
        (["roll", film, "--window", 75, "--step", 75, "-o", table, "--figure", picture], [table, picture]),
    ):
        status, _, err = run(*command)
        assert status == 0
        assert [line for line in err.splitlines() if "written" in line] == [
            f"authorship: written to {path}" for path in written
        ]


def test_fit_to_a_table_that_names_directors(lengths: Path, tmp_path: Path, run: Run) -> None:
    status, out, err = run("fit", lengths, "-o", tmp_path / "reference")
    assert status == 0
    assert "Ada Example: 4 films" in out
    assert "8 films, by column 'film'" in err
    status, out, _ = run("classify", f"{lengths}/Dr. Film, no. 5", "--reference", tmp_path / "reference", "--json")
    assert json.loads(out)["films"][0]["candidates"][0]["director"] == "Ben Example"


def test_a_fault_in_the_films_to_fit_names_their_table(lengths: Path, tmp_path: Path, run: Run) -> None:
    table = pd.read_csv(lengths).assign(director="Ada Example")
    table.to_csv(tmp_path / "one.csv", index=False)
    status, _, err = run("fit", tmp_path / "one.csv", "-o", tmp_path / "reference")
    assert status == 2
    assert f"authorship: {tmp_path / 'one.csv'}: has only one director, Ada Example; " in err
    assert not (tmp_path / "reference").exists()


def test_a_corpus_names_films_of_a_wide_table(lengths: Path, tmp_path: Path, run: Run) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    films = dict(iter(pd.read_csv(lengths).groupby("film")["length"]))
    wide = pd.DataFrame({name: list(chain(values, repeat(np.nan, 5))) for name, values in films.items()})
    wide.to_csv(corpus / "wide.csv", index=False)
    assert "lacks the column director" in run("fit", corpus / "wide.csv", "-o", tmp_path / "reference")[2]
    directors = ["Ada Example", "Ben Example"] * 4
    manifest = pd.DataFrame({"film": [f"wide.csv/{name}" for name in films], "director": directors})
    manifest.to_csv(corpus / "films.csv", index=False)
    table = read_corpus(corpus)
    assert table["director"].tolist() == directors
    assert table["n_shots"].tolist() == [150.0] * 8


def test_the_workbooks_that_export_writes(lengths: Path, tmp_path: Path, run: Run) -> None:
    first = run("features", lengths)[1]
    assert run("export", lengths, "-o", tmp_path / "tables", "--format", "xlsx")[0] == 0
    again = run("features", tmp_path / "tables" / "shots.xlsx")[1]
    assert again == first
    assert run("classify", "--shots", tmp_path / "tables" / "shots.xlsx")[0] == 0
    features = pd.read_excel(tmp_path / "tables" / "features.xlsx").copy()
    features["director"] = ["Ada Example", "Ben Example"] * 4
    features.to_excel(tmp_path / "mine.xlsx", index=False)
    assert "Ben Example: 4 films" in run("fit", tmp_path / "mine.xlsx", "-o", tmp_path / "reference")[1]


def test_convert_takes_a_part_of_one_film(tmp_path: Path, run_program: Run) -> None:
    (tmp_path / "own.csv").write_text("film,length,scale\na,4,CU\na,6,LS\na,5,MS\nb,3,CU\nb,2,CU\n", encoding="utf-8")
    part = (tmp_path / "part.csv", "--from", "5", "--to", "0:12")
    status, _, err = run_program("shotscale", "convert", tmp_path / "own.csv", *part)
    assert (status, "holds several films; convert one" in err) == (2, True)
    status, _, err = run_program("shotscale", "convert", tmp_path / "own.csv" / "a", *part)
    assert (status, "Left out as asked at the beginning (0:00 to 0:05)" in err) == (0, True)
    assert pd.read_csv(part[0])[["start", "end", "scale"]].to_numpy().tolist() == [[5, 10, "LS"], [10, 12, "MS"]]


def test_convert_writes_the_films_of_a_table(lengths: Path, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "own.csv"
    result = CliRunner().invoke(shotscale_app, ["convert", str(lengths), str(target)])
    assert result.exit_code == 0
    assert run("features", target)[1] == run("features", lengths)[1]
    assert not list(tmp_path.glob("*.edl"))


def test_a_tree_of_few_features_is_warned_of(tmp_path: Path, run: Run) -> None:
    status, out, err = run("tree", "-o", tmp_path / "tree.svg")
    assert (status, out.strip()) == (0, str(tmp_path / "tree.svg"))
    assert "a tree of 3 features joins films that are alike in these alone" in err


@pytest.mark.parametrize("column", ["film", "film_id"])
def test_every_command_takes_the_part_in_a_films_row(column: str, tmp_path: Path, run: Run) -> None:
    """Columns may be capitalized; an option overrules its own column alone."""
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "a").mkdir()
    starts = np.arange(0, 640, 8)
    shots = pd.DataFrame({"start": starts, "end": starts + 8})
    if column == "film_id":
        shots.to_csv(folder / "a.csv", index=False)
        named = "film_id,path,From,to,Speed\na,a.csv,1:40,4:00,pal\n"
    else:
        Film(
            path="a",
            shots=make_shots(starts, 640.0),
            scales=make_scales(np.arange(640.0), np.tile(np.eye(7)[2], (640, 1))),
            provenance={},
        ).save(folder / "a")
        named = "film,From,to,Speed\na,1:40,4:00,pal\n"
    (folder / "films.csv").write_text(named)
    seconds = {
        "features": lambda *part: pd.read_csv(StringIO(run("features", folder, *part)[1])),
        "export": lambda *part: exported(run, folder, tmp_path / "tables", *part),
        "classify": lambda *part: pd.DataFrame([answered(run, folder, *part)]),
    }
    for command, table in seconds.items():
        assert table().running_time.tolist() == pytest.approx([140 * 25 / 24], rel=1e-5), command
        assert table("--speed", "1").running_time.tolist() == pytest.approx([140]), command
        assert table("--from", "2 min").running_time.tolist() == pytest.approx([120 * 25 / 24], rel=1e-5), command
        assert table("--whole").running_time.tolist() == pytest.approx([640]), command


def exported(run: Run, folder: Path, target: Path, *part: str) -> pd.DataFrame:
    assert run("export", folder, "-o", target, "--table", "features", "--overwrite", *part)[0] == 0
    return pd.read_csv(target / "features.csv")


def answered(run: Run, folder: Path, *part: str) -> dict[str, float]:
    (film,) = json.loads(run("classify", folder, "--json", *part)[1])["films"]
    return dict(film["features"])


def test_each_way_of_reading_and_what_was_left_out_is_told(tmp_path: Path, run: Run) -> None:
    several, one = tmp_path / "three.csv", tmp_path / "one.csv"
    several.write_text("Persona,Fargo,Tar\n4.5,0:03,1.2\n5.5,1:04,2\n")
    one.write_text("Shot,Length\n1,4.5\n2,5.5\n5,3\nTotal,13\n")
    for command in (["features"], ["export", "-o", tmp_path / "tables", "--overwrite"]):
        lines = run(*command, several, one)[2].splitlines()
        assert [line.partition(": ")[2].partition(", seconds")[0] for line in lines[:2]] == [
            f"{several}: 3 films, a column each; 'Persona' read as shot lengths, length = 'length'",
            f"{several}: 'Fargo' read as shot lengths, length = 'length', h:mm:ss; 2 shots, "
            "the first 0 to 3 s, the last 3 to 67 s",
        ]
        assert lines[3:] == [
            f"authorship: {one}: Left out because they are not shots: 'Total 13'.",
            f"authorship: {one}: The numbers of shots jump: 5 follows 2.",
        ]
