"""``authorship classify`` as a new user sees it: what it prints, where, and with which exit status."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from authorship import classify
from authorship.cli.rendering import Overview, print_attribution
from authorship.features import FEATURE_NAMES
from authorship.report import write_index
from shotscale.film import Film
from shotscale.numerals import percent
from shotscale.opening import load_analysis
from shotscale.tables import read_scales, read_shots

DrawFilm = Callable[..., Film]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def films(tmp_path: Path, draw_film: DrawFilm) -> Path:
    """Return a folder of two saved analyses."""
    folder = tmp_path / "films"
    draw_film(n_shots=150, asl=145, sigma=0.75, name="long takes.mkv").save(folder / "long takes")
    draw_film(n_shots=700, asl=7.5, sigma=0.9, name="[red]fílm.mkv").save(folder / "[red]fílm")
    return folder


def one_line(text: str) -> bool:
    return text.startswith("authorship: ") and text.count("\n") == 1


def test_a_film_on_the_terminal(films: Path, run: Run) -> None:
    status, out, err = run("classify", films / "long takes")
    assert (status, err) == (0, "")
    for part in (
        "long takes.mkv",
        "640 × 360",
        "25 fps",
        "average (ASL)",
        "ECU extreme close up",
        "█",
        "Béla Tarr",
        "○ Ingmar Bergman",
        "shot lengths, 94 films and scale as the network measures it",
        "For and against",
        "Compared with each candidate's films",
        "Satantango",
        "Limits of this answer",
    ):
        assert part in out, part
    assert out.index("Candidates") < out.index("Verdict") < out.index("Limits of this answer")


def test_file_names_are_not_markup(films: Path, run: Run) -> None:
    _, out, _ = run("classify", films / "[red]fílm")
    assert "[red]fílm.mkv" in out
    status, _, err = run("classify", films / "[bold]absent.mkv")
    assert status == 2
    assert "[bold]absent.mkv: no such file" in err


def test_json_is_one_object_and_nothing_else(films: Path, run: Run) -> None:
    status, out, err = run("classify", films, "--json")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert set(document) == {"format", "format_version", "software", "reference", "films", "errors"}
    assert document["errors"] == []
    assert [film["path"] for film in document["films"]] == ["[red]fílm.mkv", "long takes.mkv"]
    for film in document["films"]:
        assert {"verdict", "candidates", "shots", "scales", "limits", "provenance"} <= set(film)
        assert {"director", "probability"} <= set(film["candidates"][0])
    assert document["reference"]["n_films"] == 94


def test_one_bad_film_does_not_lose_the_others(films: Path, run: Run, tmp_path: Path) -> None:
    absent = tmp_path / "absent.mkv"
    status, out, err = run("classify", absent, films / "long takes", "--json")
    assert status == 2
    assert one_line(err)
    document = json.loads(out)
    assert [film["candidates"][0]["director"] for film in document["films"]] == ["Béla Tarr"]
    assert document["errors"] == [{"path": str(absent), "error": f"{absent}: no such file; check the path"}]


def test_a_folder_without_films(tmp_path: Path, run: Run) -> None:
    status, out, err = run("classify", tmp_path)
    assert (status, out) == (2, "")
    assert one_line(err)
    assert "without films" in err


@pytest.mark.parametrize("options", [["--confidence", "2"], ["--reference", "absent.csv"], ["--no-such-option"], []])
def test_options_that_cannot_be(options: Sequence[str], films: Path, run: Run) -> None:
    paths = [films] if options else []
    status, out, err = run("classify", *paths, *options)
    assert (status, out) == (2, "")
    assert err


def test_a_reference_with_a_missing_column(films: Path, run: Run, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("film_id,average_shot_length\na,3\n", encoding="utf-8")
    status, _, err = run("classify", films, "--reference", table)
    assert status == 2
    assert (
        err
        == f"authorship: {table}: lacks the column director; a reference names each film's director; add the column\n"
    )


def test_a_saved_analysis_that_is_broken(films: Path, run: Run) -> None:
    (films / "long takes" / "shots.csv").write_text("start,end\n0,1\n5,6\n", encoding="utf-8")
    status, out, err = run("classify", films, "--json")
    assert status == 2
    assert one_line(err)
    assert len(json.loads(out)["films"]) == 1


def test_saving_one_film_and_several(films: Path, run: Run, tmp_path: Path) -> None:
    one, several = tmp_path / "one", tmp_path / "several"
    assert run("classify", films / "long takes", "--save", one)[0] == 0
    assert sorted(path.name for path in one.iterdir()) == ["film.json", "scales.csv", "shots.csv"]
    assert len(read_shots(one / "shots.csv")) == 150
    assert next(iter(read_scales(one / "scales.csv").columns)) == "time"
    twin = tmp_path / "other" / "long takes"
    load_analysis(films / "long takes").save(twin)
    assert run("classify", films, twin, "--save", several)[0] == 0
    assert sorted(path.name for path in several.iterdir()) == ["[red]fílm", "long takes", "long takes-2"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_an_output_folder_that_cannot_be_written(films: Path, run: Run, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    status, out, err = run("classify", films, "--save", tmp_path / "out")
    assert (status, out) == (2, "")
    assert one_line(err)


def test_an_output_folder_that_is_a_file(films: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    status, out, err = run("classify", films, "--save", tmp_path / "out")
    assert (status, out) == (2, "")
    assert one_line(err)


def test_a_shot_table_by_itself(tmp_path: Path, run: Run) -> None:
    shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    shots.to_csv(tmp_path / "by hand.csv", index=False)
    status, out, _ = run("classify", tmp_path / "by hand.csv")
    assert status == 0
    assert "not measured: only a shot table was given" in out
    status, out, err = run("classify", tmp_path / "by hand.csv", "--save", tmp_path / "out", "--json")
    assert status == 0
    assert "no analysis to save" in err
    assert json.loads(out)["films"][0]["scales"] is None


def test_debug_shows_the_traceback(tmp_path: Path, run: Run) -> None:
    with pytest.raises(ValueError, match="without films"):
        run("classify", tmp_path, "--debug")


def test_the_codebook(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("features", "--list")
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "name,group,unit,definition,reference"
    assert len(lines) == len(FEATURE_NAMES) + 1
    assert run("features", "--list", "-o", tmp_path / "codebook.csv")[0] == 0
    assert tuple(pd.read_csv(tmp_path / "codebook.csv")["name"]) == FEATURE_NAMES


def test_a_feature_table(films: Path, run: Run, tmp_path: Path) -> None:
    assert run("features", films, "-o", tmp_path / "features.csv")[0] == 0
    table = pd.read_csv(tmp_path / "features.csv", index_col="film_id")
    assert tuple(table.columns) == FEATURE_NAMES
    assert table.loc["long takes", "n_shots"] == 150
    status, out, _ = run("features", films / "long takes" / "shots.csv")
    assert status == 0
    assert out.splitlines()[1].startswith("long takes,150,")
    assert run("features")[0] == 2


def test_version_and_help(run: Run) -> None:
    assert run("--version")[1].strip()
    for command in ([], ["classify"], ["features"]):
        status, out, _ = run(*command, "--help")
        assert status == 0
        assert "authorship classify film.mkv" in out or "authorship features" in out


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--help"], {"torch", "av", "sklearn", "xgboost", "pandas", "scipy"}),
        (["features", "--list"], {"torch", "av", "sklearn", "xgboost"}),
        (["classify", "{film}", "--json"], {"torch", "av", "xgboost"}),
    ],
)
def test_tables_need_neither_torch_nor_av(arguments: list[str], absent: set[str], films: Path) -> None:
    arguments = [argument.format(film=films / "long takes") for argument in arguments]
    code = (
        "import sys; from authorship.cli.app import main\n"
        f"sys.argv = ['authorship', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as leaving:\n    assert not leaving.code, leaving.code\n"
        f"loaded = {absent!r} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


def test_fit_then_classify_benchmark_verify_and_roll(tmp_path: Path, draw_film: DrawFilm, run: Run) -> None:
    corpus = tmp_path / "corpus"
    rows = ["film,director"]
    for i in range(12):
        asl = (4.0, 12.0, 40.0)[i % 3]
        draw_film(n_shots=60, asl=asl, sigma=0.8, seed=i, name=f"{i}.mkv").save(corpus / f"{i}")
        rows.append(f"{i},{('Fast', 'Middle', 'Slow')[i % 3]}")
    (corpus / "films.csv").write_text("\n".join(rows), encoding="utf-8")
    reference = tmp_path / "reference"
    status, out, _ = run("fit", corpus, "-o", reference)
    assert status == 0
    assert "Middle: 4 films" in out

    status, out, _ = run("classify", corpus / "0", "--reference", reference, "--json")
    assert status == 0
    assert json.loads(out)["films"][0]["candidates"][0]["director"] == "Fast"

    options = ["--classifier", "Burrows' Delta", "--permutations", "5", "--jobs", "1"]
    status, out, _ = run("benchmark", reference, *options, "--json", "-o", tmp_path / "out")
    assert status == 0
    result = json.loads(out)
    assert {"selected", "results", "baselines"} <= set(result)
    assert {row["features"] for row in result["results"]} == {
        "durations",
        "distributions",
        "transitions",
        "sequence",
        "runs",
        "scale",
        "all",
    }
    assert "| all" in (tmp_path / "out" / "benchmark.md").read_text(encoding="utf-8")

    status, out, _ = run("verify", corpus / "0", "--director", "Fast", "--reference", reference, "--json")
    assert status == 0
    answer = json.loads(out)
    assert answer["verdict"] in ("yes", "no", "undecided")
    assert {"auroc", "c_at_1", "decided", "right_when_decided"} <= set(answer["quality"])
    status, out, _ = run("verify", corpus / "0", "--director", "Fast", "--reference", reference)
    assert status == 0
    assert f"leaving open) {answer['quality']['c_at_1']:.2f}" in " ".join(out.split())
    status, _, err = run("verify", corpus / "0", "--director", "Nobody", "--reference", reference)
    assert status == 2
    assert one_line(err)

    status, out, _ = run("roll", corpus / "0", "--window", "20", "--step", "20", "--reference", reference, "--json")
    assert status == 0
    document = json.loads(out)
    assert len(document["windows"]) == 3
    told = run("roll", "--help")[1]
    assert all(key in told for key in [*document, *list(document["windows"][0])[:5]])  # then come the candidates
    status, out, _ = run("roll", corpus / "0", "--window", "20", "--step", "20")
    assert status == 0
    assert out.splitlines()[1].split()[:2] == ["part", "shots"]
    assert " 20 " in out.splitlines()[2]


@pytest.mark.parametrize("command", ["classify", "features", "verify", "roll", "fit", "benchmark"])
def test_every_command_teaches_with_an_example(command: str, run: Run) -> None:
    status, out, _ = run(command, "--help")
    assert status == 0
    assert f"authorship {command} " in out
    assert "Examples" in out


def test_several_films_get_a_line_each(films: Path, run: Run) -> None:
    status, out, err = run("classify", films)
    assert (status, err) == (0, "")
    head, *lines, assumed, total = filter(None, out.splitlines())
    assert assumed == "Percentages assume that each film is by one of the candidates."
    assert head.split() == ["film", "shots", "likeliest", "remain", "verdict"]
    assert len(lines) == 2
    assert next(line for line in lines if line.startswith("long takes.mkv")).endswith("0 of 6 none of these")
    assert total.startswith("2 films: ")
    assert max(map(len, out.splitlines())) <= 80


def test_an_overview_names_no_candidate_who_was_ruled_out(capsys: pytest.CaptureFixture[str]) -> None:
    shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    answer = classify(Film("sixty long takes", shots))
    for remains, name in ((True, "Béla Tarr"), (False, "–")):
        overview = Overview()
        overview.add(replace(answer, candidates=tuple(replace(one, remains=remains) for one in answer.candidates)))
        _, line = capsys.readouterr().out.splitlines()
        assert line.removeprefix("sixty long takes").split(maxsplit=1)[1].startswith(name), line


def test_an_overview_agrees_with_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    answer, few = classify(Film("sixty long takes", shots)), classify(Film("five long takes", shots[:5]))
    second = answer.candidates[1]
    alone = replace(answer, candidates=tuple(replace(one, remains=one is second) for one in answer.candidates))
    unsure = replace(few, candidates=tuple(replace(one, remains=True) for one in few.candidates))
    for one, name, share in ((alone, second.name, percent(second.probability)), (unsure, few.candidates[0].name, "–")):
        overview = Overview()
        overview.add(one)
        _, line = capsys.readouterr().out.splitlines()
        assert f" {name} " in line
        assert f" {share} " in line
        index = write_index(tmp_path / "index.html", [(tmp_path / "film.html", one)]).read_text(encoding="utf-8")
        assert name in index
        assert escape(share) in index


def test_nearest_films_are_by_shot_lengths_alone_if_nothing_else_was_compared(
    draw_film: DrawFilm, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = classify(draw_film(n_shots=150, asl=145, sigma=0.75))
    print_attribution(answer)
    assert "by shot lengths alone" in capsys.readouterr().out
    print_attribution(replace(answer, evidence=replace(answer.evidence, compared=answer.basis.features)))
    assert "by shot lengths alone" not in capsys.readouterr().out


def test_details_show_all_of_several_films(films: Path, run: Run) -> None:
    status, out, _ = run("classify", films, "--details")
    assert status == 0
    assert out.count("Limits of this answer") == 2


def test_an_overview_counts_what_failed(films: Path, run: Run) -> None:
    status, out, _ = run("classify", films / "long takes", "absent.mkv")
    assert status == 2
    assert "2 films: 1 " in out
    assert "1 failed" in out


def test_reports_of_several_films_have_an_index(films: Path, run: Run, tmp_path: Path) -> None:
    status, _, err = run("classify", films, "--report", tmp_path / "pages")
    assert (status, err) == (0, f"authorship: written to {tmp_path / 'pages' / 'index.html'}\n")
    page = (tmp_path / "pages" / "index.html").read_text(encoding="utf-8")
    linked = {unquote(link) for link in re.findall(r'href="([^"]+)"', page)}
    assert linked == {path.name for path in (tmp_path / "pages").iterdir()} - {"index.html"}
    assert "[red]fílm.mkv" in page
