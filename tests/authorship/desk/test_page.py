"""The desk's page when answers are late, films change under the cursor, or what is pressed cannot be done."""

import shlex
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from chromium import until

from authorship.desk.folder import Desk

REFRESH = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def folder(stand_in: ModuleType, tmp_path: Path) -> Path:
    """Three measured films and one that cannot be measured; the name has all that a command stands for films with."""
    folder = tmp_path / "$' $$ FILM A B"
    stand_in.run(stand_in.make_corpus(folder, 4, bad=(3,)), folder / "store")
    return folder


@pytest.fixture
def page(opened: Callable[..., Any], folder: Path) -> Any:
    return opened(folder)


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def says(page: Any, place: str, text: str) -> None:
    until(page, lambda: text in page.locator(place).inner_text())


def requests(page: Any, path: str) -> list[Any]:
    """Return the list of a page's requests to a path, which grows."""
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith(path) else None)
    return sent


def held(page: Any, path: str) -> list[Any]:
    """Hold a page's requests to a path; return the list of them, which grows."""
    routes: list[Any] = []
    page.route(f"**{path}", lambda route: routes.append(route))  # noqa: PLW0108 - playwright marks it
    return routes


def test_ticks_stay_when_a_column_is_added(page: Any) -> None:
    page.get_by_label("Choose film-0").check()
    press(page, "New column")
    page.locator("#column").fill("genre")
    page.keyboard.press("Enter")
    page.get_by_label("genre of film-0").wait_for()
    assert page.get_by_label("Choose film-0").is_checked()
    assert not page.get_by_label("Choose film-1").is_checked()


def test_export_says_how_many_films_it_writes(page: Any) -> None:
    press(page, "Export")
    says(page, "#exported", "All measured films")
    press(page, "Close")
    for name in ("film-0", "film-3"):  # the second is not measured
        page.get_by_label(f"Choose {name}").check()
    press(page, "Export")
    says(page, "#exported", "Only the ticked films, 1 measured")


def test_ticked_films_without_figures_do_not_export_all(page: Any, folder: Path) -> None:
    page.get_by_label("Choose film-3").check()
    press(page, "Export")
    press(page, "CSV")
    says(page, "#exporting .problem", "None of the ticked films is measured")
    assert not (folder / "exports").exists()


def test_the_list_shown_is_the_list_imported(page: Any, tmp_path: Path) -> None:
    """The first list's answer comes after the second's: only the second's is shown."""
    for name, n_shots in (("big", 9), ("small", 2)):
        shots = "".join(f"{4 * i},{4 * i + 4}\n" for i in range(n_shots))
        (tmp_path / f"{name}.csv").write_text(f"start,end\n{shots}", encoding="utf-8")
    routes = held(page, "/api/preview")
    press(page, "Import")
    for number, name in enumerate(("big", "small")):
        page.locator("#list").set_input_files(tmp_path / f"{name}.csv")
        until(page, lambda number=number: len(routes) > number)
    routes[1].continue_()
    says(page, "#preview", "2 shots")
    state = f"{page.url}api/state"  # asked after every answer, before it is shown
    with page.expect_event("requestfinished", lambda request: request.url == state):
        routes[0].continue_()
    page.evaluate("new Promise(requestAnimationFrame)")
    assert "2 shots" in page.locator("#preview").inner_text()
    press(page, "Accept")
    says(page, "#importing .done", "lists/small.csv")


