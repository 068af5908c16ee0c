"""A film's distribution of shot scales, corrected for the network's errors, with intervals.

Conventions
-----------
The network's mean probabilities over a film are the film's true shares mixed by the network's confusion: its mean
probabilities on frames of each true scale (`shotscale.network.confusion`). The corrected shares are those whose mixture
best fits the measurement: expectation maximization of adjusted probabilistic counts (Saerens, Latinne and Decaestecker
2002, doi 10.1162/089976602753284446; Bella, Ferri, Hernandez-Orallo and Ramirez-Quintana 2010, doi
10.1109/ICDM.2010.75). They are right insofar as the network errs on a film as it does on the labeled frames.

Intervals are percentiles of a bootstrap that resamples runs of neighboring shots, since errors last as long as a shot
and set-ups recur, and the labeled frames that the confusion is estimated from. They are then widened on both sides,
since those frames distinguish scales less well than the bootstrap assumes. ``benchmarks/scale_shares.py`` counts how
often they contain the truth on simulated films; the factors and the number of steps were chosen on other films
(``--choose``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.network.confusion import HeldOut, default_held_out, is_default
from shotscale.scales import GROUP_NAMES, SCALE_NAMES, SCALES
from shotscale.tables import MEMBERS, SCALE_COLUMNS

Floats = npt.NDArray[np.float64]
Shares = dict[str, dict[str, list[float]]]

STEPS = 20
"""Steps of the expectation maximization; stopping early keeps it from overfitting."""
WIDER = {"scales": 1.5, "groups": 1.25}
"""Factors by which the bootstrap's intervals are widened."""
_DRAWS = 400  # of the bootstrap: an interval's ends are then accurate to about 3 % of its length
_DECIMALS = 6  # as in tables; the last digits of products of matrices depend on the number of threads


def film_shares(shots: pd.DataFrame | None, track: pd.DataFrame | None, provenance: Mapping[str, Any]) -> Shares | None:
    """Return a film's corrected shares, or None if another network or a coder gave any of its scales.

    The errors of other networks are unknown, and people err differently. `provenance` is that of
    `shotscale.film.Film`.
    """
    if shots is None or track is None or SCALE_COLUMNS[0] not in track:
        return None
    corrections = provenance.get("corrections")
    n_coded = 0 if corrections is None else corrections.get("n_coded", 1)  # older versions did not record the count
    if n_coded or not is_default(provenance.get("checksums", {}).get("weights")):
        return None
    return corrected_shares(shots, track)


def corrected_shares(shots: pd.DataFrame, track: pd.DataFrame, *, held_out: HeldOut | None = None) -> Shares | None:
    """Return a film's shares of the scales and groups, corrected for the confusion of the network that measured it.

    ``scales`` and ``groups`` map names to ``[share, low, high]``, with the ends of the 95 % interval. None if the track
    has no probabilities of the seven scales. `held_out` is of that network, by default the default network.

    Examples
    --------
    >>> from shotscale.tables import make_scales, make_shots
    >>> shots = make_shots(np.arange(0.0, 60.0, 4.0), 60.0)
    >>> track = make_scales(np.arange(60.0), np.tile([0.0, 0.1, 0.8, 0.1, 0.0, 0.0, 0.0], (60, 1)))
    >>> share, low, high = corrected_shares(shots, track)["groups"]["medium"]
    >>> low <= share <= high
    True
    """
    p = track[list(SCALE_COLUMNS)].to_numpy(np.float64)
    known = ~np.isnan(p).any(axis=1)
    if not known.any():
        return None
    errors = held_out or default_held_out()
    generator = np.random.default_rng(0)
    times = track["time"].to_numpy(np.float64)[known]
    shot = np.searchsorted(shots["start"].to_numpy(np.float64), times, side="right")
    seen = _drawn_means(p[known], shot, generator)
    confusion = _drawn_confusions(errors, generator)
    shares = _unmixed(seen, confusion)
    return {
        "scales": _summary(shares, SCALE_NAMES, wider=WIDER["scales"]),
        "groups": _summary(shares @ MEMBERS, GROUP_NAMES, wider=WIDER["groups"]),
    }


def share_in_words(share: Sequence[float]) -> str:
    """Format a share with its interval in percent.

    Examples
    --------
    >>> share_in_words([0.312, 0.25, 0.388])
    '31 % (25 to 39)'
    """
    middle, low, high = (f"{100 * value:.0f}" for value in share)
    return f"{middle} % ({low} to {high})"


def _drawn_means(p: Floats, cluster: npt.NDArray[np.intp], generator: np.random.Generator) -> Floats:
    """Return the mean probabilities, then those of draws of runs of consecutive clusters; shape (1 + draws, 7)."""
    _, shot = np.unique(cluster, return_inverse=True)
    place = shot // max(1, round(np.sqrt(shot[-1] + 1)))
    sums = np.stack([np.bincount(place, weights=column) for column in p.T], axis=1)
    n = len(sums)
    often = np.concatenate([np.ones((1, n)), generator.multinomial(n, np.full(n, 1 / n), _DRAWS)])
    means = often @ sums
    return np.asarray(means / means.sum(axis=1, keepdims=True), np.float64)


def _drawn_confusions(errors: HeldOut, generator: np.random.Generator) -> Floats:
    """Return the mean probabilities of each true scale, then those of draws of its rows; shape (1 + draws, 7, 7)."""
    confusions = np.empty((1 + _DRAWS, len(SCALES), len(SCALES)))
    for rank in range(len(SCALES)):
        p = errors.probabilities[errors.scale == rank]
        n = len(p)
        # Half as many as there are rows: a frame's two renderings tell hardly more than one.
        often = generator.multinomial(max(1, n // 2), np.full(n, 1 / n), _DRAWS)
        sums = np.concatenate([p.mean(axis=0, keepdims=True), often @ p])
        confusions[:, rank] = sums / sums.sum(axis=1, keepdims=True)
    return confusions


def _unmixed(seen: Floats, confusion: Floats) -> Floats:
    """Return the shares (m, 7) whose mixture by each confusion (m, 7, 7) is nearest to the observed means (m, 7)."""
    shares = np.full_like(seen, 1 / seen.shape[1])
    for _ in range(STEPS):
        mixed = np.einsum("mk,mkj->mj", shares, confusion)
        shares = shares * np.einsum("mkj,mj->mk", confusion, seen / np.maximum(mixed, 1e-12))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float64)


def _summary(shares: Floats, names: Sequence[str], *, wider: float) -> dict[str, list[float]]:
    share = shares[0]
    low, high = np.quantile(shares[1:], [0.025, 0.975], axis=0)
    low, high = share - wider * np.maximum(share - low, 0), share + wider * np.maximum(high - share, 0)
    rows = np.stack([share, np.maximum(low, 0), np.minimum(high, 1)], axis=1).round(_DECIMALS)
    return dict(zip(names, rows.tolist(), strict=True))
