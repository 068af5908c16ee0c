"""Take the picture of the review page in the tutorial.

    shotscale draw demo.mkv && shotscale analyze demo.mkv --save demo
    python benchmarks/review_picture.py demo docs/tutorials/review/page.png

A copy of the analysis is reviewed, so that no correction is left behind.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from chromium import started_chromium, until
from pages import store_picture

from shotscale.film import read_analysis
from shotscale.review.opening import find_film, opened_review
from shotscale.review.server import review_server

CODED = "document.getElementById('count').textContent.startsWith('4 of')"
RESTED = "(({ shot, rested }) => rested === shot)(document.getElementById('desk').dataset)"  # small pictures too
KEYS = ("6", "Space", "Enter", "7", "Space", "1", "Enter")


def photograph(folder: Path, target: Path) -> None:
    """Open an analysis, code a few shots by keyboard, and save a picture of the page."""
    film = find_film(folder, read_analysis(folder))
    with tempfile.TemporaryDirectory() as desk, started_chromium() as browser:
        copy = Path(shutil.copytree(folder, Path(desk) / "film", ignore=shutil.ignore_patterns("corrections-*")))
        with opened_review(copy, film=film.resolve(), coder="anna") as review, review_server(review) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
            page.goto(server.address)
            page.wait_for_selector("#desk[data-shown]", state="attached")
            for key in KEYS:
                page.keyboard.press(key)
            until(page, lambda: page.evaluate(f"{CODED} && {RESTED}"))
            page.screenshot(path=str(Path(desk) / "page.png"))
        target.parent.mkdir(parents=True, exist_ok=True)
        store_picture(Path(desk) / "page.png", target, width=1280)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    photograph(options.folder, options.target)
