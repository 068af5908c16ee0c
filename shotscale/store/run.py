"""Analyze the films of a corpus that are missing from a store.

A film that the store holds stays in it whether or not its file is there; with `add`, whether or not the table names it.
"""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from shotscale.store.corrected import write_summary
from shotscale.store.inventory import KnownChecksums, last_summary, once, stand, with_stored
from shotscale.store.resources import look_at_disk
from shotscale.store.settings import AnalysisSettings
from shotscale.store.store import Store
from shotscale.store.summary import ANALYSED, FAILED, FilmState, remembered, summary_table
from shotscale.store.table import CorpusTable, TableFilm
from shotscale.store.task import FAILURES_THAT_LAST, Budget, Failure, FilmTask, Outcome
from shotscale.store.workers import Workers, nobody

__all__ = ["CorpusReport", "Watcher", "analyze_corpus", "list_films"]

_SUMMARY_SECONDS = 5.0  # at least, between two summaries for whoever looks on
_SUMMARY_SHARE = 20.0  # and at least so many times what one takes to write: 5 % of the time


class Watcher(Protocol):
    """Is told how a run goes on."""

    def planned(self, tasks: Sequence[tuple[FilmTask, int]]) -> None:
        """Take the films that are to be analysed, with their files' sizes in bytes."""

    def moved(self, task: FilmTask, done: float, total: float | None) -> None:
        """Take how many seconds of a film are done, of how many; called from any thread."""

    def finished(self, task: FilmTask, outcome: Outcome) -> None:
        """Take a film's outcome, which is in the store."""


@dataclass(frozen=True, kw_only=True)
class CorpusReport:
    """Where a corpus stands after a run.

    Attributes
    ----------
    n_films, n_analysed, n_failed : int
        Of the table; analysed and failed now or before.
    n_now : int
        Analysed in this run.
    failures : dict of str to Failure
        By ``film_id``.
    """

    n_films: int
    n_analysed: int
    n_failed: int
    n_now: int
    failures: dict[str, Failure]

    @property
    def n_missing(self) -> int:
        """How many films of the table have neither an analysis nor a failure."""
        return self.n_films - self.n_analysed - self.n_failed


@dataclass
class _Run:
    """A run's state: where each film stands, and when the summary was last written."""

    store: Store
    table: CorpusTable
    states: list[FilmState]
    wrote: float = field(default=float("-inf"))
    cost: float = 0.0

    def write_summary(self, *, at_once: bool = False) -> None:
        """Write the summary, seldom enough that it costs a small part of the run."""
        now = time.monotonic()
        if at_once or now - self.wrote > max(_SUMMARY_SECONDS, _SUMMARY_SHARE * self.cost):
            write_summary(self.store, summary_table(self.table, self.states, settings_id=self.store.settings_id))
            self.wrote = time.monotonic()
            self.cost = self.wrote - now

    def report(self, n_now: int) -> CorpusReport:
        failures = {
            film.film_id: state.failure
            for film, state in zip(self.table.films, self.states, strict=True)
            if state.failure is not None
        }
        statuses = [state.status for state in self.states]
        return CorpusReport(
            n_films=len(statuses),
            n_analysed=statuses.count(ANALYSED),
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
    """Analyse the films of a table that a store lacks, and write each result as soon as there is one.

    Parameters
    ----------
    table : CorpusTable
    folder : path
        Of the store; made if need be.
    settings : AnalysisSettings
        What results are kept under.
    workers : Workers
        Who analyses the films.
    watcher : Watcher
        Is told how it goes on.
    known : KnownChecksums, optional
        What the table was read with.
    weights, cores, budget
        As for `FilmTask`.
    retry : bool
        Try again the films that failed before.
    check : bool
        Read every result through first, and analyse again what is damaged.
    add : bool
        Keep the films that the store lists and the table does not; otherwise the store lists the table's films alone.

    Returns
    -------
    CorpusReport

    Raises
    ------
    OutputError
        If the store cannot be written to; what it holds by then is kept.
    """
    budget = budget or Budget()
    with Store.writing(folder, settings) as store:
        for film in store.damaged() if check else ():
            store.forget(film)
        last = last_summary(folder)
        table = with_stored(table, last) if add and last is not None else table
        facts = {} if last is None else remembered(last, settings_id=store.settings_id)
        states = stand(store, table, known or KnownChecksums(folder), facts, budget=budget, retry=retry)
        run = _Run(store, *once(table, states))
        table = run.table
        run.write_summary(at_once=True)
        todo = {
            film.film_id: i
            for i, (film, state) in enumerate(zip(table.films, run.states, strict=True))
            if film.present and not state.facts and state.failure is None
        }
        tasks = [
            FilmTask(
                film_id=name,
                path=str(table.films[i].path),
                settings=settings,
                weights=weights,
                cores=cores,
                budget=budget,
            )
            for name, i in todo.items()
        ]
        sizes = [table.films[i].size_bytes for i in todo.values()]
        look_at_disk(folder, len(tasks))
        watcher.planned(list(zip(tasks, sizes, strict=True)))
        n_now = 0
        try:
            with closing(workers(tasks, moved=watcher.moved)) as outcomes:
                for task, outcome in outcomes:
                    i = todo[task.film_id]
                    versions = _keep(store, table.films[i], run.states[i], outcome)
                    store.log(_entry(task, run.states[i], outcome, versions))
                    n_now += outcome.analysis is not None
                    watcher.finished(task, outcome)
                    run.write_summary()
        finally:
            run.write_summary(at_once=True)
        return run.report(n_now)


class _Unwatched:
    """Watches a run in which nothing is analysed."""

    def planned(self, tasks: Sequence[tuple[FilmTask, int]]) -> None: ...

    def moved(self, task: FilmTask, done: float, total: float | None) -> None: ...

    def finished(self, task: FilmTask, outcome: Outcome) -> None: ...


def list_films(
    table: CorpusTable, folder: Path, *, settings: AnalysisSettings, known: KnownChecksums | None = None
) -> CorpusReport:
    """Have a store list the films of a table beside its own, analysing none; parameters as of `analyze_corpus`."""
    return analyze_corpus(table, folder, settings=settings, workers=nobody, watcher=_Unwatched(), known=known, add=True)


def _keep(store: Store, film: TableFilm, state: FilmState, outcome: Outcome) -> dict[str, str]:
    """Put an outcome into the store and into the film's state; returns the versions it was analysed with."""
    if outcome.analysis is not None:
        store.keep(outcome.analysis)
        document = store.document(outcome.analysis.sha256)
        state.analysed(document)
        return dict(document["analysis"]["provenance"]["versions"])
    state.sha256, state.failure = outcome.sha256, outcome.failure
    if outcome.failure is not None and outcome.sha256 is not None and outcome.failure.kind in FAILURES_THAT_LAST:
        store.keep_failure(outcome.sha256, outcome.failure, size_bytes=film.size_bytes)
    return {}


def _entry(task: FilmTask, state: FilmState, outcome: Outcome, versions: dict[str, str]) -> dict[str, Any]:
    """Return what the log says of a film's analysis."""
    duration, failure = state.facts.get("duration"), outcome.failure
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "film_id": task.film_id,
        "sha256": outcome.sha256,
        "settings": task.settings.id,
        "machine": outcome.machine,
        "seconds": None if outcome.seconds is None else round(outcome.seconds, 3),
        "times_real_time": round(duration / outcome.seconds, 3) if duration and outcome.seconds else None,
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()) or None,
        "failure": None if failure is None else failure.to_json(),
    }
