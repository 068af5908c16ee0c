"""Tell the totals and averages of a list from its shots.

Conventions
-----------
A row before or after the shots is left out, with a note, if it is labeled as a statistic. Words that also name a shot
scale ('Totale') need a figure that is the sum or the mean of the shots. Where shots are numbered and have lengths, a
last row without a number is left out if its figure is a statistic of theirs, and so are the rows below it; any other
row without a number is a shot, and a note says so. Among the shots, what may be a total is rejected.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from shotscale.errors import TableError, UserError
from shotscale.shotlists.columns import TIMES
from shotscale.shotlists.rows import Row, Sheet, quoted
from shotscale.shotlists.scalenames import are_scales
from shotscale.shotlists.times import Time, in_seconds, parse_time

_TOTAL = re.compile(
    r"(?:total|totals|sum|average|avg|mean|median|asl|msl|std|stdev|sd|cv|min|max|minimum|maximum|count|range|summe|"
    r"gesamt(?:länge|dauer|zahl)?|mittel\w*|durchschnitt(?:liche|slänge|sdauer)?|anzahl|somme|moyenne|totale|media|promedio|"
    r"(?:durée|longueur|durata|lunghezza|duración)\W+(?:totale?|moyenne|media|promedio))"
    r"(?:\W+(?:of|all|shots?|lengths?|durations?|time|running|film|number|n|scenes?|(?:einstellungs)?(?:länge|dauer)|"
    r"de[rs]?|plans?|planos|einstellung(?:en)?))*\W*[\d.,:]*",
    re.IGNORECASE,
)
_SUMS, _MEANS = frozenset({"total", "totale"}), frozenset({"mittel", "media", "moyenne"})
"""Words for a sum or a mean that name a long or a medium shot as well, in German, Italian, Spanish or French."""

_NUMBERED = re.compile(r"\W*\d+(?!\d|\s*[^\W\d_]{4})")
"""A shot number: 3, 3a, 3., #3; not '3 shots'."""

_FEW_UNNUMBERED = 3
"""The most shots without a number that are told of; where more have none, numbers are those of scenes, say."""

_FEWEST_SUMMED = 4
"""Minimum number of rows at which a last length equal to the sum of the others is unlikely to be a shot's."""


def is_numbered(field: str) -> bool:
    """Return whether a field of a column of shot numbers holds a number, rather than words or nothing."""
    return _NUMBERED.match(field) is not None


def _has_digit(field: str) -> bool:
    return any(map(str.isdigit, field))


def is_total(text: str) -> bool:
    """Return whether a text names a total, an average or another statistic."""
    return _TOTAL.fullmatch(text) is not None


@lru_cache(maxsize=2**14)
def _time(field: str, decimal: str | None, fps: Fraction | None) -> Time | None:
    """Return a time, or None; a timecode in seconds. Cached, since figures are compared with all rows above."""
    time = parse_time(field, decimal)
    if time is None or time.form != "code" or fps is None:
        return time
    with suppress(UserError):  # the reader of the times says what is wrong with it
        return replace(time, value=in_seconds(time, unit="s", fps=fps, where=""), step=float(1 / fps))
    return None


def _may_name(label: str, figure: str) -> bool:
    """Return whether a word for a total or an average may name a figure; one that is a scale names no other."""
    word = label.lower()
    wanted = {"sum"} if word in _SUMS else {"mean"} if word in _MEANS else {"sum", "mean"}
    return figure in wanted or not (word in _SUMS | _MEANS or are_scales(label))


