"""Shot lists of other programs, read and written; one module per format.

Conventions
-----------
Frame numbers, inclusive ends, timecodes and milliseconds stay in the module of their format: what comes out is a
shot table in seconds (`shotscale.tables`). What is written is a table in; nothing is detected here.
"""

import os
from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any, Unpack, cast

import pandas as pd

from shotscale.errors import OptionError, TableError
from shotscale.filmpaths import FILM_SUFFIXES, in_table
from shotscale.scales import ShotScale
from shotscale.shotlists.columns import parse_columns
from shotscale.shotlists.films import FilmTable
from shotscale.shotlists.films import film_table as part_table
from shotscale.shotlists.formats import READ_FORMATS, is_table, recognise
from shotscale.shotlists.framerates import parse_fps, require_fps
from shotscale.shotlists.head import table_head
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
"""The formats that are written, by suffix."""
_WRITERS = {"csv": "table", "eaf": "elan"}

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".edl", ".otio", ".eaf", ".xlsx"})
"""By which a file is taken for a shot list and not for a film."""


def how_to_read(*, fps: str | None, columns: str | None, **rest: str | None) -> HowToRead:
    """Check what was written for each option, and return the arguments of `read_shotlist`.

    Raises
    ------
    OptionError
        With the invalid value.

    Examples
    --------
    >>> nothing = dict.fromkeys(HowToRead.__annotations__)
    >>> how_to_read(**{**nothing, "fps": "23.976"})["fps"]
    Fraction(24000, 1001)
    """
    read = {"fps": None if fps is None else parse_fps(fps), "columns": parse_columns(columns)}
    return cast("HowToRead", {**rest, **read})


def read_shotlist(path: str | os.PathLike[str], **how: Unpack[HowToRead]) -> ShotList:
    r"""Read a shot list; its format is recognised by suffix and content.

    Parameters
    ----------
    path : path
        Of a table of several films (`film_table`), a film is named behind the file: ``lengths.csv/Persona``.
    fps : Fraction, optional
        Frames a second; needed where frames are counted (EDL, TransNetV2, timecodes).
    tier : str, optional
        Which tier of an ELAN file holds the shots.
    gaps : {'refuse', 'black', 'out'}, optional
        What a gap between shots is: an error, black, or time to be left out, as black then is, too. Black is no shot:
        the next one begins in its middle. By default black in an EDL, whose tape is black where nothing is recorded,
        and elsewhere an error.
    columns : mapping of str to str, optional
        Of a table, which column is its ``start``, ``end``, ``length``, ``cut``, ``number``, ``scale`` or ``film``: a
        name, or a number from 1. By default the headers say it.
    unit : {'ms', 's', 'min', 'frames'}, optional
        What a table's plain numbers count where its headers do not say it; seconds by default.
    delimiter : str, optional
        What separates a table's columns.
    decimal : {'.', ','}, optional
        What separates a number's decimals.

    Returns
    -------
    ShotList
        `ShotList.understood` says in one line how it was read.

    Raises
    ------
    TableError
        If the file is no shot list, or can be read in two ways, with line and value.
    OptionError
        If the frame rate is needed, or an option is unknown.
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
    module, function = READ_FORMATS[recognise(source, options)]
    reader = getattr(import_module(f"shotscale.shotlists.{module}"), function)
    shots: ShotList = reader(source, options)
    return shots


def is_listed(path: Path) -> bool:
    """Say whether a path is that of a shot list, or of a film in a table of several, and not of a film's file.

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
    r"""Part a table of several films: rows that name their film, or a column of shot lengths per film.

    The options are those of `read_shotlist`; ``film`` among the columns names that of the films. None is returned where
    the file, a CSV or .xlsx, is a shot list of one film, which it does not name.

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


def read_films(path: Path, how: Mapping[str, Any]) -> dict[str, ShotList]:
    r"""Read every film of a shot list, by its name: that of the file where the list is of one film.

    Parameters
    ----------
    how : mapping
        Options of `read_shotlist`.

    Raises
    ------
    TableError, OptionError, DependencyError
        At the first film that cannot be read.

    Examples
    --------
    >>> _ = Path("lengths.csv").write_text("Persona,Fargo\n4,3\n6.5,\n")
    >>> {name: len(given.shots) for name, given in read_films(Path("lengths.csv"), {}).items()}
    {'Persona': 2, 'Fargo': 1}
    """
    films = film_table(path, **{name: how.get(name) for name in ("columns", "delimiter", "decimal")})
    if films is None or len(films.sheets) == 1:
        return {path.stem: read_shotlist(path, **how)}
    return {name: read_shotlist(place, **how) for name, place in zip(films.sheets, films.paths, strict=True)}


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
        Ends in one of `WRITE_FORMATS`.
    fps : Fraction, optional
        Frames a second; needed for EDL and OTIO.
    scales : sequence of length n, optional

    Returns
    -------
    tuple of str
        What a reader should know, a sentence each.

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
            f"{target}: {target.suffix or 'no suffix'} is no format; end it in .{', .'.join(WRITE_FORMATS)}"
        )
    write = import_module(f"shotscale.shotlists.{_WRITERS.get(name, name)}").write
    about: dict[str, Any] = {} if name == "csv" else {"title": title}
    if name in ("edl", "otio"):
        about["fps"] = require_fps(fps, what=str(target))
    return write(shots, target, scales=scales, **about) or ()


def _read_named(path: Path, name: str, options: ReadOptions) -> ShotList:
    """Read one film of a table of several."""
    from shotscale.shotlists.table import read_film

    films = _films(path, options)
    if films is None:
        raise TableError(f"{path}: names no films, so not {name} either; give the file itself")
    return read_film(films, name, options)
