"""A figure of the report: a Plotly chart, its text alternative, and its numbers as a table.

Plotly was chosen because it draws SVG, which prints sharply and can be tested, and because zooming and hovering need no
code. The page embeds its partial bundle with bars, lines and points: a quarter of the whole, in size and in the time
that a browser takes to parse it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from authorship.attribution.view import Table
from authorship.figures.palette import INK, NEUTRAL, director_colors, director_markers

if TYPE_CHECKING:
    from authorship.reference.table import Reference

_SYMBOLS: Mapping[str, str] = {
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "v": "triangle-down",
    "<": "triangle-left",
    ">": "triangle-right",
    "D": "diamond",
    "d": "diamond-tall",
    "P": "cross",
    "X": "x",
    "h": "hexagon",
    "H": "hexagon2",
    "p": "pentagon",
    "*": "star",
    "8": "octagon",
}
"""Plotly's names for the markers of `authorship.figures.palette`."""

_GRID = "#E4E4E4"


@dataclass(frozen=True)
class Chart:
    """A figure: its name in the page, Plotly's ``data`` and ``layout``, a note on how to read it, and its numbers.

    The alternative describes it in a sentence or two for readers who cannot see it.
    """

    name: str
    alternative: str
    traces: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]
    note: str = ""
    table: Table | None = None


def candidates_with(reference: "Reference", features: Sequence[str]) -> tuple[str, ...]:
    """Return the candidates whose films have these features, each in one film at least; a column may be empty."""
    known = reference.features.reindex(columns=list(features)).notna().to_numpy()
    return tuple(name for name in reference.candidates if known[reference.labels == name].any(axis=0).all())


def left_out(reference: "Reference", known: Sequence[str]) -> str:
    """Return a sentence for a note: the candidates other than `known`, which are not drawn; empty if none."""
    others = [name for name in reference.candidates if name not in known]
    return f" Unknown for the films of {', '.join(others)}." if others else ""


def label(text: str) -> str:
    """Escape a name for Plotly, which interprets text as markup.

    Examples
    --------
    >>> label("<b>M</b> & co")
    '&lt;b&gt;M&lt;/b&gt; &amp; co'
    """
    return escape(text, quote=False)


def scatter(x: ArrayLike, y: ArrayLike, texts: Sequence[str], *, name: str, **options: Any) -> dict[str, Any]:
    """Return a trace of points (or lines, with ``mode``), each with its hover text."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": np.asarray(x).tolist(),
        "y": np.asarray(y).tolist(),
        "customdata": list(texts),
        "hovertemplate": "%{customdata}<extra></extra>",
        "name": label(name),
        **options,
    }


def markers_of(names: Sequence[str], **options: Any) -> dict[str, dict[str, Any]]:
    """Return each director's marker: color, symbol, and the options that all have."""
    colors, markers = director_colors(names), director_markers(names)
    return {name: {"color": colors[name], "symbol": _SYMBOLS[markers[name]], **options} for name in names}


def layout(**options: Any) -> dict[str, Any]:
    """Return the layout shared by all figures, with one figure's own options."""
    axes = {name: {**_axis(), **value} for name, value in options.items() if name.startswith(("xaxis", "yaxis"))}
    shared = {
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "margin": {"l": 60, "r": 15, "t": 10, "b": 55},
        "hoverlabel": {"bgcolor": "#FFFFFF", "bordercolor": NEUTRAL, "font": {"color": INK}, "align": "left"},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "separators": ". ",
    }
    return {**shared, **options, **axes}


def _axis() -> dict[str, Any]:
    return {"gridcolor": _GRID, "linecolor": NEUTRAL, "ticks": "outside", "tickcolor": NEUTRAL, "zeroline": False}