@dataclass(frozen=True)
class _Table:
    """The columns that tell totals from shots, by index.

    `lengths` says that lengths are the only times, `legible` that there are columns of times, or no header.
    """

    sheet: Sheet
    number: int | None
    length: int | None
    times: frozenset[int]
    film: int | None
    lengths: bool
    legible: bool

    def time(self, field: str) -> Time | None:
        return _time(field, self.sheet.options.decimal, self.sheet.options.fps)

    def number_of(self, row: Row) -> str:
        return "" if self.number is None else row.field(self.number)

    def label(self, row: Row) -> tuple[int, str]:
        """Return the first field that says something, other than the film's name, and its column."""
        filled = ((k, field) for k, field in enumerate(row.fields) if field and k != self.film)
        return next(filled, (-1, ""))

    def figure(self, row: Row, shots: Sequence[Row], *, also: bool = False) -> str:
        """Return whether a row's length is the ``sum`` or ``mean`` of those of shots, or `also` another figure."""
        length = self.length
        if length is None and not self.times:
            last = range(len(row.fields) - 1, 0, -1)
            length = next((k for k in last if all(self.time(one.field(k)) for one in (row, *shots))), None)
        time = None if length is None else self.time(row.field(length))
        if length is None or not shots or time is None:
            return ""
        lengths = [one.value for shot in shots if (one := self.time(shot.field(length)))]
        if len(lengths) < len(shots):
            return ""
        figure, rounded = time.value, time.step / 2
        figures = {"sum": sum(lengths), "mean": sum(lengths) / len(lengths)}
        if also:
            figures |= {"least": min(lengths), "most": max(lengths), "number": len(lengths)}
        for what, value in figures.items():
            if abs(value - figure) <= 0.001 * value + min(rounded, 0.5):
                return what
        return ""

    def is_finer(self, row: Row, shots: Sequence[Row]) -> bool:
        """Return whether a row's length has more decimals than any of those of shots."""
        assert self.length is not None
        figure, *steps = (time.step for one in (row, *shots) if (time := self.time(one.field(self.length))))
        return figure < min(steps)

    def is_statistic(self, row: Row, shots: Sequence[Row], *, numbered: bool) -> bool:
        """Return whether a row is labeled as a statistic of shots; a word that is a scale needs the figure."""
        column, label = self.label(row)
        if not is_total(label):
            return False
        sure = column in self.times or (numbered and column == self.number)
        return sure or _may_name(label, self.figure(row, shots))


def without_totals(sheet: Sheet) -> Sheet:
    """Leave out totals and averages, with notes on them and on a jump in the shot numbers."""
    times = frozenset(column.index for column in sheet.columns if column.role in TIMES)
    length, film = (next((column.index for column in sheet.of(role)), None) for role in ("length", "film"))
    if film is not None and len({*sheet.cells(film)} - {""}) > 1:
        film = None  # titles of shots
    lengths = bool(times) and not (sheet.of("start") or sheet.of("end") or sheet.of("cut"))
    legible = bool(times) or not any(column.name for column in sheet.columns)
    table = _Table(sheet, next(iter(sheet.numbers), None), length, times, film, lengths, legible)
    begin, end = _shots(sheet.rows, table)
    shots, left = sheet.rows[begin:end], [*sheet.rows[:begin], *sheet.rows[end:]]
    notes = [f"Left out because they are not shots: {quoted(left)}."] if left else []
    return replace(
        sheet, rows=shots, notes=(*sheet.notes, *notes, *_unnumbered(shots, table), *_numbering(shots, table))
    )


def _unnumbered(shots: Sequence[Row], table: _Table) -> list[str]:
    """Return a note on the shots that have words for a number, or alone have none."""
    fields = [table.number_of(row) for row in shots]
    having = [_has_digit(field) for field in fields]
    if not table.lengths or 2 * sum(having) <= len(shots):
        return []
    few = sum(not field for field in fields) <= _FEW_UNNUMBERED
    told = [row for row, field, has in zip(shots, fields, having, strict=True) if not has and (field or few)]
    return [f"Counted as shots though they have no number: {quoted(told)}."] if told else []


def _shots(rows: Sequence[Row], table: _Table) -> tuple[int, int]:
    """Return the index of the first shot, and that after the last one."""
    having = [is_numbered(table.number_of(row)) for row in rows]
    if not any(having):  # A1, Shot 1
        having = [_has_digit(table.number_of(row)) for row in rows]
    body = max((k for k, has in enumerate(having, start=1) if has), default=0)
    numbered = 2 * sum(having) > body > 0
    end = len(rows)
    # Numbers that not every shot has, as those of scenes, say nothing of a last row without one.
    closed = numbered and table.lengths and all(map(table.number_of, rows[:body]))
    begin = 0
    while begin < end and not having[begin] and table.is_statistic(rows[begin], rows[begin + 1 :], numbered=numbered):
        begin += 1
    while end > begin and not having[end - 1] and (closed or is_total(table.label(rows[end - 1])[1])):
        end -= 1
    end = _end(rows, begin, end, table, numbered=numbered, closed=closed)
    if numbered and end < len(rows):
        _refuse_end(rows[end], rows[begin:end], table)
    last = begin  # the first shot since a row without a number
    for k in range(begin, end) if table.legible else ():
        if not having[k]:
            _refuse_among_shots(rows[k], rows[begin:k], table)
            fewest = 2 if table.number_of(rows[k]) else _FEWEST_SUMMED
            if table.lengths and numbered and k >= last + fewest and table.figure(rows[k], rows[last:k]) == "sum":
                raise _unclear(rows[k], "sum", table)
            last = k + 1
    return begin, end


