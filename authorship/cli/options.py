"""Arguments and options shared by several commands."""

from pathlib import Path
from typing import Annotated

import typer

FilmArgument = Annotated[
    Path,
    typer.Argument(metavar="FILM", help="A film, a folder that --save wrote or a shot table.", show_default=False),
]

AskedFilms = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[FILM...]",
        help="Films to draw among the known ones: stores, folders of saved analyses, shot tables or videos.",
        show_default=False,
    ),
]

ReferenceOption = Annotated[
    Path | None,
    typer.Option(
        "--reference",
        metavar="TABLE_OR_FOLDER",
        help="Films by known directors; default: 94 features by six directors.",
    ),
]

Label = Annotated[str, typer.Option("--label", metavar="COLUMN", help="The column that names the candidates.")]

Figure = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The figure: .png, .svg or .pdf.")]

OutputFolder = Annotated[
    Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write.", show_default=False)
]

Formats = Annotated[
    str, typer.Option("--format", "-f", metavar="A,B,...", help="csv, parquet, xlsx, sav, dta, arff, r; or all.")
]

CineScaleFolder = Annotated[
    Path | None,
    typer.Option(
        "--cinescale",
        metavar="DIR",
        help="CineScale's codings as published: one folder per director, and list.csv.",
        show_default=False,
    ),
]

Joins = Annotated[
    bool,
    typer.Option(
        "--joins", help="With --cinescale: list which coding was matched with which film of the shot-length table."
    ),
]

ShotTables = Annotated[
    Path | None,
    typer.Option(
        "--shots",
        metavar="DIR",
        help="With --cinescale: the films' own analyses or shot tables, with the same names as the annotations.",
    ),
]

ListRate = Annotated[
    str | None,
    typer.Option("--fps", metavar="RATE", help="Frames per second, of numbered pictures or of shot lists in frames."),
]

Weights = Annotated[
    Path | None, typer.Option("--weights", metavar="FILE", help="Weights of a scale network (safetensors).")
]

JsonOutput = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")]
