"""Fitting the default detector to clips with known shots, and saying how good it is on others.

Every figure in the model's card is cross-validated: whole clips are left out, and what is chosen from the
data (the threshold, the calibration) is chosen without the clips that it is measured on.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.clips import Clip, read_clips
from shotscale.boundaries.events import Event, find_events
from shotscale.boundaries.features import feature_names, gap_features
from shotscale.boundaries.model import CARD_NAME, MODEL_NAME
from shotscale.boundaries.scoring import Counts, bootstrap_scores, count_matches, match_transitions
from shotscale.boundaries.stream import EvidenceStream
from shotscale.files import atomic_path, make_folder, sha256, write_json

if TYPE_CHECKING:
    from xgboost import Booster

__all__ = ["Example", "examine", "fit_trees", "train_detector"]

logger = logging.getLogger(__name__)

NEITHER, CUT, GRADUAL, IGNORED = 0, 1, 2, -1

_THRESHOLDS = tuple(round(0.2 + 0.02 * step, 2) for step in range(31))
_LEAST_CHANGE = 0.02  # of the luma across eight frames; stiller gaps teach nothing about what looks like a cut
_SHARE_OF_NEGATIVES = 0.7
_FOLDS = 5
_ROUNDS = 200
_PARAMETERS: dict[str, Any] = {
    "objective": "multi:softprob",
    "num_class": 3,
    "max_depth": 6,
    "eta": 0.08,
    "subsample": 0.7,
    "colsample_bynode": 0.25,
    "min_child_weight": 3,
    "reg_lambda": 3,
    "tree_method": "hist",
    "max_bin": 64,
}

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Example:
    """A clip as the trees see it.

    Attributes
    ----------
    name : str
    features : float32 array of shape (gaps, features)
    labels : int8 array of shape (gaps,)
        NEITHER, CUT, GRADUAL or IGNORED.
    transitions : int array of shape (m, 2)
        The truth.
    """

    name: str
    features: Floats
    labels: Labels
    transitions: npt.NDArray[np.int64]


def examine(clip: Clip) -> Example:
    """Compute a clip's features exactly as the detector does, and its gaps' labels."""
    stream = EvidenceStream(gap_features, n_scores=len(feature_names()))
    stream.push(np.arange(len(clip.thumbnails), dtype=np.float64), clip.thumbnails)
    features = stream.finish().scores
    return Example(
        name=clip.name,
        features=features,
        labels=label_gaps(clip.transitions, n_gaps=len(features)),
        transitions=clip.transitions,
    )


def label_gaps(transitions: npt.NDArray[np.int64], *, n_gaps: int) -> Labels:
    """Label gaps: a cut's own, all of a gradual transition's, none of the two just outside one."""
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


def fit_trees(examples: Sequence[Example], *, seed: int, rounds: int = _ROUNDS) -> "Booster":
    """Fit the three-class trees to all gaps that teach something."""
    import xgboost

    generator = np.random.default_rng(seed)
    column = feature_names().index("pixels.across8")
    parts = []
    for example in examples:
        moving = example.features[:, column] >= _LEAST_CHANGE
        drawn = generator.random(len(moving)) < _SHARE_OF_NEGATIVES
        rows = (example.labels > NEITHER) | ((example.labels == NEITHER) & moving & drawn)
        parts.append((example.features[rows], example.labels[rows]))
    table = xgboost.QuantileDMatrix(
        np.concatenate([features for features, _ in parts]),
        label=np.concatenate([labels for _, labels in parts]),
        max_bin=_PARAMETERS["max_bin"],
        nthread=1,
    )
    return xgboost.train({**_PARAMETERS, "seed": seed, "nthread": 1}, table, rounds)


def predict(booster: "Booster", features: Floats) -> Floats:
    """Give the probabilities of cut and gradual of rows of features."""
    probabilities: Floats = booster.inplace_predict(features)
    return probabilities[:, 1:]


def cross_validate(examples: Sequence[Example], *, seed: int, folds: int = _FOLDS) -> list[Floats]:
    """Score every example with trees fitted to the others' folds."""
    fold = np.random.default_rng(seed).permutation(len(examples)) % folds
    scores: list[Floats] = [np.empty((0, 2), np.float32)] * len(examples)
    for k in range(folds):
        booster = fit_trees([example for example, f in zip(examples, fold, strict=True) if f != k], seed=seed)
        for i in np.flatnonzero(fold == k).tolist():
            scores[i] = predict(booster, examples[i].features)
        logger.info("fold %d of %d", k + 1, folds)
    return scores


