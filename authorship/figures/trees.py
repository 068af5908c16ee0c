"""Horizontal trees of films, in which every film is labeled."""

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import leaves_list

from authorship.comparison.ordination import FilmMatrix
from authorship.comparison.trees import Consensus, Node
from authorship.figures.canvas import director_key, drawn, key_columns, new_figure, style
from authorship.figures.lettering import darker, shortened
from authorship.figures.palette import INK, NEUTRAL, director_colors, director_markers
from shotscale.numerals import counted

__all__ = ["draw_consensus", "draw_dendrogram"]

Array = npt.NDArray[np.float64]

_ROW = 0.135  # inches per film
_LETTERS = 6.5  # points: fits rows of 0.135 inches
_WIDTH = 7.5  # inches: a printed page
_LEVEL = 0.34  # inches per level of a consensus tree: room for a percentage


def draw_dendrogram(matrix: FilmMatrix, tree: Array, *, note: str) -> Figure:
    """Draw a hierarchical clustering from a linkage of shape (n - 1, 4); `note` says how it was made.

    Examples
    --------
    >>> from authorship.comparison.ordination import film_matrix
    >>> from authorship.reference.table import builtin_reference
    >>> from authorship.comparison.trees import cluster
    >>> matrix = film_matrix(builtin_reference())
    >>> figure = draw_dendrogram(matrix, cluster(matrix.standardized), note="ward linkage")
    >>> len(figure.axes)
    1
    """
    n = len(matrix.titles)
    order = leaves_list(tree)
    height, row = np.zeros(2 * n - 1), np.zeros(2 * n - 1)
    row[order] = np.arange(n)
    colors = _node_colors(matrix, tree)
    with style():
        figure, axes = _new_page(matrix, f"{counted(n, 'film')}: dendrogram ({note})", width=_WIDTH)
        for i, (first, second, distance, _) in enumerate(tree):
            a, b, node = int(first), int(second), n + i
            height[node], row[node] = distance, (row[a] + row[b]) / 2
            for child in (a, b):
                axes.plot([height[child], distance], [row[child]] * 2, color=colors[child], linewidth=0.9)
            axes.plot([distance] * 2, sorted((row[a], row[b])), color=colors[node], linewidth=0.9)
        axes.set_xlim(1.04 * float(height.max()), 0)
        axes.set_xlabel("distance at which clusters join", fontsize=8)
        axes.tick_params(axis="x", labelsize=7)
        _films(axes, matrix, {int(film): (0.0, float(place)) for place, film in enumerate(order)})
    return figure


def draw_consensus(matrix: FilmMatrix, consensus: Consensus, *, note: str) -> Figure:
    """Draw a consensus tree, each node with the percentage of trees that have its clade; `note` says how it was made.

    Examples
    --------
    >>> from authorship.comparison.ordination import film_matrix
    >>> from authorship.reference.table import builtin_reference
    >>> from authorship.comparison.trees import consensus_tree
    >>> matrix = film_matrix(builtin_reference())
    >>> kept = consensus_tree(matrix.standardized, n_trees=5, seed=0)
    >>> figure = draw_consensus(matrix, kept, note="five trees")
    >>> len(figure.axes)
    1
    """
    depth = _depth(consensus.root)
    with style():
        title = f"{counted(len(matrix.titles), 'film')}: consensus of {counted(consensus.n_trees, 'tree')} ({note})"
        figure, axes = _new_page(matrix, title, width=max(_WIDTH, 2.6 + _LEVEL * depth))
        places: dict[int, tuple[float, float]] = {}
        _branch(axes, consensus.root, 0, float(depth), places)
        axes.set_xlim(-0.3, depth)
        axes.spines["bottom"].set_visible(False)
        axes.set_xticks([])
        least = f"groups at {100 * consensus.strength:.0f} % or less are collapsed"
        axes.set_xlabel(f"numbers: percentage of trees with the group; {least}", fontsize=8)
        _films(axes, matrix, places)
    return figure


def _new_page(matrix: FilmMatrix, title: str, *, width: float) -> tuple[Figure, Axes]:
    """Make a page tall enough for its films, row 0 on top, with room for the longest title at the right."""
    columns = key_columns([*matrix.names, "in question"], width - 0.25)
    rows = -(-(len(matrix.names) + 1) // columns)
    top, bottom = 0.42 + 0.17 * rows, 0.55
    body = max(1.2, _ROW * (len(matrix.titles) + 1))
    height = top + bottom + body
    figure = new_figure(width, height)
    renderer, text = drawn(figure), figure.text(0, 0, "", fontsize=_LETTERS, weight="bold")
    letters = 0.25
    for each in matrix.titles:
        text.set_text(shortened(each))
        letters = max(letters, text.get_window_extent(renderer).width / figure.dpi + 0.25)
    text.remove()
    axes = figure.add_axes((0.2 / width, bottom / height, 1 - (0.2 + letters) / width, body / height))
    axes.set_ylim(len(matrix.titles) - 0.2, -0.8)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    others = "in question" if None in matrix.directors else None
    director_key(axes, matrix.names, others=others, columns=columns)
    figure.text(0.1 / width, 1 - 0.08 / height, title, fontsize=8, va="top")
    return figure, axes


def _films(axes: Axes, matrix: FilmMatrix, places: dict[int, tuple[float, float]]) -> None:
    """Write the films' titles at the tips, with their directors' colors and markers."""
    colors, markers = director_colors(matrix.names), director_markers(matrix.names)
    for film, (x, y) in places.items():
        director = matrix.directors[film]
        color, marker = (INK, "*") if director is None else (colors[director], markers[director])
        axes.plot([x], [y], linestyle="", marker=marker, color=color, markersize=4, clip_on=False, zorder=3)
        axes.annotate(
            shortened(matrix.titles[film]),
            (x, y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center_baseline",
            fontsize=_LETTERS,
            color=darker(color),
            weight="bold" if director is None else "normal",
            annotation_clip=False,
        )


def _node_colors(matrix: FilmMatrix, tree: Array) -> list[str]:
    """Return each node's color: the director's if all films below it are by one director, else gray."""
    colors = director_colors(matrix.names)
    below: list[str | None] = [director or "" for director in matrix.directors]
    for first, second in tree[:, :2].astype(int):
        below.append(below[first] if below[first] == below[second] else None)
    return [colors.get(name or "", NEUTRAL) for name in below]


def _depth(node: Node) -> int:
    return 1 + max((_depth(child) for child in node.children), default=0) if node.children else 0


def _branch(axes: Axes, node: Node, level: float, tip: float, places: dict[int, tuple[float, float]]) -> float:
    """Draw a node and its descendants from the next free row down, and return the node's row."""
    if not node.children:
        row = float(len(places))
        places[next(iter(node.films))] = (tip, row)
        return row
    rows = []
    for child in node.children:
        row = _branch(axes, child, level + 1, tip, places)
        axes.plot([level, level + 1 if child.children else tip], [row, row], color=NEUTRAL, linewidth=0.9)
        rows.append(row)
    axes.plot([level, level], [rows[0], rows[-1]], color=NEUTRAL, linewidth=0.9)
    middle = (rows[0] + rows[-1]) / 2
    if level > 0:
        axes.annotate(
            f"{100 * node.support:.3g}",
            (level, middle),
            xytext=(-1.5, 1.0),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=5,
        )
    return middle
