"""Times in several columns, of minutes, of seconds and perhaps of hours and frames, as one column of clock times."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from shotscale.shotlists.rows import Row, Sheet

_PARTS = (
    ("h", "h hr hrs hour hours std stunde stunden heure heures ora ore hora horas"),
    ("m", "m min mins minute minutes minuten minuti minuto minutos"),
    ("s", "s sec secs second seconds sek sekunde sekunden seconde secondes secondi secondo segundo segundos"),
    ("f", "f fr frm frame frames bild bilder image images fotogramma fotogrammi fotograma fotogramas"),
)
_PART = {word: part for part, words in _PARTS for word in words.split()}
_FORMS = {"hms": "h:mm:ss", "ms": "m:ss", "hmsf": "h:mm:ss:ff", "msf": "m:ss:ff"}
_SIXTY = 60
_SEARCHED = 8  # rows in which a header is looked for: a few titles may stand above it
_LAST_WORD = re.compile(r"[\s_.:,(\[-]*([^\W_]+)[\W_]*$")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def with_clock_columns(sheet: Sheet) -> Sheet:
    """Join neighboring columns of minutes and seconds, such as ``Start min`` and ``Start sec``.

    Those that ``--columns`` names stay apart; its numbers count joined columns.
    """
    asked = {name.casefold() for name in (sheet.options.columns or {}).values()}
    for k, header in enumerate(sheet.rows[:_SEARCHED]):
        below = sheet.rows[k + 1 :]
        groups = [
            (first, form)
            for first, form in _groups(header.fields)
            if _are_parts(below, first, form)
            and not asked & {name.casefold() for name in header.fields[first : first + len(form)]}
        ]
        if groups:
            rows = [Row(row.number, _joined(row, groups)) for row in below]
            names = list(header.fields)
            for first, form in reversed(groups):
                names[first : first + len(form)] = [_heading(_name(names[first]), form)]
            return replace(sheet, rows=[*sheet.rows[:k], Row(header.number, tuple(names)), *rows])
    return sheet


def _groups(names: Sequence[str]) -> list[tuple[int, str]]:
    """Return the first column of each group and the parts of a time that its columns hold."""
    parts, others = [*map(_part, names)], [*map(_name, names)]
    groups, first = [], 0
    while first < len(names):
        later = zip(parts[first:], others[first:], strict=True)
        form = "".join(takewhile(bool, (part if other in ("", others[first]) else "" for part, other in later)))
        found = next((known for known in sorted(_FORMS, key=len, reverse=True) if form.startswith(known)), "")
        groups += [(first, found)] if found else []
        first += len(found) or 1
    return groups


def _part(name: str) -> str:
    """Return the part of a time that a column's last word names, if any."""
    last = _LAST_WORD.search(name)
    return _PART.get(last[1].casefold(), "") if last else ""


def _name(name: str) -> str:
    """Return the other words of a column that holds a part of a time."""
    return (_LAST_WORD.sub("", name) if _part(name) else name).strip()


def _heading(name: str, form: str) -> str:
    """Name the column of joined times: a film's name stays as it is, unless its frames would pass for seconds."""
    return name if name and form != "msf" else f"{name or 'time'} ({_FORMS[form]})"


def _cells(row: Row, first: int, form: str) -> list[str]:
    return [row.field(place) for place in range(first, first + len(form))]


def _are_numbers(cells: Sequence[str]) -> bool:
    """Return whether cells are numbers; an empty one stands for 0."""
    return all(_NUMBER.fullmatch(cell or "0") for cell in cells)


def _are_parts(rows: Sequence[Row], first: int, form: str) -> bool:
    """Return whether columns hold parts of times: below the first, all are under 60, and only seconds have a fraction.

    Lengths in minutes beside the same in seconds are no parts of a time.
    """
    times = [[cell or "0" for cell in cells] for row in rows if _are_numbers(cells := _cells(row, first, form))]
    whole = all(cell.isdecimal() for cells in times for part, cell in zip(form, cells, strict=True) if part != "s")
    return bool(times) and whole and all(float(c.replace(",", ".")) < _SIXTY for one in times for c in one[1:])


def _joined(row: Row, groups: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Write the cells of each group as one clock time; cells that are no numbers stay apart by spaces."""
    made = list(row.fields)
    for first, form in reversed(groups):
        cells = _cells(row, first, form)
        clock = ":".join(re.sub(r"^\d(?!\d)|^$", r"0\g<0>", cell) for cell in cells)
        is_clock = any(cells) and _are_numbers(cells)
        made[first : first + len(form)] = [clock if is_clock else " ".join(filter(None, cells))]
    return tuple(made)
