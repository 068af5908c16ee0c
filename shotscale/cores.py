"""How many processor cores there are for this process."""

import os

__all__ = ["available_cores"]


def available_cores() -> int:
    """Give the number of cores that this process may use, which may be fewer than the machine has.

    Examples
    --------
    >>> available_cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
