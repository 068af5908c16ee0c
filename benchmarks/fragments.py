"""Measure how many shots it takes to name a director: the built-in reference applied to parts of films.

    python benchmarks/fragments.py TABLES

No shot lists of the reference's 94 films are available, only each film's average, median and deviation. So each film is
made up: its lengths have the three figures and are ordered like those of a real film, one of the 134 in TABLES, drawn
among the shortest that are long enough. Editing therefore drifts along the film as in real ones. The film is held out
of the reference, model and sets are fitted to the others, and runs of consecutive shots are classified as by
`authorship classify`. A film with fewer shots than the run is classified as a whole. `--simulated` orders the shots by
a simulation instead, whose parts are more alike.

The minimum number of shots for a name is the smallest size from which on (1) the true director remains in at least the
share of runs that the confidence promises, and (2) the accuracy of the likeliest candidate is at most five percentage
points below that with whole films. The rule was fixed before it was measured.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from intervals import cutting

from authorship.attribution.classify import Attributor
from authorship.attribution.verdict import DEFAULT_CONFIDENCE
from authorship.reference.table import Reference, builtin_reference
from authorship.simulation.films import Figures, simulate_film
from authorship.simulation.styles import STYLES
from shotscale.files import write_json
from shotscale.film import Film
from shotscale.tables import make_shots

Array = npt.NDArray[np.float64]

SIZES = (10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 600, 800)
WHOLE = 10**6
SLACK = 0.05
MINUTES = 100.0
NEAR = 20


def make_films(
    reference: Reference, orders: Sequence[Array] | None, generator: np.random.Generator
) -> list[pd.DataFrame]:
    """Return the shots of each film of the reference, ordered like a real film's if `orders` is given."""
    table = reference.features
    columns = zip(table["average_shot_length"], table["median_shot_length"], table["shot_length_sd"], strict=True)
    drawn = [
        simulate_film(STYLES[0], Figures(*figures), running_time=60 * MINUTES, generator=generator).shots
        for figures in columns
    ]
    return drawn if orders is None else [_reordered(shots, orders, generator) for shots in drawn]


def _reordered(shots: pd.DataFrame, orders: Sequence[Array], generator: np.random.Generator) -> pd.DataFrame:
    """Order a film's lengths like those of one of the `NEAR` shortest real films with at least as many shots."""
    n = len(shots)
    enough = sorted((lengths for lengths in orders if len(lengths) >= n), key=len)[:NEAR]
    real = enough[int(generator.integers(len(enough)))]
    first = int(generator.integers(0, len(real) - n + 1))
    rank = (real[first : first + n] + generator.uniform(0, 0.05, n)).argsort().argsort()  # breaks ties of tenths
    lengths = np.sort((shots["end"] - shots["start"]).to_numpy())[rank]
    ends = np.cumsum(lengths)
    return make_shots(np.append(0.0, ends[:-1]), float(ends[-1]))


def runs(shots: pd.DataFrame, size: int, n_runs: int, generator: np.random.Generator) -> Iterator[pd.DataFrame]:
    """Yield runs of consecutive shots, each starting at 0 s; for a film that is no longer, the film once."""
    last = len(shots) - size
    starts = generator.integers(0, last + 1, n_runs) if last > 0 else [0]
    for first in starts:
        part = shots.iloc[first : first + size].reset_index(drop=True)
        begins = float(part["start"].iloc[0])
        yield part.assign(start=part["start"] - begins, end=part["end"] - begins)


def ask(reference: Reference, orders: Sequence[Array] | None, n_runs: int, seed: int) -> pd.DataFrame:
    """Classify every run of every film; one row per run."""
    generator = np.random.default_rng(seed)
    films, rows = make_films(reference, orders, generator), []
    for work in np.unique(reference.works):
        out = reference.works == work
        attributor = Attributor(reference.some(~out))
        for row in np.flatnonzero(out):
            for size in (*SIZES, WHOLE):
                for part in runs(films[row], size, n_runs, generator):
                    answer = attributor.attribute(Film("run", part))
                    remaining = [candidate.name for candidate in answer.candidates if candidate.remains]
                    rows.append((row, size, reference.labels[row], answer.candidates[0].name, remaining))
    return pd.DataFrame(rows, columns=["film", "shots", "director", "likeliest", "remaining"])


def figures(asked: pd.DataFrame) -> pd.DataFrame:
    """Return one row per size; every film has the same weight, whatever its number of runs."""
    single = asked["remaining"].map(len) == 1
    asked = asked.assign(
        right=asked["likeliest"] == asked["director"],
        covered=[name in names for name, names in zip(asked["director"], asked["remaining"], strict=True)],
        named=single,
        named_right=single & (asked["likeliest"] == asked["director"]),
        none=asked["remaining"].map(len) == 0,
    )
    by_film = asked.groupby(["shots", "film"])[["right", "covered", "named", "named_right", "none"]].mean()
    table = by_film.groupby("shots").mean()
    table["right_when_named"] = table["named_right"] / table["named"]
    table["interval"] = [_over_films(shares.to_numpy()) for _, shares in by_film["right"].groupby("shots")]
    return table.drop(columns="named_right").reset_index()


def _over_films(shares: Array) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean over films, films resampled."""
    picked = np.random.default_rng(0).integers(0, len(shares), (2000, len(shares)))
    low, high = np.quantile(shares[picked].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def fewest(table: pd.DataFrame, *, confidence: float) -> int:
    """Return the smallest size that meets the rule; `WHOLE` if only whole films do."""
    whole = float(table["right"].iloc[-1])
    good = (table["covered"] >= confidence) & (table["right"] >= whole - SLACK)
    held = good[::-1].cummin()[::-1]
    return int(table["shots"][held].min())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", type=Path)
    parser.add_argument("--simulated", action="store_true")
    parser.add_argument("--runs", type=int, default=4, help="runs per size and film")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    orders = None if options.simulated else list(cutting(options.tables).values())
    table = figures(ask(builtin_reference(), orders, options.runs, options.seed))
    print("| shots | likeliest right (95 %) | director remains | one name remains | right when named | none of these |")
    print("|---|---|---|---|---|---|")
    for row in table.to_dict("records"):
        low, high = row["interval"]
        size = "whole film" if row["shots"] == WHOLE else row["shots"]
        print(
            f"| {size} | {row['right']:.3f} ({low:.2f} to {high:.2f}) | {row['covered']:.3f} | {row['named']:.3f} | "
            f"{row['right_when_named']:.3f} | {row['none']:.3f} |"
        )
    least = fewest(table, confidence=DEFAULT_CONFIDENCE)
    print(f"\nfewest shots for a name: {least}")
    if options.json is not None:
        write_json(options.json, {"rows": table.to_dict("records"), "fewest": least, "seed": options.seed})


if __name__ == "__main__":
    main()
