"""Read a text file as rows of fields, with any separator."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from shotscale.errors import OptionError, TableError
from shotscale.files import without_sep_line
from shotscale.shotlists.columns import Column, understood_columns
from shotscale.shotlists.shotlist import ReadOptions
from shotscale.shotlists.timecodes import CODE
from shotscale.shotlists.times import Time, is_time, parse_time

_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|"}
_MARKS = "\t;|,"
_DASHES = "-–—"
_CODE = re.compile(rf"(?<![\d:;])(?:{CODE.pattern})(?<=\d\d)(?![\d:;])")
"""A timecode whose semicolons part no columns: nothing of a time stands beside it, and its frames have two digits."""

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_COMMA_PAIR = re.compile(r"(\d{1,9}),(\d{1,9})")
_FEWEST_NUMBERED = 3
"""Minimum number of lines at which 1, 2, 3 before a comma are shot numbers: no film has a cut every second."""


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of a line and its 1-based number."""

    number: int
    fields: tuple[str, ...]

    def field(self, column: int) -> str:
        """Return a field, empty if the line is too short."""
        return self.fields[column] if column < len(self.fields) else ""

    @property
    def text(self) -> str:
        """What stands in it, as a message quotes it."""
        return " ".join(filter(None, self.fields))[:40]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a table, where they are from and how to read them, and what is known of them.

    `which` says which sheet of a workbook it is if there are several. Once the header is found, `columns` are known,
    and in `numbers` the indices of those of shot numbers, even if ``--columns`` does not name them; `notes` are
    sentences on what was left out or changed.
    """

    rows: list[Row]
    path: Path
    options: ReadOptions
    which: str = ""
    columns: Sequence[Column] = ()
    numbers: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, role: str) -> list[Column]:
        """Return the columns of a role."""
        return [column for column in self.columns if column.role == role]

    def cells(self, column: int) -> list[str]:
        """Return a column's fields."""
        return [row.field(column) for row in self.rows]

    def time(self, field: str) -> Time | None:
        """Return a field as a time, or None if it is none."""
        return parse_time(field, self.options.decimal)

    def where(self, row: Row) -> str:
        """Return a row's place in the file, with which errors begin."""
        return f"{self.path}: line {row.number}"

    def error(self, text: str) -> TableError:
        """Return an error of the file."""
        return TableError(f"{self.path}: {text}")


def quoted(rows: Sequence[Row]) -> str:
    """Quote rows that are left out, as far as a note has room."""
    return repr("; ".join(row.text for row in rows)[:80])


def read_sheet(text: str, *, path: Path, options: ReadOptions) -> Sheet:
    """Split a text into rows; empty lines and comments, which begin with ``#``, are left out.

    The separator is the mark that most lines have outside quotes, or the one named by Excel's line ``sep=;``. Lines of
    two whole numbers with a comma between them are rejected unless only one reading is possible.
    """
    text, named = without_sep_line(text)
    lines = text.splitlines()
    delimiter = options.delimiter or named
    mark = _given(delimiter) if delimiter else _guess(lines, path=path, decimal=options.decimal)
    return Sheet(_with_row_names(_split(lines, mark, path), mark), path, options)


def heading(field: str) -> str:
    """Reduce a column's or tier's name to lower-case words without units or punctuation."""
    words = re.sub(r"\(.*?\)|\bin seconds\b", " ", field.lower())
    return " ".join(re.findall(r"[^\W_]+", words))


def _given(delimiter: str) -> str:
    mark = _NAMED.get(delimiter.lower(), delimiter)
    if len(mark) != 1:
        raise OptionError(f"--delimiter {delimiter}: one character separates columns; give it, or tab, space")
    return mark


def _split(lines: Sequence[str], mark: str, path: Path) -> list[Row]:
    if mark == " ":  # columns may be aligned, and quotes hold words together
        lines = [" ".join(line.split()) for line in lines]
    reader = csv.reader(lines, delimiter=mark)
    ruled = " :-" if mark == "|" else None  # what the line below a header of Markdown is made of
    try:
        rows = [Row(reader.line_num, tuple(map(str.strip, fields))) for fields in reader]
    except csv.Error as error:
        raise TableError(f"{path}: line {reader.line_num}: {error}; save the list as plain CSV") from error
    rows = without_comments(row for row in rows if any(field.strip(ruled) for field in row.fields))
    if not rows:
        raise TableError(f"{path}: empty; a shot list has a line per shot; check the file")
    return rows


