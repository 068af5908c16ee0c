"""One picture per shot, collected during analysis without a second decode.

Conventions
-----------
Which picture belongs to which shot is known only at the film's end, so what may be needed waits in a temporary file: a
small picture of each sampled frame and, for shots too short to be sampled, a few per second of the thumbnails that
detectors see. Only lists of times and file positions grow in memory.
"""

import io
import tempfile
from bisect import bisect_left
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

if TYPE_CHECKING:
    from shotscale.video import FrameBatch

__all__ = ["Still", "StillKeeper"]

Images = npt.NDArray[np.uint8]

_HEIGHT = 120  # rows; the height of a shot in the report
_WIDEST = 4 * _HEIGHT  # wider than any film format, 2.76 being the widest
_QUALITY = 85  # by eye: no blocks at edges, at about half the bytes of 95
_TINY_INTERVAL = 0.2  # seconds: five per second, so that a shot of half a second has two
_MARGIN = 0.15  # of a shot at either end, where transitions are; by judgment


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A picture of a shot, at most 120 rows; if `coarse`, a thumbnail of 27 rows, the shot being too short."""

    time: float
    jpeg: bytes
    coarse: bool


class StillKeeper:
    """Keeps small pictures of a film's frames until its shots are known; a context manager.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> with StillKeeper() as keeper:
    ...     for time in (0.0, 1.0, 2.0):
    ...         keeper.add_sample(time, np.full((90, 160, 3), 40 * int(time), np.uint8))
    ...     stills = keeper.of_shots(make_shots([0.0, 0.5, 1.5], 3.0))
    >>> [None if still is None else still.time for still in stills]
    [0.0, 1.0, 2.0]
    """

    def __init__(self) -> None:
        self._samples = _Shelf()
        self._tiny = _Shelf()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._samples.close()
        self._tiny.close()

    def push(self, batch: "FrameBatch") -> None:
        """Keep a batch's samples and a few of its thumbnails."""
        for sample in batch.samples:
            self.add_sample(sample.time, sample.image)
        for time, thumbnail in zip(batch.times, batch.thumbnails, strict=True):
            if not self._tiny.times or time - self._tiny.times[-1] >= _TINY_INTERVAL - 1e-9:
                self._tiny.add(float(time), _jpeg(Image.fromarray(thumbnail)))

    def add_sample(self, time: float, image: Images) -> None:
        """Keep a uint8 RGB picture (rows, columns, 3); times must increase."""
        rows, columns = image.shape[:2]
        height = min(_HEIGHT, rows)
        width = max(1, min(round(height * columns / rows), _WIDEST))
        small = Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        self._samples.add(float(time), _jpeg(small))

    def of_shots(self, shots: pd.DataFrame) -> tuple[Still | None, ...]:
        """Return for each shot the sampled picture nearest to its middle, else a thumbnail, else None.

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
        for shelf, coarse in ((self._samples, False), (self._tiny, True)):
            for begin, finish in ((first, last), (start, end)):
                margin = _MARGIN * (finish - begin)
                place = shelf.nearest((start + end) / 2, begin + margin, finish - margin)
                if place is None:
                    place = shelf.nearest((start + end) / 2, begin, finish)
                if place is not None:
                    return Still(shelf.times[place], shelf.read(place), coarse)
        return None


class _Shelf:
    """Pictures in a temporary file, found by their times."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._ends = [0]
        self._file = tempfile.TemporaryFile(prefix="shotscale-")  # noqa: SIM115 - closed with the keeper

    def add(self, time: float, data: bytes) -> None:
        self._file.write(data)
        self.times.append(time)
        self._ends.append(self._ends[-1] + len(data))

    def nearest(self, middle: float, begin: float, end: float) -> int | None:
        """Return the index of the picture in [begin, end) nearest to a time, or None."""
        first, last = bisect_left(self.times, begin), bisect_left(self.times, end)
        return min(range(first, last), key=lambda place: abs(self.times[place] - middle), default=None)

    def read(self, place: int) -> bytes:
        self._file.seek(self._ends[place])
        return self._file.read(self._ends[place + 1] - self._ends[place])

    def close(self) -> None:
        self._file.close()


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
