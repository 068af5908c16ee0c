"""Features of shot scale frequency and of shot lengths by scale.

Conventions
-----------
Shares of samples are shares of screen time, since samples are evenly spaced. Shares of shots count each shot once, by
its dominant scale; shots so short that others of their length often have no sample count more
(`authorship.features.sampled_shots.ShotLabels`). Samples outside the order (foreground, insert, not available) are
excluded. Entropies are in bits. Evenness, Simpson's number and shares of shots in three groups are omitted as
redundant.
"""

from functools import partial

import numpy as np
import numpy.typing as npt

from authorship.features.feature import Feature
from authorship.features.labels import OUTSIDE, ScaleLabels, usual_spacing
from authorship.features.sampled_shots import ShotLabels
from shotscale.scales import GROUP_NAMES, SCALES

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

SEVEN: tuple[str, ...] = tuple(scale.abbreviation.lower() for scale in SCALES)
THREE: tuple[str, ...] = GROUP_NAMES

_SALT = "Salt 1992, Film Style and Technology; Benini et al. 2016, doi 10.1007/s11042-016-3339-9"
_KADER = "Kader and Perry 2007, J. Statistics Education 15(2); Redfern 2022, Computational Film Analysis with R, ch. 8"
_OWN = "this project, after Svanera et al. 2019, doi 10.1109/MMUL.2019.2940004"

_AITCHISON = "Aitchison 1986, The Statistical Analysis of Compositional Data"

_PSEUDO_SECONDS = 1.0  # added to each scale's seconds, so that the logarithm exists if the scale never occurs
_RARE_SECONDS = 5.0  # the same for foreground and insert shots, of which many films have only a few seconds

_feature = partial(Feature, group="distributions")

FEATURES: tuple[Feature, ...] = (
    *(
        _feature(f"share_{name}", "share", f"share of screen time in {name.upper()} (seven scales)", _SALT)
        for name in SEVEN
    ),
    *(
        _feature(f"share_{name}", "share", f"share of screen time in the {name} group (three groups)", _SALT)
        for name in THREE
    ),
    *(
        _feature(
            f"share_logratio_{name}",
            "1",
            f"centered log-ratio of the share of {name.upper()} among the seven scales (for a network, of the mean "
            "probability), with one second added to each scale",
            _AITCHISON,
            modeled=True,
        )
        for name in SEVEN
    ),
    *(
        _feature(
            f"share_log_{name}",
            "1",
            f"natural logarithm of the share of coded seconds in {what} shots, with five seconds added to these",
            _SALT,
            modeled=True,
            coded_only=True,
        )
        for name, what in (("fs", "foreground"), ("is", "insert"))
    ),
    *(
        _feature(
            f"shot_share_{name}",
            "share",
            f"share of shots whose dominant scale is {name.upper()}; multiply by 500 for Salt's count",
            _SALT,
        )
        for name in SEVEN
    ),
    _feature("scale_entropy", "bit", "Shannon entropy -sum p log2 p, over seven scales", _KADER, modeled=True),
    _feature("scale_unalikeability", "share", "1 - sum p^2, the probability that two samples differ in scale", _KADER),
    _feature("group_entropy", "bit", "Shannon entropy -sum p log2 p, over three groups", _KADER),
    _feature("mean_scale", "1", "mean scale rank, from 1 (ECU) to 7 (ELS)", _OWN),
    *(
        _feature(
            f"median_shot_length_{name}",
            "s",
            f"median length of the shots whose dominant group is {name}",
            _OWN,
            log=True,
        )
        for name in THREE
    ),
    *(
        _feature(
            f"share_{name}_long_take",
            "share",
            f"share of screen time in {name} shots longer than the film's median shot length",
            _OWN,
        )
        for name in THREE
    ),
    _feature(
        "scale_length_correlation", "1", "Spearman correlation between a shot's dominant scale and its length", _OWN
    ),
)


def entropy(shares: Array) -> float:
    """Return the Shannon entropy of a distribution that sums to one, in bits.

    Examples
    --------
    >>> entropy(np.array([0.5, 0.5, 0.0, 0.0]))
    1.0
    """
    present = shares[shares > 0]
    return abs(float(-(present * np.log2(present)).sum()))


