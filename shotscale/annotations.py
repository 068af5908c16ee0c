"""Read and write CineScale's annotation files.

Conventions
-----------
One CSV per film, ``{year}_{director}_-_{title}.csv``, with ``time`` (seconds from the film's beginning, one row per
second; clock times such as ``0:01:05`` are read too) and ``shotscale`` (a code from 0 to 9, or an abbreviation).
Semicolons or tabs may separate the columns, as when Excel saved the file. Code 9, not available, is kept like any other
code. Gaps, duplicates and disorder in the times are reported and left as they are; nothing is repaired silently.

Source: Savardi, Kovács, Signoroni, Benini 2021, Data in Brief 36, 107002, doi 10.1016/j.dib.2021.107002.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import TableError
from shotscale.files import atomic_write
from shotscale.scales import CINESCALE_CODES, ShotScale
from shotscale.tables import read_csv

__all__ = [
    "Annotation",
    "Flaw",
    "is_coding",
    "parse_film_name",
    "read_annotation",
    "read_annotations",
    "write_annotation",
]

MANIFEST = "list.csv"
"""The published table of the films, among their codings."""

_NAME = re.compile(r"^(?P<year>\d{4})_(?P<director>.+?)_-_(?P<title>.+)$")
_SECOND = 1.0  # CineScale's codings have one row per second
_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
_MARKS = ",;\t"  # between columns; Excel writes the last two in most of Europe and in its text format
_TOLERANCE = 0.25  # seconds that a row may be late before it counts as a gap; by judgment
_CODES = {str(code): scale for code, scale in CINESCALE_CODES.items()}
_ABBREVIATIONS = {scale.abbreviation: scale for scale in ShotScale}


@dataclass(frozen=True)
class Flaw:
    """An irregularity in an annotation's times: a row (numbered from 1), its time and the previous row's.

    The kind is ``gap`` (seconds are missing before the row), ``duplicate`` (the same time again) or ``disorder`` (an
    earlier time).

    Examples
    --------
    >>> str(Flaw("gap", 3, 9.0, 1.0))
    'row 3: gap: 9 s follows 1 s'
    """

    kind: str
    row: int
    time: float
    previous: float

    def __str__(self) -> str:
        return f"row {self.row}: {self.kind}: {self.time:g} s follows {self.previous:g} s"


@dataclass(frozen=True)
class Annotation:
    r"""One coder's annotation of a film.

    Year, director and title are taken from the file name, and None if it has another form. The table has ``time`` in
    seconds (float64) and ``scale`` (abbreviations, ``"NA"`` for code 9), in the file's order.

    Examples
    --------
    >>> _ = Path("1960_Michelangelo_Antonioni_-_L'avventura.csv").write_text("time,shotscale\n0,6\n1,2\n5,9\n")
    >>> annotation = read_annotation("1960_Michelangelo_Antonioni_-_L'avventura.csv")
    >>> annotation.director, annotation.table["scale"].tolist(), [str(flaw) for flaw in annotation.flaws]
    ('Michelangelo Antonioni', ['LS', 'CU', 'NA'], ['row 3: gap: 5 s follows 1 s'])
    """

    path: Path
    year: int | None
    director: str | None
    title: str | None
    table: pd.DataFrame
    flaws: tuple[Flaw, ...]

    @property
    def track(self) -> pd.DataFrame:
        """The table in the order of time; if times go back and recur, as in a published file, each row is a second."""
        times = self.table["time"]
        if times.is_monotonic_increasing or times.is_unique:
            return self.table.sort_values("time", kind="stable", ignore_index=True)
        return self.table.assign(time=np.arange(len(times), dtype=np.float64))


def parse_film_name(stem: str) -> tuple[int, str, str] | None:
    """Return year, director and title from a file name without suffix, or None if it has another form.

    Examples
    --------
    >>> parse_film_name("1960_Michelangelo_Antonioni_-_L'avventura")
    (1960, 'Michelangelo Antonioni', "L'avventura")
    """
    match = _NAME.match(stem)
    if match is None:
        return None
    director, title = (match[part].replace("_", " ").strip() for part in ("director", "title"))
    return int(match["year"]), director, title


def is_coding(path: str | os.PathLike[str]) -> bool:
    r"""Return whether a file is a CineScale CSV, judging by its name and header; its columns may be parted by ``;``.

    Examples
    --------
    >>> _ = Path("coding.csv").write_text(",time,shotscale\n0,00:00:00,2\n")
    >>> is_coding("coding.csv")
    True
    """
    return Path(path).suffix.lower() in _SUFFIXES and _mark(Path(path)) is not None


def _mark(path: Path) -> str | None:
    """Return the mark between the columns time and shotscale of a file's header, or None if it lacks one of them."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            header, *first = (stream.readline(1000) for _ in range(4))
    except (OSError, UnicodeDecodeError):
        return None
    for mark in _MARKS:
        columns, *rows = ([field.strip().strip('"').lower() for field in line.split(mark)] for line in (header, *first))
        if {"time", "shotscale"} <= set(columns):
            published = mark == "," and path.suffix.lower() == ".csv"
            return mark if published or _has_a_row_per_second(columns, rows, path) else None
    return None


