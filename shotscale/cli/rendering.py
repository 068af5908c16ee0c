"""Show a film's analysis on a terminal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from shotscale.numerals import counted, duration, percent
from shotscale.scales import SCALES
from shotscale.shares import Shares, share_in_words
from shotscale.summary import FEATURE_FILM, longer_film_interval, middle_half, summarize_scales, summarize_shots

if TYPE_CHECKING:
    from shotscale.film import Film

_APART = 0.02  # of the frames: the difference that rounding to whole percents may hide
_BAR = 24  # columns: with a name and a percentage, half a terminal
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def introduce(film: "Film") -> RenderableType:
    """Show the film, its shots, its scale distribution and any problems with the file."""
    return Group(
        film_heading(film.path, film.info, seconds=film.whole.extent.end),
        *section("Shots", shot_figures(film.shot_table, sensitivity=film.boundary_sensitivity)),
        *section("Shot scales", scale_bars(film.track, film.corrected_shares)),
        *about_file(film.limits),
        Text(),
    )


def about_file(limits: Sequence[str]) -> Iterable[RenderableType]:
    """Return caveats about a film's file as a titled block; nothing if there are none."""
    return section("About the file", listed(limits)) if limits else ()


def listed(sentences: Iterable[str]) -> Table:
    """Show sentences as a list, each after a dash."""
    lines = Table.grid(padding=(0, 1))
    for sentence in sentences:
        lines.add_row("–", Text(sentence))
    return lines


def film_heading(path: str, info: Mapping[str, Any], *, seconds: float) -> RenderableType:
    """Show a film's name and file information."""
    return Group(Text(PurePath(path).name or path, style="bold cyan"), Text(film_facts(info, seconds), style="dim"))


def film_facts(info: Mapping[str, Any], seconds: float) -> str:
    """Return a film's file information in one line."""
    facts = [duration(seconds)]
    if info.get("width") and info.get("height"):
        facts.append(f"{info['width']} × {info['height']}")
    if info.get("fps"):
        facts.append(f"{float(info['fps']):.3f}".rstrip("0").rstrip(".") + " fps")
    facts += [str(info[key]) for key in ("codec", "container") if info.get(key)]
    return " · ".join(facts)


def shot_figures(shots: pd.DataFrame, *, sensitivity: tuple[float, float] | None = None, given: bool = False) -> Table:
    """Show number, average, median and spread of a film's shots; parameters as for `shot_lines`."""
    figures = grid()
    for line in shot_lines(shots, sensitivity=sensitivity, given=given):
        figures.add_row(*line)
    return figures


def shot_lines(
    shots: pd.DataFrame, *, sensitivity: tuple[float, float] | None = None, given: bool = False
) -> list[tuple[str, str, str]]:
    """Return number, average, median and spread of a film's shots: name, figure and remark of each.

    `sensitivity` is the range of averages (seconds), depending on which doubtful boundaries are real; `given` says that
    the shots are those of a list, which tells no kinds of boundaries if all are cuts.
    """
    summary: Mapping[str, Any] = summarize_shots(shots)
    n, average, median = (summary[key] for key in ("n_shots", "average_shot_length", "median_shot_length"))
    first, *more = average_notes(average, n, sensitivity) or [""]
    told = {} if given and summary["kinds"].keys() <= {"start", "cut"} else summary["kinds"]
    kinds = ", ".join(f"{count:,} by {kind}" for kind, count in told.items() if kind != "start")
    rate = f"{60 / average:.1f} per minute"
    cv = summary["coefficient_of_variation"]
    spread = "undefined for one shot" if cv is None else f"standard deviation {summary['shot_length_sd']:.2f} s"
    low, high = middle_half(shots)
    return [
        ("number", f"{n:,}", f"{rate}; {kinds}" if kinds else rate),
        ("average (ASL)", f"{average:.2f} s", first),
        *(("", "", note) for note in more),
        ("median (MSL)", f"{median:.2f} s", f"{median / average:.2f} of the average"),
        ("variation (CV)", "–" if cv is None else f"{cv:.2f}", spread),
        ("middle half", f"{low:.2f} s", f"to {high:.2f} s: a spread that no single long take moves"),
        ("range", f"{summary['shortest_shot']:.2f} s", f"to {summary['longest_shot']:.2f} s"),
    ]


def average_notes(average: float, n_shots: int, sensitivity: tuple[float, float] | None) -> list[str]:
    """Return how uncertain an average shot length is, in the two senses that have a figure.

    Examples
    --------
    >>> average_notes(4.0, 100, (3.9, 4.2))[1]
    '2.70 to 7.40 s for a longer film of which this is a part (95 %)'
    """
    notes = []
    if sensitivity is not None and n_shots > 1:
        notes.append(f"{sensitivity[0]:.2f} to {sensitivity[1]:.2f} s as doubtful boundaries are real or not")
    longer = longer_film_interval(average, n_shots)
    if longer is not None and average * n_shots < FEATURE_FILM:
        notes.append(f"{longer[0]:.2f} to {longer[1]:.2f} s for a longer film of which this is a part (95 %)")
    return notes


def scale_bars(track: pd.DataFrame | None, corrected: Shares | None = None) -> RenderableType:
    """Show the share of each scale, or of each group if the network predicts only groups, as bars.

    Corrected shares with their intervals (`shotscale.shares`) are shown beside them.
    """
    if track is None:
        return Text("not measured: only a shot table was given", style="dim")
    summary: Mapping[str, Any] = summarize_scales(track)
    groups, scales = summary["groups"], summary["scales"]
    if groups is None:
        return Text("no frame has a scale", style="dim")
    bars = grid()
    names = {scale.abbreviation: f"{scale.abbreviation:<4}{scale.name.replace('_', ' ').lower()}" for scale in SCALES}
    if corrected is not None:
        bars.add_row("", Text("share", style="dim"), Text("corrected (95 %)", style="dim"))
    for name, share in (scales or groups).items():
        beside = () if corrected is None else (Text(share_in_words(corrected["scales"][name]), style="dim"),)
        bars.add_row(names.get(name, name), percent(share), *beside, Text(bar(share), style="blue"))
    if scales is None:
        return bars
    lines = [f"{_line(groups, percent)}   ({counted(summary['n_frames'], 'frame')})"]
    sums = {name: sum(scales[one.abbreviation] for one in SCALES if str(one.group) == name) for name in groups}
    if any(abs(groups[name] - share) > _APART for name, share in sums.items()):
        lines.append("a frame's likeliest group need not be that of its likeliest scale")
    if corrected is not None:
        shares = _line(corrected["groups"], share_in_words)
        lines.append(f"corrected for the network's errors, with 95 % intervals: {shares}")
    return Group(bars, *(Text(line, style="dim") for line in lines))


def _line(shares: Mapping[str, Any], text: Callable[[Any], str]) -> str:
    return " · ".join(f"{name} {text(share)}" for name, share in shares.items())


def section(title: str, body: RenderableType) -> Iterable[RenderableType]:
    """Return a titled, indented block."""
    return Text(""), Text(title, style="bold"), Padding(body, (0, 0, 0, 2))


def grid() -> Table:
    """Return a table without rules: a name, a right-aligned figure, and anything else."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=False)
    table.add_column(justify="right", no_wrap=True)
    return table


def bar(share: float, *, width: int = _BAR) -> str:
    """Draw a share between 0 and 1 in eighths of a character.

    Examples
    --------
    >>> bar(0.5, width=4), bar(0.03, width=4), bar(0.0, width=4)
    ('██', '▏', '')
    """
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")
