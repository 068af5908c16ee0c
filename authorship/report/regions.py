"""The map of directors as regions, with this film among them."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from authorship.attribution.view import Table, comparable
from authorship.comparison.regions import REGION, find_regions
from authorship.features import CODEBOOK
from authorship.figures.palette import director_colors, director_markers
from authorship.report.chart import PLOTLY_SYMBOLS, Chart, label, layout, scatter, set_to_mean, this_film
from shotscale.numerals import counted

if TYPE_CHECKING:
    from authorship.attribution.answer import Attribution

__all__ = ["director_regions"]

Array = npt.NDArray[np.float64]


def director_regions(attribution: "Attribution", title: str) -> Chart | None:
    """Draw each candidate's region on the canonical plane; None if the answer uses no scale, or a single feature."""
    basis = attribution.basis
    if len(basis.features) < 2 or all(CODEBOOK[name].group == "durations" for name in basis.features):
        return None
    regions = find_regions(basis, attribution.features)
    colors, markers = director_colors(regions.names), director_markers(regions.names)
    traces = []
    for name, outline, center in zip(regions.names, regions.outlines.round(2), regions.centers.round(2), strict=True):
        traces.append(_outline(outline, name, colors[name]))
        marker = {"color": colors[name], "symbol": PLOTLY_SYMBOLS[markers[name]], "size": 11}
        text = f"<b>{label(name)}</b><br>mean of the films"
        traces.append(scatter(center[:1], center[1:], [text], name=name, marker=marker))
    x, y = regions.film.round(2)
    traces.append(this_film(x, y, title))
    lacking = set_to_mean(len(regions.missing))
    likeliest = f" The most likely candidate is {attribution.candidates[0].name}." if comparable(attribution) else ""
    return Chart(
        name="regions",
        alternative=(
            f"{counted(len(regions.names), 'region')}, one per {attribution.reference.label_name}, and this film, on "
            f"the plane that best separates them.{likeliest}"
        ),
        traces=traces,
        layout=layout(
            height=560,
            hovermode="closest",
            margin={"l": 60, "r": 15, "t": 10, "b": 55},
            xaxis={"title": {"text": "first canonical variate (standard deviations)"}},
            yaxis={"title": {"text": "second canonical variate"}, "scaleanchor": "x"},
        ),
        note=(
            f"Canonical variates of the {counted(len(regions.features), 'feature')} of the model; the plane shows "
            f"{100 * regions.shown:.0f} % of the distances between directors. A region would contain "
            f"{100 * REGION:.0f} % of a director's films if they were normally distributed.{lacking} The verdict rests "
            "on all dimensions, not on this plane."
        ),
        table=Table(
            ("", "x", "y"),
            [
                ("this film", f"{regions.film[0]:.2f}", f"{regions.film[1]:.2f}"),
                *((name, f"{c[0]:.2f}", f"{c[1]:.2f}") for name, c in zip(regions.names, regions.centers, strict=True)),
            ],
        ),
    )


def _outline(corners: Array, name: str, color: str) -> dict[str, Any]:
    x, y = corners.T
    return scatter(
        x,
        y,
        [label(name)] * len(corners),
        name=name,
        mode="lines",
        line={"color": color, "width": 1.5},
        showlegend=False,
        fill="toself",
        fillcolor=f"{color}26",  # mostly transparent, since regions overlap
    )
