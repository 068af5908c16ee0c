"""The figures of a study: relations, agreement, the strongest pairs, predictions, and rotation of clips.

Conventions
-----------
Color never carries meaning alone: relations found are also filled, others hollow. A study of simulated clips says so
on every figure.
"""

import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from authorship.figures.canvas import new_figure, save_figure, style
from authorship.figures.lettering import shortened
from authorship.figures.palette import BUILTIN_COLORS, INK, NEUTRAL
from authorship.viewers.analysis import LEVEL, Findings
from authorship.viewers.association import Association
from authorship.viewers.reliability import POOR
from authorship.viewers.rotation import Turning, measure_rotation
from authorship.viewers.wording import feature_title
from shotscale.files import make_folder, refuse_existing
from shotscale.numerals import counted, p_value, plain

__all__ = ["FIGURES", "figure_paths", "save_study_figures"]

Draw = Callable[[Findings], Figure | None]

FIGURES: dict[str, tuple[str, Draw]] = {}
"""Title and drawing function of each figure by file name; the function returns None if there is nothing to draw."""

_FOUND, _OTHER = BUILTIN_COLORS["Béla Tarr"], BUILTIN_COLORS["Ingmar Bergman"]
_PANEL = 2.5  # inches; four fit across a page, with 8-point text legible
_PANELS = 4  # per row: a page ten inches wide
_CORNERS = np.asarray([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])  # close, long and medium: an equilateral triangle


def figure_paths(folder: str | os.PathLike[str], names: Sequence[str] | None = None) -> list[Path]:
    """Return the files of some figures, by default of all possible ones.

    >>> [path.name for path in figure_paths("study", ["turning"])]
    ['turning.png', 'turning.svg']
    """
    return [Path(folder) / f"{name}.{kind}" for name in names or FIGURES for kind in ("png", "svg")]


def save_study_figures(findings: Findings, folder: str | os.PathLike[str], *, overwrite: bool = False) -> list[Path]:
    """Write every figure for which a study has data, as PNG and SVG.

    Raises
    ------
    OutputError
        If a file already exists and `overwrite` is not set, or a file cannot be written.
    """
    target = make_folder(folder)
    written = []
    for name, (title, draw) in FIGURES.items():
        figure = draw(findings)
        paths = figure_paths(target, [name]) if figure is not None else []
        if not overwrite:
            refuse_existing(paths)
        written += [save_figure(figure, path, title=title, description=title) for path in paths if figure is not None]
    return written


def _figure(name: str, title: str) -> Callable[[Draw], Draw]:
    """Register a figure that the decorated function draws."""

    def declared(draw: Draw) -> Draw:
        styled = style()(draw)
        FIGURES[name] = title, styled
        return styled

    return declared


def _page(findings: Findings, width: float, height: float, title: str, note: str = "") -> Figure:
    """Return an empty page with a title, what it is of, a notice if clips are simulated, and a note at its foot."""
    figure, study = new_figure(width, height), findings.study
    x, told = 0.1 / width, counted(len(study.features), "clip")
    figure.text(x, 1 - 0.1 / height, title, fontsize=10, weight="bold", va="top")
    if study.by_viewer:
        told += f", {counted(study.ratings['viewer'].nunique(), 'viewer')}"
    warned, color = (f"SIMULATED clips and ratings: {told}", _FOUND) if study.clips.simulated else (told, INK)
    figure.text(x, 1 - 0.33 / height, warned, fontsize=8, color=color, va="top")
    if note:
        figure.text(x, 0.12 / height, note, fontsize=8)
    return figure


