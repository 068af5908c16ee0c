"""Features of runs: how long a film stays with one scale before it changes.

Conventions
-----------
A run is a sequence of consecutive seconds in one of the seven scales. Consecutive shots of one scale form one run,
since a coding with one label per second does not show the cut between them; a measured film is treated the same way,
by its most likely scale sequence (`authorship.features.settling.settle`). Of several samples per second one is used. A
run ends where a sample is missing or has no scale. Lengths are samples times their mean spacing: 1 s, or 25/24 s in a
PAL copy brought to its right speed.

The features are this project's own. The idea that directors differ in the order of scales, not only in their frequency,
is from Svanera et al. 2019, IEEE MultiMedia 26(4) 43-54, doi 10.1109/MMUL.2019.2940004.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from authorship.features.feature import Feature
from authorship.features.labels import GROUP_OF_SCALE, OUTSIDE, ScaleLabels, by_the_second, scale_labels, usual_spacing
from authorship.features.settling import settle
from shotscale.film import Film
from shotscale.scales import GROUPS, SCALES

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

_GAP = 1.5  # times the usual spacing; more than this between two samples means that one is missing
_LONG = 10.0  # seconds; about the average shot length of the six directors' films (median 13 s), so a long take in most
_FOREGROUND = len(SCALES)
_OWN = "this project, after Svanera et al. 2019, doi 10.1109/MMUL.2019.2940004"

_feature = partial(Feature, reference=_OWN, group="runs")

FEATURES: tuple[Feature, ...] = (
    _feature("run_length_mean", "s", "mean length of runs of a single scale", log=True),
    _feature("run_length_log_mean", "1", "mean of the natural logarithm of run length", modeled=True),
    _feature(
        "run_length_log_sd", "1", "standard deviation of the natural logarithm of run length, divisor n", modeled=True
    ),
    _feature("run_length_cv", "1", "standard deviation divided by mean of run length, divisor n"),
    *(
        _feature(f"run_length_quantile_{100 * p:.0f}", "s", f"{p:g} quantile of run length", log=True, modeled=p == 0.9)
        for p in (0.25, 0.5, 0.75, 0.9)
    ),
    _feature("run_share_one_second", "share", "share of runs that last one second", modeled=True),
    _feature("run_time_long", "share", f"share of total run time in runs of {_LONG:g} s or more", modeled=True),
    *(
        _feature(
            f"run_length_log_mean_{group.value}", "1", f"mean log length of runs of {group.value} scales", modeled=True
        )
        for group in GROUPS
    ),
    _feature(
        "foreground_run_length_log_mean",
        "1",
        "mean log length of runs of foreground shots",
        modeled=True,
        coded_only=True,
    ),
)


@dataclass(frozen=True)
class Runs:
    """Runs of one label, in time order.

    Scales are ranks of the seven, 7 for foreground shots, 8 for insert shots, `OUTSIDE` for none of these; `follows` is
    whether a run begins where the previous one ends.
    """

    scale: Ranks
    length: Array
    follows: npt.NDArray[np.bool_]


def find_runs(labels: ScaleLabels) -> Runs:
    """Find the runs in labels, at most about one sample per second.

    Examples
    --------
    >>> import pandas as pd
    >>> runs = find_runs(scale_labels(pd.DataFrame({"time": [0, 1, 2, 3], "scale": ["CU", "CU", "LS", "FS"]})))
    >>> runs.scale.tolist(), runs.length.tolist()
    ([1, 5, 7], [2.0, 1.0, 1.0])
    """
    scale = np.where(labels.foreground, _FOREGROUND, np.where(labels.insert, _FOREGROUND + 1, labels.scale))
    if not len(scale):
        return Runs(scale, np.empty(0), np.empty(0, bool))
    apart = np.diff(labels.time)
    gap = apart > _GAP * usual_spacing(labels.time)
    spacing = 1.0 if gap.all() else round(float(apart[~gap].mean()), 6)
    first = np.flatnonzero(np.append(True, (np.diff(scale) != 0) | gap))
    length = np.diff(np.append(first, len(scale))) * spacing
    return Runs(scale[first], length, ~np.append(True, gap)[first])


def film_runs(labels: ScaleLabels, starts: Array | None) -> Runs:
    """Find a film's runs; a network's labels are settled if it is known where the shots start, in seconds."""
    seconds = by_the_second(labels)
    return find_runs(seconds if starts is None else settle(seconds, starts))


def run_lengths(film: Film) -> Array:
    """Return the lengths of a film's runs of one scale, in seconds; empty without scales.

    Examples
    --------
    >>> import pandas as pd
    >>> run_lengths(Film("a coding", None, pd.DataFrame({"time": [0, 1, 2], "scale": ["CU", "CU", "LS"]}))).tolist()
    [2.0, 1.0]
    """
    if film.scales is None:
        return np.empty(0)
    starts = None if film.shots is None else film.shots["start"].to_numpy(np.float64)
    runs = film_runs(scale_labels(film.scales), starts)
    return np.asarray(runs.length[(runs.scale != OUTSIDE) & (runs.scale < _FOREGROUND)], np.float64)


def measure_runs(runs: Runs) -> dict[str, float]:
    """Measure the run features of one film, without those that are undefined."""
    values: dict[str, float] = {}
    foreground = runs.length[runs.scale == _FOREGROUND]
    if len(foreground):
        values["foreground_run_length_log_mean"] = float(np.log(foreground).mean())
    seven = (runs.scale != OUTSIDE) & (runs.scale < _FOREGROUND)
    lengths, group = runs.length[seven], GROUP_OF_SCALE[runs.scale[seven]]
    if not len(lengths):
        return values
    logs = np.log(lengths)
    values["run_length_mean"] = float(lengths.mean())
    values["run_length_log_mean"] = float(logs.mean())
    values["run_length_log_sd"] = float(logs.std())
    values["run_length_cv"] = float(lengths.std() / lengths.mean())
    for p in (0.25, 0.5, 0.75, 0.9):
        values[f"run_length_quantile_{100 * p:.0f}"] = float(np.quantile(lengths, p))
    values["run_share_one_second"] = float((np.round(lengths) <= 1).mean())
    values["run_time_long"] = float(lengths[np.round(lengths) >= _LONG].sum() / lengths.sum())
    for rank, name in enumerate(GROUPS):
        own = logs[group == rank]
        if len(own):
            values[f"run_length_log_mean_{name.value}"] = float(own.mean())
    return values
