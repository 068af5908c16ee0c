"""Measure how often the interval from a part of a film covers the whole film's average shot length.

    python benchmarks/intervals.py TABLES

TABLES holds the shot lengths of 134 Hollywood films (Cutting's group) and of nine early films by Hitchcock (Redfern).
Runs of consecutive shots, at most a quarter of their film, are drawn at random, and the interval of each is checked
against the film's average. Every film has the same weight. The interval by number of shots is fitted in ten folds of
films, always without the film that it is checked on. It is compared with intervals that treat shots, runs of five
shots, or batches of shots as independent. Hitchcock's films are not used in any fit.

The widening of the resamples that measure stability (`authorship.attribution.stability`) is printed as well: the actual
distance of a run's three figures from the film's, in standard deviations of the resamples of its shots.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import t as student

from authorship.attribution.stability import resample_shots
from authorship.features.durations import measure_moments
from shotscale.summary import longer_film_interval

Array = npt.NDArray[np.float64]

SIZES = (10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 700)
PARTS = 4  # a run is at most this fraction of its film
FOLDS = 10
TAIL = 0.025
FITTED_TAIL = 0.02  # a little less, so that every size covers 95 % on held-out films
SHORTEST = 0.05  # seconds; lengths are given in tenths


def cutting(tables: Path) -> dict[str, Array]:
    """Return the shot lengths of each of the 134 films."""
    shots = pd.read_csv(tables / "cutting_134_films_shot_lengths_long.csv")
    return {str(film): _lengths(part["length_s"]) for film, part in shots.groupby("film")}


def hitchcock(tables: Path) -> dict[str, Array]:
    """Return the shot lengths of each of Hitchcock's nine films."""
    wide = pd.read_csv(tables / "hitchcock_early_9_films_shot_lengths_wide.csv")
    return {film: _lengths(wide[film].dropna()) for film in wide}


def _lengths(lengths: "pd.Series[float]") -> Array:
    return np.maximum(lengths.to_numpy(np.float64), SHORTEST)


def draw_runs(films: Mapping[str, Array], *, n_runs: int, seed: int) -> pd.DataFrame:
    """Draw runs; one row each with ``error``, log of the film's average over the run's, and which intervals held."""
    generator = np.random.default_rng(seed)
    rows = []
    for film, lengths in films.items():
        for size in SIZES:
            if PARTS * size > len(lengths):
                continue
            for first in generator.integers(0, len(lengths) - size + 1, n_runs):
                run = lengths[first : first + size]
                ends = {"shots": _shots(run), "runs of five": _blocks(run), "batches": _batches(run)}
                ends["shipped"] = _shipped(float(run.mean()), size)
                whole = float(lengths.mean())
                held = {name: low <= whole <= high for name, (low, high) in ends.items()}
                rows.append({"film": film, "size": size, "error": np.log(whole / run.mean()), **held})
    return pd.DataFrame(rows)


def _shipped(average: float, size: int) -> tuple[float, float]:
    interval = longer_film_interval(average, size)
    assert interval is not None, "every size is one that has an interval"
    return interval


def _shots(run: Array) -> tuple[float, float]:
    half = 1.96 * float(run.std(ddof=1)) / np.sqrt(len(run))
    return float(run.mean()) - half, float(run.mean()) + half


def _blocks(run: Array) -> tuple[float, float]:
    low, high = np.quantile(resample_shots(run, n_resamples=200, seed=0).mean(axis=1), [TAIL, 1 - TAIL])
    return float(low), float(high)


def _batches(run: Array) -> tuple[float, float]:
    """Return the t interval over about sqrt(n) batches of sqrt(n) shots."""
    size = int(np.sqrt(len(run)))
    means = run[: len(run) // size * size].reshape(-1, size).mean(axis=1)
    half = student.ppf(1 - TAIL, len(means) - 1) * float(means.std(ddof=1)) / np.sqrt(len(means))
    return float(run.mean()) - half, float(run.mean()) + half


def fit(runs: pd.DataFrame) -> tuple[Array, Array]:
    """Fit the two ends of the log factor, each ``scale * size ** -power``, as quantiles by the pinball loss."""
    weights = (1 / runs.groupby(["film", "size"])["error"].transform("size")).to_numpy()
    size, error = np.log(runs["size"].to_numpy()), runs["error"].to_numpy()

    def quantile(error: Array) -> Array:
        def loss(parameters: Array) -> float:
            away = error - np.exp(parameters[0] - parameters[1] * size)
            return float(weights @ np.where(away > 0, (1 - FITTED_TAIL) * away, -FITTED_TAIL * away))

        best = minimize(loss, [0.5, 0.4], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-8})
        return np.asarray([np.exp(best.x[0]), best.x[1]])

    return quantile(-error), quantile(error)


