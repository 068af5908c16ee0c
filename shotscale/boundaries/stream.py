"""A film's frames, pushed in batches of any size, to one row of evidence per gap in constant memory.

Films of more than 40 frames a second are thinned first, so that one frame means about the same time at every
rate; the frames left out still say exactly where a cut lies. Frames are then worked on in blocks whose borders
depend on nothing but their count, so that the results cannot depend on the batches.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.descriptors import Descriptors, describe
from shotscale.boundaries.features import REACH, Window

__all__ = ["Evidence", "EvidenceStream", "GapScorer", "Thinner"]

_BLOCK = 512  # gaps, twenty seconds: trees and networks are called seldom, and little waits
_AT_ONCE = 64  # frames, as many as the reader gives at once
_SHORTEST_STEP = 0.0245  # seconds; 40 frames a second are kept whole, 48 and more are halved

Floats = npt.NDArray[np.float32]
Times = npt.NDArray[np.float64]
Thumbnails = npt.NDArray[np.uint8]
GapScorer = Callable[[Window, npt.NDArray[np.intp]], Floats]
"""Gives an array of shape (gaps, k) for some gaps of a window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about each of the n gaps between a film's n + 1 frames (after thinning).

    `times` are the frames', `cut_start` and `cut_end`, if there is a cut in the gap, those of the two frames, of all
    the film's, between which it lies; `scores` (n, k) are what the gap scorer gave.
    """

    times: Times
    cut_start: Times
    cut_end: Times
    scores: Floats


class Thinner:
    """Drops frames that follow another too soon and remembers where between the kept ones the change was."""

    def __init__(self) -> None:
        self._last_kept = -np.inf
        self._previous: tuple[float, Thumbnails] | None = None
        self._largest = -1.0
        self._cut = (0.0, 0.0)

    def push(self, times: Times, thumbnails: Thumbnails) -> tuple[npt.NDArray[np.bool_], list[tuple[float, float]]]:
        """Say which frames to keep, and between which two frames each kept one differs from the kept one before."""
        kept = np.zeros(len(times), bool)
        cuts = []
        for i, time in enumerate(times.tolist()):
            kept[i] = time - self._last_kept >= _SHORTEST_STEP
            if self._previous is not None:
                # Neighbours that are both kept need no comparison: the change can only be between them.
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
    """Gathers `Evidence` while frames come in; `score` gives some gaps of a window `n_scores` numbers each."""

    def __init__(self, score: GapScorer, *, n_scores: int) -> None:
        self._score = score
        self._n_scores = n_scores
        self._thinner = Thinner()
        self._times: list[Times] = []
        self._cuts: list[Times] = []  # an array a push: a list of pairs would take ten times the memory
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
        """Score what is left."""
        if self._n_waiting:
            self._take(np.concatenate(self._waiting))
            self._waiting, self._n_waiting = [], 0
        self._score_up_to(len(self._held or ()) - 1)
        times = np.concatenate([np.empty(0), *self._times])
        cuts = np.concatenate([np.empty((0, 2)), *self._cuts])
        scores = np.concatenate([np.empty((0, self._n_scores), np.float32), *self._scores])
        return Evidence(times=times, cut_start=cuts[:, 0], cut_end=cuts[:, 1], scores=scores)

    def _blocks(self) -> Iterator[Thumbnails]:
        """Cut whole blocks off the waiting frames."""
        waiting = np.concatenate(self._waiting)
        whole = len(waiting) // _BLOCK * _BLOCK
        self._waiting, self._n_waiting = [waiting[whole:].copy()], len(waiting) - whole
        yield from waiting[:whole].reshape(-1, _BLOCK, *waiting.shape[1:])

    def _take(self, thumbnails: Thumbnails) -> None:
        # A few at a time, since what stays in the processor's cache is described twice as fast.
        parts = [describe(thumbnails[start : start + _AT_ONCE]) for start in range(0, len(thumbnails), _AT_ONCE)]
        self._held = Descriptors.join(parts if self._held is None else [self._held, *parts])

    def _score_up_to(self, stop: int) -> None:
        """Score the held gaps before `stop` and let go of the frames that no later gap needs."""
        if self._held is None or stop <= self._next:
            return
        self._scores.append(self._score(Window.of(self._held), np.arange(self._next, stop)))
        drop = max(0, stop - REACH)
        self._held = self._held.take(slice(drop, None))
        self._next = stop - drop


def _change(first: Thumbnails, second: Thumbnails) -> float:
    return float(np.abs(first.astype(np.int16) - second).mean())
