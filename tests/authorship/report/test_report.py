"""The report as a document: complete, offline, escaped, with everything it promises."""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from authorship.attribution.attributor import Attributor
from authorship.features import feature_table
from authorship.features.distributions import SEVEN
from authorship.reference.table import Reference, builtin_reference, make_reference
from authorship.report import make_report, write_report
from authorship.report.lengths import quantile_profiles
from authorship.report.scales import scale_distribution
from authorship.report.shots import film_shots, scale_levels
from authorship.report.thumbnails import data_uris
from authorship.report.timeline import timeline
from shotscale.errors import OutputError
from shotscale.film import Film
from shotscale.network.weights import load_model
from shotscale.tables import make_scales
from shotscale.video.stills import Still

DrawFilm = Callable[..., Film]

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \"'&{{ 7 * 7 }}.mkv"


class Elements(HTMLParser):
    """Every element with its attributes, and the text inside scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._inside = False
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._inside = tag in ("script", "style")
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - as the parser calls it
        self._inside = False

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words.append(data)
        elif self.found[-1][0] == "script":
            self.scripts[-1] += data

    def charts(self) -> dict[str, Any]:
        """Return the charts handed to Plotly."""
        content: dict[str, Any] = json.loads(self.scripts[0])
        return content

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def picture(color: int = 120, *, height: int = 120) -> bytes:
    buffer = BytesIO()
    noise = np.random.default_rng(color).integers(0, 60, (height, 2 * height, 3))
    Image.fromarray((noise + color).astype(np.uint8)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def elements(film: Film, attributor: Attributor, **options: Any) -> Elements:
    return Elements(make_report(attributor.attribute(film), **options))


def full_reference(draw_film: DrawFilm) -> Reference:
    """Return three directors whose films have scales and quantile profiles."""
    films = {
        f"{name} {i}": draw_film(n_shots=80, asl=asl, sigma=0.8, seed=10 * k + i)
        for k, (name, asl) in enumerate((("Fast & <b>", 4), ("Middle", 12), ("Slow", 40)))
        for i in range(4)
    }
    table = feature_table({key: (film.shots, film.scales) for key, film in films.items()}).reset_index()
    table["director"] = [str(key).rsplit(" ", 1)[0] for key in table["film_id"]]
    return make_reference(table, name="<i>mine</i>")


def without(reference: Reference, names: list[str], *, of: str | None = None) -> Reference:
    """Return the reference with these columns empty, for all films or those of one candidate."""
    features = reference.features.copy()
    features.loc[reference.labels == of if of else slice(None), names] = np.nan
    return dataclasses.replace(reference, features=features)


def test_the_page_holds_verdict_evidence_and_limits(draw_film: DrawFilm, attributor: Attributor) -> None:
    analysis = draw_film(n_shots=150, asl=145, sigma=0.75, name="folder/long takes.mkv")
    page = elements(analysis, attributor)
    for part in (
        "long takes.mkv",
        "640 × 360",
        "Béla Tarr",
        "Limits of this answer",
        "The scale model rests on a simulation",
        "Satantango",
        "For and against",
        "share of total run time in runs of",
        "average (ASL)",
        "The reference has these figures for each film but not its individual shots",
        "principal components",
        "SHA-256 of the reference",
        "scikit-learn",
        "right for {:.0%}".format(attributor.bases["film"].performance["accuracy"]).replace("%", " %"),
    ):
        assert part.casefold() in page.text.casefold(), part
    assert set(page.charts()) == {"timeline", "lengths", "directors", "scales", "regions", "map"}


def test_every_figure_has_a_text_alternative(draw_film: DrawFilm, attributor: Attributor) -> None:
    page = elements(draw_film(n_shots=40), attributor)
    plots = [attributes for _, attributes in page.found if (attributes.get("class") or "").startswith("plot")]
    assert len(plots) == len(page.charts())
    for plot in plots:
        assert plot["role"] == "img"
        assert len(plot["aria-label"] or "") > 40
    # One per plot except the timeline, whose table is the contact sheet, and one for the feature meanings.
    assert sum(tag == "details" for tag, _ in page.found) == len(plots)


def test_the_page_says_that_films_are_near_by_shot_lengths_alone(draw_film: DrawFilm, attributor: Attributor) -> None:
    film = draw_film(n_shots=400)
    assert "over the features of shot length alone." in elements(film, attributor).text
    unscaled = dataclasses.replace(film, scales=None)
    assert "root mean square over the features." in elements(unscaled, attributor).text


def test_a_tile_a_shot(draw_film: DrawFilm, attributor: Attributor) -> None:
    analysis = draw_film(n_shots=60)
    stills = [None if i == 7 else Still(float(i), picture(i)) for i in range(60)]
    page = elements(analysis, attributor, stills=stills)
    tiles = [attributes for tag, attributes in page.found if tag == "button" and "id" in attributes]
    tiles = [tile for tile in tiles if str(tile["id"]).startswith("shot-")]
    assert [tile["id"] for tile in tiles] == [f"shot-{i}" for i in range(1, 61)]
    first = analysis.shots.iloc[0]
    assert f"{first.end - first.start:.1f}"[:3] in str(tiles[0]["aria-label"])
    pictures = [attributes for tag, attributes in page.found if tag == "img" and "src" in attributes]
    assert len(pictures) == 59
    assert "no picture" in page.text
    timeline = page.charts()["timeline"]["data"][0]
    assert timeline["x"] == [86_400_000 + round(1000 * start) for start in analysis.shots["start"]]


def test_pictures_for_other_shots_are_refused(draw_film: DrawFilm, attributor: Attributor) -> None:
    with pytest.raises(ValueError, match="2 pictures for 20 shots"):
        elements(draw_film(n_shots=20), attributor, stills=[None, None])


def test_a_saved_analysis_says_that_there_are_no_pictures(draw_film: DrawFilm, attributor: Attributor) -> None:
    page = elements(draw_film(n_shots=20), attributor)
    assert "No pictures: the shots were read" in page.text
    assert not [attributes for tag, attributes in page.found if tag == "img" and "src" in attributes]


def test_hostile_names_stay_text(draw_film: DrawFilm) -> None:
    own = full_reference(draw_film)
    reference = dataclasses.replace(own, titles=np.asarray([HOSTILE] * len(own.titles)), label_name="<u>who</u>")
    analysis = dataclasses.replace(
        draw_film(n_shots=60, name=HOSTILE), limits=(HOSTILE,), provenance={"versions": {HOSTILE: HOSTILE}}
    )
    page = elements(analysis, Attributor(reference))
    assert len(page.scripts) == 3
    assert [tag for tag, _ in page.found if tag in ("b", "i", "u", "img", "a", "iframe", "object")].count("u") == 0
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on")]
    assert not [attributes for tag, attributes in page.found if tag == "img" and attributes.get("src") == "x"]
    assert HOSTILE in page.words
    shown = json.dumps(page.charts(), ensure_ascii=False)
    assert "<img" not in shown  # Plotly reads tags in its texts
    assert "<script" not in shown
    assert "&lt;img src=x" in shown
    assert "49" not in "".join(word for word in page.words if "alert(1)" in word)


def test_nothing_is_fetched_and_only_own_scripts_may_run(draw_film: DrawFilm, attributor: Attributor) -> None:
    page = elements(draw_film(n_shots=20), attributor, stills=[Still(0.0, picture())] * 20)
    for tag, attributes in page.found:
        for name in ("src", "href", "srcset", "data", "action", "poster", "xlink:href"):
            target = attributes.get(name)
            assert target is None or target.startswith(("data:image/", "#")), (tag, target)
        assert "url(" not in (attributes.get("style") or "")
    assert "url(" not in (files("authorship.data") / "report.css").read_text(encoding="utf-8")
    policy = next(a["content"] for t, a in page.found if t == "meta" and a.get("http-equiv")) or ""
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    for script in page.scripts[1:]:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_the_drawing_script_is_the_published_one() -> None:
    data = files("authorship.data")
    checksum = hashlib.sha256((data / "plotly-basic.min.js").read_bytes()).hexdigest()
    assert checksum in (data / "THIRD_PARTY.md").read_text(encoding="utf-8")


def test_a_reference_with_scales_and_profiles(draw_film: DrawFilm) -> None:
    page = elements(draw_film(n_shots=60, asl=4, sigma=0.8), Attributor(full_reference(draw_film)))
    charts = page.charts()
    assert {"profiles", "scales"} <= set(charts)
    assert len(charts["scales"]["data"]) == 4
    assert len(charts["profiles"]["data"]) == 4
    assert "not its single shots" not in page.text


def test_an_empty_column_of_the_reference_is_not_drawn(draw_film: DrawFilm) -> None:
    film, whole = draw_film(n_shots=60, asl=4, sigma=0.8), full_reference(draw_film)
    shares = [f"share_{scale}" for scale in SEVEN]
    page = elements(film, Attributor(without(whole, [*shares, "median_shot_length", "quantile_50"])))
    charts = page.charts()
    assert len(charts["scales"]["data"]) == 1
    assert "The reference has no comparable shot scales" in page.text
    assert "The reference has no median shot length." in page.text
    assert len({trace["xaxis"] for trace in charts["directors"]["data"]}) == 2
    assert "profiles" not in charts
    assert "nan" not in page.text.casefold().split()


def test_candidates_without_a_figure_are_named_and_not_drawn(draw_film: DrawFilm) -> None:
    film, whole = draw_film(n_shots=60, asl=4, sigma=0.8), full_reference(draw_film)
    answer = Attributor(without(whole, ["share_cu"], of="Slow")).attribute(film)
    scales = scale_distribution(answer, scale_levels(film))
    profiles = quantile_profiles(np.arange(1.0, 60.0), without(whole, ["quantile_50"], of="Slow"))
    for chart in (scales, profiles):
        assert chart is not None
        assert len(chart.traces) == 3
        assert chart.note.endswith("Unknown for the films of Slow.")
        assert chart.table is not None
        assert [row[0] for row in chart.table.rows] == ["this film", "Fast & <b>", "Middle"]


def test_error_bars_reach_to_the_quartiles_of_a_directors_films(draw_film: DrawFilm) -> None:
    film, reference = draw_film(n_shots=60, asl=4, sigma=0.8), full_reference(draw_film)
    chart = scale_distribution(Attributor(reference).attribute(film), scale_levels(film))
    assert chart is not None
    drawn = next(trace for trace in chart.traces if trace["name"] == "Slow")
    shares = reference.features.loc[reference.labels == "Slow", "share_cu"]
    place = drawn["x"].index("CU")
    low, middle, high = 100 * np.quantile(shares, [0.25, 0.5, 0.75])
    assert drawn["y"][place] == pytest.approx(middle, abs=0.01)
    assert drawn["error_y"]["array"][place] == pytest.approx(high - middle, abs=0.01)
    assert drawn["error_y"]["arrayminus"][place] == pytest.approx(middle - low, abs=0.01)


def test_a_reference_of_one_feature_has_no_regions(draw_film: DrawFilm) -> None:
    table = pd.DataFrame(
        {
            "film_id": [f"film {i}" for i in range(8)],
            "director": ["Near", "Far"] * 4,
            "share_close": [0.5, 0.1, 0.55, 0.12, 0.6, 0.2, 0.62, 0.22],
        }
    )
    charts = elements(draw_film(n_shots=60), Attributor(make_reference(table, name="one feature"))).charts()
    assert "map" in charts
    assert "regions" not in charts


def test_the_timeline_is_of_the_film_wherever_it_begins() -> None:
    starts = np.arange(600.0, 1800.0, 4.0)  # after ten minutes of titles that were left out
    film = Film("film", pd.DataFrame({"start": starts, "end": starts + 4}))
    chart = timeline(film_shots(film), scale_levels(film))
    bars, rate = chart.traces
    first, last = (86_400_000 + 1000 * end for end in (600, 1800))
    assert rate["y"] == pytest.approx([15.0] * len(rate["y"]), abs=0.5)
    assert (rate["x"][0], rate["x"][-1]) == (bars["x"][0], last) == (first, last)
    assert chart.layout["xaxis"]["range"] == [first, last]
    assert "300 shots over 0:20:00.0" in chart.alternative


def test_shares_corrected_for_the_networks_errors(draw_film: DrawFilm) -> None:
    film = draw_film(n_shots=60, asl=4, sigma=0.8)
    checksums = {"weights": load_model().description.checksum}
    measured = dataclasses.replace(film, provenance={**film.provenance, "checksums": checksums})
    corrected = measured.corrected_shares
    assert film.corrected_shares is None
    assert corrected is not None
    chart = elements(measured, Attributor(full_reference(draw_film))).charts()["scales"]
    (trace,) = (trace for trace in chart["data"] if trace["name"] == "this film, corrected")
    assert trace["y"] == [round(100 * share[0], 2) for share in corrected["scales"].values()]
    lowest = [y - down for y, down in zip(trace["y"], trace["error_y"]["arrayminus"], strict=True)]
    assert lowest == pytest.approx([100 * share[1] for share in corrected["scales"].values()], abs=0.02)


def groups_alone(film: Film) -> Film:
    by_group = film.scales[["p_close", "p_medium", "p_long"]].to_numpy()
    return dataclasses.replace(film, scales=make_scales(film.scales["time"].to_numpy(), by_group))


@pytest.mark.parametrize("kind", ["seven scales", "three groups", "no scales", "one shot", "two shots", "brief"])
def test_plotly_accepts_every_figure(kind: str, draw_film: DrawFilm, attributor: Attributor) -> None:
    graph_objects = pytest.importorskip("plotly.graph_objects", reason="plotly checks what it is handed")
    film = draw_film(n_shots={"one shot": 1, "two shots": 2}.get(kind, 50), asl=0.7 if kind == "brief" else 9.0)
    if kind == "three groups":
        film = groups_alone(film)
    shown = Film(path="table", shots=film.shots) if kind == "no scales" else film
    charts = elements(shown, attributor).charts()
    assert ("scales" in charts) == (kind != "no scales")
    for chart in charts.values():
        graph_objects.Figure(data=chart["data"], layout=chart["layout"])


def test_pictures_share_a_budget() -> None:
    stills = [Still(float(i), picture(i)) for i in range(40)] + [None]
    large, small = data_uris(stills), data_uris(stills, budget=60_000)
    assert large[-1] is None
    assert small[-1] is None
    sizes = [sum(len(base64.b64decode(uri.split(",")[1])) for uri in uris if uri) for uris in (large, small)]
    assert sizes[1] <= 60_000 < sizes[0]
    with Image.open(BytesIO(base64.b64decode(str(small[0]).split(",")[1]))) as image:
        assert image.width == 2 * image.height
    assert data_uris([None, None]) == [None, None]


def test_writing(draw_film: DrawFilm, attributor: Attributor, tmp_path: Path) -> None:
    answer = attributor.attribute(draw_film(n_shots=20))
    assert write_report(tmp_path / "film.html", answer).read_text(encoding="utf-8").endswith("</html>")
    with pytest.raises(OutputError):
        write_report(tmp_path / "absent" / "film.html", answer)


def test_the_reference_is_drawn_whole(draw_film: DrawFilm, attributor: Attributor) -> None:
    reference = builtin_reference()
    charts = elements(draw_film(n_shots=30), attributor).charts()
    assert sum(len(trace["x"]) for trace in charts["map"]["data"]) == len(reference.labels) + 1
    panels = pd.Series([trace["xaxis"] for trace in charts["directors"]["data"]]).value_counts()
    assert panels.tolist() == [6, 6, 6]


@pytest.mark.parametrize("n_shots", [80, 700])
def test_a_tick_marks_a_verdict_that_names_someone(n_shots: int, draw_film: DrawFilm, attributor: Attributor) -> None:
    answer = attributor.attribute(draw_film(n_shots=n_shots, asl=7.5, sigma=0.9, name="f.mkv"))
    verdict = next(a for tag, a in Elements(make_report(answer)).found if (a.get("class") or "").startswith("verdict"))
    assert ("decided" in (verdict["class"] or "")) == (answer.verdict in attributor.reference.candidates)
    assert (n_shots == 700) == ("decided" in (verdict["class"] or ""))


def test_a_shot_has_its_own_kind_of_scale() -> None:
    """A track of three groups has three levels, indexed like the groups."""
    times = np.arange(9.0)
    by_group = np.eye(3)[np.repeat([0, 2, 1], 3)]
    shots = pd.DataFrame({"start": [0.0, 3.0, 6.0], "end": [3.0, 6.0, 9.0]})
    film = Film("f", shots, make_scales(times, by_group))
    assert [shot.level for shot in film_shots(film)] == [0, 2, 1]
    assert scale_levels(film).short == ("close", "medium", "long")
    by_scale = np.eye(7)[np.repeat([6, 0, 3], 3)]
    film = Film("f", shots, make_scales(times, by_scale))
    assert [shot.level for shot in film_shots(film)] == [6, 0, 3]
    assert scale_levels(film).short[3] == "MS"
