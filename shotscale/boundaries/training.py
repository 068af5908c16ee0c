"""Fitting the default detector to clips with known shots, and saying how good it is on others.

Every figure in the model's card is cross-validated: whole clips are left out, and what is chosen from the
data (the threshold, the calibration) is chosen without the clips that it is measured on.
"""

import functools
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.clips import Clip, read_clips, read_truth
from shotscale.boundaries.events import Event, find_events
from shotscale.boundaries.features import feature_names, gap_features, gate_names
from shotscale.boundaries.model import CARD_NAME, GATE_NAME, JUDGE_NAME
from shotscale.boundaries.scoring import Counts, bootstrap_scores, count_matches, match_transitions
from shotscale.boundaries.stream import EvidenceStream
from shotscale.boundaries.synthesis import compose_clip, shot_pieces
from shotscale.files import atomic_path, make_folder, sha256, write_json

if TYPE_CHECKING:
    from xgboost import Booster

__all__ = ["Example", "Trees", "examine", "fit_trees", "train_detector"]

logger = logging.getLogger(__name__)

NEITHER, CUT, GRADUAL, IGNORED = 0, 1, 2, -1

GATE_THRESHOLD = 0.01
_THRESHOLDS = tuple(round(0.2 + 0.02 * step, 2) for step in range(31))
_FOLDS = 5
_COMPOSED_A_FOLD = 10
_DULL, _DULL_WEIGHT = 0.1, 3.0
_COMMON: dict[str, Any] = {"tree_method": "hist", "max_bin": 64}
_GATE_ROUNDS, _GATE = 30, {"objective": "binary:logistic", "max_depth": 5, "eta": 0.3}
_JUDGE_ROUNDS, _JUDGE = (
    200,
    {
        "objective": "multi:softprob",
        "num_class": 3,
        "max_depth": 6,
        "eta": 0.08,
        "subsample": 0.7,
        "colsample_bynode": 0.25,
        "min_child_weight": 3,
        "reg_lambda": 3,
    },
)

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


@dataclass(frozen=True, slots=True)
class Trees:
    """The two sets of trees of a `GapModel`."""

    gate: "Booster"
    judge: "Booster"

    def score(self, features: Floats) -> Floats:
        """Give the probabilities of cut and gradual for rows of all features, as `GapModel.score` does."""
        open_ = self.gate.inplace_predict(features[:, _gate_columns()]) > GATE_THRESHOLD
        scores = np.zeros((len(features), 2), np.float32)
        if open_.any():
            scores[open_] = self.judge.inplace_predict(features[open_])[:, 1:]
        return scores


def fit_trees(examples: Sequence[Example], *, seed: int) -> Trees:
    """Fit the gate to all gaps, and the judge to those that the gate lets through.

    Of the gaps that the gate thinks next to nothing of, a third is drawn and counted thrice.
    """
    gate = _fit_gate(examples, seed=seed)
    generator = np.random.default_rng(seed)
    features, labels, weights = [], [], []
    for example in examples:
        chance = gate.inplace_predict(example.features[:, _gate_columns()])
        dull = (example.labels == NEITHER) & (chance < _DULL)
        drawn = ~dull | (generator.random(len(dull)) < 1 / _DULL_WEIGHT)
        rows = ((example.labels > NEITHER) | ((example.labels == NEITHER) & (chance > GATE_THRESHOLD))) & drawn
        features.append(example.features[rows])
        labels.append(example.labels[rows])
        weights.append(np.where(dull, _DULL_WEIGHT, 1.0)[rows])
    judge = _boost(_JUDGE, features, np.concatenate(labels), np.concatenate(weights), seed=seed, rounds=_JUDGE_ROUNDS)
    return Trees(gate, judge)


def _fit_gate(examples: Sequence[Example], *, seed: int) -> "Booster":
    known = [example.labels != IGNORED for example in examples]
    pairs = list(zip(examples, known, strict=True))
    features = [example.features[rows][:, _gate_columns()] for example, rows in pairs]
    labels = np.concatenate([example.labels[rows] > NEITHER for example, rows in pairs])
    return _boost(_GATE, features, labels, None, seed=seed, rounds=_GATE_ROUNDS)


