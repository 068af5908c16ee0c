"""Turn a film's frames, pushed in batches of any size, into one row of evidence per gap.

The detector's rules count frames, so each has to last about equally long. Films of more than 40 frames per second are
thinned first; the dropped frames still locate cuts exactly. A frame that lasts long, in a film of stills or of few
frames per second, is repeated. Frames are then processed in blocks whose borders depend only on the frame count, so
that the results cannot depend on the batches.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.descriptors import HEIGHT, WIDTH, Descriptors, describe
from shotscale.boundaries.features import REACH, Window

_BLOCK = 512  # gaps, twenty seconds: trees and networks are called rarely, and few frames wait
_AT_ONCE = 64  # frames, as many as the reader yields at once
_SHORTEST_STEP = 0.0245  # seconds; 40 frames per second are all kept, 48 or more are at least halved
_LONGEST_STEP = 0.07  # seconds; 15 frames per second are not repeated, 12.5 are doubled
_USUAL_STEP = 0.04  # seconds, of a frame and its copies; as in the training clips
_MOST_SHOWN = 2 * REACH + 1  # a still that long leaves nothing on its other side within a gap's reach

Floats = npt.NDArray[np.float32]
Times = npt.NDArray[np.float64]
Thumbnails = npt.NDArray[np.uint8]
GapScorer = Callable[[Window, npt.NDArray[np.intp]], Floats]
"""Returns an array of shape (gaps, k) for some gaps of a window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Evidence about each of the n gaps between a film's n + 1 frames (after thinning and repeating).

    `times` are those of the frames, copies included; `cuts` (n, 2) are those of the two frames of the film between
    which a cut in the gap would lie; `scores` (n, k) are from the gap scorer.
    """

    times: Times
    cuts: Times
    scores: Floats


class Pacer:
    """Drops frames that follow another too soon, and repeats those that last long.

    Between kept frames it records where the largest change was. How long a frame lasts is known when the next arrives,
    so the latest one waits.
    """

    def __init__(self) -> None:
        self._last_kept = -np.inf
        self._previous: tuple[float, Thumbnails] | None = None
        self._largest = -1.0
        self._cut = (0.0, 0.0)
        self._waiting = np.empty(0), np.empty((0, HEIGHT, WIDTH, 3), np.uint8)

    def push(self, times: Times, thumbnails: Thumbnails) -> tuple[Times, Thumbnails, Times]:
        """Take the next frames.

        Returns the times and thumbnails of the frames that are known now, n copies included, and the times around the
        largest change before each, shape (n, 2); without a row for the film's first frame.
        """
        times = np.concatenate([self._waiting[0], times])
        thumbnails = np.concatenate([self._waiting[1], thumbnails])
        self._waiting = times[-1:].copy(), thumbnails[-1:].copy()
        return self._paced(times[:-1], np.diff(times), thumbnails[:-1])

    def finish(self) -> tuple[Times, Thumbnails, Times]:
        """Return the same for the last frame, which is not repeated: beyond it, the film's end counts as the same."""
        times, thumbnails = self._waiting
        return self._paced(times, np.zeros(len(times)), thumbnails)

    def _paced(self, times: Times, lasting: Times, thumbnails: Thumbnails) -> tuple[Times, Thumbnails, Times]:
        """Drop and repeat frames that last some seconds each."""
        is_first = self._previous is None
        kept, cuts = self._thinned(times, lasting > _LONGEST_STEP, thumbnails)
        paced, numbers = _repeated(times[kept], lasting[kept])
        around = np.stack([np.concatenate([[np.nan], paced])[:-1], paced], axis=1)
        if cuts:
            originals = np.cumsum(numbers) - numbers
            around[originals[-len(cuts) :]] = cuts
        return paced, np.repeat(thumbnails[kept], numbers, axis=0), around[int(is_first) :]

    def _thinned(
        self, times: Times, lasts: npt.NDArray[np.bool_], thumbnails: Thumbnails
    ) -> tuple[npt.NDArray[np.bool_], list[tuple[float, float]]]:
        """Return which frames to keep, and the times around the largest change between each and the one before."""
        kept = np.zeros(len(times), bool)
        cuts = []
        for i, time in enumerate(times.tolist()):
            kept[i] = time - self._last_kept >= _SHORTEST_STEP or lasts[i]
            if self._previous is not None:
                # Neighbors that are both kept need no comparison: the change can only be between them.
                alone = kept[i] and self._previous[0] == self._last_kept
                change = 0.0 if alone else _change(self._previous[1], thumbnails[i])
                if change > self._largest:
                    self._largest, self._cut = change, (self._previous[0], time)
            if kept[i]:
                if self._previous is not None:
                    cuts.append(self._cut)
                self._last_kept, self._largest = time, -1.0
            self._previous = (time, thumbnails[i])
        if self._previous is not None:
            self._previous = (self._previous[0], self._previous[1].copy())
        return kept, cuts