def _refuse_end(row: Row, shots: Sequence[Row], table: _Table) -> None:
    """Reject a total below single times that is later than the last one: it may be the film's end."""
    if table.length is not None or len(table.times) != 1 or not shots:
        return
    time, last = (table.time(one.field(min(table.times))) for one in (row, shots[-1]))
    if time and last and time.value > last.value:
        raise TableError(
            f"{table.sheet.where(row)}: {row.text!r} is later than the last shot's time: if it is the film's end, and "
            "the times are starts, leave its number empty; if not, remove it"
        )


def _end(rows: Sequence[Row], begin: int, end: int, table: _Table, *, numbered: bool, closed: bool) -> int:
    """Return the index after the last shot: that of the first statistic from `end` on, with which the shots end."""

    def is_statistic(k: int) -> bool:
        shots = rows[begin:k]
        return table.is_statistic(rows[k], shots, numbered=numbered) or (closed and _sums_up(rows[k], shots, table))

    first = next((k for k in range(end, len(rows)) if is_statistic(k)), len(rows))
    shots = rows[begin:end]
    extremes = closed and all(
        any(map(str.isalpha, table.number_of(row))) and table.figure(row, shots, also=True) for row in rows[end:first]
    )
    return end if extremes else first


def _sums_up(row: Row, shots: Sequence[Row], table: _Table) -> bool:
    """Return whether a row without a number is the sum of shots or, with words or a further decimal, their mean."""
    figure = table.figure(row, shots)
    words = table.number_of(row) or any(map(is_total, row.fields))
    return figure == "sum" or (figure == "mean" and (bool(words) or table.is_finer(row, shots)))


def _refuse_among_shots(row: Row, above: Sequence[Row], table: _Table) -> None:
    """Reject a row among the shots that may be a subtotal."""
    label = table.label(row)[1]
    figure = table.figure(row, above) if is_total(label) and len(above) > 1 else ""
    if is_total(label) and _may_name(label, figure):
        raise _unclear(row, figure, table)


def _unclear(row: Row, figure: str, table: _Table) -> TableError:
    return TableError(
        f"{table.sheet.where(row)}: {row.text!r} may be "
        f"{f'the {figure} of the lengths above' if figure else 'a statistic'} or a shot; remove the line, or number "
        "the shots"
    )


def _numbering(shots: Sequence[Row], table: _Table) -> list[str]:
    """Return a note on a jump in the shot numbers; reject lengths whose numbers fall: they are not in order."""
    fields = [table.number_of(row).strip("#. ") for row in shots]
    if not fields or not all(map(str.isdecimal, fields)):
        return []
    numbers = list(map(int, fields))
    fall = next((k for k, (a, b) in enumerate(pairwise(numbers), start=1) if b < a), None)
    every = sorted(numbers) == list(range(min(numbers), max(numbers) + 1))  # of a film; not those of a script
    if fall is not None and table.lengths and every:
        raise TableError(
            f"{table.sheet.where(shots[fall])}: shot {numbers[fall]} follows shot {numbers[fall - 1]}; lengths stand "
            "in the order of the film; sort them"
        )
    jump = next(((a, b) for a, b in pairwise(numbers) if b != a + 1), None)
    return [f"The numbers of shots jump: {jump[1]} follows {jump[0]}."] if jump else []


def refuse_sum(sheet: Sheet) -> None:
    """Reject unnumbered lengths of which the last is the sum of the others, or the last two their sum and mean."""
    rows, lengths = sheet.rows, [column.index for column in sheet.of("length")]
    if sheet.of("start") or sheet.of("end") or sheet.of("cut") or not lengths or len(rows) < _FEWEST_SUMMED:
        return
    if sheet.numbers and _has_digit(rows[-1].field(sheet.numbers[-1])):
        return
    fps = sheet.options.fps
    table = _Table(sheet, None, lengths[-1], frozenset({lengths[-1]}), None, True, True)
    times = [table.time(cell) for cell in sheet.cells(lengths[-1])]
    known = [time.value for time in times if time is not None and (time.form != "code" or fps is not None)]
    if len(known) < len(rows):
        return
    *above, last = known
    if abs(sum(above) - last) <= 1e-6 * last:
        raise TableError(
            f"{sheet.where(rows[-1])}: {last:g} is the sum of the lengths above: it may be a total or a shot; remove "
            "the line, or number the shots"
        )
    if {table.figure(row, rows[:-2]) for row in rows[-2:]} == {"sum", "mean"}:
        raise sheet.error(
            f"lines {rows[-2].number} and {rows[-1].number}: {above[-1]:g} and {last:g} are the sum and the mean of "
            "the lengths above; remove the lines, or number the shots"
        )
