"""Agreement between coders, or programs, on shot scale.

Conventions
-----------
Ratings are a pandas table with one row per second, one column per coder, and abbreviations of scales as values. Tracks
are aligned on whole seconds: each row counts for its nearest second; if several do, the first is used. Frames that are
not available (``NA``) are left out; foreground and insert shots count only in the comparison of nine classes, since
they have no place in the order.

Coders err by the shot, not by the second. Intervals therefore treat stretches, not seconds, as independent: in a
comparison with the truth, stretches in which the true class stays the same; among coders, stretches in which no coder
changes class. If coders err second by second, stretches are just as short. ``python benchmarks/agreement.py`` prints
the coverage of such intervals.

Sources: Fleiss 1971, doi 10.1037/h0031619; the variance of Gwet 2008, doi 10.1007/s11336-007-9054-8;
Cohen 1960, doi 10.1177/001316446002000104; Krippendorff 2011, Computing Krippendorff's Alpha-Reliability.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import TableError
from shotscale.evaluation.scores import clustered_error, measure
from shotscale.scales import GROUP_NAMES, SCALE_NAMES, ShotScale

__all__ = [
    "cohen_kappa",
    "compare",
    "fleiss_kappa",
    "krippendorff_alpha",
    "measure_agreement",
    "rate",
    "stretches",
]

Floats = npt.NDArray[np.float64]

_NINE = tuple(scale.abbreviation for scale in ShotScale if scale is not ShotScale.NOT_AVAILABLE)
_CLASSES = {"nine": ("scale", _NINE), "seven": ("scale", SCALE_NAMES), "three": ("group", GROUP_NAMES)}
"""The column and the names of each set of classes."""


def rate(tracks: Mapping[str, pd.DataFrame], *, column: str) -> pd.DataFrame:
    """Tabulate the ``scale`` or ``group`` of tracks for the seconds at which all of them have a value.

    Examples
    --------
    >>> one = pd.DataFrame({"time": [0.0, 1.0, 2.0], "scale": ["CU", "CU", "MS"]})
    >>> two = pd.DataFrame({"time": [1.1, 2.1, 3.1], "scale": ["CU", "LS", "LS"]})
    >>> rate({"one": one, "two": two}, column="scale").values.tolist()
    [['CU', 'CU'], ['MS', 'LS']]
    """
    columns = {}
    for name, track in tracks.items():
        seconds = np.floor(track["time"].to_numpy(np.float64) + 0.5).astype(int)
        values = pd.Series(track[column].to_numpy(object), index=seconds)
        columns[name] = values[~values.index.duplicated()]
    return pd.DataFrame(columns).dropna()


def compare(
    predicted: pd.DataFrame, truth: pd.DataFrame, *, starts: npt.NDArray[np.float64] | None = None
) -> dict[str, Any]:
    """Measure a predicted track against the truth in ``nine``, ``seven`` and ``three`` classes.

    Each is the result of `shotscale.evaluation.scores.measure`, or None if no common second has such classes. Nine
    classes have no order, so no weighted kappa. `starts` (films + 1,) holds the start of each of several films and the
    end of the last (`shotscale.tracks`); intervals then treat films, not stretches, as independent.
    """
    tracks = {"truth": truth, "predicted": predicted}
    rated = {column: rate(tracks, column=column) for column in ("scale", "group")}
    if all(ratings.empty for ratings in rated.values()):
        raise TableError("0 common seconds: the two tables share no time; give tables of the same film")
    figures = {name: _measured(rated[column], classes, starts) for name, (column, classes) in _CLASSES.items()}
    if not any(figures.values()):
        raise TableError("0 common classes: at no common second do both give a scale or a group; give coded tables")
    if figures["nine"] is not None:
        figures["nine"]["weighted_kappa"] = None
    return figures


def _measured(ratings: pd.DataFrame, names: Sequence[str], starts: Floats | None) -> dict[str, Any] | None:
    known = ratings[ratings.isin(names).all(axis=1)]
    if known.empty:
        return None
    clusters = _clusters(ratings[["truth"]], starts)[ratings.index.get_indexer(known.index)]
    truth, predicted = (pd.Index(names).get_indexer(pd.Index(known[column])) for column in known)
    return measure(truth, predicted, names=names, clusters=clusters)


def _clusters(ratings: pd.DataFrame, starts: Floats | None) -> npt.NDArray[np.intp]:
    """Return the cluster number of each second: its film if there are several, else its stretch."""
    if starts is None or len(starts) < 3:
        return stretches(ratings)
    film = np.searchsorted(starts, ratings.index.to_numpy(np.float64), side="right") - 1
    return np.asarray(np.unique(film, return_inverse=True)[1], np.intp)


def measure_agreement(
    tracks: Mapping[str, pd.DataFrame], *, starts: npt.NDArray[np.float64] | None = None
) -> dict[str, Any]:
    """Measure the agreement of two or more coders, given their tracks by name; `starts` is as in `compare`.

    For ``nine``, ``seven`` and ``three`` classes: the number ``n`` of seconds to which all coders gave one of them,
    ``fleiss_kappa`` with its 95 % ``interval`` (stretches, not seconds, are treated as independent), Cohen's kappas of
    the ``pairs`` and, if the classes are ordered, Krippendorff's ordinal ``alpha``.
    """
    if len(tracks) < 2:
        raise TableError(f"{len(tracks)} coder: agreement takes two or more; give another file")
    result: dict[str, Any] = {}
    for name, (column, classes) in _CLASSES.items():
        everything = rate(tracks, column=column)
        known = everything.isin(classes).all(axis=1).to_numpy()
        ratings, clusters = everything[known], _clusters(everything, starts)[known]
        codes = np.stack([pd.Index(classes).get_indexer(pd.Index(ratings[coder])) for coder in ratings], axis=1)
        if len(codes) < 2:
            result[name] = None
            continue
        counts = np.stack([(codes == k).sum(axis=1) for k in range(len(classes))], axis=1).astype(np.float64)
        kappa, interval = fleiss_kappa(counts, clusters)
        pairs = [
            {"coders": [str(a), str(b)], "kappa": cohen_kappa(codes[:, i], codes[:, j])}
            for (i, a), (j, b) in itertools.combinations(enumerate(ratings.columns), 2)
        ]
        alpha = None if name == "nine" else krippendorff_alpha(codes.T.astype(np.float64))
        result[name] = {"n": len(codes), "fleiss_kappa": kappa, "interval": interval, "pairs": pairs, "alpha": alpha}
    if not any(result.values()):
        raise TableError("fewer than 2 common seconds: agreement needs two; give tables of the same film")
    return result


def stretches(ratings: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return the number of each second's stretch, from 0; within one, no column changes and no second is missing.

    Examples
    --------
    >>> stretches(pd.DataFrame({"one": ["CU", "CU", "MS"], "two": ["CU", "CU", "CU"]}, index=[0, 1, 2])).tolist()
    [0, 0, 1]
    """
    values, seconds = ratings.to_numpy(object), ratings.index.to_numpy()
    starts = (values[1:] != values[:-1]).any(axis=1) | (np.diff(seconds) > 1)
    return np.concatenate([np.zeros(min(1, len(values)), np.intp), np.cumsum(starts)])


