"""Read single frames of an open film by time: seek, decode forward, and keep the position."""

import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotscale.video.container import Probe, opened
from shotscale.video.decoding import Damage, decode, demux, timed
from shotscale.video.pictures import PictureMaker
from shotscale.video.seeking import packets_from

_SAME_FRAME = 1e-4  # seconds: below any frame's length, above the rounding of times to six decimals
_NEAR_SECONDS = 3.0  # decoding forward is assumed cheaper than seeking: key frames are seconds apart; by judgment
# each step reaches back far enough for key frames sixteen times as far apart; by judgment
_BACK_SECONDS = (1.0, 16.0, 256.0)
_MOST_PACKETS = 20_000  # 11 minutes at 30 frames per second; a stream whose times do not advance is given up


@dataclass(frozen=True, slots=True)
class Want:
    """A requested frame: the one at a time, or the one before it."""

    time: float
    before: bool = False


class FrameDecoder:
    """A film open for reading that keeps its position, since the next frame requested is often just ahead."""

    def __init__(self, path: str | os.PathLike[str], film: Probe) -> None:
        self._path, self._film = path, film
        self._resources = ExitStack()
        self._open()

    def _open(self) -> None:
        self.close()
        self._container: InputContainer
        self._stream: VideoStream
        self._container, self._stream = self._resources.enter_context(opened(self._path, threads=1))
        self._clock = self._film.clock(self._stream)
        self._pictures = PictureMaker(orientation=self._film.orientation)

    def close(self) -> None:
        """Let go of all frames, then close the film."""
        self._frames: Iterator[tuple[float, VideoFrame]] = iter(())
        self._before: tuple[float, VideoFrame] | None = None
        self._last: tuple[float, VideoFrame] | None = None
        self._resources.close()

    def find(self, want: Want, stop: Callable[[], bool]) -> tuple[float, npt.NDArray[np.uint8]] | None:
        """Return a frame's time and picture, `None` if there is none or `stop` says it is no longer wanted."""
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
        """Return whether the frames on both sides of a time are already decoded or follow soon."""
        if self._last is not None and frontier - _NEAR_SECONDS < self._last[0] < frontier:
            return True
        return self._last is not None and self._before is not None and self._before[0] < frontier <= self._last[0]

    def _go_to(self, time: float) -> None:
        """Seek to the last key frame before a time, so that the frame before that time is decoded too."""
        self._before = self._last = None
        film, damage, pts, packets = self._film, Damage(), self._tick(time), None
        if pts is not None:
            packets = packets_from(self._container, self._stream, pts - 1, film=film, damage=damage)
        if packets is None:
            self._open()
        decoded = decode(self._container, self._stream, damage=damage, packets=packets)
        placed = timed(decoded, film.clock(self._stream), by_dts=film.by_dts)
        self._frames = placed if packets is None else ((at, frame) for at, frame in placed if at >= 0)

    def _tick(self, time: float) -> int | None:
        """Return a time as a timestamp of the file, `None` if its first frame has none."""
        if self._film.first is None:
            return None
        return max(self._film.first + 1, self._clock.first_tick_from(max(0.0, time - _SAME_FRAME)))

    def times_around(self, time: float, n: int) -> tuple[float, ...]:
        """Return the times of up to `n` frames on each side of a time, from the film's packets."""
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
        """Return the sorted timestamps of the frames from `begin` until more than `n` are after `time`."""
        first, pts = self._tick(begin), self._tick(time)
        if first is None or pts is None:
            return []
        packets = packets_from(self._container, self._stream, first, film=self._film, damage=Damage())
        if packets is None:  # the container cannot seek to its own beginning
            self._open()
            packets = demux(self._container, self._stream, damage=Damage())
        ticks: list[int] = []
        for count, packet in enumerate(packets):
            at = self._film.shown(packet)
            if at is None or packet.is_discard or at < (self._film.first or 0):
                continue
            ticks.append(at)
            # A packet is decoded no later than it is shown, so no timestamp before `decoded` can follow.
            decoded = at if packet.dts is None else packet.dts
            if (decoded > pts and _has_behind(ticks, pts, decoded, n)) or count > _MOST_PACKETS:
                break
        return sorted(set(ticks))


def _has_behind(ticks: list[int], pts: int, decoded: int, n: int) -> bool:
    """Return whether more than `n` timestamps are after `pts` and before the decoding time `decoded`."""
    ordered = sorted(ticks)
    return bisect_left(ordered, decoded) - bisect_right(ordered, pts) > n
