"""The report in a browser: it draws, hovers, jumps, zooms and prints, and makes no network requests."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from accessibility import cut_off, violations
from chromium import patient, until
from PIL import Image

from authorship.attribution.attributor import Attributor
from authorship.report import write_report
from shotscale.film import Film
from shotscale.video.stills import Still

DrawFilm = Callable[..., Film]

N_SHOTS = 60


class Opened:
    """An open page with its console messages and requests."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page = page
        self.messages: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-drawn=yes]", state="attached")

    def current(self) -> str:
        return str(self.page.evaluate("document.querySelector('.tiles [aria-current]').id"))

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))

    def in_view(self, selector: str) -> bool:
        script = "e => { const b = e.getBoundingClientRect(); return b.top >= -1 && b.bottom <= innerHeight + 1; }"
        return bool(self.page.locator(selector).evaluate(script))

    def span(self) -> list[float]:
        """Return the visible range of the timeline in seconds."""
        script = (
            "document.getElementById('plot-timeline')._fullLayout.xaxis.range"
            ".map(x => (typeof x === 'number' ? x : Date.parse(x.replace(' ', 'T') + 'Z')) / 1000)"
        )
        day = 86400
        return [float(end) - day for end in self.page.evaluate(script)]

    def point_at(self, shot: int) -> None:
        """Move the mouse onto a shot's bar."""
        bar = self.page.locator("#plot-timeline .cartesianlayer .bars .point path").nth(shot - 1)
        bar.scroll_into_view_if_needed()
        box = bar.bounding_box()
        self.page.mouse.move(box["x"] + box["width"] / 2 - 1, box["y"] + box["height"] / 2)
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.fixture(scope="module")
def analysis(draw_film: DrawFilm) -> Film:
    return draw_film(n_shots=N_SHOTS, asl=8, sigma=0.5, name="<b>film & co.mkv")


@pytest.fixture(scope="module")
def report(analysis: Film, tmp_path_factory: pytest.TempPathFactory) -> Path:
    buffer = BytesIO()
    Image.fromarray(np.full((120, 200, 3), 90, np.uint8)).save(buffer, "JPEG")
    stills = [Still(0.0, buffer.getvalue())] * N_SHOTS
    answer = Attributor().attribute(analysis)
    return write_report(tmp_path_factory.mktemp("report") / "film.html", answer, stills=stills)


@pytest.fixture
def opened(browser: Any, report: Path) -> Iterator[Opened]:
    page = patient(browser.new_page(viewport={"width": 1280, "height": 800}))
    yield Opened(page, report)
    page.close()


def test_it_draws_without_a_word_and_asks_for_nothing(opened: Opened) -> None:
    plots = opened.page.locator(".plot")
    assert plots.count() == 6
    for i in range(plots.count()):
        assert plots.nth(i).locator("svg.main-svg").count() > 0
    assert opened.page.locator("h1").inner_text() == "<b>film & co.mkv"
    assert opened.page.evaluate("Array.from(document.images).every(i => i.hidden || i.naturalWidth > 0)")
    assert opened.messages == []
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in opened.requests if url.startswith("file:")]) == 1


def test_everyone_can_read_it(opened: Opened) -> None:
    assert violations(opened.page) == []
    assert cut_off(opened.page) == []


def test_a_shot_answers_when_pointed_at(opened: Opened, analysis: Film) -> None:
    opened.point_at(30)
    tip = opened.page.locator("#plot-timeline .hoverlayer .hovertext")
    tip.wait_for()
    assert "shot 30" in tip.text_content()
    assert opened.page.locator("#shot-text").inner_text().startswith("Shot 30 at ")
    length = analysis.shots["end"][29] - analysis.shots["start"][29]
    assert f"{length:.2f} s" in tip.text_content()


@pytest.mark.parametrize("told", [True, False])
def test_a_click_goes_to_the_contact_sheet_and_back(opened: Opened, told: bool) -> None:
    """On a busy machine the chart fires no event for some clicks."""
    if not told:
        opened.page.evaluate("document.getElementById('plot-timeline').removeAllListeners('plotly_click')")
    opened.point_at(41)
    # The chart knows the shot under the pointer once it shows the tooltip; an earlier click hits nothing.
    opened.page.locator("#plot-timeline .hoverlayer .hovertext", has_text="shot 41").wait_for()
    opened.page.mouse.down()
    opened.page.mouse.up()
    opened.page.locator("#shot-41:focus").wait_for()
    assert opened.current() == "shot-41"
    assert opened.in_view("#shot-41")
    opened.page.locator("#shot-42").click()
    assert opened.current() == "shot-42"
    assert opened.focused() == "shot-slider"
    assert opened.in_view("#plot-timeline")
    assert opened.page.evaluate("document.getElementById('plot-timeline').layout.shapes.length") == 1


