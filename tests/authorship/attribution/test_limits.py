"""Limits: what weakens an answer is said, and nothing else."""

import pandas as pd
import pytest

from authorship.attribution.limits import itself_limits
from authorship.film import Film
from authorship.reference.table import builtin_reference

SHOTS = pd.DataFrame({"start": [0.0, 4.0], "end": [4.0, 9.0]})


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("Taxi Driver (1976).mkv", "Martin Scorsese - Taxi Driver (1976)"),
        ("films/taxi_driver.1080p.x264.mkv", "Martin Scorsese - Taxi Driver (1976)"),
        ("1966_bergman_-_persona.csv", "Ingmar Bergman - Persona (1966)"),
        ("il deserto rosso.avi", "Michelangelo Antonioni - Red Desert (1964)"),
        ("8½.mkv", "Federico Fellini - 8½ (1963)"),
        ("La notte (1962)", "Michelangelo Antonioni - The Night (1961)"),
        ("Casino Royale (2006).mkv", None),  # another film, by its year
        ("Persona (1996).mkv", None),
        ("film.mkv", None),
        ("personal.mkv", None),  # a title is whole words
    ],
)
def test_a_film_of_the_reference_is_recognised_by_its_name(path: str, named: str | None) -> None:
    limits = itself_limits(Film(path, SHOTS), builtin_reference())
    assert len(limits) == (named is not None)
    assert named is None or named in limits[0]


def test_the_files_own_title_counts_too() -> None:
    assert itself_limits(Film("00001.m2ts", SHOTS, info={"title": "Raging Bull"}), builtin_reference())