def test_what_was_not_previewed_is_not_accepted(page: Any, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("start,end\n0,48\n48,96\n", encoding="utf-8")
    accepted, previewed = requests(page, "/api/accept"), requests(page, "/api/preview")
    press(page, "Import")
    page.locator("#list").set_input_files(tmp_path / "list.csv")
    until(page, lambda: page.locator("#preview").inner_text() or page.locator("#importing .problem").inner_text())
    page.get_by_label("Unit").select_option("frames")
    page.get_by_label("Frames per second").fill("24")
    page.keyboard.press("Enter")
    says(page, "#preview", "2.000")
    assert previewed[-1].post_data_json["options"]["fps"] == "24"
    assert not accepted
    assert page.get_by_label("Frames per second").evaluate("field => field === document.activeElement")
    routes = held(page, "/api/preview")
    page.get_by_label("Frames per second").fill("12")
    page.keyboard.press("Enter")
    until(page, lambda: routes)
    assert page.locator("#accept").is_disabled()
    routes[0].continue_()
    says(page, "#preview", "4.000")
    press(page, "Accept")
    says(page, "#importing .done", "lists/list.csv")
    assert accepted[0].post_data_json["options"]["fps"] == "12"


def test_a_list_that_was_refused_is_accepted_again(page: Any, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text("start,end\n0,48\n48,96\n", encoding="utf-8")
    accepted, routes = requests(page, "/api/accept"), held(page, "/api/accept")
    press(page, "Import")
    page.locator("#list").set_input_files([tmp_path / "one.csv", tmp_path / "two.csv"])
    says(page, "#preview", "two.csv")
    press(page, "Accept")
    until(page, lambda: routes)
    routes[0].continue_()
    until(page, lambda: len(routes) == 2)
    routes[1].fulfill(status=400, json={"error": "the disk is full; make room"})
    says(page, "#importing .problem", "make room")
    press(page, "Accept")
    until(page, lambda: len(routes) == 3)
    routes[2].continue_()
    says(page, "#importing .done", "lists/two.csv")
    assert [request.post_data_json["name"] for request in accepted] == ["one.csv", "two.csv", "two.csv"]
    assert page.locator("#accept").is_disabled()


def test_lists_of_measured_films_are_theirs(page: Any, tmp_path: Path) -> None:
    for name in ("film-0", "film-1", "other"):
        (tmp_path / f"{name}.csv").write_text("start,end\n0,48\n48,96\n", encoding="utf-8")
    (tmp_path / "lengths.csv").write_text("film-1,film-2\n4,5\n6,7\n", encoding="utf-8")
    press(page, "Import")
    page.locator("#list").set_input_files(tmp_path / "film-0.csv")
    until(page, lambda: page.locator("#of option:checked").inner_text() == "of the film film-0")
    page.locator("#list").set_input_files([tmp_path / f"{name}.csv" for name in ("film-0", "film-1", "other")])
    until(page, lambda: "of the 2 measured films of the same" in page.locator("#of option:checked").inner_text())
    refused, routes = page.locator("#importing .problem").first, held(page, "/api/accept")
    press(page, "Accept")
    until(page, lambda: routes)
    routes[0].fulfill(status=400, json={"error": "film-0: exists already"})
    until(page, lambda: len(routes) == 2)
    routes[1].continue_()
    until(page, lambda: len(routes) == 3)
    routes[2].continue_()
    says(page, "#importing .done", "reviewed/film-1/corrections-coder.jsonl: 2 shots")
    says(page, "#importing .done", "lists/other.csv")
    until(page, lambda: refused.inner_text() == "film-0: exists already")
    page.locator("#list").set_input_files(tmp_path / "lengths.csv")
    until(page, lambda: page.locator("#of option:checked").inner_text() == "of the measured films of the same names")
    page.locator("#of").select_option("separate films, without files")
    page.get_by_label("Unit").select_option("seconds")
    says(page, "#preview", "2 films")
    until(page, lambda: page.locator("#of option:checked").inner_text() == "separate films, without files")


def test_a_list_of_a_film_that_is_not_measured_yet(page: Any, tmp_path: Path) -> None:
    change(page, "film-3", state="waiting", detail=None)
    (tmp_path / "film-3.csv").write_text("start,end\n0,48\n48,96\n", encoding="utf-8")
    press(page, "Import")
    page.locator("#list").set_input_files(tmp_path / "film-3.csv")
    says(page, "#preview", "film-3 is not measured yet")


def test_a_refused_file_stops_no_other(page: Any, tmp_path: Path) -> None:
    for name in ("notes.doc", "new.mkv", "more.doc", "lengths.xlsx"):
        (tmp_path / name).write_bytes(b"no film")
    started = held(page, "/api/measure")
    press(page, "Add films")
    page.locator("#files").set_input_files(sorted(tmp_path.glob("*.*")))
    press(page, "Add")
    until(page, lambda: started)
    started[0].fulfill(json={})
    says(page, "#adding .problem", "more.doc: does not end as films do")
    assert "notes.doc: does not end as films do" in page.locator("#adding .problem").inner_text()
    assert "lengths.xlsx: a list, not a film; press Import" in page.locator("#adding .problem").inner_text()
    page.get_by_label("title of new").wait_for(state="attached")


def change(page: Any, film_id: str, **facts: Any) -> None:
    """Let the server's state say something else of a film from now on, and the page ask for it."""
    state = page.evaluate("fetch('/api/state').then(answer => answer.json())")
    next(film for film in state["films"] if film["film_id"] == film_id).update(facts)
    page.route("**/api/state", lambda route: route.fulfill(json=state))
    page.evaluate(REFRESH)


@pytest.mark.parametrize(
    ("label", "text", "said"), [("year of film-0", "1700", "a year from 1888"), ("Coder", "a/b", "a/b")]
)
def test_what_was_refused_stays_to_be_corrected(label: str, text: str, said: str, page: Any) -> None:
    field = page.get_by_label(label)
    field.fill(text)
    page.get_by_label("Find").focus()
    says(page, "#message", said)
    change(page, "film-0", n_shots=7)
    until(page, lambda: page.locator("[data-state] .number").first.inner_text() == "7")
    assert (field.input_value(), field.get_attribute("aria-invalid")) == (text, "true")


def test_a_film_is_renamed_by_its_name(page: Any) -> None:
    page.once("dialog", lambda dialog: dialog.accept("Persona"))
    press(page, "film-0")
    until(page, lambda: page.evaluate("document.activeElement.textContent") == "Persona")
    assert page.get_by_role("rowheader", name="film-0", exact=True).count() == 0
    page.once("dialog", lambda dialog: dialog.accept("film-1"))
    press(page, "Persona")
    says(page, "#message", "another film has this name")
    page.get_by_role("link", name="Correct: Persona").wait_for()  # it is not measured again


def test_find_keeps_the_row_under_the_cursor(page: Any) -> None:
    page.get_by_label("Find").fill("failed")
    title = page.get_by_label("title of film-3")
    title.fill("A title")
    change(page, "film-3", state="measuring", share=0.5, detail="")
    says(page, "[data-state=measuring] .state", "50 %")
    assert title.input_value() == "A title"
    assert title.evaluate("field => field === document.activeElement")
    page.get_by_label("Find").fill("faile")
    title.wait_for(state="detached")


@pytest.mark.parametrize("sign", ["isComposing: true", "keyCode: 229"])
def test_keys_of_an_input_method_do_nothing_else(page: Any, sign: str) -> None:
    def key(field: Any, name: str) -> None:
        field.evaluate(
            f"field => field.dispatchEvent(new KeyboardEvent('keydown', {{key: '{name}', bubbles: true, {sign}}}))"
        )

    title = page.get_by_label("title of film-0")
    title.focus()
    for name in ("Enter", "ArrowDown"):
        key(title, name)
        assert title.evaluate("field => field === document.activeElement")
    added = requests(page, "/api/column")
    press(page, "New column")
    page.locator("#column").fill("かんとく")
    key(page.locator("#column"), "Enter")
    page.locator("#column").fill("監督")
    page.locator("#column").press("Enter")
    page.get_by_label("監督 of film-0").wait_for()
    assert [request.post_data_json["name"] for request in added] == ["監督"]


def leaving_is_questioned(page: Any) -> bool:
    return not page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))")


