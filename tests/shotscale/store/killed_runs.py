"""Kill runs over a corpus; `test_killed` starts this as a script, so that it can fork without threads.

    python killed_runs.py moments FOLDER N SEED     after a random time each
    python killed_runs.py steps FOLDER              before each single change to the file system

Prints JSON: how many runs were killed before they ended, how often the store was then completed, and the names of files
in which a store differs from that of an undisturbed run.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from stand_in import contents, make_corpus, run


def forked(work: Callable[[], object]) -> int:
    """Start work in a forked process and return its ID."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def undisturbed(folder: Path, n: int) -> tuple[Path, dict[str, bytes], float]:
    table = make_corpus(folder / "films", n, bad=[1])
    began = time.monotonic()
    run(table, folder / "undisturbed")
    return table, contents(folder / "undisturbed"), time.monotonic() - began


def differences(store: Path, wanted: dict[str, bytes]) -> list[str]:
    found = contents(store)
    return sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))


def at_moments(folder: Path, *, n: int, seed: int) -> dict[str, Any]:
    table, wanted, seconds = undisturbed(folder, 8)
    rng, store = random.Random(seed), folder / "store"
    killed = complete = 0
    wrong: list[str] = []
    while killed < n:
        pid = forked(lambda: run(table, store))
        time.sleep(rng.uniform(0, seconds / 2))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        killed += os.WIFSIGNALED(status)
        if (store / "films.parquet").is_file() and rng.random() < 0.3:
            run(table, store)
            complete += 1
            wrong += differences(store, wanted)
            shutil.rmtree(store)
    run(table, store)
    return {"killed": killed, "complete": complete + 1, "wrong": wrong + differences(store, wanted)}


def at_steps(folder: Path) -> dict[str, Any]:
    """Kill runs before their first, second, ... change to the file system, until one completes."""
    table, wanted, _ = undisturbed(folder, 3)
    store, killed, wrong = folder / "store", 0, []
    while True:
        _, status = os.waitpid(forked(partial(run_until, killed, table, store)), 0)
        ended = not os.WIFSIGNALED(status)
        run(table, store)
        wrong += differences(store, wanted)
        shutil.rmtree(store)
        if ended:
            return {"killed": killed, "complete": killed + 1, "wrong": wrong}
        killed += 1


def run_until(n_changes: int, table: Path, store: Path) -> None:
    left = n_changes

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event in ("os.rename", "os.remove", "os.mkdir", "os.chmod") or (event == "open" and arguments[1] == "wb"):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    sys.addaudithook(watch)
    run(table, store)


if __name__ == "__main__":
    command, place, *numbers = sys.argv[1:]
    seen = at_moments(Path(place), n=int(numbers[0]), seed=int(numbers[1])) if numbers else at_steps(Path(place))
    json.dump(seen, sys.stdout)
