"""Average the probabilities of shot scales over time, within shots."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import OptionError

__all__ = ["smooth_scales"]

Floats = npt.NDArray[np.float64]


def smooth_scales(times: Floats, probabilities: Floats, shots: pd.DataFrame, *, window: float = 3.0) -> Floats:
    """Average probabilities (n, classes) over a centered time window that never crosses a shot boundary.

    The published networks average over three seconds (doi 10.1109/ICIP.2018.8451474); 0 changes nothing.

    Examples
    --------
    >>> shots = pd.DataFrame({"start": [0.0, 2.0], "end": [2.0, 4.0]})
    >>> p = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    >>> smooth_scales(np.arange(4.0), p, shots)[:, 0].tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    if not window >= 0:
        raise OptionError(f"{window}: a window is a length in seconds, 0 or more")
    times, p = np.asarray(times, np.float64), np.asarray(probabilities, np.float64)
    if len(times) == 0:
        return p.copy()
    starts = shots["start"].to_numpy(np.float64)
    shot = np.searchsorted(starts, times, side="right")
    opens, closes = np.searchsorted(shot, shot, side="left"), np.searchsorted(shot, shot, side="right")
    # The margin keeps a frame exactly at the edge of the window inside, despite rounding of decimal fractions.
    reach = window / 2 + 1e-9
    first = np.maximum(np.searchsorted(times, times - reach, side="left"), opens)
    last = np.minimum(np.searchsorted(times, times + reach, side="right"), closes)
    sums = np.concatenate([np.zeros((1, p.shape[1])), np.cumsum(p, axis=0)])
    means: Floats = (sums[last] - sums[first]) / (last - first)[:, None]
    return np.clip(means, 0.0, 1.0)
