"""Viewers' ratings of clips: one row per viewer and clip, or one row per clip with the viewers' means.

Conventions
-----------
A *rating* is a column of numbers that viewers gave to clips, such as hedonic tone, tense arousal or narrative
engagement; it is named after the column. A *composed* rating is the mean of several columns, its items, some of which
may be reversed; it is missing if any item is. Unusable rows and cells that are not ratings are left out and listed as
problems. Rows are numbered as in a spreadsheet, with the header as row 1.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from authorship.viewers.clips import ID_NAMES
from authorship.viewers.problems import Problem, Problems
from authorship.viewers.screening import MOSTLY, odd_viewers, within_limits, without_strangers
from authorship.viewers.sources import read_source, to_names, to_numbers
from shotscale.errors import OptionError, TableError
from shotscale.files import sha256
from shotscale.numerals import counted, some_of

VIEWER_NAMES: tuple[str, ...] = (
    *("viewer", "viewer_id", "participant", "participant_id", "subject", "subject_id", "respondent"),
    *("respondent_id", "rater", "rater_id", "person", "user", "user_id", "pid", "responseid", "prolific_pid"),
)
"""Columns recognized as the viewer's name, in order of preference; case is ignored."""

_ITEM = re.compile(r"\s*(-?)\s*(.+?)\s*")


