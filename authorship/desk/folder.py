"""A desk's folder: its editable table of films, and the state of each film."""

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock, RLock
from typing import Any

import pandas as pd

from authorship.desk.fields import file_name, free_name, holds_films, kept_path, key_of, person
from authorship.desk.states import States, is_outdated, labeled, open_row, part_to_say
from authorship.desk.steering import Measuring
from authorship.desk.table import FIXED, cell_text, new_name, read_rows
from authorship.found_films import FoundFilm, corpus_film
from shotscale.documents import Document, read_json
from shotscale.errors import FilmError, OptionError
from shotscale.files import atomic_path, make_folder, write_json
from shotscale.film import Film
from shotscale.filmpaths import FILM_SUFFIXES, find_films
from shotscale.formulas import formula_safe
from shotscale.store.table import RESERVED, is_year


class Desk:
    """A folder of films, created if absent; thread-safe."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = make_folder(folder).resolve()
        self.table, self.store = self.folder / "films.csv", self.folder / "store"
        self.measuring = Measuring(self.folder)
        self._lock = RLock()
        # Names of films being copied into the folder. The server waits for their lock, which is never held for long.
        self._naming, self._coming = Lock(), set[str]()
        self._states = States(self.folder)

    def rows(self) -> pd.DataFrame:
        """Return the table as `authorship.desk.table.read_rows` does."""
        return read_rows(self.table)

    def state(self) -> dict[str, Any]:
        """Return everything that the page shows, JSON-ready."""
        with self._lock:
            rows = self.rows()
            progress = self.measuring.state()
            moving, refused = progress["films"], progress.pop("refused")
            columns = [str(name) for name in rows if name not in FIXED]
            films = [
                {
                    "key": key_of(row["film_id"]),
                    "film_id": row["film_id"],
                    "path": row["path"],
                    "place": shlex.quote(str((found := corpus_film(self.folder, row)).path)),
                    "part": shlex.join(part_to_say(found)),
                    "cut": shlex.join(part_to_say(found, ("from", "to"))),  # times stay those of the file
                    "cells": [row[name] for name in columns],
                    **self._states.of(row, moving.get(row["film_id"]), refused),
                }
                for row in rows.to_dict("records")
            ]
        return {
            "folder": str(self.folder),
            "columns": columns,
            "films": films,
            "here": not films and holds_films(self.folder),
            "measuring": {**progress, "waiting": sum(film["state"] == "waiting" for film in films)},
            "reference": None if (reference := self.reference_path()) is None else str(reference),
            "outdated": is_outdated(self._settings(), reference, now := labeled(films, columns)),
            "labeled": now,
            "coder": self.coder(),
        }

    def film_id(self, key: str) -> str:
        """Return the ``film_id`` of a key; URLs hold keys, not names.

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
        """Return the path of a film's file according to the table."""
        return self._path(self._row(film_id)["path"])

    def place(self, film_id: str) -> Path:
        """Return the path by which commands open a film: that of its list, or its name in the store."""
        return self.found(film_id).path

    def found(self, film_id: str) -> FoundFilm:
        """Return a film as commands find it."""
        return corpus_film(self.folder, self._row(film_id))

    def add(self, paths: Iterable[Path]) -> list[str]:
        """Add films by their paths, a folder adding all films in it; return their names.

        The file of a measured film that is away from its path is that film's, which keeps its row.

        Raises
        ------
        FilmError
            If a file does not exist, or every film is in the table already.
        """
        with self._lock:
            rows = self.rows()
            there = {self._path(text) for text in rows["path"]}
            names = {name.casefold() for name in rows["film_id"]}
            new: list[dict[str, str]] = []
            moved: dict[str, str] = {}
            for path in find_films(paths):
                place = (self.folder / path).resolve()
                if not place.is_file():
                    raise FilmError(f"{place}: no such file; check the path")
                if place in there:
                    continue
                text = kept_path(place, self.folder)
                there.add(place)
                if (film := self._states.moved(rows, place, besides=moved)) is not None:
                    moved[film] = text
                    continue
                name = free_name(place.stem, names)
                new.append({"film_id": name, "path": text, "title": place.stem.replace("_", " ")})
            if not new and not moved:
                raise FilmError("every one of these films is in the table already; choose another")
            rows["path"] = [moved.get(film, path) for film, path in zip(rows["film_id"], rows["path"], strict=True)]
            self._append(rows, new)
        return [*moved, *(row["film_id"] for row in new)]

    def take_in(self, films: Mapping[str, tuple[Callable[[Path], object], Mapping[str, str]]]) -> list[str]:
        """Add films that have a list but no film file; return their names.

        `films` holds, by the desired name of each, a function that writes its list, and known facts by column. Columns
        that the table lacks are added to it; those that the store fills, and invalid years, are left out.

        Raises
        ------
        OutputError
            If a list or the table cannot be written.
        """
        with self._lock:
            rows = self.rows()
            names = {name.casefold() for name in rows["film_id"]}
            lists = make_folder(self.folder / "lists")
            own = {str(column).lower(): str(column) for column in rows}
            there = {path.stem.casefold() for path in lists.glob("*.csv")}  # of films removed, or put there by hand
            new: list[dict[str, str]] = []
            for stem, (write, known) in films.items():
                name = free_name(stem, names)
                path = lists / f"{free_name(name, there)}.csv"
                write(path)
                facts = {own.get(column.lower(), column): text for column, text in known.items() if text}
                facts = {column: text for column, text in facts.items() if column.lower() not in (*FIXED, *RESERVED)}
                if "year" in facts and not is_year(facts["year"]):
                    del facts["year"]
                place = {"film_id": name, "path": str(path.relative_to(self.folder))}
                new.append({"title": stem.replace("_", " "), **facts, **place})
            self._append(rows, new)
        return [row["film_id"] for row in new]

    @contextmanager
    def room_for(self, name: str) -> Iterator[Path]:
        """Yield a new path in ``films/`` for a film dropped on the page; no other film gets it within the block.

        Raises
        ------
        FilmError
            If the name lacks a film's suffix.
        """
        clean = file_name(name)
        path = make_folder(self.folder / "films") / clean
        if not clean or path.suffix.lower() not in FILM_SUFFIXES:
            raise FilmError(f"{name[:80]}: does not end as films do (.mkv, .mp4, .mov, ...); convert or rename it")
        number = 1
        with self._naming:
            while path.exists() or path.name.casefold() in self._coming:
                number += 1
                path = path.with_name(f"{Path(clean).stem} {number}{path.suffix}")
            self._coming.add(path.name.casefold())
        try:
            yield path
        finally:
            self._coming.remove(path.name.casefold())

    def set_cell(self, key: str, column: str, text: str) -> str:
        """Set a cell of the table; return its text as stored.

        Raises
        ------
        OptionError
            If the column is missing or cannot be edited, the year is invalid, or the name empty or another film's.
        OutputError
            If it cannot be saved; the table is then unchanged.
        """
        with self._lock:
            rows, film = self.rows(), self.film_id(key)
            if column == "path" or column not in rows:
                raise OptionError(f"{column}: not a column that can be filled in; reload the page")
            text = new_name(rows, film, text) if column == "film_id" else cell_text(column, text)
            rows.loc[rows["film_id"] == film, column] = text
            self._write(rows)
        return text

    def add_column(self, name: str) -> None:
        """Add an empty column to the table.

        Raises
        ------
        OptionError
            If the name is empty, taken, or reserved by the store.
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
        """Remove a film from the table; its file and measurements are kept."""
        with self._lock:
            rows = self.rows()
            self._write(rows[rows["film_id"] != self.film_id(key)])

    def reference_path(self) -> Path | None:
        """Return the path of the chosen reference, `None` for the built-in one."""
        chosen = self._settings().get("reference")
        return None if chosen is None else self.folder / chosen

    def coder(self) -> str:
        """Return the name of the coder who corrects films: the last that whoever runs this desk has entered."""
        settings = self._settings()
        return str(settings.get(f"coder of {person()}", settings.get("coder", "coder")))

    def remember(self, **settings: str | None) -> None:
        """Save the settings ``coder``, ``reference`` (a path, `None` for the built-in one), ``made_of`` or ``made``."""
        if (reference := settings.get("reference")) is not None:
            settings["reference"] = kept_path(Path(reference), self.folder)
        if "coder" in settings:  # on a shared folder two people have a desk each
            settings[f"coder of {person()}"] = settings["coder"]
        with self._lock:
            write_json(make_folder(self.folder / ".desk") / "settings.json", {**self._settings(), **settings})

    def _settings(self) -> dict[str, Any]:
        path = self.folder / ".desk" / "settings.json"
        return read_json(Document, path, remedy="remove it and choose again") if path.exists() else {}

    def open(self, film_id: str) -> Film:
        """Return a film's tables, with corrections if there are any, titled as in the table too."""
        row = self._row(film_id)
        film = open_row(self.folder, row)
        titles = [text for text in (film.info.get("title"), row["title"], row["year"]) if text]
        return replace(film, info={**film.info, "title": " ".join(titles)})

    def figures_of(self, film_id: str) -> object:
        """Return a value that changes if a film is measured, corrected or imported again, or called otherwise."""
        return self._states.of(self._row(film_id)).get("changed")

    def _row(self, film_id: str) -> Mapping[Any, str]:
        for row in self.rows().to_dict("records"):
            if row["film_id"] == film_id:
                return row
        raise FilmError(f"film {film_id}: no longer in the table; reload the page")

    def _path(self, text: str) -> Path:
        return (self.folder / text).resolve()

    def _append(self, rows: pd.DataFrame, new: list[dict[str, str]]) -> None:
        self._write(pd.concat([rows, pd.DataFrame(new, dtype=object)]).fillna(""))

    def _write(self, rows: pd.DataFrame) -> None:
        """Write the table, safe and marked as UTF-8 for spreadsheets, and update the store's summary."""
        with atomic_path(self.table) as temporary:
            rows.map(formula_safe).to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8-sig")
        self.measuring.table_changed()
