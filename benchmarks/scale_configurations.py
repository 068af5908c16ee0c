"""Run the four published training configurations on small data: what each trains, and the cost of a step.

    python benchmarks/scale_configurations.py --steps 2

A from scratch, B the last layer, C the fully connected layers, D all layers of a network that starts from given
weights (ICIP 2018, doi 10.1109/ICIP.2018.8451474: 80, 89, 90 and 94 % for VGG-16, on the authors' films). Here the
frames are drawn, the given weights are random, and a few steps are taken: the table shows that each configuration
trains exactly its own layers, and how the costs compare. It shows nothing about accuracy.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from shotscale.files import write_json
from shotscale.labeled.dataset import LabeledFrames
from shotscale.labeled.targets import find_subject, frame_target
from shotscale.network.architectures import Finetuning, build_network
from shotscale.training.loop import train
from shotscale.training.recipe import Recipe

NETWORKS = ("alexnet", "googlenet", "vgg16", "densenet121")


def drawn_frames(n: int, *, seed: int = 0) -> LabeledFrames:
    """Draw frames with a bright disc for a face, whose size is the scale."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:125, 0:224]
    heights = {"CU": 0.75, "MS": 0.2, "LS": 0.05}
    labels = [list(heights)[i % 3] for i in range(n)]
    images, subjects = [], []
    for label in labels:
        size, x, y = heights[label], random.uniform(0.3, 0.7), random.uniform(0.35, 0.6)
        disc = np.hypot(rows - y * 125, columns - x * 224) < size * 125 / 2
        noise = random.integers(0, 60, (125, 224, 1))
        images.append(np.repeat(np.where(disc[..., None], 200, 60) + noise - 30, 3, axis=2).astype(np.uint8))
        subjects.append(find_subject(label, persons=[], faces=[[x - size / 4, y - size / 2, size / 2, size, 1.0]]))
    targets = [frame_target(label, subject, trust=1.0) for label, subject in zip(labels, subjects, strict=True)]
    table = pd.DataFrame({"file": "", "scale": labels, "group": range(n), "source": "drawn", "grayscale": 1})
    return LabeledFrames(table, images, subjects, np.asarray(targets))


def run(name: str, finetuning: Finetuning, frames: LabeledFrames, recipe: Recipe) -> dict:
    start = build_network(name, num_classes=7).state_dict()
    before = {key: tensor.clone() for key, tensor in start.items()}
    begun = time.perf_counter()
    result = train(
        frames,
        replace(recipe, network=name, finetuning=finetuning),
        initial=None if finetuning is Finetuning.SCRATCH else start,
    )
    seconds = time.perf_counter() - begun
    after = result.network.state_dict()
    names = [key for key, _ in result.network.named_parameters()]
    moved = [key for key in names if finetuning is Finetuning.SCRATCH or not torch.equal(before[key], after[key])]
    return {
        "network": name,
        "finetuning": finetuning.value,
        "parameters": sum(after[key].numel() for key in names),
        "learned": sum(after[key].numel() for key in moved),
        "seconds_a_step": seconds / recipe.steps,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--networks", nargs="+", default=NETWORKS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    frames = drawn_frames(24)
    recipe = Recipe(height=125, width=224, steps=options.steps, batch=options.batch, rate=1e-4)
    rows = []
    print(f"{'network':14}{'finetuning':18}{'parameters':>13}{'trained':>13}{'s per step':>12}")
    for name in options.networks:
        for finetuning in Finetuning:
            row = run(name, finetuning, frames, recipe)
            rows.append(row)
            print(
                f"{name:14}{finetuning.value:18}{row['parameters']:13,}{row['learned']:13,}{row['seconds_a_step']:12.2f}",
                flush=True,
            )
    if options.json is not None:
        write_json(options.json, {"rows": rows, "steps": options.steps, "batch": options.batch})


if __name__ == "__main__":
    main()
