"""Compare the cost of a whole analysis with plain decoding and PySceneDetect, and check whether its memory grows.

Every run is a separate process, timed from outside, including start-up, decoding, shot boundaries, scale network and
the files written. The ways alternate, so that a slow minute of the machine affects all of them. Memory is that of the
largest process of a run. The film is drawn, encoded once and lengthened by repeating its packets.

Needs `ffmpeg` on the path and, for PySceneDetect, `pip install scenedetect opencv-python-headless`; whatever is
missing is left out of the table.

    python benchmarks/analysis.py --minutes 10 --repeats 5 --memory 3 30 --json analysis.json
"""

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from decoding import SEED, SIZE, draw_loop, lengthen, machine

BASE = "ffmpeg, decode alone, 2 threads"
OURS = "shotscale analyze --save"
PEER = "PySceneDetect, adaptive detector alone"


def commands(film: Path, folder: Path) -> dict[str, list[str]]:
    """Return the command of each way that can be run here."""
    analyze = [str(Path(sys.executable).parent / "shotscale"), "analyze", str(film), "--save", str(folder / "out")]
    ways = {OURS: analyze}
    if shutil.which("ffmpeg"):
        ways[BASE] = ["ffmpeg", "-v", "error", "-threads", "2", "-i", str(film), "-an", "-f", "null", "-"]
    if find_spec("scenedetect"):
        ways[PEER] = [sys.executable, "-m", "scenedetect", "-q", "-i", str(film), "detect-adaptive"]
    return ways


def measure(command: list[str]) -> tuple[float, float, float]:
    """Run a command; return seconds, CPU seconds and the peak memory of its largest process in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status != 0:
        assert process.stderr is not None
        raise SystemExit(f"{' '.join(command)}: {process.stderr.read().decode()}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(film: Path, folder: Path, *, repeats: int) -> list[dict[str, Any]]:
    """Run the ways in turn and return medians and ratios."""
    ways = commands(film, folder)
    measured: dict[str, list[tuple[float, float, float]]] = {way: [] for way in ways}
    for _ in range(repeats):
        for way, command in ways.items():
            measured[way].append(measure(command))
    return [
        {
            "way": way,
            "seconds": round(statistics.median(run[0] for run in runs), 2),
            "cpu_seconds": round(statistics.median(run[1] for run in runs), 2),
            "ratio": ratio(runs, measured.get(BASE)),
            "cpu_ratio": ratio(runs, measured.get(BASE), of=1),
            "peer_ratio": ratio(measured.get(PEER), runs),
            "peak_memory_mb": round(max(run[2] for run in runs)),
        }
        for way, runs in measured.items()
    ]


def ratio(
    runs: list[tuple[float, float, float]] | None, others: list[tuple[float, float, float]] | None, *, of: int = 0
) -> float | None:
    """Return the median ratio of neighboring runs, so that drift of the machine's speed cancels."""
    if not runs or not others:
        return None
    return round(statistics.median(run[of] / other[of] for run, other in zip(runs, others, strict=True)), 3)


def run(minutes: float, memory: list[float], repeats: int, folder: Path) -> dict[str, Any]:
    loop = folder / "loop.mp4"
    # In a separate process: the system counts this process's peak memory toward its children.
    drawing = multiprocessing.get_context("spawn").Process(target=draw_loop, args=(loop,))
    drawing.start()
    drawing.join()
    film = folder / "film.mp4"
    lengthen(loop, film, minutes=minutes)
    rows = compare(film, folder, repeats=repeats)
    peaks = []
    for length in memory:
        lengthen(loop, film, minutes=length)
        peaks.append({"minutes": length, "peak_memory_mb": round(measure(commands(film, folder)[OURS])[2])})
    return {
        "seed": SEED,
        "size": SIZE,
        "minutes": minutes,
        "repeats": repeats,
        "machine": machine(),
        "rows": rows,
        "memory": peaks,
    }


def table(report: dict[str, Any]) -> str:
    shown = [
        f"{report['minutes']:g} minutes of {SIZE[0]} x {SIZE[1]} at 24 fps, H.264; {report['repeats']} runs each",
        "",
    ]
    shown += [
        "| way | s | CPU s | x ffmpeg | x its CPU s | PySceneDetect takes | peak MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in report["rows"]:
        peer = "-" if row["peer_ratio"] is None else f"{row['peer_ratio']} x as long"
        ratios = (row["ratio"] or "-", row["cpu_ratio"] or "-")
        cells = (row["way"], row["seconds"], row["cpu_seconds"], *ratios, peer, row["peak_memory_mb"])
        shown.append("| " + " | ".join(map(str, cells)) + " |")
    if report["memory"]:
        shown += ["", f"| minutes of film | peak MB of {OURS} |", "|---|---|"]
        shown += [f"| {row['minutes']:g} | {row['peak_memory_mb']} |" for row in report["memory"]]
    return "\n".join(shown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--memory", type=float, nargs="*", default=[3.0, 30.0], metavar="MINUTES")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(options.minutes, options.memory, options.repeats, Path(folder))
    print(table(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
