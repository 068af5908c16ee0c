"""Turn the probabilities of each gap into transitions: position, length and kind, with fades paired.

A fade passes through a nearly uniform picture. A wipe changes a few places at a time, each completely; a
dissolve changes the whole picture a little at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.features import Window

N_TRACES = 5  # contrast and luma on both sides, and how evenly the change is spread

_APART = 1  # gaps on either side of a transition that hold no other, because a shot has two frames or more
# A cut only two gaps from a likelier transition is reported if it scores this much: in the training clips it is usually
# the same change, in fast cutting another. Of cross-validated scores .6 finds fewer cuts of montages, and no other ones
# in the clips.
_CLOSE, _CLOSE_CUT = 2, 0.5
_SAME_EVENT = 0.25  # a gradual transition continues while its probability is above this
_UNIFORM = 0.03  # contrast (standard deviation of luma, of full scale) below which a picture has no content
_DARK = 0.12  # luma below which a picture is black, allowing for a raised black level
_STEADY = 0.2  # largest range of luma of a uniform picture that is held
_LONGEST_HOLD = 3.0  # seconds of uniform picture between a fade-out and its fade-in
_LONGEST_CUT_HOLD = 1.0  # the same if one of the two is a cut
_WIPE_SPREAD = 0.25  # 1 means that the whole picture changes equally, as in a dissolve; chosen by judgment
_LEAD = 3  # frames at the beginning that are no shot if uniform or the same picture in a different light
_SAME = 0.6  # structure distance up to which it is the same picture: 95 of 100 true cuts have more

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A transition from the last frame of the shot before to the first of the shot after, with its peak probability."""

    first: int
    last: int
    is_cut: bool
    score: float


def _likeliest(cut: Floats, gradual: Floats, *, threshold: float) -> list[Event]:
    """Choose the likeliest transitions; any two have a shot of two frames or more between them.

    `cut` and `gradual` (n,) are each gap's probabilities of holding a cut and of lying within a gradual transition,
    whose sum must reach `threshold`. Events are in time order.
    """
    score = cut + gradual
    n = len(score)
    taken, close = np.zeros(n, bool), np.zeros(n, bool)
    events = []
    candidates = np.flatnonzero(score >= threshold)
    for gap in candidates[np.argsort(-score[candidates], kind="stable")].tolist():
        is_cut = bool(cut[gap] >= gradual[gap])
        if taken[gap] or (close[gap] and not (is_cut and score[gap] >= _CLOSE_CUT)):
            continue
        first, last = gap, gap + 1
        if not is_cut:
            while first > 0 and gradual[first - 1] > _SAME_EVENT and not taken[first - 1]:
                first -= 1
            while last < n and gradual[last] > _SAME_EVENT and not taken[last]:
                last += 1
        taken[max(0, first - _APART) : last + _APART] = True
        close[max(0, first - _CLOSE) : last + _CLOSE] = True
        events.append(Event(first=first, last=last, is_cut=is_cut, score=float(score[gap])))
    return sorted(events, key=lambda event: event.first)


@dataclass(frozen=True, slots=True)
class Traces:
    """The measurements of a film that tell kinds of transition apart.

    `contrast` and `luma` (n + 1,) are every frame's standard deviation and mean of luma, of full scale; `spread` (n,)
    is the share of the picture that takes part in a gap's change, 0 to 1.
    """

    contrast: Floats
    luma: Floats
    spread: Floats

    @classmethod
    def of(cls, values: Floats) -> "Traces":
        """Build the traces of a film from the output of `trace` for all its gaps."""
        contrast = np.concatenate([values[:, 0], values[-1:, 1]])
        return cls(contrast, np.concatenate([values[:, 2], values[-1:, 3]]), values[:, 4])

    def is_uniform(self, first: int, last: int) -> bool:
        """Return whether all frames from `first` to `last` are nearly uniform."""
        return bool(self.contrast[first : last + 1].max() < _UNIFORM)

    def is_held(self, first: int, last: int) -> bool:
        """Return whether all frames from `first` to `last` are one nearly uniform picture."""
        return self.is_uniform(first, last) and float(np.ptp(self.luma[first : last + 1])) < _STEADY

    def is_black(self, first: int, last: int) -> bool:
        """Return whether all frames from `first` to `last` are nearly black."""
        return self.is_uniform(first, last) and bool(self.luma[first : last + 1].max() < _DARK)


