"""An R script that reads the accompanying CSV table, with ordered factors and labels.

Why a script and not ``.rds``: base R runs it on any machine, it shows what it does, it can be put under version
control, and pyreadr, which writes ``.rds``, writes neither factors nor labels.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from authorship.export.variables import TidyTable, Variable
from shotscale.formulas import formula_safe

_CLASSES = {"text": "character", "category": "character", "count": "integer", "number": "numeric"}


@contextmanager
def writing(table: TidyTable, path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Write the script that reads ``<table>.csv``, which holds the rows, into a data frame named after the table."""
    name = table.name
    columns = [(formula_safe(entry.name), _CLASSES[entry.kind]) for entry in table.variables]
    classes = ",\n  ".join(f"{quoted(column)} = {quoted(kind)}" for column, kind in columns)
    lines = [
        f"# {table.title}. codebook.csv describes every column.",
        f'# Usage: source("{name}.R", chdir = TRUE)',
        f"{name} <- read.csv(",
        f'  "{name}.csv", fileEncoding = "UTF-8", na.strings = "", quote = "\\"", comment.char = "",',
        "  check.names = FALSE, stringsAsFactors = FALSE,",
        f"  colClasses = c({classes})",
        ")",
    ]
    if any(column != entry.name for (column, _), entry in zip(columns, table.variables, strict=True)):
        lines.append(f"names({name}) <- c({', '.join(quoted(entry.name) for entry in table.variables)})")
    for entry in table.variables:
        lines += _without_apostrophes(name, entry, table)
        lines += _factor(name, entry)
        lines.append(f'attr({name}[[{quoted(entry.name)}]], "label") <- {quoted(entry.full_label)}')
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    yield lambda _piece: None


def quoted(text: str) -> str:
    r"""Return a text as an R string literal in ASCII, so that no encoding can corrupt it.

    Examples
    --------
    >>> print(quoted('Béla "T" \\'))
    "B\u00e9la \"T\" \\"
    """

    def escaped(found: re.Match[str]) -> str:
        code = ord(found[0])
        if found[0] in ('"', "\\"):
            return f"\\{found[0]}"
        return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

    return '"' + re.sub(r'["\\]|[^ -~]', escaped, text) + '"'


def _without_apostrophes(name: str, entry: Variable, table: TidyTable) -> list[str]:
    """Return the line that removes the apostrophes added for spreadsheets, if any text has one."""
    texts = table.texts(entry) if entry.kind == "text" else [category.text for category in entry.categories]
    if all(formula_safe(text) == text for text in texts):
        return []
    column = f"{name}[[{quoted(entry.name)}]]"
    pattern = quoted("^'('*[[:space:]]*[-=+@])")
    return [f"{column} <- sub({pattern}, {quoted(chr(92) + '1')}, {column})"]


def _factor(table: str, entry: Variable) -> list[str]:
    """Return the lines that turn a category, or the film, into a factor."""
    column = f"{table}[[{quoted(entry.name)}]]"
    if entry.name == "film":
        return [f"{column} <- factor({column}, levels = unique({column}))"]
    if entry.kind != "category":
        return []
    levels = ",\n  ".join(quoted(category.text) for category in entry.categories)
    order = "TRUE" if entry.ordered else "FALSE"
    return [f"{column} <- factor({column}, levels = c(\n  {levels}\n), ordered = {order})"]
