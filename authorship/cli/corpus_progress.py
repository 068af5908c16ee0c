"""Progress of a run over a corpus: a bar on a terminal, one line per minute in a log."""

import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from shotscale.cli.terminal import stderr
from shotscale.numerals import counted
from shotscale.progress import time_left

if TYPE_CHECKING:
    from shotscale.store.task import FilmTask, Outcome

_LINE_SECONDS = 60.0  # a log of one night then has a few hundred lines


class CorpusProgress:
    """Shows how much of a corpus is done and how long the rest will take; a `Watcher` of `analyze_corpus`.

    Films are weighted by file size, which is known before any is opened. A failure is printed immediately.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._size: dict[str, int] = {}
        self._share: dict[str, float] = {}
        self._n_done = 0
        self._began = self._said = time.monotonic()
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
        self._bars = Progress(
            *columns,
            TextColumn("{task.fields[left]}", markup=False),
            console=stderr,
            transient=True,
            disable=not stderr.is_terminal,
        )
        self._bar = self._bars.add_task("films", total=None, left="")

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bars.stop()

    def planned(self, tasks: "Sequence[tuple[FilmTask, int]]") -> None:
        """Receive the films to analyze and their file sizes."""
        self._size = {task.film_id: size for task, size in tasks}
        self._began = self._said = time.monotonic()
        self._show()

    def moved(self, task: "FilmTask", done: float, total: float | None) -> None:
        """Receive a film's progress."""
        with self._lock:
            self._share[task.film_id] = min(done / total, 1.0) if total else 0.0
        self._show()

    def finished(self, task: "FilmTask", outcome: "Outcome") -> None:
        """Receive the end of a film."""
        with self._lock:
            self._share[task.film_id] = 1.0
            self._n_done += 1
        if outcome.failure is not None:
            stderr.print(f"authorship: {task.film_id}: {task.path}: {outcome.failure.reason}", soft_wrap=True)
        self._show()

    def _show(self) -> None:
        with self._lock:
            total = sum(self._size.values())
            done = sum(self._size[name] * share for name, share in self._share.items())
            n_done = self._n_done
        share = done / total if total else 1.0
        left = time_left(share, time.monotonic() - self._began)
        so_far = f"{n_done} of {counted(len(self._size), 'film')}"
        self._bars.update(self._bar, completed=done, total=total, description=so_far, left=left)
        if not stderr.is_terminal and time.monotonic() - self._said >= _LINE_SECONDS:
            self._said = time.monotonic()
            stderr.print(f"authorship: {so_far}, {share:.1%} of their bytes, {left}", soft_wrap=True)
