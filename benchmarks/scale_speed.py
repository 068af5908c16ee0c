"""Frames a second of the default network and of the published ones, beside the plain torchvision loop.

    python benchmarks/scale_speed.py --threads 2

Each figure is the best of several runs on random frames. *Ours* is `ScalePredictor`, as a film's frames are run:
preparation, normalisation, folded network, softmax, workers side by side. *Plain* is the same network as torchvision
gives it, frame by frame. The published preparation runs every frame twice, in colour and in grey; networks
are compared without it. Figures from a busy machine say nothing.
"""

import argparse
import platform
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch

from shotscale.files import write_json
from shotscale.network import TorchRunner, build_network
from shotscale.predict import ScalePredictor
from shotscale.weights import ModelDescription, ScaleModel, load_model

PUBLISHED = ("alexnet", "googlenet", "vgg16", "densenet121", "mobilenet_v3_small")
BATCHES = (1, 8, 16, 32)


def best_rate(run: Callable[[], object], frames: int, *, repeats: int = 3) -> float:
    run()
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begun)
    return frames / min(seconds)


def plain_rate(name: str, height: int, width: int, *, frames: int) -> float:
    network = build_network(name, num_classes=7).eval()
    images = torch.randn(frames, 3, height, width)

    def run() -> None:
        with torch.no_grad():
            for image in images:
                network(image[None])

    return best_rate(run, frames)


def predict_all(model: ScaleModel, frames: np.ndarray, batch: int) -> None:
    predictor = ScalePredictor(model, batch=batch)
    for i, frame in enumerate(frames):
        predictor.push(float(i), frame)
    predictor.finish()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--networks", nargs="*", default=PUBLISHED, help="besides the default")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    default = load_model()
    names = (default.description.architecture, *options.networks)
    print(
        f"{'network':22}{'plain':>9}" + "".join(f"{f'batch {batch}':>11}" for batch in BATCHES) + f"{'best/plain':>12}"
    )
    rows = []
    for name in names:
        about = default.description
        model = (
            default
            if name == about.architecture
            else ScaleModel(
                TorchRunner(build_network(name, num_classes=7)),
                ModelDescription(name, height=about.height, width=about.width),
            )
        )
        frames = np.random.default_rng(0).integers(0, 256, (options.frames, about.height, about.width, 3), np.uint8)
        plain = plain_rate(name, about.height, about.width, frames=min(32, options.frames))
        rates = {}
        for batch in BATCHES:
            rates[batch] = best_rate(partial(predict_all, model, frames, batch), len(frames))
        rows.append({"network": name, "plain": plain, "batches": rates})
        print(
            f"{name:22}{plain:9.0f}"
            + "".join(f"{rates[batch]:11.0f}" for batch in BATCHES)
            + f"{max(rates.values()) / plain:12.2f}",
            flush=True,
        )
    if options.json is not None:
        versions = {"torch": torch.__version__, "python": platform.python_version(), "threads": options.threads}
        write_json(options.json, {"rows": rows, "versions": versions})


if __name__ == "__main__":
    main()
