"""PySceneDetect's ``list-scenes`` table, with or without the line of timecodes above its header.

Conventions
-----------
Its frames count from 1 and its end frame is the last one of the shot; its seconds are rounded to a thousandth.
With a frame rate the frames are taken, without one the seconds.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from shotscale.errors import TableError
from shotscale.shotlists.framerates import seconds
from shotscale.shotlists.rows import Row, read_rows
from shotscale.shotlists.shotlist import ReadOptions, ShotList, close_gaps, read_text
from shotscale.shotlists.times import parse_time
from shotscale.tables import validate_shots

__all__ = ["COLUMNS", "read"]

COLUMNS = ("Start Frame", "Start Time (seconds)", "End Frame", "End Time (seconds)")


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read the table that ``scenedetect ... list-scenes`` writes."""
    rows = read_rows(read_text(path), path=path)
    if COLUMNS[0] not in rows[0].fields and len(rows) > 1 and COLUMNS[0] in rows[1].fields:
        rows = rows[1:]
    header = {field: k for k, field in enumerate(rows[0].fields)}
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise TableError(f"{path}: lacks PySceneDetect's column {missing[0]}; write the list again with list-scenes")
    columns = {name: _cells(rows[1:], header[name], path=path, options=options) for name in COLUMNS}
    if options.fps is None:
        starts, ends = columns["Start Time (seconds)"], columns["End Time (seconds)"]
    else:
        starts = seconds(columns["Start Frame"].astype(np.int64) - 1, options.fps)
        ends = seconds(columns["End Frame"].astype(np.int64), options.fps)
    ends, notes = close_gaps(starts, ends, source=str(path))
    shots = validate_shots(pd.DataFrame({"start": starts, "end": ends}), source=str(path))
    return ShotList(shots=shots, scales=None, format="PySceneDetect list", fps=options.fps, notes=notes)


def _cells(
    rows: list[Row], column: int, *, path: Path, options: ReadOptions
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    cells = []
    for row in rows:
        text = row.fields[column] if column < len(row.fields) else ""
        cells.append(parse_time(text, fps=options.fps, where=f"{path}: line {row.number}"))
    return np.asarray(cells, np.float64)