def fleiss_kappa(
    counts: Floats, clusters: npt.NDArray[np.intp] | None = None
) -> tuple[float | None, list[float] | None]:
    """Return Fleiss' kappa and its 95 % interval.

    Both are None if only one class was ever given; the interval is None if there is only one cluster, or if the coders
    agree on every item, which says no more of other items than how many these are.

    `counts` (n, classes) holds how many coders gave each item each class; every item has the same number of coders.
    `clusters` (n,) numbers the items that err together, as `stretches` does; by default each item is separate.

    Examples
    --------
    >>> kappa, interval = fleiss_kappa(np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0], [2.0, 0.0]]))
    >>> round(kappa, 3)
    0.467
    """
    n, coders = len(counts), counts.sum(axis=1)[0]
    shares = counts.sum(axis=0) / counts.sum()
    by_chance = float((shares**2).sum())
    if by_chance >= 1:
        return None, None
    agreed = (counts * (counts - 1)).sum(axis=1) / (coders * (coders - 1))
    kappa = float((agreed.mean() - by_chance) / (1 - by_chance))
    per_item = (agreed - by_chance) / (1 - by_chance)
    expected = (counts / coders) @ shares
    adjusted = per_item - 2 * (1 - kappa) * (expected - by_chance) / (1 - by_chance)
    clusters = np.arange(n) if clusters is None else clusters
    if len(np.unique(clusters)) < 2 or agreed.min() == 1:
        return kappa, None
    error, reach = clustered_error(adjusted - kappa, clusters)
    return kappa, [max(-1.0, kappa - reach * error), min(1.0, kappa + reach * error)]


def cohen_kappa(first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> float | None:
    """Return Cohen's kappa of two coders, or None if chance agreement is complete.

    Examples
    --------
    >>> round(cohen_kappa(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0])), 3)
    0.5
    """
    names = [str(code) for code in range(int(max(first.max(), second.max())) + 1)]
    kappa: float | None = measure(first, second, names=names)["kappa"]
    return kappa


def krippendorff_alpha(codes: Floats) -> float | None:
    """Return Krippendorff's ordinal alpha of ranks (coders, n), NaN if not given; None if only one class occurs.

    Examples
    --------
    >>> krippendorff_alpha(np.array([[0.0, 1.0, 2.0, 2.0], [0.0, 1.0, 2.0, np.nan]]))
    1.0
    """
    values = np.unique(codes[~np.isnan(codes)])
    counts = np.stack([(codes == value).sum(axis=0) for value in values], axis=1).astype(np.float64)
    pairable = counts[counts.sum(axis=1) >= 2]
    coincidences = sum((np.outer(row, row) - np.diag(row)) / (row.sum() - 1) for row in pairable)
    totals = np.asarray(coincidences).sum(axis=0) if len(pairable) else np.zeros(0)
    if (totals > 0).sum() < 2:
        return None
    running = np.cumsum(totals)
    # The distance between two ranks counts all ratings of the ranks in between and half of those of the two themselves.
    middle = running - totals / 2
    distance = np.subtract.outer(middle, middle) ** 2
    observed = (np.asarray(coincidences) * distance).sum()
    expected = (np.outer(totals, totals) * distance).sum() / (totals.sum() - 1)
    return float(1 - observed / expected)
