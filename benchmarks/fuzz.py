"""Broken films at scale: real containers, damaged in every way we know of, and how each analysis ends.

A few tiny films are drawn and encoded in several containers; each case damages one of them and has it analysed as a
film of a corpus is, in a process of its own with a budget of memory and time. Nothing but an analysis or a line of
error may come of it. The same seed makes the same cases.

    python benchmarks/fuzz.py --cases 500 --workers 2 --keep crashes/
"""

import argparse
import json
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from authorship.store.settings import AnalysisSettings, describe_settings
from authorship.store.supervision import analyze_in_child
from authorship.store.task import Budget, FilmTask, Outcome
from authorship.store.workers import here

Rng = np.random.Generator
Mutation = Callable[[bytearray, Rng], "bytearray | None"]

BUDGET = Budget(memory_bytes=2 << 30, seconds=1800, stall_seconds=600)
ABSURD_SIDES = (0, 1, 3, 16384, 32767, 65535, 1 << 24, (1 << 31) - 1, (1 << 32) - 1)
ABSURD_TIMES = (0, 1, 1 << 16, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)
MOST_HEADER = 4096


def bit_flips(data: bytearray, rng: Rng) -> bytearray:
    """Flip up to forty bits anywhere."""
    for _ in range(int(rng.integers(1, 40))):
        data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
    return data


def header_bytes(data: bytearray, rng: Rng) -> bytearray:
    """Overwrite bytes near the beginning."""
    for _ in range(int(rng.integers(1, 16))):
        data[int(rng.integers(min(len(data), MOST_HEADER)))] = int(rng.integers(256))
    return data


def truncation(data: bytearray, rng: Rng) -> bytearray:
    """Keep the first part."""
    return data[: int(rng.integers(1, len(data)))]


def swapped_blocks(data: bytearray, rng: Rng) -> bytearray:
    """Let two neighbouring stretches change places."""
    i, j, k = sorted(int(at) for at in rng.integers(0, len(data), 3))
    return data[:i] + data[j:k] + data[i:j] + data[k:]


def swapped_atoms(data: bytearray, rng: Rng) -> bytearray | None:
    """Let two neighbouring boxes of an MP4, at any depth, change places."""
    runs = [run for run in _box_runs(data, 0, len(data)) if len(run) > 1]
    if not runs:
        return None
    run = runs[int(rng.integers(len(runs)))]
    at = int(rng.integers(len(run) - 1))
    (a, b), (_, c) = run[at], run[at + 1]
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def absurd_dimensions(data: bytearray, rng: Rng) -> bytearray | None:
    """Claim another width or height where the container says them."""
    places = [
        *((at, ">H") for name in (b"avc1", b"mp4v", b"hvc1") for at in _after(data, name, 24, 26)),
        *((at, ">I") for at in _after(data, b"tkhd", 76, 80)),
        *((at, ">H") for name in (b"\xb0\x81", b"\xb0\x82", b"\xba\x81", b"\xba\x82") for at in _after(data, name, 0)),
        *(
            (at, "<I")
            for name, offset in ((b"strf", 8), (b"avih", 36))
            for at in _after(data, name, offset, offset + 4)
        ),
    ]
    return _overwrite(data, places, ABSURD_SIDES, rng)


def backward_timestamps(data: bytearray, rng: Rng) -> bytearray | None:
    """Let times jump: an MP4's sample durations and offsets, a Matroska's clusters and blocks."""
    places = [
        *((at, ">I") for name in (b"stts", b"ctts") for at in _after(data, name, 12, 20, 28)),
        *((at, ">I") for at in _after(data, b"elst", 8, 12)),
        *((at, ">H") for at in _after(data, b"\xe7\x81", 0)),
        *((at, ">H") for at in _after(data, b"\xe7\x82", 0)),
        *((at + 1, ">H") for at in _after(data, b"\xa3", 2, 3)[:200]),
    ]
    for _ in range(int(rng.integers(1, 6))):
        changed = _overwrite(data, places, (*ABSURD_TIMES, -1, -2, -1000), rng)
        if changed is None:
            return None
        data = changed
    return data


