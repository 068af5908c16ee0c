"""A corpus on Dask: the same store as in a serial run, lost workers, and the documented SLURM job."""

import gc
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from shotscale.errors import DependencyError, OptionError
from shotscale.store import cluster as cluster_module
from shotscale.store.cluster import LOCAL, on_dask
from shotscale.store.inventory import KnownChecksums
from shotscale.store.run import analyze_corpus
from shotscale.store.settings import AnalysisSettings, describe_settings
from shotscale.store.summary import read_summary
from shotscale.store.supervision import analyze_in_child
from shotscale.store.table import read_table
from shotscale.store.task import FilmTask, Outcome
from shotscale.store.workers import Workers, here

PAGE = Path(__file__).parents[3] / "docs" / "cluster.md"

# From Dask's own cleanup on exit.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """Collect the connections that Dask left open here, where their warnings are ignored."""
    yield
    gc.collect()


class Watcher:
    """A watcher that records its calls."""

    def __init__(self) -> None:
        self.moves: list[tuple[str, float, float | None]] = []
        self.ended: dict[str, Outcome] = {}

    def planned(self, tasks: Sequence[tuple[FilmTask, int]]) -> None:
        self.n_planned = len(tasks)

    def moved(self, task: FilmTask, done: float, total: float | None) -> None:
        self.moves.append((task.film_id, done, total))

    def finished(self, task: FilmTask, outcome: Outcome) -> None:
        self.ended[task.film_id] = outcome


@pytest.fixture(scope="module")
def settings() -> AnalysisSettings:
    """Return the default settings."""
    return describe_settings()


@pytest.fixture(scope="module")
def table(films: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the table of two tiny films and a file that is not a film."""
    path = tmp_path_factory.mktemp("corpus") / "films.csv"
    rows = [f"{name},{films[name]},,," for name in ("plain", "text", "avi")]
    path.write_text("\n".join(["film_id,path,title,year,director", *rows]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def serial(table: Path, settings: AnalysisSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create the store of a serial run."""
    store = tmp_path_factory.mktemp("serial") / "store"
    analyze(table, store, settings, here(analyze=analyze_in_child), Watcher())
    return store


def analyze(table: Path, store: Path, settings: AnalysisSettings, workers: Workers, watcher: Watcher) -> Any:
    return analyze_corpus(
        read_table(table),
        store,
        settings=settings,
        workers=workers,
        watcher=watcher,
        known=KnownChecksums(store),
        cores=1,
    )


def test_two_films_at_a_time_give_the_serial_store(
    table: Path, settings: AnalysisSettings, serial: Path, stand_in: ModuleType, tmp_path: Path
) -> None:
    analyze(table, tmp_path / "store", settings, here(workers=2, analyze=analyze_in_child), Watcher())
    assert stand_in.contents(tmp_path / "store") == stand_in.contents(serial)
    assert read_summary(serial)["status"].tolist() == ["analyzed", "failed", "analyzed"]


def test_dask_gives_the_serial_store_though_a_worker_is_killed(
    table: Path, settings: AnalysisSettings, serial: Path, stand_in: ModuleType, tmp_path: Path
) -> None:
    killed: list[int] = []
    thread = threading.Thread(target=kill_a_worker_at_work, args=(killed,), daemon=True)
    thread.start()
    watcher = Watcher()
    analyze(table, tmp_path / "store", settings, on_dask(LOCAL, workers=2), watcher)
    thread.join()
    assert len(killed) == 1
    assert sorted(watcher.ended) == ["avi", "plain", "text"]
    assert {name for name, _, _ in watcher.moves} & {"avi", "plain"}
    assert stand_in.contents(tmp_path / "store") == stand_in.contents(serial)


def kill_a_worker_at_work(killed: list[int]) -> None:
    """Kill the first worker under this process that is analyzing a film."""
    deadline = time.monotonic() + 60
    while not killed and time.monotonic() < deadline:
        for process in psutil.Process().children(recursive=True):
            try:
                if "shotscale.store.child" in process.cmdline() and process.ppid() != os.getpid():
                    os.kill(process.ppid(), signal.SIGKILL)
                    killed.append(process.ppid())
                    break
            except psutil.Error:
                continue
        time.sleep(0.05)


def test_without_dask_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(DependencyError, match=r"pip install 'film-authorship\[cluster\]'"):
        on_dask("tcp://127.0.0.1:8786")


@pytest.mark.parametrize("address", ["absent.json", "tcp://127.0.0.1:9"])
def test_a_scheduler_that_does_not_answer(
    address: str, monkeypatch: pytest.MonkeyPatch, settings: AnalysisSettings, films: dict[str, Path]
) -> None:
    monkeypatch.setattr(cluster_module, "_CONNECT_SECONDS", 1)
    task = FilmTask(film_id="plain", path=str(films["plain"]), settings=settings)
    with pytest.raises(OptionError, match=re.escape(address)):
        next(on_dask(address)([task], moved=lambda *_: None))


class Held:
    """Analyze films as the stand-in does, but block from the third film on until freed."""

    def __init__(self, stand_in: ModuleType) -> None:
        self._analyze, self._n = stand_in.analyze_film, 0
        self.reached, self.free = threading.Event(), threading.Event()

    def __call__(self, task: FilmTask, **options: Any) -> Outcome:
        self._n += 1
        if self._n > 2:
            self.reached.set()
            self.free.wait(60)
        outcome: Outcome = self._analyze(task, stop=threading.Event(), **options)
        return outcome


def run_disturbed(folder: Path, stand_in: ModuleType, disturb: Callable[[Any], None], held: Held) -> Path:
    """Run four films on a cluster of two workers that is disturbed while it analyzes; return the store."""
    from distributed import LocalCluster

    films = stand_in.make_corpus(folder / "films", 4)
    # A separate network, though all of it runs in this process.
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    ) as cluster:

        def when_at_work() -> None:
            held.reached.wait(60)
            cluster.sync(disturb, cluster)
            held.free.set()

        thread = threading.Thread(target=when_at_work)
        thread.start()
        try:
            stand_in.run(films, folder / "store", workers=on_dask(cluster.scheduler_address))
        finally:
            thread.join()
    return folder / "store"


