"""From a film file to a verdict through the commands, on intact films and on anything else a user may pass."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from shotscale.analysis import analyze
from shotscale.drawn import Cut, Dissolve, Fade, Shot, draw_film
from shotscale.opening import load_analysis
from shotscale.scales import ShotScale
from shotscale.tables import SHOT_COLUMNS, TRACK_COLUMNS, read_scales, read_shots

Run = Callable[..., tuple[int, str, str]]

DECODABLE = (
    "plain",
    "mkv",
    "variable_rate",
    "late_start",
    "edit_list",
    "one_frame",
    "odd_size",
    "tiny",
    "anamorphic",
    "rotated",
    "hdr",
    "interlaced",
    "letterboxed",
    "gif",
    "avi",
    "flv",
    "raw",
    "named",
    "truncated_mp4",
    "truncated_mkv",
    "damaged_mkv",
)
NO_FILM = {
    "truncated_no_index": "cut short",
    "absurd": "16000 x 12000",
    "sound_only": "sound",
    "cover_only": "cover",
    "empty": "empty",
    "text": "not a video",
    "no_length": "no video inside",
    "playlist": "not a",
    "concat": "not a",
}


@pytest.fixture(scope="module")
def short_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw a film of seven shots with cuts, a dissolve and a fade."""
    script = [
        Shot(seconds=2, setting="room", scale=ShotScale.CLOSE_UP),
        Cut(),
        Shot(seconds=2, setting="street", scale=ShotScale.LONG_SHOT),
        Cut(),
        Shot(seconds=1.5, setting="night", scale=ShotScale.MEDIUM_SHOT),
        Dissolve(1),
        Shot(seconds=3, setting="room", look=1, scale=ShotScale.MEDIUM_CLOSE_UP),
        Cut(),
        Shot(seconds=2, setting="street", look=1, scale=ShotScale.CLOSE_UP),
        Fade(1.5),
        Shot(seconds=3, setting="beach", scale=ShotScale.EXTREME_LONG_SHOT),
        Cut(),
        Shot(seconds=2, setting="room", scale=ShotScale.MEDIUM_LONG_SHOT),
    ]
    path = tmp_path_factory.mktemp("short") / "short film.mkv"
    draw_film(path, seed=3, script=script, size=(320, 180))
    return path


def one_line(text: str, command: str) -> bool:
    return text.startswith(f"{command}: ") and text.count("\n") == 1


@pytest.mark.parametrize("name", DECODABLE)
def test_every_film_that_decodes_is_answered(name: str, films: Any, run_program: Run, tmp_path: Path) -> None:
    status, out, err = run_program("authorship", "classify", films[name], "--json", "--save", tmp_path / "out")
    assert (status, err) == (0, f"authorship: written to {tmp_path / 'out'}\n")
    [film] = json.loads(out)["films"]
    assert film["verdict"]
    assert sum(candidate["probability"] for candidate in film["candidates"]) == pytest.approx(1)
    assert any("short clip" in limit for limit in film["limits"])
    shots, scales = read_shots(tmp_path / "out" / "shots.csv"), read_scales(tmp_path / "out" / "scales.csv")
    assert shots["end"].iloc[-1] == pytest.approx(film["film"]["duration"], abs=1e-5)
    assert len(shots) == film["shots"]["n_shots"]
    assert len(scales) == film["scales"]["n_frames"] >= 1


@pytest.mark.parametrize("name", NO_FILM)
@pytest.mark.parametrize("command", [("authorship", "classify"), ("shotscale", "analyze")])
def test_what_is_no_film_is_told_in_one_line(
    command: tuple[str, str], name: str, films: Any, run_program: Run, tmp_path: Path
) -> None:
    out_folder = tmp_path / "out"
    status, out, err = run_program(*command, films[name], "--save", out_folder)
    assert status == 2
    assert out == ""
    assert one_line(err, command[0])
    assert str(films[name]) in err
    assert NO_FILM[name] in err
    assert not list(tmp_path.rglob("*.*"))


@pytest.mark.parametrize("command", [("authorship", "classify"), ("shotscale", "analyze")])
def test_a_missing_file_and_an_empty_folder(command: tuple[str, str], run_program: Run, tmp_path: Path) -> None:
    for path, complaint in ((tmp_path / "none.mkv", "no such file"), (tmp_path, "without films")):
        status, _, err = run_program(*command, path)
        assert status == 2
        assert one_line(err, command[0])
        assert complaint in err


