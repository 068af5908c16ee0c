"""Tables of several films: rows that name their film, or one column of shot lengths or one sheet per film.

Conventions
-----------
The path of a film in a table is the table's path followed by the film's name: ``lengths.csv/Persona``. A column called
film, movie or title splits a table if some film has more than one row; what another column says once of each film is a
fact of the film, and ``from`` and ``to`` then are its part and no shots. Columns of numbers whose headers are not words
for times or units are films if all of them can be lengths: values that rise from row to row cannot. A unit in brackets
beside a film's name is that of its lengths. A column of shot numbers may accompany them. The sheets of a workbook are
films if all of them with a column of times have the same header; otherwise the first of these is read and the result
says so.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path, PurePosixPath

from shotscale.errors import TableError
from shotscale.manifests import PART_COLUMNS, plain_names
from shotscale.numerals import counted, some_of, without_groups
from shotscale.shotlists.beginnings import HEADINGS
from shotscale.shotlists.clockcolumns import with_clock_columns
from shotscale.shotlists.columns import TIMES, Column, chosen_columns, in_brackets, names_unit, understood_columns
from shotscale.shotlists.layout import FEWEST_RISING, below_header, find_header, with_one_header
from shotscale.shotlists.rows import Row, Sheet, heading, read_sheet, without_comments
from shotscale.shotlists.shotlist import ReadOptions, read_bytes, read_text
from shotscale.shotlists.times import UNIT_NAMES, is_date, is_time, read_time, without_missing
from shotscale.shotlists.totals import is_numbered, is_total
from shotscale.workbooks import read_workbook

_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, eq=False)
class FilmTable:
    """The films of a table by name, each as a separate table without facts, with lines numbered as in the file.

    Attributes
    ----------
    facts : mapping of str to tuple of str
        Each film's value in other columns, in the films' order, '' if it has none; only columns with at most one value
        per film.
    how : str
        How the films are told apart, as a phrase.
    wide : bool
        Whether each film is a column.
    """

    path: Path
    sheets: Mapping[str, Sheet]
    facts: Mapping[str, tuple[str, ...]]
    how: str
    wide: bool = False

    @property
    def paths(self) -> list[Path]:
        """The films' paths."""
        return [Path(f"{self.path}/{name}") for name in self.sheets]

    @property
    def understood(self) -> str:
        """The number of films, how they are told apart, and the columns of facts, as a phrase."""
        facts = f" (facts of each film: {some_of(self.facts)})" if self.facts else ""
        return f"{counted(len(self.sheets), 'film')}, {self.how}{facts}"

    def options(self, options: ReadOptions) -> ReadOptions:
        """Return the options for reading one of the films."""
        return replace(options, columns={"number": "1", "length": "2"}) if self.wide else options


def read_rows(path: Path, options: ReadOptions) -> Sheet:
    """Read a text table, or the first non-empty sheet of a workbook."""
    if path.suffix.lower() != ".xlsx":
        return with_clock_columns(with_one_header(read_sheet(read_text(path), path=path, options=options)))
    sheets = _workbook(path, options)
    first = next((name for name, sheet in sheets.items() if _header(sheet) != []), next(iter(sheets)))
    left = _not_read(sheets, [first])
    return replace(sheets[first], which=f"sheet {first!r}{left}" if left else "")


def _header(sheet: Sheet) -> list[str] | None:
    """Return a sheet's header, [] if it is one of notes, without a column of times, or None if only times are below."""
    below = below_header(sheet)
    if sheet.options.columns or any(column.role in TIMES for column in below.columns):
        return " ".join(column.name for column in below.columns).split()
    return None if all(is_time(cell) for row in below.rows for cell in row.fields if cell) else []


def _not_read(sheets: Collection[str], read: Collection[str]) -> str:
    left = [repr(name) for name in sheets if name not in read]
    return f" (not read: {some_of(left, most=3)})" if left else ""


def _workbook(path: Path, options: ReadOptions) -> dict[str, Sheet]:
    read_bytes(path)  # rejects a file that is too large
    sheets = {}
    for name, lines in read_workbook(path).items():
        rows = without_comments(Row(k, tuple(fields)) for k, fields in enumerate(lines, start=1) if any(fields))
        if rows:
            sheets[name] = with_clock_columns(with_one_header(Sheet(rows, path, options)))
    if not sheets:
        raise TableError(f"{path}: its sheets are empty; a shot list has a row per shot; check the file")
    return sheets


