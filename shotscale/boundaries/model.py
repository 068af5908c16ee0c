"""The fitted classifier of gaps: gradient-boosted trees as ONNX models, beside a card in JSON.

XGBoost fits them; ONNX Runtime, which the scale network needs anyway, runs them without the seconds that
importing XGBoost takes.

The gate reads a few cheap features of every gap and dismisses most. Two judges read all features of the rest: one
knows the given clips alone, the other composed transitions and disturbances besides
(`shotscale.boundaries.synthesis`). `blend` makes one opinion of theirs.
"""

import functools
import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.features import Window, feature_names, gap_features, gate_features, gate_names
from shotscale.boundaries.trees import Classifier, read_classifier
from shotscale.errors import WeightsError
from shotscale.files import sha256

__all__ = ["CARD_NAME", "GATE_NAME", "JUDGE_NAMES", "N_OPINIONS", "GapModel", "Trees", "blend", "default_model"]

GATE_NAME = "boundaries-gate.onnx"
JUDGE_NAMES = ("boundaries-judge-given.onnx", "boundaries-judge-composed.onnx")
CARD_NAME = "boundaries.json"
GATE_THRESHOLD = 0.01
N_OPINIONS = 4
_LONG, _SMOOTHED, _LASTING = 16, 9, 0.35  # gaps, gaps, probability

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """The trees of a `GapModel`.

    Attributes
    ----------
    gate : callable
        Gives the probabilities of two classes from features in the order of `gate_names`: nothing, or perhaps
        something.
    judges : tuple of callable
        Three classes over `feature_names`: neither, cut, gradual.
    """

    gate: Classifier
    judges: tuple[Classifier, ...]

    def lets_through(self, features: Floats) -> npt.NDArray[np.bool_]:
        """Say which rows of `gate_features` deserve a judgement."""
        passed: npt.NDArray[np.bool_] = self.gate(features)[:, 1] > GATE_THRESHOLD
        return passed

    def judge(self, features: Floats) -> Floats:
        """Return each judge's probabilities of cut and gradual for rows of `gap_features`: (n, `N_OPINIONS`)."""
        return np.concatenate([judge(features)[:, 1:] for judge in self.judges], axis=1)


@dataclass(frozen=True, slots=True)
class GapModel:
    """Says of each gap with what probability it holds a cut or lies within a gradual transition.

    Attributes
    ----------
    trees : Trees
    card : dict
        ``threshold``; ``calibration`` (``slope`` and ``intercept`` of the logit); ``features`` and
        ``gate_features`` in order; ``sha256`` of each file; how the trees were fitted.
    """

    trees: Trees
    card: dict[str, Any]

    @property
    def threshold(self) -> float:
        """The score from which a transition is reported."""
        return float(self.card["threshold"])

    def score(self, window: Window, gaps: npt.NDArray[np.intp]) -> Floats:
        """Return what `Trees.judge` gives, zeros where the gate is shut: float32 array of shape (gaps, N_OPINIONS)."""
        scores = np.zeros((len(gaps), N_OPINIONS), np.float32)
        if len(gaps):
            passed = self.trees.lets_through(gate_features(window, gaps))
            if passed.any():
                scores[passed] = self.trees.judge(gap_features(window, gaps[passed]))
        return scores

    def confidence(self, score: float) -> float:
        """Turn a score into a calibrated probability."""
        p = float(np.clip(score, 1e-6, 1 - 1e-6))
        calibration = self.card["calibration"]
        logit = calibration["slope"] * np.log(p / (1 - p)) + calibration["intercept"]
        return float(1 / (1 + np.exp(-logit)))

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> "GapModel":
        """Read a model and its card.

        Raises
        ------
        WeightsError
            If either is missing or damaged, or if the model was fitted to other features.
        """
        source = Path(folder)
        card = _read_card(source / CARD_NAME)
        gate, *judges = (_read_trees(source / name, card["sha256"]) for name in (GATE_NAME, *JUDGE_NAMES))
        return cls(Trees(gate, tuple(judges)), card)


def blend(opinions: Floats) -> Floats:
    """Average the judges' probabilities, but let one alone speak on long gradual transitions.

    Those of more than half a second are rare in the given clips, and the no of the judge that knows nothing else
    says little. The other's opinion on a single gap is weak too; that it lasts is the evidence.

    Parameters
    ----------
    opinions : float32 array of shape (n, N_OPINIONS)
        Of all of a film's gaps: cut and gradual by the judge of the given clips, cut and gradual by the other.

    Returns
    -------
    float32 array of shape (n, 2)
        Probabilities of cut and gradual.
    """
    blended = ((opinions[:, :2] + opinions[:, 2:]) / 2).astype(np.float32)
    if len(opinions) < _SMOOTHED:
        return blended
    gradual = opinions[:, 3]
    padded = np.pad(gradual, _SMOOTHED // 2, mode="edge")
    smooth = np.lib.stride_tricks.sliding_window_view(padded, _SMOOTHED).mean(axis=1, dtype=np.float32)
    above = np.concatenate([[False], smooth > _LASTING, [False]])
    edges = np.flatnonzero(np.diff(above.astype(np.int8)))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if stop - start >= _LONG:
            own = np.maximum(smooth[start:stop], gradual[start:stop])
            blended[start:stop, 1] = np.maximum(blended[start:stop, 1], own)
    return blended


@functools.cache
def default_model() -> GapModel:
    """Read the model that comes with the package."""
    with resources.as_file(resources.files("shotscale.data")) as folder:
        return GapModel.load(folder)


def _read_trees(path: Path, checksums: dict[str, str]) -> Classifier:
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; fit a model again or install the package again")
    if sha256(path) != checksums.get(path.name):
        raise WeightsError(f"{path}: not the file that {CARD_NAME} describes; install the package again")
    return read_classifier(path)


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
