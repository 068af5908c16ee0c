"""The table of a corpus, checked as a whole before any work starts.

Conventions
-----------
A CSV with one row per film and the columns ``film_id`` (unique, usable as a folder name), ``path`` (of the film
file; relative to the table's folder), ``title``, ``year``, ``director``, and any others. All but ``film_id`` and
``path`` may be empty. Columns ``from``, ``to`` and ``speed`` say which part of a file is the film and how fast it runs,
like the options of these names: the whole file is measured, and what they leave out is ignored wherever the store's
films are used.
"""

import datetime
import errno
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from shotscale.errors import TableError
from shotscale.files import sha256
from shotscale.filmpaths import is_text
from shotscale.manifests import read_texts, typed
from shotscale.numerals import counted
from shotscale.part import PartOptions
from shotscale.shotlists import is_listed

REQUIRED: tuple[str, ...] = ("film_id", "path", "title", "year", "director")

RESERVED: tuple[str, ...] = tuple(
    "status error_kind error sha256 settings measured_settings absolute_path size_bytes mtime_ns duration film_begin "
    "film_end n_frames fps width height codec container n_shots average_shot_length median_shot_length shot_length_sd "
    "coefficient_of_variation share_close share_medium share_long n_limits".split()
)
"""Columns that the store's summary adds and a table must therefore not have."""

_FIRST_FILM = 1888  # Roundhay Garden Scene
_RELEASED = 2026
"""Year of writing, so that a machine whose clock is set back still accepts current films."""
_LONGEST_NAME = 200  # characters; file systems allow 255 bytes, and suffixes are added

