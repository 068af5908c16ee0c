"""Composed clips, labels, fitting, and model files."""

import json
import shutil
from fractions import Fraction
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from shotscale.boundaries import synthesis
from shotscale.boundaries.benchmark import benchmark_detectors
from shotscale.boundaries.clips import Clip, read_clips, read_truth
from shotscale.boundaries.descriptors import describe
from shotscale.boundaries.examples import CUT, GRADUAL, IGNORED, NEITHER, examine, label_gaps
from shotscale.boundaries.features import Window, feature_names, gap_features, gate_names
from shotscale.boundaries.model import (
    CARD_NAME,
    GATE_NAME,
    N_CODES,
    SEQUENCE_NAMES,
    GapModel,
    blend,
    combine,
)
from shotscale.boundaries.registry import _MAKERS, DETECTORS
from shotscale.boundaries.sequence_fitting import as_functions, fit_sequence, serialized
from shotscale.boundaries.synthesis import compose_clip, compose_montage, dissolve, fade_through, shot_pieces, wipe
from shotscale.boundaries.training import train_detector
from shotscale.cli.app import app
from shotscale.detectornames import PEERS
from shotscale.drawn import Dissolve, Shot, draw_frames, plan_shots, write_film
from shotscale.errors import DependencyError, OptionError, TableError, WeightsError
from shotscale.network.graph import read_function

SETTINGS = ("street", "room", "beach", "night")


def _random(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, 27, 48, 3)).astype(np.uint8)


def test_labels_of_a_cut_a_dissolve_and_what_lies_just_outside() -> None:
    labels = label_gaps(np.asarray([[2, 3], [6, 9]]), n_gaps=12)
    expected = [NEITHER, NEITHER, CUT, NEITHER, NEITHER, IGNORED, GRADUAL, GRADUAL, GRADUAL, IGNORED, NEITHER, NEITHER]
    assert labels.tolist() == expected


def test_a_cut_beside_a_dissolve_keeps_its_label() -> None:
    assert label_gaps(np.asarray([[2, 5], [5, 6]]), n_gaps=7).tolist()[5] == CUT


def test_a_dissolve_goes_from_one_shot_to_the_other() -> None:
    before, after = np.full((9, 27, 48, 3), 10, np.uint8), np.full((9, 27, 48, 3), 210, np.uint8)
    means = dissolve(before, after).mean(axis=(1, 2, 3))
    assert np.diff(means).min() > 0
    assert 10 < means[0] < means[-1] < 210


def test_a_fade_holds_its_color_in_the_middle() -> None:
    faded = fade_through(_random(5, 0), _random(5, 1), hold=3, color=16.0)
    assert len(faded) == 13
    assert (faded[5:8] == 16).all()


@pytest.mark.parametrize("iris", [False, True])
def test_a_wipe_shows_each_place_from_one_shot_or_the_other(iris: bool) -> None:
    before, after = np.zeros((20, 27, 48, 3), np.uint8), np.full((20, 27, 48, 3), 200, np.uint8)
    wiped = wipe(before, after, angle=0.3, softness=0.02, iris=iris)
    assert np.isin(wiped, (0, 200)).mean() > 0.95
    assert (np.diff(wiped.astype(int), axis=0) >= 0).all()


def test_composed_clips_follow_from_the_seed_and_their_truth_is_in_order() -> None:
    pieces = [_random(120, seed) for seed in range(6)]
    one, other = (compose_clip(pieces, np.random.default_rng(3), name="x") for _ in range(2))
    assert np.array_equal(one.thumbnails, other.thumbnails)
    assert (one.transitions[:, 1] > one.transitions[:, 0]).all()
    assert (one.transitions[1:, 0] > one.transitions[:-1, 1]).all()
    assert one.transitions.max() < len(one.thumbnails) == len(one.times)


def test_a_montage_is_mostly_shots_of_a_few_frames_that_meet_where_its_truth_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for disturbance in ("_disturbed", "_printed"):
        monkeypatch.setattr(synthesis, disturbance, lambda film, _: film)
    pieces = [np.full((60, 27, 48, 3), level, np.uint8) for level in range(10, 250, 12)]
    for seed in range(8):
        one, other = (compose_montage(pieces, np.random.default_rng(seed), name="x") for _ in range(2))
        assert np.array_equal(one.thumbnails, other.thumbnails)
        first, last = one.transitions.T
        assert (last - first == 1).all()
        assert 1 <= np.median(np.diff(last)) <= 20
        changes = np.flatnonzero(np.diff(one.thumbnails[:, 0, 0, 0].astype(int)))
        assert np.isin(changes, first).all()
        assert len(changes) > 0.7 * len(first)


def test_the_gate_reads_some_of_the_features() -> None:
    window = Window.of(describe(_random(150, 5)))
    assert gap_features(window, np.arange(149)).shape == (149, len(feature_names()))
    assert len(set(feature_names())) == len(feature_names())
    assert set(gate_names()) < set(feature_names())


