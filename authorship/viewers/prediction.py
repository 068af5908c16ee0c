"""Prediction of ratings of held-out clips from the features, compared with predicting the mean.

Conventions
-----------
The rating of a clip is its mean over viewers. Clips are held out in turn, all clips of a group together; filling
missing features with the median, scaling, and choosing the ridge penalty use the other clips only. The baseline
predicts the mean of these other clips. *Skill* is 1 - (squared error of the model) / (squared error of the baseline): 0
is no better than the mean, 1 is exact, and below 0 is worse than the mean. Folds are redrawn several times and the
errors of a clip averaged. The interval resamples clips (or groups) with their errors fixed; it ignores that other clips
would have given another model, so it is somewhat too narrow.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.viewers.association import FEWEST_CLIPS
from authorship.viewers.columns import HIGH, LOW, count, number, text
from authorship.viewers.power import TAILS

__all__ = ["N_FOLDS", "N_REPEATS", "Prediction", "predict_ratings"]

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

N_FOLDS = 5
"""Folds of the clips, or of their groups, each held out once; with ten, a fold of 50 clips would hold only five."""

N_REPEATS = 5
"""How often the folds are drawn, so that results do not depend on a single draw."""

_PENALTIES = np.geomspace(0.1, 1e4, 16)  # from hardly any to almost only the mean, for tens of standardized features
_INTERVAL = "bootstrap over clips, or over groups of clips"


@dataclass(frozen=True, eq=False)
class Prediction:
    """How well one rating is predicted; each field except `predicted`, by clip, is a column of the prediction table.

    Statistics are NaN if there are too few clips, or groups of clips. If all clips have the same rating, both errors
    are 0, and skill and interval NaN.
    """

    rating: Annotated[str, text("rating")]
    n_clips: Annotated[int, count("clips")]
    skill: Annotated[
        float, number("skill", "1 - squared error / squared error of predicting the mean; 0 is no better than the mean")
    ]
    low: Annotated[float, number(LOW, _INTERVAL)]
    high: Annotated[float, number(HIGH, _INTERVAL)]
    error: Annotated[float, number("root mean squared error", "in points of the rating")]
    baseline_error: Annotated[float, number("RMSE of predicting the mean", "in points of the rating")]
    predicted: pd.Series


def predict_ratings(
    features: pd.DataFrame,
    means: pd.DataFrame,
    *,
    generator: np.random.Generator,
    groups: Integers | None = None,
    n_resamples: int = 2000,
    n_repeats: int = N_REPEATS,
) -> list[Prediction]:
    """Predict every rating from all features together; both have the same clips in the same order.

    `groups`, of shape (n_clips,), says which clips are held out together.
    """
    found = []
    for name in means.columns:
        known = means[name].notna().to_numpy()
        members = np.unique(np.flatnonzero(known) if groups is None else groups[known], return_inverse=True)[1]
        skill = low = high = error = baseline_error = float("nan")
        predicted = np.full(known.sum(), np.nan)
        x, y = features.to_numpy(np.float64)[known], means[name].to_numpy(np.float64)[known]
        enough = members.max(initial=-1) + 1 >= FEWEST_CLIPS
        if enough and np.ptp(y) <= 1e-9 * np.abs(y).max():
            predicted, error, baseline_error = y, 0.0, 0.0
        elif enough:
            predicted, errors, baseline = _cross_validated(x, y, members, n_repeats, generator)
            low, high = _skill_interval(errors, baseline, members, n_resamples, generator)
            skill = 1 - float(errors.sum() / baseline.sum())
            error, baseline_error = float(np.sqrt(errors.mean())), float(np.sqrt(baseline.mean()))
        series = pd.Series(predicted, index=means.index[known]).reindex(means.index)
        found.append(Prediction(str(name), len(predicted), skill, low, high, error, baseline_error, series))
    return found


def _cross_validated(
    x: Array, y: Array, members: Integers, n_repeats: int, generator: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Return each clip's prediction, its squared error and that of the baseline, averaged over the repeats."""
    from sklearn.dummy import DummyRegressor
    from sklearn.model_selection import PredefinedSplit, cross_val_predict

    n_groups, deals = int(members.max()) + 1, []
    for _ in range(n_repeats):
        folds = PredefinedSplit(generator.permutation(np.arange(n_groups) % min(N_FOLDS, n_groups))[members])
        said, mean = (cross_val_predict(model, x, y, cv=folds) for model in (_model(), DummyRegressor()))
        deals.append((said, (y - said) ** 2, (y - mean) ** 2))
    predicted, errors, baseline = np.mean(deals, axis=0)
    return predicted, errors, baseline


def _model() -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    return make_pipeline(imputer, StandardScaler(), RidgeCV(alphas=_PENALTIES))


def _skill_interval(
    errors: Array, baseline: Array, members: Integers, n_resamples: int, generator: np.random.Generator
) -> tuple[float, float]:
    sums = [np.bincount(members, weights=part) for part in (errors, baseline)]
    picks = generator.integers(len(sums[0]), size=(n_resamples, len(sums[0])))
    low, high = np.quantile(1 - sums[0][picks].sum(axis=1) / sums[1][picks].sum(axis=1), TAILS)
    return float(low), float(high)
