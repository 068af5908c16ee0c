"""Read tables of ratings: CSV from any program, Excel, SPSS, Stata, Parquet.

Conventions
-----------
Whatever the format, each column of the resulting table holds numbers (SPSS, Stata, Parquet) or stripped strings with
None for missing values. `to_numbers` parses strings with a decimal point or comma; `to_names` turns any column into
identifiers. Words for a missing value, such as ``missing``, are missing numbers, but may be the name of a clip.
Row numbers in messages are those of a spreadsheet, with the header as row 1.
"""

import csv
import os
import re
from collections.abc import Callable, Iterable
from io import StringIO
from itertools import zip_longest
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.libraries import require
from authorship.names import plain_name
from shotscale.errors import TableError, first_line
from shotscale.files import decoded, without_sep_line
from shotscale.manifests import are_row_numbers
from shotscale.numerals import counted, some_of, without_groups
from shotscale.workbooks import read_workbook

Array = npt.NDArray[np.float64]

_CODES = "na n/a n.a. nan null <na> - -- – — . ? #n/a #na #nv #null! #div/0! #value! #ref! #name? #num!"

MISSING = frozenset(["", *_CODES.split()])
"""Strings that stand for a missing value, in lower case; ``#nv`` is ``#n/a`` in a German Excel."""

_WORDS = frozenset(["missing", "none", "nil"])  # of a number; 'Missing' is also a film
_DELIMITERS = ",;\t|"
_ROW_NUMBERS = "\n"  # no name in a header: the column without one in which R and pandas number the rows
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")


