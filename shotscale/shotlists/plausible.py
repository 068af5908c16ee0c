"""Check whether a table can plausibly be a film, and whether ignored columns contradict it.

A list that does not state its unit is read as seconds, as the columns ``start`` and ``end`` of the project's own tables
always are. Beyond the bounds below, that reading, or the header's unit, is unlikely enough to ask the user: a rejection
costs one option, a misread film makes every figure wrong.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from shotscale.errors import TableError
from shotscale.shotlists.columns import Column
from shotscale.shotlists.rows import Sheet
from shotscale.shotlists.series import Seconds, Series, are_near, is_count, values_of
from shotscale.shotlists.spans import Spans
from shotscale.shotlists.timecodes import CODE
from shotscale.shotlists.times import AS_DAYS, UNIT_NAMES

_LONGEST_MEAN = 30.0
"""Highest average shot length in seconds for whole numbers without a unit. Few films exceed it (52 of the 843 whose
figures are built in), but nearly all lists counted in frames or milliseconds do."""

_SHORTEST_MEAN = 0.5
"""Lowest average shot length in seconds for numbers without a unit. The fastest of those 843 films has 2.2 s; lower
numbers are more likely minutes."""

_STATED_MEANS = (0.02, 2000.0)
"""Limits in seconds of the average shot length if the header states the unit: less than a frame, or three reels of
film."""

_LONGEST_WHOLE_MEAN = 600.0
"""The upper limit for whole numbers; beyond it they are milliseconds rather than seconds."""

_FEWEST_SAMPLES, _LONGEST_SAMPLED = 30, 1.0
"""Minimum number of rows and maximum distance in seconds at which times at equal distances are samples; by judgment:
CineScale's codings have a row per second, and no film has a cut every second."""

_FEWEST_MINUTES = 6
"""Minimum number of clock times at which only whole minutes are implausible; if the header says m:ss, two are."""
_MINUTES_SECONDS = re.compile(r"(?<!:)\bm{1,2}:s{1,2}\b", re.IGNORECASE)

_FEWEST_SEXAGESIMAL, _FEWEST_FRACTIONS = 15, 5
"""Minimum numbers of numbers, and of different fractions, at which fractions all below .60 are implausible: 0.6 to the
power of 15 is one in 2,000. Halves and quarters of a second have fewer fractions."""

_LONGEST_FIRST = 3480.0
"""Limit in seconds of a first shot that ends at the first of a list of clock times: 58 minutes, from where on a program
may begin that is at the first hour of its clock, or has two minutes of leader before it."""

_FEWEST_ROWS = 3  # two equal lengths may be chance


def check_plausible(spans: Spans, series: Mapping[str, Series], sheet: Sheet) -> None:
    """Reject numbers that are unlikely to be in the assumed unit; the message names the option that decides."""
    options = sheet.options
    _check_minutes(series, sheet)
    counted = [one for one in series.values() if one.unit != "clock"]
    if options.unit is not None:
        return
    mean = float((spans.ends[-1] - spans.starts[0]) / len(spans.starts))
    if mean <= 0:
        return  # not a list of shots in any unit; the check of its rows says so
    if not counted:
        _check_clocks(mean, spans, series, sheet)
        return
    whole = all(one.whole for one in counted)
    named = {role: one.column.name for role, one in series.items()} == {"start": "start", "end": "end"}
    if any(one.source == "nothing" for one in counted) and not (named and options.fps is None):
        frames = options.fps is not None and mean >= float(options.fps) / 2
        if whole and not spans.frames and (mean > _LONGEST_MEAN or frames):
            rate = float(options.fps or 25)
            raise sheet.error(
                f"whole numbers, and nothing says what they count: as seconds, a shot lasts {_rough(mean)} s on "
                f"average, as milliseconds {_rough(mean / 1000)} s, as frames {_rough(mean / rate)} s at {rate:.6g} a "
                "second; say which with --unit s, ms or frames"
            )
        if not spans.frames and 60 * mean < _SHORTEST_MEAN:
            raise sheet.error(f"as seconds or minutes, a shot lasts under {_SHORTEST_MEAN} s; these may be {AS_DAYS}")
        if not spans.frames and mean < _SHORTEST_MEAN:
            raise sheet.error(
                f"nothing says what its numbers count: as seconds, a shot lasts {_rough(mean)} s on average, as "
                f"minutes {_rough(60 * mean)} s; say which with --unit s or min"
            )
    elif len(spans.starts) > 1 and not _STATED_MEANS[0] <= mean <= (_LONGEST_WHOLE_MEAN if whole else _STATED_MEANS[1]):
        unit = UNIT_NAMES[counted[0].unit]
        raise sheet.error(
            f"a shot lasts {_rough(mean)} s on average if its numbers are {unit}; no film is cut so; correct the "
            "header, or say what they are with --unit ms, s, min or frames"
        )


