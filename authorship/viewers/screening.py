"""Screen a table of ratings for columns that are not ratings and for implausible values.

Columns and values that cannot be ratings are left out, odd ones are kept and noted; each becomes a `Problem`. The
tables' index holds row numbers, which the messages name.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.viewers.problems import Problem, some_of

__all__ = ["MOSTLY", "odd_viewers", "within_limits", "without_strangers"]

Array = npt.NDArray[np.float64]

MOSTLY = 0.8
"""A column of which a smaller share are numbers is no rating unless someone asks for it: answers may be missing, and
a code or remark may stand among them, but not in one of five."""

_FEW_CLIPS = 3  # a viewer of one or two shows no differences between clips
_ENOUGH_TO_VARY = 5  # clips; on a scale of seven, five equal answers by chance are rare


def without_strangers(
    numbers: pd.DataFrame, table: pd.DataFrame, limits: tuple[float, float] | None, problems: list[Problem]
) -> pd.DataFrame:
    """Leave out columns that nobody asked for and that describe the viewer (age), the clip (its year) or neither."""
    dropped = []
    for name in numbers.columns:
        unit = _described(numbers[name], table)
        if unit is not None:
            other = "clip" if unit == "viewer" else "viewer"
            said = (
                f"{name} is the same whatever the {other}: it describes the {unit} and is no rating; --rating takes it"
            )
            problems.append(Problem(f"column that describes the {unit}", "left out", said, name))
            dropped.append(name)
        elif limits is not None and not numbers[name].dropna().between(*limits).mean() >= MOSTLY / 2:
            low, high = limits
            said = f"{name} lies mostly outside {low:g} to {high:g}, so it is no rating; --rating takes it"
            problems.append(Problem("column out of range", "left out", said, name))
            dropped.append(name)
    return numbers.drop(columns=dropped)


def _described(values: pd.Series, table: pd.DataFrame) -> str | None:
    """Return what a column describes: it is the same in all of a viewer's, or a clip's, several rows."""
    for unit in ("viewer", "clip"):
        if unit not in table or values.nunique() < 2:
            continue
        repeated = table.groupby(unit)[unit].transform("size") > 1
        several = values[repeated].groupby(table.loc[repeated, unit]).nunique()
        if len(several) and int(several.max()) < 2 and "viewer" in table:
            return unit
    return None


def within_limits(
    values: "pd.Series[float]", limits: tuple[float, float] | None, problems: list[Problem]
) -> "pd.Series[float]":
    """Leave out what lies outside the scale, or say what looks like a code for a missing value."""
    name = str(values.name)
    if limits is not None:
        low, high = limits
        outside = values[(values < low) | (values > high)]
        if len(outside):
            shown = some_of((f"{value:g} in row {row}" for row, value in outside.items()), most=3)
            said = f"{name} lies outside {low:g} to {high:g}: {shown}"
            problems.append(Problem("value out of range", "left out", said, name, len(outside)))
        return values.mask(values.index.isin(outside.index))
    for value in _far_out(np.asarray(values.dropna(), np.float64)):
        rows = values.index[values == value]
        said = f"{name} is {value:g} in row {some_of(rows, most=3)}, far from its other values: then give --range"
        problems.append(Problem("unlikely value", "noted", said, name, len(rows)))
    return values


def _far_out(known: Array) -> list[float]:
    """Return values that lie farther from the next one than all others span: slips, or codes for a missing value.

    Examples
    --------
    >>> _far_out(np.array([1.0, 2.0, 5.0, 7.0, 99.0, -9.0, 7.0]))
    [99.0, -9.0]
    """
    left = np.unique(known).tolist()
    found: list[float] = []
    while len(left) > 3:
        above, below = left[-1] - left[-2], left[1] - left[0]
        if above > max(left[-2] - left[0], 1.0):
            found.append(left.pop())
        elif below > max(left[-1] - left[1], 1.0):
            found.append(left.pop(0))
        else:
            break
    return found


def odd_viewers(table: pd.DataFrame, names: list[str]) -> list[Problem]:
    """List viewers of few clips, and those who gave the same answer to everything."""
    rated = table.dropna(subset=names, how="all").groupby("viewer")
    n_clips = rated.size()
    problems = []
    few = n_clips[n_clips < _FEW_CLIPS]
    if len(few):
        said = f"viewers with one or two clips: {some_of(few.index)}; they say little on what tells clips apart"
        problems.append(Problem("viewer of few clips", "noted", said, n_rows=int(few.sum())))
    same = rated[names].nunique().max(axis="columns")
    flat = [viewer for viewer in n_clips.index if n_clips[viewer] >= _ENOUGH_TO_VARY and same[viewer] == 1]
    if flat:
        said = f"viewers who gave one answer to every clip: {some_of(flat)}"
        problems.append(Problem("viewer who never varies", "noted", said, n_rows=int(n_clips[flat].sum())))
    return problems
