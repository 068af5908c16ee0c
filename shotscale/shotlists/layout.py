"""Find a table's header, the end of its shots, and the role of each column.

Conventions
-----------
A header that names scales and nothing else is believed, and an unknown name below it is an error. Any other column is
that of scales only if all of its fields name one, whatever it is called.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

import numpy as np

from shotscale.errors import TableError
from shotscale.numerals import counted, some_of
from shotscale.shotlists.columns import (
    TIMES,
    Column,
    chosen_columns,
    in_brackets,
    is_statistics,
    may_be_scale,
    understood_columns,
)
from shotscale.shotlists.idle import with_ranges, without_idle, without_untimed
from shotscale.shotlists.rows import Row, Sheet
from shotscale.shotlists.scalenames import are_scales, read_scales, unread_scale
from shotscale.shotlists.series import Seconds, are_near, is_count, values_of
from shotscale.shotlists.thousands import without_thousands
from shotscale.shotlists.times import is_time
from shotscale.shotlists.totals import is_numbered, refuse_sum, without_totals

_SEARCHED = 12
"""Number of lines searched for a header; a title, a source or PySceneDetect's timecodes may precede it."""

_MOST_TIERS = 20  # an annotation of a film has fewer; shots have more
FEWEST_RISING = 6
"""Minimum number of rows at which lengths that rise from shot to shot are implausible: by chance, one in 720."""


def is_closed(sheet: Sheet, times: Collection[str]) -> bool:
    """Return whether the last of the times of a role only says where the film ends, and the others start shots."""
    numbered, unscaled = numbered_but_last(sheet), last_alone_unscaled(sheet)
    if set(times) == {"cut"}:
        return numbered and unscaled
    return set(times) == {"start"} and (numbered or ("start" in sheet.options.columns and unscaled))


def numbered_but_last(sheet: Sheet) -> bool:
    """Return whether the last row alone has no shot number: in a list of starts, it is the film's end."""
    *before, last = [is_numbered(cell) for cell in sheet.cells(sheet.numbers[0])] if sheet.numbers else [False]
    return bool(before) and all(before) and not last


def last_alone_unscaled(sheet: Sheet) -> bool:
    """Return whether the last row is the only one without a scale."""
    scales = [sheet.cells(column.index) for column in sheet.of("scale")]
    return len(scales) == 1 and all(scales[0][:-1]) and len(sheet.rows) > 1 and not scales[0][-1]


def lay_out(sheet: Sheet) -> Sheet:
    """Return the rows of shots, without header and totals, and their columns; notes say what was left out."""
    options = sheet.options
    if any(is_statistics(row.fields) for row in sheet.rows[:_SEARCHED]):
        raise sheet.error(
            "PySceneDetect's statistics, a row per frame and no shots; write a list of shots with scenedetect ... "
            "list-scenes"
        )
    headed = find_header(sheet) is not None
    sheet = without_idle(below_header(sheet))
    numbers = [column.index for column in sheet.of("number")]
    if options.columns:
        sheet = replace(sheet, columns=chosen_columns(sheet.columns, options.columns, sheet.path))
    sheet = with_ranges(sheet)
    # A column of numbers tells totals from shots even if --columns does not name it.
    unnamed = [index for index in numbers if sheet.columns[index].role is None]
    sheet = replace(sheet, numbers=(*(column.index for column in sheet.of("number")), *unnamed))
    sheet = without_totals(without_thousands(without_untimed(sheet)))
    if not sheet.rows:
        raise sheet.error("holds no shot below its header; a film has at least one; check the file")
    if headed:
        _refuse_ragged(sheet)
        refuse_sum(sheet)
    if options.columns:
        return sheet
    return _with_scales(sheet) if headed else _by_content(sheet)


def below_header(sheet: Sheet) -> Sheet:
    """Return the rows below the header and the columns as it names them, with a note on what is above it."""
    at = find_header(sheet)
    names = [""] * max(len(row.fields) for row in sheet.rows) if at is None else sheet.rows[at].fields
    rows = sheet.rows[0 if at is None else at + 1 :]
    return replace(sheet, rows=rows, columns=understood_columns(names), notes=_above(sheet.rows[: at or 0]))


def find_header(sheet: Sheet) -> int | None:
    """Return the index of the header, the first row that names a time column, or None if the first row is a shot.

    If rows of words follow it, as below cells merged into a heading, the header is the one with the most roles. A row
    that has a time as well, as 'Length; 83:12', states a fact if one that names a time column and has none follows.
    """
    wanted = {name.casefold() for name in sheet.options.columns.values() if not name.isdecimal()}
    searched = sheet.rows[:_SEARCHED]
    naming = [[column.index for column in understood_columns(row.fields) if column.role in TIMES] for row in searched]
    timed = [any(map(sheet.time, row.fields)) for row in searched]
    headers = [bool(names) and not times for names, times in zip(naming, timed, strict=True)]
    for at, row in enumerate(searched):
        if wanted & {field.casefold() for field in row.fields}:
            return at
        # A row with a time is a shot called 'Start' or 'End' if there are no times below these names.
        below = [row.field(k) for row in searched[at + 1 : at + 2] for k in naming[at]]
        if not wanted and naming[at] and (headers[at] or (any(map(sheet.time, below)) and not any(headers[at:]))):
            return at + _richest(sheet, at)
    return None if timed[0] else 0


def _richest(sheet: Sheet, at: int) -> int:
    """Return the index of the row with the most roles, the first of equals, among those above the first with a time."""
    roles = [_n_roles(row.fields) for row in _words(sheet, at)]
    return roles.index(max(roles)) if roles else 0


