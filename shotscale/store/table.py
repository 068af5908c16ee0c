"""The table of a corpus, checked as a whole before any work starts.

Conventions
-----------
A CSV with a row per film and the columns ``film_id`` (a name of its own, fit for a folder), ``path`` (of the film
file; a relative path counts from the table's folder), ``title``, ``year``, ``director``, and any others. Title, year,
director and whatever else may be empty.
"""

import datetime
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from shotscale.errors import TableError
from shotscale.files import sha256
from shotscale.manifests import read_texts, typed

__all__ = ["REQUIRED", "RESERVED", "CorpusTable", "CorpusTableError", "TableFilm", "read_table"]

REQUIRED: tuple[str, ...] = ("film_id", "path", "title", "year", "director")

RESERVED: tuple[str, ...] = tuple(
    "status error_kind error sha256 settings size_bytes mtime_ns duration n_frames fps width height codec container "
    "n_shots average_shot_length median_shot_length shot_length_sd coefficient_of_variation share_close share_medium "
    "share_long n_limits".split()
)
"""Columns that the store's summary adds, which a table can therefore not bring along."""

_FIRST_FILM = 1888  # Roundhay Garden Scene
_LONGEST_NAME = 200

Hasher = Callable[["TableFilm"], str]


class CorpusTableError(TableError):
    """A table of a corpus with one or more problems.

    Attributes
    ----------
    problems : tuple of str
        All of them, a line each.
    """

    def __init__(self, source: Path, problems: list[str]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{source}: {count}, nothing was started; correct the table")


@dataclass(frozen=True, slots=True)
class TableFilm:
    """A row of the table, with what its file looked like when the table was read.

    Attributes
    ----------
    film_id : str
    path : pathlib.Path
        Absolute.
    size_bytes : int
    mtime_ns : int
        When the file was last changed, in nanoseconds.
    """

    film_id: str
    path: Path
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, eq=False)
class CorpusTable:
    """A table that has been checked.

    Attributes
    ----------
    source : pathlib.Path
    rows : pandas.DataFrame
        As in the file, `REQUIRED` first; ``year`` is of type Int64.
    films : tuple of TableFilm
        A film a row.
    checksums : dict of str to str
        SHA-256 of those films (by ``film_id``) that had to be read to tell that none is there twice.
    """

    source: Path
    rows: pd.DataFrame
    films: tuple[TableFilm, ...]
    checksums: dict[str, str]


def read_table(path: str | os.PathLike[str], *, checksum: Hasher | None = None) -> CorpusTable:
    """Read a table and check it as a whole.

    Only files of one size can have one content, so only those are read through.

    Parameters
    ----------
    path : path
        Of the CSV.
    checksum : callable, optional
        Gives the SHA-256 of a film's file; by default the file is read. A store gives what it knows.

    Returns
    -------
    CorpusTable

    Raises
    ------
    CorpusTableError
        With every problem: columns missing or reserved, films without name or file, names and files that stand
        twice, files that are missing, empty or cannot be read, one content under two names, invalid years.
    TableError
        If it is not a table at all.
    """
    source = Path(path)
    rows = read_texts(source, missing=f"give a CSV table with the columns {', '.join(REQUIRED)}")
    missing = [column for column in REQUIRED if column not in rows]
    reserved = [column for column in rows if column in RESERVED]
    problems = [
        *(f"{source}: lacks the column {column}; it has {', '.join(rows.columns)}" for column in missing),
        *(f"{source}: the column {column} is one that the store fills; rename it" for column in reserved),
    ]
    if problems:
        raise CorpusTableError(source, problems)
    if rows.empty:
        raise CorpusTableError(source, [f"{source}: holds no film"])
    places = [(source.parent / name).resolve() if name else None for name in rows["path"].fillna("")]
    problems = [*_wrong_names(rows), *_wrong_years(rows), *_wrong_paths(rows, places)]
    films, unreadable = _look_at(rows, places)
    checksums, twins = _twins(films, checksum or (lambda film: sha256(film.path)))
    problems += [*unreadable, *twins]
    if problems:
        raise CorpusTableError(source, problems)
    rows["year"] = pd.to_numeric(rows["year"]).astype("Int64")
    others = [str(column) for column in rows if column not in REQUIRED]
    return CorpusTable(source, typed(rows[[*REQUIRED, *others]], texts=REQUIRED), tuple(films), checksums)


