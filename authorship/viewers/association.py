"""Each feature of the clips against each rating: rank correlation, interval, p-value, and q-value over the family.

Conventions
-----------
The clip is the unit: a rating is its mean over viewers, and intervals and p-values generalize to other clips, not to
other viewers. Features and ratings may have missing values; each pair uses the clips that have both.

*Correlation*: Spearman's, with mean ranks for ties. *p-value*: the share of permutations of the clips' ratings,
including the observed order, whose correlation is at least as far from zero; if clips share groups (all of one film,
say), group levels and the deviations within groups are permuted (`authorship.viewers.permutation`). *q-value*: the
p-value adjusted over the whole family of pairs, so that at most 5 % of the pairs with q at most 0.05 are expected to be
false. *Effective number of clips*: the number of independent clips whose correlation would vary by chance as much as it
does over these permutations, 1 + 1 / variance, at most the actual number. *Interval*: bias-corrected and accelerated
bootstrap over clips; if clips share groups, the interval for the effective number of clips
(`authorship.viewers.power.interval_of`), because bootstraps over a dozen groups are too narrow
(``benchmarks/viewers.py``).

Sources: Spearman 1904, American Journal of Psychology 15(1) 72-101; Efron 1987, J. American Statistical Association
82(397) 171-185 (the interval); Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9(1)
39 (why the observed order is included); Benjamini and Hochberg 1995, J. Royal Statistical Society B 57(1) 289-300,
computed by scipy; Clifford, Richardson and Hemon 1989, Biometrics 45(1) 123-134 (the effective number).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri
from scipy.stats import false_discovery_control, rankdata

from authorship.viewers.columns import HIGH, LOW, count, number, text
from authorship.viewers.permutation import GroupedRatings, permute_clips
from authorship.viewers.power import CERTAIN, TAILS, interval_of

__all__ = ["FEWEST_CLIPS", "Association", "adjusted", "associate", "rank_correlations"]

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FEWEST_CLIPS = 8
"""With fewer clips no pair is tested; with fewer groups there is no interval or p-value: their order says nothing."""

_AT_ONCE = 2_000_000  # numbers in memory at a time: 16 MB for a study of any size
_SLACK = 1e-9  # correlations closer than this are equal: rounding in a sum of squares is far below it
_INTERVAL = "bias-corrected and accelerated bootstrap over clips; with groups, that for the effective number of clips"


@dataclass(frozen=True, slots=True)
class Association:
    """One feature against one rating; each field is a column of the table of associations.

    Statistics are NaN if there are too few clips or one side is constant; all but `rho` also with too few groups, and
    the interval if `rho` is 1 or -1.
    """

    feature: Annotated[str, text("feature of the clips")]
    rating: Annotated[str, text("rating")]
    n_clips: Annotated[int, count("clips", "with both the feature and the rating")]
    n_groups: Annotated[int, count("groups", "of these clips; as many as clips if none share a group")]
    n_effective: Annotated[float, number("effective number of clips", "independent clips that would be as informative")]
    rho: Annotated[float, number("Spearman's rank correlation", "between the feature and the clips' mean rating")]
    low: Annotated[float, number(LOW, _INTERVAL)]
    high: Annotated[float, number(HIGH, _INTERVAL)]
    p: Annotated[float, number("p-value", "two-sided permutation test, permuting groups, and clips within groups")]
    q: Annotated[float, number("q-value", "p adjusted for all pairs (Benjamini-Hochberg)")]


@dataclass(frozen=True, slots=True)
class _Draws:
    """The numbers of draws for intervals and p-values, and their random generator."""

    n_resamples: int
    n_permutations: int
    generator: np.random.Generator


def associate(
    features: pd.DataFrame,
    ratings: pd.DataFrame,
    *,
    generator: np.random.Generator,
    groups: Integers | None = None,
    n_resamples: int = 2000,
    n_permutations: int = 9999,
) -> list[Association]:
    """Relate every feature to every rating; pairs are ordered by feature, then by rating.

    Features and ratings have the same clips in the same order. `groups` (n_clips,) says what clips come from, which
    makes them alike; by default each clip is a separate group. Without resamples, intervals are missing; without
    permutations, p- and q-values; if clips share groups, either leaves the intervals missing.

    Examples
    --------
    >>> steps = np.arange(12.0)
    >>> pairs = associate(pd.DataFrame({"share_close": steps}), pd.DataFrame({"tension": steps**3, "mood": steps % 4}),
    ...                   generator=np.random.default_rng(0))
    >>> [(pair.rating, round(pair.rho, 2), pair.q <= 0.05) for pair in pairs]
    [('tension', 1.0, True), ('mood', 0.32, False)]
    """
    x, y = features.to_numpy(np.float64), ratings.to_numpy(np.float64)
    draws = _Draws(n_resamples, n_permutations, generator)
    grids = np.full((5, x.shape[1], y.shape[1]), np.nan)  # effective number, correlation, ends of its interval, p
    sizes = np.zeros((2, *grids.shape[1:]), np.int64)
    for rows, pairs in _patterns(x, y):
        member = np.unique(np.flatnonzero(rows) if groups is None else groups[rows], return_inverse=True)[1]
        sizes[:, pairs] = [[rows.sum()], [member.max(initial=-1) + 1]]
        if rows.sum() >= FEWEST_CLIPS:
            block = np.ix_(pairs.any(axis=1), pairs.any(axis=0))
            figures = _figures(x[rows][:, pairs.any(axis=1)], y[rows][:, pairs.any(axis=0)], member, draws)
            for grid, figure in zip(grids, figures, strict=True):
                grid[block] = np.where(pairs[block], figure, grid[block])
    grids = np.stack([*grids, adjusted(grids[-1])])
    return [
        Association(str(feature), str(rating), *sizes[:, i, j].tolist(), *grids[:, i, j].tolist())
        for i, feature in enumerate(features.columns)
        for j, rating in enumerate(ratings.columns)
    ]


def rank_correlations(x: Array, y: Array) -> Array:
    """Return Spearman correlations of the columns of x (..., n, p) and y (..., n, q): (..., p, q); NaN if constant.

    Examples
    --------
    >>> steps = np.arange(5.0)[:, np.newaxis]
    >>> rank_correlations(steps, np.hstack([steps**2, -steps, np.ones((5, 1))])).round(6).tolist()
    [[1.0, -1.0, nan]]
    """
    return np.asarray(np.swapaxes(_scores(x), -1, -2) @ _scores(y), np.float64)


def adjusted(p: Array) -> Array:
    """Return Benjamini-Hochberg q-values of all p-values that are not NaN, in an array of any shape.

    Examples
    --------
    >>> adjusted(np.array([0.01, 0.04, np.nan])).tolist()
    [0.02, 0.04, nan]
    """
    q = np.full(p.shape, np.nan)
    known = ~np.isnan(p)
    if known.any():
        q[known] = false_discovery_control(p[known], method="bh")
    return q


def _scores(values: Array) -> Array:
    """Rank each column and scale it to mean 0 and length 1, so that a dot product is a correlation."""
    ranks = rankdata(values, axis=-2)
    centered = ranks - ranks.mean(axis=-2, keepdims=True)
    length = np.sqrt((centered**2).sum(axis=-2, keepdims=True))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(length > 0, centered / np.where(length > 0, length, 1), np.nan), np.float64)


def _patterns(x: Array, y: Array) -> Iterator[tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
    """Yield each set of clips with both values, as a mask, and the mask of the pairs that have that set."""
    there = ~np.isnan(x)[:, :, np.newaxis] & ~np.isnan(y)[:, np.newaxis, :]
    keys, which = np.unique(there.reshape(len(x), -1), axis=1, return_inverse=True)
    for place in range(keys.shape[1]):
        yield keys[:, place], (which.ravel() == place).reshape(x.shape[1], y.shape[1])


def _figures(x: Array, y: Array, member: Integers, draws: _Draws) -> Array:
    """Return effective number, correlation, interval ends and p of every pair, shape (5, p, q)."""
    found = rank_correlations(x, y)
    ends = np.full((2, *found.shape), np.nan)
    alone = member.max() + 1 == len(member)
    if draws.n_resamples and alone:
        ends = _resampled(x, y, found, draws)
    p, effective = _permuted(x, y, member, draws)
    if draws.n_resamples and not alone:
        pairs = zip(found.flat, effective.flat, strict=True)
        ends = np.asarray([interval_of(rho, n) for rho, n in pairs]).T.reshape(ends.shape)
    return np.stack([effective, found, *ends, p])


def _permuted(x: Array, y: Array, member: Integers, draws: _Draws) -> tuple[Array, Array]:
    """Return the p-value and the effective number of clips of every pair."""
    n_groups, n_permutations = int(member.max()) + 1, draws.n_permutations
    left, right = _scores(x), _scores(y)
    found = np.asarray(left.T @ right, np.float64)
    if not n_permutations or n_groups < FEWEST_CLIPS:
        return np.full_like(found, np.nan), np.full_like(found, np.nan)
    grouped = GroupedRatings(y, member) if n_groups < len(y) else None
    reached, squares = np.zeros(found.shape), np.zeros(found.shape)
    step = max(1, _AT_ONCE // right.size)
    for start in range(0, n_permutations, step):
        n_draws = min(step, n_permutations - start)
        if grouped is None:
            scores = permute_clips(right, n_draws, generator=draws.generator)
        else:
            scores = _scores(grouped.draw(n_draws, generator=draws.generator))
        drawn = np.swapaxes(np.tensordot(scores, left, axes=(1, 0)), 1, 2)  # (permutations, features, ratings)
        reached += (np.abs(drawn) >= np.abs(found) - _SLACK).sum(axis=0)
        squares += (drawn**2).sum(axis=0)
    p = np.where(np.isnan(found), np.nan, (1 + reached) / (1 + n_permutations))
    if grouped is None:
        return p, np.where(np.isnan(found), np.nan, float(len(y)))
    return p, np.minimum(1 + n_permutations / squares, len(y))


def _resampled(x: Array, y: Array, found: Array, draws: _Draws) -> Array:
    """Return the ends of the BCa interval of every pair, shape (2, p, q)."""
    n = len(x)
    drawn = _correlations_in(x, y, draws.generator.integers(n, size=(draws.n_resamples, n)))
    left_out = _correlations_in(x, y, np.flatnonzero(~np.eye(n, dtype=bool)).reshape(n, n - 1) % n)
    ends = np.full((2, *found.shape), np.nan)
    for i, j in np.ndindex(found.shape):
        sample, knife = (some[~np.isnan(some)] for some in (drawn[:, i, j], left_out[:, i, j]))
        if abs(found[i, j]) < CERTAIN and min(len(sample), len(knife)) >= 2:
            ends[:, i, j] = _accelerated(float(found[i, j]), sample, knife)
    return ends


def _correlations_in(x: Array, y: Array, samples: Integers) -> Array:
    """Return the correlations in samples of the rows, shape (m, p, q) for m samples; NaN if a column is constant."""
    step = max(1, _AT_ONCE // (len(x) * (x.shape[1] + y.shape[1])))
    parts = (samples[start : start + step] for start in range(0, len(samples), step))
    return np.concatenate([rank_correlations(x[rows], y[rows]) for rows in parts])


def _accelerated(found: float, sample: Array, knife: Array) -> Array:
    """Return the interval ends for resampled and jackknifed correlations."""
    below = (sample < found - _SLACK).mean() + 0.5 * (np.abs(sample - found) <= _SLACK).mean()
    bias = ndtri(np.clip(below, 1 / (len(sample) + 1), len(sample) / (len(sample) + 1)))
    spread = knife.mean() - knife
    size = float((spread**2).sum())
    acceleration = float((spread**3).sum()) / (6 * size**1.5) if size > 1e-18 else 0.0
    tails = ndtri(np.asarray(TAILS))
    moved = bias + (bias + tails) / (1 - acceleration * (bias + tails))
    return np.asarray(np.quantile(sample, ndtr(moved)), np.float64)
