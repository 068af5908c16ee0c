r"""ARFF for Weka: numeric and nominal attributes, ``?`` for a missing value, the codebook as comments.

Texts are nominal attributes, because most of Weka's classifiers, and scipy's reader, accept no string attributes.
Film names must not be learned from: remove the attribute ``film`` first. If the manifest names a director, that
attribute is last, where Weka looks for the class.

The format takes a few lines, and its library, liac-arff, has had no release since 2020 and is distributed only as
source; so it is written here, and read back in the tests by scipy and by R's foreign.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from authorship.export.variables import TidyTable, Variable

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@contextmanager
def writing(table: TidyTable, path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Open a file for a table's pieces; the director, if the manifest names one, is the last attribute."""
    order = sorted(table.variables, key=lambda entry: entry.name == "director")
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(f"% {table.title}\n% Remove the attribute film before learning.\n%\n")
        for entry in order:
            stream.write(f"% {_one_line(entry.name)}: {_one_line(entry.full_label)}; {_one_line(entry.definition)}\n")
        stream.write(f"\n@relation {table.name}\n\n")
        for entry in order:
            stream.write(f"@attribute {quoted(entry.name)} {_domain(entry, table)}\n")
        stream.write("\n@data\n")

        def add(piece: pd.DataFrame) -> None:
            frame = table.readable(piece)
            columns = [_fields(frame[entry.name], entry) for entry in order]
            stream.writelines(",".join(row) + "\n" for row in zip(*columns, strict=True))

        yield add


def quoted(text: str) -> str:
    r"""Return a name or nominal value, quoted if it holds anything except letters, digits and ``_ . -``.

    Examples
    --------
    >>> print(quoted("CU"), quoted("Ivan's film"), quoted(""))
    CU "Ivan's film" ''
    """
    if re.fullmatch(r"[\w][\w.\-]*", text) and text != "?":
        return text
    if "'" in text and not set(text) & {'"', "\\", "\n", "\r", "\t"}:
        return f'"{text}"'  # readers without support for escapes accept this too
    return "'" + "".join(_ESCAPES.get(letter, letter) for letter in text) + "'"


def _domain(entry: Variable, table: TidyTable) -> str:
    if entry.kind in ("number", "count"):
        return "numeric"
    texts = [value.text for value in entry.categories] if entry.kind == "category" else table.texts(entry)
    return "{" + ",".join(map(quoted, texts)) + "}"


def _fields(values: pd.Series, entry: Variable) -> list[str]:
    if entry.kind in ("number", "count"):
        numbers = values.astype("Float64").to_numpy(np.float64, na_value=np.nan).tolist()
        return [repr(number) if np.isfinite(number) else "?" for number in numbers]
    return ["?" if pd.isna(value) else quoted(str(value)) for value in values]


def _one_line(text: str) -> str:
    return " ".join(text.split())
