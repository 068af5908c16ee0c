"""The baseline of boxes: it knows the tallest figure and face, how many there are, and the picture's sharpness."""

import numpy as np
import pandas as pd

from shotscale.evaluation.baselines import box_features
from shotscale.labeled.dataset import LabeledFrames


def test_features_are_those_of_the_tallest_boxes() -> None:
    stripes = np.zeros((4, 8, 3), np.uint8)
    stripes[::2] = 30
    low, tall = [0.1, 0.5, 0.9, 0.2, 0.6], [0.2, 0.1, 0.3, 0.8, 0.9]
    table = pd.DataFrame({"persons": [[low, tall], []], "faces": [[tall, low], []]})
    found = box_features(LabeledFrames(table, [stripes, stripes], [], np.empty((2, 7))))
    _, top, width, height, score = tall
    assert found[0].tolist() == [height, width, top, top + height, score, 2, height, width, score, 2, 30, 2]
    assert found[1].tolist() == [0] * 10 + [30, 2]
