"""Shot detectors, the transitions they find, and the shots that follow from them.

Conventions
-----------
A transition's `start` is the time of the last frame entirely of the shot before, its `end` that of the first
frame entirely of the shot after; for a cut the two frames are adjacent. Times are presentation times in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.tables import make_shots


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A transition between shots, from the last frame entirely of one to the first entirely of the next, in seconds.

    `kind` is ``cut``, ``dissolve``, ``fade`` (through a nearly uniform picture) or ``wipe``; `confidence` is the
    probability that it is real, if the detector is calibrated.
    """

    start: float
    end: float
    kind: str
    confidence: float


class ShotDetector(Protocol):
    """Takes a film's frames in order, in batches of any size, and finds the transitions between shots.

    The result does not depend on the batches. After `finish`, `notes` holds a sentence for each passage where shots
    could not be told apart, and `doubtful` the transitions that were considered but rejected; it is empty if a detector
    has no calibrated confidence.
    """

    name: str
    notes: Sequence[str]
    doubtful: Sequence[Transition]

    def push(self, times: npt.NDArray[np.float64], thumbnails: npt.NDArray[np.uint8]) -> None:
        """Take the next RGB frames (n, 27, 48, 3), with times in seconds that increase within and between calls."""

    def finish(self) -> list[Transition]:
        """End the film and return its transitions in time order."""


def shots_from_transitions(transitions: Sequence[Transition], *, end: float) -> pd.DataFrame:
    """Make the shot table that transitions imply.

    A shot begins at the first frame after a cut, or in the middle of a gradual transition.

    Examples
    --------
    >>> cut = Transition(start=1.96, end=2.0, kind="cut", confidence=0.9)
    >>> shots_from_transitions([cut], end=5.0)[["start", "end", "kind"]].values.tolist()
    [[0.0, 2.0, 'start'], [2.0, 5.0, 'cut']]
    """
    starts = [0.0]
    kept: list[Transition] = []
    for transition in transitions:
        start = transition.end if transition.kind == "cut" else (transition.start + transition.end) / 2
        if starts[-1] < start < end:
            starts.append(start)
            kept.append(transition)
    return make_shots(
        starts,
        end,
        kinds=["start", *(transition.kind for transition in kept)],
        confidences=[1.0, *(transition.confidence for transition in kept)],
        transitions=[(0.0, 0.0), *((transition.start, transition.end) for transition in kept)],
    )
