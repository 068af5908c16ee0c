"""Check the columns of a table; an error names the first row that breaks a rule."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import TableError


def require_columns(table: pd.DataFrame, columns: Sequence[str], source: str) -> None:
    """Raise `TableError` if a table lacks any of the columns."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        have = ", ".join(map(str, table.columns)) or "none"
        raise TableError(f"{source}: lacks the column {missing[0]}; it has {have}; add the column or rename one")


def numbers(values: pd.Series, source: str) -> "pd.Series[float]":
    """Convert a column to finite floats, lengths of time to seconds, or raise `TableError` with the first that is none.

    Examples
    --------
    >>> numbers(pd.Series(pd.to_timedelta([0, 1500], unit="ms"), name="start"), "shots").tolist()
    [0.0, 1.5]
    """
    if pd.api.types.is_timedelta64_dtype(values):
        values = values.dt.total_seconds()
    found = pd.to_numeric(values, errors="coerce").astype(np.float64)
    refuse_rows(~np.isfinite(found.to_numpy()), values, source, "a finite number is needed")
    return found


def refuse_rows(wrong: npt.NDArray[np.bool_], values: pd.Series, source: str, rule: str) -> None:
    """Raise `TableError` with the first wrong value of a column and the rule that it breaks, if there is one."""
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise TableError(f"{source}: {values.name} = {values.iloc[row]} in row {row + 1}: {rule}; correct the row")
