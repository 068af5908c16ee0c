"""``authorship roll``: attribution along one film."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from authorship.cli.options import Debug, FilmArgument, JsonOutput, Label, ReferenceOption, Weights
from shotscale.cli.part import takes_part
from shotscale.cli.terminal import output_console, print_json, say_written
from shotscale.numerals import counted

if TYPE_CHECKING:
    from authorship.rolling import Window
    from shotscale.part import PartOptions

__all__ = ["roll"]


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
    json_output: JsonOutput = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write a CSV, one row per window.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the probabilities along the film (.png, .svg, .pdf).")
    ] = None,
    debug: Debug = False,  # noqa: ARG001 - read by main
) -> None:
    """Attribute a film window by window, to see whether the director changes.

    [bold]Examples[/bold]

      authorship roll film.mkv

      authorship roll film/ --window 45 --step 5 --unit minutes -o windows.csv --figure film.png
    """
    from authorship.attribution.classify import Attributor, check_confidence
    from authorship.attribution.limits import itself_limits
    from authorship.figures.canvas import check_format
    from authorship.opening import open_film
    from authorship.reference.reading import read_reference
    from authorship.rolling import roll as roll_film
    from authorship.rolling import rolling_table
    from shotscale.files import atomic_write

    check_confidence(confidence)
    if figure is not None:
        check_format(figure)
    attributor = Attributor(read_reference(reference, label=label) if reference is not None else None)
    opened = open_film(film, weights=weights, part=part)
    windows = roll_film(opened, attributor, window=window, step=step, unit=unit, confidence=confidence)
    table = rolling_table(windows)
    limits = [*opened.limits, *itself_limits(opened, attributor.reference), *attributor.reference.notes]
    if output is not None:
        with atomic_write(output, newline="") as stream:
            table.to_csv(stream, index=False, float_format="%.6f", lineterminator="\n")
    if figure is not None:
        from authorship.figures.canvas import save_figure
        from authorship.figures.rolling import draw_rolling

        name = Path(opened.path).name
        save_figure(
            draw_rolling(windows, name=name), figure, title=f"Candidates along {name}", description=_in_words(windows)
        )
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
        for path in (output, figure):
            if path is not None:
                say_written("authorship", path)


def _in_words(windows: "list[Window]") -> str:
    leaders = [f"{w.start / 60:.0f}-{w.end / 60:.0f} min {w.attribution.candidates[0].name}" for w in windows]
    return f"likeliest candidate of {counted(len(windows), 'window')}: {', '.join(leaders)}"


def _show(path: str, windows: "list[Window]", limits: list[str]) -> None:
    from shotscale.cli.rendering import bar
    from shotscale.numerals import percent

    console = output_console()
    console.print(Text(Path(path).name, style="bold cyan"))
    grid = Table.grid(padding=(0, 2))
    titles = ("part", "shots", "likeliest", "probability", "", "cannot be ruled out")
    grid.add_row(*(Text(title, style="dim") for title in titles))
    grid.columns[1].justify = grid.columns[4].justify = "right"
    for window in windows:
        leader = window.attribution.candidates[0]
        place = f"{window.start / 60:.1f}–{window.end / 60:.1f} min"
        share = Text(bar(leader.probability, width=12), style="green" if leader.remains else "bright_black")
        grid.add_row(
            place,
            str(window.n_shots),
            leader.name,
            share,
            percent(leader.probability),
            Text(", ".join(window.remaining) or "nobody fits", style="dim"),
        )
    console.print(grid)
    console.print(
        Text(
            "A window names nobody: where one candidate alone remains, it is too often the wrong one (data card). Look "
            "for a likeliest candidate that changes and stays changed.",
            style="dim",
        )
    )
    for limit in limits:
        console.print(Text(f"– {limit}", style="dim"))
