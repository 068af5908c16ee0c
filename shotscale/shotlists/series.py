"""A column of times: its numbers, unit and precision."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shotscale.errors import TableError
from shotscale.shotlists.columns import Column
from shotscale.shotlists.rows import Sheet
from shotscale.shotlists.thousands import COUNTED, check_whole
from shotscale.shotlists.timecodes import code_of, zero_frame
from shotscale.shotlists.times import UNIT_NAMES, Time, in_seconds, read_time
from shotscale.shotlists.units import as_codes, unit_of, with_milliseconds

Seconds = npt.NDArray[np.float64]


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


def values_of(sheet: Sheet, column: int) -> Seconds | None:
    """Return the values of a column of times as written, clock times as seconds, or None if a field is no time."""
    times = [*map(sheet.time, sheet.cells(column))]
    return np.asarray([time.value for time in times if time], np.float64) if all(times) else None


def is_count(values: Seconds) -> bool:
    """Return whether numbers count up from 0 or 1 in steps of 1."""
    return len(values) > 0 and values[0] in (0, 1) and bool((np.diff(values) == 1).all())


def are_near(one: Seconds, other: Seconds) -> bool:
    """Return whether times are equal up to rounding to hundredths."""
    return bool((np.abs(one - other) <= 0.01 + 1e-6 * np.abs(other)).all())


def read_series(sheet: Sheet, column: Column) -> Series:
    """Read a column of times."""
    places = [*map(sheet.where, sheet.rows)]
    cells = sheet.cells(column.index)
    if not all(cells):
        place = places[cells.index("")]
        raise TableError(f"{place}: no time in column {column.label}; fill it in, or remove the line")
    texts = with_milliseconds(as_codes(cells, column, sheet), column, sheet)
    decimal, fps = sheet.options.decimal, sheet.options.fps
    times = [read_time(text, decimal=decimal, where=at) for text, at in zip(texts, places, strict=True)]
    _one_decimal(sheet, column)
    unit, source = unit_of(times, column, sheet)
    if unit in COUNTED:
        check_whole(texts, times, unit, column, sheet)
    seconds = [in_seconds(time, unit=unit, fps=fps, where=at) for time, at in zip(times, places, strict=True)]
    numbers = [one if time.form == "code" else time.value for time, one in zip(times, seconds, strict=True)]
    codes = any(time.form == "code" for time in times)
    # People drop trailing zeros, so the longest number shows the precision.
    step = min((time.step for time in times if time.form != "code"), default=0.0)
    if unit != "clock":
        step = in_seconds(Time(step, "number"), unit=unit, fps=fps, where=str(sheet.path))
    elif codes and fps is not None:
        step = float(1 / fps)
    whole = all(time.whole for time in times)
    hours = all(time.form == "clock" and text.count(":") == 2 for time, text in zip(times, texts, strict=True))
    found = np.asarray(seconds, np.float64)
    return Series(column, np.asarray(numbers), found, unit, source, step, whole, codes, hours)


def from_first_hour(series: Mapping[str, Series], sheet: Sheet) -> tuple[dict[str, Series], tuple[str, ...]]:
    """Count timecodes from the whole hour at which a program begins (`zero_frame`), with a phrase that says so.

    Columns by role. Nothing changes unless all starts, ends and cut times are timecodes: others may count otherwise.
    """
    fps = sheet.options.fps
    placed = {role: one for role, one in series.items() if role != "length"}
    if fps is None or not placed or not all(one.codes for one in placed.values()):
        return dict(series), ()
    first = placed.get("start") or next(iter(placed.values()))
    drop = any(";" in cell for cell in sheet.cells(first.column.index))
    # Single times may end shots: the first of them, before an hour, need not be that of a leader.
    zero = zero_frame(round(float(first.seconds[0]) * float(fps)), fps=fps, drop=drop, leader="start" in placed)
    if not zero:
        return dict(series), ()
    moved = {role: replace(one, seconds=np.round(one.seconds - float(zero / fps), 9)) for role, one in placed.items()}
    return {**series, **moved}, (f"time codes from {code_of(zero, fps=fps, drop=drop)}",)


def _one_decimal(sheet: Sheet, column: Column) -> None:
    """Reject a column with both commas and points: one of them may separate thousands."""
    comma, point = (next((row for row in sheet.rows if mark in row.field(column.index)), None) for mark in ",.")
    if comma is not None and point is not None:
        raise TableError(
            f"{sheet.where(comma)} has {comma.field(column.index)[:20]!r} and line {point.number} "
            f"{point.field(column.index)[:20]!r}; one mark separates decimals, the other may be thousands; make them "
            "one, or give --decimal"
        )
