"""Look at disk and memory before a run over a corpus begins.

What runs short costs time and no result: a film that was ended is begun again, and after a full disk the next run goes
on. So both are warnings.
"""

import logging
import shutil
from pathlib import Path

import psutil

__all__ = ["look_at_disk", "look_at_memory"]

_LOG = logging.getLogger(__name__)
_MEGABYTE = 1 << 20
_RESULT_MB = 1
"""Of disk for a film: the results of an hour take about a tenth of it."""

_FILM_MB = 600
"""Of memory for a film at work: one of 3840 x 2160 pixels takes 490, one of 1280 x 720 takes 380."""


def look_at_disk(store: Path, n_films: int) -> None:
    """Warn where films' results may not find room.

    Examples
    --------
    >>> look_at_disk(Path("."), 1)
    """
    free, needed = shutil.disk_usage(store).free // _MEGABYTE, n_films * _RESULT_MB
    if free < needed:
        _LOG.warning(
            "%s: %d MB of disk are free, and the results of %d films may take %d; make room, or go on later with "
            "the same command",
            *(store, free, n_films, needed),
        )


def look_at_memory(n_films: int) -> None:
    """Warn where so many films at a time may find too little memory.

    Examples
    --------
    >>> look_at_memory(0)
    """
    free, needed = psutil.virtual_memory().available // _MEGABYTE, n_films * _FILM_MB
    if free < needed:
        _LOG.warning(
            "%d MB of memory are free, and %d films at a time may take %d; close programs, or give fewer --workers",
            *(free, n_films, needed),
        )
