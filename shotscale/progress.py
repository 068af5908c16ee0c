"""Progress reporting for long-running work."""

from collections.abc import Callable

__all__ = ["Progress", "time_left"]

Progress = Callable[[float, float | None], None]
"""Called with the amount done and the total (None if unknown); for a film, in seconds."""


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
