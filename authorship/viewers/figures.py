"""The figures of a study: relations, agreement, the strongest pairs, predictions, and rotation of clips.

Conventions
-----------
Colour says nothing alone: what is found is also filled, what is not is hollow. A study of simulated clips says so on
every figure.
"""

import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from authorship.figures.canvas import new_figure, save_figure, style
from authorship.figures.lettering import shortened
from authorship.figures.palette import BUILTIN_COLORS, INK, NEUTRAL
from authorship.viewers.analysis import LEVEL, Findings
from authorship.viewers.association import Association
from authorship.viewers.reliability import POOR
from authorship.viewers.rotation import Turning, measure_rotation
from authorship.viewers.wording import feature_title, p_value
from shotscale.files import make_folder, refuse_existing
from shotscale.numerals import plain

__all__ = ["FIGURES", "save_study_figures"]

Array = npt.NDArray[np.float64]

_FOUND, _OTHER = BUILTIN_COLORS["Béla Tarr"], BUILTIN_COLORS["Ingmar Bergman"]
_KINDS = ("png", "svg")
_PANEL = 2.5  # inches; four fit a page across, letters of 8 points legible
_PANELS = 4  # in a row: a page ten inches wide
_CORNERS = np.asarray([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])


def save_study_figures(findings: Findings, folder: str | os.PathLike[str], *, overwrite: bool = False) -> list[Path]:
    """Write every figure that a study has something to put into, as PNG and SVG.

    Raises
    ------
    OutputError
        If a file stands in the way or cannot be written.
    """
    target = make_folder(folder)
    written = []
    for name, (title, draw) in FIGURES.items():
        figure = draw(findings)
        if figure is None:
            continue
        for kind in _KINDS:
            path = target / f"{name}.{kind}"
            if not overwrite:
                refuse_existing([path])
            written.append(save_figure(figure, path, title=title, description=title))
    return written


def _marks(found: bool) -> dict[str, Any]:
    """Return how points are drawn: filled where something was found, hollow where not."""
    color = _FOUND if found else _OTHER
    return {"linestyle": "", "marker": "o", "color": color, "markerfacecolor": color if found else "white"}


