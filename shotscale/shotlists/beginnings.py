"""How shots begin, by the columns of the project's own tables: kind, confidence and transition.

Conventions
-----------
The project's own table has all of these columns, and a value that none of its programs writes is an error. Another
program's table may use the same words for something else: a column is then read only if every value can be ours.
"""

from collections.abc import Mapping

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
    any_times = {"start": np.arange(len(starts)), "end": np.arange(1, len(starts) + 1)}
    for names in _TOGETHER:
        cells = {name: sheet.cells(places[head]) for name in names if (head := heading(name)) in places}
        if not cells:
            continue
        texts = {name: [*map(str.casefold, its)] for name, its in cells.items()}
        try:
            columns = validate_shots(pd.DataFrame({**any_times, **texts}), source=str(sheet.path))[list(texts)]
        except TableError:
            if own:
                raise
            continue
        if own or _are_ours(columns, starts):
            found = found.join(columns)
    if "kind" in found and not own:  # editors call the film's beginning a cut, too
        found["kind"] = ["start", *found["kind"].tolist()[1:]]
    return found


def _are_ours(columns: pd.DataFrame, starts: Seconds) -> bool:
    """Return whether a shot starts within its transition, if transitions are given, as it does in our tables."""
    first, last = (columns.get(name) for name in _TOGETHER[2])
    if first is None or last is None:
        return first is None and last is None
    return bool(((first <= starts + _ROUNDING) & (last >= starts - _ROUNDING)).all())