def _has_a_row_per_second(columns: list[str], rows: list[list[str]], path: Path) -> bool:
    """Return whether a table has the columns of a coding alone, and its first rows are a second apart."""
    place = columns.index("time")
    try:
        times = [_time(row[place], path, i) for i, row in enumerate(rows, start=1) if len(row) == len(columns)]
    except TableError:
        return False
    return set(columns) <= {"time", "shotscale", ""} and bool((np.abs(np.diff(times) - _SECOND) <= _TOLERANCE).all())


def read_annotation(path: str | os.PathLike[str]) -> Annotation:
    r"""Read one annotation file.

    Examples
    --------
    >>> _ = Path("film.csv").write_text("time,shotscale\n0,2\n1,7\n")
    >>> read_annotation("film.csv").table["scale"].tolist()
    ['CU', 'ELS']
    """
    path = Path(path)
    mark = _mark(path) or ","
    raw = read_csv(path, remedy="give a CineScale CSV", dtype=str, skipinitialspace=True, sep=lambda _: mark)
    raw.columns = [str(column).strip().lower() for column in raw.columns]
    for column in ("time", "shotscale"):
        if column not in raw:
            raise TableError(f"{path}: lacks the column {column}; a CineScale CSV has time and shotscale")
    rows = zip(raw["time"], raw["shotscale"], strict=True)
    parsed = [(_time(time, path, i), _scale(code, path, i)) for i, (time, code) in enumerate(rows, start=1)]
    times = np.asarray([time for time, _ in parsed], np.float64)
    table = pd.DataFrame({"time": times, "scale": [scale for _, scale in parsed]})
    year, director, title = parse_film_name(path.stem) or (None, None, None)
    return Annotation(path, year, director, title, table, tuple(_flaws(times)))


def read_annotations(folder: str | os.PathLike[str]) -> list[Annotation]:
    r"""Read every CSV in a folder and its subfolders but the published `MANIFEST`, sorted by file name.

    Examples
    --------
    >>> for name in ("b", "a"):
    ...     _ = Path(f"{name}.csv").write_text("time,shotscale\n0,2\n")
    >>> [annotation.path.name for annotation in read_annotations(".")]
    ['a.csv', 'b.csv']
    """
    found = Path(folder).rglob("*.csv") if Path(folder).is_dir() else []
    files = sorted((file for file in found if file.name.lower() != MANIFEST), key=lambda file: file.name)
    if not files:
        raise TableError(f"{folder}: not a folder with CSV files; give one of CineScale annotations")
    return [read_annotation(file) for file in files]


def write_annotation(table: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    r"""Write ``time`` and ``scale`` (abbreviations; a missing one counts as not available) as a CineScale CSV.

    Examples
    --------
    >>> write_annotation(pd.DataFrame({"time": [0, 1], "scale": ["CU", None]}), "film.csv")
    >>> Path("film.csv").read_text()
    'time,shotscale\n0,2\n1,9\n'
    """
    names = table["scale"].where(table["scale"].notna(), ShotScale.NOT_AVAILABLE.abbreviation)
    unknown = ~names.isin(_ABBREVIATIONS)
    if unknown.any():
        row = int(np.flatnonzero(unknown)[0])
        raise TableError(
            f"scale = {names.iloc[row]} in row {row + 1}: one of {', '.join(_ABBREVIATIONS)}; correct the row"
        )
    codes = [_ABBREVIATIONS[name].code for name in names]
    with atomic_write(path, newline="") as stream:
        pd.DataFrame({"time": [f"{time:g}" for time in table["time"]], "shotscale": codes}).to_csv(
            stream, index=False, lineterminator="\n"
        )


def _time(text: str, path: Path, row: int) -> float:
    parts = text.strip().split(":")
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    seconds = sum(value * 60.0**power for power, value in enumerate(reversed(values)))
    if not values or len(values) > 3 or not np.isfinite(seconds) or seconds < 0:
        raise TableError(f"{path}: time = {text!r} in row {row}: seconds, or a clock time; correct the row")
    return seconds


def _scale(text: str, path: Path, row: int) -> str:
    text = text.strip().removesuffix(".0")
    scale = _CODES.get(text) or _ABBREVIATIONS.get(text.upper())
    if scale is None:
        raise TableError(f"{path}: shotscale = {text!r} in row {row}: a code is 0 to 9; correct the row")
    return scale.abbreviation


def _flaws(times: npt.NDArray[np.float64]) -> list[Flaw]:
    """Return the gaps, duplicates and disorder in an annotation's times."""
    flaws = []
    for i, step in enumerate(np.diff(times), start=1):
        kind = "disorder" if step < 0 else "duplicate" if step == 0 else "gap" if step > _SECOND + _TOLERANCE else ""
        if kind:
            flaws.append(Flaw(kind, i + 1, float(times[i]), float(times[i - 1])))
    return flaws
