"""Measure the size of a simulated two-hour film's report, and how long a browser takes to open it.

    python benchmarks/report.py [--shots 1500] [-o report.html]

The film is random: 1,500 shots of lognormal length, with pictures of soft shapes under grain, about as hard to
compress as film stills. The browser is the system's headless Chromium, driven by playwright; without it only
the size is printed.
"""

import argparse
import json
import platform
import statistics
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from chromium import started_chromium
from PIL import Image

from authorship.attribution.attributor import Attributor
from authorship.report import write_report
from shotscale.film import Film
from shotscale.tables import make_scales, make_shots
from shotscale.video.stills import Still

SECONDS = 7200.0
ROUNDS = 5
READY = "html[data-drawn=yes]"
NAVIGATION = "performance.getEntriesByType('navigation')[0]"


def simulate(n_shots: int, *, seed: int = 0) -> tuple[Film, list[Still]]:
    """Make a two-hour film's tables and a picture of each shot."""
    generator = np.random.default_rng(seed)
    lengths = np.exp(generator.normal(0, 0.9, n_shots)).clip(0.05)
    lengths *= SECONDS / lengths.sum()
    starts = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
    times = np.arange(0.0, SECONDS - 1)
    by_shot = generator.dirichlet([0.3, 0.8, 1.2, 1.5, 0.7, 1.0, 0.4], n_shots)
    shot = np.searchsorted(starts, times, side="right") - 1
    film = Film(
        path="two hours.mkv",
        shots=make_shots(starts, SECONDS),
        scales=make_scales(times, by_shot[shot]),
        info={"width": 1920, "height": 800, "fps": 24.0},
    )
    return film, [Still(float(start), picture(generator)) for start in starts]


def picture(generator: np.random.Generator) -> bytes:
    """Draw soft shapes under grain, encoded like the analysis's stills."""
    shapes = Image.fromarray(generator.integers(0, 255, (5, 9, 3), np.uint8)).resize(
        (288, 120), Image.Resampling.BICUBIC
    )
    grain = generator.integers(-14, 15, (120, 288, 1))
    buffer = BytesIO()
    Image.fromarray((np.asarray(shapes).astype(int) + grain).clip(0, 255).astype(np.uint8)).save(
        buffer, "JPEG", quality=85
    )
    return buffer.getvalue()


def open_in_browser(page: Path) -> dict[str, Any]:
    """Open a page a few times and return median milliseconds to first content, load and all figures drawn."""
    rounds = []
    with started_chromium() as browser:
        for _ in range(ROUNDS):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(page.as_uri())
            tab.wait_for_selector(READY, state="attached")
            rounds.append(
                tab.evaluate(
                    "[performance.getEntriesByName('first-contentful-paint')[0].startTime, "
                    f"{NAVIGATION}.loadEventEnd, performance.now()]"
                )
            )
            tab.close()
        version = browser.version
    first, loaded, drawn = (round(statistics.median(column)) for column in zip(*rounds, strict=True))
    return {"browser": version, "rounds": ROUNDS, "first_words_ms": first, "loaded_ms": loaded, "drawn_ms": drawn}


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=int, default=1500)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    film, stills = simulate(options.shots)
    attributor = Attributor()
    answer = attributor.attribute(film)
    with tempfile.TemporaryDirectory() as folder:
        page = write_report(options.output or Path(folder) / "report.html", answer, stills=stills).resolve()
        result: dict[str, Any] = {"shots": options.shots, "megabytes": round(page.stat().st_size / 1e6, 2)}
        try:
            result |= open_in_browser(page)
        except Exception as error:  # noqa: BLE001 - whatever keeps a browser from starting
            result["browser"] = f"not measured: {str(error).splitlines()[0]}"
    print(json.dumps({**result, "machine": platform.platform()}, indent=2))


if __name__ == "__main__":
    main()
