"""A text file as rows of fields, whatever separates them."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from shotscale.errors import TableError
from shotscale.shotlists.times import is_time

__all__ = ["Row", "heading", "read_rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of a line and its number, counted from 1."""

    number: int
    fields: tuple[str, ...]


def read_rows(text: str, *, path: Path) -> list[Row]:
    """Split a text into rows; empty lines and those that begin with ``#`` are left out.

    Fields are separated by tabs, semicolons or commas, the first of these that the first three lines hold. A comma
    within a lone time is a decimal comma.
    """
    lines = [line for line in text.splitlines() if line.strip()][:3]
    delimiter = next((mark for mark in "\t;," if any(mark in line for line in lines)), ",")
    if delimiter == "," and all(is_time(line) for line in lines):
        delimiter = "\t"
    rows = []
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    try:
        for fields in reader:
            if any(field.strip() for field in fields) and not fields[0].lstrip().startswith("#"):
                rows.append(Row(reader.line_num, tuple(field.strip() for field in fields)))
    except csv.Error as error:
        raise TableError(f"{path}: line {reader.line_num}: {error}; save the list as plain CSV") from error
    if not rows:
        raise TableError(f"{path}: empty; a shot list has a line a shot; check the file")
    return rows


def heading(field: str) -> str:
    """Reduce a column's name to words: no case, units or punctuation.

    Examples
    --------
    >>> heading("Shot_Length (s)"), heading("Start Time (seconds)")
    ('shot length', 'start time')
    """
    words = re.sub(r"\(.*?\)|\bin seconds\b", " ", field.lower())
    return " ".join(re.findall(r"[^\W_]+", words))
