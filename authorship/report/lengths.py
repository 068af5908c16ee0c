"""The film's shot lengths next to those of each candidate's films, if the reference has them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from authorship.attribution.view import Table
from authorship.features import CODEBOOK
from authorship.features.durations import QUANTILES, harrell_davis
from authorship.figures.palette import INK, NEUTRAL, director_colors
from authorship.reference.table import Reference
from authorship.report.chart import Chart, candidates_with, label, layout, left_out, markers_of, scatter
from shotscale.numerals import counted, percent, seconds

Array = npt.NDArray[np.float64]

_TICKS = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)  # about equally spaced logarithms
_SHOWN = ("median_shot_length", "average_shot_length", "shot_length_cv")
_PROFILE = tuple(f"quantile_{100 * p:02.0f}" for p in QUANTILES)
_FEWEST_SHOTS = 10  # with fewer, a profile of 19 quantiles repeats its shots


def length_distribution(lengths: Array) -> Chart:
    """Draw the film's distribution of shot lengths (seconds), in bins of equal ratio."""
    low, high = np.log2(max(lengths.min(), 1e-3)), np.log2(lengths.max())
    edges = 2.0 ** np.arange(np.floor(2 * low) / 2, np.ceil(2 * high) / 2 + 0.51, 0.5)
    counts = np.histogram(lengths, edges)[0]
    shares = 100 * counts / len(lengths)
    median, average = float(np.median(lengths)), float(lengths.mean())
    names = [f"{seconds(a)} to {seconds(b)}" for a, b in pairwise(edges)]
    bars = {
        "type": "bar",
        "x": np.log10(np.sqrt(edges[:-1] * edges[1:])).tolist(),
        "width": (np.diff(np.log10(edges)) * 0.94).tolist(),
        "y": shares.tolist(),
        "marker": {"color": NEUTRAL},
        "customdata": [f"{name}: {counted(n, 'shot')}" for name, n in zip(names, counts, strict=True)],
        "hovertemplate": "%{customdata} (%{y:.1f} %)<extra></extra>",
    }
    return Chart(
        name="lengths",
        alternative=(
            f"Histogram of {counted(len(lengths), 'shot length')} on a logarithmic axis: median {seconds(median)}, "
            f"average {seconds(average)}, shortest {seconds(lengths.min())}, longest {seconds(lengths.max())}."
        ),
        traces=[bars],
        layout=layout(
            height=300,
            showlegend=False,
            margin={"l": 60, "r": 15, "t": 34, "b": 50},
            xaxis=_log_axis("shot length, seconds", float(edges[0]), float(edges[-1])),
            yaxis={"title": {"text": "share of shots, %"}, "rangemode": "tozero"},
            shapes=[_upright(np.log10(median), "solid"), _upright(np.log10(average), "dash")],
            annotations=_marks(median, average),
        ),
        note="Bin widths grow by a factor of √2; solid line: median, dashed line: average.",
        table=Table(
            ("shot length", "shots", "share"),
            [(name, str(n), percent(n / len(lengths))) for name, n in zip(names, counts, strict=True) if n],
        ),
    )


