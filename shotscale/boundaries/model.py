"""The fitted classifier of gaps: gradient-boosted trees in XGBoost's own format, beside a card in JSON.

Two sets of trees in a row. The gate reads a few cheap features of every gap and dismisses most; the judge reads
all features of the rest.
"""

import functools
import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.features import Window, feature_names, gap_features, gate_features, gate_names
from shotscale.errors import WeightsError
from shotscale.files import sha256

if TYPE_CHECKING:
    from xgboost import Booster

__all__ = ["CARD_NAME", "GATE_NAME", "JUDGE_NAME", "GapModel", "default_model"]

GATE_NAME = "boundaries-gate.ubj"
JUDGE_NAME = "boundaries-judge.ubj"
CARD_NAME = "boundaries.json"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class GapModel:
    """Says of each gap with what probability it holds a cut or lies within a gradual transition.

    Attributes
    ----------
    gate : xgboost.Booster
        Two classes over `gate_names`: nothing, or perhaps something.
    judge : xgboost.Booster
        Three classes over `feature_names`: neither, cut, gradual.
    card : dict
        ``gate_threshold``; ``threshold``; ``calibration`` (``slope`` and ``intercept`` of the logit);
        ``features`` and ``gate_features`` in order; ``sha256`` of both files; how they were fitted.
    """

    gate: "Booster"
    judge: "Booster"
    card: dict[str, Any]

    @property
    def threshold(self) -> float:
        """The score from which a transition is reported."""
        return float(self.card["threshold"])

    def score(self, window: Window, gaps: npt.NDArray[np.intp]) -> Floats:
        """Give the probabilities of cut and gradual: float32 array of shape (gaps, 2)."""
        scores = np.zeros((len(gaps), 2), np.float32)
        if len(gaps):
            open_ = self.gate.inplace_predict(gate_features(window, gaps)) > self.card["gate_threshold"]
            if open_.any():
                scores[open_] = self.judge.inplace_predict(gap_features(window, gaps[open_]))[:, 1:]
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
        gate, judge = (_read_trees(source / name, card["sha256"]) for name in (GATE_NAME, JUDGE_NAME))
        return cls(gate, judge, card)


@functools.cache
def default_model() -> GapModel:
    """Read the model that comes with the package."""
    with resources.as_file(resources.files("shotscale.data")) as folder:
        return GapModel.load(folder)


def _read_trees(path: Path, checksums: dict[str, str]) -> "Booster":
    import xgboost

    if not path.is_file():
        raise WeightsError(f"{path}: no such file; fit a model again or install the package again")
    if sha256(path) != checksums.get(path.name):
        raise WeightsError(f"{path}: not the file that {CARD_NAME} describes; install the package again")
    booster = xgboost.Booster({"nthread": 1})
    try:
        booster.load_model(str(path))
    except xgboost.core.XGBoostError as error:
        raise WeightsError(f"{path}: not a model that XGBoost reads; install the package again") from error
    booster.set_param({"nthread": 1})
    return booster


def _read_card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path}: not a model's card ({error}); install the package again") from error
    wanted = ("features", "gate_features", "gate_threshold", "threshold", "calibration", "sha256")
    missing = [key for key in wanted if not isinstance(card, dict) or key not in card]
    if missing:
        raise WeightsError(f"{path}: lacks {missing[0]}; install the package again")
    if tuple(card["features"]) != feature_names() or tuple(card["gate_features"]) != gate_names():
        raise WeightsError(f"{path}: fitted to other features than this version's; fit the model again")
    return dict(card)
