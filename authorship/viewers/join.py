"""Join ratings and clips by the clips' names.

Conventions
-----------
Names are compared as they stand first; then names that are left over on both sides are compared without case, folder,
the ending of a film file, and differences between space, ``_`` and ``-``, and joined where that leaves no doubt. Every
clip and every rated name that finds no partner is in the list of problems.
"""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.viewers.association import FEWEST_CLIPS
from authorship.viewers.clips import Clips
from authorship.viewers.problems import Problem, some_of
from authorship.viewers.ratings import Ratings
from shotscale.errors import OptionError, TableError
from shotscale.filmpaths import FILM_SUFFIXES

__all__ = ["Study", "join_study"]

_FEW_VIEWERS = 3  # below it one viewer decides the mean


@dataclass(frozen=True, eq=False)
class Study:
    """Clips that are both rated and measured; `clips` as they were read, the ones left out included.

    `features` have a row per clip, index ``clip``, without columns that do not vary; `ratings` and `items` are as in
    `Ratings`, of these clips; `means` of each rating over the viewers of a clip, with `counts`, have rows as
    `features`; `groups` are what keeps clips together (the film that they are from).
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
        """The groups as numbers, a clip each; None where no two clips share one."""
        if self.groups is None or self.groups.is_unique:
            return None
        return np.asarray(pd.factorize(self.groups)[0], np.int64)


def join_study(ratings: Ratings, clips: Clips, *, group: str | None = None) -> Study:
    """Join ratings to clips by name; `group` is a column of either that says which clips belong together."""
    problems = [*ratings.problems, *clips.problems]
    partner = _partners(
        list(dict.fromkeys(ratings.table["clip"])), [str(name) for name in clips.features.index], problems
    )
    joined = ratings.table["clip"].map(partner)
    _list_strangers(ratings, clips, joined, problems)
    there = joined.notna()
    table = ratings.table[there].assign(clip=joined[there])
    rated = set(table["clip"])
    features = clips.features[[name in rated for name in clips.features.index]]
    if len(features) < FEWEST_CLIPS:
        first, other = (
            some_of(dict.fromkeys(names), most=2) for names in (ratings.table["clip"], clips.features.index)
        )
        raise TableError(
            f"{ratings.source}: {len(features)} clips are both rated and measured (rated: {first}; measured: {other}); "
            f"{FEWEST_CLIPS} are needed; the names on both sides must agree"
        )
    grouped = table.groupby("clip")[list(ratings.names)]
    means, counts = (part.reindex(features.index) for part in (grouped.mean(), grouped.count()))
    if ratings.by_viewer:
        _list_few_viewers(counts, problems)
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


def _partners(rated: list[str], measured: list[str], problems: list[Problem]) -> dict[str, str]:
    """Return the clip of each rated name that has one."""
    partner = {name: name for name in rated if name in set(measured)}
    open_rated = [name for name in rated if name not in partner]
    open_measured = [name for name in measured if name not in partner]
    alike_rated, alike_measured = (Counter(map(_folded, names)) for names in (open_rated, open_measured))
    by_folded = {_folded(name): name for name in open_measured}
    renamed = []
    for name in open_rated:
        key = _folded(name)
        if key and alike_rated[key] == 1 and alike_measured[key] == 1:
            partner[name] = by_folded[key]
            renamed.append(f"{name} = {by_folded[key]}")
    if renamed:
        said = f"names joined although they differ: {some_of(renamed)}"
        problems.append(Problem("name written otherwise", "changed", said))
    return partner


def _folded(name: str) -> str:
    stem = re.split(r"[/\\]", name)[-1].casefold()
    for suffix in FILM_SUFFIXES:
        stem = stem.removesuffix(suffix)
    return re.sub(r"[\s_\-]+", " ", stem).strip()


def _list_strangers(ratings: Ratings, clips: Clips, joined: pd.Series, problems: list[Problem]) -> None:
    lost = ratings.table.loc[joined.isna(), "clip"]
    for name, n in lost.value_counts(sort=False).items():
        said = f"clip {name} is rated in {n} rows and is not among the measured clips"
        problems.append(Problem("ratings without a clip", "left out", said, str(name), int(n)))
    known = set(joined.dropna())
    for name in clips.features.index:
        if name not in known:
            said = f"clip {name} is measured and nobody rated it"
            problems.append(Problem("clip without ratings", "left out", said, str(name)))


def _list_few_viewers(counts: pd.DataFrame, problems: list[Problem]) -> None:
    few = counts.min(axis="columns")
    few = few[few < _FEW_VIEWERS]
    if len(few):
        said = f"clips with fewer than {_FEW_VIEWERS} ratings on some scale: {some_of(few.index)}"
        problems.append(Problem("clip of few viewers", "noted", said, n_rows=int(few.sum())))


def _varying(features: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    """Leave out features that tell no clip from another, and say where features are missing."""
    dull = [str(name) for name in features.columns if features[name].nunique() < 2]
    for name in dull:
        what = "is the same for every clip" if features[name].notna().any() else "is missing for every clip"
        problems.append(Problem("feature without variation", "left out", f"{name} {what}", name))
    kept = features.drop(columns=dull)
    if kept.columns.empty:
        raise TableError(f"features: none of {some_of(features.columns)} varies over the rated clips; name others")
    for name in kept.columns:
        lacking = kept.index[kept[name].isna()]
        if len(lacking):
            said = (
                f"{name} is not defined for {len(lacking)} clips ({some_of(lacking)}): its figures rest on the others"
            )
            problems.append(Problem("feature not defined", "noted", said, str(name)))
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
    own = pd.Series([f"clip {name}" for name in features.index], index=features.index, dtype=object)
    return told.astype(object).where(told.notna(), own).astype(str)
