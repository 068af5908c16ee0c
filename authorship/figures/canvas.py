"""Style, page and file formats shared by all figures."""

import logging
import os
import re
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from authorship.figures.lettering import shortened
from authorship.figures.palette import INK, NEUTRAL, director_colors, director_markers
from shotscale.errors import OptionError
from shotscale.files import atomic_path

_LOG = logging.getLogger(__name__)

FORMATS = ("png", "svg", "pdf")

_STYLE: dict[str, Any] = {
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

_FONT = "DejaVu Sans"  # ships with matplotlib, so that figures are the same on every machine
_OTHER_FONTS = (
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans JP", "Noto Sans SC", "Noto Sans KR", "WenQuanYi Zen Hei"),
    *("Hiragino Sans", "Hiragino Sans GB", "Apple SD Gothic Neo", "Yu Gothic", "Microsoft YaHei", "Malgun Gothic"),
    *("Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Thai", "Nirmala UI", "Leelawadee UI"),
    *("MS Gothic", "Arial Unicode MS"),
)
"""Fonts of the common systems for the letters that DejaVu lacks: Chinese, Japanese, Korean, Indian and Thai titles."""

_MOST_COLUMNS = 4  # of the key
_SIGN = 0.38  # inches: a marker of the key with its margins, as `director_key` sets them
_STYLED = threading.RLock()  # matplotlib has one set of settings for all threads


@contextmanager
def style() -> Iterator[None]:
    """Use the house style within the block, whatever the user's matplotlib settings; one thread at a time."""
    installed = set(font_manager.get_font_names())
    fonts = [_FONT, *(name for name in _OTHER_FONTS if name in installed)]
    with _STYLED, mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=_MISSING)  # said once, when the figure is saved
        mpl.rcdefaults()
        mpl.rcParams.update(cast(Any, {**_STYLE, "font.family": fonts}))
        yield


_MISSING = r"Glyph (\d+) "


@contextmanager
def one_line_for_missing_letters() -> Iterator[None]:
    """Say in one line which letters no font has, instead of matplotlib's warning for each, while a figure is saved."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        yield
    letters = set()
    for one in told:
        missing = re.match(_MISSING, str(one.message))
        if missing:
            letters.add(chr(int(missing[1])))
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    if letters:
        _say_missing("".join(sorted(letters)))


@cache  # a figure in two formats, or one of many by the same directors, lacks the same letters
def _say_missing(letters: str) -> None:
    _LOG.warning("authorship: boxes stand for %s in figures: no font has them; install Noto Sans CJK", letters)


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
    with atomic_path(path) as temporary, style(), one_line_for_missing_letters():
        figure.savefig(temporary, format=kind, dpi=300, metadata=metadata[kind])
    return Path(path)


def key_columns(names: Sequence[str], width: float) -> int:
    """Return how many columns the key of some names has, at most four, so that it is no wider than `width` inches.

    Examples
    --------
    >>> key_columns(["Jean-Marie Straub, Danièle Huillet"] * 4, 7.0), key_columns(["Béla Tarr"] * 4, 7.0)
    (3, 4)
    """
    figure, inches = new_figure(1, 1), []
    renderer, text = drawn(figure), figure.text(0, 0, "", fontsize=8)
    for name in names:
        text.set_text(shortened(name))
        inches.append(_SIGN + text.get_window_extent(renderer).width / figure.dpi)
    for columns in range(min(_MOST_COLUMNS, len(names)), 1, -1):
        if sum(part.max() for part in np.array_split(np.asarray(inches), columns)) <= width:
            return columns
    return 1


def director_key(axes: Axes, names: tuple[str, ...], *, others: str | None = None, columns: int = 4) -> None:
    """Put a key of the directors' colors and markers above the axes, outside the plot."""
    colors, markers = director_colors(names), director_markers(names)
    handles = [
        Line2D([], [], color=colors[name], marker=markers[name], linestyle="", markersize=6, label=shortened(name))
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