def test_labels_of_a_slow_clip_are_those_of_repeated_frames() -> None:
    cut = Clip(name="x", times=np.arange(20) / 5, thumbnails=_random(20, 5), transitions=np.array([[7, 8], [12, 15]]))
    example = examine(cut)
    assert len(example.times) == 19 * 5 + 1
    assert example.transitions.tolist() == [[39, 40], [64, 75]]
    assert np.flatnonzero(example.labels == CUT).tolist() == [39]


def test_one_judge_alone_speaks_on_long_gradual_transitions() -> None:
    opinions = np.zeros((100, 4), np.float32)
    opinions[10:20, 3] = opinions[40:80, 3] = 0.9
    blended = blend(opinions)
    assert blended[15].tolist() == pytest.approx([0, 0.45])
    assert blended[60].tolist() == pytest.approx([0, 0.9])


def test_trees_and_network_have_half_a_say_each() -> None:
    scores = np.asarray([[0.8, 0.1, 0.6, 0.3, 0.2, 0.6]], np.float32)
    assert combine(scores)[0].tolist() == pytest.approx([0.45, 0.4])


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Draw six clips, each with four shots and one dissolve."""
    folder = tmp_path_factory.mktemp("clips")
    rows = []
    for number in range(6):
        shots = [Shot(seconds=1.2, setting=SETTINGS[(number + i) % 4], look=number, scale=None) for i in range(4)]
        script = [*shots[:2], Dissolve(0.4), *shots[2:]]
        write_film(folder / f"{number:03d}.mkv", draw_frames(script, seed=number, size=(96, 54), fps=25), fps=25)
        plan = plan_shots(script, fps=Fraction(25))
        for i, shot in enumerate(plan):
            first = round(shot.transition_end * 25) if shot.kind == "dissolve" else shot.start_frame
            gradual = i + 1 < len(plan) and plan[i + 1].kind == "dissolve"
            last = round(plan[i + 1].transition_start * 25) - 1 if gradual else shot.end_frame - 1
            rows.append({"clip": f"{number:03d}", "first_frame": first, "last_frame": last})
    truth = folder.parent / "truth.csv"
    pd.DataFrame(rows).to_csv(truth, index=False)
    return folder, truth


def test_clip_names_keep_their_leading_zeros(clips: tuple[Path, Path]) -> None:
    assert list(read_truth(clips[1])) == [f"{number:03d}" for number in range(6)]


def test_pieces_lie_within_shots(clips: tuple[Path, Path]) -> None:
    clip = next(read_clips(*clips))
    assert all(len(piece) <= 30 for piece in shot_pieces(clip))
    assert len(shot_pieces(clip)) == 4


def test_training_is_reproducible_and_its_model_finds_the_cuts(clips: tuple[Path, Path], tmp_path: Path) -> None:
    one, other = (
        train_detector(*clips, tmp_path / name, seed=1, n_composed=5, n_montages=5, rounds=4, epochs=1)
        for name in ("one", "other")
    )
    assert one == other
    model = GapModel.load(tmp_path / "one")
    assert 0 <= model.confidence(0.1) < model.confidence(0.9) <= 1
    assert one["cross_validation"]["all"]["n_true"] == 18
    assert one["montages"]["n_true"] == one["training"]["montages"]["n_transitions"] > 100
    assert json.loads((tmp_path / "one" / CARD_NAME).read_text()) == one


def test_the_network_as_written_computes_what_was_fitted(clips: tuple[Path, Path], tmp_path: Path) -> None:
    examples = [examine(clip) for clip in read_clips(*clips)]
    fitted = fit_sequence(examples, seed=2, epochs=1)
    paths = [tmp_path / "encoder.onnx", tmp_path / "reader.onnx"]
    for path, model in zip(paths, serialized(fitted), strict=True):
        path.write_bytes(model)
    encode, read = (read_function(path, output=0, what="a network") for path in paths)
    expected, features = as_functions(fitted), examples[0].features
    codes = encode(features)
    assert codes.shape == (len(features), N_CODES)
    np.testing.assert_allclose(read(codes), expected.read(expected.encode(features)), atol=1e-5)
    assert read(codes[:1]).shape == (1, 2)


def test_benchmark_prints_every_detector_and_sort(clips: tuple[Path, Path]) -> None:
    table = benchmark_detectors(*clips, ["default", "adaptive"])
    assert table[["detector", "sort"]].value_counts().tolist() == [1] * 6
    scores = table.set_index(["detector", "sort"])
    assert scores.loc[("default", "cut"), "f1"] > 0.9
    assert scores.loc[("default", "gradual"), "recall"] > 0.6
    assert (table["n_true"] == [18, 12, 6] * 2).all()


def test_benchmark_runs_scenedetect(clips: tuple[Path, Path]) -> None:
    pytest.importorskip("scenedetect")
    table = benchmark_detectors(*clips, ["scenedetect-content"])
    assert table["n_found"].iloc[0] > 0


def test_benchmark_without_scenedetect(clips: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "scenedetect", None)
    with pytest.raises(DependencyError, match="pip install"):
        benchmark_detectors(*clips, ["scenedetect-content"])


def test_clips_may_be_named_with_their_extension(clips: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text("clip,first_frame,last_frame\n000.mkv,0,5\n000.mkv,6,11\n")
    assert [clip.name for clip in read_clips(clips[0], tmp_path / "truth.csv")] == ["000"]


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["benchmark-shots", *map(str, arguments)])


def test_benchmark_of_an_unknown_detector(clips: tuple[Path, Path]) -> None:
    result = command(*clips, "--detectors", "adaptive,sharp")
    assert isinstance(result.exception, OptionError)
    assert "sharp: no such detector; choose among default" in str(result.exception)


def test_the_command_prints_a_row_a_sort_below_each_detector(clips: tuple[Path, Path]) -> None:
    shown = command(*clips, "--detectors", "adaptive")
    assert shown.exit_code == 0
    _, name, *lines = shown.stdout.splitlines()
    assert name.startswith("adaptive, ")
    assert [line.split()[0] for line in lines] == ["all", "cut", "gradual"]
    assert lines[1].split()[1] == "12"
    assert max(map(len, lines)) <= 80
    printed = command(*clips, "--detectors", "adaptive", "--json").stdout
    scores = json.loads(printed, parse_constant=pytest.fail)["scores"]  # JSON has no NaN
    assert scores[2]["precision"] is None
    assert [row["sort"] for row in scores] == ["all", "cut", "gradual"]
    assert f"{scores[0]['f1']:.3f}" in lines[0]


@pytest.mark.parametrize(
    ("truth", "match"),
    [
        (None, "no such file"),
        ("clip;first_frame\n", "lacks the column"),
        ("clip,first_frame\na,0\n", "last_frame"),
        ("clip,first_frame,last_frame\n", "holds no shot"),
        ("clip,first_frame,last_frame\na,0,half\n", "row 1"),
        ("clip,first_frame,last_frame\na,0,-1\n", "row 1"),
        ("clip,first_frame,last_frame\n000,0,5\nmissing,0,5\n", "missing is not in"),
        ("clip,first_frame,last_frame\n000,0,5\n000,6,99999\n000,100000,100001\n", "correct the table"),
    ],
)
def test_the_command_names_what_it_cannot_use(
    clips: tuple[Path, Path], tmp_path: Path, truth: str | None, match: str
) -> None:
    if truth is not None:
        (tmp_path / "truth.csv").write_text(truth)
    result = command(clips[0], tmp_path / "truth.csv", "--detectors", "adaptive")
    assert isinstance(result.exception, TableError)
    assert match in str(result.exception)
    assert "\n" not in str(result.exception)


def test_help_names_every_detector() -> None:
    assert tuple(_MAKERS) == DETECTORS
    for name, named in (("benchmark-shots", (*DETECTORS, *PEERS)), ("shots", DETECTORS)):
        shown = "".join(CliRunner().invoke(app, [name, "--help"]).stdout.replace("│", "").split())
        assert all(detector in shown for detector in named)


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    with resources.as_file(resources.files("shotscale.data")) as folder:
        for path in folder.glob("boundaries*"):
            shutil.copy(path, tmp_path)
    return tmp_path


def test_the_packaged_model_loads(model_folder: Path) -> None:
    assert 0 < GapModel.load(model_folder).threshold < 1


@pytest.mark.parametrize(("name", "what"), [(GATE_NAME, "trees"), (SEQUENCE_NAMES[0], "a network")])
def test_a_file_cut_short(model_folder: Path, name: str, what: str) -> None:
    path = model_folder / name
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(WeightsError, match=r"not the file that .*; install the package again"):
        GapModel.load(model_folder)
    with pytest.raises(WeightsError, match=f"not {what}"):
        read_function(path, output=0, what=what)


def test_trees_missing(model_folder: Path) -> None:
    (model_folder / GATE_NAME).unlink()
    with pytest.raises(WeightsError, match="no such file"):
        GapModel.load(model_folder)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"features": ["x"]}, "other features"),
        ({"sha256": None}, "lacks sha256"),
        ({"threshold": None}, "threshold"),
        (None, "not a model's card"),
    ],
)
def test_cards_that_do_not_fit(model_folder: Path, change: dict[str, object] | None, match: str) -> None:
    path = model_folder / CARD_NAME
    card = json.loads(path.read_text()) | (change or {})
    whole = json.dumps({key: value for key, value in card.items() if value is not None})
    path.write_text("{" if change is None else whole)
    with pytest.raises(WeightsError, match=match):
        GapModel.load(model_folder)
