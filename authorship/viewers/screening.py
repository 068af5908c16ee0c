"""Screen a table of ratings for columns that are not ratings and for implausible values.

Columns and values that cannot be ratings are left out; odd ones are kept and noted. The tables are indexed by row
number, which the messages name.
"""

import numpy as np
import pandas as pd

from authorship.viewers.problems import Problems
from shotscale.numerals import some_of

MOSTLY = 0.8
"""A column with a smaller share of numbers among its answers is not a rating unless it is named: a few answers may be
codes or remarks, but not one in five."""

_FEW_CLIPS = 3  # a viewer of one or two says little about differences between clips
_ENOUGH_TO_VARY = 5  # equal answers; on a seven-point scale, five by chance are rare

Limits = tuple[float, float] | None


def without_strangers(numbers: pd.DataFrame, table: pd.DataFrame, limits: Limits, problems: Problems) -> pd.DataFrame:
    """Drop columns that describe the viewer (age) or the clip (its year), or that lie mostly out of range."""
    dropped = []
    for name in numbers.columns:
        unit = _described(numbers[name], table)
        if unit is not None:
            problems.add(f"column that describes the {unit}", name)
            dropped.append(name)
        elif limits is not None and not numbers[name].dropna().between(*limits).mean() >= MOSTLY / 2:
            problems.add("column out of range", name, limits=_range(limits))
            dropped.append(name)
    return numbers.drop(columns=dropped)


def _range(limits: tuple[float, float]) -> str:
    return f"{limits[0]:g} to {limits[1]:g}"


def _described(values: pd.Series, table: pd.DataFrame) -> str | None:
    """Return ``viewer`` or ``clip`` if the column is constant over the rows of each; None otherwise."""
    if "viewer" not in table or values.nunique() < 2:
        return None
    once = values.groupby([table["viewer"], table["clip"]]).first()  # a row may be there twice
    for unit in ("viewer", "clip"):
        of_unit = once.groupby(level=unit)
        if len(once) - of_unit.ngroups >= _ENOUGH_TO_VARY and of_unit.nunique().max() < 2:
            return unit
    return None


def within_limits(values: "pd.Series[float]", limits: Limits, problems: Problems) -> "pd.Series[float]":
    """Drop values outside the scale or, without limits, report those that look like codes for missing values."""
    if limits is not None:
        outside = values[(values < limits[0]) | (values > limits[1])]
        if len(outside):
            shown = some_of((f"{value:g} in row {row}" for row, value in outside.items()), most=3)
            problems.add("value out of range", values.name, len(outside), limits=_range(limits), values=shown)
        return values.mask(values.index.isin(outside.index))
    for value in _far_out(np.unique(values.dropna()).tolist()):
        rows = values.index[values == value]
        problems.add("unlikely value", values.name, len(rows), value=value, rows=some_of(rows, most=3))
    return values


def _far_out(left: list[float]) -> list[float]:
    """Return values of a sorted list farther from the next than all others span: slips, or codes for missing values.

    Examples
    --------
    >>> _far_out([-9.0, 1.0, 2.0, 5.0, 7.0, 99.0])
    [99.0, -9.0]
    """
    found: list[float] = []
    while len(left) > 3:
        if left[-1] - left[-2] > max(left[-2] - left[0], 1.0):
            found.append(left.pop())
        elif left[1] - left[0] > max(left[-1] - left[1], 1.0):
            found.append(left.pop(0))
        else:
            break
    return found


def odd_viewers(table: pd.DataFrame, names: list[str], problems: Problems) -> None:
    """Report viewers of few clips, and viewers who gave the same answer to everything."""
    rated = table.dropna(subset=names, how="all").groupby("viewer")
    n_clips = rated.size()
    varies = rated[names].nunique().max(axis="columns") > 1
    few, flat = n_clips[n_clips < _FEW_CLIPS], n_clips[(n_clips >= _ENOUGH_TO_VARY) & ~varies]
    for kind, viewers in (("viewer of few clips", few), ("viewer who never varies", flat)):
        if len(viewers):
            problems.add(kind, "", int(viewers.sum()), viewers=some_of(viewers.index))
