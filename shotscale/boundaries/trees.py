"""Boosted trees as functions from features to class probabilities, fitted by XGBoost or read from an ONNX model."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shotscale.network.graph import read_function

if TYPE_CHECKING:
    from xgboost import Booster

__all__ = ["Classifier", "from_booster", "read_classifier", "write_booster"]

Floats = npt.NDArray[np.float32]
Classifier = Callable[[Floats], Floats]
"""Returns class probabilities of shape (n, classes) for features of shape (n, d)."""


def from_booster(booster: "Booster") -> Classifier:
    """Return a fitted model as a classifier; a single probability becomes two classes."""

    def classify(features: Floats) -> Floats:
        p: Floats = booster.inplace_predict(features)
        return p if p.ndim == 2 else np.stack([1 - p, p], axis=1)

    return classify


def write_booster(booster: "Booster", path: str | os.PathLike[str]) -> None:
    """Write a fitted model as an ONNX model for `read_classifier`."""
    from onnxmltools import convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    kind = FloatTensorType([None, booster.num_features()])
    # Named, since the converter would choose a random name; so the same trees give the same bytes.
    model = convert_xgboost(booster, name="trees", initial_types=[("features", kind)])
    Path(path).write_bytes(model.SerializeToString())


def read_classifier(path: str | os.PathLike[str]) -> Classifier:
    """Read a classifier written by `write_booster`; raise `WeightsError` if the file is something else."""
    return read_function(path, output=1, what="trees")
