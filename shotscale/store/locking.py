"""Lock a store while it is filled, and its summary while it is read and rewritten."""

from contextlib import AbstractContextManager
from pathlib import Path

from shotscale.files import locked

LOCKS = (".lock", ".summary.lock")
_SUMMARY_SECONDS = 60
"""Longer than writing 10,000 rows takes on a busy disk."""
_REMEDY = "make the folder writable, or choose one on a disk that has file locks"


def filling_locked(root: Path) -> AbstractContextManager[object]:
    """Lock a store for the one run that fills it; `OutputError` if it cannot be locked."""
    held = "another run is filling this store; wait for its end"
    return locked(root / LOCKS[0], place=root, held=held, remedy=_REMEDY)


def summary_locked(root: Path) -> AbstractContextManager[object]:
    """Lock a store's summary, which a run and a review may both write; `OutputError` if it cannot be locked."""
    held = f"another process has held its summary for {_SUMMARY_SECONDS} s; end that process"
    return locked(root / LOCKS[1], place=root, held=held, remedy=_REMEDY, seconds=_SUMMARY_SECONDS)
