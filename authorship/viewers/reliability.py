"""Reliability of each rating: agreement between viewers, without which clips cannot explain it.

Conventions
-----------
Coefficients are named as in Shrout and Fleiss: ``ICC(1,1)`` assumes different viewers for each clip, ``ICC(2,1)``
treats all viewers as a sample and counts their different levels as disagreement, ``ICC(3,1)`` ignores their levels;
``ICC(1,k)`` to ``ICC(3,k)`` are those of the mean over viewers, which is what is related to the clips' features.
Cronbach's alpha of viewers is ICC(3,k); ``alpha of items`` is that of a composed rating's items over all its rows,
which treats the rows as independent.

If every viewer rated every clip, pingouin computes all of them. If cells are missing, as when each viewer sees only
some of the clips, pingouin would drop every clip that anyone missed; ICC(1,.) and ICC(3,.) then come from Wald's exact
method, which needs no complete table and agrees with pingouin on complete ones (a test checks this). It is exact for
ICC(3); for ICC(1) it is approximate, because viewers recur from clip to clip, and simulation shows how close it is
(``benchmarks/viewers.py``). ICC(2,.) has no such interval and is left out. ``k`` is then the harmonic mean of the
viewers per clip.

`Reliability.decisive` is the coefficient of the clips' means as they are used: ICC(3,k) if all viewers rated all clips,
because their levels then cancel; otherwise ICC(1,k), because they do not.

Sources: Shrout and Fleiss 1979, Psychological Bulletin 86(2) 420-428; McGraw and Wong 1996, Psychological Methods 1(1)
30-46; Wald 1947, Annals of Mathematical Statistics 18(4) 586-589, and Seely and El-Bassiouni 1983, Annals of Statistics
11(1) 197-201 (the exact interval); Feldt, Woodruff and Salih 1987, Applied Psychological Measurement 11(1) 93-103
(alpha); Koo and Li 2016, J. Chiropractic Medicine 15(2) 155-163 (below 0.5 poor, from 0.75 good).
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import f as f_distribution
from scipy.stats import hmean

from authorship.libraries import require

__all__ = ["POOR", "Coefficient", "Reliability", "items_alpha", "measure_reliability", "variance_ratio"]

Array = npt.NDArray[np.float64]

POOR = 0.5
"""A decisive coefficient below this is flagged (Koo and Li 2016)."""

_NUMBERS = str.maketrans("AC", "23")  # Shrout and Fleiss use numbers for McGraw and Wong's letters
_LARGEST_RATIO = 1e9  # stands for infinity: an intraclass correlation of 1 to nine digits


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A reliability coefficient with its 95 % interval and the method that computed it."""

    name: str
    value: float
    low: float
    high: float
    method: str


@dataclass(frozen=True)
class Reliability:
    """Reliability of one rating, unknown if no clip has two viewers; `complete` if every viewer rated every clip."""

    rating: str
    n_clips: int
    n_viewers: int
    n_ratings: int
    complete: bool
    viewers_per_clip: float
    coefficients: tuple[Coefficient, ...]

    def __getitem__(self, name: str) -> Coefficient | None:
        return next((entry for entry in self.coefficients if entry.name == name), None)

    @property
    def decisive(self) -> Coefficient | None:
        """The coefficient of the clips' means as they are used; None if unknown."""
        return self["ICC(3,k)" if self.complete else "ICC(1,k)"]

    @property
    def poor(self) -> bool:
        """Whether the rating is flagged as unreliable."""
        decisive = self.decisive
        return decisive is not None and not decisive.value >= POOR


def measure_reliability(ratings: pd.DataFrame, rating: str, *, items: pd.DataFrame | None = None) -> Reliability:
    """Measure one rating: one row per ``viewer`` and ``clip``, NaN if missing; `items` are a composed rating's."""
    known = ratings.loc[ratings[rating].notna(), ["clip", "viewer", rating]]
    per_clip = known.groupby("clip").size()
    n_clips, n_viewers = len(per_clip), known["viewer"].nunique()
    complete = len(known) == n_clips * n_viewers
    coefficients: tuple[Coefficient, ...] = ()
    if n_clips >= 2 and int(per_clip.max()) >= 2:
        coefficients = _complete(known, rating) if complete else _incomplete(known, rating)
    if items is not None:
        coefficients = (*coefficients, *items_alpha(items))
    viewers_per_clip = float(hmean(per_clip)) if n_clips else float("nan")
    return Reliability(rating, n_clips, n_viewers, len(known), complete, viewers_per_clip, coefficients)


def items_alpha(items: pd.DataFrame) -> tuple[Coefficient, ...]:
    """Return Cronbach's alpha of items over complete rows; empty for fewer than three rows or two items."""
    whole = items.dropna()
    if len(whole) < 3 or items.shape[1] < 2:
        return ()
    pingouin = require("pingouin", "reliability", extra="viewers")
    value, ends = pingouin.cronbach_alpha(data=whole.astype(np.float64))
    return (Coefficient("alpha of items", float(value), float(ends[0]), float(ends[1]), "pingouin"),)