def film_table(path: Path, options: ReadOptions) -> FilmTable | None:
    """Split a table into films; return None if it holds one film that it does not name."""
    try:
        stamp = path.stat()
    except OSError:
        read_bytes(path)  # raises a TableError with the reason
        raise
    columns = tuple(sorted(options.columns.items()))
    return _film_table(path, (stamp.st_mtime_ns, stamp.st_size), columns, options.delimiter, options.decimal)


@lru_cache(maxsize=2)
def _film_table(
    path: Path, _: tuple[int, int], columns: tuple[tuple[str, str], ...], delimiter: str | None, decimal: str | None
) -> FilmTable | None:
    """Split a table; cached, since each of its films is opened separately."""
    options = ReadOptions(columns=dict(columns), delimiter=delimiter, decimal=decimal)
    sheet = read_rows(path, options)
    at = find_header(sheet)
    if at is None:
        return None
    if sheet.which:
        sheets = _workbook(path, options)
        headers = {name: header for name, one in sheets.items() if (header := _header(one))}
        if len(headers) > 1 and len({tuple(header) for header in headers.values()}) == 1:
            films = {film_name(name): sheets[name] for name in headers}
            return FilmTable(path, films, {}, f"a sheet each{_not_read(sheets, headers)}")
    return _by_row(sheet, at) or (None if columns else _by_column(sheet, at))


def _by_row(sheet: Sheet, at: int) -> FilmTable | None:
    """Split rows by the film that each names; a row that names none belongs to the film above it."""
    header, rows, path = sheet.rows[at], sheet.rows[at + 1 :], sheet.path
    chosen = sheet.options.columns
    columns = understood_columns(header.fields)
    if "film" in chosen:
        columns = chosen_columns(columns, chosen, path)
    film = next((column for column in columns if column.role == "film"), None)
    if film is None or not rows:
        return None
    named = [film_name(row.field(film.index)) for row in rows]
    if "film" not in chosen and not _parts(named, film.name):
        return None
    films: dict[str, list[Row]] = {}
    name = ""
    for row, own in zip(rows, named, strict=True):
        name = own or name
        if not name:
            raise TableError(f"{sheet.where(row)}: names no film in column {film.label}; fill it in")
        films.setdefault(name, []).append(row)
    _refuse_totals(films, sheet)
    facts = {
        column: values
        for column in (chosen_columns(columns, chosen, path) if chosen else columns)
        if column.name and column.index != film.index and (values := _fact(column, films)) is not None
    }
    header = _without(header, facts)
    filled = ", which holds for the rows below it" if not all(named) else ""
    return FilmTable(
        path,
        {
            name: replace(sheet, rows=[header, *(_without(row, facts) for row in of_film)])
            for name, of_film in films.items()
        },
        dict(zip(plain_names([column.name for column in facts]), facts.values(), strict=True)),
        f"by column {film.label}{filled}{f' of {sheet.which}' if sheet.which else ''}",
    )


def _fact(column: Column, films: Mapping[str, Sequence[Row]]) -> tuple[str, ...] | None:
    """Return what a column says of each film, if it says one thing in the film's first row and no other below it."""
    told = column.role in (None, "film") and heading(column.name) not in HEADINGS
    if not told and column.name.strip().lower() not in PART_COLUMNS:
        return None
    values = [[row.field(column.index) for row in rows] for rows in films.values()]
    single = all({*of_film} <= {of_film[0], ""} and (of_film[0] or not any(of_film)) for of_film in values)
    often = told or max(map(len, values)) > 1  # otherwise from and to may be those of each film's only shot
    return tuple(of_film[0] for of_film in values) if single and often and any(map(any, values)) else None


def _without(row: Row, columns: Collection[Column]) -> Row:
    """Return a row with the fields of some columns empty."""
    left = {column.index for column in columns}
    return replace(row, fields=tuple("" if k in left else field for k, field in enumerate(row.fields)))


def _refuse_totals(films: Mapping[str, Sequence[Row]], sheet: Sheet) -> None:
    """Reject rows that name a total in place of a film; each stands alone, below the shots that it sums up."""
    for name, rows in films.items():
        alone = all(b.number > a.number + 1 for a, b in pairwise(rows))
        if is_total(name) and alone:
            raise TableError(
                f"{sheet.where(rows[0])}: {name!r} in the column of films names a total, not a film; remove the line"
            )


def _parts(named: Sequence[str], header: str) -> bool:
    """Return whether names group rows into films; if not, they are shot titles, or each row is a film."""
    if not all(named):
        return bool(named[0]) and "tit" not in header.lower()
    return len(set(named)) < len(named) or len(named) == 1


