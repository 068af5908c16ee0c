"""Features of order: the sequence of shot lengths and scales, and their evolution over the film.

Conventions
-----------
Thirds and quarters are of the film's running time; a shot belongs to the part that contains its middle, a
sample to the part that contains it. Positions run from 0, the film's beginning, to 1, its end. The features
are pure numbers and, except the autocorrelations at lags in seconds, do not depend on playing speed.
"""

from functools import partial

import numpy as np
import numpy.typing as npt

from authorship.features.distributions import THREE, mean_ranks, rank_correlation
from authorship.features.durations import shot_lengths
from authorship.features.feature import Feature
from authorship.features.labels import OUTSIDE, ScaleLabels
from authorship.features.sampled_shots import ShotLabels

Array = npt.NDArray[np.float64]

_CUTTING = "Cutting, DeLong, Nothelfer 2010, Psychological Science 21(3) 432-439, doi 10.1177/0956797610361679"
_BRUNICK = "Cutting, DeLong, Brunick 2018, Cognitive Research 3:8, doi 10.1186/s41235-018-0091-x"
_REDFERN_RANK = "Redfern 2014, J. Data Science 12(2) 277-291"
_REDFERN_DENSITY = "Redfern 2022, Computational Film Analysis with R, ch. 7"
_OWN = "this project, after Svanera et al. 2019, doi 10.1109/MMUL.2019.2940004"

_SECONDS_APART = (5, 15, 60)  # about one shot, a few, and a scene; by judgment
_PARTS = 10  # tenths: about ten minutes of a feature film, the length of a reel
_THIRDS = (1, 2, 3)
_QUARTERS = (1, 2, 3, 4)
_MEMORY_LAGS = 20  # this and the bound are from Cutting, DeLong and Nothelfer 2010
_MEMORY_BOUND = 0.065
_FEWEST_SHOTS_FOR_A_SPECTRUM = 32  # a slope over four octaves
_BANDWIDTH = 0.05  # share of the film, as in the codebook: six minutes of two hours
_GRID = np.linspace(0, 1, 201)  # ten points per bandwidth

_feature = partial(Feature, group="sequence")

FEATURES: tuple[Feature, ...] = (
    _feature("autocorrelation_1", "1", "lag-1 autocorrelation of shot lengths", _CUTTING),
    _feature("rank_autocorrelation_1", "1", "lag-1 autocorrelation of the ranks of shot lengths", _REDFERN_RANK),
    _feature(
        "modified_autoregressive_index",
        "shots",
        "lag, at most 20, at which an exponential fitted to partial autocorrelations 1 to 20 falls to 0.065 (mAR)",
        _CUTTING,
    ),
    _feature(
        "spectral_slope",
        "1",
        "exponent a of 1/f^a: minus the slope of log power on log frequency of the shot lengths, for 32 shots or more",
        _BRUNICK,
    ),
    _feature("length_trend", "1", "Spearman correlation between a shot's position and its length", _BRUNICK),
    _feature("log_length_slope", "1", "least-squares slope of log shot length on position", _BRUNICK),
    *(
        _feature(
            f"log_length_third_{k}", "1", f"natural logarithm of the ASL of third {k} divided by the film's ASL", _OWN
        )
        for k in _THIRDS
    ),
    *(
        _feature(f"cutting_share_quarter_{k}", "share", f"share of shots in quarter {k} of the film", _REDFERN_DENSITY)
        for k in _QUARTERS
    ),
    _feature(
        "cut_density_peak",
        "1",
        "peak of the kernel density of cut times divided by its mean, bandwidth 0.05 of the film",
        _REDFERN_DENSITY,
    ),
    _feature(
        "cut_density_peak_position",
        "1",
        "position of the peak of the kernel density of cut times, from 0 (beginning) to 1 (end)",
        _REDFERN_DENSITY,
    ),
    _feature("scale_autocorrelation_1", "1", "lag-1 autocorrelation of the ranks of the shots' dominant scales", _OWN),
    _feature("scale_slope", "1", "least-squares slope of scale rank on position", _OWN, modeled=True),
    *(
        _feature(f"share_{name}_slope", "1", f"least-squares slope of the share of {name} samples on position", _OWN)
        for name in THREE
    ),
    _feature(
        "scale_movement",
        "1",
        "standard deviation of mean scale rank across ten equal parts of the film",
        _OWN,
        modeled=True,
    ),
    *(
        _feature(
            f"scale_autocorrelation_{k}s", "1", f"autocorrelation of scale rank at a lag of {k} s", _OWN, modeled=True
        )
        for k in _SECONDS_APART
    ),
)


