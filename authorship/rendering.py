"""An attribution on the terminal: what a scholar reads first, in that order."""

from collections.abc import Iterable, Mapping
from math import isnan
from pathlib import PurePath
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from authorship.attribution import NONE_OF_THESE, UNDECIDED, Attribution, Attributor
from authorship.features import CODEBOOK
from shotscale.scales import SCALES
from shotscale.summary import summarize_scales, summarize_shots

__all__ = ["bar", "print_attribution", "render_attribution"]

_BAR = 24
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_MOST_FEATURES = 8


def print_attribution(attribution: Attribution, attributor: Attributor, console: Console) -> None:
    """Print one answer."""
    console.print(render_attribution(attribution, attributor))


def render_attribution(attribution: Attribution, attributor: Attributor) -> RenderableType:
    """Lay one answer out for a terminal of any width.

    Parameters
    ----------
    attribution : Attribution
    attributor : Attributor
        What answered, for the reference's facts.
    """
    return Group(
        _heading(attribution),
        *_section("Shots", _shots(attribution)),
        *_section("Shot scales", _scales(attribution)),
        *_section("Candidates", _candidates(attribution, attributor)),
        *_section("Verdict", _verdict(attribution)),
        *_section("For and against", _contributions(attribution)),
        *_section("Among each candidate's films", _standings(attribution)),
        *_section("Nearest films", _neighbours(attribution)),
        *_section("What limits this answer", _limits(attribution)),
        Text(""),
    )


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


def _section(title: str, body: RenderableType) -> Iterable[RenderableType]:
    yield Text("")
    yield Text(title, style="bold")
    yield Padding(body, (0, 0, 0, 2))


def _heading(attribution: Attribution) -> RenderableType:
    info = attribution.film.info
    name = Text(PurePath(attribution.film.path).name or attribution.film.path, style="bold cyan")
    facts = [_duration(attribution.features["running_time"])]
    if info.get("width") and info.get("height"):
        facts.append(f"{info['width']} × {info['height']}")
    if info.get("fps"):
        facts.append(f"{float(info['fps']):.3f}".rstrip("0").rstrip(".") + " fps")
    facts += [str(info[key]) for key in ("codec", "container") if info.get(key)]
    return Group(name, Text(" · ".join(facts), style="dim"))


def _shots(attribution: Attribution) -> RenderableType:
    summary: Mapping[str, Any] = summarize_shots(attribution.film.shots)
    low, high = attribution.average_interval
    grid = _grid()
    kinds = ", ".join(f"{n} by {kind}" for kind, n in summary["kinds"].items() if kind != "start")
    n = summary["n_shots"]
    grid.add_row(
        "number", f"{n}", f"{attribution.features['cutting_rate']:.1f} a minute" + (f"; {kinds}" if kinds else "")
    )
    grid.add_row(
        "average (ASL)",
        f"{summary['average_shot_length']:.2f} s",
        f"95 % interval {low:.2f} to {high:.2f} s" if n > 1 else "",
    )
    grid.add_row(
        "median (MSL)",
        f"{summary['median_shot_length']:.2f} s",
        f"{attribution.features['median_to_mean']:.2f} of the average",
    )
    cv = summary["coefficient_of_variation"]
    spread = "undefined for one shot" if cv is None else f"standard deviation {summary['shot_length_sd']:.2f} s"
    grid.add_row("variation (CV)", "–" if cv is None else f"{cv:.2f}", spread)
    grid.add_row("range", f"{summary['shortest_shot']:.2f} s", f"to {summary['longest_shot']:.2f} s")
    return grid


def _scales(attribution: Attribution) -> RenderableType:
    if attribution.film.scales is None:
        return Text("not measured: only a shot table was given", style="dim")
    summary: Mapping[str, Any] = summarize_scales(attribution.film.scales)
    grid = _grid()
    names = {scale.abbreviation: scale.name.replace("_", " ").lower() for scale in SCALES}
    for name, share in (summary["scales"] or {}).items():
        grid.add_row(f"{name:<4}{names[name]}", _percent(share), Text(bar(share), style="blue"))
    groups = summary["groups"]
    if groups is None:
        return Text("no frame has a scale", style="dim")
    if summary["scales"] is None:
        for name, share in groups.items():
            grid.add_row(name, _percent(share), Text(bar(share), style="blue"))
        return grid
    line = " · ".join(f"{name} {_percent(share)}" for name, share in groups.items())
    return Group(grid, Text(f"{line}   ({summary['n_frames']} frames)", style="dim"))


def _candidates(attribution: Attribution, attributor: Attributor) -> RenderableType:
    grid = _grid()
    for candidate in attribution.candidates:
        style = "green" if candidate.remains else "bright_black"
        mark = "●" if candidate.remains else "○"
        n = attribution.reference.count(candidate.name)
        grid.add_row(
            Text(f"{mark} {candidate.name}", style="bold" if candidate.remains else ""),
            _percent(candidate.probability),
            Text(bar(candidate.probability), style=style),
            Text(f"{n} films", style="dim"),
        )
    level = _percent(attribution.confidence)
    return Group(
        grid,
        Text(f"● remains at {level} confidence; probabilities take for granted that it is one of them", style="dim"),
        _basis(attributor, attribution.confidence),
    )


