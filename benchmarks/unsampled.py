"""Measure how shots too short to be sampled affect the median length of close, medium and long shots.

    python benchmarks/unsampled.py LISTS

LISTS holds hand-made shot lists with scales (see `CONTRIBUTING.md`), in which every shot's scale is known. Each is
sampled once per second, like a film, from eight moments within the first second; a shot between two samples then has no
scale. The output is the mean absolute difference between the logarithm of each group's median and that of the list:
with every sampled shot counted once, and as features count, where short shots also stand for those without a sample.
Both are repeated with the lists cut 2.2 times as fast.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.features import film_features
from authorship.features.labels import OUTSIDE, scale_labels
from authorship.features.sampled_shots import shot_labels
from shotscale.scales import GROUPS
from shotscale.shotlists import ShotList, how_to_read, read_shotlist

Array = npt.NDArray[np.float64]

NAMES = [group.value for group in GROUPS]
SPEEDS = (1.0, 2.2)
PHASES = np.arange(8) / 8


def read_lists(folder: Path) -> list[ShotList]:
    how = how_to_read(
        fps=None, tier=None, gaps="out", columns="start=StartTime,end=EndTime,scale=Value", unit="ms", delimiter=None,
        decimal=None,
    )  # fmt: skip
    return [read_shotlist(path, **how) for path in sorted(folder.glob("*.csv"))]


def medians(lengths: Array, groups: npt.NDArray[np.int64]) -> Array:
    return np.asarray([np.median(lengths[groups == k]) if (groups == k).any() else np.nan for k in range(len(NAMES))])


def errors(given: ShotList, speed: float) -> Iterator[tuple[float, Array, Array]]:
    """Yield the share of shots without a sample and the errors of the medians, counted once and as features count."""
    shots = given.shots[["start", "end"]] / speed
    starts, ends = shots["start"].to_numpy(), shots["end"].to_numpy()
    names = np.asarray(["" if scale is None else scale.abbreviation for scale in given.scales or ()], object)
    known = scale_labels(pd.DataFrame({"time": starts, "scale": names}))
    whole = np.log(medians(ends - starts, known.group))
    for phase in PHASES:
        times = np.arange(starts[0] + phase, ends[-1], 1.0)
        track = pd.DataFrame({"time": times, "scale": names[np.searchsorted(starts, times, side="right") - 1]})
        sampled = shot_labels(starts, float(ends[-1]), scale_labels(track)).group
        features = film_features(shots, track)
        counted = np.asarray([features[f"median_shot_length_{name}"] for name in NAMES])
        missed = float(((sampled == OUTSIDE) & (known.group != OUTSIDE)).sum() / (known.group != OUTSIDE).sum())
        yield missed, np.log(medians(ends - starts, sampled)) - whole, np.log(counted) - whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", type=Path)
    lists = read_lists(parser.parse_args().lists)
    columns = ["lists", "shots without a sample", *NAMES, *(f"{name}, as features count" for name in NAMES)]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for speed in SPEEDS:
        found = [row for given in lists for row in errors(given, speed)]
        missed, once, counted = (np.asarray(part) for part in zip(*found, strict=True))
        figures = [*np.nanmean(np.abs(once), axis=0), *np.nanmean(np.abs(counted), axis=0)]
        told = "as they are" if speed == 1 else f"cut {speed:g} times as fast"
        print(f"| {told} | {missed.mean():.3f} | {' | '.join(f'{figure:.3f}' for figure in figures)} |")


if __name__ == "__main__":
    main()
