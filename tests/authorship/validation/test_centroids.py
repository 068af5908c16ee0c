"""Our own estimators keep scikit-learn's contract and do what their sources say."""

from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import NearestCentroid
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from authorship.validation.centroids import BurrowsDelta, CosineDelta, ShrunkenCentroids

ESTIMATORS = (BurrowsDelta(), CosineDelta(), ShrunkenCentroids())


@pytest.mark.parametrize(
    ("estimator", "check"),
    [pair for estimator in ESTIMATORS for pair in estimator_checks_generator(estimator)],
    ids=lambda value: getattr(getattr(value, "func", None), "__name__", type(value).__name__),
)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_checks(estimator: Any, check: Any) -> None:
    check(estimator)


def test_burrows_delta_is_the_mean_absolute_difference_of_z_scores() -> None:
    X = np.array([[1.0, 10.0], [3.0, 14.0], [7.0, 2.0], [9.0, 6.0]])
    y = ["a", "a", "b", "b"]
    delta = BurrowsDelta().fit(X, y)
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    expected = np.abs(z[0] - z[:2].mean(axis=0)).mean() - np.abs(z[0] - z[2:].mean(axis=0)).mean()
    assert -delta.decision_function(X[:1])[0] == pytest.approx(-expected)
    assert delta.predict(X).tolist() == y


def test_shrinking_leaves_out_what_does_not_tell() -> None:
    generator = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 20)
    X = np.column_stack([3.0 * y + generator.normal(size=60), generator.normal(size=60)])
    loose, tight = ShrunkenCentroids(0.0).fit(X, y), ShrunkenCentroids(3.0).fit(X, y)
    assert np.abs(loose.centroids_[:, 1]).max() > 0
    assert np.abs(tight.centroids_[:, 1]).max() == 0
    assert np.abs(tight.centroids_[:, 0]).max() > 0.1


def test_profiles_are_shrunk_as_by_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [6, 15, 30])
    X = generator.normal(size=(51, 5)) + y[:, np.newaxis] * generator.normal(size=5)
    ours = ShrunkenCentroids(0.7).fit(X, y)
    known = NearestCentroid(shrink_threshold=0.7).fit(StandardScaler().fit_transform(X), y)
    np.testing.assert_allclose(ours.centroids_, known.centroids_, atol=1e-6)
