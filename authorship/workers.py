"""Distribute work over processes, with progress reports and a clean stop on interruption."""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

from shotscale.interrupts import SIGNALS
from shotscale.progress import Progress

Result = TypeVar("Result")


class Workers:
    """Run a function on many items, in order: in this process, or in those of a pool that `open_workers` made.

    `progress` is called with the number of items done, and their `total` over all calls of `map`.
    """

    def __init__(
        self, pool: ProcessPoolExecutor | None = None, *, progress: Progress | None = None, total: int = 0
    ) -> None:
        self._pool, self._progress, self._done, self._total = pool, progress, 0, total

    def map(self, function: Callable[..., Result], items: Sequence[tuple[Any, ...]]) -> list[Result]:
        """Call a module-level function with each tuple of arguments."""
        columns = list(zip(*items, strict=True))
        found = self._pool.map(function, *columns) if self._pool is not None else map(function, *columns)
        results = []
        for result in found:
            results.append(result)
            self.skip(1)
        return results

    def skip(self, n_items: int) -> None:
        """Count items as done, such as those already known."""
        self._done += n_items
        if self._progress is not None:
            self._progress(self._done, self._total)


@contextmanager
def open_workers(jobs: int, *, progress: Progress | None = None, total: int = 0) -> Iterator[Workers]:
    """Yield workers; on leaving the block, cancel items that have not started and wait for the rest.

    Processes are spawned, not forked: libraries that have started threads can hang in a fork.
    """
    if jobs == 1:
        yield Workers(progress=progress, total=total)
        return
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_the_parent)
    try:
        yield Workers(pool, progress=progress, total=total)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
