"""The columns of a table of films: texts, features, and the ratios that follow from shot-length figures."""

import numpy as np
import pandas as pd

from authorship.features import CODEBOOK, FEATURE_GROUPS, FEATURE_NAMES
from shotscale.columns import refuse_rows
from shotscale.errors import TableError

FIGURES = ("average_shot_length", "median_shot_length", "shot_length_sd")
RATIOS = ("average_shot_length", "median_to_mean", "shot_length_cv")
_LARGEST = 1e12  # far above any feature; squares and ratios of smaller numbers stay finite
_ROUNDING = 1e-6  # other software may round a share of 0 or 1 to either side


def numbers(column: pd.Series, name: str) -> "pd.Series[float]":
    """Return a feature's column of the table `name` as numbers, NaN if empty.

    Raises `TableError` for anything else, and for a number that its unit rules out, as a code for a missing value.
    """
    numbers = pd.to_numeric(column, errors="coerce").astype(np.float64)
    wrong = (numbers.isna() & column.notna()) | (numbers.abs() > _LARGEST)
    refuse_rows(wrong.to_numpy(), column, name, "a finite number is needed")
    unit = CODEBOOK[str(column.name)].unit
    if unit != "1":
        most, rule = (1.0, "a share is from 0 to 1") if unit == "share" else (_LARGEST, "it cannot be negative")
        beyond = (numbers < -_ROUNDING) | (numbers > most + _ROUNDING)
        refuse_rows(beyond.to_numpy(), column, name, f"{rule}, and is left empty if it is missing")
    return numbers


def texts(table: pd.DataFrame, column: str, name: str) -> "pd.Series[str]":
    """Return a column's texts; raises `TableError` for the table `name` if a row has none."""
    found = _stripped(table[column])
    if (found == "").any():
        row = int(np.flatnonzero(found == "")[0]) + 1
        raise TableError(f"{name}: {column} is empty in row {row}; every film needs one; fill it in or drop the row")
    return found


def texts_or(table: pd.DataFrame, column: str, other: "pd.Series[str]") -> "pd.Series[str]":
    """Return a column's texts, and those of `other` in rows that have none, in all if there is no such column."""
    found = _stripped(table[column]) if column in table else other
    return found.where(found != "", other)


def _stripped(column: pd.Series) -> "pd.Series[str]":
    return column.astype(object).where(column.notna(), "").astype(str).str.strip()


def with_ratios(features: pd.DataFrame, name: str, *, needed: bool) -> pd.DataFrame:
    """Add the two ratios of the three shot-length figures if all three are present."""
    lacking = [column for column in FIGURES if column not in features]
    if lacking and needed and not set(RATIOS) <= set(features.columns):
        raise TableError(
            f"{name}: lacks the column {lacking[0]}; shot-length figures are average_shot_length, "
            "median_shot_length and shot_length_sd together; add the column"
        )
    if lacking:
        return features
    average = features["average_shot_length"].where(features["average_shot_length"] > 1 / _LARGEST)
    ratios = {
        "median_to_mean": features["median_shot_length"] / average,
        "shot_length_cv": features["shot_length_sd"] / average,
    }
    return features.assign(**{column: ratio for column, ratio in ratios.items() if column not in features})


def style_columns(features: pd.DataFrame) -> list[str]:
    """Return each group's modeled features; if the table has none of them, the group's other style features."""
    chosen: list[str] = []
    for group in FEATURE_GROUPS:
        of_group = [name for name in features.columns if CODEBOOK[name].group == group and CODEBOOK[name].style]
        chosen += [name for name in of_group if CODEBOOK[name].modeled] or of_group
    return [name for name in FEATURE_NAMES if name in chosen]
