"""``authorship tree``: hierarchical clustering of films."""

from pathlib import Path
from typing import Annotated

import typer

from authorship.cli.options import AskedFilms, CineScaleFolder, Debug, Figure, Joins, Label, ReferenceOption

__all__ = ["draw_tree"]


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
    seed: Annotated[int, typer.Option(help="With --consensus: random seed.")] = 0,
    reference: ReferenceOption = None,
    label: Label = "director",
    cinescale: CineScaleFolder = None,
    joins: Joins = False,
    debug: Debug = False,  # noqa: ARG001 - read by main
) -> None:
    """Draw a tree of films: one dendrogram, or the groups shared by most trees when features are resampled.

    [bold]Examples[/bold]

      authorship tree -o tree.pdf

      authorship tree film/ --consensus -o consensus.pdf

      authorship tree --reference mine/ --consensus --linkage average --distance cityblock -o tree.svg
    """
    from authorship.cli.codings import reference_for_figures
    from authorship.comparison.ordination import DISTANCES
    from authorship.comparison.trees import FEW_FEATURES, cluster, consensus_tree
    from authorship.figures.canvas import check_format, save_figure
    from authorship.figures.sources import describe, known_and_asked
    from authorship.figures.trees import draw_consensus, draw_dendrogram
    from shotscale.cli.terminal import stderr

    check_format(output)
    matrix = known_and_asked(reference_for_figures(reference, cinescale, label=label, joins=joins), films or ())
    tree = cluster(matrix.standardised, method=linkage, distance=distance)  # refuses what cannot be
    note = f"{linkage} linkage, {DISTANCES[distance]} distances, {len(matrix.features)} features"
    if consensus:
        kept = consensus_tree(
            matrix.standardised, method=linkage, distance=distance, n_trees=trees, strength=strength, seed=seed
        )
        note += f" drawn with replacement, seed {seed}"
        figure = draw_consensus(matrix, kept, note=note)
    else:
        figure = draw_dendrogram(matrix, tree, note=note)
    title = f"{'Consensus tree' if consensus else 'Dendrogram'} of {len(matrix.titles)} films"
    save_figure(figure, output, title=title, description=describe(matrix, title, note=note))
    if len(matrix.features) < FEW_FEATURES:
        stderr.print(
            f"authorship: a tree of {len(matrix.features)} features joins films that are alike in these alone, and "
            "another feature may join others; a reference with shot scales has more",
            soft_wrap=True,
        )
    typer.echo(str(output))
