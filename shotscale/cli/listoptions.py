"""Options shared by all commands that read a shot list."""

from pathlib import Path
from typing import Annotated

import typer

from shotscale.cli.terminal import stderr

__all__ = ["Columns", "Decimal", "Delimiter", "Gaps", "Tier", "Unit", "tell"]

Tier = Annotated[str | None, typer.Option(metavar="NAME", help="The tier of an ELAN file that contains the shots.")]
Gaps = Annotated[
    str | None,
    typer.Option(
        metavar="HOW",
        help="Gaps between shots: black (no shot, and the next one begins in the middle of it; default for an EDL), "
        "refuse (default otherwise), or out (close the gap).",
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="ROLE=COLUMN,...",
        help="Columns of the table: start, end, length, cut, number, scale; by name, or by number from 1.",
    ),
]
Unit = Annotated[
    str | None, typer.Option(metavar="UNIT", help="Unit of the table's times: ms, s, min or frames (with --fps).")
]
Delimiter = Annotated[str | None, typer.Option(metavar="MARK", help="Column separator: , ; | tab or space.")]
Decimal = Annotated[str | None, typer.Option(metavar="MARK", help="Decimal mark: . or ,")]


def tell(command: str, source: Path, *lines: str) -> None:
    """Print on stderr how a list was read and what was assumed, one line each."""
    for line in lines:
        stderr.print(f"{command}: {source}: {line}", soft_wrap=True)
