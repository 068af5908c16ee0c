"""The `shotscale` commands that train, apply and evaluate networks."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shotscale.cli.options import Debug
from shotscale.cli.terminal import film_progress, report_error, stderr, stdout

if TYPE_CHECKING:
    import pandas as pd

    from shotscale.errors import UserError
    from shotscale.training.loop import StepReport

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

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
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    work: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Save checkpoints here and resume from them.")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figures as JSON.")] = None,
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Train a shot-scale network and test it on held-out frames.

    The learning curves (.curves.png) and the log they show (.log.csv) are written next to the weights.

    Example: shotscale train frames/ -o mine.safetensors --network mobilenet_v3_small
    """
    from shotscale.files import passing_torch_cache

    with passing_torch_cache():
        from shotscale.files import make_folder, write_json
        from shotscale.labelled.sources import load_source
        from shotscale.network.architectures import parse_finetuning
        from shotscale.network.weights import ModelDescription, save_model
        from shotscale.tables import write_table
        from shotscale.training.curves import log_table, save_curves
        from shotscale.training.experiment import Plan, describe, run_experiment
        from shotscale.training.initial import initial_normalisation, initial_weights
        from shotscale.training.loop import Recipe

        for file in (output, *([report] if report is not None else [])):
            make_folder(file.parent)  # refused before the work, not after
        height, width = _size(size)
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
        with _log_to(None if work is None else make_folder(work) / "train.log"):
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
        log = log_table(experiment.log)
        write_table(log, output.with_suffix(".log.csv"))
        save_curves(log, output.with_suffix(".curves.png"), title=f"{network}, finetuning {mode.value}, seed {seed}")
        stdout.print(*figure_lines(experiment.figures), sep="\n")


@app.command()
def predict(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Images, or folders to search for them.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="CSV to write.")] = None,
    weights: Annotated[Path | None, typer.Option(help="Weights of a scale network (.safetensors).")] = None,
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Predict the shot scale of still images.

    The exit status is 2 if an image could not be read; the other images' scales are still written.

    Example: shotscale predict stills/ -o scales.csv
    """
    from shotscale.network.predict import predict_images
    from shotscale.network.weights import load_model

    errors: list[UserError] = []
    with film_progress("images") as progress:
        table = predict_images(images, load_model(weights), on_error=errors.append, progress=progress)
    for error in errors:
        report_error("shotscale", error)
    _show_stills(table, output)
    if errors:
        raise typer.Exit(2)


def _show_stills(table: "pd.DataFrame", output: Path | None) -> None:
    from shotscale.tables import write_table

    if output is not None:
        write_table(table, output)
        counts = table["group"].value_counts().reindex(["close", "medium", "long"], fill_value=0)
        stdout.print(f"{output}: {len(table)} images: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
        return
    for row in table.to_dict("records"):
        typer.echo(f"{row['file']}\t{row['scale'] or row['group']}\t{max(_groups(row)):.2f} {row['group']}")


def _groups(row: dict[Any, Any]) -> list[float]:
    return [float(row[column]) for column in ("p_close", "p_medium", "p_long")]


def _size(text: str) -> tuple[int, int]:
    from shotscale.errors import OptionError

    height, _, width = text.lower().partition("x")
    if not (height.isdigit() and width.isdigit()):
        raise OptionError(f"{text}: a size must be a height and a width, as in 128x224")
    return int(height), int(width)


def _pairs(texts: list[str] | None) -> Pairs:
    from shotscale.errors import OptionError

    pairs = {}
    for text in texts or []:
        name, _, value = text.partition("=")
        try:
            pairs[name] = float(value)
        except ValueError as error:
            raise OptionError(f"{text}: needs a source and a number, as in web=0.5") from error
    return pairs


@contextmanager
def _log_to(path: Path | None) -> Iterator[None]:
    """Write the training log to a file within the block, appending to that of an interrupted run."""
    if path is None:
        yield
        return
    logger, handler = logging.getLogger("shotscale.training.loop"), logging.FileHandler(path, encoding="utf-8")
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
        handler.close()


def _show(progress: "StepReport") -> None:
    left = progress.seconds / max(progress.taken, 1) * (progress.steps - progress.step)
    figures = "".join(f"  {name} {value:.3f}" for name, value in progress.validation.items())
    stderr.print(
        f"step {progress.step}/{progress.steps}  loss {progress.loss:.3f}{figures}  {left / 60:.0f} min left",
        soft_wrap=True,
    )


def figure_lines(figures: dict[str, Any]) -> list[str]:
    """Format the figures of a report as lines of text."""
    lines = [f"{'':34}{'n':>6}{'accuracy':>10}{'macro-F1':>10}{'majority':>10}"]
    for name, part in figures.items():
        if isinstance(part, dict) and "accuracy" in part:
            lines.append(
                f"{name:34}{part['n']:6}{part['accuracy']:10.3f}{part['macro_f1']:10.3f}{part['majority_accuracy']:10.3f}"
            )
    lines.append(
        f"calibration error {figures['ece']:.3f}, before temperature scaling {figures['uncalibrated_ece']:.3f}"
    )
    return lines


def _write_json(content: Any) -> None:
    stdout.out(json.dumps(content, ensure_ascii=False, indent=2))


@app.command(name="import-keras")
def import_keras(
    model: Annotated[Path, typer.Argument(metavar="FILE", help="Keras HDF5, such as model_shotscale_967.h5.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Weights to write (.safetensors).")],
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Convert the published CineScale network, or another three-class Keras DenseNet, to weights for --weights.

    Example: shotscale import-keras model_shotscale_967.h5 -o cinescale.safetensors
    """
    from shotscale.files import passing_torch_cache

    with passing_torch_cache():
        from shotscale.network.keras_import import import_keras as read_keras
        from shotscale.network.weights import save_model

        description = save_model(output, *read_keras(model))
        stdout.print(f"{output}: {description.architecture}, {', '.join(description.classes)}, published preparation")


