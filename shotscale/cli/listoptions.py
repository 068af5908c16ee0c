"""Options shared by all commands that read a shot list."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, TypedDict

import typer

from shotscale.cli.terminal import stderr

__all__ = ["Columns", "Decimal", "Delimiter", "Gaps", "HowToRead", "Tier", "Unit", "how_to_read", "tell"]

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


class HowToRead(TypedDict):
    """Options of `shotscale.shotlists.read_shotlist`."""

    fps: Fraction | None
    tier: str | None
    gaps: str | None
    columns: dict[str, str]
    unit: str | None
    delimiter: str | None
    decimal: str | None


def how_to_read(
    *,
    fps: str | None,
    tier: str | None,
    gaps: str | None,
    columns: str | None,
    unit: str | None,
    delimiter: str | None,
    decimal: str | None,
) -> HowToRead:
    """Check the options and return them as arguments of `read_shotlist`.

    Raises
    ------
    OptionError
        With the invalid value.
    """
    from shotscale.shotlists import parse_fps
    from shotscale.shotlists.columns import parse_columns

    return {
        "fps": parse_fps(fps) if fps is not None else None,
        "tier": tier,
        "gaps": gaps,
        "columns": parse_columns(columns),
        "unit": unit,
        "delimiter": delimiter,
        "decimal": decimal,
    }


def tell(command: str, source: Path, understood: str, notes: tuple[str, ...] = ()) -> None:
    """Print one line on stderr: how a list was read and what was assumed."""
    for line in (understood, *notes):
        stderr.print(f"{command}: {source}: {line}", soft_wrap=True)
