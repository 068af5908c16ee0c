"""Fit the default detector to clips with known shots, and evaluate it on held-out clips.

Every figure in the model's card is cross-validated: whole clips are held out, and the threshold and the
calibration are chosen without the clips on which they are evaluated.
"""

import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shotscale.boundaries import calibration
from shotscale.boundaries.clips import read_clips, read_truth
from shotscale.boundaries.examples import IGNORED, NEITHER, Example, Made, prepare
from shotscale.boundaries.features import feature_names, gate_names
from shotscale.boundaries.model import (
    CARD_NAME,
    EPOCHS,
    FILES,
    GATE_THRESHOLD,
    N_OPINIONS,
    PARAMETERS,
    Function,
    SequenceModel,
    Trees,
    gate_columns,
)
from shotscale.files import make_folder, sha256, write_bytes, write_json

if TYPE_CHECKING:
    from xgboost import Booster

    from shotscale.boundaries.sequence_fitting import SequenceNetwork

logger = logging.getLogger(__name__)

_FOLDS = 5  # of clips; the judges of each learn from four fifths of them
_DULL, _DULL_WEIGHT = 0.1, 3.0  # the gate's probability; below it, one gap in three is kept, with triple weight
_COMMON: dict[str, Any] = {"tree_method": "hist", "max_bin": 64}
_GATE_ROUNDS, _GATE = 30, {"objective": "binary:logistic", "max_depth": 5, "eta": 0.3}
JUDGE_ROUNDS = 200  # chosen by judgment, like the parameters below
_JUDGE: dict[str, Any] = {
    "objective": "multi:softprob",
    "num_class": 3,
    "max_depth": 6,
    "eta": 0.08,
    "subsample": 0.7,
    "colsample_bynode": 0.25,
    "min_child_weight": 3,
    "reg_lambda": 3,
}

Floats = npt.NDArray[np.float32]


def _from_booster(booster: "Booster") -> Function:
    """Return fitted trees as a function to class probabilities; a single probability becomes two classes."""

    def classify(features: Floats) -> Floats:
        p: Floats = booster.inplace_predict(features)
        return p if p.ndim == 2 else np.stack([1 - p, p], axis=1)

    return classify


def _fit_judge(examples: Sequence[Example], gate: "Booster", *, seed: int, rounds: int) -> "Booster":
    """Fit a judge to true transitions and the other gaps that the gate lets through.

    Of the latter gaps to which the gate gives a low probability, a third is drawn and given triple weight.
    """
    generator = np.random.default_rng(seed)
    features, labels, weights = [], [], []
    for example in examples:
        chance = gate.inplace_predict(example.features[:, gate_columns()])
        dull = (example.labels == NEITHER) & (chance < _DULL)
        drawn = ~dull | (generator.random(len(dull)) < 1 / _DULL_WEIGHT)
        rows = ((example.labels > NEITHER) | ((example.labels == NEITHER) & (chance > GATE_THRESHOLD))) & drawn
        features.append(example.features[rows])
        labels.append(example.labels[rows])
        weights.append(example.weight * np.where(dull, _DULL_WEIGHT, 1.0)[rows])
    return _boost(_JUDGE, features, np.concatenate(labels), np.concatenate(weights), seed=seed, rounds=rounds)


def score(trees: Trees, sequence: SequenceModel, example: Example) -> Floats:
    """Return the scores of an example's gaps, as input for `shotscale.boundaries.model.combine`."""
    network = sequence.read(sequence.encode(example.features))
    return np.concatenate([trees.judge(example.features), network], axis=1)


def _fit_gate(examples: Sequence[Example], *, seed: int) -> "Booster":
    pairs = [(example, example.labels != IGNORED) for example in examples]
    features = [example.features[rows][:, gate_columns()] for example, rows in pairs]
    labels = np.concatenate([example.labels[rows] > NEITHER for example, rows in pairs])
    weights = np.concatenate([np.full(rows.sum(), example.weight) for example, rows in pairs])
    return _boost(_GATE, features, labels, weights, seed=seed, rounds=_GATE_ROUNDS)


def _boost(
    parameters: dict[str, Any],
    features: Sequence[Floats],
    labels: npt.NDArray[Any],
    weights: npt.NDArray[np.float64],
    *,
    seed: int,
    rounds: int,
) -> "Booster":
    import xgboost

    rows = np.concatenate(features)
    table = xgboost.QuantileDMatrix(rows, label=labels, weight=weights, max_bin=_COMMON["max_bin"], nthread=1)
    return xgboost.train({**_COMMON, **parameters, "seed": seed, "nthread": 1}, table, rounds)


def _fit_to(
    given: Sequence[Example], made: Sequence[Made], *, seed: int, rounds: int, epochs: int
) -> "tuple[list[Booster], SequenceNetwork]":
    from shotscale.boundaries.sequence_fitting import fit_sequence

    both_ways = [*given, *(example for part in made for example in part.backwards)]
    composed = [example for part in made for example in (*part.composed, *part.montages)]
    gate = _fit_gate([*both_ways, *composed], seed=seed)
    judges = [_fit_judge(part, gate, seed=seed, rounds=rounds) for part in (both_ways, [*both_ways, *composed])]
    return [gate, *judges], fit_sequence([*both_ways, *composed], seed=seed, epochs=epochs)


