"""Conversion of timestamps, sane and insane, to seconds."""

from fractions import Fraction
from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shotscale.video.clock import Clock

MS = Fraction(1, 1000)


def place(pts: list[int | None], **options: float) -> tuple[list[float], Clock[int]]:
    """Return the frame times and the clock, after asserting that frames come out in the order they went in."""
    clock: Clock[int] = Clock(MS, rate=Fraction(25), **options)
    placed = [*chain(*(clock.push(i, value) for i, value in enumerate(pts))), *clock.finish()]
    assert [i for _, i in placed] == list(range(len(pts)))
    return [time for time, _ in placed], clock


def test_frames_out_of_place_are_spread_until_the_timestamps_return() -> None:
    times, clock = place([100, 140, 140, 120, 200, 240])
    assert times == pytest.approx([0.0, 0.04, 0.06, 0.08, 0.1, 0.14])
    assert (clock.guessed, clock.jumps) == (2, 0)


def test_times_that_count_in_the_order_of_decoding_come_out_even() -> None:
    times, clock = place([0, 120, 40, 80, 240, 160, 200, 360])
    assert times == pytest.approx([0, 0.12, 0.16, 0.2, 0.24, 0.28, 0.32, 0.36])
    assert clock.guessed == 4


def test_a_film_of_one_timestamp_goes_on_at_the_usual_step() -> None:
    times, clock = place([70] * 10)
    assert times == pytest.approx(np.arange(10) / 25)
    assert (clock.guessed, clock.jumps) == (9, 0)


def test_a_small_step_back_for_good_is_a_splice() -> None:
    times, clock = place([400, 440, 100, 140, 180, 220, 260])
    assert times == pytest.approx(np.arange(7) / 25)
    assert (clock.guessed, clock.jumps) == (0, 1)


def test_a_jump_ahead_joins_on_where_recordings_are_joined() -> None:
    times, clock = place([0, 40, 730_000, 730_040], longest_still=10)
    assert times == [0.0, 0.04, 0.08, 0.12]
    assert (clock.jumps, clock.closed) == (1, pytest.approx(729.92))


def test_a_gap_is_told() -> None:
    assert place([0, 40, 50_000])[1].gap is None
    assert place([0, 40, 100_000, 100_040, 400_000])[1].gap == pytest.approx((100.04, 299.96))
    assert place([0, 40, 6_000], longest_still=10)[1].gap == pytest.approx((0.04, 5.96))  # a recording lost its signal
    assert place([0, 40, 1_900], longest_still=10)[1].gap is None


def test_a_gap_of_seconds_is_told_where_pictures_follow_each_other_steadily() -> None:
    stamps = np.arange(0, 8_000, 40)
    assert place([*stamps, *(stamps + 10_400)])[1].gap == pytest.approx((7.96, 2.44))
    assert place([*stamps, *(stamps + 8_900)])[1].gap is None
    pauses = np.repeat(np.arange(0, 12_000, 3_000), 20)
    assert place([*(stamps[:80] + pauses)])[1].gap is None  # as on a screen that is recorded


def test_the_few_frames_that_a_decoder_holds_back_are_not_counted() -> None:
    assert place([0, 40, None, None])[1].missing == 0
    assert place([0, None, 80])[1].missing == 1
    assert place([0, *[None] * 17])[1].missing == 17
    assert place([None, None])[1].missing == 2


def test_a_splice_back_joins_on() -> None:
    times, clock = place([90_000, 90_040, 0, 40, 80])
    assert times == [0.0, 0.04, 0.08, 0.12, 0.16]
    assert clock.jumps == 1


def test_a_leap_of_hours_joins_on() -> None:
    times, clock = place([0, 40, 2**33, 2**33 + 40])
    assert times == [0.0, 0.04, 0.08, 0.12]
    assert clock.jumps == 1


def test_a_long_still_is_believed() -> None:
    times, clock = place([0, 40, 600_000])
    assert times == [0.0, 0.04, 600.0]
    assert clock.jumps == 0


def test_durations_fill_in_for_timestamps() -> None:
    clock: Clock[None] = Clock(MS)
    assert [clock.push(None, None, 50) for _ in range(3)] == [[(0.0, None)], [(0.05, None)], [(0.1, None)]]
    assert clock.end() == 0.15


def test_a_repeat_lets_the_last_picture_stay() -> None:
    _, clock = place([100, 140])
    clock.stay(None)
    clock.stay(100, 40)
    assert clock.end() == pytest.approx(0.08)
    clock.stay(5_100, 40)
    assert clock.end() == pytest.approx(5.04)
    clock.stay(10_000_000, 40)  # longer than any still
    assert clock.end() == pytest.approx(5.04)


def test_end_without_a_frame() -> None:
    assert Clock(MS, rate=Fraction(25)).end() == 0.0


@given(st.lists(st.none() | st.integers(-(2**62), 2**62), max_size=60))
def test_times_always_increase(pts: list[int | None]) -> None:
    times, clock = place(pts)
    assert all(a < b for a, b in pairwise(times))
    assert not times or (times[0] == 0.0 and clock.end() > times[-1])


@given(st.floats(0, 1e5), st.sampled_from([1000, 12800, 24000, 90000]), st.integers(-(10**9), 10**9))
def test_first_tick_is_the_first(time: float, rate: int, origin: int) -> None:
    clock: Clock[None] = Clock(Fraction(1, rate), origin=origin)
    tick = clock.first_tick_from(time)
    assert clock.seconds(tick) >= time
    assert tick == origin or clock.seconds(tick - 1) < time
