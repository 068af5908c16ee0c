"""Measure a desk's films in a separate process, which outlives the page and its server.

Conventions
-----------
``python -m authorship.desk.measuring FOLDER`` does what ``authorship corpus analyze films.csv -o store`` does, and
records its process and progress in ``.desk/measuring.json``, where any desk that opens the folder finds them. Pausing
suspends the process and those that it started; cancelling kills them, and results in the store are kept.
"""

import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from shotscale.documents import Document, read_json
from shotscale.errors import OutputError, TableError, UserError
from shotscale.files import make_folder, write_json
from shotscale.filmpaths import is_store
from shotscale.progress import time_left
from shotscale.store.inventory import KnownChecksums
from shotscale.store.run import analyze_corpus
from shotscale.store.settings import AnalysisSettings, describe_settings
from shotscale.store.store import Store
from shotscale.store.supervision import analyze_in_child
from shotscale.store.table import CorpusTable, CorpusTableError, Problem, read_table
from shotscale.store.task import FilmTask, Outcome
from shotscale.store.upkeep import settings_to_use
from shotscale.store.workers import Workers, here, nobody

OWN, PROGRESS = ".desk", "measuring.json"
_WRITE_SECONDS = 0.25  # between two writes of progress: often enough to move smoothly on the page
NOTHING: Mapping[str, Any] = {"done": 0, "planned": 0, "left": "", "error": None}
_LONGEST_STEP = 5.0
"""Maximum seconds between two progress reports that count as work; the rest is taken for a pause."""


class _Told:
    """A `Watcher` that records a run's progress for the desk."""

    def __init__(self, folder: Path, process: psutil.Process | None = None) -> None:
        self._path, self._lock = make_folder(folder / OWN) / PROGRESS, threading.Lock()
        self._known = None if process is None else {"pid": process.pid, "created": process.create_time()}
        self._told: dict[str, Any] = {**NOTHING, "films": {}, "refused": {}}
        if process is None:  # nothing is measured anew: why measuring ended still counts
            self._told["error"] = progress_in(self._path).get("error")
        self._sizes: dict[str, int] = {}
        self._worked: dict[str, float] = {}
        self._moved: dict[str, float] = {}
        self._wrote = float("-inf")

    def planned(self, tasks: Sequence[tuple[FilmTask, int]]) -> None:
        self._sizes = {task.film_id: size for task, size in tasks}
        self._told |= {"done": 0, "planned": len(tasks), "films": {}}
        self._write(at_once=True)

    def moved(self, task: FilmTask, done: float, total: float | None) -> None:
        with self._lock:
            name, now = task.film_id, time.monotonic()
            step = now - self._moved.get(name, now)
            self._moved[name] = now
            self._worked[name] = self._worked.get(name, 0.0) + min(step, _LONGEST_STEP)
            share = min(done / total, 1.0) if total else 0.0
            worked = self._worked[name]
            self._told["films"][name] = [round(share, 4), time_left(share if worked > 1 else 0.0, worked)]
            self._told["left"] = self._left()
            self._write()

    def finished(self, task: FilmTask, outcome: Outcome) -> None:
        with self._lock:
            if outcome.failure is not None:  # the store's summary says so a little later
                self._told["refused"][task.film_id] = outcome.failure.reason
            self._told["films"].pop(task.film_id, None)
            self._sizes.pop(task.film_id, None)
            self._told["done"] += 1
            self._write(at_once=True)

    def refused(self, films: dict[str, str]) -> None:
        """Record which films of the table are skipped, and why."""
        self._told["refused"] = films
        self._write(at_once=True)

    def failed(self, reason: str) -> None:
        """Record why the run ended early."""
        self._told["error"] = reason
        self._write(at_once=True)

    def _left(self) -> str:
        """Estimate the time left for all films at the pace so far, by file size."""
        begun = self._told["films"]
        done = sum(self._sizes.get(name, 0) * share for name, (share, _) in begun.items())
        worked = sum(self._worked.get(name, 0.0) for name in begun) / max(1, len(begun))
        total = sum(self._sizes.values())
        return time_left(done / total if total and worked > 1 else 0.0, worked)

    def _write(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if at_once or now - self._wrote > _WRITE_SECONDS:
            self._wrote = now
            with suppress(OutputError):  # if the disk is full, the run ends when a result is saved
                write_json(self._path, {**self._process(), **self._told})

    def _process(self) -> dict[str, Any]:
        """Return how to find the process: this one, else whichever a desk has started."""
        known = self._known or progress_in(self._path)
        return {name: known[name] for name in ("pid", "created") if name in known}


def progress_in(path: Path) -> dict[str, Any]:
    """Return the recorded process and its progress; empty if there is none."""
    try:
        return read_json(Document, path, remedy="measure again")
    except TableError:
        return {}


def main() -> None:
    """Measure until no film of the table is waiting."""
    folder = Path(sys.argv[1])
    watcher = _Told(folder, psutil.Process())
    try:
        settings = describe_settings()
        if is_store(folder / "store"):  # one begun by an earlier version is continued if results are the same
            settings = settings_to_use(folder / "store", settings, switch=True)
        workers, seen = here(analyze=analyze_in_child), 0
        while (changed := (folder / "films.csv").stat().st_mtime_ns) != seen:
            _bring_up_to_date(folder, settings, workers, watcher, retry="--retry" in sys.argv and not seen)
            seen = changed
    except UserError as error:
        watcher.failed(str(error))
        raise SystemExit(1) from None


def follow_table(folder: Path) -> None:
    """Rewrite the store's summary from the table without measuring."""
    with suppress(UserError):
        _bring_up_to_date(folder, Store(folder / "store").settings, nobody, _Told(folder))


def _bring_up_to_date(
    folder: Path, settings: AnalysisSettings, workers: Workers, watcher: "_Told", *, retry: bool = False
) -> None:
    store = folder / "store"
    known = KnownChecksums(store)
    table, refused = usable_table(folder / "films.csv", known)
    watcher.refused(refused)
    if table is not None:
        analyze_corpus(table, store, settings=settings, workers=workers, watcher=watcher, known=known, retry=retry)


def usable_table(path: Path, known: KnownChecksums) -> tuple[CorpusTable | None, dict[str, str]]:
    """Read a table, leaving out rows that cannot be used; return it, if any row is left, and reasons by ``film_id``.

    Raises
    ------
    TableError
        If it is not a table of films at all.
    """
    try:
        table = read_table(path, checksum=known, stored=known.stored, strict=False)
    except CorpusTableError as error:
        if error.problems[0].row is None:
            raise TableError(error.problems[0].text) from None
        return None, _reasons(error.problems)
    return table, _reasons(table.problems)


def _reasons(problems: Sequence[Problem]) -> dict[str, str]:
    return {problem.film_id or "": problem.text for problem in problems}


if __name__ == "__main__":
    main()
