"""A whole training experiment: split by group, train, calibrate, report on held-out frames.

Conventions
-----------
Groups are assigned to folds. One is the test fold: it is evaluated once, at the end, and nothing is chosen by it.
The next is the validation fold, used for early stopping and the temperature. The rest are for training. With
`Plan.final_steps` the network is then trained further on all frames, at a low rate; the figures remain those of
the network before that, which was trained on neither the test nor the validation fold.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scipy.special import softmax
from torch import Tensor, nn

from shotscale.errors import OptionError
from shotscale.evaluation.baselines import box_baseline
from shotscale.evaluation.scores import (
    calibration_error,
    fit_temperature,
    group_indices,
    group_probabilities,
    measure,
    measure_scales,
)
from shotscale.files import write_json
from shotscale.labeled.dataset import LabeledFrames, split_groups
from shotscale.network.architectures import as_input
from shotscale.network.preprocess import normalise, prepare
from shotscale.network.weights import ModelDescription, save_model
from shotscale.numerals import counted
from shotscale.scales import GROUP_NAMES, SCALE_NAMES
from shotscale.tables import write_table
from shotscale.training.curves import log_table, save_curves
from shotscale.training.loop import train
from shotscale.training.recipe import Recipe, StepReport

__all__ = ["Experiment", "Plan", "network_scores", "report", "run_experiment", "write_experiment"]

logger = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Plan:
    """The setup of an experiment, apart from the recipe.

    Attributes
    ----------
    folds, split_seed : int
        Number of folds, and the seed that assigns groups to them.
    test_fold : int
        Index of the test fold.
    validate_every : int
        Steps between validations.
    final_steps : int
        Steps on all frames after evaluation; 0 keeps the network that was evaluated.
    final_rate : float
        Highest learning rate of those steps, as a fraction of the recipe's.
    preparation : str
        How frames are prepared for evaluation and in use.
    """

    folds: int = 5
    split_seed: int = 0
    test_fold: int = 0
    validate_every: int = 150
    final_steps: int = 0
    final_rate: float = 0.3
    preparation: str = "stretch"


@dataclass(frozen=True)
class Experiment:
    """The result of an experiment: weights, their temperature, figures on the test fold, and the log."""

    state: dict[str, Tensor]
    temperature: float
    figures: dict[str, Any]
    log: list[StepReport]


def run_experiment(
    frames: LabeledFrames,
    recipe: Recipe,
    plan: Plan,
    *,
    initial: dict[str, Tensor] | None = None,
    folder: Path | None = None,
    on_progress: Callable[[StepReport], None] | None = None,
) -> Experiment:
    """Run an experiment, from `initial` weights or from scratch; `on_progress` is called with each `StepReport`.

    Checkpoints are kept in `folder`, and an interrupted experiment resumes from them.
    """
    _description(recipe, plan, temperature=1.0)  # what could not be written after the work is refused before it
    fold = split_groups(list(frames.table["group"]), folds=plan.folds, seed=plan.split_seed)
    fold = (fold - plan.test_fold) % plan.folds
    test, held, learned = (frames.take(np.flatnonzero(rows)) for rows in (fold == 0, fold == 1, fold > 1))
    n_groups = frames.table["group"].nunique()
    if not min(len(test), len(held), len(learned)):
        raise OptionError(
            f"{counted(len(frames), 'frame')} in {counted(plan.folds, 'fold')}: {counted(n_groups, 'group')} to split; "
            "give frames of more films, or name each frame's film in the column group of a frames table"
        )
    if n_groups == len(frames):
        logger.warning(
            "%s in as many groups: if several are of one film, it is on both sides of the split and the figures are "
            "too good; name each frame's film in the column group of a frames table",
            counted(len(frames), "frame"),
        )
    trained = train(
        learned,
        recipe,
        initial=initial,
        checkpoint=None if folder is None else folder / "checkpoint.pt",
        validate=lambda network: _validated(_truth(held), network_scores(network, held, recipe, plan)),
        validate_every=plan.validate_every,
        on_progress=on_progress,
    )
    temperature = fit_temperature(network_scores(trained.network, held, recipe, plan), _truth(held))
    scores = network_scores(trained.network, test, recipe, plan)
    figures = report(test, softmax(scores / temperature, axis=1))
    figures["uncalibrated_ece"] = calibration_error(_truth(test), group_probabilities(softmax(scores, axis=1)))
    if frames.table[["persons", "faces"]].map(len).to_numpy().any():
        figures["baseline_boxes"] = box_baseline(learned, test)
    figures["temperature"] = temperature
    state, log = trained.network.state_dict(), trained.log
    if plan.final_steps:
        on_all = replace(
            recipe,
            steps=plan.final_steps,
            seed=recipe.seed + 1,
            patience=0,
            rate=recipe.rate * plan.final_rate,
            head_rate=recipe.head_rate * plan.final_rate,
        )
        last = train(
            frames,
            on_all,
            initial={name: tensor.detach().clone() for name, tensor in state.items()},
            checkpoint=None if folder is None else folder / "checkpoint-final.pt",
            on_progress=on_progress,
        )
        state, log = last.network.state_dict(), [*log, *last.log]
    return Experiment({name: tensor.detach().cpu() for name, tensor in state.items()}, temperature, figures, log)


def _validated(truth: Ints, scores: Floats) -> dict[str, float]:
    """Evaluate scores on the validation frames."""
    p = group_probabilities(softmax(scores, axis=1))
    figures = measure(truth, p.argmax(axis=1), names=GROUP_NAMES)
    loss = float(-np.log(np.maximum(p[np.arange(len(p)), truth], 1e-6)).mean())
    return {"loss": loss, "accuracy": figures["accuracy"], "macro_f1": figures["macro_f1"]}


def network_scores(network: nn.Module, frames: LabeledFrames, recipe: Recipe, plan: Plan, *, batch: int = 32) -> Floats:
    """Return the class scores (n, 7) of whole frames."""
    device = next(network.parameters()).device
    size = {"preparation": plan.preparation, "height": recipe.height, "width": recipe.width}
    parts = [np.empty((0, len(SCALE_NAMES)))]
    for start in range(0, len(frames), batch):
        images = np.stack([prepare(image, **size) for image in frames.images[start : start + batch]])  # type: ignore[arg-type]
        with torch.inference_mode():
            pictures = as_input(normalise(images, recipe.normalisation), device)
            parts.append(network(pictures).double().cpu().numpy())
    return np.concatenate(parts)


def report(frames: LabeledFrames, probabilities: Floats) -> dict[str, Any]:
    """Evaluate probabilities (n, 7) on labeled frames: all, by source, and color and grayscale separately.

    A part that is all frames is left out: if no frame is said to be grayscale, nothing is known of color.
    A frame's true scale is its label, except for frames labeled as medium long shots by a source that means full
    figures: there the boxes decide, by CineScale's definition (see `shotscale.labeled.targets`). The figures for the
    labels as published are added as ``as_labeled``. Intervals treat the errors of frames in one ``group``, such as a
    film, as dependent.
    """
    truth, predicted = _truth(frames), group_probabilities(probabilities).argmax(axis=1)
    table = frames.table
    group = np.unique(table["group"].to_numpy(str), return_inverse=True)[1]
    parts: dict[str, npt.NDArray[np.bool_]] = {"all": np.ones(len(frames), bool)}
    sources = table["source"].to_numpy(str)
    parts.update({f"source {name}": sources == name for name in sorted(set(sources))})
    gray = table["grayscale"].to_numpy().astype(int) == 1
    parts.update({"grayscale": gray, "color": ~gray})
    parts["film stills (every source but web)"] = sources != "web"
    figures: dict[str, Any] = {
        name: measure(truth[rows], predicted[rows], names=GROUP_NAMES, clusters=group[rows])
        for name, rows in parts.items()
        if rows.any() and (name == "all" or not rows.all())
    }
    figures["ece"] = calibration_error(truth, group_probabilities(probabilities))
    labeled = table["scale"].isin(SCALE_NAMES).to_numpy()
    if labeled.any():
        said = np.asarray([SCALE_NAMES.index(name) for name in table["scale"][labeled]])
        true, whole, held = frames.targets[labeled].argmax(axis=1), probabilities[labeled], group[labeled]
        figures["seven scales"] = measure(true, whole.argmax(axis=1), names=SCALE_NAMES, clusters=held)
        figures["ordered"] = measure_scales(true, whole)
        by_label = group_indices(said)
        figures["as_labeled"] = measure(by_label, predicted[labeled], names=GROUP_NAMES, clusters=held)
    return figures


def _truth(frames: LabeledFrames) -> Ints:
    truth: Ints = group_probabilities(frames.targets).argmax(axis=1)
    return truth


def describe(recipe: Recipe, plan: Plan) -> dict[str, Any]:
    """Return recipe and plan as plain dictionaries, for the record."""
    return {"recipe": asdict(recipe), "plan": asdict(plan)}


def _description(recipe: Recipe, plan: Plan, **more: Any) -> ModelDescription:
    return ModelDescription(
        recipe.network,
        height=recipe.height,
        width=recipe.width,
        preparation=plan.preparation,
        normalisation=recipe.normalisation,
        **more,
    )


def write_experiment(
    experiment: Experiment, recipe: Recipe, plan: Plan, *, frames: int, weights: Path, report: Path | None = None
) -> None:
    """Write an experiment's weights and, beside them, its log (``.log.csv``) and curves (``.curves.png``).

    Both are named as the weights are, without ``.safetensors``.
    Recipe, plan, the number of frames and the figures go to `report`, a JSON file.
    """
    facts = {**describe(recipe, plan), "frames": frames}
    description = _description(recipe, plan, temperature=experiment.temperature, training=facts)
    save_model(weights, experiment.state, description, half=True)
    if report is not None:
        write_json(report, {**facts, "figures": experiment.figures})
    log = log_table(experiment.log)
    name = weights.name.removesuffix(".safetensors")
    write_table(log, weights.with_name(f"{name}.log.csv"))
    title = f"{recipe.network}, finetuning {recipe.finetuning.value}, seed {recipe.seed}"
    save_curves(log, weights.with_name(f"{name}.curves.png"), title=title)
