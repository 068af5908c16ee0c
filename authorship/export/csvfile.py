"""CSV: what everything reads. UTF-8, categories by their text, an empty field for a missing value."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from authorship.export.variables import TidyTable

__all__ = ["writing"]


@contextmanager
def writing(table: TidyTable, path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Open a table for its pieces; numbers have as many digits as it takes to read the very same number back."""
    with path.open("w", encoding="utf-8", newline="") as stream:

        def add(rows: pd.DataFrame, *, header: bool = False) -> None:
            rows.to_csv(stream, index=False, header=header, lineterminator="\n")

        add(pd.DataFrame(columns=[variable.name for variable in table.variables]), header=True)
        yield lambda piece: add(table.readable(piece))
