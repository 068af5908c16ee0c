"""Divide a machine's cores among the films analyzed in parallel."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock

__all__ = ["leased_cores"]


@contextmanager
def leased_cores(n: int | None) -> Iterator[tuple[int, ...] | None]:
    """Take `n` cores that no other film of this user holds, until the context or the process ends.

    Leases hold across all of the user's runs on the machine. Yields `None`, leaving the division to the scheduler, if
    fewer than `n` cores are free, `n` covers all cores, or the system does not bind processes to cores.

    Parameters
    ----------
    n : int, optional
        None for all cores.

    Examples
    --------
    >>> with leased_cores(None) as cores:
    ...     cores is None
    True
    """
    if n is None or not hasattr(os, "sched_getaffinity"):
        yield None
        return
    allowed = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        taken: list[int] = []
        for core in allowed if n < len(allowed) else ():
            if len(taken) < n and (lease := _lease(core)) is not None:
                stack.enter_context(lease)
                taken.append(core)
        yield tuple(taken) if len(taken) == n else None


def _lease(core: int) -> AbstractContextManager[object] | None:
    folder = Path(tempfile.gettempdir()) / f"film-cores-{os.getuid()}"
    with suppress(OSError):  # including a lease held by another film
        folder.mkdir(mode=0o700, exist_ok=True)
        return FileLock(folder / str(core), timeout=0, fallback_to_soft=False).acquire()
    return None
