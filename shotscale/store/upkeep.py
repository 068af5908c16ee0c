"""Maintain a store: remove and restore films, delete unreferenced results, choose among settings.

Measuring, adding and reading films does not depend on this module. Functions that change a store take its lock.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shotscale.errors import FilmError, OptionError
from shotscale.numerals import counted
from shotscale.store.locking import summary_locked
from shotscale.store.run import list_films
from shotscale.store.settings import AnalysisSettings
from shotscale.store.store import Store, read_current, read_settings
from shotscale.store.summary import SUMMARY, read_summary
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

    Attributes
    ----------
    id : str
    settings : AnalysisSettings
    n_results : int
    current : bool
        Whether they are the settings of the summary, and so of anything read from the store.
    """

    id: str
    settings: AnalysisSettings
    n_results: int
    current: bool


def list_settings(folder: str | os.PathLike[str]) -> list[KeptSettings]:
    """Return all settings that a store has a folder for, the current ones first.

    Raises
    ------
    TableError
        If it is not a store, or one of its files is damaged.
    """
    current, found = read_current(folder), []
    for file in sorted(Path(folder, "analyses").glob("*/settings.json")):
        n_results = sum(not entry.name.startswith(".") for entry in (file.parent / "films").iterdir())
        name = file.parent.name
        found.append(KeptSettings(name, read_settings(file.parent), n_results, name == current))
    return sorted(found, key=lambda kept: not kept.current)


def current_settings(folder: str | os.PathLike[str]) -> AnalysisSettings:
    """Return the current settings of a store: those of its summary."""
    return Store(folder).settings


def settings_to_use(
    folder: str | os.PathLike[str], wanted: AnalysisSettings, *, switch: bool = False
) -> AnalysisSettings:
    """Return the settings under which to measure more films of a store.

    Settings that give the same results as `wanted` are reused, whatever library versions they were begun with.

    Parameters
    ----------
    folder : path of a store
    wanted : AnalysisSettings
    switch : bool
        Whether settings other than the current ones may be used.

    Raises
    ------
    OptionError
        If the store's current settings give other results, and `switch` is False.
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

    Raises
    ------
    OptionError
        If not exactly one of the store's settings has a name that begins with `settings_id`.
    """
    chosen = [kept for kept in list_settings(folder) if kept.id.startswith(settings_id)]
    if len(chosen) != 1:
        raise OptionError(
            f"{folder}: {settings_id}: {counted(len(chosen), 'entry', 'entries')} of that name; see corpus settings"
        )
    nothing = CorpusTable(Path(folder), read_summary(folder).iloc[:0][["film_id"]], (), {})
    list_films(nothing, Path(folder), settings=chosen[0].settings)


def remove_films(folder: str | os.PathLike[str], names: Collection[str]) -> None:
    """Remove films from a store's list; their results stay until `prune`, and `restore_films` undoes it.

    Raises
    ------
    FilmError
        If the store lists no film of one of the names; then none is removed.
    """
    _move(folder, names, SUMMARY, _REMOVED)


def restore_films(folder: str | os.PathLike[str], names: Collection[str]) -> None:
    """Restore films that `remove_films` removed.

    Raises
    ------
    FilmError
        If no film of one of the names was removed; then none is restored.
    """
    _move(folder, names, _REMOVED, SUMMARY)


def unreferenced(folder: str | os.PathLike[str]) -> dict[Path, int]:
    """Return result files, under any settings, of films that the store does not list, with sizes in bytes."""
    store = Store(folder)
    listed = set(read_summary(folder)["sha256"].dropna())
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


def _move(folder: str | os.PathLike[str], names: Collection[str], source: str, target: str) -> None:
    with Store.writing(folder, current_settings(folder)) as store, summary_locked(store.folder):
        rows, there = _rows(store, source), _rows(store, target)
        absent = sorted(set(names) - set(rows["film_id"].to_pylist() if rows is not None else ()))
        if absent or rows is None:
            which = "listed; see corpus status --json"
            if source == _REMOVED:
                which = "removed, or corpus prune has forgotten it; add it again with corpus add"
            raise FilmError(f"{folder}: {', '.join(absent)}: no film of that name is {which}")
        moving = pc.is_in(rows["film_id"], pa.array(list(names), pa.string()))
        parts = [rows.filter(moving)]
        if there is not None:
            others = pc.invert(pc.is_in(there["film_id"], pa.array(list(names), pa.string())))
            parts.insert(0, there.filter(others))
        # Write the target first, so that a film is always in at least one.
        store.write_summary(pa.concat_tables(parts, promote_options="permissive"), name=target)
        store.write_summary(rows.filter(pc.invert(moving)), name=source)


def _rows(store: Store, name: str) -> pa.Table | None:
    path = store.folder / name
    return pq.read_table(path) if path.is_file() else None
