"""The attribution model: a linear score for each candidate, from which probability and evidence both follow.

Of few features it is a multinomial logistic regression, fitted here; of many a discriminant analysis
(`authorship.models.discriminant`). Both were chosen since their scores are sums over features, so that evidence
is exact, and since hardly any classifier of ``authorship benchmark`` is more accurate on the films at hand.

Conventions
-----------
Matrices of features have shape (n, p), logarithms taken where the codebook says so, NaN where a film lacks a
feature: such a feature contributes nothing. Candidates are in alphabetical order everywhere.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shotscale.cores import one_matrix_thread

__all__ = ["PENALTIES", "AttributionModel", "choose_penalty", "deal_folds", "fit_model"]

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]
Folds = npt.NDArray[np.int64]

PENALTIES: tuple[float, ...] = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Inverse strengths of the ridge penalty among which the out-of-fold log loss chooses."""

_MOST_FOLDS = 10


@dataclass(frozen=True, eq=False)
class AttributionModel:
    """A fitted model: plain numbers, nothing that needs a pickle.

    Attributes
    ----------
    candidates : tuple of str, length k
    centre, spread : float arrays of shape (p,)
        Mean and standard deviation of each feature over the films that it was fitted on.
    weights : float array of shape (k, p)
        Of the standardised features; each column sums to zero.
    intercept : float array of shape (k,)
        What a film of average features scores; sums to zero.
    method : str
        How it was fitted, in words.
    """

    candidates: tuple[str, ...]
    centre: Array
    spread: Array
    weights: Array
    intercept: Array
    method: str

    def to_json(self) -> dict[str, Any]:
        """Give the parameters as JSON-ready values that `from_json` reads back to the same bits."""
        return {
            "method": self.method,
            "candidates": list(self.candidates),
            "centre": self.centre.tolist(),
            "spread": self.spread.tolist(),
            "weights": self.weights.tolist(),
            "intercept": self.intercept.tolist(),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "AttributionModel":
        """Read what `to_json` gave.

        Raises
        ------
        ValueError
            If a parameter is missing, no number, or of a shape that does not fit the others.
        """
        try:
            candidates = tuple(str(name) for name in content["candidates"])
            centre, spread, weights, intercept = (
                np.asarray(content[key], np.float64) for key in ("centre", "spread", "weights", "intercept")
            )
            method = str(content["method"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{error}: not the parameters of a model") from error
        k, p = len(candidates), len(centre)
        if (spread.shape, weights.shape, intercept.shape) != ((p,), (k, p), (k,)):
            raise ValueError(f"weights of shape {weights.shape}: not the parameters of a model")
        return cls(candidates, centre, spread, weights, intercept, method)

    def standardize(self, values: Array) -> Array:
        """Give features in standard deviations from the mean, 0 where missing; shape (n, p)."""
        return np.nan_to_num((values - self.centre) / self.spread, nan=0.0)

    def contributions(self, values: Array) -> Array:
        """Give what each feature adds to each candidate's score, in log-odds; shape (n, k, p).

        With `intercept` they sum to `scores`.
        """
        return np.asarray(self.standardize(values)[:, np.newaxis, :] * self.weights, np.float64)

    def scores(self, values: Array) -> Array:
        """Give each candidate's log-odds against the geometric mean of all candidates; shape (n, k)."""
        return np.asarray(self.standardize(values) @ self.weights.T + self.intercept, np.float64)

    def probabilities(self, values: Array) -> Array:
        """Give each candidate's probability, given that one of them it is; shape (n, k), rows sum to one."""
        scores = self.scores(values)
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float64)


def fit_model(values: Array, labels: Labels, *, penalty: float) -> AttributionModel:
    """Fit a model of a given penalty.

    Parameters
    ----------
    values : float array of shape (n, p)
    labels : str array of shape (n,)
    penalty : float
        Inverse strength of the ridge penalty, positive.
    """
    from sklearn.exceptions import ConvergenceWarning  # a second's import that tables do not need
    from sklearn.linear_model import LogisticRegression

    known = ~np.isnan(values)
    counts = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, values, 0).sum(axis=0) / counts
    spread = np.sqrt((np.where(known, values - centre, 0) ** 2).sum(axis=0) / counts)
    spread = np.where(spread > 1e-12, spread, 1.0)
    standard = np.nan_to_num((values - centre) / spread, nan=0.0)
    candidates = np.unique(labels)
    estimator = LogisticRegression(
        C=penalty, solver="lbfgs" if len(candidates) == 2 else "newton-cholesky", max_iter=1000, tol=1e-6
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(standard, labels)
    weights, intercept = estimator.coef_, estimator.intercept_
    if len(candidates) == 2:  # one log-odds for two candidates: half for the one, half against the other
        weights, intercept = np.vstack([-weights, weights]) / 2, np.concatenate([-intercept, intercept]) / 2
    return AttributionModel(
        candidates=tuple(str(candidate) for candidate in candidates),
        centre=centre,
        spread=spread,
        weights=np.asarray(weights - weights.mean(axis=0), np.float64),
        intercept=np.asarray(intercept - intercept.mean(), np.float64),
        method=f"multinomial logistic regression, ridge penalty {1 / penalty:.3g}",
    )


def choose_penalty(values: Array, labels: Labels, folds: Folds, penalties: tuple[float, ...] = PENALTIES) -> float:
    """Give the penalty of the lowest out-of-fold log loss.

    Raises
    ------
    ValueError
        If a fold holds all films of a candidate.
    """
    import sklearn.linear_model  # noqa: F401 - brings SciPy's matrix products, which must be loaded to be held

    candidates = np.unique(labels)
    truth = np.searchsorted(candidates, labels)
    losses = np.zeros(len(penalties))
    with one_matrix_thread():
        for fold in np.unique(folds):
            out = folds == fold
            if len(np.unique(labels[~out])) < len(candidates):
                raise ValueError(f"fold {fold}: holds all films of a candidate; use more folds")
            for number, penalty in enumerate(penalties):
                model = fit_model(values[~out], labels[~out], penalty=penalty)
                p = model.probabilities(values[out])[np.arange(out.sum()), truth[out]]
                losses[number] -= np.log(np.maximum(p, 1e-300)).sum()
    return penalties[int(np.argmin(losses))]


def deal_folds(labels: Labels, works: Labels, *, seed: int, n_folds: int = _MOST_FOLDS) -> Folds:
    """Deal each candidate's works over the folds in turn, the rows of one work to the same fold.

    Parameters
    ----------
    labels, works : str arrays of shape (n,)
    seed : int
    n_folds : int
        At most; never so many that a fold would be empty.

    Returns
    -------
    int array of shape (n,)
        From 0 up, every number used.
    """
    generator = np.random.default_rng(seed)
    order: list[str] = []
    for candidate in np.unique(labels):
        own = np.unique(works[labels == candidate])
        order.extend(str(work) for work in generator.permutation(own) if work not in order)
    number = {work: place % min(n_folds, len(order)) for place, work in enumerate(order)}
    return np.asarray([number[str(work)] for work in works], np.int64)
