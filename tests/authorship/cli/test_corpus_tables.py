"""``authorship corpus`` on tiny films: analyze, resume, report status, and the commands that take a store."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import psutil
import pytest

from authorship.features import FEATURE_NAMES

Run = Callable[..., tuple[int, str, str]]
COMMAND = [sys.executable, "-m", "authorship", "corpus", "analyze"]


@pytest.fixture
def table(films: "dict[str, Path]", tmp_path: Path) -> Path:
    """Write a table of two tiny films and a file that is not a video."""
    rows = ["film_id,path,title,year,director"]
    rows += [f"{name},{films[name]},{name} title,1960,Someone" for name in ("plain", "text", "avi")]
    (tmp_path / "films.csv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path / "films.csv"


def test_from_a_table_to_features(table: Path, run: Run, tmp_path: Path) -> None:
    store = tmp_path / "store"
    status, out, err = run("corpus", "analyze", table, "-o", store, "--workers", "2")
    assert status == 2
    assert out == f"{store}: 3 films, 2 analyzed (2 now), 1 failed; why: authorship corpus status {store}\n"
    assert err.startswith("authorship: text: ")
    assert "not a video" in err
    assert err.count("\n") == 1

    status, out, err = run("corpus", "analyze", table, "-o", store)
    assert (status, err) == (2, "")
    assert "2 analyzed (0 now), 1 failed" in out

    status, out, err = run("corpus", "status", store)
    assert (status, err) == (0, "")
    assert "3 films: 2 analyzed, 1 failed, 0 missing; 2 s analyzed\n" in out
    assert "text: " in out
    status, out, _ = run("corpus", "status", store, "--json")
    document = json.loads(out)
    assert [failure["film_id"] for failure in document["failures"]] == ["text"]
    assert document["settings"]["detector"] == "default"

    assert run("features", store, "-o", tmp_path / "features.csv")[0] == 0
    features = pd.read_csv(tmp_path / "features.csv", index_col="film_id")
    assert list(features.index) == ["plain", "avi"]
    assert tuple(features.columns) == FEATURE_NAMES
    assert run("classify", store / "plain", "--json")[0] == 0
    assert run("export", store, "-o", tmp_path / "tables")[0] == 0
    exported = pd.read_csv(tmp_path / "tables" / "features.csv")
    assert exported["film"].tolist() == ["plain", "avi"]
    assert exported["title"].tolist() == ["plain title", "avi title"]


def test_a_film_of_a_store_is_reviewed(
    films: "dict[str, Path]", table: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From any folder, although the table's paths are relative to its own."""
    store = tmp_path / "store"
    shutil.copy(films["plain"], tmp_path / "plain.mp4")
    table.write_text("film_id,path,title,year,director\nplain,plain.mp4,,,\n", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    run("corpus", "analyze", table, "-o", store)
    served = []
    monkeypatch.setattr("shotscale.cli.review.serve", lambda server, *_, **__: served.append(server))
    status, out, err = run("corpus", "review", store / "plain", "--coder", "anna", "--no-browser")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    journal = store / "reviewed" / "plain" / "corrections-anna.jsonl"
    assert lines[0].endswith(f": corrections go to {journal}")
    assert len(served) == 1
    assert not journal.exists()  # nothing was corrected
    status, out, _ = run("corpus", "status", store)
    assert "corrected by coders" not in out


def test_problems_of_the_table_are_listed_and_nothing_is_started(table: Path, run: Run, tmp_path: Path) -> None:
    table.write_text(table.read_text() + "\nplain,absent.mkv,,1700,", encoding="utf-8")
    for command in (["check", table], ["analyze", table, "-o", tmp_path / "store", "--strict"]):
        status, out, err = run("corpus", *command)
        assert (status, out) == (2, "")
        lines = err.splitlines()
        assert len(lines) == 4
        assert lines[-1] == f"authorship: {table}: 3 problems, nothing was started; correct the table"
    assert not (tmp_path / "store").exists()


def test_a_table_in_order_is_said_to_be(table: Path, run: Run) -> None:
    status, out, err = run("corpus", "check", table)
    assert (status, err) == (0, "")
    assert "3 films" in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--detector", "absent"], "no such detector"),
        (["--weights", "absent.safetensors"], "no such file"),
        (["--memory", "0"], "bytes of memory"),
        (["--samples-per-second", "0"], "samples per second"),
        (["--cluster", "tcp://127.0.0.1:1", "--workers", "2"], "has its own workers"),
    ],
)
def test_what_cannot_be_is_refused_before_any_film(
    options: list[str], message: str, table: Path, run: Run, tmp_path: Path
) -> None:
    status, out, err = run("corpus", "analyze", table, "-o", tmp_path / "store", *options)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "store").exists()


def test_killed_at_work_on_real_films(table: Path, stand_in: ModuleType, tmp_path: Path) -> None:
    """Kill the command at a few random moments; its children end too, and the store ends up as if undisturbed."""
    rng = random.Random(3)
    store = tmp_path / "store"
    subprocess.run([*COMMAND, str(table), "-o", str(tmp_path / "undisturbed")], check=False, capture_output=True)
    for _ in range(2):
        process = subprocess.Popen(
            [*COMMAND, str(table), "-o", str(store)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(rng.uniform(1.0, 5.0))
        process.kill()
        process.wait()
        assert_no_child_is_left(store)
    subprocess.run([*COMMAND, str(table), "-o", str(store)], check=False, capture_output=True)
    assert stand_in.contents(store) == stand_in.contents(tmp_path / "undisturbed")
    assert len(list(store.rglob("shots/*.parquet"))) == 2


def assert_no_child_is_left(store: Path) -> None:
    """Wait until no orphaned analysis process is left."""
    until(lambda: not orphans())


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def orphans() -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "ppid"])
        if "shotscale.store.child" in (process.info["cmdline"] or [])
        and process.info["ppid"] == 1
        and os.getpgid(process.pid) == process.pid
        and process.status() != psutil.STATUS_ZOMBIE
    ]


def test_a_termination_ends_the_children_too(table: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, str(table), "-o", str(tmp_path / "store")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    until(lambda: process.poll() is not None or psutil.Process(process.pid).children())
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (130, 2)  # 2 if it had already finished
    assert b"Traceback" not in err
    assert_no_child_is_left(tmp_path / "store")
