"""Linear discriminant analysis with a shrunken covariance, and the choice of its features inside the folds.

It is used for references with many features: it has a closed form, so thousands of fits take seconds, and its score is
a sum over features, so evidence is exact. Unlike scikit-learn's estimator of the same name, it chooses features: all
combinations of feature groups are tried from one covariance per fold. A test checks that the fits agree.

Conventions
-----------
Feature matrices have shape (n, p), transformed as in `authorship.reference.table.Reference.matrix`, NaN where
a film lacks a feature: such a feature contributes nothing. Several rows of one work (a film measured many times) stay
in the same fold; weights make them count as one film.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from authorship.models.linear import AttributionModel, scale, standardized

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]
Folds = npt.NDArray[np.int64]
Columns = npt.NDArray[np.int64]

SHRINKAGES: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)
"""Shrinkages toward a spherical covariance, to choose from by out-of-fold log loss."""

_LEAST = 1e-6  # of the variance of a standardized feature

TEMPERATURES: tuple[float, ...] = tuple(float(t) for t in np.geomspace(0.7, 5, 16))
"""Divisors of the scores, to choose from: discriminant scores from few films are overconfident."""


@dataclass(frozen=True)
class Choice:
    """The feature groups, shrinkage and temperature with the lowest out-of-fold log loss (nats per film)."""

    groups: tuple[str, ...]
    shrinkage: float
    temperature: float
    loss: float


@dataclass(frozen=True, eq=False)
class Discriminant:
    """Means and covariance of the candidates' films, from which a model of any features follows.

    `center` and `spread` (p,) standardize the features; `means` (k, p) are of the standardized features; `covariance`
    (p, p) is pooled within candidates; `priors` (k,) are the candidates' shares of the films.
    """

    candidates: tuple[str, ...]
    center: Array
    spread: Array
    means: Array
    covariance: Array
    priors: Array

    @classmethod
    def of(cls, values: Array, labels: Labels, weights: Array | None = None) -> "Discriminant":
        """Estimate from `values` (n, p) with row weights: each row of a film with ten rows has a weight of a tenth."""
        weights = np.ones(len(values)) if weights is None else weights
        center, spread = scale(values, weights)
        standard = standardized(values, center, spread)
        candidates, codes = np.unique(labels, return_inverse=True)
        member = np.eye(len(candidates))[codes] * weights[:, None]
        films = member.sum(axis=0)
        means = (member.T @ standard) / films[:, None]
        rest = standard - means[codes]
        covariance = (rest * weights[:, None]).T @ rest / max(weights.sum() - len(candidates), 1.0)
        return cls(tuple(str(name) for name in candidates), center, spread, means, covariance, films / films.sum())

    def standardize(self, values: Array) -> Array:
        """Return features in standard deviations from the mean, 0 where missing; shape (n, p)."""
        return standardized(values, self.center, self.spread)

    def linear(self, used: npt.NDArray[np.bool_], shrinkages: Array) -> tuple[Array, Array]:
        """Solve at once for the weights (m, k, p) and intercepts (m, k) of m selections of columns, `used` (m, p)."""
        diagonal = np.arange(used.shape[1])
        variances = np.where(used, np.diag(self.covariance), 0.0)
        sphere = shrinkages * variances.sum(axis=1) / used.sum(axis=1)
        some = np.where(used[:, :, None] & used[:, None, :], (1 - shrinkages)[:, None, None] * self.covariance, 0.0)
        # _LEAST keeps the matrix invertible if films do not differ within candidates; an unused column is independent
        # of the others, with a mean of 0.
        some[:, diagonal, diagonal] += np.where(used, (sphere + _LEAST)[:, None], 1.0)
        means = np.where(used[:, :, None], self.means.T, 0.0)
        weights = np.linalg.solve(some, means)
        intercepts = np.log(self.priors) - 0.5 * (weights * means).sum(axis=1)
        return weights.transpose(0, 2, 1), intercepts

    def model(self, columns: Columns, *, shrinkage: float, temperature: float) -> AttributionModel:
        """Return the model of the given columns."""
        used = np.isin(np.arange(len(self.center)), columns)
        of_all, intercepts = self.linear(used[None], np.asarray([shrinkage]))
        weights, intercept = of_all[0], intercepts[0]
        return AttributionModel(
            candidates=self.candidates,
            center=self.center,
            spread=self.spread,
            weights=np.asarray((weights - weights.mean(axis=0)) / temperature, np.float64),
            intercept=np.asarray((intercept - intercept.mean()) / temperature, np.float64),
            method=f"linear discriminant analysis, shrinkage {shrinkage:g}, temperature {temperature:.2g}",
        )


def group_choices(groups: Sequence[str]) -> list[tuple[str, ...]]:
    """Return every combination of one or more groups, smallest first.

    Examples
    --------
    >>> group_choices(["durations", "runs"])
    [('durations',), ('runs',), ('durations', 'runs')]
    """
    return [some for n in range(1, len(groups) + 1) for some in combinations(groups, n)]


def choose(
    values: Array,
    labels: Labels,
    folds: Folds,
    groups: Mapping[str, Columns],
    *,
    weights: Array | None = None,
) -> Choice:
    """Choose column groups of `values` (n, p), shrinkage and temperature by the lowest out-of-fold log loss."""
    weights = np.ones(len(values)) if weights is None else weights
    candidates = np.unique(labels)
    truth = np.searchsorted(candidates, labels)
    settings = [(some, shrinkage) for some in group_choices(list(groups)) for shrinkage in SHRINKAGES]
    used = np.zeros((len(settings), values.shape[1]), np.bool_)
    for number, (some, _) in enumerate(settings):
        used[number, np.concatenate([groups[group] for group in some])] = True
    shrinkages = np.asarray([shrinkage for _, shrinkage in settings])
    scores = np.full((len(settings), len(labels), len(candidates)), -1e3)
    for fold in np.unique(folds):
        out = folds == fold
        films = Discriminant.of(values[~out], labels[~out], weights[~out])
        present = np.searchsorted(candidates, films.candidates)
        slopes, intercepts = films.linear(used, shrinkages)
        fresh = films.standardize(values[out]) @ slopes.transpose(0, 2, 1) + intercepts[:, None, :]
        scores[np.ix_(np.arange(len(settings)), np.flatnonzero(out), present)] = fresh
    losses = _losses(scores, truth, weights)
    warmth, lowest = np.unravel_index(int(np.argmin(losses)), losses.shape)
    some, shrinkage = settings[int(lowest)]
    return Choice(some, shrinkage, TEMPERATURES[int(warmth)], float(losses[warmth, lowest]))


def fit_discriminant(
    values: Array, labels: Labels, choice: Choice, groups: Mapping[str, Columns], *, weights: Array | None = None
) -> AttributionModel:
    """Fit the chosen model to films."""
    columns = np.concatenate([groups[group] for group in choice.groups])
    films = Discriminant.of(values, labels, weights)
    return films.model(columns, shrinkage=choice.shrinkage, temperature=choice.temperature)


def _losses(scores: Array, truth: npt.NDArray[np.int64], weights: Array) -> Array:
    """Return the mean log loss, shape (temperatures, settings); `scores` has shape (settings, n, k)."""
    by_candidate = np.ascontiguousarray(np.moveaxis(scores, 2, 0))  # sums over six candidates are faster on axis 0
    below = by_candidate - by_candidate.max(axis=0)
    of_truth = np.take_along_axis(below, truth[None, None, :], axis=0)[0]
    losses = [(np.log(np.exp(below / t).sum(axis=0)) - of_truth / t) @ weights for t in TEMPERATURES]
    return np.asarray(np.stack(losses) / weights.sum(), np.float64)
