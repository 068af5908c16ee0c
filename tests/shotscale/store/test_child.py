"""The process that analyzes a film, and every way in which a film or a machine can bring it down."""

import errno
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import psutil
import pytest

from shotscale.analysis import analyze
from shotscale.documents import StoredFilm
from shotscale.errors import OptionError, OutputError
from shotscale.store.child import answer
from shotscale.store.results import read_document, read_tables
from shotscale.store.settings import AnalysisSettings, describe_settings
from shotscale.store.supervision import Stopped, _stalled, analyze_in_child
from shotscale.store.task import FAILURES_THAT_LAST, Budget, Failure, FilmTask

Films = dict[str, Path]


@pytest.fixture(scope="module")
def settings() -> AnalysisSettings:
    """Return the default settings."""
    return describe_settings()


@pytest.fixture
def task(films: Films, settings: AnalysisSettings) -> FilmTask:
    """Return the task of analyzing a whole film."""
    return FilmTask(film_id="plain", path=str(films["plain"]), settings=settings)


def test_no_room_for_temporary_files_ends_the_run(
    task: FilmTask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(OutputError, match="none: cannot be written to"):
        analyze_in_child(task)


def test_a_disk_that_fails_is_no_fault_of_the_film(task: FilmTask, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a network, it may be back by the time at which the supervisor looks."""

    def failing(*_: Path) -> str:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("shotscale.video.source.sha256", failing)
    failure = answer(task, lambda *_: None)["failure"]
    assert failure["reason"].startswith("cannot be read to its end (Input/output error)")
    assert failure["kind"] not in FAILURES_THAT_LAST


def child() -> psutil.Process | None:
    """Return the process that analyzes a film for this one, or `None` if absent."""
    for process in psutil.Process().children():
        try:
            if "shotscale.store.child" in process.cmdline():
                return process
        except psutil.Error:
            continue
    return None


def strike(how: Callable[[psutil.Process], object], *, times: int = 1) -> threading.Thread:
    """Apply `how` to the next `times` processes that analyze a film, in a thread."""

    def wait_and_strike() -> None:
        struck: set[int] = set()
        deadline = time.monotonic() + 30
        while len(struck) < times and time.monotonic() < deadline:
            found = child()
            if found is not None and found.pid not in struck:
                struck.add(found.pid)
                how(found)
            time.sleep(0.02)

    thread = threading.Thread(target=wait_and_strike, daemon=True)
    thread.start()
    return thread


def send(number: signal.Signals) -> Callable[[psutil.Process], object]:
    return lambda process: os.kill(process.pid, number)


def test_a_film_is_analyzed_as_in_this_process(task: FilmTask) -> None:
    moves: list[tuple[float, float | None]] = []
    outcome = analyze_in_child(replace(task, cores=1), progress=lambda done, total: moves.append((done, total)))
    assert outcome.failure is None
    assert outcome.analysis is not None
    assert moves
    document = read_document(outcome.analysis.document, StoredFilm, source="document")
    child_made = read_tables(document, outcome.analysis.shots, outcome.analysis.scales, path=task.path, source="tables")
    here = analyze(task.path)
    assert child_made.shots.round(6).equals(here.shots.round(6))
    assert child_made.scales["scale"].tolist() == here.scales["scale"].tolist()
    assert child_made.provenance == here.provenance
    assert outcome.sha256 == here.provenance["checksums"]["film"]


def test_a_file_that_is_no_film(films: Films, task: FilmTask) -> None:
    outcome = analyze_in_child(replace(task, path=str(films["text"])))
    assert outcome.failure is not None
    assert outcome.failure.kind == "film"
    assert outcome.failure.reason.startswith("not a video")
    assert outcome.sha256 is not None


def test_a_file_that_is_not_there(task: FilmTask, tmp_path: Path) -> None:
    outcome = analyze_in_child(replace(task, path=str(tmp_path / "absent.mkv")))
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.sha256) == ("file", None)


@pytest.mark.parametrize(
    ("budget", "kind", "reason"),
    [
        (Budget(memory_bytes=30 << 20), "memory", "needs more than 0.0293 GB of memory"),
        (Budget(seconds=0.3), "time", "takes more than"),
    ],
)
def test_a_budget_that_is_used_up(task: FilmTask, budget: Budget, kind: str, reason: str) -> None:
    outcome = analyze_in_child(replace(task, budget=budget))
    assert outcome.failure is not None
    assert outcome.failure.kind == kind
    assert outcome.failure.reason.startswith(reason)
    assert kind in FAILURES_THAT_LAST
    assert child() is None


def test_a_crash_is_a_line(task: FilmTask) -> None:
    thread = strike(send(signal.SIGSEGV))
    outcome = analyze_in_child(task)
    thread.join()
    assert outcome.failure is not None
    assert outcome.failure.kind == "crash"
    assert "SIGSEGV" in outcome.failure.reason
    assert outcome.sha256 is not None


def test_a_hang_ends_with_the_stall_limit(task: FilmTask) -> None:
    """An idle process may be waiting for its machine, so the next run tries the film again."""
    thread = strike(send(signal.SIGSTOP))
    outcome = analyze_in_child(replace(task, budget=Budget(stall_seconds=5.0)))
    thread.join()
    assert outcome.failure is not None
    assert outcome.failure.kind == "waiting"
    assert outcome.failure.kind not in FAILURES_THAT_LAST
    assert child() is None


def test_a_busy_hang_is_the_films_own() -> None:
    budget = Budget(stall_seconds=60.0)
    assert _stalled(budget, 55.0) == Failure("stall", "no frame for 1 min; raise --stall-limit", 60.0)
    assert _stalled(budget, 5.0).kind == "waiting"


def test_killed_once_it_is_tried_again_killed_twice_it_is_not(task: FilmTask) -> None:
    thread = strike(send(signal.SIGKILL))
    assert analyze_in_child(task).failure is None
    thread.join()
    thread = strike(send(signal.SIGKILL), times=2)
    outcome = analyze_in_child(task)
    thread.join()
    assert outcome.failure is not None
    assert outcome.failure.kind == "killed"
    assert outcome.failure.kind not in FAILURES_THAT_LAST


def test_the_run_can_be_stopped(task: FilmTask) -> None:
    stop = threading.Event()
    thread = strike(lambda _: stop.set())
    with pytest.raises(Stopped):
        analyze_in_child(task, stop=stop)
    thread.join()
    assert child() is None


def test_another_version_or_other_weights_are_refused(task: FilmTask) -> None:
    wrong = replace(task.settings, versions={"measurement": "0"})
    failure = analyze_in_child(replace(task, settings=wrong)).failure
    assert failure is not None
    assert failure.kind == "worker"
    assert "measurement" in failure.reason
    wrong = replace(task.settings, weights_checksum="0" * 64)
    failure = analyze_in_child(replace(task, settings=wrong)).failure
    assert failure is not None
    assert failure.kind == "worker"
    assert "other scale-network weights" in failure.reason


def test_a_task_survives_the_way_to_a_worker(task: FilmTask) -> None:
    assert FilmTask.from_json(task.to_json()) == task
    assert task.settings.id == replace(task).settings.id != replace(task.settings, samples_per_second=2.0).id


@pytest.mark.parametrize(
    "options", [{"memory_bytes": 0}, {"memory_bytes": inf}, {"seconds": 0}, {"seconds": inf}, {"stall_seconds": nan}]
)
def test_budgets_that_cannot_be(options: dict[str, float]) -> None:
    with pytest.raises(OptionError):
        Budget(**options)
