"""Convert timestamps to seconds: exact if the file is sound, otherwise repaired and the repairs counted."""

from fractions import Fraction
from typing import Generic, NamedTuple, TypeVar

LONGEST_STILL = 3600
"""Seconds beyond which a step ahead counts as a jump, in formats whose timestamps rarely jump."""

_HELD = 4
"""Frames whose timestamps stay back before a splice is assumed: one or two may be out of place."""
_MOST_DELAYED = 16
"""Most frames that a decoder holds back (H.264's limit): it may return as many at the end without a timestamp."""
_LONG_GAP = 60
"""Seconds of one picture from which a gap is reported: no camera is that still."""
_GAP_PARTS = 5
"""A gap of such a part of the longest still is reported, 2 s where recordings are joined; by judgment."""
_STAY, _SHORT_GAP, _STEADY = 0.5, 1.0, 100
"""A gap of `_SHORT_GAP` seconds is reported if one picture at most in `_STEADY` stays for `_STAY` seconds.

A screen recording or a film of stills has many such pictures, any other film none. By judgment.
"""

T = TypeVar("T")
_Ticks = int | Fraction


class Gap(NamedTuple):
    """A picture that stays for a long time: from when, and for how many seconds."""

    start: float
    seconds: float


class Clock(Generic[T]):
    """Converts the timestamps of a stream's frames, in presentation order, to increasing seconds.

    No frame is dropped. A frame without a timestamp follows when the previous one has been shown for its duration.
    Frames that would be shown no later than the previous one wait for what follows: if the timestamps recover, the
    waiting frames are spread evenly up to there; if they stay back, the film was spliced, and what follows is shifted
    so that it joins on. The same shift is made if timestamps jump far ahead.

    A tick lasts `time_base` seconds; `origin` is the timestamp of the film's first frame, by default the first one
    seen; `rate`, the frames per second that the container claims, is used only for a first step; a picture may stay
    `longest_still` seconds before the next timestamp counts as a jump ahead. `guessed` counts frames with a repeated or
    backward timestamp, `jumps` the jumps, and `closed` the seconds by which jumps ahead were shortened.

    Examples
    --------
    >>> clock = Clock(Fraction(1, 1000), rate=Fraction(25))
    >>> times = [clock.push(pts, pts) for pts in (500, 540, None, 600, 590, 640)]
    >>> [time for placed in times for time, _ in placed]
    [0.0, 0.04, 0.08, 0.1, 0.12, 0.14]
    >>> clock.missing, clock.guessed, clock.jumps
    (1, 1, 0)
    """

    def __init__(
        self,
        time_base: Fraction,
        *,
        origin: int | None = None,
        rate: Fraction | None = None,
        longest_still: float = LONGEST_STILL,
    ) -> None:
        self._time_base = time_base
        self._origin: _Ticks | None = origin
        self._last: _Ticks | None = None
        self._duration: _Ticks = 0
        self._typical = max(1, round(1 / (rate * time_base))) if rate else max(1, round(Fraction(1, 25) / time_base))
        self._still = int(longest_still / time_base)
        self._long_gap = min(_LONG_GAP, longest_still / _GAP_PARTS)
        self._longest = Gap(0.0, 0.0)
        self._placed = self._stays = 0
        self._held: list[tuple[T, int, int | None]] = []
        self._stamped = False
        self._unstamped = 0  # in a row, so far
        self._missing = 0
        self.guessed = 0
        self.jumps = 0
        self.closed = 0.0

    @property
    def missing(self) -> int:
        """Number of frames without a timestamp, except the few that a decoder returns at the end."""
        at_the_end = self._stamped and self._unstamped <= _MOST_DELAYED
        return self._missing + (0 if at_the_end else self._unstamped)

    @property
    def rate(self) -> float:
        """Average number of frames per second placed so far."""
        return self._placed / self.end()

    @property
    def gap(self) -> Gap | None:
        """The longest time that a picture stays, if that is unusual in a film with such times."""
        is_steady = self._stays * _STEADY <= self._placed
        limit = min(self._long_gap, _SHORT_GAP) if is_steady else self._long_gap
        return self._longest if self._longest.seconds > limit else None

    def push(self, item: T, stamp: int | None, duration: int | None = None) -> list[tuple[float, T]]:
        """Take the next frame, its timestamp and duration in ticks; return, in order, frames whose times are now known.

        A duration of zero, None or more than `longest_still` is ignored.
        """
        if stamp is None:
            self._unstamped += 1
            return [*self.finish(), self._place(item, self._following(), duration)]
        self._stamped = True
        self._missing, self._unstamped = self._missing + self._unstamped, 0
        if self._origin is None:
            self._origin = stamp - self._following()
        tick = stamp - self._origin
        if self._last is not None and tick <= self._last:
            self._held.append((item, stamp, duration))
            return self._join() if len(self._held) == _HELD else []
        placed = self._spread(tick)
        step = tick - (self._last or 0)
        if self._last is not None and step > self._still:
            self.jumps += 1
            following = self._following()
            self.closed += self._seconds(tick - following)
            self._origin, tick = stamp - following, following
        elif self._last is not None and not placed and step * self._time_base <= 1:
            self._typical = int(step)
        return [*placed, self._place(item, tick, duration)]

    def finish(self) -> list[tuple[float, T]]:
        """Return the frames that still wait, as the film ends or goes on without timestamps."""
        placed = []
        while self._held:
            placed += self._join()
        return placed

    def stay(self, stamp: int | None, duration: int | None = None) -> None:
        """Let the last placed frame be shown until a repeat of it, with timestamp and duration in ticks, ends."""
        if self._last is None or stamp is None:
            return
        until = stamp - (self._origin or 0) + (duration or self._typical)
        if self._following() < until <= self._last + self._still:
            self._duration = until - self._last

    def end(self) -> float:
        """Return the time in seconds at which the last placed frame stops being shown."""
        return self._seconds(self._following())

    def first_tick_from(self, time: float) -> int:
        """Return the first timestamp, in the file's ticks, whose time is not before `time`."""
        tick = max(0, int(Fraction(time) / self._time_base) - 2)
        while self._seconds(tick) < time:
            tick += 1
        return tick + int(self._origin or 0)

    def seconds(self, stamp: int) -> float:
        """Return the time of a timestamp that needs no repair."""
        return self._seconds(stamp - (self._origin or 0))

    def _join(self) -> list[tuple[float, T]]:
        """Shift the origin so that the first waiting frame joins on, and push all waiting frames again."""
        held, self._held = self._held, []
        (_, first, _), *rest = held
        if rest and all(stamp > first for _, stamp, _ in rest):
            self.jumps += 1
        else:
            self.guessed += 1
        self._origin = first - self._following()
        return [placed for item, stamp, duration in held for placed in self.push(item, stamp, duration)]

    def _spread(self, tick: _Ticks) -> list[tuple[float, T]]:
        """Place the waiting frames evenly between the last one and a tick."""
        held, self._held = self._held, []
        if not held or self._last is None:
            return []
        self.guessed += len(held)
        step = Fraction(min(tick - self._last, self._typical * (len(held) + 1)), len(held) + 1)
        return [self._place(item, self._last + step, duration) for item, _, duration in held]

    def _place(self, item: T, tick: _Ticks, duration: int | None) -> tuple[float, T]:
        time = self._seconds(tick)
        if self._last is not None:
            before = self._seconds(self._last)
            self._stays += time - before > _STAY
            if time - before > self._longest.seconds:
                self._longest = Gap(before, time - before)
        self._placed += 1
        self._last, self._duration = tick, duration or 0
        return time, item

    def _following(self) -> _Ticks:
        """Return the tick after the last placed frame, which lasts as long as the file says, or a typical duration."""
        if self._last is None:
            return 0
        return self._last + (self._duration if 0 < self._duration <= self._still else self._typical)

    def _seconds(self, tick: _Ticks) -> float:
        # One division of integers, so that the float is the one nearest to the exact time.
        return float(tick * self._time_base.numerator / self._time_base.denominator)
