"""The part of a file that is the film: cut out of tables, set by options, described in sentences."""

from dataclasses import asdict
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shotscale.analysis import analyze
from shotscale.boundaries import Transition
from shotscale.errors import OptionError
from shotscale.part import PAL, FilmPart, PartOptions
from shotscale.tables import make_scales, make_shots, validate_shots
from shotscale.titles_hint import titles_by_length, titles_hint


@pytest.fixture
def shots() -> pd.DataFrame:
    return make_shots([0.0, 4.0, 8.0], 12.0)


def test_shots_at_the_edges_are_cut_to_the_part(shots: pd.DataFrame) -> None:
    part = FilmPart(2.0, 9.0, "given")
    inside = validate_shots(part.of_shots(shots), source="part")
    assert inside[["start", "end"]].to_numpy().tolist() == [[2.0, 4.0], [4.0, 8.0], [8.0, 9.0]]
    assert inside["kind"].tolist() == ["start", "cut", "cut"]


def test_a_part_without_a_shot_is_refused(shots: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match=r"--from 4\.5 --to 4\.51: the part holds no shot"):
        FilmPart(4.5, 4.51, "given").of_shots(shots)


def test_a_part_of_a_film_file_without_a_shot_is_refused(films: Any) -> None:
    with pytest.raises(OptionError, match=r"--from 0\.5 --to 0\.51: the part holds no shot"):
        analyze(films["plain"], part=PartOptions(begin=0.5, end=0.51))


def test_the_whole_is_the_table_itself(shots: pd.DataFrame) -> None:
    assert FilmPart.of(shots).of_shots(shots) is shots


def test_samples_outside_are_left_out() -> None:
    track = make_scales(np.arange(12.0), np.full((12, 7), 1 / 7))
    assert FilmPart(2.0, 9.0).of_scales(track)["time"].tolist() == [2, 3, 4, 5, 6, 7, 8]


def test_a_transfer_at_another_speed_is_undone(shots: pd.DataFrame) -> None:
    part = FilmPart.of(shots).with_options(PartOptions.read(speed="pal"), FilmPart.of(shots))
    lengths = part.of_shots(shots)["end"] - part.of_shots(shots)["start"]
    assert lengths.tolist() == pytest.approx([4 * 25 / 24] * 3)
    assert part.sentences(FilmPart.of(shots))[0].startswith("Times allow for a file that runs +4.2 % fast.")


