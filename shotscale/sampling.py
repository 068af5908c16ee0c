"""Which frames of a film are sampled for the scale network: the first at or after each multiple of an interval."""

import math

from shotscale.errors import OptionError

__all__ = ["SAMPLES_PER_SECOND", "check_rate", "is_sample"]

SAMPLES_PER_SECOND = 1.0
"""CineScale's codings have one scale per second."""

_MOST = 100  # four times the frame rate of most films, as stores have had it; by judgment


def check_rate(samples_per_second: float) -> None:
    """Raise `OptionError` if a film cannot be sampled at a rate; zero takes no samples."""
    if not 0 <= samples_per_second <= _MOST:
        raise OptionError(f"{samples_per_second}: samples per second lie between 0 and {_MOST:g}; 1 is usual")


def is_sample(time: float, previous: float | None, samples_per_second: float) -> bool:
    """Return whether a frame is the first at or after a multiple of the interval, given the previous frame's time.

    Examples
    --------
    >>> [is_sample(time, time - 0.25, 2) for time in (0.25, 0.5, 0.75, 1.0)]
    [False, True, False, True]
    """
    if not samples_per_second:
        return False
    return previous is None or _interval(time, samples_per_second) > _interval(previous, samples_per_second)


def _interval(time: float, samples_per_second: float) -> int:
    # The slack keeps floating-point rounding from moving a frame exactly on a multiple below it.
    return math.floor(time * samples_per_second + 1e-9)