def lengths_by_director(features: Mapping[str, float], reference: Reference, titles: Sequence[str]) -> Chart | None:
    """Draw each film of the reference as a point in its director's row, with the film in question as a line."""
    known = [name for name in _SHOWN if candidates_with(reference, [name])]
    shown = [name for name in known if not np.isnan(features[name])]
    if not shown:
        return None
    candidates = reference.candidates[::-1]  # the first on top
    spaces = [(i / len(shown), (i + 0.9) / len(shown)) for i in range(len(shown))]
    axes: dict[str, Any] = {}
    shapes, traces = [], []
    for i, (name, space) in enumerate(zip(shown, spaces, strict=True)):
        suffix = "" if i == 0 else str(i + 1)
        axes[f"xaxis{suffix}"] = {**_feature_axis(name, features[name], reference), "domain": space, "anchor": "y"}
        here = _placed(name, np.asarray([features[name]]))[0]
        shapes.append({**_upright(here, "solid"), "xref": f"x{suffix}"})
        traces += _points(name, reference, titles, axis=f"x{suffix}")
    missing = [CODEBOOK[name].title for name in _SHOWN if name not in known]
    return Chart(
        name="directors",
        alternative=_directors_in_words(shown, features, reference),
        traces=traces,
        layout=layout(
            height=110 + 34 * len(candidates),
            showlegend=False,
            margin={"l": 165, "r": 15, "t": 10, "b": 65},
            yaxis={
                "tickvals": list(range(len(candidates))),
                "ticktext": [label(candidate) for candidate in candidates],
                "range": [-0.6, len(candidates) - 0.4],
                "fixedrange": True,
            },
            shapes=shapes,
            **axes,
        ),
        note="Each point is a film of the reference; the vertical line is this film."
        + (f" The reference has no {' and no '.join(missing)}." if missing else "")
        + ("" if candidates_with(reference, _PROFILE) else _FIGURES_ALONE),
        table=_director_table(shown, features, reference),
    )


_FIGURES_ALONE = (
    " The reference has these figures for each film but not its individual shots, so only these can be compared, "
    "not the whole distributions."
)


def quantile_profiles(lengths: Array, reference: Reference) -> Chart | None:
    """Draw the film's quantile profile over each director's median; None without these or with fewer than ten shots."""
    known = candidates_with(reference, _PROFILE)
    if not known or len(lengths) < _FEWEST_SHOTS:
        return None
    own = harrell_davis(lengths, np.asarray(QUANTILES))
    colors = director_colors(reference.candidates)
    profiles = reference.features[list(_PROFILE)].to_numpy(np.float64)
    levels = [round(100 * p) for p in QUANTILES]
    traces = []
    rows = [("this film", *(seconds(own[i]) for i in (0, 4, 9, 14, 18)))]
    for candidate in known:
        middle = np.nanmedian(profiles[reference.labels == candidate], axis=0)
        rows.append((candidate, *(seconds(middle[i]) for i in (0, 4, 9, 14, 18))))
        traces.append(_profile(candidate, levels, middle, color=colors[candidate], width=1.8))
    traces.append(_profile("this film", levels, own, color=INK, width=3.5))
    return Chart(
        name="profiles",
        alternative=(
            "Quantile profiles of shot length: for each percentage, the length below which that share of the shots "
            "lies, for this film and as the median of each director's films. The table gives five of these points."
        ),
        traces=traces,
        layout=layout(
            height=380,
            hovermode="closest",
            xaxis={"title": {"text": "share of shots that are shorter, %"}},
            yaxis={"title": {"text": "shot length, seconds"}, "type": "log", "tickvals": _TICKS},
        ),
        note="Harrell-Davis quantiles; for a director, the median over the films." + left_out(reference, known),
        table=Table(("", "5 %", "25 %", "50 %", "75 %", "95 %"), rows),
    )


def _profile(name: str, levels: Sequence[int], values: Array, *, color: str, width: float) -> dict[str, Any]:
    return scatter(
        levels,
        values.round(3),
        [label(name)] * len(levels),
        name=name,
        hovertemplate="%{customdata}<br>%{x} % of the shots are shorter than %{y:.2f} s<extra></extra>",
        mode="lines",
        line={"color": color, "width": width},
    )


def _points(name: str, reference: Reference, titles: Sequence[str], *, axis: str) -> list[dict[str, Any]]:
    """Return one trace per director, with points offset slightly so that equal ones can be told apart."""
    markers = markers_of(reference.candidates, size=8, opacity=0.8)
    values = reference.features[name].to_numpy(np.float64)
    places, feature = _placed(name, values), CODEBOOK[name]
    traces, title = [], feature.title
    for row, candidate in enumerate(reference.candidates[::-1]):
        own = np.flatnonzero((reference.labels == candidate) & np.isfinite(places))
        order = np.empty(len(own))
        order[np.argsort(values[own], kind="stable")] = np.arange(len(own)) % 3 - 1.0
        texts = [
            f"<b>{label(titles[int(i)])}</b><br>{label(candidate)}<br>{title} {feature.shown(values[i])}" for i in own
        ]
        x, y = places[own].round(4), (row + 0.16 * order).round(3)
        traces.append(scatter(x, y, texts, name=candidate, xaxis=axis, marker=markers[candidate]))
    return traces


