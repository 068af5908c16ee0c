"""Analyze many broken films, real containers damaged in every known way, and count how the analyses end.

A few tiny films are drawn and encoded in several containers; each case damages one of them and analyses it like a film
of a corpus, in a separate process with a budget of memory and time. The only acceptable outcomes are an analysis or a
one-line error. The same seed makes the same cases. Only films that fail are kept, each with a smaller one that fails in
the same way.

    python benchmarks/fuzz.py --cases 500 --workers 2 --keep crashes/
    nice -n 19 python benchmarks/fuzz.py --forked --cases 10000 --keep crashes/ --json fuzz.json
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from damage import MUTATIONS, mutate
from forked import analyze_forked

from shotscale.store.settings import AnalysisSettings, describe_settings
from shotscale.store.supervision import analyze_in_child
from shotscale.store.task import Budget, FilmTask, Outcome
from shotscale.store.workers import AnalyzeFilm, here

BUDGET = Budget(memory_bytes=2 << 30, seconds=1800, stall_seconds=600)
BATCH = 100  # cases on the disk at one time
MOST_TRIES = 200  # at a smaller film that fails too; each takes as long as an analysis


@dataclass
class Report:
    """The outcomes of the cases.

    Attributes
    ----------
    by_kind : dict of str to Counter
        For each kind of damage, the number of cases by outcome: ``analyzed`` or a kind of failure.
    reasons : Counter
        Error messages of films that could not be analyzed.
    slowest : float
        Longest wait for an outcome, in seconds.
    escaped : list of str
        Cases for which this process has no outcome; there must be none.
    """

    by_kind: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    escaped: list[str] = field(default_factory=list)

    def add(self, kind: str, outcome: Outcome) -> None:
        end = "analyzed" if outcome.failure is None else outcome.failure.kind
        self.by_kind.setdefault(kind, Counter())[end] += 1
        if outcome.failure is not None:
            self.reasons[outcome.failure.reason[:60]] += 1

    def total(self, *ends: str) -> int:
        """Count all cases, or those with the given outcomes."""
        counts = sum(self.by_kind.values(), Counter[str]())
        return sum(counts[end] for end in ends) if ends else counts.total()


def cases(films: Sequence[Path], folder: Path, *, n: int, seed: int) -> Iterator[tuple[str, Path]]:
    """Write damaged films, taking kinds of damage and films in turn."""
    rng = np.random.default_rng(seed)
    kinds = list(MUTATIONS)
    contents = [film.read_bytes() for film in films]
    made = tried = 0
    while made < n:
        number = tried // len(kinds) % len(films)
        kind, film = kinds[tried % len(kinds)], films[number]
        tried += 1
        damaged = mutate(contents[number], kind, rng)
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
    analyze: AnalyzeFilm = analyze_in_child,
    progress: Callable[[int, Report], None] | None = None,
) -> Report:
    """Damage and analyze films; those that bring a process down are copied to `keep`, with a smaller one."""
    report = Report()
    done = 0
    made = cases(films, folder, n=n, seed=seed)
    while batch := {str(path): kind for kind, path in islice(made, BATCH)}:
        tasks = [FilmTask(film_id=Path(p).name, path=p, settings=settings, cores=1, budget=budget) for p in batch]
        missing = set(batch)
        last = time.monotonic()
        for task, outcome in here(workers=workers, analyze=analyze)(tasks, moved=lambda *_: None):
            missing.discard(task.path)
            report.add(batch[task.path], outcome)
            now = time.monotonic()
            report.slowest, last = max(report.slowest, now - last), now
            if keep is not None and is_fault(outcome):
                keep_case(task, outcome, keep, analyze=analyze)
            Path(task.path).unlink()
        report.escaped += sorted(missing)
        done += len(batch)
        if progress is not None:
            progress(done, report)
    return report


def is_fault(outcome: Outcome) -> bool:
    """Return whether an analysis ended in anything but an answer or a one-line error."""
    return outcome.failure is not None and outcome.failure.kind not in ("film", "worker")


def keep_case(task: FilmTask, outcome: Outcome, keep: Path, *, analyze: AnalyzeFilm) -> None:
    """Copy a film that failed, and the smallest part found that fails in the same way."""
    assert outcome.failure is not None
    kind, content = outcome.failure.kind, Path(task.path).read_bytes()
    keep.mkdir(parents=True, exist_ok=True)
    name = f"{kind}-{Path(task.path).name}"
    (keep / name).write_bytes(content)
    small = keep / f"small-{name}"

    def fails(piece: bytes) -> bool:
        small.write_bytes(piece)
        again = analyze(replace(task, path=str(small)), progress=lambda *_: None, stop=threading.Event())
        return again.failure is not None and again.failure.kind == kind

    small.write_bytes(shrunk(content, fails))


def shrunk(content: bytes, fails: Callable[[bytes], bool], *, most: int = MOST_TRIES) -> bytes:
    """Shrink failing content: drop pieces, from halves to single bytes, as long as it still fails."""
    tries = 0
    size = len(content) // 2
    while size:
        at = 0
        while at < len(content):
            smaller = content[:at] + content[at + size :]
            if tries == most:
                return content
            tries += 1
            if smaller and fails(smaller):
                content = smaller
            else:
                at += size
        size //= 2
    return content


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
    """Return the report as Markdown."""
    ends = sorted({end for counts in report.by_kind.values() for end in counts})
    rows = ["| damage | cases | " + " | ".join(ends) + " |", "|---" * (len(ends) + 2) + "|"]
    for kind, counts in report.by_kind.items():
        rows.append(f"| {kind} | {counts.total()} | " + " | ".join(str(counts[end]) for end in ends) + " |")
    crashes, hangs = report.total("crash", "error", "killed"), report.total("time", "stall", "waiting")
    rows += [
        "",
        f"{report.total()} cases: {report.total('analyzed')} analyzed, {report.total('film')} refused in one line, "
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
    parser.add_argument("--forked", action="store_true", help="Many films per process, which is faster.")
    parser.add_argument("--json", type=Path, help="Where to write the counts, again after each hundred cases.")
    options = parser.parse_args()

    def write(done: int, report: Report) -> None:
        print(f"{done} of {options.cases}", file=sys.stderr, flush=True)
        if options.json:
            content: dict[str, Any] = {"seed": options.seed, "cases": report.by_kind, "reasons": report.reasons}
            options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

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
            analyze=analyze_forked if options.forked else analyze_in_child,
            progress=write,
        )
    print(table(report))
    for reason, count in report.reasons.most_common(20):
        print(f"  {count} x {reason}")
    if report.escaped:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