def _with_row_names(rows: list[Row], mark: str) -> list[Row]:
    """Add an empty header to the row numbers that R writes before the first column, below a header one field short."""
    header, *data = rows
    numbers = [str(number) for number in range(1, len(data) + 1)]
    if len(data) < _FEWEST_NUMBERED or {len(row.fields) for row in data} != {len(header.fields) + 1}:
        return rows
    first, second, last = ([row.fields[k] for row in data] for k in (0, 1, -1))
    own = understood_columns(header.fields)[0].role == "number" and second != numbers
    decimals = mark == "," and any(last)  # a decimal comma may have parted a column, too
    if first != numbers or own or decimals or any(map(is_time, header.fields)):
        return rows
    return [Row(header.number, ("", *header.fields)), *data]


def without_comments(rows: Iterable[Row]) -> list[Row]:
    """Leave out comments, and rows with a number sign whose number another row has: they are commented out."""
    rows = [row for row in rows if not _is_comment(row.fields)]
    often = Counter(row.fields[0].lstrip("# ") for row in rows)
    twice = {f"#{number}" for number, times in often.items() if times > 1 and number.isdecimal()}
    return [row for row in rows if row.fields[0].replace(" ", "") not in twice]


def _is_comment(fields: Sequence[str]) -> bool:
    """Return whether fields are a comment: the first begins with #, and is no lone # and no number of a shot."""
    first = fields[0].strip()
    numbered = re.fullmatch(r"#\s*\d+", first) is not None and any(map(is_time, fields[1:]))
    return first.startswith("#") and first != "#" and not numbered


def _guess(lines: Sequence[str], *, path: Path, decimal: str | None) -> str:
    """Guess the separator: the mark in most lines; ties go to the first of tab, semicolon, bar, comma."""
    bare = [line.strip() for line in _QUOTED.sub('""', "\n".join(lines)).split("\n")]
    bare = [line for line in bare if line and not _is_comment(re.split(f"[{_MARKS}]", line))]
    found = {mark: sum(mark in _CODE.sub("", line) for line in bare) for mark in _MARKS}
    mark = max(_MARKS, key=lambda one: found[one])
    if not found[mark]:
        dash = next((dash for dash in _DASHES if _are_ranges(bare, dash)), None)
        if dash is not None:
            return dash
        return " " if _are_spaced(bare) else "\t"
    return "\t" if mark == "," and _decimal_commas(bare, path=path, decimal=decimal) else mark


def _are_spaced(lines: Sequence[str]) -> bool:
    """Return whether spaces part columns: all lines have as many words, perhaps but for R's header, which lacks one."""
    first, *others = [len(line.split()) for line in lines] or [1]
    even = first > 1 and set(others) <= {first}
    below_header = '""' in lines[0] and set(others) == {first + 1} if lines else False
    return (even or below_header) and not all(map(is_time, lines))


def _are_ranges(lines: Sequence[str], dash: str) -> bool:
    """Return whether all lines, except perhaps the first, are two times with a dash between them."""
    parted = [line.split(dash) for line in lines]
    data = parted if parted and all(map(is_time, parted[0])) else parted[1:]
    return bool(data) and all(len(parts) == 2 and all(map(is_time, parts)) for parts in data)


def _decimal_commas(lines: Sequence[str], *, path: Path, decimal: str | None) -> bool:
    """Return whether commas, in a file with no other mark, are the decimal commas of a single column."""
    titled = not any(is_time(part) for part in lines[0].split(",")) and not is_time(lines[0])
    data = lines[1:] if titled else lines
    if not data or (titled and "," in lines[0]) or not all(is_time(line) for line in data):
        return False
    if decimal is not None:
        return decimal == ","
    pairs = [(match[1], match[2]) for match in map(_COMMA_PAIR.fullmatch, data) if match]
    if len(pairs) < len(data) or any(len(b) > 1 and b.startswith("0") for _, b in pairs):
        return True  # a line without a comma, a clock time, or 0,05 is not a pair
    numbers = [(int(a), int(b)) for a, b in pairs]
    counted = [a for a, _ in numbers] in (list(range(1, len(pairs) + 1)), list(range(len(pairs))))
    links = [(b, c) for (_, b), (c, _) in pairwise(numbers)]
    apart = {c - b for b, c in links}
    chained = bool(links) and apart in ({0}, {1}) and all(a <= b for a, b in numbers)
    if not titled and chained and (len(pairs) >= _FEWEST_NUMBERED or numbers[0][0] == 0):
        return False
    if not titled and counted and len(pairs) >= _FEWEST_NUMBERED:
        return False
    steps = [c - a for (a, _), (c, _) in pairwise(numbers)]
    lengths = [b for _, b in numbers]
    could_be_lengths = bool(steps) and steps in (lengths[:-1], lengths[1:])
    could_be_pairs = all(a < b for a, b in numbers) and all(b <= c for b, c in links)
    if chained or counted or could_be_lengths or could_be_pairs:
        a, b = pairs[0]
        raise TableError(
            f"{path}: {a},{b} may be two columns, {a} and {b}, or the decimal {a}.{b}; say which with --delimiter , or "
            "--decimal ,"
        )
    return True