def test_doubtful_boundaries_are_in_the_time_of_the_film() -> None:
    doubtful = [Transition(start=t, end=t + 1, kind="cut", confidence=0.5) for t in (0.0, 3.0, 6.0, 9.0)]
    inside = FilmPart(2.0, 9.0, "given", 2.0).of_transitions(doubtful)
    assert [(one.start, one.end) for one in inside] == [(6.0, 8.0), (12.0, 14.0)]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, PartOptions()),
        ({"begin": "1:30"}, PartOptions(begin=90.0)),
        ({"end": "1:02:03"}, PartOptions(end=3723.0)),
        ({"begin": "2 min", "end": "300000 ms"}, PartOptions(begin=120.0, end=300.0)),
        ({"speed": "PAL"}, PartOptions(speed=PAL)),
        ({"speed": "25/24"}, PartOptions(speed=Fraction(25, 24))),
        ({"whole": True}, PartOptions(whole=True)),
    ],
)
def test_options_are_read(options: dict[str, object], wanted: PartOptions) -> None:
    assert PartOptions.read(**options) == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "options",
    [
        {"begin": "soon"},
        {"begin": "10", "end": "5"},
        {"begin": "1500 frames"},
        {"begin": "00:01:00:12"},
        {"speed": "0"},
        {"speed": "fast"},
        {"speed": "nan"},
    ],
)
def test_options_that_cannot_be(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        PartOptions.read(**options)  # type: ignore[arg-type]


def test_a_row_says_what_the_options_leave_open() -> None:
    own = PartOptions.of_row({" From": "1:40", "TO": "4:00", "Speed": "", "year": "1966"}, where="films.csv")
    assert own == PartOptions(begin=100.0, end=240.0)
    assert PartOptions(end=200.0, speed=PAL).over(own) == PartOptions(100.0, 200.0, PAL)
    assert PartOptions(whole=True, speed=PAL).over(own) == PartOptions(whole=True, speed=PAL)


def test_what_was_saved_stands_until_something_else_is_asked(shots: pd.DataFrame) -> None:
    whole, saved = FilmPart.of(shots), FilmPart(4.0, 12.0, "given", 25 / 24)
    assert saved.with_options(PartOptions.read(end="8"), whole) == FilmPart(4.0, 8.0, "given", 25 / 24)
    assert saved.with_options(PartOptions.read(speed="1"), whole).speed == 1
    assert saved.with_options(PartOptions.read(whole=True), whole) == whole
    assert saved.with_options(PartOptions.read(whole=True, end="8"), whole) == FilmPart(0.0, 8.0, "given")


@pytest.mark.parametrize(("begin", "end"), [(12.0, None), (50.0, None), (None, 0.0)])
def test_a_part_outside_the_film_is_refused(begin: float | None, end: float | None, shots: pd.DataFrame) -> None:
    whole = FilmPart.of(shots)
    with pytest.raises(OptionError):
        whole.with_options(PartOptions(begin=begin, end=end), whole)


def test_what_was_left_out_is_said(shots: pd.DataFrame) -> None:
    whole = FilmPart.of(shots)
    [given] = FilmPart(4.0, 8.0, "given").sentences(whole)
    assert given.startswith("Left out as asked at the beginning (")
    [found] = FilmPart.without_titles(0.0, 8.0, whole).sentences(whole)
    assert found == "Left out as titles at the end (0:08 to 0:12); --whole includes them."
    assert whole.sentences(whole) == ()


def test_an_end_nobody_asked_about_is_still_left_out_as_titles() -> None:
    whole = FilmPart(0.0, 1560.0)
    part = FilmPart(0.0, 1500.0, "found").with_options(PartOptions(begin=20.0), whole)
    told = (
        "Left out as titles at the end (25:00 to 26:00); --whole includes them.",
        "Left out as asked at the beginning (0:00 to 0:20).",
    )
    assert part.sentences(whole) == told
    read = FilmPart.from_json(asdict(part))
    assert read is not None
    assert read.with_options(PartOptions(speed=Fraction(1)), whole).sentences(whole) == told
    assert part.with_options(PartOptions(end=1500.0), whole).sentences(whole) == (
        "Left out as asked at the beginning (0:00 to 0:20) and at the end (25:00 to 26:00).",
    )


def test_what_was_found_can_be_overruled(shots: pd.DataFrame) -> None:
    whole = FilmPart.of(shots)
    assert FilmPart.without_titles(0.0, 12.0, whole) == whole
    found = FilmPart.without_titles(0.0, 8.0, whole)
    assert found.with_options(PartOptions.read(whole=True), whole) == whole
    assert found.with_options(PartOptions.read(begin="4"), whole) == FilmPart(4.0, 8.0, "given")
    assert found.with_options(PartOptions.read(end="10"), whole) == FilmPart(0.0, 10.0, "given")


def test_a_part_survives_json() -> None:
    part = FilmPart(1.5, 9.0, "found", 25 / 24)
    assert FilmPart.from_json(asdict(part)) == part
    assert FilmPart.from_json(None) is None


def test_who_said_what_the_film_is_gets_no_hint_at_titles(shots: pd.DataFrame) -> None:
    limits = ("The end is missing.", *titles_hint(4.0, 8.0, FilmPart.of(shots)))
    assert FilmPart.of(shots).of_limits(limits) == limits
    assert FilmPart(4.0, 8.0, "given").of_limits(limits) == limits[:1]


def test_a_hint_names_the_options_that_leave_titles_out(shots: pd.DataFrame) -> None:
    whole = FilmPart.of(shots)
    assert titles_hint(0.0, 12.0, whole) == ()
    [hint] = titles_hint(4.0, 8.0, whole)
    assert "--from 0:04 --to 0:08" in hint
    [hint] = titles_hint(0.0, 8.0, whole)
    assert "--from" not in hint


def test_a_rounded_time_leaves_no_sliver_of_a_shot() -> None:
    shots = make_shots([0.0, 4.004, 8.0], 12.0)
    inside = FilmPart(4.0, 8.01, "given").of_shots(shots)
    assert len(inside) == 1
    assert "--from 0:04.25" in titles_hint(4.25, 12.0, FilmPart.of(shots))[0]


def test_a_long_first_or_last_shot_may_be_titles() -> None:
    shots = make_shots([0.0, 61.0, 70.0, 80.0], 141.0)
    assert titles_by_length(shots) == (61.0, 80.0)
    assert titles_by_length(make_shots([0.0, 59.0, 70.0], 90.0)) == (0.0, 90.0)  # less than a minute
    assert titles_by_length(make_shots([0.0, 61.0, 140.0], 200.0)) == (0.0, 200.0)  # longer shots inside
