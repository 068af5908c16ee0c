"""The desk with a keyboard, a screen reader, dark mode, or text at twice the size."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from accessibility import cut_off, violations, walk
from chromium import until

from authorship.desk.fields import key_of

LIST = "Nr;Beginn;Ende;Scale\n1;0,0;0,5;CU\n2;0,5;1,25;LS\n"
CODING = "time,shotscale\n" + "".join(f"{second},{1 + second // 5 % 7}\n" for second in range(400))
DIALOGS = {"Add films": "adding", "Import": "importing", "Candidates": "candidates", "Export": "exporting"}
DIALOGS |= {"New column": "columns"}


@pytest.fixture
def lists(tmp_path: Path) -> list[Path]:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    (tmp_path / "1966_bergman_-_persona.csv").write_text(CODING, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("Nothing of use.\n", encoding="utf-8")
    return sorted(tmp_path.glob("*.*"))


@pytest.fixture
def page(opened: Callable[..., Any], stand_in: ModuleType, tmp_path: Path) -> Any:
    """Open the page of a folder with a shot list and four films, one of which cannot be measured."""
    folder = tmp_path / "films"
    stand_in.run(stand_in.make_corpus(folder, 4, bad=(3,)), folder / "store")
    shots = "".join(f"{4 * i},{4 * i + 4}\n" for i in range(120))
    (folder / "long.csv").write_text(f"start,end\n{shots}", encoding="utf-8")
    with (folder / "films.csv").open("a", encoding="utf-8") as table:
        table.write("long,long.csv,,,,\n")
    return opened(folder, viewport={"width": 1024, "height": 700}, device_scale_factor=2)


def wrong(page: Any) -> list[str]:
    return [*violations(page), *cut_off(page)]


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_every_dialog_can_be_read_by_everyone(page: Any, lists: list[Path]) -> None:
    until(page, lambda: page.locator(".verdict").nth(3).inner_text())
    assert wrong(page) == []
    for name in ("New column", "Candidates", "Add films"):
        press(page, name)
        page.locator("dialog[open]").get_by_role("button", name="Use it" if name == "Candidates" else "Add").click()
        until(page, lambda: page.locator("dialog[open] .problem").inner_text())
        assert wrong(page) == []
        page.keyboard.press("Escape")
    press(page, "Export")
    press(page, "SPSS")
    until(page, lambda: page.locator("#exporting .done").inner_text())
    assert wrong(page) == []
    page.keyboard.press("Escape")
    press(page, "Import")
    page.locator("#list").set_input_files(lists[1])
    until(page, lambda: "2 shots" in page.locator("#preview").inner_text())
    assert wrong(page) == []
    page.locator("#list").set_input_files(lists)
    until(page, lambda: "notes.txt" in page.locator("#preview").inner_text())
    press(page, "Accept")
    until(page, lambda: "lists/list.csv" in page.locator("#importing .done").inner_text())
    assert wrong(page) == []


def test_every_drawing_and_report_can_be_read_by_everyone(page: Any) -> None:
    desk, films = page.url, [key_of(f"film-{i}") for i in range(2)]
    for where in (f"compare/{films[0]}/{films[1]}", "map", "tree", f"films/{films[0]}/report", "films/none/report"):
        page.goto(f"{desk}{where}")
        assert page.locator("h1").count()
        assert wrong(page) == []
        page.evaluate("document.activeElement.blur()")  # a report has the focus, so that keys scroll it
        assert walk(page) == []
    for where in (f"films/{films[0]}/by/0", f"films/{key_of('long')}/along/100"):
        page.goto(f"{desk}{where}")
        assert page.locator("footer code").inner_text().startswith("authorship ")
        assert wrong(page) == []
        assert walk(page) == []
    # The report is in an iframe, which neither check enters.
    page.goto(f"{desk}films/{films[0]}/report/page")
    page.wait_for_selector("html[data-drawn=yes]", state="attached")
    assert wrong(page) == []


def test_the_keyboard_reaches_everything_in_order(page: Any) -> None:
    until(page, lambda: page.locator(".verdict").nth(3).inner_text())
    assert walk(page) == []
    for name, dialog in DIALOGS.items():
        button = page.get_by_role("button", name=name, exact=True)
        button.focus()
        page.keyboard.press("Enter")
        assert page.locator("dialog[open]").get_attribute("id") == dialog
        assert walk(page) == []
        page.keyboard.press("Escape")
        assert button.evaluate("node => node === document.activeElement")
