"""A corpus on Dask: the store of the serial run, workers that are lost, and the page that shows SLURM."""

import gc
import os
import re
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from shotscale.errors import DependencyError, OptionError, OutputError
from shotscale.store import cluster as cluster_module
from shotscale.store.cluster import LOCAL, on_dask
from shotscale.store.run import KnownChecksums, analyze_corpus
from shotscale.store.settings import AnalysisSettings, describe_settings
from shotscale.store.store import read_summary
from shotscale.store.supervision import analyze_in_child
from shotscale.store.table import read_table
from shotscale.store.task import FilmTask, Outcome
from shotscale.store.workers import Workers, here

PAGE = Path(__file__).parents[3] / "docs" / "cluster.md"

# Dask's own clean-up on the way out.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Watcher:
    """Remembers what it is told."""

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
    """The default settings."""
    return describe_settings()


@pytest.fixture(scope="module")
def table(films: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tiny films and a file that is none."""
    path = tmp_path_factory.mktemp("corpus") / "films.csv"
    rows = [f"{name},{films[name]},,," for name in ("plain", "text", "avi")]
    path.write_text("\n".join(["film_id,path,title,year,director", *rows]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def serial(table: Path, settings: AnalysisSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the serial run."""
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
    assert read_summary(serial)["status"].tolist() == ["analysed", "failed", "analysed"]


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
    """Kill the first worker under this process that has a film at work."""
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
    """Analyses films as the stand-in does, but holds those at work from the third film on."""

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
    """Run four films on two workers of a cluster that is disturbed while it has some at work; returns the store."""
    from distributed import LocalCluster

    films = stand_in.make_corpus(folder / "films", 4)
    # A network of its own, though all of it is in this process.
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


async def cut_the_run_off(cluster: Any) -> None:
    """To the run it is as if the scheduler were restarted: it has lost it, and finds one that knows nothing of it."""
    for comm in cluster.scheduler.client_comms.values():
        comm.comm.abort()


def test_a_worker_that_the_network_cuts_off_costs_no_film(
    stand_in: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(stand_in)
    monkeypatch.setattr(cluster_module, "analyze_in_child", held)
    store = run_disturbed(tmp_path, stand_in, cut_a_worker_off, held)
    assert read_summary(store)["status"].tolist() == ["analysed"] * 4


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # a connection that distributed had half made again
def test_a_run_that_loses_its_scheduler_goes_on_when_it_is_begun_again(
    stand_in: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(stand_in)
    monkeypatch.setattr(cluster_module, "analyze_in_child", held)
    with pytest.raises(OutputError, match=r"^tcp://127\.0\.0\.1:\d+: the scheduler is gone"):
        run_disturbed(tmp_path, stand_in, cut_the_run_off, held)
    assert set(read_summary(tmp_path / "store")["status"]) <= {"analysed", "missing"}
    stand_in.run(tmp_path / "films" / "films.csv", tmp_path / "store")
    assert read_summary(tmp_path / "store")["status"].tolist() == ["analysed"] * 4
    gc.collect()  # here, where such a connection is no error


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
    """A folder in which what SLURM was asked for is kept; jobs run here."""
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
