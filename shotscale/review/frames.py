"""Single frames of a film, by time, fast enough to step through it.

Conventions
-----------
Times are those of `shotscale.video`: presentation times in seconds from the film's first frame. The frame *at* a time
is the one shown then, the frame *before* a time the last one that is shown earlier; at a shot boundary these are the
first frame of a shot and the last one of the shot before.

What has been asked for stays in memory as JPEG, and what will be asked for next (`FilmFrames.expect`) is decoded
meanwhile. Two decoders never wait for each other; the one that works ahead stands still while someone waits.
"""

import io
import os
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Condition, Lock, Thread
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from shotscale.errors import FilmError, UserError
from shotscale.video.container import FilmInfo, Probe, opened, probe
from shotscale.video.decoding import Damage, decode, decoder_errors, demux, reason_of, timed
from shotscale.video.pictures import PictureMaker, sane_aspect_ratio
from shotscale.video.seeking import packets_from

__all__ = ["FilmFrames", "Picture", "Want"]

_SAME_FRAME = 1e-4
_NEAR_SECONDS = 3.0
_BACK_SECONDS = (1.0, 16.0, 256.0)
_MOST_PACKETS = 20_000
_HEIGHT, _WIDEST = 480, 1024
_QUALITY = 85
_CACHE_BYTES = 256_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame as shown.

    Attributes
    ----------
    time : float
        Seconds; when it begins to be shown.
    jpeg : bytes
        RGB, square pixels, upright; at most 480 rows.
    """

    time: float
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Want:
    """A frame that is wanted: the one at a time, or the one before it."""

    time: float
    before: bool = False


class FilmFrames:
    """The frames of a film on demand; a context manager, safe to use from several threads.

    Parameters
    ----------
    path : path of a film
    cache_bytes : int
        How much memory pictures may take; those that were not asked for longest are let go first.

    Attributes
    ----------
    info : FilmInfo

    Raises
    ------
    FilmError
        If the film cannot be shown.
    """

    def __init__(self, path: str | os.PathLike[str], *, cache_bytes: int = _CACHE_BYTES) -> None:
        self._path = path
        self._film = probe(path)
        self._cache = _Cache(cache_bytes)
        self._resources = ExitStack()
        self._asked, self._ahead, self._index = (
            self._resources.enter_context(_Decoder(path, self._film)) for _ in "123"
        )
        self._asking, self._indexing = Lock(), Lock()
        self._wake = Condition()
        self._wants: list[Want] = []
        self._waiting = 0
        self._closed = False
        self._worker = Thread(target=self._work_ahead, name="frames-ahead", daemon=True)
        self._worker.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def info(self) -> FilmInfo:
        """What the film is."""
        return self._film.info

    def close(self) -> None:
        """Let go of the film."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._worker.join()
        with self._asking, self._indexing:
            self._resources.close()

    def picture(self, want: Want) -> Picture | None:
        """Return a frame; None if the film has none there.

        Raises
        ------
        FilmError
            If the film is gone, or damaged there.
        """
        picture = self._cache.get(want)
        if picture is not None:
            return picture
        with self._wake:
            self._waiting += 1
        try:
            with self._asking:
                return self._cache.get(want) or self._make(self._asked, want)
        finally:
            with self._wake:
                self._waiting -= 1
                self._wake.notify()

    def expect(self, wants: Sequence[Want]) -> None:
        """Decode these next, in this order, instead of what was expected before."""
        with self._wake:
            self._wants = [want for want in reversed(wants) if self._cache.get(want) is None]
            self._wake.notify()

    def times_around(self, time: float, n: int) -> tuple[float, ...]:
        """Return the times of the frame at `time`, of up to `n` frames before it and of up to `n` after it.

        Nothing is decoded. Empty where the film's timestamps do not say.
        """
        with self._indexing, decoder_errors(self._path):
            return self._index.times_around(time, n)

    def _make(self, decoder: "_Decoder", want: Want, stop: Callable[[], bool] = lambda: False) -> Picture | None:
        try:
            found = decoder.find(want, stop)
        except UserError:
            raise
        except Exception as error:
            reason = reason_of(error)
            raise FilmError(
                f"{self._path}: no frame can be read at {want.time:g} s ({reason}); check the file"
            ) from error
        if found is None:
            return None
        time, image = found
        picture = Picture(time, _jpeg(image))
        self._cache.put(want, picture)
        return picture

    def _work_ahead(self) -> None:
        while True:
            with self._wake:
                while not self._closed and (self._waiting or not self._wants):
                    self._wake.wait()
                if self._closed:
                    return
                wants = self._wants
                want = wants.pop()
            if self._cache.get(want) is not None:
                continue
            try:
                self._make(self._ahead, want, lambda wants=wants: self._must_yield(wants))  # type: ignore[misc]
            except FilmError:
                continue  # whoever asks for it is told

    def _must_yield(self, wants: list[Want]) -> bool:
        """Wait while someone is served; say whether what is being worked on is no longer wanted."""
        with self._wake:
            while self._waiting and not self._closed:
                self._wake.wait()
            return self._closed or self._wants is not wants


