"""Find which films of a table a store already holds, by content.

A film's file is read only if the answer is in doubt: the ``film_id``, size and modification time recorded in the
summary are trusted, and a file of a size new to the store cannot match any film in it. Facts about an analyzed film are
taken from the summary rather than its document.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from shotscale.errors import TableError
from shotscale.files import sha256
from shotscale.filmpaths import is_store
from shotscale.numerals import counted, some_of
from shotscale.store.reviewed import ReviewedFilms
from shotscale.store.store import Store
from shotscale.store.summary import ANALYZED, FilmState, is_kept_back, read_summary
from shotscale.store.table import RESERVED, CorpusTable, TableFilm
from shotscale.store.task import Budget, Failure

_LOG = logging.getLogger(__name__)
_LONG_BYTES = 10_000_000_000  # a minute or more of reading from a disk of 150 MB/s
_FILE = ("film_id", "absolute_path", "size_bytes", "mtime_ns")


class KnownChecksums:
    """Returns a film file's SHA-256, from the last run's summary if the file has not changed since.

    `stored` are the films whose content the store knows, by ``film_id``, for `shotscale.store.table.read_table`. The
    store need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._known: dict[tuple[str, int, int], str] = {}
        self.stored: dict[str, TableFilm] = {}
        if (last := last_summary(folder)) is not None:
            columns = last[["film_id", "size_bytes", "mtime_ns", "sha256"]].dropna()
            for name, size, changed, digits in columns.itertuples(index=False):
                self._known[name, size, changed] = digits
                self.stored[name] = TableFilm(name, Path(), size, changed, present=False)

    def get(self, film: TableFilm) -> str | None:
        """Return the checksum if known without reading the file, else `None`."""
        return self._known.get((film.film_id, film.size_bytes, film.mtime_ns))

    def __call__(self, film: TableFilm) -> str:
        """Return the checksum, reading the file if necessary."""
        return self.get(film) or sha256(film.path)


def last_summary(folder: Path) -> pd.DataFrame | None:
    """Return a store's summary, `None` if absent or damaged; a damaged one is rewritten in any case.

    Raises `TableError` if the system does not let it be read now, so that rewriting it would lose films.
    """
    try:
        return read_summary(folder) if is_store(folder) else None
    except TableError as error:
        if is_kept_back(error.__cause__):
            raise
        return None


def with_stored(table: CorpusTable, summary: pd.DataFrame) -> CorpusTable:
    """Prepend the films that only a summary lists, except any whose file is in the table under another name."""
    named = {film.film_id.casefold() for film in table.films}
    rest = summary[~summary["film_id"].str.casefold().isin(named)]
    # A film that was listed but never read has no content to tell it by, only its place.
    places: dict[str | None, str] = {str(film.path): film.film_id for film in table.films}
    unread = rest["sha256"].isna() & rest["absolute_path"].isin(list(places))
    _tell_of_renamed(rest.loc[unread, ["film_id", "absolute_path"]].itertuples(index=False), places)
    rest = rest[~unread]
    here: dict[str | None, str] = {digits: name for name, digits in table.checksums.items()}
    _tell_of_renamed(rest[["film_id", "sha256"]].itertuples(index=False), here)
    rest = rest[~rest["sha256"].isin(list(here))]
    films = [
        TableFilm(str(name), Path(str(path)), int(size), int(changed), present=False)
        for name, path, size, changed in zip(*(rest[column] for column in _FILE), strict=True)
    ]
    told = rest[[column for column in rest if column not in RESERVED]]
    rows = pd.concat([told.astype({"year": "Int64"}), table.rows], ignore_index=True) if films else table.rows
    stored: dict[str, str] = dict(rest[["film_id", "sha256"]].dropna().itertuples(index=False))  # some have none yet
    return replace(table, rows=rows, films=(*films, *table.films), checksums={**stored, **table.checksums})


def once(table: CorpusTable, states: list[FilmState]) -> tuple[CorpusTable, list[FilmState]]:
    """Leave out absent films whose content is present under another name."""
    both = list(zip(table.films, states, strict=True))
    here: dict[str | None, str] = {state.sha256: film.film_id for film, state in both if film.present and state.sha256}
    kept = [i for i, (film, state) in enumerate(both) if film.present or state.sha256 not in here]
    _tell_of_renamed([(film.film_id, state.sha256) for film, state in both if not film.present], here)
    rows = table.rows.iloc[kept].reset_index(drop=True)
    return replace(table, rows=rows, films=tuple(table.films[i] for i in kept)), [states[i] for i in kept]