def _label(rows: pd.DataFrame, row: int) -> str:
    """Name a row as an editor shows it: the header is line 1."""
    name = rows["film_id"].iloc[row]
    return f"line {row + 2}" + ("" if pd.isna(name) else f" ({name})")


def _wrong_names(rows: pd.DataFrame) -> Iterator[str]:
    first: dict[str, int] = {}
    for row, name in enumerate(rows["film_id"]):
        if pd.isna(name) or not name.strip():
            yield f"{_label(rows, row)}: film_id is empty; every film needs a name of its own"
            continue
        if "/" in name or "\\" in name or name.startswith(".") or not name.isprintable() or len(name) > _LONGEST_NAME:
            yield (
                f"{_label(rows, row)}: film_id = {name!r}: a name fit for a folder is needed, without slashes, "
                "line breaks or a dot in front"
            )
        if name.casefold() in first:
            yield f"{_label(rows, row)}: film_id stands in line {first[name.casefold()] + 2} already; rename one"
        first.setdefault(name.casefold(), row)


def _wrong_years(rows: pd.DataFrame) -> Iterator[str]:
    last = datetime.datetime.now(datetime.UTC).year + 1
    for row, text in enumerate(rows["year"]):
        if pd.isna(text):
            continue
        digits = text.strip().removesuffix(".0")
        if not (digits.isascii() and digits.isdigit() and _FIRST_FILM <= int(digits) <= last):
            yield f"{_label(rows, row)}: year = {text}: a year from {_FIRST_FILM} to {last} is needed, or nothing"


def _wrong_paths(rows: pd.DataFrame, places: list[Path | None]) -> Iterator[str]:
    first: dict[Path, int] = {}
    for row, place in enumerate(places):
        if place is None:
            yield f"{_label(rows, row)}: path is empty; give the film's file"
        elif place in first:
            yield f"{_label(rows, row)}: {place} stands in line {first[place] + 2} already; drop one"
        else:
            first[place] = row


def _look_at(rows: pd.DataFrame, places: list[Path | None]) -> tuple[list[TableFilm], list[str]]:
    """Return the films whose files are there, and what is wrong with the others."""
    films, problems = [], []
    for row, place in enumerate(places):
        if place is None:
            continue
        try:
            found = place.stat()
        except (OSError, ValueError):
            problems.append(f"{_label(rows, row)}: {place}: no such file")
            continue
        if not place.is_file():
            problems.append(f"{_label(rows, row)}: {place}: not a file; give a film file")
        elif found.st_size == 0:
            problems.append(f"{_label(rows, row)}: {place}: an empty file")
        elif not os.access(place, os.R_OK):
            problems.append(f"{_label(rows, row)}: {place}: may not be read; change its permissions")
        else:
            films.append(TableFilm(str(rows["film_id"].iloc[row]), place, found.st_size, found.st_mtime_ns))
    return films, problems


def _twins(films: list[TableFilm], checksum: Hasher) -> tuple[dict[str, str], list[str]]:
    """Find files of one content among those of one size."""
    by_size: dict[int, list[TableFilm]] = defaultdict(list)
    for film in {film.path: film for film in films}.values():
        by_size[film.size_bytes].append(film)
    checksums: dict[str, str] = {}
    problems = []
    for alike in by_size.values():
        first: dict[str, TableFilm] = {}
        for film in alike if len(alike) > 1 else []:
            try:
                digits = checksums[film.film_id] = checksum(film)
            except OSError as error:
                problems.append(f"{film.film_id}: {film.path}: cannot be read ({error.strerror})")
                continue
            if digits in first:
                problems.append(f"{film.film_id}: {film.path} has the content of {first[digits].path}; drop one")
            first.setdefault(digits, film)
    return checksums, problems
