"""Measured films as tables for statistical software, each described by a codebook.

Conventions
-----------
An export is a folder: one file for each table (`TABLES`) and format (`FORMATS`), named after the table, and
``codebook.csv``, one row per variable. Undefined values are missing in every format, never zero; category codes are
CineScale's where it defines any. Films are read one at a time and tables written piece by piece, except in formats
whose libraries need the whole table; those refuse a table that is too long. All files of an export appear together
once the last is complete; a failed export leaves none.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from authorship.export.collection import Collection, collect_films
from authorship.export.csvfile import texts_safe
from authorship.export.tidy import TABLES, make_table
from authorship.export.variables import TidyTable, codebook
from authorship.libraries import require
from shotscale.errors import OptionError, TableError
from shotscale.files import appearing_together, refuse_existing
from shotscale.numerals import counted
from shotscale.progress import Progress

__all__ = [
    "FORMATS",
    "TABLES",
    "ExportFormat",
    "WrittenFile",
    "choose_formats",
    "choose_tables",
    "collect_films",
    "export_films",
    "export_tables",
]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: the programs that read it, its suffix, and the module and library that write it."""

    name: str
    reader: str
    suffix: str
    module: str
    library: str | None = None

    def load(self) -> Any:
        """Return the module that writes it; `DependencyError` names a missing library."""
        if self.library is not None:
            require(self.library, f"format {self.name}", extra="export")
        return import_module(f"authorship.export.{self.module}")


FORMATS: dict[str, ExportFormat] = {
    entry.name: entry
    for entry in (
        ExportFormat("csv", "anything", ".csv", "csvfile"),
        ExportFormat("parquet", "pandas, polars, DuckDB, arrow", ".parquet", "parquet", "pyarrow"),
        ExportFormat("xlsx", "Excel, LibreOffice", ".xlsx", "excel", "xlsxwriter"),
        ExportFormat("sav", "SPSS, PSPP", ".sav", "spss", "pyreadstat"),
        ExportFormat("dta", "Stata", ".dta", "stata"),
        ExportFormat("arff", "Weka", ".arff", "arff"),
        ExportFormat("r", "R, with the csv beside it", ".R", "rscript"),
    )
}
"""All formats by name."""

