"""Permutations of the ratings over clips under the null hypothesis of no relation.

Conventions
-----------
If no two clips share a group, all orders of the clips are equally likely, and a draw is one such order.

Clips of one film are alike, in features and in ratings, so that a few films carry much weight, and permuting single
clips does not show how large the effect of chance is. With groups a rating is modeled as

    rating of clip i in group g = level of g + deviation of i,

where levels and deviations are independent of one another and of the features, and deviations are exchangeable within
their group. A draw permutes the levels over the groups and the deviations within each group. A level is estimated from
as many clips as its group has, so levels are not exchanged as they are: each is divided by the standard deviation of
the mean of a group of its size, and multiplied by that of the group that receives it, which requires the ratio of the
variances of levels and deviations. The result contains new values and is ranked again.

For groups of equal size this exchanges the means as they are, whatever the ratio. For unequal sizes it is approximate:
the ratio is an estimate, and levels are assumed to have the same distribution in small and large groups.
``benchmarks/viewers.py`` shows how close the p-values are to their nominal level, down to eight groups. The method
allows for clips of a group being alike, but not for an order among them (neighboring clips of a film being more alike
than distant ones).

Sources: Anderson and ter Braak 2003, J. Statistical Computation and Simulation 73(2) 85-113 (permuting the units at
each level of a nested design); Winkler, Webster, Vidaurre, Nichols and Smith 2015, NeuroImage 123 253-268 (whole
blocks, and within blocks); Abney 2015, Genetic Epidemiology 39(4) 249-258 (standardizing values of unequal variance
before permuting them, and undoing it afterwards). The ratio is that of `authorship.viewers.reliability.variance_ratio`.
Standardizing group means in particular is this project's reading of these sources.
"""

import numpy as np
import numpy.typing as npt

from authorship.viewers.reliability import variance_ratio

__all__ = ["GroupedRatings", "permute_clips"]

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def permute_clips(ratings: Array, n_draws: int, *, generator: np.random.Generator) -> Array:
    """Return ratings of shape (n, q), one row per clip, in random orders of the clips: (n_draws, n, q).

    >>> permute_clips(np.array([[1.0], [2.0], [4.0]]), 5, generator=np.random.default_rng(0)).shape
    (5, 3, 1)
    """
    return np.asarray(ratings[_orders(n_draws, len(ratings), generator)], np.float64)


class GroupedRatings:
    """Ratings of clips that come in groups, to be resampled as if unrelated to the features.

    Ratings have shape (n, q), without missing values; groups, shape (n,), are numbered from 0, and some are shared;
    `ratios`, shape (q,), are the estimated variances of group levels divided by those of the deviations.

    Examples
    --------
    >>> films = np.repeat(np.arange(4), 3)
    >>> moods = films + np.tile([0.0, 0.1, 0.2], 4)
    >>> rated = GroupedRatings(moods[:, np.newaxis], films)
    >>> drawn = rated.draw(2, generator=np.random.default_rng(1))[..., 0]
    >>> np.sort(drawn[0].reshape(4, 3).mean(axis=1)).round(6).tolist()  # equal groups: their means trade places
    [0.1, 1.1, 2.1, 3.1]
    """

    def __init__(self, ratings: Array, groups: Integers) -> None:
        self._groups = groups
        sizes = np.bincount(groups).astype(np.float64)
        means = np.stack([np.bincount(groups, weights=column) / sizes for column in ratings.T], axis=1)
        self._deviations: Array = ratings - means[groups]
        alone = np.zeros_like(groups)
        ratios = (variance_ratio(column, groups, alone)[0] if np.ptp(column) else 0.0 for column in ratings.T)
        self.ratios: Array = np.asarray([max(ratio, 0.0) for ratio in ratios])
        self._common, self._spread, self._levels = _standardized(means, sizes, self.ratios)

    def draw(self, n_draws: int, *, generator: np.random.Generator) -> Array:
        """Return resampled ratings of shape (n_draws, n, q)."""
        n_groups = len(self._levels)
        levels = self._common + self._spread * self._levels[_orders(n_draws, n_groups, generator)]
        by_group = np.argsort(self._groups, kind="stable")
        # Sorted by group, at random within it, so that each place gets the deviation of a clip of its own group.
        shuffled = np.argsort(self._groups + generator.random((n_draws, len(self._groups))), axis=1)
        deviations = np.empty((n_draws, *self._deviations.shape))
        deviations[:, by_group] = self._deviations[shuffled]
        return np.asarray(levels[:, self._groups] + deviations, np.float64)


def _standardized(means: Array, sizes: Array, ratios: Array) -> tuple[Array, Array, Array]:
    """Return the common level, the standard deviation of each group's mean, and the standardized means.

    The unit is the deviations' standard deviation. The larger a group, the more it pulls the common level toward
    itself: the means are also corrected for leverage, and then rescaled to the spread they had before, so that equal
    groups are unchanged.
    """
    spread = np.sqrt(ratios + 1 / sizes[:, np.newaxis])
    weights = 1 / spread**2
    weights /= weights.sum(axis=0)
    common = (weights * means).sum(axis=0)
    quotients = (means - common) / spread
    levels = quotients / np.sqrt(1 - weights)
    whole, own = (quotients**2).sum(axis=0), ((levels - levels.mean(axis=0)) ** 2).sum(axis=0)
    return common, spread, levels * np.sqrt(np.divide(whole, own, out=np.ones_like(own), where=own > 0))


def _orders(n_orders: int, n: int, generator: np.random.Generator) -> Integers:
    return np.asarray(generator.permuted(np.tile(np.arange(n), (n_orders, 1)), axis=1), np.int64)
