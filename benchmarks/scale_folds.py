"""Train the default scale network's recipe for each fold of the frames, and measure it on the held-out frames.

    python benchmarks/scale_folds.py FRAMES --work work/           # the folds that are not recorded yet; hours
    python benchmarks/scale_folds.py FRAMES --work work/ --only 2  # one of them
    python benchmarks/scale_folds.py                               # print what is recorded

Fold 0 is the test fold of ``scale_default.json``. Fold 1 is left out: it was the validation fold when the recipe was
chosen, so its figures would be optimistic.
"""

import argparse
import dataclasses
import json
from pathlib import Path

import numpy as np
from scale_default import DEFAULT_RECORD, PLAN, RECIPE, TRUST, show

from shotscale.evaluation.scores import measure
from shotscale.files import make_folder, write_json
from shotscale.labeled.dataset import load_frames, read_frames
from shotscale.training.experiment import run_experiment
from shotscale.training.initial import IMAGENET, initial_weights

RECORD = Path(__file__).with_suffix(".json")
ROWS = ("film stills (every source but web)", "source web", "all", "color", "grayscale", "as_labeled", "seven scales")


def measured() -> dict[int, dict]:
    """Return the recorded figures of each fold."""
    first = json.loads(DEFAULT_RECORD.read_text(encoding="utf-8"))["figures"]
    others = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else {}
    return {0: first, **{int(fold): figures for fold, figures in sorted(others.items())}}


def together(folds: dict[int, dict], row: str) -> dict:
    """Measure the frames of all folds together, from their confusions; a fold is a cluster, judged by one network."""
    each = [folds[fold][row] for fold in folds]
    confusions = np.stack([one["confusion"] for one in each])
    fold, truth, predicted = (np.repeat(code.ravel(), confusions.ravel()) for code in np.indices(confusions.shape))
    return measure(truth, predicted, names=[one["class"] for one in each[0]["classes"]], clusters=fold)


def print_folds() -> None:
    folds = measured()
    print(f"| held-out frames | n | {' | '.join(f'fold {fold}' for fold in folds)} | together | macro-F1 | majority |")
    print("|---" * (len(folds) + 5) + "|")
    for row in (*ROWS, "baseline_boxes"):
        each = " | ".join(f"{figures[row]['accuracy']:.3f}" for figures in folds.values())
        whole = together(folds, row)
        low, high = whole["accuracy_interval"]
        print(f"| {row} | {whole['n']} | {each} | {whole['accuracy']:.3f} ({low:.2f} to {high:.2f})", end=" | ")
        print(f"{whole['macro_f1']:.3f} | {whole['majority_accuracy']:.3f} |")
    each = " | ".join(f"{figures['ece']:.3f}" for figures in folds.values())
    print(f"| calibration error | | {each} | | | |")
    for row in ("film stills (every source but web)", "all", "seven scales"):
        whole = together(folds, row)
        names = [one["class"] for one in whole["classes"]]
        print(f"\n| {row}: true, predicted | {' | '.join(names)} | precision | recall | F1 |")
        print("|---" * (len(names) + 4) + "|")
        for one, counts in zip(whole["classes"], whole["confusion"], strict=True):
            scores = " | ".join(f"{one[key]:.3f}" for key in ("precision", "recall", "f1"))
            print(f"| {one['class']} | {' | '.join(map(str, counts))} | {scores} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("frames", type=Path, nargs="?")
    parser.add_argument("--work", type=Path, default=Path("scale_folds"), help="where checkpoints are kept")
    parser.add_argument("--only", type=int, nargs="+")
    options = parser.parse_args()
    if options.frames is not None:
        frames = load_frames(read_frames(options.frames / "frames.csv"), options.frames, trust=TRUST)
        for fold in options.only or range(2, PLAN.folds):
            if fold in measured():
                continue
            done = run_experiment(
                frames,
                RECIPE,
                dataclasses.replace(PLAN, test_fold=fold, final_steps=0),
                initial=initial_weights(RECIPE.network, IMAGENET),
                folder=make_folder(options.work / str(fold)),
                on_progress=show,
            )
            others = {name: figures for name, figures in measured().items() if name}
            write_json(RECORD, {**others, fold: done.figures})
    print_folds()


if __name__ == "__main__":
    main()