def _panels(findings: Findings, n: int, title: str, note: str = "") -> tuple[Figure, list[Axes]]:
    """Return a page of equal panels, at most `_PANELS` in a row."""
    columns = min(n, _PANELS)
    rows = -(-n // columns)
    width, height = max(columns * _PANEL, 5.6), rows * _PANEL + 0.7
    figure = _page(findings, width, height, title, note)
    grid = figure.subplots(rows, columns, squeeze=False)
    margins = {"left": 0.65 / width, "right": 1 - 0.15 / width, "bottom": 0.55 / height, "top": 1 - 0.95 / height}
    figure.subplots_adjust(**margins, wspace=0.35, hspace=0.5)
    axes = list(grid.ravel())
    for empty in axes[n:]:
        empty.set_visible(False)
    return figure, axes[:n]


def _marks(found: bool) -> dict[str, Any]:
    """Return the style of points: filled if something was found, hollow if not."""
    color = _FOUND if found else _OTHER
    return {"linestyle": "", "marker": "o", "color": color, "markerfacecolor": color if found else "white"}


def _letter(axes: Axes, x: str, y: str, said: str) -> None:
    axes.grid(visible=True)
    axes.set_xlabel(x, fontsize=8)
    axes.set_ylabel(y, fontsize=8)
    axes.set_title(said, fontsize=8, loc="left")
    axes.tick_params(labelsize=7)


@_figure("associations", "Rank correlation of each feature with each rating, with intervals")
def draw_associations(findings: Findings) -> Figure:
    """Draw every pair's correlation with its interval, one panel per rating, features in the same order in all."""
    features, names = list(findings.study.features.columns), findings.study.names
    columns = min(len(names), _PANELS)
    rows = -(-len(names) // columns)
    left, body, between = 2.1, 0.24 * len(features), 0.85
    width = max(left + 1.9 * columns + 0.2, 4.6)
    height = rows * body + (rows - 1) * between + 1.6
    said = f"rank correlation over clips, 95 % interval; filled: found (q at most {LEVEL:g})"
    figure = _page(findings, width, height, "Features of the clips and viewers' ratings", said)
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    margins = {"left": left / width, "right": 1 - 0.15 / width, "bottom": 0.6 / height, "top": 1 - 1.0 / height}
    figure.subplots_adjust(**margins, wspace=0.12, hspace=between / body)
    for axes, name in zip(grid.flat, names, strict=False):
        _forest(axes, [pair for pair in findings.associations if pair.rating == name], features)
        axes.set_title(fill(shortened(name, 52), 26), fontsize=9, loc="left")
    for empty in grid.ravel()[len(names) :]:
        empty.set_visible(False)
    for first in grid[:, 0]:
        first.set_yticks(range(len(features)), [shortened(feature_title(name), 34) for name in features], fontsize=8)
        first.set_ylim(len(features) - 0.4, -0.6)
    return figure


def _forest(axes: Axes, pairs: Sequence[Association], features: Sequence[str]) -> None:
    axes.axvline(0, color=NEUTRAL, linewidth=0.8)
    for pair in pairs:
        y, found = features.index(pair.feature), pair.q <= LEVEL
        marks = {**_marks(found), "marker": "o" if found else "s", "markersize": 5.5 if found else 4}
        if not np.isnan(pair.low):
            axes.plot([pair.low, pair.high], [y, y], color=marks["color"], linewidth=1.6 if found else 1.0)
        if not np.isnan(pair.rho):
            axes.plot([pair.rho], [y], **marks, clip_on=False)
    axes.set_xlim(-1, 1)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−.5", "0", ".5", "1"], fontsize=8)
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)


@_figure("reliability", "How far viewers agree on each rating")
def draw_reliability(findings: Findings) -> Figure | None:
    """Draw how far viewers agree: for a single viewer, and for the clips' means."""
    known = [(entry, entry.decisive) for entry in findings.reliability if entry.decisive is not None]
    if not known:
        return None
    width, height = 6.0, 0.42 * len(known) + 1.45
    said = f"circle: the clips' means, unreliable within the gray (below {POOR:g}); diamond: one viewer"
    figure = _page(findings, width, height, "How far viewers agree", said)
    axes = figure.add_axes((1.9 / width, 0.75 / height, 1 - 2.1 / width, 1 - 1.35 / height))
    axes.axvspan(-1, POOR, color="#F1F1F1", linewidth=0)
    for y, (entry, decisive) in enumerate(known):
        single = entry[decisive.name.replace("k", "1")]
        for found, lift, marker, color in ((decisive, -0.12, "o", INK), (single, 0.16, "D", NEUTRAL)):
            if found is not None and not np.isnan(found.value):
                axes.plot([found.low, found.high], [y + lift] * 2, color=color, linewidth=1.5)
                axes.plot([found.value], [y + lift], marker=marker, color=color, markersize=5, linestyle="")
                if found.low < -1:
                    axes.plot([-1], [y + lift], marker="<", color=color, markersize=5, clip_on=False)
    axes.set_yticks(range(len(known)), [shortened(entry.rating, 26) for entry, _ in known])
    axes.set_ylim(len(known) - 0.5, -0.5)
    lowest = min([0.0, *(decisive.low for _, decisive in known)])
    axes.set_xlim(max(lowest - 0.05, -1), 1.02)
    beyond = "; arrow: beyond −1" if lowest < -1 else ""
    axes.set_xlabel(f"intraclass correlation, 95 % interval{beyond}", fontsize=8)
    return figure


@_figure("strongest", "Each rating against the feature that it goes with most")
def draw_strongest(findings: Findings) -> Figure:
    """Draw each rating against its most strongly correlated feature, clip by clip."""
    study = findings.study
    best = [pair for pair in map(findings.strongest, study.names) if pair is not None]
    figure, grid = _panels(findings, max(len(best), 1), "The strongest relation of each rating")
    for axes, pair in zip(grid, best, strict=False):
        axes.plot(study.features[pair.feature], study.means[pair.rating], markersize=4, **_marks(pair.q <= LEVEL))
        unit, title = study.clips.descriptions[pair.feature].unit, shortened(feature_title(pair.feature), 32)
        x = title if unit in ("", "1") else f"{title} ({unit})"
        _letter(
            axes, x, shortened(pair.rating, 26), f"rho {plain(pair.rho)}, {p_value(pair.q, 'q')}, n = {pair.n_clips}"
        )
    return figure


@_figure("prediction", "Mean ratings of held-out clips against their predictions")
def draw_prediction(findings: Findings) -> Figure | None:
    """Draw the mean rating of each clip against its held-out prediction."""
    known = [entry for entry in findings.predictions if not np.isnan(entry.skill)]
    if not known:
        return None
    figure, grid = _panels(findings, len(known), "Unseen clips predicted from all features")
    for axes, entry in zip(grid, known, strict=True):
        means = findings.study.means[entry.rating]
        low, high = float(means.min()), float(means.max())
        axes.plot([low, high], [low, high], color=NEUTRAL, linewidth=0.8)
        axes.axhline(float(means.mean()), color=NEUTRAL, linewidth=0.8, linestyle=":")
        axes.plot(means, entry.predicted, markersize=4, **_marks(entry.low > 0))
        said = f"skill {plain(entry.skill)} ({plain(entry.low)} to {plain(entry.high)})"
        _letter(axes, f"mean {shortened(entry.rating, 24)}", "predicted", said)
    return figure


@_figure("turning", "How the scale distribution of clips turns over their length")
def draw_turning(findings: Findings) -> Figure | None:
    """Draw as paths how the clips' distributions turn: the two that turn most and the two that turn least."""
    rated = findings.study.features.index
    tracks = findings.study.clips.turning
    total = {
        name: measure_rotation(turning)["rotation_total"]
        for name, turning in tracks.items()
        if name in rated and len(turning.time) > 1
    }
    order = sorted(total, key=lambda name: -total[name])
    shown = list(dict.fromkeys([*order[:2], *order[-2:]]))
    if not shown:
        return None
    title = "How the scale distribution turns: the clips that turn most and least"
    said = "from the clip's beginning (hollow circle) to its end (square), window by window, growing darker"
    figure, grid = _panels(findings, len(shown), title, said)
    for axes, name in zip(grid, shown, strict=True):
        _triangle(axes, tracks[name])
        axes.set_title(f"{shortened(name, 24)}\n{total[name]:.0f} degrees per minute", fontsize=8, loc="left")
    return figure


def _triangle(axes: Axes, turning: Turning) -> None:
    """Draw a path in the triangle of close, medium and long, from a hollow circle to a square."""
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
