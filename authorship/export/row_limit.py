"""Shared by formats with limits: refuse what they cannot hold; collect a table whose library needs the whole."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

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


def check_texts(table: TidyTable, most: int, unit: str, holder: str, *, size: Callable[[str], int]) -> None:
    """Refuse a text longer than a format holds."""
    for variable in table.of_kind("text"):
        longest = max(map(size, table.texts(variable)), default=0)
        if longest > most:
            raise TableError(
                f"{table.name}: a text of {longest} {unit} in {variable.name}; {holder} holds {most}; shorten it, or "
                "export csv or parquet"
            )


def gathering(
    write: Callable[[TidyTable, Path, pd.DataFrame], None],
) -> Callable[[TidyTable, Path], AbstractContextManager[Callable[[pd.DataFrame], None]]]:
    """Make a function that writes a whole table one that collects its pieces and writes them together at the end."""

    @contextmanager
    def writing(table: TidyTable, path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
        pieces: list[pd.DataFrame] = []
        yield pieces.append
        write(table, path, joined(pieces))

    return writing
