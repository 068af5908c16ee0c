"""A script for R that reads the CSV table beside it, with factors in order and labels.

Why a script and not ``.rds``: base R reads it on any machine, it shows what it does, it can be put under version
control, and pyreadr, which writes ``.rds``, knows neither factors nor labels when it writes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from authorship.export.variables import TidyTable, Variable

__all__ = ["writing"]

_CLASSES = {"text": "character", "category": "character", "count": "integer", "number": "numeric"}


@contextmanager
def writing(table: TidyTable, path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Write the script that reads ``<table>.csv`` into a data frame called as the table is; the rows are the CSV's."""
    name = table.name
    classes = ",\n  ".join(f"{quoted(entry.name)} = {quoted(_CLASSES[entry.kind])}" for entry in table.variables)
    lines = [
        f"# {table.title}. codebook.csv describes every column.",
        f'# Usage: source("{name}.R", chdir = TRUE)',
        f"{name} <- read.csv(",
        f'  "{name}.csv", fileEncoding = "UTF-8", na.strings = "", quote = "\\"", comment.char = "",',
        "  check.names = FALSE, stringsAsFactors = FALSE,",
        f"  colClasses = c({classes})",
        ")",
    ]
    for entry in table.variables:
        lines += _factor(name, entry)
        lines.append(f'attr({name}[[{quoted(entry.name)}]], "label") <- {quoted(entry.full_label)}')
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    yield lambda _piece: None


def quoted(text: str) -> str:
    r"""Write a text as R has it, in ASCII, so that no encoding can spoil it.

    Examples
    --------
    >>> print(quoted('Béla "T" \\'))
    "B\u00e9la \"T\" \\"
    """
    letters = []
    for letter in text:
        code = ord(letter)
        if letter in ('"', "\\"):
            letters.append(f"\\{letter}")
        elif 32 <= code < 127:
            letters.append(letter)
        else:
            letters.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return '"' + "".join(letters) + '"'


def _factor(table: str, entry: Variable) -> list[str]:
    """Give the lines that make a factor of a category, and of the film."""
    column = f"{table}[[{quoted(entry.name)}]]"
    if entry.name == "film":
        return [f"{column} <- factor({column}, levels = unique({column}))"]
    if entry.kind != "category":
        return []
    levels = ",\n  ".join(quoted(category.text) for category in entry.categories)
    order = "TRUE" if entry.ordered else "FALSE"
    return [f"{column} <- factor({column}, levels = c(\n  {levels}\n), ordered = {order})"]