def test_leaving_is_questioned_while_a_field_waits(page: Any) -> None:
    """A field that was sent is saved in any case; one that waits for it, or the coder, would be lost."""
    routes = held(page, "/api/set")
    page.get_by_label("director of film-0").fill("Ann")
    page.get_by_label("director of film-1").focus()
    until(page, lambda: routes)
    assert not leaving_is_questioned(page)
    page.get_by_label("Coder").fill("Bea")
    page.get_by_label("Find").focus()
    assert leaving_is_questioned(page)
    with page.expect_request("**/api/coder"):
        routes[0].continue_()
    assert not leaving_is_questioned(page)


def test_leaving_is_questioned_while_a_film_is_copied(page: Any, tmp_path: Path) -> None:
    (tmp_path / "new.doc").write_bytes(b"no film")
    routes = held(page, "/api/upload")
    press(page, "Add films")
    page.locator("#files").set_input_files(tmp_path / "new.doc")
    press(page, "Add")
    until(page, lambda: routes)
    assert leaving_is_questioned(page)
    routes[0].continue_()
    says(page, "#adding .problem", "does not end as films do")
    assert not leaving_is_questioned(page)


def test_a_missed_answer_is_said_once_and_taken_back(page: Any) -> None:
    page.evaluate("window.said = 0; new MutationObserver(() => said++).observe(message, {childList: true})")
    page.route("**/api/state", lambda route: route.abort())
    for _ in range(2):
        with page.expect_event("requestfailed", lambda request: request.url.endswith("/api/state")):
            page.evaluate(REFRESH)
        says(page, "#message", "The desk has ended")
    assert page.evaluate("said") == 1
    page.unroute("**/api/state")
    page.evaluate(REFRESH)
    until(page, lambda: page.locator("#message").is_hidden())


