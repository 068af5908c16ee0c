"""Find the column of scales in a table of shots.

Conventions
-----------
A header that names scales and nothing else is believed, and an unknown name below it is an error. Any other column is
that of scales only if all of its fields name one, whatever it is called.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shotscale.shotlists.columns import Column, may_be_scale
from shotscale.shotlists.rows import Row
from shotscale.shotlists.scalenames import are_scales, read_scales, unread_scale


def with_scales(rows: Sequence[Row], columns: list[Column]) -> tuple[list[Column], tuple[str, ...]]:
    """Return the columns with that of scales, if there is one, and notes on others that may have been meant."""
    columns, notes = _without_foreign(rows, columns)
    if any(column.role == "scale" for column in columns):
        return columns, notes
    others = [column for column in columns if column.role in (None, "number")]  # ELAN's may be called shots
    chosen = [column for column in others if names_scales(rows, column.index)]
    if len(chosen) == 1:
        return [replace(column, role="scale") if column in chosen else column for column in columns], notes
    return columns, notes or tuple(_unread(rows, others))


def names_scales(rows: Sequence[Row], index: int) -> bool:
    """Return whether a column's fields, at least half of them filled and two different, are scale names, not codes."""
    words = [row.field(index) for row in rows if row.field(index)]
    return 2 * len(words) >= len(rows) and len(set(words)) > 1 and are_scales(*words)


def _without_foreign(rows: Sequence[Row], columns: list[Column]) -> tuple[list[Column], tuple[str, ...]]:
    """Leave out columns with a foreign header if not all of their fields name a scale, or another column has scales."""
    scales = [column for column in columns if column.role == "scale"]
    sure = any(not may_be_scale(column.name) for column in scales)
    left: list[Column] = []
    notes = []
    for column in scales if len(scales) > 1 or not sure else ():
        unread = unread_scale(row.field(column.index) for row in rows)
        if may_be_scale(column.name) and (sure or unread is not None):
            left.append(column)
            notes += [] if sure else [f"Column {column.label} was not read as scales: {unread}."]
    return [replace(column, role=None) if column in left else column for column in columns], tuple(notes)


def _unread(rows: Sequence[Row], columns: Sequence[Column]) -> Iterator[str]:
    """Yield a note on each column of which most fields, but not all, name a scale: a slip would lose the others."""
    for column in columns:
        words = [word for row in rows if (word := row.field(column.index))]
        named = read_scales(words)
        most = 2 * sum(word in named for word in words) > max(len(words), len(rows) / 2)
        if most and len(named) > 1 and (reason := unread_scale(words)) is not None:
            yield f"Column {column.label} was not read as scales: {reason}."
