"""Stata ``.dta`` (format 118, Stata 14 and later, UTF-8): labels for variables and codes, missing values.

It is written by pandas, so no other library is needed. A text of more than 2045 bytes becomes a strL.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from authorship.export.naming import stata_names
from authorship.export.row_limit import check_rows, gathering
from authorship.export.variables import TidyTable
from shotscale.errors import TableError
from shotscale.numerals import counted

_LABEL_LETTERS = 80  # Stata's limit
_MOST_VARIABLES = 2048
"""Limit of Stata/BE, the smallest edition."""


def check(table: TidyTable) -> None:
    """Refuse more rows than fit in memory, and more variables than the smallest edition of Stata opens."""
    check_rows(table, program="Stata")
    if len(table.variables) > _MOST_VARIABLES:
        raise TableError(
            f"{table.name}: {counted(len(table.variables), 'variable')}; Stata/BE opens {_MOST_VARIABLES:,}; drop "
            "columns from films.csv, or export csv or parquet"
        )


@gathering
def writing(table: TidyTable, path: Path, frame: pd.DataFrame) -> None:
    """Write a table with its labels."""
    given = [entry.name for entry in table.variables]
    names = dict(zip(given, stata_names(given), strict=True))
    frame = frame.rename(columns=names)
    for entry in table.variables:
        name = names[entry.name]
        if entry.kind == "text":
            frame[name] = frame[name].astype(object).where(frame[name].notna(), "")
        elif entry.kind == "number":
            numbers = frame[name].to_numpy(np.float64)
            frame[name] = np.where(np.isfinite(numbers), numbers, np.nan)
    values: dict[Any, dict[float, str]] = {
        names[entry.name]: {float(category.code): category.label for category in entry.categories}
        for entry in table.of_kind("category")
        if entry.categories
    }
    frame.to_stata(
        path,
        write_index=False,
        version=118,
        data_label=table.title[:_LABEL_LETTERS],
        variable_labels={names[entry.name]: entry.full_label[:_LABEL_LETTERS] for entry in table.variables},
        value_labels=values,
    )