def _basis(attributor: Attributor, confidence: float) -> RenderableType:
    reference = attributor.reference
    text = f"reference: {reference.name}; {len(reference.labels)} films, {len(reference.modelled)} features"
    measured = attributor.performance
    if measured:
        low, high = measured["accuracy_interval"]
        text += (
            f". Left out in turn, the likeliest is right for {_percent(measured['accuracy'])} of them "
            f"(95 % interval {100 * low:.0f} to {100 * high:.0f} %)"
        )
        level = next((row for row in measured["sets"] if abs(row["confidence"] - confidence) < 1e-9), None)
        if level is not None and level["right_when_named"] is not None:
            text += (
                f"; the director remains for {_percent(level['coverage'])}; where one name remains "
                f"({_percent(level['named'])}), it is right in {_percent(level['right_when_named'])}"
            )
    return Text(text, style="dim")


def _verdict(attribution: Attribution) -> RenderableType:
    style = {UNDECIDED: "bold yellow", NONE_OF_THESE: "bold magenta"}.get(attribution.verdict, "bold green")
    return Group(Text(attribution.verdict, style=style), Text(attribution.reason))


def _contributions(attribution: Attribution) -> RenderableType:
    """Show log-odds for the leading candidates; the columns sum to the scores."""
    shown = [candidate for candidate in attribution.candidates if candidate.remains] or list(attribution.candidates)
    shown = (shown + [c for c in attribution.candidates if c not in shown])[:3]
    added = {(row.candidate, row.feature): row.contribution for row in attribution.evidence.contributions}
    names = sorted(attribution.reference.modelled, key=lambda name: -max(abs(added[c.name, name]) for c in shown))
    table = _table("log-odds", "this film", *(candidate.name for candidate in shown))
    for name in names[:_MOST_FEATURES]:
        table.add_row(
            CODEBOOK[name].title,
            _value(name, attribution.features[name]),
            *(_signed(added[c.name, name]) for c in shown),
        )
    rest = names[_MOST_FEATURES:]
    if rest:
        table.add_row(f"{len(rest)} more features", "", *(_signed(sum(added[c.name, n] for n in rest)) for c in shown))
    table.add_row("an average film", "", *(_signed(attribution.evidence.baselines[c.name]) for c in shown))
    table.add_row(Text("score", style="bold"), "", *(_signed(c.score) for c in shown))
    return table


def _standings(attribution: Attribution) -> RenderableType:
    """Show each candidate's median and range, and the film's place in it, for the features that weigh most."""
    names = _weightiest(attribution)
    table = _table("", *(CODEBOOK[name].title for name in names))
    table.add_row(Text("this film", style="bold"), *(_value(name, attribution.features[name]) for name in names))
    standing = {(row.candidate, row.feature): row for row in attribution.evidence.standings}
    for candidate in attribution.candidates:
        cells = []
        for name in names:
            row = standing.get((candidate.name, name))
            cells.append("–" if row is None else f"{_value(name, row.median)} ({_place(row.percentile)})")
        table.add_row(candidate.name, *cells)
    note = "median of the candidate's films (share of them below this film)"
    return Group(table, Text(note, style="dim"))


def _weightiest(attribution: Attribution, most: int = 3) -> list[str]:
    weight = dict.fromkeys(attribution.reference.modelled, 0.0)
    for row in attribution.evidence.contributions:
        weight[row.feature] = max(weight[row.feature], abs(row.contribution))
    kept = set(sorted(weight, key=lambda name: -weight[name])[:most])
    return [name for name in weight if name in kept]


def _place(percentile: float) -> str:
    return "–" if isnan(percentile) else f"{percentile:.0f} %"


def _neighbours(attribution: Attribution) -> RenderableType:
    grid = _grid()
    for neighbour in attribution.evidence.neighbours:
        grid.add_row(neighbour.film_id, f"{neighbour.distance:.2f}", Text("standard deviations away", style="dim"))
    return grid


def _limits(attribution: Attribution) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    for limit in attribution.limits:
        grid.add_row("–", Text(limit))
    return grid


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=False)
    grid.add_column(justify="right", no_wrap=True)
    return grid


def _table(first: str, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), header_style="dim", show_edge=False)
    table.add_column(Text(first), no_wrap=False)
    for column in columns:
        table.add_column(Text(column), justify="right")
    return table


def _value(name: str, value: float) -> str:
    if isnan(value):
        return "–"
    unit = CODEBOOK[name].unit
    digits = 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f}" + (f" {unit}" if unit in ("s", "1/min", "bit") else "")


def _signed(value: float) -> Text:
    style = "green" if value > 0.05 else "red" if value < -0.05 else "dim"
    return Text(f"{value:+.2f}".replace("-", "−"), style=style)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _duration(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
