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

If clips share groups (such as the film they come from), a group effect is added to the clip effect. If each viewer
rated one clip, viewer and residual effects cannot be told apart: the model has no viewer effect, and its residual both.

The model is fitted by statsmodels, with all effects as variance components of one group, its way of specifying crossed
effects; without viewers, effects are nested, and the outermost defines statsmodels' groups. Its own p-values are
normal, which is too optimistic for a feature of 50 clips. Here the standard error is that of generalized least squares
at the fitted variances, and the test is Student's t with (number of clips - 2) degrees of freedom: exact if every
viewer rated every clip, otherwise checked by simulation (``benchmarks/viewers.py``). With groups, the degrees of
freedom are (number of groups - 2), as for a feature that is constant within groups; for one that varies within groups
this is conservative.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

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
_NESTED = _METHODS[1:]  # with groups of its own, lbfgs may stop where the likelihood is infinite
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
    viewer_sd: Annotated[
        float,
        number(
            "SD of viewer effects",
            "standard deviation of the viewer effects, in points; missing if each viewer rated one clip",
        ),
    ]
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

    @property
    def without_viewers(self) -> bool:
        """Whether each viewer rated one clip, so that viewers have no effect of their own."""
        return self.n_viewers == self.n_ratings


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
    effects = {"clip": np.eye(nothing.n_clips)[clips]}
    if not nothing.without_viewers:
        effects["viewer"] = np.eye(nothing.n_viewers)[viewers]
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
    outer = list(effects)[-1] if nothing.without_viewers else None
    groups = np.zeros(len(rating), np.int64) if outer is None else effects[outer].argmax(axis=1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # convergence and boundary are checked below
            inner = {name: matrix for name, matrix in effects.items() if name != outer}
            model = mixed.MixedLM(
                rating,
                design,
                groups=groups,
                exog_re=None if outer is None else np.ones((len(rating), 1)),
                exog_vc=_components(mixed, inner, groups) if inner else None,
            )
            fit = model.fit(reml=True, method=_METHODS if outer is None else _NESTED)
    except (np.linalg.LinAlgError, ValueError, FloatingPointError) as error:
        return replace(nothing, note=f"the fit failed: {' '.join(str(error).split())[:80]}")
    variance = float(fit.scale)
    parts = {name: max(float(part), 0.0) for name, part in zip(model.exog_vc.names, fit.vcomp, strict=True)}
    if outer is not None:
        parts[outer] = max(float(np.asarray(fit.cov_re)[0, 0]), 0.0)
    if not fit.converged or not np.isfinite([fit.llf, variance, *parts.values()]).all() or variance <= 0:
        return replace(nothing, note="the fit did not converge: no figure")
    scaled = np.column_stack([matrix * np.sqrt(parts[name] / variance) for name, matrix in effects.items()])
    slope, error_of_slope = _least_squares(rating, design, scaled)
    chance = student(nothing.n_groups - 2, scale=error_of_slope * variance**0.5)
    low, high = slope + chance.ppf(TAILS)
    at_zero = [name for name in effects if parts[name] < _BOUNDARY * variance]
    notes = [f"no variance left to the {' and the '.join(at_zero)}"] if at_zero else []
    if nothing.without_viewers:
        notes.append("no effect of viewers, each of whom rated one clip: the residual holds their differences")
    return replace(
        nothing,
        slope=slope,
        low=float(low),
        high=float(high),
        p=float(2 * chance.sf(abs(slope))),
        **{f"{name}_sd": part**0.5 for name, part in parts.items()},
        residual_sd=variance**0.5,
        converged=True,
        note="; ".join(notes),
    )


def _components(mixed: Any, effects: Mapping[str, Array], groups: npt.NDArray[np.int64]) -> Any:
    """Return effects as variance components of statsmodels, each group with its own rows and levels."""
    inside = [[matrix[groups == group] for group in np.unique(groups)] for matrix in effects.values()]
    inside = [[rows[:, rows.any(axis=0)] for rows in matrices] for matrices in inside]
    names = [[[str(k) for k in range(rows.shape[1])] for rows in matrices] for matrices in inside]
    return mixed.VCSpec(list(effects), names, inside)


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
