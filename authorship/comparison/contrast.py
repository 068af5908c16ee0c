"""The difference between two films' shot lengths, with its uncertainty.

Source: Redfern 2014, Empirical Studies of the Arts 32(2) 257-273, doi 10.2190/EM.32.2.g; Cliff 1993, Psychological
Bulletin 114(3) 494-509; Hodges and Lehmann 1963, Annals of Mathematical Statistics 34(2) 598-611.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap

from authorship.features.durations import cliffs_delta, harrell_davis, hodges_lehmann, shot_lengths
from authorship.features.runs import run_lengths
from shotscale.errors import OptionError, TableError
from shotscale.film import Film
from shotscale.numerals import counted

__all__ = ["Contrast", "Estimate", "contrast_films", "lengths_to_compare", "profile_band"]

Array = npt.NDArray[np.float64]

FEWEST_FOR_INTERVAL = 8
"""With fewer shots of a film there are no intervals: resampling two shots gives 95 % intervals that contain the true
difference in 53 % of simulated pairs of films, five in 84 %, eight in 89 % or more."""

_FEWEST = 2  # a standard deviation needs two
_EXACT = 20_000  # pairs; computing them all takes milliseconds


@dataclass(frozen=True)
class Estimate:
    """A value with its interval, whose ends are NaN if it is not defined.

    Examples
    --------
    >>> Estimate(0.3, 0.1, 0.5).low
    0.1
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Contrast:
    """A comparison of two films' shot lengths.

    `delta` is Cliff's d, P(x > y) - P(x < y); `difference` is the Hodges-Lehmann difference in seconds, the median of
    all differences x - y. Intervals are percentiles of a bootstrap that resamples each film's shots. Neighboring shots
    are treated as independent; if their lengths are autocorrelated, the true intervals are wider. A delta of 1 or -1
    has no interval: it is the same in every resample. Neither has anything with fewer than `FEWEST_FOR_INTERVAL` shots.

    Examples
    --------
    >>> contrast = contrast_films(np.array([2.0, 3.0, 9.0]), np.array([1.0, 2.0, 2.0]), n_resamples=100)
    >>> isinstance(contrast, Contrast), round(contrast.delta.value, 2), contrast.n_shots
    (True, 0.78, (3, 3))
    """

    delta: Estimate
    difference: Estimate
    n_shots: tuple[int, int]
    confidence: float
    n_resamples: int
    seed: int


def lengths_to_compare(names: tuple[str, str], films: tuple[Film, Film]) -> tuple[str, tuple[Array, Array]]:
    """Return the unit, ``shot``, or ``run`` (of one scale) if either film is a coding, and both films' lengths.

    Examples
    --------
    >>> import pandas as pd
    >>> film = Film("by hand", pd.DataFrame({"start": [0.0, 4.0], "end": [4.0, 6.5]}))
    >>> unit, pair = lengths_to_compare(("A", "B"), (film, film))
    >>> unit, pair[0].tolist()
    ('shot', [4.0, 2.5])
    """
    of_runs = any(film.shots is None for film in films)
    first, second = (run_lengths(film) if of_runs else _shot_lengths(film) for film in films)
    if not (len(first) and len(second)):
        raise OptionError(f"{names[0]}, {names[1]}: shots of the one and runs of the other; compare films of one kind")
    return ("run" if of_runs else "shot"), (first, second)


def _shot_lengths(film: Film) -> Array:
    shots = film.shot_table
    return shot_lengths(shots["start"].to_numpy(np.float64), float(shots["end"].iloc[-1]))


def contrast_films(x: Array, y: Array, *, confidence: float = 0.95, n_resamples: int = 1000, seed: int = 0) -> Contrast:
    """Compare two films' shot lengths (seconds), at least two shots each.

    Examples
    --------
    >>> contrast = contrast_films(np.arange(2.0, 40.0), np.arange(1.0, 39.0))
    >>> contrast.difference.value, contrast.delta.low < contrast.delta.value < contrast.delta.high
    (1.0, True)
    >>> contrast_films(np.arange(1.0, FEWEST_FOR_INTERVAL), np.arange(1.0, 39.0)).delta.low
    nan
    """
    for lengths in (x, y):
        if len(lengths) < _FEWEST:
            raise TableError(
                f"{counted(len(lengths), 'shot')}: a comparison needs {_FEWEST} shots of each film; give longer films"
            )
    delta = _estimate(cliffs_delta, x, y, confidence, n_resamples, seed)
    return Contrast(
        delta=delta if abs(delta.value) < 1 else Estimate(delta.value, math.nan, math.nan),
        difference=_estimate(_difference, x, y, confidence, n_resamples, seed),
        n_shots=(len(x), len(y)),
        confidence=confidence,
        n_resamples=n_resamples,
        seed=seed,
    )


def profile_band(
    lengths: Array, probabilities: Array, *, confidence: float = 0.95, n_resamples: int = 500, seed: int = 0
) -> tuple[Array, Array, Array]:
    """Return a film's profile of Harrell-Davis quantiles, and the bounds of its pointwise bootstrap interval.

    The bounds are NaN for fewer than `FEWEST_FOR_INTERVAL` lengths.

    Examples
    --------
    >>> lengths = np.random.default_rng(0).lognormal(1.0, 0.8, 200)
    >>> profile_band(lengths, np.array([0.25, 0.5, 0.75]), n_resamples=100)[0].shape
    (3,)
    """
    profile = harrell_davis(lengths, probabilities)
    if len(lengths) < FEWEST_FOR_INTERVAL:
        return profile, np.full_like(profile, np.nan), np.full_like(profile, np.nan)
    generator = np.random.default_rng(seed)
    drawn = generator.choice(lengths, (n_resamples, len(lengths)))
    tail = (1 - confidence) / 2
    low, high = np.quantile(harrell_davis(drawn, probabilities), [tail, 1 - tail], axis=0)
    return profile, low, high


def _estimate(  # noqa: PLR0917 - one caller
    statistic: Callable[[Array, Array], float], x: Array, y: Array, confidence: float, n_resamples: int, seed: int
) -> Estimate:
    value = statistic(x, y)
    if min(len(x), len(y)) < FEWEST_FOR_INTERVAL:
        return Estimate(value, math.nan, math.nan)
    if np.ptp(np.concatenate([x, y])) == 0:  # all shots alike: scipy would warn
        return Estimate(value, value, value)
    interval = bootstrap(
        (x, y),
        statistic,
        vectorized=False,
        n_resamples=n_resamples,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Estimate(value, float(interval.low), float(interval.high))


def _difference(x: Array, y: Array) -> float:
    """Return the Hodges-Lehmann difference; for many shots, without forming every pair.

    Bisects on the value: pairs that differ by no more are counted with one binary search per shot. For an even number
    of pairs it returns the lower of the two middle values.
    """
    if len(x) * len(y) <= _EXACT:
        return hodges_lehmann(x, y)
    a, b = np.sort(x), np.sort(y)
    low, high = float(a[0] - b[-1]), float(a[-1] - b[0])
    half = len(a) * len(b) / 2
    while high - low > 1e-6:
        middle = (low + high) / 2
        at_most = len(a) * len(b) - np.searchsorted(b, a - middle, side="left").sum()
        low, high = (low, middle) if at_most >= half else (middle, high)
    return round((low + high) / 2, 6) + 0.0  # no -0.0
