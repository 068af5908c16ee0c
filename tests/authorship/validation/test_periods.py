"""What films close in time give away, and the accuracy without them."""

import numpy as np
import pandas as pd
import pytest

from authorship.reference.table import make_reference
from authorship.validation.periods import blocked_by_years, blocked_line, n_blocked_items, near_in_time


def test_what_is_the_period_and_not_the_director_is_told() -> None:
    """Two directors whose films change over the years: each film resembles only its neighbors in time."""
    generator, rows = np.random.default_rng(0), []
    for shift, name in enumerate("AB"):
        for year in range(1950, 1986, 3):
            place = ((year - 1950) // 9 + shift) % 2  # the two swap styles every nine years
            rows.append((f"{name}{year}", name, year, np.exp(1 + 2 * place + 0.1 * generator.normal())))
    table = pd.DataFrame(rows, columns=["film_id", "director", "year", "average_shot_length"])
    table = table.assign(median_shot_length=0.6 * table["average_shot_length"], shot_length_sd=1.0)
    reference = make_reference(table, name="periods")
    near = near_in_time(reference.labels, reference.works, reference.years, 3)
    assert reference.features.index[near].tolist() == ["A1956", "A1962"]
    blocked = blocked_by_years(reference)
    assert blocked is not None
    assert blocked["n_left_out"] == pytest.approx(2 - 4 / 24)
    assert "years before and after" in blocked_line({"n": 24, "accuracy": 0.5, "blocked_by_years": blocked})[0]
    undated = make_reference(table.drop(columns="year"), name="undated")
    assert (blocked_by_years(undated), n_blocked_items(undated)) == (None, 0)


def test_films_near_in_time_matter_where_they_alone_are_alike() -> None:
    generator, rows = np.random.default_rng(0), []
    for place, name in enumerate("AB"):
        for decade in range(6):
            for i in range(3):
                level = 1.0 + 0.5 * ((2 * decade + place) % 12)  # a different level for each director and decade
                rows.append(
                    (f"{name}{decade}{i}", name, 1900 + 10 * decade + i, np.exp(level + 0.02 * generator.normal()))
                )
    table = pd.DataFrame(rows, columns=["film_id", "director", "year", "average_shot_length"])
    table = table.assign(median_shot_length=0.6 * table["average_shot_length"], shot_length_sd=1.0)
    blocked = blocked_by_years(make_reference(table, name="decades"))
    assert blocked is not None
    assert blocked["accuracy"] <= blocked["as_many_at_random"]
    assert blocked["n_left_out"] == pytest.approx(2)


def test_a_film_whose_directors_other_films_are_all_near_is_not_counted_wrong() -> None:
    generator, rows = np.random.default_rng(0), []
    years = {"A": [1950, 1951, 1952], "B": [1950, 1960, 1970, 1980], "C": [1950, 1951, 1970, 1980]}
    for place, (name, made) in enumerate(years.items()):
        rows += [(f"{name}{year}", name, year, np.exp(2 * place + 0.2 * generator.normal())) for year in made]
    table = pd.DataFrame(rows, columns=["film_id", "director", "year", "average_shot_length"])
    table = table.assign(median_shot_length=0.6 * table["average_shot_length"], shot_length_sd=1.0)
    reference = make_reference(table, name="near")
    blocked = blocked_by_years(reference)
    assert blocked is not None
    assert blocked["n_tested"] == 8
    assert blocked["accuracy"] == 1
    [line, _] = blocked_line({"n": 11, "accuracy": 1.0, "blocked_by_years": blocked})
    assert "for the 8 of 11 films that leave two of the director's: 1.000" in line
    alike = make_reference(table[table["director"] != "B"].assign(year=1950), name="one year")
    assert blocked_by_years(alike) is None
