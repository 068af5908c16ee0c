"""Films that must be held out together: repeated measurements of one film, and near-duplicates.

Conventions
-----------
Rows of one ``work``, or where that is empty of one director, title and year, are one film; so are those of one director
and title if a year is unknown, or if the years are as close as those that sources give for one film.
Beyond that, two films of one candidate whose modeled figures all agree within half a per cent may be one film under
two names; either way, neither is predicted from the other. Near-duplicates of two candidates are not held together:
each makes the other harder to get right, not easier.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.names import fold_name
from authorship.reference.columns import texts_or
from shotscale.errors import TableError
from shotscale.numerals import counted

__all__ = ["near_duplicates"]

_NEAR = 0.005  # by judgment: two measurements of one film differ by rounding and a few shots
_ENOUGH = 0.5  # share of the features that both films must have
_MOST_NAMED = 3  # pairs of films; the result of `authorship benchmark` has them all

YEARS_APART = 3
"""By how many years sources may differ on one film: published shot lists by up to 1, tables of films, and when a few of
the 94 films were made, first shown or coded, by up to 3; a director's remake comes later."""


def near_duplicates(values: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Find pairs of films, as row numbers, whose modeled figures agree.

    Figures that the codebook marks as logarithmic agree within half a per cent, others within 0.005 of their unit.

    Parameters
    ----------
    values : float array of shape (n, p)
        As returned by `authorship.reference.table.Reference.matrix`.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> reference = builtin_reference()
    >>> [[str(reference.titles[i]) for i in pair] for pair in near_duplicates(reference.matrix())]
    [['Gangs of New York', 'The Aviator']]
    """
    pairs: list[tuple[int, int]] = []
    if values.shape[1] == 1:  # two films may share one figure by chance
        return pairs
    for row in range(len(values) - 1):
        differences = np.abs(values[row + 1 :] - values[row])
        known = ~np.isnan(differences)
        alike = (np.where(known, differences, 0.0).max(axis=1) < _NEAR) & (known.mean(axis=1) >= _ENOUGH)
        pairs += [(row, int(other) + row + 1) for other in np.flatnonzero(alike)]
    return pairs


def name_works(table: pd.DataFrame, labels: "pd.Series[str]", index: "pd.Series[str]") -> "pd.Series[str]":
    """Return each row's work: as the table declares it, else its label, title and first year, else its `index`.

    A row without a year has that of the candidate's other rows of its title, so that two copies are one film even if
    the year of one, or of both, is unknown; rows at most `YEARS_APART` from the next of their title share a film.
    """
    unknown = pd.Series("", table.index)
    titles, years = (texts_or(table, column, unknown) for column in ("title", "year"))
    film = labels + " - " + titles.map(fold_name)
    elsewhere = years.where(years != "").groupby(film.to_numpy()).transform("first").fillna("")
    years = years.where(years != "", elsewhere)
    known = pd.DataFrame({"film": film.to_numpy(), "year": pd.to_numeric(years, errors="coerce").to_numpy()})
    later = known.sort_values("year").groupby("film")["year"].diff() > YEARS_APART
    part = later.groupby(known["film"]).cumsum().sort_index()
    first = years.groupby([known["film"].to_numpy(), part.to_numpy()]).transform("min")
    named = (film + " " + first).str.strip()
    return texts_or(table, "work", named.where(titles != "", index))


def hold_together(
    works: "pd.Series[str]", labels: "pd.Series[str]", values: npt.NDArray[np.float64]
) -> tuple["pd.Series[str]", list[tuple[int, int]]]:
    """Merge near-duplicates of one candidate into one work; return the works, and the pairs of rows merged."""
    merged = []
    for one, other in near_duplicates(values):
        if labels.iloc[one] == labels.iloc[other] and works.iloc[one] != works.iloc[other]:
            pair = works.iloc[[one, other]]
            works = works.where(~works.isin(pair), pair.min())  # whichever row comes first
            merged.append((one, other))
    return works, merged


def merged_note(merged: Sequence[tuple[int, int]], index: "pd.Series[str]") -> tuple[str, ...]:
    """Return a note of the pairs of rows merged, named by `index`, if any."""
    return (f"Counted as one film, because their figures agree: {_named(merged, index)}.",) if merged else ()


def director_note(table: pd.DataFrame, label: str, works: "pd.Series[str]") -> tuple[str, ...]:
    """Return a note if another label than the director is tested on films of directors whose other films are known."""
    if label == "director" or "director" not in table:
        return ()
    told = (
        f"Films of one director are on both sides of a split, so a {label} may be recognized by its directors; the "
        "director's name in the column work holds all of a director's films out together."
    )
    return (told,) if works.groupby(texts_or(table, "director", works).to_numpy()).nunique().max() > 1 else ()


def check_works(  # noqa: PLR0917 - one caller
    labels: "pd.Series[str]",
    works: "pd.Series[str]",
    merged: Sequence[tuple[int, int]],
    index: "pd.Series[str]",
    name: str,
    label: str,
    *,
    fewest: int,
) -> None:
    """Raise `TableError` if a film has two candidates, the table `name` has only one, or one has too few films."""
    torn = labels.groupby(works).transform("first") != labels
    if torn.any():
        raise TableError(f"{name}: film {works[torn].iloc[0]} is of more than one {label}; name each film differently")
    counts = works.groupby(labels).nunique()
    if len(counts) < 2:
        raise TableError(f"{name}: has only one {label}, {counts.index[0]}; at least two are needed; add films")
    few = counts[counts < fewest]
    if len(few):
        alike = _named([pair for pair in merged if labels.iloc[pair[0]] == few.index[0]], index)
        once = f" (figures agree, so counted as one: {alike})" if alike else ""
        raise TableError(
            f"{name}: {few.index[0]} has {counted(int(few.iloc[0]), 'film')}{once}; a candidate needs "
            f"{fewest}; add films or drop the {label}"
        )


def _named(pairs: Sequence[tuple[int, int]], index: "pd.Series[str]") -> str:
    """Name pairs of rows, the first few of them."""
    named = [f"{index.iloc[one]} and {index.iloc[other]}" for one, other in pairs]
    more = [counted(len(named) - _MOST_NAMED, "more pair")] if len(named) > _MOST_NAMED else []
    return "; ".join([*named[:_MOST_NAMED], *more])
