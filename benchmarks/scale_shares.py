"""Measure raw and corrected scale shares, and how often their intervals cover the truth, on simulated films.

    python benchmarks/scale_shares.py CINESCALE     # simulate, and write the record
    python benchmarks/scale_shares.py               # print the record again

CINESCALE holds codings as published (see ``data/authorship/DATA_CARD.md``): their shares of the seven scales are the
truth. For each film the labeled frames are split into two halves: the coding is passed through the errors on one
(``authorship.cinescale.measured``), the correction uses only the other. Foreground shots, inserts and unavailable
scales are left out. The simulation cannot show how the network's errors on films differ from those on stills.

``--choose`` tries numbers of steps and widths on every second film; all recorded figures are of the other films. Each
film is simulated three times.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from authorship.cinescale import join_lengths, read_folder
from authorship.cinescale.measured import Assumptions, measure_as_network
from shotscale import shares
from shotscale.evaluation.scores import group_probabilities
from shotscale.files import write_json
from shotscale.network.confusion import HeldOut, default_held_out
from shotscale.scales import GROUPS, SCALES
from shotscale.summary import summarize_scales

RECORD = Path(__file__).with_suffix(".json")
SCALE_NAMES, GROUP_NAMES = [scale.abbreviation for scale in SCALES], [group.value for group in GROUPS]
REPLICATES = 3
ASSUMED = {
    "as assumed": {},
    "errors again every second": {"persistence": 0.0},
    "errors last as long as a shot": {"persistence": 1.0},
    "no set-up returns": {"set_up_returns": 0.0},
    "every set-up returns": {"set_up_returns": 1.0},
}


def frame_numbers(errors: HeldOut) -> np.ndarray:
    """Number each row's frame: the table does not link its color and gray rows, so the most alike are paired."""
    numbers = np.empty(len(errors.scale), np.int64)
    for rank in range(len(SCALES)):
        color, gray = (np.flatnonzero((errors.scale == rank) & (errors.gray == shown)) for shown in (False, True))
        logs = [np.log(errors.probabilities[rows] + 0.01) for rows in (color, gray)]
        first, second = linear_sum_assignment(cdist(*logs))
        numbers[color[first]] = numbers[gray[second]] = color[first]
    return numbers


def simulated(films: list[Any], join: Any, errors: HeldOut, assumed: Assumptions) -> list[tuple[Any, ...]]:
    """Return for each film: true shares (7,), shot table, scale track, and the errors that the correction may use."""
    generator, frames, found = np.random.default_rng(0), frame_numbers(errors), []
    for film in films:
        coding = film.track[film.track["scale"].isin(SCALE_NAMES)].reset_index(drop=True)
        coding["time"] = np.arange(len(coding), dtype=np.float64)
        here = generator.random(frames.max() + 1)[frames] < 0.5
        own, others = errors.some(here), errors.some(~here)
        n_shots = join.figures(film.film_id).get("n_shots") if film.film_id in join.rows else None
        shots, track = measure_as_network(coding, own, generator, n_shots=n_shots, assumptions=assumed)
        truth = coding["scale"].value_counts(normalize=True).reindex(SCALE_NAMES, fill_value=0).to_numpy()
        found.append((truth, shots, track, others))
    return found


def measured(films: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Return mean distances from the truth (half the sum of absolute differences) and how often intervals cover it."""
    rows = []
    for truth, shots, track, others in films:
        corrected, raw = shares.corrected_shares(shots, track, held_out=others), summarize_scales(track)
        row = {}
        for kind, names, true in (
            ("scales", SCALE_NAMES, truth),
            ("groups", GROUP_NAMES, group_probabilities(truth[None])[0]),
        ):
            share, low, high = np.asarray([corrected[kind][name] for name in names]).T
            row[f"raw {kind}"] = np.abs(np.asarray([raw[kind][name] for name in names]) - true).sum() / 2
            row[f"corrected {kind}"] = np.abs(share - true).sum() / 2
            holds = (low <= true) & (true <= high)
            row[f"held {kind}"], row[f"width {kind}"] = holds.mean(), (high - low).mean()
            row |= {f"held {name}": float(one) for name, one in zip(names, holds, strict=True)}
        rows.append(row)
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]} | {"films": len(rows)}


def print_record(record: dict[str, Any]) -> None:
    columns = ("raw groups", "corrected groups", "held groups", "raw scales", "corrected scales", "held scales")
    print(f"| errors | films | {' | '.join(columns)} |")
    print("|---" * (len(columns) + 2) + "|")
    for name, row in record.items():
        print(f"| {name} | {row['films']} | {' | '.join(f'{row[column]:.3f}' for column in columns)} |")
    first = next(iter(record.values()))
    print("\nheld, each:", ", ".join(f"{name} {first[f'held {name}']:.2f}" for name in (*SCALE_NAMES, *GROUP_NAMES)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="CINESCALE")
    parser.add_argument("--choose", action="store_true")
    options = parser.parse_args()
    if options.folder is None:
        print_record(json.loads(RECORD.read_text(encoding="utf-8")))
        return
    found = read_folder(options.folder)
    join = join_lengths(found.films)
    if options.choose:
        films = simulated(found.films[1::2] * REPLICATES, join, default_held_out(), Assumptions())
        for shares.STEPS in (10, 20, 30, 50):
            for wider in (1.0, 1.25, 1.5):
                shares.WIDER = {"scales": wider, "groups": wider}
                row = measured(films)
                figures = ", ".join(f"{name} {row[name]:.3f}" for name in row if "groups" in name or "scales" in name)
                print(f"{shares.STEPS} steps, {wider} times as wide: {figures}", flush=True)
        return
    record = {
        name: measured(simulated(found.films[::2] * REPLICATES, join, default_held_out(), Assumptions(**assumed)))
        for name, assumed in ASSUMED.items()
    }
    write_json(RECORD, record)
    print_record(record)


if __name__ == "__main__":
    main()
