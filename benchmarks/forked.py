"""Analyze films in turn in a process that has loaded the libraries, which takes most of a short film's time.

For fuzzing only: a corpus starts a new process for each film (`shotscale.store.supervision`) and watches it closely.
Here a process, forked from one that has loaded everything, takes `FILMS_A_PROCESS` films; if a film brings it down or
has to be ended, the next film gets a new process.
"""

import contextlib
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import psutil

from shotscale.store.child import analysis_from_json, answer
from shotscale.store.supervision import Stopped
from shotscale.store.task import Failure, FilmTask, Outcome

FILMS_A_PROCESS = 100
_LOOK_SECONDS = 0.2
_OURS = threading.local()  # each thread has its own process
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["forked", "shotscale.analysis", "shotscale.boundaries", "shotscale.network.weights", "torch", "av"]
)


def analyze_forked(
    task: FilmTask, *, progress: Callable[[float, float | None], None], stop: threading.Event
) -> Outcome:
    """Analyze a film within its budget of memory and time; the outcome is that of `analyze_in_child`."""
    worker = getattr(_OURS, "worker", None) or _Worker()
    _OURS.worker = None  # restored below on success
    began = time.monotonic()
    try:
        worker.tasks.send(task)
        while not worker.answers.poll(_LOOK_SECONDS):
            if stop.is_set():
                raise Stopped
            if time.monotonic() - began > task.budget.seconds:
                return Outcome(failure=Failure("time", "takes too long", task.budget.seconds))
            if _resident(worker.process.pid) > task.budget.memory_bytes:
                return Outcome(failure=Failure("memory", "needs too much memory", float(task.budget.memory_bytes)))
        content = _received(worker.answers)
        worker.films += 1
        if content is not None and worker.films < FILMS_A_PROCESS:
            _OURS.worker = worker
    finally:
        if getattr(_OURS, "worker", None) is None:
            worker.end()
    if content is None:
        return Outcome(failure=Failure("crash", f"its process ended with status {worker.process.exitcode}"))
    progress(0.0, None)
    if "analysis" in content:
        return Outcome(analysis=analysis_from_json(content["analysis"]))
    return Outcome(failure=Failure(**content["failure"]))


class _Worker:
    """A process that analyses films one after another."""

    def __init__(self) -> None:
        theirs, self.tasks = _CONTEXT.Pipe(duplex=False)
        self.answers, answers = _CONTEXT.Pipe(duplex=False)
        self.process = _CONTEXT.Process(target=_work, args=(theirs, answers), daemon=True)
        self.process.start()
        theirs.close()
        answers.close()
        self.films = 0

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.tasks.close()
        self.answers.close()


def _work(tasks: Connection, answers: Connection) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    with contextlib.suppress(EOFError):
        while True:
            answers.send(answer(tasks.recv(), lambda done, total: None))  # noqa: ARG005 - nobody looks


def _received(answers: Connection) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = answers.recv()
    except EOFError:
        return None
    return content


def _resident(pid: int | None) -> int:
    with contextlib.suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0
