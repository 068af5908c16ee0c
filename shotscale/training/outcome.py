"""What an experiment leaves behind: weights, the log with its curves, and a report."""

from pathlib import Path

from shotscale.files import write_json
from shotscale.network.weights import ModelDescription, save_model
from shotscale.tables import write_table
from shotscale.training.curves import log_table, save_curves
from shotscale.training.experiment import Experiment, Plan, describe
from shotscale.training.loop import Recipe

__all__ = ["write_experiment"]


def write_experiment(
    experiment: Experiment, recipe: Recipe, plan: Plan, *, frames: int, weights: Path, report: Path | None = None
) -> None:
    """Write an experiment's weights, beside them its log (``.log.csv``) and curves (``.curves.png``), and a report.

    Parameters
    ----------
    experiment, recipe, plan : Experiment, Recipe, Plan
    frames : int
        How many frames there were.
    weights : Path
        The safetensors file.
    report : Path, optional
        A JSON file for recipe, plan and figures.
    """
    facts = {**describe(recipe, plan), "frames": frames}
    description = ModelDescription(
        recipe.network,
        height=recipe.height,
        width=recipe.width,
        preparation=plan.preparation,
        normalisation=recipe.normalisation,
        temperature=experiment.temperature,
        training=facts,
    )
    save_model(weights, experiment.state, description, half=True)
    if report is not None:
        write_json(report, {**facts, "figures": experiment.figures})
    log = log_table(experiment.log)
    write_table(log, weights.with_suffix(".log.csv"))
    title = f"{recipe.network}, finetuning {recipe.finetuning.value}, seed {recipe.seed}"
    save_curves(log, weights.with_suffix(".curves.png"), title=title)
