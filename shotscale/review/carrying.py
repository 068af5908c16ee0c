"""Carry corrections over to new detected shots, and turn shot lists made elsewhere into corrections."""

from collections.abc import Iterable, Sequence

import pandas as pd

from shotscale.review.history import Document
from shotscale.review.operations import Begin, Code, End, Kind, Merge, Move, Operation, Split, as_time
from shotscale.review.shots import ReviewedShot, film_edges
from shotscale.scales import ShotScale

__all__ = ["carry_over", "take_over"]


def carry_over(
    before: Sequence[ReviewedShot], corrected: Document, shots: Sequence[ReviewedShot], *, tolerance: float
) -> list[Operation]:
    """Return the operations that apply a coder's corrections to other shots of the same film.

    Checked shots stay as the coder left them: both ends are kept, and boundaries newly detected inside are dropped.
    Elsewhere, boundaries that the coder added or removed are added or removed again, and the rest are the machine's.

    Parameters
    ----------
    before : sequence of ReviewedShot
        The machine's shots that were corrected.
    corrected : Document
        Those shots as the coder corrected them.
    shots : sequence of ReviewedShot
        The machine's shots now.
    tolerance : float
        Seconds within which two boundaries count as the same.
    """
    wanted = _Boundaries((shot.start for shot in shots[1:]), tolerance)
    old, new = {shot.start for shot in before[1:]}, {shot.start for shot in corrected.shots[1:]}
    for time in old - new:
        wanted.remove(time)
    for time in new - old:
        wanted.put(time)
    checked = [place for place, shot in enumerate(corrected.shots) if shot.checked]
    for place in checked:
        start, end = corrected.shots[place].start, corrected.end_of(place)
        wanted.clear(start, end)
        for time in (start, end):
            if corrected.shots[0].start < time < corrected.end:
                wanted.put(time)
    for edge in corrected.film:
        if edge is not None and corrected.shots[0].start < edge < corrected.end:
            wanted.put(edge)
    operations = list(wanted.operations(shots))
    kinds = {shot.start: shot.kind for shot in shots}
    for place in checked:
        shot = corrected.shots[place]
        if place and kinds.get(shot.start, "cut") != shot.kind:
            operations.append(Kind(shot.start, shot.kind))
        operations.append(Code(shot.start if place else shots[0].start, shot.scale))
    begins, ends = film_edges(*corrected.film, [shots[0].start, *wanted.times()])
    operations += [] if begins is None else [Begin(begins)]
    return operations + ([] if ends is None else [End(ends)])


def take_over(
    shots: Sequence[ReviewedShot],
    given: pd.DataFrame,
    scales: Sequence[ShotScale | None] | None,
    *,
    end: float,
    tolerance: float,
) -> list[Operation]:
    """Return the operations that turn the machine's shots into those of a list made elsewhere.

    Parameters
    ----------
    shots : sequence of ReviewedShot
        The machine's.
    given : pandas.DataFrame
        A shot table.
    scales : sequence of ShotScale or None, optional
        Of each given shot. A shot with a scale counts as checked; the others are open.
    end : float
        Seconds; where the film ends. Shots of the list that start beyond it are left out.
    tolerance : float
        Seconds within which a boundary of the list is taken as the machine's, whose time is the start of a frame.
    """
    own = [shot.start for shot in shots]
    taken: list[ReviewedShot] = []
    for place, (start, kind) in enumerate(zip(given["start"], given["kind"], strict=True)):
        near = min(own, key=lambda time: abs(time - start))
        time = own[0] if not taken else near if abs(near - start) <= tolerance else as_time(start)
        if not own[0] <= time < end or (taken and time <= taken[-1].start):
            continue
        scale = scales[place] if scales is not None else None
        begins = "start" if not taken else str(kind) if kind != "start" else "cut"
        taken.append(ReviewedShot(time, begins, 1.0, time, time, scale, scale is not None))
    return carry_over(shots, Document(taken, end), shots, tolerance=tolerance)


class _Boundaries:
    """The wanted boundaries, each with the machine's boundary that it came from, if any."""

    def __init__(self, times: Iterable[float], tolerance: float) -> None:
        self._origin: dict[float, float | None] = {time: time for time in times}
        self._tolerance = tolerance + 1e-9

    def times(self) -> list[float]:
        """Return the boundaries in order."""
        return sorted(self._origin)

    def put(self, time: float) -> None:
        """Put a boundary at a time: the nearest one within tolerance, moved there, or a new one."""
        near = min(self._origin, key=lambda one: abs(one - time), default=None)
        moved = near is not None and abs(near - time) <= self._tolerance
        self._origin[time] = self._origin.pop(near) if moved and near is not None else None

    def remove(self, time: float) -> None:
        """Remove boundaries within tolerance of a time."""
        self.clear(time - 2 * self._tolerance, time + 2 * self._tolerance)

    def clear(self, start: float, end: float) -> None:
        """Remove boundaries that are between two times and farther from both than the tolerance."""
        inside = [time for time in self._origin if start + self._tolerance < time < end - self._tolerance]
        for time in inside:
            del self._origin[time]

    def operations(self, shots: Sequence[ReviewedShot]) -> Iterable[Operation]:
        """Yield the operations that turn the machine's boundaries into these."""
        kept = {origin for origin in self._origin.values() if origin is not None}
        yield from (Merge(shot.start) for shot in shots[1:] if shot.start not in kept)
        # Forward moves run from the film's end, backward moves from its beginning, so that no boundary passes another.
        moves = [(origin, time) for time, origin in self._origin.items() if origin is not None and origin != time]
        yield from (Move(*move) for move in sorted(moves, reverse=True) if move[1] > move[0])
        yield from (Move(*move) for move in sorted(moves) if move[1] < move[0])
        yield from (Split(time) for time, origin in sorted(self._origin.items()) if origin is None)
