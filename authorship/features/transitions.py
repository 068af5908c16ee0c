"""Features of scale transitions, from shot to shot and from run to run.

Conventions
-----------
A transition matrix is row-normalized: entry (i, j) is the share of the steps out of i that lead to j. The row
of a class that is never left is NaN. A step is counted only if both sides are known. Changes, returns and alternations
are between runs of one scale (`authorship.features.runs`), so codings with one label per second have them too.
"""

from functools import partial

import numpy as np
import numpy.typing as npt

from authorship.features.distributions import SEVEN, THREE, entropy
from authorship.features.feature import Feature
from authorship.features.labels import OUTSIDE
from authorship.features.runs import Runs
from authorship.features.sampled_shots import ShotLabels

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

_REDFERN = "Redfern 2022, Computational Film Analysis with R, ch. 8"
_OWN = "this project, after Svanera et al. 2019, doi 10.1109/MMUL.2019.2940004"

_feature = partial(Feature, group="transitions")


def _matrix(prefix: str, names: tuple[str, ...], what: str, reference: str) -> tuple[Feature, ...]:
    return tuple(
        _feature(f"{prefix}_{a}_{b}", "share", f"share of {what} from {_show(a)} that lead to {_show(b)}", reference)
        for a in names
        for b in names
    )


def _show(name: str) -> str:
    return name.upper() if name in SEVEN else name


FEATURES: tuple[Feature, ...] = (
    *_matrix("shot_transition", THREE, "shot-to-shot transitions", _REDFERN),
    *_matrix("shot_transition", SEVEN, "shot-to-shot transitions", _REDFERN),
    _feature(
        "shot_transition_entropy",
        "bit",
        "conditional entropy of the next shot's scale given the current shot's (seven scales)",
        _OWN,
    ),
    _feature(
        "shot_group_transition_entropy",
        "bit",
        "conditional entropy of the next shot's group given the current shot's",
        _OWN,
    ),
    _feature("shot_scale_kept", "share", "share of shot boundaries that keep the dominant scale (seven scales)", _OWN),
    _feature("shot_group_kept", "share", "share of shot boundaries that keep the dominant group", _OWN),
    _feature(
        "shot_scale_step", "1", "mean absolute difference in scale rank between neighboring shots (seven scales)", _OWN
    ),
    _feature(
        "shot_scale_balance", "1", "share of shot boundaries to a farther scale minus share to a nearer scale", _OWN
    ),
    _feature(
        "change_size",
        "1",
        "mean absolute difference in scale rank between neighboring runs",
        _OWN,
        modeled=True,
    ),
    _feature(
        "change_two_steps",
        "share",
        "share of changes between neighboring runs that span two or more ranks",
        _OWN,
        modeled=True,
    ),
    _feature(
        "returns",
        "share",
        "share of sequences of three neighboring runs that return to the first scale (A-B-A)",
        _OWN,
        modeled=True,
    ),
    _feature(
        "alternations",
        "share",
        "share of sequences of four neighboring runs that alternate (A-B-A-B), as in shot/reverse shot",
        _OWN,
        modeled=True,
    ),
)


def measure_shots(by_shot: ShotLabels) -> dict[str, float]:
    """Measure the transitions from shot to shot of one film, NaN where undefined."""
    three, seven = transition_counts(by_shot.group, len(THREE)), transition_counts(by_shot.scale, len(SEVEN))
    ranks = np.arange(len(SEVEN))
    step = ranks[np.newaxis, :] - ranks[:, np.newaxis]
    return {
        **_rows("shot_transition", THREE, three),
        **_rows("shot_transition", SEVEN, seven),
        "shot_group_transition_entropy": _conditional_entropy(three),
        "shot_transition_entropy": _conditional_entropy(seven),
        "shot_group_kept": _ratio(np.trace(three), three.sum()),
        "shot_scale_kept": _ratio(np.trace(seven), seven.sum()),
        "shot_scale_step": _ratio((seven * np.abs(step)).sum(), seven.sum()),
        "shot_scale_balance": _ratio((seven * np.sign(step)).sum(), seven.sum()),
    }


def transition_counts(ranks: Ranks, n_classes: int) -> Array:
    """Count the steps from each class (row) to each (column); `ranks` are in time order, `OUTSIDE` where unknown.

    Examples
    --------
    >>> transition_counts(np.array([0, 1, 1, -1, 0]), 2).tolist()
    [[0.0, 1.0], [0.0, 1.0]]
    """
    before, after = ranks[:-1], ranks[1:]
    known = (before != OUTSIDE) & (after != OUTSIDE)
    steps = np.bincount(before[known] * n_classes + after[known], minlength=n_classes**2)
    return steps.reshape(n_classes, n_classes).astype(np.float64)


def measure_changes(runs: Runs) -> dict[str, float]:
    """Measure how large a film's scale changes are and how often they are reversed, NaN where undefined."""
    scale, known = runs.scale, (runs.scale != OUTSIDE) & (runs.scale < len(SEVEN))
    linked = known[1:] & known[:-1] & runs.follows[1:]
    step = np.abs(np.diff(scale))[linked]
    three, four = linked[1:] & linked[:-1], linked[2:] & linked[1:-1] & linked[:-2]
    returned = three & (scale[2:] == scale[:-2])
    return {
        "change_size": _ratio(step.sum(), len(step)),
        "change_two_steps": _ratio((step >= 2).sum(), len(step)),
        "returns": _ratio(returned.sum(), three.sum()),
        "alternations": _ratio((four & returned[1:] & returned[:-1]).sum(), four.sum()),
    }


def _rows(prefix: str, names: tuple[str, ...], counts: Array) -> dict[str, float]:
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    return {f"{prefix}_{a}_{b}": float(shares[i, j]) for i, a in enumerate(names) for j, b in enumerate(names)}


def _conditional_entropy(counts: Array) -> float:
    total = counts.sum()
    if total == 0:
        return np.nan
    joint = counts / total
    return abs(entropy(joint.ravel()) - entropy(joint.sum(axis=1)))


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole > 0 else np.nan
