"""The study's tables, as every export has them: tidy, with a codebook, for any of the formats."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from authorship.export.variables import Category, TidyTable, Variable, VariableKind
from authorship.viewers.analysis import LEVEL, Findings
from authorship.viewers.reliability import POOR

__all__ = ["study_tables"]

_TYPES: Mapping[VariableKind, str] = {"number": "float64", "count": "Int64", "category": "Int32", "text": "object"}
_NO_YES = (Category(0, "no", "no"), Category(1, "yes", "yes"))
_INTERVAL = "bootstrap over clips, bias-corrected and accelerated; with groups, that of the effective number of clips"
_UNDEFINED = "not defined for these clips"


def study_tables(findings: Findings) -> list[TidyTable]:
    """Give all tables that a study has something to put into, the clips first."""
    tables = [
        _clips(findings),
        _reliability(findings),
        _associations(findings),
        _mixed(findings),
        _skill(findings),
        _predictions(findings),
        _turning(findings),
        _problems(findings),
    ]
    return [table for table in tables if len(table.frame)]


def _text(name: str, label: str, definition: str = "") -> Variable:
    return Variable(name, label, "text", definition=definition)


def _number(name: str, label: str, definition: str = "", *, unit: str = "") -> Variable:
    return Variable(name, label, "number", unit=unit, definition=definition, missing=_UNDEFINED)


def _count(name: str, label: str, definition: str = "") -> Variable:
    return Variable(name, label, "count", definition=definition)


def _yes(name: str, label: str, definition: str = "") -> Variable:
    return Variable(name, label, "category", definition=definition, categories=_NO_YES, missing=_UNDEFINED)


_CLIP = _text("clip", "clip", "its name among the measured clips")
_FEATURE = _text("feature", "feature of the clips")
_RATING = _text("rating", "rating")


def _table(name: str, title: str, rows: Sequence[Mapping[str, Any]], variables: Sequence[Variable]) -> TidyTable:
    frame = pd.DataFrame(list(rows), columns=[variable.name for variable in variables])
    frame = frame.astype({variable.name: _TYPES[variable.kind] for variable in variables})
    return TidyTable(name, title, frame, tuple(variables))


def _clips(findings: Findings) -> TidyTable:
    study = findings.study
    columns: dict[str, Any] = {"clip": list(study.features.index)}
    variables = [_CLIP]
    if study.groups is not None:
        columns["group"] = study.groups.to_list()
        variables.append(_text("group", "group", "what the clip shares with others, as given by --group"))
    for name in study.names:
        columns[f"mean_{name}"] = study.means[name].to_numpy()
        columns[f"ratings_of_{name}"] = study.counts[name].to_numpy()
        variables.append(_number(f"mean_{name}", f"mean of {name}", "over the viewers of the clip"))
        variables.append(_count(f"ratings_of_{name}", f"ratings of {name}", "that the mean is made of"))
    for name in study.features.columns:
        feature = study.clips.descriptions[name]
        columns[name] = study.features[name].to_numpy()
        variables.append(
            Variable(
                name,
                feature.title,
                "number",
                unit=feature.unit,
                definition=feature.definition,
                reference=feature.reference,
                missing=_UNDEFINED,
            )
        )
    frame = pd.DataFrame(columns).astype({variable.name: _TYPES[variable.kind] for variable in variables})
    return TidyTable("clips", "Clips, their mean ratings and features, a row a clip", frame, tuple(variables))


def _reliability(findings: Findings) -> TidyTable:
    rows = [
        {
            **asdict(coefficient),
            "coefficient": coefficient.name,
            "rating": entry.rating,
            "n_clips": entry.n_clips,
            "n_viewers": entry.n_viewers,
            "n_ratings": entry.n_ratings,
            "viewers_per_clip": entry.viewers_per_clip,
            "decisive": int(coefficient is entry.decisive),
        }
        for entry in findings.reliability
        for coefficient in entry.coefficients
    ]
    variables = [
        _RATING,
        _text("coefficient", "coefficient", "ICC as Shrout and Fleiss 1979 number them, or Cronbach's alpha"),
        _number("value", "value", "1: viewers agree fully; 0: as if by chance"),
        _number("low", "lower end of the 95 % interval"),
        _number("high", "upper end of the 95 % interval"),
        _yes("decisive", "speaks of the clips' means as they are used", f"below {POOR:g} the rating is flagged"),
        _count("n_clips", "clips"),
        _count("n_viewers", "viewers"),
        _count("n_ratings", "ratings"),
        _number("viewers_per_clip", "viewers a clip", "harmonic mean"),
        _text("method", "computed by"),
    ]
    return _table("reliability", "How far viewers agree, a row a rating and coefficient", rows, variables)


def _associations(findings: Findings) -> TidyTable:
    rows = [
        {**asdict(pair), "found": None if np.isnan(pair.q) else int(pair.q <= LEVEL)} for pair in findings.associations
    ]
    variables = [
        _FEATURE,
        _RATING,
        _count("n_clips", "clips", "that have both"),
        _count("n_groups", "groups", "that these clips belong to; as many as clips where none share one"),
        _number("n_effective", "effective number of clips", "independent clips that would tell as much"),
        _number("rho", "Spearman's rank correlation", "of the feature and the clips' mean rating"),
        _number("low", "lower end of the 95 % interval", _INTERVAL),
        _number("high", "upper end of the 95 % interval", _INTERVAL),
        _number("p", "p-value", "permutation test of groups and of clips within groups, two-sided"),
        _number("q", "q-value", "p adjusted for all pairs, Benjamini and Hochberg"),
        _yes("found", "relation found", f"q at most {LEVEL:g}"),
    ]
    return _table("associations", "Features against ratings, a row a pair", rows, variables)


def _mixed(findings: Findings) -> TidyTable:
    rows = [{**asdict(model), "converged": int(model.converged)} for model in findings.mixed]
    variables = [
        _FEATURE,
        _RATING,
        _count("n_ratings", "ratings"),
        _count("n_clips", "clips"),
        _count("n_groups", "groups", "that these clips belong to; as many as clips where none share one"),
        _count("n_viewers", "viewers"),
        _number("slope", "slope", "points of the rating a standard deviation of the feature"),
        _number("low", "lower end of the 95 % interval"),
        _number("high", "upper end of the 95 % interval"),
        _number("p", "p-value", "Student's t, the number of groups less two degrees of freedom"),
        _number("q", "q-value", "p adjusted for all models, Benjamini and Hochberg"),
        _number("viewer_sd", "deviation of viewers", "standard deviation of the viewers' effects, points"),
        _number("clip_sd", "deviation of clips", "standard deviation of what the feature leaves to the clips, points"),
        _number("group_sd", "deviation of groups", "the same of groups of clips; missing where no two clips share one"),
        _number("residual_sd", "deviation of the rest", "standard deviation of the residuals, points"),
        _yes("converged", "the fit converged", "without it there is no figure"),
        _text("note", "note on the fit"),
    ]
    return _table("mixed_models", "Mixed models of viewers and clips, a row a model", rows, variables)


def _skill(findings: Findings) -> TidyTable:
    names = ("rating", "n_clips", "skill", "low", "high", "error", "baseline_error")
    rows = [{name: getattr(entry, name) for name in names} for entry in findings.predictions]
    variables = [
        _RATING,
        _count("n_clips", "clips"),
        _number("skill", "skill", "1 - squared error over that of saying the mean; 0 is no better than the mean"),
        _number("low", "lower end of the 95 % interval", "bootstrap over clips, or groups of them"),
        _number("high", "upper end of the 95 % interval", "bootstrap over clips, or groups of them"),
        _number("error", "root mean squared error", "points of the rating"),
        _number("baseline_error", "root mean squared error of the mean", "points of the rating"),
    ]
    return _table("prediction", "Unseen clips told from all features, a row a rating", rows, variables)


def _predictions(findings: Findings) -> TidyTable:
    study = findings.study
    rows = [
        {"clip": clip, "rating": entry.rating, "mean": mean, "predicted": said}
        for entry in findings.predictions
        for clip, mean, said in zip(study.means.index, study.means[entry.rating], entry.predicted, strict=True)
        if not np.isnan(said)
    ]
    variables = [
        _CLIP,
        _RATING,
        _number("mean", "mean rating of the clip"),
        _number("predicted", "prediction while the clip was held out", "averaged over repeated folds"),
    ]
    return _table("predictions", "Predictions of held-out clips, a row a clip and rating", rows, variables)


def _turning(findings: Findings) -> TidyTable:
    rows = []
    for clip, turning in findings.study.clips.turning.items():
        angles = np.append(np.nan, turning.angles)
        for time, shares, angle in zip(turning.time, turning.shares, angles, strict=True):
            close, medium, long = shares
            rows.append({"clip": clip, "time": time, "close": close, "medium": medium, "long": long, "angle": angle})
    variables = [
        _CLIP,
        _number("time", "middle of the window", "from the clip's first frame", unit="s"),
        *(_number(name, f"share of {name} samples", unit="share") for name in ("close", "medium", "long")),
        _number("angle", "angle from the window before", "Bhattacharyya's; missing for the first", unit="degree"),
    ]
    return _table("turning", "Scale distribution along the clips, a row a window", rows, variables)


def _problems(findings: Findings) -> TidyTable:
    outcomes = ("left out", "changed", "noted")
    rows = [{**asdict(problem), "outcome": outcomes.index(problem.outcome) + 1} for problem in findings.study.problems]
    categories = tuple(Category(code, outcome, outcome) for code, outcome in enumerate(outcomes, start=1))
    variables = [
        _text("kind", "what is wrong"),
        _text("subject", "clip or column that it is about"),
        Variable("outcome", "what was done about it", "category", categories=categories),
        _count("n_rows", "rows of the ratings that it touches"),
        _text("message", "in words"),
    ]
    return _table("problems", "What was wrong with the tables or their join", rows, variables)
