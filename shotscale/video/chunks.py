"""Cutting a film at key frames, so that several processes decode it and the parts join exactly."""

import os
from array import array
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from shotscale.errors import OptionError
from shotscale.video.clock import Clock
from shotscale.video.container import Probe, opened, probe
from shotscale.video.decoding import Damage, demux
from shotscale.video.pictures import THUMBNAIL_SHAPE
from shotscale.video.reader import FilmReader

__all__ = ["key_frame_chunks"]

Chunk = tuple[float, float | None]


_LONGEST_STILL = 3600
_COMPARED_SECONDS = 0.25
_MISSING = -(1 << 62)


@dataclass(frozen=True, slots=True)
class _Scan:
    """The packets of a film in order of decoding: timestamps, sizes in bytes, and which are key frames."""

    pts: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]
    is_key: npt.NDArray[np.bool_]


def key_frame_chunks(path: str | os.PathLike[str], n: int, *, growth: float = 1.0) -> list[Chunk]:
    """Cut a film into at most `n` parts of like cost for `FilmReader`'s `start` and `stop`.

    The file is read through once without decoding. A film whose timestamps need repair, or where a decoder
    that begins at a key frame shows something else than one that comes from before it, is not cut.

    Parameters
    ----------
    path : path of a film
    n : int
        How many parts are wanted.
    growth : float
        How much more each part costs than the one before it: above 1 for a reader of all parts in order, who gets
        through those that wait for it while the last is still being decoded.

    Returns
    -------
    list of (float, float or None)
        Start and stop of each part in seconds; the first starts at 0.0, the last stops at None, the film's
        end. Frames, times and samples of the parts, joined, are exactly those of an uncut read.

    Raises
    ------
    FilmError
        If the film cannot be shown.
    OptionError
        If `n` is less than one.
    """
    if n < 1:
        raise OptionError(f"{n} chunks: at least 1 is needed; give the number of processes")
    if not growth > 0:
        raise OptionError(f"growth = {growth}: above 0; 1 for parts of like cost")
    film = probe(path)
    whole: list[Chunk] = [(0.0, None)]
    if n == 1 or film.first_pts is None:
        return whole
    scan, time_base = _scan(path)
    if not _is_sane(scan, film, time_base):
        return whole
    clock = Clock(time_base, origin=film.first_pts)
    seams = [(clock.seconds(before), clock.seconds(at)) for before, at in _balanced_seams(scan, n, growth=growth)]
    if not all(_joins_exactly(path, before, at) for before, at in seams):
        return whole
    starts = [0.0, *(at for _, at in seams)]
    return list(zip(starts, [*starts[1:], None], strict=True))


def _scan(path: str | os.PathLike[str]) -> tuple[_Scan, Fraction]:
    """Read through a film without decoding; a timestamp that is missing is put down as -1 << 62."""
    pts, size, is_key = array("q"), array("q"), array("b")
    damage = Damage()
    with opened(path, threads=1) as (container, stream):
        for packet in demux(container, stream, damage=damage):
            if packet.size and not packet.is_discard:
                pts.append(_MISSING if packet.pts is None else packet.pts)
                size.append(packet.size)
                is_key.append(packet.is_keyframe and not packet.is_corrupt)
        time_base = stream.time_base or Fraction(0)
    if damage.reading_failed is not None:
        pts.append(_MISSING)
        size.append(0)
        is_key.append(0)
    return _Scan(np.array(pts, np.int64), np.array(size, np.int64), np.array(is_key, np.bool_)), time_base


def _is_sane(scan: _Scan, film: Probe, time_base: Fraction) -> bool:
    """Say whether every time of the film is its timestamp's, so that no repair depends on what came before."""
    shown = np.sort(scan.pts)
    if not time_base or len(shown) < 2 or shown[0] != film.first_pts:
        return False
    steps, key_steps = np.diff(shown), np.diff(scan.pts[scan.is_key])
    return bool((steps > 0).all() and (key_steps > 0).all() and steps.max() <= _LONGEST_STILL / time_base)


def _balanced_seams(scan: _Scan, n: int, *, growth: float) -> list[tuple[int, int]]:
    """Choose at most ``n - 1`` key frames that part the film by cost: timestamps of the one before and of it."""
    keys = np.flatnonzero(scan.is_key)
    if len(keys) < 2:
        return []
    # Half of the cost of decoding goes with the frames, half with the bytes.
    cost = np.cumsum(scan.size / max(1, scan.size.sum()) + 1 / len(scan.size)) / 2
    shares = np.cumsum(growth ** np.arange(n))
    chosen = {int(np.abs(cost[keys] - share).argmin()) for share in shares[:-1] / shares[-1]} - {0}
    return [(int(scan.pts[keys[i - 1]]), int(scan.pts[keys[i]])) for i in sorted(chosen)]


def _joins_exactly(path: str | os.PathLike[str], before: float, at: float) -> bool:
    """Compare what is shown from a key frame on when decoding begins there and when it begins a key frame earlier."""
    stop = at + _COMPARED_SECONDS
    fresh_times, fresh = _thumbnails(path, at, at, stop)
    times, continued = _thumbnails(path, before, at, stop)
    return len(times) > 0 and np.array_equal(times, fresh_times) and np.array_equal(continued, fresh)


def _thumbnails(
    path: str | os.PathLike[str], start: float, since: float, stop: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]:
    times, images = [], []
    with FilmReader(path, samples_per_second=0, active_area=None, start=start, stop=stop) as reader:
        for batch in reader:
            times.append(batch.times[batch.times >= since])
            images.append(batch.thumbnails[batch.times >= since])
    if not times:
        return np.empty(0), np.empty((0, *THUMBNAIL_SHAPE), np.uint8)
    return np.concatenate(times), np.concatenate(images)
