"""A desk's control of the process that measures its films."""

import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import psutil

from authorship.desk.measuring import NOTHING, OWN, PROGRESS, follow_table, progress_in
from shotscale.errors import OutputError
from shotscale.files import make_folder, write_json
from shotscale.filmpaths import is_store
from shotscale.store.locking import filling_locked

_STOPS_WITHIN = 5.0
"""Timeout in seconds; longer than a slow disk takes to answer."""


class Measuring:
    """Control of the process that measures a folder's films."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._follower = ThreadPoolExecutor(1, thread_name_prefix="table")
        self._following: Future[None] | None = None
        self._changing = Lock()  # held while a process is started, or one that follows the table

    def state(self) -> dict[str, Any]:
        """Return the state and progress of measuring.

        They are ``running``, ``paused``; ``films``, the share done and the time left for each film under way; ``done``
        and ``planned``, numbers of films; ``left``, the time left; ``error``, one line; ``refused``, why films of the
        table were skipped.
        """
        progress, process = progress_in(self._file), self._process()
        running, paused = process is not None, False
        with suppress(psutil.Error):  # it has just ended
            paused = process is not None and process.status() == psutil.STATUS_STOPPED
        return {
            "running": running,
            "paused": paused,
            "films": progress.get("films", {}) if running else {},
            "done": progress.get("done", 0),
            "planned": progress.get("planned", 0),
            "left": progress.get("left", "") if running else "",
            "error": progress.get("error"),
            "refused": progress.get("refused", {}),
        }

    def start(self, *, retry: bool = False) -> None:
        """Start measuring the waiting films, and with `retry` those that failed, unless measuring is under way.

        Raises
        ------
        OutputError
            If the process cannot be recorded, it is then killed; or if another desk is just starting one.
        """
        with self._changing:
            self.settle()  # it fills the store, which only one process may
            with filling_locked(make_folder(self._folder / OWN)):  # another desk may be starting one, too
                if self._process() is None:
                    self._launch(retry=retry)

    def _launch(self, *, retry: bool) -> None:
        command = [sys.executable, "-m", "authorship.desk.measuring", str(self._folder), *["--retry"] * retry]
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        process = psutil.Process(started.pid)
        try:
            write_json(self._file, {"pid": process.pid, "created": process.create_time(), **NOTHING})
        except OutputError:  # no desk could find the process
            process.kill()
            started.wait()
            raise
        # The process outlives the desk. While the desk runs, a thread waits for it, so that its end is noticed.
        Thread(target=started.wait, daemon=True).start()

    def pause(self) -> None:
        """Suspend measuring; the film under way later continues where it stopped."""
        for process in self._family():
            with suppress(psutil.Error):
                process.suspend()
                ends = time.monotonic() + _STOPS_WITHIN
                while process.status() != psutil.STATUS_STOPPED and time.monotonic() < ends:
                    time.sleep(0.01)  # a process waiting for the disk stops only once the disk has answered

    def resume(self) -> None:
        """Resume measuring."""
        for process in reversed(self._family()):
            with suppress(psutil.Error):
                process.resume()

    def cancel(self) -> None:
        """End measuring; measured films are kept, and the film under way starts over next time."""
        family = self._family()
        for process in family:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(family, timeout=_STOPS_WITHIN)

    def table_changed(self) -> None:
        """Update the store's summary from the table in the background, unless the running process will."""
        with self._changing:
            waits = self._following is not None and not self._following.running() and not self._following.done()
            if self._process() is None and is_store(self._folder / "store") and not waits:
                self._following = self._follower.submit(follow_table, self._folder)

    def settle(self) -> None:
        """Wait until the store's summary matches the table."""
        if self._following is not None:
            self._following.result()

    @property
    def _file(self) -> Path:
        return self._folder / OWN / PROGRESS

    def _process(self) -> psutil.Process | None:
        """Return the running process that measures, whoever started it."""
        told = progress_in(self._file)
        try:
            process = psutil.Process(int(told["pid"]))
            same = abs(process.create_time() - float(told["created"])) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except (psutil.Error, KeyError, TypeError, ValueError):
            return None

    def _family(self) -> list[psutil.Process]:
        process = self._process()
        with suppress(psutil.Error):
            return [] if process is None else [process, *process.children(recursive=True)]
        return []
