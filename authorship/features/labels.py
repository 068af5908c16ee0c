"""A scale track as arrays of ranks: the input of the scale features."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import TableError
from shotscale.scales import GROUP_NAMES, SCALE_NAMES, SCALES, ShotScale
from shotscale.tables import MEMBERS, SCALE_COLUMNS

__all__ = ["OUTSIDE", "ScaleLabels", "scale_labels"]

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

OUTSIDE = -1
"""Rank of a sample outside the order of scales."""

_SEVEN = {name: rank for rank, name in enumerate(SCALE_NAMES)}
_THREE = {name: rank for rank, name in enumerate(GROUP_NAMES)}
GROUP_OF_SCALE = MEMBERS.argmax(axis=1)
"""The rank of the group of each scale, by the scale's rank."""
_ABBREVIATIONS = frozenset(scale.abbreviation for scale in ShotScale)
_ABOUT = 0.1  # seconds from one; PAL speed differs by 0.04, the mean spacing of a few samples by up to a frame more


@dataclass(frozen=True)
class ScaleLabels:
    """The samples of a scale track.

    Attributes
    ----------
    time : float array of shape (n,)
        Seconds.
    scale, group : int arrays of shape (n,)
        Ranks in `SCALES` and `GROUPS`, `OUTSIDE` if there is none.
    foreground, insert : bool arrays of shape (n,)
        Whether coded as foreground shot or insert shot.
    weights : float array of shape (n, 7)
        Share of each scale in a sample: a network's probabilities, or 1 for a coder's scale; NaN if there is none.
    annotated : bool
        Whether the labels are a coder's, in all of CineScale's classes, rather than a network's.
    """

    time: Array
    scale: Ranks
    group: Ranks
    foreground: npt.NDArray[np.bool_]
    insert: npt.NDArray[np.bool_]
    weights: Array
    annotated: bool

    def some(self, rows: npt.NDArray[np.bool_]) -> "ScaleLabels":
        """Return the samples selected by a mask."""
        of_samples = ("time", "scale", "group", "foreground", "insert", "weights")
        return replace(self, **{name: getattr(self, name)[rows] for name in of_samples})


def scale_labels(track: pd.DataFrame) -> ScaleLabels:
    """Read the samples of a scale track or a coding.

    Parameters
    ----------
    track : pandas.DataFrame
        With ``time`` and ``scale`` (abbreviations of any of the ten classes), ``group``, or both. A track
        without probabilities is taken to be a coding.

    Raises
    ------
    TableError
        If columns are missing, or an abbreviation or a group is unknown.
    """
    if "time" not in track or not {"scale", "group"} & set(track.columns):
        raise TableError(f"scale track: has {', '.join(map(str, track.columns))}; needs time and scale; add the column")
    names, groups = _texts(track, "scale"), _texts(track, "group")
    for found, known, what in ((names, _ABBREVIATIONS, "shot scale"), (groups, _THREE, "group of scales")):
        if unknown := sorted(set(found) - {"", *known}):
            raise TableError(f"scale track: {unknown[0]!r} is not a {what}; use {', '.join(sorted(known))}")
    scale = np.asarray([_SEVEN.get(name, OUTSIDE) for name in names], np.int64)
    if "group" in track:
        group = np.asarray([_THREE.get(name, OUTSIDE) for name in groups], np.int64)
    else:
        group = np.where(scale == OUTSIDE, OUTSIDE, GROUP_OF_SCALE[scale])
    texts = np.asarray(names, object)
    return ScaleLabels(
        time=track["time"].to_numpy(np.float64),
        scale=scale,
        group=group.astype(np.int64),
        foreground=texts == ShotScale.FOREGROUND_SHOT.abbreviation,
        insert=texts == ShotScale.INSERT_SHOT.abbreviation,
        weights=_weights(track, scale),
        annotated="p_close" not in track.columns,
    )


def usual_spacing(time: Array) -> float:
    """Return how far apart samples usually are, in seconds; 1 if that is about a second, or unknown.

    So a film with one sample per second is measured like a coding, whatever its frame rate and at PAL speed.

    Examples
    --------
    >>> usual_spacing(np.array([0.0, 2.0, 4.0, 30.0, 32.0])), usual_spacing(np.arange(9) * 25 / 24)
    (2.0, 1.0)
    """
    apart = np.diff(time)
    apart = apart[apart > 0]
    if not len(apart):
        return 1.0
    spacing = float(apart[apart < 2 * np.median(apart)].mean())  # without gaps
    return 1.0 if abs(spacing - 1) < _ABOUT else spacing


def by_the_second(labels: ScaleLabels) -> ScaleLabels:
    """Keep every k-th of several samples per second, so that about one remains, the rate of codings."""
    step = max(1, round(1 / usual_spacing(labels.time)))
    return labels.some(np.arange(len(labels.time)) % step == 0)


def _weights(track: pd.DataFrame, scale: Ranks) -> Array:
    if set(SCALE_COLUMNS) <= set(track.columns):
        return track[list(SCALE_COLUMNS)].to_numpy(np.float64)
    return np.where((scale != OUTSIDE)[:, None], np.eye(len(SCALES))[scale], np.nan)


def _texts(track: pd.DataFrame, column: str) -> list[str]:
    if column not in track:
        return [""] * len(track)
    values = track[column].astype(object)
    return [str(value) for value in values.where(values.notna(), "")]
