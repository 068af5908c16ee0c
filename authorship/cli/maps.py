"""``authorship map``: films on a plane."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["draw_map"]


def draw_map(
    films: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILM...]",
            help="Films in question: stores, folders of saved analyses, shot tables or videos.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The figure: .png, .svg or .pdf.")
    ] = Path("map.png"),
    method: Annotated[str, typer.Option(help="pca, mds or tsne.")] = "pca",
    distance: Annotated[
        str, typer.Option(help="For mds and tsne: euclidean, or cityblock (Burrows's Delta).")
    ] = "euclidean",
    labels: Annotated[bool, typer.Option(help="Write the films' titles.")] = True,
    seed: Annotated[int, typer.Option(help="Of mds and tsne.")] = 0,
    reference: Annotated[
        Path | None, typer.Option(metavar="TABLE_OR_FOLDER", help="Films by known directors; by default the built-in.")
    ] = None,
    label: Annotated[str, typer.Option(metavar="COLUMN", help="The column that names the candidates.")] = "director",
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,  # noqa: ARG001 - read by main
) -> None:
    """Draw films on a plane: near one another if their features are alike.

    [bold]Examples[/bold]

      authorship map -o map.pdf

      authorship map film/ --method tsne -o map.svg

      authorship map films/ --reference my-directors.csv --method mds -o map.png
    """
    from authorship.figures.canvas import check_format, save_figure
    from authorship.figures.maps import draw_map as draw
    from authorship.figures.sources import known_and_asked
    from authorship.ordination import ordinate

    check_format(output)
    matrix = known_and_asked(reference, films or (), label=label)
    ordination = ordinate(matrix, method, distance=distance, seed=seed)
    title = f"Map of {len(matrix.titles)} films by {ordination.method}"
    description = f"{title}: {ordination.note}. Reference: {matrix.reference}. Features: {', '.join(matrix.features)}."
    save_figure(draw(matrix, ordination, labels=labels), output, title=title, description=description)
    typer.echo(str(output))
