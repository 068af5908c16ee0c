"""Shot lists as tables with a header: the project's own ``shots.csv``, and any with starts and ends of shots."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from shotscale.errors import TableError
from shotscale.scales import ShotScale
from shotscale.shotlists.rows import Row, heading, read_rows
from shotscale.shotlists.scalenames import parse_scale
from shotscale.shotlists.shotlist import ReadOptions, ShotList, close_gaps, read_text
from shotscale.shotlists.times import parse_time
from shotscale.tables import SHOT_COLUMNS, validate_shots, write_table

__all__ = ["ENDS", "SCALES", "STARTS", "column_of", "column_scales", "column_times", "read", "write"]

STARTS = frozenset({"start", "start time", "shot start", "begin", "in", "from"})
ENDS = frozenset({"end", "end time", "shot end", "stop", "out", "to"})
SCALES = frozenset({"scale", "shot scale", "shotscale", "size", "shot size"})

_OWN = SHOT_COLUMNS[2:]


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read a table with a column for the starts and one for the ends of shots, and perhaps one for scales."""
    header, *rows = read_rows(read_text(path), path=path)
    start, end = column_of(header, STARTS), column_of(header, ENDS)
    if start is None or end is None:
        raise TableError(f"{path}: has no columns start and end; it has {', '.join(header.fields)[:80]}; name them so")
    starts = column_times(rows, start, path=path, options=options)
    ends, notes = close_gaps(starts, column_times(rows, end, path=path, options=options), source=str(path))
    shots = pd.DataFrame({"start": starts, "end": ends})
    for name in _OWN:
        column = column_of(header, {heading(name)})
        if column is not None:
            shots[name] = [row.fields[column] if column < len(row.fields) else "" for row in rows]
    return ShotList(
        shots=validate_shots(shots, source=str(path)),
        scales=column_scales(rows, column_of(header, SCALES), path=path),
        format="shot table",
        fps=options.fps,
        notes=notes,
    )


def write(shots: pd.DataFrame, path: Path, *, scales: Sequence[ShotScale | None] | None) -> None:
    """Write the project's own table, with a column ``scale`` if scales are known."""
    table = shots[list(SHOT_COLUMNS)]
    if scales is not None:
        table = table.assign(
            scale=np.asarray([None if scale is None else scale.abbreviation for scale in scales], object)
        )
    write_table(table, path)


def column_of(header: Row, names: frozenset[str] | set[str]) -> int | None:
    """Give the place of the first column that has one of some names."""
    return next((k for k, field in enumerate(header.fields) if heading(field) in names), None)


def column_times(
    rows: Sequence[Row], column: int, *, path: Path, options: ReadOptions
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Read a column of times, in seconds."""
    times = []
    for row in rows:
        text = row.fields[column] if column < len(row.fields) else ""
        times.append(parse_time(text, fps=options.fps, where=f"{path}: line {row.number}"))
    return np.asarray(times, np.float64)


def column_scales(rows: Sequence[Row], column: int | None, *, path: Path) -> tuple[ShotScale | None, ...] | None:
    """Read a column of scales; None if there is no such column, or nothing in it."""
    if column is None:
        return None
    scales = tuple(
        parse_scale(row.fields[column], where=f"{path}: line {row.number}") if column < len(row.fields) else None
        for row in rows
    )
    return scales if any(scales) else None
