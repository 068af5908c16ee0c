"""Hand-written tables about films, with text kept as written.

Conventions
-----------
Every field is text until a number is needed, only empty fields are missing, and letters are composed (NFC), so that a
name is the same whichever system typed it; only a ``path`` is spelled as on the disk. A column is numeric if each of
its texts is a plain number that survives a round trip: 0060827, 1E5 and identifiers of more than 15 digits stay text.
In our CSV files, text that a spreadsheet would take for a formula starts with an apostrophe, which is removed on
reading.
"""

import glob
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from shotscale.columns import require_columns
from shotscale.errors import TableError
from shotscale.filmpaths import in_table
from shotscale.formulas import is_plain_number, without_apostrophe
from shotscale.numerals import without_groups
from shotscale.tables import read_csv
from shotscale.workbooks import read_workbook

_MOST_DIGITS = 15
"""Significant digits of any decimal number that a float64 preserves."""

MISSING = frozenset({"na", "nan", "#n/a", "#nv"})
"""Words for a missing number, casefolded, as R, pandas and Excel write them; among texts each may be a name."""
PART_COLUMNS = ("from", "to", "speed")
"""Columns that say which part of a film's file is the film."""

_QUOTED = re.compile(r'"[^"]*"')
_COMMA = re.compile(r"[-+]?(?:0|[1-9]\d*),\d+(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
_KNOWN = frozenset({"film", "film_id", "path", "director", "title", "year", "work"})
"""Columns that mean the same with capitals."""
_SEARCHED = 12
"""Number of rows searched for a header, as of shot lists."""
_PATHS = ("path", "film")  # the columns of films in the table of a corpus, and of any other folder


def read_texts(path: Path, *, missing: str) -> pd.DataFrame:
    """Read a CSV, or the first sheet of an .xlsx, as text; `missing` ends the error if there is no file.

    Columns may be separated by semicolons or tabs, as spreadsheets do in countries with decimal commas; numbers then
    get decimal points. Titles and comments above the header are left out.
    """
    mark, n_above = ",", 0

    def separator(text: str) -> str:
        nonlocal mark, n_above
        n_above = _n_above(line.split(separator_of(line)) for line in text.splitlines()[:_SEARCHED])
        mark = separator_of(text.split("\n", n_above)[-1])
        return mark

    if not path.is_file():
        raise TableError(f"{path}: {'a folder' if path.is_dir() else 'no such file'}; {missing}")
    if path.suffix.lower() == ".xlsx":
        return _composed(_from_workbook(path), path.parent)
    how: dict[str, Any] = {"dtype": str, "na_values": [""], "skiprows": lambda row: row < n_above}
    read = read_csv(path, remedy="save it as UTF-8 CSV with a header", sep=separator, **how)
    if not isinstance(read.index, pd.RangeIndex) and not are_row_numbers(read.index):
        raise TableError(
            f"{path}: its rows have more fields than its header; quote texts that hold a separator, and let no row end "
            "with one"
        )
    table = _composed(read, path.parent)
    return table if mark == "," else with_points(table)


def _n_above(rows: Iterable[Sequence[str]]) -> int:
    """Return the number of rows above a header of known columns: titles, of one cell, and comments, after a #."""
    for number, row in enumerate(rows):
        cells = [cell for cell in (text.strip(' "') for text in row) if cell]
        if not _KNOWN.isdisjoint(map(str.lower, cells)):
            return number
        if len(cells) > 1 and not cells[0].startswith("#"):
            break
    return 0


def separator_of(text: str) -> str:
    r"""Return the comma, semicolon or tab that separates the columns of a table's header.

    Examples
    --------
    >>> separator_of("file;scale\nCU_1.jpg;CU\n")
    ';'
    """
    header = _QUOTED.sub("", re.split(r"[\r\n]", text.lstrip("\r\n "), maxsplit=1)[0])
    return max(",;\t", key=header.count)  # the first of equals


def with_points(table: pd.DataFrame) -> pd.DataFrame:
    """Replace the commas of columns of numbers by points, unless all of them may separate thousands.

    Marks that can be nothing but those of thousands are left out.

    Examples
    --------
    >>> with_points(pd.DataFrame({"a": ["8,25", None], "b": ["1,125", "3"]}))["b"].tolist()
    ['1.125', '3']
    """
    table = table.apply(_ungrouped)
    parted = [name for name in table if _has_commas(table[name])]
    cells = [text for name in parted for text in table[name].dropna() if "," in text]
    if all(map(_THOUSANDS.fullmatch, cells)):
        return table
    return table.assign(**{str(name): table[name].str.replace(",", ".") for name in parted})


def _ungrouped(values: pd.Series) -> pd.Series:
    given = values.dropna()
    numbers = without_groups(given.map(str).tolist())
    return values.where(values.isna(), pd.Series(numbers, given.index, dtype=object).reindex(values.index))


def _has_commas(values: pd.Series) -> bool:
    """Return whether a column holds numbers, some of them with a comma."""
    given = [text for text in values.dropna().astype(str) if text.casefold() not in MISSING]
    return any("," in text for text in given) and all(_COMMA.fullmatch(text) or is_plain_number(text) for text in given)


def _from_workbook(path: Path) -> pd.DataFrame:
    first = next(iter(read_workbook(path).values()), [])
    width = max((k for row in first for k, cell in enumerate(row, start=1) if cell), default=0)
    rows = [row[:width] for row in first if any(row)]
    rows = rows[_n_above(rows[:_SEARCHED]) :]
    header = rows[0] if rows else []
    if not header or not all(header) or len(set(header)) < len(header):
        raise TableError(f"{path}: its first sheet has no header that names each column once; correct the first row")
    table = pd.DataFrame(rows[1:], columns=header, dtype=object)
    return table.where(table != "", None)


def _composed(table: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Return a table's texts as written, without what programs add: empty rows and columns, numbers of rows."""
    table = table.dropna(how="all", ignore_index=True)
    nameless = [name for name in table if str(name).startswith("Unnamed: ")]  # by pandas
    table = table.drop(columns=[name for name in nameless if are_row_numbers(table[name].dropna())])
    table.columns = pd.Index(plain_names([_as_written(str(name)).strip() for name in table.columns]))
    for name in table.columns:
        read: Callable[[str], str] = partial(_spelled, folder) if name in _PATHS else _as_written
        table[name] = table[name].astype(object).map(read, na_action="ignore")
    return table


def are_row_numbers(cells: Iterable[object]) -> bool:
    """Return whether the cells of a column without a name number the rows, as R and pandas do, which skip some.

    Examples
    --------
    >>> are_row_numbers(["2", "5", "9"]), are_row_numbers(["1966", "1966"])
    (True, False)
    """
    numbers = [str(cell).strip() for cell in cells]
    return len(set(numbers)) == len(numbers) and all(map(str.isdecimal, numbers))


def read_manifest(path: Path, *, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Read the ``films.csv`` of a folder: one row per film, named in the column ``film``, with text in other columns.

    A film is spelled like its file or folder, which may hold several films, each with a part of its own. Raises
    `TableError` if the file is missing or lacks a column, or a film is empty, appears twice or does not exist.
    """
    needed = ("film", *columns)
    table = read_texts(path, missing=f"a corpus has a manifest films.csv with the columns {' and '.join(needed)}")
    require_columns(table, needed, str(path))
    if table["film"].isna().any():
        row = int(np.flatnonzero(table["film"].isna())[0]) + 1
        raise TableError(f"{path}: film is empty in row {row}; fill it in")
    part = [name for name in table if str(name).strip().lower() in PART_COLUMNS]
    twice = table["film"][table.duplicated(["film", *part])]
    if len(twice):
        told = f"{path}: film {twice.iloc[0]} appears twice"
        raise TableError(f"{told}; a film has one row; drop one, or say with from and to which part each is")
    for name in table["film"]:
        place = path.parent / name
        if not place.exists() and in_table(place) is None:
            near = sorted(place.parent.glob(f"{glob.escape(place.name)}.*"))
            remedy = f"write {name}{near[0].name.removeprefix(place.name)}" if near else "analyze it or drop the row"
            if (path.parent / place.name).exists():
                remedy = f"names are relative to the table's folder; write {place.name}"
            raise TableError(f"{path}: film {name} is not in {path.parent}; {remedy}")
    return table


def plain_numbers(values: pd.Series) -> "pd.Series[float] | None":
    """Return a column as numbers, or None if that would change what was written; NA among numbers is a missing one.

    Examples
    --------
    >>> plain_numbers(pd.Series(["1966", "1.50", None])).tolist()
    [1966.0, 1.5, nan]
    >>> plain_numbers(pd.Series(["007", "100"])) is None
    True
    """
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.astype("Float64").astype(np.float64)
    given = values.dropna().map(str).str.strip()
    given = given[given != "NA"]  # what R writes for a missing number
    given = pd.Series(without_groups(given.tolist()), given.index, dtype=object)
    digits = given.str.replace(r"[eE].*", "", regex=True).str.replace(r"\D", "", regex=True).str.lstrip("0").str.len()
    if given.empty or not given.map(is_plain_number).all() or int(digits.max()) > _MOST_DIGITS:
        return None
    return given.map(float).astype(np.float64).reindex(values.index)  # exact, unlike pandas' own parsing


def are_whole(numbers: "pd.Series[float]") -> bool:
    """Return whether no number that is known has a fraction.

    Examples
    --------
    >>> are_whole(pd.Series([1966.0, float("nan")])), are_whole(pd.Series([1.5]))
    (True, False)
    """
    known = numbers.dropna()
    return bool((known == known.round()).all())


def typed(table: pd.DataFrame, *, texts: Sequence[str] = ()) -> pd.DataFrame:
    """Convert columns of plain numbers to numbers, except those named in `texts`."""
    table = table.copy()
    for column in table.columns:
        numbers = None if column in texts else plain_numbers(table[column])
        if numbers is not None:
            table[column] = numbers.astype("Int64") if are_whole(numbers) else numbers
    return table


def plain_names(names: Sequence[str]) -> list[str]:
    """Return names of columns with those known to the commands in small letters, unless two would then be one.

    Examples
    --------
    >>> plain_names(["Film", "Director", "Country"]), plain_names(["Film", "film"])
    (['film', 'director', 'Country'], ['Film', 'film'])
    """
    plain = [name.lower() if name.lower() in _KNOWN else name for name in names]
    return plain if len(set(plain)) == len(plain) else list(names)


def _as_written(text: str) -> str:
    return unicodedata.normalize("NFC", without_apostrophe(text))


def _spelled(folder: Path, text: str) -> str:
    """Return the name of a file as the file system spells it, which may compose letters or not; as given if absent.

    Windows separates folders by backslashes; spaces around a name, which a cell of a spreadsheet does not show, are
    ignored.
    """
    name = without_apostrophe(text)
    ways = [way for one in (name, name.strip() or name) for way in (one, one.replace("\\", "/"))]
    forms = dict.fromkeys([*ways, *(unicodedata.normalize(form, way) for way in ways for form in ("NFC", "NFD"))])
    with suppress(OSError):  # it may not be looked at
        name = next((form for form in forms if len(forms) > 1 and (folder / form).exists()), name)
    return name
