"""How shots begin, by the columns of the project's own tables: kind, confidence and transition.

Conventions
-----------
The project's own table has all of these columns, and a value that none of its programs writes is an error. Another
program's table may use the same words for something else: a column is then read only if every value can be ours.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from shotscale.errors import TableError
from shotscale.shotlists.rows import Sheet, heading
from shotscale.shotlists.series import Seconds
from shotscale.tables import SHOT_COLUMNS, validate_shots

HEADINGS = {heading(name): name for name in SHOT_COLUMNS[2:]}
"""The columns by their normalized header."""

_TOGETHER = (("kind",), ("confidence",), ("transition_start", "transition_end"))
_ROUNDING = 1e-6  # seconds: tables are written with six decimals


def beginnings(sheet: Sheet, places: Mapping[str, int], starts: Seconds, *, own: bool) -> pd.DataFrame:
    """Return how n shots begin: those of the columns in `HEADINGS` that a table has and that can be read.

    `places` are the columns' indices by normalized header; `own` says whether this package wrote the table.
    """
    found = pd.DataFrame(index=range(len(starts)))
    if len(sheet.rows) != len(starts):
        return found
    texts = {name: [*map(str.casefold, sheet.cells(places[head]))] for head, name in HEADINGS.items() if head in places}
    for names in _TOGETHER:
        given = {name: texts[name] for name in names if name in texts}
        try:
            columns = _checked(given, starts, str(sheet.path)) if given else None
        except TableError:
            if own:
                raise
            continue
        if columns is not None and (own or _are_ours(columns, starts)):
            found = found.join(columns)
    if "kind" in found and not own:  # editors call the film's beginning a cut, too
        found["kind"] = ["start", *found["kind"].tolist()[1:]]
    return found


def _checked(texts: Mapping[str, Sequence[str]], starts: Seconds, source: str) -> pd.DataFrame:
    """Convert columns to valid values of a shot table, or raise `TableError`."""
    n = len(starts)
    seconds = {"start": np.arange(n), "end": np.arange(1, n + 1)}  # any valid times will do
    return validate_shots(pd.DataFrame({**seconds, **texts}), source=source)[list(texts)]


def _are_ours(columns: pd.DataFrame, starts: Seconds) -> bool:
    """Return whether a shot starts within its transition, if transitions are given, as it does in our tables."""
    if not any(str(name).startswith("transition") for name in columns):
        return True
    if len(columns.columns) < 2:
        return False
    first, last = (columns[name].to_numpy() for name in _TOGETHER[2])
    return bool(((first <= starts + _ROUNDING) & (last >= starts - _ROUNDING)).all())
