"""Find a table's header, the end of its shots, and the role of each column."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from pathlib import Path

import numpy as np

from shotscale.errors import TableError
from shotscale.numerals import counted, some_of
from shotscale.shotlists.columns import (
    TIMES,
    Column,
    chosen_columns,
    in_brackets,
    is_statistics,
    understood_columns,
)
from shotscale.shotlists.idle import with_ranges, without_idle, without_untimed
from shotscale.shotlists.rows import Row, Sheet
from shotscale.shotlists.scalecolumns import names_scales, with_scales
from shotscale.shotlists.series import Seconds, all_times, are_near, is_count, values_of
from shotscale.shotlists.shotlist import ReadOptions
from shotscale.shotlists.thousands import without_thousands
from shotscale.shotlists.times import is_time
from shotscale.shotlists.totals import is_numbered, refuse_sum, without_totals

_SEARCHED = 12
"""Number of lines searched for a header; a title, a source or PySceneDetect's timecodes may precede it."""

_MOST_TIERS = 20  # an annotation of a film has fewer; shots have more
FEWEST_RISING = 6
"""Minimum number of rows at which lengths that rise from shot to shot are implausible: by chance, one in 720."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A table's columns and the rows of its shots, without header and totals; `notes` say what was left out.

    `numbered_but_last` says whether the last row alone has no shot number: in a list of starts, it is the film's end.
    """

    columns: list[Column]
    rows: list[Row]
    notes: tuple[str, ...]
    numbered_but_last: bool

    def of(self, role: str) -> list[Column]:
        """Return the columns of a role."""
        return [column for column in self.columns if column.role == role]

    def is_closed(self, times: Collection[str], options: ReadOptions) -> bool:
        """Return whether the last of the times of a role only says where the film ends, and the others start shots."""
        if set(times) == {"cut"}:
            return self.numbered_but_last and self.last_alone_unscaled
        told = "start" in options.columns and self.last_alone_unscaled
        return set(times) == {"start"} and (self.numbered_but_last or told)

    @property
    def last_alone_unscaled(self) -> bool:
        """Whether the last row is the only one without a scale."""
        scales = [[bool(row.field(column.index)) for row in self.rows] for column in self.of("scale")]
        return len(scales) == 1 and all(scales[0][:-1]) and len(self.rows) > 1 and not scales[0][-1]


def lay_out(sheet: Sheet, *, options: ReadOptions, path: Path) -> Layout:
    """Find the header, the columns and the rows of shots."""
    for row in sheet.rows[:_SEARCHED]:
        if is_statistics(row.fields):
            raise TableError(
                f"{path}: PySceneDetect's statistics, a row per frame and no shots; write a list of shots with "
                "scenedetect ... list-scenes"
            )
    at = find_header(sheet, options)
    if at is None:
        columns = [Column(index, "") for index in range(max(len(row.fields) for row in sheet.rows))]
        rows, above = list(sheet.rows), []
    else:
        rows, above = sheet.rows[at + 1 :], sheet.rows[:at]
        columns = without_idle(rows, understood_columns(sheet.rows[at].fields), sheet.decimal)
    numbers = [column for column in columns if column.role == "number"]
    if options.columns:
        columns = chosen_columns(columns, options.columns, path)
    rows, columns = with_ranges(rows, columns, sheet.decimal)
    # A column of numbers tells totals from shots even if --columns does not name it.
    known = [*columns, *(column for column in numbers if columns[column.index].role is None)]
    rows, untimed = without_untimed(rows, columns, sheet.decimal)
    rows, thousands = without_thousands(rows, columns, unit=options.unit, decimal=sheet.decimal)
    rows, below = without_totals(rows, known, decimal=sheet.decimal, fps=options.fps, path=path)
    if not rows:
        raise TableError(f"{path}: holds no shot below its header; a film has at least one; check the file")
    if at is None and not options.columns:
        columns = _by_content(rows, columns, decimal=sheet.decimal, path=path)
    elif at is not None:
        _refuse_ragged(rows, columns, path)
        refuse_sum(rows, known, decimal=sheet.decimal, fps=options.fps, path=path)
        if not options.columns:
            columns, unread = with_scales(rows, columns)
            below = (*below, *unread)
    return Layout(columns, rows, (*_above(above), *untimed, *thousands, *below), _is_numbered_but_last(rows, known))