class EvidenceStream:
    """Gathers `Evidence` as frames arrive; `score` returns `n_scores` numbers for each of some gaps of a window."""

    def __init__(self, score: GapScorer, *, n_scores: int) -> None:
        self._score = score
        self._n_scores = n_scores
        self._pacer = Pacer()
        self._times: list[Times] = []
        self._cuts: list[Times] = []  # one array per push: a list of pairs would take ten times the memory
        self._waiting: list[Thumbnails] = []
        self._n_waiting = 0
        # Up to REACH frames before the next gap to score, and all after; none yet.
        self._held = describe(np.zeros((1, HEIGHT, WIDTH, 3), np.uint8)).take(slice(0))
        self._next = 0  # that gap's index among the held frames
        self._scores: list[Floats] = []

    def push(self, times: Times, thumbnails: Thumbnails) -> None:
        """Take the next frames."""
        for start in range(0, len(times), _AT_ONCE):  # a long batch of stills, repeated, would fill the memory
            part = slice(start, start + _AT_ONCE)
            self._add(*self._pacer.push(times[part], thumbnails[part]))

    def _add(self, times: Times, thumbnails: Thumbnails, cuts: Times) -> None:
        self._cuts.append(cuts)
        self._times.append(times)
        self._waiting.append(thumbnails)
        self._n_waiting += len(times)
        if self._n_waiting >= _BLOCK:
            for block in self._blocks():
                self._take(block)
                self._score_up_to(len(self._held) - REACH)

    def finish(self) -> Evidence:
        """Score the remaining gaps and return the evidence for the film."""
        self._add(*self._pacer.finish())
        if self._n_waiting:
            self._take(np.concatenate(self._waiting))
            self._waiting, self._n_waiting = [], 0
        self._score_up_to(len(self._held) - 1)
        scores = np.concatenate([np.empty((0, self._n_scores), np.float32), *self._scores])
        return Evidence(times=np.concatenate(self._times), cuts=np.concatenate(self._cuts), scores=scores)

    def _blocks(self) -> Iterator[Thumbnails]:
        """Remove whole blocks from the waiting frames and yield them."""
        waiting = np.concatenate(self._waiting)
        whole = len(waiting) // _BLOCK * _BLOCK
        self._waiting, self._n_waiting = [waiting[whole:].copy()], len(waiting) - whole
        yield from waiting[:whole].reshape(-1, _BLOCK, *waiting.shape[1:])

    def _take(self, thumbnails: Thumbnails) -> None:
        # A few at a time, since frames that stay in the processor's cache are described twice as fast.
        parts = [describe(thumbnails[start : start + _AT_ONCE]) for start in range(0, len(thumbnails), _AT_ONCE)]
        self._held = Descriptors.join([self._held, *parts])

    def _score_up_to(self, stop: int) -> None:
        """Score the held gaps before `stop` and drop the frames that no later gap needs."""
        if stop <= self._next:
            return
        self._scores.append(self._score(Window.of(self._held), np.arange(self._next, stop)))
        drop = max(0, stop - REACH)
        self._held = self._held.take(slice(drop, None))
        self._next = stop - drop


def _repeated(times: Times, lasting: Times) -> tuple[Times, npt.NDArray[np.intp]]:
    """Return the times of frames and their copies, and how often each frame is shown.

    The copies of a very long still are at its ends: its length is in their times.
    """
    usual = np.clip(np.rint(lasting / _USUAL_STEP), 1, _MOST_SHOWN)
    numbers = np.where(lasting > _LONGEST_STEP, usual, 1).astype(np.intp)
    n, seconds, place = (np.repeat(values, numbers) for values in (numbers, lasting, np.cumsum(numbers) - numbers))
    place = np.arange(len(place)) - place
    step = np.minimum(_USUAL_STEP, seconds / n)
    offsets = np.where(2 * place < n, place * step, seconds - (n - place) * step)
    return np.repeat(times, numbers) + offsets, numbers


def _change(first: Thumbnails, second: Thumbnails) -> float:
    return float(np.abs(first.astype(np.int16) - second).mean())