async def cut_a_worker_off(cluster: Any) -> None:
    cluster.workers[0].batched_stream.comm.abort()


def test_a_worker_that_the_network_cuts_off_costs_no_film(
    stand_in: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(stand_in)
    monkeypatch.setattr(cluster_module, "analyze_in_child", held)
    store = run_disturbed(tmp_path, stand_in, cut_a_worker_off, held)
    assert read_summary(store)["status"].tolist() == ["analyzed"] * 4


SCHEDULER = "import sys; from distributed.cli.dask_scheduler import main; main(sys.argv[1:])"
RUN = """
import os, sys
from pathlib import Path
sys.path.insert(0, os.environ["STAND_IN"])
import stand_in
from shotscale.errors import OutputError
from shotscale.store.cluster import on_dask

class Asking(stand_in.Silent):
    def finished(self, task, outcome):
        print(task.film_id, flush=True)
        sys.stdin.readline()

try:
    stand_in.run(Path(sys.argv[1]), Path(sys.argv[2]), workers=on_dask(sys.argv[3]), watcher=Asking())
except OutputError as error:
    sys.exit(str(error))
"""
WORKER = """
import os, sys, threading
from functools import partial
sys.path.insert(0, os.environ["STAND_IN"])
import stand_in
from distributed.cli.dask_worker import main
from shotscale.store import cluster

def analyze(task, **options):
    if task.film_id == os.environ.get("HOLD"):
        threading.Event().wait()
    return stand_in.analyze_film(task, stop=threading.Event(), **options)

cluster.analyze_in_child = analyze
main(sys.argv[1:])
"""


class Processes:
    """A scheduler and workers in separate processes, as an operator starts them."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.scheduler = self._start(SCHEDULER, "--port", "0")
        [self.address] = re.findall(r"tcp://127\.0\.0\.1:\d+", said(self.scheduler, "Scheduler at"))

    def start_worker(self, **environment: str) -> None:
        """Start a worker and wait until it is registered with the scheduler."""
        worker = self._start(WORKER, self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", **environment)
        said(worker, "Registered to")

    def restart_scheduler(self) -> None:
        """Kill the scheduler and start another at the same address."""
        self.scheduler.kill()
        self.scheduler.wait()
        self.scheduler = self._start(SCHEDULER, "--port", self.address.rpartition(":")[2])
        said(self.scheduler, "Scheduler at")

    def start_run(self, table: Path, store: Path) -> subprocess.Popen[str]:
        """Start a run that prints each finished film and waits for a line of input before continuing."""
        return self._start(RUN, str(table), str(store), self.address)

    def _start(self, program: str, *options: str, **environment: str) -> subprocess.Popen[str]:
        host = () if program is RUN else ("--host", "127.0.0.1")
        host += ("--dashboard-address", "127.0.0.1:0") if program is SCHEDULER else ()
        process = subprocess.Popen(
            [sys.executable, "-c", program, *options, *host],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if program is RUN else None,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "STAND_IN": str(Path(__file__).parent), **environment},
        )
        self._stack.enter_context(process)
        self._stack.callback(process.kill)
        return process


def said(process: subprocess.Popen[str], what: str) -> str:
    """Return the first line on a process's stderr that contains `what`."""
    assert process.stderr is not None
    for line in process.stderr:
        if what in line:
            return line
    raise AssertionError(f"ended without saying {what}")


def test_a_scheduler_restarted_on_the_way_costs_no_film_that_is_done(stand_in: ModuleType, tmp_path: Path) -> None:
    table, store = stand_in.make_corpus(tmp_path / "films", 4), tmp_path / "store"
    with ExitStack() as stack:
        processes = Processes(stack)
        processes.start_worker(HOLD="film-2")
        run = processes.start_run(table, store)
        assert run.stdin is not None
        assert run.stdout is not None
        assert run.stdout.readline() == "film-0\n"
        run.stdin.write("\n")
        run.stdin.flush()
        assert run.stdout.readline() == "film-1\n"
        processes.restart_scheduler()
        _, err = run.communicate("\n")
        assert err == (
            f"{processes.address}: the scheduler is gone, or no longer knows this run; finished films are kept: "
            "repeat the command once it answers\n"
        )
        assert run.returncode == 1
        run = processes.start_run(table, store)
        assert said(run, "no worker is connected").startswith(processes.address)
        processes.start_worker()
        assert run.communicate("\n\n") == ("film-2\nfilm-3\n", "")
    assert read_summary(store)["status"].tolist() == ["analyzed"] * 4


SBATCH = """#!/bin/sh
# Stands in for SLURM: runs the job at once, on this machine.
for script; do :; done
cp "$script" "{folder}/job.sh"
sh "{folder}/job.sh" >"{folder}/job.log" 2>&1 &
echo $! >>"{folder}/pids"
echo "Submitted batch job 4711"
"""


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Replace SLURM with a stand-in that runs jobs here; return the folder in which it keeps their scripts and logs."""
    programs = {"sbatch": SBATCH.format(folder=tmp_path), "scancel": "#!/bin/sh\n"}
    for name, text in programs.items():
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    yield tmp_path
    for pid in (tmp_path / "pids").read_text().split() if (tmp_path / "pids").is_file() else ():
        for process in [*children_of(int(pid))]:
            process.kill()


def children_of(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def documented() -> str:
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return str(code)


def test_the_documented_slurm_job_is_what_slurm_takes_and_its_worker_works(
    slurm: Path, table: Path, settings: AnalysisSettings, serial: Path, stand_in: ModuleType
) -> None:
    from distributed import Client

    space: dict[str, Any] = {"__name__": "page"}
    exec(compile(documented(), str(PAGE), "exec"), space)
    cluster = space["cluster"]
    try:
        script = cluster.job_script()
        directives = re.findall(r"^#SBATCH (.+)$", script, flags=re.MULTILINE)
        for wanted in ("-p normal", "-A my-project", "-n 1", "--cpus-per-task=8", "-t 12:00:00", "--requeue"):
            assert wanted in directives
        [memory] = [directive for directive in directives if directive.startswith("--mem=")]
        assert memory == "--mem=60G"  # 64 GB in SLURM's units
        [command] = [line for line in script.splitlines() if "dask" in line and not line.startswith("#")]
        assert command.startswith(sys.executable)
        assert "--nthreads 8" in command
        cluster.scale(jobs=1)
        with Client(cluster) as client:
            client.wait_for_workers(1, timeout=60)
            client.write_scheduler_file(str(slurm / "scheduler.json"))
            analyze(table, slurm / "store", settings, on_dask(str(slurm / "scheduler.json")), Watcher())
    finally:
        cluster.close()
    assert (slurm / "job.sh").read_text() == script.replace("dummy-name", "SLURMCluster-0")
    assert stand_in.contents(slurm / "store") == stand_in.contents(serial)
