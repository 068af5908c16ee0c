"""The default detector: trained trees over each gap's neighbourhood."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.events import Event
from shotscale.boundaries.features import Window
from shotscale.boundaries.kinds import N_TRACES, Traces, kind_of, settle, trace
from shotscale.boundaries.model import N_OPINIONS, GapModel, blend, default_model
from shotscale.boundaries.stream import Evidence, EvidenceStream
from shotscale.boundaries.transitions import Transition

__all__ = ["TreeDetector"]

_LEAST_DOUBT = 0.05  # scores below this are noise


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
    """

    name = "default"

    def __init__(self, *, threshold: float | None = None, model: GapModel | None = None) -> None:
        self._model = model or default_model()
        self._threshold = self._model.threshold if threshold is None else threshold
        self.doubtful: Sequence[Transition] = []
        self._stream = EvidenceStream(self._score, n_scores=N_OPINIONS + N_TRACES)

    def push(self, times: npt.NDArray[np.float64], thumbnails: npt.NDArray[np.uint8]) -> None:
        """Take the next frames; see `ShotDetector.push`."""
        self._stream.push(times, thumbnails)

    def finish(self) -> list[Transition]:
        """Give the film's transitions in order of time."""
        evidence = self._stream.finish()
        if not len(evidence.scores):
            return []
        traces = Traces.of(evidence.scores[:, N_OPINIONS:])
        probabilities = blend(evidence.scores[:, :N_OPINIONS])
        events = settle(probabilities, traces, evidence.times, threshold=self._threshold)
        believed = [self._transition(event, kind_of(event, traces), evidence) for event in events]
        all_events = settle(probabilities, traces, evidence.times, threshold=min(_LEAST_DOUBT, self._threshold))
        others = [event for event in all_events if not any(_overlap(event, one) for one in events)]
        self.doubtful = [self._transition(event, kind_of(event, traces), evidence) for event in others]
        return believed

    def _score(self, window: Window, gaps: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        return np.concatenate([self._model.score(window, gaps), trace(window, gaps)], axis=1)

    def _transition(self, event: Event, kind: str, evidence: Evidence) -> Transition:
        if event.is_cut:
            start, end = evidence.cut_start[event.first], evidence.cut_end[event.first]
        else:
            start, end = evidence.times[event.first], evidence.times[event.last]
        return Transition(start=float(start), end=float(end), kind=kind, confidence=self._model.confidence(event.score))


def _overlap(one: Event, other: Event) -> bool:
    return one.first < other.last and other.first < one.last
