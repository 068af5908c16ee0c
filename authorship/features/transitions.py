"""Features of what scale follows what scale, from shot to shot and from sample to sample.

Conventions
-----------
A transition matrix is row-normalised: entry (i, j) is the share of the steps out of i that lead to j. A row
of a class that is never left is missing. A step is counted only where both of its sides are known.
"""

import numpy as np
import numpy.typing as npt

from authorship.features.codebook import Feature
from authorship.features.distributions import SEVEN, THREE
from authorship.features.labels import OUTSIDE, ScaleLabels, ShotLabels

__all__ = ["FEATURES", "measure_transitions", "transition_counts"]

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

_REDFERN = "Redfern 2022, Computational Film Analysis with R, ch. 8"
_SVANERA = "Svanera et al. 2019, IEEE MultiMedia 26(4) 43-54, doi 10.1109/MMUL.2019.2940004"
_GAP = 1.5  # samples further apart than this many usual steps are not neighbours


def _feature(name: str, unit: str, definition: str, reference: str) -> Feature:
    return Feature(name, unit, definition, "transitions", reference)


def _matrix(prefix: str, names: tuple[str, ...], what: str, reference: str) -> tuple[Feature, ...]:
    return tuple(
        _feature(
            f"{prefix}_{a}_{b}", "share", f"share of the {what} out of {_show(a)} that lead to {_show(b)}", reference
        )
        for a in names
        for b in names
    )


def _show(name: str) -> str:
    return name.upper() if name in SEVEN else name


FEATURES: tuple[Feature, ...] = (
    *_matrix("shot_transition", THREE, "steps between neighbouring shots", _REDFERN),
    *_matrix("shot_transition", SEVEN, "steps between neighbouring shots", _REDFERN),
    *_matrix("sample_transition", THREE, "steps between neighbouring samples", _SVANERA),
    _feature(
        "shot_transition_entropy", "bit", "entropy of the next shot's scale, given this one's (seven scales)", _SVANERA
    ),
    _feature("shot_group_transition_entropy", "bit", "entropy of the next shot's group, given this one's", _SVANERA),
    _feature("shot_scale_kept", "share", "share of cuts that keep the dominant scale (seven scales)", _SVANERA),
    _feature("shot_group_kept", "share", "share of cuts that keep the dominant group", _SVANERA),
    _feature(
        "shot_scale_step", "1", "mean absolute difference in rank between neighbouring shots (seven scales)", _SVANERA
    ),
    _feature(
        "shot_scale_balance", "1", "share of cuts to a farther scale minus share of cuts to a nearer one", _SVANERA
    ),
)


def measure_transitions(labels: ScaleLabels | None, by_shot: ShotLabels | None) -> dict[str, float]:
    """Measure the transition features of one film: a value for each of `FEATURES`, NaN where undefined."""
    values = dict.fromkeys((feature.name for feature in FEATURES), np.nan)
    if labels is not None:
        values.update(_rows("sample_transition", THREE, _sample_counts(labels)))
    if by_shot is not None:
        three = transition_counts(by_shot.group, len(THREE))
        seven = transition_counts(by_shot.scale, len(SEVEN))
        values.update(_rows("shot_transition", THREE, three))
        values.update(_rows("shot_transition", SEVEN, seven))
        values["shot_group_transition_entropy"] = _conditional_entropy(three)
        values["shot_transition_entropy"] = _conditional_entropy(seven)
        values["shot_group_kept"] = _ratio(np.trace(three), three.sum())
        values["shot_scale_kept"] = _ratio(np.trace(seven), seven.sum())
        ranks = np.arange(len(SEVEN))
        step = ranks[np.newaxis, :] - ranks[:, np.newaxis]
        values["shot_scale_step"] = _ratio((seven * np.abs(step)).sum(), seven.sum())
        values["shot_scale_balance"] = _ratio((seven * np.sign(step)).sum(), seven.sum())
    return values


def transition_counts(ranks: Ranks, n_classes: int, *, neighbours: npt.NDArray[np.bool_] | None = None) -> Array:
    """Count the steps from each class to each.

    Parameters
    ----------
    ranks : int array of shape (n,)
        Classes in order of time, `OUTSIDE` where unknown.
    n_classes : int
    neighbours : bool array of shape (n - 1,), optional
        Which steps count; by default all.

    Returns
    -------
    float array of shape (n_classes, n_classes)

    Examples
    --------
    >>> transition_counts(np.array([0, 1, 1, -1, 0]), 2).tolist()
    [[0.0, 1.0], [0.0, 1.0]]
    """
    before, after = ranks[:-1], ranks[1:]
    known = (before != OUTSIDE) & (after != OUTSIDE)
    if neighbours is not None:
        known &= neighbours
    steps = np.bincount(before[known] * n_classes + after[known], minlength=n_classes**2)
    return steps.reshape(n_classes, n_classes).astype(np.float64)


def _sample_counts(labels: ScaleLabels) -> Array:
    gaps = np.diff(labels.time)
    near = gaps <= _GAP * np.median(gaps) if len(gaps) else np.zeros(0, bool)
    return transition_counts(labels.group, len(THREE), neighbours=near)


def _rows(prefix: str, names: tuple[str, ...], counts: Array) -> dict[str, float]:
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    return {f"{prefix}_{a}_{b}": float(shares[i, j]) for i, a in enumerate(names) for j, b in enumerate(names)}


def _conditional_entropy(counts: Array) -> float:
    total = counts.sum()
    if total == 0:
        return np.nan
    joint = counts / total
    before = joint.sum(axis=1)
    return abs(_entropy(joint.ravel()) - _entropy(before))


def _entropy(shares: Array) -> float:
    present = shares[shares > 0]
    return float(-(present * np.log2(present)).sum())


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole > 0 else np.nan
