"""The frames that shot detectors need, kept on disk so that another detector can run without decoding again.

Conventions
-----------
``frames.h5`` is an HDF5 file with the datasets ``times`` (float64, seconds) and ``thumbnails`` (uint8,
frames x 27 x 48 x 3, RGB), losslessly compressed, and the attributes ``format``, ``format_version``, ``end``
(end of the film in seconds), ``film`` (the film's SHA-256), ``rate`` (of numbered pictures, per second; else empty) and
``notes`` (what was wrong with the film: a JSON list of sentences); files of earlier
versions lack the last two. An hour takes about a fifth of a gigabyte.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from shotscale.boundaries.descriptors import HEIGHT, WIDTH
from shotscale.errors import TableError
from shotscale.files import atomic_path

FRAMES_FILE = "frames.h5"
_FORMAT, _FORMAT_VERSION = "film-thumbnails", 1
_SHAPE = (HEIGHT, WIDTH, 3)
_FRAMES_A_CHUNK = 256  # 1 MB


class FrameKeeper:
    """Writes a film's thumbnails to a folder as they arrive; the file appears when the block ends without an error.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with FrameKeeper(folder) as keeper:
    ...         keeper.push(np.array([0.0, 0.04]), np.zeros((2, 27, 48, 3), np.uint8))
    ...         keeper.finish(end=0.08, film="0" * 64)
    ...     kept = KeptFrames(folder)
    ...     [times.tolist() for times, _ in kept], kept.end
    ([[0.0, 0.04]], 0.08)
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._path = Path(folder) / FRAMES_FILE
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        temporary = self._resources.enter_context(atomic_path(self._path))
        self._file = self._resources.enter_context(h5py.File(temporary, "w"))
        self._times = self._file.create_dataset("times", (0,), np.float64, maxshape=(None,), chunks=(_FRAMES_A_CHUNK,))
        self._thumbnails = self._file.create_dataset(
            "thumbnails",
            (0, *_SHAPE),
            np.uint8,
            maxshape=(None, *_SHAPE),
            chunks=(_FRAMES_A_CHUNK, *_SHAPE),
            compression="lzf",
            shuffle=True,
        )
        return self

    def __exit__(self, *error: Any) -> None:
        self._resources.__exit__(*error)

    def push(self, times: npt.NDArray[np.float64], thumbnails: npt.NDArray[np.uint8]) -> None:
        """Add frames: times of shape (n,), thumbnails of shape (n, 27, 48, 3)."""
        n = len(self._times)
        self._times.resize(n + len(times), axis=0)
        self._thumbnails.resize(n + len(times), axis=0)
        self._times[n:] = times
        self._thumbnails[n:] = thumbnails

    def finish(self, *, end: float, film: str, rate: str = "", notes: Sequence[str] = ()) -> None:
        """Record the end of the film in seconds and its checksum, without which the file is incomplete.

        `rate` is that of numbered pictures, per second; `notes` say what was wrong with the film.
        """
        self._file.attrs.update(
            format=_FORMAT, format_version=_FORMAT_VERSION, end=end, film=film, rate=rate, notes=json.dumps([*notes])
        )


class KeptFrames:
    """Iterates over the times and thumbnails in a folder's ``frames.h5``, in constant memory.

    `end`, `film`, `rate` and `notes` are those of `FrameKeeper.finish`. Raises `TableError` if the file is missing or
    incomplete.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._path = Path(folder) / FRAMES_FILE
        if not self._path.is_file():
            raise TableError(f"{self._path}: no stored frames; run once without --again")
        try:
            with h5py.File(self._path, "r") as file:
                whole = file.attrs.get("format") == _FORMAT and file["thumbnails"].shape[1:] == _SHAPE
                self.end = float(file.attrs["end"])
                self.film = str(file.attrs["film"])
                self.rate = str(file.attrs.get("rate", ""))
                self.notes = tuple(map(str, json.loads(file.attrs.get("notes", "[]"))))
        except (OSError, KeyError, ValueError) as error:
            raise TableError(f"{self._path}: incomplete; run once without --again") from error
        if not whole:
            raise TableError(f"{self._path}: not the kept frames of a film; run once without --again")

    def __iter__(self) -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]]:
        with h5py.File(self._path, "r") as file:
            times, thumbnails = file["times"], file["thumbnails"]
            for first in range(0, len(times), _FRAMES_A_CHUNK):
                part = slice(first, first + _FRAMES_A_CHUNK)
                yield times[part], thumbnails[part]
