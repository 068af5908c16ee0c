"""Analyses in processes that are forked from one that has loaded the libraries, which is most of a short film's time.

For fuzzing alone: a corpus starts each film's process afresh (`shotscale.store.supervision`) and watches it closely.
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
from shotscale.store.store import Failure
from shotscale.store.supervision import Stopped
from shotscale.store.task import FilmTask, Outcome

_LOOK_SECONDS = 0.2
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["forked", "shotscale.analysis", "shotscale.boundaries", "shotscale.network.weights", "torch", "av"]
)


def analyze_forked(
    task: FilmTask, *, progress: Callable[[float, float | None], None], stop: threading.Event
) -> Outcome:
    """Analyse a film within its budget of memory and of time; the outcome is that of `analyze_in_child`."""
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_work, args=(task, theirs))
    process.start()
    theirs.close()
    began = time.monotonic()
    try:
        while not ours.poll(_LOOK_SECONDS):
            if stop.is_set():
                raise Stopped
            if time.monotonic() - began > task.budget.seconds:
                return Outcome(failure=Failure("time", "takes too long", task.budget.seconds))
            if _resident(process.pid) > task.budget.memory_bytes:
                return Outcome(failure=Failure("memory", "needs too much memory", float(task.budget.memory_bytes)))
        content = _received(ours)
    finally:
        process.kill()
        process.join()
        ours.close()
    if content is None:
        return Outcome(failure=Failure("crash", f"its process ended with status {process.exitcode}"))
    progress(0.0, None)
    if "analysis" in content:
        return Outcome(analysis=analysis_from_json(content["analysis"]))
    return Outcome(failure=Failure(**content["failure"]))


def _work(task: FilmTask, answers: Connection) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    answers.send(answer(task, lambda done, total: None))  # noqa: ARG005 - nobody looks


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
