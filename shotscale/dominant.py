"""The dominant scale of each shot: that of most of its samples, the nearer if tied."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.scales import SCALE_NAMES, SCALES, ShotScale

Ranks = npt.NDArray[np.int64]


def dominant_ranks(shot: Ranks, rank: Ranks, *, n_shots: int, n_ranks: int) -> Ranks:
    """Return the most frequent rank of each shot's samples, the lower if tied; -1 if no sample has one.

    `shot` and `rank` (n,) are the shot that each sample lies in, and the sample's rank, -1 if it has none.
    """
    known = rank >= 0
    counts = np.bincount(shot[known] * n_ranks + rank[known], minlength=n_shots * n_ranks).reshape(n_shots, n_ranks)
    return np.where(counts.any(axis=1), counts.argmax(axis=1), -1).astype(np.int64)


def dominant_scales(shots: pd.DataFrame, track: pd.DataFrame | None) -> tuple[ShotScale | None, ...] | None:
    """Return each shot's dominant scale, the nearer if tied; None if no sample has a scale."""
    if track is None or not track["scale"].notna().any():
        return None
    ranks = {name: rank for rank, name in enumerate(SCALE_NAMES)}
    rank = np.asarray([ranks.get(str(name), -1) for name in track["scale"]], np.int64)
    time = track["time"].to_numpy(np.float64)
    shot = np.searchsorted(shots["start"].to_numpy(np.float64), time, side="right") - 1
    inside = (shot >= 0) & (time < float(shots["end"].iloc[-1]))
    found = dominant_ranks(shot[inside], rank[inside], n_shots=len(shots), n_ranks=len(SCALES))
    return tuple(SCALES[rank] if rank >= 0 else None for rank in found)
