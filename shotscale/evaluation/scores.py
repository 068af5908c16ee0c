"""Measure how well predicted shot scales agree with the truth.

Conventions
-----------
Truth and prediction are class indices in the order of `SCALES` or `GROUPS`, or probabilities with those columns. A
confusion matrix has the truth in rows. Figures are plain numbers in plain dictionaries, ready for JSON; an undefined
figure (the precision of a class that was never predicted) is None, and counts as 0 in a macro average, as with
scikit-learn's ``zero_division=0``.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import ndtri, softmax, stdtrit

from shotscale.errors import TableError
from shotscale.numerals import counted
from shotscale.scales import SCALES
from shotscale.tables import MEMBERS

__all__ = [
    "calibration_error",
    "clustered_error",
    "confusion_matrix",
    "effective_number",
    "fit_temperature",
    "group_indices",
    "group_probabilities",
    "interval_over_folds",
    "measure",
    "measure_scales",
    "wilson_interval",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_NORMAL_95 = float(ndtri(0.975))


def group_probabilities(probabilities: Floats) -> Floats:
    """Sum probabilities of the seven scales (n, 7) into those of the three groups (n, 3).

    Examples
    --------
    >>> group_probabilities(np.array([[0.1, 0.2, 0.3, 0.2, 0.1, 0.05, 0.05]])).round(3).tolist()
    [[0.3, 0.6, 0.1]]
    """
    by_group: Floats = probabilities @ MEMBERS
    return by_group


def group_indices(scales: Ints) -> Ints:
    """Return the group index of each scale index.

    >>> group_indices(np.array([0, 1, 2, 4, 5, 6])).tolist()
    [0, 0, 1, 1, 2, 2]
    """
    groups: Ints = MEMBERS.argmax(axis=1)[scales]
    return groups


def confusion_matrix(truth: Ints, predicted: Ints, *, classes: int) -> npt.NDArray[np.int64]:
    """Count truth (rows) against prediction (columns).

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=2).tolist()
    [[1, 1], [0, 1]]
    """
    if len(truth) != len(predicted):
        raise TableError(
            f"{counted(len(predicted), 'prediction')} for {counted(len(truth), 'true class', 'true classes')}: one "
            "each is needed"
        )
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (truth, predicted), 1)
    return counts


def measure(truth: Ints, predicted: Ints, *, names: Sequence[str], clusters: Ints | None = None) -> dict[str, Any]:
    """Measure predicted class indices (n,) against the true ones.

    Returns ``n``, ``accuracy`` with its 95 % Wilson interval, ``macro_precision``, ``macro_recall``, ``macro_f1`` (over
    the classes that occur in the truth), ``kappa``, ``weighted_kappa`` (linear weights, meaningful if the classes are
    ordered), ``majority_accuracy``, ``classes`` with each class's figures, and ``confusion``. `clusters` (n,) numbers
    the frames that err together, such as those of a shot (`effective_number`); by default each frame is separate.

    Examples
    --------
    >>> figures = measure(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), names=["a", "b"])
    >>> figures["accuracy"], round(figures["macro_f1"], 3), round(figures["kappa"], 3)
    (0.75, 0.733, 0.5)
    """
    n = len(truth)
    if n == 0:
        raise TableError("0 frames: nothing to measure; give frames whose classes are known")
    counts = confusion_matrix(truth, predicted, classes=len(names))
    per_class = [_class_figures(counts, i, name) for i, name in enumerate(names)]
    present = [figures for figures in per_class if figures["n"]]
    hits = int(np.trace(counts))
    fewer = n if clusters is None else effective_number(truth == predicted, clusters)
    return {
        "n": n,
        "accuracy": hits / n,
        "accuracy_interval": list(wilson_interval(hits / n * fewer, fewer)),
        **{f"macro_{key}": float(np.mean([c[key] or 0.0 for c in present])) for key in ("precision", "recall", "f1")},
        "kappa": _kappa(counts, power=0),
        "weighted_kappa": _kappa(counts, power=1),
        "majority_accuracy": float(counts.sum(axis=1).max() / n),
        "classes": per_class,
        "confusion": counts.tolist(),
    }


def _class_figures(counts: npt.NDArray[np.int64], i: int, name: str) -> dict[str, Any]:
    hits, true, said = int(counts[i, i]), int(counts[i].sum()), int(counts[:, i].sum())
    return {
        "class": name,
        "n": true,
        "precision": hits / said if said else None,
        "recall": hits / true if true else None,
        "f1": 2 * hits / (true + said) if true + said else None,
    }


def _kappa(counts: npt.NDArray[np.int64], *, power: int) -> float | None:
    """Return Cohen's kappa, None if chance agreement is complete; distances between classes count to a power."""
    classes, n = len(counts), counts.sum()
    apart = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes)))
    weights = np.where(apart, apart**power, 0)
    expected = (weights * np.outer(counts.sum(axis=1), counts.sum(axis=0))).sum() / n
    return float(1 - (weights * counts).sum() / expected) if expected else None


