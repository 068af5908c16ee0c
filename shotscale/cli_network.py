"""The commands of `shotscale` that train, use and measure networks."""

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from shotscale.training import Progress

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
_stdout = Console(highlight=False, markup=False)
_stderr = Console(stderr=True, highlight=False, markup=False)

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Pairs = dict[str, float]


@app.command()
def train(
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="Frames table or its folder, class folders, or CineScale frames.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Weights to write (.safetensors).")],
    network: Annotated[str, typer.Option(help="A torchvision network, or efficientnet_lite0.")] = "efficientnet_lite0",
    finetuning: Annotated[str, typer.Option(help="scratch, last, fully-connected or all.")] = "all",
    initial: Annotated[str, typer.Option(metavar="FILE", help="Weights to start from, or imagenet.")] = "imagenet",
    annotations: Annotated[
        Path | None, typer.Option(metavar="DIR", help="CineScale annotation files of the frames in DATA.")
    ] = None,
    frozen_layers: Annotated[int, typer.Option(min=0, help="Leading layers that stay as they are.")] = 0,
    steps: Annotated[int, typer.Option(min=1, help="Batches to learn from.")] = 900,
    final_steps: Annotated[int, typer.Option(min=0, help="More of them on all frames, after the figures.")] = 0,
    batch: Annotated[int, typer.Option(min=2, help="Examples in a batch.")] = 32,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = 6e-4,
    size: Annotated[str, typer.Option(metavar="HxW", help="Input height and width.")] = "128x224",
    share: Annotated[list[str] | None, typer.Option(metavar="SOURCE=X", help="Share of a source's examples.")] = None,
    trust: Annotated[list[str] | None, typer.Option(metavar="SOURCE=X", help="Trust in a source's labels.")] = None,
    balance: Annotated[float, typer.Option(min=0, max=1, help="0: frames alike; 1: classes alike.")] = 0.5,
    folds: Annotated[int, typer.Option(min=3, help="Folds of groups: one to report, one to validate.")] = 5,
    patience: Annotated[int, typer.Option(min=0, help="Validations without gain before stopping; 0 never.")] = 0,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    work: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep checkpoints here, and go on from them.")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figures as JSON.")] = None,
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Train a shot-scale network and measure it on frames that it has not seen.

    Example: shotscale train frames/ -o mine.safetensors --network mobilenet_v3_small
    """
    from shotscale.datasources import load_source
    from shotscale.experiment import Plan, describe, run_experiment
    from shotscale.files import make_folder, write_json
    from shotscale.initial import initial_weights
    from shotscale.network import parse_finetuning
    from shotscale.training import Recipe
    from shotscale.weights import ModelDescription, save_model

    height, width = _size(size)
    mode = parse_finetuning(finetuning)
    recipe = Recipe(
        network=network,
        finetuning=mode,
        frozen_layers=frozen_layers,
        height=height,
        width=width,
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
    _log_to(None if work is None else make_folder(work) / "train.log")
    experiment = run_experiment(frames, recipe, plan, initial=start, folder=work, on_progress=_show)
    facts = {**describe(recipe, plan), "frames": len(frames), "figures": experiment.figures}
    description = ModelDescription(
        network,
        height=height,
        width=width,
        preparation=plan.preparation,
        normalisation=recipe.normalisation,
        temperature=experiment.temperature,
        training={key: facts[key] for key in ("recipe", "plan", "frames")},
    )
    save_model(output, experiment.state, description, half=True)
    if report is not None:
        write_json(report, facts)
    _stdout.print(_table(experiment.figures))


@app.command()
def predict(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Images, or folders that are walked.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="CSV to write.")] = None,
    weights: Annotated[Path | None, typer.Option(help="Weights of a scale network (.safetensors).")] = None,
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Tell the shot scale of still images.

    Example: shotscale predict stills/ -o scales.csv
    """
    from shotscale.predict import predict_images
    from shotscale.tables import write_table
    from shotscale.weights import load_model

    table = predict_images(images, load_model(weights))
    if output is not None:
        write_table(table, output)
        counts = table["group"].value_counts().reindex(["close", "medium", "long"], fill_value=0)
        _stdout.print(f"{output}: {len(table)} images: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
        return
    for row in table.to_dict("records"):
        _stdout.print(f"{row['file']}\t{row['scale'] or row['group']}\t{max(_groups(row)):.2f} {row['group']}")


def _groups(row: dict[Any, Any]) -> list[float]:
    return [float(row[column]) for column in ("p_close", "p_medium", "p_long")]


def _size(text: str) -> tuple[int, int]:
    from shotscale.errors import OptionError

    height, _, width = text.lower().partition("x")
    if not (height.isdigit() and width.isdigit()):
        raise OptionError(f"{text}: a size is a height and a width, as in 128x224")
    return int(height), int(width)


def _pairs(texts: list[str] | None) -> Pairs:
    from shotscale.errors import OptionError

    pairs = {}
    for text in texts or []:
        name, _, value = text.partition("=")
        try:
            pairs[name] = float(value)
        except ValueError as error:
            raise OptionError(f"{text}: a source and a number, as in web=0.5") from error
    return pairs


def _log_to(path: Path | None) -> None:
    """Let the training's log lines go to a file."""
    if path is not None:
        logger = logging.getLogger("shotscale.training")
        logger.setLevel(logging.INFO)
        logger.addHandler(logging.FileHandler(path, encoding="utf-8"))


def _show(progress: "Progress") -> None:
    left = progress.seconds / max(progress.taken, 1) * (progress.steps - progress.step)
    figures = "".join(f"  {name} {value:.3f}" for name, value in progress.validation.items())
    _stderr.print(f"step {progress.step}/{progress.steps}  loss {progress.loss:.3f}{figures}  {left / 60:.0f} min left")


def _table(figures: dict[str, Any]) -> str:
    """Lay the figures of a report out as text."""
    lines = [f"{'':34}{'n':>6}{'accuracy':>10}{'macro-F1':>10}{'majority':>10}"]
    for name, part in figures.items():
        if isinstance(part, dict) and "accuracy" in part:
            lines.append(
                f"{name:34}{part['n']:6}{part['accuracy']:10.3f}{part['macro_f1']:10.3f}{part['majority_accuracy']:10.3f}"
            )
    lines.append(
        f"calibration error {figures['ece']:.3f}, before temperature scaling {figures['uncalibrated_ece']:.3f}"
    )
    return "\n".join(lines)


def _write_json(content: Any) -> None:
    _stdout.out(json.dumps(content, ensure_ascii=False, indent=2))
