from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from shotscale.errors import TableError
from shotscale.evaluation.gallery import by_border, draw_gallery, find_mistakes
from shotscale.labeled.bodies import Body
from shotscale.labeled.dataset import LabeledFrames
from shotscale.labeled.targets import find_subject
from shotscale.network.weights import ScaleModel
from shotscale.scales import SCALES

NAMES = [scale.abbreviation for scale in SCALES]


def labeled(*scales: str) -> LabeledFrames:
    table = pd.DataFrame({"file": [f"{i}.png" for i in range(len(scales))], "scale": scales})
    images = [np.full((90, 160, 3), 60, np.uint8) for _ in scales]
    subjects = [find_subject(scale, persons=[], faces=[]) for scale in scales]
    return LabeledFrames(table, images, subjects, np.eye(7)[[NAMES.index(scale) for scale in scales]])


def saying(*answers: dict[str, float]) -> ScaleModel:
    """Return a model that gives these probabilities, one answer per frame."""
    p = np.asarray([[answer.get(name, 0.0) for name in NAMES] for answer in answers])
    return cast(ScaleModel, SimpleNamespace(prepare=lambda image: image, probabilities=lambda _: p))


def test_mistakes_stand_under_the_border_that_they_cross() -> None:
    frames = labeled("CU", "MS", "MS", "LS", "CU")
    model = saying({"MCU": 0.6}, {"CU": 0.7}, {"LS": 0.8}, {"LS": 0.9}, {"LS": 0.5, "MCU": 0.4})
    found = find_mistakes(frames, model)
    assert [(one.row, one.truth, one.predicted) for one in found] == [
        (2, "MS", "LS"),
        (1, "MS", "CU"),
        (0, "CU", "MCU"),
        (4, "CU", "LS"),
    ]
    sorted_out = {border: [one.row for one in some] for border, some in by_border(found).items()}
    assert list(sorted_out) == ["CU|MCU", "MCU|MS", "MS|MLS"]
    assert sorted_out == {"CU|MCU": [0, 4], "MCU|MS": [1], "MS|MLS": [2]}


def test_frames_labeled_by_group_are_judged_by_group() -> None:
    frames = labeled("CU", "CU", "MS")
    frames.table["scale"] = ["close", "close", "MS"]
    frames.targets[:2] = [0.5, 0.5, 0, 0, 0, 0, 0]
    found = find_mistakes(frames, saying({"CU": 0.9}, {"MS": 0.4, "MLS": 0.4, "CU": 0.2}, {"MLS": 0.6}))
    assert [(one.row, one.truth, one.predicted, one.border) for one in found] == [
        (1, "close", "medium", "close|medium"),
        (2, "MS", "MLS", "MS|MLS"),
    ]
    assert [*by_border(found)] == ["MS|MLS", "close|medium"]


def test_points_are_drawn_where_the_model_saw_them(tmp_path: Path) -> None:
    frames = labeled("CU", "CU")
    mistakes = find_mistakes(frames, saying({"MCU": 0.6}, {"MCU": 0.9}))
    draw_gallery(frames, mistakes, tmp_path / "plain.png", most=1)
    points = np.zeros((17, 3))
    points[3] = (0.25, 0.5, 0.8)
    points[4] = (0.75, 0.5, 0.1)
    frames.table["bodies"] = [[Body(0.9, points)], [Body(0.9, points)]]
    draw_gallery(frames, mistakes, tmp_path / "drawn.png", most=1)
    plain, drawn = (np.asarray(Image.open(tmp_path / f"{name}.png")).astype(int) for name in ("plain", "drawn"))
    rows, columns = np.nonzero(np.abs(plain - drawn).sum(axis=2))
    assert plain.shape == drawn.shape
    left, top = 16, 16 + 40  # of the first frame
    assert columns.mean() == pytest.approx(left + 0.25 * 400, abs=2)
    assert rows.mean() == pytest.approx(top + 0.5 * 225, abs=2)
    assert np.ptp(columns) < 10
    with pytest.raises(TableError, match="nothing to draw"):
        draw_gallery(frames, [], tmp_path / "none.png")