def clustered_error(deviations: Floats, clusters: Ints) -> tuple[float, float]:
    """Return the standard error of a mean with clustered errors, and the critical value for its 95 % interval.

    The clusters are left out in turn (the jackknife that MacKinnon, Nielsen and Webb 2023 recommend,
    doi 10.1016/j.jeconom.2022.04.001); clusters of unequal size count as fewer of equal size (Carter, Schnepel and
    Steigerwald 2017, doi 10.1162/REST_a_00639), which gives the degrees of freedom of Student's t.

    Parameters
    ----------
    deviations : array (n,)
        Each term minus the mean; n is at least 2.
    clusters : array (n,)
        Cluster numbers from 0 up, at least two of them distinct.

    Examples
    --------
    >>> error, reach = clustered_error(np.array([0.5, 0.5, -0.5, -0.5] * 10), np.arange(40) // 2)
    >>> round(error, 3), round(reach, 2)
    (0.115, 2.09)
    """
    sizes = np.unique(clusters, return_counts=True)[1]
    of_each = np.bincount(np.unique(clusters, return_inverse=True)[1], weights=deviations)
    n, n_clusters = len(deviations), len(sizes)
    left_out = of_each / (n - sizes)  # how far the mean moves without each cluster
    error = np.sqrt((n_clusters - 1) / n_clusters * (left_out**2).sum())
    alike = n_clusters / (1 + sizes.var() / sizes.mean() ** 2)
    return float(error), float(stdtrit(max(1.0, alike - 1), 0.975))


def effective_number(right: npt.NDArray[np.bool_], clusters: Ints) -> float:
    """Return the number of independent frames that say as much about accuracy as these, whose errors are clustered.

    This is the number of frames divided by the design effect, at most the number of frames, and lower the fewer
    clusters there are (Korn and Graubard 1998, Survey Methodology 24(2) 193-201). Both arrays have shape (n,); clusters
    are numbered from 0.

    Examples
    --------
    >>> round(effective_number(np.array([True, True, False, False] * 20), np.arange(80) // 2))
    37
    """
    n, n_clusters = len(right), len(np.unique(clusters))
    share = float(right.mean())
    if n_clusters < 2 or share in (0, 1):
        return float(n_clusters)
    error, reach = clustered_error(np.asarray(right - share, np.float64), clusters)
    if error == 0:
        return float(n)
    return min(float(n), share * (1 - share) * (_NORMAL_95 / (reach * error)) ** 2)


