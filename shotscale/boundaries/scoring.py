"""Score a shot detector: precision, recall and F1 against known transitions.

Conventions
-----------
Transitions are pairs of frame indices (last frame before, first frame after). A found transition matches a
true one not yet matched if their intervals, extended by a tolerance of one frame, overlap. A transition is
gradual if there are frames between its two. The recall of cuts or of gradual transitions is over the true ones
of that sort, whatever sort they are matched by; the precision is over the found ones of that sort.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Counts", "Score", "bootstrap_scores", "count_matches", "interval", "match_transitions"]

TOLERANCE = 1  # frame on either side: coders place a cut before or after the change

Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Precision, recall and F1 of one sort of transition; NaN if a denominator is 0."""

    n_true: int
    n_found: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total > 0 else 0.0 if total == 0 else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Additive counts of (cuts, gradual transitions): found, right among these, true, matched among these."""

    found: Pairs
    found_right: Pairs
    true: Pairs
    true_met: Pairs

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            found=self.found + other.found,
            found_right=self.found_right + other.found_right,
            true=self.true + other.true,
            true_met=self.true_met + other.true_met,
        )

    def score(self, sort: str = "all") -> Score:
        """Score ``all``, ``cut`` or ``gradual`` transitions."""
        which = {"all": slice(0, 2), "cut": slice(0, 1), "gradual": slice(1, 2)}[sort]
        found, right = int(self.found[which].sum()), int(self.found_right[which].sum())
        true, met = int(self.true[which].sum()), int(self.true_met[which].sum())
        return Score(n_true=true, n_found=found, precision=_ratio(right, found), recall=_ratio(met, true))


def match_transitions(
    found: Sequence[tuple[int, int]] | Pairs, true: Sequence[tuple[int, int]] | Pairs, *, tolerance: int = TOLERANCE
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Match one clip's found transitions (n, 2) one to one to its true ones (m, 2), within a tolerance in frames.

    Each is the last frame before and the first after. Returns which found transitions are right (n,) and which true
    ones are matched (m,). Both are processed in order of their ends, which gives the greatest number of matches if no
    interval contains another of the same side.

    Examples
    --------
    >>> right, met = match_transitions([(10, 11), (50, 51)], [(11, 12), (80, 90)])
    >>> right.tolist(), met.tolist()
    ([True, False], [True, False])
    """
    a, b = _pairs(found), _pairs(true)
    right, met = np.zeros(len(a), bool), np.zeros(len(b), bool)
    order = np.argsort(b[:, 1], kind="stable")
    for i in np.argsort(a[:, 1], kind="stable"):
        overlap = (a[i, 0] <= b[order, 1] + tolerance) & (a[i, 1] >= b[order, 0] - tolerance) & ~met[order]
        if overlap.any():
            right[i] = met[order[overlap.argmax()]] = True
    return right, met


def count_matches(found: Sequence[tuple[int, int]] | Pairs, true: Sequence[tuple[int, int]] | Pairs) -> Counts:
    """Match one clip's transitions and count cuts and gradual ones separately."""
    right, met = match_transitions(found, true)
    gradual_found, gradual_true = _is_gradual(_pairs(found)), _is_gradual(_pairs(true))
    return Counts(
        found=_by_sort(gradual_found),
        found_right=_by_sort(gradual_found[right]),
        true=_by_sort(gradual_true),
        true_met=_by_sort(gradual_true[met]),
    )


def bootstrap_scores(
    counts: Sequence[Counts], sort: str, *, generator: np.random.Generator, n_resamples: int = 2000
) -> list[Score]:
    """Score resamples of the clips, drawn with replacement."""
    stacked = np.stack([[c.found, c.found_right, c.true, c.true_met] for c in counts])
    draws = generator.integers(0, len(counts), (n_resamples, len(counts)))
    totals = (stacked[draw].sum(axis=0) for draw in draws)
    return [Counts(found=t[0], found_right=t[1], true=t[2], true_met=t[3]).score(sort) for t in totals]


def interval(resampled: Sequence[Score], measure: str) -> tuple[float, float]:
    """Return the 95 % interval of ``f1``, ``precision`` or ``recall`` over resamples; NaN if undefined in all."""
    values = np.asarray([getattr(score, measure) for score in resampled])
    defined = values[~np.isnan(values)]
    if not len(defined):
        return float("nan"), float("nan")
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)


def _pairs(transitions: Sequence[tuple[int, int]] | Pairs) -> Pairs:
    return np.asarray(transitions, np.int64).reshape(-1, 2)


def _is_gradual(pairs: Pairs) -> npt.NDArray[np.bool_]:
    return pairs[:, 1] - pairs[:, 0] > 1


def _by_sort(gradual: npt.NDArray[np.bool_]) -> Pairs:
    return np.asarray([(~gradual).sum(), gradual.sum()], np.int64)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
