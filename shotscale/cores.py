"""The number of CPU cores available to this process, and limiting libraries to one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


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
    """Limit the matrix products of NumPy and SciPy, if loaded, to one thread each.

    Their threads spin while waiting for each other: if something else uses the cores too, small products waste ten
    times the CPU time.

    Examples
    --------
    >>> import numpy as np
    >>> with one_matrix_thread():
    ...     float((np.ones((2, 2)) @ np.ones((2, 2))).sum())
    8.0
    """
    from threadpoolctl import threadpool_limits  # only needed to read films and fit models

    with threadpool_limits(1, user_api="blas"):
        yield
