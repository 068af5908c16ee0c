"""Analyze the films of a corpus that are missing from a store.

A film in the store stays in it even if its file is absent; with `add`, even if the table does not name it.
"""

import json
import logging
import os
import shutil
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from shotscale.errors import OutputError
from shotscale.numerals import counted
from shotscale.store.corrected_summary import write_summary
from shotscale.store.inventory import (
    KnownChecksums,
    forget_damaged,
    last_summary,
    once,
    stand,
    tell_of_corrections_left,
    tell_of_replaced,
    with_stored,
)
from shotscale.store.settings import AnalysisSettings
from shotscale.store.store import LOG, Store
from shotscale.store.summary import ANALYZED, FAILED, FilmState, remembered, summary_table
from shotscale.store.table import CorpusTable, TableFilm
from shotscale.store.task import FAILURES_THAT_LAST, Budget, Failure, FilmTask, Outcome
from shotscale.store.workers import Workers, nobody

_LOG = logging.getLogger(__name__)
_RESULT_MB = 1
"""Disk space per film; the results for one hour of film take about a tenth of it."""

_SUMMARY_SECONDS = 5.0  # minimum time between two summaries, for anyone watching the run
_SUMMARY_SHARE = 20.0  # minimum as a multiple of the time to write one: at most 5 % of the run


class Watcher(Protocol):
    """Receives the progress of a run."""

    def planned(self, tasks: Sequence[tuple[FilmTask, int]]) -> None:
        """Receive the films to be analyzed, with their file sizes in bytes."""

    def moved(self, task: FilmTask, done: float, total: float | None) -> None:
        """Receive how many seconds of a film are done, out of how many; called from any thread."""

    def finished(self, task: FilmTask, outcome: Outcome) -> None:
        """Receive a film's outcome, after it was stored."""


@dataclass(frozen=True, kw_only=True)
class CorpusReport:
    """The state of a corpus after a run.

    `n_films`, `n_analyzed` and `n_failed` count the table's films and those that were analyzed or failed, in this run
    or before, `n_now` those analyzed in this run; `failures` is by ``film_id``.
    """

    n_films: int
    n_analyzed: int
    n_failed: int
    n_now: int
    failures: dict[str, Failure]

    @property
    def n_missing(self) -> int:
        """How many films of the table have neither an analysis nor a failure."""
        return self.n_films - self.n_analyzed - self.n_failed


@dataclass
class _Run:
    """A run's state: the state of each film, and when the summary was last written."""

    store: Store
    table: CorpusTable
    states: list[FilmState]
    wrote: float = field(default=float("-inf"))
    cost: float = 0.0

    def write_summary(self, *, at_once: bool = False) -> None:
        """Write the summary, but rarely enough to take a small share of the run."""
        now = time.monotonic()
        if at_once or now - self.wrote > max(_SUMMARY_SECONDS, _SUMMARY_SHARE * self.cost):
            write_summary(self.store, summary_table(self.table, self.states, settings_id=self.store.settings_id))
            self.wrote = time.monotonic()
            self.cost = self.wrote - now

    def report(self, n_now: int) -> CorpusReport:
        both = zip(self.table.films, self.states, strict=True)
        failures = {film.film_id: state.failure for film, state in both if state.failure is not None}
        statuses = [state.status for state in self.states]
        return CorpusReport(
            n_films=len(statuses),
            n_analyzed=statuses.count(ANALYZED),
            n_failed=statuses.count(FAILED),
            n_now=n_now,
            failures=failures,
        )


