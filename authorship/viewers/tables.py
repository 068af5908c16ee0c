"""The study's tables, for any export format; columns declared by a record's fields are not repeated here.

`clips_table` makes the columns whose names depend on the study; all other tables are in `STUDY_TABLES`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from authorship.export.variables import Category, TidyTable, Variable, with_types
from authorship.features.feature import Feature
from authorship.viewers.analysis import LEVEL, Findings
from authorship.viewers.association import Association
from authorship.viewers.columns import HIGH, LOW, UNDEFINED, columns_of, count, named, number, text, yes
from authorship.viewers.mixed import MixedModel
from authorship.viewers.prediction import Prediction
from authorship.viewers.problems import OUTCOMES
from authorship.viewers.reliability import POOR

__all__ = ["clips_table", "study_tables"]

Row = Mapping[Any, Any]
Rows = Callable[[Findings], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class StudyTable:
    """A table of a study: its file name, what it holds, what a row is, the function for its rows, and its columns."""

    name: str
    holds: str
    row: str
    rows: Rows
    variables: tuple[Variable, ...]

    def filled(self, findings: Findings) -> TidyTable:
        """Return the table with its rows; values without a column are left out."""
        frame = pd.DataFrame(list(self.rows(findings)), columns=[variable.name for variable in self.variables])
        title = f"{self.holds}, one row per {self.row}"
        return TidyTable(self.name, title, with_types(frame, self.variables), self.variables)


STUDY_TABLES: dict[str, StudyTable] = {}
"""Every table except that of the clips, by name."""

_CLIP = text("clip", "name of the measured clip")
_SHARES = ("close", "medium", "long")
_OUTCOMES = tuple(Category(code, outcome, outcome) for code, outcome in enumerate(OUTCOMES, start=1))


def study_tables(findings: Findings) -> list[TidyTable]:
    """Return all non-empty tables of a study, the clips first."""
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
    columns = {"clip": _CLIP}
    if grouped:
        columns["group"] = text("group", "what the clip has in common with others, from the column named by --group")
    for name in ratings:
        columns[f"mean_{name}"] = number(f"mean of {name}", "over the clip's viewers")
        columns[f"ratings_of_{name}"] = count(f"ratings of {name}", "number of ratings in the mean")
    measured = (Variable.of_feature(feature, missing=UNDEFINED) for feature in features)
    return StudyTable("clips", "Clips, their mean ratings and features", "clip", _clips, (*named(**columns), *measured))


def _clips(findings: Findings) -> Iterable[Row]:
    study = findings.study
    means, counts = study.means.add_prefix("mean_"), study.counts.add_prefix("ratings_of_")
    columns = pd.concat([means, counts, study.features], axis="columns").assign(clip=list(study.features.index))
    if study.groups is not None:
        columns["group"] = study.groups
    return columns.to_dict("records")


def _table(name: str, holds: str, row: str, /, *columns: Variable, **more: Variable) -> Callable[[Rows], Rows]:
    """Register a table that the decorated function fills."""

    def declared(rows: Rows) -> Rows:
        STUDY_TABLES[name] = StudyTable(name, holds, row, rows, (*columns, *named(**more)))
        return rows

    return declared


@_table(
    *("reliability", "How far viewers agree", "rating and coefficient"),
    rating=text("rating"),
    coefficient=text("coefficient", "ICC, numbered as in Shrout and Fleiss 1979, or Cronbach's alpha"),
    value=number("value", "1 for perfect agreement, 0 for agreement by chance"),
    low=number(LOW),
    high=number(HIGH),
    decisive=yes("coefficient for the clips' means as used", f"below {POOR:g}, the rating is flagged as unreliable"),
    n_clips=count("clips"),
    n_viewers=count("viewers"),
    n_ratings=count("ratings"),
    viewers_per_clip=number("viewers per clip", "harmonic mean"),
    method=text("method", "pingouin, or Wald's exact method if ratings are missing"),
)
def _reliability(findings: Findings) -> Iterator[Row]:
    for entry in findings.reliability:
        for coefficient in entry.coefficients:
            decisive = int(coefficient is entry.decisive)
            yield {**vars(entry), **asdict(coefficient), "coefficient": coefficient.name, "decisive": decisive}


_FOUND = yes("relation found", f"q at most {LEVEL:g}")


@_table("associations", "Features against ratings", "pair", *columns_of(Association), found=_FOUND)
def _associations(findings: Findings) -> Iterator[Row]:
    for pair in findings.associations:
        yield {**asdict(pair), "found": None if np.isnan(pair.q) else int(pair.q <= LEVEL)}


@_table("mixed_models", "Mixed models of viewers and clips", "model", *columns_of(MixedModel))
def _mixed_models(findings: Findings) -> Iterable[Row]:
    return map(asdict, findings.mixed)


@_table("prediction", "Unseen clips predicted from all features", "rating", *columns_of(Prediction))
def _prediction(findings: Findings) -> Iterable[Row]:
    return map(vars, findings.predictions)


@_table(
    *("predictions", "Predictions of held-out clips", "clip and rating"),
    clip=_CLIP,
    rating=text("rating"),
    mean=number("mean rating of the clip"),
    predicted=number("prediction while the clip was held out", "averaged over repeated cross-validation"),
)
def _predictions(findings: Findings) -> Iterator[Row]:
    means = findings.study.means
    for entry in findings.predictions:
        both = pd.DataFrame({"mean": means[entry.rating], "predicted": entry.predicted}).dropna(subset="predicted")
        yield from both.assign(clip=both.index, rating=entry.rating).to_dict("records")


@_table(
    *("turning", "Scale distribution over each clip", "window"),
    clip=_CLIP,
    time=number("middle of the window", "from the clip's first frame", unit="s"),
    **{name: number(f"share of {name} samples", unit="share") for name in _SHARES},
    angle=number("angle to the previous window", "Bhattacharyya angle; missing for the first window", unit="degree"),
)
def _turning(findings: Findings) -> Iterator[Row]:
    for clip, turning in findings.study.clips.turning.items():
        angles = np.append(np.nan, turning.angles)
        for time, shares, angle in zip(turning.time, turning.shares, angles, strict=True):
            yield {"clip": clip, "time": time, **dict(zip(_SHARES, shares, strict=True)), "angle": angle}


@_table(
    *("problems", "Problems with the tables or their join", "problem"),
    kind=text("problem", "in a few words"),
    subject=text("clip or column concerned", "empty if it concerns several"),
    outcome=Variable("", "action taken", "category", categories=_OUTCOMES),
    n_rows=count("rows of ratings affected"),
    message=text("message"),
)
def _problems(findings: Findings) -> Iterator[Row]:
    for problem in findings.study.problems:
        yield {**asdict(problem), "outcome": OUTCOMES.index(problem.outcome) + 1}
