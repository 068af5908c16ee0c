"""Measure how fast the desk opens and scrolls a large folder, or take the pictures of the tutorial.

    python benchmarks/desk.py --films 1000
    python benchmarks/desk.py --pictures docs/tutorials/desk

The folder of `--films` holds simulated films, already measured. *Open* is the time from requesting the address until
every row is there; *frame* is the time between two frames while the whole list is scrolled through, 400 pixels per
frame. The CPU time of the page's main thread is the steadier figure on a shared machine.
"""

import argparse
import shutil
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from chromium import started_chromium, until
from corpus import fill
from pages import store_picture

from authorship.desk.server import desk_server
from shotscale.drawn import draw_film
from shotscale.drawn.demo import demo_script
from shotscale.store.summary import read_summary
from shotscale.store.table import REQUIRED

FILMS = {"crossing": 1, "harbour": 3}
FACTS = {"crossing": ("Ann Lee", "1962"), "harbour": ("Ben Ode", "1971")}
LIST = "Nr;Beginn;Ende;Größe\n1;0,0;4,25;LS\n2;4,25;6,5;MS\n3;6,5;9,0;CU\n4;9,0;14,75;LS\n"
SCROLL = """async () => {
  const list = document.getElementById('scroll');
  const frames = [];
  let last;
  for (let y = 0; y < list.scrollHeight; y += 400) {
    list.scrollTop = y;
    const now = await new Promise(requestAnimationFrame);
    if (last !== undefined) frames.push(now - last);
    last = now;
  }
  return frames;
}"""


def measure(n_films: int) -> None:
    """Open and scroll a folder of many films."""
    with tempfile.TemporaryDirectory() as name, started_chromium() as browser:
        folder = Path(name)
        place, _ = fill(folder, n_films, 30, n_different=min(n_films, 100))
        place.rename(folder / "store")
        read_summary(folder / "store")[[*REQUIRED]].to_csv(folder / "films.csv", index=False)
        with desk_server(folder) as server:
            for visit in ("first", "again"):
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                began = time.perf_counter()
                page.goto(server.address)
                page.wait_for_selector("body[data-ready]")
                opened = time.perf_counter() - began
                rows = page.locator("#films tbody tr").count()
                tools = page.context.new_cdp_session(page)
                tools.send("Performance.enable", {"timeDomain": "threadTicks"})
                before = busy(tools)
                frames = sorted(page.evaluate(SCROLL))
                median, worst, cpu = frames[len(frames) // 2], frames[-1], (busy(tools) - before) / len(frames)
                print(
                    f"{visit}: {rows} films open in {opened:.2f} s; frame {median:.0f} ms, at most {worst:.0f} ms; "
                    f"{1000 * cpu:.1f} CPU ms per frame"
                )
                page.close()


def busy(tools: Any) -> float:
    """Return the CPU seconds used by the page's main thread."""
    metrics = {metric["name"]: metric["value"] for metric in tools.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"])


def photograph(target: Path) -> None:
    """Work through the tutorial on drawn films, and save a picture of the page at each step."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, started_chromium() as browser, ExitStack() as stack:
        films = Path(name) / "drawn"
        films.mkdir()
        for title, sequences in FILMS.items():
            script = demo_script(sequences, sequences=sequences)
            draw_film(films / f"{title}.mkv", seed=sequences, script=script, truth=False)
        (films / "damaged.mp4").write_bytes(b"nothing that could be decoded")
        # This path is visible in the pictures.
        folder = Path(tempfile.gettempdir()) / "films"
        folder.mkdir()
        stack.callback(shutil.rmtree, folder)
        with desk_server(folder) as server:
            page = browser.new_page(viewport={"width": 1180, "height": 560}, color_scheme="light")
            page.goto(server.address)
            page.wait_for_selector("body[data-ready]")

            def take(step: str) -> None:
                page.screenshot(path=str(Path(name) / "page.png"))
                store_picture(Path(name) / "page.png", target / f"{step}.png", width=1180)
                print(target / f"{step}.png")

            take("empty")
            page.get_by_role("button", name="Add films").click()
            page.locator("#files").set_input_files(sorted(films.glob("*.m*")))
            page.locator("#add").click()
            until(page, lambda: page.locator("[data-state=measuring]").count() and "%" in _states(page))
            take("measuring")
            until(page, lambda: page.locator("[data-state=measured]").count() == len(FILMS))
            for title, (director, year) in FACTS.items():
                page.get_by_label(f"director of {title}", exact=True).fill(director)
                page.get_by_label(f"year of {title}", exact=True).fill(year)
                page.keyboard.press("Enter")
            until(page, lambda: page.locator(".verdict").nth(len(FILMS) + 1).inner_text())
            until(page, lambda: "measured" in page.locator("#measuring").inner_text())
            page.get_by_role("link", name="Report: harbour").hover()
            take("measured")
            page.get_by_role("button", name="Import", exact=True).click()
            (films / "harbour.csv").write_text(LIST, encoding="utf-8")
            page.locator("#list").set_input_files(films / "harbour.csv")
            until(page, lambda: "4 shots" in page.locator("#preview").inner_text())
            page.set_viewport_size({"width": 1180, "height": 920})
            take("import")
            page.set_viewport_size({"width": 1180, "height": 560})
            page.keyboard.press("Escape")
            page.get_by_role("link", name="Report: harbour").click()
            page.frame_locator("iframe").get_by_role("heading", name="Verdict").wait_for()
            take("report")
            page.goto(server.origin)
            page.wait_for_selector("body[data-ready]")
            page.get_by_role("button", name="Export", exact=True).click()
            page.get_by_role("button", name="SPSS").click()
            until(page, lambda: "features.sav" in page.locator("#exporting .done").inner_text())
            take("export")


def _states(page: Any) -> str:
    return str(page.locator("#films").inner_text())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    if options.pictures:
        photograph(options.pictures)
    if options.films:
        measure(options.films)
