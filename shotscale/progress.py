"""Progress reporting for long-running work."""

import time
from collections.abc import Callable

__all__ = ["Progress", "time_left"]

Progress = Callable[[float, float | None], None]
"""Called with the amount done and the total (None if unknown); for a film, in seconds."""


def at_most_every(seconds: float, report: Progress) -> Progress:
    """Return a callback that passes progress on, but not before some seconds have passed since the last time."""
    last = float("-inf")

    def now_and_then(done: float, total: float | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= seconds:
            last = now
            report(done, total)

    return now_and_then


def time_left(share: float, seconds: float) -> str:
    """Estimate the time left at the present rate.

    Examples
    --------
    >>> time_left(0.25, 3600.0)
    '3 h 00 min left'
    >>> time_left(0.5, 90.0)
    '1 min 30 s left'
    >>> time_left(0.0, 5.0)
    'time left unknown'
    """
    if share <= 0:
        return "time left unknown"
    left = round(seconds * (1 - share) / share)
    if left >= 3600:
        return f"{left // 3600} h {left % 3600 // 60:02} min left"
    return f"{left // 60} min {left % 60:02} s left"
