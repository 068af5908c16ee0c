"""The whole study, in order: reliability, relations, mixed models, prediction, and power."""

from dataclasses import dataclass
from math import isnan

import numpy as np

from authorship.viewers.association import Association, associate
from authorship.viewers.join import Study
from authorship.viewers.mixed import MixedModel, fit_mixed_models
from authorship.viewers.power import detectable_correlation
from authorship.viewers.prediction import Prediction, predict_ratings
from authorship.viewers.reliability import Reliability, measure_reliability
from shotscale.errors import OptionError
from shotscale.progress import Progress

__all__ = ["LEVEL", "POWER", "Findings", "StudyOptions", "analyse_study"]

LEVEL = 0.05
"""A relation counts as found where its q-value is at most this, the usual share of false findings."""

POWER = 0.8
"""What detectable correlations are stated for: Cohen 1988, Statistical Power Analysis, section 2.4."""


@dataclass(frozen=True, slots=True)
class StudyOptions:
    """How a study is analysed: resamples of the intervals, permutations of the tests, the seed of all draws."""

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
    """What a study found.

    Reliability and mixed models are empty where only means are known; the associations are the family, every feature
    against every rating.

    Attributes
    ----------
    n_effective : float
        Independent clips that would tell as much, the median over the pairs; NaN where no pair has a p-value.
    detectable_alone, detectable_in_family : float
        The correlation that such a study finds with power `POWER` if one pair alone is looked at, and if it is the only
        true one of the family; NaN with `n_effective`.
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

    @property
    def found(self) -> list[Association]:
        """The relations found, the strongest first."""
        there = [pair for pair in self.associations if pair.q <= LEVEL]
        return sorted(there, key=lambda pair: -abs(pair.rho))

    def found_of(self, rating: str) -> list[Association]:
        """Return the relations found of one rating, the strongest first."""
        return [pair for pair in self.found if pair.rating == rating]

    def strongest(self, rating: str) -> Association | None:
        """Return the pair of a rating whose correlation is farthest from 0; None where none has one."""
        pairs = [pair for pair in self.associations if pair.rating == rating and not isnan(pair.rho)]
        return max(pairs, key=lambda pair: abs(pair.rho), default=None)

    def of_rating(self, rating: str) -> Reliability | None:
        """Return the reliability of a rating; None where it is not known."""
        return next((entry for entry in self.reliability if entry.rating == rating), None)

    def model(self, pair: Association) -> MixedModel | None:
        """Return the mixed model of a pair; None where there is none."""
        return next((m for m in self.mixed if (m.feature, m.rating) == (pair.feature, pair.rating)), None)


def analyse_study(study: Study, options: StudyOptions | None = None, *, report: Progress | None = None) -> Findings:
    """Analyse a study; `report` is called with how many mixed models are fitted, and how many there are.

    `DependencyError` says that a statistical library is not installed, before anything is computed.
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
    figures = (n_effective, alone, in_family)
    return Findings(study, options, tuple(reliability), tuple(associations), tuple(mixed), tuple(predictions), *figures)
