"""The figures of a benchmark: confusion matrix, reliability of probabilities, accuracy against the baselines.

Conventions
-----------
Each function takes the result of `authorship.validation.benchmark.run_benchmark` (or its JSON, read back) and returns
a matplotlib figure without a window or global state. Color is never the only cue: counts, markers and labels repeat it.
Films that the reference's notes call simulated are marked as such on every figure.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from authorship.figures.canvas import one_line_for_missing_letters, style
from authorship.figures.lettering import shortened
from authorship.figures.palette import INK, NEUTRAL
from authorship.validation.leave_one_out import SELECTED
from shotscale.files import atomic_path, make_folder
from shotscale.numerals import counted

__all__ = ["draw_accuracy", "draw_confusion", "draw_reliability", "save_benchmark_figures"]

Result = Mapping[str, Any]

_BEST, _OTHER = "#D55E00", "#0072B2"
_BASELINES = {"majority": ("-", "solid"), "year": ("--", "dashed")}
_METADATA = {"png": {"Software": None}, "svg": {"Date": None}}
_SIMULATED = "SIMULATED"
_SHARES = (-0.04, 1.04)
"""Limits of an axis from 0 to 1, so that markers at its ends are not clipped."""

_MOST_PANELS = 8  # per row: a page 16 inches wide, legible on a screen
_USUAL_NAME = 22  # letters of a director's name; a longer one needs a larger page
_TITLE = 22  # letters per line of a panel's title, from its width
_LARGE, _MIDDLE, _SMALL = 10, 8.5, 7  # points: title, line under it, source below the figure


def save_benchmark_figures(result: Result, folder: str | os.PathLike[str]) -> list[Path]:
    """Write ``accuracy``, ``confusion`` and ``reliability``, each as PNG (for the screen) and SVG (for print).

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    target = make_folder(folder)
    written = []
    # Text is kept as text, so that it can be searched, and edited for print; without DejaVu, another font will do.
    with (
        style(),
        mpl.rc_context({"svg.fonttype": "none", "font.family": ["sans-serif", *mpl.rcParams["font.family"][1:]]}),
    ):
        for draw in (draw_accuracy, draw_confusion, draw_reliability):
            figure = draw(result)
            for kind, metadata in _METADATA.items():
                written.append(target / f"{draw.__name__.removeprefix('draw_')}.{kind}")
                with atomic_path(written[-1]) as temporary, one_line_for_missing_letters():
                    figure.savefig(temporary, format=kind, dpi=160, metadata=metadata)
    return written


