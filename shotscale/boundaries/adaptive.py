"""A simple untrained detector: frame differences relative to their neighborhood, cuts only."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.transitions import Transition
from shotscale.errors import OptionError

_AROUND = 4  # frames on either side, a third of a second in all; chosen by judgment
_LEAST_CHANGE = 0.03  # of full scale
_RATIO = 3.0  # PySceneDetect's default for its adaptive detector


class AdaptiveDetector:
    """Finds cuts where a frame differs from the one before more than its neighbors differ from each other.

    Applies the idea of PySceneDetect's adaptive detector to thumbnails. The confidence is a monotone function of the
    ratio and not calibrated. `threshold` is the least ratio of a gap's frame difference to the mean of the four gaps on
    either side; above 1, by default 3.
    """

    name = "adaptive"
    doubtful: Sequence[Transition] = ()
    notes: Sequence[str] = ()

    def __init__(self, *, threshold: float | None = None) -> None:
        self._ratio = _RATIO if threshold is None else threshold
        if self._ratio <= 1:
            raise OptionError(f"threshold = {threshold}: a ratio above 1; the adaptive detector's own is {_RATIO}")
        self._times: list[npt.NDArray[np.float64]] = []
        self._changes: list[npt.NDArray[np.float32]] = []
        self._last: npt.NDArray[np.uint8] | None = None

    def push(self, times: npt.NDArray[np.float64], thumbnails: npt.NDArray[np.uint8]) -> None:
        """Take the next frames; see `ShotDetector.push`."""
        if not len(times):
            return
        joined = thumbnails if self._last is None else np.concatenate([self._last[None], thumbnails])
        change = np.abs(np.diff(joined.astype(np.int16), axis=0)).mean(axis=(1, 2, 3))
        self._changes.append((change / 255).astype(np.float32))
        self._times.append(np.array(times, np.float64))
        self._last = thumbnails[-1].copy()

    def finish(self) -> list[Transition]:
        """Return the film's cuts in time order."""
        times = np.concatenate([np.empty(0), *self._times])
        change = np.concatenate([np.empty(0, np.float32), *self._changes])
        if not len(change):
            return []
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(change, _AROUND), 2 * _AROUND + 1)
        neighbors = (windows.sum(axis=1) - change) / (2 * _AROUND)
        ratio = change / np.maximum(neighbors, _LEAST_CHANGE / self._ratio)
        cuts = np.flatnonzero((ratio >= self._ratio) & (change >= _LEAST_CHANGE)).tolist()
        return [
            Transition(
                start=float(times[gap]),
                end=float(times[gap + 1]),
                kind="cut",
                confidence=float(1 - self._ratio / (2 * ratio[gap])),
            )
            for gap in cuts
        ]
