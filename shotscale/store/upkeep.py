"""Keep a store over the years: take films out and back, clear what no film refers to, choose among settings.

What measures, adds and reads films needs nothing of this; every function here takes the store's lock.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
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
        Whether the summary, and whoever reads the store, speaks of them.
    """

    id: str
    settings: AnalysisSettings
    n_results: int
    current: bool


def list_settings(folder: str | os.PathLike[str]) -> list[KeptSettings]:
    """Return every settings that a store holds results of, the current ones first.

    Raises
    ------
    TableError
        If it is no store, or a file of it is damaged.
    """
    current, found = read_current(folder), []
    for file in sorted(Path(folder, "analyses").glob("*/settings.json")):
        n_results = sum(not entry.name.startswith(".") for entry in (file.parent / "films").iterdir())
        name = file.parent.name
        found.append(KeptSettings(name, read_settings(file.parent), n_results, name == current))
    return sorted(found, key=lambda kept: not kept.current)


def current_settings(folder: str | os.PathLike[str]) -> AnalysisSettings:
    """Return the settings that a store's summary speaks of."""
    return Store(folder).settings


def settings_to_use(
    folder: str | os.PathLike[str], wanted: AnalysisSettings, *, switch: bool = False
) -> AnalysisSettings:
    """Return the settings to measure more films of a store under.

    Settings that give the same results as `wanted` are used on, by whatever version of a library they were begun.

    Parameters
    ----------
    folder : path of a store
    wanted : AnalysisSettings
    switch : bool
        Whether others than the current ones may be used.

    Raises
    ------
    OptionError
        If the store's current settings give other results, and `switch` is False.
    """
    kept = list_settings(folder)
    same = [one.settings for one in kept if one.settings.measures_like(wanted)]
    current = [one for one in kept if one.current] or kept  # any, where no summary says which
    others = [one for one in current if one.n_results and not one.settings.measures_like(wanted)]
    if others and not switch:
        one = others[0]
        raise OptionError(
            f"{folder}: {counted(one.n_results, 'result')} of {one.settings}; this is {wanted}; measure the named "
            "films under these, beside the others, with --new-settings"
        )
    return same[0] if same else wanted


def use_settings(folder: str | os.PathLike[str], settings_id: str) -> None:
    """Make settings the current ones; a film without a result under them is missing until it is measured.

    Raises
    ------
    OptionError
        If the store holds none of that name, or several whose names begin so.
    """
    chosen = [kept for kept in list_settings(folder) if kept.id.startswith(settings_id)]
    if len(chosen) != 1:
        raise OptionError(
            f"{folder}: {settings_id}: {counted(len(chosen), 'entry', 'entries')} of that name; see corpus settings"
        )
    nothing = CorpusTable(Path(folder), read_summary(folder).iloc[:0][["film_id"]], (), {})
    list_films(nothing, Path(folder), settings=chosen[0].settings)


def remove_films(folder: str | os.PathLike[str], names: Collection[str]) -> None:
    """Take films out of a store's list; their results stay until `prune`, and `restore_films` takes them back.

    Raises
    ------
    FilmError
        If the store lists no film of that name; then none is taken out.
    """
    _move(folder, names, SUMMARY, _REMOVED)


def restore_films(folder: str | os.PathLike[str], names: Collection[str]) -> None:
    """Take back films that `remove_films` took out.

    Raises
    ------
    FilmError
        If no film of that name was taken out.
    """
    _move(folder, names, _REMOVED, SUMMARY)


def unreferenced(folder: str | os.PathLike[str]) -> dict[Path, int]:
    """Return the results, of whatever settings, whose film the store does not list, and their sizes in bytes."""
    store = Store(folder)
    listed = set(read_summary(folder)["sha256"].dropna())
    analyses = store.folder / "analyses"
    files = [file for part in ("films", "shots", "scales", "failures") for file in analyses.glob(f"*/{part}/*")]
    return {file: file.stat().st_size for file in files if file.name.partition(".")[0] not in listed}


def prune(folder: str | os.PathLike[str]) -> int:
    """Delete what `unreferenced` lists and the list of removed films; returns how many bytes that made free.

    Corrections stay.
    """
    with _writing(folder) as store:
        files = unreferenced(folder)
        for file in files:  # a film's document first: without it there is no film
            file.unlink()
        (store.folder / _REMOVED).unlink(missing_ok=True)
    return sum(files.values())


def _move(folder: str | os.PathLike[str], names: Collection[str], source: str, target: str) -> None:
    with _writing(folder) as store, summary_locked(store.folder):
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
        # First where it comes to, so that a film is never in neither.
        store.write_summary(pa.concat_tables(parts, promote_options="permissive"), name=target)
        store.write_summary(rows.filter(pc.invert(moving)), name=source)


@contextmanager
def _writing(folder: str | os.PathLike[str]) -> Iterator[Store]:
    with Store.writing(folder, current_settings(folder)) as store:
        yield store


def _rows(store: Store, name: str) -> pa.Table | None:
    path = store.folder / name
    return pq.read_table(path) if path.is_file() else None
