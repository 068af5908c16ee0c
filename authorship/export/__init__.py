"""Measured films as tables for statistical software, each described by a codebook.

Conventions
-----------
An export is a folder: for each table (`TABLES`) and format (`FORMATS`) one file of the table's name, and
``codebook.csv``, a row a variable. What is undefined is missing in every format, never zero; the categories'
codes are CineScale's where it has any.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from authorship.export.collection import Collection, collect_films
from authorship.export.tidy import TABLES, make_table
from authorship.export.variables import TidyTable, codebook
from shotscale.errors import DependencyError, OptionError, OutputError, TableError
from shotscale.files import atomic_path, make_folder

__all__ = [
    "FORMATS",
    "TABLES",
    "ExportFormat",
    "WrittenFile",
    "choose_formats",
    "collect_films",
    "export_films",
    "export_tables",
]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: who reads it, what it is called on disk, and the module and library that write it.

    Examples
    --------
    >>> [format.suffix for format in choose_formats(["csv", "dta"])]
    ['.csv', '.dta']
    """

    name: str
    reader: str
    suffix: str
    module: str
    library: str | None = None

    def load(self) -> Any:
        """Give the module that writes it; `DependencyError` names what is not installed."""
        if self.library is not None and find_spec(self.library) is None:
            raise DependencyError(
                f"format {self.name}: needs the package {self.library}; pip install 'film-authorship[export]'"
            )
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
"""Every format by its name."""

_ELSEWHERE = {"edl", "otio", "eaf"}


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of an export, with the size of its table.

    Examples
    --------
    >>> WrittenFile(Path("tables/shots.csv"), 450, 11).n_rows
    450
    """

    path: Path
    n_rows: int
    n_columns: int


def choose_formats(formats: Iterable[str]) -> list[ExportFormat]:
    """Give the formats of some names, in the order of `FORMATS`; `OptionError` names one that is none.

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
                f"format {name}: a shot list, of one film; write it with shotscale convert FILM/ shots.{name}"
            )
        if name not in FORMATS:
            raise OptionError(f"format {name}: not one of {', '.join(FORMATS)}; choose one of these")
    return [entry for entry in FORMATS.values() if entry.name in names]


def export_films(
    collection: Collection,
    folder: str | os.PathLike[str],
    *,
    formats: Iterable[str] = ("csv",),
    tables: Sequence[str] | None = None,
    overwrite: bool = False,
) -> list[WrittenFile]:
    r"""Write films as tables.

    Parameters
    ----------
    collection : Collection
        As `collect_films` gives it.
    folder : path
        Made if need be.
    formats : iterable of str
        Names of `FORMATS`. ``r`` is a script beside the CSV table, so it brings ``csv`` along.
    tables : sequence of str, optional
        Of `TABLES`; by default all that the films have.
    overwrite : bool
        Whether files of an earlier export may be replaced.

    Returns
    -------
    list of WrittenFile
        The last is the codebook.

    Raises
    ------
    OptionError
        If a format or a table is unknown.
    TableError
        If a format cannot hold a table, or no film has a scale track although one is asked for.
    OutputError
        If a file stands in the way or cannot be written. Nothing is written before all that can be checked is.
    DependencyError
        If a format's library is not installed.

    Examples
    --------
    >>> _ = Path("shots.csv").write_text("start,end\n0,4\n4,6.5\n")
    >>> written = export_films(collect_films([Path("shots.csv")]), "tables", tables=["shots"])
    >>> [(file.path.name, file.n_rows) for file in written]
    [('shots.csv', 2), ('codebook.csv', 11)]
    """
    return export_tables(_made(collection, tables), folder, formats=formats, overwrite=overwrite)


def export_tables(
    made: Sequence[TidyTable],
    folder: str | os.PathLike[str],
    *,
    formats: Iterable[str] = ("csv",),
    overwrite: bool = False,
) -> list[WrittenFile]:
    """Write any tables in the formats of an export, with their codebook.

    Parameters
    ----------
    made : sequence of TidyTable
    folder, formats, overwrite
        As for `export_films`.

    Returns
    -------
    list of WrittenFile
        The last is the codebook.

    Raises
    ------
    OptionError, TableError, OutputError, DependencyError
        As `export_films`.
    """
    chosen = choose_formats(formats)
    writers = {entry.name: entry.load() for entry in chosen}
    target = Path(folder)
    files = [(entry, table, target / f"{table.name}{entry.suffix}") for table in made for entry in chosen]
    for entry, table, _ in files:
        if hasattr(writers[entry.name], "check"):
            writers[entry.name].check(table)
    codes = target / "codebook.csv"
    for path in (*(path for _, _, path in files), codes):
        if path.exists() and not overwrite:
            raise OutputError(f"{path}: exists already; choose another folder or allow it with --overwrite")
    make_folder(target)
    written = []
    for entry, table, path in files:
        with atomic_path(path) as temporary:
            writers[entry.name].write(table, temporary)
        written.append(WrittenFile(path, len(table.frame), len(table.variables)))
    description = codebook(made)
    with atomic_path(codes) as temporary:
        description.to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")
    return [*written, WrittenFile(codes, *description.shape)]


def _made(collection: Collection, tables: Sequence[str] | None) -> list[TidyTable]:
    if not collection.films:
        raise TableError("no film: an export needs at least one; name a folder of saved analyses")
    for name in tables or ():
        if name not in TABLES:
            raise OptionError(f"table {name}: not one of {', '.join(TABLES)}; choose one of these")
    made = []
    for name in TABLES if tables is None else dict.fromkeys(tables):
        table = make_table(name, collection)
        if table is not None:
            made.append(table)
        elif tables is not None:
            raise TableError(f"table {name}: none of these films has a scale track; leave the table out")
    return made
