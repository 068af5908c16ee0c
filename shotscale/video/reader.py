"""One pass over a film: a thumbnail of every frame and a full picture of some, in constant memory."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from shotscale.errors import FilmError, OptionError
from shotscale.sampling import SAMPLES_PER_SECOND, check_rate, is_sample
from shotscale.video.bars import ActiveArea
from shotscale.video.container import opened, probed, refuse_protected
from shotscale.video.decoding import Damage, decode, decoder_errors, default_threads, timed
from shotscale.video.notes import film_notes
from shotscale.video.pictures import (
    PREVIEW_SIZE,
    THUMBNAIL_SHAPE,
    Orientation,
    PictureMaker,
    ThumbnailMaker,
    sane_aspect_ratio,
)
from shotscale.video.source import source_of
from shotscale.video.survey import survey_active_area

__all__ = ["FilmReader", "FrameBatch", "Sample"]

_FRAMES_A_BATCH = 64  # a few seconds of a film; 250 kB of thumbnails
_SAMPLE_BYTES_A_BATCH = 24_000_000  # three or four full-HD pictures: memory stays constant whatever the size


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A picture of a film and its time in seconds: RGB (height, width, 3), square pixels, upright, no bars."""

    time: float
    image: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class FrameBatch:
    """Successive frames of a film: RGB thumbnails (n, 27, 48, 3), and pictures of some of them, full size and small.

    Times are seconds, strictly increasing within and between batches.
    """

    times: npt.NDArray[np.float64]
    thumbnails: npt.NDArray[np.uint8]
    samples: tuple[Sample, ...]
    previews: tuple[Sample, ...] = ()


class FilmReader:
    """Reads a film once from start to end: an iterator of `FrameBatch`, and a context manager.

    Parameters
    ----------
    path : path of a local film file, or what `film_source` yields
    samples_per_second : float
        Full pictures per second: each is the first frame at or after a multiple of
        ``1 / samples_per_second``. Zero for none.
    previews_per_second : float
        Pictures of at most 120 rows per second, chosen likewise. Zero for none.
    threads : int, optional
        Decoding threads; by default two more than there are cores, 16 at most, so that decoding goes on while the
        caller works.
    active_area : ActiveArea, ``"auto"`` or None
        Where the picture is between black bars, in the picture as shown. ``"auto"`` first examines a dozen frames
        spread over the film; None keeps the whole frame.

    Attributes
    ----------
    end : float
        When the last frame stops being shown; valid after the iteration.
    notes : list of str
        What was wrong with the film, one sentence each; complete after the iteration.

    Raises
    ------
    FilmError
        If nothing in the file can be shown, or its content is protected. Damage after the first frame is left out with
        a note.
    OptionError
        If `samples_per_second`, `previews_per_second` or `threads` is out of range.

    Examples
    --------
    >>> with FilmReader("film.mkv") as reader:  # doctest: +SKIP
    ...     for batch in reader:
    ...         print(batch.times[0], batch.thumbnails.shape, len(batch.samples))
    0.0 (64, 27, 48, 3) 3
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        samples_per_second: float = SAMPLES_PER_SECOND,
        previews_per_second: float = 0,
        threads: int | None = None,
        active_area: ActiveArea | Literal["auto"] | None = "auto",
    ) -> None:
        check_rate(samples_per_second)
        check_rate(previews_per_second)
        if threads is not None and threads < 1:
            raise OptionError(f"threads = {threads}: at least 1; leave it out for all cores")
        self.end = 0.0
        self._source = source_of(path)
        self.notes: list[str] = list(self._source.notes)
        self._rates = samples_per_second, previews_per_second
        self._threads = threads or default_threads()
        with probed(self._source) as (container, stream, film):
            self._film, self.info = film, film.info
            self.active_area = (
                survey_active_area(self._source, container, stream, film) if active_area == "auto" else active_area
            )
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
        """Close the film and end the iteration."""
        self._resources.close()
        self._batches = iter(())

    def _read(self) -> Iterator[FrameBatch]:
        """Yield the batches; any decoder error becomes a `FilmError`."""
        with decoder_errors(self._source):
            yield from self._read_frames()

    def _read_frames(self) -> Iterator[FrameBatch]:
        """Yield the batches, then fill in `end` and `notes`."""
        damage = Damage()
        container, stream = self._resources.enter_context(opened(self._source, threads=self._threads))
        clock = self._film.clock(stream)
        collector = _Collector(
            aspect=sane_aspect_ratio(stream.sample_aspect_ratio),
            orientation=self._film.orientation,
            area=self.active_area,
            full_size=(self.info.height, self.info.width),
        )
        previous: float | None = None
        for time, frame in timed(decode(container, stream, damage=damage), clock, by_dts=self._film.by_dts):
            sampled, previewed = (is_sample(time, previous, rate) for rate in self._rates)
            collector.add(frame, time, sampled=sampled, previewed=previewed, damage=damage)
            if collector.is_full:
                yield collector.take()
            previous = time
        if collector.n_frames:
            yield collector.take()
        refuse_protected(self._source, damage)
        if not collector.n_total:
            raise FilmError(f"{self._source}: no frame can be decoded (damaged); give a film that a player shows")
        self.end = self._film_end(clock.end(), previous)
        self.notes += film_notes(
            self._film,
            damage=damage,
            clock=clock,
            end=self.end,
            active_area=self.active_area,
            resized=collector.n_resized,
        )

    def _film_end(self, end: float, last: float | None) -> float:
        """Return the film's end; a claimed one is believed if it shortens the last frame, but not if it extends it."""
        claim = self.info.duration
        return claim if last is not None and claim is not None and last < claim < end else end


