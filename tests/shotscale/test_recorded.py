"""What comes out of fixed inputs, recorded: pictures, composed clips, figures, texts. Any change of them is seen."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from rich.console import Console

from shotscale.analysis import analyze
from shotscale.boundaries.calibration import report
from shotscale.boundaries.clips import Clip
from shotscale.boundaries.examples import examine
from shotscale.boundaries.registry import detect_shots
from shotscale.boundaries.scoring import count_matches
from shotscale.boundaries.synthesis import compose_clip, compose_montage
from shotscale.cli.rendering import scale_bars, shot_lines
from shotscale.drawn import SETTINGS, Camera, Cut, Dissolve, Fade, Shot, Wipe, draw_film
from shotscale.drawn.effects import BlackAndWhite, Effect, Flash, Grain
from shotscale.drawn.filming import draw_frames
from shotscale.evaluation.agreement import measure_agreement
from shotscale.evaluation.baselines import box_features
from shotscale.evaluation.gallery import draw_gallery, find_mistakes
from shotscale.evaluation.lines import confusion_lines, figure_lines
from shotscale.evaluation.scores import calibration_error, measure, measure_scales
from shotscale.labeled.dataset import LabeledFrames
from shotscale.labeled.targets import find_subject
from shotscale.lettering import apart, in_lines, in_rows, lettering
from shotscale.network.weights import ScaleModel
from shotscale.opening import write_shots
from shotscale.scales import SCALES
from shotscale.shares import corrected_shares
from shotscale.summary import summarize_scales, summarize_shots
from shotscale.tables import make_scales, make_shots
from shotscale.training.curves import draw_curves, log_table
from shotscale.training.recipe import StepReport
from shotscale.video.pictures import _PQ_TO_DISPLAY

Recorded = Callable[[str, str], None]
Grid = Callable[[np.ndarray], str]
NAMES = [scale.abbreviation for scale in SCALES]


def lines(values: np.ndarray, decimals: int = 3) -> str:
    rows = np.atleast_2d(np.asarray(values, np.float64))
    return "".join(" ".join(f"{value:.{decimals}f}" for value in row) + "\n" for row in rows)


def as_json(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, default=float) + "\n"


def moving(seed: int, n: int = 40) -> np.ndarray:
    """Return thumbnails of a soft picture that drifts by a pixel every other frame."""
    coarse = np.random.default_rng(seed).integers(0, 255, (5, 9, 3)).astype(np.uint8)
    wide = np.asarray(Image.fromarray(coarse).resize((48 + n, 27), Image.Resampling.BICUBIC))
    return np.stack([wide[:, frame // 2 : frame // 2 + 48] for frame in range(n)])


@pytest.mark.parametrize("setting", [*sorted(SETTINGS), "title"])
def test_drawn_settings(setting: str, recorded: Recorded, gray_grid: Grid) -> None:
    scales = [None] if setting == "title" else SCALES
    script: list[Any] = [
        Shot(seconds=1, setting=setting, scale=scale, person=n, angle=n / 6, turn=n / 6 - 0.5, title="Reel Two")
        for n, scale in enumerate(scales)
    ]
    frames = draw_frames(script, seed=3, size=(160, 90), fps=2)
    recorded(f"drawn-{setting}", "\n".join(gray_grid(frame) for frame in [*frames][::2]))


@pytest.mark.parametrize("joined", [Dissolve(1), Fade(1), Wipe(1)], ids=["dissolve", "fade", "wipe"])
def test_drawn_transitions_and_camera_moves(joined: Any, recorded: Recorded, gray_grid: Grid) -> None:
    shots = [Shot(seconds=2, camera=Camera("pan")), Cut(), Shot(seconds=2, camera=Camera("zoom", amount=2.0))]
    script: list[Any] = [*shots, joined, Shot(seconds=2, setting="street", camera=Camera("tilt"), across=0.3)]
    frames = [*draw_frames(script, seed=5, size=(160, 90), fps=4)]
    recorded(f"drawn-{type(joined).__name__.lower()}", "\n".join(gray_grid(frame) for frame in frames[1::3]))


@pytest.mark.parametrize("compose", [compose_clip, compose_montage], ids=["clip", "montage"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_composed_clips(compose: Callable[..., Clip], seed: int, recorded: Recorded) -> None:
    clip = compose([moving(number) for number in range(6)], np.random.default_rng(seed), name="composed")
    example = examine(clip)
    parts = [
        lines(clip.thumbnails[::4].mean(axis=(1, 2, 3)), 1),
        lines(clip.thumbnails[::4].std(axis=(1, 2, 3)), 1),
        lines(clip.transitions, 0),
        lines(np.bincount(example.labels.ravel() + 2), 0),
        lines(np.median(np.nan_to_num(np.asarray(example.features, np.float64)), axis=0), 2),
    ]
    recorded(f"{compose.__name__}-{seed}", "\n".join(parts))


@pytest.mark.parametrize("detector", ["default", "adaptive"])
@pytest.mark.parametrize("compose", [compose_clip, compose_montage], ids=["clip", "montage"])
def test_detected_shots(detector: str, compose: Callable[..., Clip], recorded: Recorded) -> None:
    clip = compose([moving(number) for number in range(6)], np.random.default_rng(4), name="composed")
    shots = detect_shots(clip.thumbnails, clip.times, detector=detector)
    recorded(f"shots-{detector}-{compose.__name__}", shots.to_csv(index=False, float_format="%.3f"))


def test_report_on_a_detector(recorded: Recorded) -> None:
    counts = [count_matches([(n, n + 1) for n in range(9, size, 10)], [(9, 10), (21, 30)]) for size in (20, 40, 60)]
    recorded("detector-report", as_json(report(counts, seed=0)))


def labeled() -> LabeledFrames:
    names = [NAMES[n % 7] for n in range(21)]
    rng = np.random.default_rng(6)
    people = [[[0.2, 0.1, 0.1 + n / 60, 0.1 + n / 30, 0.9]] * (n % 3) for n in range(21)]
    faces = [[[0.3, 0.2, 0.1 + n / 90, 0.1 + n / 50, 0.8]] * (n % 2) for n in range(21)]
    table = pd.DataFrame(
        {
            "file": [
                f"film {n % 4}/a name of a frame that is too long for the width of its picture {n}.png"
                for n in range(21)
            ],
            "scale": names,
            "persons": people,
        }
    ).assign(faces=faces)
    images = [rng.integers(0, 255, (90, 160, 3)).astype(np.uint8) for _ in names]
    subjects = [
        find_subject(name, persons=some, faces=face) for name, some, face in zip(names, people, faces, strict=True)
    ]
    return LabeledFrames(table, images, subjects, np.eye(7)[[NAMES.index(name) for name in names]])


def test_gallery_of_mistakes(recorded: Recorded, gray_grid: Grid, tmp_path: Path) -> None:
    frames = labeled()
    said = np.random.default_rng(7).dirichlet(np.ones(7), 21)
    model = cast(ScaleModel, SimpleNamespace(prepare=lambda image: image, probabilities=lambda _: said))
    mistakes = find_mistakes(frames, model, batch=21)
    recorded("mistakes", as_json([asdict(one) for one in mistakes]))
    draw_gallery(frames, mistakes, tmp_path / "gallery.png", title="Mistakes", most=3)
    recorded("gallery", gray_grid(np.asarray(Image.open(tmp_path / "gallery.png").convert("RGB"))))


def test_figures_of_predictions_and_coders(recorded: Recorded) -> None:
    rng = np.random.default_rng(8)
    truth = rng.integers(0, 7, 120)
    said = rng.dirichlet(np.ones(7), 120) + 0.4 * np.eye(7)[truth]
    said /= said.sum(axis=1, keepdims=True)
    part = measure(truth, said.argmax(axis=1), names=NAMES, clusters=np.minimum(np.arange(120) // 4, 19))
    recorded("scores", as_json({**part, **measure_scales(truth, said)}))
    figures = {"seven": part, "ece": calibration_error(truth, said), "uncalibrated_ece": 0.5}
    recorded("score-lines", "\n".join([*figure_lines(figures), *confusion_lines(part), ""]))
    slips = [np.where(rng.random(120) < 0.3, rng.integers(0, 7, 120), truth) for _ in range(3)]
    coders = {
        f"coder {n}": pd.DataFrame(
            {
                "time": np.arange(120.0),
                "scale": np.asarray(NAMES)[ranks],
                "group": [str(SCALES[rank].group) for rank in ranks],
            }
        )
        for n, ranks in enumerate(slips)
    }
    recorded("agreement", as_json(measure_agreement(coders, starts=np.arange(0.0, 120.0, 10.0))))


def test_lettering(recorded: Recorded) -> None:
    plain, busy = np.zeros((90, 160, 3), np.uint8), np.random.default_rng(9).integers(0, 255, (90, 160, 3))
    title = plain.copy()
    for row in range(20, 75, 11):
        title[row : row + 6, 20:140:7] = title[row : row + 1, 20:140] = 230
    told = []
    for name, picture in (("plain", plain), ("title", title), ("busy", busy.astype(np.uint8))):
        ink = lettering(picture)
        told.append(f"{name}: {None if ink is None else (int(ink.sum()), in_lines(ink), in_rows(ink))}")
        told.append(f"  apart from the title {apart(picture, title).mean():.3f}, {apart(picture, title).max()}")
    recorded("lettering", "\n".join([*told, ""]))


def film_tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(10)
    starts = np.concatenate([[0.0], np.cumsum(rng.lognormal(1.3, 0.8, 150))])
    by_shot = rng.dirichlet(np.full(7, 0.5), 150)
    times = np.arange(0.0, starts[-1], 1.0)
    shot = np.searchsorted(starts[:-1], times, side="right") - 1
    return make_shots(starts[:-1], float(starts[-1])), make_scales(times, by_shot[shot])


def test_summary_of_a_film(recorded: Recorded) -> None:
    shots, scales = film_tables()
    corrected = corrected_shares(shots, scales)
    recorded("summary", as_json([summarize_shots(shots), summarize_scales(scales), corrected]))
    console = Console(width=90, file=io.StringIO())
    for line in shot_lines(shots):
        console.print("  ".join(line))
    console.print(scale_bars(scales, corrected))
    recorded("summary-text", console.file.getvalue())


def test_box_features(recorded: Recorded) -> None:
    recorded("box-features", lines(box_features(labeled())))


def test_an_analyzed_film(recorded: Recorded, tmp_path: Path) -> None:
    script: list[Any] = []
    for n, joined in enumerate([Cut(), Dissolve(1), Cut(), Fade(1), Wipe(1)]):
        script += [Shot(seconds=3, setting=sorted(SETTINGS)[n % 4], scale=SCALES[n + 1], person=n), joined]
    drawn = draw_film(tmp_path / "drawn.mkv", seed=1, script=script[:-1], size=(320, 180), truth=False)
    film = analyze(drawn.path)
    recorded("analysis-shots", film.shot_table.to_csv(index=False, float_format="%.2f"))
    assert film.scales is not None
    recorded("analysis-scales", film.scales.to_csv(index=False, float_format="%.2f"))
    for suffix in (".edl", ".eaf", ".otio"):
        pytest.importorskip("pympi" if suffix == ".eaf" else "opentimelineio") if suffix != ".edl" else None
        write_shots(film, tmp_path / f"film{suffix}")
        text = (tmp_path / f"film{suffix}").read_text(encoding="utf-8")
        recorded(f"analysis{suffix.replace('.', '-')}", re.sub(r'DATE="[^"]*"|urn:[^<]*', "", text))


def test_training_curves(recorded: Recorded, gray_grid: Grid) -> None:
    log = [
        StepReport(step, 20, step, 2.0 / step, 1.0, {"loss": 1.5 / step, "accuracy": step / 25, "macro_f1": step / 30})
        for step in [*range(2, 21, 2), *range(5, 21, 5)]
    ]
    table = log_table(log)
    recorded("curves-table", table.to_csv(index=False, float_format="%.3f"))
    figure = draw_curves(table, title="A run")
    figure.canvas.draw()
    recorded("curves", gray_grid(np.asarray(figure.canvas.buffer_rgba())[..., :3]))


def test_what_high_dynamic_range_is_shown_as(recorded: Recorded) -> None:
    recorded("pq-to-display", lines(_PQ_TO_DISPLAY[::5], 0))


@pytest.mark.parametrize("effect", [Flash(at=0.5, seconds=0.25), BlackAndWhite(tint=0.5), Grain(strength=9)])
def test_effects(effect: Effect, recorded: Recorded) -> None:
    frames = np.stack([*draw_frames([Shot(seconds=2, effects=(effect,))], seed=2, size=(96, 54), fps=8)])
    levels = np.concatenate([frames.mean(axis=(1, 2)), frames.std(axis=(1, 2))], axis=1)
    recorded(f"effect-{type(effect).__name__}", lines(levels, 1))
