"""The review page in a browser: every key does what it says, and the page shows what is on disk."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from accessibility import cut_off, violations
from chromium import patient, until

from shotscale.coders import journal_path
from shotscale.film import Film
from shotscale.opening import load_analysis
from shotscale.part import FilmPart
from shotscale.review.corrections import read_corrections
from shotscale.review.opening import opened_review
from shotscale.review.server import review_server
from shotscale.tables import make_scales, make_shots

STARTS = [0.0, 2.0, 4.0, 6.0]
END = 200 / 24


class Desk:
    """A coder's page and corrections file."""

    def __init__(self, page: Any, folder: Path, coder: str, address: str, end_server: Callable[[], None]) -> None:
        self.page = page
        self.end_server = end_server
        self.path = journal_path(folder, coder)
        self.messages: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(address)
        self.settled()

    def until(self, condition: str) -> None:
        until(self.page, lambda: self.page.evaluate(condition))

    def settled(self) -> None:
        """Wait until a shot is current and its frames are shown; earlier keys apply to no shot."""
        self.until(
            "(({ shot, shown }) => shot !== undefined && shown === shot)(document.getElementById('desk').dataset)"
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def press_at_once(self, *keys: str, **how: Any) -> None:
        """Press keys faster than any answer arrives; `how` is more of the event, such as ``repeat``."""
        press = "document.body.dispatchEvent(new KeyboardEvent('keydown', { ...how, key, bubbles: true }))"
        named = [" " if key == "Space" else key for key in keys]
        self.page.evaluate(f"([keys, how]) => {{ for (const key of keys) {press} }}", [named, how])

    def done(self) -> None:
        """Wait until every key pressed so far has been acted on: keys are acted on in turn."""
        order = self.page.locator("#order").get_attribute("aria-pressed")
        self.press("o")
        self.until(f"document.getElementById('order').getAttribute('aria-pressed') !== {order!r}")

    def at(self, start: float) -> None:
        """Wait until the shot that starts at `start` is current."""
        self.until(f"Math.abs(document.getElementById('desk').dataset.shot - {start}) < 1e-3")

    def count(self, text: str) -> None:
        self.until(f"document.getElementById('count').textContent.startsWith({text!r})")

    def says(self, text: str) -> None:
        self.until(f"document.getElementById('message').textContent.includes({text!r})")

    def saved(self) -> list[tuple[float, str | None, bool]]:
        shots = read_corrections(self.path).document.shots
        return [(shot.start, shot.scale.abbreviation if shot.scale else None, shot.checked) for shot in shots]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    p = np.full((9, 7), 0.05)
    p[:, 3] = 0.7
    Film(
        path="<b>film & co.mkv",
        info={"duration": END, "fps": 24.0},
        shots=make_shots(STARTS, END, confidences=[1.0, 0.9, 0.5, 0.8]),
        scales=make_scales(np.arange(9.0), p),
        provenance={"checksums": {"film": "0" * 64}},
    ).save(tmp_path / "film")
    return tmp_path / "film"


@pytest.fixture
def opened(browser: Any, films: Any, folder: Path) -> Iterator[Callable[..., Desk]]:
    """Return a function that opens a coder's page; pages and servers are closed after the test."""
    ends: list[Callable[[], Any]] = []

    def make(coder: str = "anna", **options: Any) -> Desk:
        review = opened_review(folder, film=films["long_gop"], coder=coder, **options)
        server = review_server(review.__enter__()).__enter__()
        page = patient(browser.new_page(viewport={"width": 1280, "height": 860}))

        def end_server() -> None:
            server.__exit__(None, None, None)

        ends.extend([lambda: review.__exit__(None, None, None), end_server, page.close])
        return Desk(page, folder, coder, server.address, end_server)

    yield make
    for end in reversed(ends):
        end()


def test_a_film_is_gone_through_by_keyboard(opened: Callable[..., Desk]) -> None:
    desk = opened()
    assert "token" not in desk.page.url
    assert desk.page.locator("h1").inner_text() == "<b>film & co.mkv"
    assert desk.page.locator("#opinions").is_hidden()  # they are a referee's
    desk.at(4.0)  # the least certain shot first
    desk.press("2")
    desk.count("1 of 4")
    desk.press("Space")
    desk.at(6.0)
    desk.press("Enter")
    desk.at(2.0)
    desk.press("Enter", "Enter")
    desk.says("Every shot is checked")
    assert desk.saved() == [(0.0, "MS", True), (2.0, "MS", True), (4.0, "CU", True), (6.0, "MS", True)]
    assert desk.page.locator("#bar").get_attribute("aria-valuenow") == "4"
    desk.settled()
    assert desk.page.evaluate("[...document.querySelectorAll('.frames img')].every(i => i.naturalWidth === 96)")
    assert desk.messages == []
    origin = desk.page.evaluate("location.origin")
    assert [url for url in desk.requests if not url.startswith((origin, "data:"))] == []


def test_boundaries_move_part_and_join_and_all_of_it_is_undone(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.press("o", "Home")
    desk.at(0.0)
    desk.press("m")
    desk.says("this is not a cut")
    desk.press("ArrowRight", "]", "]", "[")
    desk.at(2.042)
    desk.press("m")
    desk.at(0.0)
    desk.press(".", "s")
    desk.at(2.042)  # split one frame after the middle of the merged shot
    desk.press("d")
    desk.until("document.getElementById('kind').textContent.includes('dissolve')")
    assert [start for start, _, _ in desk.saved()] == [0.0, 2.042, 4.0, 6.0]
    assert desk.page.locator("#strip [aria-current] .words").inner_text().startswith("2 · ")
    for _ in range(6):
        desk.press("u")
    desk.page.wait_for_selector("#undo[disabled]")
    assert [start for start, _, _ in desk.saved()] == STARTS
    desk.press("Control+y")
    desk.page.wait_for_selector("#undo:not([disabled])")
    desk.press("Control+z")
    desk.page.wait_for_selector("#undo[disabled]")
    assert desk.messages == []


PLAYED = """
window.played = [];
const { dataset } = document.getElementById('desk');
new MutationObserver(() => played.push(Number(dataset.played)))
  .observe(document.getElementById('desk'), { attributes: true, attributeFilter: ['data-played'] });
"""


def test_a_cut_and_a_shot_are_played_again_and_again(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.press("o", "Home")
    desk.at(0.0)
    assert desk.page.locator("[data-key=c]").is_disabled()
    desk.press("c")
    desk.says("this is not a cut")
    desk.press("ArrowRight", "ArrowRight")
    desk.at(4.0)
    desk.page.evaluate(f"() => {{ {PLAYED} }}")
    for key, first, last in (("c", 3.0, 5.0), ("v", 4.0, 6.0)):
        desk.press("Escape")  # otherwise the previous loop plays on until the key arrives
        desk.page.evaluate("played.length = 0")
        desk.press(key)
        desk.until(f"played.lastIndexOf({first}) > played.indexOf({first})")
        assert desk.page.locator(f"[data-key={key}]").get_attribute("aria-pressed") == "true"
        played = desk.page.evaluate(f"played.slice(0, played.lastIndexOf({first}))")
        assert len(played) == 48
        assert played == sorted(played)
        assert first == played[0] < played[-1] < last
    desk.press("Escape")
    assert desk.page.locator("[data-key=v]").get_attribute("aria-pressed") == "false"
    stopped = desk.page.evaluate("played.at(-1)")
    desk.press(".", "s")
    desk.until("document.getElementById('undo').disabled === false")
    assert [start for start, _, _ in desk.saved()] == [0.0, 2.0, 4.0, pytest.approx(stopped + 1 / 24, abs=2e-3), 6.0]
    assert desk.messages == []


def test_the_film_may_begin_later_and_end_earlier_than_the_file(opened: Callable[..., Desk], folder: Path) -> None:
    desk = opened()
    desk.press("o", "Home", "ArrowRight", "f", "ArrowRight", "e")
    desk.count("0 of 2 shots checked")
    assert load_analysis(folder).part == FilmPart(2.0, 6.0, "given")
    assert desk.page.locator("[data-key=e]").get_attribute("aria-pressed") == "true"
    desk.press("ArrowRight")
    desk.at(6.0)
    assert "after the film has ended: not counted" in desk.page.locator("#facts").inner_text()
    assert desk.page.locator("#strip [aria-current]").inner_text().strip() == "4 · not counted"
    desk.press("Space", "Enter", "Enter", "Space")
    desk.says("Every shot is checked")
    desk.press("Home", "ArrowRight", "f")  # a second time: takes it back
    desk.count("2 of 3")
    desk.press("u")
    desk.count("2 of 2")
    assert load_analysis(folder).limits[-1].endswith("2 of 2 shots checked.")


def test_how_sure_the_program_is_stands_in_words(opened: Callable[..., Desk]) -> None:
    desk = opened()
    said = desk.page.locator(".facts").inner_text().replace("\u00a0", " ")
    assert "not checked yet" in said
    assert "The program is 50 % sure of this cut and 70 % sure of the scale MS: 35 % that both are right." in said
    desk.press("2")
    desk.count("1 of 4")
    assert desk.page.locator("#kind").inner_text().strip() == "Begins with a cut."


def test_what_opens_something_ends_in_dots_and_nothing_else_does(opened: Callable[..., Desk]) -> None:
    desk = opened()
    buttons = desk.page.locator("#desk .buttons button, header button").all()
    dotted = [button.get_attribute("data-key") for button in buttons if "…" in button.inner_text()]
    assert dotted == ["l", "?"]
    for key in dotted:
        desk.press(key)
        assert desk.page.locator("dialog[open]").count() == 1
        desk.press("Escape")


def test_the_next_kind_stands_on_its_button(opened: Callable[..., Desk]) -> None:
    desk = opened()
    kinds = ["dissolve", "fade", "wipe", "cut"]
    for kind, following in zip(kinds, [*kinds[1:], kinds[0]], strict=True):
        assert desk.page.locator("[data-key=d]").inner_text().startswith(f"Make it a {kind}")
        desk.press("d")
        desk.until(f"document.getElementById('other-kind').textContent === 'Make it a {following}'")
    assert desk.page.locator("#kind").inner_text().startswith("Begins with a cut.")


def test_lists_help_and_places_are_a_key_away(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.page.set_viewport_size({"width": 640, "height": 400})
    desk.press("?")
    assert desk.page.locator("#keys").evaluate("list => list.scrollTop") == 0
    desk.page.set_viewport_size({"width": 1280, "height": 860})
    assert desk.page.locator("#keys").is_visible()
    desk.press("1", "Escape")  # keys have no effect while the list is open
    assert not desk.page.locator("#keys").is_visible()
    desk.press("l")
    assert desk.page.locator("#left-list li").count() == 4
    desk.page.locator("#left-list button").nth(3).click()
    desk.at(0.0)
    desk.press("g")
    desk.page.keyboard.type("0:05")
    desk.press("Enter")
    desk.at(4.0)
    desk.press("p")
    desk.at(0.0)
    desk.page.locator("#strip button").nth(7).click()
    desk.at(6.0)
    box = desk.page.locator("#whole").bounding_box()
    desk.page.mouse.click(box["x"] + box["width"] * 2.5 / END, box["y"] + 5)
    desk.at(2.0)
    assert desk.page.evaluate("document.activeElement.tagName") == "BODY"
    desk.page.locator("#scales button").nth(6).focus()
    desk.press("Space")  # presses a button that has keyboard focus
    desk.count("1 of 4")
    assert desk.saved()[1] == (2.0, "ELS", True)
    assert desk.page.locator("#said").inner_text().startswith("Shot 2, 2.00 s, coded ELS, checked.")


def test_everyone_can_read_it(opened: Callable[..., Desk]) -> None:
    desk = opened()
    assert [*violations(desk.page), *cut_off(desk.page)] == []
    for key in ("?", "l", "g"):
        desk.press(key)
        assert desk.page.locator("dialog[open]").count() == 1
        assert [*violations(desk.page), *cut_off(desk.page)] == []
        desk.press("Escape")


def test_a_referee_sees_both_and_takes_one(opened: Callable[..., Desk], folder: Path) -> None:
    first, second = opened("anna"), opened("ben")
    first.press("o", "Home", "1", "Space", "1", "Space", "1", "Space", "1")
    second.press("o", "Home", "1", "Space", "1", "Space", "6", "Space", "m")
    first.count("4 of 4")
    second.count("3 of 3")
    referee = opened("carl", between=["anna", "ben"])
    referee.count("2 of 4 shots checked, 2 left · 2 disagreements left")
    assert "Cohen's kappa" in referee.page.locator("#agreement").inner_text()
    referee.press("o", "Home", "Space")
    referee.at(4.0)
    assert referee.page.locator("#opinions").inner_text().split("\n")[0].startswith("anna: ECU, a shot begins here")
    referee.press("b", "Space", "b")
    referee.count("3 of 3 shots checked, 0 left · 0 disagreements left")
    referee.page.locator("#opinions button").nth(0).focus()
    referee.press("Enter", "u")  # the button keeps the focus, whatever the page shows next
    referee.done()
    assert referee.page.evaluate("document.activeElement.dataset.key") == "a"
    assert [scale for _, scale, _ in referee.saved()] == ["ECU", "ECU", "LS"]
    assert load_analysis(folder).provenance["corrections"]["coder"] == "carl"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out(opened: Callable[..., Desk], scheme: str) -> None:
    desk = opened()
    desk.page.emulate_media(color_scheme=scheme)
    for width in (390, 800):
        desk.page.set_viewport_size({"width": width, "height": 760})
        assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_server_may_end(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.press("1")
    desk.count("1 of 4")
    desk.end_server()
    # Keys pressed before the lost correction is reported have no effect, and nothing hides the report.
    desk.press_at_once("Space", "2", "Space", "3", "Space")
    desk.says("has ended")
    desk.at(6.0)
    desk.press("o", "Home")
    desk.at(0.0)
    desk.says("has ended")
    assert [scale for _, scale, _ in desk.saved()] == [None, None, "ECU", None]


def test_a_correction_that_cannot_be_kept_is_said_until_one_is(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.path.rename(desk.path.with_suffix(".aside"))
    desk.press_at_once("1", "Space", "2")
    desk.says("is gone")
    desk.press("o", "End")
    desk.at(6.0)
    desk.says("is gone")
    desk.path.with_suffix(".aside").rename(desk.path)
    desk.press("1")
    desk.count("1 of 4")
    desk.until("document.getElementById('message').hidden")
    assert [scale for _, scale, _ in desk.saved()] == [None, None, None, "ECU"]


@pytest.mark.parametrize("key", ["g", "l", "?"])
def test_what_is_typed_for_a_dialog_corrects_nothing(opened: Callable[..., Desk], key: str) -> None:
    desk = opened()
    desk.press_at_once("2", key, "1", "5")
    desk.page.wait_for_selector("dialog[open]")
    desk.press("Escape")
    desk.page.wait_for_selector("dialog[open]", state="hidden")
    desk.done()
    assert [scale for _, scale, _ in desk.saved()] == [None, None, "CU", None]


def test_what_is_typed_before_a_refusal_is_said_corrects_nothing(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.press_at_once("u", "2", "Enter")
    desk.says("nothing has been done")
    desk.done()
    assert not any(checked for _, _, checked in desk.saved())
    desk.press("2")
    desk.count("1 of 4")


def test_a_key_held_down_moves_on_but_decides_nothing(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.press("o", "Home", "ArrowRight")
    desk.at(2.0)
    desk.press_at_once("2", "Enter", "m", "x", repeat=True)
    desk.press_at_once(*"]]]]]]", repeat=True)  # the first two; the others come faster than they can be shown
    desk.done()
    assert desk.saved() == [(0.0, None, False), (2.083, None, False), (4.0, None, False), (6.0, None, False)]
    desk.press_at_once("ArrowRight", repeat=True)
    desk.at(4.0)
    desk.page.locator("[data-key=m]").focus()
    desk.press("ArrowLeft")  # so that the focus is the keyboard's
    desk.at(2.083)
    prevented = """() => !document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', repeat: true, bubbles: true, cancelable: true }))"""
    assert desk.page.evaluate(prevented)  # otherwise the button is pressed again and again


def test_a_link_is_followed_by_keyboard(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.page.evaluate("document.querySelector('.film').insertAdjacentHTML('afterbegin', '<a href=#there>Back</a>')")
    desk.press("Tab")
    assert desk.page.evaluate("document.activeElement.tagName") == "A"
    desk.press("Enter")
    desk.until("location.hash === '#there'")
    desk.press("Space")  # does nothing on a link, hence what it does elsewhere
    desk.at(6.0)
    desk.done()
    assert not any(checked for _, _, checked in desk.saved())


def test_a_split_that_was_not_saved_is_repeated_at_the_same_frame(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.press(".")
    desk.until("document.getElementById('desk').dataset.look !== undefined")
    desk.path.rename(desk.path.with_suffix(".aside"))
    desk.press("s")
    desk.says("is gone")
    desk.path.with_suffix(".aside").rename(desk.path)
    desk.press("s")
    desk.at(5.042)  # one frame after the middle
    assert [start for start, _, _ in desk.saved()] == [0.0, 2.0, 4.0, 5.042, 6.0]


def test_leaving_with_keys_still_waiting_is_asked_about(opened: Callable[..., Desk]) -> None:
    desk = opened()
    held: list[Any] = []
    desk.page.route("**/api/act", lambda route: route.continue_() if held else held.append(route))
    leave = "() => dispatchEvent(new Event('beforeunload', { cancelable: true }))"  # false: the browser asks
    assert desk.page.evaluate(leave)
    desk.press("1", "Space", "2", "Space", "3")
    until(desk.page, lambda: held)
    assert not desk.page.evaluate(leave)
    held[0].continue_()
    desk.count("3 of 4")
    desk.done()
    desk.until(f"({leave})()")


def test_keys_of_other_keyboards(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.press("o", "Home", "ArrowRight")
    desk.at(2.0)
    desk.press_at_once("]", altKey=True)  # German and French, on a Mac
    desk.at(2.042)
    desk.press_at_once("[", altKey=True, ctrlKey=True)  # AltGr, as some systems report it
    desk.at(2.0)
    desk.press_at_once("m", altKey=True)
    desk.press_at_once("ö", code="Semicolon")
    desk.done()
    assert [start for start, _, _ in desk.saved()] == STARTS
    desk.press_at_once("ь", code="KeyM")
    desk.at(0.0)
    desk.press_at_once("я", code="KeyZ", ctrlKey=True)
    desk.done()
    assert [start for start, _, _ in desk.saved()] == STARTS


def test_a_click_means_the_shot_that_stood_there(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.press("o", "Home", "ArrowRight")
    desk.at(2.0)
    confirm = "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))"
    desk.page.evaluate(f"() => {{ {confirm}; document.querySelectorAll('#strip button')[3].click(); }}")
    desk.count("1 of 4")
    desk.done()
    assert desk.page.evaluate("document.getElementById('desk').dataset.shot") == "0"


def test_a_page_that_is_behind_shows_the_latest_and_asks_again(opened: Callable[..., Desk]) -> None:
    desk = opened()
    desk.page.evaluate("""async () => {
        const { revision } = await (await fetch('api/state')).json();
        const body = JSON.stringify({ revision, do: [{ do: 'merge', time: 6 }] });
        await fetch('api/act', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    }""")
    desk.press("1")
    desk.says("the page now shows anna's latest")
    desk.count("0 of 3")
    desk.press("1")
    desk.count("1 of 3")
    desk.until("document.getElementById('message').hidden")
