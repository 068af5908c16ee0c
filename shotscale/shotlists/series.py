"""A column of times: its numbers, unit and precision."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shotscale.errors import OptionError, TableError
from shotscale.shotlists.columns import Column
from shotscale.shotlists.rows import Row
from shotscale.shotlists.shotlist import ReadOptions
from shotscale.shotlists.thousands import COUNTED, check_whole
from shotscale.shotlists.timecodes import code_of, zero_frame
from shotscale.shotlists.times import UNIT_NAMES, Time, in_seconds, is_time, read_time

__all__ = ["Seconds", "Series", "all_times", "are_near", "from_first_hour", "is_count", "read_series", "values_of"]

Seconds = npt.NDArray[np.float64]

_LAST_TWO = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{2})|:(\d{1,2}))")
"""A clock time whose last two digits may be frames: h:mm:ss.ff, mm:ss.ff or mm:ss:ff, which looks like h:mm:ss."""
_FRAMES = re.compile(r"\b(?:s{1,2}|sec|sek)[.,:;]f{1,2}\b", re.IGNORECASE)
_MILLISECONDS = re.compile(r"\b(?:s{1,2}|sec|sek)[.,]ms\b", re.IGNORECASE)
_FRACTION = re.compile(r"((?:\d{1,3}:)?\d{1,4}:\d{1,2}[.,])(\d{1,9})")
"""A clock time and its fraction, which is milliseconds if a program writes no zeros before them."""
_HOURS = re.compile(r"\bh{1,2}:", re.IGNORECASE)
_FEWEST_LOW, _FEWEST_DIFFERENT = 6, 3
"""Minimum numbers of times, and of different ones, at which hundredths all below 30 are implausible: one in 1,400 by
chance."""
_FEWEST_MINUTES = 11
"""The minimum for seconds: in so many different minutes, all cuts are in the first half; one in 2,000 by chance."""


@dataclass(frozen=True, eq=False)
class Series:
    """A column as times.

    Attributes
    ----------
    numbers, seconds : float arrays of shape (n,)
        The values as written (clock times as seconds), and the values in seconds.
    unit, source : str
        ``ms``, ``s``, ``min``, ``frames`` or ``clock``; where it is stated: ``header``, ``cells``, ``option``,
        ``nothing``.
    step : float
        Value of the last digit, in seconds.
    whole, codes, hours : bool
        Whether no number has decimals; whether some values are timecodes, which count frames; whether all are clock
        times with hours.
    """

    column: Column
    numbers: Seconds
    seconds: Seconds
    unit: str
    source: str
    step: float
    whole: bool
    codes: bool = False
    hours: bool = False

    @property
    def said(self) -> str:
        """The unit and, if not in the list itself, how it is known, as a phrase for `ShotList.understood`."""
        name = UNIT_NAMES.get(self.unit, "h:mm:ss")
        return {"option": f"{name} (--unit)", "nothing": f"{name} (nothing says otherwise)"}.get(self.source, name)


def all_times(rows: Sequence[Row], column: int, *, decimal: str | None) -> bool:
    """Return whether every field of a column is a time."""
    return all(is_time(row.field(column), decimal=decimal) for row in rows)


def values_of(rows: Sequence[Row], column: int, *, decimal: str | None) -> Seconds:
    """Return the values of a column of times as written, clock times as seconds."""
    return np.asarray([read_time(row.field(column), decimal=decimal, where="").value for row in rows], np.float64)


def is_count(values: Seconds) -> bool:
    """Return whether numbers count up from 0 or 1 in steps of 1."""
    return len(values) > 0 and values[0] in (0, 1) and bool((np.diff(values) == 1).all())


def are_near(one: Seconds, other: Seconds) -> bool:
    """Return whether times are equal up to rounding to hundredths."""
    return bool((np.abs(one - other) <= 0.01 + 1e-6 * np.abs(other)).all())


def read_series(
    rows: Sequence[Row], column: Column, *, decimal: str | None, options: ReadOptions, path: Path
) -> Series:
    """Read a column of times."""
    places = [f"{path}: line {row.number}" for row in rows]
    texts = _as_codes([row.field(column.index) for row in rows], column, options, path)
    texts = _padded(texts, column, options, path)
    times = [read_time(text, decimal=decimal, where=at) for text, at in zip(texts, places, strict=True)]
    _one_decimal(rows, column, path)
    unit, source = _unit(times, column, options, path)
    if unit in COUNTED:
        check_whole(texts, times, unit=unit, decimal=decimal, column=column, places=places, path=path)
    fps = options.fps
    seconds = [in_seconds(time, unit=unit, fps=fps, where=at) for time, at in zip(times, places, strict=True)]
    numbers = [one if time.form == "code" else time.value for time, one in zip(times, seconds, strict=True)]
    codes = any(time.form == "code" for time in times)
    # People drop trailing zeros, so the longest number shows the precision.
    step = min((time.step for time in times if time.form != "code"), default=0.0)
    if unit != "clock":
        step = in_seconds(Time(step, "number"), unit=unit, fps=fps, where=str(path))
    elif codes and fps is not None:
        step = float(1 / fps)
    whole = all(time.whole for time in times)
    hours = all(time.form == "clock" and text.count(":") == 2 for time, text in zip(times, texts, strict=True))
    found = np.asarray(seconds, np.float64)
    return Series(column, np.asarray(numbers), found, unit, source, step, whole, codes, hours)


def from_first_hour(
    series: Mapping[str, Series], rows: Sequence[Row], fps: Fraction | None
) -> tuple[dict[str, Series], tuple[str, ...]]:
    """Count timecodes from the whole hour at which a program begins (`zero_frame`), with a phrase that says so.

    Columns by role. Nothing changes unless all starts, ends and cut times are timecodes: others may count otherwise.
    """
    placed = {role: one for role, one in series.items() if role != "length"}
    if fps is None or not placed or not all(one.codes for one in placed.values()):
        return dict(series), ()
    first = placed.get("start") or next(iter(placed.values()))
    drop = any(";" in row.field(first.column.index) for row in rows)
    # Single times may end shots: the first of them, before an hour, need not be that of a leader.
    zero = zero_frame(round(float(first.seconds[0]) * float(fps)), fps=fps, drop=drop, leader="start" in placed)
    if not zero:
        return dict(series), ()
    moved = {role: replace(one, seconds=np.round(one.seconds - float(zero / fps), 9)) for role, one in placed.items()}
    return {**series, **moved}, (f"time codes from {code_of(zero, fps=fps, drop=drop)}",)


def _unit(times: Sequence[Time], column: Column, options: ReadOptions, path: Path) -> tuple[str, str]:
    forms = {time.form for time in times if time.form != "number"}
    plain = [time for time in times if time.form == "number"]
    written = {time.unit for time in plain if time.unit}
    if column.problem:
        raise TableError(
            f"{path}: column {column.label}: {column.problem!r} is not a known unit; known are "
            f"{', '.join(UNIT_NAMES.values())}; convert the column, or rename it and give --unit"
        )
    if forms:
        mixed = (column.unit or options.unit) in ("ms", "min", "frames") and any(time.value for time in plain)
        if mixed or column.unit == "ms" or (column.unit == "frames" and forms != {"code"}):
            counts = UNIT_NAMES[column.unit or options.unit or "s"]
            raise TableError(
                f"{path}: column {column.label}: holds clock times and is to count {counts}; a column has one form; "
                "correct it"
            )
        _refuse_without_frames(times, column, options, path)
        return "clock", "cells"
    if column.unit == "clock":
        if any(time.value for time in plain):
            raise TableError(
                f"{path}: column {column.label}: its header says clock times and it holds plain numbers, which may "
                "count seconds or frames; rename it and give --unit"
            )
        return "clock", "header"
    apart = len(written) > 1 and column.unit is None and "frames" not in written  # each cell states its own
    said = {"s"} if apart else {unit for unit in (column.unit, *written) if unit}
    bare = next((time for time in plain if not time.unit and time.value), None)
    if written and column.unit is None and bare is not None:
        raise TableError(f"{path}: column {column.label}: {bare.value:g} has no unit and others have; write it to all")
    if len(said) > 1:
        raise TableError(f"{path}: column {column.label}: counts {' and '.join(sorted(said))}; make it one unit")
    if said and options.unit and options.unit not in said:
        raise OptionError(
            f"--unit {options.unit}: column {column.label} of {path} says {UNIT_NAMES[said.pop()]}; leave the option "
            "out, or rename the column"
        )
    if said:
        return said.pop(), "header" if column.unit else "cells"
    return (options.unit, "option") if options.unit else ("s", "nothing")


def _refuse_without_frames(times: Sequence[Time], column: Column, options: ReadOptions, path: Path) -> None:
    """Reject clock times without frames if the header or ``--unit frames`` says that they have some."""
    clocks = [time for time in times if time.form == "clock" and time.value]
    if clocks and column.unit is None and options.unit == "frames":
        raise OptionError(
            f"--unit frames: column {column.label} of {path} holds clock times without frames; leave the option out, "
            "or write mm:ss:ff or h:mm:ss:ff"
        )
    if options.unit != "s" and _FRAMES.search(column.name) and any(time.step == 1 for time in clocks):
        raise TableError(
            f"{path}: column {column.label}: its header has frames and its times have fewer parts; say with --unit "
            "frames that the last is frames, or with --unit s that it is seconds"
        )


def _as_codes(texts: list[str], column: Column, options: ReadOptions, path: Path) -> list[str]:
    """Return times such as 0:01:15.12 or 01:15:12 as timecodes if the header or ``--unit frames`` says so."""
    found = [match for match in map(_LAST_TWO.fullmatch, map(str.strip, texts)) if match]
    if len(found) < len(texts) or any(match[1] and match[5] for match in found):
        return texts
    headed = _FRAMES.search(column.name) is not None
    hours = _HOURS.search(column.name) is not None
    three = any(match[5] for match in found)
    if (options.unit == "frames" and (headed or not hours)) or (headed and not (hours and three)):
        return [_code(match) for match in found]
    last = {match[4] or f"{match[5]:>02}" for match in found}
    minutes = {(match[2], match[3]) for match in found}
    many = len(minutes) >= _FEWEST_MINUTES if three else len(texts) >= _FEWEST_LOW
    low = many and len(last) >= _FEWEST_DIFFERENT and max(last) < "30"
    if low and options.unit is None and (column.unit is None or (three and not hours)):
        raise TableError(
            f"{path}: column {column.label}: the last two digits of {texts[-1][:20]!r} may be frames or "
            f"{'seconds' if three else 'hundredths of a second'}, and none of them is above {max(last)}; say which "
            "with --unit frames or s"
        )
    return texts


def _padded(texts: list[str], column: Column, options: ReadOptions, path: Path) -> list[str]:
    """Return clock times whose last digits count milliseconds, as 0:04.40 for 40 of them, with three digits."""
    found = [match for match in map(_FRACTION.fullmatch, map(str.strip, texts)) if match]
    parts = [match[2] for match in found]
    lengths = {len(part) for part in parts}
    tens = [match[0] for match in found if len(match[2]) == 2 and match[2][1] == "0"]  # a fraction's are dropped
    padded = any(len(part) > 1 and part.startswith("0") for part in parts)
    if not tens or padded or max(lengths) != 3 or options.unit == "s":
        return texts
    if options.unit == "ms" or _MILLISECONDS.search(column.name):
        return [_FRACTION.sub(lambda match: f"{match[1]}{match[2]:0>3}", text) for text in texts]
    if len(parts) < _FEWEST_LOW:
        return texts
    raise TableError(
        f"{path}: column {column.label}: the digits after the mark in {tens[0][:20]!r} may be milliseconds without a "
        "zero before them, or a decimal fraction; say which with --unit ms or s"
    )


def _code(match: re.Match[str]) -> str:
    """Return a time whose last two digits are frames as a timecode."""
    hours, minutes = divmod(int(match[2]), 60) if match[1] is None else (int(match[1]), int(match[2]))
    return f"{hours}:{minutes}:{match[3]}:{match[4] or match[5]}"


def _one_decimal(rows: Sequence[Row], column: Column, path: Path) -> None:
    """Reject a column with both commas and points: one of them may separate thousands."""
    marks = {mark: next((row for row in rows if mark in row.field(column.index)), None) for mark in ",."}
    comma, point = marks[","], marks["."]
    if comma is not None and point is not None:
        raise TableError(
            f"{path}: line {comma.number} has {comma.field(column.index)[:20]!r} and line {point.number} "
            f"{point.field(column.index)[:20]!r}; one mark separates decimals, the other may be thousands; make them "
            "one, or give --decimal"
        )
