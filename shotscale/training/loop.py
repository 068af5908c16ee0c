"""Train a shot-scale network: one cycle of AdamW with averaged weights, from a seed, resumable.

Conventions
-----------
Progress is counted in steps (batches). What a step does depends on the seed and its number alone, so that a
run that goes on from a checkpoint ends in the same weights as one that was never interrupted. The network
that is kept is the running average of the weights (Polyak and Juditsky 1992), which needs no choice of a
lucky epoch.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from torch import Tensor, nn

from shotscale.errors import OptionError
from shotscale.labelled.dataset import LabelledFrames
from shotscale.network.architectures import Finetuning
from shotscale.training.recipe import Recipe, StepReport
from shotscale.training.state import Run

__all__ = ["TrainedNetwork", "train"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainedNetwork:
    """A network that has run its course: the averaged weights, in evaluation mode, and the run's log."""

    network: nn.Module
    recipe: Recipe
    log: list[StepReport]


def train(
    frames: LabelledFrames,
    recipe: Recipe,
    *,
    initial: dict[str, Tensor] | None = None,
    checkpoint: Path | None = None,
    report_every: int = 50,
    validate: Callable[[nn.Module], dict[str, float]] | None = None,
    validate_every: int = 0,
    on_progress: Callable[[StepReport], None] | None = None,
) -> TrainedNetwork:
    """Train a network.

    Parameters
    ----------
    initial : dict of str to Tensor, optional
        Weights to start from; without the last layer, or with it.
    checkpoint : Path, optional
        Where the run's state is kept at every report; a run whose checkpoint is there goes on from it.
    validate : callable, optional
        Given the averaged network, measures it (``loss`` decides on stopping early); called every
        `validate_every` steps and at the end.
    on_progress : callable, optional
        Given each `StepReport`.

    Raises
    ------
    OptionError, WeightsError
        If the finetuning lacks initial weights, or they, or the checkpoint, are another network's or run's.
    """
    if initial is None and recipe.finetuning is not Finetuning.SCRATCH:
        raise OptionError(
            f"finetuning {recipe.finetuning.value}: starts from trained weights; give them, or use scratch"
        )
    run = Run(frames, recipe, initial)
    if checkpoint is not None and checkpoint.exists():
        run.load(checkpoint)
    start, first, losses = time.monotonic(), run.step, []
    while run.step < recipe.steps and not run.exhausted:
        losses.append(run.advance())
        done = run.step == recipe.steps
        due = done or bool(validate_every and run.step % validate_every == 0)
        if not (due or run.step % report_every == 0):
            continue
        figures = validate(run.averaged.eval()) if validate is not None and due else {}
        if figures and recipe.patience:
            run.remember(figures["loss"])
        taken, seconds = run.step - first, time.monotonic() - start
        progress = StepReport(run.step, recipe.steps, taken, float(np.mean(losses)), seconds, figures)
        losses = []
        run.log.append(progress)
        logger.info("%s", json.dumps(asdict(progress)))
        if checkpoint is not None:
            run.save(checkpoint)
        if on_progress is not None:
            on_progress(progress)
    if run.best is not None:
        run.averaged.load_state_dict(run.best)
    return TrainedNetwork(run.averaged.eval(), recipe, run.log)


@contextmanager
def log_to(path: Path | None) -> Iterator[None]:
    """Write the training log to a file within the block, appending to that of an interrupted run."""
    if path is None:
        yield
        return
    handler = logging.FileHandler(path, encoding="utf-8")
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
        handler.close()
