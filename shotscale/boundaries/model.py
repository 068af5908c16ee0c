"""The fitted gap classifiers: gradient-boosted trees and a small network as ONNX models, with a JSON card.

XGBoost fits the trees; ONNX Runtime, which the scale network needs anyway, runs them without the seconds it takes to
import XGBoost.

The gate reads a few features of every gap and rejects most gaps. Two judges read all features of the rest: one is
fitted to the given clips only, the other also to composed transitions and disturbances
(`shotscale.boundaries.synthesis`). `blend` combines their opinions; the result is averaged with the network's opinion
(`SequenceModel`, fitted by `shotscale.boundaries.sequence_fitting`).
"""

import functools
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from shotscale.boundaries.features import feature_names, gate_names
from shotscale.errors import WeightsError
from shotscale.files import sha256
from shotscale.network.graph import read_function
from shotscale.runs import runs

GATE_NAME = "boundaries-gate.onnx"
JUDGE_NAMES = ("boundaries-judge-given.onnx", "boundaries-judge-composed.onnx")
SEQUENCE_NAMES = ("boundaries-encoder.onnx", "boundaries-reader.onnx")
FILES = (GATE_NAME, *JUDGE_NAMES, *SEQUENCE_NAMES)
CARD_NAME = "boundaries.json"
GATE_THRESHOLD = 0.01  # probability; low, because no judge sees what the gate rejects
N_OPINIONS = 4  # two judges' probabilities of a cut and of a gradual transition
_LONG, _SMOOTHED, _LASTING = 16, 9, 0.35  # gaps, gaps, probability

N_CODES = 24
"""How many numbers the network keeps per gap."""

EPOCHS = 8
PARAMETERS: dict[str, Any] = {"hidden": 48, "channels": 32, "rate": 3e-3, "decay": 0.02, "run": 128, "batch": 16}
"""Parameters of the network and its fitting: initial choices, none tuned."""

Floats = npt.NDArray[np.float32]
Function = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Trees:
    """The trees of a `GapModel`, as functions from features (n, d) to class probabilities (n, classes).

    The gate returns the probabilities of no transition and of a possible one from features in the order of
    `gate_names`; each judge returns those of neither, cut and gradual from features in the order of `feature_names`.
    """

    gate: Function
    judges: tuple[Function, ...]

    def judge(self, features: Floats) -> Floats:
        """Return each judge's probabilities of cut and gradual for rows of `gap_features`, 0 if the gate rejects them.

        They are float32 of shape (n, N_OPINIONS).
        """
        opinions = np.zeros((len(features), N_OPINIONS), np.float32)
        passed = self.gate(features[:, gate_columns()])[:, 1] > GATE_THRESHOLD if len(features) else np.zeros(0, bool)
        if passed.any():
            chosen = features[passed]
            opinions[passed] = np.concatenate([judge(chosen)[:, 1:] for judge in self.judges], axis=1)
        return opinions


@dataclass(frozen=True, slots=True)
class SequenceModel:
    """The two parts of a small network that reads the features of many gaps together; trees judge each gap separately.

    `encode` turns rows of `gap_features` into codes (n, N_CODES) while the film is read; `read` turns the codes of all
    of a film's gaps, each with 14 on either side, into the probabilities of cut and gradual (n, 2).
    """

    encode: Function
    read: Function


@dataclass(frozen=True, slots=True)
class GapModel:
    """Computes the probability of each gap to hold a cut or to lie within a gradual transition.

    The card holds ``threshold``; ``calibration`` (``slope`` and ``intercept`` of the logit); ``features`` and
    ``gate_features`` in order; ``sha256`` of each file; and how the model was fitted.
    """

    trees: Trees
    sequence: SequenceModel
    card: dict[str, Any]

    @property
    def threshold(self) -> float:
        """The lowest score at which a transition is reported."""
        return float(self.card["threshold"])

    def confidence(self, score: float) -> float:
        """Turn a score into a calibrated probability."""
        return float(confidence(score, self.card["calibration"]))

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> "GapModel":
        """Read a model and its card; raise `WeightsError` if it is damaged or was fitted to other features."""
        source = Path(folder)
        card = _read_card(source / CARD_NAME)
        gate, *judges = (
            read_function(_checked(source / name, card), output=1, what="trees") for name in (GATE_NAME, *JUDGE_NAMES)
        )
        encode, read = (
            read_function(_checked(source / name, card), output=0, what="a network") for name in SEQUENCE_NAMES
        )
        return cls(Trees(gate, tuple(judges)), SequenceModel(encode, read), card)


