"""The study's tables: tidy, with a codebook, in any export format."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from authorship.export.variables import TidyTable, VariableKind
from authorship.viewers.analysis import LEVEL, Findings
from authorship.viewers.columns import OUTCOMES, STUDY_TABLES, StudyTable, clips_table

__all__ = ["study_tables"]

_TYPES: Mapping[VariableKind, str] = {"number": "float64", "count": "Int64", "category": "Int32", "text": "object"}

Row = Mapping[Any, Any]


def study_tables(findings: Findings) -> list[TidyTable]:
    """Return all tables that a study has something to put into, the clips first."""
    parts = {
        "reliability": _reliability(findings),
        "associations": _associations(findings),
        "mixed_models": ({**asdict(model), "converged": int(model.converged)} for model in findings.mixed),
        "prediction": (vars(entry) for entry in findings.predictions),
        "predictions": _predictions(findings),
        "turning": _turning(findings),
        "problems": _problems(findings),
    }
    tables = [_clips(findings), *(_filled(STUDY_TABLES[name], rows) for name, rows in parts.items())]
    return [table for table in tables if table.n_rows]


def _filled(table: StudyTable, rows: Iterable[Row]) -> TidyTable:
    """Return a table with rows; what they have beyond its columns is left out."""
    frame = pd.DataFrame(list(rows), columns=[variable.name for variable in table.variables])
    frame = frame.astype({variable.name: _TYPES[variable.kind] for variable in table.variables})
    return TidyTable(table.name, table.title, frame, table.variables)


def _clips(findings: Findings) -> TidyTable:
    study = findings.study
    described = [study.clips.descriptions[name] for name in study.features.columns]
    table = clips_table(study.names, described, grouped=study.groups is not None)
    means, counts = study.means.add_prefix("mean_"), study.counts.add_prefix("ratings_of_")
    columns = pd.concat([means, counts, study.features], axis="columns").assign(clip=list(study.features.index))
    if study.groups is not None:
        columns["group"] = study.groups
    return _filled(table, columns.to_dict("records"))


def _reliability(findings: Findings) -> Iterator[Row]:
    for entry in findings.reliability:
        for coefficient in entry.coefficients:
            decisive = int(coefficient is entry.decisive)
            yield {**vars(entry), **asdict(coefficient), "coefficient": coefficient.name, "decisive": decisive}


def _associations(findings: Findings) -> Iterator[Row]:
    for pair in findings.associations:
        yield {**asdict(pair), "found": None if np.isnan(pair.q) else int(pair.q <= LEVEL)}


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
