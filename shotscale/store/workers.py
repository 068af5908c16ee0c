"""Analyze the films of a corpus on this machine, several in parallel."""

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

from shotscale.store.resources import look_at_memory
from shotscale.store.task import FilmTask, Outcome

__all__ = ["AnalyzeFilm", "Moved", "Workers", "here"]

Moved = Callable[[FilmTask, float, float | None], None]
"""Called with a film's task, the seconds done, and the film's length in seconds, `None` if unknown."""


class AnalyzeFilm(Protocol):
    """Analyses one film, like `shotscale.store.supervision.analyze_in_child`."""

    def __call__(
        self, task: FilmTask, *, progress: Callable[[float, float | None], None], stop: threading.Event
    ) -> Outcome:
        """Return the film's outcome."""


class Workers(Protocol):
    """Takes the films to analyze and yields their outcomes, in any order."""

    def __call__(self, tasks: Sequence[FilmTask], *, moved: Moved) -> Generator[tuple[FilmTask, Outcome]]:
        """Yield each task with its outcome as soon as it is ready."""


def nobody(tasks: Sequence[FilmTask], *, moved: Moved) -> Generator[tuple[FilmTask, Outcome]]:
    """Analyze no films; for a run that only lists them."""
    del tasks, moved
    yield from ()


def here(*, workers: int = 1, analyze: AnalyzeFilm) -> Workers:
    """Return `Workers` that analyze films in parallel on this machine.

    Parameters
    ----------
    workers : int
        Number of films at a time.
    analyze : callable
        Analyses one film.
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
                    # Submit only a few at a time: a finished film is written before the next is begun.
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
