"""``authorship compare``: two films' shot lengths side by side."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from authorship.cli.options import Debug, FilmArgument, JsonOutput
from shotscale.terminal import output_console

if TYPE_CHECKING:
    from authorship.contrast import Contrast

__all__ = ["compare"]


def compare(
    first: FilmArgument,
    second: Annotated[Path, typer.Argument(metavar="B", help="Another.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="A figure: .png, .svg or .pdf.")
    ] = None,
    confidence: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(min=100, help="How often the shots are drawn anew.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    json_output: JsonOutput = False,
    debug: Debug = False,  # noqa: ARG001 - read by main
) -> None:
    """Say how far two films' shot lengths differ: Cliff's d and the Hodges-Lehmann difference.

    [bold]Examples[/bold]

      authorship compare film-a/ film-b/

      authorship compare film-a/ film-b/ -o comparison.pdf

    [bold]JSON[/bold]

    films; delta and difference (value, low, high; seconds), first against
    second; n_shots; confidence; n_resamples; seed.
    """
    import numpy as np

    from authorship.contrast import contrast_films
    from authorship.features.durations import shot_lengths
    from authorship.figures.canvas import check_format, save_figure
    from authorship.figures.comparison import draw_comparison
    from authorship.films import name_films, open_film
    from authorship.verdict import check_confidence

    check_confidence(confidence)
    if output is not None:
        check_format(output)
    paths = (first, second)
    films = [open_film(path) for path in paths]
    named = name_films(list(dict.fromkeys(paths)))
    names = (named[first], named[second])
    lengths = tuple(
        shot_lengths(film.shots["start"].to_numpy(np.float64), film.shots["end"].iloc[-1]) for film in films
    )
    pair = (lengths[0], lengths[1])
    contrast = contrast_films(*pair, confidence=confidence, n_resamples=resamples, seed=seed)
    if output is not None:
        title = f"Shot lengths of {names[0]} and {names[1]}"
        save_figure(draw_comparison(names, pair, contrast), output, title=title, description=_in_words(contrast))
    if json_output:
        document = {"films": [str(path) for path in paths], **asdict(contrast)}
        json.dump(document, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write("\n")
    else:
        _show(names, contrast)


def _show(names: tuple[str, str], contrast: "Contrast") -> None:
    console = output_console()
    table = Table.grid(padding=(0, 2))
    for name, n in zip(names, contrast.n_shots, strict=True):
        table.add_row(Text(name, style="bold cyan"), f"{n} shots", "")
    level = f"{100 * contrast.confidence:g} % interval"
    for what, row, unit in (
        ("Cliff's d", contrast.delta, ""),
        ("Hodges-Lehmann difference", contrast.difference, " s"),
    ):
        span = f"{level} {row.low:.2f} to {row.high:.2f}{unit}".replace("-", "−")
        table.add_row(what, f"{row.value:.2f}{unit}".replace("-", "−"), Text(span, style="dim"))
    console.print(table)
    console.print(
        Text(
            "first against second: above 0 the first film's shots are longer; shots drawn anew one by one", style="dim"
        )
    )


def _in_words(contrast: "Contrast") -> str:
    delta, difference = contrast.delta, contrast.difference
    return (
        f"Quantile profiles and densities of shot length. Cliff's d {delta.value:.3f} ({delta.low:.3f} to "
        f"{delta.high:.3f}), Hodges-Lehmann difference {difference.value:.3f} s ({difference.low:.3f} to "
        f"{difference.high:.3f}), {100 * contrast.confidence:g} % bootstrap intervals."
    )
