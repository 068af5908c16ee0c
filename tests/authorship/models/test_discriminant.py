"""The discriminant model: fits match scikit-learn's, and choices do not look at held-out films."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from authorship.models.discriminant import Choice, Discriminant, choose, fit_discriminant, group_choices
from authorship.models.linear import deal_folds

GROUPS = {"told": np.array([0, 1]), "noise": np.array([2, 3, 4])}


def films(n: int = 20, k: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return films whose first two features tell the candidates apart and whose other three do not."""
    generator = np.random.default_rng(seed)
    labels = np.repeat([f"d{i}" for i in range(k)], n)
    values = generator.normal(size=(n * k, 5))
    values[:, :2] += 1.5 * np.repeat(np.arange(k), n)[:, None]
    return values, labels, np.arange(n * k).astype(str)


@pytest.mark.parametrize("shrinkage", [0.05, 0.4])
def test_scores_are_those_of_scikit_learn(shrinkage: float) -> None:
    values, labels, _ = films()
    choice = Choice(("told", "noise"), shrinkage, 1.0, 0.0)
    model = fit_discriminant(values, labels, choice, GROUPS)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    # scikit-learn divides the pooled covariance by n, not n - k, which does not affect the priors
    theirs = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage).fit(standard, labels)
    ours = model.scores(values)
    rank = np.argsort(ours, axis=1)
    assert (rank == np.argsort(theirs.decision_function(standard), axis=1)).mean() > 0.97
    n, k = len(labels), 3
    scaled = LinearDiscriminantAnalysis(solver="lsqr", covariance_estimator=_Pooled(shrinkage, n / (n - k))).fit(
        standard, labels
    )
    np.testing.assert_allclose(model.probabilities(values), scaled.predict_proba(standard), atol=1e-4)


class _Pooled:
    """Covariance estimator for scikit-learn with our shrinkage, applied to one class at a time."""

    def __init__(self, shrinkage: float, factor: float) -> None:
        self.shrinkage, self.factor = shrinkage, factor

    def fit(self, rows: np.ndarray) -> "_Pooled":
        covariance = np.cov(rows.T, bias=True) * self.factor
        sphere = np.eye(len(covariance)) * np.trace(covariance) / len(covariance)
        self.covariance_ = (1 - self.shrinkage) * covariance + self.shrinkage * sphere
        return self


def test_groups_that_tell_nothing_are_left_out() -> None:
    values, labels, works = films(n=30)
    folds = deal_folds(labels, works, seed=0)
    choice = choose(values, labels, folds, GROUPS)
    assert choice.groups == ("told",)
    model = fit_discriminant(values, labels, choice, GROUPS)
    assert (model.weights[:, 2:] == 0).all()
    assert (model.weights[:, :2] != 0).any()


def test_the_loss_is_out_of_fold() -> None:
    """A feature that fingerprints each film helps in-fold but not out of fold."""
    _, labels, works = films(n=10)
    values = np.eye(30)
    folds = deal_folds(labels, works, seed=0)
    choice = choose(values, labels, folds, {"fingerprint": np.arange(30)})
    assert choice.loss > 0.9 * np.log(3)


def test_rows_of_one_film_count_as_one() -> None:
    values, labels, _ = films()
    choice = Choice(("told", "noise"), 0.1, 1.0, 0.0)
    once = fit_discriminant(values, labels, choice, GROUPS)
    again = fit_discriminant(
        np.repeat(values, 3, axis=0), np.repeat(labels, 3), choice, GROUPS, weights=np.full(180, 1 / 3)
    )
    np.testing.assert_allclose(again.weights, once.weights, atol=1e-9)
    np.testing.assert_allclose(again.intercept, once.intercept, atol=1e-9)


def test_a_missing_feature_contributes_nothing() -> None:
    values, labels, _ = films()
    values[::5, 0] = np.nan
    model = Discriminant.of(values, labels).model(np.arange(5), shrinkage=0.1, temperature=1.0)
    film = np.array([[np.nan, 1.0, 0, 0, 0]])
    assert (model.contributions(film)[0, :, 0] == 0).all()
    assert np.isfinite(model.probabilities(film)).all()


def test_every_choice_of_groups() -> None:
    assert len(group_choices(list("abcde"))) == 31
    assert len(set(group_choices(list("abcde")))) == 31
