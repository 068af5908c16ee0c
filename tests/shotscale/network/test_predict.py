from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shotscale.errors import FilmError, OptionError
from shotscale.network.architectures import TorchRunner, build_network
from shotscale.network.predict import ScalePredictor, predict_images, remove_bars
from shotscale.network.smoothing import smooth_scales
from shotscale.network.weights import ModelDescription, ScaleModel


@pytest.fixture(scope="module")
def model() -> ScaleModel:
    torch.manual_seed(1)
    network = build_network("shufflenet_v2_x0_5", num_classes=7)
    network.train()(torch.randn(8, 3, 64, 96))
    return ScaleModel(TorchRunner(network), ModelDescription("shufflenet_v2_x0_5", height=64, width=96))


def frames(n: int) -> list[np.ndarray]:
    random = np.random.default_rng(4)
    return [random.integers(0, 256, (40 + i, 70, 3), np.uint8) for i in range(n)]


def predicted(model: ScaleModel, batch: int, n: int = 37, workers: int = 3) -> tuple[np.ndarray, np.ndarray]:
    predictor = ScalePredictor(model, batch=batch, workers=workers)
    for i, frame in enumerate(frames(n)):
        predictor.push(i * 1.001, frame)
    return predictor.finish()


def test_the_batch_size_does_not_matter(model: ScaleModel) -> None:
    times, p = predicted(model, 16)
    assert times.tolist() == [i * 1.001 for i in range(37)]
    assert p.shape == (37, 7)
    assert p == pytest.approx(predicted(model, 1)[1], abs=1e-5)
    assert p == pytest.approx(predicted(model, 5, workers=1)[1], abs=1e-5)
    direct = model.probabilities(np.stack([model.prepare(frame) for frame in frames(37)]))
    assert p == pytest.approx(direct, abs=1e-5)


def test_a_repeated_frame_is_run_once(model: ScaleModel) -> None:
    predictor = ScalePredictor(model, batch=1)
    one, other = frames(2)
    predictor.push(0.0, one)
    predictor.repeat(1.0)
    predictor.push(2.0, other)
    times, p = predictor.finish()
    assert times.tolist() == [0.0, 1.0, 2.0]
    assert len(predictor._running) == 2
    assert p[0].tolist() == p[1].tolist() != p[2].tolist()


def test_no_frames_and_frames_out_of_order(model: ScaleModel) -> None:
    times, p = ScalePredictor(model).finish()
    assert (times.shape, p.shape) == ((0,), (0, 7))
    predictor = ScalePredictor(model)
    predictor.push(1.0, frames(1)[0])
    with pytest.raises(OptionError, match="order of time"):
        predictor.push(1.0, frames(1)[0])
    predictor.finish()
    with pytest.raises(OptionError, match="at least one"):
        ScalePredictor(model, batch=0)
    with pytest.raises(OptionError, match="at least one"):
        ScalePredictor(model, workers=0)


def shots(*edges: float) -> pd.DataFrame:
    return pd.DataFrame({"start": edges[:-1], "end": edges[1:]})


def test_the_window_never_crosses_a_boundary() -> None:
    p = np.array([[1.0, 0.0]] * 4 + [[0.0, 1.0]] * 4)
    smoothed = smooth_scales(np.arange(8.0), p, shots(0.0, 4.0, 8.0))
    assert (smoothed == p).all()
    # A frame exactly at a shot boundary belongs to the shot that starts there.
    late = smooth_scales(np.arange(8.0), p, shots(0.0, 5.0, 8.0))[:, 0]
    assert late == pytest.approx([1, 1, 1, 2 / 3, 0.5, 0, 0, 0])


@settings(max_examples=60)
@given(
    st.lists(st.floats(0.05, 3.0), min_size=1, max_size=30),
    st.lists(st.floats(0.1, 8.0), min_size=1, max_size=6),
    st.floats(0.0, 7.0),
    st.integers(0, 1000),
)
def test_smoothing_is_the_mean_of_the_window_within_the_shot(
    steps: list[float], lengths: list[float], window: float, seed: int
) -> None:
    times = np.cumsum(steps)
    edges = np.concatenate([[0.0], np.cumsum(lengths)])
    edges[-1] = max(edges[-1], times[-1] + 1)
    table = shots(*edges)
    p = np.random.default_rng(seed).dirichlet(np.ones(7), len(times))
    smoothed = smooth_scales(times, p, table, window=window)
    assert smoothed.sum(axis=1) == pytest.approx(1.0)
    for i, time in enumerate(times):
        row = table[(table["start"] <= time) & (time < table["end"])].iloc[0]
        near = (np.abs(times - time) <= window / 2 + 1e-9) & (times >= row["start"]) & (times < row["end"])
        assert smoothed[i] == pytest.approx(p[near].mean(axis=0), abs=1e-9)


def test_smoothing_nothing() -> None:
    assert smooth_scales(np.empty(0), np.empty((0, 7)), shots(0.0, 1.0)).shape == (0, 7)
    with pytest.raises(OptionError, match="window"):
        smooth_scales(np.zeros(1), np.ones((1, 3)) / 3, shots(0.0, 1.0), window=-1.0)


def test_stills_become_a_table(tmp_path: Path, model: ScaleModel) -> None:
    (tmp_path / "b").mkdir()
    for name in ("z.png", "b/a.JPG"):
        Image.fromarray(frames(1)[0]).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image")
    table = predict_images([tmp_path], model)
    assert list(table.columns[:2]) == ["file", "p_ecu"]
    assert "time" not in table.columns
    assert [Path(file).name for file in table["file"]] == ["a.JPG", "z.png"]
    assert table[["p_close", "p_medium", "p_long"]].sum(axis=1).to_numpy() == pytest.approx(1.0)


def test_stills_that_cannot_be_read_are_left_out_or_raised(tmp_path: Path, model: ScaleModel) -> None:
    (tmp_path / "bad.png").write_bytes(b"text")
    with pytest.raises(FilmError, match="not an image"):
        predict_images([tmp_path / "bad.png"], model)
    errors: list[FilmError] = []
    assert len(predict_images([tmp_path / "bad.png"], model, on_error=errors.append)) == 0
    Image.fromarray(frames(1)[0]).save(tmp_path / "good.png")
    done: list[tuple[float, float | None]] = []
    table = predict_images([tmp_path], model, on_error=errors.append, progress=lambda *at: done.append(at))
    assert [Path(file).name for file in table["file"]] == ["good.png"]
    assert len(errors) == 2
    assert done == [(1, 2), (2, 2)]


def test_bars_are_cut_off_and_dark_pictures_kept() -> None:
    picture = np.full((100, 200, 3), 90, np.uint8)
    framed = np.zeros((140, 260, 3), np.uint8)
    framed[20:120, 30:230] = picture
    assert (remove_bars(framed) == picture).all()
    assert remove_bars(picture).shape == picture.shape
    night = np.zeros((100, 200, 3), np.uint8)
    assert remove_bars(night).shape == night.shape
    night[60:64, 90:110] = 255
    assert remove_bars(night).shape == night.shape


def test_black_bars_do_not_change_what_is_said(tmp_path: Path, model: ScaleModel) -> None:
    picture = np.clip(frames(1)[0], 60, 255)
    framed = np.zeros((picture.shape[0] + 12, picture.shape[1], 3), np.uint8)
    framed[6:-6] = picture
    Image.fromarray(picture).save(tmp_path / "a.png")
    Image.fromarray(framed).save(tmp_path / "b.png")
    table = predict_images([tmp_path], model)
    assert table["p_close"][0] == pytest.approx(table["p_close"][1])