def test_a_list_is_chosen_again_once_it_is_corrected_or_back(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    press(page, "Import")
    for n_shots in (2, 3):
        path.write_text("start,end\n" + "".join(f"{4 * i},{4 * i + 4}\n" for i in range(n_shots)), encoding="utf-8")
        with page.expect_file_chooser() as chooser:
            page.locator("#list").click()
        chooser.value.set_files(path)
        says(page, "#preview", f"{n_shots} shots")
    page.locator("#list").evaluate("field => { File.prototype.arrayBuffer = () => Promise.reject(new Error('gone')) }")
    with page.expect_file_chooser() as chooser:
        page.locator("#list").press("Enter")
    chooser.value.set_files(path)
    says(page, "#importing .problem", "list.csv: cannot be read")
    assert page.locator("#preview").inner_text() == ""
    assert page.locator("#accept").is_disabled()


def test_verdicts_are_those_of_the_candidates_chosen_in_another_tab(page: Any, folder: Path) -> None:

    def verdicts() -> list[str]:
        return [page.get_by_role("row").nth(i + 1).locator(".verdict").inner_text() for i in range(3)]

    until(page, lambda: all(verdicts()))
    page.route(
        "**/api/verdict/*", lambda route: route.fulfill(json={"verdict": "X", "probability": None, "reason": ""})
    )
    Desk(folder).remember(reference=str(folder))
    page.evaluate(REFRESH)
    until(page, lambda: verdicts() == ["X"] * 3)


def test_the_focus_stays_when_what_can_be_done_changes(page: Any) -> None:
    again = page.get_by_role("button", name="Measure again: film-3")
    again.focus()
    change(page, "film-3", state="waiting", detail=None)
    again.wait_for(state="detached")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Take off the list: film-3"


def test_a_film_of_two_coders_is_decided_not_measured_again(page: Any) -> None:
    change(page, "film-0", state="failed", detail="corrected by anna and by ben", decide=True, away=False)
    decide = page.get_by_role("link", name="Decide: film-0")
    decide.wait_for()
    assert decide.get_attribute("href").endswith("/decide/")
    assert page.get_by_role("link", name="Correct: film-0").count() == 1
    assert page.get_by_role("button", name="Measure again: film-0").count() == 0
    change(page, "film-0", state="failed", detail="enter anna under Coder and press Correct", decide=False, away=False)
    decide.wait_for(state="detached")
    assert page.get_by_role("link", name="Correct: film-0").count() == 1
    assert page.get_by_role("button", name="Measure again: film-0").count() == 0


def test_names_are_found_in_any_language_of_the_browser(page: Any) -> None:
    """Turkish has two letters i, and its small letter of I has no dot."""
    page.evaluate(
        "const lower = String.prototype.toLocaleLowerCase;"
        "String.prototype.toLocaleLowerCase = function () { return lower.call(this, 'tr'); }"
    )
    page.get_by_label("Find").fill("FILM")
    assert page.locator("#films tbody tr").count() == 4


def test_a_film_that_cannot_be_read_is_not_the_end_of_the_desk(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "new.mkv"
    path.write_bytes(b"no film")
    press(page, "Add films")
    page.locator("#files").set_input_files(path)
    path.unlink()
    press(page, "Add")
    says(page, "#adding .problem", "new.mkv: cannot be copied")


def test_the_command_shown_is_that_of_the_films(page: Any, folder: Path) -> None:
    def command() -> list[str]:
        return shlex.split(page.locator("#command").inner_text())

    page.get_by_role("link", name="Report: film-1").focus()
    assert command()[-3:] == [str(folder / "store" / "film-1"), "--year", "1951"]
    press(page, "Export")
    page.get_by_role("button", name="ELAN").focus()
    assert command() == ["shotscale", "convert", "FILM", "film.eaf"]
    page.keyboard.press("Escape")
    page.locator("[data-command=compare]").hover(force=True)
    assert command() == ["authorship", "compare", "A", "B"]
    for name in ("film-0", "film-2"):
        page.get_by_label(f"Choose {name}").check()
    page.get_by_role("button", name="Compare").focus()
    assert command()[2:] == [str(folder / "store" / name) for name in ("film-0", "film-2")]


def test_the_command_shown_has_the_part_of_a_list(page: Any, folder: Path) -> None:
    def command(button: str, role: str = "button") -> list[str]:
        page.get_by_role(role, name=button, exact=True).focus()
        return shlex.split(page.locator("#command").inner_text())

    rows = "a,lists/a.csv,,,,0:05,pal\nb,lists/b.csv,,,,0:05,pal\nc,lists/b.csv,,,,0:10,\n"
    (folder / "lists").mkdir()
    for name in "ab":
        (folder / "lists" / f"{name}.csv").write_text("start,end\n0,4\n4,26.5\n", encoding="utf-8")
    (folder / "films.csv").write_text(f"film_id,path,title,year,director,from,speed\n{rows}", encoding="utf-8")
    page.evaluate(REFRESH)
    one, part = str(folder / "lists" / "a.csv"), ["--from", "0:05", "--speed", "pal"]
    page.get_by_label("Choose a").check()
    assert command("Report: a", "link")[-5:] == [one, *part]
    press(page, "Export")
    assert command("ELAN")[2:5] == [one, *part[:2]]
    page.keyboard.press("Escape")
    page.get_by_label("Choose b").check()
    assert command("Compare")[2:] == [one, one.replace("a.csv", "b.csv"), *part]
    page.get_by_label("Choose b").uncheck()
    page.get_by_label("Choose c").check()
    assert command("Compare")[2:] == ["A", "B"]


@pytest.mark.parametrize("by_link", [True, False])
def test_the_list_is_as_it_was_left(opened: Callable[..., Any], folder: Path, by_link: bool) -> None:
    with (folder / "films.csv").open("a") as table:
        table.writelines(f"film-away-{i},away/{i}.mkv,,,,\n" for i in range(40))
    page = opened(folder)

    def top() -> int:
        return int(page.locator("#scroll").evaluate("list => list.scrollTop"))

    page.get_by_label("Choose film-1").check()
    page.locator("#find").fill("film")
    page.locator("#scroll").evaluate("list => { list.scrollTop = 40; }")
    page.get_by_role("link", name="Report: film-2").click()
    page.get_by_title("Report on film-2").wait_for()
    if by_link:
        page.get_by_role("link", name="Back to the desk").click()
    else:
        page.go_back()
    page.wait_for_selector("body[data-ready]")
    assert (page.locator("#find").input_value(), top()) == ("film", 40)
    assert [page.get_by_label(f"Choose film-{i}").is_checked() for i in range(3)] == [False, True, False]


def test_a_report_is_saved_by_itself_and_a_page_is_printed_whole(page: Any, tmp_path: Path) -> None:
    def outside() -> int:
        page.emulate_media(media="print")
        return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    page.set_viewport_size({"width": 690, "height": 900})  # of a sheet between its margins
    name = page.get_by_role("button", name="film-0", exact=True)
    name.evaluate("name => { name.textContent = 'The Umbrellas of Cherbourg (Les Parapluies de Cherbourg)'; }")
    assert outside() <= 0
    # Paper shows no more when it is pointed at.
    assert page.locator("#films .film button").first.evaluate("name => name.scrollWidth <= name.clientWidth")
    assert page.locator("#films tbody tr").count() == 4
    assert page.evaluate("getComputedStyle(document.getElementById('scroll')).overflow") == "visible"
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Report: film-0").click()
    page.frame_locator("iframe").locator("html[data-drawn=yes]").wait_for(state="attached")
    page.keyboard.press("PageDown")  # without a click into it first
    until(page, lambda: page.frames[1].evaluate("scrollY"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the report").click()
    assert download.value.suggested_filename == "film-0 report.html"
    download.value.save_as(tmp_path / "saved.html")
    assert "Limits of this answer" in (tmp_path / "saved.html").read_text(encoding="utf-8")
    page.goto(page.url.split("/films/", maxsplit=1)[0] + "/map")
    assert outside() <= 0
