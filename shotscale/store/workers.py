"""Analyze the films of a corpus on this machine, several in parallel."""

import logging
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

import psutil

from shotscale.progress import Progress
from shotscale.store.task import FilmTask, Outcome

__all__ = ["AnalyzeFilm", "Moved", "Workers", "here"]

_LOG = logging.getLogger(__name__)
_FILM_MB = 600
"""Memory per film being analyzed; 3840 x 2160 pixels take 490 MB, 1280 x 720 take 380 MB."""

Moved = Callable[[FilmTask, float, float | None], None]
"""Called with a film's task, the seconds done, and the film's length in seconds, `None` if unknown."""


class AnalyzeFilm(Protocol):
    """Analyses one film, like `shotscale.store.supervision.analyze_in_child`."""

    def __call__(self, task: FilmTask, *, progress: Progress, stop: threading.Event) -> Outcome:
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
    """Return `Workers` that analyze films on this machine, `workers` at a time, each with `analyze`."""

    def run(tasks: Sequence[FilmTask], *, moved: Moved) -> Generator[tuple[FilmTask, Outcome]]:
        _look_at_memory(min(workers, len(tasks)))
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


def _look_at_memory(n_films: int) -> None:
    """Warn of too little memory for the films analyzed at a time: one that is killed is started again."""
    free, needed = psutil.virtual_memory().available >> 20, n_films * _FILM_MB
    if free < needed:
        _LOG.warning(
            "%d MB of memory are free, and %d films at a time may take %d; close programs, or give fewer --workers",
            *(free, n_films, needed),
        )
