"""Clips as training examples: features, traces and labels of every gap."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.clips import Clip
from shotscale.boundaries.features import Window, feature_names, gap_features
from shotscale.boundaries.stream import EvidenceStream
from shotscale.boundaries.synthesis import Thumbnails, backwards, compose_clip, compose_montage, shot_pieces
from shotscale.boundaries.transition_kinds import N_TRACES, Traces, trace
from shotscale.errors import TableError

logger = logging.getLogger(__name__)

NEITHER, CUT, GRADUAL, IGNORED = 0, 1, 2, -1

# Of a composed gap: enough to learn from, too little to make transitions seem as common as they are there. With .4,
# 94 instead of 91 in 100 cuts of montages were found, but 69 instead of 74 of the clips' gradual transitions.
_COMPOSED_WEIGHT, _MONTAGE_WEIGHT = 0.4, 0.15

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Example:
    """A clip as a training example: the times of its frames, and the features, traces, labels and weight of its gaps.

    A label is NEITHER, CUT, GRADUAL or IGNORED; `transitions` (m, 2) are the true ones.
    """

    name: str
    times: npt.NDArray[np.float64]
    features: Floats
    traces: Traces
    labels: Labels
    transitions: npt.NDArray[np.int64]
    weight: float = 1.0


def examine(clip: Clip, *, weight: float = 1.0) -> Example:
    """Compute a clip's features exactly as the detector does, and its gaps' labels."""
    n_features = len(feature_names())
    stream = EvidenceStream(_features_and_traces, n_scores=n_features + N_TRACES)
    stream.push(clip.times, clip.thumbnails)
    evidence = stream.finish()
    if not np.isin(clip.times, evidence.times).all():
        raise TableError(f"{clip.name}: more than 40 frames per second; give clips of a lower rate to learn from")
    original = np.searchsorted(evidence.times, clip.times)
    last_copy = np.append(original[1:], len(evidence.times)) - 1
    transitions = np.stack([last_copy[clip.transitions[:, 0]], original[clip.transitions[:, 1]]], axis=1)
    return Example(
        name=clip.name,
        times=evidence.times,
        features=evidence.scores[:, :n_features].copy(),
        traces=Traces.of(evidence.scores[:, n_features:].copy()),
        labels=label_gaps(transitions, n_gaps=len(evidence.scores)),
        transitions=transitions,
        weight=weight,
    )


def _features_and_traces(window: Window, gaps: npt.NDArray[np.intp]) -> Floats:
    return np.concatenate([gap_features(window, gaps), trace(window, gaps)], axis=1)


def label_gaps(transitions: npt.NDArray[np.int64], *, n_gaps: int) -> Labels:
    """Label a cut's gap CUT, all gaps of a gradual transition GRADUAL, and the two just outside one IGNORED."""
    labels = np.full(n_gaps, NEITHER, np.int8)
    for first, last in transitions.tolist():
        if last - first > 1:
            for outside in (first - 1, last):
                if 0 <= outside < n_gaps and labels[outside] == NEITHER:
                    labels[outside] = IGNORED
            labels[first:last] = GRADUAL
    for first, last in transitions.tolist():
        if last - first == 1:
            labels[first] = CUT
    return labels


@dataclass(frozen=True, slots=True)
class Made:
    """Examples made from one fold's clips: the clips played backwards, composed clips and montages."""

    backwards: list[Example] = field(default_factory=list)
    composed: list[Example] = field(default_factory=list)
    montages: list[Example] = field(default_factory=list)


def prepare(
    clips: Iterable[Clip], folds: npt.NDArray[np.int64], *, seed: int, n_composed: int, n_montages: int
) -> tuple[list[Example], list[Made]]:
    """Examine all clips, and those made from each fold's: `n_composed` and `n_montages` a fold."""
    generator = np.random.default_rng(seed)
    examples: list[Example] = []
    made = [Made() for _ in range(int(folds.max()) + 1)]
    pieces: list[list[Thumbnails]] = [[] for _ in made]
    for clip, fold in zip(clips, folds.tolist(), strict=True):
        examples.append(examine(clip))
        made[fold].backwards.append(examine(backwards(clip)))
        pieces[fold] += shot_pieces(clip)
    for fold, part in enumerate(made):
        for i in range(n_composed):
            clip = compose_clip(pieces[fold], generator, name=f"composed {fold}.{i}")
            part.composed.append(examine(clip, weight=_COMPOSED_WEIGHT))
        for i in range(n_montages):
            clip = compose_montage(pieces[fold], generator, name=f"montage {fold}.{i}")
            part.montages.append(examine(clip, weight=_MONTAGE_WEIGHT))
        logger.info("prepared fold %d of %d", fold + 1, len(made))
    return examples, made
