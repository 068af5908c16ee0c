"""The whole study, in order: reliability, relations, mixed models, prediction, and power."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isnan

import numpy as np

from authorship.viewers.association import Association, associate
from authorship.viewers.join import Study
from authorship.viewers.mixed import MixedModel, fit_mixed_models
from authorship.viewers.power import detectable_correlation
from authorship.viewers.prediction import Prediction, predict_ratings
from authorship.viewers.reliability import Reliability, measure_reliability
from shotscale.errors import OptionError
from shotscale.progress import Progress

LEVEL = 0.05
"""A relation counts as found if its q-value is at most this, the usual false discovery rate."""

POWER = 0.8
"""The power at which detectable correlations are stated: Cohen 1988, Statistical Power Analysis, section 2.4."""


@dataclass(frozen=True, slots=True)
class StudyOptions:
    """How a study is analyzed: resamples per interval, permutations per test, random seed, and mixed models or not."""

    n_resamples: int = 2000
    n_permutations: int = 9999
    seed: int = 0
    mixed: bool = True

    def __post_init__(self) -> None:
        if self.n_resamples < 200:
            raise OptionError(f"resamples {self.n_resamples}: an interval needs 200 or more; 2000 are usual")
        if self.n_permutations < 199:
            raise OptionError(f"permutations {self.n_permutations}: a test needs 199 or more; 9999 are usual")


@dataclass(frozen=True, eq=False)
class Findings:
    """The results of a study.

    Reliability and mixed models are empty if only means are known; the associations are the family, every feature
    against every rating.

    Attributes
    ----------
    n_effective : float
        Number of independent clips that would be as informative, the median over pairs; NaN if no pair has a p-value.
    detectable_alone, detectable_in_family : float
        The correlation that such a study finds with power `POWER` if a single pair is tested, and if it is the only
        true one in the family; NaN if `n_effective` is, the latter also if there are too few permutations.
    permutations_needed : int
        Permutations with which the only true pair of the family can be found; 0 if there are as many.
    """

    study: Study
    options: StudyOptions
    reliability: tuple[Reliability, ...]
    associations: tuple[Association, ...]
    mixed: tuple[MixedModel, ...]
    predictions: tuple[Prediction, ...]
    n_effective: float
    detectable_alone: float
    detectable_in_family: float
    permutations_needed: int

    @property
    def found(self) -> list[Association]:
        """The relations found, strongest first."""
        there = [pair for pair in self.associations if pair.q <= LEVEL]
        return sorted(there, key=lambda pair: -abs(pair.rho))

    def found_of(self, rating: str) -> list[Association]:
        """Return the relations found for one rating, strongest first."""
        return [pair for pair in self.found if pair.rating == rating]

    def strongest(self, rating: str) -> Association | None:
        """Return the pair of a rating whose correlation is farthest from 0; None if no pair has one."""
        pairs = [pair for pair in self.associations if pair.rating == rating and not isnan(pair.rho)]
        return max(pairs, key=lambda pair: abs(pair.rho), default=None)

    def of_rating(self, rating: str) -> Reliability | None:
        """Return the reliability of a rating; None if unknown."""
        return next((entry for entry in self.reliability if entry.rating == rating), None)

    def model(self, pair: Association) -> MixedModel | None:
        """Return the mixed model of a pair; None if absent."""
        return next((m for m in self.mixed if (m.feature, m.rating) == (pair.feature, pair.rating)), None)


def analyze_study(study: Study, options: StudyOptions | None = None, *, report: Progress | None = None) -> Findings:
    """Analyze a study; `report` is called with the number of mixed models fitted so far and in total.

    Raises `DependencyError` if a statistical library that it needs is not installed.
    """
    options = options or StudyOptions()
    generator = np.random.default_rng(options.seed)
    rated = study.names if study.by_viewer else ()
    reliability = [measure_reliability(study.ratings, name, items=study.items.get(name)) for name in rated]
    groups, features = study.group_codes, study.features
    resampled = {"generator": generator, "groups": groups, "n_resamples": options.n_resamples}
    associations = associate(features, study.means, n_permutations=options.n_permutations, **resampled)  # type: ignore[arg-type]
    mixed: list[MixedModel] = []
    if study.by_viewer and options.mixed:
        of_clips = None if groups is None else study.groups
        mixed = fit_mixed_models(features, study.ratings, study.names, groups=of_clips, report=report)
    predictions = predict_ratings(features, study.means, **resampled)  # type: ignore[arg-type]
    sizes = [pair.n_effective for pair in associations if not isnan(pair.n_effective)]
    n_effective = float(np.median(sizes)) if sizes else float("nan")
    alone, in_family = (
        n_effective if isnan(n_effective) else detectable_correlation(n_effective, alpha=alpha, power=POWER)
        for alpha in (LEVEL, LEVEL / len(associations))
    )
    needed = _permutations_needed(associations, options.n_permutations)
    figures = (n_effective, alone, float("nan") if needed else in_family, needed)
    return Findings(study, options, tuple(reliability), tuple(associations), tuple(mixed), tuple(predictions), *figures)


def _permutations_needed(associations: Sequence[Association], n_permutations: int) -> int:
    """Return how many permutations bring the least possible p to the q-value `LEVEL`; 0 if there are as many.

    A p-value is at least 1 / (permutations + 1), and the smallest of m is multiplied by m.
    """
    needed = ceil(sum(not isnan(pair.p) for pair in associations) / LEVEL)
    return needed if needed > n_permutations else 0
