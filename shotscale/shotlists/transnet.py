"""TransNetV2's two files: ``.scenes.txt``, the first and last frame of each shot, and ``.predictions.txt``.

Conventions
-----------
Frames count from 0 and both ends belong to the shot; the last frame of a shot is the first that the network classifies
as a transition. Frames between two shots are a gradual transition, and the new shot begins at its midpoint. Predictions
have one row per frame; a first column above 0.5 is a transition.
"""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shotscale.errors import TableError
from shotscale.runs import runs
from shotscale.shotlists.framerates import require_fps, seconds
from shotscale.shotlists.shotlist import ReadOptions, ShotList, read_text
from shotscale.tables import make_shots

_THRESHOLD = 0.5  # TransNet V2's own, Soucek and Lokoc 2020, arXiv 2008.04838

Frames = npt.NDArray[np.int64]


def looks_like_scenes(text: str) -> bool:
    """Return whether the first lines are pairs of frame numbers.

    Several pairs are not if their first numbers count rows, or if each begins where the one before ends.
    """
    pairs = [line.split() for line in _first_lines(text)]
    if not all(len(pair) == 2 and "".join(pair).isdecimal() for pair in pairs):
        return False
    numbered = [int(first) for first, _ in pairs] in (list(range(len(pairs))), list(range(1, len(pairs) + 1)))
    chained = all(before[1] == after[0] for before, after in pairwise(pairs))
    return len(pairs) == 1 or not (numbered or chained)


def looks_like_predictions(text: str) -> bool:
    """Return whether the first lines are pairs of probabilities with decimals."""
    return all(
        len(line.split()) == 2 and all(part[:2] in ("0.", "1.") for part in line.split()) for line in _first_lines(text)
    )


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read a ``.scenes.txt`` file."""
    fps = require_fps(options.fps, what=str(path))
    pairs = _numbers(path, columns=(2,), whole=True).astype(np.int64)
    first, last = pairs[:, 0], pairs[:, 1]
    for row in np.flatnonzero(last < first):
        raise TableError(
            f"{path}: line {row + 1}: shot from frame {first[row]} to {last[row]}; a shot ends after it starts"
        )
    for row in np.flatnonzero(first[1:] <= last[:-1]):
        raise TableError(
            f"{path}: line {row + 2}: a shot from frame {first[row + 1]}, but the one before lasts to {last[row]}; "
            "shots follow one another; check the file"
        )
    return _shot_list(first, last, np.ones(len(first)), fps)


def read_predictions(path: Path, options: ReadOptions) -> ShotList:
    """Read a ``.predictions.txt`` file; a shot boundary's confidence is its highest probability."""
    fps = require_fps(options.fps, what=str(path))
    probabilities = _numbers(path, columns=(1, 2), whole=False)[:, 0]
    for row in np.flatnonzero((probabilities < 0) | (probabilities > 1)):
        raise TableError(f"{path}: line {row + 1}: {probabilities[row]:g} is not a probability; check the file")
    found = runs(probabilities > _THRESHOLD)
    inside = [(a, b) for a, b in found if a > 0 and b < len(probabilities)]  # not a fade-in or fade-out of the film
    first = np.asarray([0, *(b for _, b in inside)], np.int64)
    last = np.asarray([*(a for a, _ in inside), len(probabilities) - 1], np.int64)
    confidences = np.asarray([1.0, *(probabilities[a:b].max() for a, b in inside)])
    return _shot_list(first, last, confidences, fps)


def _shot_list(first: Frames, last: Frames, confidences: npt.NDArray[np.float64], fps: Fraction) -> ShotList:
    begins, ends = seconds(first, fps), seconds(last, fps)
    gradual = first[1:] > last[:-1] + 1
    starts = np.append(begins[0], np.where(gradual, (ends[:-1] + begins[1:]) / 2, begins[1:]))
    shots = make_shots(
        starts,
        float(seconds(last[-1:] + 1, fps)[0]),
        kinds=["start", *np.where(gradual, "dissolve", "cut").tolist()],
        confidences=confidences,
        transitions=[(begins[0], begins[0]), *zip(ends[:-1], begins[1:], strict=True)],
    )
    note = ("Gradual transitions are called dissolves; TransNetV2 tells no kinds apart.",) if gradual.any() else ()
    return ShotList(shots=shots, scales=None, format="TransNetV2 list", fps=fps, notes=note)


def _numbers(path: Path, *, columns: tuple[int, ...], whole: bool) -> npt.NDArray[np.float64]:
    rows: list[list[float]] = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        parts = line.split()
        if not parts:
            continue
        try:
            values = [float(int(part)) if whole else float(part) for part in parts if "_" not in part]
        except ValueError:
            values = []
        if len(values) not in columns or not np.isfinite(values).all() or (rows and len(values) != len(rows[0])):
            raise TableError(
                f"{path}: line {number}: {line.strip()[:40]!r} is not what TransNetV2 writes; check the file"
            )
        if abs(max(values)) > 1e9 or min(values) < 0:
            raise TableError(f"{path}: line {number}: {line.strip()[:40]!r} is no frame of a film; check the file")
        rows.append(values)
    if not rows:
        raise TableError(f"{path}: holds no shot; a film has at least one; check the file")
    return np.asarray(rows, np.float64)


def _first_lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()][:20]
    return lines or ["empty"]
