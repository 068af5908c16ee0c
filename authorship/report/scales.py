"""The film's shot scales next to those of each candidate's films, if the reference has them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from authorship.attribution.view import Table
from authorship.figures.palette import INK
from authorship.reference.comparable import comparable_features
from authorship.reference.table import Reference
from authorship.report.chart import Chart, candidates_with, label, layout, left_out, markers_of, scatter
from authorship.report.shots import ScaleLevels
from shotscale.numerals import percent
from shotscale.shares import share_in_words

if TYPE_CHECKING:
    from authorship.attribution.answer import Attribution


def scale_distribution(attribution: "Attribution", levels: ScaleLevels) -> Chart | None:
    """Draw the share of screen time in each scale, raw and corrected; None if the scales are unknown."""
    features, reference, film = attribution.features, attribution.reference, attribution.film
    names = [f"share_{short.lower()}" for short in levels.short]
    if not names or np.isnan([features[name] for name in names]).any():
        return None
    alike = set(names) <= set(comparable_features(reference, film, names))
    known = candidates_with(reference, names) if alike else ()
    traces: list[dict[str, Any]] = [_bars(features, names, levels)]
    rows = [("this film", *(percent(features[name]) for name in names))]
    corrected = film.corrected_shares
    if corrected is not None:
        told = [corrected["scales"][short] for short in levels.short]
        traces.append(_corrected(told, levels))
        rows.append(("corrected for the network's errors", *(share_in_words(share) for share in told)))
    for candidate in known:
        traces.append(_points(candidate, reference, levels, names))
        rows.append((candidate, *(percent(share / 100) for share in traces[-1]["y"])))
    shares_in_words = ", ".join(
        f"{long} {percent(features[name])}" for long, name in zip(levels.long, names, strict=True)
    )
    return Chart(
        name="scales",
        alternative=f"Share of screen time in each shot scale: {shares_in_words}."
        + (" Next to it the median of each director's films." if known else ""),
        traces=traces,
        layout=layout(
            height=340,
            scattermode="group",
            margin={"l": 60, "r": 15, "t": 10, "b": 60},
            showlegend=bool(known),
            xaxis={"type": "category"},
            yaxis={"title": {"text": "share of screen time, %"}, "rangemode": "tozero"},
        ),
        note=("" if corrected is None else _CROSSES) + (_POINTS + left_out(reference, known) if known else _NO_POINTS),
        table=Table(("", *levels.long), rows),
    )


def _bars(features: Mapping[str, float], names: list[str], levels: ScaleLevels) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": list(levels.short),
        "y": [round(100 * features[name], 2) for name in names],
        "marker": {"color": list(levels.colors), "line": {"color": INK, "width": 0.5}},
        "customdata": list(levels.long),
        "hovertemplate": "%{customdata}<br>%{y:.1f} %<extra></extra>",
        "name": "this film",
        "opacity": 0.75,
    }


_CROSSES = (
    "Crosses: this film's shares corrected for the network's errors on held-out labeled frames, "
    "with 95 % intervals; the directors' films are not corrected. "
)
_POINTS = "Bars: this film. Points: the median of each director's films, with the interquartile range."
_NO_POINTS = "The reference has no comparable shot scales, so no director's films can be drawn next to this one's."


def _corrected(told: list[list[float]], levels: ScaleLevels) -> dict[str, Any]:
    share, low, high = 100 * np.asarray(told).T
    ends = {"array": (high - share).round(2).tolist(), "arrayminus": (share - low).round(2).tolist()}
    name = "this film, corrected"
    return scatter(
        levels.short,
        share.round(2),
        [name] * len(share),
        name=name,
        hovertemplate="%{customdata}<br>%{y:.1f} %<extra></extra>",
        error_y={"type": "data", "symmetric": False, **ends, "color": INK, "thickness": 1.5},
        marker={"color": INK, "symbol": "x", "size": 8},
    )


def _points(candidate: str, reference: Reference, levels: ScaleLevels, names: list[str]) -> dict[str, Any]:
    shares = reference.features.loc[reference.labels == candidate, names].to_numpy(np.float64)
    low, middle, high = np.nanquantile(shares, [0.25, 0.5, 0.75], axis=0)
    marker = markers_of(reference.candidates, size=8)[candidate]
    ends = {"array": (100 * (high - middle)).round(2).tolist(), "arrayminus": (100 * (middle - low)).round(2).tolist()}
    bars = {"type": "data", "symmetric": False, **ends, "color": marker["color"], "thickness": 1.5, "width": 0}
    return scatter(
        levels.short,
        (100 * middle).round(2),
        [label(candidate)] * len(middle),
        name=candidate,
        hovertemplate="%{customdata}<br>median %{y:.1f} %<extra></extra>",
        error_y=bars,
        marker=marker,
    )
