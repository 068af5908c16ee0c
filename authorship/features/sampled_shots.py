"""The scale of each shot from the samples in it, and how many shots each sampled shot represents."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from authorship.features.labels import ScaleLabels
from shotscale.dominant import dominant_ranks
from shotscale.scales import GROUPS, SCALES

__all__ = ["ShotLabels", "shot_labels"]

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ShotLabels:
    """The dominant scale and group of each shot, `OUTSIDE` if no sample of the shot has one.

    Attributes
    ----------
    scale, group : int arrays of shape (n,)
    weight : float array of shape (n,)
        How many shots each represents: of the shots shorter than the sampling interval, only some have a sample.
    """

    scale: Ranks
    group: Ranks
    weight: Array


def shot_labels(starts: Array, end: float, labels: ScaleLabels) -> ShotLabels:
    """Assign each shot the scale and group of most of its samples; a tie goes to the nearer.

    With one sample per second, a shot of half a second has a sample with probability 1/2, so one that has a sample
    counts as two (Horvitz and Thompson 1952, J. American Statistical Association 47, 663-685).

    Parameters
    ----------
    starts : float array of shape (n,)
        Where the shots start, in seconds.
    end : float
        Where the last shot ends, in seconds. Samples outside all shots are ignored.
    """
    shot = np.searchsorted(starts, labels.time, side="right") - 1
    inside = (shot >= 0) & (labels.time < end)
    apart = float(np.median(np.diff(labels.time))) if len(labels.time) > 1 else 1.0
    return ShotLabels(
        scale=dominant_ranks(shot[inside], labels.scale[inside], n_shots=len(starts), n_ranks=len(SCALES)),
        group=dominant_ranks(shot[inside], labels.group[inside], n_shots=len(starts), n_ranks=len(GROUPS)),
        weight=np.maximum(apart / np.diff(starts, append=end), 1.0),
    )