def tell_of_replaced(last: pd.DataFrame, table: CorpusTable, states: Sequence[FilmState]) -> None:
    """Warn of analyzed films whose names now stand for other files: better scans, or other films by mistake."""
    named = {film.film_id.casefold() for film in table.films}
    lost = (last["status"] == ANALYZED) & ~last["sha256"].isin([state.sha256 for state in states])
    if replaced := [name for name in last["film_id"][lost] if name.casefold() in named]:
        _LOG.warning(
            "the files of these films are others than before, whose results are no longer listed, but kept until "
            "corpus prune: %s; if they are other films, give these other names and list the earlier ones again",
            some_of(replaced),
        )


def tell_of_corrections_left(folder: Path, last: pd.DataFrame, states: Sequence[FilmState]) -> None:
    """Warn of corrected films whose files were replaced, for example by a better scan."""
    left = ReviewedFilms(folder).versions().keys() - {state.sha256 for state in states}
    for name in last["film_id"][last["sha256"].isin(left)]:
        _LOG.warning("%s: its file is another than the one corrected; the corrections are kept but not used", name)


def _tell_of_renamed(before: Iterable[tuple[str, str | None]], here: Mapping[str | None, str]) -> None:
    """Log which films, named with their SHA-256 or path, are left out for one of another name, given by the same."""
    renamed = [f"{name} as {here[film]}" for name, film in before if film in here]
    if renamed:
        _LOG.warning("the same files under other names, listed once: %s", some_of(renamed))


def stand(
    store: Store,
    table: CorpusTable,
    known: KnownChecksums,
    facts: dict[str, dict[str, Any]],
    *,
    budget: Budget,
    retry: bool,
) -> list[FilmState]:
    """Return the state of each film."""
    whole = store.films()
    facts = {film: shown for film, shown in facts.items() if film in whole}
    documents = _documents(store, whole - facts.keys())
    failures = store.failures()
    sizes = {document["analysis"]["film"].get("size_bytes") for document in documents.values()}
    sizes |= {size for _, size in failures.values()} | {
        film.size_bytes for film in (*known.stored.values(), *table.films) if not film.present
    }
    states = [FilmState(sha256=table.checksums.get(film.film_id) or known.get(film)) for film in table.films]
    both = list(zip(table.films, states, strict=True))
    doubted = [one for one in both if one[1].sha256 is None and one[0].present and one[0].size_bytes in sizes]
    _tell_of_reading([film for film, _ in doubted])
    for film, state in doubted:
        with suppress(OSError):  # the analysis will report the error
            state.sha256 = sha256(film.path)
    for film, state in both:
        if state.sha256 in facts:
            state.facts = dict(facts[state.sha256])
        elif state.sha256 in documents:
            state.analyzed(documents[state.sha256])
        elif state.sha256 in failures:
            failure = failures[state.sha256][0]
            again = film.present and (retry or _worth_a_try(failure, budget))
            state.failure = None if again else failure
    return states


def _tell_of_reading(films: Sequence[TableFilm]) -> None:
    """Say that many files are read before any is analyzed, as after a move that did not keep their times."""
    size = sum(film.size_bytes for film in films)
    if size >= _LONG_BYTES:
        _LOG.warning(
            "the files of %s, %.0f GB, are new or have another time than at the last run; reading them all to see "
            "which the store knows; if this is stopped, it begins again",
            *(counted(len(films), "film"), size / 1e9),
        )


def _documents(store: Store, films: Iterable[str]) -> dict[str | None, dict[str, Any]]:
    """Read the documents of analyzed films; remove a damaged one, so that its film is analyzed again."""
    documents: dict[str | None, dict[str, Any]] = {}
    for film in films:
        try:
            documents[film] = store.document(film)
        except TableError as error:
            forget_damaged(store, film, error)
    return documents


def forget_damaged(store: Store, film: str, error: TableError) -> None:
    """Remove a damaged analysis; raise the error again if the system keeps back files that may be whole."""
    if is_kept_back(error.__cause__):
        raise error
    store.forget(film)


def _worth_a_try(failure: Failure, budget: Budget) -> bool:
    """Return whether the budget now exceeds the limit at which a film failed."""
    now = {"memory": budget.memory_bytes, "time": budget.seconds, "stall": budget.stall_seconds}.get(failure.kind)
    return now is not None and failure.limit is not None and now > failure.limit
