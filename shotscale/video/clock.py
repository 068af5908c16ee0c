"""Timestamps to seconds: exact where the file is sane, repaired with a count where it is not."""

from fractions import Fraction

__all__ = ["Clock"]

_LONGEST_STILL = 3600
_SMALL_STEP_BACK = 1


class Clock:
    """Turns the timestamps of the frames of a stream, in order of showing, into increasing seconds.

    A frame without a timestamp follows when the one before it has been shown for its duration. A frame that
    would be shown no later than the one before it is dropped, unless the timestamps have jumped back by more
    than a second, or ahead by more than an hour: then the film was spliced, and what follows is moved so that
    it joins on.

    Parameters
    ----------
    time_base : Fraction
        Seconds a tick.
    origin : int or None
        The timestamp of the film's first frame; by default that of the first frame seen.
    rate : Fraction or None
        Frames a second that the container claims, used for a first step only.

    Examples
    --------
    >>> clock = Clock(Fraction(1, 1000), rate=Fraction(25))
    >>> [clock.place(pts) for pts in (500, 540, None, 600, 590, 640)]
    [0.0, 0.04, 0.08, 0.1, None, 0.14]
    >>> clock.missing, clock.dropped, clock.jumps
    (1, 1, 0)
    """

    def __init__(self, time_base: Fraction, *, origin: int | None = None, rate: Fraction | None = None) -> None:
        self._time_base = time_base
        self._origin = origin
        self._last: int | None = None
        self._duration = 0
        self._typical = max(1, round(1 / (rate * time_base))) if rate else max(1, round(Fraction(1, 25) / time_base))
        self._still = int(_LONGEST_STILL / time_base)
        self._back = int(_SMALL_STEP_BACK / time_base)
        self.missing = 0
        self.dropped = 0
        self.jumps = 0

    def place(self, pts: int | None, duration: int | None = None) -> float | None:
        """Give the seconds at which a frame is shown, or None if it has to be dropped.

        Parameters
        ----------
        pts : int or None
            The frame's timestamp in ticks.
        duration : int or None
            Ticks for which the file says that the frame is shown; zero, None or more than an hour says nothing.
        """
        if pts is None:
            self.missing += 1
            tick = 0 if self._last is None else self._last + self._step()
        else:
            if self._origin is None:
                self._origin = pts
            tick = pts - self._origin
            if self._last is not None:
                jump = tick - self._last
                if jump > self._still or jump < -self._back:
                    self.jumps += 1
                    tick = self._last + self._step()
                    self._origin = pts - tick
                elif jump <= 0:
                    self.dropped += 1
                    return None
                elif jump * self._time_base <= 1:
                    self._typical = jump
        self._last, self._duration = tick, duration or 0
        return self._seconds(tick)

    def end(self) -> float:
        """Give the seconds at which the last placed frame stops being shown."""
        return 0.0 if self._last is None else self._seconds(self._last + self._step())

    def _step(self) -> int:
        """Give the ticks for which the last placed frame is shown: as the file says, or as is usual in it."""
        return self._duration if 0 < self._duration <= self._still else self._typical

    def first_tick_from(self, time: float) -> int:
        """Give the first timestamp, in the file's own count, whose time is not before `time`."""
        tick = max(0, int(Fraction(time) / self._time_base) - 2)
        while self._seconds(tick) < time:
            tick += 1
        return tick + (self._origin or 0)

    def seconds(self, pts: int) -> float:
        """Give the time of a timestamp that needs no repair."""
        return self._seconds(pts - (self._origin or 0))

    def _seconds(self, tick: int) -> float:
        # One division of integers, so that the float is the one nearest to the exact time.
        return tick * self._time_base.numerator / self._time_base.denominator