def clipped_logit(scores: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the logits of scores in [0, 1], kept finite."""
    return np.asarray(logit(np.clip(np.asarray(scores, np.float64), 1e-6, 1 - 1e-6)), np.float64)


def confidence(scores: npt.ArrayLike, curve: Mapping[str, float]) -> npt.NDArray[np.float64]:
    """Return the probabilities that transitions with these scores are real: a logistic curve over the scores' logits.

    The curve is fitted by `shotscale.boundaries.calibration.calibrate`.

    Examples
    --------
    >>> confidence([0.5, 0.9], {"slope": 1.0, "intercept": 0.0}).round(2).tolist()
    [0.5, 0.9]
    """
    return np.asarray(expit(curve["slope"] * clipped_logit(scores) + curve["intercept"]), np.float64)


def combine(scores: Floats) -> Floats:
    """Average the opinions of trees and network, the outputs of `Trees.judge` and `SequenceModel.read`, to (n, 2).

    The network alone finds more gradual transitions, but mistakes whip pans for them; the trees do not.
    """
    return ((blend(scores[:, :N_OPINIONS]) + scores[:, N_OPINIONS:]) / 2).astype(np.float32)


def blend(opinions: Floats) -> Floats:
    """Average the judges' probabilities, but let the second judge alone report long gradual transitions.

    Those of more than half a second are rare in the given clips, so rejection by the judge fitted to these alone means
    little. The other's opinion on a single gap is weak too; the evidence is that it persists. The opinions
    (n, N_OPINIONS) on all of a film's gaps are cut and gradual by the judge of the given clips, then cut and gradual by
    the other; the blend is (n, 2).
    """
    blended = ((opinions[:, :2] + opinions[:, 2:]) / 2).astype(np.float32)
    if len(opinions) < _SMOOTHED:
        return blended
    gradual = opinions[:, 3]
    padded = np.pad(gradual, _SMOOTHED // 2, mode="edge")
    smooth = np.lib.stride_tricks.sliding_window_view(padded, _SMOOTHED).mean(axis=1, dtype=np.float32)
    for start, stop in runs(smooth > _LASTING):
        if stop - start >= _LONG:
            own = np.maximum(smooth[start:stop], gradual[start:stop])
            blended[start:stop, 1] = np.maximum(blended[start:stop, 1], own)
    return blended


@functools.cache
def default_model() -> GapModel:
    """Read the model that comes with the package."""
    with resources.as_file(resources.files("shotscale.data")) as folder:
        return GapModel.load(folder)


@functools.cache
def gate_columns() -> npt.NDArray[np.intp]:
    """Return the indices of the gate's features among all features."""
    names = feature_names()
    return np.asarray([names.index(name) for name in gate_names()], np.intp)


def _checked(path: Path, card: dict[str, Any]) -> Path:
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; fit a model again or install the package again")
    if sha256(path) != card["sha256"].get(path.name):
        raise WeightsError(f"{path}: not the file that {CARD_NAME} describes; install the package again")
    return path


def _read_card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path}: not a model's card ({error}); install the package again") from error
    wanted = ("features", "gate_features", "threshold", "calibration", "sha256")
    missing = [key for key in wanted if not isinstance(card, dict) or key not in card]
    if missing:
        raise WeightsError(f"{path}: lacks {missing[0]}; install the package again")
    if tuple(card["features"]) != feature_names() or tuple(card["gate_features"]) != gate_names():
        raise WeightsError(f"{path}: fitted to other features than this version's; fit the model again")
    return dict(card)
