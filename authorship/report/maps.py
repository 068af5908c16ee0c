"""Two maps with the film: among the films of the reference, and among the directors as regions."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from authorship.attribution.view import Table, comparable
from authorship.comparison.ordination import film_matrix, ordinate
from authorship.comparison.regions import REGION, find_regions
from authorship.features import CODEBOOK
from authorship.figures.palette import INK
from authorship.report.chart import Chart, label, layout, markers_of, scatter
from shotscale.numerals import counted

if TYPE_CHECKING:
    from authorship.attribution.answer import Attribution


def film_map(attribution: "Attribution", title: str) -> Chart | None:
    """Draw the films on their first two principal components; None if nothing can be compared."""
    if not attribution.evidence.compared:
        return None
    reference = attribution.reference.only(attribution.evidence.compared)
    matrix = film_matrix(reference, [(title, attribution.features)])
    plane = ordinate(matrix, "pca")
    x, y = plane.points.round(3).T
    directors = np.asarray([director or "" for director in matrix.directors], object)
    markers = markers_of(matrix.names, size=9, opacity=0.85)
    traces: list[dict[str, Any]] = []
    for name in matrix.names:
        own = np.flatnonzero(directors == name)
        texts = [f"<b>{label(matrix.titles[i])}</b><br>{label(name)}" for i in own]
        traces.append(scatter(x[own], y[own], texts, name=name, marker=markers[name]))
    traces.append(_this_film(x[-1], y[-1], title))
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
        + _set_to_mean(len(missing)),
        table=Table(
            ("film", matrix.label_name, "x", "y"),
            [
                (matrix.titles[i], matrix.directors[i] or "this film", f"{x[i]:.2f}", f"{y[i]:.2f}")
                for i in (len(x) - 1, *range(len(x) - 1))
            ],
        ),
    )


def director_regions(attribution: "Attribution", title: str) -> Chart | None:
    """Draw each candidate's region on the canonical plane; None if the answer uses no scale, or a single feature."""
    basis = attribution.basis
    if len(basis.features) < 2 or all(CODEBOOK[name].group == "durations" for name in basis.features):
        return None
    regions = find_regions(basis, attribution.features)
    markers = markers_of(regions.names, size=11)
    traces = []
    for name, outline, center in zip(regions.names, regions.outlines.round(2), regions.centers.round(2), strict=True):
        traces.append(_outline(outline, name, markers[name]["color"]))
        text = f"<b>{label(name)}</b><br>mean of the films"
        traces.append(scatter(center[:1], center[1:], [text], name=name, marker=markers[name]))
    x, y = regions.film.round(2)
    traces.append(_this_film(x, y, title))
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
            f"{100 * REGION:.0f} % of a director's films if they were normally distributed."
            f"{_set_to_mean(len(regions.missing))} The verdict rests on all dimensions, not on this plane."
        ),
        table=Table(
            ("", "x", "y"),
            [
                ("this film", f"{regions.film[0]:.2f}", f"{regions.film[1]:.2f}"),
                *((name, f"{c[0]:.2f}", f"{c[1]:.2f}") for name, c in zip(regions.names, regions.centers, strict=True)),
            ],
        ),
    )


def _outline(corners: npt.NDArray[np.float64], name: str, color: str) -> dict[str, Any]:
    return scatter(
        corners[:, 0],
        corners[:, 1],
        [label(name)] * len(corners),
        name=name,
        mode="lines",
        line={"color": color, "width": 1.5},
        showlegend=False,
        fill="toself",
        fillcolor=f"{color}26",  # mostly transparent, since regions overlap
    )


def _this_film(x: float, y: float, title: str) -> dict[str, Any]:
    """Return the star that marks the film in question."""
    marker = {"color": INK, "symbol": "star", "size": 18, "line": {"color": "#FFFFFF", "width": 1.5}}
    return scatter([x], [y], [f"<b>this film</b><br>{label(title)}"], name="this film", marker=marker)


def _set_to_mean(n_missing: int) -> str:
    """Return a sentence for a note: how many features missing for the film were set to the mean; empty if none."""
    return f" Set to the mean: {counted(n_missing, 'feature')} missing for this film." if n_missing else ""


def _axis_title(text: str) -> dict[str, Any]:
    return {"text": text.replace(" (", "<br>(", 1), "font": {"size": 12}}
