"""Style, page and file formats shared by all figures."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from authorship.figures.palette import INK, NEUTRAL, director_colors, director_markers
from shotscale.errors import OptionError
from shotscale.files import atomic_path

__all__ = ["FORMATS", "check_format", "director_key", "drawn", "new_figure", "save_figure", "style"]

FORMATS = ("png", "svg", "pdf")

_STYLE: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],  # ships with matplotlib, so that figures are the same on every machine
    "font.size": 9,
    "axes.edgecolor": NEUTRAL,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#E4E4E4",
    "text.color": INK,
    "text.parse_math": False,  # a film may be called $9.99
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",  # another font's widths would push labels onto each other
    "svg.hashsalt": "film-authorship",
}

_STYLED = threading.RLock()  # matplotlib has one set of settings for all threads


@contextmanager
def style() -> Iterator[None]:
    """Use the house style within the block, whatever the user's matplotlib settings; one thread at a time."""
    with _STYLED, mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(cast(Any, _STYLE))
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, sized in inches, without a window or global state."""
    figure = Figure(figsize=(width, height), dpi=100, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def check_format(path: str | os.PathLike[str]) -> str:
    """Return a path's format; raise `OptionError` if it is not in `FORMATS`."""
    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise OptionError(f"{path}: figures are {', '.join(f'.{name}' for name in FORMATS)}; change the file's ending")
    return suffix


def save_figure(figure: Figure, path: str | os.PathLike[str], *, title: str, description: str) -> Path:
    """Write a figure (PNG at 300 dpi, SVG, PDF) atomically, with its text alternative in the file's metadata.

    Raises
    ------
    OptionError, OutputError

    Examples
    --------
    >>> figure = new_figure(2, 1)
    >>> save_figure(figure, "map.svg", title="A map", description="nothing").name
    'map.svg'
    """
    kind = check_format(path)
    maker = f"film-authorship {version('film-authorship')}"
    metadata: dict[str, dict[str, str | None]] = {
        "png": {"Title": title, "Description": description, "Software": maker},
        "svg": {"Title": title, "Description": description, "Creator": maker, "Date": None},
        "pdf": {"Title": title, "Subject": description, "Creator": maker, "CreationDate": None},
    }
    with atomic_path(path) as temporary, style():
        figure.savefig(temporary, format=kind, dpi=300, metadata=metadata[kind])
    return Path(path)


def director_key(axes: Axes, names: tuple[str, ...], *, others: str | None = None, columns: int = 4) -> None:
    """Put a key of the directors' colors and markers above the axes, outside the plot."""
    colors, markers = director_colors(names), director_markers(names)
    handles = [
        Line2D([], [], color=colors[name], marker=markers[name], linestyle="", markersize=6, label=name)
        for name in names
    ]
    if others is not None:
        handles.append(Line2D([], [], color=INK, marker="*", linestyle="", markersize=10, label=others))
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns,
        borderaxespad=0.3,
        handletextpad=0.2,
        columnspacing=1.2,
        fontsize=8,
    )


def drawn(figure: Figure) -> RendererBase:
    """Lay out a figure and return its renderer, which measures text in pixels."""
    canvas: Any = FigureCanvasAgg(figure)  # matplotlib's type annotations lack these methods
    canvas.draw()
    return cast(RendererBase, canvas.get_renderer())
