"""Body points of the people in labeled frames, from a pose model.

Conventions
-----------
A body has the seventeen points of COCO: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, left before
right. ``x`` and ``y`` are relative to the frame, even if a point lies outside it; the third number is the model's score
that the point is there. A file of body points holds one JSON object per line: ``file``, and ``people`` with ``score``
and ``points`` (y, x, score) relative to the *padded square*, the frame centered in black with its longer side filling
the square.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shotscale.errors import TableError

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Body:
    """A person's score, 0 to 1, and body points (17, 3): x and y relative to the frame, and the point's score."""

    score: float
    points: Points


def read_bodies(path: str | os.PathLike[str], shapes: dict[str, tuple[int, int]]) -> dict[str, list[Body]]:
    """Read the body points of the frames in `shapes`, which maps ``file`` to width and height; skip others.

    Raises `TableError` if the file is missing or a line is malformed.
    """
    path = Path(path)
    if not path.is_file():
        raise TableError(f"{path}: no such file; give a file of body points, or none")
    bodies: dict[str, list[Body]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            shape = shapes.get(row["file"])
            if shape is not None:
                people = [(float(person["score"]), np.asarray(person["points"], float)) for person in row["people"]]
                bodies[row["file"]] = [Body(score, _unpadded(points, *shape)) for score, points in people]
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise TableError(f"{path}: line {number}: no body points as described; correct or leave it out") from error
    return bodies


def _unpadded(points: Points, width: int, height: int) -> Points:
    """Convert points (17, 3) of y, x, score in the padded square to x, y, score in the frame."""
    if points.shape != (17, 3):
        raise ValueError(f"points of shape {points.shape}")
    side = max(width, height)
    x = (points[:, 1] * side - (side - width) / 2) / width
    y = (points[:, 0] * side - (side - height) / 2) / height
    return np.column_stack([x, y, points[:, 2]])
