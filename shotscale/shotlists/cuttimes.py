"""Lists of cut times as Cinemetrics has them, and of shot lengths.

Conventions
-----------
One time a line: where a shot ends, the last one the film's end, as clicking through a film gives them. A list
that begins with 0 names where shots start and, last, the film's end. With a header, the column may be called
``time``, ``cut`` or ``end``, or ``length`` or ``duration`` for the lengths of shots; a column ``scale`` gives
the scale of each shot. Without a header, a second column of scales is recognised too.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shotscale.errors import TableError
from shotscale.scales import ShotScale
from shotscale.shotlists.rows import Row, read_rows
from shotscale.shotlists.shotlist import ReadOptions, ShotList, read_text
from shotscale.shotlists.table import ENDS, SCALES, STARTS, column_of, column_scales, column_times
from shotscale.shotlists.times import is_time
from shotscale.tables import make_shots

__all__ = ["read"]

_CUTS = frozenset({"time", "times", "cut", "cuts", "cut time", "cut times", "timecode", "boundary"}) | ENDS
_LENGTHS = frozenset(
    {"length", "lengths", "duration", "durations", "shot length", "shot lengths", "shot duration", "sl"}
)


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read a list of cut times or shot lengths, with or without a header."""
    rows = read_rows(read_text(path), path=path)
    if is_time(rows[0].fields[0]):
        scales = 1 if max(len(row.fields) for row in rows) > 1 else None
        return _from_cuts(rows, 0, scales, path=path, options=options)
    header, rows = rows[0], rows[1:]
    if not rows:
        raise TableError(f"{path}: holds no shot below its header; a film has at least one; check the file")
    scales = column_of(header, SCALES)
    cuts, lengths = column_of(header, _CUTS), column_of(header, _LENGTHS)
    if cuts is not None:
        return _from_cuts(rows, cuts, scales, path=path, options=options)
    if lengths is not None:
        return _from_lengths(rows, lengths, scales, path=path, options=options)
    if column_of(header, STARTS) is not None:
        raise TableError(
            f"{path}: says where shots start, not where the last one ends; add a column end, or call the column "
            "time and add the film's end as a last line"
        )
    raise TableError(
        f"{path}: {', '.join(header.fields)[:80]!r} is no header of a shot list; name the column time, length, or "
        "start and end"
    )


def _from_cuts(rows: Sequence[Row], column: int, scales: int | None, *, path: Path, options: ReadOptions) -> ShotList:
    times = column_times(rows, column, path=path, options=options)
    for k in np.flatnonzero(np.diff(times) <= 0).tolist():
        raise TableError(
            f"{path}: line {rows[k + 1].number}: {times[k + 1]:g} s does not come after {times[k]:g} s; cut times "
            "increase; sort them, or head the column 'length' if these are shot lengths"
        )
    given = column_scales(rows, scales, path=path)
    if times[0] > 0:
        times = np.concatenate([[0.0], times])
    elif len(times) < 2:
        raise TableError(f"{path}: holds one time, 0; a shot needs an end; add the film's end as a last line")
    elif given is not None:
        if given[-1] is not None:
            raise TableError(
                f"{path}: line {rows[-1].number}: a scale for a shot without an end; a list that begins at 0 says "
                "where shots start; add the film's end as a last line"
            )
        given = given[:-1]
    note = f"The last time in the list, {times[-1]:g} s, was taken for the end of the film."
    return _shot_list(times, given, "cut times", options, (note,))


def _from_lengths(
    rows: Sequence[Row], column: int, scales: int | None, *, path: Path, options: ReadOptions
) -> ShotList:
    lengths = column_times(rows, column, path=path, options=options)
    for k in np.flatnonzero(lengths <= 0).tolist():
        raise TableError(f"{path}: line {rows[k].number}: a shot of {lengths[k]:g} s; a shot has a length; correct it")
    times = np.concatenate([[0.0], np.cumsum(lengths)])
    return _shot_list(times, column_scales(rows, scales, path=path), "shot lengths", options, ())


def _shot_list(
    times: npt.NDArray[np.float64],
    scales: tuple[ShotScale | None, ...] | None,
    name: str,
    options: ReadOptions,
    notes: tuple[str, ...],
) -> ShotList:
    shots = make_shots(times[:-1], float(times[-1]))
    return ShotList(shots=shots, scales=scales, format=name, fps=options.fps, notes=notes)
