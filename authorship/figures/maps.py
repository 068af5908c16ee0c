"""A map of films in which every film is labeled."""

import textwrap

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from authorship.comparison.ordination import FilmMatrix, Ordination
from authorship.figures.canvas import director_key, drawn, key_columns, new_figure, style
from authorship.figures.lettering import darker, shortened
from authorship.figures.palette import INK, NEUTRAL, director_colors, director_markers
from authorship.figures.placement import place_labels
from shotscale.numerals import counted

__all__ = ["draw_map"]

Array = npt.NDArray[np.float64]

_LABEL = 5.6  # points: the smallest letters legible in print
_MARKER = 4.6  # points: about as high as the letters
_ASKED = 2.4 * _MARKER  # points: a star easy to find among a hundred films, by eye


def draw_map(matrix: FilmMatrix, ordination: Ordination, *, labels: bool = True) -> Figure:
    """Draw films as points in their director's color and marker, each with its title beside it if `labels`.

    Examples
    --------
    >>> from authorship.comparison.ordination import film_matrix, ordinate
    >>> from authorship.reference.table import builtin_reference
    >>> matrix = film_matrix(builtin_reference())
    >>> figure = draw_map(matrix, ordinate(matrix), labels=False)
    >>> len(figure.axes)
    1
    """
    with style():
        side = float(np.clip(5.0 + 0.045 * len(matrix.titles), 6.0, 12.0)) if labels else 6.0
        columns = key_columns([*matrix.names, "in question"], side - 0.67)
        rows = -(-(len(matrix.names) + 1) // columns)
        top = 0.56 + 0.17 * rows
        figure = new_figure(side, 0.82 * side + top + 0.6)
        height = figure.get_figheight()
        axes = figure.add_axes((0.62 / side, 0.62 / height, 1 - 0.75 / side, 1 - (0.62 + top) / height))
        axes.grid(visible=True)
        _points(axes, matrix, ordination.points)
        axes.set_xlabel(ordination.axes[0], fontsize=8)
        axes.set_ylabel(ordination.axes[1], fontsize=8)
        axes.tick_params(labelsize=7)
        axes.margins(0.07)
        others = "in question" if None in matrix.directors else None
        director_key(axes, matrix.names, others=others, columns=columns)
        how = f"{ordination.method} of {counted(len(matrix.features), 'feature')} ({ordination.note})"
        title = textwrap.fill(f"{counted(len(matrix.titles), 'film')}: {how}", int(17 * side))
        figure.text(0.1 / side, 1 - 0.08 / height, title, fontsize=8, va="top")
        if labels:
            _label(figure, axes, matrix, ordination.points)
    return figure


def _points(axes: Axes, matrix: FilmMatrix, points: Array) -> None:
    colors, markers = director_colors(matrix.names), director_markers(matrix.names)
    for name in matrix.names:
        own = np.asarray([director == name for director in matrix.directors])
        axes.plot(*points[own].T, linestyle="", marker=markers[name], color=colors[name], markersize=_MARKER, zorder=3)
    asked = np.asarray([director is None for director in matrix.directors])
    if asked.any():
        axes.plot(*points[asked].T, linestyle="", marker="*", color=INK, markersize=_ASKED, zorder=4)


def _label(figure: Figure, axes: Axes, matrix: FilmMatrix, points: Array) -> None:
    """Write each title where there is room; the page is sized so that there is room for all."""
    renderer = drawn(figure)
    places = np.asarray(axes.transData.transform(points), np.float64)
    colors = director_colors(matrix.names)
    texts: list[Text] = []
    for title, director in zip(matrix.titles, matrix.directors, strict=True):
        color = INK if director is None else colors[director]
        weight = "bold" if director is None else "normal"
        texts.append(axes.text(0, 0, shortened(title), fontsize=_LABEL, color=darker(color), weight=weight, zorder=5))
    extents = [text.get_window_extent(renderer) for text in texts]
    sizes = np.asarray([(extent.width, extent.height) for extent in extents], np.float64)
    frame = axes.get_window_extent(renderer).padded(-2)
    markers = np.where([director is None for director in matrix.directors], _ASKED, _MARKER)
    corners, lines = place_labels(places, sizes, frame.extents, radius=markers * figure.dpi / 72 / 2)
    back = axes.transData.inverted()
    for text, extent, corner in zip(texts, extents, corners, strict=True):
        if np.isnan(corner).any():
            text.remove()
            continue
        # A text is anchored at its baseline; its box begins below that.
        anchor = text.get_transform().transform((0.0, 0.0))
        x, y = back.transform(corner + np.asarray([anchor[0] - extent.x0, anchor[1] - extent.y0]))
        text.set_position((float(x), float(y)))
    for line in lines:
        axes.plot(*back.transform(line).T, color=NEUTRAL, linewidth=0.35, zorder=2)