_ELSEWHERE = {"edl", "otio", "eaf"}
_CODES = "codebook.csv"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of an export, with the size of its table."""

    path: Path
    n_rows: int
    n_columns: int

    @property
    def size(self) -> str:
        """The numbers of rows and columns, in words."""
        return f"{counted(self.n_rows, 'row')}, {counted(self.n_columns, 'column')}"


def choose_formats(formats: Iterable[str]) -> list[ExportFormat]:
    """Return formats by name, in the order of `FORMATS`; `OptionError` names an unknown one.

    Examples
    --------
    >>> [format.name for format in choose_formats(["r"])]  # the script needs the table beside it
    ['csv', 'r']
    """
    names = [name.strip().lower().removeprefix(".") for name in formats]
    if "r" in names:
        names.append("csv")
    for name in names:
        if name in _ELSEWHERE:
            raise OptionError(
                f"format {name}: a shot list holds one film; write it with shotscale convert FILM/ shots.{name}"
            )
        if name not in FORMATS:
            raise OptionError(f"format {name}: not one of {', '.join(FORMATS)}; choose one of these")
    return [entry for entry in FORMATS.values() if entry.name in names]


def choose_tables(tables: Iterable[str]) -> list[str]:
    """Return the names of tables, each once; `OptionError` names an unknown one.

    Examples
    --------
    >>> choose_tables(["shots", "features", "shots"])
    ['shots', 'features']
    """
    names = list(dict.fromkeys(tables))
    for name in names:
        if name not in TABLES:
            raise OptionError(f"table {name}: not one of {', '.join(TABLES)}; choose one of these")
    return names


def export_films(
    collection: Collection,
    folder: str | os.PathLike[str],
    *,
    formats: Iterable[str] = ("csv",),
    tables: Sequence[str] | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> list[WrittenFile]:
    r"""Write films as tables, in memory that does not grow with the number of shots and samples.

    A film is read once per table. Without a features table, it is read once more before the scale tracks or a format
    with limits, because row numbers and the scales in use must be known before a table is begun.

    Everything that can be checked is checked before anything is written, and no file appears unless all do. `formats`
    are names in `FORMATS`; ``r`` is a script beside the CSV table, so it implies ``csv``. `tables` are names in
    `TABLES`, by default all that the films have. `progress` is called with the number of film readings done, and their
    total. The last file is the codebook.

    Examples
    --------
    >>> _ = Path("shots.csv").write_text("start,end\n0,4\n4,6.5\n")
    >>> written = export_films(collect_films([Path("shots.csv")]), "tables", tables=["shots"])
    >>> [(file.path.name, file.n_rows) for file in written]
    [('shots.csv', 2), ('codebook.csv', 11)]
    """
    if not collection.films:
        raise TableError("no film: an export needs at least one; name a folder of saved analyses")
    names, formats = list(TABLES) if tables is None else choose_tables(tables), list(formats)
    writers = _writers(formats)
    certain = [_path(folder, name, entry) for name in names if name != "scales" for entry, _ in writers]
    if not overwrite:
        refuse_existing([*certain, Path(folder) / _CODES])  # the scale tracks, if any, are checked below
    survey = "features" not in names and ("scales" in names or any(hasattr(module, "check") for _, module in writers))
    readings = [_reading(progress, n, len(names) + survey) for n in range(len(names) + survey)]
    if survey:
        _survey(collection, readings.pop(0))
    made = []
    for name, reading in zip(names, readings, strict=True):
        table = make_table(name, collection, progress=reading)
        if table is not None:
            made.append(table)
        elif tables is not None:
            what = "a scale track" if name == "scales" else "shots"
            raise TableError(f"table {name}: none of these films has {what}; leave the table out")
    return export_tables(made, folder, formats=formats, overwrite=overwrite)


def export_tables(
    made: Sequence[TidyTable],
    folder: str | os.PathLike[str],
    *,
    formats: Iterable[str] = ("csv",),
    overwrite: bool = False,
) -> list[WrittenFile]:
    """Write any tables in the formats of an export; the last file is their codebook.

    Raises
    ------
    OptionError, TableError, OutputError, DependencyError
        If a format is unknown or cannot hold a table, a file exists or cannot be written, or a library is missing.
    """
    writers = _writers(formats)
    codes = Path(folder) / _CODES
    for table in made:
        for _, module in writers:
            if hasattr(module, "check"):
                module.check(table)
    if not overwrite:
        refuse_existing([*(_path(folder, table.name, entry) for table in made for entry, _ in writers), codes])
    written = []
    with appearing_together(folder) as place:
        for table in made:
            n_rows = _write(
                table, [module.writing(table, _path(place, table.name, entry)) for entry, module in writers]
            )
            paths = [_path(folder, table.name, entry) for entry, _ in writers]
            written += [WrittenFile(path, n_rows, len(table.variables)) for path in paths]
        description = codebook(made)
        description = texts_safe(description, description.columns)
        description.to_csv(place / _CODES, index=False, lineterminator="\n", encoding="utf-8")
    return [*written, WrittenFile(codes, *description.shape)]


def _write(table: TidyTable, files: Sequence[Any]) -> int:
    """Write each piece of a table to all of its files; return the number of rows."""
    n_rows = 0
    with ExitStack() as stack:
        adders = [stack.enter_context(file) for file in files]
        for piece in table.pieces():
            n_rows += len(piece)
            for add in adders:
                add(piece)
            del piece  # before the next is made
    return n_rows


def _writers(formats: Iterable[str]) -> list[tuple[ExportFormat, Any]]:
    """Return formats by name, each with the module that writes it."""
    return [(entry, entry.load()) for entry in choose_formats(formats)]


def _path(folder: str | os.PathLike[str], table: str, entry: ExportFormat) -> Path:
    return Path(folder) / f"{table}{entry.suffix}"


def _survey(collection: Collection, progress: Progress) -> None:
    """Read every film once, so that its extent is known."""
    for done, film in enumerate(collection.films, start=1):
        _ = film.extent
        progress(done, len(collection.films))


def _reading(progress: Progress | None, nth: int, of: int) -> Progress:
    """Return the progress callback for the nth of several readings of all films."""

    def move(done: float, total: float | None) -> None:
        if progress is not None and total is not None:
            progress(nth * total + done, of * total)

    return move