def endless_duration(data: bytearray, rng: Rng) -> bytearray | None:
    """Claim a length without end."""
    places = [
        *(
            (at, ">I")
            for name, offset in ((b"mvhd", 16), (b"mdhd", 16), (b"tkhd", 20))
            for at in _after(data, name, offset)
        ),
        *((at, ">d") for at in _after(data, b"\x44\x89\x88", 0)),
        *((at, "<I") for at in _after(data, b"avih", 20)),
    ]
    return _overwrite(data, places, (*ABSURD_TIMES[2:], 1e300, float("inf"), float("nan")), rng)


MUTATIONS: dict[str, Mutation] = {
    mutation.__name__.replace("_", " "): mutation
    for mutation in (
        bit_flips,
        header_bytes,
        truncation,
        swapped_blocks,
        swapped_atoms,
        absurd_dimensions,
        backward_timestamps,
        endless_duration,
    )
}


def mutate(content: bytes, kind: str, rng: Rng) -> bytes | None:
    """Damage a film; None where its container has nothing of the kind."""
    damaged = MUTATIONS[kind](bytearray(content), rng)
    return None if damaged is None else bytes(damaged)


def _after(data: bytearray, name: bytes, *offsets: int) -> list[int]:
    """Give positions behind each occurrence of a name."""
    found, at = [], data.find(name)
    while at >= 0 and len(found) < MOST_HEADER:
        found += [at + len(name) + offset for offset in offsets]
        at = data.find(name, at + 1)
    return found


def _overwrite(
    data: bytearray, places: Sequence[tuple[int, str]], values: Sequence[float], rng: Rng
) -> bytearray | None:
    """Put one of some values into one of some places, cut to the place's size."""
    inside = [(at, form) for at, form in places if at + struct.calcsize(form) <= len(data)]
    if not inside:
        return None
    at, form = inside[int(rng.integers(len(inside)))]
    value = values[int(rng.integers(len(values)))]
    size = struct.calcsize(form)
    if form.endswith("d"):
        written = struct.pack(form, float(value))
    else:
        finite = int(value) if np.isfinite(value) and abs(value) < 1e18 else -1
        written = (finite & ((1 << (8 * size)) - 1)).to_bytes(size, "big" if form[0] == ">" else "little")
    data[at : at + size] = written
    return data


def _box_runs(data: bytearray, start: int, end: int) -> Iterator[list[tuple[int, int]]]:
    """Give the boxes of an MP4, a list for each box that holds some, and for the file itself."""
    run = []
    at = start
    while at + 8 <= end:
        size, name = struct.unpack(">I4s", data[at : at + 8])
        if size < 8 or at + size > end or not name.isalnum():
            break
        run.append((at, at + size))
        if name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"):
            yield from _box_runs(data, at + 8, at + size)
        at += size
    yield run


@dataclass
class Report:
    """What became of the cases.

    Attributes
    ----------
    by_kind : dict of str to Counter
        Of each kind of damage, how many cases ended in which way: ``analysed`` or a kind of failure.
    reasons : Counter
        What was said of films that could not be analysed.
    slowest : float
        Seconds.
    escaped : list of str
        Cases after which this process did not have an outcome: there must be none.
    """

    by_kind: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    escaped: list[str] = field(default_factory=list)

    def add(self, kind: str, outcome: Outcome) -> None:
        end = "analysed" if outcome.failure is None else outcome.failure.kind
        self.by_kind.setdefault(kind, Counter())[end] += 1
        if outcome.failure is not None:
            self.reasons[outcome.failure.reason[:60]] += 1

    def total(self, *ends: str) -> int:
        """Count the cases, or those that ended in some ways."""
        counts = sum(self.by_kind.values(), Counter[str]())
        return sum(counts[end] for end in ends) if ends else counts.total()


