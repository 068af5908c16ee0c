"""Excel: a sheet with the table and one with its codebook.

XlsxWriter writes row by row in flat memory, takes no text for a formula and no text for a link; openpyxl, which
can do both, is left to the tests as an independent reader.
"""

from pathlib import Path
from typing import Any

from authorship.export.variables import TidyTable, codebook
from shotscale.errors import TableError

__all__ = ["MOST_ROWS", "check", "write"]

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""

_MOST_LETTERS = 32_767


def check(table: TidyTable, *, most_rows: int = MOST_ROWS) -> None:
    """Refuse a table that no sheet can hold."""
    if len(table.frame) > most_rows:
        raise TableError(
            f"{table.name}: {len(table.frame)} rows; a sheet of Excel holds {most_rows} below its header; "
            "export csv or parquet, or fewer films at a time"
        )
    for variable in table.of_kind("text"):
        longest = table.frame[variable.name].dropna().astype(str).str.len().max()
        if longest > _MOST_LETTERS:
            raise TableError(
                f"{table.name}: a text of {longest} letters in {variable.name}; a cell of Excel holds {_MOST_LETTERS}; "
                "shorten it, or export csv or parquet"
            )


def write(table: TidyTable, path: Path) -> None:
    """Write a workbook with the sheets ``<table>`` and ``codebook``."""
    import xlsxwriter

    # constant_memory keeps one row at a time; without strings_to_*, a film called "=1" or "http:..." stays a text.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        bold = workbook.add_format({"bold": True})
        for name, frame in ((table.name, table.readable()), ("codebook", codebook([table]))):
            sheet = workbook.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, len(frame.columns) - 1, 14)
            sheet.write_row(0, 0, list(frame.columns), bold)
            plain = frame.astype(object).where(frame.notna(), None)
            for n, row in enumerate(plain.itertuples(index=False), start=1):
                _write_row(sheet, n, row)


def _write_row(sheet: Any, n: int, row: tuple[Any, ...]) -> None:
    for k, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(n, k, value)
        elif value is not None:
            sheet.write_number(n, k, value)
