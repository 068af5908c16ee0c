"""One film read by several processes, each a part of it, with the result of a single reader.

The film is cut at key frames. Each process spools what it reads to a temporary file; the caller takes the
parts in the order of the film, so that memory stays flat and nothing that follows can tell the difference.
"""

import multiprocessing
import os
import queue
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
import numpy.typing as npt

from shotscale.cores import available_cores
from shotscale.errors import FilmError, OptionError, UserError
from shotscale.video.bars import ActiveArea
from shotscale.video.chunks import key_frame_chunks
from shotscale.video.pictures import THUMBNAIL_SHAPE
from shotscale.video.reader import FilmReader, FrameBatch, Sample

__all__ = ["ParallelReader"]

Images = npt.NDArray[np.uint8]
Transform = Callable[[Images], Images]

_SHORTEST_PART = 20.0  # seconds; finding a seam costs about as much as reading this many
_GROWTH = 1.08  # decoding takes twelve times as long as what is done with the frames
_POLL = 0.5


@dataclass(frozen=True, slots=True)
class _Job:
    """What a process needs to read one part."""

    path: str
    samples_per_second: float
    transform: Transform
    area: ActiveArea | None
    threads: int
    start: float
    stop: float | None
    spool: str


@dataclass(frozen=True, slots=True)
class _Spooled:
    """A batch in the spool: its times, and the shapes of the samples that follow its thumbnails there."""

    times: npt.NDArray[np.float64]
    sample_times: tuple[float, ...]
    sample_shapes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class _Finished:
    """The end of a part, with what its reader knew, or with the error that it met."""

    end: float
    notes: tuple[str, ...]
    error: UserError | None = None


class ParallelReader:
    """Reads a film with several processes; iterates and closes like `FilmReader`.

    Parameters
    ----------
    path : path of a local film file
    workers : int
        How many processes.
    samples_per_second : float
        As for `FilmReader`.
    transform : callable
        Applied to each sample where it is read, so that only the small result travels: a function of a
        uint8 array (height, width, 3) that gives such an array. It must be importable by name.

    Attributes
    ----------
    info, active_area, end, notes
        As for `FilmReader`.

    Raises
    ------
    FilmError
        If the film cannot be shown, or the decoder brings a process down.
    OptionError
        If `workers` is less than one.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, workers: int, samples_per_second: float, transform: Transform
    ) -> None:
        if workers < 1:
            raise OptionError(f"{workers} workers: at least 1; leave it out for one")
        with FilmReader(path, samples_per_second=0) as first:
            self.info, self.active_area = first.info, first.active_area
        self.end = 0.0
        self.notes: list[str] = []
        self._path = path
        self._workers = workers
        self._rate = samples_per_second
        self._transform = transform
        self._resources = ExitStack()
        self._batches = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[FrameBatch]:
        return self

    def __next__(self) -> FrameBatch:
        return next(self._batches)

    def close(self) -> None:
        """End the processes and remove what they spooled."""
        self._resources.close()
        self._batches = iter(())

    def _read(self) -> Iterator[FrameBatch]:
        folder = self._resources.enter_context(tempfile.TemporaryDirectory(prefix="shotscale-"))
        jobs = self._jobs(folder)
        context = multiprocessing.get_context("spawn")
        running: list[tuple[BaseProcess, multiprocessing.Queue[_Spooled | _Finished]]] = []
        self._resources.callback(_end, running)
        for i, job in enumerate(jobs):
            while len(running) < min(len(jobs), i + self._workers):
                messages: multiprocessing.Queue[_Spooled | _Finished] = context.Queue()
                process = context.Process(target=_read_part, args=(jobs[len(running)], messages), daemon=True)
                process.start()
                running.append((process, messages))
            yield from self._take(job, *running[i])

    def _jobs(self, folder: str) -> list[_Job]:
        length = self.info.duration or 0.0
        parts = max(1, min(self._workers, int(length / _SHORTEST_PART)))
        return [
            _Job(
                path=str(self._path),
                samples_per_second=self._rate,
                transform=self._transform,
                area=self.active_area,
                threads=max(1, available_cores() // self._workers),
                start=start,
                stop=stop,
                spool=str(Path(folder) / f"{i}"),
            )
            for i, (start, stop) in enumerate(key_frame_chunks(self._path, parts, growth=_GROWTH))
        ]

    def _take(
        self, job: _Job, process: BaseProcess, messages: "multiprocessing.Queue[_Spooled | _Finished]"
    ) -> Iterator[FrameBatch]:
        """Give the batches of one part while they come in, and forget its spool."""
        with ExitStack() as stack:
            spool: BinaryIO | None = None
            while isinstance(message := self._next_message(process, messages), _Spooled):
                if spool is None:
                    spool = stack.enter_context(Path(job.spool).open("rb"))
                yield _from_spool(spool, message)
        Path(job.spool).unlink(missing_ok=True)
        if message.error is not None:
            raise message.error
        self.end = message.end
        self.notes += [note for note in message.notes if note not in self.notes]

    def _next_message(
        self, process: BaseProcess, messages: "multiprocessing.Queue[_Spooled | _Finished]"
    ) -> _Spooled | _Finished:
        while True:
            try:
                return messages.get(timeout=_POLL)
            except queue.Empty:
                if not process.is_alive() and messages.empty():
                    raise FilmError(
                        f"{self._path}: the decoder failed on it (exit status {process.exitcode}); "
                        "convert the film with a player or leave it out"
                    ) from None


def _read_part(job: _Job, messages: "multiprocessing.Queue[_Spooled | _Finished]") -> None:
    """Read one part of a film, in a process of its own."""
    reader = None
    try:
        with (
            Path(job.spool).open("wb") as spool,
            FilmReader(
                job.path,
                samples_per_second=job.samples_per_second,
                threads=job.threads,
                active_area=job.area,
                start=job.start or None,
                stop=job.stop,
            ) as reader,
        ):
            for batch in reader:
                messages.put(_to_spool(spool, batch, job.transform))
    except UserError as error:
        messages.put(_Finished(end=0.0, notes=(), error=error))
        return
    messages.put(_Finished(end=reader.end, notes=tuple(reader.notes)))


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


def _end(running: "list[tuple[BaseProcess, multiprocessing.Queue[_Spooled | _Finished]]]") -> None:
    for process, _ in running:
        process.terminate()
    for process, _ in running:
        process.join()
