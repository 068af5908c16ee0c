"""The command that applies a scale network to still images."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shotscale.cli.options import Weights
from shotscale.cli.terminal import film_progress, report_error, stdout
from shotscale.errors import UserError
from shotscale.numerals import counted

if TYPE_CHECKING:
    import pandas as pd


def predict(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Images, or folders to search for them.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="CSV to write.")] = None,
    weights: Weights = None,
) -> None:
    """Predict the shot scale of still images.

    The exit status is 2 if an image could not be read; the other images' scales are still written.

    Example: shotscale predict stills/ -o scales.csv
    """
    from shotscale.network.predict import predict_images
    from shotscale.network.weights import load_model

    errors: list[UserError] = []
    with film_progress("images") as progress:
        table = predict_images(images, load_model(weights), on_error=errors.append, progress=progress)
    for error in errors:
        report_error("shotscale", error)
    _show_stills(table, output)
    if errors:
        raise typer.Exit(2)


def _show_stills(table: "pd.DataFrame", output: Path | None) -> None:
    from shotscale.tables import write_table

    if output is not None:
        write_table(table, output)
        counts = table["group"].value_counts().reindex(["close", "medium", "long"], fill_value=0)
        stdout.print(
            f"{output}: {counted(len(table), 'image')}: " + ", ".join(f"{n} {name}" for name, n in counts.items())
        )
        return
    for row in table.to_dict("records"):
        likeliest = max(row["p_close"], row["p_medium"], row["p_long"])
        typer.echo(f"{row['file']}\t{row['scale'] or row['group']}\t{likeliest:.2f} {row['group']}")