def rank_correlation(a: Array, b: Array, weights: Array | None = None) -> float:
    """Return Spearman's correlation with mean ranks for ties; NaN for fewer than three values or a constant side."""
    if len(a) < 3:
        return np.nan
    ranks = [mean_ranks(side, weights) for side in (a, b)]
    x, y = (side - np.average(side, weights=weights) for side in ranks)
    together, of_x, of_y = (np.average(product, weights=weights) for product in (x * y, x * x, y * y))
    scale = float(np.sqrt(of_x * of_y))
    return float(together) / scale if scale > 0 else np.nan


def mean_ranks(values: Array, weights: Array | None = None) -> Array:
    """Rank values from 1; equal values share their mean rank."""
    _, inverse = np.unique(values, return_inverse=True)
    counts = np.bincount(inverse, weights)
    last = np.cumsum(counts)
    ranks: Array = (last - (counts - 1) / 2)[inverse]
    return ranks


def measure_samples(labels: ScaleLabels) -> dict[str, float]:
    """Measure the scale-distribution features of a film's samples, without those that are undefined."""
    seven, three = _shares(labels.scale, len(SEVEN)), _shares(labels.group, len(THREE))
    values = {**_named("share_", SEVEN, seven), **_named("share_", THREE, three)}
    spacing = usual_spacing(labels.time)
    values.update(_named("share_logratio_", SEVEN, _logratios(spacing * np.nansum(labels.weights, axis=0))))
    if labels.annotated:
        coded = spacing * float((labels.scale != OUTSIDE).sum() + labels.foreground.sum() + labels.insert.sum())
        for name, outside in (("fs", labels.foreground), ("is", labels.insert)):
            seconds = spacing * float(outside.sum()) + _RARE_SECONDS
            values[f"share_log_{name}"] = float(np.log(seconds / coded)) if coded else np.nan
    if not np.isnan(seven).any():
        values["scale_entropy"], values["scale_unalikeability"] = entropy(seven), 1 - float((seven**2).sum())
    if not np.isnan(three).any():
        values["group_entropy"] = entropy(three)
    values["mean_scale"] = float(seven @ np.arange(1, len(SEVEN) + 1))
    return values


def measure_shots(by_shot: ShotLabels, lengths: Array) -> dict[str, float]:
    """Measure the features of the shots' dominant scales, and those that combine scale and shot length."""
    known, weight = by_shot.group != OUTSIDE, by_shot.weight
    values = _named("shot_share_", SEVEN, _shares(by_shot.scale, len(SEVEN), weight))
    time = lengths * weight
    screen_time = float(time[known].sum())
    long_take = lengths > np.median(lengths)
    for rank, name in enumerate(THREE):
        of_group = by_shot.group == rank
        values[f"median_shot_length_{name}"] = _median(lengths[of_group], weight[of_group])
        share = float(time[of_group & long_take].sum()) / screen_time if screen_time > 0 else np.nan
        values[f"share_{name}_long_take"] = share
    some = by_shot.scale != OUTSIDE
    values["scale_length_correlation"] = rank_correlation(
        by_shot.scale[some].astype(float), lengths[some], weight[some]
    )
    return values


def _median(values: Array, weights: Array) -> float:
    """Return the weighted median, or the mean of two equally good values; NaN if there are none."""
    if not len(values):
        return np.nan
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    middle = [np.searchsorted(reached, reached[-1] / 2, side=side) for side in ("left", "right")]
    return float(values[order][middle].mean())


def _logratios(seconds: Array) -> Array:
    """Return the centered log-ratios of the seven scales' seconds; NaN if no sample has a scale."""
    if not seconds.sum() > 0:
        return np.full(len(SEVEN), np.nan)
    logs = np.log(seconds + _PSEUDO_SECONDS)
    return np.asarray(logs - logs.mean(), np.float64)


def _shares(ranks: Ranks, n_classes: int, weights: Array | None = None) -> Array:
    known = ranks != OUTSIDE
    counts = np.bincount(ranks[known], None if weights is None else weights[known], n_classes).astype(np.float64)
    total = counts.sum()
    return counts / total if total > 0 else np.full(n_classes, np.nan)


def _named(prefix: str, names: tuple[str, ...], values: Array) -> dict[str, float]:
    return {f"{prefix}{name}": float(value) for name, value in zip(names, values, strict=True)}
