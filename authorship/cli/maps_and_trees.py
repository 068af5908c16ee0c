"""``authorship map`` and ``authorship tree``: how alike films are, as a map or a hierarchical clustering."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from authorship.cli.options import AskedFilms, CineScaleFolder, Figure, Joins, Label, ListRate, ReferenceOption
from shotscale.cli.options import Seed, takes_part

if TYPE_CHECKING:
    from authorship.figures.drawings import Drawing
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
    from authorship.figures.drawings import film_map

    draw = partial(film_map, method=method, distance=distance, labels=labels, seed=seed)
    known = {"reference": reference, "cinescale": cinescale, "label": label, "joins": joins}
    _draw(draw, output, films or [], part, fps, **known)


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
    from authorship.figures.drawings import film_tree

    how: dict[str, Any] = {"linkage": linkage, "distance": distance, "n_trees": trees, "strength": strength}
    draw = partial(film_tree, consensus=consensus, seed=seed, **how)
    known = {"reference": reference, "cinescale": cinescale, "label": label, "joins": joins}
    _draw(draw, output, films or [], part, fps, **known)


def _draw(
    draw: "Callable[..., Drawing]",
    output: Path,
    films: list[Path],
    part: "PartOptions",
    fps: str | None,
    **known: Any,
) -> None:
    """Draw the `known` films (`reference_for_figures`) and those in question, and say what limits the picture."""
    from authorship.cli.codings import reference_for_figures
    from authorship.cli.lists import Teller
    from authorship.figures.canvas import check_format
    from shotscale.cli.terminal import stderr

    check_format(output)
    teller = Teller(fps=fps)
    drawing = draw(reference_for_figures(**known), teller.films(films, part))
    drawing.save(output)
    if drawing.note:
        stderr.print(f"authorship: {drawing.note}", soft_wrap=True)
    typer.echo(str(output))
    teller.exit()
