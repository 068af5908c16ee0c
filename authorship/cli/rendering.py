"""Render an attribution on the terminal, most important part first."""

from collections import Counter
from pathlib import Path

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from authorship.attribution.classify import NONE_OF_THESE, UNDECIDED, Attribution
from authorship.attribution.view import Table as View
from authorship.attribution.view import (
    accuracy,
    by_lengths_alone,
    comparable,
    contributions,
    leader,
    probability,
    probability_note,
    standings,
)
from shotscale.cli.rendering import bar, film_heading, grid, listed, scale_bars, section, shot_figures
from shotscale.cli.terminal import output_console
from shotscale.numerals import counted, level

_MOST_FEATURES = 8  # as many rows as fit on a screen with the rest
_OVERVIEW_WIDTH = 5 + 22 + 5 + 6 + 13 + 5  # of the columns other than the name


def print_attribution(attribution: Attribution, console: Console | None = None) -> None:
    """Print one answer, on stdout unless another console is given."""
    (console or output_console()).print(render_attribution(attribution))


class Overview:
    """Prints several films on stdout, one line each, as they are answered."""

    def __init__(self) -> None:
        self._console, self._verdicts = output_console(), Counter[str]()
        self._name = max(12, self._console.width - _OVERVIEW_WIDTH)

    def add(self, attribution: Attribution) -> None:
        """Print a film's line, below a heading if it is the first."""
        if not self._verdicts:
            self._line("film", "shots", "likeliest", "", "remain", "verdict", style="dim")
        named = attribution.verdict not in (UNDECIDED, NONE_OF_THESE)
        self._verdicts["named" if named else attribution.verdict] += 1
        shots = "–" if attribution.film.shots is None else f"{len(attribution.film.shots):,}"
        self._line(
            Path(attribution.film.path).name,
            shots,
            *leader(attribution),
            f"{sum(candidate.remains for candidate in attribution.candidates)} of {len(attribution.candidates)}",
            "named" if named else attribution.verdict,
            style="bold" if named else "",
        )

    def close(self, *, failed: int) -> None:
        """Print the number of films with each verdict."""
        told = [f"{n} {verdict}" for verdict, n in self._verdicts.most_common()] + [f"{failed} failed"] * bool(failed)
        n_films = sum(self._verdicts.values()) + failed
        if self._verdicts:
            self._console.print(Text("Percentages assume that each film is by one of the candidates.", style="dim"))
        self._console.print(Text(f"\n{counted(n_films, 'film')}: {', '.join(told)}. Evidence and limits: --details."))

    def _line(
        self, film: str, shots: str, likeliest: str, share: str, remain: str, verdict: str, *, style: str
    ) -> None:
        columns = (
            set_cell_size(film if cell_len(film) <= self._name else f"{film[: self._name - 1]}…", self._name),
            f"{shots:>5}",
            set_cell_size(likeliest, 22),
            f"{share:>5}",
            f"{remain:>6}",
            verdict,
        )
        self._console.print(Text(" ".join(columns), style=style), no_wrap=True, overflow="ignore", crop=False)


def render_attribution(attribution: Attribution) -> RenderableType:
    """Render one answer for a terminal of any width."""
    film = attribution.film
    heading = "Shots, as given" if film.shots_given else "Shots"
    given, moved = film.shots_given, film.boundary_sensitivity
    shots = () if film.shots is None else section(heading, shot_figures(film.shots, sensitivity=moved, given=given))
    return Group(
        film_heading(film.path, film.info, seconds=film.seconds),
        *shots,
        *section(
            "Shot scales, as coded" if film.scales_coded else "Shot scales",
            scale_bars(film.scales, film.corrected_shares),
        ),
        *section("Candidates", _candidates(attribution)),
        *section("Verdict", _verdict(attribution)),
        *section("For and against", _contributions(attribution)),
        *section("Compared with each candidate's films", _standings(attribution)),
        *(section("Nearest films", _neighbors(attribution)) if attribution.evidence.neighbors else ()),
        *section("Limits of this answer", listed(attribution.limits)),
        Text(""),
    )


def _candidates(attribution: Attribution) -> RenderableType:
    rows = grid()
    for candidate in attribution.candidates:
        style = "green" if candidate.remains else "bright_black"
        mark = "●" if candidate.remains else "○"
        n = attribution.basis.counts[candidate.name]
        rows.add_row(
            Text(f"{mark} {candidate.name}", style="bold" if candidate.remains else ""),
            probability(attribution, candidate),
            Text(bar(candidate.probability) if comparable(attribution) else "", style=style),
            Text(counted(n, "film"), style="dim"),
        )
    return Group(
        rows,
        Text(f"● remains at {level(attribution.confidence)} confidence; {probability_note(attribution)}", style="dim"),
        _basis(attribution),
    )


def _basis(attribution: Attribution) -> RenderableType:
    basis, measured = attribution.basis, accuracy(attribution)
    text = f"based on {' and '.join(basis.parts)}; {counted(len(basis.features), 'feature')}"
    return Text(f"{text}. {measured}" if measured else text, style="dim")


def _verdict(attribution: Attribution) -> RenderableType:
    style = {UNDECIDED: "bold yellow", NONE_OF_THESE: "bold magenta"}.get(attribution.verdict, "bold green")
    return Group(Text(attribution.verdict, style=style), Text(attribution.reason))


def _contributions(attribution: Attribution) -> RenderableType:
    """Show log-odds for the leading candidates; the columns sum to the scores."""
    note = (
        "Above 0 a feature speaks for the director, below 0 against. Of two directors, the one whose score is higher "
        "by 0.7 is twice as likely, by 2.3 ten times as likely. What a feature is: authorship features --list."
    )
    return Group(_table(contributions(attribution, most=_MOST_FEATURES, candidates=3)), Text(note, style="dim"))


def _standings(attribution: Attribution) -> RenderableType:
    note = "median of the candidate's films (share of those films below this one)"
    return Group(_table(standings(attribution, most=3)), Text(note, style="dim"))


def _neighbors(attribution: Attribution) -> RenderableType:
    rows = grid()
    for neighbor in attribution.evidence.neighbors:
        rows.add_row(neighbor.film_id, f"{neighbor.distance:.2f}", Text("standard deviations away", style="dim"))
    return Group(rows, Text("by shot lengths alone", style="dim")) if by_lengths_alone(attribution) else rows


def _table(content: View) -> Table:
    """Lay out a table of strings; signed figures are colored by sign."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), header_style="dim", show_edge=False)
    first, *columns = content.columns
    table.add_column(Text(first), no_wrap=False)
    for column in columns:
        table.add_column(Text(column), justify="right")
    for name, *cells in content.rows:
        style = "bold" if name in ("this film", "score") else ""
        table.add_row(Text(name, style=style), *(Text(cell, style=_sign(cell)) for cell in cells))
    return table


def _sign(cell: str) -> str:
    if not cell.startswith(("+", "−")):
        return ""
    value = float(cell.replace("−", "-"))
    return "green" if value > 0.05 else "red" if value < -0.05 else "dim"
