"""Share work among processes, with progress and a clean stop when interrupted."""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

from shotscale.interrupts import SIGNALS
from shotscale.progress import Progress

__all__ = ["Workers", "open_workers"]

Result = TypeVar("Result")


class Workers:
    """Runs a function on many items, in order; made by `open_workers`.

    Parameters
    ----------
    pool : ProcessPoolExecutor or None
        None computes in this process.
    progress : callable, optional
    total : int
        How many items there will be, over all calls of `map`.
    """

    def __init__(self, pool: ProcessPoolExecutor | None, progress: Progress | None, total: int) -> None:
        self._pool, self._progress, self._done, self._total = pool, progress, 0, total

    def map(self, function: Callable[..., Result], items: Sequence[tuple[Any, ...]]) -> list[Result]:
        """Call a function of the top level of a module with each tuple of arguments."""
        columns = list(zip(*items, strict=True))
        found = self._pool.map(function, *columns) if self._pool is not None else map(function, *columns)
        results = []
        for result in found:
            results.append(result)
            self.skip(1)
        return results

    def skip(self, n_items: int) -> None:
        """Count items as done, those that were known before for instance."""
        self._done += n_items
        if self._progress is not None:
            self._progress(self._done, self._total)


@contextmanager
def open_workers(jobs: int, *, progress: Progress | None = None, total: int = 0) -> Iterator[Workers]:
    """Yield workers; when the block is left by an exception, what has not begun is dropped and the rest is waited for.

    Processes are started again rather than forked: libraries that had begun threads of their own can hang in a fork.
    """
    if jobs == 1:
        yield Workers(None, progress, total)
        return
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_the_parent)
    try:
        yield Workers(pool, progress, total)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
