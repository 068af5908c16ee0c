"""Figures as lines of text, for terminals and records."""

from collections.abc import Mapping
from typing import Any

__all__ = ["confusion_lines", "figure_lines", "film_lines", "number"]


def number(value: float | None) -> str:
    """Format a figure, which may be undefined."""
    return "undefined" if value is None else f"{value:.3f}"


def figure_lines(figures: dict[str, Any]) -> list[str]:
    """Format the figures of a report as lines of text."""
    lines = [_line("test frames", "frames", "accuracy", "95 % interval", "macro-F1", "commonest")]
    for name, part in figures.items():
        if isinstance(part, dict) and "accuracy" in part:
            low, high = part["accuracy_interval"]
            lines.append(
                _line(
                    _WORDS.get(name, name),
                    str(part["n"]),
                    f"{part['accuracy']:.3f}",
                    f"{low:.2f} to {high:.2f}",
                    f"{part['macro_f1']:.3f}",
                    f"{part['majority_accuracy']:.3f}",
                )
            )
    lines += [
        "commonest: the accuracy of always saying the commonest class",
        f"calibration error {figures['ece']:.3f}, before temperature scaling {figures['uncalibrated_ece']:.3f}",
    ]
    return lines


def film_lines(films: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Format each film's figures in seven classes if all films have them, else in three, else in nine."""
    name = next((name for name in ("seven", "three") if all(figures[name] for figures in films.values())), "nine")
    lines = [f"{f'film, in {name} classes':44}{'n':>7}{'accuracy':>10}{'macro-F1':>10}{'kappa':>9}"]
    for film, figures in films.items():
        part = figures[name]
        if part is not None:
            title = film if len(film) <= _FILM else f"{film[: _FILM - 1]}…"
            accuracy, f1 = part["accuracy"], part["macro_f1"]
            lines.append(f"{title:44}{part['n']:7}{accuracy:10.3f}{f1:10.3f}{number(part['kappa']):>9}")
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


def _line(title: str, *cells: str) -> str:
    return f"{title:30}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, (7, 10, 14, 9, 10), strict=True))


def confusion_lines(part: dict[str, Any]) -> list[str]:
    """Format a confusion matrix, true classes in rows."""
    names = [figures["class"] for figures in part["classes"]]
    lines = [f"{'true, predicted':16}" + "".join(f"{name:>8}" for name in names)]
    lines += [
        f"{name:16}" + "".join(f"{count:8}" for count in counts)
        for name, counts in zip(names, part["confusion"], strict=True)
    ]
    return lines
