"""The number of CPU cores available to this process, and limiting libraries to one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["available_cores", "one_matrix_thread"]


def available_cores() -> int:
    """Return the number of cores that this process may use, which may be fewer than the machine has.

    Examples
    --------
    >>> available_cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def one_matrix_thread() -> Iterator[None]:
    """Let NumPy's and SciPy's matrix products, as far as they are loaded, run in one thread each.

    Their threads wait for each other by spinning: where something else uses the cores too, small products cost ten
    times the processor's time for nothing.

    Examples
    --------
    >>> import numpy as np
    >>> with one_matrix_thread():
    ...     float((np.ones((2, 2)) @ np.ones((2, 2))).sum())
    8.0
    """
    from threadpoolctl import threadpool_limits  # imported with what reads films and fits models alone

    with threadpool_limits(1, user_api="blas"):
        yield