def measure_shots(by_shot: ShotLabels) -> dict[str, float]:
    """Measure the order of the shots' dominant scales."""
    return {"scale_autocorrelation_1": _neighbor_autocorrelation(by_shot.scale)}


def _end_of_samples(time: Array) -> float:
    """Return the end of the last sample, which lasts as long as the mean interval between samples."""
    return float(time[-1] + (time[-1] - time[0]) / max(len(time) - 1, 1))


def _neighbor_autocorrelation(ranks: npt.NDArray[np.int64]) -> float:
    """Return the lag-1 autocorrelation over pairs of known neighbors; equals the usual one if there are no gaps."""
    known = ranks != OUTSIDE
    n, pairs = int(known.sum()), known[:-1] & known[1:]
    if n < 3 or not pairs.any() or np.ptp(ranks[known]) == 0:
        return np.nan
    centered = ranks - ranks[known].mean()
    together = float((centered[:-1] * centered[1:])[pairs].sum()) * (n - 1) / pairs.sum()
    return float(together / (centered[known] ** 2).sum())


def autocorrelation(series: Array, lag: int) -> float:
    """Return sum (x_t - m)(x_t+lag - m) / sum (x_t - m)^2; NaN if the series is constant or too short."""
    centered = series - series.mean() if len(series) else series
    power = float((centered**2).sum())
    if len(series) <= lag + 1 or power <= 1e-20 * max(1.0, float((series**2).sum())):
        return np.nan
    return float((centered[:-lag] * centered[lag:]).sum()) / power


def modified_autoregressive_index(series: Array) -> float:
    """Return how many shots back lengths are still similar, from the decay of partial autocorrelations.

    Fits ``a exp(-b (lag - 1))`` to the partial autocorrelations of lags 1 to 20 by least squares and returns
    the lag at which it falls to 0.065: 0 if it starts below, 20 at most. NaN for fewer than 40 values.
    """
    if len(series) < 2 * _MEMORY_LAGS:
        return np.nan
    partial = _partial_autocorrelations(series, _MEMORY_LAGS)
    if np.isnan(partial).any():
        return np.nan
    rates = np.geomspace(0.01, 10, 200)
    shapes = np.exp(-rates[:, np.newaxis] * np.arange(_MEMORY_LAGS))
    heights = (shapes @ partial) / (shapes**2).sum(axis=1)
    best = int((((heights[:, np.newaxis] * shapes) - partial) ** 2).sum(axis=1).argmin())
    if heights[best] <= _MEMORY_BOUND:
        return 0.0
    return min(float(_MEMORY_LAGS), 1 + float(np.log(heights[best] / _MEMORY_BOUND) / rates[best]))


def spectral_slope(series: Array) -> float:
    """Return a of 1/f^a, from the periodogram of the centered series; NaN if constant or shorter than 32.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=4096)
    >>> bool(abs(spectral_slope(noise)) < 0.1), bool(abs(spectral_slope(np.cumsum(noise)) - 2) < 0.2)
    (True, True)
    """
    if len(series) < _FEWEST_SHOTS_FOR_A_SPECTRUM or np.ptp(series) <= 1e-9 * np.abs(series).max():
        return np.nan
    power = np.abs(np.fft.rfft(series - series.mean())[1:]) ** 2
    frequency = np.arange(1, len(power) + 1)
    some = power > 1e-12 * power.max()
    return -_slope(np.log(frequency[some]), np.log(power[some]))


def measure_lengths(starts: Array, end: float) -> dict[str, float]:
    """Measure the sequence of shot lengths of one film, NaN where undefined."""
    lengths = shot_lengths(starts, end)
    position = (starts + lengths / 2 - starts[0]) / (end - starts[0])
    third, quarter = _part(position, 3), _part(position, 4)
    return {
        "autocorrelation_1": autocorrelation(lengths, 1),
        "rank_autocorrelation_1": autocorrelation(mean_ranks(lengths), 1),
        "modified_autoregressive_index": modified_autoregressive_index(lengths),
        "spectral_slope": spectral_slope(lengths),
        "length_trend": rank_correlation(position, lengths),
        "log_length_slope": _slope(position, np.log(lengths)),
        **{
            f"log_length_third_{k}": float(np.log(lengths[third == k].mean() / lengths.mean()))
            if (third == k).any()
            else np.nan
            for k in _THIRDS
        },
        **{f"cutting_share_quarter_{k}": float((quarter == k).mean()) for k in _QUARTERS},
        **_cut_density((starts[1:] - starts[0]) / (end - starts[0])),
    }


