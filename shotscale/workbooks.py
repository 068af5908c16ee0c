"""Read the sheets of an Excel workbook as rows of text.

Conventions
-----------
Letters are composed (NFC). Numbers are returned as they would be typed, with a decimal point; Excel's times of day and
durations as ``h:mm:ss.mmm``, dates as ``2024-05-03``, with the time unless it is midnight. For a formula, the value
that Excel last computed is read.
"""

import unicodedata
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from shotscale.errors import DependencyError, TableError

_MOST_CELLS = 20_000_000
"""Twenty full columns of a million cells each: no table of films or shots is that large."""


def read_workbook(path: Path) -> dict[str, list[list[str]]]:
    """Return the rows of each visible, non-empty sheet by its name: cells as text, empty ones as ``""``.

    Raises
    ------
    TableError
        If it is not a workbook, or is larger than any table of shots.
    DependencyError
        If openpyxl is not installed.
    """
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise DependencyError(f"{path}: needs the package openpyxl; pip install 'film-authorship[export]'") from error
    if not path.is_file():
        raise TableError(f"{path}: no such file; check the path")
    sheets: dict[str, list[list[str]]] = {}
    left = _MOST_CELLS
    try:
        with closing(load_workbook(path, read_only=True, data_only=True, keep_links=False)) as book:
            for sheet in book.worksheets:
                rows: list[list[str]] = []
                for row in sheet.iter_rows(values_only=True):
                    left -= len(row)
                    if left < 0:
                        raise TableError(
                            f"{path}: over {_MOST_CELLS} cells; a table of shots has fewer; check the file"
                        )
                    rows.append([_text(cell) for cell in row])
                if sheet.sheet_state == "visible" and any(any(row) for row in rows):
                    sheets[sheet.title] = rows
    except TableError:
        raise
    except Exception as error:
        raise TableError(f"{path}: not a readable Excel workbook; save it as .xlsx again, or as CSV") from error
    return sheets


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, time):
        cell = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond)
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds(), 3), 60)
        text = f"{seconds:06.3f}".rstrip("0").rstrip(".")
        return f"{int(minutes // 60)}:{int(minutes % 60):02}:{text}"
    if isinstance(cell, date):  # or a datetime
        midnight = not isinstance(cell, datetime) or cell.time() == time()
        return f"{cell:%Y-%m-%d}" if midnight else f"{cell:%Y-%m-%d %H:%M:%S}"
    return unicodedata.normalize("NFC", str(cell).strip())
