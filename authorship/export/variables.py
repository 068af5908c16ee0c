"""What a column of an exported table is: its label, unit, codes and what a missing value means.

Conventions
-----------
In a `TidyTable` a text is a str or None, a number float64 with NaN, a count a nullable Int64, and a category
the nullable integer code that statistical software stores; `TidyTable.readable` gives its abbreviations
instead. Scale codes are CineScale's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from shotscale.scales import GROUPS, SCALES, ShotScale
from shotscale.tables import KINDS

__all__ = ["CODEBOOK_COLUMNS", "Category", "TidyTable", "Variable", "VariableKind", "codebook"]

VariableKind = Literal["text", "number", "count", "category"]

CODEBOOK_COLUMNS: tuple[str, ...] = (
    "table",
    "variable",
    "label",
    "unit",
    "type",
    "values",
    "missing",
    "definition",
    "reference",
    "name_in_spss",
    "name_in_stata",
)

UNDEFINED = "not defined for this film"
UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Category:
    """One value of a category: its code, what a table shows, and its name in full.

    Examples
    --------
    >>> Category(2, "CU", "close up").text
    'CU'
    """

    code: int
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A column of an exported table.

    Attributes
    ----------
    name : str
    label : str
        One line, as statistical software shows it.
    kind : {'text', 'number', 'count', 'category'}
    unit : str
        Empty where there is none.
    definition, reference : str
    missing : str
        What a missing value means; empty where none can occur.
    categories : tuple of Category
    ordered : bool
        Whether the categories are an order.

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

    @property
    def full_label(self) -> str:
        """The label with its unit."""
        return f"{self.label} ({self.unit})" if self.unit not in ("", "1", "shots") else self.label


@dataclass(frozen=True, eq=False)
class TidyTable:
    """A table to export: a row an observation, a column a variable.

    Attributes
    ----------
    name : str
        ``features``, ``shots`` or ``scales``; also the files' name.
    title : str
    frame : pandas.DataFrame
        See the module's conventions.
    variables : tuple of Variable
        One a column, in order.

    Examples
    --------
    >>> variable = Variable("kind", "how the shot begins", "category", categories=kind_categories())
    >>> table = TidyTable("shots", "Shots", pd.DataFrame({"kind": [1, 2]}), (variable,))
    >>> table.readable()["kind"].tolist()
    ['start', 'cut']
    """

    name: str
    title: str
    frame: pd.DataFrame
    variables: tuple[Variable, ...]

    def of_kind(self, *kinds: VariableKind) -> list[Variable]:
        """Give the variables of some kinds."""
        return [variable for variable in self.variables if variable.kind in kinds]

    def readable(self) -> pd.DataFrame:
        """Give the table with categories as pandas has them, their texts instead of codes."""
        frame = self.frame.copy()
        for variable in self.of_kind("category"):
            texts = {category.code: category.text for category in variable.categories}
            frame[variable.name] = pd.Categorical(
                [None if pd.isna(code) else texts[int(code)] for code in frame[variable.name]],
                categories=list(texts.values()),
                ordered=variable.ordered,
            )
        return frame


def scale_categories(*, all_nine: bool) -> tuple[Category, ...]:
    """Give the seven ordered scales, nearest first, and on demand foreground and insert shots after them."""
    scales = [*SCALES, *((ShotScale.FOREGROUND_SHOT, ShotScale.INSERT_SHOT) if all_nine else ())]
    return tuple(Category(scale.code, scale.abbreviation, scale.name.replace("_", " ").lower()) for scale in scales)


def group_categories() -> tuple[Category, ...]:
    """Give the three groups, nearest first, as codes 1 to 3."""
    return tuple(Category(code, group.value, group.value) for code, group in enumerate(GROUPS, start=1))


def kind_categories() -> tuple[Category, ...]:
    """Give the ways in which a shot can begin as codes 1 to 5."""
    names = {"start": "beginning of the film"}
    return tuple(Category(code, kind, names.get(kind, kind)) for code, kind in enumerate(KINDS, start=1))


def codebook(tables: Iterable[TidyTable]) -> pd.DataFrame:
    """Describe every variable of some tables.

    Returns
    -------
    pandas.DataFrame
        A row a variable, columns `CODEBOOK_COLUMNS`; ``values`` holds ``code = text, label`` of each category.

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
