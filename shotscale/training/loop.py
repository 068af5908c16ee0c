"""Train a shot-scale network: one cycle of AdamW with averaged weights, seeded and resumable.

Conventions
-----------
Progress is counted in steps (batches). What a step does depends only on the seed and its number, so that a
run resumed from a checkpoint ends with the same weights as an uninterrupted one. The network that is kept is
the running average of the weights (Polyak and Juditsky 1992), which avoids choosing a lucky epoch.
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
from shotscale.labeled.dataset import LabeledFrames
from shotscale.network.architectures import Finetuning
from shotscale.training.recipe import Recipe, StepReport
from shotscale.training.state import Run

__all__ = ["TrainedNetwork", "train"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainedNetwork:
    """A trained network: the averaged weights, in evaluation mode, and the run's log."""

    network: nn.Module
    recipe: Recipe
    log: list[StepReport]


def train(
    frames: LabeledFrames,
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

    Raises `OptionError` or `WeightsError` if the finetuning lacks initial weights, or if these or the checkpoint are
    another network's or run's.

    Parameters
    ----------
    initial : dict of str to Tensor, optional
        Weights to start from, with or without the last layer.
    checkpoint : Path, optional
        File to which the run's state is saved at every report; if it exists, the run resumes from it.
    validate : callable, optional
        Evaluates the averaged network (``loss`` decides on early stopping); called every `validate_every` steps and
        at the end.
    on_progress : callable, optional
        Called with each `StepReport`.
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
def log_to(path: Path) -> Iterator[None]:
    """Write the training log to a file within the block, appending to the log of an interrupted run."""
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
