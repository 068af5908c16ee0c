"""``authorship roll``: attribution along one film."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from authorship.rolling import Window

__all__ = ["roll"]


def roll(
    film: Annotated[
        Path,
        typer.Argument(metavar="FILM", help="A film, a folder that --save wrote or a shot table.", show_default=False),
    ],
    window: Annotated[float, typer.Option(help="Width of the window.")] = 100,
    step: Annotated[float, typer.Option(help="How far it moves.")] = 25,
    unit: Annotated[str, typer.Option(help="shots or minutes.")] = "shots",
    reference: Annotated[
        Path | None, typer.Option(metavar="TABLE_OR_FOLDER", help="Films by known directors; by default the built-in.")
    ] = None,
    label: Annotated[str, typer.Option(metavar="COLUMN", help="The column that names the candidates.")] = "director",
    confidence: Annotated[float, typer.Option(help="As for classify.")] = 0.8,
    weights: Annotated[Path | None, typer.Option(metavar="FILE", help="Weights of a scale network.")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write a CSV, a row a window.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,  # noqa: ARG001 - read by main
) -> None:
    """Attribute a film window by window, to see whether its hand changes.

    [bold]Examples[/bold]

      authorship roll film.mkv

      authorship roll film/ --window 20 --step 5 --unit minutes -o windows.csv
    """
    from authorship.attribution import Attributor, check_confidence
    from authorship.films import open_film
    from authorship.reference import read_reference
    from authorship.rolling import roll as roll_film
    from authorship.rolling import rolling_table
    from shotscale.files import atomic_write

    check_confidence(confidence)
    attributor = Attributor(read_reference(reference, label=label) if reference is not None else None)
    opened = open_film(film, weights=weights)
    windows = roll_film(opened, attributor, window=window, step=step, unit=unit, confidence=confidence)
    table = rolling_table(windows)
    if output is not None:
        with atomic_write(output, newline="") as stream:
            table.to_csv(stream, index=False, float_format="%.6f", lineterminator="\n")
    if json_output:
        document = {
            "path": opened.path,
            "window": window,
            "step": step,
            "unit": unit,
            "limits": [*opened.limits, *attributor.reference.notes],
            "windows": table.to_dict("records"),
        }
        json.dump(document, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write("\n")
    elif output is None:
        _show(opened.path, windows, [*opened.limits, *attributor.reference.notes])


def _show(path: str, windows: "list[Window]", limits: list[str]) -> None:
    from shotscale.rendering import bar

    console = Console(highlight=False)
    console.print(Text(Path(path).name, style="bold cyan"))
    grid = Table.grid(padding=(0, 2))
    for window in windows:
        leader = window.attribution.candidates[0]
        place = f"{window.start / 60:.1f}–{window.end / 60:.1f} min"
        share = Text(bar(leader.probability, width=12), style="green" if leader.remains else "bright_black")
        grid.add_row(
            place, f"{window.n_shots} shots", leader.name, share, Text(window.attribution.verdict, style="dim")
        )
    console.print(grid)
    console.print(
        Text("the likeliest candidate of each window, its probability, and the window's verdict", style="dim")
    )
    for limit in limits:
        console.print(Text(f"– {limit}", style="dim"))
