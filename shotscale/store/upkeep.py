"""Maintain a store: remove and restore films, delete unreferenced results, choose among settings.

Adding and reading films does not depend on this module; measuring takes from it only the choice of settings. Functions
that change a store take its lock.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from shotscale.errors import FilmError, OptionError
from shotscale.numerals import counted
from shotscale.store.inventory import with_stored
from shotscale.store.locking import summary_locked
from shotscale.store.reading import read_log
from shotscale.store.run import list_films
from shotscale.store.settings import AnalysisSettings, read_settings
from shotscale.store.store import Store, read_current
from shotscale.store.summary import FilmState, read_rows, read_summary, summary_table
from shotscale.store.table import CorpusTable

__all__ = [
    "KeptSettings",
    "current_settings",
    "list_settings",
    "prune",
    "remove_films",
    "restore_films",
    "settings_to_use",
    "unreferenced",
    "use_settings",
]

_REMOVED = "removed.parquet"


@dataclass(frozen=True)
class KeptSettings:
    """Settings under which a store holds results.

    The `current` ones are those of the summary, and so of anything read from the store.
    """

    id: str
    settings: AnalysisSettings
    n_results: int
    current: bool


def list_settings(folder: str | os.PathLike[str]) -> list[KeptSettings]:
    """Return all settings that a store has a folder for, the current ones first.

    Raises `TableError` if it is not a store, or one of its files is damaged.
    """
    current, found = read_current(folder), []
    for file in sorted(Path(folder, "analyses").glob("*/settings.json")):
        name = file.parent.name
        n_results = len(Store(folder, name).films())
        found.append(KeptSettings(name, read_settings(file.parent), n_results, name == current))
    return sorted(found, key=lambda kept: not kept.current)


def current_settings(folder: str | os.PathLike[str]) -> AnalysisSettings:
    """Return the current settings of a store: those of its summary."""
    return Store(folder).settings


def settings_to_use(
    folder: str | os.PathLike[str], wanted: AnalysisSettings, *, switch: bool = False
) -> AnalysisSettings:
    """Return the settings under which to measure more films of a store.

    Settings that give the same results as `wanted` are reused, whatever library versions they were begun with. Raises
    `OptionError` if the store's current settings give other results, unless `switch` says that others may be used.
    """
    kept = list_settings(folder)
    same = [one.settings for one in kept if one.settings.measures_like(wanted)]
    current = [one for one in kept if one.current] or kept  # any, if no summary says which
    others = [one for one in current if one.n_results and not one.settings.measures_like(wanted)]
    if others and not switch:
        one = others[0]
        raise OptionError(
            f"{folder}: {counted(one.n_results, 'result')} of {one.settings}; this is {wanted}; measure the named "
            "films under these, beside the others, with --new-settings"
        )
    return same[0] if same else wanted


def use_settings(folder: str | os.PathLike[str], settings_id: str) -> None:
    """Make settings current; films without results under them are missing until measured.

    Raises `OptionError` if not exactly one of the store's settings has a name that begins with `settings_id`.
    """
    chosen = [kept for kept in list_settings(folder) if kept.id.startswith(settings_id)]
    if len(chosen) != 1:
        raise OptionError(
            f"{folder}: {settings_id}: {counted(len(chosen), 'entry', 'entries')} of that name; see corpus settings"
        )
    list_films(_listed(folder, read_summary(folder)), Path(folder), settings=chosen[0].settings)


def remove_films(folder: str | os.PathLike[str], names: Collection[str]) -> None:
    """Remove films from a store's list; their results stay until `prune`, and `restore_films` undoes it.

    Raises `FilmError` if the store lists no film of one of the names; then none is removed.
    """
    with Store.writing(folder, current_settings(folder)) as store, summary_locked(store.folder):
        listed, before = read_rows(folder), _removed(folder)
        rows = listed.to_pandas()
        _require(folder, names, rows, "listed; see corpus status --json")
        moving = rows["film_id"].isin(names)
        # Written first, so that a film is always in at least one of the two.
        _write_removed(store, with_stored(_listed(folder, rows[moving]), before))
        store.write_summary(listed.filter(pa.array(~moving)))


def restore_films(folder: str | os.PathLike[str], names: Collection[str]) -> None:
    """Restore films that `remove_films` removed.

    Raises `FilmError` if no film of one of the names was removed; then none is restored.
    """
    removed = _removed(folder)
    _require(folder, names, removed, "removed, or corpus prune has forgotten it; add it again with corpus add")
    moving = removed["film_id"].isin(names)
    list_films(_listed(folder, removed[moving]), Path(folder), settings=current_settings(folder))
    with Store.writing(folder, current_settings(folder)) as store:
        _write_removed(store, _listed(folder, removed[~moving]))


def unreferenced(folder: str | os.PathLike[str]) -> dict[Path, int]:
    """Return result files, under any settings, of films that the store does not list, with sizes in bytes."""
    store, rows, log = Store(folder), read_summary(folder), read_log(folder)
    # The last results of a run that was killed are not in the summary; the log says of which films they are.
    awaited = log["film_id"].isin(rows["film_id"][rows["sha256"].isna()])
    listed = {*rows["sha256"].dropna(), *log["sha256"][awaited]}
    analyses = store.folder / "analyses"
    files = [file for part in ("films", "shots", "scales", "failures") for file in analyses.glob(f"*/{part}/*")]
    return {file: file.stat().st_size for file in files if file.name.partition(".")[0] not in listed}


def prune(folder: str | os.PathLike[str]) -> int:
    """Delete what `unreferenced` lists and the list of removed films; return the number of bytes freed.

    Corrections are kept.
    """
    with Store.writing(folder, current_settings(folder)) as store:
        files = unreferenced(folder)
        for file in files:  # a film's document first: without it there is no film
            file.unlink()
        (store.folder / _REMOVED).unlink(missing_ok=True)
    return sum(files.values())


def _require(folder: str | os.PathLike[str], names: Collection[str], rows: pd.DataFrame, which: str) -> None:
    """Raise `FilmError` if no row is of one of the names."""
    if absent := sorted(set(names) - set(rows["film_id"])):
        raise FilmError(f"{folder}: {', '.join(absent)}: no film of that name is {which}")


def _listed(folder: str | os.PathLike[str], rows: pd.DataFrame) -> CorpusTable:
    """Return rows of a summary, or of removed films, as the table of a corpus."""
    return with_stored(CorpusTable(Path(folder), rows.iloc[:0][["film_id"]], (), {}), rows)


def _removed(folder: str | os.PathLike[str]) -> pd.DataFrame:
    """Return the films that were removed, like rows of the summary; none if there are none."""
    removed = Path(folder, _REMOVED).is_file()
    return read_rows(folder, name=_REMOVED).to_pandas() if removed else read_summary(folder).iloc[:0]


def _write_removed(store: Store, table: CorpusTable) -> None:
    states = [FilmState(sha256=table.checksums.get(film.film_id)) for film in table.films]
    store.write_summary(summary_table(table, states, settings_id=store.settings_id), name=_REMOVED)
