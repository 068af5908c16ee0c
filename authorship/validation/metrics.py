"""Metrics of attribution: accuracy with its interval, scores per candidate, calibration.

Conventions
-----------
`truth` holds class indices, shape (n,); `probabilities` has shape (n, k), rows summing to one. The prediction
is the likeliest class, the first if tied.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from shotscale.evaluation.scores import effective_number, wilson_interval

__all__ = ["auroc", "c_at_1", "log_loss", "score", "share_interval"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Labels = npt.NDArray[np.str_]

_BINS = (0.0, 0.4, 0.6, 0.8, 1.0)  # confidences; narrower bins would hold too few of a hundred films


def log_loss(probabilities: Array, truth: Codes) -> float:
    """Return the mean negative logarithm of the true class's probability, in nats.

    Examples
    --------
    >>> round(log_loss(np.array([[0.8, 0.2], [0.5, 0.5]]), np.array([0, 1])), 3)
    0.458
    """
    of_truth = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(of_truth, 1e-15)).mean())


def score(probabilities: Array, truth: Codes, classes: Sequence[str], *, works: Labels | None = None) -> dict[str, Any]:
    """Return all metrics of a set of predictions, JSON-ready.

    `works`, shape (n,), is as in `share_interval`.

    Returns
    -------
    dict
        ``n``, ``accuracy``, ``interval`` (`share_interval`), ``macro_f1``, ``log_loss`` (nats), ``brier`` (sum over
        classes, 0 to 2), ``calibration_error`` (expected, four bins), ``reliability`` (one row per bin),
        ``per_class`` (precision, recall, f1 and n), ``confusion`` (rows true, columns predicted, in the
        order of ``classes``).

    Examples
    --------
    >>> figures = score(np.array([[0.8, 0.2], [0.6, 0.4], [0.3, 0.7]]), np.array([0, 1, 1]), ["Antonioni", "Tarr"])
    >>> round(figures["accuracy"], 2), round(figures["macro_f1"], 2), figures["confusion"]
    (0.67, 0.67, [[1, 0], [1, 1]])
    """
    k, n = len(classes), len(truth)
    predicted = probabilities.argmax(axis=1)
    confusion = np.bincount(truth * k + predicted, minlength=k * k).reshape(k, k)
    per_class = {name: _of_class(confusion, code) for code, name in enumerate(classes)}
    right = predicted == truth
    reliability = _reliability(probabilities.max(axis=1), right, works)
    return {
        "n": n,
        "accuracy": float(right.mean()),
        "interval": share_interval(right, works),
        "macro_f1": float(np.mean([figures["f1"] for figures in per_class.values()])),
        "log_loss": log_loss(probabilities, truth),
        "brier": float(((probabilities - np.eye(k)[truth]) ** 2).sum(axis=1).mean()),
        "calibration_error": sum(bin_["n"] / n * abs(bin_["confidence"] - bin_["accuracy"]) for bin_ in reliability),
        "reliability": reliability,
        "per_class": per_class,
        "classes": list(classes),
        "confusion": confusion.tolist(),
    }


def share_interval(right: npt.NDArray[np.bool_], works: Labels | None = None) -> list[float]:
    """Return the 95 % Wilson interval of the share of films that are right, of which some may be copies of one work.

    Both arrays have shape (n,); `works` names the work of each film, by default its own.

    Copies say less than as many works. They are taken to say as much as their results suggest
    (`shotscale.evaluation.scores.effective_number`), but no less than if the copies of each work were right or wrong
    together (Kish 1965, Survey Sampling, Wiley), so that without copies the films count in full.

    Examples
    --------
    >>> right = np.array([True, False, True, True])
    >>> [round(end, 2) for end in share_interval(right)]
    [0.3, 0.95]
    >>> [round(end, 2) for end in share_interval(np.repeat(right, 2), np.repeat(["a", "b", "c", "d"], 2))]
    [0.3, 0.95]
    """
    n = float(len(right))
    if works is not None:
        _, work, sizes = np.unique(works, return_inverse=True, return_counts=True)
        n = max(n**2 / float((sizes**2).sum()), effective_number(right, work))
    return list(wilson_interval(float(right.mean()) * n, n))


def auroc(inside: Array, outside: Array) -> float:
    """Return the chance that a value from `outside` exceeds one from `inside`, ties counted half.

    Examples
    --------
    >>> auroc(np.array([0.1, 0.2]), np.array([0.2, 0.9]))
    0.875
    """
    ordered = np.sort(inside)
    below = np.searchsorted(ordered, outside, side="left")
    not_above = np.searchsorted(ordered, outside, side="right")
    return float((below + not_above).mean() / (2 * len(inside)))


def c_at_1(n_right: float, n_undecided: float, n: float) -> float:
    """Return c@1: accuracy with undecided answers credited at the rate of right ones.

    Source: Peñas and Rodrigo 2011, ACL-HLT, 1415-1424.

    Examples
    --------
    >>> c_at_1(6, 2, 10)
    0.72
    """
    return (n_right + n_undecided * n_right / n) / n


def _of_class(confusion: npt.NDArray[np.int64], code: int) -> dict[str, Any]:
    right, of_class, given = int(confusion[code, code]), int(confusion[code].sum()), int(confusion[:, code].sum())
    return {
        "n": of_class,
        "precision": right / given if given else 0.0,
        "recall": right / of_class if of_class else 0.0,
        "f1": 2 * right / (of_class + given) if of_class + given else 0.0,
    }


def _reliability(confidence: Array, right: npt.NDArray[np.bool_], works: Labels | None) -> list[dict[str, Any]]:
    bins = []
    for low, high in pairwise(_BINS):
        inside = (confidence >= low) & ((confidence < high) if high < 1 else (confidence <= 1 + 1e-9))
        if inside.any():
            bins.append(
                {
                    "low": low,
                    "high": high,
                    "n": int(inside.sum()),
                    "confidence": float(confidence[inside].mean()),
                    "accuracy": float(right[inside].mean()),
                    "interval": share_interval(right[inside], None if works is None else works[inside]),
                }
            )
    return bins
