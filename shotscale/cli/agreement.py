"""The command that measures agreement between coders."""

from pathlib import Path
from typing import Annotated

import typer

from shotscale.cli.options import AsJson
from shotscale.cli.terminal import print_json, stderr, stdout
from shotscale.numerals import counted


def agreement(
    coders: Annotated[
        list[Path],
        typer.Argument(
            metavar="CODER...", help="scales.csv or CineScale CSV of each coder; or each coder's folder of films."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Measure agreement between coders: Fleiss' kappa, pairwise Cohen's kappa, Krippendorff's ordinal alpha.

    Several coders of one film, or a folder of films for each coder: of these, films with the same name or title count.

    Example: shotscale agreement first/film.csv second/film.csv

    shotscale agreement anna/ ben/

    [bold]JSON[/bold]

    nine, seven, three, each null if no second has such classes from all: n; fleiss_kappa, interval (95 %); pairs
    (coders, kappa); alpha. If there are any: notes.
    """
    from shotscale.evaluation.agreement import measure_agreement
    from shotscale.evaluation.lines import number
    from shotscale.tracks import lay_side_by_side

    both = lay_side_by_side(coders)
    figures = measure_agreement(both.tracks, starts=both.starts)
    if as_json:
        more = {"notes": both.notes} if both.notes else {}
        print_json({**figures, **more})
        return
    for note in both.notes:
        stderr.print(f"shotscale: {note}", soft_wrap=True)
    if len(both.films) > 1:
        stdout.print(f"{counted(len(both.films), 'film')} together; intervals take films as independent")
    for name, part in figures.items():
        if part is not None:
            span = " to ".join(map(number, part["interval"])) if part["interval"] else "interval not defined"
            kappa = f"Fleiss' kappa {number(part['fleiss_kappa'])} (95 % {span})"
            alpha = "" if part["alpha"] is None else f", ordinal alpha {number(part['alpha'])}"
            stdout.print(f"{name} classes, {part['n']} s: {kappa}{alpha}")
            for pair in part["pairs"]:
                stdout.print(f"  {' and '.join(pair['coders'])}: Cohen's kappa {number(pair['kappa'])}")
