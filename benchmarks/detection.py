"""Measure how far automatic shot detection shifts a film's figures from a hand count, and how that affects answers.

    python benchmarks/detection.py TABLES

The hand counts are the shot lengths of the 134 films in TABLES. A detector with the error rates of the default one
(`data/shotscale/boundaries.json`, cross-validated) is simulated on each: it misses boundaries at random and adds false
ones at random times. Its recall and precision vary between films as between the 87 clips that they were measured on,
less the chance variation of a clip's twenty boundaries; this is an upper bound.

The output is the mean and standard deviation of the change of each figure, which
`authorship.attribution.detection_error` holds, and the leave-one-film-out answers for the 94 films of the reference
with their figures shifted like that, with and without allowing for the change.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from intervals import cutting

from authorship.attribution.detection_error import allow_for_detection
from authorship.features.durations import measure_moments
from authorship.reference.basis import fit_own
from authorship.reference.table import builtin_reference
from authorship.validation.metrics import log_loss

Array = npt.NDArray[np.float64]

CARD = Path(__file__).parents[1] / "data" / "shotscale" / "boundaries.json"
FIGURES = ("average_shot_length", "shot_length_cv", "median_to_mean")


def rates(card: dict[str, Any], name: str) -> tuple[float, float]:
    """Return a rate and its standard deviation between clips, derived from its interval over clips."""
    figures, n_clips = card["cross_validation"]["all"], card["training"]["clips"]["n"]
    mean, (low, high) = figures[name], figures[f"{name}_95"]
    of_chance = mean * (1 - mean) / (figures["n_true"] / n_clips)
    return mean, float(np.sqrt(max(((high - low) / 3.92) ** 2 * n_clips - of_chance, 0.0)))


def beta(mean: float, spread: float, generator: np.random.Generator) -> float:
    n = mean * (1 - mean) / spread**2 - 1
    return float(np.clip(generator.beta(mean * n, (1 - mean) * n), 0.3, 1.0))


def detect(lengths: Array, recall: float, precision: float, generator: np.random.Generator) -> Array:
    """Return the shot lengths that a detector with these rates finds."""
    ends = np.cumsum(lengths)
    found = ends[:-1][generator.random(len(ends) - 1) < recall]
    false = generator.uniform(0, ends[-1], generator.poisson(len(found) * (1 - precision) / precision))
    return np.diff(np.sort(np.concatenate([[0.0], found, false, ends[-1:]])))


def figures(lengths: Array) -> Array:
    moments = measure_moments(lengths[None])
    values = np.asarray([moments[name][0] for name in FIGURES])
    values[0] = np.log(values[0])
    return values


def moved(values: Array, changes: Array, generator: np.random.Generator) -> Array:
    """Return films' figures, each shifted by the change of a random real film."""
    return values + changes[generator.integers(0, len(changes), len(values))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", type=Path)
    parser.add_argument("--runs", type=int, default=10, help="of each film")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    card, generator = json.loads(CARD.read_text(encoding="utf-8")), np.random.default_rng(options.seed)
    (recall, r_spread), (precision, p_spread) = rates(card, "recall"), rates(card, "precision")
    print(f"recall {recall:.3f} (between clips {r_spread:.3f}), precision {precision:.3f} ({p_spread:.3f})\n")
    changes = []
    for lengths in cutting(options.tables).values():
        for _ in range(options.runs):
            film = beta(recall, r_spread, generator), beta(precision, p_spread, generator)
            changes.append(figures(detect(lengths, *film, generator)) - figures(lengths))
    change = np.asarray(changes)
    print("| figure | mean change | standard deviation |\n|---|---|---|")
    for name, mean, spread in zip(("log average", *FIGURES[1:]), change.mean(axis=0), change.std(axis=0), strict=True):
        print(f"| {name} | {mean:+.3f} | {spread:.3f} |")
    print("\n| the film's figures | accuracy | log loss |\n|---|---|---|")
    for name, (accuracy, loss) in _answers(change, generator, n_times=10).items():
        print(f"| {name} | {accuracy:.3f} | {loss:.3f} |")


def _answers(change: Array, generator: np.random.Generator, *, n_times: int) -> dict[str, tuple[float, float]]:
    """Return held-out accuracy and log loss: counted by hand, detected, and detected and allowed for."""
    reference = builtin_reference()
    values, truth = reference.matrix(), np.searchsorted(reference.candidates, reference.labels)
    columns = [reference.modeled.index(name) for name in FIGURES]
    many = [moved(values[:, columns], change, generator) for _ in range(n_times)]
    p: dict[str, list[Array]] = {"counted by hand": [], "detected": [], "detected, and allowed for": []}
    for row, work in enumerate(reference.works):
        out = reference.works == work
        model, used = fit_own(values[~out], reference.labels[~out], reference.works[~out], reference.modeled)
        names = [reference.modeled[column] for column in used]
        place = [FIGURES.index(name) for name in names]
        for seen in many:
            film = seen[row : row + 1, place]
            p["counted by hand"].append(model.probabilities(values[row : row + 1][:, used])[0])
            p["detected"].append(model.probabilities(film)[0])
            p["detected, and allowed for"].append(model.probabilities(allow_for_detection(film, names)).mean(axis=0))
    again = np.repeat(truth, n_times)
    return {
        name: (float((np.stack(rows).argmax(axis=1) == again).mean()), log_loss(np.stack(rows), again))
        for name, rows in p.items()
    }


if __name__ == "__main__":
    main()