def draw_accuracy(result: Result) -> Figure:
    """Draw each classifier's accuracy with its interval and the baselines, one panel per group of features."""
    groups = list(dict.fromkeys(row["features"] for row in result["results"]))
    names = list(dict.fromkeys([SELECTED, *(row["classifier"] for row in result["results"])]))
    baselines = {name: style for name, style in _BASELINES.items() if result["baselines"].get(name)}
    columns = min(len(groups), _MOST_PANELS)
    rows_of_panels = -(-len(groups) // columns)
    size = (1.9 + 1.75 * max(columns, 2), 1.0 + rows_of_panels * (0.7 + 0.24 * len(names)))
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows_of_panels, columns, sharex=True, sharey=True, squeeze=False)
    panels = grid.flatten()[: len(groups)]
    for empty in grid.flatten()[len(groups) :]:
        empty.set_axis_off()
    for panel, group in zip(panels, groups, strict=True):
        rows = {row["classifier"]: row for row in result["results"] if row["features"] == group}
        _draw_intervals(panel, [rows[name] for name in names])
        title = "\n".join(wrap(group, _TITLE))
        panel.set_title(f"{title}\n{counted(rows[names[0]]['n_features'], 'feature')}", fontsize=9)
        for name, (line, _) in baselines.items():
            panel.axvline(result["baselines"][name]["accuracy"], color=NEUTRAL, linestyle=line, linewidth=1, zorder=0)
    panels[0].set_yticks(range(len(names)), names)
    panels[0].invert_yaxis()
    panels[0].set_xlim(*_SHARES)
    for panel in panels:
        panel.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    grid[-1][columns // 2].set_xlabel("accuracy, 95 % Wilson interval")
    beside = [f"{name} {result['baselines'][name]['accuracy']:.2f} ({words})" for name, (_, words) in baselines.items()]
    title = f"One film left out at a time: {_selected(result)}"
    _head(figure, result, title, f"Baselines, vertical lines: {', '.join(beside)}.")
    return figure


def draw_confusion(result: Result) -> Figure:
    """Draw the counts of films by director (rows) and answer (columns), shaded by share of the row."""
    selected = result["selected"]
    counts, names = np.asarray(selected["confusion"]), selected["classes"]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    short = [shortened(name) for name in names]
    size = 2.2 + 0.5 * len(names) + 0.07 * max(0, *(len(name) - _USUAL_NAME for name in short))
    figure = Figure(figsize=(size + 1.4, size + 0.2), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*counts.shape):
        if counts[row, column]:
            color = "white" if shares[row, column] > 0.55 else INK
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=color)
    figures = [(label, selected["per_class"][name]) for label, name in zip(short, names, strict=True)]
    recall, precision = (
        [f"{label}  ({of_class[kind]:.2f})" for label, of_class in figures] for kind in ("recall", "precision")
    )
    axes.set_yticks(range(len(names)), recall)
    axes.set_xticks(range(len(names)), precision, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_ylabel(f"{result['reference']['label']} (recall)")
    axes.set_xlabel("answer (precision)")
    axes.set_xticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    _head(figure, result, f"Confusion matrix: {_selected(result)}")
    return figure


def draw_reliability(result: Result) -> Figure:
    """Draw the accuracy of the most likely answer against its stated probability."""
    selected = result["selected"]
    bins = [bin_ for bin_ in selected["reliability"] if bin_["n"]]
    said, right, n = (np.asarray([bin_[key] for bin_ in bins]) for key in ("confidence", "accuracy", "n"))
    ends = np.asarray([bin_["interval"] for bin_ in bins])
    figure = Figure(figsize=(4.6, 4.6), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=NEUTRAL, linestyle=":", linewidth=1)
    axes.text(0.16, 0.19, "perfect", color=NEUTRAL, rotation=45, rotation_mode="anchor", fontsize=8)
    errors = np.abs(ends.T - right)
    axes.errorbar(said, right, yerr=errors, color=_OTHER, marker="o", linewidth=1.2, elinewidth=1, capsize=3)
    for x, low, size in zip(said, ends[:, 0], n, strict=True):
        axes.annotate(counted(size, "film"), (x, low), xytext=(5, -3), textcoords="offset points", fontsize=8)
    ticks = np.linspace(0, 1, 6)
    axes.set(xlim=_SHARES, ylim=_SHARES, xticks=ticks, yticks=ticks, aspect="equal")
    axes.set_xlabel("probability of the most likely director, mean of the bin")
    axes.set_ylabel("share of films it is right for, 95 % Wilson interval")
    _head(figure, result, f"Reliability: calibration error {selected['calibration_error']:.3f}")
    return figure


def _draw_intervals(panel: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    for place, row in enumerate(rows):
        best = row["classifier"] == SELECTED
        low, high = row["interval"]
        color = _BEST if best else _OTHER
        panel.plot([low, high], [place, place], color=color, linewidth=2.2 if best else 1.4)
        panel.plot(row["accuracy"], place, color=color, marker="D" if best else "o", markersize=5)
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="y", color="#EEEEEE", linewidth=0.6)
    panel.set_axisbelow(True)


def _selected(result: Result) -> str:
    selected = result["selected"]
    low, high = selected["interval"]
    return f"{selected['accuracy']:.2f} of {counted(selected['n'], 'film')} ({low:.2f} to {high:.2f})"


def _head(figure: Figure, result: Result, *title: str) -> None:
    """Add a title and optional subtitle; at the bottom, the reference's name and a warning if films are simulated."""
    width = int(figure.get_figwidth() * 12)  # letters of the bold title
    reference = result["reference"]
    notes = [note for note in reference.get("notes", ()) if note.startswith(_SIMULATED)]
    source = f"{reference['name']}; classifier and settings chosen inside each fold"
    foot = [line for text in (source, *notes) for line in wrap(text, int(1.55 * width))]
    head = wrap(f"Simulated films. {title[0]}" if notes else title[0], width)
    under = [line for text in title[1:] for line in wrap(text, int(1.4 * width))]
    inch = 1 / 72 / figure.get_figheight()
    figure.text(0.01, 0.985, "\n".join(head), va="top", fontsize=_LARGE, fontweight="bold")
    above = 1.35 * _LARGE * inch * len(head) + 0.015
    figure.text(0.01, 1 - above, "\n".join(under), va="top", fontsize=_MIDDLE)
    above += 1.35 * _MIDDLE * inch * len(under) + 0.01
    figure.text(0.99, 0.01, "\n".join(foot), ha="right", va="bottom", fontsize=_SMALL, color=NEUTRAL)
    below = 1.35 * _SMALL * inch * len(foot) + 0.03
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(rect=(0, below, 1, 1 - below - above))  # type: ignore[call-arg]