def _by_column(sheet: Sheet, at: int) -> FilmTable | None:
    """Read each column as the shot lengths of the film named in its header."""
    header, rows = sheet.rows[at], sheet.rows[at + 1 :]
    columns = understood_columns(header.fields)
    films = [column for column in columns if column.name and column.role != "number"]
    if len(films) < 2 or not rows or any(column.role for column in films):
        return None
    others = sorted((column for column in columns if column not in films), key=lambda column: column.role != "number")
    beside = others[0].index if others else None
    labels = {row.number: "" if beside is None else row.field(beside) for row in rows}
    # Rows below numbered shots that have no number hold totals and averages, if anything.
    shots = max((k for k, label in enumerate(labels.values(), start=1) if is_numbered(label)), default=len(rows))
    rows, totals = rows[:shots], rows[shots:]
    fields = {column: [without_missing(row.field(column.index)) for row in rows] for column in films}
    cells = {column: without_groups(of_film, sure=" ") for column, of_film in fields.items()}
    # The decimal mark is left to reading a film: its other mark may separate thousands.
    if not all(is_time(cell) or is_date(cell) for cell in chain.from_iterable(cells.values()) if cell):
        return None
    _refuse_units(films, sheet)
    sheets = {}
    for column in films:
        its = [*filter(None, cells[column])]
        if not its:
            raise sheet.error(f"column {column.label} is empty; remove it, or fill it in")
        if cells[column][: len(its)] != its:
            hole = rows[cells[column].index("")]
            raise TableError(
                f"{sheet.where(hole)} is empty in column {column.label}, which has more below; a column has a film's "
                "shots without a gap; correct it"
            )
        filled = rows[: len(its)]
        places = map(sheet.where, filled)
        lengths = [read_time(cell, decimal=None, where=at).value for cell, at in zip(its, places, strict=True)]
        if len(lengths) >= FEWEST_RISING and all(a < b for a, b in pairwise(lengths)):
            raise sheet.error(
                f"column {column.label} rises from row to row: these are times of cuts or numbers, and a column per "
                "film has shot lengths; name columns start, end, time or length, or remove it"
            )
        held = [*filled, *(row for row in totals if without_missing(row.field(column.index)))]
        lines = [Row(row.number, (labels[row.number], row.field(column.index))) for row in held]
        name = film_name(column.name)
        unit = next(filter(None, in_brackets(column.name).values()), None)
        length = f"length ({'timecode' if unit == 'clock' else unit})" if unit else "length"
        if name in sheets:
            raise sheet.error(f"two columns are called {column.label}; name each film differently")
        sheets[name] = replace(sheet, rows=[Row(header.number, ("shot", length)), *lines])
    _refuse_years(rows[0], cells, sheet)
    return FilmTable(sheet.path, sheets, {}, f"a column each{f' of {sheet.which}' if sheet.which else ''}", wide=True)


def _refuse_units(films: Sequence[Column], sheet: Sheet) -> None:
    """Reject headers that name a unit and no film, and brackets that all share, as a unit, if they are no known one."""
    for column in films:
        if names_unit(column.name):
            raise sheet.error(
                f"column {column.label} is a unit, so the table may be of one film or several; call one of shot "
                "lengths length, with the unit in brackets, or add the film's year to its title"
            )
    shared = set.intersection(*(set(in_brackets(column.name)) for column in films))
    for text in sorted(shared):
        if in_brackets(films[0].name)[text] is None and not _YEAR.search(text):
            raise sheet.error(
                f"{text[:40]!r}, beside every film's name, is not a known unit; known are "
                f"{', '.join(UNIT_NAMES.values())}; convert the lengths, or remove it"
            )


def _refuse_years(years: Row, cells: Mapping[Column, Sequence[str]], sheet: Sheet) -> None:
    """Reject a first row that holds the films' years, above lengths that are all shorter."""
    first, *below = zip(*cells.values(), strict=True)
    shorter = all(not cell or read_time(cell, decimal=None, where="").value < 1000 for row in below for cell in row)
    if below and shorter and all(_YEAR.fullmatch(cell) and cell[:2] in ("18", "19", "20") for cell in first):
        raise TableError(
            f"{sheet.where(years)}: {some_of(first, most=3)} may be years and no lengths of shots; add them to the "
            "titles, as in Persona (1966), or remove the line"
        )


def film_name(text: str) -> str:
    """Normalize a film's name for use in a path: composed letters (NFC), no empty parts."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    return str(PurePosixPath(f"./{name}")) if name else ""
