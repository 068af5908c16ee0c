"""Features of the distribution of shot lengths, ignoring their order.

Conventions
-----------
`lengths` are shot lengths in seconds, positive. The standard deviation has divisor n - 1 and is NaN for one
shot. Quantiles are Harrell-Davis estimates (Harrell and Davis 1982, Biometrika 69(3) 635-640), which vary
smoothly with the data where sample quantiles jump.
"""

from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from authorship.features.feature import Feature

Array = npt.NDArray[np.float64]

QUANTILES: tuple[float, ...] = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""Probabilities of the quantile profile, 0.05 to 0.95."""

JARQUE_BERA_5_PERCENT = 5.991464547107979
"""The 95 % quantile of chi-squared with two degrees of freedom."""

_SALT = "Salt 1974, Film Quarterly 28(1) 13-22, doi 10.2307/1211438"
_CINEMETRICS = "Tsivian 2009, Cinemetrics, Part of the Humanities' Cyberinfrastructure"
_REDFERN_ROBUST = "Redfern 2014, Empirical Studies of the Arts 32(2) 257-273, doi 10.2190/EM.32.2.g"
_REDFERN_LOGNORMAL = "Redfern 2015, Digital Scholarship in the Humanities, doi 10.1093/llc/fqs066"
_REDFERN_R = "Redfern 2022, Computational Film Analysis with R, ch. 6"

_feature = partial(Feature, group="durations")

FEATURES: tuple[Feature, ...] = (
    _feature("n_shots", "shots", "number of shots (NoS)", _CINEMETRICS, log=True, style=False),
    _feature(
        "running_time",
        "s",
        "time from the start of the first shot to the end of the last (LEN)",
        _CINEMETRICS,
        log=True,
        style=False,
    ),
    _feature("average_shot_length", "s", "mean shot length (ASL)", _SALT, log=True, modeled=True),
    _feature("median_shot_length", "s", "median shot length (MSL)", _REDFERN_ROBUST, log=True),
    _feature("shot_length_sd", "s", "standard deviation of shot length, divisor n - 1 (StDev)", _CINEMETRICS, log=True),
    _feature(
        "shot_length_cv", "1", "standard deviation divided by mean of shot length (CV)", _CINEMETRICS, modeled=True
    ),
    _feature("median_to_mean", "1", "MSL / ASL, a measure of skewness: 1 if the two are equal", _SALT, modeled=True),
    _feature("shortest_shot", "s", "shortest shot (MIN)", _CINEMETRICS, log=True, style=False),
    _feature("longest_shot", "s", "longest shot (MAX)", _CINEMETRICS, log=True, style=False),
    _feature("shot_length_range", "s", "MAX - MIN (Range)", _CINEMETRICS, style=False),
    _feature("cutting_rate", "1/min", "shots per minute, 60 / ASL", "Redfern 2022, ch. 7", log=True, style=False),
    _feature("lognormal_mu", "1", "mean of the natural logarithm of shot length", _REDFERN_LOGNORMAL),
    _feature(
        "lognormal_sigma",
        "1",
        "standard deviation of the natural logarithm of shot length, divisor n - 1",
        _REDFERN_LOGNORMAL,
    ),
    _feature(
        "salt_sigma",
        "1",
        "sqrt(2 ln(ASL / MSL)), equal to sigma for lognormal lengths; missing if MSL exceeds ASL",
        _SALT,
        style=False,
    ),
    _feature(
        "jarque_bera_log",
        "1",
        "Jarque-Bera statistic of log shot length; above 5.99, lognormality is rejected at the 5 % level",
        _REDFERN_LOGNORMAL,
        style=False,
    ),
    _feature("quantile_skewness", "1", "(Q.25 + Q.75 - 2 Q.5) / (Q.75 - Q.25)", _REDFERN_R),
    _feature(
        "moors_kurtosis",
        "1",
        "((Q.875 - Q.625) + (Q.375 - Q.125)) / (Q.75 - Q.25); 1.233 for a normal distribution",
        "Moors 1988, The Statistician 37(1) 25-32, doi 10.2307/2348376",
    ),
    *(
        _feature(
            f"quantile_{100 * p:02.0f}",
            "s",
            f"Harrell-Davis quantile Q.{100 * p:02.0f} of shot length",
            _REDFERN_R,
            log=True,
        )
        for p in QUANTILES
    ),
)


def measure_durations(lengths: Array) -> dict[str, float]:
    """Measure the shot-length features of one film with at least one shot, NaN where undefined.

    Examples
    --------
    >>> film = measure_durations(np.array([2.0, 4.0, 12.0]))
    >>> film["average_shot_length"], film["median_shot_length"], round(film["shot_length_cv"], 3)
    (6.0, 4.0, 0.882)
    """
    measured = {**measure_moments(lengths[np.newaxis]), **measure_quantiles(lengths[np.newaxis])}
    return {feature.name: float(measured[feature.name][0]) for feature in FEATURES}


def measure_moments(lengths: Array) -> dict[str, Array]:
    """Measure the features that need no quantile profile, for m films of n shots each, shape (m, n), at once."""
    m, n = lengths.shape
    mean, median, total = lengths.mean(axis=1), np.median(lengths, axis=1), lengths.sum(axis=1)
    undefined = np.full(m, np.nan)
    sd = lengths.std(axis=1, ddof=1) if n > 1 else undefined
    logs = np.log(lengths)
    skew = np.log(mean / median)
    return {
        "n_shots": np.full(m, float(n)),
        "running_time": total,
        "average_shot_length": mean,
        "median_shot_length": median,
        "shot_length_sd": sd,
        "shot_length_cv": sd / mean,
        "median_to_mean": median / mean,
        "shortest_shot": lengths.min(axis=1),
        "longest_shot": lengths.max(axis=1),
        "shot_length_range": np.ptp(lengths, axis=1),
        "cutting_rate": 60.0 * n / total,
        "lognormal_mu": logs.mean(axis=1),
        "lognormal_sigma": logs.std(axis=1, ddof=1) if n > 1 else undefined,
        "salt_sigma": np.sqrt(2 * np.where(skew >= 0, skew, np.nan)),
        "jarque_bera_log": np.asarray([jarque_bera(row) for row in logs]),
    }


def measure_quantiles(lengths: Array) -> dict[str, Array]:
    """Measure the features based on quantiles, for m films of n shots each at once; shapes as in `measure_moments`.

    Skewness and kurtosis are computed from octiles, which are robust to single long takes.
    """
    octiles = harrell_davis(lengths, np.arange(1, 8) / 8).T
    spread = octiles[5] - octiles[1]
    spread = np.where(spread > 1e-12 * octiles[3], spread, np.nan)
    profile = harrell_davis(lengths, np.asarray(QUANTILES)).T
    return {
        "quantile_skewness": (octiles[1] + octiles[5] - 2 * octiles[3]) / spread,
        "moors_kurtosis": (octiles[6] - octiles[4] + octiles[2] - octiles[0]) / spread,
        **{f"quantile_{100 * p:02.0f}": values for p, values in zip(QUANTILES, profile, strict=True)},
    }


def shot_lengths(starts: Array, end: float) -> Array:
    """Return shot lengths rounded to the microsecond, so that equal shots stay equal despite rounding errors in times.

    Examples
    --------
    >>> shot_lengths(np.array([0.1, 0.2]), 0.1 + 0.2).tolist()
    [0.1, 0.1]
    """
    return np.maximum(np.round(np.diff(np.append(starts, end)), 6), 1e-6)


def harrell_davis(values: Array, probabilities: Array) -> Array:
    """Estimate quantiles (..., q) of values (..., n), at q probabilities, as weighted means of all order statistics.

    Examples
    --------
    >>> harrell_davis(np.array([1.0, 2.0, 3.0]), np.array([0.5])).round(6).tolist()
    [2.0]
    """
    n = values.shape[-1]
    edges = np.arange(n + 1) / n
    p = probabilities[:, np.newaxis]
    weights = np.diff(betainc((n + 1) * p, (n + 1) * (1 - p), edges), axis=1)
    return np.asarray(np.sort(values, axis=-1) @ weights.T, np.float64)


def jarque_bera(values: Array) -> float:
    """Return Jarque and Bera's statistic n/6 (skewness^2 + excess kurtosis^2 / 4); NaN for constant values."""
    centered = values - values.mean()
    variance = float((centered**2).mean())
    if len(values) < 3 or variance <= np.finfo(float).eps * max(1.0, float((values**2).mean())):
        return np.nan
    skewness = float((centered**3).mean()) / variance**1.5
    excess = float((centered**4).mean()) / variance**2 - 3
    return float(len(values) / 6 * (skewness**2 + excess**2 / 4))


def cliffs_delta(x: Array, y: Array) -> float:
    """Return P(x > y) - P(x < y): 1 if every shot in x is longer than every shot in y.

    Source, also of `hodges_lehmann`: Redfern 2014, Empirical Studies of the Arts 32(2) 257-273.

    Examples
    --------
    >>> cliffs_delta(np.array([3.0, 4.0]), np.array([1.0, 3.0]))
    0.75
    """
    ordered = np.sort(y)
    below = np.searchsorted(ordered, x, side="left").sum()
    above = len(x) * len(y) - np.searchsorted(ordered, x, side="right").sum()
    return float(below - above) / (len(x) * len(y))


def hodges_lehmann(x: Array, y: Array) -> float:
    """Return the median of all differences x - y, in seconds: how much longer the shots in x are.

    Examples
    --------
    >>> hodges_lehmann(np.array([3.0, 4.0]), np.array([1.0, 3.0]))
    1.5
    """
    return float(np.median(np.subtract.outer(x, y)))