def held_out(runs: pd.DataFrame, *, seed: int) -> "pd.Series[bool]":
    """Return for each run whether the interval fitted to the films of other folds covers its film's average."""
    films = runs["film"].unique()
    fold = dict(zip(np.random.default_rng(seed).permutation(films), np.arange(len(films)) % FOLDS, strict=True))
    folds = runs["film"].map(fold)
    held = pd.Series(False, index=runs.index)
    for one in range(FOLDS):
        inside = folds == one
        low, high = (scale * runs["size"] ** -power for scale, power in fit(runs[~inside]))
        held[inside] = runs["error"][inside].between(-low[inside], high[inside])
    return held


def widening(films: Mapping[str, Array], *, seed: int) -> pd.DataFrame:
    """Return, per size, how far the film's figures are from a run's, in standard deviations of its resamples."""
    generator = np.random.default_rng(seed)
    rows = []
    for lengths in films.values():
        for size in (20, 50, 100, 200, 300, 500):
            if PARTS * size > len(lengths):
                continue
            for first in generator.integers(0, len(lengths) - size + 1, 3):
                run = lengths[first : first + size]
                spread = _figures(resample_shots(run, n_resamples=100, seed=int(first))).std(axis=0)
                away = _figures(lengths[None])[0] - _figures(run[None])[0]
                rows.append({"size": size, **dict(zip(FIGURES, np.transpose([away**2, spread**2]), strict=True))})
    table = pd.DataFrame(rows)
    return pd.DataFrame(
        {
            size: [np.sqrt(np.divide(*np.stack(part[name].to_list()).sum(axis=0))) for name in FIGURES]
            for size, part in table.groupby("size")
        },
        index=pd.Index(FIGURES),
    ).T


FIGURES = ("log average", "variation (CV)", "median over average")


def _figures(lengths: Array) -> Array:
    moments = measure_moments(lengths)
    return np.column_stack(
        [np.log(moments["average_shot_length"]), moments["shot_length_cv"], moments["median_to_mean"]]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", type=Path)
    parser.add_argument("--runs", type=int, default=12, help="runs per size and film")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    films = cutting(options.tables)
    runs = draw_runs(films, n_runs=options.runs, seed=options.seed)
    runs["held out"] = held_out(runs, seed=options.seed)
    ways = ["shots", "runs of five", "batches", "held out"]
    print(f"{len(films)} films, {len(runs)} runs: how often the 95 % interval holds the film's average\n")
    print(f"| shots | films | {' | '.join(ways)} | the run's average times |\n|{'---|' * (len(ways) + 3)}")
    for size, part in runs.groupby("size"):
        low, high = _shipped(1.0, int(size))
        shares = " | ".join(f"{part[way].mean():.3f}" for way in ways)
        print(f"| {size} | {part['film'].nunique()} | {shares} | {low:.2f} to {high:.2f} |")
    by_film = runs.groupby(["film", "size"])[ways].mean().groupby("film").mean()
    print(f"| all | {len(by_film)} | {' | '.join(f'{by_film[way].mean():.3f}' for way in ways)} | |\n")
    print(f"worst twentieth of the films: at most {by_film['held out'].quantile(0.05):.2f} of a film's runs held")
    early = draw_runs(hitchcock(options.tables), n_runs=options.runs, seed=options.seed)
    print(f"Hitchcock's nine films, 1927 to 1932: {early['shipped'].mean():.3f} of {len(early)} runs held")
    low, high = fit(runs)
    print(f"fitted to all: below {low[0]:.2f} * n ** -{low[1]:.3f}, above {high[0]:.2f} * n ** -{high[1]:.3f}\n")
    print("how far the film's figures lie from a run's, in standard deviations of the resamples of its shots:\n")
    print(f"| shots | {' | '.join(FIGURES)} |\n|{'---|' * (1 + len(FIGURES))}")
    for size, row in widening(films, seed=options.seed).iterrows():
        print(f"| {size} | {' | '.join(f'{value:.2f}' for value in row)} |")


if __name__ == "__main__":
    main()
