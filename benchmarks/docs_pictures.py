"""Take the documentation's screenshots: the report page of the demo film, and the site itself.

python benchmarks/docs_pictures.py [--site SITE]      # needs playwright and Chromium

SITE is a built site (`make docs`); without it only the report is taken.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import pages
from chromium import started_chromium
from playwright.sync_api import Page

PICTURES = pages.DOCS / "pictures"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", type=Path, help="a built site")
    parser.add_argument("--report", type=Path, help="a report page; by default the demo film's is made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, started_chromium() as browser:
        report = options.report or make_report(Path(folder))
        page = browser.new_page(viewport={"width": 1200, "height": 800}, color_scheme="light")
        take_report(page, report, Path(folder))
        if options.site is not None:
            page.goto((options.site / "index.html").resolve().as_uri())
            take(page, Path(folder), "site")


def make_report(folder: Path) -> Path:
    """Draw the demo film and write its report page."""
    pages.in_process("shotscale", ["draw", str(folder / "demo.mkv")])
    pages.in_process("authorship", ["classify", str(folder / "demo.mkv"), "--report", str(folder / "demo.html")])
    return folder / "demo.html"


def take_report(page: Page, report: Path, folder: Path) -> None:
    page.goto(report.resolve().as_uri())
    page.wait_for_selector(".js-plotly-plot .main-svg")
    take(page, folder, "report")
    page.locator(".js-plotly-plot").first.scroll_into_view_if_needed()
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(500)
    take(page, folder, "report_timeline")


def take(page: Page, folder: Path, name: str) -> None:
    """Save a screenshot of the page, small enough for a repository."""
    page.screenshot(path=folder / f"{name}.png")
    PICTURES.mkdir(parents=True, exist_ok=True)
    pages.store_picture(folder / f"{name}.png", PICTURES / f"{name}.png", width=1000)
    print(PICTURES / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
