"""Measure how long a browser takes to open the review of a simulated two-hour film, and to answer each key.

    python benchmarks/review.py [--shots 1500] [--height 360] [--json FILE]

A short drawn film is repeated to two hours without re-encoding; 1,500 shots of lognormal length and their scales are
random, so that a cut on the page is rarely one in the film. The browser is the system's headless Chromium, driven by
playwright. *Shown* is the time from the key press to the first change of the page, *painted* that to the frame with
every picture of the new shot. Keys are pressed half a second apart, as by an attentive user, and then without a pause.
"""

import argparse
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from chromium import started_chromium

from shotscale.drawn import Cut, Shot, draw_film
from shotscale.files import write_json
from shotscale.film import Film
from shotscale.opening import load_analysis
from shotscale.tables import make_scales, make_shots

SECONDS = 7200.0
FPS = 24
SERIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("next doubtful shot", ("Space",) * 25),
    ("next shot", ("ArrowRight",) * 15),
    ("shot before", ("ArrowLeft",) * 10),
    ("set a scale", tuple("1234567") * 2),
    ("confirm and go on", ("Enter",) * 15),
    ("move a boundary", ("]", "]", "[", "[") * 4),
    ("look a frame on", (".",) * 15),
    ("split and undo", ("s", "u") * 6),
    ("merge and undo", ("m", "u") * 6),
)
WATCH = """
() => {
  window.measured = null;
  let pressed = 0;
  addEventListener('keydown', (event) => { pressed = event.timeStamp; window.measured = null; }, true);
  const settled = () => !document.querySelector('.frames .screen.waiting');
  new MutationObserver(() => {
    if (!pressed) return;
    const key = pressed;
    pressed = 0;
    const shown = performance.now() - key;
    const look = () => requestAnimationFrame((now) => {
      if (settled()) requestAnimationFrame(() => { window.measured = [shown, performance.now() - key]; });
      else look();
    });
    look();
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}
"""


def make_film(folder: Path, *, height: int) -> Path:
    """Draw forty seconds and repeat them to two hours by copying packets."""
    settings = ("room", "street", "night", "beach") * 2
    script: list[Any] = []
    for setting in settings:
        script += [Cut(), Shot(seconds=5, setting=setting)]
    width = 2 * round(height * 16 / 18)
    short = folder / "short.mkv"
    draw_film(short, seed=1, script=script[1:], size=(width, height), fps=FPS, truth=False)
    film = folder / "two hours.mkv"
    with av.open(str(film), "w") as target:
        with av.open(str(short)) as source:
            stream = target.add_stream_from_template(source.streams.video[0])
        target.mux(_repeated(short, stream))
    return film


def _repeated(short: Path, stream: Any) -> Iterator[Any]:
    rounds = int(SECONDS / 40)
    for number in range(rounds):
        with av.open(str(short)) as source:
            base = source.streams.video[0].time_base
            assert base is not None
            ahead = int(Fraction(40 * number) / base)
            for packet in source.demux(video=0):
                if packet.dts is None:
                    continue
                packet.pts, packet.dts = (packet.pts or 0) + ahead, packet.dts + ahead
                packet.stream = stream
                yield packet


def make_analysis(folder: Path, film: Path, *, n_shots: int, seed: int = 0) -> Path:
    """Draw a two-hour film's tables, with every shot starting at a frame."""
    random = np.random.default_rng(seed)
    lengths = np.exp(random.normal(0, 0.8, n_shots)).clip(0.15)
    frames = np.unique(np.round(np.cumsum(lengths)[:-1] / lengths.sum() * SECONDS * FPS))
    starts = np.round(np.concatenate([[0.0], frames / FPS]), 3)  # Matroska counts in milliseconds
    confidences = np.concatenate([[1.0], random.beta(8, 1, len(starts) - 1)])
    times = np.arange(0.0, SECONDS)
    by_shot = random.dirichlet([0.3, 0.8, 1.2, 1.5, 0.7, 1.0, 0.4], len(starts))
    shot = np.searchsorted(starts, times, side="right") - 1
    analysis = Film(
        path=str(film),
        info={"duration": SECONDS, "fps": float(FPS), "size_bytes": film.stat().st_size},
        shots=make_shots(starts, SECONDS, confidences=confidences),
        scales=make_scales(times, by_shot[shot]),
        provenance={"checksums": {"film": "0" * 64}},
    )
    return analysis.save(folder / "film")