def test_the_keyboard_does_it_all(opened: Opened) -> None:
    keys = opened.page.keyboard
    opened.page.locator("#shot-slider").focus()
    for _ in range(4):
        keys.press("ArrowRight")
    assert opened.current() == "shot-5"
    keys.press("Enter")
    assert opened.focused() == "shot-5"
    assert opened.in_view("#shot-5")
    keys.press("ArrowRight")
    keys.press("ArrowDown")
    columns = int(opened.current().split("-")[1]) - 6
    assert columns > 3
    tops = opened.page.evaluate(
        f"[6, {6 + columns}].map(i => document.getElementById('shot-' + i).getBoundingClientRect().left)"
    )
    assert tops[0] == pytest.approx(tops[1])
    keys.press("End")
    assert opened.focused() == f"shot-{N_SHOTS}"
    keys.press("Enter")
    assert opened.focused() == "shot-slider"
    assert opened.page.locator("#shot-slider").get_attribute("aria-valuetext").startswith(f"Shot {N_SHOTS} at")


def test_zoom_by_keys_by_drag_and_back(opened: Opened, analysis: Film) -> None:
    end = float(analysis.shots["end"].iloc[-1])
    assert opened.span() == pytest.approx([0, end], abs=0.01)
    opened.page.locator("#shot-slider").focus()
    opened.page.keyboard.press("+")
    assert opened.span()[1] - opened.span()[0] == pytest.approx(end / 2, abs=0.01)
    opened.page.keyboard.press("End")  # the chosen shot is brought into the zoomed view
    assert opened.span()[1] == pytest.approx(end, abs=0.01)
    opened.page.keyboard.press("0")
    assert opened.span() == pytest.approx([0, end], abs=0.01)
    opened.page.locator("#plot-timeline").scroll_into_view_if_needed()
    area = opened.page.locator("#plot-timeline .draglayer .xy .nsewdrag").bounding_box()
    middle = area["y"] + area["height"] / 2
    opened.page.mouse.move(area["x"] + 0.25 * area["width"], middle)
    opened.page.mouse.down()
    opened.page.mouse.move(area["x"] + 0.4 * area["width"], middle, steps=3)
    opened.page.mouse.move(area["x"] + 0.5 * area["width"], middle, steps=3)
    opened.page.mouse.up()
    until(opened.page, lambda: opened.span() == pytest.approx([0.25 * end, 0.5 * end], rel=0.05))


@pytest.mark.parametrize("width", [360, 800])
def test_nothing_sticks_out_of_a_narrow_window(opened: Opened, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": 700})
    until(opened.page, lambda: opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_on_paper_figures_fit_and_controls_are_gone(opened: Opened) -> None:
    pdf = opened.page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    opened.page.emulate_media(media="print")
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not opened.page.locator("#shot-slider").is_visible()
    assert not opened.page.locator("nav").is_visible()
    assert opened.page.locator("#shot-1").is_visible()
    widths = "Math.max(...Array.from(document.querySelectorAll('.svg-container')).map(e => e.offsetWidth))"
    until(opened.page, lambda: opened.page.evaluate(widths) <= 688)  # A4 between its margins, in CSS pixels
    columns = "getComputedStyle(document.querySelector('.tiles')).gridTemplateColumns.split(' ').length"
    assert opened.page.evaluate(columns) == 8
    opened.page.evaluate("document.querySelector('.tiles').classList.add('bare')")  # as without pictures
    assert opened.page.evaluate(columns) == 8
    assert opened.messages == []


def test_printed_at_once_it_has_every_figure_and_no_selection(browser: Any, opened: Opened) -> None:
    """As with ``--print-to-pdf``, which prints before every figure has been drawn."""
    page = patient(browser.new_page())
    page.add_init_script(
        "addEventListener('load', () => { dispatchEvent(new Event('beforeprint'));"
        "window.atPrint = [[...document.querySelectorAll('.plot')].every(plot => plot.querySelector('.main-svg')),"
        "document.querySelectorAll('.rangeslider-container').length,"
        "document.querySelectorAll('#plot-timeline .shapelayer path').length]"
        "})"
    )
    page.goto(opened.page.url)
    page.wait_for_selector("html[data-drawn=yes]", state="attached")
    assert page.evaluate("atPrint") == [True, 0, 0]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    until(page, lambda: page.evaluate("document.querySelectorAll('.rangeslider-container').length") == 1)
    page.close()


def test_where_no_script_runs_tables_stand_for_the_figures(browser: Any, report: Path, opened: Opened) -> None:
    """A mail program's view of an attachment, for instance."""
    tables = opened.page.locator("figure details")
    assert not any(one.get_attribute("open") for one in tables.all())
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        shown = page.locator("figure table")
        assert shown.count() == tables.count()
        assert all(table.is_visible() for table in shown.all())
        assert not any(plot.is_visible() for plot in page.locator(".plot").all())
    context.close()


def test_every_bar_stands_at_its_time(opened: Opened, analysis: Film) -> None:
    area = opened.page.locator("#plot-timeline .draglayer .xy .nsewdrag").bounding_box()
    bars = opened.page.evaluate(
        "[...document.querySelectorAll('#plot-timeline .cartesianlayer .bars .point path')]"
        ".map(e => e.getBoundingClientRect().left)"
    )
    scale = area["width"] / float(analysis.shots["end"].iloc[-1])
    expected = [area["x"] + scale * start for start in analysis.shots["start"]]
    assert bars == pytest.approx(expected, abs=2)
