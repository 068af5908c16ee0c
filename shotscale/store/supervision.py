"""Supervise the process that analyzes a film: memory, time and exit.

Memory is resident memory, summed over the film's processes. Limits on address space or data would hit the libraries,
which reserve far more than they use, rather than the film.
"""

import json
import logging
import os
import platform
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any

import psutil
from filelock import FileLock

from shotscale.files import temporary_space
from shotscale.progress import Progress
from shotscale.store.child import analysis_from_json
from shotscale.store.task import Budget, Failure, FilmTask, Outcome

__all__ = ["Stopped", "analyze_in_child"]

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.05  # between checks for a request to stop; by judgment
_FAMILY_SECONDS = 0.5  # between listings of a process's children, which take longer
_ASLEEP_SECONDS = 10.0
"""Longer than any round of the supervision loop takes on a busy machine."""
_READ_BYTES = 1 << 16
_TRIES_WHEN_KILLED = 2  # the system kills when memory runs out, which another film may have caused
_BUSY_SHARE = 0.25  # CPU share of the time without a frame below which the film was kept waiting; by judgment


class Stopped(Exception):  # noqa: N818 - no error: the run itself is being ended
    """The run was ended while a film was being analyzed."""


def analyze_in_child(
    task: FilmTask, *, progress: Progress | None = None, stop: threading.Event | None = None
) -> Outcome:
    """Analyze a film in a separate process, within its budget.

    `progress` is called with the seconds of film done and the film's length, `None` if unknown; `stop` ends the process
    when set, which raises `Stopped`. The film itself never causes an exception, whatever it does to the decoder.
    """
    failure, began = Failure("killed", ""), time.monotonic()
    for _ in range(_TRIES_WHEN_KILLED):
        with _leased_cores(task.cores) as cores, _started(task, cores) as (process, complaints):
            answer = _listen(process, task.budget, progress, stop)
            if "analysis" in answer:
                analysis = analysis_from_json(answer["analysis"])
                spent = time.monotonic() - began
                return Outcome(analysis=analysis, sha256=analysis.sha256, seconds=spent, machine=platform.node())
            failure = Failure(**answer["failure"]) if "failure" in answer else _ending(process, complaints)
        if failure.kind != "killed":
            break
    return replace(Outcome.failed(task, failure), seconds=time.monotonic() - began, machine=platform.node())


@contextmanager
def _leased_cores(n: int | None) -> Iterator[tuple[int, ...] | None]:
    """Take `n` cores that no other film of this user holds, until the context or the process ends.

    Leases hold across all of the user's runs on the machine. Yields `None`, leaving the division to the scheduler, if
    fewer than `n` cores are free, `n` is `None` or covers all cores, or the system does not bind processes to cores.
    """
    if n is None or not hasattr(os, "sched_getaffinity"):
        yield None
        return
    allowed = sorted(os.sched_getaffinity(0))
    folder = Path(tempfile.gettempdir()) / f"film-cores-{os.getuid()}"
    with ExitStack() as stack:
        taken: list[int] = []
        for core in allowed if n < len(allowed) else ():
            with suppress(OSError):  # including a lease held by another film
                if len(taken) < n:
                    folder.mkdir(mode=0o700, exist_ok=True)
                    stack.enter_context(FileLock(folder / str(core), timeout=0, fallback_to_soft=False).acquire())
                    taken.append(core)
        yield tuple(taken) if len(taken) == n else None


