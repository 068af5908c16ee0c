"""Linear mixed models of individual ratings on each feature, with effects of viewer and clip.

Conventions
-----------
For viewer v and clip c,

    rating_vc = intercept + slope * feature_c + viewer_v + clip_c + residual_vc,

with independent normal viewer, clip and residual effects, fitted by restricted maximum likelihood. The feature is
standardized over the clips, so the slope is in rating points per standard deviation of the feature. Without the clip
effect, every viewer's rating would count as a separate clip, and chance would pass for a finding (the "language as
fixed effect" fallacy: Clark 1973, J. Verbal Learning and Verbal Behavior 12(4) 335-359; Baayen, Davidson and Bates
2008, J. Memory and Language 59(4) 390-412). Viewers are assumed to respond to a feature alike (no random slopes).

If clips share groups (such as the film they come from), a group effect is added to the clip effect.

The model is fitted by statsmodels, with all effects as variance components of one group, its way of specifying crossed
effects. Its own p-values are normal, which is too optimistic for a feature of 50 clips. Here the standard error is that
of generalized least squares at the fitted variances, and the test is Student's t with (number of clips - 2) degrees of
freedom: exact if every viewer rated every clip, otherwise checked by simulation (``benchmarks/viewers.py``). With
groups, the degrees of freedom are (number of groups - 2), as for a feature that is constant within groups; for one that
varies within groups this is conservative.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student

from authorship.libraries import require
from authorship.viewers.association import FEWEST_CLIPS, adjusted
from authorship.viewers.columns import HIGH, LOW, count, number, text, yes
from authorship.viewers.power import TAILS
from shotscale.progress import Progress

__all__ = ["MixedModel", "fit_mixed_model", "fit_mixed_models"]

Array = npt.NDArray[np.float64]

_METHODS = ["lbfgs", "bfgs", "powell"]  # tried in this order, the fastest first
_BOUNDARY = 1e-6  # share of the residual variance below which an effect counts as having none


@dataclass(frozen=True, slots=True)
class MixedModel:
    """One rating on one feature; each field is a column of the table of models; NaN without convergence."""

    feature: Annotated[str, text("feature of the clips")]
    rating: Annotated[str, text("rating")]
    n_ratings: Annotated[int, count("ratings")]
    n_clips: Annotated[int, count("clips")]
    n_groups: Annotated[int, count("groups", "of these clips; as many as clips if none share a group")]
    n_viewers: Annotated[int, count("viewers")]
    slope: Annotated[float, number("slope", "points of the rating per standard deviation of the feature")]
    low: Annotated[float, number(LOW)]
    high: Annotated[float, number(HIGH)]
    p: Annotated[float, number("p-value", "Student's t test with n_groups - 2 degrees of freedom")]
    q: Annotated[float, number("q-value", "p adjusted for all models (Benjamini-Hochberg)")]
    viewer_sd: Annotated[float, number("SD of viewer effects", "standard deviation of the viewer effects, in points")]
    clip_sd: Annotated[
        float,
        number("SD of clip effects", "standard deviation of clip effects not explained by the feature, in points"),
    ]
    group_sd: Annotated[
        float,
        number(
            "SD of group effects",
            "standard deviation of the group effects, in points; missing if no two clips share a group",
        ),
    ]
    residual_sd: Annotated[float, number("SD of residuals", "standard deviation of the residuals, in points")]
    converged: Annotated[bool, yes("the fit converged", "if not, there are no estimates")]
    note: Annotated[str, text("note on the fit")]


def fit_mixed_models(
    features: pd.DataFrame,
    ratings: pd.DataFrame,
    names: tuple[str, ...],
    *,
    groups: "pd.Series[str] | None" = None,
    report: Progress | None = None,
) -> list[MixedModel]:
    """Fit a model for every feature (one row per clip) and rating (one row per clip and viewer).

    `groups` holds each clip's group; `report` is called with the number of models done and the total.
    """
    pairs = [(str(feature), name) for feature in features.columns for name in names]
    models = []
    for done, (feature, name) in enumerate(pairs):
        if report is not None:
            report(done, len(pairs))
        models.append(fit_mixed_model(features[feature], ratings, name, groups=groups))
    q = adjusted(np.asarray([model.p for model in models], np.float64))
    return [replace(model, q=float(value)) for model, value in zip(models, q, strict=True)]


def fit_mixed_model(
    feature: pd.Series, ratings: pd.DataFrame, name: str, *, groups: "pd.Series[str] | None" = None
) -> MixedModel:
    """Fit the model of one feature (by clip) and one rating; its `q` is NaN, because it is not one of a family."""
    known = feature.dropna()
    rows = ratings.loc[ratings[name].notna() & ratings["clip"].isin(known.index), ["clip", "viewer", name]]
    clips, clip_names = pd.factorize(rows["clip"])
    viewers, viewer_names = pd.factorize(rows["viewer"])
    member = np.arange(len(clip_names)) if groups is None else pd.factorize(groups.reindex(clip_names))[0]
    sizes = (len(rows), len(clip_names), len(np.unique(member)), len(viewer_names))
    values = known[clip_names].to_numpy(np.float64)
    nothing = MixedModel(str(feature.name), name, *sizes, *(float("nan"),) * 9, False, _obstacle(sizes, values))
    if nothing.note:
        return nothing
    standard = (values - values.mean()) / values.std(ddof=1)
    design = np.column_stack([np.ones(len(rows)), standard[clips]])
    effects = {"clip": np.eye(nothing.n_clips)[clips], "viewer": np.eye(nothing.n_viewers)[viewers]}
    if nothing.n_groups < nothing.n_clips:
        effects["group"] = np.eye(nothing.n_groups)[member[clips]]
    return _fitted(nothing, rows[name].to_numpy(np.float64), design, effects)


def _obstacle(sizes: tuple[int, int, int, int], values: Array) -> str:
    """Return why no model can be fitted; empty if one can."""
    n_ratings, n_clips, n_groups, n_viewers = sizes
    if n_clips < FEWEST_CLIPS or np.ptp(values) == 0:
        return f"fewer than {FEWEST_CLIPS} clips, or a constant feature"
    if n_groups < FEWEST_CLIPS:
        return f"fewer than {FEWEST_CLIPS} groups of clips"
    return "viewers do not overlap: no clip has two" if n_viewers < 2 or n_ratings <= n_clips else ""


def _fitted(nothing: MixedModel, rating: Array, design: Array, effects: Mapping[str, Array]) -> MixedModel:
    mixed = require("statsmodels.regression.mixed_linear_model", "mixed models", extra="viewers")
    columns = [[[f"{name}{k}" for k in range(matrix.shape[1])]] for name, matrix in effects.items()]
    components = mixed.VCSpec(list(effects), columns, [[matrix] for matrix in effects.values()])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # convergence and boundary are checked below
            model = mixed.MixedLM(rating, design, groups=np.zeros(len(rating)), exog_vc=components)
            fit = model.fit(reml=True, method=_METHODS)
    except (np.linalg.LinAlgError, ValueError, FloatingPointError) as error:
        return replace(nothing, note=f"the fit failed: {' '.join(str(error).split())[:80]}")
    variance = float(fit.scale)
    parts = {name: max(float(part), 0.0) for name, part in zip(model.exog_vc.names, fit.vcomp, strict=True)}
    if not fit.converged or not np.isfinite([variance, *parts.values()]).all() or variance <= 0:
        return replace(nothing, note="the fit did not converge: no figure")
    scaled = np.column_stack([matrix * np.sqrt(parts[name] / variance) for name, matrix in effects.items()])
    slope, error_of_slope = _least_squares(rating, design, scaled)
    chance = student(nothing.n_groups - 2, scale=error_of_slope * variance**0.5)
    low, high = slope + chance.ppf(TAILS)
    at_zero = [name for name in effects if parts[name] < _BOUNDARY * variance]
    return replace(
        nothing,
        slope=slope,
        low=float(low),
        high=float(high),
        p=float(2 * chance.sf(abs(slope))),
        **{f"{name}_sd": part**0.5 for name, part in parts.items()},
        residual_sd=variance**0.5,
        converged=True,
        note=f"no variance left to the {' and the '.join(at_zero)}" if at_zero else "",
    )


def _least_squares(rating: Array, design: Array, scaled: Array) -> tuple[float, float]:
    """Return the slope, and its standard error in residual standard deviations.

    `scaled` holds the effects' indicators times the effects' standard deviations, in residual standard deviations. At a
    variance of zero statsmodels' own covariance comes from a singular matrix; the one here is invertible.
    """
    both = np.column_stack([design, rating])
    across = scaled.T @ both
    inner = np.eye(scaled.shape[1]) + scaled.T @ scaled
    weighted = both.T @ both - across.T @ np.linalg.solve(inner, across)
    covariance = np.linalg.inv(weighted[:2, :2])
    return float((covariance @ weighted[:2, 2])[1]), float(np.sqrt(covariance[1, 1]))