def test_one_bad_film_among_good_ones(films: Any, run_program: Run, tmp_path: Path) -> None:
    status, out, err = run_program("shotscale", "analyze", films["plain"], films["text"], films["mkv"], "--json")
    assert status == 2
    assert one_line(err, "shotscale")
    document = json.loads(out)
    assert [Path(film["film"]["path"]) for film in document["films"]] == [films["plain"], films["mkv"]]
    assert [error["path"] for error in document["errors"]] == [str(films["text"])]


def test_a_folder_that_cannot_be_written(films: Any, run_program: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    status, _, err = run_program("shotscale", "analyze", films["plain"], "--save", tmp_path / "taken")
    assert status == 2
    assert one_line(err, "shotscale")
    assert "taken" in err


def test_weights_that_cannot_be_used(films: Any, run_program: Run, tmp_path: Path) -> None:
    from importlib import resources

    whole = resources.files("shotscale.data").joinpath("default.safetensors").read_bytes()
    (tmp_path / "short.safetensors").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.safetensors").write_text("weights", encoding="utf-8")
    for weights in ("short.safetensors", "text.safetensors", "none.safetensors"):
        status, out, err = run_program("authorship", "classify", films["plain"], "--weights", tmp_path / weights)
        assert (status, out) == (2, "")
        assert one_line(err, "authorship")
        assert weights in err


def test_an_unknown_detector_names_the_known(films: Any, run_program: Run) -> None:
    status, _, err = run_program("shotscale", "analyze", films["plain"], "--detector", "psychic")
    assert status == 2
    assert one_line(err, "shotscale")
    assert "psychic" in err
    assert "default" in err


def test_the_four_lines_of_the_library(short_film: Path) -> None:
    import authorship
    import shotscale

    analysis = shotscale.analyze(short_film)
    answer = authorship.classify(analysis)
    assert tuple(analysis.shots.columns) == SHOT_COLUMNS
    assert tuple(analysis.scales.columns) == TRACK_COLUMNS
    assert answer.verdict
    assert repr(authorship.classify(short_film).candidates) == repr(answer.candidates)  # NaN does not equal itself


def test_saved_and_loaded_are_the_same(short_film: Path, tmp_path: Path) -> None:
    analysis = analyze(short_film)
    analysis.save(tmp_path / "out")
    loaded = load_analysis(tmp_path / "out")
    pd.testing.assert_frame_equal(loaded.shots, analysis.shots, atol=1e-6, rtol=0)
    pd.testing.assert_frame_equal(loaded.scales, analysis.scales, atol=1e-6, rtol=0)
    assert loaded.limits == analysis.limits
    assert loaded.info == json.loads(json.dumps(analysis.info))
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["film.json", "scales.csv", "shots.csv"]


def test_one_sample_a_second(short_film: Path) -> None:
    analysis = analyze(short_film)
    times = analysis.scales["time"].to_numpy()
    assert times.tolist() == pytest.approx(list(range(len(times))), abs=0.05)


def test_progress_reaches_the_end(short_film: Path) -> None:
    seen: list[tuple[float, float | None]] = []
    analysis = analyze(short_film, progress=lambda done, total: seen.append((done, total)))
    done = [moment for moment, _ in seen]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(analysis.info["duration"], abs=0.1)


@pytest.mark.parametrize("command", ["authorship", "shotscale"])
def test_help_loads_neither_torch_nor_av(command: str) -> None:
    program = (
        "import sys\n"
        f"from {command}.cli.app import main\n"
        f"sys.argv = ['{command}', '--help']\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'torch', 'av', 'pandas', 'scipy', 'sklearn', 'xgboost'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_an_analysis_needs_none_of_the_libraries_that_train(films: Any) -> None:
    program = (
        "import sys\n"
        "from shotscale import analyze\n"
        "if __name__ == '__main__':\n"
        f"    assert len(analyze({str(films['plain'])!r}).shots)\n"
        "    heavy = {'torch', 'sklearn', 'xgboost', 'scipy.stats'} & set(sys.modules)\n"
        "    assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_drawing_the_demo_film(run_program: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test only the command; `tests/shotscale/drawn` tests the film that it draws."""
    import shotscale.drawn

    drawn: list[dict[str, Any]] = []
    monkeypatch.setattr(shotscale.drawn, "draw_film", lambda path, **options: drawn.append({"path": path, **options}))
    status, _, err = run_program("shotscale", "draw", tmp_path / "new" / "demo.mkv", "--seed", 4)
    assert (status, err) == (0, "")
    assert drawn[0]["path"] == tmp_path / "new" / "demo.mkv"
    assert drawn[0]["seed"] == 4
    assert (tmp_path / "new").is_dir()
