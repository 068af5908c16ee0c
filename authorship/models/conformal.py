"""Prediction sets: which candidates cannot be ruled out at the user's confidence.

Two questions are asked of every candidate, each answered by a rank among films by known directors, each scored by a
model that had not seen it:

1. *Is it likely enough, among the candidates?* The share of the candidate's own films for which, held out, the
   candidate looked at least as unlikely. The likeliest candidate always passes. Comparing a candidate only with its own
   films maintains coverage for each director, not only on average (class-conditional conformal sets, Vovk 2012, ACML,
   PMLR 25, 475-490); the price is larger sets, and a candidate with n films can never be ruled out above a confidence
   of 1 - 1 / (0.9 (n + 1)).
2. *Is the film typical of it?* The share of all films that, held out, lie at least as far from their own director's
   films as this film does from the candidate's (Mahalanobis distance). A film typical of no candidate is 'none of
   these', however high its largest probability; with n films in all, none can be above a confidence of
   1 - 10 / (n + 1), and an answer at such a confidence says so.

A candidate is in the set if it passes both; nine tenths of the allowed error go to the first question and one tenth to
the second, so by the union bound the total error stays within what is allowed. The film's score comes from a model of
all films, the others' from models that lack them (a jackknife), so coverage is not guaranteed but measured:
``authorship benchmark`` leaves each film out in turn and prints it, overall and per director.

The sets are computed here, in a few lines on arrays, because a library's wrapper would have to keep the fitted
estimators, whereas a reference on disk is plain numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from authorship.models.linear import AttributionModel

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]
Folds = npt.NDArray[np.int64]

_SHARE_OF_TYPICALITY = 0.1  # of the allowed error, by judgment: films by unknown directors are rare
_POOLING = 10.0  # weight, in films, of the pooled covariance in each candidate's own
_FEWEST_FOR_OWN = 5  # films per feature, on average, from which each candidate has its own covariance


@dataclass(frozen=True, eq=False)
class Typicality:
    """How far a film lies from each candidate's films.

    `center` and `spread` (p,) standardize the features; `means` (k, p) are of the standardized features; `precisions`
    (k, p, p), or (1, p, p) if the candidates share one, are inverse covariances, each shrunk toward the pooled one.
    """

    center: Array
    spread: Array
    means: Array
    precisions: Array

    def distances(self, values: Array) -> Array:
        """Return squared Mahalanobis distances per feature, shape (n, k); missing features are left out."""
        standard = (values - self.center) / self.spread
        known = ~np.isnan(standard)
        squares = np.empty((len(values), len(self.means)))
        patterns, pattern = np.unique(known, axis=0, return_inverse=True)
        for place, some in enumerate(patterns):
            rows = pattern.ravel() == place
            differences = standard[rows][:, np.newaxis, some] - self.means[:, some]
            precisions = np.broadcast_to(self._precisions_of(some), (len(self.means), some.sum(), some.sum()))
            squares[rows] = np.einsum("nkp,kpq,nkq->nk", differences, precisions, differences)
        return np.asarray(squares / np.maximum(known.sum(axis=1, keepdims=True), 1), np.float64)

    def _precisions_of(self, some: npt.NDArray[np.bool_]) -> Array:
        """Return the inverse covariances of some features, whatever the values of the others."""
        if some.all():
            return self.precisions
        return np.asarray(np.linalg.inv(np.linalg.inv(self.precisions)[:, some][:, :, some]), np.float64)


@dataclass(frozen=True, eq=False)
class Calibration:
    """Held-out scores of n films by known directors, anonymous except for the director.

    `unlikeliness` is 1 - the probability of the true candidate, `distance` the distance to the true candidate's films,
    `nearest` that to the nearest candidate's. A weight is 1, or less if several rows are one film; `typicality` is
    estimated from all films.
    """

    labels: Labels
    unlikeliness: Array
    distance: Array
    nearest: Array
    weights: Array
    typicality: Typicality

    def can_exclude(self, confidence: float) -> bool:
        """Return whether there are enough films for any film to be typical of no candidate."""
        return not is_typical(np.asarray(1 / (1 + self.weights.sum())), confidence=confidence)

    def likelihood_ranks(self, probabilities: Array) -> Array:
        """Return the p-value of each candidate by probability; shape (k,), like `probabilities`."""
        ranks = np.empty(len(probabilities))
        for k, candidate in enumerate(np.unique(self.labels)):
            own = self.labels == candidate
            reached = self.weights[own] @ (self.unlikeliness[own] >= 1 - probabilities[k])
            ranks[k] = (1 + reached) / (1 + self.weights[own].sum())
        return ranks

    def typicality_ranks(self, values: Array) -> Array:
        """Return the p-value of each candidate by distance, shape (n, k), for `values` of shape (n, p)."""
        order = np.argsort(self.distance)
        reached = np.append(np.cumsum(self.weights[order][::-1])[::-1], 0.0)
        place = np.searchsorted(self.distance[order], self.typicality.distances(values), side="left")
        return np.asarray((1 + reached[place]) / (1 + self.weights.sum()), np.float64)


def calibrate(
    values: Array, labels: Labels, folds: Folds, fit: Callable[[Array, Labels, Array], AttributionModel]
) -> Calibration:
    """Hold out each fold of `values` (n, p) and score its films by a model of the others; `fit` also gets weights."""
    weights = np.ones(len(labels))
    candidates = np.unique(labels)
    columns = np.searchsorted(candidates, labels)
    unlikeliness, distance, nearest = (np.full(len(labels), np.nan) for _ in range(3))
    for fold in np.unique(folds):
        out = folds == fold
        rows = np.arange(out.sum())
        model = fit(values[~out], labels[~out], weights[~out])
        typicality = fit_typicality(values[~out], labels[~out], model, weights=weights[~out])
        distances = typicality.distances(values[out])
        unlikeliness[out] = 1 - model.probabilities(values[out])[rows, columns[out]]
        distance[out], nearest[out] = distances[rows, columns[out]], distances.min(axis=1)
    whole = fit_typicality(values, labels, fit(values, labels, weights), weights=weights)
    return Calibration(labels, unlikeliness, distance, nearest, weights, whole)


def fit_typicality(values: Array, labels: Labels, model: AttributionModel, *, weights: Array) -> Typicality:
    """Estimate each candidate's mean and covariance, shrunk toward the pooled one and its diagonal.

    With many features the candidates share the pooled covariance: too few films to estimate one each.
    """
    standard = model.standardize(values)
    p, candidates = values.shape[1], np.unique(labels)
    codes = np.searchsorted(candidates, labels)
    films = np.bincount(codes, weights=weights)
    means = (np.eye(len(candidates))[codes] * weights[:, None]).T @ standard / films[:, None]
    rest = standard - means[codes]
    pooled = (rest * weights[:, None]).T @ rest / max(weights.sum() - len(candidates), 1.0)
    to_diagonal = p / (p + weights.sum())
    shared = films.mean() < _FEWEST_FOR_OWN * p
    covariances = (
        [pooled]
        if shared
        else [
            ((rest[codes == k] * weights[codes == k, None]).T @ rest[codes == k] + _POOLING * pooled)
            / (films[k] - 1 + _POOLING)
            for k in range(len(candidates))
        ]
    )
    precisions = [
        np.linalg.inv((1 - to_diagonal) * one + to_diagonal * np.diag(np.diag(one)) + 1e-6 * np.eye(p))
        for one in covariances
    ]
    return Typicality(model.center, model.spread, means, np.stack(precisions))


def prediction_set(
    likelihood: Array, typicality: Array, probabilities: Array, *, confidence: float
) -> npt.NDArray[np.bool_]:
    """Return which of k candidates cannot be ruled out, by the p-values of the two questions.

    The one with the largest probability is always likely enough; `confidence` is how often the true candidate should be
    in the set.

    Examples
    --------
    >>> likelihood, typicality = np.array([0.6, 0.3, 0.02]), np.array([0.5, 0.4, 0.9])
    >>> prediction_set(likelihood, typicality, np.array([0.6, 0.3, 0.1]), confidence=0.9).tolist()
    [True, True, False]
    """
    likely = likelihood > (1 - _SHARE_OF_TYPICALITY) * (1 - confidence)
    likely[int(np.argmax(probabilities))] = True
    return likely & is_typical(typicality, confidence=confidence)


def is_typical(typicality: Array, *, confidence: float) -> npt.NDArray[np.bool_]:
    """Return whether a film could be by each candidate, by its typicality p-values; shape as given."""
    return np.asarray(typicality > _SHARE_OF_TYPICALITY * (1 - confidence), np.bool_)