@dataclass(frozen=True, slots=True)
class RatingOptions:
    """How to read a table of ratings: its columns of clips, viewers and ratings.

    By default known names are used (`ID_NAMES`, `VIEWER_NAMES`), and ratings are all numeric columns that vary both
    within viewers and within clips. Values outside `limits` are left out; `composed` holds each composed rating's
    items, with ``-`` before a reversed one; `keep` names columns that describe clips and are needed later (a group).
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
                f"range {self.limits[0]:g} to {self.limits[1]:g}: the lower end comes first; swap the two"
            )
        for name, items in self.composed.items():
            if len(items) < 2:
                raise OptionError(f"scale {name}: {len(items)} item; a composed rating has two or more; name them")
            if self.limits is None and any(item.startswith("-") for item in items):
                raise OptionError(f"scale {name}: reversing an item takes the ends of its scale; give --range LOW HIGH")

    @property
    def asked(self) -> bool:
        """Whether the ratings are named rather than detected."""
        return self.ratings is not None or bool(self.composed)


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings as read and checked: one row per viewer and clip (`by_viewer`), or one row of means per clip.

    Missing ratings are NaN. `items` are those of composed ratings, with reversed items already flipped, and `facts` the
    kept columns; both have the rows of `table`.
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
    """Read a table of ratings: CSV with any delimiter, decimal comma or point; Excel, SPSS, Stata, Parquet."""
    options, problems = options or RatingOptions(), Problems()
    raw = read_source(path)
    clip = _named(raw, options.clip, ID_NAMES, "--clip", path)
    viewer = _named(raw, options.viewer, [name for name in VIEWER_NAMES if name != clip], "--viewer", path)
    if clip is None:
        raise TableError(
            f"{path}: no column names the clips ({some_of(raw.columns)}); say which with --clip COLUMN, or if each "
            "clip has a column of its own, turn the table into one row per viewer and clip"
        )
    table = _identified(raw, {"clip": clip, **({} if viewer is None else {"viewer": viewer})}, problems)
    raw = raw.set_axis(pd.RangeIndex(2, len(raw) + 2), axis=0).loc[table.index]
    numbers = _numbers(raw, _wanted(raw, options, {clip, viewer}, path), options, problems, path)
    if not options.asked:
        numbers = without_strangers(numbers, table, options.limits, problems)
    for name in numbers:
        numbers[name] = within_limits(numbers[name], options.limits, problems)
    items = {name: _items(numbers, parts, options) for name, parts in options.composed.items()}
    ratings = numbers[list(dict.fromkeys(options.ratings or ()) if options.asked else numbers.columns)]
    ratings = ratings.assign(**{name: parts.mean(axis="columns", skipna=False) for name, parts in items.items()})
    ratings = _without_constant(ratings, problems, path)
    frames = {"": ratings, **{name: parts for name, parts in items.items() if name in ratings}}
    table, frames = _once(table, frames, problems, path)
    ratings = frames.pop("")
    table = table.join(ratings)
    if viewer is not None:
        odd_viewers(table, list(ratings.columns), problems)
    kept = raw.loc[table.index, [name for name in options.keep if name in raw]]
    return Ratings(
        table, tuple(ratings.columns), viewer is not None, frames, kept, tuple(problems), path.name, sha256(path)
    )


def _named(raw: pd.DataFrame, given: str | None, usual: Sequence[str], option: str, path: Path) -> str | None:
    if given is not None and given not in raw.columns:
        raise OptionError(f"{option} {given}: no column of {path} ({some_of(raw.columns)}); name one that is there")
    return given or next((name for wanted in usual for name in raw.columns if name.casefold() == wanted), None)


def _identified(raw: pd.DataFrame, named: Mapping[str, str], problems: Problems) -> pd.DataFrame:
    """Return the clip and viewer names of the rows that have both, indexed by row number."""
    names = {column: to_names(raw[name]) for column, name in named.items()}
    table = pd.DataFrame(names, index=pd.RangeIndex(2, len(raw) + 2), dtype=object)
    for column, name in named.items():
        lacking = table.index[table[column].isna()]
        if len(lacking):
            problems.add(f"row without {column}", name, len(lacking), rows=some_of(lacking))
    return table.dropna()


def _wanted(raw: pd.DataFrame, options: RatingOptions, taken: set[str | None], path: Path) -> list[str]:
    """Return the columns to be read as numbers."""
    items = [_parsed(item)[1] for parts in options.composed.values() for item in parts]
    wanted = list(dict.fromkeys([*(options.ratings or ()), *items]))
    for name in wanted:
        if name not in raw.columns:
            raise OptionError(f"rating {name}: no column of {path} ({some_of(raw.columns)}); name one that is there")
    for name in options.composed:
        if name in raw.columns:
            raise OptionError(f"scale {name}: {path} has a column of that name; choose another for the composed rating")
    return wanted if options.asked else [name for name in raw.columns if name not in {*taken, *options.keep}]


def _numbers(
    raw: pd.DataFrame, wanted: list[str], options: RatingOptions, problems: Problems, path: Path
) -> pd.DataFrame:
    columns = {}
    for name in wanted:
        values, wrong = to_numbers(raw[name])
        n_there = int((~np.isnan(values)).sum())
        if not n_there and options.asked:
            raise TableError(f"{path}: {name} holds no numbers; ratings are numbers; name other columns")
        if not n_there or (not options.asked and n_there < MOSTLY * (n_there + wrong.sum())):
            problems.add("column without numbers", name)
            continue
        if wrong.any():
            rows = raw.index[wrong]
            shown = some_of((f"{raw.loc[row, name]!r} in row {row}" for row in rows), most=3)
            problems.add("value that is no number", name, len(rows), where=f": {shown}")
        columns[name] = values
    if not columns:
        raise TableError(f"{path}: no column holds numbers beside the names; a table of ratings needs one; add it")
    return pd.DataFrame(columns, index=raw.index)


def _items(numbers: pd.DataFrame, parts: Sequence[str], options: RatingOptions) -> pd.DataFrame:
    """Return the items of a composed rating, with reversed items flipped."""
    ends = sum(options.limits or ())
    return pd.DataFrame(
        {name: ends - numbers[name] if turned else numbers[name] for turned, name in map(_parsed, parts)}
    )


def _parsed(item: str) -> tuple[bool, str]:
    found = _ITEM.fullmatch(item)
    if found is None:
        raise OptionError(f"item {item!r}: has no name; name a column, with - before it if it is reversed")
    return bool(found[1]), found[2]


def _without_constant(ratings: pd.DataFrame, problems: Problems, path: Path) -> pd.DataFrame:
    constant = [name for name in ratings if ratings[name].nunique() < 2]
    for name in constant:
        problems.add("constant column", name, int(ratings[name].notna().sum()))
    if len(constant) == ratings.shape[1]:
        raise TableError(f"{path}: no column is a rating that varies ({some_of(constant)}); name one with --rating")
    return ratings.drop(columns=constant)


def _once(
    table: pd.DataFrame, frames: Mapping[str, pd.DataFrame], problems: Problems, path: Path
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Merge rows for the same viewer and clip into one with their means; `frames` are ratings, then items."""
    again = table.duplicated(keep=False)
    if again.any() and "viewer" not in table:
        name = table.loc[again, "clip"].iloc[0]
        n = int((table["clip"] == name).sum())
        raise TableError(
            f"{path}: clip {name} is in {counted(n, 'row')}, but no column names the viewers; name one with "
            "--viewer COLUMN, or give one row per clip"
        )
    for (clip, viewer), rows in table[again].groupby(list(table), sort=False):
        same = len(frames[""].loc[rows.index].drop_duplicates()) == 1
        how = "the same" if same else "unlike ratings, averaged"
        problems.add("clip rated twice by a viewer", clip, len(rows), viewer=viewer, rows=some_of(rows.index), how=how)
    first, keys = ~table.duplicated(), [table[key] for key in table]
    means = {name: frame.groupby(keys, sort=False).transform("mean")[first] for name, frame in frames.items()}
    return table[first], means
