"""``authorship export``: measured films as tables for statistical software."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from authorship.cli.options import CineScaleFolder, Formats, Joins, ListRate, OutputFolder
from shotscale.cli.options import takes_part
from shotscale.errors import OptionError

if TYPE_CHECKING:
    from authorship.export.collection import Collection
    from shotscale.part import PartOptions


@takes_part
def export(
    output: OutputFolder,
    films: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILM...]",
            help="Stores, saved analyses, folders of them, shot lists, films. A folder's films.csv adds columns.",
            show_default=False,
        ),
    ] = None,
    *,
    part: "PartOptions",
    cinescale: CineScaleFolder = None,
    joins: Joins = False,
    fps: ListRate = None,
    formats: Formats = "csv",
    tables: Annotated[
        str | None,
        typer.Option("--table", "-t", metavar="A,B,...", help="features, shots, scales; default: all three."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files of an earlier export.")] = False,
) -> None:
    """Write features, shots and scale tracks for SPSS, Stata, R, Weka, Excel ...

    Tidy tables: features, one row per film; shots, one row per shot; scales, one
    row per sample. codebook.csv describes every variable; .sav, .dta and .R also
    carry the labels. The columns from, to and speed of a folder's films.csv say
    of each film what the options say of all.

    [bold]Examples[/bold]

      authorship export analyzed/ -o tables/

      authorship export analyzed/ -o tables/ --format sav,dta --table features

      authorship export film-a/ film-b/ -o tables/ --format all --overwrite

      authorship export --cinescale cinescale/ -o tables/ --format sav
    """
    from authorship.cli.codings import needs_cinescale, refuse_part
    from authorship.cli.lists import Teller
    from authorship.export import FORMATS, choose_formats, choose_tables, collect_films, export_films
    from shotscale.cli.terminal import film_progress, stderr, stdout

    needs_cinescale(cinescale, joins=joins)
    refuse_part(cinescale, part)
    if bool(films) == (cinescale is not None):
        raise OptionError(
            "an export needs either films or codings; name films, or a folder of codings with --cinescale"
        )
    report = stderr.print if stderr.is_terminal else None
    names = list(FORMATS) if formats.strip().lower() == "all" else formats.split(",")
    chosen = None if tables is None else choose_tables(name.strip() for name in tables.split(","))
    choose_formats(names)  # fail before any film is opened
    teller = Teller(fps=fps)
    collection = (
        _coded(cinescale, joins=joins)
        if cinescale is not None
        else collect_films(
            films or (), part=part, fps=teller.fps, report=report, opened=teller.tell, on_error=teller.on_error
        )
    )
    with film_progress("films") as progress:
        written = export_films(
            collection,
            output,
            formats=names,
            tables=chosen,
            overwrite=overwrite,
            progress=progress,
        )
    for file in written:
        stdout.print(f"{file.path}: {file.size}")
    teller.exit()


def _coded(cinescale: Path, *, joins: bool) -> "Collection":
    """Collect the films of a folder of codings, with their metadata."""
    import pandas as pd

    from authorship.cinescale.films import films_of
    from authorship.cli.codings import read_codings
    from authorship.export.collection import CollectedFilm, Collection

    table, codings, found = read_codings(cinescale, joins=joins)
    films = [CollectedFilm(coded.film_id, coded.path, film) for coded, film in films_of(found, codings.join)]
    facts: pd.DataFrame = table[["director", "title", "year", "black_and_white"]].astype(object)
    return Collection(films, facts)
