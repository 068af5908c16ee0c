"""The default detector: trained trees over each gap's neighborhood, and a network over all gaps."""

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.features import Window, feature_names, gap_features
from shotscale.boundaries.flicker import is_flicker
from shotscale.boundaries.model import N_CODES, N_OPINIONS, GapModel, combine, default_model
from shotscale.boundaries.stream import Evidence, EvidenceStream
from shotscale.boundaries.transition_kinds import N_TRACES, Event, Traces, drop_leads, kind_of, settle, trace
from shotscale.boundaries.transitions import Transition
from shotscale.runs import runs

Floats = npt.NDArray[np.float32]

_LEAST_DOUBT = 0.05  # scores below this are noise
_JUST = 0.01  # above the threshold: a jump cut is reported, but not as certain
_N_OWN = 3  # after opinions, codes and traces: jump cut or not, flicker or not, and step in structure
_JUMP, _FLICKER, _STEP = -3, -2, -1
_CODES = slice(N_OPINIONS, N_OPINIONS + N_CODES)
_TRACES = slice(N_OPINIONS + N_CODES, -_N_OWN)

# Most drawn jump cuts of a person in a room meet these bounds; none of the 110,000 gaps of the training clips does,
# although pictures are inserted and captions change there.
_OWN_STRUCTURE, _OWN_EDGES, _OWN_HISTOGRAM = 0.5, 0.6, 0.35
_LEAST_AND_MOST = {
    "structure.nearest8": (0.5, np.inf),
    "edges.nearest8": (0.7, np.inf),
    "structure.contrast8": (5.0, np.inf),
    "blocks.nearest12.rank108": (0.05, np.inf),
    "histogram.nearest8": (0.0, 0.21),
}


class TreeDetector:
    """Finds transitions with a `GapModel`, by default the one that comes with the package.

    `threshold` is the least score of a transition, 0 to 1, by default the one chosen with the model. After `finish`,
    `doubtful` holds the transitions that were considered but rejected, and `notes` one sentence for each passage where
    shots could not be told apart.
    """

    name = "default"

    def __init__(self, *, threshold: float | None = None, model: GapModel | None = None) -> None:
        self._model = model or default_model()
        self._threshold = self._model.threshold if threshold is None else threshold
        self.doubtful: Sequence[Transition] = []
        self.notes: Sequence[str] = []
        self._stream = EvidenceStream(self._score, n_scores=N_OPINIONS + N_CODES + N_TRACES + _N_OWN)

    def push(self, times: npt.NDArray[np.float64], thumbnails: npt.NDArray[np.uint8]) -> None:
        """Take the next frames; see `ShotDetector.push`."""
        self._stream.push(times, thumbnails)

    def finish(self) -> list[Transition]:
        """Return the film's transitions in time order."""
        evidence = self._stream.finish()
        if not len(evidence.scores):
            return []
        traces = Traces.of(evidence.scores[:, _TRACES])
        self.notes = [
            f"From {evidence.times[first]:.2f} to {evidence.times[stop]:.2f} s every frame differs; shots this short "
            "could not be separated."
            for first, stop in runs(evidence.scores[:, _FLICKER] > 0)
        ]
        probabilities = self._probabilities(evidence.scores)
        find = functools.partial(settle, probabilities, traces, evidence.times)
        events = drop_leads(find(threshold=self._threshold), traces, evidence.scores[:, _STEP])
        self.doubtful = [
            self._transition(other, kind_of(other, traces), evidence)
            for other in find(threshold=min(_LEAST_DOUBT, self._threshold))
            if not any(other.first < event.last and event.first < other.last for event in events)
        ]
        return [self._transition(event, kind_of(event, traces), evidence) for event in events]

    def _score(self, window: Window, gaps: npt.NDArray[np.intp]) -> Floats:
        features = gap_features(window, gaps)
        opinions, codes = self._model.trees.judge(features), self._model.sequence.encode(features)
        own = [_jump_cuts(window, gaps, features), is_flicker(window, gaps), window.near["structure"][gaps, 0]]
        return np.concatenate([opinions, codes, trace(window, gaps), np.stack(own, axis=1)], axis=1, dtype=np.float32)

    def _probabilities(self, scores: Floats) -> Floats:
        """Return all gaps' probabilities of cut and gradual: float32 array of shape (n, 2)."""
        network = self._model.sequence.read(np.ascontiguousarray(scores[:, _CODES]))
        result = combine(np.concatenate([scores[:, :N_OPINIONS], network], axis=1))
        # Just sure enough to be reported: this is a rule and not calibrated.
        jumps = scores[:, _JUMP] > 0
        result[jumps, 0] = np.maximum(result[jumps, 0], np.float32(self._threshold + _JUST))
        flicker = np.pad(scores[:, _FLICKER] > 0, 1)
        result[flicker[:-2] & flicker[1:-1] & flicker[2:]] = 0
        return result

    def _transition(self, event: Event, kind: str, evidence: Evidence) -> Transition:
        start, end = evidence.cuts[event.first] if event.is_cut else evidence.times[[event.first, event.last]]
        return Transition(start=float(start), end=float(end), kind=kind, confidence=self._model.confidence(event.score))


def _jump_cuts(window: Window, gaps: npt.NDArray[np.intp], features: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return whether gaps, given their `gap_features`, hold a jump cut with a static camera: shape (m,).

    That is the same room and people, rearranged from one frame to the next. Most of the picture stays, so the trees,
    which have learned that captions and inserted pictures change only a part of it, reject them. But those bring new
    colors; in a jump cut the colors stay while their arrangement changes for good.
    """
    structure, edges, histogram = (window.near[name][gaps, 0] for name in ("structure", "edges", "histogram"))
    result: npt.NDArray[np.bool_] = (structure > _OWN_STRUCTURE) & (edges > _OWN_EDGES) & (histogram < _OWN_HISTOGRAM)
    values = features[:, [feature_names().index(name) for name in _LEAST_AND_MOST]]
    least, most = np.transpose([*_LEAST_AND_MOST.values()])
    result &= ((values >= least) & (values <= most)).all(axis=1)
    return result
