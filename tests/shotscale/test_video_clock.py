"""Timestamps to seconds, sane and insane ones."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shotscale.video.clock import Clock

MS = Fraction(1, 1000)


def place(pts: list[int | None], **options: int) -> tuple[list[float | None], Clock]:
    clock = Clock(MS, rate=Fraction(25), **options)
    return [clock.place(value) for value in pts], clock


def test_repeated_and_backward_frames_are_dropped() -> None:
    times, clock = place([100, 140, 140, 120, 180])
    assert times == [0.0, 0.04, None, None, 0.08]
    assert (clock.dropped, clock.jumps) == (2, 0)


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
    clock = Clock(MS)
    assert [clock.place(None, 50) for _ in range(3)] == [0.0, 0.05, 0.1]
    assert clock.end() == 0.15


def test_end_without_a_frame() -> None:
    assert Clock(MS).end() == 0.0


@given(st.lists(st.none() | st.integers(-(2**62), 2**62), max_size=60))
def test_times_always_increase(pts: list[int | None]) -> None:
    times, clock = place(pts)
    kept = [time for time in times if time is not None]
    assert all(a < b for a, b in pairwise(kept))
    assert len(times) - len(kept) == clock.dropped
    assert not kept or (kept[0] == 0.0 and clock.end() > kept[-1])


@given(st.floats(0, 1e5), st.sampled_from([1000, 12800, 24000, 90000]), st.integers(-(10**9), 10**9))
def test_first_tick_is_the_first(time: float, rate: int, origin: int) -> None:
    clock = Clock(Fraction(1, rate), origin=origin)
    tick = clock.first_tick_from(time)
    assert clock.seconds(tick) >= time
    assert tick == origin or clock.seconds(tick - 1) < time