def trace(window: Window, gaps: npt.NDArray[np.intp]) -> Floats:
    """Return the traces of some gaps of a window: float32 array of shape (gaps, 5)."""
    blocks, light = (window.descriptors.vectors[name] for name in ("blocks", "light"))
    luma, contrast = light[:, :2].T
    change = np.abs(blocks[gaps + 1] - blocks[gaps])
    share = np.square(change.sum(axis=1)) / (change.shape[1] * np.square(change).sum(axis=1) + np.float32(1e-9))
    return np.stack([contrast[gaps], contrast[gaps + 1], luma[gaps], luma[gaps + 1], share], axis=1)


def kind_of(event: Event, traces: Traces) -> str:
    """Return an event's kind: cut, fade, wipe or dissolve."""
    if event.is_cut:
        return "cut"
    if traces.contrast[event.first : event.last + 1].min() < _UNIFORM:
        return "fade"
    return "wipe" if np.median(traces.spread[event.first : event.last]) < _WIPE_SPREAD else "dissolve"


def settle(scores: Floats, traces: Traces, times: npt.NDArray[np.float64], *, threshold: float) -> list[Event]:
    """Find a film's transitions from its gaps' probabilities of cut and gradual: float32 array of shape (n, 2).

    Each fade-out is merged with the fade-in after it, and fades with only black before or after them are dropped. Two
    events with only uniform pictures between them are one transition, unless both are cuts (a card without a title, a
    shot of darkness) or they are too far apart. If one of the two is a cut, the shot boundary is there. A fade-in at
    the beginning of the film, or a fade-out at its end, is no shot boundary.
    """
    joined: list[Event] = []
    for event in _likeliest(scores[:, 0], scores[:, 1], threshold=threshold):
        if joined and _belong_together(joined[-1], event, traces, times):
            joined[-1] = _joined(joined[-1], event)
        else:
            joined.append(event)
    n = len(traces.spread)
    return [
        event
        for event in joined
        if event.is_cut or not (traces.is_black(0, event.first) or traces.is_black(event.last, n))
    ]


def drop_leads(events: Sequence[Event], traces: Traces, steps: Floats) -> list[Event]:
    """Drop cuts that separate a few uniform or oddly lit frames from the beginning of a film.

    Cameras take a moment to come up to speed, so the first frames of many films are too bright or white; they are no
    shot. The end is left alone: clips of films are often cut a frame or two too late. `steps` (n,) is the change in
    the picture's structure across each gap.
    """

    def is_lead(event: Event) -> bool:
        same = bool(steps[event.first] < _SAME) or traces.is_uniform(0, event.first)
        return event.is_cut and event.last <= _LEAD and same

    return [event for event in events if not is_lead(event)]


def _joined(one: Event, other: Event) -> Event:
    score = max(one.score, other.score)
    if one.is_cut or other.is_cut:
        return replace(one if one.is_cut else other, score=score)
    return Event(first=one.first, last=other.last, is_cut=False, score=score)


def _belong_together(one: Event, other: Event, traces: Traces, times: npt.NDArray[np.float64]) -> bool:
    if (one.is_cut and other.is_cut) or not traces.is_held(one.last, other.first):
        return False
    longest = _LONGEST_CUT_HOLD if one.is_cut or other.is_cut else _LONGEST_HOLD
    return bool(times[other.first] - times[one.last] <= longest)
