"""Single frames of a film, by time, fast enough to step through it.

Conventions
-----------
Times are those of `shotscale.video`: presentation times in seconds from the film's first frame. The frame *at* a time
is the one shown then, the frame *before* a time the last one shown earlier; at a shot boundary these are the first
frame of a shot and the last frame of the shot before.

Requested frames are cached in memory as JPEG, and frames expected next (`FilmFrames.expect`) are decoded ahead by a
separate decoder, which pauses while a request is waiting.
"""

import io
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import partial
from threading import Condition, Lock, Thread
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from shotscale.errors import FilmError, UserError
from shotscale.review.decoder import FrameDecoder, Want
from shotscale.video.container import probe
from shotscale.video.decoding import decoder_errors, reason_of
from shotscale.video.info import FilmInfo

__all__ = ["FilmFrames", "Picture", "Want"]

_HEIGHT, _WIDEST = 480, 1024  # rows and columns that fit on the page
_QUALITY = 85  # by eye: no blocking at edges, at about half the bytes of 95
_CACHE_BYTES = 256_000_000  # some thousands of 50 kB pictures; little compared with a detector


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame as shown from `time` (seconds) on: RGB, square pixels, upright, at most 480 rows."""

    time: float
    jpeg: bytes


class FilmFrames:
    """The frames of a film on demand; a context manager, safe to use from several threads.

    Of its pictures, those used least recently are dropped when they exceed `cache_bytes`. Raises `FilmError` if the
    film cannot be shown.
    """

    def __init__(self, path: str | os.PathLike[str], *, cache_bytes: int = _CACHE_BYTES) -> None:
        self._path = path
        self._film = probe(path)
        self._cache = _Cache(cache_bytes)
        self._resources = ExitStack()
        self._asked, self._ahead, self._index = (
            self._resources.enter_context(closing(FrameDecoder(path, self._film))) for _ in "123"
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

    def __exit__(self, *_: object) -> None:
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._worker.join()
        with self._asking, self._indexing:
            self._resources.close()

    @property
    def info(self) -> FilmInfo:
        """Properties of the film."""
        return self._film.info

    def picture(self, want: Want) -> Picture | None:
        """Return a frame, `None` if the film has none there.

        Raises `FilmError` if the film is missing, or damaged there.
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
        """Decode these frames next, in this order, in place of any earlier list."""
        with self._wake:
            self._wants = [want for want in reversed(wants) if self._cache.get(want) is None]
            self._wake.notify()

    def times_around(self, time: float, n: int) -> tuple[float, ...]:
        """Return the times of the frame at `time`, of up to `n` frames before it and of up to `n` after it.

        Nothing is decoded. Empty if the film's timestamps are unusable.
        """
        with self._indexing, decoder_errors(self._path):
            return self._index.times_around(time, n)

    def _make(self, decoder: "FrameDecoder", want: Want, stop: Callable[[], bool] = lambda: False) -> Picture | None:
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
            if self._cache.get(want) is None:
                with suppress(FilmError):  # reported when the frame is requested
                    self._make(self._ahead, want, partial(self._must_yield, wants))

    def _must_yield(self, wants: list[Want]) -> bool:
        """Wait while requests are served; return whether the current work is no longer wanted."""
        with self._wake:
            while self._waiting and not self._closed:
                self._wake.wait()
            return self._closed or self._wants is not wants


class _Cache:
    """Pictures by the time of their frame, and the time of the frame that each `Want` resolved to."""

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
