"""Turn a film's frames, pushed in batches of any size, into one row of evidence per gap.

Films of more than 40 frames per second are thinned first, so that a frame lasts about equally long at every
rate; the dropped frames still locate cuts exactly. Frames are then processed in blocks whose borders depend
only on the frame count, so that the results cannot depend on the batches.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.descriptors import Descriptors, describe
from shotscale.boundaries.features import REACH, Window

__all__ = ["Evidence", "EvidenceStream", "GapScorer", "Thinner"]

_BLOCK = 512  # gaps, twenty seconds: trees and networks are called rarely, and few frames wait
_AT_ONCE = 64  # frames, as many as the reader yields at once
_SHORTEST_STEP = 0.0245  # seconds; 40 frames per second are all kept, 48 or more are at least halved

Floats = npt.NDArray[np.float32]
Times = npt.NDArray[np.float64]
Thumbnails = npt.NDArray[np.uint8]
GapScorer = Callable[[Window, npt.NDArray[np.intp]], Floats]
"""Returns an array of shape (gaps, k) for some gaps of a window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Evidence about each of the n gaps between a film's n + 1 frames (after thinning).

    `times` are those of the frames; `cut_start` and `cut_end` are those of the two frames, before thinning, between
    which a cut in the gap would lie; `scores` (n, k) are from the gap scorer.
    """

    times: Times
    cut_start: Times
    cut_end: Times
    scores: Floats


class Thinner:
    """Drops frames that follow another too soon and records where the largest change between kept frames was."""

    def __init__(self) -> None:
        self._last_kept = -np.inf
        self._previous: tuple[float, Thumbnails] | None = None
        self._largest = -1.0
        self._cut = (0.0, 0.0)

    def push(self, times: Times, thumbnails: Thumbnails) -> tuple[npt.NDArray[np.bool_], list[tuple[float, float]]]:
        """Return which frames to keep, and the times around the largest change between each and the one before."""
        kept = np.zeros(len(times), bool)
        cuts = []
        for i, time in enumerate(times.tolist()):
            kept[i] = time - self._last_kept >= _SHORTEST_STEP
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
        self._thinner = Thinner()
        self._times: list[Times] = []
        self._cuts: list[Times] = []  # one array per push: a list of pairs would take ten times the memory
        self._waiting: list[Thumbnails] = []
        self._n_waiting = 0
        self._held: Descriptors | None = None  # up to REACH frames before the next gap to score, and all after
        self._next = 0  # that gap's index among the held frames
        self._scores: list[Floats] = []

    def push(self, times: Times, thumbnails: Thumbnails) -> None:
        """Take the next frames."""
        kept, cuts = self._thinner.push(times, thumbnails)
        self._cuts.append(np.asarray(cuts, np.float64).reshape(-1, 2))
        self._times.append(np.asarray(times, np.float64)[kept])
        self._waiting.append(thumbnails[kept])
        self._n_waiting += int(kept.sum())
        if self._n_waiting >= _BLOCK:
            for block in self._blocks():
                self._take(block)
                self._score_up_to(len(self._held or ()) - REACH)

    def finish(self) -> Evidence:
        """Score the remaining gaps and return the evidence for the film."""
        if self._n_waiting:
            self._take(np.concatenate(self._waiting))
            self._waiting, self._n_waiting = [], 0
        self._score_up_to(len(self._held or ()) - 1)
        times = np.concatenate([np.empty(0), *self._times])
        cuts = np.concatenate([np.empty((0, 2)), *self._cuts])
        scores = np.concatenate([np.empty((0, self._n_scores), np.float32), *self._scores])
        return Evidence(times=times, cut_start=cuts[:, 0], cut_end=cuts[:, 1], scores=scores)

    def _blocks(self) -> Iterator[Thumbnails]:
        """Remove whole blocks from the waiting frames and yield them."""
        waiting = np.concatenate(self._waiting)
        whole = len(waiting) // _BLOCK * _BLOCK
        self._waiting, self._n_waiting = [waiting[whole:].copy()], len(waiting) - whole
        yield from waiting[:whole].reshape(-1, _BLOCK, *waiting.shape[1:])

    def _take(self, thumbnails: Thumbnails) -> None:
        # A few at a time, since frames that stay in the processor's cache are described twice as fast.
        parts = [describe(thumbnails[start : start + _AT_ONCE]) for start in range(0, len(thumbnails), _AT_ONCE)]
        self._held = Descriptors.join(parts if self._held is None else [self._held, *parts])

    def _score_up_to(self, stop: int) -> None:
        """Score the held gaps before `stop` and drop the frames that no later gap needs."""
        if self._held is None or stop <= self._next:
            return
        self._scores.append(self._score(Window.of(self._held), np.arange(self._next, stop)))
        drop = max(0, stop - REACH)
        self._held = self._held.take(slice(drop, None))
        self._next = stop - drop


def _change(first: Thumbnails, second: Thumbnails) -> float:
    return float(np.abs(first.astype(np.int16) - second).mean())