def _is_numbered_but_last(rows: Sequence[Row], known: Sequence[Column]) -> bool:
    number = next((column.index for column in known if column.role == "number"), None)
    *before, last = [number is not None and is_numbered(row.field(number)) for row in rows]
    return bool(before) and all(before) and not last


def find_header(sheet: Sheet, options: ReadOptions) -> int | None:
    """Return the index of the header, the first row that names a time column, or None if the first row is a shot.

    If rows of words follow it, as below cells merged into a heading, the header is the one with the most roles. A row
    that has a time as well, as 'Length; 83:12', states a fact if one that names a time column and has none follows.
    """
    wanted = {name.casefold() for name in options.columns.values() if not name.isdecimal()}
    searched = sheet.rows[:_SEARCHED]
    naming = [any(column.role in TIMES for column in understood_columns(row.fields)) for row in searched]
    timed = [any(is_time(field, decimal=sheet.decimal) for field in row.fields) for row in searched]
    headers = [names and not times for names, times in zip(naming, timed, strict=True)]
    for at, row in enumerate(searched):
        if wanted & {field.casefold() for field in row.fields}:
            return at
        if (
            not wanted
            and naming[at]
            and (headers[at] or not (any(headers[at:]) or _is_shot(searched, at, sheet.decimal)))
        ):
            return at + _richest(sheet.rows[at:_SEARCHED], sheet.decimal)
    return None if timed[0] else 0


def _is_shot(rows: Sequence[Row], at: int, decimal: str | None) -> bool:
    """Return whether a row with a time is a shot called 'Start' or 'End': there are no times below these names."""
    named = [column.index for column in understood_columns(rows[at].fields) if column.role in TIMES]
    below = rows[at + 1 : at + 2]
    return not any(is_time(row.field(k), decimal=decimal) for row in below for k in named)


def _richest(rows: Sequence[Row], decimal: str | None) -> int:
    """Return the index of the row with the most roles, the first of equals, among those above the first with a time."""
    roles = [_n_roles(row.fields) for row in _words(rows, decimal)]
    return roles.index(max(roles)) if roles else 0


def _words(rows: Sequence[Row], decimal: str | None) -> list[Row]:
    return list(takewhile(lambda row: not any(is_time(field, decimal=decimal) for field in row.fields), rows))


def _n_roles(names: Sequence[str]) -> int:
    return sum(column.role is not None for column in understood_columns(names))


def with_one_header(sheet: Sheet) -> Sheet:
    """Join a header of two rows, of headings above merged cells and below them, or of names and units, into one."""
    for k, (upper, lower) in enumerate(pairwise(_words(sheet.rows[:_SEARCHED], sheet.decimal))):
        width = range(max(len(upper.fields), len(lower.fields)))
        bare = [lower.field(i).strip("()[] ") for i in width]
        if all(in_brackets(f"({cell})").get(cell) for cell in bare if cell):
            names = [f"{upper.field(i)} ({cell})" if cell else upper.field(i) for i, cell in enumerate(bare)]
            better = _n_roles(upper.fields) > 0
        else:
            names = [lower.field(i) or upper.field(i) for i in width]
            better = _n_roles(names) > max(_n_roles(upper.fields), _n_roles(lower.fields))
        if better:
            return replace(sheet, rows=[*sheet.rows[:k], Row(lower.number, tuple(names)), *sheet.rows[k + 2 :]])
    return sheet


