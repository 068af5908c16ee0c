"""What a person sees of a film's analysis on a terminal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from shotscale.scales import ShotScale
from shotscale.summary import summarize_scales, summarize_shots

if TYPE_CHECKING:
    from shotscale.analysis import FilmAnalysis

__all__ = ["bars", "clock", "introduce", "introduce_shots", "sentences"]

_BAR_WIDTH = 36


def introduce(analysis: "FilmAnalysis") -> RenderableType:
    """Show what the film is, its shots and its scale distribution."""
    return Group(_film_line(analysis), introduce_shots(analysis.shots), Text(), *_scales(analysis))


def clock(seconds: float) -> str:
    """Write a duration as a film scholar does.

    Examples
    --------
    >>> clock(7265.4), clock(52.2)
    ('2:01:05', '0:52')
    """
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def bars(shares: Mapping[str, float], *, names: Mapping[str, str] | None = None) -> Table:
    """Draw shares of one (0 to 1) as bars with their percentages, one row each."""
    table = Table.grid(padding=(0, 2))
    longest = max(shares.values(), default=0.0) or 1.0
    for key, share in shares.items():
        bar = "█" * round(_BAR_WIDTH * share / longest)
        label = [Text(key), Text(names[key], style="dim")] if names is not None else [Text(key)]
        table.add_row(*label, Text(f"{share:6.1%}", justify="right"), Text(bar, style="cyan"))
    return table


def sentences(title: str, lines: list[str]) -> list[RenderableType]:
    """Show a titled list of sentences, or nothing when there are none."""
    if not lines:
        return []
    grid = Table.grid(padding=(0, 1))
    for line in lines:
        grid.add_row(Text(" -"), Text(line))
    return [Text(), Text(title, style="bold"), grid]


def _film_line(analysis: "FilmAnalysis") -> Text:
    film = analysis.film
    facts = [clock(film["duration"]), f"{film['width']} x {film['height']}"]
    if film["fps"]:
        facts.append(f"{film['fps']:.5g} fps")
    facts.append(str(film["codec"]))
    name = str(film["path"]).rsplit("/", 1)[-1]
    return Text.assemble((name, "bold"), "  ", ", ".join(facts))


def introduce_shots(table: pd.DataFrame) -> Text:
    """Show number, average, median and spread of a film's shots."""
    shots = summarize_shots(table)
    spread = shots["coefficient_of_variation"]
    kinds = shots["kinds"]
    assert isinstance(kinds, dict)
    found = ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in kinds.items() if kind != "start")
    figures = (
        f"{shots['n_shots']} shot{'s' if shots['n_shots'] != 1 else ''}"
        f"   average {shots['average_shot_length']:.2f} s (ASL)"
        f"   median {shots['median_shot_length']:.2f} s (MSL)"
        f"   variation {'-' if spread is None else format(spread, '.2f')} (CV)"
    )
    return Text(f"{figures}\n{found}" if found else figures)


def _scales(analysis: "FilmAnalysis") -> list[RenderableType]:
    summary = summarize_scales(analysis.scales)
    shares = summary["scales"]
    if not isinstance(shares, Mapping):
        shares = summary["groups"]
        return [bars(shares)] if isinstance(shares, Mapping) else []
    names = {key: ShotScale.from_abbreviation(key).name.replace("_", " ").lower() for key in shares}
    return [Text("Shot scale, share of the frames", style="bold"), bars(shares, names=names)]
