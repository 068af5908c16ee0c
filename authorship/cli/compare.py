"""``authorship compare``: two films' shot lengths, or the runs of scale of two codings, side by side."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from authorship.cli.options import CineScaleFolder, Debug, FilmArgument, JsonOutput
from shotscale.cli.part import takes_part
from shotscale.cli.terminal import output_console, print_json

if TYPE_CHECKING:
    from authorship.comparison.contrast import Contrast
    from authorship.film import Film
    from shotscale.part import PartOptions

__all__ = ["compare"]


@takes_part
def compare(
    first: FilmArgument,
    second: Annotated[Path, typer.Argument(metavar="B", help="A second film.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="A figure: .png, .svg or .pdf.")
    ] = None,
    confidence: Annotated[float, typer.Option(help="Confidence level of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(min=100, help="Number of bootstrap resamples of the shots.")] = 1000,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    *,
    part: "PartOptions",
    cinescale: CineScaleFolder = None,
    json_output: JsonOutput = False,
    debug: Debug = False,  # noqa: ARG001 - read by main
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
    second; n_shots; confidence; n_resamples; seed.
    """
    from authorship.attribution.verdict import check_confidence
    from authorship.comparison.contrast import contrast_films, lengths_to_compare
    from authorship.figures.canvas import check_format, save_figure
    from authorship.figures.comparison import draw_comparison
    from authorship.opening import name_films, open_film

    check_confidence(confidence)
    if output is not None:
        check_format(output)
    if cinescale is not None:
        names, films = _coded_pair(cinescale, (str(first), str(second)))
    else:
        paths = (first, second)
        films = (open_film(first, part=part), open_film(second, part=part))
        named = name_films(list(dict.fromkeys(paths)))
        names = (named[first], named[second])
    unit, pair = lengths_to_compare(names, films)
    contrast = contrast_films(*pair, confidence=confidence, n_resamples=resamples, seed=seed)
    if output is not None:
        title = f"{unit.capitalize()} lengths of {names[0]} and {names[1]}"
        figure = draw_comparison(names, pair, contrast, what=unit)
        save_figure(figure, output, title=title, description=_in_words(contrast, unit))
    if json_output:
        kind = "runs of one scale" if unit == "run" else "shots"
        document = {"films": [film.path for film in films], "measured": kind, **asdict(contrast)}
        print_json(document)
    else:
        _show(names, contrast, unit)


def _coded_pair(cinescale: Path, asked: tuple[str, str]) -> "tuple[tuple[str, str], tuple[Film, Film]]":
    """Find two films in a folder of codings by title or file name."""
    from authorship.cinescale.films import film_from_coding, find_coded
    from authorship.cinescale.folder import read_folder

    folder = read_folder(cinescale)
    first, second = (find_coded(folder, name) for name in asked)
    return (str(first), str(second)), (film_from_coding(first.path), film_from_coding(second.path))


def _show(names: tuple[str, str], contrast: "Contrast", lengths_of: str) -> None:
    console = output_console()
    table = Table.grid(padding=(0, 2))
    for name, n in zip(names, contrast.n_shots, strict=True):
        table.add_row(Text(name, style="bold cyan"), f"{n} {lengths_of}s", "")
    level = f"{100 * contrast.confidence:g} % interval"
    for what, row, unit in (
        ("Cliff's d", contrast.delta, ""),
        ("Hodges-Lehmann difference", contrast.difference, " s"),
    ):
        span = f"{level} {row.low:.2f} to {row.high:.2f}{unit}".replace("-", "−")
        table.add_row(what, f"{row.value:.2f}{unit}".replace("-", "−"), Text(span, style="dim"))
    console.print(table)
    console.print(
        Text(
            f"first against second: above 0 the first film's {lengths_of}s are longer; {lengths_of}s resampled one by "
            "one",
            style="dim",
        )
    )


def _in_words(contrast: "Contrast", unit: str) -> str:
    delta, difference = contrast.delta, contrast.difference
    return (
        f"Quantile profiles and densities of {unit} length. Cliff's d {delta.value:.3f} ({delta.low:.3f} to "
        f"{delta.high:.3f}), Hodges-Lehmann difference {difference.value:.3f} s ({difference.low:.3f} to "
        f"{difference.high:.3f}), {100 * contrast.confidence:g} % bootstrap intervals."
    )