def _above(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return a note on what precedes the header, except PySceneDetect's line of timecodes."""
    lines = [next(filter(None, row.fields)) for row in rows]
    lines = [line for line in lines if not line.startswith("Timecode List") and not is_time(line)]
    return (f"Left out above the header: {'; '.join(lines)[:80]!r}.",) if lines else ()


def _refuse_ragged(rows: Sequence[Row], columns: Sequence[Column], path: Path) -> None:
    for row in rows:
        if any(row.fields[len(columns) :]):
            raise TableError(
                f"{path}: line {row.number} has {counted(len(row.fields), 'field')} and the header {len(columns)}; a "
                "comma may separate columns and decimals at once; say which with --delimiter and --decimal, or "
                "quote the fields"
            )


def _by_content(rows: Sequence[Row], columns: list[Column], *, decimal: str | None, path: Path) -> list[Column]:
    """Infer the roles of columns without a header from their content, if only one reading is possible."""
    times = [column.index for column in columns if all_times(rows, column.index, decimal=decimal)]
    roles: dict[int, str] = {}
    scales = [column.index for column in columns if column.index not in times and names_scales(rows, column.index)]
    if len(scales) == 1:
        roles[scales[0]] = "scale"
    if not times:
        times = [0]  # the error then names its first field that is not a time
    if len(times) > 1:  # ELAN writes each time in several forms, Audacity that of a point twice
        found = {k: values_of(rows, k, decimal=decimal) for k in times}
        times = [k for n, k in enumerate(times) if not any(np.array_equal(found[k], found[b]) for b in times[:n])]
    values = {k: values_of(rows, k, decimal=decimal) for k in times} if len(times) > 1 else {}
    counted = len(times) > 1 and len(rows) > 1 and is_count(values[times[0]])
    told: list[dict[int, str]]
    if len(times) == 1:
        told = [{times[0]: "cut"}]
    elif len(times) == 2:
        told = _of_two(times, values, counted=counted)
    else:
        told = _of_more(times, values, counted=counted)
    if len(told) != 1:
        raise TableError(_unclear(told, times, rows, path))
    if not scales and len(columns) == 2 and len(times) == 1 and any(row.field(1 - times[0]) for row in rows):
        roles[1 - times[0]] = "scale"  # so that an invalid scale is reported
    roles |= told[0]
    return [replace(column, role=roles.get(column.index)) for column in columns]


def _of_two(times: Sequence[int], values: dict[int, Seconds], *, counted: bool) -> list[dict[int, str]]:
    a, b = times
    first, second = values[a], values[b]
    told: list[dict[int, str]] = []
    gaps = first[1:] - second[:-1]
    if bool((second >= first).all()) and (bool((np.abs(gaps) < 0.5).all()) or bool((gaps == 1).all())):
        told.append({a: "start", b: "end"})
    if len(first) > 1 and are_near(np.diff(first), second[:-1]) and not (counted and bool((second == 1).all())):
        told.append({a: "start", b: "length"})
    elif len(first) > 1 and are_near(np.diff(first), second[1:]) and are_near(first[:1], second[:1]):
        told.append({a: "end", b: "length"})
    if told or not counted:
        parted = bool((second > first).all()) and len(first) > 1 and bool((second[:-1] <= first[1:]).all())
        return told or ([{a: "start", b: "end"}] if parted else [])
    rising = bool((np.diff(second) > 0).all())
    if not rising:
        return [{a: "number", b: "length"}]
    if len(second) >= FEWEST_RISING:
        return [{a: "number", b: "cut"}]
    return [{a: "number", b: "length"}, {a: "number", b: "cut"}]


def _of_more(times: Sequence[int], values: dict[int, Seconds], *, counted: bool) -> list[dict[int, str]]:
    """Return the possible readings as start, end and perhaps length, perhaps preceded by shot numbers."""
    rest = times[1:] if counted else times
    numbers = {times[0]: "number"} if counted else {}
    found = [numbers | told for told in _of_two(rest[:2], values, counted=False)] if len(rest) in (2, 3) else []
    if len(rest) == 2:
        return found
    return [
        told | {rest[2]: "length"}
        for told in found
        if told[rest[1]] == "end" and are_near(values[rest[1]] - values[rest[0]], values[rest[2]])
    ]


def _unclear(told: Sequence[dict[int, str]], times: Sequence[int], rows: Sequence[Row], path: Path) -> str:
    if told:
        ways = " or ".join(
            "--columns " + ",".join(f"{role}={index + 1}" for index, role in sorted(one.items())) for one in told
        )
        return f"{path}: has no header, and its columns can be read in {counted(len(told), 'way')}; say which: {ways}"
    if len(times) > max(3, len(rows)):
        return (
            f"{path}: has {counted(len(rows), 'row')} of {counted(len(times), 'time')}; a list has a row per "
            "shot; write one time per line, or turn the rows into columns, as a spreadsheet's Transpose does"
        )
    tiers = [*dict.fromkeys(row.field(0) for row in rows)] if 0 not in times else []
    if 1 < len(tiers) < _MOST_TIERS:
        named = some_of(tiers, most=3)
        return f"{path}: has no header, and its rows may be of several tiers ({named}); export that of the shots alone"
    which = ", ".join(str(index + 1) for index in times)
    return (
        f"{path}: has no header, and columns {which} are times that are neither start and end nor number and length; "
        "say which with --columns start=1,end=2, say"
    )
