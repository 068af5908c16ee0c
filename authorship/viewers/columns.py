"""Columns of a study's tables, declared by annotating the fields of the records that hold the values."""

from dataclasses import replace
from functools import partial
from typing import get_type_hints

from authorship.export.variables import Category, Variable, VariableKind

LOW, HIGH = "lower end of the 95 % interval", "upper end of the 95 % interval"
UNDEFINED = "not defined for these clips"


def _column(kind: VariableKind, label: str, definition: str = "", *, unit: str = "") -> Variable:
    missing = UNDEFINED if kind == "number" else ""
    return Variable("", label, kind, unit=unit, definition=definition, missing=missing)


text, number, count = partial(_column, "text"), partial(_column, "number"), partial(_column, "count")


def yes(label: str, definition: str) -> Variable:
    """Declare a yes/no column."""
    both = (Category(0, "no", "no"), Category(1, "yes", "yes"))
    return Variable("", label, "category", definition=definition, categories=both, missing=UNDEFINED)


def named(**columns: Variable) -> tuple[Variable, ...]:
    """Return columns with their names set."""
    return tuple(replace(column, name=name) for name, column in columns.items())


def columns_of(record: type) -> tuple[Variable, ...]:
    """Return the columns that a record's fields are annotated with, in field order.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from typing import Annotated
    >>> @dataclass
    ... class Height:
    ...     clip: Annotated[str, text("clip")]
    ...     height: Annotated[float, number("its height", unit="m")]
    ...     seen: bool = True
    >>> [(column.name, column.full_label) for column in columns_of(Height)]
    [('clip', 'clip'), ('height', 'its height (m)')]
    """
    hints = get_type_hints(record, include_extras=True)
    declared = {name: getattr(hint, "__metadata__", (None,))[0] for name, hint in hints.items()}
    return named(**{name: column for name, column in declared.items() if isinstance(column, Variable)})
