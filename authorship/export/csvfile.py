"""CSV, readable by every program: UTF-8, categories as text, an empty field for a missing value.

Text that a spreadsheet would take for a formula, such as '=1+1', is prefixed by an apostrophe (`shotscale.formulas`).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from authorship.export.variables import TidyTable
from shotscale.formulas import formula_safe


@contextmanager
def writing(table: TidyTable, path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Open a file for a table's pieces; numbers have enough digits to be read back exactly."""
    with path.open("w", encoding="utf-8", newline="") as stream:

        def add(rows: pd.DataFrame, *, header: bool = False) -> None:
            rows.to_csv(stream, index=False, header=header, lineterminator="\n")

        add(pd.DataFrame(columns=[formula_safe(variable.name) for variable in table.variables]), header=True)
        written = [variable.name for variable in table.of_kind("text", "category")]
        yield lambda piece: add(texts_safe(table.readable(piece), written))


def texts_safe(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Prefix texts that a spreadsheet would take for formulas, in place; return the table."""
    for name in columns:
        frame[name] = frame[name].astype(object).map(formula_safe, na_action="ignore")
    return frame
