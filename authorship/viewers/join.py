"""Join ratings and clips by the clips' names.

Conventions
-----------
Names are first matched exactly. Names left over on both sides are then compared ignoring case, folder, the suffix of a
film file, and differences between space, ``_`` and ``-``, and joined if the match is unambiguous. Every clip and every
rated name without a match is in the list of problems.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.viewers.association import FEWEST_CLIPS
from authorship.viewers.clips import Clips
from authorship.viewers.problems import Problem, Problems
from authorship.viewers.ratings import Ratings
from shotscale.errors import OptionError, TableError
from shotscale.filmpaths import FILM_SUFFIXES
from shotscale.numerals import counted, some_of

_FEW_VIEWERS = 3  # below this, one viewer decides the mean


@dataclass(frozen=True, eq=False)
class Study:
    """Clips that are both rated and measured; `clips` is as read, including those left out.

    `features` has one row per clip, index ``clip``, without columns that do not vary; `ratings` and `items` are as in
    `Ratings`, for these clips; `means` (of each rating over a clip's viewers) and `counts` have the same rows as
    `features`; `groups` says what clips have in common, such as the film they come from.
    """

    features: pd.DataFrame
    ratings: pd.DataFrame
    means: pd.DataFrame
    counts: pd.DataFrame
    names: tuple[str, ...]
    by_viewer: bool
    items: dict[str, pd.DataFrame]
    groups: "pd.Series[str] | None"
    clips: Clips
    problems: tuple[Problem, ...]
    source: str
    checksum: str

    @property
    def group_codes(self) -> npt.NDArray[np.int64] | None:
        """The group number of each clip; None if no two clips share a group."""
        if self.groups is None or self.groups.is_unique:
            return None
        return np.asarray(pd.factorize(self.groups)[0], np.int64)


def join_study(ratings: Ratings, clips: Clips, *, group: str | None = None) -> Study:
    """Join ratings to clips by name; `group` is a column of either that says which clips belong together."""
    problems = Problems([*ratings.problems, *clips.problems])
    rated, measured = list(ratings.table["clip"].unique()), [str(name) for name in clips.features.index]
    joined = ratings.table["clip"].map(_partners(rated, measured, problems))
    _list_strangers(ratings.table.loc[joined.isna(), "clip"], set(measured) - set(joined), measured, problems)
    there = joined.notna()
    table = ratings.table[there].assign(clip=joined[there])
    features = clips.features[clips.features.index.isin(table["clip"])]
    if len(features) < FEWEST_CLIPS:
        first, other = some_of(rated, most=2), some_of(measured, most=2)
        raise TableError(
            f"{ratings.source}: {counted(len(features), 'clip')} both rated and measured (rated: {first}; measured: "
            f"{other}); {FEWEST_CLIPS} are needed; the names on both sides must agree"
        )
    grouped = table.groupby("clip")[list(ratings.names)]
    means, counts = (part.reindex(features.index) for part in (grouped.mean(), grouped.count()))
    few = counts.min(axis="columns")[lambda least: least < _FEW_VIEWERS]
    if ratings.by_viewer and len(few):
        problems.add("clip of few viewers", "", int(few.sum()), least=_FEW_VIEWERS, clips=some_of(few.index))
    return Study(
        features=_varying(features, problems),
        ratings=table,
        means=means,
        counts=counts,
        names=ratings.names,
        by_viewer=ratings.by_viewer,
        items={name: parts[there] for name, parts in ratings.items.items()},
        groups=None if group is None else _groups(group, ratings, clips, table, features),
        clips=clips,
        problems=tuple(problems),
        source=ratings.source,
        checksum=ratings.checksum,
    )


def _partners(rated: list[str], measured: list[str], problems: Problems) -> dict[str, str]:
    """Return the matching clip of each rated name that has one."""
    partner = {name: name for name in rated if name in set(measured)}
    left_rated, left_measured = (
        _by_folded(name for name in names if name not in partner) for names in (rated, measured)
    )
    renamed = {
        names[0]: left_measured[key][0]
        for key, names in left_rated.items()
        if key and len(names) == len(left_measured[key]) == 1
    }
    if renamed:
        problems.add("name written otherwise", names=some_of(f"{name} = {clip}" for name, clip in renamed.items()))
    return {**partner, **renamed}


def _by_folded(names: Iterable[str]) -> defaultdict[str, list[str]]:
    """Group names by what is left of them without case, folder, film-file suffix and kinds of space."""
    found = defaultdict(list)
    for name in names:
        stem = re.split(r"[/\\]", name)[-1].casefold()
        for suffix in FILM_SUFFIXES:
            stem = stem.removesuffix(suffix)
        found[re.sub(r"[\s_\-]+", " ", stem).strip()].append(name)
    return found


def _list_strangers(lost: pd.Series, unrated: set[str], measured: list[str], problems: Problems) -> None:
    for name, n in lost.value_counts(sort=False).items():
        problems.add("ratings without a clip", name, int(n))
    for name in measured:
        if name in unrated:
            problems.add("clip without ratings", name)


def _varying(features: pd.DataFrame, problems: Problems) -> pd.DataFrame:
    """Drop features that do not vary, and list the clips for which a feature is missing."""
    dull = [str(name) for name in features.columns if features[name].nunique() < 2]
    for name in dull:
        what = "the same" if features[name].notna().any() else "missing"
        problems.add("feature without variation", name, what=what)
    kept = features.drop(columns=dull)
    if kept.columns.empty:
        raise TableError(f"features: none of {some_of(features.columns)} varies over the rated clips; name others")
    for name in kept.columns:
        lacking = kept.index[kept[name].isna()]
        if len(lacking):
            problems.add("feature not defined", name, n=len(lacking), clips=some_of(lacking))
    return kept


def _groups(
    group: str, ratings: Ratings, clips: Clips, table: pd.DataFrame, features: pd.DataFrame
) -> "pd.Series[str]":
    if group in clips.facts.columns:
        told = clips.facts[group].reindex(features.index)
    elif group in ratings.facts.columns:
        by_clip = ratings.facts.loc[table.index, group].groupby(table["clip"])
        unlike = by_clip.nunique()
        if (unlike > 1).any():
            raise TableError(
                f"{group}: clip {unlike.idxmax()} has several; a clip belongs to one group; correct the rows"
            )
        told = by_clip.first().reindex(features.index)
    else:
        raise OptionError(f"group {group}: no column of the ratings or the clips; name one that says what clips share")
    return told.astype(object).where(told.notna(), [f"clip {name}" for name in features.index]).astype(str)
