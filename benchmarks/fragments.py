"""How many shots it takes to name a director: the built-in reference asked about fragments of simulated films.

    python benchmarks/fragments.py

No shot list of the reference's 94 films is at hand, only each film's average, median and deviation. So each film is
simulated: shots whose lengths have its figures, neighbours alike as in films. The film itself is left out of the
reference, model and sets are fitted to the others, and runs of consecutive shots of the simulated film are asked about
as `authorship classify` asks. A film of fewer shots than the run is asked about as a whole.

The least number of shots for a name is the smallest of the sizes from which on (1) the true director remains for at
least as many of the runs as the confidence promises, and (2) the likeliest candidate is right for at most five in a
hundred fewer than with whole films. The rule was written down before it was measured. Runs of a simulated film differ
less than parts of a real one, whose sequences are cut to different measures, so that the number is a lower bound.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from authorship.attribution.classify import Attributor
from authorship.attribution.verdict import DEFAULT_CONFIDENCE
from authorship.film import Film
from authorship.reference.table import Reference, builtin_reference
from authorship.simulation.films import Figures, simulate_film
from authorship.simulation.styles import STYLES
from authorship.validation.benchmark import leave_together
from shotscale.evaluation.scores import wilson_interval
from shotscale.files import write_json

SIZES = (10, 20, 30, 50, 75, 100, 150, 200, 300)
WHOLE = 10**6
SLACK = 0.05
MINUTES = 100.0


def simulated_films(reference: Reference, generator: np.random.Generator) -> list[pd.DataFrame]:
    """Draw the shots of each film of the reference."""
    table = reference.features
    columns = zip(table["average_shot_length"], table["median_shot_length"], table["shot_length_sd"], strict=True)
    return [
        simulate_film(STYLES[0], Figures(*figures), running_time=60 * MINUTES, generator=generator).shots
        for figures in columns
    ]


def runs(shots: pd.DataFrame, size: int, n_runs: int, generator: np.random.Generator) -> Iterator[pd.DataFrame]:
    """Return runs of consecutive shots, each beginning at 0 s; of a film that is no longer, the film once."""
    last = len(shots) - size
    starts = generator.integers(0, last + 1, n_runs) if last > 0 else [0]
    for first in starts:
        part = shots.iloc[first : first + size].reset_index(drop=True)
        begins = float(part["start"].iloc[0])
        yield part.assign(start=part["start"] - begins, end=part["end"] - begins)


def ask(reference: Reference, n_runs: int, seed: int) -> pd.DataFrame:
    """Ask about every run of every film; a row a run."""
    reference, generator = leave_together(reference), np.random.default_rng(seed)
    films, rows = simulated_films(reference, generator), []
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
    """Return a row a size; every film weighs the same, however many runs it gave."""
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
    n = asked["film"].nunique()
    table["interval"] = [wilson_interval(share * n, n) for share in table["right"]]
    return table.drop(columns="named_right").reset_index()


def fewest(table: pd.DataFrame, *, confidence: float) -> int:
    """Apply the rule; `WHOLE` if no size meets it."""
    whole = float(table["right"].iloc[-1])
    good = (table["covered"] >= confidence) & (table["right"] >= whole - SLACK)
    held = good[::-1].cummin()[::-1]
    return int(table["shots"][held].min())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=4, help="of each size, a film")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    table = figures(ask(builtin_reference(), options.runs, options.seed))
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