def press(page: Any, key: str) -> tuple[float, float]:
    """Press a key and return the milliseconds until the result was shown and painted."""
    page.keyboard.press(key)
    for _ in range(2000):
        measured = page.evaluate("window.measured")
        if measured:
            return float(measured[0]), float(measured[1])
        page.wait_for_timeout(2)
    raise RuntimeError(f"{key}: not answered in four seconds")


def run_keys(page: Any, *, pause_ms: int) -> dict[str, dict[str, float]]:
    """Press every series of keys and return the figures of each, and of all."""
    times: dict[str, list[tuple[float, float]]] = {}
    for name, keys in SERIES:
        page.keyboard.press("Space")
        page.wait_for_timeout(1500)
        times[name] = []
        for key in keys:
            times[name].append(press(page, key))
            page.wait_for_timeout(pause_ms)
    every = [pair for pairs in times.values() for pair in pairs]
    return {name: figures(pairs) for name, pairs in [*times.items(), ("all", every)]}


def figures(pairs: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Return median and 95th percentile of both times, in milliseconds."""
    shown, painted = zip(*pairs, strict=True)
    told = {"n": len(pairs)}
    for name, values in (("shown", shown), ("painted", painted)):
        told |= {
            f"{name}_p50_ms": round(statistics.median(values), 1),
            f"{name}_p95_ms": round(float(np.quantile(values, 0.95)), 1),
        }
    return told


def measure(folder: Path, *, rounds: int) -> dict[str, Any]:
    """Start the command, open its page a few times, and press keys."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "shotscale", "review", str(folder), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, started_chromium() as browser:
        try:
            assert process.stdout is not None
            address = next(line.strip() for line in process.stdout if re.match(r"http://127", line))
            result: dict[str, Any] = {"command_to_address_s": round(time.perf_counter() - started, 2)}
            opening = []
            for _ in range(rounds):
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.goto(address, wait_until="commit")
                page.wait_for_selector("#desk[data-shown]", state="attached")
                opening.append(float(page.evaluate("performance.now()")))
                if len(opening) < rounds:
                    page.close()
            result |= {"browser": browser.version, "open_first_s": round(opening[0] / 1000, 2)}
            result["open_again_s"] = round(statistics.median(opening[1:]) / 1000, 2)
            page.evaluate(WATCH)
            result["keys_half_a_second_apart"] = run_keys(page, pause_ms=500)
            result["keys_without_a_pause"] = run_keys(page, pause_ms=0)
        finally:
            process.kill()
    return result


def table(result: dict[str, Any]) -> list[str]:
    """Lay the figures out as in the README of this folder."""
    lines = [
        "| key | pressed | shown, p50 / p95 ms | painted, p50 / p95 ms | without a pause: painted |",
        "|---|---|---|---|---|",
    ]
    for name, part in result["keys_half_a_second_apart"].items():
        fast = result["keys_without_a_pause"][name]
        lines.append(
            f"| {name} | {part['n']} | {part['shown_p50_ms']} / {part['shown_p95_ms']} | {part['painted_p50_ms']} / "
            f"{part['painted_p95_ms']} | {fast['painted_p50_ms']} / {fast['painted_p95_ms']} |"
        )
    return lines


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=int, default=1500)
    parser.add_argument("--height", type=int, default=360, help="Rows of the film's pictures.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        film = make_film(Path(folder), height=options.height)
        analysis = make_analysis(Path(folder), film, n_shots=options.shots)
        megabytes = round(film.stat().st_size / 1e6)
        result = {
            "shots": len(load_analysis(analysis).shots),
            "film": f"2 h, {options.height} rows, {megabytes} MB",
            **measure(analysis, rounds=options.rounds),
            "machine": platform.platform(),
        }
    if options.json is not None:
        write_json(options.json, result)
    print(json.dumps({key: value for key, value in result.items() if not key.startswith("keys")}, indent=2))
    print(*table(result), sep="\n")


if __name__ == "__main__":
    main()
