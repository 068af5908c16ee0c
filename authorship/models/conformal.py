"""Prediction sets: which candidates cannot be ruled out at the user's confidence.

Two questions are asked of every candidate, each answered by a rank among films whose director is known, each scored by
a model that had not seen it:

1. *Is it likely enough, among the candidates?* The share of the candidate's own films to which, held out, their
   director looked at least as unlikely. The likeliest candidate always stays. Comparing a candidate with its own films
   alone keeps the promise for each director and not only on average (class-conditional conformal sets, Vovk 2012,
   ACML, PMLR 25, 475-490); the price is larger sets, and that a candidate of n films can never be ruled out above a
   confidence of n / (n + 1).
2. *Is the film typical of it?* The share of all films that, held out, lie at least as far from their own director's
   films as this film does from the candidate's (Mahalanobis distance). A film that is typical of nobody is 'none of
   these', however large the largest of its probabilities.

A candidate is in the set if it passes both; nine tenths of the allowed error go to the first question and one tenth to
the second, so that by the union bound the errors stay within the whole. The film's score comes from a model of all
films, the others' from models that lack them (a jackknife), so coverage is not guaranteed but measured: ``authorship
benchmark`` leaves each film out in turn and prints it, for each director too.

The sets are computed here, in a few lines on arrays, since a library's wrapper would have to keep the fitted
estimators, whereas a reference on disk is plain numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from authorship.models.linear import AttributionModel

__all__ = ["Calibration", "Typicality", "calibrate", "fit_typicality", "is_typical", "prediction_set"]

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]
Folds = npt.NDArray[np.int64]

_SHARE_OF_TYPICALITY = 0.1  # of the error that the confidence allows: a film of nobody known is rare; by judgement
_POOLING = 10.0  # films' worth of the pooled covariance in each candidate's own
_FEWEST_FOR_OWN = 5  # times as many films as features give a candidate a covariance of its own


@dataclass(frozen=True, eq=False)
class Typicality:
    """How far a film lies from each candidate's films.

    `centre` and `spread` (p,) standardise the features of which `means` (k, p) are; `precisions` (k, p, p), or (1, p,
    p) where the candidates share one, are inverse covariances, each shrunken towards the pooled one.
    """

    centre: Array
    spread: Array
    means: Array
    precisions: Array

    def distances(self, values: Array) -> Array:
        """Return squared Mahalanobis distances per feature, shape (n, k); missing features are left out."""
        standard = (values - self.centre) / self.spread
        known = ~np.isnan(standard)
        differences = np.where(known[:, np.newaxis, :], np.nan_to_num(standard)[:, np.newaxis, :] - self.means, 0.0)
        precisions = np.broadcast_to(self.precisions, (len(self.means), *self.precisions.shape[1:]))
        squares = np.einsum("nkp,kpq,nkq->nk", differences, precisions, differences)
        return np.asarray(squares / np.maximum(known.sum(axis=1, keepdims=True), 1), np.float64)


@dataclass(frozen=True, eq=False)
class Calibration:
    """What n films of known directors scored when they were held out; anonymous but for the director.

    `unlikeliness` is 1 - the probability of the true candidate, `distance` that to the true candidate's films,
    `nearest` that to the nearest candidate's. A weight is 1, or less where several rows are one film; `typicality` is
    of all films.
    """

    labels: Labels
    unlikeliness: Array
    distance: Array
    nearest: Array
    weights: Array
    typicality: Typicality

    def likelihood_ranks(self, probabilities: Array) -> Array:
        """Return the p-value of each candidate by probability; shape (k,), as `probabilities`."""
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
    values: Array,
    labels: Labels,
    folds: Folds,
    fit: Callable[[Array, Labels, Array], AttributionModel],
    *,
    weights: Array | None = None,
) -> Calibration:
    """Hold out each fold of the films' values (n, p) and keep what its films score by the model of the others."""
    weights = np.ones(len(labels)) if weights is None else weights
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


def fit_typicality(
    values: Array, labels: Labels, model: AttributionModel, *, weights: Array | None = None
) -> Typicality:
    """Estimate each candidate's mean and covariance, shrunken towards the pooled one and its diagonal.

    Of many features the candidates share the pooled covariance: few films do not bear one each.
    """
    weights = np.ones(len(labels)) if weights is None else weights
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
    return Typicality(model.centre, model.spread, means, np.stack(precisions))


def prediction_set(
    likelihood: Array, typicality: Array, probabilities: Array, *, confidence: float
) -> npt.NDArray[np.bool_]:
    """Say which of k candidates cannot be ruled out, by the p-values of the two questions.

    The one of the largest probability is always likely enough; `confidence` is how often the true candidate should be
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
    """Say by its p-values whether a film could be one of each candidate's; shape as given."""
    return np.asarray(typicality > _SHARE_OF_TYPICALITY * (1 - confidence), np.bool_)
