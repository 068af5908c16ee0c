"""From a transition's score to the calibrated probability that it is real: a logistic curve over the score's logit."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

Floats = npt.NDArray[np.float64]


def clipped_logit(scores: npt.ArrayLike) -> Floats:
    """Return the logits of scores in [0, 1], kept finite."""
    return np.asarray(logit(np.clip(np.asarray(scores, np.float64), 1e-6, 1 - 1e-6)), np.float64)


def confidence(scores: npt.ArrayLike, curve: Mapping[str, float]) -> Floats:
    """Return the probabilities that transitions with these scores are real.

    The curve is fitted by `shotscale.boundaries.calibration.calibrate`.

    Examples
    --------
    >>> confidence([0.5, 0.9], {"slope": 1.0, "intercept": 0.0}).round(2).tolist()
    [0.5, 0.9]
    """
    return np.asarray(expit(curve["slope"] * clipped_logit(scores) + curve["intercept"]), np.float64)
