"""Derive each shot's start and end from columns of starts, ends, lengths or cut times."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from shotscale.errors import TableError
from shotscale.shotlists.rows import Sheet
from shotscale.shotlists.series import Seconds, Series
from shotscale.shotlists.shotlist import ROUNDING


@dataclass(frozen=True, eq=False)
class Spans:
    """Start and end of n shots in seconds, and the kind of list that they come from.

    `notes` are sentences for the user, `said` phrases for the line that says how the list was read; `frames` says
    whether starts and ends were read as frame numbers.
    """

    starts: Seconds
    ends: Seconds
    kind: str
    notes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    frames: bool = False


@dataclass(frozen=True)
class _Columns:
    """The columns of a table by role, with the context needed to combine them."""

    series: Mapping[str, Series]
    sheet: Sheet
    closed: bool = False

    @property
    def end(self) -> Series:
        """The times at which shots end, if they start at others or have lengths."""
        return self.series["end" if "end" in self.series else "cut"]

    def where(self, k: int) -> str:
        return self.sheet.where(self.sheet.rows[k])


def spans_of(series: Mapping[str, Series], sheet: Sheet, *, closed: bool) -> Spans:
    """Combine the columns of a table, given by role; `closed`: the last row only says where the film ends."""
    table = _Columns(series, sheet, closed)
    ways = (
        ({"start", "end"}, _from_starts_and_ends),
        ({"start", "length"}, _from_starts_and_lengths),
        ({"end", "length"}, _from_ends_and_lengths),
        ({"cut", "length"}, _from_cuts_and_lengths),
        ({"start", "cut"}, _from_starts_and_ends),
        ({"end"}, _from_cuts),
        ({"cut"}, _from_cuts),
        ({"length"}, _from_lengths),
        *([({"start"}, _from_cuts)] if closed else []),
    )
    for needed, way in ways:
        if needed <= series.keys():
            return _refined(way(table), table)
    raise sheet.error(
        "says where shots start, not where the last one ends; add a column of ends or lengths, or number the shots and "
        "add a line with the film's end and no number"
    )


def _refined(spans: Spans, table: _Columns) -> Spans:
    """Return shots without gaps with their lengths as listed if those have more digits than the times."""
    length = table.series.get("length")
    coarse = min((one.step for role, one in table.series.items() if role != "length"), default=0.0)
    if length is None or length.step >= coarse or (spans.starts[1:] != spans.ends[:-1]).any():
        return spans
    ends = spans.starts[0] + np.cumsum(length.seconds)
    rounding = coarse + length.step / 2 * np.arange(1, len(ends) + 1)
    moved = np.abs(ends - spans.ends)
    if moved.max() < ROUNDING or (moved > rounding).any():
        return spans
    starts = np.append(spans.starts[0], ends[:-1])
    return replace(spans, starts=starts, ends=ends, said=(*spans.said, "lengths as listed, which have more digits"))


def _from_starts_and_ends(table: _Columns) -> Spans:
    start, end = table.series["start"], table.end
    starts, ends = start.seconds, end.seconds
    said: tuple[str, ...] = ()
    if len(starts) > 1 and bool((starts == ends).all()):
        raise table.sheet.error(
            "each row ends where it starts, as markers do; read them as cuts with --columns "
            f"cut={start.column.option}, and add the film's end as a last line"
        )
    linked = len(starts) > 1 and bool((start.numbers[1:] - end.numbers[:-1] == 1).all()) and start.whole and end.whole
    unknown = start.source == end.source == "nothing"
    fps = table.sheet.options.fps
    if linked and unknown and fps is None:
        raise table.sheet.error(
            "each shot starts one after the one before ends, as frames do and as seconds do not; give --unit frames "
            "with --fps 25, say, or let a shot end where the next one starts"
        )
    # With a frame rate, such numbers are frames, unless shots would average less than half a second.
    long_enough = fps is not None and 2 * (end.numbers[-1] - start.numbers[0]) >= fps * len(starts)
    if start.unit == end.unit == "frames" or (linked and unknown and long_enough):
        starts, ends, said = _counted(table, start, end)
    if "length" in table.series:
        length = table.series["length"]
        tolerance = _tolerance(end, length) + _tolerance(start, length) / 2
        _agree(table, ends - starts, length.seconds, tolerance=tolerance, what="from its start to its end")
    return Spans(starts, ends, "shot table", said=said, frames=bool(said))


def _counted(table: _Columns, start: Series, end: Series) -> tuple[Seconds, Seconds, tuple[str, ...]]:
    """Convert frame numbers to times, deciding whether the end belongs to the shot and where counting begins."""
    fps = table.sheet.options.fps
    assert fps is not None
    first, last = start.numbers.copy(), end.numbers.copy()
    length = table.series.get("length")
    counted = length is not None and length.unit == "frames"
    steps = first[1:] - last[:-1]
    if length is not None and counted and (length.numbers == last - first + 1).all():
        inclusive = True
    elif len(first) > 1:  # gaps and overlaps say nothing
        inclusive = bool((steps == 1).sum() > (steps == 0).sum())
    else:
        inclusive = not counted and bool(first[0] == 1)
    from_one = bool(first[0] == 1)
    first, last = first - from_one, last - from_one + inclusive
    said = (
        f"frames counted from {int(from_one)}",
        "the end frame belongs to the shot" if inclusive else "the end frame is the next shot's",
    )
    return first / float(fps), last / float(fps), said


def _from_starts_and_lengths(table: _Columns) -> Spans:
    starts, lengths = table.series["start"].seconds, _positive(table)
    tolerance = _tolerance(table.series["start"], table.series["length"])
    distances = np.diff(starts)
    ends = starts + lengths
    ends[:-1] = np.where(distances - lengths[:-1] > tolerance, ends[:-1], starts[1:])
    # A shot that ends before the next one leaves a gap, which is treated as those of other tables are.
    found = np.minimum(distances, lengths[:-1])
    _agree(table, found, lengths[:-1], tolerance=tolerance, what="from its start to the next one's")
    return Spans(starts, ends, "shot table", said=("ends by length",))


def _from_ends_and_lengths(table: _Columns) -> Spans:
    ends, lengths = table.end.seconds, _positive(table)
    tolerance = _tolerance(table.end, table.series["length"])
    first = ends[0] - lengths[0]
    distances = np.diff(ends)
    found = np.minimum(distances, lengths[1:])  # more is a gap
    _agree(table, found, lengths[1:], tolerance=tolerance, what="from the end before it to its own", offset=1)
    if first < -tolerance:
        raise TableError(
            f"{table.where(0)}: a shot of {lengths[0]:g} s that ends at {ends[0]:g} s; a film begins at 0; correct it"
        )
    gaps = distances - lengths[1:] > tolerance
    starts = np.append(max(first, 0.0), np.where(gaps, ends[1:] - lengths[1:], ends[:-1]))
    return Spans(starts, ends, "shot table", said=("starts by length",))


def _from_cuts_and_lengths(table: _Columns) -> Spans:
    """Decide by the lengths whether a column of times holds the starts or the ends of shots."""
    cut, times, lengths = table.series["cut"].column, table.series["cut"].seconds, _positive(table)
    tolerance = _tolerance(table.series["cut"], table.series["length"])
    before, after = ((np.abs(np.diff(times) - its) <= tolerance).all() for its in (lengths[:-1], lengths[1:]))
    as_start = before and (len(times) > 1 or times[0] == 0)
    as_end = after and times[0] > 0 and lengths[0] <= times[0] + tolerance
    if as_start and as_end:
        raise table.sheet.error(
            f"column {cut.label} may say where shots start or where they end, since all are equally long; say which "
            f"with --columns start={cut.option} or end={cut.option}, and the length"
        )
    if as_start:
        spans = _from_starts_and_lengths(replace(table, series={**table.series, "start": table.series["cut"]}))
        return replace(spans, said=(f"{cut.label} is where shots start, by the lengths",))
    if as_end:
        return replace(_from_ends_and_lengths(table), said=(f"{cut.label} is where shots end, by the lengths",))
    length = table.series["length"].column.label
    raise table.sheet.error(
        f"columns {cut.label} and {length} contradict one another, whether the times are starts or ends; correct them, "
        "or read one of them with --columns cut=... or length=...; if there are gaps between shots, say what the times "
        f"are with --columns start={cut.option} or end={cut.option}, and the length"
    )


def _from_cuts(table: _Columns) -> Spans:
    role = next(role for role in ("end", "cut", "start") if role in table.series)
    series = table.series[role]
    times = series.seconds
    for k in np.flatnonzero(np.diff(times) <= 0).tolist():
        raise TableError(
            f"{table.where(k + 1)}: {times[k + 1]:g} s does not come after {times[k]:g} s; cut times increase; sort "
            "them, or head the column 'length' if these are shot lengths"
        )
    from_one = role != "end" and series.unit == "frames" and series.numbers[0] == 1
    if from_one:  # a film's first frame, not a shot of one frame
        times = times - times[0]
    note = f"The last time in the list, {times[-1]:g} s, was taken for the end of the film."
    if times[0] > 0 and not table.closed:
        return Spans(np.append(0.0, times[:-1]), times, "cut times", (note,), ("each where a shot ends",))
    if role == "end":
        raise TableError(f"{table.where(0)}: a shot that ends at 0; a shot has a length; correct it")
    if len(times) < 2:
        raise table.sheet.error("holds one time, 0; a shot needs an end; add the film's end as a last line")
    said = ("each where a shot starts", *(["frames counted from 1"] if from_one else []))
    return Spans(times[:-1], times[1:], "cut times", (note,), said)


def _from_lengths(table: _Columns) -> Spans:
    series, fps = table.series["length"], table.sheet.options.fps
    ends = np.cumsum(_positive(table))
    if series.unit == "frames" and fps is not None:
        ends = np.cumsum(series.numbers) * float(1 / fps)
    return Spans(np.append(0.0, ends[:-1]), ends, "shot lengths")


def _positive(table: _Columns) -> Seconds:
    lengths = table.series["length"].seconds
    for k in np.flatnonzero(lengths <= 0).tolist():
        raise TableError(f"{table.where(k)}: a shot of {lengths[k]:g} s; a shot has a length; correct it")
    return lengths


def _tolerance(one: Series, other: Series) -> float:
    """Return how far two columns may differ by rounding: half a digit each, or one of the coarser, if truncated."""
    return max(ROUNDING, one.step, other.step) * (1 - 1e-6)


def _agree(table: _Columns, found: Seconds, said: Seconds, *, tolerance: float, what: str, offset: int = 0) -> None:
    """Reject a column of lengths that contradicts the others."""
    for k in np.flatnonzero(np.abs(found - said) > tolerance).tolist():
        raise TableError(
            f"{table.where(k + offset)}: the shot lasts {found[k]:g} s {what}, and {said[k]:g} s by the column of "
            "lengths; one of them is wrong; correct it, or read one with --columns"
        )
