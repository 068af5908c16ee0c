"""Excel: one sheet for the table and one for its codebook.

XlsxWriter writes row by row in constant memory and can keep texts from becoming formulas or links; openpyxl is used
only in the tests, as an independent reader.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any

import pandas as pd

from authorship.export.row_limit import check_texts
from authorship.export.variables import CODEBOOK_COLUMNS, TidyTable, codebook
from shotscale.errors import TableError
from shotscale.numerals import counted

MOST_ROWS = 1_048_575
"""Maximum rows of a sheet below its header."""

_MOST_LETTERS = 32_767  # Excel's limit per cell


def check(table: TidyTable, *, most_rows: int = MOST_ROWS) -> None:
    """Refuse a table that no sheet can hold."""
    if table.n_rows > most_rows:
        raise TableError(
            f"{table.name}: {counted(table.n_rows, 'row')}; a sheet of Excel holds {most_rows:,} below its header; "
            "export csv or parquet, or fewer films at a time"
        )
    check_texts(table, _MOST_LETTERS, "letters", "a cell of Excel", size=len)


@contextmanager
def writing(table: TidyTable, path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Open a workbook for a table's pieces; its sheets are ``<table>`` and ``codebook``."""
    import xlsxwriter

    # constant_memory keeps one row at a time; without strings_to_*, a film called "=1" or "http:..." stays a text.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        # Written to a temporary file: XlsxWriter cannot close its own file if the disk fills up midway.
        with TemporaryFile() as made, path.open("wb") as stream:
            with xlsxwriter.Workbook(made, options) as workbook:
                bold = workbook.add_format({"bold": True})
                add = _sheet(workbook, table.name, [variable.name for variable in table.variables], bold)
                describe = _sheet(workbook, "codebook", CODEBOOK_COLUMNS, bold)
                yield lambda piece: add(table.readable(piece))
                describe(codebook([table]))
            made.seek(0)
            copyfileobj(made, stream)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(str(error)) from error


def _sheet(workbook: Any, name: str, columns: Sequence[str], bold: Any) -> Callable[[pd.DataFrame], None]:
    """Begin a sheet, and return a function that adds rows to it."""
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(columns) - 1, 14)
    sheet.write_row(0, 0, columns, bold)
    numbers = count(1)

    def add(frame: pd.DataFrame) -> None:
        plain = frame.astype(object).where(frame.notna(), None)
        for row in plain.itertuples(index=False):
            _write_row(sheet, next(numbers), row)

    return add


def _write_row(sheet: Any, n: int, row: tuple[Any, ...]) -> None:
    for k, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(n, k, value)
        elif value is not None:
            sheet.write_number(n, k, value)
