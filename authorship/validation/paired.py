"""Paired tests of whether one feature set names films' directors better than another.

Conventions
-----------
Two feature sets are compared on the same films, each held out in turn; the unit is the work, so two copies of a film
count once. The exact sign-flip test swaps the two sets' results of each work in all combinations; if no two rows share
a work, it is McNemar's exact test. The interval is Bonett and Price's adjusted Wald interval for paired proportions,
which adds two works. Holm's correction covers all comparisons made.

Models of different held-out films share most of their training films; the tests treat the results as independent, as
is usual.

Sources: McNemar 1947, doi 10.1007/BF02295996; Bonett and Price 2012, doi 10.3102/1076998611411915; Holm 1979,
Scandinavian Journal of Statistics 6(2) 65-70.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from authorship.features import FEATURE_GROUPS

__all__ = ["compare_groups", "flip_test", "holm", "paired_interval"]

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_NORMAL_95 = float(ndtri(0.975))


def compare_groups(
    right: Mapping[str, Bools], features: Mapping[str, Sequence[str]], works: npt.NDArray[np.str_]
) -> list[dict[str, Any]]:
    """Compare feature sets pairwise: the groups with each other, and each set with the next larger ones.

    `right` holds, for each set, whether each film's director was named. A row has ``features`` and ``against``; their
    ``difference`` in accuracy over the works, with its 95 % ``interval``; ``gained`` and ``lost``, the works on which
    the first or the second did better; ``p``, and ``p_holm`` after Holm's correction.

    Examples
    --------
    >>> right = {"durations": np.array([True, False, False, False]), "all": np.array([True, True, True, False])}
    >>> sets = {"durations": ["a"], "all": ["a", "b"]}
    >>> [row] = compare_groups(right, sets, np.array(["w", "x", "y", "z"]))
    >>> row["features"], row["against"], row["gained"], row["lost"], row["p"]
    ('all', 'durations', 2, 0, 0.5)
    """
    _, work = np.unique(works, return_inverse=True)
    sizes = np.bincount(work)
    whole = np.lcm.reduce(sizes)  # makes each work's share of right rows an integer
    rows: list[dict[str, Any]] = []
    for smaller, larger in _pairs(features):
        ahead = right[larger].astype(np.int64) - right[smaller].astype(np.int64)
        by_work = np.bincount(work, weights=ahead) / sizes
        rows.append(
            {
                "features": larger,
                "against": smaller,
                "difference": float(by_work.mean()),
                "interval": list(paired_interval(by_work)),
                "gained": int((by_work > 0).sum()),
                "lost": int((by_work < 0).sum()),
                "p": flip_test((by_work * whole).round().astype(np.int64)),
            }
        )
    for row, adjusted in zip(rows, holm([float(row["p"]) for row in rows]), strict=True):
        row["p_holm"] = adjusted
    return rows


def _pairs(features: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return the pairs of sets to compare, the smaller first."""
    sets = {name: frozenset(names) for name, names in features.items()}
    single: list[str] = [name for name in sets if name in FEATURE_GROUPS]
    pairs: list[tuple[str, str]] = list(combinations(single, 2))
    for larger, whole in sets.items():
        inside = [name for name, part in sets.items() if part < whole]
        pairs += [(name, larger) for name in inside if not any(sets[name] < sets[other] for other in inside)]
    return pairs


def flip_test(ahead: npt.NDArray[np.int64]) -> float:
    """Return the exact two-sided p-value of the sign-flip test: under the null hypothesis either sign is as likely.

    `ahead` is, for each work, by how much the first set is ahead, in any unit that makes it whole.

    Examples
    --------
    >>> flip_test(np.array([1, 1, 1, 1, -1, 0]))  # McNemar's exact test of 4 against 1
    0.375
    """
    sizes = np.abs(ahead[ahead != 0])
    chances = np.ones(1)  # probabilities of the sums from -total to total
    for size in sizes:
        wider = np.zeros(len(chances) + 2 * size)
        wider[: len(chances)] += chances / 2
        wider[2 * size :] += chances / 2
        chances = wider
    sums = np.arange(len(chances)) - len(chances) // 2
    return min(1.0, float(chances[np.abs(sums) >= abs(int(ahead.sum()))].sum()))


def paired_interval(ahead: Array) -> tuple[float, float]:
    """Return the 95 % interval of a mean difference between -1 and 1; one work is added for each side.

    Examples
    --------
    >>> [round(end, 3) for end in paired_interval(np.array([1.0, 1.0, 0.0, -1.0] + [0.0] * 16))]
    [-0.153, 0.244]
    """
    added = np.concatenate([ahead, [1.0, -1.0]])
    middle, half = float(added.mean()), _NORMAL_95 * float(added.std()) / len(added) ** 0.5
    return max(-1.0, middle - half), min(1.0, middle + half)


def holm(p: Sequence[float]) -> list[float]:
    """Adjust the p-values of several tests by Holm's method, which controls the family-wise error rate.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    adjusted = np.asarray(p, np.float64)[order] * np.arange(len(p), 0, -1)
    result = np.empty(len(p))
    result[order] = np.minimum(1.0, np.maximum.accumulate(adjusted))
    return [float(value) for value in result]
