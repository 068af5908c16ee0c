"""Whether one set of features tells films' directors better than another: paired tests over the films.

Conventions
-----------
Two sets of features are compared on the films that both were asked about, each left out in turn; the unit is the work,
so that two copies of a film count once. The test flips, in all ways, which of the two sets a work's result is of: where
no two rows share a work it is McNemar's exact test. The interval is Bonett and Price's adjusted Wald interval for
paired shares, which two works are added for. Holm's correction is over all comparisons that are made.

Films that are left out in turn share most of the films that the models learnt from; the tests take their results for
independent, as is usual.

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
    """Compare sets of features pairwise: the groups among themselves, and each set with the next larger ones.

    `right` says for each set whether each film's director was named. A row has ``features`` and ``against``;
    ``difference`` in accuracy over the works, with its 95 % ``interval``; works told by the one alone, ``gained``, and
    by the other alone, ``lost``; ``p`` and, after Holm, ``p_holm``.

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
    rows: list[dict[str, Any]] = []
    for smaller, larger in _pairs(features):
        ahead = right[larger].astype(np.int64) - right[smaller].astype(np.int64)
        by_work = np.bincount(work, weights=ahead).round().astype(np.int64)
        rows.append(
            {
                "features": larger,
                "against": smaller,
                "difference": float((by_work / sizes).mean()),
                "interval": list(paired_interval(by_work / sizes)),
                "gained": int((by_work > 0).sum()),
                "lost": int((by_work < 0).sum()),
                "p": flip_test(by_work),
            }
        )
    for row, adjusted in zip(rows, holm([float(row["p"]) for row in rows]), strict=True):
        row["p_holm"] = adjusted
    return rows


def _pairs(features: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return which sets are compared, the smaller first."""
    sets = {name: frozenset(names) for name, names in features.items()}
    single: list[str] = [name for name in sets if name in FEATURE_GROUPS]
    pairs: list[tuple[str, str]] = list(combinations(single, 2))
    for larger, whole in sets.items():
        inside = [name for name, part in sets.items() if part < whole]
        pairs += [(name, larger) for name in inside if not any(sets[name] < sets[other] for other in inside)]
    return pairs


def flip_test(ahead: npt.NDArray[np.int64]) -> float:
    """Return the two-sided p-value of results that are as likely to be of the one as of the other, exactly.

    They are, for each work, by how many films the one is ahead.

    Examples
    --------
    >>> flip_test(np.array([1, 1, 1, 1, -1, 0]))  # McNemar's exact test of 4 against 1
    0.375
    """
    sizes = np.abs(ahead[ahead != 0])
    chances = np.ones(1)  # of sums from -total to total
    for size in sizes:
        wider = np.zeros(len(chances) + 2 * size)
        wider[: len(chances)] += chances / 2
        wider[2 * size :] += chances / 2
        chances = wider
    sums = np.arange(len(chances)) - len(chances) // 2
    return min(1.0, float(chances[np.abs(sums) >= abs(int(ahead.sum()))].sum()))


def paired_interval(ahead: Array) -> tuple[float, float]:
    """Return the 95 % interval of a mean difference between -1 and 1: one work is added for either side.

    Examples
    --------
    >>> [round(end, 3) for end in paired_interval(np.array([1.0, 1.0, 0.0, -1.0] + [0.0] * 16))]
    [-0.153, 0.244]
    """
    added = np.concatenate([ahead, [1.0, -1.0]])
    middle, half = float(added.mean()), _NORMAL_95 * float(added.std()) / len(added) ** 0.5
    return max(-1.0, middle - half), min(1.0, middle + half)


def holm(p: Sequence[float]) -> list[float]:
    """Adjust p-values of several tests so that any false alarm is as rare as one test's.

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
