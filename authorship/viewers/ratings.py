"""Viewers' ratings of clips: one row per viewer and clip, or one row per clip with the viewers' means.

Conventions
-----------
A *rating* is a column of numbers that viewers gave to clips: hedonic tone, tense arousal, narrative engagement. Its
name is the column's. A *composed* rating is the mean of several columns, its items, of which some may be reversed; its
value is missing where any item is. Rows that cannot be used and cells that are no rating are left out, and each is in
the list of problems. Rows are numbered as in a spreadsheet, the header being row 1.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from authorship.viewers.clips import ID_NAMES
from authorship.viewers.problems import Problem, some_of
from authorship.viewers.screening import MOSTLY, odd_viewers, within_limits, without_strangers
from authorship.viewers.sources import read_source, to_names, to_numbers
from shotscale.errors import OptionError, TableError
from shotscale.files import sha256

__all__ = ["VIEWER_NAMES", "RatingOptions", "Ratings", "read_ratings"]

VIEWER_NAMES: tuple[str, ...] = (
    *("viewer", "viewer_id", "participant", "participant_id", "subject", "subject_id", "respondent"),
    *("respondent_id", "rater", "rater_id", "person", "user", "user_id", "pid", "responseid", "prolific_pid"),
)
"""Columns that are taken for the viewer's name, in this order, in whatever case."""

_ITEM = re.compile(r"\s*(-?)\s*(.+?)\s*")


@dataclass(frozen=True, slots=True)
class RatingOptions:
    """How a table of ratings is to be read: its columns of clips, viewers and ratings.

    By default known names are looked for (`ID_NAMES`, `VIEWER_NAMES`), and ratings are all columns that hold numbers
    and vary both within viewers and within clips. What lies outside `limits` is left out; `composed` ratings are of
    items, ``-`` before a reversed one; columns to `keep` describe clips and are wanted later (a group).
    """

    clip: str | None = None
    viewer: str | None = None
    ratings: Sequence[str] | None = None
    limits: tuple[float, float] | None = None
    composed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    keep: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.limits is not None and not self.limits[0] < self.limits[1]:
            raise OptionError(
                f"range {self.limits[0]:g} to {self.limits[1]:g}: the lower end comes first; turn it round"
            )
        for name, items in self.composed.items():
            if len(items) < 2:
                raise OptionError(f"scale {name}: {len(items)} item; a composed rating has two or more; name them")
            if self.limits is None and any(item.startswith("-") for item in items):
                raise OptionError(f"scale {name}: reversing an item takes the ends of its scale; give --range LOW HIGH")


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings that were read and checked, a row for each viewer (`by_viewer`) and clip, or for a clip's means.

    Missing ones are NaN. `items` are those of composed ratings, turned round where reversed, and `facts` the kept
    columns, both by the rows of `table`.
    """

    table: pd.DataFrame
    names: tuple[str, ...]
    by_viewer: bool
    items: Mapping[str, pd.DataFrame]
    facts: pd.DataFrame
    problems: tuple[Problem, ...]
    source: str
    checksum: str


def read_ratings(path: Path, options: RatingOptions | None = None) -> Ratings:
    """Read a table of ratings: CSV with any delimiter, decimal comma or point; SPSS, Stata, Parquet."""
    options = options or RatingOptions()
    raw = read_source(path)
    clip = _named(raw, options.clip, ID_NAMES, "--clip", path)
    viewer = _named(raw, options.viewer, tuple(name for name in VIEWER_NAMES if name != clip), "--viewer", path)
    if clip is None:
        raise TableError(f"{path}: no column names the clips ({some_of(raw.columns)}); say which with --clip COLUMN")
    problems: list[Problem] = []
    raw, table = _identified(raw, clip, viewer, problems)
    wanted = _wanted(raw, options, {clip, viewer, *options.keep}, path)
    numbers = _numbers(raw, wanted, options, problems, path)
    if options.ratings is None and not options.composed:
        numbers = without_strangers(numbers, table, options.limits, problems)
    columns = {name: within_limits(numbers[name], options.limits, problems) for name in numbers.columns}
    numbers = pd.DataFrame(columns, index=raw.index)
    items = {name: _items(numbers, parts, options) for name, parts in options.composed.items()}
    names = [] if options.composed else list(numbers.columns)
    names = names if options.ratings is None else list(dict.fromkeys(options.ratings))
    table = pd.concat([table, numbers[names]], axis="columns")
    for name, parts in items.items():
        table[name] = parts.mean(axis="columns", skipna=False)
    names = [*names, *items]
    table, names = _without_constant(table, names, problems, path)
    kept = raw[[name for name in options.keep if name in raw.columns]]
    table, items, kept = _once(table, names, items, kept, problems, path, by_viewer=viewer is not None)
    if viewer is not None:
        problems += odd_viewers(table, names)
    return Ratings(table, tuple(names), viewer is not None, items, kept, tuple(problems), path.name, sha256(path))


def _named(raw: pd.DataFrame, given: str | None, usual: Sequence[str], option: str, path: Path) -> str | None:
    if given is not None:
        if given not in raw.columns:
            raise OptionError(f"{option} {given}: no column of {path} ({some_of(raw.columns)}); name one that is there")
        return given
    return next((name for wanted in usual for name in raw.columns if name.casefold() == wanted), None)


def _identified(
    raw: pd.DataFrame, clip: str, viewer: str | None, problems: list[Problem]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out rows that name no clip or no viewer; keep the others' row numbers as the index."""
    raw = raw.set_axis(pd.RangeIndex(2, len(raw) + 2), axis=0)
    table = pd.DataFrame({"clip": to_names(raw[clip])}, index=raw.index, dtype=object)
    if viewer is not None:
        table["viewer"] = pd.Series(to_names(raw[viewer]), index=raw.index, dtype=object)
    for column, name in (("clip", clip), ("viewer", viewer)):
        if name is None:
            continue
        lacking = table.index[table[column].isna()]
        if len(lacking):
            said = f"no {name} in rows {some_of(lacking)}"
            problems.append(Problem(f"row without {column}", "left out", said, name, len(lacking)))
    whole = table.notna().all(axis="columns")
    return raw[whole], table[whole]


