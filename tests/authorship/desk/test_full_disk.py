"""The desk on a full disk: it reports it in place, leaves nothing half-written, and continues once there is room."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from chromium import patient, until

from authorship.desk.actions import Actions
from authorship.desk.exporting import SHOT_LISTS, TABLES
from authorship.desk.fields import key_of
from authorship.desk.folder import Desk
from authorship.desk.server import desk_server
from shotscale.coders import journal_path
from shotscale.errors import OutputError
from shotscale.review.corrections import read_corrections
from shotscale.scales import ShotScale


class Disk:
    """A separate disk of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._ballast = folder, folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb", buffering=0) as stream, pytest.raises(OSError, match="No space left"):
            while stream.write(bytes(4096)):
                pass

    def make_room(self) -> None:
        self._ballast.unlink()

    def files(self) -> dict[Path, bytes]:
        """Return the files on the disk, except the ballast and the desk's own state (`.desk`)."""
        paths = (path for path in self.folder.rglob("*") if path.is_file() and ".desk" not in path.parts)
        return {path: path.read_bytes() for path in paths if path != self._ballast}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if os.name != "posix" or os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no disk that is really full: only an administrator may mount a small one")
    yield Disk(place)
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def desk(disk: Disk, stand_in: ModuleType) -> Desk:
    folder = disk.folder / "films"
    stand_in.run(stand_in.make_corpus(folder, 2), folder / "store")
    return Desk(folder)


def test_nothing_is_written_by_halves(disk: Disk, desk: Desk) -> None:
    actions, before = Actions(desk), disk.files()
    disk.fill()
    for name in (*TABLES, *SHOT_LISTS):
        with pytest.raises(OutputError, match="No space left"):
            actions.export(name)
        assert disk.files() == before, name
    with pytest.raises(OutputError, match="No space left"):
        desk.set_cell(key_of("film-0"), "title", "x" * 5000)
    with pytest.raises(OutputError, match="No space left"):
        desk.measuring.start()
    assert not desk.measuring.state()["running"]
    assert disk.files() == before
    disk.make_room()
    for name in (*TABLES, *SHOT_LISTS):
        assert actions.export(name)["written"]
    desk.set_cell(key_of("film-0"), "title", "x")
    desk.measuring.settle()


def test_measuring_correcting_and_exporting_go_on_with_room(browser: Any, films: Any, disk: Disk, desk: Desk) -> None:
    shutil.copy(films["plain"], desk.folder / "plain.mp4")
    desk.add([desk.folder / "plain.mp4"])
    desk.measuring.settle()
    context = browser.new_context()
    with desk_server(desk.folder) as server:
        page = patient(context.new_page())

        def says(place: str, text: str) -> None:
            until(page, lambda: text in page.locator(place).inner_text())

        def press(name: str) -> None:
            page.get_by_role("button", name=name, exact=True).click()

        page.goto(server.address)
        page.wait_for_selector("body[data-ready]")
        disk.fill()
        press("Measure")
        says("#message", "No space left")
        press("Export")
        press("SPSS")
        says("#exporting .problem", "No space left")
        disk.make_room()
        press("SPSS")
        says("#exporting .done", "features.sav: 2 rows")
        page.keyboard.press("Escape")
        press("Measure")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="plain", exact=True))
        until(page, lambda: "measured" in row.locator(".state").inner_text())
        row.get_by_role("link", name="Correct").click()
        page.wait_for_selector("#count:has-text('0 of ')")
        disk.fill()
        keys = cycle("12")  # the last block of the journal still has room for a few

        def corrected() -> str:
            page.keyboard.press(next(keys))
            return str(page.locator("#message").inner_text())

        until(page, lambda: "No space left" in corrected())
        disk.make_room()
        journal = journal_path(desk.store / "reviewed" / "plain", "coder")

        def kept() -> bool:
            page.keyboard.press("6")
            return ShotScale.LONG_SHOT in [shot.scale for shot in read_corrections(journal).document.shots]

        until(page, kept)
        until(page, lambda: page.locator("#message").is_hidden())
    context.close()