class _Collector:
    """Gathers frames until they make a batch."""

    def __init__(
        self, *, aspect: Fraction, orientation: Orientation, area: ActiveArea | None, full_size: tuple[int, int]
    ) -> None:
        # Each has a scaler of its own: sharing one would set it up anew at every change of size.
        self._thumbnails = ThumbnailMaker()
        self._pictures = PictureMaker(aspect=aspect, orientation=orientation)
        self._small = PictureMaker(aspect=aspect, orientation=orientation, limit=_preview_limit(area, full_size))
        self._area = area
        self._full_size = full_size
        self.n_total = 0
        self.n_resized = 0
        self._begin()

    def _begin(self) -> None:
        self._times = np.empty(_FRAMES_A_BATCH, np.float64)
        self._images = np.empty((_FRAMES_A_BATCH, *THUMBNAIL_SHAPE), np.uint8)
        self._samples: list[Sample] = []
        self._previews: list[Sample] = []
        self._sample_bytes = 0
        self.n_frames = 0

    @property
    def is_full(self) -> bool:
        return self.n_frames == _FRAMES_A_BATCH or self._sample_bytes >= _SAMPLE_BYTES_A_BATCH

    def add(self, frame: VideoFrame, time: float, *, sampled: bool, previewed: bool, damage: Damage) -> None:
        try:
            self._thumbnails.write(frame, self._images[self.n_frames])
            if sampled:
                self._sample(frame, time)
            if previewed:
                self._previews.append(Sample(time, self._picture(self._small, frame)))
        except Exception:  # noqa: BLE001 - the decoder's
            damage.packets += 1
            return
        self._times[self.n_frames] = time
        self.n_frames += 1
        self.n_total += 1

    def take(self) -> FrameBatch:
        times, images = self._times[: self.n_frames], self._images[: self.n_frames]
        batch = FrameBatch(times, images, tuple(self._samples), tuple(self._previews))
        self._begin()
        return batch

    def _sample(self, frame: VideoFrame, time: float) -> None:
        image = self._picture(self._pictures, frame)
        self.n_resized += self._is_resized(frame)
        self._samples.append(Sample(time, image))
        self._sample_bytes += image.nbytes

    def _picture(self, maker: PictureMaker, frame: VideoFrame) -> npt.NDArray[np.uint8]:
        image = maker.make(frame)
        if self._area is not None and not self._is_resized(frame):
            image = self._area.crop(image, self._full_size)
        return np.ascontiguousarray(image)

    def _is_resized(self, frame: VideoFrame) -> bool:
        return self._pictures.full_size(frame) != self._full_size


def _preview_limit(area: ActiveArea | None, full_size: tuple[int, int]) -> tuple[int, int]:
    """Return the most rows and columns of a whole picture whose active area is to fit `PREVIEW_SIZE`."""
    rows, columns = full_size
    if area is None:
        return PREVIEW_SIZE
    return (
        round(PREVIEW_SIZE[0] * rows / (area.bottom - area.top)),
        round(PREVIEW_SIZE[1] * columns / (area.right - area.left)),
    )
