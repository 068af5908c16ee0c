"""A scale track as arrays of ranks, by sample and by shot: what the scale features are computed from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import TableError
from shotscale.scales import GROUPS, SCALES, ShotScale

__all__ = ["OUTSIDE", "ScaleLabels", "ShotLabels", "scale_labels", "shot_labels"]

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

OUTSIDE = -1
"""The rank of a sample that has no place in the order."""

_SEVEN = {scale.abbreviation: rank for rank, scale in enumerate(SCALES)}
_THREE = {group.value: rank for rank, group in enumerate(GROUPS)}
_GROUP_OF_SCALE = np.asarray([GROUPS.index(scale.group) for scale in SCALES if scale.group is not None])
_ABBREVIATIONS = frozenset(scale.abbreviation for scale in ShotScale)


@dataclass(frozen=True)
class ScaleLabels:
    """The samples of a scale track.

    Attributes
    ----------
    time : float array of shape (n,)
        Seconds.
    scale, group : int arrays of shape (n,)
        Ranks in `SCALES` and `GROUPS`, `OUTSIDE` where there is none.
    foreground, insert : bool arrays of shape (n,)
        Annotated as foreground shot or insert shot.
    annotated : bool
        Whether the labels are a coder's, in all of CineScale's classes, and not a network's.
    """

    time: Array
    scale: Ranks
    group: Ranks
    foreground: npt.NDArray[np.bool_]
    insert: npt.NDArray[np.bool_]
    annotated: bool


@dataclass(frozen=True)
class ShotLabels:
    """The dominant scale and group of each shot, `OUTSIDE` where no sample of the shot has one."""

    scale: Ranks
    group: Ranks


def scale_labels(track: pd.DataFrame) -> ScaleLabels:
    """Read the samples of a scale track or of an annotation.

    Parameters
    ----------
    track : pandas.DataFrame
        With ``time`` and ``scale`` (abbreviations of any of the ten classes), ``group``, or both. A track
        without probabilities is taken as a coder's annotation.

    Raises
    ------
    TableError
        If columns are missing, or an abbreviation is none.
    """
    if "time" not in track or not {"scale", "group"} & set(track.columns):
        raise TableError(f"scale track: has {', '.join(map(str, track.columns))}; needs time and scale; add the column")
    names = _texts(track, "scale")
    unknown = sorted({name for name in names if name} - _ABBREVIATIONS)
    if unknown:
        raise TableError(f"scale track: {unknown[0]!r} is not a shot scale; use {', '.join(sorted(_ABBREVIATIONS))}")
    scale = np.asarray([_SEVEN.get(name, OUTSIDE) for name in names], np.int64)
    if "group" in track:
        group = np.asarray([_THREE.get(name, OUTSIDE) for name in _texts(track, "group")], np.int64)
    else:
        group = np.where(scale == OUTSIDE, OUTSIDE, _GROUP_OF_SCALE[scale])
    texts = np.asarray(names, object)
    return ScaleLabels(
        time=track["time"].to_numpy(np.float64),
        scale=scale,
        group=group.astype(np.int64),
        foreground=texts == ShotScale.FOREGROUND_SHOT.abbreviation,
        insert=texts == ShotScale.INSERT_SHOT.abbreviation,
        annotated="p_close" not in track.columns,
    )


def shot_labels(starts: Array, end: float, labels: ScaleLabels) -> ShotLabels:
    """Give each shot the scale that most of its samples have; a tie goes to the nearer scale.

    Parameters
    ----------
    starts : float array of shape (n,)
        Where the shots start, in seconds.
    end : float
        Where the last one ends. Samples outside all shots are left aside.
    labels : ScaleLabels
    """
    shot = np.searchsorted(starts, labels.time, side="right") - 1
    inside = (shot >= 0) & (labels.time < end)
    return ShotLabels(
        scale=_dominant(shot[inside], labels.scale[inside], len(starts), len(SCALES)),
        group=_dominant(shot[inside], labels.group[inside], len(starts), len(GROUPS)),
    )


def _texts(track: pd.DataFrame, column: str) -> list[str]:
    if column not in track:
        return [""] * len(track)
    return ["" if pd.isna(value) else str(value) for value in track[column]]


def _dominant(shot: Ranks, rank: Ranks, n_shots: int, n_classes: int) -> Ranks:
    """Count each shot's samples by class and give the fullest class."""
    known = rank != OUTSIDE
    counts = np.bincount(shot[known] * n_classes + rank[known], minlength=n_shots * n_classes)
    counts = counts.reshape(n_shots, n_classes)
    return np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1), OUTSIDE).astype(np.int64)
