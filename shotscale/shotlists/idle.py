"""Leave out columns and rows of a table that hold no times, and split cells that hold two."""

import re
from dataclasses import replace

from shotscale.shotlists.columns import TIMES, Column
from shotscale.shotlists.rows import Row, Sheet, quoted
from shotscale.shotlists.times import without_missing

_RANGE = re.compile(r"(.+?)\s*(?:-->|[-–—]|\b(?:to|bis|à|a)\b)\s*(.+)")
"""Two times in a cell: 0:04-0:10, 00:00:04 bis 00:00:10."""


def with_ranges(sheet: Sheet) -> Sheet:
    """Split a column of times whose cells all hold two, as 0:04-0:10, into starts and ends behind the other columns."""
    width = len(sheet.columns)
    roles = ("cut", "start") if any(one.role in TIMES for one in sheet.columns) else (None,)  # 'von/bis' has no role
    for column in sheet.columns if not any(any(row.fields[width:]) for row in sheet.rows) else ():
        cells = sheet.cells(column.index)
        pairs = [match.groups() if (match := _RANGE.fullmatch(cell)) else ("", "") for cell in cells]
        times = [time for pair in pairs for time in pair if time]
        whole = len(times) == 2 * sum(map(bool, cells)) > 0
        if column.role in roles and whole and all(map(sheet.time, times)):
            parted = [(*row.fields, *[""] * width)[:width] + pair for row, pair in zip(sheet.rows, pairs, strict=True)]
            rows = [Row(row.number, fields) for row, fields in zip(sheet.rows, parted, strict=True)]
            left = [replace(one, role=None, name="") if one is column else one for one in sheet.columns]
            ends = (replace(column, index=width + k, role=role) for k, role in enumerate(("start", "end")))
            return replace(sheet, rows=rows, columns=[*left, *ends])
    return sheet


def without_idle(sheet: Sheet) -> Sheet:
    """Leave out columns of times that are empty, or of frames that hold pictures, say, if others make shots.

    So are lengths that not every row has, as of transitions in DaVinci Resolve's tables, beside starts and ends.
    """
    cells = {column: sheet.cells(column.index) for column in sheet.columns if column.role in TIMES}
    whole = {column.role for column, fields in cells.items() if all(map(sheet.time, fields))}

    def is_idle(column: Column) -> bool:
        if column.role == "length" and not all(cells[column]) and whole >= {"start", "end"}:
            return True
        return (column.unit == "frames" or not any(cells[column])) and not any(map(sheet.time, cells[column]))

    idle = [*filter(is_idle, cells)]
    if {column.role for column in cells if column not in idle} <= {"start"}:
        return sheet  # starts alone make no shots; the error then says what is no time
    return replace(sheet, columns=[replace(one, role=None) if one in idle else one for one in sheet.columns])


def without_untimed(sheet: Sheet) -> Sheet:
    """Leave out the last rows if they have neither a time other than 0 nor a scale, with a note.

    They hold a source, numbers written in advance, or formulas that a spreadsheet filled down. A number beside text is
    that of a shot whose time is missing.
    """
    times = [column.index for column in sheet.columns if column.role in TIMES]
    scales, numbers = ([column.index for column in sheet.of(role)] for role in ("scale", "number"))

    def is_none(cell: str) -> bool:
        """Return whether a cell is empty, or holds 0 or a spreadsheet's error."""
        return not cell or cell.startswith("#") or (sheet.time(cell) is not None and not set(cell) & set("123456789"))

    def is_untimed(row: Row) -> bool:
        cells = [without_missing(row.field(k)) for k in times]
        some = any(not cell or cell.startswith("#") for cell in cells)  # a shot of 0 s is an error
        if not some or any(row.field(k) for k in scales) or not all(map(is_none, cells)):
            return False
        numbered = any(row.field(k)[:1].isdigit() for k in numbers)
        return not numbered or not any(field for k, field in enumerate(row.fields) if k not in (*numbers, *times))

    end = len(sheet.rows)
    while times and end > 1 and is_untimed(sheet.rows[end - 1]):
        end -= 1
    if end == len(sheet.rows):
        return sheet
    note = f"Left out because they have no time: {quoted(sheet.rows[end:])}."
    return replace(sheet, rows=sheet.rows[:end], notes=(*sheet.notes, note))
