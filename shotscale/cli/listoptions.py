"""The options of every command that reads a shot list, with one wording each."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, TypedDict

import typer

from shotscale.cli.terminal import stderr

__all__ = ["Columns", "Decimal", "Delimiter", "Gaps", "HowToRead", "Tier", "Unit", "how_to_read", "tell"]

Tier = Annotated[str | None, typer.Option(metavar="NAME", help="The tier of an ELAN file that holds the shots.")]
Gaps = Annotated[
    str | None,
    typer.Option(
        metavar="HOW",
        help="Gaps between shots: black (no shot; the next begins in its middle; so in an EDL), refuse (so elsewhere), "
        "or out (black, too: what follows moves up).",
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="ROLE=COLUMN,...",
        help="A table's columns: start, end, length, cut, number, scale; by name, or by number from 1.",
    ),
]
Unit = Annotated[
    str | None, typer.Option(metavar="UNIT", help="What a table's numbers count: ms, s, min or frames (with --fps).")
]
Delimiter = Annotated[
    str | None, typer.Option(metavar="MARK", help="What separates a table's columns: , ; | tab or space.")
]
Decimal = Annotated[str | None, typer.Option(metavar="MARK", help="What separates decimals: . or ,")]


class HowToRead(TypedDict):
    """What `shotscale.shotlists.read_shotlist` may be told."""

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
    """Check the options and give them as `read_shotlist` takes them.

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
    """Say on stderr how a list was read, in one line, and what was taken for granted."""
    for line in (understood, *notes):
        stderr.print(f"{command}: {source}: {line}", soft_wrap=True)
