"""Labeled frames, decoded on demand, and the random examples used for training.

Conventions
-----------
A frames table has one row per frame: ``file`` (relative to the table's folder), ``scale`` (an abbreviation of the
seven, or a group), and optionally ``group`` (frames that must stay on one side of every split: near-duplicates, or a
film; by default each file is a group of its own), ``source``, ``grayscale`` (or ``greyscale``), ``persons`` and
``faces`` (JSON lists of relative boxes).

Example i of a training run depends only on the seed and i, so an interrupted run resumes with the same examples.
"""

import copy
import json
import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.columns import refuse_rows
from shotscale.errors import FilmError, TableError
from shotscale.images import is_image, read_image
from shotscale.labeled.augmentation import Augmentation, choose_crop, degrade, resample
from shotscale.labeled.bodies import read_bodies
from shotscale.labeled.targets import Subject, crop_target, find_subject, frame_target
from shotscale.manifests import separator_of
from shotscale.numerals import counted
from shotscale.scales import GROUP_NAMES, OUTSIDE_NAMES, SCALE_NAMES
from shotscale.tables import read_csv

__all__ = ["LABELS", "ExampleSampler", "FrameFiles", "LabeledFrames", "load_frames", "read_frames", "split_groups"]

logger = logging.getLogger(__name__)

UInt8 = npt.NDArray[np.uint8]
_KEPT = 4096  # images; at 640 x 360, 2.8 GB, which fits in a laptop's memory
LABELS = (*SCALE_NAMES, *GROUP_NAMES)
"""Labels that a frame may have: a scale, or only a group."""


class FrameFiles(Sequence[UInt8]):
    """Image files as arrays (height, width, 3); the first `keep` that are requested stay in memory.

    Each file is opened once on construction, so that one that is not an image is found before the work begins.
    """

    def __init__(self, paths: Sequence[Path], *, keep: int = _KEPT) -> None:
        for path in paths:
            if not is_image(path):
                raise _unreadable(path)
        self._paths, self._keep = list(paths), keep
        self._kept: dict[Path, UInt8] = {}

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(self)))]
        path = self._paths[i]
        if path in self._kept:
            return self._kept[path]
        try:
            image = read_image(path)
        except FilmError as error:
            raise _unreadable(path) from error
        if len(self._kept) < self._keep:
            self._kept[path] = image
        return image

    def some(self, rows: npt.NDArray[np.intp]) -> "FrameFiles":
        """Return the images in some rows; those in memory are shared."""
        chosen = copy.copy(self)
        chosen._paths = [self._paths[row] for row in rows]
        return chosen


def _unreadable(path: Path) -> TableError:
    return TableError(f"{path}: not an image that can be read; correct the frames table or take it out of the folder")


@dataclass(frozen=True)
class LabeledFrames:
    """Labeled frames; element i of each field belongs to frame i.

    In the frames table, ``bodies`` holds the `Body` of each person if known. Images are uint8 (height, width, 3),
    `subjects` decide each frame's scale, and `targets` (n, 7) are probabilities of the seven scales.
    """

    table: pd.DataFrame
    images: Sequence[UInt8]
    subjects: list[Subject]
    targets: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: npt.NDArray[np.intp]) -> "LabeledFrames":
        """Return the frames in some rows."""
        images = self.images.some(rows) if isinstance(self.images, FrameFiles) else [self.images[i] for i in rows]
        table = self.table.iloc[rows].reset_index(drop=True)
        return LabeledFrames(table, images, [self.subjects[i] for i in rows], self.targets[rows])


