"""The options that say which part of a file is the film, with one wording each."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shotscale.part import PartOptions

__all__ = ["From", "Speed", "To", "part_options"]

From = Annotated[
    str | None,
    typer.Option("--from", metavar="TIME", help="Where the film begins, after its titles: seconds, m:ss or h:mm:ss."),
]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Where it ends, before its titles.")]
Speed = Annotated[
    str | None,
    typer.Option(
        metavar="RATIO",
        help="How much faster the file runs than the film: pal, or a ratio such as 25/24. Times are corrected.",
    ),
]


def part_options(*, begin: str | None, end: str | None, speed: str | None) -> "PartOptions":
    """Check the options; `OptionError` says which is wrong."""
    from shotscale.part import PartOptions

    return PartOptions.read(begin=begin, end=end, speed=speed)
