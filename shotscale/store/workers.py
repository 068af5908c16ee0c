"""Analyze the films of a corpus on this machine, several in parallel."""

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

from shotscale.store.resources import look_at_memory
from shotscale.store.task import FilmTask, Outcome

__all__ = ["AnalyzeFilm", "Moved", "Workers", "here"]

Moved = Callable[[FilmTask, float, float | None], None]
"""Called with a film's task, the seconds of it that are done, and its length, None where no one knows it."""


class AnalyzeFilm(Protocol):
    """Analyses one film, like `shotscale.store.supervision.analyze_in_child`."""

    def __call__(
        self, task: FilmTask, *, progress: Callable[[float, float | None], None], stop: threading.Event
    ) -> Outcome:
        """Return the film's outcome."""


class Workers(Protocol):
    """Takes the films to analyse and gives their outcomes, in any order."""

    def __call__(self, tasks: Sequence[FilmTask], *, moved: Moved) -> Generator[tuple[FilmTask, Outcome]]:
        """Return each task with its outcome as soon as it has one."""


def nobody(tasks: Sequence[FilmTask], *, moved: Moved) -> Generator[tuple[FilmTask, Outcome]]:
    """Analyse no film: for a run that only lists films."""
    del tasks, moved
    yield from ()


def here(*, workers: int = 1, analyze: AnalyzeFilm) -> Workers:
    """Let this machine analyse a few films side by side, each in a process of its own.

    Parameters
    ----------
    workers : int
        How many films at one time.
    analyze : callable
        What analyses a film.
    """

    def run(tasks: Sequence[FilmTask], *, moved: Moved) -> Generator[tuple[FilmTask, Outcome]]:
        look_at_memory(min(workers, len(tasks)))
        stop = threading.Event()

        def work(task: FilmTask) -> Outcome:
            return analyze(task, progress=lambda done, total: moved(task, done, total), stop=stop)

        waiting = iter(tasks)
        running: dict[Future[Outcome], FilmTask] = {}
        with ThreadPoolExecutor(workers, thread_name_prefix="film") as pool:
            try:
                while True:
                    # Few at a time: what is done is written before the next is begun.
                    while len(running) < workers and (task := next(waiting, None)) is not None:
                        running[pool.submit(work, task)] = task
                    if not running:
                        return
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield running.pop(future), future.result()
            finally:
                stop.set()
                for future in running:
                    future.cancel()

    return run
