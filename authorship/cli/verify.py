"""``authorship verify``: verify whether a film is by a given director."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from authorship.cli.options import Debug, FilmArgument, JsonOutput, Label, ReferenceOption, Weights
from shotscale.cli.part import takes_part
from shotscale.cli.terminal import output_console, print_json
from shotscale.numerals import counted

if TYPE_CHECKING:
    from authorship.verification import Verification
    from shotscale.part import PartOptions

__all__ = ["verify"]


@takes_part
def verify(
    film: FilmArgument,
    director: Annotated[
        str,
        typer.Option(metavar="NAME", help="The director to verify; a name in the reference.", show_default=False),
    ],
    reference: ReferenceOption = None,
    label: Label = "director",
    distractors: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Films by other directors; default with the built-in reference: 749 by 60."),
    ] = None,
    *,
    part: "PartOptions",
    weights: Weights = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    json_output: JsonOutput = False,
    debug: Debug = False,  # noqa: ARG001 - read by main
) -> None:
    """Verify whether a film is by a given director: yes, no or undecided (imposters method).

    [bold]Examples[/bold]

      authorship verify film.mkv --director "Béla Tarr"

      authorship verify film/ --director "Agnès Varda" --reference mine.csv --json

    [bold]JSON[/bold]

    path, director, verdict, score (share of draws won, 0.5 is chance), grey_zone,
    typicality (share of the director's films at least as far from the others),
    quality (auroc, c_at_1, decided, right_when_decided, own_refused,
    strangers_accepted ...), limits.
    """
    from authorship.opening import open_film
    from authorship.reference.reading import read_reference
    from authorship.reference.table import builtin_reference, other_directors
    from authorship.verification import Verifier

    films = builtin_reference() if reference is None else read_reference(reference, label=label)
    others = other_directors() if reference is None else None
    if distractors is not None:
        others = read_reference(distractors, label=label)
    verifier = Verifier(films, director, distractors=others, seed=seed)
    answer = verifier.verify(open_film(film, weights=weights, part=part))
    if json_output:
        print_json(verifier.to_json(answer))
        return
    _show(answer)


def _show(answer: "Verification") -> None:
    console = output_console()
    style = {"yes": "bold green", "no": "bold magenta"}.get(answer.verdict, "bold yellow")
    console.print(Text(Path(answer.path).name, style="bold cyan"))
    console.print(Text(f"by {answer.candidate}? "), Text(answer.verdict, style=style))
    zone = f"undecided from {100 * answer.no_below:.0f} % to {100 * answer.yes_above:.0f} %"
    console.print(Text(f"nearest to one of the director's films in {100 * answer.score:.0f} % of draws ({zone})"))
    quality = answer.quality
    console.print(
        Text(
            f"on {counted(quality['n_own'], 'film')} of the director's and {quality['n_others']} of others: AUROC "
            f"{quality['auroc']:.2f}, c@1 (accuracy with credit for leaving open) {quality['c_at_1']:.2f}; "
            f"{100 * quality['decided']:.0f} % decided, of these {100 * quality['right_when_decided']:.0f} % rightly"
        )
    )
    for limit in answer.limits:
        console.print(Text(f"– {limit}", style="dim"))
