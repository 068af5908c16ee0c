"""Columns of exported tables: label, unit, codes and the meaning of a missing value.

Conventions
-----------
In a `TidyTable` a text is a str or None, a number float64 with NaN, a count a nullable Int64, and a category
the nullable integer code that statistical software stores; `TidyTable.readable` returns its texts instead. Scale
codes are CineScale's. A table's variables are known before any of its rows, so that rows can be made, written and
discarded piece by piece.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from shotscale.scales import GROUPS, SCALES, ShotScale
from shotscale.tables import KINDS

if TYPE_CHECKING:
    from authorship.features.feature import Feature

__all__ = ["CODEBOOK_COLUMNS", "Category", "Pieces", "TidyTable", "Variable", "VariableKind", "codebook"]

VariableKind = Literal["text", "number", "count", "category"]
"""The kind of a variable's values."""

CODEBOOK_COLUMNS: tuple[str, ...] = (
    *("table", "variable", "label", "unit", "type", "values", "missing", "definition", "reference"),
    *("name_in_spss", "name_in_stata"),
)
"""The columns of ``codebook.csv``."""

PIECE_ROWS = 2**17
"""Rows at which a piece of a table is passed on: a row group of a Parquet file, 18 feature films of samples."""

UNDEFINED = "not defined for this film"
UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Category:
    """One value of a category: its code, its text in tables, and its full name."""

    code: int
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A column of an exported table; `missing` is the meaning of a missing value, empty if none can occur.

    Examples
    --------
    >>> Variable("duration", "shot length", "number", unit="s").full_label
    'shot length (s)'
    """

    name: str
    label: str
    kind: VariableKind
    unit: str = ""
    definition: str = ""
    reference: str = ""
    missing: str = ""
    categories: tuple[Category, ...] = ()
    ordered: bool = False

    @classmethod
    def of_feature(cls, feature: "Feature", *, missing: str = UNDEFINED) -> "Variable":
        """Describe a feature as the codebook of features does."""
        return cls(
            feature.name,
            feature.title,
            "number",
            unit=feature.unit,
            definition=feature.definition,
            reference=feature.reference,
            missing=missing,
        )

    @property
    def full_label(self) -> str:
        """The label with its unit."""
        return f"{self.label} ({self.unit})" if self.unit not in ("", "1", "shots") else self.label


@dataclass(frozen=True, eq=False)
class Pieces:
    """The rows of a table too long for memory, made anew each time they are requested.

    `make` yields them as frames of any length, one per film for instance, and `count` returns their number; `texts`
    holds the distinct texts of each text variable in order of appearance.
    """

    make: Callable[[], Iterator[pd.DataFrame]]
    count: Callable[[], int]
    texts: Mapping[str, Sequence[str]]


@dataclass(frozen=True, eq=False)
class TidyTable:
    """A table to export: one row per observation, one column per variable, in order; `name` is also the file name.

    Examples
    --------
    >>> variable = Variable("kind", "how the shot begins", "category", categories=kind_categories())
    >>> table = TidyTable("shots", "Shots", pd.DataFrame({"kind": [1, 2]}), (variable,))
    >>> table.readable()["kind"].tolist()
    ['start', 'cut']
    """

    name: str
    title: str
    rows: pd.DataFrame | Pieces
    variables: tuple[Variable, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """The whole table, which must fit into memory."""
        return joined(list(self.pieces()))

    @property
    def n_rows(self) -> int:
        """The number of rows, which may require reading the films."""
        return self.rows.count() if isinstance(self.rows, Pieces) else len(self.rows)

    def pieces(self, *, n_rows: int = PIECE_ROWS) -> Iterator[pd.DataFrame]:
        """Yield the rows in pieces, at least one even if it has no rows.

        A piece is passed on once it has `n_rows`, so it exceeds that by less than one film. A table in memory is one
        piece.
        """
        if not isinstance(self.rows, Pieces):
            yield self.rows
            return
        parts: list[pd.DataFrame] = []
        for part in self.rows.make():
            parts.append(part)
            del part
            if sum(map(len, parts)) >= n_rows:
                yield joined(parts)
        if parts:
            yield joined(parts)

    def texts(self, variable: Variable) -> Sequence[str]:
        """Return the distinct texts of a text variable, in order of appearance."""
        if isinstance(self.rows, Pieces):
            return self.rows.texts[variable.name]
        return [str(text) for text in self.rows[variable.name].dropna().unique()]

    def of_kind(self, *kinds: VariableKind) -> list[Variable]:
        """Return the variables of the given kinds."""
        return [variable for variable in self.variables if variable.kind in kinds]

    def readable(self, piece: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return the table, or a piece of it, with pandas categories: texts instead of codes."""
        frame = (self.frame if piece is None else piece).copy()
        for variable in self.of_kind("category"):
            texts = {category.code: category.text for category in variable.categories}
            codes = frame[variable.name]
            shown = codes.map(texts)
            assert shown.isna().equals(codes.isna()), f"{self.name}: {variable.name} has a code without a text"
            frame[variable.name] = pd.Categorical(shown, categories=list(texts.values()), ordered=variable.ordered)
        return frame


