"""The model: evidence is exact, folds do not leak, sets cover."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from authorship.attribution.evidence import gather_evidence
from authorship.models.conformal import Calibration, Typicality, calibrate, prediction_set
from authorship.models.linear import AttributionModel, choose_penalty, deal_folds, fit_model
from authorship.reference.basis import fit_basis
from authorship.reference.table import builtin_reference


def blobs(n: int = 40, k: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    labels = np.repeat([f"d{i}" for i in range(k)], n)
    values = generator.normal(size=(n * k, 2)) + 2.0 * np.repeat(np.arange(k), n)[:, np.newaxis]
    return values, labels


@pytest.mark.parametrize("k", [2, 3, 6])
def test_contributions_and_baseline_sum_to_the_score(k: int) -> None:
    values, labels = blobs(k=k)
    model = fit_model(values, labels, penalty=1.0)
    np.testing.assert_allclose(
        model.contributions(values).sum(axis=2) + model.intercept, model.scores(values), atol=1e-12
    )
    np.testing.assert_allclose(model.scores(values).sum(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose(model.probabilities(values).sum(axis=1), 1)


@pytest.mark.parametrize("k", [2, 4, 20])
def test_probabilities_are_those_of_scikit_learn(k: int) -> None:
    from sklearn.linear_model import LogisticRegression

    values, labels = blobs(k=k)
    model = fit_model(values, labels, penalty=0.7)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    # For two candidates scikit-learn has one weight vector, whose penalty is half that of two vectors.
    strength = 1.4 if k == 2 else 0.7
    theirs = LogisticRegression(C=strength, tol=1e-10, max_iter=1000).fit(standard, labels).predict_proba(standard)
    np.testing.assert_allclose(model.probabilities(values), theirs, atol=1e-6 if k < 16 else 1e-5)


def test_a_missing_feature_contributes_nothing() -> None:
    values, labels = blobs()
    model = fit_model(values, labels, penalty=1.0)
    film = np.array([[1.0, np.nan]])
    assert (model.contributions(film)[0, :, 1] == 0).all()
    assert np.isfinite(model.probabilities(film)).all()
    with_holes = values.copy()
    with_holes[::7, 0] = np.nan
    assert np.isfinite(fit_model(with_holes, labels, penalty=1.0).weights).all()


def test_rows_of_one_work_share_a_fold_and_every_fold_sees_everyone() -> None:
    labels = np.repeat(["a", "b"], 12)
    works = np.asarray([f"{label}{i // 2}" for label in "ab" for i in range(12)])
    folds = deal_folds(labels, works, seed=3)
    assert set(folds) == set(range(10))
    for work in np.unique(works):
        assert len(set(folds[works == work])) == 1
    assert (deal_folds(labels, works, seed=3) == folds).all()
    for fold in np.unique(folds):
        assert set(labels[folds != fold]) == {"a", "b"}


def test_a_fold_that_holds_a_whole_candidate_is_refused() -> None:
    values, labels = blobs(n=4, k=2)
    with pytest.raises(ValueError, match="holds all films of a candidate"):
        choose_penalty(values, labels, (labels == "d1").astype(int))


def test_out_of_fold_probabilities_do_not_know_the_film() -> None:
    """A feature that fingerprints each film helps in-fold but not out of fold."""
    generator = np.random.default_rng(0)
    labels = generator.permutation(np.repeat(["a", "b", "c"], 10))
    values = np.eye(30) + 0.01 * generator.normal(size=(30, 30))
    inside = fit_model(values, labels, penalty=10.0).probabilities(values)
    folds = deal_folds(labels, np.arange(30).astype(str), seed=0)
    held_out = calibrate(values, labels, folds, lambda x, y, _: fit_model(x, y, penalty=10.0))
    truth = np.searchsorted(["a", "b", "c"], labels)
    assert (inside.argmax(axis=1) == truth).mean() == 1
    assert (held_out.unlikeliness < 0.5).mean() < 0.6


def test_noise_chooses_a_strong_penalty() -> None:
    generator = np.random.default_rng(1)
    labels = np.repeat(["a", "b"], 20)
    noise = generator.normal(size=(40, 10))
    folds = deal_folds(labels, np.arange(40).astype(str), seed=0)
    assert choose_penalty(noise, labels, folds) <= 0.1
    values, labels = blobs(n=40, k=2)
    assert choose_penalty(values, labels, deal_folds(labels, np.arange(80).astype(str), seed=0)) >= 0.3


def calibrated(values: np.ndarray, labels: np.ndarray) -> tuple[Calibration, AttributionModel]:
    folds = deal_folds(labels, np.arange(len(labels)).astype(str), seed=0)
    penalty = choose_penalty(values, labels, folds)
    fit = partial(fit_penalized, penalty=penalty)
    return calibrate(values, labels, folds, fit), fit_model(values, labels, penalty=penalty)


def fit_penalized(values: np.ndarray, labels: np.ndarray, _: np.ndarray, *, penalty: float) -> AttributionModel:
    return fit_model(values, labels, penalty=penalty)


def test_each_candidate_is_compared_with_its_own_films() -> None:
    values, labels = blobs(n=30, k=3)
    calibration, _ = calibrated(values, labels)
    hard = replace(calibration, unlikeliness=np.where(labels == "d2", 0.9, 0.1))
    ranks = hard.likelihood_ranks(np.array([0.4, 0.3, 0.3]))
    np.testing.assert_allclose(ranks, [1 / 31, 1 / 31, 1.0])


def test_rows_of_one_film_count_as_one() -> None:
    values, labels = blobs(n=10, k=2)
    calibration, _ = calibrated(values, labels)
    twice = replace(
        calibration,
        labels=np.repeat(labels, 2),
        unlikeliness=np.repeat(calibration.unlikeliness, 2),
        distance=np.repeat(calibration.distance, 2),
        weights=np.full(40, 0.5),
    )
    p = np.array([0.7, 0.3])
    np.testing.assert_allclose(twice.likelihood_ranks(p), calibration.likelihood_ranks(p))
    np.testing.assert_allclose(twice.typicality_ranks(values), calibration.typicality_ranks(values))


@pytest.mark.parametrize("confidence", [0.7, 0.8, 0.9])
def test_sets_cover_fresh_films_at_least_as_often_as_promised(confidence: float) -> None:
    values, labels = blobs(n=40, k=3, seed=1)
    fresh, truth = blobs(n=200, k=3, seed=2)
    calibration, model = calibrated(values, labels)
    names = np.unique(labels)
    covered = []
    for film, label in zip(fresh, truth, strict=True):
        one = film[np.newaxis]
        remains = prediction_set(
            calibration.likelihood_ranks(model.probabilities(one)[0]),
            calibration.typicality_ranks(one)[0],
            model.probabilities(one)[0],
            confidence=confidence,
        )
        covered.append(remains[np.searchsorted(names, label)])
    assert np.mean(covered) >= confidence - 0.06
    assert np.mean(covered) < 0.99  # a set of everyone would cover too


def test_a_film_far_from_everyone_has_no_candidate() -> None:
    values, labels = blobs()
    calibration, _ = calibrated(values, labels)
    far = np.array([[60.0, -40.0]])
    assert calibration.typicality_ranks(far).max() < 0.02
    near = np.array([[2.0, 2.0]])
    assert calibration.typicality_ranks(near).max() > 0.3


def test_a_film_that_lacks_a_correlated_feature_is_no_farther_away() -> None:
    generator = np.random.default_rng(0)
    covariance = np.full((3, 3), 0.9) + 0.1 * np.eye(3)
    films = generator.multivariate_normal(np.zeros(3), covariance, size=4000)
    ones = np.ones(3)
    typical = Typicality(0 * ones, ones, np.zeros((2, 3)), np.linalg.inv(covariance)[np.newaxis])
    complete = typical.distances(films)
    lacking = films.copy()
    lacking[:1000, 1] = lacking[1000:1500, 2] = np.nan
    lacking[1500] = np.nan
    assert typical.distances(lacking)[:1500].mean() == pytest.approx(1, abs=0.1)
    np.testing.assert_array_equal(typical.distances(lacking)[1501:], complete[1501:])
    np.testing.assert_array_equal(typical.distances(lacking)[1500], 0)


def test_evidence_of_a_film_of_the_reference() -> None:
    reference = builtin_reference()
    values = reference.matrix()
    basis = fit_basis(reference)
    row = list(reference.features.index).index("Béla Tarr - Satantango (1994)")
    film = values[row : row + 1]
    evidence = gather_evidence(reference.features.iloc[row].to_dict(), film, basis, reference, basis.features)
    assert evidence.neighbors[0].film_id == "Béla Tarr - Satantango (1994)"
    assert evidence.neighbors[0].distance == 0
    added = sum(c.contribution for c in evidence.contributions if c.candidate == "Béla Tarr")
    score = basis.model.scores(film)[0, 0]
    assert added + evidence.baselines["Béla Tarr"] == pytest.approx(score)
    standing = next(s for s in evidence.standings if (s.candidate, s.feature) == ("Béla Tarr", "average_shot_length"))
    assert standing.median == pytest.approx(145.7)
    assert standing.percentile == pytest.approx(50)
    assert standing.low < 145.7 < standing.high
    assert abs(standing.z) < 1
