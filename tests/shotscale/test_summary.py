"""The interval of a longer film's average shot length."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shotscale.summary import longer_film_interval


def test_more_shots_tell_more_and_too_few_nothing() -> None:
    widths = [high / low for low, high in (longer_film_interval(5.0, n) for n in (10, 50, 300, 2000))]  # type: ignore[misc]
    assert widths == sorted(widths, reverse=True)
    assert longer_film_interval(5.0, 9) is None


@pytest.mark.shared
@pytest.mark.parametrize("size", [20, 100, 200])
def test_it_holds_the_average_of_real_films(size: int, shared: Path) -> None:
    shots = pd.read_csv(shared / "reference" / "cutting_134_films_shot_lengths_long.csv")
    generator, held = np.random.default_rng(1), []
    for _, part in shots.groupby("film"):
        lengths = part["length_s"].to_numpy()
        if len(lengths) < 4 * size:
            continue
        for first in generator.integers(0, len(lengths) - size + 1, 10):
            low, high = longer_film_interval(lengths[first : first + size].mean(), size)  # type: ignore[misc]
            held.append(low <= lengths.mean() <= high)
    assert 0.94 < np.mean(held) < 0.99