def _placed(name: str, values: Array) -> Array:
    """Return positions on the axis: base-10 logarithms if the codebook uses the logarithm."""
    if not CODEBOOK[name].log:
        return values
    positive = np.where(values > 0, values, np.nan)
    return np.asarray(np.log10(positive), np.float64)


def _feature_axis(name: str, value: float, reference: Reference) -> dict[str, Any]:
    title = (
        CODEBOOK[name]
        .title.replace(" shot length", "<br>shot length")
        .replace("length variation", "length<br>variation")
    )
    if not CODEBOOK[name].log:
        return {"title": {"text": title}, "nticks": 5, "tickangle": 0}
    known = reference.features[name].dropna()
    return _log_axis(f"{title}, s", min(float(known.min()), value) / 1.2, max(float(known.max()), value) * 1.2)


def _log_axis(title: str, low: float, high: float) -> dict[str, Any]:
    """Return a linear axis of logarithms, which avoids Plotly's own rules for bars and lines on log axes."""
    ticks = [tick for tick in _TICKS if low <= tick <= high] or [low, high]
    return {
        "title": {"text": title},
        "range": [float(np.log10(low)), float(np.log10(high))],
        "tickvals": [float(np.log10(tick)) for tick in ticks],
        "tickangle": 0,
        "ticktext": [f"{tick:g}" for tick in ticks],
    }


def _upright(place: float, dash: str) -> dict[str, Any]:
    line = {"color": INK, "width": 2, "dash": dash}
    return {"type": "line", "x0": float(place), "x1": float(place), "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _marks(median: float, average: float) -> list[dict[str, Any]]:
    """Label the two lines above the plot, each on its outer side so that the labels never overlap."""
    left_first = median <= average
    return [
        {
            "x": float(np.log10(value)),
            "y": 1.0,
            "yref": "paper",
            "yanchor": "bottom",
            "xanchor": "right" if (name == "median") == left_first else "left",
            "showarrow": False,
            "text": f"{name} {seconds(value)}",
        }
        for name, value in (("median", median), ("average", average))
    ]


def _director_table(shown: Sequence[str], features: Mapping[str, float], reference: Reference) -> Table:
    rows = [("this film", "1", *(CODEBOOK[name].shown(features[name]) for name in shown))]
    for candidate in reference.candidates:
        own = reference.features[reference.labels == candidate]
        cells = [
            f"{CODEBOOK[name].shown(float(own[name].median()))} ({CODEBOOK[name].shown(float(own[name].min()))} to "
            f"{CODEBOOK[name].shown(float(own[name].max()))})"
            for name in shown
        ]
        rows.append((candidate, str(len(own)), *cells))
    return Table(("", "films", *(f"{CODEBOOK[name].title}: median (range)" for name in shown)), rows)


def _directors_in_words(shown: Sequence[str], features: Mapping[str, float], reference: Reference) -> str:
    name = shown[0]
    medians = {
        candidate: float(reference.features.loc[reference.labels == candidate, name].median())
        for candidate in reference.candidates
    }
    listed = ", ".join(f"{candidate} {CODEBOOK[name].shown(value)}" for candidate, value in medians.items())
    return (
        f"One point per film, in one row per director, for {', '.join(CODEBOOK[feature].title for feature in shown)}. "
        f"{CODEBOOK[name].title} of this film: {CODEBOOK[name].shown(features[name])}; of each director's median film: "
        f"{listed}."
    )
