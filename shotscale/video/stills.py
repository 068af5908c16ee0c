"""One picture per shot, collected during analysis without a second decode.

Conventions
-----------
Which picture belongs to which shot is known only at the film's end, so the reader's previews wait in a temporary file.
Only lists of times and file positions grow in memory.
"""

import io
import tempfile
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from shotscale.files import temporary_space

if TYPE_CHECKING:
    from shotscale.video import FrameBatch

Images = npt.NDArray[np.uint8]

PREVIEWS_PER_SECOND = 5  # so that a shot of half a second has two
_QUALITY = 85  # by eye: no blocks at edges, at about half the bytes of 95
_MARGIN = 0.15  # of a shot at either end, where transitions are; by judgment


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A picture of a shot: its time in seconds and a JPEG of at most 120 rows."""

    time: float
    jpeg: bytes


class StillKeeper:
    """Keeps previews of a film until its shots are known; a context manager.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> with StillKeeper() as keeper:
    ...     for time in (0.0, 1.0, 2.0):
    ...         keeper.add(time, np.full((90, 160, 3), 40 * int(time), np.uint8))
    ...     stills = keeper.of_shots(make_shots([0.0, 0.5, 1.5], 3.0))
    >>> [None if still is None else still.time for still in stills]
    [0.0, 1.0, 2.0]
    """

    def __init__(self) -> None:
        self._times: list[float] = []
        self._ends = [0]
        with temporary_space():
            self._file = tempfile.TemporaryFile(prefix="shotscale-")  # noqa: SIM115 - closed with the keeper

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(OSError):  # what is not yet written does not matter any more
            self._file.close()

    def push(self, batch: "FrameBatch") -> None:
        """Keep a batch's previews."""
        for preview in batch.previews:
            self.add(preview.time, preview.image)

    def add(self, time: float, image: Images) -> None:
        """Keep a small uint8 RGB picture (rows, columns, 3); times must increase."""
        data = _jpeg(image)
        with temporary_space():
            self._file.write(data)
        self._times.append(float(time))
        self._ends.append(self._ends[-1] + len(data))

    def of_shots(self, shots: pd.DataFrame) -> tuple[Still | None, ...]:
        """Return for each shot the picture nearest to its middle, or None.

        Frames of a gradual transition are skipped if the shot has others.
        """
        starts, ends = shots["start"].to_numpy(np.float64), shots["end"].to_numpy(np.float64)
        clear = shots["transition_end"].to_numpy(np.float64) if "transition_end" in shots else starts
        until = np.append(shots["transition_start"].to_numpy(np.float64)[1:], ends[-1:]) if "kind" in shots else ends
        return tuple(
            self._of_shot(start, end, first, last)
            for start, end, first, last in zip(starts, ends, clear, until, strict=True)
        )

    def _of_shot(self, start: float, end: float, first: float, last: float) -> Still | None:
        for begin, finish in ((first, last), (start, end)):
            margin = _MARGIN * (finish - begin)
            for inset in (margin, 0.0):
                place = self._nearest((start + end) / 2, begin + inset, finish - inset)
                if place is not None:
                    return Still(self._times[place], self._read(place))
        return None

    def _nearest(self, middle: float, begin: float, end: float) -> int | None:
        """Return the index of the picture in [begin, end) nearest to a time, or None."""
        first, last = bisect_left(self._times, begin), bisect_left(self._times, end)
        return min(range(first, last), key=lambda place: abs(self._times[place] - middle), default=None)

    def _read(self, place: int) -> bytes:
        with temporary_space():  # the last pictures are written only now
            self._file.seek(self._ends[place])
        return self._file.read(self._ends[place + 1] - self._ends[place])


def _jpeg(image: Images) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
