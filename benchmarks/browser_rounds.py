"""The browser tests again and again, on an idle machine and beside busy loops: how often each fails.

A key that gets lost, or a page that waits for what never comes, shows once in many runs, and sooner where other work
takes the processor. A round is every test that starts Chromium, in a process of its own; streams are rounds side by
side.

    python benchmarks/browser_rounds.py --rounds 50 --streams 2
    python benchmarks/browser_rounds.py --rounds 50 --streams 2 --busy 1
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from shotscale.numerals import counted

ROOT = Path(__file__).parents[1]
TIME_LIMIT = 3600
"""Seconds after which a round hangs: one takes two minutes alone on two cores."""


@dataclass(frozen=True)
class Round:
    """How a round ended: seconds, how many tests passed, and the names of those that did not."""

    seconds: float
    passed: int
    failed: tuple[str, ...]


def pytest(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-m", "browser", "-p", "no:cacheprovider", "-n", "0", *arguments]


def browser_tests() -> list[str]:
    """Return the files with tests that start a browser."""
    told = subprocess.run(pytest("--collect-only", "tests"), cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted({line.split("::")[0] for line in told.stdout.splitlines() if "::" in line})


def run_round(files: Sequence[str], log: Path) -> Round:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, log.open("w", encoding="utf-8") as stream:
        try:
            status = subprocess.run(
                pytest(f"--basetemp={folder}/round", *files),
                cwd=ROOT,
                env=os.environ | {"OMP_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                timeout=TIME_LIMIT,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            status = None
    text = log.read_text(encoding="utf-8", errors="replace")
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", text, re.MULTILINE)
    if status != 0 and not failed:
        failed = ["the time limit" if status is None else f"pytest, with status {status}"]
    passed = re.search(r"(\d+) passed", text)
    return Round(time.monotonic() - began, int(passed[1]) if passed else 0, tuple(failed))


@contextmanager
def busy_loops(n: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(n):
            loop = stack.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            stack.callback(loop.kill)
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--streams", type=int, default=1, help="Rounds side by side.")
    parser.add_argument("--busy", type=int, default=0, help="Busy loops beside them.")
    parser.add_argument("--logs", type=Path, help="A folder for what each round prints.")
    args = parser.parse_args()
    files, rounds = browser_tests(), []
    with ExitStack() as stack:
        logs = args.logs or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        logs.mkdir(parents=True, exist_ok=True)
        stack.enter_context(busy_loops(args.busy))
        pool = stack.enter_context(ThreadPoolExecutor(args.streams))
        numbered = [logs / f"round-{number}.txt" for number in range(1, args.rounds + 1)]
        for number, done in enumerate(pool.map(lambda log: run_round(files, log), numbered), start=1):
            rounds.append(done)
            told = ", ".join(done.failed) or f"{done.passed} passed"
            print(f"{number}: {told}; {done.seconds:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)
    seconds = [one.seconds for one in rounds]
    clean = sum(not one.failed and one.passed > 0 for one in rounds)
    beside = f"{args.streams} side by side, beside {counted(args.busy, 'busy loop')}"
    print(f"{clean} of {counted(len(rounds), 'round')} without a fault; {beside}")
    print(f"seconds a round: {min(seconds):.0f}, {median(seconds):.0f}, {max(seconds):.0f} (least, median, most)")
    for name, times in Counter(name for one in rounds for name in one.failed).most_common():
        print(f"  {name}: {times}")


if __name__ == "__main__":
    main()