def _words(sheet: Sheet, at: int = 0) -> list[Row]:
    """Return the rows above the first with a time."""
    return [*takewhile(lambda row: not any(map(sheet.time, row.fields)), sheet.rows[at:_SEARCHED])]


def _n_roles(names: Sequence[str]) -> int:
    return sum(column.role is not None for column in understood_columns(names))


def with_one_header(sheet: Sheet) -> Sheet:
    """Join a header of two rows, of headings above merged cells and below them, or of names and units, into one."""
    for k, (upper, lower) in enumerate(pairwise(_words(sheet))):
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


def _refuse_ragged(sheet: Sheet) -> None:
    width = len(sheet.columns)
    for row in sheet.rows:
        if any(row.fields[width:]):
            raise TableError(
                f"{sheet.where(row)} has {counted(len(row.fields), 'field')} and the header {width}; a comma may "
                "separate columns and decimals at once; say which with --delimiter and --decimal, or quote the fields"
            )


def _with_scales(sheet: Sheet) -> Sheet:
    """Find the column of scales, if there is one, and note others that may have been meant.

    Those with a foreign header are left out if not all of their fields name a scale, or another column has scales.
    """
    named = sheet.of("scale")
    foreign = [column for column in named if may_be_scale(column.name)]
    sure = len(foreign) < len(named)
    reasons = {column: None if sure else unread_scale(sheet.cells(column.index)) for column in foreign}
    unread = {column: reason for column, reason in reasons.items() if reason is not None}
    left = foreign if sure else [*unread]
    columns = [replace(column, role=None) if column in left else column for column in sheet.columns]
    if len(left) == len(named):
        others = [column for column in columns if column.role in (None, "number")]  # ELAN's may be called shots
        chosen = [column for column in others if _names_scales(sheet, column.index)]
        if len(chosen) == 1:
            columns = [replace(column, role="scale") if column in chosen else column for column in columns]
        else:
            unread = unread or dict(_unread(sheet, others))
    notes = (f"Column {column.label} was not read as scales: {reason}." for column, reason in unread.items())
    return replace(sheet, columns=columns, notes=(*sheet.notes, *notes))


def _names_scales(sheet: Sheet, index: int) -> bool:
    """Return whether a column's fields, at least half of them filled and two different, are scale names, not codes."""
    words = [*filter(None, sheet.cells(index))]
    return 2 * len(words) >= len(sheet.rows) and len(set(words)) > 1 and are_scales(*words)


def _unread(sheet: Sheet, columns: Sequence[Column]) -> Iterator[tuple[Column, str]]:
    """Yield columns of which most fields, but not all, name a scale, and why: a slip would lose the others."""
    for column in columns:
        words = [*filter(None, sheet.cells(column.index))]
        named = read_scales(words)
        most = 2 * sum(word in named for word in words) > max(len(words), len(sheet.rows) / 2)
        if most and len(named) > 1 and (reason := unread_scale(words)) is not None:
            yield column, reason


def _by_content(sheet: Sheet) -> Sheet:
    """Infer the roles of columns without a header from their content, if only one reading is possible."""
    found = {k: its for k in range(len(sheet.columns)) if (its := values_of(sheet, k)) is not None}
    scales = [k for k in range(len(sheet.columns)) if k not in found and _names_scales(sheet, k)]
    values: dict[int, Seconds] = {}
    for k, its in found.items():  # ELAN writes each time in several forms, Audacity that of a point twice
        if not any(np.array_equal(its, other) for other in values.values()):
            values[k] = its
    times = [*values] or [0]  # the error then names its first field that is not a time
    counted = len(times) > 1 and len(sheet.rows) > 1 and is_count(values[times[0]])
    if len(times) == 1:
        told = [{times[0]: "cut"}]
    elif len(times) == 2:
        told = _of_two(times, values, counted=counted)
    else:
        told = _of_more(times, values, counted=counted)
    if len(told) != 1:
        raise _unclear(told, times, sheet)
    if not scales and len(sheet.columns) == 2 and len(times) == 1 and any(sheet.cells(1 - times[0])):
        scales = [1 - times[0]]  # so that an invalid scale is reported
    roles = {**(dict.fromkeys(scales, "scale") if len(scales) == 1 else {}), **told[0]}
    return replace(sheet, columns=[replace(column, role=roles.get(column.index)) for column in sheet.columns])


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


def _unclear(told: Sequence[dict[int, str]], times: Sequence[int], sheet: Sheet) -> TableError:
    rows = sheet.rows
    if told:
        ways = " or ".join(
            "--columns " + ",".join(f"{role}={index + 1}" for index, role in sorted(one.items())) for one in told
        )
        return sheet.error(
            f"has no header, and its columns can be read in {counted(len(told), 'way')}; say which: {ways}"
        )
    if len(times) > max(3, len(rows)):
        return sheet.error(
            f"has {counted(len(rows), 'row')} of {counted(len(times), 'time')}; a list has a row per shot; write one "
            "time per line, or turn the rows into columns, as a spreadsheet's Transpose does"
        )
    tiers = [*dict.fromkeys(sheet.cells(0))] if 0 not in times else []
    if 1 < len(tiers) < _MOST_TIERS:
        named = some_of(tiers, most=3)
        return sheet.error(
            f"has no header, and its rows may be of several tiers ({named}); export that of the shots alone"
        )
    which = ", ".join(str(index + 1) for index in times)
    return sheet.error(
        f"has no header, and columns {which} are times that are neither start and end nor number and length; say which "
        "with --columns start=1,end=2, say"
    )
