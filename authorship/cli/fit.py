"""``authorship fit``: fit your own reference."""

from pathlib import Path
from typing import Annotated

import typer

from authorship.cli.options import CineScaleFolder, Joins, ListRate, OutputFolder, ShotTables
from shotscale.cli.terminal import stdout
from shotscale.errors import OptionError
from shotscale.numerals import counted


def fit(
    output: OutputFolder,
    corpus: Annotated[
        Path | None,
        typer.Argument(
            metavar="[CORPUS]",
            help="A store, a folder of saved analyses with a manifest films.csv, a table of features, or a "
            "table of shots with film and director in each row (CSV, .xlsx).",
            show_default=False,
        ),
    ] = None,
    label: Annotated[
        str, typer.Option(metavar="COLUMN", help="The column to predict: director, period, country ...")
    ] = "director",
    cinescale: CineScaleFolder = None,
    joins: Joins = False,
    shots: ShotTables = None,
    fps: ListRate = None,
) -> None:
    """Make a reference from films whose director (or period, country ...) is known.

    The folder contains two plain files: films.csv, one row per film, and
    reference.json, the model's numbers with version and checksum.

    A reference made from CineScale's codings classifies four kinds of input: cut
    times, by the built-in table of shot lengths; codings, by scale as people
    code it; shot lists with scales, and films, by both together. For films the
    codings are first passed through the network's measured errors. --shots gives
    the films' shot lengths in films.csv, which benchmark uses; the models are
    fitted to the published ones all the same.

    [bold]Examples[/bold]

      authorship fit analyzed/ -o reference/

      authorship fit features.csv -o reference/ --label country

      authorship fit shot-lengths.xlsx -o reference/

      authorship fit --cinescale cinescale/ -o reference/

      authorship classify film.mkv --reference reference/
    """
    import pandas as pd

    from authorship.cli.codings import needs_cinescale, read_codings
    from authorship.cli.lists import Teller
    from authorship.own_reference import fit_codings, fit_reference, is_film_table
    from authorship.reference.table import read_table
    from shotscale.cli.terminal import film_progress

    teller = Teller(fps=fps)
    needs_cinescale(cinescale, shots=shots, joins=joins)
    if (corpus is None) == (cinescale is None):
        raise OptionError("a reference needs exactly one corpus; name it, or a folder of codings with --cinescale")
    if cinescale is not None:
        table, codings, found = read_codings(cinescale, shots=shots, joins=joins)
        said = found.notes
        with film_progress("as measured") as progress:
            reference = fit_codings(table, codings, output, source=cinescale, progress=progress)
    else:
        assert corpus is not None
        said = ()
        films: pd.DataFrame = (
            teller.corpus(corpus, label) if corpus.is_dir() or is_film_table(corpus) else read_table(corpus)
        )
        reference = fit_reference(films, output, label=label, source=corpus)
    stdout.print(f"{output}: {counted(len(reference.labels), 'film')}")
    for candidate in reference.candidates:
        stdout.print(f"  {candidate}: {counted(reference.count(candidate), 'film')}")
    for basis in reference.bases.values():
        stdout.print(f"answers by {' and '.join(basis.parts)}: {counted(len(basis.features), 'feature')}")
    for note in reference.notes:
        if note not in said:
            stdout.print(note)
    teller.exit()
