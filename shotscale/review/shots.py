"""A film's shots under review, by time and by place."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from shotscale.errors import OptionError
from shotscale.review.operations import as_time
from shotscale.scales import ShotScale

_ROUNDING = 1e-9  # seconds; of the difference between two times that have six decimals


@dataclass(frozen=True, slots=True)
class ReviewedShot:
    """A shot under review, as detected or as a coder changed it.

    Attributes
    ----------
    start : float
        Seconds; the shot ends where the next one starts.
    kind : str
        How it begins, one of `shotscale.tables.KINDS`.
    confidence : float
        That its beginning is real: the detector's, or 1 if a coder set it.
    transition_start, transition_end : float
        As in a shot table.
    scale : ShotScale or None
        The coder's, `None` if not given.
    checked : bool
        Whether the coder has checked this shot.
    begins_film, ends_film : bool
        Whether a coder says that the film begins, or ends, with this shot.
    """

    start: float
    kind: str
    confidence: float
    transition_start: float
    transition_end: float
    scale: ShotScale | None = None
    checked: bool = False
    begins_film: bool = False
    ends_film: bool = False

    @classmethod
    def at(cls, start: float, *, kind: str = "cut", scale: ShotScale | None = None) -> Self:
        """Return a shot that a coder starts at a time."""
        time = as_time(start)
        return cls(time, kind, 1.0, time, time, scale)


class Shots:
    """The shots of a film, in order, and the time in seconds at which the last one ends."""

    def __init__(self, shots: Iterable[ReviewedShot], end: float) -> None:
        self.shots, self.end = tuple(shots), end

    def replaced(self, at: int, n: int, *shots: ReviewedShot) -> "Shots":
        """Return the shots with the `n` from place `at` on replaced by others."""
        return Shots((*self.shots[:at], *shots, *self.shots[at + n :]), self.end)

    @property
    def film(self) -> tuple[float | None, float | None]:
        """Where the coder says that the film begins and ends, in seconds; `None` if not said."""
        begin = next((shot.start for shot in self.shots if shot.begins_film), None)
        return begin, next((self.end_of(place) for place, shot in enumerate(self.shots) if shot.ends_film), None)

    def end_of(self, place: int) -> float:
        """Return the time in seconds at which the shot at a place ends."""
        return self.shots[place + 1].start if place + 1 < len(self.shots) else self.end

    def place_at(self, time: float) -> int:
        """Return the place of the shot that contains a time, or of the nearest shot if none does."""
        return max(0, bisect_right(self.shots, as_time(time), key=_start) - 1)

    def place_of(self, time: float) -> int:
        """Return the place of the shot that starts at a time.

        Raises `OptionError` if no shot starts there.
        """
        place = bisect_left(self.shots, as_time(time), key=_start)
        if place == len(self.shots) or self.shots[place].start != as_time(time):
            raise OptionError(f"{time:g} s: no shot starts there; choose a boundary")
        return place


def film_edges(begin: float | None, end: float | None, starts: Sequence[float]) -> tuple[float | None, float | None]:
    """Return the starts of the first and last shots of a film from its beginning and end, each `None` if not given."""
    first = None if begin is None else min(starts, key=lambda start: abs(start - begin))
    return first, None if end is None else max((start for start in starts if start < end), default=starts[0])


def nearest(times: Sequence[float], time: float, tolerance: float) -> float | None:
    """Return the nearest of some sorted times in seconds, `None` if it is farther than the tolerance."""
    place = bisect_left(times, time)
    near = min(times[max(0, place - 1) : place + 1], key=lambda one: abs(one - time), default=None)
    return near if near is not None and abs(near - time) <= tolerance + _ROUNDING else None


def matched(first: Sequence[float], second: Sequence[float], *, tolerance: float) -> dict[float, float]:
    """Match two sorted lists of boundaries (seconds) one to one, the nearest first; return the second by the first.

    The order is kept. A boundary has at most one partner, no farther away than the tolerance, and no other boundary
    lies between the two.

    Examples
    --------
    >>> matched([2.0, 2.04, 4.0], [2.0, 4.08], tolerance=0.08)
    {2.0: 2.0, 4.0: 4.08}
    """
    slack = tolerance + _ROUNDING
    near = sorted(
        (abs(one - other), one, other)
        for one in first
        for other in second[bisect_left(second, one - slack) : bisect_right(second, one + slack)]
    )
    pairs: list[tuple[float, float]] = []
    for _, one, other in near:
        place = bisect_left(pairs, (one, other))
        before, after = pairs[max(0, place - 1) : place], pairs[place : place + 1]
        if all(a < one and b < other for a, b in before) and all(a > one and b > other for a, b in after):
            pairs.insert(place, (one, other))
    return dict(pairs)


def _start(shot: ReviewedShot) -> float:
    return shot.start
