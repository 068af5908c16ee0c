"""Turn the probabilities of each gap into transitions with position, length and kind."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Event", "find_events"]

_APART = 2  # gaps on either side of a transition that hold no other: two peaks this close are one change
_APART_QUICK = 1  # the same in very fast cutting, where a shot may have only two frames
_SAME_EVENT = 0.25  # a gradual transition continues while its probability is above this

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A transition from the last frame of the shot before to the first of the shot after, with its peak probability."""

    first: int
    last: int
    is_cut: bool
    score: float


def find_events(
    cut: Floats, gradual: Floats, *, threshold: float, quick: npt.NDArray[np.bool_] | None = None
) -> list[Event]:
    """Choose the likeliest transitions such that any two are at least three frames apart, in very fast cutting two.

    `cut` and `gradual` (n,) are each gap's probabilities of holding a cut and of lying within a gradual transition,
    whose sum must reach `threshold`; `quick` (n,) marks the gaps in very fast cutting. Events are in time order.
    """
    score = cut + gradual
    n = len(score)
    taken = np.zeros(n, bool)
    events = []
    candidates = np.flatnonzero(score >= threshold)
    for gap in candidates[np.argsort(-score[candidates], kind="stable")].tolist():
        if taken[gap]:
            continue
        is_cut = bool(cut[gap] >= gradual[gap])
        first, last = gap, gap + 1
        if not is_cut:
            while first > 0 and gradual[first - 1] > _SAME_EVENT and not taken[first - 1]:
                first -= 1
            while last < n and gradual[last] > _SAME_EVENT and not taken[last]:
                last += 1
        apart = _APART_QUICK if quick is not None and quick[gap] else _APART
        taken[max(0, first - apart) : last + apart] = True
        events.append(Event(first=first, last=last, is_cut=is_cut, score=float(score[gap])))
    return sorted(events, key=lambda event: event.first)
