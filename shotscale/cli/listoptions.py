"""Options shared by all commands that read a shot list."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shotscale.cli.options import Decorator, takes
from shotscale.cli.terminal import stderr

if TYPE_CHECKING:
    from shotscale.shotlists import HowToRead

__all__ = ["takes_list", "tell"]

_OPTIONS = {
    "tier": typer.Option(metavar="NAME", help="The tier of an ELAN file that contains the shots."),
    "gaps": typer.Option(
        metavar="HOW",
        help="Gaps between shots: black (no shot, and the next one begins in the middle of it; default for an EDL), "
        "refuse (default otherwise), or out (close the gap).",
    ),
    "columns": typer.Option(
        metavar="ROLE=COLUMN,...",
        help="Columns of the table: start, end, length, cut, number, scale; by name, or by number from 1.",
    ),
    "unit": typer.Option(metavar="UNIT", help="Unit of the table's times: ms, s, min or frames (with --fps)."),
    "delimiter": typer.Option(metavar="MARK", help="Column separator: , ; | tab or space."),
    "decimal": typer.Option(metavar="MARK", help="Decimal mark: . or ,"),
}


def takes_list(fps: str) -> Decorator:
    """Replace a command's parameter ``how`` with the options on reading a list; `fps` is the help of ``--fps``."""
    options = {"fps": typer.Option(metavar="RATE", help=fps), **_OPTIONS}
    return takes("how", {name: (Annotated[str | None, option], None) for name, option in options.items()}, _read)


def _read(**asked: Any) -> "HowToRead":
    from shotscale.shotlists import how_to_read  # not needed by --help

    return how_to_read(**asked)


def tell(command: str, source: Path, *lines: str) -> None:
    """Print on stderr how a list was read and what was assumed, one line each."""
    for line in lines:
        stderr.print(f"{command}: {source}: {line}", soft_wrap=True)
