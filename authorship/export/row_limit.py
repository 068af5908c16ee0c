"""Shared by formats whose libraries need the whole table: collect it, up to a maximum number of rows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pandas as pd

from authorship.export.variables import TidyTable, joined
from shotscale.errors import TableError
from shotscale.numerals import counted

MOST_ROWS = 2_000_000
"""Maximum rows of a table that is written as a whole: about 280 feature films of samples."""


def check_rows(table: TidyTable, *, program: str) -> None:
    """Refuse a table that would not fit into memory as a whole."""
    if table.n_rows > MOST_ROWS:
        raise TableError(
            f"{table.name}: {counted(table.n_rows, 'row')}; a table for {program} is made in memory and has at most "
            f"{MOST_ROWS:,}; export csv or "
            f"parquet{'' if table.name == 'features' else ', or features alone with --table features'}"
        )


@contextmanager
def gathering(write: Callable[[pd.DataFrame], None]) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Collect a table's pieces and write them together at the end."""
    pieces: list[pd.DataFrame] = []
    yield pieces.append
    write(joined(pieces))
