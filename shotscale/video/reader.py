"""One pass over a film: a thumbnail of every frame and a full picture of some, in constant memory."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Literal, Self

from av.video.frame import VideoFrame

from shotscale.errors import FilmError, OptionError
from shotscale.sampling import SAMPLES_PER_SECOND, check_rate
from shotscale.video.bars import ActiveArea
from shotscale.video.batches import Collector, FrameBatch
from shotscale.video.container import opened, probed, refuse_protected
from shotscale.video.decoding import Damage, decode, decoder_errors, default_threads, stamp, timed
from shotscale.video.notes import film_notes
from shotscale.video.seeking import frames_after
from shotscale.video.source import source_of
from shotscale.video.survey import survey_active_areas


class FilmReader:
    """Reads a film once from start to end: an iterator of `FrameBatch`, and a context manager.

    Parameters
    ----------
    path : path of a local film file, or what `film_source` yields
    samples_per_second : float
        Full pictures per second: each is the first frame at or after a multiple of
        ``1 / samples_per_second``, or a still that spans it (`shotscale.sampling`). Zero for none.
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
            size = film.info.height, film.info.width
            if active_area == "auto":
                self._areas = survey_active_areas(self._source, container, stream, film)
            else:
                self._areas = {} if active_area is None else {size: active_area}
            self.active_area = self._areas.get(size)
        self._resources = ExitStack()
        self._batches = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
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
        collector = Collector(
            orientation=self._film.orientation,
            areas=self._areas,
            full_size=(self.info.height, self.info.width),
            rates=self._rates,
            damage=damage,
        )
        previous: float | None = None
        frames = self._completed(decode(container, stream, damage=damage), damage)
        for time, frame in timed(frames, clock, by_dts=self._film.by_dts):
            collector.hold(time)
            collector.add(frame, time)
            if collector.is_full:
                yield collector.take()
            previous = time
        if damage.repeat is not None:
            clock.stay(self._film.shown(damage.repeat), damage.repeat.duration)
        self.end = self._film_end(clock.end(), previous)
        collector.hold(self.end, is_last=True)
        last = collector.take()
        if len(last.times) or last.samples or last.previews:
            yield last
        refuse_protected(self._source, damage.protected > 0)
        if not collector.n_total:
            raise FilmError(f"{self._source}: no frame can be decoded (damaged); give a film that a player shows")
        self.notes += film_notes(
            self._film,
            damage=damage,
            clock=clock,
            end=self.end,
            areas=self._areas,
            resized=collector.n_resized,
            interlaced=collector.n_interlaced,
        )

    def _completed(self, frames: Iterator[VideoFrame], damage: Damage) -> Iterator[VideoFrame]:
        """Yield a film's frames and, if threads hide the last ones, these decoded without threads.

        They are found by timestamps, which must increase throughout.
        """
        last, increasing = None, True
        for frame in frames:
            at = stamp(frame, by_dts=self._film.by_dts)
            increasing = increasing and at is not None and (last is None or at > last)
            last = at
            yield frame
        if damage.hidden and increasing and last is not None:
            yield from frames_after(self._source, last, film=self._film, damage=damage)

    def _film_end(self, end: float, last: float | None) -> float:
        """Return the film's end; a claimed one is believed if it shortens the last frame, but not if it extends it."""
        claim = self.info.duration
        return claim if last is not None and claim is not None and last < claim < end else end
