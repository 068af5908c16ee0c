"""Record the default scale network's probabilities on held-out labeled frames, which show how it errs.

    python benchmarks/held_out.py FRAMES --work work/ --folds 0 2 3
    python benchmarks/held_out.py       # measure the record: every border between scales, in color and gray

For each fold the recipe of ``scale_default.py`` is trained on the other folds (half an hour each on one core;
checkpoints are kept in ``--work``), and its probabilities for the fold's frames, whole, in color and in gray, go to
``data/shotscale/held_out.csv``: one row per frame, rendering and scale that the frame stands for. Fold 1 is left out,
since it was the validation fold when the recipe was chosen.

A frame stands for each scale whose target, the label weighed against the boxes, is 0.3 or more: few frames are medium
long shots and nothing else. No picture, file name or box is written. In the figures a frame that stands for two scales
counts twice, but can be right only once.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scale_default import PLAN, RECIPE, TRUST, show
from scipy.special import softmax

from shotscale.evaluation.scores import measure_scales
from shotscale.files import atomic_write, make_folder
from shotscale.labeled.dataset import LabeledFrames, load_frames, read_frames, split_groups
from shotscale.network.architectures import build_network
from shotscale.network.confusion import HeldOut, default_held_out
from shotscale.scales import SCALES
from shotscale.tables import SCALE_COLUMNS
from shotscale.training.experiment import network_scores, run_experiment
from shotscale.training.initial import IMAGENET, initial_weights

TARGET = Path(__file__).parents[1] / "data" / "shotscale" / "held_out.csv"
STANDS_FOR = 0.3


def learned(frames: LabeledFrames, fold: int, folder: Path) -> tuple[torch.nn.Module, float]:
    """Return the network trained without a fold, and its temperature; from the folder if it is there."""
    kept = folder / f"fold{fold}.pt"
    if not kept.is_file():
        done = run_experiment(
            frames,
            RECIPE,
            dataclasses.replace(PLAN, test_fold=fold, final_steps=0),
            initial=initial_weights(RECIPE.network, IMAGENET),
            folder=make_folder(folder / str(fold)),
            on_progress=show,
        )
        torch.save({"state": done.state, "temperature": done.temperature}, kept)
    saved = torch.load(kept, weights_only=True)
    network = build_network(RECIPE.network, num_classes=len(SCALES))
    network.load_state_dict(saved["state"])
    return network.eval(), float(saved["temperature"])


def in_gray(image: np.ndarray) -> np.ndarray:
    gray = np.round(image @ np.asarray([0.299, 0.587, 0.114])).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=2)


def rows_of(frames: LabeledFrames, fold: int, folder: Path) -> pd.DataFrame:
    network, temperature = learned(frames, fold, folder)
    number = (split_groups(list(frames.table["group"]), folds=PLAN.folds, seed=PLAN.split_seed) - fold) % PLAN.folds
    held_out = frames.take(np.flatnonzero(number == 0))
    gray = dataclasses.replace(held_out, images=[in_gray(image) for image in held_out.images])
    tables = []
    for rendering, some in (("color", held_out), ("gray", gray)):
        p = softmax(network_scores(network, some, RECIPE, PLAN) / temperature, axis=1)
        frame, scale = np.nonzero(some.targets >= STANDS_FOR)
        names = [SCALES[rank].abbreviation for rank in scale]
        tables.append(pd.DataFrame(p[frame], columns=list(SCALE_COLUMNS)).assign(scale=names, rendering=rendering))
    return pd.concat(tables)


def print_figures(known: HeldOut) -> None:
    """Print the figures of the same frames in color and in gray."""
    parts = [known.some(known.gray == gray) for gray in (False, True)]
    color, gray = (measure_scales(part.scale, part.probabilities) for part in parts)
    print("| | color | gray |\n|---|---|---|")
    for name, value in color.items():
        print(f"| {name} | {value:.3f} | {gray[name]:.3f} |" if name != "n" else f"| rows | {value} | {gray[name]} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("frames", type=Path, nargs="?")
    parser.add_argument("--work", type=Path, default=Path("held_out"), help="where networks and checkpoints are kept")
    parser.add_argument("--folds", type=int, nargs="+", default=[0, 2, 3])
    parser.add_argument("--output", type=Path, default=TARGET)
    options = parser.parse_args()
    if options.frames is None:
        print_figures(default_held_out())
        return
    frames = load_frames(read_frames(options.frames / "frames.csv"), options.frames, trust=TRUST)
    make_folder(options.work)
    table = pd.concat([rows_of(frames, fold, options.work) for fold in options.folds])
    table = table.sort_values(["scale", "rendering", *SCALE_COLUMNS])[["scale", "rendering", *SCALE_COLUMNS]]
    with atomic_write(options.output, newline="") as stream:
        table.to_csv(stream, index=False, float_format="%.3f", lineterminator="\n")
    likeliest = table[list(SCALE_COLUMNS)].to_numpy().argmax(axis=1)
    names = [scale.abbreviation for scale in SCALES]
    print(pd.crosstab(table["scale"], [names[i] for i in likeliest]).reindex(index=names, columns=names))


if __name__ == "__main__":
    main()
