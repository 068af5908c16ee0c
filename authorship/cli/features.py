"""``authorship features``: the codebook, and a table of films."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from authorship.cli.options import CineScaleFolder, Joins, ListRate
from shotscale.cli.options import takes_part
from shotscale.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

    from shotscale.part import PartOptions


@takes_part
def features(
    films: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILM...",
            help="Stores, folders of saved analyses, films, or shot tables (CSV, .xlsx) of one film or several.",
            show_default=False,
        ),
    ] = None,
    codebook: Annotated[
        bool, typer.Option("--list", help="Print every feature with unit, group, definition and source.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the table here instead of stdout.")
    ] = None,
    *,
    part: "PartOptions",
    cinescale: CineScaleFolder = None,
    joins: Joins = False,
    fps: ListRate = None,
) -> None:
    """Measure films: a CSV with one row per film and one column per feature.

    [bold]Examples[/bold]

      authorship features --list

      authorship features analyzed/ -o features.csv

      authorship features film-a/shots.csv film-b/shots.csv

      authorship features lengths.xlsx -o features.csv

      authorship features --cinescale cinescale/ -o features.csv
    """
    if codebook:
        _print_codebook(output)
        return
    if not films and cinescale is None:
        raise OptionError("no film: nothing to measure; name films, or print the codebook with --list")
    from authorship.cli.codings import needs_cinescale, read_codings, refuse_part
    from authorship.cli.lists import Teller
    from authorship.features import measure_films

    needs_cinescale(cinescale, joins=joins)
    refuse_part(cinescale, part)
    teller = Teller(fps=fps)
    tables = [measure_films(teller.films(films, part))] if films else []
    if cinescale is not None:
        coded = read_codings(cinescale, joins=joins)[0].set_index("film_id")
        tables.append(coded if not films else coded[tables[0].columns])
    _print_table(tables, output)
    teller.exit()


def _print_codebook(output: Path | None) -> None:
    import pandas as pd

    from authorship.features import CODEBOOK
    from shotscale.cli.terminal import data_stdout, output_console, say_written
    from shotscale.tables import write_table

    columns = ["name", "group", "unit", "definition", "reference"]
    if output is None and sys.stdout.isatty():
        console = output_console(markup=False)
        for feature in CODEBOOK.values():
            console.print(f"{feature.name}  [{feature.unit}] {feature.group}", style="bold")
            console.print(f"    {feature.definition}", f"\n    {feature.reference}", style="dim")
        return
    table = pd.DataFrame([{column: getattr(feature, column) for column in columns} for feature in CODEBOOK.values()])
    if output is None:
        table.to_csv(data_stdout(), index=False)
        return
    write_table(table, output)
    say_written("authorship", output)


def _print_table(tables: "list[pd.DataFrame]", output: Path | None) -> None:
    import pandas as pd

    from shotscale.cli.terminal import data_stdout, say_written
    from shotscale.formulas import formula_safe
    from shotscale.tables import write_table

    table = pd.concat(tables)
    table.index = table.index.map(formula_safe)
    if output is None:
        table.to_csv(data_stdout(), float_format="%.6g")
        return
    write_table(table, output, index=True, float_format="%.9g")
    say_written("authorship", output)