def with_types(frame: pd.DataFrame, variables: Iterable[Variable]) -> pd.DataFrame:
    """Return the variables' columns in order, each with the type of its kind."""
    dtypes = {"number": "float64", "count": "Int64", "category": "Int32", "text": "object"}
    types = {variable.name: dtypes[variable.kind] for variable in variables}
    return frame[list(types)].astype(types)


def joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Join frames of the same columns and types, and empty the list so that it no longer holds them in memory."""
    whole = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
    parts.clear()
    return whole


def scale_categories(*, all_nine: bool) -> tuple[Category, ...]:
    """Return the seven ordered scales, closest first, then foreground and insert shots if `all_nine`."""
    scales = [*SCALES, *((ShotScale.FOREGROUND_SHOT, ShotScale.INSERT_SHOT) if all_nine else ())]
    return tuple(Category(scale.code, scale.abbreviation, scale.name.replace("_", " ").lower()) for scale in scales)


def group_categories() -> tuple[Category, ...]:
    """Return the three groups, closest first, as codes 1 to 3."""
    return tuple(Category(code, group.value, group.value) for code, group in enumerate(GROUPS, start=1))


def kind_categories() -> tuple[Category, ...]:
    """Return the ways in which a shot can begin as codes 1 to 5."""
    names = {"start": "beginning of the film"}
    return tuple(Category(code, kind, names.get(kind, kind)) for code, kind in enumerate(KINDS, start=1))


def codebook(tables: Iterable[TidyTable]) -> pd.DataFrame:
    """Describe every variable of the tables, in columns `CODEBOOK_COLUMNS`; ``values`` holds ``code = text, label``.

    Examples
    --------
    >>> variable = Variable("duration", "shot length", "number", unit="s")
    >>> table = TidyTable("shots", "Shots", pd.DataFrame({"duration": [2.5]}), (variable,))
    >>> codebook([table])[["table", "variable", "unit"]].values.tolist()
    [['shots', 'duration', 's']]
    """
    from authorship.export.naming import spss_names, stata_names

    rows = []
    for table in tables:
        names = [variable.name for variable in table.variables]
        for variable, spss, stata in zip(table.variables, spss_names(names), stata_names(names), strict=True):
            values = "; ".join(
                f"{entry.code} = {entry.text}" + (f", {entry.label}" if entry.label != entry.text else "")
                for entry in variable.categories
            )
            kind = f"ordered {variable.kind}" if variable.ordered else variable.kind
            description = (variable.definition, variable.reference)
            entries = (table.name, variable.name, variable.label, variable.unit, kind, values, variable.missing)
            rows.append((*entries, *description, spss, stata))
    return pd.DataFrame(rows, columns=list(CODEBOOK_COLUMNS))
