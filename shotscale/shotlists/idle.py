"""Leave out columns and rows of a table that hold no times, and split cells that hold two."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from shotscale.shotlists.columns import TIMES, Column
from shotscale.shotlists.rows import Row
from shotscale.shotlists.times import is_time, without_missing

_RANGE = re.compile(r"(.+?)\s*(?:-->|[-–—]|\b(?:to|bis|à|a)\b)\s*(.+)")
"""Two times in a cell: 0:04-0:10, 00:00:04 bis 00:00:10."""


def with_ranges(rows: list[Row], columns: list[Column], decimal: str | None) -> tuple[list[Row], list[Column]]:
    """Split a column of times whose cells all hold two, as 0:04-0:10, into starts and ends behind the other columns."""
    width = len(columns)
    roles = ("cut", "start") if any(column.role in TIMES for column in columns) else (None,)  # 'von/bis' has no role
    for column in columns if not any(any(row.fields[width:]) for row in rows) else ():
        found = {row.number: _RANGE.fullmatch(cell) for row in rows if (cell := row.field(column.index))}
        pairs = {number: match.groups() for number, match in found.items() if match}
        times = [time for pair in pairs.values() for time in pair]
        if column.role in roles and pairs.keys() == found.keys() and times and _are_times(times, decimal):
            parted = [(*row.fields, *[""] * width)[:width] + pairs.get(row.number, ("", "")) for row in rows]
            start, end = (replace(column, index=width + k, role=role) for k, role in enumerate(("start", "end")))
            left = [replace(one, role=None, name="") if one is column else one for one in columns]
            return [Row(row.number, fields) for row, fields in zip(rows, parted, strict=True)], [*left, start, end]
    return rows, columns


def _are_times(texts: Sequence[str], decimal: str | None) -> bool:
    return all(is_time(text, decimal=decimal) for text in texts)


def without_idle(rows: Sequence[Row], columns: list[Column], decimal: str | None) -> list[Column]:
    """Leave out columns of times that are empty, or of frames that hold pictures, say, if others make shots.

    So are lengths that not every row has, as of transitions in DaVinci Resolve's tables, beside starts and ends.
    """

    def times(column: Column) -> Iterator[bool]:
        return (is_time(row.field(column.index), decimal=decimal) for row in rows)

    def is_idle(column: Column) -> bool:
        if column.role == "length" and not all(row.field(column.index) for row in rows):
            whole = {one.role for one in columns if one.role in ("start", "end") and all(times(one))}
            if len(whole) == 2:
                return True
        empty = column.unit == "frames" or not any(row.field(column.index) for row in rows)
        return empty and not any(times(column))

    idle = [column for column in columns if column.role in TIMES and is_idle(column)]
    if {column.role for column in columns if column.role in TIMES and column not in idle} <= {"start"}:
        return columns  # starts alone make no shots; the error then says what is no time
    return [replace(column, role=None) if column in idle else column for column in columns]


def without_untimed(
    rows: Sequence[Row], columns: Sequence[Column], decimal: str | None
) -> tuple[list[Row], tuple[str, ...]]:
    """Leave out the last rows if they have neither a time other than 0 nor a scale, with a note.

    They hold a source, numbers written in advance, or formulas that a spreadsheet filled down. A number beside text is
    that of a shot whose time is missing.
    """
    times = [column.index for column in columns if column.role in TIMES]
    scales = [column.index for column in columns if column.role == "scale"]
    numbers = [column.index for column in columns if column.role == "number"]

    def is_untimed(row: Row) -> bool:
        cells = [without_missing(row.field(k)) for k in times]
        some = any(not cell or cell.startswith("#") for cell in cells)  # a shot of 0 s is an error
        if not some or any(row.field(k) for k in scales) or not all(_is_none(cell, decimal) for cell in cells):
            return False
        numbered = any(row.field(k)[:1].isdigit() for k in numbers)
        return not numbered or not any(field for k, field in enumerate(row.fields) if k not in (*numbers, *times))

    end = len(rows)
    while times and end > 1 and is_untimed(rows[end - 1]):
        end -= 1
    left = [" ".join(filter(None, row.fields))[:40] for row in rows[end:]]
    return list(rows[:end]), (f"Left out because they have no time: {'; '.join(left)[:80]!r}.",) if left else ()


def _is_none(text: str, decimal: str | None) -> bool:
    """Return whether a cell is empty, or holds 0 or a spreadsheet's error."""
    return not text or text.startswith("#") or (is_time(text, decimal=decimal) and not set(text) & set("123456789"))
