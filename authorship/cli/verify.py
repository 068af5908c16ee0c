"""``authorship verify``: verify whether a film is by a given director."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from authorship.cli.options import FilmArgument, JsonOutput, Label, ListRate, ReferenceOption, Weights
from shotscale.cli.options import Seed, takes_part
from shotscale.cli.terminal import output_console, print_json

if TYPE_CHECKING:
    from authorship.verification import Verification
    from shotscale.part import PartOptions


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
    fps: ListRate = None,
    seed: Seed = 0,
    json_output: JsonOutput = False,
) -> None:
    """Verify whether a film is by a given director: yes, no or undecided (imposters method).

    [bold]Examples[/bold]

      authorship verify film.mkv --director "Béla Tarr"

      authorship verify film/ --director "Agnès Varda" --reference mine.csv --json

    [bold]JSON[/bold]

    path, director, verdict, score (share of draws won, 0.5 is chance), gray_zone,
    typicality (share of the director's films at least as far from the others),
    quality (auroc, c_at_1, decided, right_when_decided, own_refused,
    strangers_accepted ...), limits.
    """
    from authorship.cli.lists import Teller
    from authorship.verification import make_verifier

    teller = Teller(fps=fps)
    verifier = make_verifier(director, reference, label=label, distractors=distractors, seed=seed)
    answer = verifier.verify(teller.film(film, part, weights=weights, notes=False))  # they are limits of the answer
    if json_output:
        print_json(verifier.to_json(answer))
        return
    _show(answer)


def _show(answer: "Verification") -> None:
    console = output_console()
    style = {"yes": "bold green", "no": "bold magenta"}.get(answer.verdict, "bold yellow")
    console.print(Text(Path(answer.path).name, style="bold cyan"))
    console.print(Text(f"by {answer.candidate}? "), Text(answer.verdict, style=style))
    for words in answer.in_words():
        console.print(Text(words))
    for limit in answer.limits:
        console.print(Text(f"– {limit}", style="dim"))