def cross_validate(
    examples: Sequence[Example],
    folds: npt.NDArray[np.int64],
    made: Sequence[Made],
    *,
    seed: int,
    rounds: int = JUDGE_ROUNDS,
    epochs: int = EPOCHS,
) -> tuple[list[Floats], list[Floats]]:
    """Score every example and every montage with a model fitted to the other folds' examples and to those made of them.

    The montages' scores are in the order of the folds.
    """
    from shotscale.boundaries.sequence_fitting import as_functions

    scores: list[Floats] = [np.empty((0, N_OPINIONS + 2), np.float32)] * len(examples)
    montages: list[Floats] = []
    for fold in range(len(made)):
        given = [example for example, own in zip(examples, folds, strict=True) if own != fold]
        others = [part for own, part in enumerate(made) if own != fold]
        fitted, network = _fit_to(given, others, seed=seed, rounds=rounds, epochs=epochs)
        gate, *judges = map(_from_booster, fitted)
        trees, sequence = Trees(gate, tuple(judges)), as_functions(network)
        for i in np.flatnonzero(folds == fold).tolist():
            scores[i] = score(trees, sequence, examples[i])
        montages += [score(trees, sequence, example) for example in made[fold].montages]
        logger.info("fold %d of %d", fold + 1, len(made))
    return scores, montages


def train_detector(
    folder: str | os.PathLike[str],
    truth: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    seed: int = 0,
    n_composed: int = 100,
    n_montages: int = 40,
    rounds: int = JUDGE_ROUNDS,
    epochs: int = EPOCHS,
) -> dict[str, Any]:
    """Fit the default detector's model to clips with known shots, write it to a folder, and return its card.

    The same clips and seed give the same model. `n_composed` clips and `n_montages` very fast ones are made from the
    given clips' shots; `rounds` is the number of trees per class and judge, `epochs` how often the network sees every
    gap.
    """
    folds = np.random.default_rng(seed).permutation(len(read_truth(truth))) % _FOLDS
    examples, made = prepare(
        read_clips(folder, truth), folds, seed=seed, n_composed=n_composed // _FOLDS, n_montages=n_montages // _FOLDS
    )
    scores = cross_validate(examples, folds, made, seed=seed, rounds=rounds, epochs=epochs)
    trees, network = _fit_to(examples, made, seed=seed, rounds=rounds, epochs=epochs)
    settings = {"seed": seed, "rounds": rounds, "epochs": epochs}
    return write_model(trees, network, describe_model(examples, made, folds, scores, settings), output)


def describe_model(
    examples: Sequence[Example],
    made: Sequence[Made],
    folds: npt.NDArray[np.int64],
    scores: tuple[Sequence[Floats], Sequence[Floats]],
    settings: dict[str, int],
) -> dict[str, Any]:
    """Return a model's card, except feature names and checksums, from the output of `cross_validate`.

    The threshold is the one that suits the clips best, montages aside.
    """
    of_clips, of_montages = scores
    montages = [example for part in made for example in part.montages]
    counts = calibration.count_at_thresholds(examples, of_clips)
    chosen = calibration.choose_threshold(counts)
    quick = calibration.count_at_thresholds(montages, of_montages)[:, chosen].tolist()
    seed, least = settings["seed"], calibration.THRESHOLDS[0]
    return {
        "threshold": calibration.THRESHOLDS[chosen],
        "calibration": calibration.calibrate(examples, of_clips, least=least),
        "training": {
            "clips": _facts(examples),
            "composed": _facts([example for part in made for example in part.composed]),
            "montages": _facts(montages),
            "backwards": True,
            "seed": seed,
            "folds": _FOLDS,
            "gate": {**_COMMON, **_GATE, "rounds": _GATE_ROUNDS, "threshold": GATE_THRESHOLD},
            "judge": {**_COMMON, **_JUDGE, "rounds": settings["rounds"]},
            "sequence": {**PARAMETERS, "epochs": settings["epochs"]},
        },
        "reliability": calibration.reliability(examples, of_clips, folds, least=least),
        "cross_validation": calibration.report(calibration.cross_validated_counts(counts), seed=seed),
        "montages": calibration.report(quick, seed=seed)["cut"],
    }


def write_model(
    trees: "Sequence[Booster]", network: "SequenceNetwork", card: dict[str, Any], output: str | os.PathLike[str]
) -> dict[str, Any]:
    """Write trees, network and, last, the card; return the card completed with checksums and feature names."""
    from shotscale.boundaries.sequence_fitting import serialized

    target = make_folder(output)
    models = [*map(_serialized, trees), *serialized(network)]
    for name, model in zip(FILES, models, strict=True):
        write_bytes(target / name, model)
    checksums = {"sha256": {name: sha256(target / name) for name in FILES}}
    complete = {**card, **checksums, "gate_features": list(gate_names()), "features": list(feature_names())}
    write_json(target / CARD_NAME, complete)
    return complete


def _serialized(booster: "Booster") -> bytes:
    """Return fitted trees as an ONNX model."""
    from onnxmltools import convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    inputs = [("features", FloatTensorType([None, booster.num_features()]))]
    # Named, since the converter would choose a random name; so the same trees give the same bytes.
    model: bytes = convert_xgboost(booster, name="trees", initial_types=inputs).SerializeToString()
    return model


def _facts(examples: Sequence[Example]) -> dict[str, int]:
    return {
        "n": len(examples),
        "n_gaps": sum(len(example.labels) for example in examples),
        "n_transitions": sum(len(example.transitions) for example in examples),
    }
