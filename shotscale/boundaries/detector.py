"""The default detector: trained trees over each gap's neighborhood."""

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.events import Event
from shotscale.boundaries.features import Window
from shotscale.boundaries.jumps import jump_cuts
from shotscale.boundaries.kinds import N_TRACES, Traces, drop_leads, kind_of, settle, trace
from shotscale.boundaries.model import N_OPINIONS, GapModel, blend, default_model
from shotscale.boundaries.montage import FLICKER, NEITHER, QUICK, pace, second_look
from shotscale.boundaries.stream import Evidence, EvidenceStream
from shotscale.boundaries.transitions import Transition

__all__ = ["TreeDetector"]

_LEAST_DOUBT = 0.05  # scores below this are noise
_JUST = 0.01
_CUT = np.asarray([1, 0, 1, 0], np.float32)  # both judges' opinions on a cut
_N_OWN = 2  # beside opinions and traces: the pace, and the step in structure


class TreeDetector:
    """Finds transitions with a `GapModel`.

    Parameters
    ----------
    threshold : float, optional
        The least score of a transition, 0 to 1; by default the one chosen with the model.
    model : GapModel, optional
        By default the one that comes with the package.

    Attributes
    ----------
    doubtful : list of Transition
        Those that were considered and not believed; valid after `finish`.
    notes : list of str
        Where shots could not be told apart, a plain sentence each; valid after `finish`.
    """

    name = "default"

    def __init__(self, *, threshold: float | None = None, model: GapModel | None = None) -> None:
        self._model = model or default_model()
        self._threshold = self._model.threshold if threshold is None else threshold
        self.doubtful: Sequence[Transition] = []
        self.notes: Sequence[str] = []
        self._stream = EvidenceStream(self._score, n_scores=N_OPINIONS + N_TRACES + _N_OWN)

    def push(self, times: npt.NDArray[np.float64], thumbnails: npt.NDArray[np.uint8]) -> None:
        """Take the next frames; see `ShotDetector.push`."""
        self._stream.push(times, thumbnails)

    def finish(self) -> list[Transition]:
        """Return the film's transitions in order of time."""
        evidence = self._stream.finish()
        if not len(evidence.scores):
            return []
        traces = Traces.of(evidence.scores[:, N_OPINIONS:-_N_OWN])
        self.notes = [_flickers(start, end) for start, end in _stretches(evidence)]
        probabilities = blend(evidence.scores[:, :N_OPINIONS])
        find = functools.partial(
            settle, probabilities, traces, evidence.times, quick=evidence.scores[:, -_N_OWN] == QUICK
        )
        events = drop_leads(find(threshold=self._threshold), traces, evidence.scores[:, -1])
        believed = [self._transition(event, kind_of(event, traces), evidence) for event in events]
        all_events = find(threshold=min(_LEAST_DOUBT, self._threshold))
        others = [event for event in all_events if not any(_overlap(event, one) for one in events)]
        self.doubtful = [self._transition(event, kind_of(event, traces), evidence) for event in others]
        return believed

    def _score(self, window: Window, gaps: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        opinions, paces = self._model.score(window, gaps), pace(window, gaps)
        if paces.any():
            opinions[paces != NEITHER] = second_look(self._model, window, gaps, paces)
        # As sure as need be to be reported, and no surer: this is a rule, and was not calibrated.
        jumps = jump_cuts(window, gaps)
        opinions[jumps] = np.maximum(opinions[jumps], np.float32(self._threshold + _JUST) * _CUT)
        steps = window.near["structure"][gaps, :1]
        return np.concatenate([opinions, trace(window, gaps), paces[:, None], steps], axis=1)

    def _transition(self, event: Event, kind: str, evidence: Evidence) -> Transition:
        if event.is_cut:
            start, end = evidence.cut_start[event.first], evidence.cut_end[event.first]
        else:
            start, end = evidence.times[event.first], evidence.times[event.last]
        return Transition(start=float(start), end=float(end), kind=kind, confidence=self._model.confidence(event.score))


def _stretches(evidence: Evidence) -> list[tuple[float, float]]:
    """Return from when to when the film flickers, in seconds."""
    edges = np.flatnonzero(np.diff(np.pad(evidence.scores[:, -_N_OWN] == FLICKER, 1).astype(np.int8)))
    times = evidence.times
    return [(float(times[first]), float(times[stop])) for first, stop in edges.reshape(-1, 2)]


def _flickers(start: float, end: float) -> str:
    return f"from {start:.2f} to {end:.2f} s every frame is another picture: shots that short were not told apart"


def _overlap(one: Event, other: Event) -> bool:
    return one.first < other.last and other.first < one.last
