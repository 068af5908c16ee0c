"""Limits: an answer states what weakens it, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from authorship.attribution.attributor import Attributor
from authorship.attribution.limits import itself_limits, speed_limits
from authorship.features import film_features
from authorship.reference.table import builtin_reference
from shotscale.film import Film
from shotscale.part import FilmPart

DrawFilm = Callable[..., Film]

SHOTS = pd.DataFrame({"start": [0.0, 4.0], "end": [4.0, 9.0]})
LENGTH = 9.0


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("Taxi Driver (1976).mkv", "Martin Scorsese - Taxi Driver (1976)"),
        ("films/taxi_driver.1080p.x264.mkv", "Martin Scorsese - Taxi Driver (1976)"),
        ("1966_bergman_-_persona.csv", "Ingmar Bergman - Persona (1966)"),
        ("il deserto rosso.avi", "Michelangelo Antonioni - Red Desert (1964)"),
        ("8½.mkv", "Federico Fellini - 8½ (1963)"),
        ("La notte (1962)", "Michelangelo Antonioni - The Night (1961)"),
        ("1977_tarr_-_csaladi_tuzfeszek.csv", "Béla Tarr - Family Nest (1979)"),  # as CineScale dates it
        ("Casino Royale (2006).mkv", None),  # a different film, by its year
        ("Persona (1996).mkv", None),
        ("film.mkv", None),
        ("personal.mkv", None),  # titles match whole words only
    ],
)
def test_a_film_of_the_reference_is_recognized_by_its_name(path: str, named: str | None) -> None:
    limits = itself_limits(Film(path, SHOTS), builtin_reference())
    assert len(limits) == (named is not None)
    assert named is None or named in limits[0]


def test_a_film_of_the_reference_is_recognized_by_its_figures() -> None:
    reference = builtin_reference()
    own = reference.features.assign(n_shots=500.0, running_time=6000.0)
    own.iloc[3] = pd.Series(film_features(SHOTS))[own.columns]
    [limit] = itself_limits(Film("VTS_01_1.mkv", SHOTS), replace(reference, features=own.round(6)))
    assert str(reference.features.index[3]) in limit
    own.loc[own.index[3], "n_shots"] += 1
    assert itself_limits(Film("VTS_01_1.mkv", SHOTS), replace(reference, features=own)) == []
    assert itself_limits(Film("VTS_01_1.mkv", None), replace(reference, features=own)) == []


def test_the_files_own_title_counts_too() -> None:
    assert itself_limits(Film("00001.m2ts", SHOTS, info={"title": "Raging Bull"}), builtin_reference())


def test_a_copy_may_run_fast_by_the_references_length_of_the_film() -> None:
    reference = builtin_reference()
    known = replace(reference, features=reference.features.assign(running_time=LENGTH * 25 / 24))
    [limit] = speed_limits(Film("Raging Bull (1980).mkv", SHOTS), known)
    assert "4.0 % shorter than the reference's Martin Scorsese - Raging Bull (1980)" in limit
    assert "--speed pal" in limit
    assert speed_limits(Film("Fargo (1996).mkv", SHOTS), known) == []
    corrected = FilmPart(0.0, LENGTH, speed=25 / 24)
    assert speed_limits(Film("Raging Bull (1980).mkv", SHOTS, part=corrected), known) == []


@pytest.mark.parametrize(
    ("path", "minutes", "info", "said"),
    [
        ("Persona (1966)", 83 * 24 / 25, {}, True),
        ("Persona (1966)", 83, {}, False),
        ("Persona (1966)", 83 * 24 / 25, {"duration": 60.0 * 83}, False),  # its credits were left out
        ("Breathless (1960)", 90 * 24 / 25, {}, False),  # no published length
    ],
)
def test_a_copy_may_run_fast_by_the_published_length(
    path: str, minutes: float, info: dict[str, float], said: bool
) -> None:
    shots = pd.DataFrame({"start": [0.0, 30.0], "end": [30.0, 60.0 * minutes]})
    limits = speed_limits(Film(path, shots, info=info), builtin_reference())
    assert [f"4.0 % shorter than the reference's Ingmar Bergman - {path}" in limit for limit in limits] == [True] * said


@pytest.mark.parametrize(
    ("fps", "minutes", "said"), [(25.0, 90, True), (50.0, 90, True), (24.0, 90, False), (25.0, 9, False)]
)
def test_a_feature_film_of_a_television_rate_may_run_fast(fps: float, minutes: int, said: bool) -> None:
    shots = pd.DataFrame({"start": [0.0, 30.0], "end": [30.0, 60.0 * minutes]})
    assert bool(speed_limits(Film("film.mkv", shots, info={"fps": fps}), builtin_reference())) is said


@pytest.mark.parametrize(("seconds", "told"), [(40, "(40 s)"), (60, "(1 min)"), (2390, "(40 min)")])
def test_a_clip_says_how_short_it_is(seconds: float, told: str) -> None:
    starts = [0.0, seconds / 2]
    film = Film("clip", pd.DataFrame({"start": starts, "end": [*starts[1:], seconds]}))
    assert any(limit.startswith(f"A short clip {told}: ") for limit in Attributor().attribute(film).limits)


@pytest.mark.parametrize(("n_checked", "said"), [(None, False), (499, False), (500, True)])
def test_checked_scales_are_said_to_be_compared_with_measured_ones(
    n_checked: int | None, said: bool, draw_film: DrawFilm, attributor: Attributor
) -> None:
    provenance: dict[str, Any] = {"settings": {"detector": "default"}}
    if n_checked is not None:
        provenance |= {"corrections": {"n_checked": n_checked, "n_shots": 500}}
    film = replace(draw_film(n_shots=500), provenance=provenance)
    limits = attributor.attribute(film).limits
    assert any(limit.startswith("All shots were checked, so the scales are people's") for limit in limits) is said
