"""A desk's hold on the process that measures its films."""

import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from authorship.desk.measuring import NOTHING, OWN, PROGRESS, follow_table
from shotscale.documents import Document, read_json
from shotscale.errors import OutputError, TableError
from shotscale.files import make_folder, write_json
from shotscale.store.place import is_store

__all__ = ["Measuring"]

_STOPS_WITHIN = 5.0
"""Seconds: a slow disk answers within them."""


class Measuring:
    """The measuring of a folder's films, as a desk sees and steers it.

    Parameters
    ----------
    folder : pathlib.Path
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._follower = ThreadPoolExecutor(1, thread_name_prefix="table")
        self._following: Future[None] | None = None

    def state(self) -> dict[str, Any]:
        """Return where it stands.

        Returns
        -------
        dict
            ``running``, ``paused``; ``films``, the share that is done and the time left of each film under way;
            ``done`` of ``planned`` films; ``left``; ``error``, in a line; ``refused``, why a film of the table is
            passed over.
        """
        progress, process = self._progress(), self._process()
        running = process is not None
        return {
            "running": running,
            "paused": process is not None and process.status() == psutil.STATUS_STOPPED,
            "films": progress.get("films", {}) if running else {},
            "done": progress.get("done", 0),
            "planned": progress.get("planned", 0),
            "left": progress.get("left", "") if running else "",
            "error": progress.get("error"),
            "refused": progress.get("refused", {}),
        }

    def start(self, *, retry: bool = False) -> None:
        """Measure what waits, unless that is under way.

        Parameters
        ----------
        retry : bool
            Whether to try again the films that failed.

        Raises
        ------
        OutputError
            If it cannot be noted which process measures; there is none then.
        """
        if self._process() is not None:
            return
        command = [sys.executable, "-m", "authorship.desk.measuring", str(self._folder), *["--retry"] * retry]
        make_folder(self._folder / OWN)
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
        except OutputError:  # nobody would know of it
            process.kill()
            started.wait()
            raise
        # It outlives the desk. While the desk lives, a thread sees to its end, so that it shows.
        threading.Thread(target=started.wait, daemon=True).start()

    def pause(self) -> None:
        """Stop for now; the film under way goes on where it stood."""
        for process in self._family():
            with suppress(psutil.Error):
                process.suspend()
                ends = time.monotonic() + _STOPS_WITHIN
                while process.status() != psutil.STATUS_STOPPED and time.monotonic() < ends:
                    time.sleep(0.01)  # a process that waits for the disk stops when it has got what it waits for

    def resume(self) -> None:
        """Go on."""
        for process in reversed(self._family()):
            with suppress(psutil.Error):
                process.resume()

    def cancel(self) -> None:
        """End it; the film under way is begun again the next time, and what is measured stays."""
        family = self._family()
        for process in family:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(family, timeout=_STOPS_WITHIN)

    def table_changed(self) -> None:
        """Have the store say of its films what the table says now, unless the process will."""
        waits = self._following is not None and not self._following.running() and not self._following.done()
        if self._process() is None and is_store(self._folder / "store") and not waits:
            self._following = self._follower.submit(follow_table, self._folder)

    def settle(self) -> None:
        """Wait until the store says what the table says."""
        if self._following is not None:
            self._following.result()

    @property
    def _file(self) -> Path:
        return self._folder / OWN / PROGRESS

    def _progress(self) -> dict[str, Any]:
        try:
            return read_json(Document, self._file, remedy="measure again")
        except TableError:
            return {}

    def _process(self) -> psutil.Process | None:
        """Return the process that measures, whoever started it."""
        told = self._progress()
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