def measure_scales(truth: Ints, probabilities: Floats) -> dict[str, float | None]:
    """Measure probabilities of the seven scales (n, 7) against true ranks (n,), taking their order into account.

    Returns ``n``; ``three groups``, ``seven scales`` and ``within one step``, the shares of frames that are right by
    each; ``kappa``, Cohen's kappa with quadratic weights (1968, doi 10.1037/h0026256), None if every frame has one
    scale and is predicted right; and for each border (``CU|MCU``)
    with frames on both sides, ``AUC`` and ``calibration`` (expected calibration error) of the probability that a frame
    lies beyond it.

    Examples
    --------
    >>> figures = measure_scales(np.array([1, 2, 4]), np.eye(7)[[1, 3, 4]])
    >>> round(figures["seven scales"], 2), figures["within one step"], figures["AUC CU|MCU"]
    (0.67, 1.0, 1.0)
    """
    from sklearn.metrics import roc_auc_score  # takes a second to import

    predicted = probabilities.argmax(axis=1)
    by_group = group_probabilities(probabilities).argmax(axis=1)
    counts = confusion_matrix(truth, predicted, classes=len(SCALES))
    figures: dict[str, float | None] = {
        "n": len(truth),
        "three groups": float((by_group == group_indices(truth)).mean()),
        "seven scales": float((predicted == truth).mean()),
        "within one step": float((np.abs(predicted - truth) <= 1).mean()),
        "kappa": _kappa(counts, power=2),
    }
    for rank, (near, far) in enumerate(itertools.pairwise(SCALES)):
        beyond, p = truth > rank, probabilities[:, rank + 1 :].sum(axis=1)
        if beyond.any() and not beyond.all():
            border = f"{near.abbreviation}|{far.abbreviation}"
            figures[f"AUC {border}"] = float(roc_auc_score(beyond, p))
            figures[f"calibration {border}"] = _distance_from_shares(p, beyond)
    return figures


def _distance_from_shares(p: Floats, happened: npt.NDArray[np.bool_], *, bins: int = 10) -> float:
    """Return the mean distance between probability and observed frequency over equal-width bins."""
    place = np.minimum((p * bins).astype(int), bins - 1)
    return float(np.abs(np.bincount(place, weights=happened - p, minlength=bins)).sum() / len(p))


def interval_over_folds(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean of a figure over folds and its 95 % interval by Student's t.

    Examples
    --------
    >>> [round(value, 3) for value in interval_over_folds([0.88, 0.90, 0.92])]
    [0.9, 0.85, 0.95]
    """
    mean, error = float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))
    reach = float(stdtrit(len(values) - 1, 0.975)) * error
    return mean, mean - reach, mean + reach


def wilson_interval(hits: float, n: float) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953).

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(81, 263)]
    [0.255, 0.366]
    """
    share, z2 = hits / n, _NORMAL_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) + z2 / (4 * n)) / n) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def calibration_error(truth: Ints, probabilities: Floats, *, bins: int = 10) -> float:
    """Return the expected calibration error: mean distance between confidence and accuracy over equal-width bins.

    Source: Guo et al. 2017, arXiv 1706.04599.

    Examples
    --------
    >>> calibration_error(np.array([0, 1]), np.array([[0.8, 0.2], [0.8, 0.2]])).__round__(3)
    0.3
    """
    return _distance_from_shares(probabilities.max(axis=1), probabilities.argmax(axis=1) == truth, bins=bins)


def fit_temperature(scores: Floats, groups: Ints) -> float:
    """Fit the temperature at which seven-class scores (n, 7) best predict the true groups (n,).

    Groups are used because all labeled sources agree on them; the likelihood is that of the summed probabilities.
    Temperature scaling: Guo et al. 2017, arXiv 1706.04599.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> truth = random.integers(0, 3, 500)
    >>> scores = np.repeat(6 * np.eye(3)[truth], [2, 3, 2], axis=1) + random.normal(scale=4, size=(500, 7))
    >>> fit_temperature(scores, truth) > 1  # the scores are too sure
    True
    """

    def loss(logarithm: float) -> float:
        p = group_probabilities(np.asarray(softmax(scores / np.exp(logarithm), axis=1)))
        return float(-np.log(np.maximum(p[np.arange(len(p)), groups], 1e-12)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.2), np.log(5.0)), method="bounded").x))
