"""The state of each film of a desk, read from the store's summary or from the film's list."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from authorship.desk.words import in_words
from authorship.found_films import FoundFilm, corpus_film
from authorship.opening import open_film
from shotscale.errors import UserError
from shotscale.files import sha256
from shotscale.film import Film
from shotscale.filmpaths import in_table, is_store, is_stored_film, is_there
from shotscale.manifests import PART_COLUMNS
from shotscale.part import PartOptions
from shotscale.shotlists import is_listed
from shotscale.store.reading import open_store
from shotscale.store.summary import read_summary
from shotscale.summary import summarize_shots

if TYPE_CHECKING:
    import pandas as pd

CORRECTABLE = ("measured", "corrected")
"""States of a film that was measured."""
AT_HAND = (*CORRECTABLE, "imported")
"""States in which a film has figures."""

_FIGURES = ("n_shots", "average_shot_length")
_SHOWN = ("film_id", "status", "error", "sha256", "settings", "measured_settings", "size_bytes", "mtime_ns")
_SAME_TIME = 2_000_000_000
"""Nanoseconds to which file systems keep when a file was changed; FAT, of external disks, has the coarsest steps."""


def open_row(folder: Path, row: Mapping[Any, str]) -> Film:
    """Open the film in a row of a desk's table: the part that the row asks for, which the store may not know yet.

    Raises
    ------
    FilmError, TableError, OptionError
        If it cannot be read, or there is no such part.
    """
    part = PartOptions.of_row(row, where=f"film {row['film_id']}")
    place = corpus_film(folder, row).path
    return open_store(place.parent).load(place.name).cut(part) if is_stored_film(place) else open_film(place, part=part)


def part_to_say(film: FoundFilm, columns: Iterable[str] = PART_COLUMNS) -> list[str]:
    """Return the options for a film's part that its path leaves out: none for a film in a store, which knows them."""
    return [] if is_stored_film(film.path) else film.arguments(columns)[1:]


def _why(error: str | None) -> dict[str, Any]:
    """Return why a measured film has no figures, and whether somebody has to decide between two coders."""
    why, run, remedy = (error or "").partition("; run `")  # a path may stand before and after
    detail = f"{why.rpartition(': ')[2]}{run}{remedy}" if run else error
    return {"detail": detail, "decide": "nobody has decided" in why}


def labeled(films: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return a checksum of the films of which a reference would be made: names, directors and states of the figures."""
    place = columns.index("director")
    told = sorted((one["film_id"], one["cells"][place], one["changed"]) for one in films if one["state"] in AT_HAND)
    return hashlib.sha256(repr([film for film in told if film[1]]).encode("utf-8", "surrogatepass")).hexdigest()


def is_outdated(settings: Mapping[str, Any], reference: Path | None, now: str) -> bool:
    """Return whether `labeled` differs from the setting ``made_of``, that of the reference of checksum ``made``."""
    if reference is None or settings.get("made_of", now) == now or not (reference / "reference.json").is_file():
        return False
    return bool(settings.get("made") == sha256(reference / "reference.json"))


class States:
    """The states of a folder's films; unchanged files are not read again."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._store = folder, folder / "store"
        self._summary: tuple[tuple[int, int], dict[str, Mapping[Any, Any]]] = ((0, 0), {})
        self._read: dict[str, tuple[str, dict[str, Any]]] = {}

    def of(
        self,
        row: Mapping[Any, str],
        moving: Sequence[float | str] | None = None,
        refused: Mapping[str, str] = MappingProxyType({}),
    ) -> dict[str, Any]:
        """Return the state of the film in a row of the table, JSON-ready.

        `moving`, the film's progress if under way, and `refused`, the skipped films, are from `Measuring.state`.
        """
        told = self._of(row, moving, refused)  # an answer also depends on what the film is said to be
        about = {name: f"{told[name]} {row.get('title')} {row.get('year')}" for name in ("changed",) if name in told}
        return told | about | {name: in_words(told[name]) for name in ("detail",) if told.get(name)}

    def _of(
        self, row: Mapping[Any, str], moving: Sequence[float | str] | None, refused: Mapping[str, str]
    ) -> dict[str, Any]:
        path, measured = self._folder / row["path"], self._measured().get(row["film_id"])
        said = [text.strip() for name, text in row.items() if str(name).strip().lower() in PART_COLUMNS]
        if is_listed(path):
            return self._list_state(path, row, said)
        away = not is_there(path)
        if measured is not None and measured["status"] == "analyzed":
            state = "measured" if measured["settings"] == measured["measured_settings"] else "corrected"
            if measured["error"] is not None:  # no choice between two coders has been made, for instance
                state = "failed"
            told: dict[str, Any] = {"state": state, **_why(measured["error"]), "away": away}
            changed = f"{measured['sha256']} {measured['settings']} {said}"
            if any(said) and state != "failed":  # the summary's figures are those of the whole
                return told | self._figures(row, changed)
            return told | {"changed": changed, **{name: measured[name] for name in _FIGURES}}
        if moving is not None:
            return {"state": "measuring", "share": moving[0], "detail": moving[1]}
        if away:
            return {"state": "offline", "detail": "put the file back, or remove the film from the list"}
        stored = measured["error"] if measured is not None and measured["status"] == "failed" else None
        failure = stored or refused.get(row["film_id"])
        return {"state": "waiting"} if failure is None else {"state": "failed", "detail": failure}

    def moved(self, rows: "pd.DataFrame", place: Path, *, besides: Collection[str]) -> str | None:
        """Return the film of the table, not one of `besides`, that seems to have been moved or copied to a place.

        Its file is away, and the one there has its size and was last changed at the same time.
        """
        found = place.stat()
        for film, path in zip(rows["film_id"], rows["path"], strict=True):
            known = self._measured().get(film, {})
            if film in besides or known.get("size_bytes") != found.st_size or is_there(self._folder / path):
                continue
            if abs(known["mtime_ns"] - found.st_mtime_ns) <= _SAME_TIME:
                return str(film)
        return None

    def _list_state(self, path: Path, row: Mapping[Any, str], said: Sequence[str]) -> dict[str, Any]:
        """Return the state of a film that is a list, given what its row says of the part."""
        named = in_table(path)
        try:
            written = (path if named is None else named[0]).stat().st_mtime
        except OSError:
            return {"state": "offline", "detail": "put the list back, or remove the film from the table"}
        return {"state": "imported", **self._figures(row, f"{row['path']} {written} {said}")}

    def _figures(self, row: Mapping[Any, str], changed: str) -> dict[str, Any]:
        """Return a film's figures, read again if `changed` has, or the state of one that cannot be read."""
        film = row["film_id"]
        if self._read.get(film, ("", {}))[0] != changed:
            try:
                shots = open_row(self._folder, row).shots
                found = {} if shots is None else summarize_shots(shots)
                told = {"changed": changed, **{name: found.get(name) for name in _FIGURES}}
            except UserError as error:
                told = {"state": "failed", "detail": str(error)}
            self._read[film] = changed, told
        return self._read[film][1]

    def _measured(self) -> Mapping[str, Mapping[Any, Any]]:
        """Return the store's summary by ``film_id``, read again if it has changed."""
        try:
            found = (self._store / "films.parquet").stat()
        except OSError:
            return {}
        changed = found.st_mtime_ns, found.st_size
        if self._summary[0] != changed and is_store(self._store):
            shown = read_summary(self._store)[[*_SHOWN, *_FIGURES]]
            records = shown.astype(object).where(shown.notna(), None).to_dict("records")
            self._summary = changed, {str(row["film_id"]): row for row in records}
        return self._summary[1]
