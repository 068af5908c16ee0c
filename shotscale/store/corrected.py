"""What holds of a film in a store's Parquet: what was measured or, where coders corrected it, what they made of it.

Conventions
-----------
``films.parquet`` names for each film the tables that hold, by ``settings``, and those that were measured, by
``measured_settings``. The two are the same unless coders corrected the film. Then ``settings`` has a hash of the
coders' files behind it, the corrected tables are ``analyses/corrected/{shots,scales}/<sha256>.<settings>.parquet``, and
the summary's figures are theirs. Where a coder said where the film begins or ends, they hold what lies inside, in the
film's own time. Where it is not clear which corrections hold, there are no figures and no such tables, and ``error``
says why.

Tables are written before the summary names them, and never changed: whoever reads finds one state or the other. Every
correction is followed at once (`follow`), and whoever opens a store makes up for what was not.
"""

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from shotscale.errors import OutputError, TableError
from shotscale.files import atomic_path, make_folder
from shotscale.store.locking import summary_locked
from shotscale.store.results import EncodedAnalysis, encode
from shotscale.store.reviewed import REVIEWED, ReviewedFilms
from shotscale.store.store import Store
from shotscale.store.summary import ANALYSED, FilmState, read_rows, replaced

__all__ = ["Follower", "damaged_corrections", "follow", "write_summary"]

_CORRECTED = "corrected"
_PARTS = ("shots", "scales")
_LOG = logging.getLogger(__name__)


def write_summary(store: Store, rows: pa.Table) -> None:
    """Replace ``films.parquet`` by a summary in which the films that coders corrected get what holds."""
    with summary_locked(store.folder):
        _write(store, rows, ReviewedFilms(store.folder))


def follow(folder: Path, reviewed: ReviewedFilms | None = None) -> None:
    """Have a store's Parquet follow its coders' corrections, where it does not.

    A warning says where that cannot be written: every film is read with its corrections all the same.

    Parameters
    ----------
    folder : path of a store
    reviewed : ReviewedFilms, optional
        Its reviewed films, for whoever asks often.

    Raises
    ------
    TableError
        If it is no store, or not whole.
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
    """Make the tables of every corrected film again: a line for each that lies there in another form."""
    store, reviewed = Store(folder), ReviewedFilms(folder)
    rows = [row for row in read_rows(folder).to_pylist() if row["settings"] != row["measured_settings"]]
    problems = []
    for row in rows:
        if row["error"] is None:
            film, holds = row["sha256"], row["settings"]
            made = _corrected(store, row["film_id"], film, holds, reviewed)
            for part in _PARTS:
                path = _table(store, part, film, holds)
                if not path.is_file() or path.read_bytes() != getattr(made, part):
                    problems.append(f"{path}: damaged, not what the corrections make; remove it and verify again")
    return problems


class Follower:
    """Has a store follow the corrections of one of its films; of no effect on a film that is in no store.

    Parameters
    ----------
    film : pathlib.Path
        The folder in which the film is corrected.
    """

    def __init__(self, film: Path) -> None:
        place = film.resolve().parent
        self._reviewed = ReviewedFilms(place.parent) if place.name == REVIEWED else None
        self._store = place.parent

    def __call__(self) -> None:
        """Follow; a store that is damaged is a warning, since the corrections themselves are kept."""
        try:
            if self._reviewed is not None:
                follow(self._store, self._reviewed)
        except TableError as error:
            _LOG.warning("films.parquet is behind the corrections: %s", error)


def _stale(store: Store, rows: pa.Table, reviewed: ReviewedFilms) -> dict[int, str]:
    """Return the rows that do not say what holds, by their number, and what their ``settings`` have to be."""
    versions = reviewed.versions()
    names = ("status", "sha256", "measured_settings", "settings", "error")
    shown = zip(*(rows[name].to_pylist() for name in names), strict=True)
    stale = {}
    for row, (status, film, measured, settings, error) in enumerate(shown):
        if status != ANALYSED or measured != store.settings_id:  # of settings that a run has just left
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
    """Return what the summary shows of a film; the tables of one that is corrected are written."""
    state = FilmState()
    try:
        if holds == store.settings_id:
            state.analysed(store.document(film))
        else:
            made = _corrected(store, name, film, holds, reviewed)
            for part in _PARTS:
                path = _table(store, part, film, holds)
                make_folder(path.parent)
                with atomic_path(path) as temporary:
                    temporary.write_bytes(getattr(made, part))
            state.analysed(json.loads(made.document))
    except TableError as error:
        return {"settings": holds, "error_kind": _CORRECTED, "error": str(error)}
    return {**state.facts, "settings": holds}


def _corrected(store: Store, name: str, film: str, holds: str, reviewed: ReviewedFilms) -> EncodedAnalysis:
    corrected = reviewed.apply(store.load(film, path=""), film=store.folder / name)
    body = replace(corrected, shots=corrected.body_shots, scales=corrected.body_scales, part=None)
    return encode(body, settings_id=holds)


def _table(store: Store, part: str, film: str, holds: str) -> Path:
    return store.folder / "analyses" / _CORRECTED / part / f"{film}.{holds}.parquet"


def _sweep(store: Store, rows: pa.Table) -> None:
    """Remove corrected tables that the summary names no more, but for those of films that it does not list."""
    both = list(zip(rows["sha256"].to_pylist(), rows["settings"].to_pylist(), strict=True))
    listed, named = {film for film, _ in both}, {f"{film}.{settings}.parquet" for film, settings in both}
    for path in (store.folder / "analyses" / _CORRECTED).glob("*/*"):
        if path.name not in named and (path.name.partition(".")[0] in listed or path.name.startswith(".")):
            path.unlink()
