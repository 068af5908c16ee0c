"""Read and write other programs' shot lists; one module per format.

Conventions
-----------
Frame numbers, inclusive ends, timecodes and milliseconds stay in the module of their format: readers return a shot
table in seconds (`shotscale.tables`), and writers take one. Nothing is detected here.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any, Unpack, cast

import pandas as pd

from shotscale.errors import OptionError, TableError, UserError, readable
from shotscale.filmpaths import FILM_SUFFIXES, in_table
from shotscale.scales import ShotScale
from shotscale.shotlists.columns import Column, parse_columns
from shotscale.shotlists.films import FilmTable, read_rows
from shotscale.shotlists.films import film_table as part_table
from shotscale.shotlists.formats import READ_FORMATS, is_table, recognize
from shotscale.shotlists.framerates import parse_fps, require_fps
from shotscale.shotlists.layout import below_header, lay_out
from shotscale.shotlists.scalenames import scale_track
from shotscale.shotlists.shotlist import HowToRead, ReadOptions, ShotList
from shotscale.tables import validate_shots

__all__ = [
    "READ_FORMATS",
    "SUFFIXES",
    "WRITE_FORMATS",
    "FilmTable",
    "HowToRead",
    "ShotList",
    "film_table",
    "how_to_read",
    "is_listed",
    "parse_fps",
    "read_films",
    "read_shotlist",
    "scale_track",
    "table_head",
    "write_shotlist",
]

WRITE_FORMATS: tuple[str, ...] = ("csv", "edl", "otio", "eaf")
"""Output formats, named by their suffix."""
_WRITERS = {"csv": "table", "eaf": "elan"}

SUFFIXES = frozenset(".csv .tsv .txt .edl .otio .eaf .xlsx .xls .ods .numbers .fcpxml .ale".split())
"""Suffixes that mark a file as a shot list rather than a film; the last five are refused with what to save instead."""


def how_to_read(*, fps: str | None, columns: str | None, **rest: str | None) -> HowToRead:
    """Parse option strings into keyword arguments for `read_shotlist`.

    Raises
    ------
    OptionError
        If `fps` or `columns` is invalid; the message contains the value.

    Examples
    --------
    >>> nothing = dict.fromkeys(HowToRead.__annotations__)
    >>> how_to_read(**{**nothing, "fps": "23.976"})["fps"]
    Fraction(24000, 1001)
    """
    read = {"fps": None if fps is None else parse_fps(fps), "columns": parse_columns(columns)}
    return cast("HowToRead", {**rest, **read})


def read_shotlist(path: str | os.PathLike[str], **how: Unpack[HowToRead]) -> ShotList:
    r"""Read a shot list, recognizing its format by suffix and content.

    Parameters
    ----------
    path : path
        To read one film of a multi-film table (`film_table`), append its name: ``lengths.csv/Persona``.
    fps : Fraction, optional
        Frames per second; required if the list counts frames (EDL, TransNetV2, timecodes).
    tier : str, optional
        The tier of an ELAN file that holds the shots.
    gaps : {'refuse', 'black', 'out'}, optional
        How to treat a gap between shots: as an error, as black, or as time to leave out, along with any black. Black is
        not a shot: the next shot begins at its midpoint. By default, gaps are black in an EDL, where unrecorded tape is
        black, and an error elsewhere.
    columns : mapping of str to str, optional
        For a table, the name or 1-based number of the column for each role: ``start``, ``end``, ``length``, ``cut``,
        ``number``, ``scale`` or ``film``. By default the headers decide.
    unit : {'ms', 's', 'min', 'frames'}, optional
        Unit of a table's plain numbers if its headers do not state one, seconds by default, and of the last digits of
        clock times that may be either.
    delimiter : str, optional
        Column separator of a table.
    decimal : {'.', ','}, optional
        Decimal mark of numbers.

    Returns
    -------
    ShotList
        `ShotList.understood` describes in one line how it was read.

    Raises
    ------
    TableError
        If the file is not a shot list, or is ambiguous; the message contains line and value.
    OptionError
        If a required frame rate is missing, or an option is invalid.
    DependencyError
        If the format's library is not installed.

    Examples
    --------
    >>> _ = Path("cuts.txt").write_text("4.5\n0:10\n1:02.25\n")
    >>> shot_list = read_shotlist("cuts.txt")
    >>> shot_list.shots[["start", "end"]].values.tolist(), shot_list.format
    ([[0.0, 4.5], [4.5, 10.0], [10.0, 62.25]], 'cut times')
    """
    source, options = Path(path), ReadOptions.of(how)
    named = in_table(source)
    if named is not None:
        return _read_named(*named, options)
    module, function = READ_FORMATS[recognize(source, options)]
    reader = getattr(import_module(f"shotscale.shotlists.{module}"), function)
    shots: ShotList = reader(source, options)
    return shots


def is_listed(path: Path) -> bool:
    """Return whether a path is a shot list, or one film of a multi-film table, rather than a film file.

    Examples
    --------
    >>> is_listed(Path("cuts.csv")), is_listed(Path("persona.mkv"))
    (True, False)
    """
    suffix = path.suffix.lower()
    return suffix in SUFFIXES or (suffix not in FILM_SUFFIXES and in_table(path) is not None)


def film_table(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
) -> FilmTable | None:
    r"""Split a multi-film table: rows that name their film, or one column of shot lengths or one sheet per film.

    The options are those of `read_shotlist`; the role ``film`` in `columns` gives the column of film names. Returns
    None if the file is not a table, or is the shot list of a single film that it does not name.

    Examples
    --------
    >>> _ = Path("lengths.csv").write_text("film,shot,length\nPersona,1,4\nPersona,2,6.5\nFargo,1,3\n")
    >>> list(film_table("lengths.csv").sheets)
    ['Persona', 'Fargo']
    >>> read_shotlist("lengths.csv/Persona").shots["end"].tolist()
    [4.0, 10.5]
    """
    options = ReadOptions(columns=columns or {}, delimiter=delimiter, decimal=decimal)
    return _films(Path(path), options)


def _films(path: Path, options: ReadOptions) -> FilmTable | None:
    return part_table(path, options) if is_table(path, options) else None


def read_films(
    path: Path, how: Mapping[str, Any], on_error: Callable[[UserError], object] | None = None
) -> dict[str, ShotList]:
    r"""Read every film of a shot list, keyed by film name, or by the file's stem if there is only one film.

    `how` are options of `read_shotlist`; `on_error` is that of `shotscale.errors.readable`.

    Raises
    ------
    TableError, OptionError, DependencyError
        Without `on_error`, at the first film that cannot be read.

    Examples
    --------
    >>> _ = Path("lengths.csv").write_text("Persona,Fargo\n4,3\n6.5,\n")
    >>> {name: len(given.shots) for name, given in read_films(Path("lengths.csv"), {}).items()}
    {'Persona': 2, 'Fargo': 1}
    """
    films = film_table(path, **{name: how.get(name) for name in ("columns", "delimiter", "decimal")})
    if films is None or len(films.sheets) == 1:
        return {path.stem: read_shotlist(path, **how)}
    places = dict(zip(films.paths, films.sheets, strict=True))
    return {
        places[place]: given for place, given in readable(places, lambda place: read_shotlist(place, **how), on_error)
    }


def table_head(path: Path, how: HowToRead) -> tuple[list[Column], list[tuple[str, ...]]]:
    r"""Return the columns of a table of shots as understood, and the rows below its header as in the file.

    Both are returned even if the shots cannot be read, and are empty if the file is not a table. The options are those
    of `read_shotlist`.

    Raises
    ------
    TableError, OptionError, DependencyError
        If the file cannot be split into rows.

    Examples
    --------
    >>> _ = Path("cuts.csv").write_text("Nr,Anfang,Bild\n1,0,a\n2,4.5,b\n")
    >>> columns, rows = table_head(Path("cuts.csv"), {})
    >>> [column.role for column in columns], rows[1]
    (['number', 'start', None], ('2', '4.5', 'b'))
    """
    options = ReadOptions.of(how)
    if not is_table(path, options):
        return [], []
    sheet = read_rows(path, options)
    below = below_header(sheet)
    columns = below.columns
    with suppress(TableError):
        columns = lay_out(sheet).columns
    return list(columns), [row.fields for row in below.rows]


def write_shotlist(
    shots: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    fps: Fraction | None = None,
    scales: Sequence[ShotScale | None] | None = None,
    title: str = "film",
) -> tuple[str, ...]:
    r"""Write a shot list in the format of the path's suffix.

    Parameters
    ----------
    shots : pandas.DataFrame
        A shot table of n shots.
    path : path
        Its suffix is one of `WRITE_FORMATS`.
    fps : Fraction, optional
        Frames per second; required for EDL and OTIO.
    scales : sequence of length n, optional

    Returns
    -------
    tuple of str
        Notes for the user, one sentence each.

    Examples
    --------
    >>> _ = Path("cuts.txt").write_text("4.5\n10\n")
    >>> shots = read_shotlist("cuts.txt").shots
    >>> write_shotlist(shots, "shots.csv")
    ()
    >>> read_shotlist("shots.csv").shots["end"].tolist()
    [4.5, 10.0]
    """
    target = Path(path)
    shots = validate_shots(shots, source=title)
    name = target.suffix.lower().removeprefix(".")
    if name not in WRITE_FORMATS:
        raise OptionError(
            f"{target}: {target.suffix or 'no suffix'} is not a format to write; use .{', .'.join(WRITE_FORMATS)}"
        )
    write = import_module(f"shotscale.shotlists.{_WRITERS.get(name, name)}").write
    about: dict[str, Any] = {} if name == "csv" else {"title": title}
    if name in ("edl", "otio"):
        about["fps"] = require_fps(fps, what=str(target))
    return write(shots, target, scales=scales, **about) or ()


def _read_named(path: Path, name: str, options: ReadOptions) -> ShotList:
    """Read one film of a multi-film table."""
    from shotscale.shotlists.table import read_film

    films = _films(path, options)
    if films is None:
        raise TableError(f"{path}: names no films, so not {name} either; give the file itself")
    return read_film(films, name, options)
