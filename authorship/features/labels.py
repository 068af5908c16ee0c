"""A scale track as arrays of ranks, by sample and by shot: the input of the scale features."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.dominant import dominant_ranks
from shotscale.errors import TableError
from shotscale.scales import GROUPS, SCALES, ShotScale
from shotscale.tables import SCALE_COLUMNS

__all__ = ["OUTSIDE", "ScaleLabels", "ShotLabels", "scale_labels", "shot_labels"]

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

OUTSIDE = -1
"""Rank of a sample outside the order of scales."""

_SEVEN = {scale.abbreviation: rank for rank, scale in enumerate(SCALES)}
_THREE = {group.value: rank for rank, group in enumerate(GROUPS)}
_GROUP_OF_SCALE = np.asarray([GROUPS.index(scale.group) for scale in SCALES if scale.group is not None])
_LEAST = 1e-4  # least probability, so that no single sample rules out a scale
# Nats. Of five pairs tried on codings passed through the network's errors (python benchmarks/cinescale.py), these gave
# the features that best separate directors; (3, 0) is as good, raw labels are right for five films in a hundred fewer.
_PRICE, _PRICE_AT_CUT = 3.0, 1.0
_ABBREVIATIONS = frozenset(scale.abbreviation for scale in ShotScale)


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
        return ScaleLabels(
            self.time[rows],
            self.scale[rows],
            self.group[rows],
            self.foreground[rows],
            self.insert[rows],
            self.weights[rows],
            self.annotated,
        )


@dataclass(frozen=True)
class ShotLabels:
    """The dominant scale and group of each shot, `OUTSIDE` if no sample of the shot has one.

    Attributes
    ----------
    scale, group : int arrays of shape (n,)
    weight : float array of shape (n,)
        How many shots each represents: of the shots shorter than the sampling interval, only some have a sample.
    """

    scale: Ranks
    group: Ranks
    weight: Array


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
        If columns are missing, or an abbreviation is unknown.
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
        weights=_weights(track, scale),
        annotated="p_close" not in track.columns,
    )


def by_the_second(labels: ScaleLabels) -> ScaleLabels:
    """Keep the first sample of each second, the rate of codings; unchanged if there is already one per second."""
    second = np.floor(labels.time + 1e-9)
    first = np.append(True, np.diff(second) > 0) if len(second) else np.zeros(0, bool)
    return labels if first.all() else labels.some(first)


def settle(labels: ScaleLabels, starts: Array) -> ScaleLabels:
    """Assign each sample its scale in the film's most likely scale sequence; a coder's labels are unchanged.

    A network's label flickers even if a shot's scale does not. The most likely sequence has the highest sum of log
    probabilities, less a price for each change: `_PRICE` within a shot, `_PRICE_AT_CUT` at a shot boundary (the Viterbi
    path of a Markov chain that favors staying; Viterbi 1967, IEEE Trans. Information Theory 13(2) 260-269).

    Parameters
    ----------
    starts : float array of shape (n_shots,)
        Where the shots start, in seconds.
    """
    known = ~np.isnan(labels.weights).any(axis=1)
    if labels.annotated or not known.any():
        return labels
    shot = np.searchsorted(starts, labels.time[known], side="right")
    price = np.where(np.diff(shot) > 0, _PRICE_AT_CUT, _PRICE)
    scale = np.full(len(labels.time), OUTSIDE)
    scale[known] = _course(np.log(np.maximum(labels.weights[known], _LEAST)), price)
    group = np.where(scale == OUTSIDE, OUTSIDE, _GROUP_OF_SCALE[scale])
    return replace(labels, scale=scale, group=group)


def _course(gain: Array, price: Array) -> Ranks:
    """Return the path with the largest gain less prices of changes: `gain` is (n, k), `price` (n - 1,), by step."""
    best, came_from = gain[0], np.empty(gain.shape, np.int64)
    stay = np.arange(gain.shape[1])
    for step in range(1, len(gain)):
        top = int(best.argmax())
        moved = best[top] - price[step - 1]
        keeps = best >= moved
        came_from[step] = np.where(keeps, stay, top)
        best = np.where(keeps, best, moved) + gain[step]
    path = np.empty(len(gain), np.int64)
    path[-1] = best.argmax()
    for step in range(len(gain) - 1, 0, -1):
        path[step - 1] = came_from[step, path[step]]
    return path


def shot_labels(starts: Array, end: float, labels: ScaleLabels) -> ShotLabels:
    """Assign each shot the scale and group of most of its samples; a tie goes to the nearer.

    With one sample per second, a shot of half a second has a sample with probability 1/2, so one that has a sample
    counts as two (Horvitz and Thompson 1952, J. American Statistical Association 47, 663-685).

    Parameters
    ----------
    starts : float array of shape (n,)
        Where the shots start, in seconds.
    end : float
        Where the last shot ends, in seconds. Samples outside all shots are ignored.
    """
    shot = np.searchsorted(starts, labels.time, side="right") - 1
    inside = (shot >= 0) & (labels.time < end)
    apart = float(np.median(np.diff(labels.time))) if len(labels.time) > 1 else 1.0
    return ShotLabels(
        scale=dominant_ranks(shot[inside], labels.scale[inside], n_shots=len(starts), n_ranks=len(SCALES)),
        group=dominant_ranks(shot[inside], labels.group[inside], n_shots=len(starts), n_ranks=len(GROUPS)),
        weight=np.maximum(apart / np.diff(starts, append=end), 1.0),
    )


def _weights(track: pd.DataFrame, scale: Ranks) -> Array:
    if set(SCALE_COLUMNS) <= set(track.columns):
        return track[list(SCALE_COLUMNS)].to_numpy(np.float64)
    return np.where((scale != OUTSIDE)[:, None], np.eye(len(SCALES))[scale], np.nan)


def _texts(track: pd.DataFrame, column: str) -> list[str]:
    if column not in track:
        return [""] * len(track)
    values = track[column].astype(object)
    return [str(value) for value in values.where(values.notna(), "")]
