"""The attribution model: a linear score for each candidate, from which probability and evidence both follow.

With few features it is a multinomial logistic regression, fitted here; with many, a discriminant analysis
(`authorship.models.discriminant`). Both were chosen because their scores are sums over features, so evidence is
exact, and because hardly any classifier in ``authorship benchmark`` is more accurate on the films at hand.

Conventions
-----------
Feature matrices have shape (n, p), logarithms taken where the codebook says so, NaN where a film lacks a
feature: such a feature contributes nothing. Candidates are in alphabetical order everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]
Folds = npt.NDArray[np.int64]

PENALTIES: tuple[float, ...] = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Inverse strengths of the ridge penalty, to choose from by out-of-fold log loss."""

_ARRAYS = ("center", "spread", "weights", "intercept")
_MOST_FOLDS = 10  # as usual; more take longer and change little
_MOST_STEPS = 100  # Newton's method takes about ten
_MOST_HALVINGS = 30  # a billionth of a step: no descent is left
_CONVERGED = 1e-12  # twice what Newton's next step would gain, in nats over all films
_LEAST_RIDGE = 1e-9  # on intercepts, whose common shift changes nothing
# Choosing a penalty for ten films each of 15 directors took .2 s together and .4 s one by one; for 20, 2.8 and .6 s.
_MOST_CANDIDATES = 15
_PRECISE = 1e-6  # on the slope of the loss; probabilities then differ by less than 1e-5 from those of Newton's method


