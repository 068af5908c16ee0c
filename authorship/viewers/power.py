"""Power: the smallest relation that a study of this size can find, and the precision of its estimates.

Source: Bonett and Wright 2000, Psychometrika 65(1) 23-28: Fisher's transformation of a Spearman correlation r over n
clips is about normal with variance (1 + r^2 / 2) / (n - 3). If clips share groups, n is the effective number of clips,
which is this project's extension. ``benchmarks/viewers.py`` checks both against simulated studies.
"""

import math

from scipy.optimize import brentq
from scipy.stats import norm

__all__ = ["detectable_correlation", "interval_of", "power_of"]

TAILS = (0.025, 0.975)
"""Quantiles at the ends of a 95 % interval, the usual one."""

CERTAIN = 1 - 1e-9
"""From here on a correlation is 1 but for rounding; neither its variance nor resamples of it tell its uncertainty."""


def power_of(rho: float, n_clips: float, *, alpha: float = 0.05) -> float:
    """Return the power to tell a correlation from 0 in a two-sided test at level `alpha`.

    The correlation is that of the feature and the clips' mean ratings as observed; `n_clips` is the number of clips,
    the effective number if clips share groups.

    Examples
    --------
    >>> round(power_of(0.4, 50), 2), round(power_of(0.0, 50), 2)
    (0.82, 0.05)
    """
    spread = math.sqrt((1 + rho**2 / 2) / (n_clips - 3))
    bound = float(norm.isf(alpha / 2)) * math.sqrt(1 / (n_clips - 3))
    middle = math.atanh(min(abs(rho), 1 - 1e-12))
    return float(norm.sf((bound - middle) / spread) + norm.cdf((-bound - middle) / spread))


def detectable_correlation(n_clips: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return the smallest correlation that is found with a given power; 1 if none is.

    Examples
    --------
    >>> round(detectable_correlation(50), 2), round(detectable_correlation(50, alpha=0.05 / 30), 2)
    (0.39, 0.53)
    """
    if n_clips <= 4 or power_of(0.999, n_clips, alpha=alpha) < power:
        return 1.0
    return float(brentq(lambda rho: power_of(rho, n_clips, alpha=alpha) - power, 0.0, 0.999))


def interval_of(rho: float, n_clips: float) -> tuple[float, float]:
    """Return the 95 % interval of a correlation; NaN if there are too few clips or the correlation is 1 or -1.

    Examples
    --------
    >>> [round(end, 2) for end in interval_of(0.4, 50)]
    [0.13, 0.62]
    """
    if not (n_clips > 4 and abs(rho) < CERTAIN):  # NaN too
        return math.nan, math.nan
    middle, reach = math.atanh(rho), float(norm.ppf(TAILS[1])) * math.sqrt((1 + rho**2 / 2) / (n_clips - 3))
    return math.tanh(middle - reach), math.tanh(middle + reach)