def _panels(n: int, findings: Findings, title: str) -> tuple[Figure, list[Axes]]:
    """Return a page of equal panels, at most `_PANELS` in a row, with a title and a word on simulated clips."""
    columns = min(n, _PANELS)
    rows = -(-n // columns)
    page = (max(columns * _PANEL, 5.6), rows * _PANEL + 0.7)
    figure = new_figure(*page)
    grid = figure.subplots(rows, columns, squeeze=False)
    figure.subplots_adjust(
        left=0.65 / page[0],
        right=1 - 0.15 / page[0],
        bottom=0.55 / page[1],
        top=1 - 0.95 / page[1],
        wspace=0.35,
        hspace=0.5,
    )
    _title(figure, findings, title)
    axes = list(grid.ravel())
    for empty in axes[n:]:
        empty.set_visible(False)
    return figure, axes[:n]


def _title(figure: Figure, findings: Findings, title: str) -> None:
    height = figure.get_figheight()
    x = 0.1 / figure.get_figwidth()
    figure.text(x, 1 - 0.1 / height, title, fontsize=10, weight="bold", va="top")
    if findings.study.clips.simulated:
        figure.text(x, 1 - 0.33 / height, "SIMULATED clips and ratings", fontsize=8, color=_FOUND, va="top")


def draw_associations(findings: Findings) -> Figure:
    """Draw every pair's correlation with its interval, one panel per rating, features in the same order in all."""
    features = list(findings.study.features.columns)
    names = findings.study.names
    with style():
        left, row, panel = 2.1, 0.24, 1.9
        page = (left + panel * len(names) + 0.2, row * len(features) + 1.5)
        figure = new_figure(*page)
        grid = figure.subplots(1, len(names), squeeze=False, sharey=True)[0]
        figure.subplots_adjust(
            left=left / page[0], right=1 - 0.15 / page[0], bottom=0.6 / page[1], top=1 - 0.8 / page[1], wspace=0.12
        )
        for axes, name in zip(grid, names, strict=True):
            _forest(axes, [pair for pair in findings.associations if pair.rating == name], features, name)
        grid[0].set_yticks(range(len(features)), [shortened(feature_title(name), 34) for name in features], fontsize=8)
        grid[0].set_ylim(len(features) - 0.4, -0.6)
        middle = (left / page[0] + 1) / 2
        said = "rank correlation over clips, 95 % interval"
        figure.text(middle, 0.12 / page[1], f"{said}; filled: found (q at most {LEVEL:g})", fontsize=8, ha="center")
        _title(figure, findings, "Features of the clips and viewers' ratings")
    return figure


def _forest(axes: Axes, pairs: Sequence[Association], features: Sequence[str], rating: str) -> None:
    axes.axvline(0, color=NEUTRAL, linewidth=0.8)
    for pair in pairs:
        if np.isnan(pair.rho):
            continue
        y, found = features.index(pair.feature), pair.q <= LEVEL
        marks = _marks(found)
        if not np.isnan(pair.low):
            axes.plot([pair.low, pair.high], [y, y], color=marks["color"], linewidth=1.6 if found else 1.0)
        size = {"marker": "o" if found else "s", "markersize": 5.5 if found else 4}
        axes.plot([pair.rho], [y], **{**marks, **size})
    axes.set_xlim(-1, 1)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−.5", "0", ".5", "1"], fontsize=8)
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.set_title(shortened(rating, 26), fontsize=9, loc="left")


def draw_reliability(findings: Findings) -> Figure | None:
    """Draw how far viewers agree: of one viewer, and of the clips' means."""
    known = [entry for entry in findings.reliability if entry.decisive is not None]
    if not known:
        return None
    with style():
        page = (6.0, 0.42 * len(known) + 1.45)
        figure = new_figure(*page)
        axes = figure.add_axes((1.9 / page[0], 0.75 / page[1], 1 - 2.1 / page[0], 1 - 1.35 / page[1]))
        axes.axvspan(-1, POOR, color="#F1F1F1", linewidth=0)
        for y, entry in enumerate(known):
            decisive = entry.decisive
            assert decisive is not None
            single = entry[decisive.name.replace("k", "1")]
            for coefficient, lift, marker in ((decisive, -0.12, "o"), (single, 0.16, "D")):
                if coefficient is None or np.isnan(coefficient.value):
                    continue
                color = INK if marker == "o" else NEUTRAL
                axes.plot([coefficient.low, coefficient.high], [y + lift] * 2, color=color, linewidth=1.5)
                axes.plot([coefficient.value], [y + lift], marker=marker, color=color, markersize=5, linestyle="")
        axes.set_yticks(range(len(known)), [shortened(entry.rating, 26) for entry in known])
        axes.set_ylim(len(known) - 0.5, -0.5)
        lowest = min([0.0, *(entry.decisive.low for entry in known if entry.decisive and entry.decisive.low > -1)])
        axes.set_xlim(max(lowest - 0.05, -1), 1.02)
        axes.set_xlabel("intraclass correlation, 95 % interval", fontsize=8)
        said = f"circle: the clips' means, unreliable within the grey (below {POOR:g}); diamond: one viewer"
        figure.text(0.1 / page[0], 0.12 / page[1], said, fontsize=8)
        _title(figure, findings, "How far viewers agree")
    return figure


def draw_strongest(findings: Findings) -> Figure:
    """Draw each rating against the feature that it goes with most, clip by clip."""
    best = []
    for name in findings.study.names:
        pairs = [pair for pair in findings.associations if pair.rating == name and not np.isnan(pair.rho)]
        if pairs:
            best.append(max(pairs, key=lambda pair: abs(pair.rho)))
    with style():
        title = "The strongest relation of each rating"
        figure, grid = _panels(max(len(best), 1), findings, title)
        for axes, pair in zip(grid, best, strict=False):
            x, y = findings.study.features[pair.feature], findings.study.means[pair.rating]
            axes.plot(x, y, markersize=4, **_marks(pair.q <= LEVEL))
            names = (_with_unit(findings, pair.feature), shortened(pair.rating, 26))
            _letter(axes, *names, f"rho {plain(pair.rho)}, {p_value(pair.q, 'q')}")
    return figure


def _letter(axes: Axes, x: str, y: str, said: str) -> None:
    axes.grid(visible=True)
    axes.set_xlabel(x, fontsize=8)
    axes.set_ylabel(y, fontsize=8)
    axes.set_title(said, fontsize=8, loc="left")
    axes.tick_params(labelsize=7)


def _with_unit(findings: Findings, name: str) -> str:
    unit = findings.study.clips.descriptions[name].unit
    title = shortened(feature_title(name), 32)
    return title if unit in ("", "1") else f"{title} ({unit})"


def draw_prediction(findings: Findings) -> Figure | None:
    """Draw the mean rating of each clip against what was predicted while it was held out."""
    known = [entry for entry in findings.predictions if not np.isnan(entry.skill)]
    if not known:
        return None
    with style():
        title = "Unseen clips, told from all features"
        figure, grid = _panels(len(known), findings, title)
        for axes, entry in zip(grid, known, strict=True):
            means = findings.study.means[entry.rating]
            low, high = float(means.min()), float(means.max())
            axes.plot([low, high], [low, high], color=NEUTRAL, linewidth=0.8)
            axes.axhline(float(means.mean()), color=NEUTRAL, linewidth=0.8, linestyle=":")
            axes.plot(means, entry.predicted, markersize=4, **_marks(entry.low > 0))
            said = f"skill {plain(entry.skill)} ({plain(entry.low)} to {plain(entry.high)})"
            _letter(axes, f"mean {shortened(entry.rating, 24)}", "predicted", said)
    return figure


def draw_turning(findings: Findings) -> Figure | None:
    """Draw how the clips' distributions turn: the two that turn most and the two that turn least, as paths."""
    rated = set(findings.study.features.index)
    measured = {
        name: (turning, measure_rotation(turning)["rotation_total"])
        for name, turning in findings.study.clips.turning.items()
        if name in rated and len(turning.time) > 1
    }
    order = sorted(measured, key=lambda name: -measured[name][1])
    shown = list(dict.fromkeys([*order[:2], *order[-2:]]))
    if not shown:
        return None
    with style():
        title = "How the scale distribution turns: the clips that turn most and least"
        figure, grid = _panels(len(shown), findings, title)
        place = (0.1 / figure.get_figwidth(), 0.12 / figure.get_figheight())
        said = "from the clip's beginning (hollow circle) to its end (square), window by window, growing darker"
        figure.text(*place, said, fontsize=8)
        for axes, name in zip(grid, shown, strict=True):
            turning, total = measured[name]
            _triangle(axes, turning)
            axes.set_title(f"{shortened(name, 24)}\n{total:.0f} degrees per minute", fontsize=8, loc="left")
    return figure


def _triangle(axes: Axes, turning: Turning) -> None:
    """Draw a path in the triangle of close, medium and long, from a hollow circle to an arrow's end."""
    outline = _CORNERS[[0, 1, 2, 0]]
    axes.plot(outline[:, 0], outline[:, 1], color=NEUTRAL, linewidth=0.8)
    for (x, y), name, side in zip(_CORNERS, ("close", "long", "medium"), ("left", "right", "center"), strict=True):
        axes.text(x, y + (0.03 if y > 0 else -0.04), name, ha=side, va="bottom" if y > 0 else "top", fontsize=7)
    points = turning.shares[:, [0, 2, 1]] @ _CORNERS
    shades = np.linspace(0.25, 1.0, len(points))
    for (start, end), shade in zip(pairwise(points), shades[1:], strict=True):
        axes.plot([start[0], end[0]], [start[1], end[1]], color=_OTHER, alpha=float(shade), linewidth=1.3)
    axes.plot(*points[0], marker="o", markersize=5, color=_OTHER, markerfacecolor="white")
    axes.plot(*points[-1], marker="s", markersize=5, color=_OTHER)
    axes.set_aspect("equal")
    axes.set_xlim(-0.06, 1.06)
    axes.set_ylim(-0.12, 1.0)
    axes.axis("off")


FIGURES: dict[str, tuple[str, Callable[[Findings], Figure | None]]] = {
    "associations": ("Rank correlation of each feature with each rating, with intervals", draw_associations),
    "reliability": ("How far viewers agree on each rating", draw_reliability),
    "strongest": ("Each rating against the feature that it goes with most", draw_strongest),
    "prediction": ("Mean ratings of held-out clips against their predictions", draw_prediction),
    "turning": ("How the scale distribution of clips turns over their length", draw_turning),
}
"""Title and function of each figure by its file's name."""
