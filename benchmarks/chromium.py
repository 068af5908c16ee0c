"""Headless Chromium for what is looked at in a browser: the system's, or else playwright's own."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSERS = (
    "chromium-headless-shell",  # first: it draws pages alone, and no windows around them
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
)
SECONDS = 180
"""After which what is waited for is taken to hang: none but a broken page takes as long, on however busy a machine."""


@contextmanager
def started_chromium() -> Iterator[Any]:
    """Return a browser of playwright's; `FileNotFoundError` where there is none, `ImportError` without playwright."""
    from playwright.sync_api import sync_playwright

    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as play:
        if found is None and not Path(play.chromium.executable_path).is_file():
            raise FileNotFoundError("no Chromium: install the system's, or run `playwright install chromium`")
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def patient(page: Any) -> Any:
    """Have a page's own waiting, too, end in an error only where something hangs; gives the page."""
    page.set_default_timeout(1000 * SECONDS)
    return page


def until(page: Any, condition: Callable[[], object]) -> None:
    """Wait until a page is as wanted, asked from outside: its own policy may forbid that it watches for itself."""
    ends = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends
        page.wait_for_timeout(15)
