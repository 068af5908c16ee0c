"""``authorship tree``: hierarchical clustering of films."""

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
def draw_tree(
    films: AskedFilms = None,
    output: Figure = Path("tree.png"),
    consensus: Annotated[
        bool, typer.Option("--consensus", help="Draw a bootstrap consensus tree instead of one dendrogram.")
    ] = False,
    linkage: Annotated[str, typer.Option(help="ward, average, complete or single.")] = "ward",
    distance: Annotated[
        str, typer.Option(help="euclidean, or cityblock (Burrows's Delta; not with ward).")
    ] = "euclidean",
    trees: Annotated[int, typer.Option(help="With --consensus: number of trees.")] = 200,
    strength: Annotated[
        float, typer.Option(help="With --consensus: keep groups found in more than this share of the trees.")
    ] = 0.5,
    seed: Seed = 0,
    reference: ReferenceOption = None,
    label: Label = "director",
    *,
    part: "PartOptions",
    cinescale: CineScaleFolder = None,
    joins: Joins = False,
    fps: ListRate = None,
) -> None:
    """Draw a tree of films: one dendrogram, or the groups shared by most trees when features are resampled.

    [bold]Examples[/bold]

      authorship tree -o tree.pdf

      authorship tree film/ --consensus -o consensus.pdf

      authorship tree --reference mine/ --consensus --linkage average --distance cityblock -o tree.svg
    """
    from authorship.cli.codings import reference_for_figures
    from authorship.cli.lists import Teller
    from authorship.figures.canvas import check_format
    from authorship.figures.drawings import film_tree
    from shotscale.cli.terminal import stderr

    check_format(output)
    teller = Teller(fps=fps)
    drawing = film_tree(
        reference_for_figures(reference, cinescale, label=label, joins=joins),
        teller.films(films or (), part),
        consensus=consensus,
        linkage=linkage,
        distance=distance,
        n_trees=trees,
        strength=strength,
        seed=seed,
    )
    drawing.save(output)
    if drawing.note:
        stderr.print(f"authorship: {drawing.note}", soft_wrap=True)
    typer.echo(str(output))
    teller.exit()
