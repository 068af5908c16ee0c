"""Summary figures of a film's two tables."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from shotscale.scales import GROUP_NAMES, SCALE_NAMES

__all__ = ["longer_film_interval", "middle_half", "summarize_scales", "summarize_shots"]

_FEWEST = 10
"""Shots in the shortest runs that the interval was calibrated on."""

FEATURE_FILM = 40 * 60.0
"""Seconds; a feature film is longer by the definition of the American Film Institute and the Academy."""

_BELOW, _ABOVE = (2.07, 0.361), (2.81, 0.330)
"""Scale and power of the two ends' log distances, fitted by ``python benchmarks/intervals.py TABLES``."""


def longer_film_interval(average: float, n_shots: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a longer film's average shot length, given consecutive shots of it.

    Editing drifts: a shot resembles its neighbors, and the parts of a film differ. Intervals that treat shots, or short
    runs of shots, as independent are therefore too narrow. This one was calibrated on real films, by comparing runs of
    consecutive shots with the film that they come from. A run's own variation says so little about its distance from
    the film that only the number of shots is used. The calibration is on 134 Hollywood films of 1935 to 2005; for films
    edited differently it is an extrapolation. If every shot of a film is given, its average is not an estimate at all.

    `average` and the returned ends are in seconds; the interval holds for 95 % of runs that are at most a quarter of
    their film. None for fewer than `_FEWEST` shots.

    Examples
    --------
    >>> [round(end, 2) for end in longer_film_interval(4.0, 100)]
    [2.7, 7.4]
    """
    if n_shots < _FEWEST:
        return None
    below, above = (scale * n_shots**-power for scale, power in (_BELOW, _ABOVE))
    return average * math.exp(-below), average * math.exp(above)


def summarize_shots(shots: pd.DataFrame) -> dict[str, float | int | dict[str, int] | None]:
    """Return number, average, median, spread and kinds of a film's shots, given a valid shot table.

    ``n_shots``; in seconds ``average_shot_length``, ``median_shot_length``, ``shot_length_sd`` (sample standard
    deviation), ``shortest_shot``, ``longest_shot``; ``coefficient_of_variation`` (standard deviation over average);
    ``kinds``, how many shots begin in each way. Figures undefined for a single shot are None.

    References
    ----------
    Salt 1974, Film Quarterly 28(1) 13-22, doi 10.2307/1211438.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> summary = summarize_shots(make_shots([0.0, 2.0, 6.0], 12.0))
    >>> summary["n_shots"], summary["average_shot_length"], summary["coefficient_of_variation"]
    (3, 4.0, 0.5)
    """
    lengths = (shots["end"] - shots["start"]).to_numpy()
    average = float(lengths.mean())
    spread = float(lengths.std(ddof=1)) if len(lengths) > 1 else None
    return {
        "n_shots": len(lengths),
        "average_shot_length": average,
        "median_shot_length": float(np.median(lengths)),
        "shot_length_sd": spread,
        "coefficient_of_variation": None if spread is None else spread / average,
        "shortest_shot": float(lengths.min()),
        "longest_shot": float(lengths.max()),
        "kinds": {str(kind): int(n) for kind, n in shots["kind"].value_counts().items()},
    }


def middle_half(shots: pd.DataFrame) -> tuple[float, float]:
    """Return the quartiles of shot length in seconds: a spread that no single long take or title can move.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> middle_half(make_shots([0.0, 2.0, 6.0, 12.0, 20.0], 240.0))
    (4.0, 8.0)
    """
    low, high = np.quantile((shots["end"] - shots["start"]).to_numpy(), [0.25, 0.75])
    return float(low), float(high)


def summarize_scales(track: pd.DataFrame) -> dict[str, int | Mapping[str, float] | None]:
    """Return the share of each scale and group among a film's sampled frames, given a valid scale track.

    ``n_frames`` sampled that have a group; ``scales`` and ``groups``, the share of frames with each likeliest class,
    nearest first; ``scales`` is None if the network knows only the groups. Frames that a coder put outside the order
    (foreground, insert, not available) are left out, as they are of the features.

    Examples
    --------
    >>> import numpy as np
    >>> from shotscale.tables import make_scales
    >>> track = make_scales(np.array([0.0, 1.0]), np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1]]))
    >>> summarize_scales(track)["groups"]
    {'close': 0.5, 'medium': 0.5, 'long': 0.0}
    """
    return {
        "n_frames": int(track["group"].notna().sum()),
        "scales": _shares(track["scale"], SCALE_NAMES),
        "groups": _shares(track["group"], GROUP_NAMES),
    }


def _shares(labels: pd.Series, names: Sequence[str]) -> dict[str, float] | None:
    known = labels[labels.isin(names)]
    if known.empty:
        return None
    return {name: float((known == name).mean()) for name in names}
