"""Given shots are treated like detected ones, and the answer says that they were given."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from authorship.attribution.answer import Attribution
from authorship.attribution.attributor import Attributor
from authorship.cli.lists import Teller
from authorship.cli.rendering import print_attribution
from authorship.features import film_features
from authorship.listed_film import film_from_shotlist
from authorship.opening import open_film
from shotscale.film import Film
from shotscale.opening import write_shots
from shotscale.part import PartOptions
from shotscale.progress import Progress
from shotscale.scales import ShotScale
from shotscale.shotlists import read_shotlist, write_shotlist

DrawFilm = Callable[..., Film]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def analysis(draw_film: DrawFilm) -> Film:
    return draw_film(n_shots=150, asl=200, sigma=0.75, name="long takes.mkv")


@pytest.fixture
def cuts(tmp_path: Path, analysis: Film) -> Path:
    """Write the shots of a film as a list of cut times."""
    path = tmp_path / "cuts.csv"
    path.write_text("time\n" + "".join(f"{end:.6f}\n" for end in analysis.shots["end"]), encoding="utf-8")
    return path


def shown(answer: Attribution, attributor: Attributor) -> str:
    """Return what a terminal shows, on one line."""
    stream = StringIO()
    print_attribution(answer, Console(file=stream, width=100))
    return " ".join(stream.getvalue().split())


def test_a_list_of_cut_times_is_answered_as_the_film_is(cuts: Path, analysis: Film, attributor: Attributor) -> None:
    of_film = attributor.attribute(Film(analysis.path, analysis.shots))
    of_list = attributor.attribute(film_from_shotlist(cuts))
    assert of_list.verdict == of_film.verdict == "Béla Tarr"
    for one, other in zip(of_list.candidates, of_film.candidates, strict=True):
        assert one.name == other.name
        assert one.probability == pytest.approx(other.probability, abs=1e-4)
    assert "Shots, as given" in shown(of_list, attributor)
    assert "The shots were given (cuts.csv, read as cut times), not detected." in shown(of_list, attributor)
    assert "given (" not in shown(of_film, attributor)
    assert "Shots, as given" not in shown(of_film, attributor)


def test_the_json_says_that_shots_were_given(cuts: Path, run_program: Run) -> None:
    status, out, err = run_program("authorship", "classify", "--shots", cuts, "--json")
    assert (status, err) == (0, "")
    [film] = json.loads(out)["films"]
    told = film["provenance"]["shots"]
    assert (told["source"], told["format"], told["scales"]) == ("given", "cut times", None)
    assert len(told["checksum"]) == 64
    assert film["limits"][0] == "The shots were given (cuts.csv, read as cut times), not detected."
    assert "Shot scales are not known: the list has none." in film["limits"]
    assert film["scales"] is None


def test_a_column_that_was_not_read_as_scales_is_not_denied(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("length,framing\n4,tight\n5,loose\n", encoding="utf-8")
    assert "Shot scales are not known: no column was read as scales." in film_from_shotlist(path).limits


@pytest.mark.parametrize("suffix", ["edl", "otio", "eaf", "csv"])
def test_every_format_carries_the_features(suffix: str, analysis: Film, tmp_path: Path, run_program: Run) -> None:
    analysis.save(tmp_path / "film")
    path = tmp_path / f"x.{suffix}"
    assert run_program("shotscale", "convert", tmp_path / "film", path) == (0, f"written to {path}\n", "")
    film = film_from_shotlist(path, fps=Fraction(25) if suffix == "edl" else None)
    measured, given = film_features(analysis.shots, analysis.scales), film_features(film.shots, film.scales)
    for name in ("n_shots", "average_shot_length", "shot_length_cv", "share_cu", "share_els", "shot_share_ms"):
        assert given[name] == pytest.approx(measured[name], abs=0.01), name


@pytest.mark.parametrize(("checked", "told"), [({}, 1), ({"n_checked": 149}, 1), ({"n_checked": 150}, 0)])
def test_a_list_with_measured_scales_is_said_to_be_taken_for_coded(
    checked: dict[str, int], told: int, analysis: Film, tmp_path: Path
) -> None:
    corrections = {"corrections": {"n_shots": 150} | checked} if checked else {}
    film = replace(analysis, provenance={"settings": {"detector": "default"}} | corrections)
    notes = write_shots(film, tmp_path / "x.csv")
    assert len([note for note in notes if "taken for coded by people" in note]) == told
    assert film_from_shotlist(tmp_path / "x.csv").scales_coded
    assert write_shots(replace(film, scales=None), tmp_path / "y.csv") == ()


def test_scales_of_a_list_become_features(tmp_path: Path, attributor: Attributor) -> None:
    path = tmp_path / "list.csv"
    rows = [f"{10 * k},{('CU', 'LS', '')[k % 3]}" for k in range(1, 61)]
    path.write_text("time,scale\n" + "\n".join(rows), encoding="utf-8")
    answer = attributor.attribute(film_from_shotlist(path))
    assert answer.features["share_close"] == pytest.approx(0.5)
    assert answer.features["share_ls"] == pytest.approx(0.5)
    assert any("20 of 60 shots have none." in limit for limit in answer.limits)
    assert answer.film.provenance["shots"]["scales"] == "given"
    assert "50 %" in shown(answer, attributor)


def test_the_decoding_of_one_film_is_shown(analysis: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[float] = []

    def decoded(path: Path, *, progress: Progress, **_: object) -> Film:
        progress(30, 60)
        return analysis

    show = nullcontext(lambda done, total: shown.append(done / total))
    monkeypatch.setattr("authorship.cli.lists.film_progress", lambda _: show)
    monkeypatch.setattr("authorship.opening.open_film", decoded)
    assert Teller().film(tmp_path / "film.mkv", PartOptions()) is analysis
    assert shown == [0.5]


def test_a_list_of_which_only_inserts_are_marked_is_answered_by_its_shot_lengths(tmp_path: Path) -> None:
    rows = "".join(f"{3 + k % 11},{'insert shot' if k % 9 == 0 else ''}\n" for k in range(500))
    (tmp_path / "inserts.csv").write_text(f"length,scale\n{rows}", encoding="utf-8")
    assert Attributor().basis_of(film_from_shotlist(tmp_path / "inserts.csv")).name == "lengths"


def test_scales_beside_a_saved_table_are_taken(analysis: Film, tmp_path: Path) -> None:
    analysis.save(tmp_path / "film")
    film = open_film(tmp_path / "film" / "shots.csv")
    assert film.scales is not None
    assert film.provenance["shots"]["scales"] == "scales.csv"
    assert len(film.scales) == len(analysis.scales)


def test_several_lists_and_a_bad_one(cuts: Path, tmp_path: Path, run_program: Run) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("5\n3\n", encoding="utf-8")
    status, out, err = run_program("authorship", "classify", "--shots", cuts, "--shots", bad, "--json")
    assert status == 2
    assert err == (
        f"authorship: {bad}: line 2: 3 s does not come after 5 s; cut times increase; sort them, or head the column "
        "'length' if these are shot lengths\n"
    )
    assert len(json.loads(out)["films"]) == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["classify"], "no film: nothing to classify"),
        (
            ["classify", "--shots", "{scenes}"],
            "counts frames, so the film's frames per second are needed; add --fps 25",
        ),
        (["classify", "--shots", "{scenes}", "--fps", "many"], "not a frame rate"),
    ],
)
def test_what_is_missing(arguments: Sequence[str], problem: str, tmp_path: Path, run_program: Run) -> None:
    scenes = tmp_path / "film.scenes.txt"
    scenes.write_text("0 24\n25 49\n", encoding="utf-8")
    status, out, err = run_program("authorship", *(argument.format(scenes=scenes) for argument in arguments))
    assert (status, out) == (2, "")
    assert problem in err
    assert err.count("\n") == 1


def test_frames_a_second_of_a_list(tmp_path: Path) -> None:
    scenes = tmp_path / "film.scenes.txt"
    scenes.write_text("0 24\n25 49\n", encoding="utf-8")
    film = film_from_shotlist(scenes, fps=Fraction(25))
    assert film.shots["end"].tolist() == [1.0, 2.0]
    assert film.provenance["shots"]["fps"] == "25"


def test_convert_replaces_nothing_unasked(cuts: Path, tmp_path: Path, run_program: Run) -> None:
    target = tmp_path / "out.eaf"
    assert run_program("shotscale", "convert", cuts, target)[0] == 0
    status, _, err = run_program("shotscale", "convert", cuts, target)
    assert status == 2
    assert "exists already" in err
    assert run_program("shotscale", "convert", cuts, target, "--overwrite")[0] == 0
    status, _, err = run_program("shotscale", "convert", cuts, tmp_path / "out.edl")
    assert status == 2
    assert "--fps" in err
    status, _, err = run_program("shotscale", "convert", tmp_path, tmp_path / "out.csv")
    assert status == 2
    assert "a folder without a saved analysis" in err


@pytest.mark.parametrize(
    ("command", "remedy"),
    [("classify", "add --fps 25, say\n"), ("features", "takes these options and writes a plain table\n")],
)
def test_a_list_that_counts_frames_names_only_options_that_there_are(
    command: str, remedy: str, analysis: Film, tmp_path: Path, run: Run
) -> None:
    write_shotlist(analysis.shots, tmp_path / "x.edl", fps=Fraction(25))
    status, _, err = run(command, tmp_path / "x.edl")
    assert (status, " here" in err) == (2, False)
    assert err.endswith(remedy)


@pytest.mark.parametrize(
    "command", [["verify", "--director", "Ingmar Bergman"], ["roll", "--window", "20"], ["compare", "x.edl"]]
)
def test_commands_on_one_film_take_the_frame_rate_of_a_list(
    command: list[str], analysis: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    write_shotlist(analysis.shots, "x.edl", fps=Fraction(25))
    status, out, err = run(*command, "x.edl", "--fps", 25, "--json")
    assert status == 0, err
    assert json.loads(out)
    assert err.startswith("authorship: x.edl: read as EDL, ")


def test_convert_takes_the_frame_rate_and_scales_of_an_analysis(
    analysis: Film, tmp_path: Path, run_program: Run
) -> None:
    analysis.save(tmp_path / "film")
    assert run_program("shotscale", "convert", tmp_path / "film", tmp_path / "film.otio")[0] == 0
    read = read_shotlist(tmp_path / "film.otio")
    assert read.fps == 25
    np.testing.assert_allclose(read.shots["start"], analysis.shots["start"], atol=0.5 / 25 + 1e-9)
    assert read.scales is not None
    assert isinstance(read.scales[0], ShotScale)


def test_reading_a_list_needs_neither_torch_nor_av(tmp_path: Path, analysis: Film) -> None:
    write_shotlist(analysis.shots, tmp_path / "x.otio", fps=Fraction(25))
    code = (
        "import sys; from authorship.cli.app import main\n"
        f"sys.argv = ['authorship', 'classify', '--shots', {str(tmp_path / 'x.otio')!r}, '--json']\n"
        "try:\n    main()\nexcept SystemExit as leaving:\n    assert not leaving.code, leaving.code\n"
        "loaded = {'torch', 'av', 'xgboost'} & set(sys.modules)\nassert not loaded, loaded\n"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


TSV = "StartTime\tEndTime\tValue\n" + "".join(f"{5000 * k}\t{5000 * k + 5000}\tclose-up\n" for k in range(40))
HOW = ["--columns", "start=StartTime,end=EndTime,scale=Value", "--unit", "ms"]
SAID = (
    "read as shot table, start = 'StartTime', end = 'EndTime', scale = 'Value', milliseconds (--unit); 40 shots, the "
    "first 0 to 5 s, the last 195 to 200 s"
)


def test_every_command_says_how_a_list_was_read(analysis: Film, tmp_path: Path, run_program: Run) -> None:
    path, folder = tmp_path / "coded.tsv", tmp_path / "film"
    path.write_text(TSV, encoding="utf-8")
    status, out, err = run_program("shotscale", "convert", path, tmp_path / "out.csv", *HOW)
    assert (status, out, err) == (0, f"written to {tmp_path / 'out.csv'}\n", f"shotscale: {path}: {SAID}\n")
    analysis.save(folder)
    status, _, err = run_program("shotscale", "import-coding", folder, path, *HOW)
    assert (status, err.splitlines()[0]) == (0, f"shotscale: {path}: {SAID}")
    status, out, err = run_program("authorship", "classify", "--shots", path, *HOW)
    assert (status, err) == (0, f"authorship: {path}: {SAID}\n")
    (tmp_path / "coded.csv").write_text(TSV, encoding="utf-8")
    status, out, err = run_program("authorship", "classify", tmp_path / "coded.csv", *HOW)
    assert (status, err) == (0, f"authorship: {tmp_path / 'coded.csv'}: {SAID}\n")
    status, out, err = run_program("authorship", "features", tmp_path / "coded.csv")
    assert status == 2
    assert err.endswith("frames; shotscale convert takes these options and writes a plain table\n")
    status, out, err = run_program("authorship", "classify", "--shots", path, *HOW, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["films"][0]["provenance"]["shots"]["understood"] == SAID


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ([], "say which with --unit s, ms or frames"),
        (["--unit", "feet"], "--unit feet: not one of ms s min frames"),
        (["--unit", "frames"], "add --fps 25"),
        (["--columns", "begin=1"], "is not ROLE=COLUMN"),
        (["--columns", "start=Nowhere,end=EndTime"], "no column has this name"),
        (["--gaps", "maybe"], "--gaps maybe: not one of refuse black out"),
        (["--decimal", ";"], "--decimal ;: not one of . ,"),
    ],
)
def test_options_of_lists_that_are_wrong(options: list[str], problem: str, tmp_path: Path, run_program: Run) -> None:
    path = tmp_path / "coded.tsv"
    path.write_text(TSV, encoding="utf-8")
    status, out, err = run_program("shotscale", "convert", path, tmp_path / "out.csv", *options)
    assert (status, out) == (2, "")
    assert problem in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()
