"""The current version of each film in a store's Parquet files: as corrected by coders, else as measured.

Conventions
-----------
For each film, ``films.parquet`` names the current tables by ``settings`` and the measured ones by
``measured_settings``. The two are equal unless coders corrected the film. Then ``settings`` ends in a hash of the
coders' files, the corrected tables are ``analyses/corrected/{shots,scales}/<sha256>.<settings>.parquet``, and the
summary's figures come from them. If a coder marked where the film begins or ends, they cover only that part, in the
film's own time. If it is unclear which corrections apply, there are no figures and no corrected tables, and ``error``
gives the reason.

Tables are written before the summary names them and never change, so a reader sees either the old or the new state.
Every correction is followed at once (`follow`); opening a store catches up on any that were not.
"""

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from shotscale.errors import OutputError, TableError
from shotscale.files import is_temporary, make_folder, write_bytes
from shotscale.store.locking import summary_locked
from shotscale.store.results import EncodedAnalysis, encode
from shotscale.store.reviewed import REVIEWED, ReviewedFilms
from shotscale.store.store import Store
from shotscale.store.summary import ANALYZED, FilmState, read_rows, replaced

_CORRECTED = "corrected"
_PARTS = ("shots", "scales")
_LOG = logging.getLogger(__name__)


def write_summary(store: Store, rows: pa.Table) -> None:
    """Replace ``films.parquet`` by a summary that shows corrected films as corrected."""
    with summary_locked(store.folder):
        _write(store, rows, ReviewedFilms(store.folder))


def follow(folder: Path, reviewed: ReviewedFilms | None = None) -> None:
    """Bring a store's Parquet files up to date with its coders' corrections.

    If they cannot be written, a warning is logged; films are still read with their corrections. `reviewed` are the
    store's reviewed films; reuse them across frequent calls. Raises `TableError` if it is not a store or is incomplete.
    """
    reviewed = reviewed or ReviewedFilms(folder)
    store = Store(folder)
    if not _stale(store, read_rows(folder), reviewed):
        return
    try:
        with summary_locked(folder):
            _write(store, read_rows(folder), reviewed)
    except OutputError as error:
        _LOG.warning("films.parquet is behind the corrections: %s", error)


def damaged_corrections(folder: Path) -> list[str]:
    """Rebuild the tables of corrected films; return one line per stored table that is missing or differs."""
    store, reviewed = Store(folder), ReviewedFilms(folder)
    problems = []
    for row in read_rows(folder).to_pylist():
        film, holds = row["sha256"], row["settings"]
        if holds == row["measured_settings"] or row["error"] is not None:
            continue
        try:
            made = _corrected(store, row["film_id"], film, holds, reviewed)
        except TableError as error:
            problems.append(str(error))
            continue
        for part in _PARTS:
            path = _table(store, part, film, holds)
            if not path.is_file() or path.read_bytes() != getattr(made, part):
                problems.append(f"{path}: damaged, not what the corrections make; remove it and verify again")
    return problems


class Follower:
    """Brings a store up to date with corrections of one of its films, made in a folder `film`.

    Does nothing for a film in no store.
    """

    def __init__(self, film: Path) -> None:
        place = film.resolve().parent
        self._reviewed = ReviewedFilms(place.parent) if place.name == REVIEWED else None
        self._store = place.parent

    def __call__(self) -> None:
        """Update the store; if it is damaged, only log a warning, since the corrections themselves are kept."""
        try:
            if self._reviewed is not None:
                follow(self._store, self._reviewed)
        except TableError as error:
            _LOG.warning("films.parquet is behind the corrections: %s", error)


def _stale(store: Store, rows: pa.Table, reviewed: ReviewedFilms) -> dict[int, str]:
    """Return the numbers of out-of-date rows, each with the ``settings`` it should have."""
    versions = reviewed.versions()
    names = ("status", "sha256", "measured_settings", "settings", "error")
    shown = zip(*(rows[name].to_pylist() for name in names), strict=True)
    stale = {}
    for row, (status, film, measured, settings, error) in enumerate(shown):
        if status != ANALYZED or measured != store.settings_id:  # a run has just changed the settings
            continue
        holds = store.settings_id + (f"-{versions[film]}" if film in versions else "")
        there = film not in versions or all(_table(store, part, film, holds).is_file() for part in _PARTS)
        if settings != holds or not (there or error):
            stale[row] = holds
    return stale


def _write(store: Store, rows: pa.Table, reviewed: ReviewedFilms) -> None:
    stale = _stale(store, rows, reviewed)
    if stale:
        names = zip(rows["film_id"].to_pylist(), rows["sha256"].to_pylist(), strict=True)
        films = {row: name for row, name in enumerate(names) if row in stale}
        rows = replaced(rows, {row: _facts(store, *films[row], stale[row], reviewed) for row in stale})
    store.write_summary(rows)
    _sweep(store, rows)


def _facts(store: Store, name: str, film: str, holds: str, reviewed: ReviewedFilms) -> dict[str, Any]:
    """Return the summary's facts of a film; if it is corrected, write its tables."""
    state = FilmState()
    try:
        if holds == store.settings_id:
            state.analyzed(store.document(film))
        else:
            made = _corrected(store, name, film, holds, reviewed)
            for part in _PARTS:
                path = _table(store, part, film, holds)
                make_folder(path.parent)
                write_bytes(path, getattr(made, part))
            state.analyzed(json.loads(made.document))
    except TableError as error:
        return {"settings": holds, "error_kind": _CORRECTED, "error": str(error)}
    return {**state.facts, "settings": holds}


def _corrected(store: Store, name: str, film: str, holds: str, reviewed: ReviewedFilms) -> EncodedAnalysis:
    corrected = reviewed.apply(store.load(film, path=""), film=store.folder / name)
    body = replace(corrected, limits=corrected.whole.limits, part=None, of=None)
    return encode(body, settings_id=holds)


def _table(store: Store, part: str, film: str, holds: str) -> Path:
    return store.folder / "analyses" / _CORRECTED / part / f"{film}.{holds}.parquet"


def _sweep(store: Store, rows: pa.Table) -> None:
    """Remove temporary files and corrected tables the summary no longer names, except of films it does not list."""
    both = list(zip(rows["sha256"].to_pylist(), rows["settings"].to_pylist(), strict=True))
    listed, named = {film for film, _ in both}, {f"{film}.{settings}.parquet" for film, settings in both}
    for path in (store.folder / "analyses" / _CORRECTED).glob("*/*"):
        if path.name not in named and (path.name.partition(".")[0] in listed or is_temporary(path)):
            path.unlink()
