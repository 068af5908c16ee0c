"""The statistics behind the figures, against definitions, other libraries and their invariants."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import mannwhitneyu

from authorship.comparison.contrast import _difference, contrast_films, lengths_to_compare, profile_band
from authorship.comparison.trees import clades, cluster, consensus_tree
from authorship.features import cliffs_delta, hodges_lehmann
from shotscale.errors import OptionError, TableError
from shotscale.film import Film
from shotscale.tables import make_scales, make_shots

LENGTHS = arrays(np.float64, st.integers(2, 30), elements=st.integers(1, 400).map(lambda n: n / 20))


@settings(max_examples=40)
@given(LENGTHS, LENGTHS)
def test_swapping_the_films_turns_the_signs(x: np.ndarray, y: np.ndarray) -> None:
    assert cliffs_delta(x, y) == -cliffs_delta(y, x)
    assert hodges_lehmann(x, y) == pytest.approx(-hodges_lehmann(y, x), abs=1e-12)
    assert -1 <= cliffs_delta(x, y) <= 1


@settings(max_examples=40)
@given(LENGTHS, LENGTHS)
def test_cliffs_d_is_the_mann_whitney_statistic_rescaled(x: np.ndarray, y: np.ndarray) -> None:
    u = mannwhitneyu(x, y, method="asymptotic").statistic if np.ptp(np.concatenate([x, y])) else len(x) * len(y) / 2
    assert cliffs_delta(x, y) == pytest.approx(2 * u / (len(x) * len(y)) - 1, abs=1e-12)


@settings(max_examples=40)
@given(LENGTHS, st.integers(-100, 100))
def test_the_difference_follows_a_shift(x: np.ndarray, steps: int) -> None:
    assert hodges_lehmann(x + steps / 20, x) == pytest.approx(steps / 20, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_many_shots_give_the_same_difference_without_every_pair(seed: int) -> None:
    generator = np.random.default_rng(seed)
    x, y = np.exp(generator.normal(1.2, 1, 300)), np.exp(generator.normal(1.5, 0.7, 211))
    assert _difference(x, y) == pytest.approx(hodges_lehmann(x, y), abs=1e-3)
    assert str(_difference(x, x)) == "0.0"


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Forty pairs of samples that differ by one second: a few 90 % intervals may miss, not many."""
    hits = 0
    for seed in range(40):
        generator = np.random.default_rng(seed)
        x, y = generator.normal(11, 2, 50), generator.normal(10, 2, 50)
        row = contrast_films(x, y, confidence=0.9, n_resamples=200, seed=seed).difference
        assert row.low <= row.value <= row.high
        hits += row.low <= 1 <= row.high
    assert hits >= 29  # of 40; the binomial chance of fewer is below 1 in 1000 at 90 %


def test_the_same_seed_gives_the_same_intervals() -> None:
    x, y = np.arange(1.0, 40), np.arange(3.0, 50)
    assert contrast_films(x, y, n_resamples=200) == contrast_films(x, y, n_resamples=200)
    assert contrast_films(x, y, n_resamples=200) != contrast_films(x, y, n_resamples=200, seed=1)


def test_films_alike_and_films_too_short() -> None:
    same = contrast_films(np.full(8, 2.0), np.full(9, 2.0))
    assert (same.delta.value, same.delta.low, same.difference.high) == (0, 0, 0)
    with pytest.raises(TableError, match="1 shot: a comparison needs 2"):
        contrast_films(np.array([1.0]), np.array([1.0, 2.0]))


@pytest.mark.parametrize(("n", "known"), [(7, False), (8, True)])
def test_a_few_shots_have_no_interval(n: int, known: bool) -> None:
    many = np.random.default_rng(0).lognormal(1, 1, 300)
    contrast = contrast_films(many[:n], many, n_resamples=200)
    ends = [contrast.delta.low, contrast.delta.high, contrast.difference.low, contrast.difference.high]
    _, low, high = profile_band(many[:n], np.array([0.1, 0.5]))
    assert (~np.isnan([*ends, *low, *high]) == known).all()


def test_films_apart_in_every_shot_are_not_certain_to_be() -> None:
    contrast = contrast_films(np.arange(20.0, 30.0), np.arange(1.0, 11.0))
    assert contrast.delta.value == 1
    assert np.isnan([contrast.delta.low, contrast.delta.high]).all()
    assert contrast.difference.low < contrast.difference.high


def test_a_profile_lies_within_its_band() -> None:
    lengths = np.exp(np.random.default_rng(0).normal(1, 1, 200))
    profile, low, high = profile_band(lengths, np.array([0.1, 0.5, 0.9]), n_resamples=200)
    assert ((low <= profile) & (profile <= high)).all()
    assert (np.diff(profile) > 0).all()


def test_a_measured_film_is_compared_with_a_coding_by_its_settled_scales() -> None:
    near, flicker, far = np.full((3, 7), 0.02)
    near[[1, 3]], flicker[[1, 3]], far[5] = (0.6, 0.3), (0.3, 0.6), 0.88
    measured = make_scales(np.arange(10.0), np.stack([near, near, flicker, near, near, *[far] * 5]))
    coded = pd.DataFrame({"time": np.arange(10.0), "scale": ["CU"] * 5 + ["LS"] * 5})
    films = Film("film", make_shots([0.0, 5.0], 10.0), measured), Film("coding", None, coded)
    unit, (first, second) = lengths_to_compare(("film", "coding"), films)
    assert unit == "run"
    assert first.tolist() == second.tolist() == [5.0, 5.0]


def test_groups_far_apart_survive_every_draw() -> None:
    generator = np.random.default_rng(0)
    values = np.repeat(np.array([[0.0], [10.0], [30.0]]), 4, axis=0) + generator.normal(scale=0.1, size=(12, 6))
    consensus = consensus_tree(values, n_trees=50)
    groups = {frozenset(range(i, i + 4)) for i in (0, 4, 8)}
    assert groups <= clades(cluster(values))
    found = {}

    def walk(node: object) -> None:
        found[node.films] = node.support  # type: ignore[attr-defined]
        for child in node.children:  # type: ignore[attr-defined]
            assert child.films < node.films  # type: ignore[attr-defined]
            walk(child)

    walk(consensus.root)
    assert all(found[group] == 1.0 for group in groups)
    assert sum(len(films) == 1 for films in found) == 12


def test_noise_leaves_few_groups() -> None:
    values = np.random.default_rng(1).normal(size=(30, 12))
    assert len(consensus_tree(values, n_trees=40, strength=0.9).root.children) > 20


@pytest.mark.parametrize(
    "options", [{"method": "x"}, {"distance": "cityblock"}, {"strength": 0.4}, {"n_trees": 0}, {"distance": "x"}]
)
def test_options_that_cannot_be(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        consensus_tree(np.eye(4), **options)  # type: ignore[arg-type]


def test_two_films_make_no_tree() -> None:
    with pytest.raises(OptionError, match="2 films: a tree needs 3"):
        cluster(np.eye(2))
