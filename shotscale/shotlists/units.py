"""The unit of a column of times: seconds, minutes, milliseconds or frames, or a refusal where it may be two of them."""

import re
from collections.abc import Sequence

from shotscale.errors import OptionError
from shotscale.shotlists.columns import Column
from shotscale.shotlists.rows import Sheet
from shotscale.shotlists.times import UNIT_NAMES, Time

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


def unit_of(times: Sequence[Time], column: Column, sheet: Sheet) -> tuple[str, str]:
    """Return the unit of a column of times and where it is stated, as in `Series`."""
    options, path = sheet.options, sheet.path
    forms = {time.form for time in times if time.form != "number"}
    plain = [time for time in times if time.form == "number"]
    written = {time.unit for time in plain if time.unit}
    if column.problem:
        raise sheet.error(
            f"column {column.label}: {column.problem!r} is not a known unit; known are "
            f"{', '.join(UNIT_NAMES.values())}; convert the column, or rename it and give --unit"
        )
    if forms:
        mixed = (column.unit or options.unit) in ("ms", "min", "frames") and any(time.value for time in plain)
        if mixed or column.unit == "ms" or (column.unit == "frames" and forms != {"code"}):
            counts = UNIT_NAMES[column.unit or options.unit or "s"]
            raise sheet.error(
                f"column {column.label}: holds clock times and is to count {counts}; a column has one form; correct it"
            )
        _refuse_without_frames(times, column, sheet)
        return "clock", "cells"
    if column.unit == "clock":
        if any(time.value for time in plain):
            raise sheet.error(
                f"column {column.label}: its header says clock times and it holds plain numbers, which may count "
                "seconds or frames; rename it and give --unit"
            )
        return "clock", "header"
    apart = len(written) > 1 and column.unit is None and "frames" not in written  # each cell states its own
    said = {"s"} if apart else {unit for unit in (column.unit, *written) if unit}
    bare = next((time for time in plain if not time.unit and time.value), None)
    if written and column.unit is None and bare is not None:
        raise sheet.error(f"column {column.label}: {bare.value:g} has no unit and others have; write it to all")
    if len(said) > 1:
        raise sheet.error(f"column {column.label}: counts {' and '.join(sorted(said))}; make it one unit")
    if said and options.unit and options.unit not in said:
        raise OptionError(
            f"--unit {options.unit}: column {column.label} of {path} says {UNIT_NAMES[said.pop()]}; leave the option "
            "out, or rename the column"
        )
    if said:
        return said.pop(), "header" if column.unit else "cells"
    return (options.unit, "option") if options.unit else ("s", "nothing")


def _refuse_without_frames(times: Sequence[Time], column: Column, sheet: Sheet) -> None:
    """Reject clock times without frames if the header or ``--unit frames`` says that they have some."""
    unit, path = sheet.options.unit, sheet.path
    clocks = [time for time in times if time.form == "clock" and time.value]
    if clocks and column.unit is None and unit == "frames":
        raise OptionError(
            f"--unit frames: column {column.label} of {path} holds clock times without frames; leave the option out, "
            "or write mm:ss:ff or h:mm:ss:ff"
        )
    if unit != "s" and _FRAMES.search(column.name) and any(time.step == 1 for time in clocks):
        raise sheet.error(
            f"column {column.label}: its header has frames and its times have fewer parts; say with --unit frames that "
            "the last is frames, or with --unit s that it is seconds"
        )


def as_codes(texts: list[str], column: Column, sheet: Sheet) -> list[str]:
    """Return times such as 0:01:15.12 or 01:15:12 as timecodes if the header or ``--unit frames`` says so."""
    found = [match for match in map(_LAST_TWO.fullmatch, map(str.strip, texts)) if match]
    if len(found) < len(texts) or any(match[1] and match[5] for match in found):
        return texts
    headed = _FRAMES.search(column.name) is not None
    hours = _HOURS.search(column.name) is not None
    three = any(match[5] for match in found)
    if (sheet.options.unit == "frames" and (headed or not hours)) or (headed and not (hours and three)):
        return [_code(match) for match in found]
    last = {match[4] or f"{match[5]:>02}" for match in found}
    minutes = {(match[2], match[3]) for match in found}
    many = len(minutes) >= _FEWEST_MINUTES if three else len(texts) >= _FEWEST_LOW
    low = many and len(last) >= _FEWEST_DIFFERENT and max(last) < "30"
    if low and sheet.options.unit is None and (column.unit is None or (three and not hours)):
        raise sheet.error(
            f"column {column.label}: the last two digits of {texts[-1][:20]!r} may be frames or "
            f"{'seconds' if three else 'hundredths of a second'}, and none of them is above {max(last)}; say which "
            "with --unit frames or s"
        )
    return texts


def with_milliseconds(texts: list[str], column: Column, sheet: Sheet) -> list[str]:
    """Return clock times whose last digits count milliseconds, as 0:04.40 for 40 of them, with three digits."""
    found = [match for match in map(_FRACTION.fullmatch, map(str.strip, texts)) if match]
    parts = [match[2] for match in found]
    lengths = {len(part) for part in parts}
    tens = [match[0] for match in found if len(match[2]) == 2 and match[2][1] == "0"]  # a fraction's are dropped
    padded = any(len(part) > 1 and part.startswith("0") for part in parts)
    if not tens or padded or max(lengths) != 3 or sheet.options.unit == "s":
        return texts
    if sheet.options.unit == "ms" or _MILLISECONDS.search(column.name):
        return [_FRACTION.sub(lambda match: f"{match[1]}{match[2]:0>3}", text) for text in texts]
    if len(parts) < _FEWEST_LOW:
        return texts
    raise sheet.error(
        f"column {column.label}: the digits after the mark in {tens[0][:20]!r} may be milliseconds without a zero "
        "before them, or a decimal fraction; say which with --unit ms or s"
    )


def _code(match: re.Match[str]) -> str:
    """Return a time whose last two digits are frames as a timecode."""
    hours, minutes = divmod(int(match[2]), 60) if match[1] is None else (int(match[1]), int(match[2]))
    return f"{hours}:{minutes}:{match[3]}:{match[4] or match[5]}"
