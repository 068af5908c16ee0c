"""Compare frames per second of the default and the published networks with a plain torchvision loop.

    python benchmarks/scale_speed.py --threads 2

*Plain* is the network from torchvision, frame by frame, on `--threads` threads. *Ours* is `ScalePredictor`, as used for
films: preparation, normalization, the graph in the weights file run by ONNX Runtime, softmax, one worker per core.
Weights are random, which does not affect timing. Each rate is the best of several runs of about `--seconds`; ratios are
to the plain loop, since machines differ. The published preparation runs every frame twice, in color and in gray;
networks are compared without it. Figures from a busy machine are meaningless.
"""

import argparse
import platform
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

from shotscale.files import write_json
from shotscale.network.architectures import build_network
from shotscale.network.graph import GraphRunner
from shotscale.network.graph_export import export_graph
from shotscale.network.predict import ScalePredictor
from shotscale.network.weights import ModelDescription, ScaleModel, load_model

PUBLISHED = ("alexnet", "googlenet", "vgg16", "densenet121", "densenet169", "densenet201")
SIZE = (125, 224)
BATCHES = (1, 4, 8)


def best_rate(run: Callable[[int], object], seconds: float, *, repeats: int, least: int = 8) -> float:
    """Return the best frames per second of `run`, called with a number of frames that takes about `seconds`."""
    run(least)
    begun = time.perf_counter()
    run(least)
    n = max(least, int(least * seconds / (time.perf_counter() - begun)))
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        run(n)
        taken.append(time.perf_counter() - begun)
    return n / min(taken)


def plain_loop(network: nn.Module, height: int, width: int, n: int) -> None:
    images = torch.zeros((1, 3, height, width))
    with torch.no_grad():
        for _ in range(n):
            network(images)


def predict_frames(model: ScaleModel, frames: np.ndarray, batch: int, n: int) -> None:
    predictor = ScalePredictor(model, batch=batch)
    for i in range(n):
        predictor.push(float(i), frames[i % len(frames)])
    predictor.finish()


def ready(network: nn.Module, name: str) -> ScaleModel:
    """Return a network as `shotscale train` and `import-keras` write it and as films are run through it."""
    height, width = SIZE
    state = {key: value.numpy() for key, value in network.state_dict().items() if not key.endswith("tracked")}
    runner = GraphRunner(export_graph(network, height=height, width=width), state)
    return ScaleModel(runner, ModelDescription(name, height=height, width=width))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--networks", nargs="*", default=PUBLISHED, help="besides the default")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    timed = partial(best_rate, seconds=options.seconds, repeats=options.repeats)
    default, rows = load_model(), []
    print("| network | plain, frames/s | " + " | ".join(f"batches of {batch}" for batch in BATCHES) + " |")
    print("|---" * (2 + len(BATCHES)) + "|")
    for name in (default.description.architecture, *options.networks):
        network = build_network(name, num_classes=7).eval().requires_grad_(False)
        model = default if name == default.description.architecture else ready(network, name)
        about = model.description
        shape = (16, about.height, about.width, 3)
        frames = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        plain = timed(partial(plain_loop, network, about.height, about.width))
        # Fewer frames than a batch for each worker would time idle workers.
        rates = {b: timed(partial(predict_frames, model, frames, b), least=max(8, 4 * b)) for b in BATCHES}
        rows.append({"network": name, "plain": plain, "batches": rates})
        cells = " | ".join(f"{rate:.0f} ({rate / plain:.1f} x)" for rate in rates.values())
        print(f"| {name} | {plain:.0f} | {cells} |", flush=True)
    if options.json is not None:
        versions = {"torch": torch.__version__, "python": platform.python_version(), "threads": options.threads}
        write_json(options.json, {"rows": rows, "versions": versions})


if __name__ == "__main__":
    main()
