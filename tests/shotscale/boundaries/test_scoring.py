"""Scoring of shot detectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shotscale.boundaries.scoring import count_matches, match_transitions

intervals = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=20
)


def test_a_cut_two_frames_off_still_matches_and_three_does_not() -> None:
    assert match_transitions([(10, 11)], [(12, 13)])[0].tolist() == [True]
    assert match_transitions([(10, 11)], [(13, 14)])[0].tolist() == [False]


def test_each_true_transition_is_matched_once() -> None:
    right, met = match_transitions([(10, 11), (11, 12)], [(10, 11)])
    assert right.sum() == 1
    assert met.tolist() == [True]


def test_a_later_cut_is_left_for_the_later_true_one() -> None:
    right, met = match_transitions([(9, 10), (12, 13)], [(10, 11), (13, 14)])
    assert right.all()
    assert met.all()


def test_counts_by_sort_and_their_scores() -> None:
    counts = count_matches([(10, 11), (40, 50), (80, 81)], [(10, 11), (42, 43), (100, 120)])
    assert counts.found.tolist() == [2, 1]
    assert counts.found_right.tolist() == [1, 1]
    assert counts.true.tolist() == [2, 1]
    assert counts.true_met.tolist() == [2, 0]
    total = counts.score()
    assert total.precision == pytest.approx(2 / 3)
    assert total.recall == pytest.approx(2 / 3)
    assert total.f1 == pytest.approx(2 / 3)
    assert counts.score("gradual").recall == 0
    assert (counts + counts).score().f1 == total.f1


def test_nothing_found_and_nothing_true_is_not_a_number() -> None:
    assert np.isnan(count_matches([], []).score().f1)


@given(found=intervals, true=intervals)
def test_as_many_found_as_true_are_matched(found: list[tuple[int, int]], true: list[tuple[int, int]]) -> None:
    right, met = match_transitions(found, true)
    assert right.sum() == met.sum() <= min(len(found), len(true))


@given(true=intervals)
def test_the_truth_itself_scores_one(true: list[tuple[int, int]]) -> None:
    right, met = match_transitions(true, true)
    assert right.all()
    assert met.all()