def analyze_corpus(
    table: CorpusTable,
    folder: Path,
    *,
    settings: AnalysisSettings,
    workers: Workers,
    watcher: Watcher,
    known: KnownChecksums | None = None,
    weights: str | None = None,
    cores: int | None = None,
    budget: Budget | None = None,
    retry: bool = False,
    check: bool = False,
    add: bool = False,
) -> CorpusReport:
    """Analyze the films of a table that a store lacks, and write each result as soon as it is ready.

    The store's folder is created if necessary, and the `watcher` receives the progress. Raises `OutputError` if the
    store is not writable; what it holds by then is kept.

    Parameters
    ----------
    settings : AnalysisSettings
        Settings under which results are stored.
    known : KnownChecksums, optional
        The checksums that the table was read with.
    weights, cores, budget
        See `FilmTask`.
    retry : bool
        Retry films that failed before.
    check : bool
        Read every stored result first, and re-analyze damaged ones.
    add : bool
        Keep films that the store lists but the table does not; otherwise the store lists only the table's films.
    """
    budget = budget or Budget()
    with Store.writing(folder, settings) as store:
        for film, error in store.damaged().items() if check else ():
            forget_damaged(store, film, error)
        last = last_summary(folder)
        table = with_stored(table, last) if add and last is not None else table
        facts = {} if last is None else remembered(last, settings_id=store.settings_id)
        states = stand(store, table, known or KnownChecksums(folder), facts, budget=budget, retry=retry)
        run = _Run(store, *once(table, states))
        table = run.table
        if last is not None:
            tell_of_replaced(last, table, run.states)
        run.write_summary(at_once=True)
        todo = {
            film.film_id: i
            for i, (film, state) in enumerate(zip(table.films, run.states, strict=True))
            if film.present and not state.facts and state.failure is None
        }
        task_of = partial(FilmTask, settings=settings, weights=weights, cores=cores, budget=budget)
        tasks = [task_of(film_id=name, path=str(table.films[i].path)) for name, i in todo.items()]
        sizes = [table.films[i].size_bytes for i in todo.values()]
        _look_at_disk(folder, len(tasks))
        watcher.planned(list(zip(tasks, sizes, strict=True)))
        n_now = 0
        try:
            with closing(workers(tasks, moved=watcher.moved)) as outcomes:
                for task, outcome in outcomes:
                    i = todo[task.film_id]
                    versions = _keep(store, table.films[i], run.states[i], outcome)
                    _log(folder, _entry(task, run.states[i], outcome, versions))
                    n_now += outcome.analysis is not None
                    watcher.finished(task, outcome)
                    run.write_summary()
        finally:
            run.write_summary(at_once=True)
        if last is not None:
            tell_of_corrections_left(folder, last, run.states)
        elif n_lost := len(store.films() - {state.sha256 for state in run.states}):
            _LOG.warning(
                "%s: the list of films was damaged or missing and is written anew; it lacks the films of %s that the "
                "table does not name; list them with authorship corpus add while their files are there",
                *(folder, counted(n_lost, "result")),
            )
        return run.report(n_now)


def _look_at_disk(store: Path, n_films: int) -> None:
    """Warn of too little disk space for the results: the next run goes on where a full disk ends this one."""
    free, needed = shutil.disk_usage(store).free >> 20, n_films * _RESULT_MB
    if free < needed:
        _LOG.warning(
            "%s: %d MB of disk are free, and the results of %d films may take %d; make room, or go on later with "
            "the same command",
            *(store, free, n_films, needed),
        )


class _Unwatched:
    """Watches a run in which nothing is analyzed."""

    def planned(self, tasks: Sequence[tuple[FilmTask, int]]) -> None: ...

    def moved(self, task: FilmTask, done: float, total: float | None) -> None: ...

    def finished(self, task: FilmTask, outcome: Outcome) -> None: ...


def list_films(
    table: CorpusTable, folder: Path, *, settings: AnalysisSettings, known: KnownChecksums | None = None
) -> CorpusReport:
    """Add a table's films to a store's list without analyzing any; parameters as in `analyze_corpus`."""
    return analyze_corpus(table, folder, settings=settings, workers=nobody, watcher=_Unwatched(), known=known, add=True)


def _keep(store: Store, film: TableFilm, state: FilmState, outcome: Outcome) -> dict[str, str]:
    """Record an outcome in the store and the film's state; return the versions it was analyzed with."""
    if outcome.analysis is not None:
        store.keep(outcome.analysis)
        document = store.document(outcome.analysis.sha256)
        state.analyzed(document)
        return dict(document["analysis"]["provenance"]["versions"])
    # A worker that is lost has read no checksum; the one known before still says which results are the film's.
    state.sha256, state.failure = outcome.sha256 or state.sha256, outcome.failure
    if outcome.failure is not None and outcome.sha256 is not None and outcome.failure.kind in FAILURES_THAT_LAST:
        store.keep_failure(outcome.sha256, outcome.failure, size_bytes=film.size_bytes)
    return {}


def _log(folder: Path, entry: dict[str, Any]) -> None:
    """Append a line to a store's log; one that a killed run or a full disk left torn is ended first."""
    line = json.dumps(entry, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        with (folder / LOG).open("a+b") as log:
            if log.tell():
                log.seek(-1, os.SEEK_END)
                line = line if log.read() == b"\n" else f"\n{line}"
            log.write(line.encode())
    except OSError as error:
        raise OutputError(
            f"{folder / LOG}: cannot be written ({error.strerror}); make room, or make it writable"
        ) from error


def _entry(task: FilmTask, state: FilmState, outcome: Outcome, versions: dict[str, str]) -> dict[str, Any]:
    """Return the log entry for a film's analysis."""
    duration, failure = state.facts.get("duration"), outcome.failure
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "film_id": task.film_id,
        "sha256": state.sha256,
        "settings": task.settings.id,
        "machine": outcome.machine,
        "seconds": None if outcome.seconds is None else round(outcome.seconds, 3),
        "times_real_time": round(duration / outcome.seconds, 3) if duration and outcome.seconds else None,
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()) or None,
        "failure": None if failure is None else asdict(failure),
    }
