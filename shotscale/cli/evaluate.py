"""The command that compares predicted with true scales."""

from pathlib import Path
from typing import Annotated

import typer

from shotscale.cli.options import AsJson
from shotscale.cli.terminal import print_json, stderr, stdout
from shotscale.numerals import counted


def evaluate(
    predicted: Annotated[
        Path,
        typer.Argument(help="scales.csv, CineScale CSV or saved analysis; a folder of them; or what predict wrote."),
    ],
    truth: Annotated[
        Path, typer.Argument(help="The same with the true scales; for predict's, also folders of labeled images.")
    ],
    as_json: AsJson = False,
) -> None:
    """Compare predicted with true scales, second by second, in nine, seven and three classes.

    Of two folders, films with the same name or title are compared, each and together.

    Films or images that only one has are left out, with a note.

    Example: shotscale evaluate film/scales.csv 1966_Ingmar_Bergman_-_Persona.csv

    shotscale evaluate analyzed/ cinescale/

    shotscale evaluate scales.csv stills/

    [bold]JSON[/bold]

    nine, seven, three, each null if there is nothing to compare in its classes: n; accuracy, accuracy_interval (95 %);
    macro_precision, macro_recall, macro_f1; kappa, weighted_kappa; majority_accuracy; classes, the figures of each;
    confusion, the truth in rows. If there are any: films, the same for each of several; notes.
    """
    from shotscale.errors import TableError
    from shotscale.evaluation.agreement import compare
    from shotscale.evaluation.lines import confusion_lines, film_lines, number, row
    from shotscale.tracks import lay_side_by_side

    both = lay_side_by_side([predicted, truth])
    figures = compare(both.tracks[str(predicted)], both.tracks[str(truth)], starts=both.starts)
    films, notes = {}, list(both.notes)
    for film in both.films if len(both.films) > 1 else ():
        try:
            films[film] = compare(*both.of(film).values())
        except TableError as error:
            notes.append(f"{film}: no figures of its own: {error}")
    if as_json:
        more = {name: value for name, value in (("films", films), ("notes", notes)) if value}
        print_json({**figures, **more})
        return
    for note in notes:
        stderr.print(f"shotscale: {note}", soft_wrap=True)
    if films:
        stdout.print(f"{counted(len(both.films), 'film')} together; intervals take films as independent")
    columns = ("n", "accuracy", "95 % interval", "precision", "recall", "F1", "weighted kappa")
    widths = (8, 7, 10, 15, 10, 7, 7, 15)
    stdout.print(row("classes", columns, widths))
    for name, part in figures.items():
        if part is not None:
            low, high = part["accuracy_interval"]
            rest = (number(part[key]) for key in ("macro_precision", "macro_recall", "macro_f1", "weighted_kappa"))
            cells = (part["n"], number(part["accuracy"]), f"{low:.2f} to {high:.2f}", *rest)
            stdout.print(row(name, cells, widths))
    part = next(figures[name] for name in ("three", "seven", "nine") if figures[name] is not None)
    stdout.print("", *confusion_lines(part), sep="\n")
    if films:
        stdout.print("", *film_lines(films), sep="\n")