@dataclass(frozen=True, eq=False)
class AttributionModel:
    """A fitted model as plain numbers, stored without a pickle.

    `center` and `spread` (p,) are each feature's mean and standard deviation over the training films; `weights` (k, p)
    apply to the standardized features, each column summing to zero; `intercept` (k,) is the score of a film with
    average features, and sums to zero.
    """

    candidates: tuple[str, ...]
    center: Array
    spread: Array
    weights: Array
    intercept: Array
    method: str

    def to_json(self) -> dict[str, Any]:
        """Return the parameters as JSON-ready values that `from_json` restores bit for bit."""
        arrays = {name: getattr(self, name).tolist() for name in _ARRAYS}
        return {"method": self.method, "candidates": list(self.candidates), **arrays}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "AttributionModel":
        """Read a model from the output of `to_json`.

        Raises
        ------
        ValueError
            If a parameter is missing, is not a number, or has a shape that does not match the others.
        """
        try:
            candidates = tuple(str(name) for name in content["candidates"])
            center, spread, weights, intercept = (np.asarray(content[name], np.float64) for name in _ARRAYS)
            method = str(content["method"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{error}: not the parameters of a model") from error
        k, p = len(candidates), len(center)
        if (spread.shape, weights.shape, intercept.shape) != ((p,), (k, p), (k,)):
            raise ValueError(f"weights of shape {weights.shape}: not the parameters of a model")
        return cls(candidates, center, spread, weights, intercept, method)

    def standardize(self, values: Array) -> Array:
        """Return features in standard deviations from the mean, 0 where missing; shape (n, p)."""
        return standardized(values, self.center, self.spread)

    def contributions(self, values: Array) -> Array:
        """Return each feature's contribution to each candidate's score, in log-odds; shape (n, k, p).

        With `intercept` they sum to `scores`.
        """
        return np.asarray(self.standardize(values)[:, np.newaxis, :] * self.weights, np.float64)

    def scores(self, values: Array) -> Array:
        """Return each candidate's log-odds against the geometric mean of all candidates; shape (n, k)."""
        return np.asarray(self.standardize(values) @ self.weights.T + self.intercept, np.float64)

    def probabilities(self, values: Array) -> Array:
        """Return each candidate's probability, given that it is one of them; shape (n, k), rows sum to one."""
        scores = self.scores(values)
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float64)


def fit_model(values: Array, labels: Labels, *, penalty: float) -> AttributionModel:
    """Fit a multinomial logistic regression to values (n, p) with a ridge penalty.

    `penalty` is the inverse strength of the penalty on the weights, positive; the intercepts are not penalized.
    """
    center, spread = scale(values, np.ones(len(values)))
    candidates, codes = np.unique(labels, return_inverse=True)
    parameters = _fit(_design(values, center, spread)[None], codes, np.ones((1, len(labels))), np.asarray([penalty]))
    weights, intercept = parameters[0, :, 1:], parameters[0, :, 0]
    return AttributionModel(
        candidates=tuple(str(candidate) for candidate in candidates),
        center=center,
        spread=spread,
        weights=np.asarray(weights - weights.mean(axis=0), np.float64),
        intercept=np.asarray(intercept - intercept.mean(), np.float64),
        method=f"multinomial logistic regression, ridge penalty {1 / penalty:.3g}",
    )


def choose_penalty(values: Array, labels: Labels, folds: Folds, penalties: tuple[float, ...] = PENALTIES) -> float:
    """Return the penalty with the lowest out-of-fold log loss; all folds and penalties are fitted at once.

    Raises
    ------
    ValueError
        If a fold holds all films of a candidate.
    """
    candidates, codes = np.unique(labels, return_inverse=True)
    designs, used = [], []
    for fold in np.unique(folds):
        inside = folds != fold
        if len(np.unique(labels[inside])) < len(candidates):
            raise ValueError(f"fold {fold}: holds all films of a candidate; use more folds")
        designs += [_design(values, *scale(values[inside], np.ones(inside.sum())))] * len(penalties)
        used += [inside] * len(penalties)
    design, weights = np.stack(designs), np.stack(used).astype(np.float64)
    parameters = _fit(design, codes, weights, np.tile(penalties, len(designs) // len(penalties)))
    of_truth = _log_probabilities(design, parameters)[:, np.arange(len(codes)), codes]
    losses = -(of_truth * (1 - weights)).sum(axis=1).reshape(-1, len(penalties)).sum(axis=0)
    return penalties[int(np.argmin(losses))]


def scale(values: Array, weights: Array) -> tuple[Array, Array]:
    """Return each feature's weighted mean and standard deviation (1 if constant) over the rows that have it."""
    known = ~np.isnan(values)
    total = np.maximum((known * weights[:, None]).sum(axis=0), 1e-12)
    center = (np.where(known, values, 0) * weights[:, None]).sum(axis=0) / total
    spread = np.sqrt((np.where(known, values - center, 0) ** 2 * weights[:, None]).sum(axis=0) / total)
    return center, np.where(spread > 1e-12, spread, 1.0)


def standardized(values: Array, center: Array, spread: Array) -> Array:
    """Return features (n, p) or (p,) in standard deviations from the mean, 0 where missing."""
    return np.asarray(np.nan_to_num((values - center) / spread, nan=0.0), np.float64)


def _design(values: Array, center: Array, spread: Array) -> Array:
    """Return a column of ones and the standardized features, 0 where missing; shape (n, 1 + p)."""
    return np.column_stack([np.ones(len(values)), standardized(values, center, spread)])


def _log_probabilities(design: Array, parameters: Array) -> Array:
    """Return log probabilities (m, n, k) from designs (m, n, q) and parameters (m, k, q)."""
    scores = design @ parameters.transpose(0, 2, 1)
    below = scores - scores.max(axis=2, keepdims=True)
    return np.asarray(below - np.log(np.exp(below).sum(axis=2, keepdims=True)), np.float64)


def _fit(design: Array, codes: npt.NDArray[np.int64], weights: Array, penalties: Array) -> Array:
    """Fit m logistic regressions together by Newton's method, halving each step until the loss does not rise.

    scikit-learn's estimator fits one at a time in milliseconds; a permutation test needs hundreds of thousands. A test
    checks that the two agree. With many candidates scikit-learn's is faster. The design is (m, n, q), the weights
    (m, n), 0 for a film that a regression does not see, and the returned parameters (m, k, q).
    """
    m, _, q = design.shape
    k = int(codes.max()) + 1
    if k > _MOST_CANDIDATES:
        return np.stack([_fit_many(*one, codes) for one in zip(design, weights, penalties, strict=True)])
    weights = weights * penalties[:, None]
    free = np.full(q, _LEAST_RIDGE)
    free[1:] = 1.0
    ridge = np.tile(free, k)
    parameters = np.zeros((m, k, q))
    truth = np.eye(k)[codes]

    def loss(tried: Array) -> Array:
        of_truth = _log_probabilities(design, tried)[:, np.arange(len(codes)), codes]
        return np.asarray(0.5 * (tried**2 * free).sum(axis=(1, 2)) - (weights * of_truth).sum(axis=1), np.float64)

    lowest = loss(parameters)
    for _ in range(_MOST_STEPS):
        p = np.exp(_log_probabilities(design, parameters))
        slope = ((p - truth) * weights[..., None]).transpose(0, 2, 1) @ design + parameters * free
        spread = (p[..., None] * design[:, :, None, :]).reshape(m, len(codes), k * q)
        curvature = -spread.transpose(0, 2, 1) @ (spread * weights[..., None])
        for one in range(k):
            own = slice(one * q, (one + 1) * q)
            curvature[:, own, own] += (design * (weights * p[..., one])[..., None]).transpose(0, 2, 1) @ design
        step = np.linalg.solve(curvature + np.diag(ridge), slope.reshape(m, k * q, 1)).reshape(m, k, q)
        if (slope * step).sum(axis=(1, 2)).max() < _CONVERGED:
            break
        size = np.ones(m)
        for _ in range(_MOST_HALVINGS):
            tried = loss(parameters - size[:, None, None] * step)
            worse = tried > lowest + 1e-12 * np.abs(lowest)
            if not worse.any():
                break
            size[worse] /= 2
        size[worse] = 0.0
        parameters, lowest = parameters - size[:, None, None] * step, np.where(worse, lowest, tried)
    return parameters


def _fit_many(design: Array, weights: Array, penalty: float, codes: npt.NDArray[np.int64]) -> Array:
    """Fit one regression of many candidates, whose matrix of second derivatives would be large; returns (k, q)."""
    from sklearn.linear_model import LogisticRegression  # takes a second to load

    model = LogisticRegression(C=penalty, solver="newton-cg", tol=_PRECISE, max_iter=_MOST_STEPS)
    seen = weights > 0
    model.fit(design[seen, 1:], codes[seen], sample_weight=weights[seen])
    return np.column_stack([model.intercept_, model.coef_])


def deal_folds(labels: Labels, works: Labels, *, seed: int, n_folds: int = _MOST_FOLDS) -> Folds:
    """Assign each candidate's works to folds in turn, numbered from 0; all rows of a work share a fold.

    There are at most `n_folds` folds, and no more than works, so that none is empty.
    """
    generator = np.random.default_rng(seed)
    order: list[str] = []
    for candidate in np.unique(labels):
        own = np.unique(works[labels == candidate])
        order.extend(str(work) for work in generator.permutation(own) if work not in order)
    number = {work: place % min(n_folds, len(order)) for place, work in enumerate(order)}
    return np.asarray([number[str(work)] for work in works], np.int64)
