"""``authorship compare``: two films' shot lengths, or the runs of scale of two codings, side by side."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from authorship.cli.options import CineScaleFolder, FilmArgument, JsonOutput, ListRate
from shotscale.cli.options import Seed, takes_part
from shotscale.cli.terminal import output_console, print_json, say_written
from shotscale.files import finite

if TYPE_CHECKING:
    from authorship.cli.lists import Teller
    from authorship.figures.drawings import Comparison
    from shotscale.film import Film
    from shotscale.part import PartOptions


@takes_part
def compare(
    first: FilmArgument,
    second: Annotated[Path, typer.Argument(metavar="B", help="A second film.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="A figure: .png, .svg or .pdf.")
    ] = None,
    confidence: Annotated[float, typer.Option(help="Confidence level of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(min=100, help="Number of bootstrap resamples of the shots.")] = 1000,
    seed: Seed = 0,
    *,
    part: "PartOptions",
    cinescale: CineScaleFolder = None,
    fps: ListRate = None,
    json_output: JsonOutput = False,
) -> None:
    """Compare two films' shot lengths: Cliff's d and the Hodges-Lehmann difference.

    Codings have no shots, so their runs of one scale are compared: the seconds
    until the scale changes. --from, --to and --speed are of both films; the part
    of one alone is saved with it by shotscale analyze.

    [bold]Examples[/bold]

      authorship compare film-a/ film-b/

      authorship compare film-a/ film-b/ -o comparison.pdf

      authorship compare --cinescale cinescale/ "La notte" Persona

    [bold]JSON[/bold]

    films; measured (shots, or runs of one scale); delta and difference (value, low, high; seconds), first against
    second, with null ends for a delta of 1 or -1 and for fewer than 8 shots; n_shots; confidence; n_resamples; seed.
    """
    from authorship.attribution.verdict import check_confidence
    from authorship.cli.codings import refuse_part
    from authorship.cli.lists import Teller
    from authorship.figures.canvas import check_format
    from authorship.figures.drawings import compare_films

    check_confidence(confidence)
    teller = Teller(fps=fps)
    refuse_part(cinescale, part)
    if output is not None:
        check_format(output)
    names, films = (
        _pair(first, second, part, teller) if cinescale is None else _coded_pair(cinescale, (str(first), str(second)))
    )
    found = compare_films(names, films, confidence=confidence, n_resamples=resamples, seed=seed)
    if output is not None:
        found.draw().save(output)
    if json_output:
        kind = "runs of one scale" if found.unit == "run" else "shots"
        print_json(finite({"films": [film.path for film in films], "measured": kind, **asdict(found.contrast)}))
        return
    _show(found)
    say_written("authorship", output)


def _pair(
    first: Path, second: Path, part: "PartOptions", teller: "Teller"
) -> "tuple[tuple[str, str], tuple[Film, Film]]":
    """Open two films."""
    from authorship.found_films import FoundFilm, name_films

    one, other = (film.name for film in name_films([FoundFilm(first), FoundFilm(second)]))
    return (one, other), (teller.film(first, part), teller.film(second, part))


def _coded_pair(cinescale: Path, asked: tuple[str, str]) -> "tuple[tuple[str, str], tuple[Film, Film]]":
    """Find two films in a folder of codings by title or file name."""
    from authorship.cinescale.films import film_from_coding, find_coded
    from authorship.cinescale.folder import read_folder

    folder = read_folder(cinescale)
    first, second = (find_coded(folder, name) for name in asked)
    return (str(first), str(second)), (film_from_coding(first.path), film_from_coding(second.path))


def _show(found: "Comparison") -> None:
    console = output_console()
    table = Table.grid(padding=(0, 2))
    for name, n in zip(found.names, found.contrast.n_shots, strict=True):
        table.add_row(Text(name, style="bold cyan"), f"{n} {found.unit}s", "")
    for what, value, span in found.rows():
        table.add_row(what, value, Text(f"{100 * found.contrast.confidence:g} % interval {span}", style="dim"))
    console.print(table)
    lengths = f"{found.unit}s"
    told = f"first against second: above 0 the first film's {lengths} are longer; {lengths} resampled one by one"
    console.print(Text(told, style="dim"))
