"""A baseline without a network: predict shot scale from the boxes of faces and figures with a random forest.

Conventions
-----------
Twelve features per frame, all relative to the frame: height, width, top and bottom of the tallest figure, its
score, the number of figures; height, width and score of the tallest face, the number of faces; sharpness;
aspect ratio.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import RandomForestClassifier

from shotscale.evaluation.scores import group_probabilities, measure
from shotscale.labeled.dataset import LabeledFrames
from shotscale.scales import GROUP_NAMES


def box_features(frames: LabeledFrames) -> npt.NDArray[np.float64]:
    """Return the features (n, 12) of labeled frames."""
    table = frames.table
    rows = zip(table["persons"], table["faces"], frames.images, strict=True)
    return np.asarray([_features(persons, faces, image) for persons, faces, image in rows])


def _features(persons: list[list[float]], faces: list[list[float]], image: npt.NDArray[np.uint8]) -> list[float]:
    figure = max(persons, key=lambda box: box[3], default=[0.0] * 5)
    face = max(faces, key=lambda box: box[3], default=[0.0] * 5)
    gray = image.mean(axis=2)
    sharpness = float(np.abs(np.diff(gray, axis=0)).mean() + np.abs(np.diff(gray, axis=1)).mean())
    return [
        *(figure[3], figure[2], figure[1], figure[1] + figure[3], figure[4], float(len(persons))),
        *(face[3], face[2], face[4], float(len(faces))),
        *(sharpness, image.shape[1] / image.shape[0]),
    ]


def box_baseline(learned: LabeledFrames, test: LabeledFrames) -> dict[str, Any]:
    """Fit the forest on some frames and evaluate it on others, in three classes."""
    forest = RandomForestClassifier(300, min_samples_leaf=2, random_state=0)
    forest.fit(box_features(learned), group_probabilities(learned.targets).argmax(axis=1))
    predicted = np.asarray(forest.predict(box_features(test)), np.intp)
    truth = group_probabilities(test.targets).argmax(axis=1)
    return measure(truth, predicted, names=GROUP_NAMES)
