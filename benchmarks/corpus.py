"""Measure the cost of a corpus: N films against N times one film, and stores of 1,000 and 10,000 films.

Drawn films are analyzed one at a time and two at a time, including start-up and writing the store. Stores are filled
with simulated films of known size, and read by the commands that users run, each in a separate process: CPU seconds and
peak memory are the operating system's. CPU seconds are shown beside wall-clock seconds, since they tell the cost of a
film on a busy machine, too.

    python benchmarks/corpus.py --films 1 4 16 --stores 1000 10000
    python benchmarks/corpus.py --films --stores 10000 --ways list add
    python benchmarks/corpus.py --films --stores 1000 10000 --ways tables
    python benchmarks/corpus.py --films --stores 100 1000 --ways tables --shots 900
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from decoding import machine

from shotscale.drawn import Cut, Shot, draw_film
from shotscale.film import Film
from shotscale.store.corrected_summary import write_summary
from shotscale.store.results import EncodedAnalysis, encode, sealed
from shotscale.store.settings import AnalysisSettings
from shotscale.store.store import Store
from shotscale.store.summary import FilmState, summary_table
from shotscale.store.table import CorpusTable, TableFilm
from shotscale.tables import make_scales, make_shots

SEED = 1
SECONDS = 60
SIZE = (640, 360)
WAYS = ("list", "add", "features", "tables", "fit")
NO_TABLES = ("list", "add")
DIRECTORS = ("Fast", "Middle", "Slow")
LENGTHS = (4.0, 8.0, 16.0)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "authorship", *map(str, arguments)]


def measure(arguments: Sequence[str]) -> dict[str, float]:
    """Run a command; return wall-clock and CPU seconds (with children), and the peak memory of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    complaints = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status != 0:
        raise SystemExit(f"{' '.join(arguments)}: {complaints}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu_seconds": cpu, "peak_memory_mb": usage.ru_maxrss / 1024}


def draw_corpus(folder: Path, n: int) -> Path:
    """Draw films that differ but all cost the same, and write their table."""
    script = [Shot(seconds=SECONDS / 3), Cut(), Shot(seconds=SECONDS / 3, setting="street"), Cut()]
    first = draw_film(folder / "0.mp4", seed=SEED, script=[*script, Shot(seconds=SECONDS / 3)], size=SIZE, truth=False)
    content = first.path.read_bytes()
    rows = ["film_id,path,title,year,director"]
    for i in range(n):
        # A free box at the end makes a different file of the same film.
        (folder / f"{i}.mp4").write_bytes(content + (8 + 1 + i).to_bytes(4, "big") + b"free" + bytes(1 + i))
        rows.append(f"film-{i},{i}.mp4,,,")
    table = folder / f"films-{n}.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return table


def analyzing(folder: Path, counts: Sequence[int]) -> list[dict[str, Any]]:
    """Analyze corpora of several sizes, one film at a time and two at a time."""
    rows: list[dict[str, Any]] = []
    for n in counts:
        table = draw_corpus(folder, n)
        for workers in (1, 2):
            options = ("-o", folder / f"store-{n}-{workers}", "--workers", workers)
            rows.append({"films": n, "workers": workers, **measure(command("corpus", "analyze", table, *options))})
    one = next(row for row in rows if row["workers"] == 1)
    serial = {row["films"]: row["seconds"] for row in rows if row["workers"] == 1}
    for row in rows:
        share = row["films"] / one["films"]
        row["times_as_fast"] = serial[row["films"]] / row["seconds"]
        row["cpu_of_n_times_one"] = row["cpu_seconds"] / (share * one["cpu_seconds"])
        row["efficiency"] = share * one["seconds"] / (row["seconds"] * row["workers"])
    return rows


def simulate(film: int, n_shots: int) -> Film:
    """Draw a film's tables: lognormal shot lengths around its director's average, scales at random."""
    rng = np.random.default_rng([SEED, film])
    average = LENGTHS[film % len(LENGTHS)] * rng.lognormal(0, 0.2)
    lengths = rng.lognormal(np.log(average) - 0.32, 0.8, n_shots).clip(0.2)
    starts, end = np.concatenate([[0.0], np.cumsum(lengths)[:-1]]), float(lengths.sum())
    times = np.arange(0.0, end)
    by_shot = rng.dirichlet(np.ones(7), n_shots)[np.searchsorted(starts, times, side="right") - 1]
    checksum = hashlib.sha256(f"film {film}".encode()).hexdigest()
    return Film(
        path="",
        info={"duration": end, "n_frames": int(24 * end), "fps": 24.0, "width": 640, "height": 360},
        shots=make_shots(starts, end),
        scales=make_scales(times, by_shot),
        provenance={"versions": {}, "checksums": {"film": checksum, "weights": ""}, "settings": {}},
    )


def like(film: EncodedAnalysis, number: int) -> EncodedAnalysis:
    """Return a film's results for another film, under that film's checksum; the tables name the first."""
    checksum = hashlib.sha256(f"film {number}".encode()).hexdigest()
    document = json.loads(film.document)
    del document["seal"]
    document["sha256"] = document["analysis"]["provenance"]["checksums"]["film"] = checksum
    return EncodedAnalysis(checksum, sealed(document), film.shots, film.scales)


