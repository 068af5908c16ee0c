"""A film: the part of an analysis that is asked for, its intervals, and what is saved of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from authorship.attribution.attributor import Attributor
from authorship.features import measure_film
from authorship.opening import open_film
from authorship.report import make_report
from authorship.report.shots import scale_levels
from authorship.rolling import roll
from shotscale.film import Film
from shotscale.part import PartOptions

DrawFilm = Callable[..., Film]
PART = PartOptions.read(begin="120", end="900", speed="pal")


@pytest.fixture
def analysis(draw_film: DrawFilm) -> Film:
    analysis = draw_film(n_shots=200, asl=8)
    shots = analysis.shots.assign(confidence=0.9)
    shots.loc[0, "confidence"] = 1.0
    provenance = {**analysis.provenance, "settings": {"detector": "default"}}
    return replace(analysis, shots=shots, intervals={"average_shot_length": (7.0, 9.0)}, provenance=provenance)


def test_the_interval_belongs_to_the_part_asked_for(analysis: Film) -> None:
    assert analysis.boundary_sensitivity == (7.0, 9.0)
    whole = PartOptions.read(begin="0")  # said to be the whole: nothing changes
    assert analysis.cut(whole).boundary_sensitivity == (7.0, 9.0)
    film = analysis.cut(PART)
    low, high = film.boundary_sensitivity or (0.0, 0.0)
    assert low < high
    assert low == pytest.approx(measure_film(film)["average_shot_length"], rel=0.05)


def test_a_part_of_the_whole_file_is_that_of_the_film(analysis: Film) -> None:
    """Whatever was left out before: the part is of the file, and its interval is measured again."""
    film = analysis.cut(PartOptions.read(begin="60")).cut(PART)
    assert film.boundary_sensitivity == analysis.cut(PART).boundary_sensitivity is not None
    assert film.part == analysis.cut(PART).part
    assert film.whole.limits == analysis.limits
    whole = film.cut(PartOptions(whole=True))
    assert whole.shot_table.equals(analysis.shot_table)
    assert whole.track.equals(analysis.track)


def test_what_is_saved_is_the_part_asked_for(analysis: Film, tmp_path: Path) -> None:
    film = analysis.cut(PART)
    film.save(tmp_path / "saved")
    again = open_film(tmp_path / "saved")
    assert again.part == film.part
    assert again.boundary_sensitivity == film.boundary_sensitivity
    assert measure_film(again) == pytest.approx(measure_film(film), nan_ok=True, abs=1e-5)


def test_an_answer_says_which_part_is_the_film(analysis: Film) -> None:
    part = Attributor().attribute(analysis.cut(PART)).to_json()["part"]
    assert (part["begin"], part["end"], part["chosen"]) == (120.0, 900.0, "given")


def test_a_window_of_the_whole_film_is_answered_as_the_film(analysis: Film) -> None:
    film, attributor = analysis, Attributor()
    (window,) = roll(film, attributor, window=200, step=200)
    assert film.shots_detected
    alone = {one.name: one.probability for one in attributor.attribute(film).candidates}
    assert {one.name: one.probability for one in window.attribution.candidates} == pytest.approx(alone)


def test_a_coding_of_times_and_scales_is_answered_and_reported() -> None:
    coding = Film("a coding", None, pd.DataFrame({"time": range(3000), "scale": ["CU", "LS"] * 1500}))
    answer = Attributor().attribute(coding)
    assert answer.to_json()["scales"]["groups"] == {"close": 0.5, "medium": 0.0, "long": 0.5}
    assert "a coding" in make_report(answer)


def test_a_track_may_lack_the_group_or_the_scale() -> None:
    track = pd.DataFrame({"time": [0.0, 1.0, 2.0], "scale": ["CU", "FS", "ELS"]})
    assert Film("by scale", None, track).track["group"].fillna("").tolist() == ["close", "", "long"]
    assert "group" not in track
    groups = Film("by group", None, pd.DataFrame({"time": [0.0, 1.0], "group": ["close", "long"]}))
    assert groups.track["scale"].isna().all()
    assert scale_levels(groups).short == ("close", "medium", "long")