def read_frames(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read and check a frames table; missing optional columns are filled in.

    Foreground and insert shots and frames that are not available are left out, with a warning. Raises `TableError` if a
    column is missing, a label is unknown, a group is empty, boxes are not a JSON list of five numbers each, or a frame
    is neither grayscale (1) nor not (0).
    """
    path = Path(path)
    table = read_csv(path, remedy="give a frames table or its folder", sep=separator_of)
    for column in ("file", "scale"):
        if column not in table:
            raise TableError(f"{path}: lacks the column {column}; a frames table has file and scale")
    outside = table["scale"].isin(OUTSIDE_NAMES)
    unknown = ~(table["scale"].isin(LABELS) | outside).to_numpy()
    refuse_rows(unknown, table["scale"], str(path), f"a label is one of {', '.join(LABELS)}")
    table = table.rename(columns={} if "grayscale" in table else {"greyscale": "grayscale"})
    defaults: dict[str, Any] = {
        "source": "",
        "group": table["file"],
        "grayscale": 0,
        "persons": "[]",
        "faces": "[]",
    }
    table = table.assign(**{name: value for name, value in defaults.items() if name not in table})
    empty = table["group"].isna() | (table["group"].astype(str).str.strip() == "")
    if empty.any():
        row = int(np.flatnonzero(empty)[0])
        raise TableError(f"{path}: group is empty in row {row + 1}: it is the frame's film; fill it in for all rows")
    for name in ("persons", "faces"):
        table[name] = table[name].map(lambda text: _boxes(text, path))
    gray = pd.to_numeric(table["grayscale"], errors="coerce")
    if not gray.isin([0, 1]).all():
        row = int(np.flatnonzero(~gray.isin([0, 1]))[0])
        said = table["grayscale"].iloc[row]
        raise TableError(f"{path}: grayscale = {said!r} in row {row + 1}: 1 if gray, else 0; correct the row")
    if outside.any():
        said = ", ".join(sorted(set(table["scale"][outside])))
        logger.warning(
            "%s: left out, without a place in the order: %s, %s", path, counted(outside.sum(), "frame"), said
        )
    return table.assign(grayscale=gray.astype(int))[~outside].reset_index(drop=True)


def _boxes(text: object, path: Path) -> list[list[float]]:
    with suppress(ValueError, TypeError):
        boxes = [[float(value) for value in box] for box in json.loads(str(text))]
        if all(len(box) == 5 and np.isfinite(box).all() and min(box[2:4]) > 0 for box in boxes):
            return boxes
    raise TableError(
        f"{path}: boxes {str(text)[:40]!r}: a JSON list of [x, y, width, height, score] with a size; correct the cell"
    )


def load_frames(
    table: pd.DataFrame,
    folder: str | os.PathLike[str],
    *,
    trust: Mapping[str, float] | None = None,
    keypoints: str | os.PathLike[str] | None = None,
) -> LabeledFrames:
    """Open the frames of a table, whose files are relative to a folder, and compute their targets.

    `trust` is the weight of each source's labels against the size of the detected face or figure, by default 1.
    `keypoints` is a file of the frames' body points (see `shotscale.labeled.bodies`), kept in the table's column
    ``bodies``; the table then needs ``width`` and ``height``.
    """
    table = table.reset_index(drop=True)
    if keypoints is not None:
        bodies = read_bodies(keypoints, _shapes(table))
        found = pd.Series([bodies.get(str(file), []) for file in table["file"]], table.index, dtype=object)
        table = table.assign(bodies=found)
    images = FrameFiles([Path(folder) / str(file) for file in table["file"]])
    subjects, targets = [], []
    for row in table.itertuples(index=False):
        label = str(row.scale)
        subject = find_subject(label, persons=row.persons, faces=row.faces)  # type: ignore[arg-type]
        subjects.append(subject)
        targets.append(frame_target(label, subject, trust=(trust or {}).get(str(row.source), 1.0)))
    return LabeledFrames(table, images, subjects, np.asarray(targets).reshape(-1, len(SCALE_NAMES)))


def _shapes(table: pd.DataFrame) -> dict[str, tuple[int, int]]:
    for column in ("width", "height"):
        if column not in table:
            raise TableError(f"frames table: lacks the column {column}, which body points need; add it")
    columns = (table[name] for name in ("file", "width", "height"))
    return {str(file): (int(width), int(height)) for file, width, height in zip(*columns, strict=True)}


def split_groups(groups: Sequence[object], *, folds: int, seed: int) -> npt.NDArray[np.intp]:
    """Assign groups to folds at random; return the fold of each element, the same for all members of a group."""
    names, member = np.unique(np.asarray(groups, str), return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(names)) % folds
    dealt: npt.NDArray[np.intp] = fold[member]
    return dealt


class ExampleSampler:
    """Draws training examples; example i depends only on the seed and i.

    The options are those of the same names in `shotscale.training.recipe.Recipe`.
    """

    def __init__(
        self,
        frames: LabeledFrames,
        *,
        shares: Mapping[str, float],
        balance: float,
        augmentation: Augmentation,
        height: int,
        width: int,
        seed: int,
    ) -> None:
        self.frames = frames
        self.augmentation = augmentation
        self.height, self.width, self.seed = height, width, seed
        self._cumulative = np.cumsum(_weights(frames.table, shares, balance))

    def example(self, i: int) -> tuple[UInt8, npt.NDArray[np.float64]]:
        """Return the image (height, width, 3) and the target (7,) of example `i`."""
        random = np.random.default_rng((self.seed, i))
        row = int(np.searchsorted(self._cumulative, random.random() * self._cumulative[-1], side="right"))
        row = min(row, len(self.frames) - 1)
        subject = self.frames.subjects[row]
        crop = choose_crop(subject, options=self.augmentation, random=random)
        image = resample(self.frames.images[row], crop, height=self.height, width=self.width)
        target = self.frames.targets[row]
        if subject.box is not None:
            target = crop_target(target, subject, height=crop[3] - crop[1])
        return degrade(image, options=self.augmentation, random=random), target

    def batch(self, step: int, size: int) -> tuple[UInt8, npt.NDArray[np.float64]]:
        """Return the images (size, height, width, 3) and targets (size, 7) of a step."""
        images, targets = zip(*(self.example(step * size + k) for k in range(size)), strict=True)
        return np.stack(images), np.stack(targets)


def _weights(table: pd.DataFrame, shares: Mapping[str, float], balance: float) -> npt.NDArray[np.float64]:
    """Return the drawing weight of each frame."""
    weights = np.ones(len(table))
    sources = {str(source): rows for source, rows in table.groupby("source").indices.items()}
    left = max(0.0, 1 - sum(shares.get(source, 0.0) for source in sources))
    others = sum(len(rows) for source, rows in sources.items() if source not in shares)
    for source, rows in sources.items():
        labels = table["scale"].iloc[rows]
        within = np.asarray(labels.map(labels.value_counts()), np.float64) ** -balance
        share = shares[source] if source in shares else left * len(rows) / others
        weights[rows] = within / within.sum() * share
    return weights
