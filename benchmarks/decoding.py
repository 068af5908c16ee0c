"""Measure the cost of reading a film: time over plain decoding, and peak memory at three and thirty minutes.

The film is drawn (half a minute of the demonstration film with grain, 720p), encoded once and lengthened by
repeating its packets with shifted timestamps. Every run is a separate process, so that its peak memory is that
of the whole process, and the ways of reading alternate, so that a slow minute of the machine affects all of them.

    python benchmarks/decoding.py --minutes 3 30 --repeats 3 --json decoding.json
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

SEED = 1
SIZE = (1280, 720)
LOOP_SECONDS = 30


def decode_alone(path: str) -> int:
    """Decode every frame with PyAV and discard it."""
    import av

    from shotscale.video.decoding import default_threads

    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "FRAME"
        stream.codec_context.thread_count = default_threads()
        return sum(1 for _ in container.decode(stream))


def read_film(path: str) -> int:
    """Read a film as the analysis does: every thumbnail, one full frame per second, black bars detected."""
    from shotscale.video import FilmReader

    with FilmReader(path) as reader:
        return sum(len(batch.times) for batch in reader)


def read_thumbnails(path: str) -> int:
    """Read a film for its shot boundaries only."""
    from shotscale.video import FilmReader

    with FilmReader(path, samples_per_second=0, active_area=None) as reader:
        return sum(len(batch.times) for batch in reader)


WAYS = {"decode alone (PyAV)": decode_alone, "thumbnails": read_thumbnails, "thumbnails and samples": read_film}


def child(way: str, path: str) -> None:
    """Run one way and print this process's frames, seconds, CPU seconds and peak memory."""
    began = time.perf_counter()
    n_frames = WAYS[way](path)
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([n_frames, seconds, used.ru_utime + used.ru_stime, peak_memory_mb()]))


def peak_memory_mb() -> float:
    """Return this process's peak memory; from /proc on Linux, since `getrusage` inherits the parent's peak."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(way: str, path: Path) -> list[float]:
    done = subprocess.run(
        [sys.executable, __file__, "--child", way, str(path)], capture_output=True, text=True, check=True
    )
    return list(json.loads(done.stdout))


def draw_loop(path: Path) -> None:
    from shotscale.drawn import Grain, demo_script, draw_frames, write_film

    frames = draw_frames(demo_script(SEED), seed=SEED, size=SIZE, effects=[Grain(4.0)])
    write_film(path, islice(frames, 10 * 24, (10 + LOOP_SECONDS) * 24))


def lengthen(loop: Path, path: Path, *, minutes: float) -> None:
    """Repeat a film's packets until it lasts `minutes`."""
    import av

    with av.open(str(loop)) as source, av.open(str(path), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        base = stream.time_base
        assert base is not None
        period = round(Fraction(LOOP_SECONDS) / base)
        for turn in range(round(minutes * 60 / LOOP_SECONDS)):
            source.seek(0)
            for packet in source.demux(stream):
                if packet.pts is None or packet.dts is None:
                    continue
                packet.pts += turn * period
                packet.dts += turn * period
                packet.stream = copy
                target.mux(packet)


def run(minutes: list[float], repeats: int, folder: Path) -> dict[str, Any]:
    loop = folder / "loop.mp4"
    draw_loop(loop)
    rows = []
    for length in minutes:
        film = folder / f"film_{length:g}.mp4"
        lengthen(loop, film, minutes=length)
        results: dict[str, list[list[float]]] = {way: [] for way in WAYS}
        for _ in range(repeats):
            for way in WAYS:
                results[way].append(measure(way, film))
        alone = statistics.median(result[1] for result in results["decode alone (PyAV)"])
        for way, measured in results.items():
            seconds = statistics.median(result[1] for result in measured)
            rows.append(
                {
                    "minutes": length,
                    "way": way,
                    "n_frames": int(measured[0][0]),
                    "seconds": round(seconds, 2),
                    "cpu_seconds": round(statistics.median(result[2] for result in measured), 2),
                    "ratio": round(seconds / alone, 3),
                    "peak_memory_mb": round(max(result[3] for result in measured), 1),
                }
            )
        film.unlink()
    return {"seed": SEED, "size": SIZE, "repeats": repeats, "machine": machine(), "rows": rows}


def machine() -> dict[str, Any]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "av": version("av"),
        "numpy": version("numpy"),
        "commit": commit.stdout.strip(),
        "load_at_end": os.getloadavg()[0],
    }


def table(report: dict[str, Any]) -> str:
    lines = ["| minutes | way | frames | s | CPU s | x decode | peak MB |", "|---|---|---|---|---|---|---|"]
    lines += [
        f"| {row['minutes']:g} | {row['way']} | {row['n_frames']:,} | {row['seconds']} | {row['cpu_seconds']} "
        f"| {row['ratio']} | {row['peak_memory_mb']} |"
        for row in report["rows"]
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="+", default=[3.0, 30.0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
        return
    with tempfile.TemporaryDirectory() as folder:
        report = run(options.minutes, options.repeats, Path(folder))
    print(table(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
