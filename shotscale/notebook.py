"""HTML views of an analysis for notebooks, and the parts of such views."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from shotscale.summary import summarize_scales, summarize_shots

_LENGTHS = {
    "average_shot_length": "average shot length",
    "median_shot_length": "median shot length",
    "shot_length_sd": "standard deviation",
}


def film_html(
    path: str,
    info: Mapping[str, Any],
    shots: pd.DataFrame | None,
    scales: pd.DataFrame | None,
    limits: Iterable[str],
) -> str:
    """Return a film as HTML: file information, shots, scales, and problems with the file."""
    facts = [f"{info['duration'] / 60:.1f} min"] if "duration" in info else []
    facts += [f"{info['width']} × {info['height']}"] if "width" in info and "height" in info else []
    facts += [f"{info['fps']:.6g} frames per second"] if info.get("fps") else []
    return "".join(
        (
            f"<p><b>{escape(Path(path).name)}</b> {escape(' · '.join(facts))}</p>",
            "" if shots is None else html_table(("", ""), _lengths(shots)),
            "" if scales is None else _shares(scales),
            html_list(limits),
        )
    )


def _lengths(table: pd.DataFrame) -> list[tuple[str, str]]:
    shots = summarize_shots(table)
    lengths = {title: shots[name] for name, title in _LENGTHS.items()}
    told = ((title, "–" if value is None else f"{value:.2f} s") for title, value in lengths.items())
    return [("shots", str(shots["n_shots"])), *told]


def _shares(track: pd.DataFrame) -> str:
    scales = summarize_scales(track)
    shares = scales["scales"] or scales["groups"]
    if not isinstance(shares, dict):
        return ""
    return html_table([*shares], [[f"{100 * share:.0f} %" for share in shares.values()]])


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
