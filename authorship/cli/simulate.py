"""``authorship simulate``: films that never were, in CineScale's format, to try the other commands with."""

from pathlib import Path
from typing import Annotated

import typer

from authorship.cli.options import Debug
from shotscale.cli.terminal import stdout

__all__ = ["simulate"]


def simulate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, made here.", show_default=False)],
    films: Annotated[int, typer.Option(help="How many annotated films; CineScale has 124.")] = 124,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
    debug: Debug = False,  # noqa: ARG001 - read by main
) -> None:
    """Draw a simulated CineScale folder, to try the tool without annotations.

    Shot lengths have the published average, median and deviation of real
    films; shot scales are made up, from chains stated in simulation.json. What
    comes out says nothing about any director, and every result says so.

    [bold]Example[/bold]

      authorship simulate simulated-cinescale/

    [bold]Files[/bold]

    [bold]simulated_annotations/[/bold], one year_director_-_title.csv a film;
    [bold]simulated_shots/[/bold], their shot tables; [bold]simulated_films/[/bold], saved
    analyses of other films, to be asked about; simulation.json.
    """
    from authorship.simulation import simulate_cinescale

    root = simulate_cinescale(folder, seed=seed, n_films=films)
    stdout.print(f"{root}: {films} films, SIMULATED: no file in it is a measurement")
    for place in sorted(path for path in root.iterdir() if path.is_dir()):
        stdout.print(f"  {place.name}: {sum(path.suffix != '.md' for path in place.iterdir())}")
