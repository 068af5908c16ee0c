"""Lock a store while it is filled, and its summary while it is read and rewritten.

The locks are the operating system's and are released when the process ends, however it ends.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from shotscale.errors import OutputError

LOCKS = (".lock", ".summary.lock")
_SUMMARY_SECONDS = 60
"""Longer than writing 10,000 rows takes on a busy disk."""


def filling_locked(root: Path) -> AbstractContextManager[None]:
    """Lock a store for the one run that fills it.

    Raises
    ------
    OutputError
        If another run holds the lock, or the folder is not writable.
    """
    return _locked(root / LOCKS[0], seconds=0, held="another run is filling this store; wait for its end")


def summary_locked(root: Path) -> AbstractContextManager[None]:
    """Lock a store's summary, which a run and a review may both write.

    Raises
    ------
    OutputError
        If another process holds the lock for a minute, or the folder is not writable.
    """
    held = f"another process has held its summary for {_SUMMARY_SECONDS} s; end that process"
    return _locked(root / LOCKS[1], seconds=_SUMMARY_SECONDS, held=held)


@contextmanager
def _locked(file: Path, *, seconds: float, held: str) -> Iterator[None]:
    try:
        lock = FileLock(file, timeout=seconds, fallback_to_soft=False).acquire()
    except Timeout as error:
        raise OutputError(f"{file.parent}: {held}") from error
    except OSError as error:
        remedy = "make the folder writable, or choose one on a disk that has file locks"  # some network drives do not
        raise OutputError(f"{file.parent}: cannot be locked ({error.strerror}); {remedy}") from error
    with lock:
        yield
