"""Read the films of a store by ``film_id``, as named in the table."""

import json
import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import pandas as pd

from shotscale.errors import FilmError
from shotscale.film import Film
from shotscale.filmpaths import is_there
from shotscale.part import PartOptions
from shotscale.store.corrected_summary import follow
from shotscale.store.reviewed import ReviewedFilms
from shotscale.store.store import LOG, Store
from shotscale.store.summary import ANALYZED, SUMMARY, read_summary
from shotscale.store.table import RESERVED

__all__ = ["StoredFilms", "open_store", "read_log"]


class StoredFilms:
    """The analyzed films of a store.

    `names` are the ``film_id`` of every analyzed film, in the order of the table; `left_out` says of the others whether
    they are ``failed`` or ``missing``. Raises `TableError` if it is not a store or is incomplete.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self._store = Store(folder)
        self._reviewed = ReviewedFilms(self.folder)
        self._followed = self._follow()
        summary = read_summary(folder)
        self._rows = summary[summary["status"] == ANALYZED].set_index("film_id")
        rest = summary[summary["status"] != ANALYZED]
        self.names = tuple(map(str, self._rows.index))
        self.left_out = dict(zip(map(str, rest["film_id"]), map(str, rest["status"]), strict=True))
        self._files = dict(zip(self.names, zip(self._rows["sha256"], self._rows["path"], strict=True), strict=True))

    def load(self, name: str, *, corrected: bool = True) -> Film:
        """Read an analysis by its ``film_id``, with coders' corrections (`shotscale.store.reviewed`) or as measured.

        Raises `FilmError` if the store's table has no such film, or the film has no analysis, and `TableError` if a
        file of the store is damaged, or it is unclear which corrections apply.
        """
        if name not in self._files:
            state = self.left_out.get(name)
            why = "no such film in the store; authorship corpus status says which there are"
            if state is not None:
                why = f"{state} in the store, without an analysis; see authorship corpus status {self.folder}"
            raise FilmError(f"{self.folder / name}: {why}")
        film, path = self._files[name]
        measured = self._store.load(film, path=path)
        if not corrected:
            return measured
        if self._reviewed.version(film) != self._followed.get(film):
            self._followed = self._follow()
        return self._reviewed.apply(measured, film=self.folder / name)

    def part(self, name: str) -> PartOptions:
        """Return which part of a file is the film, from the table's columns ``from``, ``to`` and ``speed``.

        Raises `TableError` if a column cannot be read.
        """
        told = self._rows.loc[name].to_dict() if name in self._files else {}
        return PartOptions.of_row(told, where=f"{self.folder}: film {name}")

    def check_out(self, name: str) -> Path:
        """Return the folder in which a film is reviewed, creating it if necessary.

        Raises as `load` does, and `OutputError` if the folder is not writable.
        """
        return self._reviewed.check_out(self.load(name, corrected=False), name)

    def file(self, name: str) -> Path | None:
        """Return where an analyzed film's file is, whatever the working directory; None if it is away."""
        place = Path(str(self._rows.loc[name, "absolute_path"]))
        return place if is_there(place) else None

    def _follow(self) -> dict[str, str]:
        """Bring the summary up to date with the corrections and return their versions."""
        versions = self._reviewed.versions()
        follow(self.folder, self._reviewed)
        return versions

    def facts(self) -> pd.DataFrame:
        """Return the table's columns for analyzed films except ``path`` and empty ones, indexed by ``film_id``."""
        told = [column for column in self._rows if column not in RESERVED and column != "path"]
        return self._rows[told].dropna(axis="columns", how="all")


def read_log(folder: str | os.PathLike[str]) -> pd.DataFrame:
    """Read when and where films were measured: the latest entry per film and settings.

    Returns columns ``sha256``, ``settings``, ``film_id``, ``at`` (UTC), ``machine``, ``seconds``, ``times_real_time``,
    ``versions`` (of this software and of libraries, as text), ``failure``. A line truncated by a crash is skipped.
    """
    rows = []
    with suppress(FileNotFoundError):
        for line in (Path(folder) / LOG).read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError):
                rows.append(json.loads(line))
    columns = ["sha256", "settings", "film_id", "at", "machine", "seconds", "times_real_time", "versions", "failure"]
    log = pd.DataFrame(rows, columns=columns)
    film = log["sha256"].fillna(log["film_id"])  # a file that could not be read has no checksum
    return log[~pd.DataFrame({"film": film, "settings": log["settings"]}).duplicated(keep="last")]


def open_store(folder: str | os.PathLike[str]) -> StoredFilms:
    """Open a store for reading; a store unchanged since its last opening is not read again."""
    place = Path(folder)
    try:
        state = (place / SUMMARY).stat()
    except OSError:
        return StoredFilms(place)  # raises the appropriate error
    return _opened(place, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _opened(folder: Path, changed: int, size: int) -> StoredFilms:  # noqa: ARG001 - they tell an old state from a new
    return StoredFilms(folder)
