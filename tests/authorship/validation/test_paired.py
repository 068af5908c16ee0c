"""Paired tests over films: textbook p-values, intervals that cover, copies of a film counted once."""

import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from authorship.validation.paired import compare_groups, flip_test, holm, paired_interval


@pytest.mark.parametrize(("ahead", "behind"), [(4, 1), (9, 2), (3, 3), (1, 0), (0, 7), (0, 0)])
def test_single_films_give_mcnemars_exact_test(ahead: int, behind: int) -> None:
    signs = np.array([1] * ahead + [-1] * behind + [0] * 5)
    expected = mcnemar([[0, ahead], [behind, 0]], exact=True).pvalue if ahead + behind else 1.0
    assert flip_test(signs) == pytest.approx(min(1.0, expected))
    if ahead + behind:
        assert flip_test(signs) == pytest.approx(binomtest(ahead, ahead + behind).pvalue)


def test_a_copied_film_is_no_second_witness() -> None:
    right = {"durations": np.zeros(6, bool), "all": np.array([True] * 4 + [False] * 2)}
    sets = {"durations": ["a"], "all": ["a", "b"]}
    [apart] = compare_groups(right, sets, np.array(["u", "v", "w", "x", "y", "z"]))
    [together] = compare_groups(right, sets, np.array(["u", "u", "w", "w", "y", "z"]))
    assert (apart["p"], together["p"]) == (pytest.approx(2 / 16), pytest.approx(2 / 4))
    assert (together["gained"], together["lost"], together["difference"]) == (2, 0, 0.5)


def test_a_film_with_many_copies_weighs_no_more_in_p_than_in_the_difference() -> None:
    copies = [1, 1, 1, 1, 6]
    works = np.repeat(list("vwxyz"), copies)
    right = {"durations": np.repeat([0, 0, 0, 0, 1], copies).astype(bool), "all": np.repeat([1, 1, 1, 1, 0], copies)}
    [many] = compare_groups(right, {"durations": ["a"], "all": ["a", "b"]}, works)
    one = {name: values[np.unique(works, return_index=True)[1]] for name, values in right.items()}
    [single] = compare_groups(one, {"durations": ["a"], "all": ["a", "b"]}, np.unique(works))
    assert many == single


def test_what_is_compared() -> None:
    sets = {
        "durations": ["a"],
        "distributions": ["b"],
        "sequence": ["c"],
        "scale": ["b", "c"],
        "all": ["a", "b", "c"],
    }
    right = dict.fromkeys(sets, np.ones(4, bool))
    pairs = {(row["features"], row["against"]) for row in compare_groups(right, sets, np.array(list("wxyz")))}
    assert pairs == {
        ("distributions", "durations"),
        ("sequence", "durations"),
        ("sequence", "distributions"),
        ("scale", "distributions"),
        ("scale", "sequence"),
        ("all", "durations"),
        ("all", "scale"),
    }


def test_holm_is_the_textbooks() -> None:
    p = [0.012, 0.5, 0.001, 0.03, 0.012]
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1].tolist())
    assert holm([]) == []


def test_the_interval_covers() -> None:
    """About 95 % of 95 % intervals cover the true difference, with few films as with many."""
    generator = np.random.default_rng(0)
    for n, gain, loss in ((20, 0.3, 0.1), (60, 0.1, 0.05), (120, 0.05, 0.05)):
        drawn = generator.choice([1.0, -1.0, 0.0], p=[gain, loss, 1 - gain - loss], size=(1000, n))
        ends = [paired_interval(sample) for sample in drawn]
        assert np.mean([low <= gain - loss <= high for low, high in ends]) >= 0.93
