"""Training targets of a labeled frame and its crops: probabilities of the seven scales.

Conventions
-----------
Boxes are ``(x, y, width, height, score)`` relative to the frame. A *size* is the height of the main subject's face as a
fraction of the frame's height, the one number that a crop changes in a known way: a crop to a fraction f of the frame's
height divides it by f. `LIMITS` are the sizes that separate neighboring scales by CineScale's definitions (where the
frame cuts the figure, assuming seven and a half heads to a figure and a detected face of three quarters of a head).

Sources disagree on what a medium long shot is: a figure cut at the knees in CineScale, a full figure with room around
it in others. `frame_target` therefore weighs a label against the size that the boxes show.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from shotscale.scales import SCALE_NAMES, SCALES, ScaleGroup

Box = Sequence[float]
Target = npt.NDArray[np.float64]

LIMITS: tuple[float, ...] = (1.0, 0.55, 0.27, 0.165, 0.105, 0.03)
"""Face height over frame height between ECU and CU, CU and MCU, MCU and MS, MS and MLS, MLS and LS, LS and ELS."""

_FACES_TO_FIGURE = 8.0  # a standing figure's height over its face's, which is a little less than a head
_LARGEST_FULL_FIGURE = 0.9  # of the frame's height: a taller one is cut off by the frame; by judgment
# About the geometric means of the limits on either side.
_TYPICAL_SIZE = {"ECU": 1.2, "CU": 0.74, "MCU": 0.40, "MS": 0.20, "MLS": 0.13, "LS": 0.05, "ELS": 0.015}
# Standard deviations of the logarithm of size: a face is the most precise, a label the least; by judgment.
_FACE_SPREAD, _FIGURE_SPREAD, _LABEL_SPREAD = 0.15, 0.28, 0.35


@dataclass(frozen=True)
class Subject:
    """The face or figure that decides a frame's scale.

    Attributes
    ----------
    size : float
        Face height over frame height, measured, or inferred from the figure or the label.
    spread : float
        Standard deviation of the logarithm of `size`.
    box : tuple of float or None
        ``(left, top, right, bottom)`` of what a crop has to keep: the face, or a figure's head; None if nothing was
        found.
    measured : bool
        Whether a face or a full figure was found.
    """

    size: float
    spread: float
    box: tuple[float, float, float, float] | None
    measured: bool


def size_target(size: float, spread: float) -> Target:
    """Return the probabilities of the seven scales for a subject's size and its spread.

    Examples
    --------
    >>> size_target(0.4, 0.15).round(2).tolist()
    [0.0, 0.02, 0.98, 0.0, 0.0, 0.0, 0.0]
    """
    edges = np.log([np.inf, *LIMITS, 1e-300])
    below = ndtr((edges - np.log(size)) / spread)
    target = below[:-1] - below[1:]
    shares: Target = target / target.sum()
    return shares


def find_subject(label: str, *, persons: Sequence[Box], faces: Sequence[Box]) -> Subject:
    """Find a frame's main subject: its tallest face, else its tallest full figure, else one typical of the label."""
    typical = _TYPICAL_SIZE.get(label, {"close": 0.8, "medium": 0.3, "long": 0.05}.get(label, 0.05))
    if faces:
        x, y, width, height = max(faces, key=lambda box: box[3])[:4]
        return Subject(height, _FACE_SPREAD, (x, y, x + width, y + height), True)
    if persons:
        x, y, width, height = max(persons, key=lambda box: box[3])[:4]
        tall = min(y + height, 1.0) - max(y, 0.0)
        head = (x + 0.25 * width, y, x + 0.75 * width, y + 0.2 * tall)
        if tall < _LARGEST_FULL_FIGURE and y + height < 0.99:
            return Subject(tall / _FACES_TO_FIGURE, _FIGURE_SPREAD, head, True)
        return Subject(typical, _LABEL_SPREAD, head, False)
    return Subject(typical, _LABEL_SPREAD, None, False)


def frame_target(label: str, subject: Subject, *, trust: float) -> Target:
    """Combine a frame's label with the size of its subject into a target of shape (7,).

    The label is a scale's abbreviation, or a group's name if only that is known; `trust` is its weight in [0, 1]
    against a measured size. If nothing was measured, the label alone counts.
    """
    said = _label_target(label)
    if not subject.measured:
        return said
    seen = size_target(subject.size, subject.spread)
    if label in tuple(ScaleGroup):
        narrowed: Target = said * (seen + 1e-3)
        narrowed /= narrowed.sum()
        return narrowed
    if label == "MLS":
        # A full figure with room around it is a long shot by definition, whatever a source calls it.
        return seen
    return trust * said + (1 - trust) * seen


def crop_target(whole: Target, subject: Subject, *, height: float) -> Target:
    """Return the target of a crop that keeps the subject and a fraction `height` of the frame's height."""
    if height >= 0.98:
        return whole
    moved = size_target(subject.size / height, np.hypot(subject.spread, 0.05))
    # Near the whole frame, its label still counts: it reflects more than the size.
    near = max(0.0, (height - 0.8) / 0.2)
    return near * whole + (1 - near) * moved


def _label_target(label: str) -> Target:
    if label in tuple(ScaleGroup):
        members = np.asarray([scale.group == label for scale in SCALES], np.float64)
        members /= members.sum()
        return members
    return np.asarray([name == label for name in SCALE_NAMES], np.float64)