def variance_ratio(
    values: Array, clips: npt.NDArray[np.int64], levels: npt.NDArray[np.int64]
) -> tuple[float, float, float]:
    """Return the ratio of between-clip to within-clip variance and its exact 95 % interval, for unbalanced tables too.

    Clips are numbered from 0; `levels` says whose mean is removed from each value: the viewers' for ICC(3), all the
    same for ICC(1). A ratio r is an intraclass correlation of r / (1 + r), and r / (r + 1 / k) for means of k. It may
    be negative, as in the analysis of variance; NaN if no degrees of freedom are left or all values are equal.

    Examples
    --------
    >>> values = np.array([1.0, 2.0, 5.0, 6.0, 9.0, 7.0])
    >>> ratio, low, high = variance_ratio(values, np.array([0, 0, 1, 1, 2, 2]), np.zeros(6, np.int64))
    >>> round(ratio / (1 + ratio), 2), low < ratio < high
    (0.91, True)
    """
    centered = values - _level_means(values[:, np.newaxis], levels)[:, 0]
    design = np.eye(int(clips.max()) + 1)[clips]
    design = design - _level_means(design, levels)
    strength, axes = np.linalg.eigh(design.T @ design)
    some = strength > 1e-9 * max(1.0, float(strength.max()))
    strength = strength[some]
    scores = (axes[:, some].T @ (design.T @ centered)) ** 2 / strength
    total = float((centered**2).sum())
    within = total - float(scores.sum())
    n_between, n_within = len(strength), len(values) - len(np.unique(levels)) - len(strength)
    if n_between < 1 or n_within < 1 or total <= 1e-24 * float((values**2).sum()):  # rounding of equal values
        return (float("nan"),) * 3
    if within <= 1e-12 * total:
        return (_LARGEST_RATIO,) * 3

    def quotient(ratio: float) -> float:
        return float((scores / (1 + ratio * strength)).sum() / n_between / (within / n_within))

    lowest = -1 / float(strength.max())
    targets = (1.0, *(float(f_distribution.ppf(tail, n_between, n_within)) for tail in (0.975, 0.025)))
    ratio, low, high = (_solved(quotient, target, lowest) for target in targets)
    return ratio, low, high


def _solved(quotient: Callable[[float], float], target: float, lowest: float) -> float:
    """Return the ratio at which a decreasing function reaches `target`, within the limits of the ratio."""
    start = lowest + 1e-9 * abs(lowest)
    if quotient(start) <= target:
        return lowest
    if quotient(_LARGEST_RATIO) >= target:
        return _LARGEST_RATIO
    return float(brentq(lambda ratio: quotient(ratio) - target, start, _LARGEST_RATIO, rtol=1e-12, maxiter=500))


def _level_means(values: Array, levels: npt.NDArray[np.int64]) -> Array:
    """Return for each row the mean of its level's rows, column by column."""
    return pd.DataFrame(values).groupby(levels).transform("mean").to_numpy(np.float64)


def _incomplete(known: pd.DataFrame, rating: str) -> tuple[Coefficient, ...]:
    values = known[rating].to_numpy(np.float64)
    clips, viewers = (np.asarray(pd.factorize(known[key])[0], np.int64) for key in ("clip", "viewer"))
    k = float(hmean(np.bincount(clips)))
    found = []
    for number, levels in ((1, np.zeros_like(viewers)), (3, viewers)):
        ratios = variance_ratio(values, clips, levels)
        for kind, divisor in (("1", 1.0), ("k", k)):
            value, low, high = (_correlation(ratio, divisor) for ratio in ratios)
            found.append(Coefficient(f"ICC({number},{kind})", value, low, high, "exact for missing cells (Wald)"))
    return tuple(sorted(found, key=lambda entry: (entry.name[-2], entry.name)))


def _correlation(ratio: float, k: float) -> float:
    """Convert a variance ratio to the intraclass correlation of means of `k`; NaN instead of minus infinity."""
    below = ratio + 1 / k
    return ratio / below if below > 1e-9 else float("nan")


def _complete(known: pd.DataFrame, rating: str) -> tuple[Coefficient, ...]:
    pingouin = require("pingouin", "reliability", extra="viewers")
    frame = known.rename(columns={rating: "rating"}).astype({"rating": np.float64})
    rounding = {name: digits for name, digits in pingouin.options.items() if name.startswith("round.column.CI")}
    pingouin.options.update(dict.fromkeys(rounding))  # two decimals, which put an interval above a value of 0.996
    with warnings.catch_warnings():
        # pingouin uses deprecated pandas features, and divides by a residual of zero if all viewers agree
        for category in (FutureWarning, DeprecationWarning, RuntimeWarning):
            warnings.simplefilter("ignore", category)
        try:
            table = pingouin.intraclass_corr(data=frame, targets="clip", raters="viewer", ratings="rating")
        finally:
            pingouin.options.update(rounding)
    return tuple(
        Coefficient(f"ICC{kind[3:].translate(_NUMBERS)}", float(value), float(low), float(high), "pingouin")
        for kind, value, (low, high) in zip(table["Type"], table["ICC"], table["CI95"], strict=True)
    )
