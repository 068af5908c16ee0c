"""Rotation: how far and in which direction the distribution of shot scales turns over a clip.

Conventions
-----------
A clip is divided into windows of equal length, as close to `WINDOW` seconds as an equal division allows. A window's
distribution is the share of its samples that are close, medium and long; samples outside the ordered scales
(foreground, insert, not available) are left out, and windows without other samples are skipped. The square roots of
the three shares are a point on the unit sphere, and the angle between two such points,

    theta(p, q) = arccos(sum_i sqrt(p_i q_i)),

is 0 degrees for equal distributions and 90 degrees for distributions without a scale in common. The angle ignores
which scales are close to one another; `rotation_drift` does not.

Sources
-------
*Considering scale distribution and its rotation together* is from Benini, Savardi, Balint, Kovacs and Signoroni 2022,
IEEE Trans. Affective Computing 13(2) 592-603, doi 10.1109/TAFFC.2019.2939251, who relate "the distribution and rotation
of Close, Medium, and Long Shots" of 50 film clips to viewers' ratings. **Their formula for the rotation is not in their
open publications and is not the one here: values from this module are not comparable with theirs.**

*The angle* is Bhattacharyya's (1943, Bulletin of the Calcutta Mathematical Society 35 99-109); it is half the geodesic
distance in Fisher's information metric (Rao 1945, same journal 37 81-91), so equal angles are equally easy to tell
apart from samples, near the border as well as in the middle.

*Windows, total and net turning, straightness and drift* are this project's definitions.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from authorship.features.feature import Feature
from authorship.features.labels import OUTSIDE, ScaleLabels
from shotscale.scales import GROUPS

__all__ = ["FEATURES", "WINDOW", "Turning", "bhattacharyya_angle", "measure_rotation", "trace_turning"]

Array = npt.NDArray[np.float64]

WINDOW = 10.0
"""Seconds; two or three shots of ordinary length."""

_OURS = "defined in authorship.viewers.rotation; angle: Bhattacharyya 1943, Bull. Calcutta Math. Soc. 35 99-109"


_TOTAL = (
    "sum of the angles between the distributions of successive windows, per minute from the middle of the first window "
    "to that of the last"
)
_NET = "angle between the distributions of the first and the last window"
_STRAIGHT = "net angle divided by the sum of angles: 1 if turning one way, near 0 if turning back and forth"
_DRIFT = "least-squares change of the mean group (close 0, medium 1, long 2) over the clip: positive if toward long"

FEATURES: tuple[Feature, ...] = (
    Feature("rotation_total", "degree/min", _TOTAL, _OURS, "sequence"),
    Feature("rotation_net", "degree", _NET, _OURS, "sequence"),
    Feature("rotation_straightness", "share", _STRAIGHT, _OURS, "sequence"),
    Feature("rotation_drift", "1", _DRIFT, _OURS, "sequence"),
)
"""The rotation features, as codebook entries."""


@dataclass(frozen=True, eq=False)
class Turning:
    """A clip's distribution by window: shares (n, 3) of close, medium and long at the middles of n windows.

    `angles` are in degrees, from each window to the next; for `drift`, see `FEATURES`.
    """

    time: Array
    shares: Array
    angles: Array
    drift: float


def bhattacharyya_angle(p: Array, q: Array) -> Array:
    """Return the angle in degrees between distributions of shape (..., k), which sum to one along the last axis.

    Examples
    --------
    >>> p, others = np.array([0.5, 0.5, 0.0]), np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    >>> bhattacharyya_angle(p, others).round(6).tolist()
    [0.0, 90.0, 45.0]
    """
    chord = np.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum(axis=-1))  # exact near 0, where an arccos is not
    return np.asarray(np.degrees(2 * np.arcsin(np.clip(chord / 2, 0, 1))), np.float64)


def trace_turning(labels: ScaleLabels, beginning: float, end: float, *, window: float = WINDOW) -> Turning:
    """Follow a clip's distribution from window to window; `beginning`, `end` and `window` are in seconds."""
    n_windows = max(1, round((end - beginning) / window))
    edges = np.linspace(beginning, end, n_windows + 1)
    known = (labels.group != OUTSIDE) & (labels.time >= beginning) & (labels.time < end)
    time, group = labels.time[known], labels.group[known]
    place = np.clip(np.searchsorted(edges, time, side="right") - 1, 0, n_windows - 1)
    counts = np.bincount(place * len(GROUPS) + group, minlength=n_windows * len(GROUPS)).reshape(n_windows, -1)
    some = counts.sum(axis=1) > 0
    shares = counts[some] / counts[some].sum(axis=1, keepdims=True)
    middles = ((edges[:-1] + edges[1:]) / 2)[some]
    return Turning(middles, shares, bhattacharyya_angle(shares[:-1], shares[1:]), _drift(time, group, beginning, end))


def measure_rotation(turning: Turning) -> Mapping[str, float]:
    """Return a value for each of `FEATURES`; NaN if undefined, as all but drift are for a clip of one window.

    Examples
    --------
    >>> shares = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
    >>> turning = Turning(np.array([5.0, 15.0, 25.0]), shares, bhattacharyya_angle(shares[:-1], shares[1:]), 1.5)
    >>> {name.removeprefix("rotation_"): round(value, 6) for name, value in measure_rotation(turning).items()}
    {'total': 270.0, 'net': 90.0, 'straightness': 1.0, 'drift': 1.5}
    """
    values = dict.fromkeys((feature.name for feature in FEATURES), float("nan"))
    values["rotation_drift"] = turning.drift
    if len(turning.time) < 2:
        return values
    path = float(turning.angles.sum())
    values["rotation_total"] = path / (float(turning.time[-1] - turning.time[0]) / 60)
    values["rotation_net"] = float(bhattacharyya_angle(turning.shares[0], turning.shares[-1]))
    if path > 0:
        values["rotation_straightness"] = min(1.0, values["rotation_net"] / path)
    return values


def _drift(time: Array, group: npt.NDArray[np.int64], beginning: float, end: float) -> float:
    position = (time - beginning) / (end - beginning)
    centered = position - position.mean() if len(position) else position
    spread = float((centered**2).sum())
    return float((centered * group).sum()) / spread if len(position) > 2 and spread > 1e-12 else float("nan")
