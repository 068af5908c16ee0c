"""``authorship map``: a map of films."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from authorship.cli.options import (
    AskedFilms,
    CineScaleFolder,
    Figure,
    Joins,
    Label,
    ListRate,
    ReferenceOption,
)
from shotscale.cli.options import Seed, takes_part

if TYPE_CHECKING:
    from shotscale.part import PartOptions


@takes_part
def draw_map(
    films: AskedFilms = None,
    output: Figure = Path("map.png"),
    method: Annotated[str, typer.Option(help="pca, mds or tsne.")] = "pca",
    distance: Annotated[
        str, typer.Option(help="For mds and tsne: euclidean, or cityblock (Burrows's Delta).")
    ] = "euclidean",
    labels: Annotated[bool, typer.Option(help="Label the films with their titles.")] = True,
    seed: Seed = 0,
    reference: ReferenceOption = None,
    label: Label = "director",
    *,
    part: "PartOptions",
    cinescale: CineScaleFolder = None,
    joins: Joins = False,
    fps: ListRate = None,
) -> None:
    """Draw a map of films: films with similar features lie close together.

    [bold]Examples[/bold]

      authorship map -o map.pdf

      authorship map film/ --method tsne -o map.svg

      authorship map films/ --reference my-directors.csv --method mds -o map.png
    """
    from authorship.cli.codings import reference_for_figures
    from authorship.cli.lists import Teller
    from authorship.figures.canvas import check_format
    from authorship.figures.drawings import film_map
    from shotscale.cli.terminal import stderr

    check_format(output)
    teller = Teller(fps=fps)
    known = reference_for_figures(reference, cinescale, label=label, joins=joins)
    asked = teller.films(films or (), part)
    drawing = film_map(known, asked, method=method, distance=distance, labels=labels, seed=seed)
    drawing.save(output)
    if drawing.note:
        stderr.print(f"authorship: {drawing.note}", soft_wrap=True)
    typer.echo(str(output))
    teller.exit()