def cases(films: Sequence[Path], folder: Path, *, n: int, seed: int) -> Iterator[tuple[str, Path]]:
    """Write damaged films, kinds of damage and films in turn."""
    rng = np.random.default_rng(seed)
    kinds = list(MUTATIONS)
    made = tried = 0
    while made < n:
        kind, film = kinds[tried % len(kinds)], films[tried // len(kinds) % len(films)]
        tried += 1
        damaged = mutate(film.read_bytes(), kind, rng)
        if damaged is None:
            continue
        path = folder / f"{made:06}-{kind.replace(' ', '-')}{film.suffix}"
        path.write_bytes(damaged)
        made += 1
        yield kind, path


def fuzz(
    films: Sequence[Path],
    folder: Path,
    *,
    n: int,
    seed: int,
    settings: AnalysisSettings,
    workers: int = 1,
    budget: Budget = BUDGET,
    keep: Path | None = None,
) -> Report:
    """Damage films and have them analysed; films that bring a process down are copied to `keep`."""
    report = Report()
    kinds = {str(path): kind for kind, path in cases(films, folder, n=n, seed=seed)}
    tasks = [FilmTask(film_id=Path(path).name, path=path, settings=settings, cores=1, budget=budget) for path in kinds]
    missing = set(kinds)
    last = time.monotonic()
    for task, outcome in here(workers=workers, analyze=analyze_in_child)(tasks, moved=lambda *_: None):
        missing.discard(task.path)
        report.add(kinds[task.path], outcome)
        now = time.monotonic()
        report.slowest, last = max(report.slowest, now - last), now
        if keep is not None and outcome.failure is not None and outcome.failure.kind not in ("film", "worker"):
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{outcome.failure.kind}-{Path(task.path).name}").write_bytes(Path(task.path).read_bytes())
        Path(task.path).unlink()
    report.escaped = sorted(missing)
    return report


def draw_films(folder: Path) -> list[Path]:
    """Draw a film of three shots and pack it into several containers, without sound."""
    import av

    from shotscale.drawn import Cut, Dissolve, Shot, draw_film

    script = [Shot(seconds=1), Cut(), Shot(seconds=1, setting="street"), Dissolve(0.5), Shot(seconds=1)]
    first = draw_film(folder / "drawn.mp4", seed=3, script=script, size=(96, 54), truth=False).path
    films = [first]
    for name in ("drawn.mkv", "drawn.ts", "drawn.mov", "drawn.flv"):
        with av.open(str(first)) as source, av.open(str(folder / name), "w") as target:
            stream = source.streams.video[0]
            copied = target.add_stream_from_template(stream)
            for packet in source.demux(stream):
                if packet.dts is not None:
                    packet.stream = copied
                    target.mux(packet)
        films.append(folder / name)
    films.append(draw_film(folder / "drawn2.avi", seed=4, script=script, size=(96, 54), truth=False).path)
    return films


def table(report: Report) -> str:
    """Give the report as Markdown."""
    ends = sorted({end for counts in report.by_kind.values() for end in counts})
    rows = ["| damage | cases | " + " | ".join(ends) + " |", "|---" * (len(ends) + 2) + "|"]
    for kind, counts in report.by_kind.items():
        rows.append(f"| {kind} | {counts.total()} | " + " | ".join(str(counts[end]) for end in ends) + " |")
    crashes, hangs = report.total("crash", "error", "killed"), report.total("time", "stall", "waiting")
    rows += [
        "",
        f"{report.total()} cases: {report.total('analysed')} analysed, {report.total('film')} refused in one line, "
        f"{crashes} crashes contained, {report.total('memory')} beyond their memory, {hangs} hangs ended, "
        f"{len(report.escaped)} escaped; longest wait for the next {report.slowest:.1f} s",
    ]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="Where to copy films that bring a process down.")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        films = draw_films(Path(folder))
        report = fuzz(
            films,
            Path(folder),
            n=options.cases,
            seed=options.seed,
            settings=describe_settings(),
            workers=options.workers,
            keep=options.keep,
        )
    print(table(report))
    for reason, count in report.reasons.most_common(20):
        print(f"  {count} x {reason}")
    if options.json:
        content: dict[str, Any] = {"seed": options.seed, "cases": report.by_kind, "reasons": report.reasons}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    if report.escaped:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
