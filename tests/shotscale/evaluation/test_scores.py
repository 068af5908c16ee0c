import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from scipy.stats import t
from sklearn.metrics import cohen_kappa_score, precision_recall_fscore_support

from shotscale.errors import TableError
from shotscale.evaluation.scores import (
    calibration_error,
    clustered_error,
    confusion_matrix,
    effective_number,
    fit_temperature,
    group_indices,
    group_probabilities,
    interval_over_folds,
    measure,
    measure_scales,
    wilson_interval,
)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=4, max_size=60))
def test_figures_are_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    truth, predicted = (np.asarray(column) for column in zip(*pairs, strict=True))
    figures = measure(truth, predicted, names=["a", "b", "c"])
    present = sorted(set(truth.tolist()))
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, predicted, labels=present, average="macro", zero_division=0
    )
    assert figures["macro_precision"] == pytest.approx(precision)
    assert figures["macro_recall"] == pytest.approx(recall)
    assert figures["macro_f1"] == pytest.approx(f1)
    assert figures["accuracy"] == pytest.approx((truth == predicted).mean())
    if len(set(truth.tolist()) | set(predicted.tolist())) > 1:
        assert figures["weighted_kappa"] == pytest.approx(
            cohen_kappa_score(truth, predicted, weights="linear", labels=[0, 1, 2])
        )
    else:
        assert figures["weighted_kappa"] is None


def test_confusion_has_the_truth_in_rows() -> None:
    assert confusion_matrix(np.array([0, 0]), np.array([1, 1]), classes=2).tolist() == [[0, 2], [0, 0]]
    with pytest.raises(TableError):
        confusion_matrix(np.array([0, 0]), np.array([1]), classes=2)
    with pytest.raises(TableError, match="0 frames"):
        measure(np.array([], int), np.array([], int), names=["a"])


def test_groups_follow_the_published_division() -> None:
    assert group_indices(np.arange(7)).tolist() == [0, 0, 1, 1, 1, 2, 2]
    assert group_probabilities(np.eye(7)).argmax(axis=1).tolist() == [0, 0, 1, 1, 1, 2, 2]


def test_calibration_error_of_a_known_case() -> None:
    p = np.array([[0.95, 0.05]] * 4 + [[0.65, 0.35]] * 4)
    truth = np.array([0, 0, 0, 1, 0, 0, 1, 1])
    # Two bins of four: |0.75 - 0.95| and |0.5 - 0.65|, each with weight one half.
    assert calibration_error(truth, p) == pytest.approx(0.175)


def test_temperature_undoes_overconfidence() -> None:
    random = np.random.default_rng(1)
    scores = random.normal(0, 2, (4000, 7))
    p = softmax(scores, axis=1)
    truth = group_indices(np.asarray([random.choice(7, p=row) for row in p]))
    assert fit_temperature(scores * 3, truth) == pytest.approx(3.0, rel=0.1)
    assert fit_temperature(scores, truth) == pytest.approx(1.0, rel=0.1)


def test_effective_number_is_that_of_the_clusters() -> None:
    random = np.random.default_rng(0)
    by_shot = random.random(400) < 0.7
    right, clusters = np.repeat(by_shot, 5), np.repeat(np.arange(400), 5)
    assert effective_number(right, clusters) == pytest.approx(400, rel=0.02)
    assert effective_number(random.random(2000) < 0.7, clusters) == pytest.approx(2000, rel=0.2)
    assert effective_number(np.ones(2000, bool), clusters) == 400


def test_wilson_interval_stays_inside_at_the_ends() -> None:
    low, high = wilson_interval(0, 10)
    assert low == pytest.approx(0.0, abs=1e-12)
    assert high == pytest.approx(0.2775, abs=1e-4)


def test_each_border_is_measured_by_itself() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(1, 6, 4000)
    p = softmax(3 * np.eye(7)[truth] + random.normal(size=(4000, 7)), axis=1)
    figures = measure_scales(truth, p)
    assert figures["kappa"] == pytest.approx(cohen_kappa_score(truth, p.argmax(axis=1), weights="quadratic"))
    assert figures["seven scales"] < figures["within one step"] < 1
    # No frame is closer than CU or farther than LS, so those borders are not measured.
    borders = [name.removeprefix("AUC ") for name in figures if name.startswith("AUC")]
    assert borders == ["CU|MCU", "MCU|MS", "MS|MLS", "MLS|LS"]
    # Shifting probability from CU to MCU hurts only the border between them.
    shifted = p.copy()
    shifted[:, 2] += 0.9 * shifted[:, 1]
    shifted[:, 1] *= 0.1
    worse = measure_scales(truth, shifted)
    assert worse["calibration CU|MCU"] > figures["calibration CU|MCU"] + 0.02
    for border in borders[1:]:
        assert worse[f"AUC {border}"] == pytest.approx(figures[f"AUC {border}"])
        assert worse[f"calibration {border}"] == pytest.approx(figures[f"calibration {border}"])


def test_a_probability_that_is_kept_is_calibrated() -> None:
    random = np.random.default_rng(1)
    p = softmax(2 * random.normal(size=(20_000, 7)), axis=1)
    truth = (random.random(20_000)[:, None] > p.cumsum(axis=1)).sum(axis=1)
    figures = measure_scales(np.minimum(truth, 6), p)
    assert max(value for name, value in figures.items() if name.startswith("calibration")) < 0.02


def test_a_kappa_without_disagreement_by_chance_is_undefined() -> None:
    assert measure_scales(np.array([1, 1]), np.eye(7)[[1, 1]])["kappa"] is None


def test_the_interval_over_folds_holds_the_mean_as_often_as_it_says() -> None:
    drawn = np.random.default_rng(2).normal(0.9, 0.02, (2000, 4))
    held = [low <= 0.9 <= high for _, low, high in map(interval_over_folds, drawn)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_the_error_of_clusters_is_that_of_the_jackknife() -> None:
    random = np.random.default_rng(4)
    clusters = np.repeat(np.arange(12), random.integers(1, 30, 12))
    values = random.random(12)[clusters] + 0.1 * random.random(len(clusters))
    means = np.array([values[clusters != left_out].mean() for left_out in range(12)])
    jackknife = np.sqrt(11 / 12 * ((means - values.mean()) ** 2).sum())
    error, reach = clustered_error(values - values.mean(), clusters)
    assert error == pytest.approx(jackknife)
    assert reach > clustered_error(values - values.mean(), np.arange(len(values)))[1]


def test_clusters_of_one_size_count_as_many_as_there_are() -> None:
    deviations = np.tile([1.0, 1.0, -1.0, -1.0], 5)
    assert clustered_error(deviations, np.arange(20) // 2)[1] == pytest.approx(2.262, abs=1e-3)  # 9 degrees of freedom


def test_unequal_clusters_count_as_fewer() -> None:
    """Sizes with a coefficient of variation of 1 count as half of the clusters, less one for the mean."""
    clusters = np.repeat(np.arange(5), [2, 2, 2, 2, 12])
    _, reach = clustered_error(np.where(clusters % 2, 1.0, -1.0), clusters)
    assert reach == pytest.approx(t.ppf(0.975, 5 / 2 - 1))
