"""Figures as lines of text, for terminals and records."""

from typing import Any

__all__ = ["confusion_lines", "figure_lines", "number"]


def number(value: float | None) -> str:
    """Format a figure, which may be undefined."""
    return "undefined" if value is None else f"{value:.3f}"


def figure_lines(figures: dict[str, Any]) -> list[str]:
    """Format the figures of a report as lines of text."""
    lines = [f"{'':34}{'n':>6}{'accuracy':>10}{'macro-F1':>10}{'majority':>10}"]
    for name, part in figures.items():
        if isinstance(part, dict) and "accuracy" in part:
            lines.append(
                f"{name:34}{part['n']:6}{part['accuracy']:10.3f}{part['macro_f1']:10.3f}{part['majority_accuracy']:10.3f}"
            )
    lines.append(
        f"calibration error {figures['ece']:.3f}, before temperature scaling {figures['uncalibrated_ece']:.3f}"
    )
    return lines


def confusion_lines(part: dict[str, Any]) -> list[str]:
    """Format a confusion matrix, true classes in rows."""
    names = [figures["class"] for figures in part["classes"]]
    lines = [f"{'true, predicted':16}" + "".join(f"{name:>8}" for name in names)]
    lines += [
        f"{name:16}" + "".join(f"{count:8}" for count in counts)
        for name, counts in zip(names, part["confusion"], strict=True)
    ]
    return lines
