"""The options that say which part of a file is the film, for every command that measures films."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from shotscale.cli.options import takes

if TYPE_CHECKING:
    from shotscale.part import PartOptions

__all__ = ["From", "To", "Whole", "takes_part"]

From = Annotated[
    str | None,
    typer.Option("--from", metavar="TIME", help="Where the film begins, after its titles: seconds, m:ss or h:mm:ss."),
]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Where it ends, before its titles.")]
Whole = Annotated[
    bool,
    typer.Option("--whole", help="Take the whole file, titles included, even if a part was chosen before."),
]
_Speed = Annotated[
    str | None,
    typer.Option(
        metavar="RATIO",
        help="How much faster the file runs than the film: pal, or a ratio such as 25/24. Times are corrected.",
    ),
]


def _read(**asked: Any) -> "PartOptions":
    from shotscale.part import PartOptions  # not needed by --help

    return PartOptions.read(**asked)


takes_part = takes(
    "part", {"begin": (From, None), "end": (To, None), "whole": (Whole, False), "speed": (_Speed, None)}, _read
)
"""Replaces a command's parameter ``part`` with the options ``--from``, ``--to``, ``--whole`` and ``--speed``."""