def _check_clocks(mean: float, spans: Spans, series: Mapping[str, Series], sheet: Sheet) -> None:
    """Reject clock times on which a shot would last longer than in any film, on average or as the first."""
    first = float(next(iter(series.values())).seconds[0])  # where the first shot ends, if it starts at 0
    if spans.kind == "cut times" and spans.starts[0] == 0 and len(spans.starts) > 1 and first >= _LONGEST_FIRST:
        raise sheet.error(
            f"the first shot would last {_rough(first)} s; its clock may begin at an hour, as a program's; subtract "
            "its beginning from all times, or confirm them with --unit s"
        )
    whole = all(one.step >= 1 for one in series.values())
    # A frame rate beside whole seconds says that the last of three parts may count frames.
    most = _LONGEST_WHOLE_MEAN if whole and sheet.options.fps is not None else _STATED_MEANS[1]
    if len(spans.starts) > 1 and mean > most:
        frames = (
            "say with --unit frames that the last part counts frames"
            if all(one.hours for one in series.values())
            else "correct them"
        )
        raise sheet.error(
            f"a shot lasts {_rough(mean)} s on average by its clock times; few films are cut so; {frames}, or confirm "
            "them with --unit s"
        )


def _check_minutes(series: Mapping[str, Series], sheet: Sheet) -> None:
    """Reject minutes and seconds that were stored as something else: hours and minutes, or a decimal fraction."""
    for role, one in series.items():
        unit = one.unit
        if unit == "clock" and not one.codes and sheet.options.unit is None and _are_whole_minutes(one):
            raise sheet.error(
                f"column {one.column.label}: every time is a whole minute; Excel takes 0:04 for 4 minutes; divide the "
                "column by 60 there, as [h]:mm:ss, or confirm the times with --unit s"
            )
        unsaid = unit == "min" or (unit == "s" and one.source == "nothing")
        # A length below 1 is a fraction of a minute in either reading: it says nothing.
        if unsaid and _are_sexagesimal(one.numbers[one.numbers >= 1] if role == "length" else one.numbers):
            ways = "or convert it to seconds" if unit == "min" else "or say --unit s if they are seconds"
            raise sheet.error(
                f"column {one.column.label}: no fraction reaches .60; this may be minutes.seconds, as 1.02 for 1:02; "
                f"write 1:02, {ways}"
            )


def _are_whole_minutes(one: Series) -> bool:
    fewest = 2 if _MINUTES_SECONDS.search(one.column.name) else _FEWEST_MINUTES
    return one.hours and len(one.seconds) >= fewest and bool((one.seconds % 60 == 0).all())


def _are_sexagesimal(numbers: Seconds) -> bool:
    hundredths = np.rint(numbers * 100)
    parts = hundredths % 100
    if len(numbers) < _FEWEST_SEXAGESIMAL or not np.allclose(numbers * 100, hundredths, rtol=0, atol=1e-6):
        return False
    return bool((parts < 60).all()) and len(np.unique(parts)) >= _FEWEST_FRACTIONS


