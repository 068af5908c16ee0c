"""Read and check film clips with known shots, and convert the shots to transitions in frames.

Conventions
-----------
The truth is a CSV with one row per shot: ``clip`` (file name, the extension may be left out), ``first_frame`` and
``last_frame``, counted from 0 and inclusive. Frames between two shots belong to a gradual transition. A
transition is a pair of frame indices: the last frame of the shot before, the first frame of the shot after.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.columns import require_columns
from shotscale.errors import TableError
from shotscale.manifests import read_texts
from shotscale.numerals import counted
from shotscale.video import FilmReader

_COLUMNS = ("clip", "first_frame", "last_frame")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Clip:
    """A clip's frames (n, 27, 48, 3), times in seconds, and transitions (m, 2): last frame before, first after."""

    name: str
    times: npt.NDArray[np.float64]
    thumbnails: npt.NDArray[np.uint8]
    transitions: npt.NDArray[np.int64]


def read_truth(path: str | os.PathLike[str]) -> dict[str, npt.NDArray[np.int64]]:
    """Read the true transitions of every clip in a table."""
    table = read_texts(Path(path), missing=f"give a CSV with the columns {', '.join(_COLUMNS)}")
    require_columns(table, _COLUMNS, str(path))
    if table.empty:
        raise TableError(f"{path}: holds no shot; give a row for each")
    for column in _COLUMNS[1:]:
        numbers = pd.to_numeric(table[column], errors="coerce")
        wrong = ~((numbers >= 0) & (numbers % 1 == 0)).to_numpy()
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise TableError(f"{path}: {column} = {table[column].iloc[row]} in row {row + 1}: a frame's number, from 0")
        table[column] = numbers.astype(np.int64)
    return {str(name): _transitions(shots) for name, shots in table.groupby("clip", sort=True)}


def read_clips(folder: str | os.PathLike[str], truth: str | os.PathLike[str]) -> Iterator[Clip]:
    """Decode the clips of a truth table one by one; raise `TableError` if one is missing or too short."""
    found = sorted(path for path in Path(folder).iterdir() if path.is_file())
    files = {name: path for path in found for name in (path.stem, path.name)}
    for name, transitions in read_truth(truth).items():
        if name not in files:
            raise TableError(f"{truth}: clip {name} is not in {folder}; put the film there or drop its rows")
        with FilmReader(files[name], samples_per_second=0, active_area=None) as reader:
            batches = list(reader)
        thumbnails = np.concatenate([batch.thumbnails for batch in batches])
        if len(transitions) and transitions.max() >= len(thumbnails):
            raise TableError(
                f"{files[name]}: has {counted(len(thumbnails), 'frame')}, but {truth} refers to frame "
                f"{transitions.max()}; correct the table"
            )
        times = np.concatenate([batch.times for batch in batches])
        yield Clip(name=files[name].stem, times=times, thumbnails=thumbnails, transitions=transitions)


def _transitions(shots: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Pair each shot's last frame with the next one's first, in the order of the table."""
    pairs = np.stack([shots["last_frame"].to_numpy()[:-1], shots["first_frame"].to_numpy()[1:]], axis=1)
    return pairs.astype(np.int64)
