"""The command that compares predicted with true scales."""

import json
from pathlib import Path
from typing import Annotated

import typer

from shotscale.cli.options import Debug
from shotscale.cli.terminal import stdout


def evaluate(
    predicted: Annotated[Path, typer.Argument(help="scales.csv or CineScale CSV.")],
    truth: Annotated[Path, typer.Argument(help="scales.csv or CineScale CSV.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Compare predicted with true scales, second by second, in nine, seven and three classes.

    Example: shotscale evaluate film/scales.csv 1966_Ingmar_Bergman_-_Persona.csv
    """
    from shotscale.evaluation.agreement import compare
    from shotscale.evaluation.lines import confusion_lines, number
    from shotscale.opening import read_track

    figures = compare(read_track(predicted), read_track(truth))
    if as_json:
        stdout.out(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    stdout.print(f"{'classes':8}{'n':>7}{'accuracy':>10}{'precision':>11}{'recall':>8}{'F1':>7}{'weighted kappa':>16}")
    for name, part in figures.items():
        if part is not None:
            macro = [part[f"macro_{key}"] for key in ("precision", "recall", "f1")]
            line = f"{name:8}{part['n']:7}{part['accuracy']:10.3f}{macro[0]:11.3f}{macro[1]:8.3f}{macro[2]:7.3f}"
            stdout.print(line + f"{number(part['weighted_kappa']):>16}")
    part = next(figures[name] for name in ("three", "seven", "nine") if figures[name] is not None)
    stdout.print("", *confusion_lines(part), sep="\n")
