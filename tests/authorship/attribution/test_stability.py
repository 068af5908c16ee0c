"""Resamples spread as the standard error of the mean implies and are centered."""

import numpy as np
import pytest

from authorship.attribution.stability import WIDENING, center, resample_shots


def test_resampled_shots_give_the_standard_error_of_the_mean() -> None:
    lengths = np.random.default_rng(0).exponential(10, size=400)
    means = resample_shots(lengths, n_resamples=2000, seed=0).mean(axis=1)
    assert means.std() == pytest.approx(lengths.std() / np.sqrt(400), rel=0.15)
    assert resample_shots(np.array([5.0]), n_resamples=3, seed=0).tolist() == [[5.0]] * 3


def test_every_shot_is_drawn_as_often() -> None:
    drawn = resample_shots(np.arange(20.0), n_resamples=4000, seed=0)
    assert np.bincount(drawn.astype(int).ravel()) == pytest.approx(np.full(20, 4000), rel=0.1)


def test_centered_resamples_lie_around_the_films_own_figures() -> None:
    resampled = np.random.default_rng(0).normal(3, 1, (500, 2))
    moved = center(resampled, np.array([10.0, -1.0]))
    assert moved.mean(axis=0) == pytest.approx([10.0, -1.0])
    assert moved.std(axis=0) == pytest.approx(WIDENING * resampled.std(axis=0))
