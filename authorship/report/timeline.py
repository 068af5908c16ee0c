"""The timeline of the film: its shots by scale, and the cutting rate."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from authorship.figures.palette import INK, NEUTRAL
from authorship.report.chart import Chart, layout, scatter
from authorship.report.shots import ScaleLevels, Shot
from shotscale.numerals import counted, percent, seconds, timecode

Array = npt.NDArray[np.float64]

_UNKNOWN = "#BDBDBD"
_BANDS = (NEUTRAL, "#A8A8A8")
_GRID_POINTS = 600  # one per two pixels of a page's width
_BEGINNING = 86_400_000  # ms: the second day of Plotly's calendar
_BANDWIDTH = 60.0  # s: about the length of an exchange in a scene, or of ten to fifteen shots
_FEWEST_BANDWIDTHS = 20  # per film: films under 20 minutes get a smaller bandwidth, so that the curve still varies


def timeline(shots: Sequence[Shot], levels: ScaleLevels) -> Chart:
    """Draw a film's shots as bars, each on the row of its scale, over the rate of cutting.

    Times are milliseconds on a date axis, so that Plotly labels hours, minutes and seconds at every zoom. The file
    begins on the second day of the calendar, since Plotly reads four-digit numbers as years.
    """
    begin, end = shots[0].start, shots[-1].end
    rows = [*levels.short] or ["shots"]
    some_unknown = bool(levels.short) and any(shot.level is None for shot in shots)
    if some_unknown:
        rows.append("?")
    times, rate, bandwidth = cutting_rate([shot.start for shot in shots[1:]], begin, end)
    extent = [_BEGINNING + begin * 1000, _BEGINNING + end * 1000]
    return Chart(
        name="timeline",
        alternative=_alternative(shots, levels, rate, times),
        traces=[_bars(shots, levels), _rate(times, rate)],
        layout=layout(
            height=470,
            bargap=0,
            hovermode="closest",
            showlegend=False,
            margin={"l": 60, "r": 15, "t": 10, "b": 30},
            xaxis={
                "type": "date",
                "range": extent,
                "minallowed": extent[0],
                "maxallowed": extent[1],
                "tickformat": "%-H:%M:%S",
                "anchor": "y2",
                "rangeslider": {"visible": True, "thickness": 0.13, "bordercolor": NEUTRAL, "borderwidth": 1},
            },
            yaxis={
                "domain": [0.36, 1],
                "range": [0, len(rows)],
                "tickvals": [place + 0.5 for place in range(len(rows))],
                "ticktext": rows,
                "fixedrange": True,
                "showgrid": False,
            },
            yaxis2={
                "domain": [0, 0.28],
                "rangemode": "tozero",
                "fixedrange": True,
                "title": {"text": "cuts per minute", "font": {"size": 12}},
                "nticks": 4,
            },
        ),
        note=(
            f"Cuts per minute: a Gaussian kernel over the times of the cuts, standard deviation {bandwidth:.0f} s."
            + (" ? marks shots of unknown scale: not coded, or too short for a frame." if some_unknown else "")
        ),
    )


def cutting_rate(cuts: Sequence[float], begin: float, end: float) -> tuple[Array, Array, float]:
    """Return times along a film, cuts per minute there, and the bandwidth (in seconds; 60, less for a short film).

    A Gaussian kernel over the cut times, mirrored at both ends so that no mass is lost.

    Source: Redfern 2022, Computational Film Analysis with R, ch. 7.

    Examples
    --------
    >>> times, rate, _ = cutting_rate(range(604, 1800, 4), 600.0, 1800.0)
    >>> bool(np.allclose(rate, 15, atol=0.5))
    True
    """
    bandwidth = min(_BANDWIDTH, (end - begin) / _FEWEST_BANDWIDTHS)
    times = np.linspace(begin, end, _GRID_POINTS)
    rate = np.zeros(_GRID_POINTS)
    places = np.asarray(cuts, np.float64)
    for mirrored in (places, 2 * begin - places, 2 * end - places):
        rate += np.exp(-0.5 * ((times[:, np.newaxis] - mirrored) / bandwidth) ** 2).sum(axis=1)
    return times, 60 * rate / (bandwidth * np.sqrt(2 * np.pi)), bandwidth


def _bars(shots: Sequence[Shot], levels: ScaleLevels) -> dict[str, Any]:
    unknown = len(levels.short)
    if levels.short:
        places = [unknown if shot.level is None else shot.level for shot in shots]
        colors = [_UNKNOWN if shot.level is None else levels.colors[shot.level] for shot in shots]
    else:
        places = [0] * len(shots)
        colors = [_BANDS[shot.number % 2] for shot in shots]
    return {
        "type": "bar",
        "x": [_BEGINNING + round(shot.start * 1000) for shot in shots],
        "width": [round(shot.length * 1000) for shot in shots],
        "offset": 0,
        "base": [place + 0.08 for place in places],
        "y": [0.84] * len(shots),
        "marker": {"color": colors, "line": {"width": 0}},
        "customdata": [_hover(shot, levels) for shot in shots],
        "hovertemplate": "%{customdata}<extra></extra>",
        "name": "shots",
    }


def _hover(shot: Shot, levels: ScaleLevels) -> str:
    scale = "" if shot.level is None else f"<br>{levels.long[shot.level]}"
    sure = "" if shot.kind == "start" else f"<br>{shot.kind}, confidence {percent(shot.confidence)}"
    return f"<b>shot {shot.number}</b> at {timecode(shot.start)}<br>{seconds(shot.length)}{scale}{sure}"


def _rate(times: Array, rate: Array) -> dict[str, Any]:
    return scatter(
        [_BEGINNING + round(1000 * time) for time in times],
        rate.round(2),
        [timecode(time) for time in times],
        name="cutting rate",
        hovertemplate="%{y:.1f} cuts per minute<br>around %{customdata}<extra></extra>",
        mode="lines",
        yaxis="y2",
        line={"color": INK, "width": 1.5},
        fill="tozeroy",
        fillcolor="rgba(110,110,110,0.15)",
    )


def _alternative(shots: Sequence[Shot], levels: ScaleLevels, rate: Array, times: Array) -> str:
    rows = f"on the row of its scale, {levels.long[0]} lowest" if levels.short else "in one row"
    fastest = int(rate.argmax())
    return (
        f"Timeline of {counted(len(shots), 'shot')} over {timecode(shots[-1].end - shots[0].start)}: one bar per shot, "
        f"{rows}; below it the cutting rate, highest with {rate[fastest]:.0f} cuts per minute around "
        f"{timecode(times[fastest])}. The contact sheet lists the same shots."
    )