@app.command()
def evaluate(
    predicted: Annotated[Path, typer.Argument(help="scales.csv or CineScale CSV.")],
    truth: Annotated[Path, typer.Argument(help="scales.csv or CineScale CSV.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Compare predicted with true scales, second by second, in nine, seven and three classes.

    Example: shotscale evaluate film/scales.csv 1966_Ingmar_Bergman_-_Persona.csv
    """
    from shotscale.evaluation.agreement import compare
    from shotscale.opening import read_track

    figures = compare(read_track(predicted), read_track(truth))
    if as_json:
        _write_json(figures)
        return
    stdout.print(f"{'classes':8}{'n':>7}{'accuracy':>10}{'precision':>11}{'recall':>8}{'F1':>7}{'weighted kappa':>16}")
    for name, part in figures.items():
        if part is not None:
            macro = [part[f"macro_{key}"] for key in ("precision", "recall", "f1")]
            line = f"{name:8}{part['n']:7}{part['accuracy']:10.3f}{macro[0]:11.3f}{macro[1]:8.3f}{macro[2]:7.3f}"
            stdout.print(line + f"{_number(part['weighted_kappa']):>16}")
    part = next(figures[name] for name in ("three", "seven", "nine") if figures[name] is not None)
    stdout.print("", *confusion_lines(part), sep="\n")


@app.command()
def agreement(
    coders: Annotated[
        list[Path], typer.Argument(metavar="CODER...", help="scales.csv or CineScale CSV of each coder.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Measure agreement between coders: Fleiss' kappa, pairwise Cohen's kappa, Krippendorff's ordinal alpha.

    Example: shotscale agreement first/film.csv second/film.csv
    """
    from shotscale.evaluation.agreement import measure_agreement
    from shotscale.opening import read_track

    figures = measure_agreement({str(path): read_track(path) for path in coders})
    if as_json:
        _write_json(figures)
        return
    for name, part in figures.items():
        if part is not None:
            low, high = part["interval"] or (None, None)
            kappa = f"Fleiss' kappa {_number(part['fleiss_kappa'])} (95 % {_number(low)} to {_number(high)})"
            alpha = "" if part["alpha"] is None else f", ordinal alpha {_number(part['alpha'])}"
            stdout.print(f"{name} classes, {part['n']} s: {kappa}{alpha}")
            for pair in part["pairs"]:
                stdout.print(f"  {' and '.join(pair['coders'])}: Cohen's kappa {_number(pair['kappa'])}")


@app.command()
def errors(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Labeled frames, as for train.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Picture to write (.png).")],
    weights: Annotated[Path | None, typer.Option(help="Weights of a scale network (.safetensors).")] = None,
    annotations: Annotated[
        Path | None, typer.Option(metavar="DIR", help="CineScale annotation files of the frames in DATA.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="How many frames to show.")] = 24,
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Show a network's most confident errors, with the true and the predicted scale.

    Example: shotscale errors frames/ -o mistakes.png
    """
    from shotscale.evaluation.gallery import draw_gallery, find_mistakes
    from shotscale.labelled.sources import load_source
    from shotscale.network.weights import load_model

    frames, model = load_source(data, annotations=annotations), load_model(weights)
    mistakes = find_mistakes(frames, model)
    if not mistakes:
        stdout.print(f"{len(frames)} frames, no mistake: no picture drawn")
        return
    told = f"the {min(most, len(mistakes))} most confident of {len(mistakes)} mistakes in {len(frames)}"
    title = f"{told[0].upper()}{told[1:]} frames: {model.description.architecture}, close, medium and long"
    draw_gallery(frames, mistakes[:most], output, title=title)
    stdout.print(f"{output}: {told}")


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def confusion_lines(part: dict[str, Any]) -> list[str]:
    """Format a confusion matrix, true classes in rows."""
    names = [figures["class"] for figures in part["classes"]]
    lines = [f"{'true, predicted':16}" + "".join(f"{name:>8}" for name in names)]
    lines += [
        f"{name:16}" + "".join(f"{count:8}" for count in counts)
        for name, counts in zip(names, part["confusion"], strict=True)
    ]
    return lines
