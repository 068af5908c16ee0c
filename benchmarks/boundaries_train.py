"""Fit the default shot detector and print its cross-validated figures.

    python benchmarks/boundaries_train.py CLIPS TRUTH.csv [-o data/shotscale] [--seed 0]

CLIPS is a folder of films, TRUTH.csv has the columns clip, first_frame and last_frame of every shot. It
takes about a quarter of an hour on one core for 110,000 frames. The same clips and seed give the same files.
"""

import argparse
import logging
from pathlib import Path
from typing import Any

from shotscale.boundaries.training import train_detector


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the default shot detector.")
    parser.add_argument("clips", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("data/shotscale"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    show(train_detector(options.clips, options.truth, options.output, seed=options.seed))


def show(card: dict[str, Any]) -> None:
    """Print a model card's figures as two tables."""
    print("| transitions | true | found | F1 (95 %) | precision | recall |\n| --- | ---: | ---: | --- | ---: | ---: |")
    for sort, row in card["cross_validation"].items():
        low, high = row["f1_95"]
        print(
            f"| {sort} | {row['n_true']} | {row['n_found']} | {row['f1']:.3f} ({low:.3f}-{high:.3f}) "
            f"| {row['precision']:.3f} | {row['recall']:.3f} |"
        )
    quick = card["montages"]
    print(f"\nMontages: {quick['n_true']} cuts, recall {quick['recall']:.3f}, precision {quick['precision']:.3f}")
    print("\n| confidence | transitions | mean confidence | real |\n| --- | ---: | ---: | ---: |")
    for row in card["reliability"]:
        print(f"| {row['from']:.2f}-{row['to']:.2f} | {row['n']} | {row['mean_confidence']:.3f} | {row['real']:.3f} |")


if __name__ == "__main__":
    main()