def fill(folder: Path, n: int, n_shots: int, *, n_different: int) -> tuple[Path, int]:
    """Fill a store with simulated films; return its path and the number of samples of all scale tracks.

    Films beyond the first `n_different` reuse their results, which is enough if no tables are read.
    """
    import pandas as pd

    settings = AnalysisSettings(
        detector="simulated", detector_checksum="", weights_checksum="", samples_per_second=1.0, versions={}
    )
    columns = {
        "film_id": [f"film-{i}" for i in range(n)],
        "path": [f"{i}.mkv" for i in range(n)],
        "title": [f"Film {i}" for i in range(n)],
        "year": pd.array([1950 + i % 70 for i in range(n)], "Int64"),
        "director": [DIRECTORS[i % len(DIRECTORS)] for i in range(n)],
    }
    films = tuple(TableFilm(name, Path(f"{name}.mkv"), 1, 1) for name in columns["film_id"])
    place = folder / f"simulated-{n}"
    n_samples = 0
    first: list[tuple[int, EncodedAnalysis]] = []
    with Store.writing(place, settings) as store, patch("os.fsync"):  # the store need not survive a crash
        states = []
        for i in range(n):
            if i < n_different:
                analysis = simulate(i, n_shots)
                first.append((len(analysis.scales), encode(analysis, settings_id=settings.id)))
            samples, kept = first[i % n_different]
            n_samples += samples
            kept = kept if i < n_different else like(kept, i)
            store.keep(kept)
            state = FilmState()
            state.analyzed(store.document(kept.sha256))
            states.append(state)
        table = CorpusTable(folder / "films.csv", pd.DataFrame(columns), films, {})
        write_summary(store, summary_table(table, states, settings_id=settings.id))
    return place, n_samples


def table_of_one(folder: Path) -> Path:
    """Write the table of a film that is in no store and whose file is never opened."""
    (folder / "new.mkv").write_bytes(b"new")
    table = folder / "new.csv"
    table.write_text("film_id,path,title,year,director\nnew,new.mkv,,,\n", encoding="utf-8")
    return table


def reading(folder: Path, counts: Sequence[int], *, ways: Sequence[str], n_shots: int) -> list[dict[str, Any]]:
    """List, add to, export and fit stores of several sizes."""
    rows: list[dict[str, Any]] = []
    for n in counts:
        store, n_samples = fill(folder, n, n_shots, n_different=n if {*ways} - {*NO_TABLES} else min(n, 100))
        tables = ("--table", "shots,scales", "--format", "csv,parquet")
        commands = {
            "list": ("corpus", "status", store, "--json"),
            "add": ("corpus", "add", store, table_of_one(folder)),
            "features": ("export", store, "-o", folder / f"features-{n}", "--table", "features"),
            "tables": ("export", store, "-o", folder / f"tables-{n}", *tables),
            "fit": ("fit", store, "-o", folder / f"reference-{n}"),
        }
        for way in ways:
            rows.append({"way": way, "films": n, "n_samples": n_samples, **measure(command(*commands[way]))})
            print(rows[-1], file=sys.stderr)
        for left in (store, folder / f"tables-{n}"):
            shutil.rmtree(left, ignore_errors=True)
    return rows


def tables(report: dict[str, Any]) -> str:
    """Return the report as Markdown."""
    lines = []
    if report["analyzing"]:
        lines += [
            f"Drawn films of {SECONDS} s, {SIZE[0]} x {SIZE[1]}:",
            "",
            "| films | at a time | s | CPU s | CPU against N times one film | efficiency | against one at a time |",
            "|---|---|---|---|---|---|---|",
        ]
        for row in report["analyzing"]:
            lines.append(
                f"| {row['films']} | {row['workers']} | {row['seconds']:.1f} | {row['cpu_seconds']:.1f} "
                f"| {row['cpu_of_n_times_one']:.2f} | {row['efficiency']:.2f} | {row['times_as_fast']:.2f} x as fast |"
            )
        efficiency = "Efficiency: N times one film's seconds, divided by the seconds taken and by the number at a time."
        lines += ["", efficiency, ""]
    if report["reading"]:
        lines += [
            f"Simulated films of {report['n_shots']} shots, a scale per second:",
            "",
            "| command | films | samples of scale | s | CPU s | CPU ms per film | peak MB |",
            "|---|---|---|---|---|---|---|",
        ]
        for row in report["reading"]:
            lines.append(
                f"| {row['way']} | {row['films']} | {row['n_samples']} "
                f"| {row['seconds']:.1f} | {row['cpu_seconds']:.1f} "
                f"| {1000 * row['cpu_seconds'] / row['films']:.1f} | {row['peak_memory_mb']:.0f} |"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, nargs="*", default=[1, 4, 16])
    parser.add_argument("--stores", type=int, nargs="*", default=[1000, 10000])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS, help="what is done with a store")
    parser.add_argument("--shots", type=int, default=60, help="of a simulated film")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = {
            "seed": SEED,
            "machine": machine(),
            "analyzing": analyzing(Path(folder), options.films) if options.films else [],
            "n_shots": options.shots,
            "reading": reading(Path(folder), options.stores, ways=options.ways, n_shots=options.shots),
        }
    print(tables(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
