"""Measure the built-in table of shot lengths: all classifiers, the open set and verification.

python benchmarks/attribution.py            # benchmarks/attribution.json, attribution.md, performance.json
python benchmarks/attribution.py --quick    # only data/authorship/performance.json, in a minute
python benchmarks/attribution.py --deals 12 # how figures vary over twelve ways of dealing the films to folds
"""

import argparse
import time
from pathlib import Path

import numpy as np

from authorship.attribution.verdict import DEFAULT_CONFIDENCE
from authorship.reference.basis import builtin_bases
from authorship.reference.table import builtin_reference, other_directors
from authorship.validation.benchmark import run_benchmark
from authorship.validation.candidate_sets import leave_one_out, open_set_figures
from authorship.validation.periods import blocked_by_years
from authorship.validation.text import markdown_table
from authorship.verification import Verifier
from authorship.workers import open_workers
from shotscale.cores import available_cores
from shotscale.files import atomic_write, write_json

HERE = Path(__file__).parent
PERFORMANCE = HERE.parent / "data" / "authorship" / "performance.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--jobs", type=int, default=available_cores())
    parser.add_argument("--permutations", type=int, default=1000)
    parser.add_argument("--deals", type=int, default=0)
    options = parser.parse_args()
    if options.deals:
        print_deals(options.deals, options.jobs)
        return
    write_json(PERFORMANCE, performance())
    print(PERFORMANCE.read_text(encoding="utf-8"))
    if options.quick:
        return
    began = time.perf_counter()
    result = run_benchmark(builtin_reference(), n_permutations=options.permutations, jobs=options.jobs)
    write_json(HERE / "attribution.json", result)
    with atomic_write(HERE / "attribution.md") as stream:
        stream.write("The built-in reference, by `python benchmarks/attribution.py`\n\n" + markdown_table(result))
    print((HERE / "attribution.md").read_text(encoding="utf-8"))
    print(f"{time.perf_counter() - began:.0f} s with {options.jobs} processes")


def print_deals(n: int, jobs: int) -> None:
    """Print the sets' figures for each of n ways of dealing the other films to folds, for choice and calibration."""
    reference = builtin_reference()
    columns = ["deal", "accuracy", "coverage", "mean size", "one name", "right when named", *reference.candidates]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    rows = []
    with open_workers(jobs) as workers:
        for deal in range(n):
            figures = leave_one_out(reference, deal=deal, workers=workers)
            level = next(level for level in figures["levels"] if level["confidence"] == DEFAULT_CONFIDENCE)
            told = [level[key] for key in ("coverage", "size", "named", "right_when_named")]
            rows.append([figures["accuracy"], *told, *level["by_candidate"].values()])
            print(f"| {deal} | {' | '.join(f'{value:.3f}' for value in rows[-1])} |", flush=True)
    for name, row in zip(("least", "most"), (np.min(rows, axis=0), np.max(rows, axis=0)), strict=True):
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in row)} |")


def performance() -> dict[str, object]:
    """Return the performance that `authorship classify` reports: its model and sets, leave-one-film-out."""
    reference = builtin_reference()
    figures = leave_one_out(reference)
    return {
        "reference_checksum": reference.checksum,
        "command": "python benchmarks/attribution.py --quick",
        "accuracy": figures["accuracy"],
        "accuracy_interval": figures["interval"],
        "macro_f1": figures["macro_f1"],
        "log_loss": figures["log_loss"],
        "calibration_error": figures["calibration_error"],
        **{key: figures[key] for key in ("n", "classes", "confusion", "per_class", "reliability")},
        "blocked_by_years": blocked_by_years(reference),
        "sets": figures["levels"],
        "others": open_set_figures(builtin_bases()["lengths"], other_directors()),
        "verification": {
            name: dict(Verifier(reference, name, distractors=other_directors()).quality)
            for name in reference.candidates
        },
    }


if __name__ == "__main__":
    main()