def _boost(
    parameters: dict[str, Any],
    features: Sequence[Floats],
    labels: npt.NDArray[Any],
    weights: npt.NDArray[np.float64] | None,
    *,
    seed: int,
    rounds: int,
) -> "Booster":
    import xgboost

    rows = np.concatenate(features)
    table = xgboost.QuantileDMatrix(rows, label=labels, weight=weights, max_bin=_COMMON["max_bin"], nthread=1)
    return xgboost.train({**_COMMON, **parameters, "seed": seed, "nthread": 1}, table, rounds)


@functools.cache
def _gate_columns() -> npt.NDArray[np.intp]:
    names = feature_names()
    return np.asarray([names.index(name) for name in gate_names()], np.intp)


def cross_validate(
    examples: Sequence[Example], folds: npt.NDArray[np.int64], composed: Sequence[Sequence[Example]], *, seed: int
) -> list[Floats]:
    """Score every example with trees fitted to the other folds' examples and to what was composed of them."""
    scores: list[Floats] = [np.empty((0, 2), np.float32)] * len(examples)
    for fold in range(len(composed)):
        others = [example for example, own in zip(examples, folds, strict=True) if own != fold]
        others += [example for own, made in enumerate(composed) if own != fold for example in made]
        trees = fit_trees(others, seed=seed)
        for i in np.flatnonzero(folds == fold).tolist():
            scores[i] = trees.score(examples[i].features)
        logger.info("fold %d of %d", fold + 1, len(composed))
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
        Folder for the two sets of trees and their card.
    seed : int
        Fixes everything drawn; the same clips and seed give the same trees.

    Returns
    -------
    dict
        The card.
    """
    generator = np.random.default_rng(seed)
    folds = generator.permutation(len(read_truth(truth))) % _FOLDS
    examples: list[Example] = []
    pieces: list[list[npt.NDArray[np.uint8]]] = [[] for _ in range(_FOLDS)]
    for clip, fold in zip(read_clips(folder, truth), folds.tolist(), strict=True):
        examples.append(examine(clip))
        pieces[fold] += shot_pieces(clip)
    composed = [
        [examine(compose_clip(inside, generator, name=f"composed {fold}.{i}")) for i in range(_COMPOSED_A_FOLD)]
        for fold, inside in enumerate(pieces)
    ]
    scores = cross_validate(examples, folds, composed, seed=seed)
    counts = count_at_thresholds(examples, scores)
    trees = fit_trees([*examples, *(example for made in composed for example in made)], seed=seed)
    card = {
        "gate_threshold": GATE_THRESHOLD,
        "threshold": _THRESHOLDS[choose_threshold(counts)],
        "calibration": calibrate(examples, scores, least=_THRESHOLDS[0]),
        "training": {
            "clips": _facts(examples),
            "composed": _facts([example for made in composed for example in made]),
            "seed": seed,
            "folds": _FOLDS,
            "gate": {**_COMMON, **_GATE, "rounds": _GATE_ROUNDS},
            "judge": {**_COMMON, **_JUDGE, "rounds": _JUDGE_ROUNDS},
        },
        "cross_validation": report(cross_validated_counts(counts), seed=seed),
    }
    return write_model(trees, card, output)


def write_model(trees: Trees, card: dict[str, Any], output: str | os.PathLike[str]) -> dict[str, Any]:
    """Write both sets of trees and, last, the card, completed with checksums and the features' names."""
    target = make_folder(output)
    for name, booster in ((GATE_NAME, trees.gate), (JUDGE_NAME, trees.judge)):
        with atomic_path(target / name) as temporary:
            booster.save_model(str(temporary))
    checksums = {name: sha256(target / name) for name in (GATE_NAME, JUDGE_NAME)}
    names = {"gate_features": list(gate_names()), "features": list(feature_names())}
    complete = {**card, "sha256": checksums, **names}
    write_json(target / CARD_NAME, complete)
    return complete


def _facts(examples: Sequence[Example]) -> dict[str, int]:
    return {
        "n": len(examples),
        "n_gaps": sum(len(example.labels) for example in examples),
        "n_transitions": sum(len(example.transitions) for example in examples),
    }


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
