"""A desk's folder: its table of films, editable, and where each film stands."""

import hashlib
import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

import pandas as pd

from authorship.desk.measuring import Measuring
from authorship.film import Film
from authorship.opening import open_film
from shotscale.documents import Document, read_json
from shotscale.errors import FilmError, OptionError, TableError, UserError
from shotscale.files import atomic_path, make_folder, write_json
from shotscale.filmpaths import FILM_SUFFIXES, find_films, in_table
from shotscale.manifests import formula_safe, read_texts
from shotscale.shotlists import is_listed
from shotscale.store.place import is_store
from shotscale.store.store import read_summary
from shotscale.store.table import REQUIRED, RESERVED, is_year, years
from shotscale.summary import summarize_shots

__all__ = ["AT_HAND", "Desk", "file_name", "key_of", "number_from_field"]

AT_HAND = ("measured", "corrected", "imported")
"""States in which a film has figures."""

_FIGURES = ("n_shots", "average_shot_length")
_SHOWN = ("film_id", "status", "error", "sha256", "settings", "measured_settings")
_FIXED = ("film_id", "path")
_UNFIT = re.compile(r"[\x00-\x1f/\\]+")
_COMMA = re.compile(r"[+-]?\d+,\d+")


class Desk:
    """A folder of films; safe to use from several threads.

    Parameters
    ----------
    folder : path
        Made if need be.

    Attributes
    ----------
    folder, table, store : pathlib.Path
    measuring : Measuring
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = make_folder(folder).resolve()
        self.table, self.store = self.folder / "films.csv", self.folder / "store"
        self.measuring = Measuring(self.folder)
        self._lock = RLock()
        self._summary: tuple[tuple[int, int], dict[str, Mapping[Any, Any]]] = ((0, 0), {})
        self._lists: dict[Path, tuple[float, dict[str, Any]]] = {}

    def rows(self) -> pd.DataFrame:
        """Return the table as it stands in the file: texts, the required columns first, empty ones as ''.

        Raises
        ------
        TableError
            If it cannot be read.
        """
        if not self.table.exists():
            return pd.DataFrame(columns=list(REQUIRED), dtype=object)
        rows = read_texts(self.table, missing="add a film")
        missing = [name for name in _FIXED if name not in rows]
        if missing:
            raise TableError(f"{self.table}: lacks the column {missing[0]}; add it, or move the file away")
        others = [name for name in rows if name not in REQUIRED]
        return rows.reindex(columns=[*REQUIRED, *others]).astype(object).fillna("")

    def state(self) -> dict[str, Any]:
        """Return everything that the page shows, JSON-ready."""
        with self._lock:
            rows = self.rows()
            progress, summary = self.measuring.state(), self._measured()
            moving, refused = progress["films"], progress.pop("refused")
            columns = [str(name) for name in rows if name not in _FIXED]
            films = [
                {
                    "key": key_of(row["film_id"]),
                    "film_id": row["film_id"],
                    "path": row["path"],
                    "place": shlex.quote(str(self._place(row))),
                    "cells": [row[name] for name in columns],
                    **self._film_state(row, summary.get(row["film_id"]), moving.get(row["film_id"]), refused),
                }
                for row in rows.to_dict("records")
            ]
        return {
            "folder": str(self.folder),
            "columns": columns,
            "films": films,
            "measuring": {**progress, "waiting": sum(film["state"] == "waiting" for film in films)},
            "reference": None if (reference := self.reference_path()) is None else str(reference),
            "coder": self.coder(),
        }

    def film_id(self, key: str) -> str:
        """Return the film of a key; addresses hold keys, and no name.

        Raises
        ------
        FilmError
            If there is none.
        """
        found = next((name for name in self.rows()["film_id"] if key_of(name) == key), None)
        if found is None:
            raise FilmError(f"film {key[:20]}: no longer in the table; reload the page")
        return str(found)

    def film_path(self, film_id: str) -> Path:
        """Return where the table says that a film's file is."""
        return self._path(self._row(film_id)["path"])

    def place(self, film_id: str) -> Path:
        """Return the path by which every command opens a film: its list's, or that of the store with its name."""
        return self._place(self._row(film_id))

    def add(self, paths: Iterable[Path]) -> list[str]:
        """Add films by their paths; a folder stands for the films in it. Return their names.

        Raises
        ------
        FilmError
            If there is no such file, or every film is in the table already.
        """
        with self._lock:
            rows = self.rows()
            there = {self._path(text) for text in rows["path"]}
            names = {name.casefold() for name in rows["film_id"]}
            new: list[dict[str, str]] = []
            for path in find_films([path.expanduser() for path in paths]):
                place = (self.folder / path).resolve()
                if not place.is_file():
                    raise FilmError(f"{place}: no such file; check the path")
                if place in there:
                    continue
                name = _free(place.stem, names)
                inside = place.is_relative_to(self.folder)
                text = str(place.relative_to(self.folder) if inside else place)
                new.append({"film_id": name, "path": text, "title": place.stem.replace("_", " ")})
                there.add(place)
            if not new:
                raise FilmError("every one of these films is in the table already; choose another")
            self._append(rows, new)
        return [row["film_id"] for row in new]

    def take_in(self, films: Mapping[str, tuple[Callable[[Path], object], Mapping[str, str]]]) -> list[str]:
        """Add films of which there is a list and no file; return their names.

        Parameters
        ----------
        films : mapping
            By the name that each should have: what writes its list, and what is known of it, by column; what the
            table has no column for, or cannot be, is left out.

        Raises
        ------
        OutputError
            If a list or the table cannot be written.
        """
        with self._lock:
            rows = self.rows()
            names = {name.casefold() for name in rows["film_id"]}
            new: list[dict[str, str]] = []
            for stem, (write, known) in films.items():
                name = _free(stem, names)
                path = make_folder(self.folder / "lists") / f"{name}.csv"
                write(path)
                facts = {column: text for column, text in known.items() if column in rows and column not in _FIXED}
                if facts.get("year") and not is_year(facts["year"]):
                    del facts["year"]
                own = {"film_id": name, "path": str(path.relative_to(self.folder))}
                new.append({"title": stem.replace("_", " "), **facts, **own})
            self._append(rows, new)
        return [row["film_id"] for row in new]

    def room_for(self, name: str) -> Path:
        """Return where a film that is dropped on the page is to be written: a new file in ``films/``.

        Raises
        ------
        FilmError
            If its name is not a film's.
        """
        clean = file_name(name)
        path = make_folder(self.folder / "films") / clean
        if not clean or path.suffix.lower() not in FILM_SUFFIXES:
            raise FilmError(f"{name[:80]}: not called as a film is (.mkv, .mp4, .mov, ...); convert or rename it")
        number = 1
        while path.exists():
            number += 1
            path = path.with_name(f"{Path(clean).stem} {number}{path.suffix}")
        return path

    def set_cell(self, key: str, column: str, text: str) -> str:
        """Write a field of the table; returns it as it is kept.

        Raises
        ------
        OptionError
            If the column is not there to be written, or the year is none.
        OutputError
            If it cannot be kept; the table is as it was.
        """
        with self._lock:
            rows, film = self.rows(), self.film_id(key)
            if column in _FIXED or column not in rows:
                raise OptionError(f"{column}: not a column that can be filled in; reload the page")
            text = " ".join(text.split())
            if column not in ("title", "director"):
                text = number_from_field(text)
            if column == "year" and text and not is_year(text):
                raise OptionError(f"year = {text[:20]}: {years()} is needed, or nothing; correct it")
            rows.loc[rows["film_id"] == film, column] = text
            self._write(rows)
        return text

    def add_column(self, name: str) -> None:
        """Add an empty column to the table.

        Raises
        ------
        OptionError
            If the name is empty, taken, or one that a store fills.
        """
        name = " ".join(name.split())
        with self._lock:
            rows = self.rows()
            if not name or name in rows or name in RESERVED:
                why = "is there already" if name in rows else "cannot be used"
                raise OptionError(f"column {name!r}: {why}; choose another name")
            rows[name] = ""
            self._write(rows)

    def remove(self, key: str) -> None:
        """Take a film off the table; its file, and what was measured, stay."""
        with self._lock:
            rows = self.rows()
            self._write(rows[rows["film_id"] != self.film_id(key)])

    def reference_path(self) -> Path | None:
        """Return the reference that was chosen; None for the built-in one."""
        chosen = self._settings().get("reference")
        return None if chosen is None else Path(chosen)

    def coder(self) -> str:
        """Return under whose name films are corrected."""
        return str(self._settings().get("coder", "coder"))

    def remember(self, **settings: str | None) -> None:
        """Keep ``reference`` (a path, None for the built-in one) or ``coder``."""
        with self._lock:
            write_json(make_folder(self.folder / ".desk") / "settings.json", {**self._settings(), **settings})

    def _settings(self) -> dict[str, Any]:
        path = self.folder / ".desk" / "settings.json"
        return read_json(Document, path, remedy="remove it and choose again") if path.exists() else {}

    def open(self, film_id: str) -> Film:
        """Return a film's tables, corrected if it was."""
        return open_film(self.place(film_id))

    def figures_of(self, film_id: str) -> object:
        """Return what changes where a film is measured, corrected or imported anew."""
        return self._film_state(self._row(film_id), self._measured().get(film_id), None, {}).get("changed")

    def _row(self, film_id: str) -> Mapping[Any, str]:
        rows = self.rows()
        row: dict[Any, str] = rows[rows["film_id"] == film_id].iloc[0].to_dict()
        return row

    def _place(self, row: Mapping[Any, str]) -> Path:
        path = self.folder / row["path"]
        return path if is_listed(path) else self.store / row["film_id"]

    def _film_state(
        self,
        row: Mapping[Any, str],
        measured: Mapping[Any, Any] | None,
        moving: Sequence[float | str] | None,
        refused: Mapping[str, str],
    ) -> dict[str, Any]:
        path = self.folder / row["path"]
        if is_listed(path):
            return self._list_state(path)
        away = not path.is_file()
        if measured is not None and measured["status"] == "analysed":
            state = "measured" if measured["settings"] == measured["measured_settings"] else "corrected"
            if measured["error"] is not None:  # nobody has decided between two coders, for instance
                state = "failed"
            figures = {name: measured[name] for name in _FIGURES}
            figures["changed"] = f"{measured['sha256']} {measured['settings']}"
            return {"state": state, "detail": measured["error"], "away": away, **figures}
        if moving is not None:
            return {"state": "measuring", "share": moving[0], "detail": moving[1]}
        if away:
            return {"state": "offline", "detail": "put the file back, or remove the film from the list"}
        stored = measured["error"] if measured is not None and measured["status"] == "failed" else None
        failure = stored or refused.get(row["film_id"])
        return {"state": "waiting"} if failure is None else {"state": "failed", "detail": failure}

    def _list_state(self, path: Path) -> dict[str, Any]:
        """Return the state of a film that is a list, which is read again where it has changed."""
        named = in_table(path)
        try:
            changed = (path if named is None else named[0]).stat().st_mtime
        except OSError:
            return {"state": "offline", "detail": "put the list back, or remove the film from the table"}
        if self._lists.get(path, (0.0, {}))[0] != changed:
            try:
                shots = open_film(path).shots
                found = {} if shots is None else summarize_shots(shots)
                told = {"state": "imported", "changed": changed, **{name: found.get(name) for name in _FIGURES}}
            except UserError as error:
                told = {"state": "failed", "detail": str(error)}
            self._lists[path] = changed, told
        return self._lists[path][1]

    def _measured(self) -> Mapping[str, Mapping[Any, Any]]:
        """Return the store's summary by ``film_id``, read again where it has changed."""
        try:
            found = (self.store / "films.parquet").stat()
        except OSError:
            return {}
        changed = found.st_mtime_ns, found.st_size
        if self._summary[0] != changed and is_store(self.store):
            shown = read_summary(self.store)[[*_SHOWN, *_FIGURES]]
            records = shown.astype(object).where(shown.notna(), None).to_dict("records")
            self._summary = changed, {str(row["film_id"]): row for row in records}
        return self._summary[1]

    def _path(self, text: str) -> Path:
        return (self.folder / text).resolve()

    def _append(self, rows: pd.DataFrame, new: list[dict[str, str]]) -> None:
        self._write(pd.concat([rows, pd.DataFrame(new, columns=rows.columns)]).fillna(""))

    def _write(self, rows: pd.DataFrame) -> None:
        """Write the table, safe for spreadsheets, and have the store follow it."""
        with atomic_path(self.table) as temporary:
            rows.map(formula_safe).to_csv(temporary, index=False, lineterminator="\n")
        self.measuring.table_changed()


def file_name(name: str) -> str:
    """Return what a file that came from the page may be called; empty where nothing is left of its name.

    Examples
    --------
    >>> file_name("../cuts: final.csv"), file_name("..")
    ('cuts: final.csv', '')
    """
    clean = Path(_UNFIT.sub(" ", name).strip().lstrip(". "))
    return f"{clean.stem[:150]}{clean.suffix[:8]}"


def key_of(film_id: str) -> str:
    """Return what stands for a film in addresses."""
    return hashlib.sha256(film_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def number_from_field(text: str) -> str:
    """Return a number with a decimal point where a comma was typed; any other text as it is.

    Examples
    --------
    >>> number_from_field("23,976"), number_from_field("1,2,3")
    ('23.976', '1,2,3')
    """
    return text.replace(",", ".") if _COMMA.fullmatch(text) else text


def _free(stem: str, taken: set[str]) -> str:
    """Return a name for a film that no other has, fit for a folder; it is taken from now on."""
    plain = _UNFIT.sub(" ", "".join(letter for letter in stem if letter.isprintable())).strip().lstrip(".")[:150]
    name, number = plain or "film", 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain or 'film'} {number}"
    taken.add(name.casefold())
    return name