def check_no_coding(spans: Spans, series: Mapping[str, Series], sheet: Sheet) -> None:
    """Reject shots with scales that all last the same second or less: samples, which say nothing about cuts."""
    lengths = spans.ends - spans.starts
    if sheet.options.unit is not None or spans.kind == "shot lengths" or len(lengths) < _FEWEST_SAMPLES - 1:
        return
    steps = lengths[1:]  # the first begins at 0, wherever the coding does
    if steps[0] <= _LONGEST_SAMPLED and np.ptp(steps) <= 1e-6:
        unit = next((one.unit for one in series.values() if one.unit != "clock"), "s")
        raise sheet.error(
            f"a row every {_rough(steps[0])} s is a coding and not a list of cuts, which has a row per shot; give it "
            f"as a coding, a CSV with the columns time and shotscale, or confirm the shots with --unit {unit}"
        )


def _rough(figure: float) -> str:
    """Format a figure with three significant digits and no exponent."""
    return f"{float(f'{figure:.3g}'):,.12f}".rstrip("0").rstrip(".")


def check_unused(spans: Spans, unused: Sequence[Column], sheet: Sheet) -> None:
    """Reject a table if a column that was not understood implies different shots, or its numbers several a row."""
    for column in unused:
        if column.role == "number":
            _refuse_several(column, sheet)
    if len(spans.starts) != len(sheet.rows):
        return
    fps = sheet.options.fps
    factors = [1.0, 0.001, 60.0, *([float(1 / fps)] if fps is not None else [])]
    for column in unused:
        values = values_of(sheet, column.index) if column.name else None
        if values is not None:
            if column.role == "number" and is_count(values):
                continue
            role = next((role for factor in factors if (role := _contradicts(spans, values * factor))), None)
            if role is not None and not any(map(CODE.fullmatch, sheet.cells(column.index))):
                raise sheet.error(
                    f"column {column.label} is not understood; as the {role} of shots it would give another film; "
                    f"decide with --columns {role}={column.name}, ..., or remove the column"
                )


def _refuse_several(column: Column, sheet: Sheet) -> None:
    """Reject rows of several shots, numbered 1-3, 4, 5-9; a shot 1-3 of a scene is not followed by a 4."""
    found = [re.fullmatch(r"(\d+)(?:\s*[-–]\s*(\d+))?", cell) for cell in sheet.cells(column.index)]
    spans = [(int(match[1]), int(match[2] or match[1])) for match in found if match]
    linked = len(spans) == len(found) > 1 and all(a[1] + 1 == b[0] for a, b in pairwise(spans))
    several = next((row for row, (first, last) in zip(sheet.rows, spans, strict=False) if last > first), None)
    if linked and several is not None:
        raise TableError(
            f"{sheet.where(several)}: {several.field(column.index)!r} is several shots in one row; a list has a row "
            "for each; split them, or rename the column to measure the rows as they are"
        )


def _contradicts(spans: Spans, values: Seconds) -> str | None:
    """Return the role in which a column would fit the rest but imply a different film, or None."""
    starts, ends, n = spans.starts, spans.ends, len(values)
    if n == 1:
        return "start" if spans.kind == "cut times" and starts[0] < values[0] < ends[0] else None
    lengths = ends - starts
    if any(are_near(values, known) for known in (starts, ends, lengths)):
        return None
    steps = np.diff(values)
    counted = bool((steps == 1).all())  # shot numbers, next to shots of one second each
    if are_near(values[1:], starts[1:]) or (are_near(steps, lengths[:-1]) and not counted):
        return "start"
    if are_near(values[:-1], ends[1:]) or (are_near(steps, lengths[1:]) and not counted):
        return "end"
    if are_near(values[1:], lengths[1:]) or (n >= _FEWEST_ROWS and are_near(values[:-1], lengths[1:])):
        return "length"
    return None