def _wanted(raw: pd.DataFrame, options: RatingOptions, taken: set[str | None], path: Path) -> list[str]:
    """Return the columns to be read as numbers."""
    items = [_parsed(item)[1] for parts in options.composed.values() for item in parts]
    given = list(options.ratings) if options.ratings is not None else []
    for name in (*given, *items):
        if name not in raw.columns:
            raise OptionError(f"rating {name}: no column of {path} ({some_of(raw.columns)}); name one that is there")
    for name in options.composed:
        if name in raw.columns:
            raise OptionError(f"scale {name}: {path} has a column of that name; choose another for the composed rating")
    if options.ratings is not None or options.composed:
        return list(dict.fromkeys([*given, *items]))
    return [name for name in raw.columns if name not in taken]


def _numbers(
    raw: pd.DataFrame, wanted: list[str], options: RatingOptions, problems: list[Problem], path: Path
) -> pd.DataFrame:
    asked = options.ratings is not None or bool(options.composed)
    columns = {}
    for name in wanted:
        values, wrong = to_numbers(raw[name])
        n_there = int((~np.isnan(values)).sum())
        if n_there == 0 or (not asked and n_there < MOSTLY * (n_there + wrong.sum())):
            if asked:
                raise TableError(f"{path}: {name} holds no number; a rating is a number; name other columns")
            problems.append(Problem("column without numbers", "left out", f"{name} is not numeric: no rating", name))
            continue
        if wrong.any():
            rows = raw.index[wrong]
            shown = some_of((f"{raw.loc[row, name]!r} in row {row}" for row in rows), most=3)
            said = f"{name} is no number: {shown}"
            problems.append(Problem("value that is no number", "left out", said, name, len(rows)))
        columns[name] = values
    if not columns:
        raise TableError(f"{path}: no column holds numbers beside the names; a table of ratings needs one; add it")
    return pd.DataFrame(columns, index=raw.index)


def _items(numbers: pd.DataFrame, parts: Sequence[str], options: RatingOptions) -> pd.DataFrame:
    columns = {}
    for part in parts:
        turned, name = _parsed(part)
        values = numbers[name]
        columns[name] = sum(options.limits) - values if turned and options.limits is not None else values
    return pd.DataFrame(columns, index=numbers.index)


def _parsed(item: str) -> tuple[bool, str]:
    found = _ITEM.fullmatch(item)
    if found is None:
        raise OptionError(f"item {item!r}: has no name; name a column, with - before it if it is reversed")
    return bool(found[1]), found[2]


def _without_constant(
    table: pd.DataFrame, names: list[str], problems: list[Problem], path: Path
) -> tuple[pd.DataFrame, list[str]]:
    constant = [name for name in names if table[name].nunique() < 2]
    for name in constant:
        said = f"{name} has the same value in every row: nothing to relate"
        problems.append(Problem("constant column", "left out", said, name, int(table[name].notna().sum())))
    kept = [name for name in names if name not in constant]
    if not kept:
        raise TableError(f"{path}: no column is a rating that varies ({some_of(constant)}); name one with --rating")
    return table.drop(columns=constant), kept


def _once(  # noqa: PLR0917 - one caller
    table: pd.DataFrame,
    names: list[str],
    items: Mapping[str, pd.DataFrame],
    kept: pd.DataFrame,
    problems: list[Problem],
    path: Path,
    *,
    by_viewer: bool,
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame], pd.DataFrame]:
    """Make of rows for one viewer and clip a single one with their means."""
    keys = ["clip", "viewer"] if by_viewer else ["clip"]
    again = table.duplicated(keys, keep=False)
    items = {name: parts for name, parts in items.items() if name in names}
    if not again.any():
        return table, items, kept
    if not by_viewer:
        name = table.loc[again, "clip"].iloc[0]
        n = int((table["clip"] == name).sum())
        raise TableError(
            f"{path}: clip {name} stands in {n} rows and no column names the viewers; name it with --viewer COLUMN, or "
            "give one row per clip"
        )
    for (clip, viewer), rows in table[again].groupby(keys, sort=False):
        same = not rows.duplicated(names).iloc[0] and bool(rows.duplicated(names).iloc[1:].all())
        how = "the same" if same else "unlike ratings, averaged"
        said = f"viewer {viewer} rated clip {clip} in rows {some_of(rows.index)} ({how}): counted once"
        problems.append(Problem("clip rated twice by a viewer", "changed", said, str(clip), len(rows)))
    first = ~table.duplicated(keys)
    means = table.groupby(keys, sort=False)[names].transform("mean")
    grouped = [table[key] for key in keys]
    items = {name: parts.groupby(grouped, sort=False).transform("mean")[first] for name, parts in items.items()}
    return table.assign(**{name: means[name] for name in names})[first], items, kept[first]