class _Cache:
    """Pictures by the time of their frame, and which frame a want turned out to be."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._bytes = most_bytes, 0
        self._pictures: OrderedDict[float, Picture] = OrderedDict()
        self._frame_of: dict[Want, float] = {}
        self._lock = Lock()

    def get(self, want: Want) -> Picture | None:
        with self._lock:
            time = self._frame_of.get(want)
            picture = self._pictures.get(time) if time is not None else None
            if picture is not None:
                self._pictures.move_to_end(picture.time)
            return picture

    def put(self, want: Want, picture: Picture) -> None:
        with self._lock:
            self._frame_of[want] = picture.time
            if picture.time not in self._pictures:
                self._pictures[picture.time] = picture
                self._bytes += len(picture.jpeg)
            self._pictures.move_to_end(picture.time)
            while self._bytes > self._most and len(self._pictures) > 1:
                _, oldest = self._pictures.popitem(last=False)
                self._bytes -= len(oldest.jpeg)


class _Decoder:
    """A film open for reading somewhere, that stays where it read last: the next frame is often close behind."""

    def __init__(self, path: str | os.PathLike[str], film: Probe) -> None:
        self._path, self._film = path, film
        self._resources = ExitStack()
        self._frames: Iterator[tuple[float, VideoFrame]] = iter(())
        self._before: tuple[float, VideoFrame] | None = None
        self._last: tuple[float, VideoFrame] | None = None
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._frames = iter(())
        self._before = self._last = None
        self._resources.close()

    def _open(self) -> None:
        self._resources.close()
        self._container: InputContainer
        self._stream: VideoStream
        self._container, self._stream = self._resources.enter_context(opened(self._path, threads=1))
        self._clock = self._film.clock(self._stream)
        self._pictures = PictureMaker(
            aspect=sane_aspect_ratio(self._stream.sample_aspect_ratio), orientation=self._film.orientation
        )
        self._frames = iter(())
        self._before = self._last = None

    def find(self, want: Want, stop: Callable[[], bool]) -> tuple[float, npt.NDArray[np.uint8]] | None:
        """Return a wanted frame's time and picture; None if there is none, or `stop` says that it no longer matters."""
        frontier = want.time - _SAME_FRAME
        if not self._is_near(frontier):
            self._go_to(want.time)
        while self._last is None or self._last[0] < frontier:
            if stop():
                return None
            following = next(self._frames, None)
            if following is None:
                break
            self._before, self._last = self._last, following
        exact = self._last is not None and abs(self._last[0] - want.time) <= _SAME_FRAME
        beyond = self._last is not None and self._last[0] >= frontier
        found = self._last if (exact and not want.before) or not beyond else self._before
        return None if found is None else (found[0], self._pictures.make(found[1]))

    def _is_near(self, frontier: float) -> bool:
        """Say whether the frames on both sides of a time are at hand or follow soon."""
        if self._last is not None and frontier - _NEAR_SECONDS < self._last[0] < frontier:
            return True
        return self._last is not None and self._before is not None and self._before[0] < frontier <= self._last[0]

    def _go_to(self, time: float) -> None:
        """Stand before the last key frame that comes before a time, so that the frame before it is decoded too."""
        self._before = self._last = None
        damage = Damage()
        pts = self._tick(time)
        film = self._film
        packets = (
            None if pts is None else packets_from(self._container, self._stream, pts - 1, film=film, damage=damage)
        )
        if packets is None:
            self._open()
            decoded = decode(self._container, self._stream, damage=damage)
            self._frames = timed(decoded, self._clock, by_dts=film.by_dts)
            return
        decoded = decode(self._container, self._stream, damage=damage, packets=packets)
        placed = timed(decoded, film.clock(self._stream), by_dts=film.by_dts)
        self._frames = ((at, frame) for at, frame in placed if at >= 0)

    def _tick(self, time: float) -> int | None:
        """Return the timestamp of a time in the file's own count; None if its timestamps count nothing."""
        if self._film.first is None:
            return None
        return max(self._film.first + 1, self._clock.first_tick_from(max(0.0, time - _SAME_FRAME)))

    def times_around(self, time: float, n: int) -> tuple[float, ...]:
        """Return the times of frames near a time, as the film's packets say."""
        for back in _BACK_SECONDS:
            ticks = self._ticks_from(max(0.0, time - back), time, n)
            times = [self._clock.seconds(tick) for tick in ticks]
            here = bisect_right(times, time + _SAME_FRAME) - 1
            if here >= n or time <= back:
                break
        if not times:
            return ()
        return tuple(times[max(0, here - n) : max(0, here) + n + 1])

    def _ticks_from(self, begin: float, time: float, n: int) -> list[int]:
        """Return the sorted timestamps of the frames from `begin` on until `n` lie behind `time`."""
        first, pts = self._tick(begin), self._tick(time)
        if first is None or pts is None:
            return []
        packets = packets_from(self._container, self._stream, first, film=self._film, damage=Damage())
        if packets is None:  # a container that does not find its own beginning
            self._open()
            packets = demux(self._container, self._stream, damage=Damage())
        ticks: list[int] = []
        for count, packet in enumerate(packets):
            at = self._film.shown(packet)
            if at is None or packet.is_discard or at < (self._film.first or 0):
                continue
            ticks.append(at)
            # A packet is decoded no later than it is shown: beyond the n-th timestamp nothing earlier follows.
            decoded = at if packet.dts is None else packet.dts
            if (decoded > pts and _has_behind(ticks, pts, decoded, n)) or count > _MOST_PACKETS:
                break
        return sorted(set(ticks))


def _has_behind(ticks: list[int], pts: int, decoded: int, n: int) -> bool:
    """Say whether more than `n` timestamps lie behind `pts` and before the time of decoding."""
    ordered = sorted(ticks)
    return bisect_left(ordered, decoded) - bisect_right(ordered, pts) > n


def _jpeg(image: npt.NDArray[np.uint8]) -> bytes:
    rows, columns = image.shape[:2]
    scale = min(1.0, _HEIGHT / rows, _WIDEST / columns)
    picture = Image.fromarray(image)
    if scale < 1:
        size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
        picture = picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
