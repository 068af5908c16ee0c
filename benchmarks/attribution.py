"""Measure the built-in table of shot lengths: all classifiers, the open set and verification.

python benchmarks/attribution.py            # benchmarks/attribution.json, attribution.md, performance.json
python benchmarks/attribution.py --quick    # data/authorship/performance.json alone, in a minute
"""

import argparse
import time
from pathlib import Path

from authorship.reference.basis import builtin_bases
from authorship.reference.table import builtin_reference, other_directors
from authorship.validation.benchmark import (
    leave_one_out,
    markdown_table,
    open_set_figures,
    run_benchmark,
)
from authorship.validation.periods import blocked_by_years
from authorship.verification import Verifier
from shotscale.cores import available_cores
from shotscale.files import atomic_write, write_json

HERE = Path(__file__).parent
PERFORMANCE = HERE.parent / "data" / "authorship" / "performance.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--jobs", type=int, default=available_cores())
    parser.add_argument("--permutations", type=int, default=1000)
    options = parser.parse_args()
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


def performance() -> dict[str, object]:
    """Return what `authorship classify` says of itself: its own model and sets, each film left out in turn."""
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
