"""The page of a film, and the page that lists several: each a self-contained file that makes no network requests.

The content security policy of a film's page enforces this: only the two scripts whose checksums it lists may run, and
nothing may be fetched. Anything from files (names, titles, notes) is escaped by the template.
"""

import base64
import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
from markupsafe import Markup

from authorship.attribution.verdict import NONE_OF_THESE, UNDECIDED
from authorship.attribution.view import by_lengths_alone, contributions, leader, probability_note, standings
from authorship.comparison.ordination import titles_with_years
from authorship.features.durations import shot_lengths
from authorship.report import content
from authorship.report.chart import Chart
from authorship.report.lengths import length_distribution, lengths_by_director, quantile_profiles
from authorship.report.maps import director_regions, film_map
from authorship.report.scales import scale_distribution
from authorship.report.shots import ScaleLevels, Shot, film_shots, scale_levels
from authorship.report.thumbnails import data_uris
from authorship.report.timeline import timeline
from shotscale.files import atomic_write, finite
from shotscale.numerals import counted, level, seconds, timecode
from shotscale.pages import render

if TYPE_CHECKING:
    from authorship.attribution.answer import Attribution
    from shotscale.video.stills import Still


def write_report(
    path: str | os.PathLike[str],
    attribution: "Attribution",
    *,
    stills: "Sequence[Still | None] | None" = None,
) -> Path:
    """Write the report on one film atomically; see `make_report` for the parameters.

    Examples
    --------
    >>> import pandas as pd
    >>> from authorship import Film, classify
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> write_report("film.html", classify(Film("long takes", shots))).name
    'film.html'
    """
    page = make_report(attribution, stills=stills)
    with atomic_write(path) as stream:
        stream.write(page)
    return Path(path)


def write_index(path: Path, pages: "Sequence[tuple[Path, Attribution]]") -> Path:
    """Write a page with one line per film that links to the film's report in the same folder.

    Examples
    --------
    >>> import pandas as pd
    >>> from authorship import Film, classify
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> write_index(Path("index.html"), [(Path("film.html"), classify(Film("film.mkv", shots)))]).name
    'index.html'
    """
    verdicts = Counter(answer.verdict for _, answer in pages)
    films = [
        {
            "page": quote(page.name),
            "name": Path(answer.film.path).name,
            "verdict": answer.verdict,
            **dict(zip(("likeliest", "probability"), leader(answer), strict=True)),
            "remain": f"{sum(one.remains for one in answer.candidates)} of {len(answer.candidates)}",
            "shots": "" if answer.film.shots is None else len(answer.film.shots),
            "limits": len(answer.limits),
        }
        for page, answer in pages
    ]
    page = render(
        "authorship.data",
        "index.html",
        films=films,
        summary=" · ".join(f"{n} {verdict}" for verdict, n in verdicts.most_common()),
        style=Markup(_resource("report.css")),
        version=version("film-authorship"),
    )
    with atomic_write(path) as stream:
        stream.write(page)
    return path


def make_report(
    attribution: "Attribution", *, stills: "Sequence[Still | None] | None" = None, name: str | None = None
) -> str:
    """Return the report on one film as a self-contained HTML page.

    `stills` holds a picture of each shot (`shotscale.video.stills`); without them the page says that there are none.
    `name` is what the page calls the film, by default the name of its file.

    Examples
    --------
    >>> import pandas as pd
    >>> from authorship import Film, classify
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> page = make_report(classify(Film("long takes", shots)))
    >>> "<html" in page and "long takes" in page
    True
    """
    film = attribution.film
    shots, levels = film_shots(film), scale_levels(film)
    if stills is not None and len(stills) != len(shots):
        raise ValueError(
            f"{counted(len(stills), 'picture')} for {counted(len(shots), 'shot')}: one per shot; pass None for "
            "a missing one"
        )
    of_file, facts = content.heading(attribution)
    name = name or of_file
    charts = _charts(attribution, name, shots, levels)
    drawing, script = _resource("plotly-basic.min.js"), _resource("report.js")
    return render(
        "authorship.data",
        "report.html",
        name=name,
        facts=facts,
        verdict=attribution.verdict,
        decided=attribution.verdict not in (UNDECIDED, NONE_OF_THESE),
        reason=attribution.reason,
        confidence=level(attribution.confidence),
        label_name=attribution.reference.label_name,
        candidates=content.candidates(attribution),
        probability_note=probability_note(attribution),
        limits=attribution.limits,
        figures=content.figures(attribution),
        contributions=contributions(attribution, most=10),
        meanings=content.meanings(attribution),
        standings=standings(attribution, most=4),
        neighbors=content.neighbors(attribution),
        by_lengths=by_lengths_alone(attribution),
        method=content.method(attribution),
        provenance=content.provenance(attribution),
        version=version("film-authorship"),
        charts={chart.name: chart for chart in charts},
        tiles=_tiles(shots, levels, stills),
        levels=list(zip(levels.short, levels.long, levels.colors, strict=True)),
        has_pictures=stills is not None and any(still is not None for still in stills),
        style=Markup(_resource("report.css")),
        drawing=Markup(drawing),
        script=Markup(script),
        policy=_policy(drawing, script),
        data=Markup(_json({chart.name: {"data": chart.traces, "layout": chart.layout} for chart in charts})),
    )


def _charts(attribution: "Attribution", name: str, shots: Sequence[Shot], levels: ScaleLevels) -> list[Chart]:
    table, reference = attribution.film.shots, attribution.reference
    charts = [scale_distribution(attribution, levels), director_regions(attribution, name), film_map(attribution, name)]
    if table is not None:
        lengths = shot_lengths(table["start"].to_numpy(np.float64), float(table["end"].iloc[-1]))
        charts += [
            timeline(shots, levels),
            length_distribution(lengths),
            lengths_by_director(attribution.features, reference, titles_with_years(reference)),
            quantile_profiles(lengths, reference),
        ]
    return [chart for chart in charts if chart is not None]


def _tiles(shots: Sequence[Shot], levels: ScaleLevels, stills: "Sequence[Still | None] | None") -> list[dict[str, Any]]:
    """List the shots as on the contact sheet."""
    pictures = data_uris(stills) if stills is not None else [None] * len(shots)
    tiles = []
    for shot, picture in zip(shots, pictures, strict=True):
        scale = "" if shot.level is None else f", {levels.long[shot.level]}"
        how = "" if shot.kind in ("start", "cut") else f", begins with a {shot.kind}"
        tiles.append(
            {
                "number": shot.number,
                "time": timecode(shot.start),
                "length": seconds(shot.length),
                "short": "" if shot.level is None else levels.short[shot.level],
                "spoken": f"Shot {shot.number} at {timecode(shot.start)}, {seconds(shot.length)}{scale}{how}",
                "color": "#8A8A8A" if shot.level is None else levels.colors[shot.level],
                "picture": picture,
            }
        )
    return tiles


def _json(content: Any) -> str:
    """Return JSON that cannot close the HTML element around it; NaN and infinity become null."""
    text = json.dumps(finite(content), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _policy(*scripts: str) -> str:
    sums = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src {sums}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _resource(name: str) -> str:
    """Return the text of a file in the package's data."""
    return (files("authorship.data") / name).read_text(encoding="utf-8")
