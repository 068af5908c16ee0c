"""Tell a mark of thousands from a decimal mark in columns of times.

Conventions
-----------
A mark that can be nothing else (`shotscale.numerals.without_groups`), or a space, separates thousands in any column.
Frames are whole, and a list of shots in milliseconds has no thousandths of them. There, a mark with three digits after
it separates thousands if other numbers of the column are below 1000 and have no mark, or if it occurs twice in a
number; if every number has one, either reading is possible. A decimal mark given with ``--decimal`` decides.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from shotscale.errors import TableError
from shotscale.numerals import GROUPED, without_groups
from shotscale.shotlists.columns import TIMES, Column
from shotscale.shotlists.rows import Row, Sheet
from shotscale.shotlists.times import Time

COUNTED = ("ms", "frames")
"""Units that are counted in whole numbers."""

_BELOW_1000 = re.compile(r"\d{1,3}\s*(?:[a-z]+\.?)?", re.IGNORECASE)
_WHOLE = 1e-6  # frames; programs that compute frame numbers round to more digits
_OTHER = str.maketrans(".,", ",.")


def without_thousands(sheet: Sheet) -> Sheet:
    """Remove marks of thousands from columns of times, where they can be nothing else, with a note on each.

    Columns without a header count as times.
    """
    for column in sheet.columns:
        if column.name and column.role not in TIMES:
            continue
        fields, decimal = sheet.cells(column.index), sheet.options.decimal
        counts = (column.unit or sheet.options.unit) in COUNTED
        numbers = without_groups(fields, sure=" " + (_thousands_mark(fields, decimal) or "" if counts else ""))
        changed = next((k for k, field in enumerate(fields) if numbers[k] != field), None)
        if changed is not None:
            rows = [_with(row, column.index, number) for row, number in zip(sheet.rows, numbers, strict=True)]
            note = f"Column {column.label}: {fields[changed]!r} was read as {numbers[changed]}."
            sheet = replace(sheet, rows=rows, notes=(*sheet.notes, note))
    return sheet


def check_whole(texts: Sequence[str], times: Sequence[Time], unit: str, column: Column, sheet: Sheet) -> None:
    """Reject counted times whose marks may separate thousands or decimals, and fractions of frames."""
    marked = [match for match in map(GROUPED.fullmatch, map(str.strip, texts)) if match and not match["rest"]]
    unclear = bool(marked) and len(marked) == sum(re.search(r"[.,]\d", text) is not None for text in texts)
    as_written = len(marked) == len(texts) and not any(int(re.sub(r"\D", "", match[0])) % 1000 for match in marked)
    if sheet.options.decimal is None and unclear and not as_written:  # 4200.000 is how programs write whole numbers
        first, mark = marked[0][0], marked[0][1]
        raise sheet.error(
            f"column {column.label}: {mark!r} may separate thousands or decimals in {first!r}; say which with "
            f"--decimal {mark.translate(_OTHER)} or --decimal {mark}"
        )
    for row, text, time in zip(sheet.rows, texts, times, strict=True):
        if unit == "frames" and time.form == "number" and abs(time.value - round(time.value)) > _WHOLE:
            raise TableError(
                f"{sheet.where(row)}: {text[:20]!r} in column {column.label} is no number of frames, which are whole; "
                "correct it, or rename the column if it counts something else"
            )


def _thousands_mark(fields: Sequence[str], decimal: str | None) -> str | None:
    """Return the mark that separates thousands in a column, or None if there is none or it may separate decimals."""
    found = {mark for mark in ".," if any(re.search(rf"\d[{mark}]\d", field) for field in fields)} - {decimal}
    if len(found) != 1:
        return None
    mark = found.pop()
    marked = [field for field in fields if mark in field]
    grouped = [match for match in map(GROUPED.fullmatch, marked) if match and match["mark"] == mark]
    if len(grouped) < len(marked):
        return None
    others = [field for field in fields if field[:1].isdigit() and mark not in field]
    sure = decimal is not None or any(field.count(mark) > 1 for field in marked)
    return mark if sure or (others and all(map(_BELOW_1000.fullmatch, others))) else None


def _with(row: Row, index: int, number: str) -> Row:
    return replace(row, fields=tuple(number if k == index else field for k, field in enumerate(row.fields)))
