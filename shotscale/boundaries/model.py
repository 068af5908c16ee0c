"""The fitted classifier of gaps: gradient-boosted trees in XGBoost's own format, beside a card in JSON."""

import functools
import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.features import Window, feature_names, gap_features
from shotscale.errors import WeightsError
from shotscale.files import sha256

if TYPE_CHECKING:
    from xgboost import Booster

__all__ = ["CARD_NAME", "MODEL_NAME", "GapModel", "default_model"]

MODEL_NAME = "boundaries.ubj"
CARD_NAME = "boundaries.json"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class GapModel:
    """Says of each gap with what probability it holds a cut or lies within a gradual transition.

    Attributes
    ----------
    booster : xgboost.Booster
        Three classes: neither, cut, gradual.
    card : dict
        ``features`` in order, ``threshold``, ``calibration`` (``slope`` and ``intercept`` of the logit),
        ``sha256`` of the trees, and how they were fitted.
    """

    booster: "Booster"
    card: dict[str, Any]

    @property
    def threshold(self) -> float:
        """The score from which a transition is reported."""
        return float(self.card["threshold"])

    def score(self, window: Window, gaps: npt.NDArray[np.intp]) -> Floats:
        """Give the probabilities of cut and gradual: float32 array of shape (gaps, 2)."""
        return self.predict(gap_features(window, gaps))

    def predict(self, features: Floats) -> Floats:
        """Give the same for rows of `gap_features`."""
        if not len(features):
            return np.zeros((0, 2), np.float32)
        probabilities: Floats = self.booster.inplace_predict(features)
        return probabilities[:, 1:]

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
        import xgboost

        model, card = Path(folder) / MODEL_NAME, Path(folder) / CARD_NAME
        facts = _read_card(card)
        if not model.is_file():
            raise WeightsError(f"{model}: no such file; fit a model again or install the package again")
        if sha256(model) != facts["sha256"]:
            raise WeightsError(f"{model}: not the file that {CARD_NAME} describes; install the package again")
        booster = xgboost.Booster({"nthread": 1})
        try:
            booster.load_model(str(model))
        except xgboost.core.XGBoostError as error:
            raise WeightsError(f"{model}: not a model that XGBoost reads; install the package again") from error
        return cls(booster, facts)


@functools.cache
def default_model() -> GapModel:
    """Read the model that comes with the package."""
    with resources.as_file(resources.files("shotscale.data")) as folder:
        return GapModel.load(folder)


def _read_card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path}: not a model's card ({error}); install the package again") from error
    wanted = ("features", "threshold", "calibration", "sha256")
    missing = [key for key in wanted if not isinstance(card, dict) or key not in card]
    if missing:
        raise WeightsError(f"{path}: lacks {missing[0]}; install the package again")
    if tuple(card["features"]) != feature_names():
        raise WeightsError(f"{path}: fitted to other features than this version's; fit the model again")
    return dict(card)
