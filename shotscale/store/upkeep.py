"""What is done to a store beside filling it: films taken out, files removed that no film refers to, settings chosen."""

import os
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pandas as pd

from shotscale.errors import FilmError, OptionError
from shotscale.store.settings import AnalysisSettings
from shotscale.store.store import Failure, Store, read_summary
from shotscale.store.summary import ANALYSED, FAILED, FilmState, summary_table
from shotscale.store.table import RESERVED, CorpusTable, TableFilm

__all__ = ["choose_settings", "list_settings", "list_unused", "prune", "remove_films"]


def remove_films(folder: str | os.PathLike[str], names: Sequence[str]) -> None:
    """Take films out of a store's table. Their results stay until `prune`: a table that names them brings them back.

    Raises
    ------
    FilmError
        If the store has no such film; nothing is removed then.
    OutputError
        If another process is filling the store.
    """
    with _opened(folder) as store:
        summary = read_summary(store.folder)
        absent = [name for name in names if name not in set(summary["film_id"])]
        if absent:
            raise FilmError(f"{folder}: has no film {absent[0]}; authorship corpus status lists them")
        _write(store, summary[~summary["film_id"].isin(list(names))])


def list_unused(folder: str | os.PathLike[str]) -> dict[Path, int]:
    """Return the files that no film of the store's table refers to, and their sizes in bytes."""
    store = Store(folder)
    used = set(read_summary(folder)["sha256"].dropna())
    files = (path for part in ("films", "shots", "scales", "failures") for path in store.files(part))
    return {path: path.stat().st_size for path in files if path.name.partition(".")[0] not in used}


def prune(folder: str | os.PathLike[str]) -> int:
    """Remove the files that no film refers to, documents first; return how many bytes that frees.

    Raises
    ------
    OutputError
        If another process is filling the store.
    """
    with _opened(folder):
        unused = list_unused(folder)
        for path in unused:
            path.unlink()
    return sum(unused.values())


def list_settings(folder: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """Return every settings that there are results of: ``id``, ``current``, ``n_results``, ``n_used``, ``settings``.

    ``n_used`` counts the films of the table whose results are of these settings.
    """
    store, summary = Store(folder), read_summary(folder)
    used = summary.loc[summary["status"] == ANALYSED, "settings"].value_counts()
    return [
        {
            "id": name,
            "current": name == store.settings_id,
            "n_results": len(store.films(name)),
            "n_used": int(used.get(name, 0)),
            "settings": settings,
        }
        for name, settings in store.all_settings().items()
    ]


def choose_settings(folder: str | os.PathLike[str], settings_id: str) -> int:
    """Let the films of a store have the results of other settings, where there are some; return how many have.

    Raises
    ------
    OptionError
        If there are no such settings.
    OutputError
        If another process is filling the store.
    """
    there = Store(folder).all_settings()
    if settings_id not in there:
        raise OptionError(f"{settings_id}: no settings of this store, which has {', '.join(there)}; name one")
    summary = read_summary(folder)
    with Store.writing(folder, AnalysisSettings(**there[settings_id])) as store:
        have = store.films()
        _write(store, summary, prefer=have)
        return int(summary["sha256"].isin(list(have)).sum())


def _opened(folder: str | os.PathLike[str]) -> AbstractContextManager[Store]:
    """Open a store for writing under the settings that it has."""
    return Store.writing(folder, AnalysisSettings(**Store(folder).settings))


def _write(store: Store, summary: pd.DataFrame, *, prefer: Iterable[str] = ()) -> None:
    """Write a summary anew, with the results of the store's settings for the films that are preferred."""
    preferred, states = set(prefer), []
    rows: list[dict[str, Any]] = summary.to_dict("records")  # type: ignore[assignment]
    for row in rows:
        state = FilmState(sha256=None if pd.isna(row["sha256"]) else row["sha256"])
        if state.sha256 in preferred or row["status"] == ANALYSED:
            settings = None if state.sha256 in preferred else row["settings"]
            state.analysed(store.document(row["sha256"], settings))
        elif row["status"] == FAILED:
            state.failure = Failure(row["error_kind"], row["error"])
        states.append(state)
    told = summary[[column for column in summary if column not in RESERVED]].reset_index(drop=True)
    films = tuple(
        TableFilm(row["film_id"], Path(row["path"]), int(row["size_bytes"]), int(row["mtime_ns"])) for row in rows
    )
    table = CorpusTable(store.folder, told, films, {})
    store.write_summary(summary_table(table, states, settings_id=store.settings_id))