@contextmanager
def _started(task: FilmTask, cores: tuple[int, ...] | None) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Start the process in a new session, and kill the whole session on exit."""
    environment = dict(os.environ)
    if cores is not None:
        for library in ("OMP", "OPENBLAS", "MKL"):
            environment[f"{library}_NUM_THREADS"] = str(len(cores))
    with ExitStack() as stack:
        with temporary_space():
            complaints = stack.enter_context(tempfile.TemporaryFile())
        process = subprocess.Popen(
            [sys.executable, "-m", "shotscale.store.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
            env=environment,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with suppress(OSError):
                if cores is not None:
                    os.sched_setaffinity(process.pid, cores)
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(task.to_json()).encode() + b"\n")
                process.stdin.flush()
            yield process, complaints
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
            with suppress(BrokenPipeError):
                process.stdin.close()


def _listen(
    process: subprocess.Popen[bytes], budget: Budget, progress: Progress | None, stop: threading.Event | None
) -> dict[str, Any]:
    """Return the last answer, empty if the process ended without one, or a failure if a budget is exceeded."""
    assert process.stdout is not None
    family = _Family(process.pid)
    began = moved = looked = time.monotonic()
    worked = 0.0
    rest = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if stop is not None and stop.is_set():
                raise Stopped
            # This process was suspended for a while, and the child with it: do not count that time.
            asleep = time.monotonic() - looked
            if asleep > _ASLEEP_SECONDS:
                began, moved = began + asleep, moved + asleep
            looked = time.monotonic()
            if selector.select(_LOOK_SECONDS):
                if not (content := os.read(process.stdout.fileno(), _READ_BYTES)):
                    return {}
                rest += content
                *lines, rest = rest.split(b"\n") if b"\n" in content else [rest]
                for line in lines:
                    answer: dict[str, Any] = json.loads(line)
                    if "done" not in answer:
                        return answer
                    moved, worked = time.monotonic(), family.processor_seconds()
                    if progress is not None:
                        progress(answer["done"], answer["total"])
            failure = _overspent(budget, family, began=began, moved=moved, worked=worked)
            if failure is not None:
                return {"failure": asdict(failure)}


def _overspent(budget: Budget, family: "_Family", *, began: float, moved: float, worked: float) -> Failure | None:
    now = time.monotonic()
    if family.resident(now) > budget.memory_bytes:
        reason = f"needs more than {budget.memory_bytes / (1 << 30):.3g} GB of memory; raise --memory"
        return Failure("memory", reason, float(budget.memory_bytes))
    if now - began > budget.seconds:
        reason = f"takes more than {budget.seconds / 3600:.3g} h; raise --time-limit"
        return Failure("time", reason, budget.seconds)
    if now - moved > budget.stall_seconds:
        return _stalled(budget, family.processor_seconds() - worked)
    return None


def _stalled(budget: Budget, worked: float) -> Failure:
    """Distinguish a film that uses the CPU without progress from one kept waiting by the machine or its disk."""
    minutes = f"no frame for {budget.stall_seconds / 60:.3g} min"
    if worked < _BUSY_SHARE * budget.stall_seconds:
        return Failure("waiting", f"{minutes}, while it got little processor time; try again when the machine is free")
    return Failure("stall", f"{minutes}; raise --stall-limit", budget.stall_seconds)


class _Family:
    """Measures a process and its descendants; the list of descendants is refreshed less often."""

    def __init__(self, pid: int) -> None:
        self._processes: list[psutil.Process] = []
        self._looked_up = float("-inf")
        self._pid = pid

    def resident(self, now: float) -> int:
        """Return their resident memory in bytes."""
        if now - self._looked_up > _FAMILY_SECONDS:
            self._looked_up = now
            with suppress(psutil.Error):
                first = psutil.Process(self._pid)
                self._processes = [first, *first.children(recursive=True)]
        return int(self._sum(lambda process: process.memory_info().rss))

    def processor_seconds(self) -> float:
        """Return their CPU time in seconds."""
        return self._sum(lambda process: sum(process.cpu_times()[:2]))  # of the user and of the system

    def _sum(self, measure: Callable[[psutil.Process], float]) -> float:
        total = 0.0
        for process in self._processes:
            with suppress(psutil.Error):
                total += measure(process)
        return total


def _ending(process: subprocess.Popen[bytes], complaints: IO[bytes]) -> Failure:
    """Return the failure of a process that ended without an answer."""
    status = process.wait()
    complaints.seek(0)
    said = complaints.read()[-4096:].decode("utf-8", "replace").strip()
    if said:
        _LOG.debug("process %d: %s", process.pid, said)
    if status == -signal.SIGKILL:
        return Failure("killed", "its process was ended from outside, perhaps for want of memory")
    if status < 0:
        return Failure("crash", f"the decoder crashed on it ({signal.Signals(-status).name})")
    last = said.splitlines()[-1] if said else "no message"
    return Failure("crash", f"its process ended with status {status} ({last})")