def measure_scales(labels: ScaleLabels, starts: Array | None, end: float) -> dict[str, float]:
    """Measure how scale evolves over one film, by default from its first sample to the end of its last."""
    time, known = labels.time, labels.scale != OUTSIDE
    if not len(time):
        return {}
    beginning, end = (time[0], _end_of_samples(time)) if starts is None else (starts[0], end)
    if not end > beginning:  # or unknown
        return {}
    position = (time - beginning) / (end - beginning)
    ranks = labels.scale[known] + 1.0
    values = {"scale_slope": _slope(position[known], ranks), "scale_movement": _movement(position[known], ranks)}
    for lag in _SECONDS_APART:
        values[f"scale_autocorrelation_{lag}s"] = _autocorrelation_in_time(time[known], ranks, float(lag))
    known = labels.group != OUTSIDE
    for rank, name in enumerate(THREE):
        of_group = (labels.group[known] == rank).astype(np.float64)
        values[f"share_{name}_slope"] = _slope(position[known], of_group)
    return values


def _movement(position: Array, ranks: Array) -> float:
    part = _part(position, _PARTS)
    means = [ranks[part == k].mean() for k in range(1, _PARTS + 1) if (part == k).any()]
    return float(np.std(means)) if len(means) > 1 else np.nan


def _autocorrelation_in_time(time: Array, ranks: Array, lag: float) -> float:
    """Return the autocorrelation at a lag in seconds, over pairs of known samples.

    A pair may be up to half the usual spacing from the lag: at 24000/1001 frames per second samples are 1.001 s apart.
    """
    if len(ranks) < 2 or np.ptp(ranks) == 0:
        return np.nan
    centered, half = ranks - ranks.mean(), float(np.median(np.diff(time))) / 2
    later = np.maximum(np.searchsorted(time, time + lag - half), np.arange(len(time)) + 1)  # no sample with itself
    pairs = later < len(time)
    pairs[pairs] &= time[later[pairs]] < time[pairs] + lag + half
    if not pairs.any():
        return np.nan
    return float((centered[pairs] * centered[later[pairs]]).mean() / (centered**2).mean())


def _cut_density(position: Array) -> dict[str, float]:
    """Find the peak of the kernel density of cut times, mirrored at both ends so that no mass is lost."""
    if len(position) < 2:
        return {"cut_density_peak": np.nan, "cut_density_peak_position": np.nan}
    density = np.zeros_like(_GRID)
    for mirrored in (position, -position, 2 - position):
        density += np.exp(-0.5 * ((_GRID[:, np.newaxis] - mirrored) / _BANDWIDTH) ** 2).sum(axis=1)
    peak = int(density.argmax())
    return {"cut_density_peak": float(density[peak] / density.mean()), "cut_density_peak_position": float(_GRID[peak])}


def _partial_autocorrelations(series: Array, n_lags: int) -> Array:
    """Solve the Durbin-Levinson recursion for lags 1 to `n_lags`."""
    r = np.asarray([1.0, *(autocorrelation(series, lag) for lag in range(1, n_lags + 1))])
    partial, phi = np.full(n_lags, np.nan), np.zeros(0)
    if np.isnan(r).any():
        return partial
    for k in range(1, n_lags + 1):
        rest = 1 - float(phi @ r[1:k])
        if rest <= 1e-12:
            break
        partial[k - 1] = (r[k] - float(phi @ r[k - 1 : 0 : -1])) / rest
        phi = np.append(phi - partial[k - 1] * phi[::-1], partial[k - 1])
    return partial


def _part(position: Array, n_parts: int) -> npt.NDArray[np.int64]:
    return np.clip(np.floor(position * n_parts), 0, n_parts - 1).astype(np.int64) + 1


def _slope(x: Array, y: Array) -> float:
    """Return the least-squares slope of y on x; NaN for fewer than three points or a constant x."""
    if len(x) < 3:
        return np.nan
    centered = x - x.mean()
    spread = float((centered**2).sum())
    return float((centered * y).sum()) / spread if spread > 1e-20 else np.nan
