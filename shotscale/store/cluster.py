"""Analyze the films of a corpus on a Dask cluster: same tasks, same function; results are written locally.

A worker analyses each film in a separate process, as in a local run. If a worker is lost, the scheduler gives its
current film to another. Workers read the films by their paths, so they must share a file system with the table; only
this process writes the store.
"""

import importlib.util
import logging
from collections.abc import Generator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from shotscale.errors import DependencyError, OptionError, OutputError, first_line
from shotscale.progress import at_most_every
from shotscale.store.supervision import analyze_in_child
from shotscale.store.task import Failure, FilmTask, Outcome
from shotscale.store.workers import Moved, Workers

__all__ = ["LOCAL", "on_dask"]

LOCAL = "local"
"""In place of an address: a cluster of workers on this machine for the duration of the run."""

_LOG = logging.getLogger(__name__)
_TOPIC = "film-progress"
_PROGRESS_SECONDS = 1.0  # every report passes through the scheduler, which may have hundreds of workers
_CONNECT_SECONDS = 30  # Dask's default


def on_dask(address: str, *, workers: int = 1) -> Workers:
    """Return `Workers` that analyze films on a Dask cluster.

    `address` is a scheduler's (``tcp://host:port``), the path of a scheduler file (``.json``), or `LOCAL` for so many
    `workers` on this machine. Raises `DependencyError` if Dask is not installed and, when run, `OptionError` if no
    scheduler answers, and `OutputError` if the scheduler is lost during the run.
    """
    if importlib.util.find_spec("distributed") is None:
        raise DependencyError(
            "--cluster: needs dask and distributed; install them with pip install 'film-authorship[cluster]'"
        )

    def run(tasks: Sequence[FilmTask], *, moved: Moved) -> Generator[tuple[FilmTask, Outcome]]:
        if not tasks:
            return
        with ExitStack() as stack:
            client = _connect(address, workers, stack)
            try:
                yield from _outcomes(client, tasks, moved)
            except CancelledError as error:
                raise OutputError(
                    f"{address}: the scheduler is gone, or no longer knows this run; finished films are kept: "
                    "repeat the command once it answers"
                ) from error

    return run


def _connect(address: str, workers: int, stack: ExitStack) -> Any:  # a distributed.Client
    from distributed import Client, LocalCluster

    for name in ("distributed", "distributed.client"):  # a lost scheduler is reported in one line
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if address == LOCAL:
        cluster = stack.enter_context(
            LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0")
        )
        return stack.enter_context(Client(cluster))
    place = {"scheduler_file": address} if address.endswith(".json") else {"address": address}
    if "scheduler_file" in place and not Path(address).is_file():
        raise OptionError(f"{address}: no such scheduler file; start the cluster first")
    try:
        client = Client(**place, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError, TimeoutError) as error:
        raise OptionError(
            f"{address}: no Dask scheduler answers ({first_line(error)}); give its address as tcp://host:port"
        ) from error
    stack.push(partial(_close, client))
    if not client.nthreads():
        _LOG.warning("%s: no worker is connected; the run waits for one (workers end with their scheduler)", address)
    return client


def _close(client: Any, _: object, error: BaseException | None, __: object) -> None:
    """Close the client; if the scheduler is gone, it may still be reconnecting and raise anything."""
    try:
        client.close()
    except Exception:
        if not isinstance(error, OutputError):
            raise
        client.status = "closed"  # else its destructor retries and prints the exception


def _outcomes(client: Any, tasks: Sequence[FilmTask], moved: Moved) -> Generator[tuple[FilmTask, Outcome]]:
    from distributed import as_completed

    run = uuid4().hex
    by_id = {task.film_id: task for task in tasks}

    def hear(event: tuple[float, dict[str, Any]]) -> None:
        message = event[1]
        if message["run"] == run:
            moved(by_id[message["film_id"]], message["done"], message["total"])

    client.subscribe_topic(_TOPIC, hear)
    # Keys differ between runs, so the scheduler cannot return an old result.
    futures = {
        client.submit(_on_worker, task, run, key=f"film-{i}-{run}", pure=False): task for i, task in enumerate(tasks)
    }
    try:
        for future in as_completed(list(futures)):
            task = futures.pop(future)
            yield task, _outcome(future, task)
            future.release()
    finally:
        client.unsubscribe_topic(_TOPIC)
        client.cancel(list(futures), force=True)


def _outcome(future: Any, task: FilmTask) -> Outcome:
    """Return a task's outcome, or a failure if its workers failed or were lost."""
    from distributed import KilledWorker

    try:
        outcome = future.result()
    except KilledWorker:
        return Outcome(failure=Failure("killed", "several workers were lost while they analyzed it"))
    except CancelledError:
        raise  # the scheduler is gone
    except Exception as error:  # noqa: BLE001 - whatever a worker raises is about that worker
        return Outcome(failure=Failure("worker", f"a worker failed: {' '.join(str(error).split())}"))
    if not isinstance(outcome, Outcome):
        return Outcome(failure=Failure("worker", f"{task.film_id}: a worker of another version answered"))
    return outcome


def _on_worker(task: FilmTask, run: str) -> Outcome:
    """Analyze a film on a worker and report progress to the client."""
    from distributed import get_worker

    worker = get_worker()

    def report(done: float, total: float | None) -> None:
        worker.log_event(_TOPIC, {"run": run, "film_id": task.film_id, "done": done, "total": total})

    return analyze_in_child(task, progress=at_most_every(_PROGRESS_SECONDS, report))
