"""The study's tables: each column declared once, with its codebook entry; written in any export format.

Names of columns that depend on the study are made by `clips_table`; all others are in `STUDY_TABLES`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from authorship.export.variables import Category, TidyTable, Variable, VariableKind, with_types
from authorship.features.codebook import Feature
from authorship.viewers.analysis import LEVEL, Findings
from authorship.viewers.problems import OUTCOMES
from authorship.viewers.reliability import POOR

__all__ = ["clips_table", "study_tables"]

_UNDEFINED = "not defined for these clips"
_INTERVAL = "bootstrap over clips, bias-corrected and accelerated; with groups, that of the effective number of clips"
_ENDS = ("lower end of the 95 % interval", "upper end of the 95 % interval")

Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class StudyTable:
    """A table of a study: the name of its files, what it holds, what a row is, its columns, and what fills them."""

    name: str
    holds: str
    row: str
    rows: Callable[[Findings], Iterable[Row]]
    variables: tuple[Variable, ...]

    def filled(self, findings: Findings) -> TidyTable:
        """Return the table with its rows; what they have beyond its columns is left out."""
        frame = pd.DataFrame(list(self.rows(findings)), columns=[variable.name for variable in self.variables])
        title = f"{self.holds}, one row per {self.row.removeprefix('a ')}"
        return TidyTable(self.name, title, with_types(frame, self.variables), self.variables)


def study_tables(findings: Findings) -> list[TidyTable]:
    """Return all tables that a study has something to put into, the clips first."""
    study = findings.study
    described = [study.clips.descriptions[name] for name in study.features.columns]
    clips = clips_table(study.names, described, grouped=study.groups is not None)
    tables = [table.filled(findings) for table in (clips, *STUDY_TABLES.values())]
    return [table for table in tables if table.n_rows]


def clips_table(ratings: Iterable[str], features: Iterable[Feature], *, grouped: bool) -> StudyTable:
    """Return the table of the clips themselves; `grouped` says whether groups of clips are known.

    Examples
    --------
    >>> [variable.name for variable in clips_table(["mood"], [], grouped=True).variables]
    ['clip', 'group', 'mean_mood', 'ratings_of_mood']
    """
    variables = [_CLIP]
    if grouped:
        variables.append(_text("group", "group", "what the clip shares with others, as given by --group"))
    for name in ratings:
        variables.append(_number(f"mean_{name}", f"mean of {name}", "over the viewers of the clip"))
        variables.append(_count(f"ratings_of_{name}", f"ratings of {name}", "that the mean is made of"))
    variables += [Variable.of_feature(feature, missing=_UNDEFINED) for feature in features]
    return StudyTable("clips", "Clips, their mean ratings and features", "a clip", _clips, tuple(variables))


def _column(kind: VariableKind, name: str, label: str, definition: str = "", *, unit: str = "") -> Variable:
    missing = _UNDEFINED if kind == "number" else ""
    return Variable(name, label, kind, unit=unit, definition=definition, missing=missing)


_text, _number, _count = partial(_column, "text"), partial(_column, "number"), partial(_column, "count")


def _yes(name: str, label: str, definition: str) -> Variable:
    both = (Category(0, "no", "no"), Category(1, "yes", "yes"))
    return Variable(name, label, "category", definition=definition, categories=both, missing=_UNDEFINED)


def _interval(definition: str = "") -> tuple[Variable, Variable]:
    return _number("low", _ENDS[0], definition), _number("high", _ENDS[1], definition)


def _clips(findings: Findings) -> Iterable[Row]:
    study = findings.study
    means, counts = study.means.add_prefix("mean_"), study.counts.add_prefix("ratings_of_")
    columns = pd.concat([means, counts, study.features], axis="columns").assign(clip=list(study.features.index))
    if study.groups is not None:
        columns["group"] = study.groups
    return columns.to_dict("records")


def _reliability(findings: Findings) -> Iterator[Row]:
    for entry in findings.reliability:
        for coefficient in entry.coefficients:
            decisive = int(coefficient is entry.decisive)
            yield {**vars(entry), **asdict(coefficient), "coefficient": coefficient.name, "decisive": decisive}


def _associations(findings: Findings) -> Iterator[Row]:
    for pair in findings.associations:
        yield {**asdict(pair), "found": None if np.isnan(pair.q) else int(pair.q <= LEVEL)}


def _mixed_models(findings: Findings) -> Iterator[Row]:
    return ({**asdict(model), "converged": int(model.converged)} for model in findings.mixed)


def _prediction(findings: Findings) -> Iterator[Row]:
    return (vars(entry) for entry in findings.predictions)


def _predictions(findings: Findings) -> Iterator[Row]:
    means = findings.study.means
    for entry in findings.predictions:
        for clip, mean, said in zip(means.index, means[entry.rating], entry.predicted, strict=True):
            if not np.isnan(said):
                yield {"clip": clip, "rating": entry.rating, "mean": mean, "predicted": said}


def _turning(findings: Findings) -> Iterator[Row]:
    for clip, turning in findings.study.clips.turning.items():
        angles = np.append(np.nan, turning.angles)
        for time, shares, angle in zip(turning.time, turning.shares, angles, strict=True):
            close, medium, long = shares
            yield {"clip": clip, "time": time, "close": close, "medium": medium, "long": long, "angle": angle}


def _problems(findings: Findings) -> Iterator[Row]:
    for problem in findings.study.problems:
        yield {**asdict(problem), "outcome": OUTCOMES.index(problem.outcome) + 1}


_CLIP = _text("clip", "clip", "its name among the measured clips")
_FEATURE = _text("feature", "feature of the clips")
_RATING = _text("rating", "rating")
_GROUPS = _count("n_groups", "groups", "that these clips belong to; as many as clips where none share one")

_RELIABILITY = (
    _RATING,
    _text("coefficient", "coefficient", "ICC as Shrout and Fleiss 1979 number them, or Cronbach's alpha"),
    _number("value", "value", "1: viewers agree fully; 0: as if by chance"),
    *_interval(),
    _yes("decisive", "speaks of the clips' means as they are used", f"below {POOR:g} the rating is flagged"),
    _count("n_clips", "clips"),
    _count("n_viewers", "viewers"),
    _count("n_ratings", "ratings"),
    _number("viewers_per_clip", "viewers per clip", "harmonic mean"),
    _text("method", "computed by"),
)
_ASSOCIATIONS = (
    _FEATURE,
    _RATING,
    _count("n_clips", "clips", "that have both"),
    _GROUPS,
    _number("n_effective", "effective number of clips", "independent clips that would tell as much"),
    _number("rho", "Spearman's rank correlation", "of the feature and the clips' mean rating"),
    *_interval(_INTERVAL),
    _number("p", "p-value", "permutation test of groups and of clips within groups, two-sided"),
    _number("q", "q-value", "p adjusted for all pairs, Benjamini and Hochberg"),
    _yes("found", "relation found", f"q at most {LEVEL:g}"),
)
_MODELS = (
    _FEATURE,
    _RATING,
    _count("n_ratings", "ratings"),
    _count("n_clips", "clips"),
    _GROUPS,
    _count("n_viewers", "viewers"),
    _number("slope", "slope", "points of the rating per standard deviation of the feature"),
    *_interval(),
    _number("p", "p-value", "Student's t, the number of groups less two degrees of freedom"),
    _number("q", "q-value", "p adjusted for all models, Benjamini and Hochberg"),
    _number("viewer_sd", "deviation of viewers", "standard deviation of the viewers' effects, points"),
    _number("clip_sd", "deviation of clips", "standard deviation of what the feature leaves to the clips, points"),
    _number("group_sd", "deviation of groups", "the same of groups of clips; missing where no two share one"),
    _number("residual_sd", "deviation of the rest", "standard deviation of the residuals, points"),
    _yes("converged", "the fit converged", "without it there is no figure"),
    _text("note", "note on the fit"),
)
_SKILL = (
    _RATING,
    _count("n_clips", "clips"),
    _number("skill", "skill", "1 - squared error over that of saying the mean; 0 is no better than the mean"),
    *_interval("bootstrap over clips, or groups of them"),
    _number("error", "root mean squared error", "points of the rating"),
    _number("baseline_error", "root mean squared error of the mean", "points of the rating"),
)
_HELD_OUT = (
    _CLIP,
    _RATING,
    _number("mean", "mean rating of the clip"),
    _number("predicted", "prediction while the clip was held out", "averaged over repeated folds"),
)
_WINDOWS = (
    _CLIP,
    _number("time", "middle of the window", "from the clip's first frame", unit="s"),
    *(_number(name, f"share of {name} samples", unit="share") for name in ("close", "medium", "long")),
    _number("angle", "angle from the window before", "Bhattacharyya's; missing for the first", unit="degree"),
)
_WRONG = (
    _text("kind", "what is wrong"),
    _text("subject", "clip or column that it is about"),
    Variable(
        "outcome",
        "what was done about it",
        "category",
        categories=tuple(Category(code, outcome, outcome) for code, outcome in enumerate(OUTCOMES, start=1)),
    ),
    _count("n_rows", "rows of the ratings that it touches"),
    _text("message", "in words"),
)

STUDY_TABLES: Mapping[str, StudyTable] = {
    table.name: table
    for table in (
        StudyTable("reliability", "How far viewers agree", "a rating and coefficient", _reliability, _RELIABILITY),
        StudyTable("associations", "Features against ratings", "a pair", _associations, _ASSOCIATIONS),
        StudyTable("mixed_models", "Mixed models of viewers and clips", "a model", _mixed_models, _MODELS),
        StudyTable("prediction", "Unseen clips told from all features", "a rating", _prediction, _SKILL),
        StudyTable("predictions", "Predictions of held-out clips", "a clip and rating", _predictions, _HELD_OUT),
        StudyTable("turning", "Scale distribution along the clips", "a window", _turning, _WINDOWS),
        StudyTable("problems", "What was wrong with the tables or their join", "a problem", _problems, _WRONG),
    )
}
"""Every table but the clips', by name."""
