"""Shot detectors side by side on clips with known shots, PySceneDetect and TransNetV2 among them.

    python benchmarks/boundaries.py CLIPS TRUTH.csv [--detector NAME ...] [--json FILE]

The default detector was fitted to the clips that its card describes: on those its figures here are flattered, and
the cross-validated ones of `benchmarks/boundaries_train.py` are the ones to quote.
"""

import argparse
import sys
from pathlib import Path

from shotscale.boundaries.benchmark import PEERS, benchmark_detectors
from shotscale.boundaries.registry import DETECTORS
from shotscale.files import write_json


def main() -> None:
    parser = argparse.ArgumentParser(description="Score shot detectors on clips with known shots.")
    parser.add_argument("clips", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--detector", action="append", choices=[*DETECTORS, *PEERS])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    table = benchmark_detectors(
        options.clips,
        options.truth,
        options.detector or (*DETECTORS, *PEERS),
        progress=lambda clip, detector: print(f"{clip} {detector}", file=sys.stderr),
    )
    print(table.to_string(index=False, float_format=lambda value: f"{value:.4f}"))
    if options.json is not None:
        write_json(options.json, table.to_dict(orient="records"))


if __name__ == "__main__":
    main()
