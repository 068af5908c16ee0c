"""Options that the commands of both packages share, with one wording each."""

from typing import Annotated

import typer

__all__ = ["Debug", "Version"]


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("film-authorship"))
        raise typer.Exit


Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, help="Print the version and exit.", is_eager=True)
]
