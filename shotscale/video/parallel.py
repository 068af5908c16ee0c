"""One film read in several parts side by side, with the result of a single reader.

The film is cut at key frames, and each part is read by a thread of its own: decoders let others run, and one that
works alone wastes less than several threads on the same pictures. What is read waits in a temporary file; the caller
takes the parts in the order of the film, so that memory stays flat and nothing that follows can tell the difference.
"""

import os
import queue
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from shotscale.cores import available_cores
from shotscale.errors import OptionError
from shotscale.video.chunks import key_frame_chunks
from shotscale.video.container import probe
from shotscale.video.pictures import THUMBNAIL_SHAPE
from shotscale.video.reader import BatchReader, FilmReader, FrameBatch, Sample

__all__ = ["ParallelReader"]

Images = npt.NDArray[np.uint8]
Transform = Callable[[Images], Images]

_SHORTEST_PART = 20.0  # seconds; finding a seam costs about as much as reading this many
_GROWTH = 1.03  # half of the film's shots and scales are worked out when its first half has been read


@dataclass(frozen=True, slots=True)
class _Spooled:
    """A batch in the spool: its times, and the shapes of the samples that follow its thumbnails there."""

    times: npt.NDArray[np.float64]
    sample_times: tuple[float, ...]
    sample_shapes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class _Finished:
    """The end of a part, with what its reader knew, or with the error that it met."""

    end: float = 0.0
    notes: tuple[str, ...] = ()
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the film, where it is spooled, and what is known of it so far."""

    start: float
    stop: float | None
    spool: Path
    messages: "queue.SimpleQueue[_Spooled | _Finished]" = field(default_factory=queue.SimpleQueue)


class ParallelReader(BatchReader):
    """Reads a film in several parts at once; iterates and closes like `FilmReader`.

    Parameters
    ----------
    path : path of a local film file
    workers : int
        How many parts are read side by side.
    samples_per_second : float
        As for `FilmReader`.
    transform : callable
        Applied to each sample where it is read, so that only the small result is kept: a function of a
        uint8 array (height, width, 3) that gives such an array.

    Attributes
    ----------
    info, active_area, end, notes
        As for `FilmReader`.

    Raises
    ------
    FilmError
        If the film cannot be shown.
    OptionError
        If `workers` is less than one.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, workers: int, samples_per_second: float, transform: Transform
    ) -> None:
        super().__init__()
        if workers < 1:
            raise OptionError(f"{workers} workers: at least 1; leave it out for one a core")
        most = int((probe(path).info.duration or 0.0) / _SHORTEST_PART)
        # The film is cut while its black bars are looked for: both must be known before a part is read.
        cutting = self._resources.enter_context(ThreadPoolExecutor(1))
        self._chunks = cutting.submit(key_frame_chunks, path, max(1, min(workers, most)), growth=_GROWTH)
        try:
            with FilmReader(path, samples_per_second=0) as first:
                self.info, self.active_area = first.info, first.active_area
        except BaseException:
            self.close()
            raise
        self._path = path
        self._rate = samples_per_second
        self._transform = transform
        self._closed = threading.Event()
        self._batches = self._read()

    def _read(self) -> Iterator[FrameBatch]:
        folder = Path(self._resources.enter_context(tempfile.TemporaryDirectory(prefix="shotscale-")))
        parts = [_Part(start, stop, folder / str(i)) for i, (start, stop) in enumerate(self._chunks.result())]
        threads = [threading.Thread(target=self._spool, args=(part, len(parts)), daemon=True) for part in parts]
        self._resources.callback(self._end, threads)
        for thread in threads:
            thread.start()
        for part in parts:
            yield from self._take(part)

    def _take(self, part: _Part) -> Iterator[FrameBatch]:
        """Give the batches of one part while they come in, and forget its spool."""
        with ExitStack() as stack:
            spool: BinaryIO | None = None
            while isinstance(message := part.messages.get(), _Spooled):
                if spool is None:
                    spool = stack.enter_context(part.spool.open("rb"))
                yield _from_spool(spool, message)
        part.spool.unlink(missing_ok=True)
        if message.error is not None:
            raise message.error
        self.end = message.end
        self.notes += [note for note in message.notes if note not in self.notes]

    def _spool(self, part: _Part, n_parts: int) -> None:
        """Read one part, in a thread of its own."""
        try:
            with (
                part.spool.open("wb") as spool,
                FilmReader(
                    self._path,
                    samples_per_second=self._rate,
                    threads=max(1, available_cores() // n_parts) if n_parts > 1 else None,
                    active_area=self.active_area,
                    start=part.start or None,
                    stop=part.stop,
                ) as reader,
            ):
                for batch in reader:
                    if self._closed.is_set():
                        return
                    part.messages.put(_to_spool(spool, batch, self._transform))
        except Exception as error:  # noqa: BLE001 - it is raised where the batches are taken
            part.messages.put(_Finished(error=error))
        else:
            part.messages.put(_Finished(end=reader.end, notes=tuple(reader.notes)))

    def _end(self, threads: list[threading.Thread]) -> None:
        """Let the threads come to an end, before their files are removed."""
        self._closed.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _to_spool(spool: BinaryIO, batch: FrameBatch, transform: Transform) -> _Spooled:
    samples = [transform(sample.image) for sample in batch.samples]
    for image in (batch.thumbnails, *samples):
        spool.write(np.ascontiguousarray(image).data)
    spool.flush()  # before the message that announces it
    return _Spooled(
        batch.times, tuple(sample.time for sample in batch.samples), tuple(image.shape for image in samples)
    )


def _from_spool(spool: BinaryIO, message: _Spooled) -> FrameBatch:
    thumbnails = _images(spool, (len(message.times), *THUMBNAIL_SHAPE))
    images = [_images(spool, shape) for shape in message.sample_shapes]
    samples = tuple(Sample(time, image) for time, image in zip(message.sample_times, images, strict=True))
    return FrameBatch(message.times, thumbnails, samples)


def _images(spool: BinaryIO, shape: tuple[int, ...]) -> Images:
    count = int(np.prod(shape))
    return np.frombuffer(spool.read(count), np.uint8, count=count).reshape(shape)
