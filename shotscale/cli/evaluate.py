"""The commands that compare scales: predicted with true ones, coders', and a network's with labels."""

from pathlib import Path
from typing import Annotated

import typer

from shotscale.cli.options import Annotations, AsJson, Weights
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


def errors(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Labeled frames, as for train.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Picture to write (.png).")],
    weights: Weights = None,
    annotations: Annotations = None,
    keypoints: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Body points of the frames (.jsonl), to draw into them.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="How many frames to show per border.")] = 4,
) -> None:
    """Show a network's most confident errors, border by border, with the true and the predicted scale.

    Example: shotscale errors frames/ -o mistakes.png
    """
    from shotscale.evaluation.gallery import by_border, draw_gallery, find_mistakes
    from shotscale.labeled.sources import load_source
    from shotscale.network.weights import load_model

    frames, model = load_source(data, annotations=annotations, keypoints=keypoints), load_model(weights)
    mistakes = find_mistakes(frames, model)
    if not mistakes:
        stdout.print(f"{counted(len(frames), 'frame')}, no mistake: no picture drawn")
        return
    told = f"{counted(len(mistakes), 'mistake')} in {counted(len(frames), 'frame')}"
    draw_gallery(frames, mistakes, output, most=most, title=f"{told}: {model.description.architecture}")
    stdout.print(
        f"{output}: {told}: " + ", ".join(f"{border} {len(some)}" for border, some in by_border(mistakes).items())
    )