Hasher = Callable[["TableFilm"], str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row of a table, or with its columns; as a string, with the row's line and name.

    `row` is the row's index, None for a problem with columns.

    Examples
    --------
    >>> print(Problem(1, "persona", "path is empty; give the film's file"))
    line 3 (persona): path is empty; give the film's file
    """

    row: int | None
    film_id: str | None
    text: str

    def __str__(self) -> str:
        if self.row is None:
            return self.text
        # As in an editor: the header is line 1.
        return f"line {self.row + 2}{f' ({self.film_id})' if self.film_id else ''}: {self.text}"


class CorpusTableError(TableError):
    """A table of a corpus with one or more problems, all of which `problems` holds."""

    def __init__(self, source: Path, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        count = counted(len(problems), "problem")
        super().__init__(f"{source}: {count}, nothing was started; correct the table")


@dataclass(frozen=True, slots=True)
class TableFilm:
    """A row of the table, with the state of its file when the table was read.

    `path` is absolute, and `mtime_ns` when the file was last changed, in nanoseconds. `present` says whether to analyze
    it if the store lacks it; False for a film in the store whose file is absent or that the table does not name.
    """

    film_id: str
    path: Path
    size_bytes: int
    mtime_ns: int
    present: bool = True


@dataclass(frozen=True, eq=False)
class CorpusTable:
    """A table that has been checked.

    Attributes
    ----------
    source : pathlib.Path
    rows : pandas.DataFrame
        As in the file, `REQUIRED` first; ``year`` is of type Int64.
    films : tuple of TableFilm
        One film per row.
    checksums : dict of str to str
        SHA-256, by ``film_id``, of the films that had to be read to rule out duplicates.
    problems : tuple of Problem
        Of rows that were left out; empty if the table was read strictly.
    """

    source: Path
    rows: pd.DataFrame
    films: tuple[TableFilm, ...]
    checksums: dict[str, str]
    problems: tuple[Problem, ...] = ()


def read_table(
    path: str | os.PathLike[str],
    *,
    checksum: Hasher | None = None,
    stored: Mapping[str, TableFilm] | None = None,
    strict: bool = True,
) -> CorpusTable:
    """Read a table, a CSV, and check it as a whole.

    Only files of equal size can have equal content, so only those are read. Raises `TableError` if it is not a table at
    all.

    Parameters
    ----------
    checksum : callable, optional
        Returns the SHA-256 of a film's file; by default the file is read. A store returns checksums it knows.
    stored : mapping of str to TableFilm, optional
        The films that a store holds, by ``film_id``; their files may be absent.
    strict : bool
        Whether any problem rejects the table; otherwise rows with problems are left out, unless none remain.

    Raises
    ------
    CorpusTableError
        With every problem: columns missing or reserved, films without name or file, names and files that appear
        twice, files that are missing, empty or unreadable, one content under two names, invalid years or parts.
    """
    source = Path(path)
    rows = read_texts(source, missing=f"give a CSV table with the columns {', '.join(REQUIRED)}")
    missing = [column for column in REQUIRED if column not in rows]
    reserved = [column for column in rows if column in RESERVED]
    wrong_columns = [
        *(f"{source}: lacks the column {column}; it has {', '.join(rows.columns)}" for column in missing),
        *(f"{source}: the column {column} is one that the store fills; rename it" for column in reserved),
    ]
    if wrong_columns:
        raise CorpusTableError(source, [Problem(None, None, text) for text in wrong_columns])
    if rows.empty:
        raise CorpusTableError(source, [Problem(None, None, f"{source}: holds no film")])
    rows["film_id"] = rows["film_id"].str.strip()  # a spreadsheet does not show such spaces
    places = [(source.parent / name).resolve() if name else None for name in rows["path"].fillna("")]
    found = [*_wrong_names(rows), *_wrong_years(rows), *_wrong_parts(rows), *_wrong_paths(places)]
    films, unreadable = _look_at(rows, places, stored or {})
    checksums, twins = _twins(films, checksum or (lambda film: sha256(film.path)))
    names = [None if pd.isna(name) else str(name) for name in rows["film_id"]]
    problems = [Problem(row, names[row], text) for row, text in (*found, *unreadable, *twins)]
    bad = {problem.row for problem in problems}
    kept = [row for row in range(len(rows)) if row not in bad]
    if problems and (strict or not kept):
        raise CorpusTableError(source, problems)
    rows = rows.iloc[kept].reset_index(drop=True)
    rows["year"] = pd.to_numeric(rows["year"]).astype("Int64")
    others = [str(column) for column in rows if column not in REQUIRED]
    told_of = typed(rows[[*REQUIRED, *others]], texts=REQUIRED)
    return CorpusTable(source, told_of, tuple(films[row] for row in kept), checksums, tuple(problems))


Wrong = tuple[int, str]
"""A row's index and what is wrong with it."""


def _wrong_names(rows: pd.DataFrame) -> Iterator[Wrong]:
    first: dict[str, int] = {}
    for row, name in enumerate(rows["film_id"]):
        if pd.isna(name) or not name.strip():
            yield row, "film_id is empty; every film needs a unique name"
            continue
        if "/" in name or "\\" in name or name.startswith(".") or not name.isprintable() or len(name) > _LONGEST_NAME:
            needed = "a name fit for a folder is needed, without slashes, line breaks or a dot in front"
            yield row, f"film_id = {name!r}: {needed}"
        if name.casefold() in first:
            yield row, f"film_id is already in line {first[name.casefold()] + 2}; rename one"
        first.setdefault(name.casefold(), row)


def _wrong_years(rows: pd.DataFrame) -> Iterator[Wrong]:
    for row, text in enumerate(rows["year"]):
        if not (pd.isna(text) or is_year(text.strip().removesuffix(".0"))):
            yield row, f"year = {text}: {years()} is needed, or nothing"


def is_year(text: str) -> bool:
    """Return whether a text is a year in the range that `years` names.

    Examples
    --------
    >>> is_year("1895"), is_year("1700"), is_year("now")
    (True, False, False)
    """
    return text.isascii() and text.isdigit() and _FIRST_FILM <= int(text) <= _last_year()


def years() -> str:
    """Return the range of possible release years, in words."""
    return f"a year from {_FIRST_FILM} to {_last_year()}"


def _last_year() -> int:
    return max(datetime.datetime.now(datetime.UTC).year, _RELEASED) + 1


def _wrong_parts(rows: pd.DataFrame) -> Iterator[Wrong]:
    for row, told in enumerate(rows.to_dict("records")):
        try:
            PartOptions.of_row(told, where="")
        except TableError as error:
            yield row, str(error.__cause__)


def _wrong_paths(places: list[Path | None]) -> Iterator[Wrong]:
    first: dict[Path, int] = {}
    for row, place in enumerate(places):
        if place is None:
            yield row, "path is empty; give the film's file"
        elif not is_text(place):
            yield row, f"{str(place)!a}: the name is not valid text, which tables need; rename the file or folder"
        elif is_listed(place):
            yield row, f"{place}: a shot list has nothing to measure; give the film file"
        elif place in first:
            told = f"{place} is already in line {first[place] + 2}; a store has one film per file"
            yield row, f"{told}; drop one, or cut the film out into a file of its own"
        else:
            first[place] = row


def _look_at(
    rows: pd.DataFrame, places: list[Path | None], stored: Mapping[str, TableFilm]
) -> tuple[dict[int, TableFilm], list[Wrong]]:
    """Return the films by row, and the problems of the others; the file of a stored film may be absent."""
    films: dict[int, TableFilm] = {}
    problems: list[Wrong] = []
    for row, place in enumerate(places):
        if place is None or is_listed(place):
            continue
        name, problem = str(rows["film_id"].iloc[row]), ""
        try:
            found = place.stat()
        except (OSError, ValueError) as error:
            if name in stored:
                films[row] = replace(stored[name], path=place, present=False)
                continue
            problem = _absence(error)
        else:
            if not place.is_file():
                problem = "not a file; give a film file"
            elif found.st_size == 0:
                problem = "an empty file"
            elif not os.access(place, os.R_OK):
                problem = "may not be read; change its permissions"
            films[row] = TableFilm(name, place, found.st_size, found.st_mtime_ns)
        if problem:
            films.pop(row, None)
            problems.append((row, f"{place}: {problem}"))
    return films, problems


def _absence(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno not in (errno.ENOENT, errno.ENOTDIR):
        return f"cannot be reached ({error.strerror})"
    return "no such file"


def _twins(films: Mapping[int, TableFilm], checksum: Hasher) -> tuple[dict[str, str], list[Wrong]]:
    """Find files of equal content among those of equal size."""
    by_size: dict[int, list[tuple[int, TableFilm]]] = defaultdict(list)
    for row, film in {film.path: (row, film) for row, film in reversed(list(films.items()))}.values():
        by_size[film.size_bytes].append((row, film))
    checksums: dict[str, str] = {}
    problems: list[Wrong] = []
    for alike in by_size.values():
        first: dict[str, TableFilm] = {}
        for row, film in sorted(alike, key=lambda one: one[0]) if len(alike) > 1 else ():
            try:
                digits = checksums[film.film_id] = checksum(film)
            except OSError as error:
                problems.append((row, f"{film.path}: cannot be read ({error.strerror})"))
                continue
            if digits in first:
                problems.append((row, f"{film.path} has the content of {first[digits].path}; drop one"))
            first.setdefault(digits, film)
    return checksums, problems
