"""The result of every shot-list reader, and what the readers share."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any, Self, TypedDict

import pandas as pd

from shotscale.errors import DependencyError, OptionError, TableError
from shotscale.files import decoded
from shotscale.numerals import counted
from shotscale.scales import ShotScale
from shotscale.shotlists.times import UNIT_NAMES

GAPS = ("refuse", "black", "out")
UNITS = tuple(UNIT_NAMES)
DECIMALS = (".", ",")

MOST_BYTES = 32 * 2**20
"""Maximum file size; a list of a million shots is smaller, so a larger file is something else."""

MOST_MARKUP_BYTES = 8 * MOST_BYTES
"""The same for formats that need several hundred bytes per shot, OpenTimelineIO's and ELAN's."""

ROUNDING = 0.0021  # seconds; two times, each rounded to a millisecond, plus arithmetic error


class HowToRead(TypedDict, total=False):
    """Options of `read_shotlist`.

    Examples
    --------
    >>> sorted(HowToRead.__annotations__)
    ['columns', 'decimal', 'delimiter', 'fps', 'gaps', 'tier', 'unit']
    """

    fps: Fraction | None
    tier: str | None
    gaps: str | None
    columns: Mapping[str, str] | None
    unit: str | None
    delimiter: str | None
    decimal: str | None


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a file may not state itself. See `shotscale.shotlists.read_shotlist`."""

    fps: Fraction | None = None
    tier: str | None = None
    gaps: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    unit: str | None = None
    delimiter: str | None = None
    decimal: str | None = None

    @classmethod
    def of(cls, how: HowToRead) -> Self:
        """Return the options; raise `OptionError` for a value that is not allowed."""
        return cls(**{**how, "columns": how.get("columns") or {}})  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("gaps", self.gaps, GAPS),
            ("unit", self.unit, UNITS),
            ("decimal", self.decimal, DECIMALS),
        ):
            if value is not None and value not in allowed:
                raise OptionError(f"--{name} {value}: not one of {' '.join(allowed)}; choose one of these")


@dataclass(frozen=True, eq=False)
class ShotList:
    """The shots of a list, and how it was read.

    Attributes
    ----------
    scales : tuple of ShotScale or None, optional
        The scale of each shot, if the list gives scales.
    format : str
        What the list was read as.
    fps : Fraction, optional
        Frames per second, if times were counted in frames.
    details : tuple of str
        How it was read, such as columns and units, one phrase each.
    notes : tuple of str
        What was assumed or corrected, one sentence each.
    tells_kinds : bool
        Whether the list says of every shot how it begins, even if all begin with a cut.
    """

    shots: pd.DataFrame
    scales: tuple[ShotScale | None, ...] | None
    format: str
    fps: Fraction | None = None
    notes: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    tells_kinds: bool = False

    @property
    def understood(self) -> str:
        """How the list was read, in one line: kind, columns, unit, frame rate, first and last shot.

        Examples
        --------
        >>> from shotscale.tables import make_shots
        >>> ShotList(make_shots([0.0, 2.0], 3.0), None, "cut times", details=("seconds",)).understood
        'read as cut times, seconds; 2 shots, the first 0 to 2 s, the last 2 to 3 s'
        """
        rate = () if self.fps is None else (f"{float(self.fps):.6g} frames per second",)
        how = ", ".join((self.format, *self.details, *rate))
        spans = [f"{_plain(a)} to {_plain(b)} s" for a, b in self.shots[["start", "end"]].iloc[[0, -1]].to_numpy()]
        if len(self.shots) == 1:
            return f"read as {how}; 1 shot, {spans[0]}"
        return f"read as {how}; {counted(len(self.shots), 'shot')}, the first {spans[0]}, the last {spans[1]}"


def _plain(seconds: float) -> str:
    """Format seconds with up to three decimals, without trailing zeros."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


def read_text(path: Path, *, most_bytes: int = MOST_BYTES) -> str:
    """Read a text file in UTF-8, UTF-16 with a byte order mark, or else Windows-1252; letters are composed (NFC)."""
    content = read_bytes(path, most_bytes=most_bytes)
    try:
        return unicodedata.normalize("NFC", decoded(content))
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: unknown text encoding; save it as UTF-8") from error
    except ValueError as error:
        remedy = "save a spreadsheet as .xlsx or CSV, another document as text, or give a film without --shots"
        raise TableError(f"{path}: not a text file; {remedy}") from error


def read_bytes(path: Path, *, most_bytes: int = MOST_BYTES) -> bytes:
    """Read a file, or raise `TableError` if it is missing, unreadable or too large for a shot list."""
    try:
        if path.is_dir():
            raise TableError(f"{path}: a folder, not a list; give it without --shots, or name the lists in it")
        if not path.is_file():
            raise TableError(f"{path}: no such file; check the path")
        if path.stat().st_size > most_bytes:
            raise TableError(f"{path}: larger than {most_bytes // 2**20} MB; a shot list is not; check the path")
        return path.read_bytes()
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error.strerror}); check the file") from error


def library(module: str, what: str, package: str) -> Any:
    """Import a library that a format needs, or raise a `DependencyError` that says how to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise DependencyError(f"{what}: needs the package {package}; pip install 'film-authorship[export]'") from error
