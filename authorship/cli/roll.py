"""``authorship roll``: attribution along one film."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from authorship.cli.options import FilmArgument, JsonOutput, Label, ListRate, ReferenceOption, Weights
from shotscale.cli.options import takes_part
from shotscale.cli.terminal import output_console, print_json, say_written

if TYPE_CHECKING:
    from authorship.rolling import Window
    from shotscale.part import PartOptions


@takes_part
def roll(
    film: FilmArgument,
    window: Annotated[float, typer.Option(help="Width of the window; narrower ones say less.")] = 400,
    step: Annotated[float, typer.Option(help="Step between windows.")] = 100,
    unit: Annotated[str, typer.Option(help="shots or minutes.")] = "shots",
    reference: ReferenceOption = None,
    label: Label = "director",
    confidence: Annotated[float, typer.Option(help="As for classify.")] = 0.8,
    *,
    part: "PartOptions",
    weights: Weights = None,
    fps: ListRate = None,
    json_output: JsonOutput = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write a CSV, one row per window.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the probabilities along the film (.png, .svg, .pdf).")
    ] = None,
) -> None:
    """Attribute a film window by window, to see whether the director changes.

    [bold]Examples[/bold]

      authorship roll film.mkv

      authorship roll film/ --window 45 --step 5 --unit minutes -o windows.csv --figure film.png

    [bold]JSON[/bold]

    path; window, step, unit, as asked; limits; windows, a list: start, end
    (seconds), first_shot (from 0), n_shots, remaining (names separated by
    semicolons), and each candidate's probability by name.
    """
    from authorship.attribution.classify import Attributor, check_confidence
    from authorship.cli.lists import Teller
    from authorship.figures.canvas import check_format
    from authorship.reference.reading import read_reference
    from authorship.rolling import roll as roll_film
    from authorship.rolling import rolling_limits, rolling_table
    from shotscale.tables import write_table

    check_confidence(confidence)
    teller = Teller(fps=fps)
    if figure is not None:
        check_format(figure)
    attributor = Attributor(read_reference(reference, label=label) if reference is not None else None)
    opened = teller.film(film, part, weights=weights, notes=False)  # they are among the limits
    windows = roll_film(opened, attributor, window=window, step=step, unit=unit, confidence=confidence)
    table = rolling_table(windows)
    limits = rolling_limits(opened, attributor)
    if output is not None:
        write_table(table, output)
    if figure is not None:
        from authorship.figures.drawings import along_film

        along_film(windows, Path(opened.path).name).save(figure)
    if json_output:
        document = {
            "path": opened.path,
            "window": window,
            "step": step,
            "unit": unit,
            "limits": limits,
            "windows": table.to_dict("records"),
        }
        print_json(document)
    else:
        _show(opened.path, windows, limits)
        say_written("authorship", output, figure)


def _show(path: str, windows: "list[Window]", limits: list[str]) -> None:
    from authorship.rolling import NAMES_NOBODY, ROW
    from shotscale.cli.rendering import bar

    console = output_console()
    console.print(Text(Path(path).name, style="bold cyan"))
    grid = Table.grid(padding=(0, 2))
    grid.add_row(*(Text(title, style="dim") for title in (*ROW[:4], "", ROW[4])))
    grid.columns[1].justify = grid.columns[4].justify = "right"
    for window in windows:
        leader = window.attribution.candidates[0]
        share = Text(bar(leader.probability, width=12), style="green" if leader.remains else "bright_black")
        part, shots, name, probability, remaining = window.row()
        grid.add_row(part, shots, name, share, probability, Text(remaining, style="dim"))
    console.print(grid)
    console.print(Text(NAMES_NOBODY, style="dim"))
    for limit in limits:
        console.print(Text(f"– {limit}", style="dim"))