def choose_threshold(counts: npt.NDArray[np.object_]) -> int:
    """Give the column with the highest F1 over all rows of `Counts`, smoothed over its neighbours."""
    f1 = np.asarray([sum(column[1:], column[0]).score().f1 for column in counts.T])
    smooth = np.convolve(np.pad(f1, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    return int(smooth.argmax())


def count_at_thresholds(examples: Sequence[Example], scores: Sequence[Floats]) -> npt.NDArray[np.object_]:
    """Count matches for every clip (rows) and threshold (columns)."""
    counts = np.empty((len(examples), len(_THRESHOLDS)), object)
    for i, (example, score) in enumerate(zip(examples, scores, strict=True)):
        for j, threshold in enumerate(_THRESHOLDS):
            events = find_events(score[:, 0], score[:, 1], threshold=threshold)
            counts[i, j] = count_matches(_pairs(events), example.transitions)
    return counts


def cross_validated_counts(counts: npt.NDArray[np.object_]) -> list[Counts]:
    """Give every clip's counts at the threshold chosen on all the other clips."""
    everything = np.arange(len(counts))
    return [counts[i, choose_threshold(counts[everything != i])] for i in everything]


def calibrate(examples: Sequence[Example], scores: Sequence[Floats], *, least: float) -> dict[str, float]:
    """Fit the logistic curve from a transition's score to the probability that it is real."""
    from sklearn.linear_model import LogisticRegression

    logits, real = [], []
    for example, score in zip(examples, scores, strict=True):
        events = find_events(score[:, 0], score[:, 1], threshold=least)
        right, _ = match_transitions(_pairs(events), example.transitions)
        p = np.clip([event.score for event in events], 1e-6, 1 - 1e-6)
        logits.append(np.log(p / (1 - p)))
        real.append(right)
    fitted = LogisticRegression(C=1e6).fit(np.concatenate(logits)[:, None], np.concatenate(real))
    return {"slope": float(fitted.coef_[0, 0]), "intercept": float(fitted.intercept_[0])}


def train_detector(
    folder: str | os.PathLike[str],
    truth: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    seed: int = 0,
) -> dict[str, Any]:
    """Fit the default detector's model and write it with its card.

    Parameters
    ----------
    folder : path
        Holds the clips.
    truth : path
        CSV with ``clip``, ``first_frame``, ``last_frame`` of every shot.
    output : path
        Folder for ``boundaries.ubj`` and ``boundaries.json``.
    seed : int
        Fixes everything drawn; the same clips and seed give the same trees.

    Returns
    -------
    dict
        The card.
    """
    examples = [examine(clip) for clip in read_clips(folder, truth)]
    scores = cross_validate(examples, seed=seed)
    counts = count_at_thresholds(examples, scores)
    threshold = _THRESHOLDS[choose_threshold(counts)]
    target = make_folder(output)
    with atomic_path(target / MODEL_NAME) as temporary:
        fit_trees(examples, seed=seed).save_model(str(temporary))
    card = {
        "threshold": threshold,
        "calibration": calibrate(examples, scores, least=_THRESHOLDS[0]),
        "sha256": sha256(target / MODEL_NAME),
        "training": {
            "n_clips": len(examples),
            "n_gaps": int(sum(len(example.labels) for example in examples)),
            "n_transitions": int(sum(len(example.transitions) for example in examples)),
            "seed": seed,
            "rounds": _ROUNDS,
            "parameters": _PARAMETERS,
        },
        "cross_validation": report(cross_validated_counts(counts), seed=seed),
        "features": list(feature_names()),
    }
    write_json(target / CARD_NAME, card)
    return card


def report(counts: Sequence[Counts], *, seed: int) -> dict[str, Any]:
    """Precision, recall and F1 for all, cuts and gradual, with a 95 % bootstrap interval over clips."""
    rows: dict[str, Any] = {}
    for sort in ("all", "cut", "gradual"):
        resampled = bootstrap_scores(counts, sort, generator=np.random.default_rng(seed))
        total = sum(counts[1:], counts[0]).score(sort)
        rows[sort] = {"n_true": total.n_true, "n_found": total.n_found}
        for measure in ("f1", "precision", "recall"):
            low, high = np.nanpercentile([getattr(score, measure) for score in resampled], [2.5, 97.5])
            rows[sort][measure] = round(getattr(total, measure), 4)
            rows[sort][f"{measure}_95"] = [round(float(low), 4), round(float(high), 4)]
    return rows


def _pairs(events: Sequence[Event]) -> npt.NDArray[np.int64]:
    return np.asarray([(event.first, event.last) for event in events], np.int64).reshape(-1, 2)
