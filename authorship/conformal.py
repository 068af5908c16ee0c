"""Prediction sets: which candidates cannot be ruled out at the user's confidence.

Two questions are asked of every candidate, each answered by a rank among the reference's own films:

1. *Is it likely enough, among the candidates?* The CV+ p-value of Barber, Candès, Ramdas, Tibshirani 2021
   (Annals of Statistics 49(1) 486-507) with the score 1 - p(candidate | film): the share of the reference's
   films to which, held out, the truth looked at least as unlikely. The likeliest candidate always stays.
2. *Is the film typical of it?* The share of the reference's films that, held out, lie at least as far from
   their own director's films as this film does from the candidate's (Mahalanobis distance). A film that is
   typical of nobody is 'none of these', however large the largest of its probabilities.

A candidate is in the set if it passes both; three quarters of the allowed error go to the first question and
one quarter to the second, so that by the union bound the errors stay within the whole. The share of films whose
director is in the set, each left out in turn, is printed by ``authorship benchmark``.

The sets are computed here, in a few lines on arrays, since a library's wrapper would have to keep the fitted
estimators, whereas a reference on disk is plain numbers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from authorship.model import AttributionModel, CrossFit

__all__ = ["Calibration", "Typicality", "calibrate", "is_typical", "prediction_set"]

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]

_SHARE_OF_TYPICALITY = 0.25
_POOLING = 10.0  # films' worth of the pooled covariance in each candidate's own


@dataclass(frozen=True, eq=False)
class Typicality:
    """How far a film lies from each candidate's films.

    Attributes
    ----------
    centre, spread : float arrays of shape (p,)
    means : float array of shape (k, p)
        Of the standardised features.
    precisions : float array of shape (k, p, p)
        Inverse covariances, each shrunken towards the pooled one.
    """

    centre: Array
    spread: Array
    means: Array
    precisions: Array

    def distances(self, values: Array) -> Array:
        """Give squared Mahalanobis distances a feature, shape (n, k); missing features are left out."""
        standard = (values - self.centre) / self.spread
        known = ~np.isnan(standard)
        differences = np.where(known[:, np.newaxis, :], np.nan_to_num(standard)[:, np.newaxis, :] - self.means, 0.0)
        squares = np.einsum("nkp,kpq,nkq->nk", differences, self.precisions, differences)
        return np.asarray(squares / np.maximum(known.sum(axis=1, keepdims=True), 1), np.float64)


@dataclass(frozen=True, eq=False)
class Calibration:
    """What the reference's films scored when they were held out.

    Attributes
    ----------
    cross : CrossFit
    typicalities : tuple of Typicality
        One a fold.
    unlikeliness : float array of shape (n,)
        1 - the out-of-fold probability of the true candidate.
    distance : float array of shape (n,)
        Out-of-fold distance to the true candidate's films.
    """

    cross: CrossFit
    typicalities: tuple[Typicality, ...]
    unlikeliness: Array
    distance: Array

    def likelihood_ranks(self, values: Array) -> Array:
        """Give the p-value of each candidate by probability; shape (k,) for one film, `values` of shape (1, p)."""
        by_fold = np.vstack([1 - model.probabilities(values)[0] for model in self.cross.models])
        return _ranks(self.unlikeliness, by_fold[self.cross.folds])

    def typicality_ranks(self, values: Array) -> Array:
        """Give the p-value of each candidate by distance, shape (n, k), for `values` of shape (n, p)."""
        reached = np.zeros((len(values), len(self.cross.models[0].candidates)))
        for fold, typicality in enumerate(self.typicalities):
            calibration = np.sort(self.distance[self.cross.folds == fold])
            below = np.searchsorted(calibration, typicality.distances(values), side="left")
            reached += len(calibration) - below
        return np.asarray((1 + reached) / (len(self.distance) + 1), np.float64)


def calibrate(values: Array, labels: Labels, cross: CrossFit) -> Calibration:
    """Hold out each fold of the reference and keep what its films scored."""
    candidates = np.unique(labels)
    rows, columns = np.arange(len(labels)), np.searchsorted(candidates, labels)
    typicalities = []
    distance = np.full(len(labels), np.nan)
    for fold in range(len(cross.models)):
        out = cross.folds == fold
        typicality = fit_typicality(values[~out], labels[~out], cross.models[fold])
        distance[out] = typicality.distances(values[out])[np.arange(out.sum()), columns[out]]
        typicalities.append(typicality)
    return Calibration(cross, tuple(typicalities), 1 - cross.probabilities[rows, columns], distance)


def fit_typicality(values: Array, labels: Labels, model: AttributionModel) -> Typicality:
    """Estimate each candidate's mean and its covariance, shrunken towards the pooled one and its diagonal."""
    standard = model.standardize(values)
    p, candidates = values.shape[1], np.unique(labels)
    means = np.vstack([standard[labels == candidate].mean(axis=0) for candidate in candidates])
    centred = standard - means[np.searchsorted(candidates, labels)]
    pooled = centred.T @ centred / max(len(labels) - len(candidates), 1)
    to_diagonal = p / (p + len(labels))
    precisions = []
    for candidate in candidates:
        own = centred[labels == candidate]
        covariance = (own.T @ own + _POOLING * pooled) / (len(own) - 1 + _POOLING)
        covariance = (1 - to_diagonal) * covariance + to_diagonal * np.diag(np.diag(covariance))
        precisions.append(np.linalg.inv(covariance + 1e-6 * np.eye(p)))
    return Typicality(model.centre, model.spread, means, np.stack(precisions))


def prediction_set(
    likelihood: Array, typicality: Array, probabilities: Array, *, confidence: float
) -> npt.NDArray[np.bool_]:
    """Say which candidates cannot be ruled out.

    Parameters
    ----------
    likelihood, typicality : float arrays of shape (k,)
        The p-values of the two questions.
    probabilities : float array of shape (k,)
        The model's; its largest is always likely enough.
    confidence : float
        Between 0 and 1: how often the true candidate should be in the set.

    Returns
    -------
    bool array of shape (k,)

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


def _ranks(calibration: Array, scores: Array) -> Array:
    """Give (1 + how many of n calibration scores reach the film's) / (n + 1), by column."""
    reached = (calibration[:, np.newaxis] >= scores).sum(axis=0)
    return np.asarray((1 + reached) / (len(calibration) + 1), np.float64)
