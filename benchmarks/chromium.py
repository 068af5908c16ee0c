"""Headless Chromium for checks in a browser: the system's, or else playwright's own."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSERS = (
    "chromium-headless-shell",  # first: it draws pages only, no windows
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
)
SECONDS = 180
"""Timeout in seconds; longer than any working page takes, even on a busy machine."""


@contextmanager
def started_chromium() -> Iterator[Any]:
    """Yield a playwright browser; raises `FileNotFoundError` without Chromium, `ImportError` without playwright."""
    from playwright.sync_api import sync_playwright

    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as play:
        if found is None and not Path(play.chromium.executable_path).is_file():
            raise FileNotFoundError("no Chromium: install the system's, or run `playwright install chromium`")
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def patient(page: Any) -> Any:
    """Set a page's own timeout to `SECONDS`, too; return the page."""
    page.set_default_timeout(1000 * SECONDS)
    return page


def until(page: Any, condition: Callable[[], object]) -> None:
    """Wait until a condition holds, polling from outside: the page's own policy may forbid watching from inside."""
    ends = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends
        page.wait_for_timeout(50)  # milliseconds; asking more often takes the processor from what is waited for
