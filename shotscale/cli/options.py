"""Options that the commands of both packages share, with one wording each."""

from typing import Annotated

import typer

__all__ = ["Debug", "Seed", "Version"]


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("film-authorship"))
        raise typer.Exit


Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

Seed = Annotated[
    int, typer.Option("--seed", min=0, max=2**32 - 1, help="Random seed; the same seed gives the same result.")
]

Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, help="Print the version and exit.", is_eager=True)
]