def read_source(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a table in any of the formats of `SUFFIXES`, with a header and at least one row."""
    source = Path(path)
    if not source.is_file():
        raise TableError(f"{source}: no such file; check the path")
    reader = SUFFIXES.get(source.suffix.lower())
    if reader is None:
        known = ", ".join(SUFFIXES)
        raise TableError(f"{source}: not one of {known}; save the table as CSV (in Excel: Save as, CSV UTF-8)")
    try:
        table = reader(source)
    except (OSError, ValueError, csv.Error) as error:
        if isinstance(error, TableError):
            raise
        reason = first_line(error)
        raise TableError(f"{source}: cannot be read as a table ({reason}); save it as CSV with a header") from error
    if table.empty:
        raise TableError(f"{source}: holds no row under its header; give a table with one row per rating")
    return table


def to_numbers(values: pd.Series) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return a column as floats (NaN if missing or not a number), and a mask of the values that are not numbers.

    Examples
    --------
    >>> to_numbers(pd.Series(["3", "3,5", " 4.25", "n/a", "four"], dtype=object))[0].tolist()
    [3.0, 3.5, 4.25, nan, nan]
    """
    if _numeric(values):
        numbers = np.asarray(values.astype("Float64").to_numpy(np.float64, na_value=np.nan), np.float64)
        wrong = np.isinf(numbers)
    else:
        texts = [None if text is None or text.casefold() in _WORDS else text for text in map(_text, values)]
        plain = iter(without_groups([text for text in texts if text is not None]))
        numbers = np.asarray([np.nan if text is None else _number(next(plain)) for text in texts], np.float64)
        wrong = np.isnan(numbers) & np.asarray([text is not None for text in texts], np.bool_)
    return np.asarray(np.where(wrong, np.nan, numbers), np.float64), np.asarray(wrong, np.bool_)


def to_names(values: pd.Series) -> list[str | None]:
    """Return a column as identifiers: stripped, in Unicode NFC, whole numbers without a decimal point.

    Examples
    --------
    >>> to_names(pd.Series([1.0, 2.0, np.nan])), to_names(pd.Series([" clip 01 ", "007", ""], dtype=object))
    (['1', '2', None], ['clip 01', '007', None])
    """
    if pd.api.types.is_numeric_dtype(values):
        return [None if pd.isna(value) else _digits(value) for value in values]
    return [_text(value) for value in values]


def _digits(value: float) -> str:
    """Write a number in full: a time stamp of 13 digits is an identifier, too."""
    return str(int(value)) if value == np.floor(value) and np.isfinite(value) else repr(float(value))


def _numeric(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _text(value: object) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return None
    text = plain_name(str(value))
    return None if text.casefold() in MISSING else text


def _number(text: str) -> float:
    """Parse a number; NaN if the text is not one."""
    plain = text.replace("\u2212", "-")
    if _DECIMAL_COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return np.nan
    return number if np.isfinite(number) and "_" not in plain else np.nan


def _read_text(path: Path) -> pd.DataFrame:
    """Read CSV in any encoding and with any delimiter."""
    text, delimiter = _delimited(StringIO(decoded(path.read_bytes()), newline=None).read())
    return _of_rows(csv.reader(StringIO(text), delimiter=delimiter), path)


def _read_excel(path: Path) -> pd.DataFrame:
    sheets = read_workbook(path)
    if len(sheets) > 1:
        raise TableError(f"{path}: has the sheets {some_of(sheets)}; a table is one sheet; save that as CSV")
    return _of_rows(next(iter(sheets.values()), []), path)


def _of_rows(lines: Iterable[list[str]], path: Path) -> pd.DataFrame:
    """Make a table of rows, of which the first that is not empty is the header; every field is a string or None."""
    rows = [row for row in lines if any(map(str.strip, row))]
    if not rows:
        raise TableError(f"{path}: is empty; give a table with a header")
    columns = list(zip_longest(*rows, fillvalue=""))
    while not any(map(str.strip, columns[-1])):
        columns.pop()  # an empty column left by a spreadsheet
    header = [plain_name(name) for name, *_ in columns[: len(rows[0])]]
    if not header[0] and len(header) > 1 and are_row_numbers(columns[0][1:]):
        header[0] = _ROW_NUMBERS
    _check_header(header, path)
    if len(columns) > len(header):
        number = next(n for n, row in enumerate(rows, start=1) if any(map(str.strip, row[len(header) :])))
        raise TableError(
            f"{path}: row {number} has {counted(len(rows[number - 1]), 'field')}, the header {len(header)}; put "
            "texts that hold the delimiter in quotes"
        )
    fields = {name: [_text(field) for field in column[1:]] for name, column in zip(header, columns, strict=True)}
    fields.pop(_ROW_NUMBERS, None)
    return pd.DataFrame(fields, dtype=object)


def _check_header(header: list[str], path: Path) -> None:
    if "" in header:
        raise TableError(f"{path}: column {header.index('') + 1} has no name; name it in the header or remove it")
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise TableError(f"{path}: two columns are called {twice}; rename one")


def _delimited(text: str) -> tuple[str, str]:
    """Return the table's text and the delimiter that splits its header into the most fields.

    Excel's own first line ``sep=;`` takes precedence and is left empty.
    """
    text, told = without_sep_line(text)
    if told:
        return text, told
    first = text.lstrip("\n").partition("\n")[0]
    counts = {mark: len(next(csv.reader([first], delimiter=mark), [])) for mark in _DELIMITERS}
    return text, max(_DELIMITERS, key=lambda mark: counts[mark])


def _read_spss(path: Path) -> pd.DataFrame:
    pyreadstat = require("pyreadstat", str(path), extra="viewers")
    try:
        table, _ = pyreadstat.read_sav(str(path))  # user-missing values become missing
    except pyreadstat.ReadstatError as error:
        raise TableError(f"{path}: not an SPSS file ({error}); save it again, or as CSV") from error
    return _tidied(table)


def _read_parquet(path: Path) -> pd.DataFrame:
    table = pd.read_parquet(path)
    return _tidied(table if table.index.name is None else table.reset_index())


def _tidied(table: pd.DataFrame) -> pd.DataFrame:
    """Convert all columns that are not numeric to strings."""
    columns = {
        str(name): values if _numeric(values) else pd.Series([_text(value) for value in values], dtype=object)
        for name, values in table.items()
    }
    return pd.DataFrame(columns)


SUFFIXES: dict[str, Callable[[Path], pd.DataFrame]] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), _read_text),
    ".xlsx": _read_excel,
    ".sav": _read_spss,
    ".dta": lambda path: _tidied(pd.read_stata(path, convert_categoricals=False)),
    ".parquet": _read_parquet,
}
"""The reader for each file name suffix."""
