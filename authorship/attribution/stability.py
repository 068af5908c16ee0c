"""Stability of a film's shot-length figures under resampling of its shots."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["ShotResamples", "resample_shots"]

Array = npt.NDArray[np.float64]

_BLOCK = 5  # neighbouring shots are alike in length, so they are drawn in runs


@dataclass(frozen=True, eq=False)
class ShotResamples:
    """Moving-block bootstrap samples of a film's shot lengths; `lengths` has shape (n_resamples, n_shots)."""

    lengths: Array

    def interval(self, coverage: float = 0.95) -> tuple[float, float]:
        """Return the percentile interval of the average shot length, in seconds."""
        tail = (1 - coverage) / 2
        low, high = np.quantile(self.lengths.mean(axis=1), [tail, 1 - tail])
        return float(low), float(high)


def resample_shots(lengths: Array, *, n_resamples: int, seed: int) -> ShotResamples:
    """Draw runs of five neighbouring shots with replacement until there are as many shots as before.

    Source: Künsch 1989, Annals of Statistics 17(3) 1217-1241.

    Examples
    --------
    >>> resample_shots(np.ones(12), n_resamples=3, seed=0).interval()
    (1.0, 1.0)
    """
    n = len(lengths)
    block = min(_BLOCK, n)
    generator = np.random.default_rng(seed)
    n_blocks = -(-n // block)
    first = generator.integers(0, n, size=(n_resamples, n_blocks))
    picked = (first[:, :, np.newaxis] + np.arange(block)) % n  # the last shots are followed by the first
    return ShotResamples(lengths[picked.reshape(n_resamples, -1)[:, :n]])
