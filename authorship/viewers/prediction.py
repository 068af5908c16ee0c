"""Prediction of ratings of held-out clips from the features, compared with predicting the mean.

Conventions
-----------
The rating of a clip is its mean over viewers. Clips are held out in turn, all clips of a group together; missing
features are filled with the median, all are scaled, and the strength of the ridge penalty is chosen, from the other
clips alone. The baseline says the mean of these other clips. *Skill* is 1 - (squared error of the model) / (squared
error of the baseline): 0 says no better than the mean, 1 exactly, and below 0 worse than the mean. Folds are resampled
several times and the errors of a clip averaged. The interval resamples clips (or groups) with their errors as they
are; it leaves out that other clips would have given another model, so it is somewhat too narrow.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.viewers.association import FEWEST_CLIPS

__all__ = ["N_FOLDS", "N_REPEATS", "Prediction", "predict_ratings"]

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

N_FOLDS = 5
"""Parts into which the clips, or their groups, are dealt, each held out once; with ten, parts of 50 clips are five."""

N_REPEATS = 5
"""How often they are dealt again, so that the figures do not hang on one deal."""

_PENALTIES = np.geomspace(0.1, 1e4, 16)  # from hardly any to all but the mean, for tens of standardized features


@dataclass(frozen=True, eq=False)
class Prediction:
    """How well one rating is predicted, as the columns of `authorship.viewers.tables`; NaN of too few clips."""

    rating: str
    n_clips: int
    skill: float
    low: float
    high: float
    error: float
    baseline_error: float
    predicted: pd.Series


def predict_ratings(
    features: pd.DataFrame,
    means: pd.DataFrame,
    *,
    generator: np.random.Generator,
    groups: Integers | None = None,
    confidence: float = 0.95,
    n_resamples: int = 2000,
    n_repeats: int = N_REPEATS,
) -> list[Prediction]:
    """Predict every rating from all features together, of the same clips in the same order.

    `groups`, of shape (n_clips,), says which clips are held out together.
    """
    found = []
    for name in means.columns:
        known = means[name].notna().to_numpy()
        own = np.arange(len(means)) if groups is None else groups
        members = np.unique(own[known], return_inverse=True)[1]
        if len(np.unique(members)) < FEWEST_CLIPS:
            nothing = pd.Series(np.nan, index=means.index)
            found.append(Prediction(str(name), int(known.sum()), *(float("nan"),) * 5, nothing))
            continue
        x, y = features.to_numpy(np.float64)[known], means[name].to_numpy(np.float64)[known]
        predicted, errors, baseline = _cross_validated(x, y, members, n_repeats, generator)
        low, high = _skill_interval(errors, baseline, members, confidence, n_resamples, generator)
        series = pd.Series(predicted, index=means.index[known]).reindex(means.index)
        skill = 1 - float(errors.sum() / baseline.sum())
        sizes = (float(np.sqrt(errors.mean())), float(np.sqrt(baseline.mean())))
        found.append(Prediction(str(name), len(y), skill, low, high, *sizes, predicted=series))
    return found


def _cross_validated(
    x: Array, y: Array, members: Integers, n_repeats: int, generator: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Return each clip's prediction, squared error and the baseline's, averaged over the repeats."""
    predicted, errors, baseline = (np.zeros(len(y)) for _ in range(3))
    n_groups = int(members.max()) + 1
    for _ in range(n_repeats):
        fold = generator.permutation(np.arange(n_groups) % min(N_FOLDS, n_groups))[members]
        for number in np.unique(fold):
            out = fold == number
            model = _model().fit(x[~out], y[~out])
            said = np.asarray(model.predict(x[out]), np.float64)
            predicted[out] += said / n_repeats
            errors[out] += (y[out] - said) ** 2 / n_repeats
            baseline[out] += (y[out] - y[~out].mean()) ** 2 / n_repeats
    return predicted, errors, baseline


def _model() -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    return make_pipeline(imputer, StandardScaler(), RidgeCV(alphas=_PENALTIES))


def _skill_interval(  # noqa: PLR0917 - one caller
    errors: Array,
    baseline: Array,
    members: Integers,
    confidence: float,
    n_resamples: int,
    generator: np.random.Generator,
) -> tuple[float, float]:
    sums = [np.bincount(members, weights=part) for part in (errors, baseline)]
    picks = generator.integers(len(sums[0]), size=(n_resamples, len(sums[0])))
    skills = 1 - sums[0][picks].sum(axis=1) / sums[1][picks].sum(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(skills, [tail, 1 - tail])
    return float(low), float(high)
