"""Shot detectors, the transitions they find, and the shots that follow from them.

Conventions
-----------
A transition's `start` is the time of the last frame that is wholly of the shot before, its `end` the time of
the first frame wholly of the shot after; for a cut they are neighbours. Times are presentation seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.tables import make_shots

__all__ = ["ShotDetector", "Transition", "shots_from_transitions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A passage between shots, in seconds: from the last frame wholly of the one to the first frame wholly of the next.

    Its kind is ``cut``, ``dissolve``, ``fade`` (through a nearly uniform picture) or ``wipe``, its confidence the
    calibrated probability that it is real.
    """

    start: float
    end: float
    kind: str
    confidence: float


class ShotDetector(Protocol):
    """Takes a film's frames in order, in batches of any size, and says where shots change.

    What it finds does not depend on how the frames were batched. `doubtful`, valid after `finish`, are the transitions
    that were considered and not believed; none where a detector has no calibrated confidence.
    """

    name: str

    @property
    def notes(self) -> Sequence[str]:
        """Say where shots could not be told apart, a plain sentence each; valid after `finish`."""

    @property
    def doubtful(self) -> Sequence[Transition]:
        """Return the transitions that were considered and not believed."""

    def push(self, times: npt.NDArray[np.float64], thumbnails: npt.NDArray[np.uint8]) -> None:
        """Take the next frames (n, 27, 48, 3), RGB, at seconds that increase within and between calls."""

    def finish(self) -> list[Transition]:
        """Say that the film has ended and give its transitions in order of time."""


def shots_from_transitions(transitions: Sequence[Transition], *, end: float) -> pd.DataFrame:
    """Make the shot table that transitions imply.

    A shot begins at the first frame after a cut, and in the middle of a gradual transition.

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
