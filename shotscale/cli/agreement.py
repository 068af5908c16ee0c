"""The command that measures agreement between coders."""

import json
from pathlib import Path
from typing import Annotated

import typer

from shotscale.cli.options import Debug
from shotscale.cli.terminal import stdout


def agreement(
    coders: Annotated[
        list[Path], typer.Argument(metavar="CODER...", help="scales.csv or CineScale CSV of each coder.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Measure agreement between coders: Fleiss' kappa, pairwise Cohen's kappa, Krippendorff's ordinal alpha.

    Example: shotscale agreement first/film.csv second/film.csv
    """
    from shotscale.evaluation.agreement import measure_agreement
    from shotscale.evaluation.lines import number
    from shotscale.opening import read_track

    figures = measure_agreement({str(path): read_track(path) for path in coders})
    if as_json:
        stdout.out(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    for name, part in figures.items():
        if part is not None:
            low, high = part["interval"] or (None, None)
            kappa = f"Fleiss' kappa {number(part['fleiss_kappa'])} (95 % {number(low)} to {number(high)})"
            alpha = "" if part["alpha"] is None else f", ordinal alpha {number(part['alpha'])}"
            stdout.print(f"{name} classes, {part['n']} s: {kappa}{alpha}")
            for pair in part["pairs"]:
                stdout.print(f"  {' and '.join(pair['coders'])}: Cohen's kappa {number(pair['kappa'])}")
