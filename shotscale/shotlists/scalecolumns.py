"""Find the column of scales in a table of shots.

Conventions
-----------
A header that names scales and nothing else is believed, and an unknown name below it is an error. Any other column is
that of scales only if all of its fields name one, whatever it is called.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shotscale.shotlists.columns import Column, may_be_scale
from shotscale.shotlists.rows import Sheet
from shotscale.shotlists.scalenames import are_scales, read_scales, unread_scale


def with_scales(sheet: Sheet) -> Sheet:
    """Find the column of scales, if there is one, and note others that may have been meant."""
    columns, notes = _without_foreign(sheet)
    if not any(column.role == "scale" for column in columns):
        others = [column for column in columns if column.role in (None, "number")]  # ELAN's may be called shots
        chosen = [column for column in others if names_scales(sheet, column.index)]
        if len(chosen) == 1:
            columns = [replace(column, role="scale") if column in chosen else column for column in columns]
        else:
            notes = notes or [*_unread(sheet, others)]
    return replace(sheet, columns=columns, notes=(*sheet.notes, *notes))


def names_scales(sheet: Sheet, index: int) -> bool:
    """Return whether a column's fields, at least half of them filled and two different, are scale names, not codes."""
    words = [*filter(None, sheet.cells(index))]
    return 2 * len(words) >= len(sheet.rows) and len(set(words)) > 1 and are_scales(*words)


def _without_foreign(sheet: Sheet) -> tuple[list[Column], list[str]]:
    """Leave out columns with a foreign header if not all of their fields name a scale, or another column has scales."""
    scales = sheet.of("scale")
    sure = any(not may_be_scale(column.name) for column in scales)
    left: list[Column] = []
    notes: list[str] = []
    for column in scales if len(scales) > 1 or not sure else ():
        unread = unread_scale(sheet.cells(column.index))
        if may_be_scale(column.name) and (sure or unread is not None):
            left.append(column)
            notes += [] if sure else [_note(column, unread)]
    return [replace(column, role=None) if column in left else column for column in sheet.columns], notes


def _unread(sheet: Sheet, columns: Sequence[Column]) -> Iterator[str]:
    """Yield a note on each column of which most fields, but not all, name a scale: a slip would lose the others."""
    for column in columns:
        words = [*filter(None, sheet.cells(column.index))]
        named = read_scales(words)
        most = 2 * sum(word in named for word in words) > max(len(words), len(sheet.rows) / 2)
        if most and len(named) > 1 and (reason := unread_scale(words)) is not None:
            yield _note(column, reason)


def _note(column: Column, reason: str | None) -> str:
    return f"Column {column.label} was not read as scales: {reason}."
