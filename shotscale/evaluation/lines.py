"""Figures as lines of text, for terminals and records."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def number(value: float | None) -> str:
    """Format a figure, which may be undefined."""
    return "undefined" if value is None else f"{value:.3f}"


def row(title: str, cells: Iterable[object], widths: Sequence[int]) -> str:
    """Format a row of a table: the title, left-aligned, and cells, right-aligned, in columns of these widths."""
    first, *others = widths
    return f"{title:{first}}" + "".join(f"{cell!s:>{width}}" for cell, width in zip(cells, others, strict=True))


def figure_lines(figures: dict[str, Any]) -> list[str]:
    """Format the figures of a report as lines of text."""
    widths = (30, 7, 10, 14, 9, 10)
    lines = [row("test frames", ("frames", "accuracy", "95 % interval", "macro-F1", "commonest"), widths)]
    for name, part in figures.items():
        if isinstance(part, dict) and "accuracy" in part:
            low, high = part["accuracy_interval"]
            accuracy, f1, most = (f"{part[key]:.3f}" for key in ("accuracy", "macro_f1", "majority_accuracy"))
            cells = (part["n"], accuracy, f"{low:.2f} to {high:.2f}", f1, most)
            lines.append(row(_WORDS.get(name, name), cells, widths))
    lines += [
        "commonest: the accuracy of always saying the commonest class",
        f"calibration error {figures['ece']:.3f}, before temperature scaling {figures['uncalibrated_ece']:.3f}",
    ]
    return lines


def film_lines(films: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Format each film's figures in seven classes if all films have them, else in three, else in nine."""
    name = next((name for name in ("seven", "three") if all(figures[name] for figures in films.values())), "nine")
    widths = (44, 7, 10, 10, 9)
    lines = [row(f"film, in {name} classes", ("n", "accuracy", "macro-F1", "kappa"), widths)]
    for film, figures in films.items():
        part = figures[name]
        if part is not None:
            title = film if len(film) <= _FILM else f"{film[: _FILM - 1]}…"
            shown = (number(part[key]) for key in ("accuracy", "macro_f1", "kappa"))
            lines.append(row(title, (part["n"], *shown), widths))
    return lines


_FILM = 43  # characters; with the figures, a line has 80
_WORDS = {
    "all": "all, close, medium and long",
    "film stills (every source but web)": "film stills",
    "seven scales": "seven scales, where labeled",
    "as_labeled": "all, by labels as published",
    "baseline_boxes": "baseline: boxes of figures",
}
"""Printed names of a report's figures."""


def confusion_lines(part: dict[str, Any]) -> list[str]:
    """Format a confusion matrix, true classes in rows."""
    names = [figures["class"] for figures in part["classes"]]
    rows = [("true, predicted", names), *zip(names, part["confusion"], strict=True)]
    return [row(name, cells, [16] + [8] * len(names)) for name, cells in rows]
