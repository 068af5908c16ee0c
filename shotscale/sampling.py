"""Which frames of a film are sampled for the scale network: the first at or after each multiple of an interval.

A still, a frame that is shown for long, spans several multiples, and is the sample at each but the last, which is the
next frame's.
"""

import math

from shotscale.errors import OptionError

SAMPLES_PER_SECOND = 1.0
"""CineScale's codings have one scale per second."""

_MOST = 100  # four times the frame rate of most films, as stores have had it; by judgment
_STILL = 1 / 15  # seconds: a frame that is shown longer is a still; films have at least 16 frames per second
_SLACK = 1e-9  # of an interval: rounding does not move a frame that is exactly on a multiple below it


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


def spanned(start: float, until: float, samples_per_second: float, *, is_last: bool = False) -> list[float]:
    """Return the multiples of the interval, in seconds, at which a still that starts earlier is the sample.

    The last one before `until` is the next frame's, unless the still is the film's last frame. Other frames have none.

    Examples
    --------
    >>> spanned(4.0, 9.2, 1), spanned(4.0, 9.2, 1, is_last=True), spanned(8.96, 9.0, 100)
    ([5.0, 6.0, 7.0, 8.0], [5.0, 6.0, 7.0, 8.0, 9.0], [])
    """
    if not samples_per_second or until - start <= _STILL:
        return []
    stop = math.ceil(until * samples_per_second - _SLACK) if is_last else _interval(until, samples_per_second)
    return [n / samples_per_second for n in range(_interval(start, samples_per_second) + 1, stop)]


def _interval(time: float, samples_per_second: float) -> int:
    return math.floor(time * samples_per_second + _SLACK)
