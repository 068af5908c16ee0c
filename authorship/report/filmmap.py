"""The map of the reference's films, with this film among them."""

from typing import TYPE_CHECKING, Any

import numpy as np

from authorship.attribution.view import Table
from authorship.comparison.ordination import film_matrix, ordinate
from authorship.figures.palette import director_colors, director_markers
from authorship.report.chart import PLOTLY_SYMBOLS, Chart, label, layout, scatter, set_to_mean, this_film
from shotscale.numerals import counted

if TYPE_CHECKING:
    from authorship.attribution.answer import Attribution

__all__ = ["film_map"]


def film_map(attribution: "Attribution", title: str) -> Chart | None:
    """Draw the films on their first two principal components; None if nothing can be compared."""
    if not attribution.evidence.compared:
        return None
    reference = attribution.reference.only(attribution.evidence.compared)
    matrix = film_matrix(reference, [(title, attribution.features)])
    plane = ordinate(matrix, "pca")
    x, y = plane.points.round(3).T
    directors = np.asarray([director or "" for director in matrix.directors], object)
    colors, markers = director_colors(matrix.names), director_markers(matrix.names)
    traces: list[dict[str, Any]] = []
    for name in matrix.names:
        own = np.flatnonzero(directors == name)
        marker = {"color": colors[name], "symbol": PLOTLY_SYMBOLS[markers[name]], "size": 9, "opacity": 0.85}
        texts = [f"<b>{label(matrix.titles[i])}</b><br>{label(name)}" for i in own]
        traces.append(scatter(x[own], y[own], texts, name=name, marker=marker))
    traces.append(this_film(x[-1], y[-1], title))
    missing = [name for name in reference.modeled if np.isnan(attribution.features[name])]
    nearest = attribution.evidence.neighbors[:3]
    return Chart(
        name="map",
        alternative=(
            f"Map of {counted(len(x) - 1, 'film')} and this one by {plane.method}; {plane.note}. Nearest to this "
            f"film, by these features: {', '.join(neighbor.film_id for neighbor in nearest)}."
        ),
        traces=traces,
        layout=layout(
            height=580,
            hovermode="closest",
            margin={"l": 75, "r": 15, "t": 10, "b": 65},
            xaxis={"title": _axis_title(plane.axes[0])},
            yaxis={"title": _axis_title(plane.axes[1]), "scaleanchor": "x"},
        ),
        note=(
            f"{plane.method.capitalize()} of {counted(len(matrix.features), 'standardized feature')} of "
            f"{counted(len(x) - 1, 'film')}, onto which this film is projected; {plane.note}."
        )
        + set_to_mean(len(missing)),
        table=Table(
            ("film", matrix.label_name, "x", "y"),
            [
                (matrix.titles[i], matrix.directors[i] or "this film", f"{x[i]:.2f}", f"{y[i]:.2f}")
                for i in (len(x) - 1, *range(len(x) - 1))
            ],
        ),
    )


def _axis_title(text: str) -> dict[str, Any]:
    return {"text": text.replace(" (", "<br>(", 1), "font": {"size": 12}}
