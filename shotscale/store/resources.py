"""Check disk and memory before a run over a corpus begins.

A shortage costs time but no results: a killed film is started again, and after a full disk the next run continues. Both
checks therefore only warn.
"""

import logging
import shutil
from pathlib import Path

import psutil

__all__ = ["look_at_disk", "look_at_memory"]

_LOG = logging.getLogger(__name__)
_MEGABYTE = 1 << 20
_RESULT_MB = 1
"""Disk space per film; the results for one hour of film take about a tenth of it."""

_FILM_MB = 600
"""Memory per film being analyzed; 3840 x 2160 pixels take 490 MB, 1280 x 720 take 380 MB."""


def look_at_disk(store: Path, n_films: int) -> None:
    """Warn if there may be too little disk space for the results of `n_films` films.

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
    """Warn if there may be too little memory for `n_films` films at a time.

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
