"""``authorship fit``: a reference of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from authorship.cli.options import Debug, OutputFolder, ShotTables
from shotscale.errors import OptionError
from shotscale.terminal import stdout

__all__ = ["fit"]


def fit(
    corpus: Annotated[
        Path,
        typer.Argument(
            metavar="CORPUS",
            help="A store, a folder of saved analyses with a manifest films.csv, a table of features (CSV), or with "
            "--cinescale a folder of annotations.",
            show_default=False,
        ),
    ],
    output: OutputFolder,
    label: Annotated[
        str, typer.Option(metavar="COLUMN", help="What to tell apart: director, period, country ...")
    ] = "director",
    cinescale: Annotated[
        bool, typer.Option("--cinescale", help="CORPUS is a folder of CineScale's year_director_-_title.csv.")
    ] = False,
    shots: ShotTables = None,
    debug: Debug = False,  # noqa: ARG001 - read by main
) -> None:
    """Make a reference from films whose director (or period, country ...) is known.

    The folder holds two plain files: films.csv, a row a film, and
    reference.json, the model's numbers with version and checksum.

    [bold]Examples[/bold]

      authorship fit analysed/ -o reference/

      authorship fit features.csv -o reference/ --label country

      authorship fit annotations/ --cinescale -o reference/

      authorship classify film.mkv --reference reference/
    """
    import pandas as pd

    from authorship.corpus import fit_reference, read_cinescale, read_corpus
    from authorship.reference import read_table

    if shots is not None and not cinescale:
        raise OptionError(f"{shots}: shot tables go with annotations; add --cinescale or leave out --shots")
    table: pd.DataFrame
    if cinescale:
        table, n_lengths = read_cinescale(corpus, shots=shots)
        stdout.print(f"{corpus}: {len(table)} annotated films, {n_lengths} of them with shot lengths")
    else:
        table = read_corpus(corpus, label=label) if corpus.is_dir() else read_table(corpus)
    reference = fit_reference(table, output, label=label)
    stdout.print(f"{output}: {len(reference.labels)} films, {len(reference.modelled)} features")
    for candidate in reference.candidates:
        stdout.print(f"  {candidate}: {reference.count(candidate)} films")
    for note in reference.notes:
        stdout.print(note)
