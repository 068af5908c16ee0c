"""HTML views of an analysis for notebooks, and the parts of such views."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shotscale.film import FilmAnalysis

__all__ = ["analysis_html", "html_list", "html_table"]


def analysis_html(analysis: "FilmAnalysis") -> str:
    """Return an analysis as HTML: film information, shots, scales, and problems with the file."""
    from pathlib import Path

    from shotscale.summary import summarize_scales, summarize_shots

    film, shots, scales = analysis.film, summarize_shots(analysis.body_shots), summarize_scales(analysis.body_scales)
    facts = [f"{film['duration'] / 60:.1f} min"] if "duration" in film else []
    facts += [f"{film['width']} × {film['height']}"] if "width" in film and "height" in film else []
    facts += [f"{film['fps']:.6g} frames per second"] if film.get("fps") else []
    lengths = [("shots", str(shots["n_shots"]))]
    for name, title in (
        ("average_shot_length", "average shot length"),
        ("median_shot_length", "median shot length"),
        ("shot_length_sd", "standard deviation"),
    ):
        value = shots[name]
        lengths.append((title, "–" if value is None else f"{value:.2f} s"))
    shares = scales["scales"] or scales["groups"]
    return "".join(
        (
            f"<p><b>{escape(Path(str(film.get('path', 'film'))).name)}</b> {escape(' · '.join(facts))}</p>",
            html_table(("", ""), lengths),
            html_table([*shares], [[f"{100 * share:.0f} %" for share in shares.values()]])
            if isinstance(shares, dict)
            else "",
            html_list(analysis.limits),
        )
    )


def html_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of text as HTML.

    Examples
    --------
    >>> html_table(["film", "shots"], [["A & B", "3"]])
    '<table><tr><th>film</th><th>shots</th></tr><tr><td>A &amp; B</td><td>3</td></tr></table>'
    """
    head = "".join(f"<th>{escape(column)}</th>" for column in columns) if any(columns) else ""
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"


def html_list(sentences: Iterable[str]) -> str:
    """Return sentences as an HTML list, or an empty string if there are none."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""
