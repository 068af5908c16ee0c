"""What every reader of a shot list gives, and what all of them need."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import DependencyError, TableError
from shotscale.scales import ShotScale

__all__ = ["MOST_BYTES", "ReadOptions", "ShotList", "close_gaps", "missing_library", "read_text"]

MOST_BYTES = 32 * 2**20
"""A list of a million shots is smaller; whatever is larger is something else."""

_WIDEST_GAP = 0.5
_ROUNDING = 0.0021


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a file may not say itself.

    Attributes
    ----------
    fps : Fraction, optional
        Frames a second, for formats that count frames.
    tier : str, optional
        Which tier of an ELAN file holds the shots.
    """

    fps: Fraction | None = None
    tier: str | None = None


@dataclass(frozen=True, eq=False)
class ShotList:
    """Shots that someone gives.

    Attributes
    ----------
    shots : pandas.DataFrame
        A valid shot table (`shotscale.tables`).
    scales : tuple of ShotScale or None, optional
        The scale of each shot, where the list has a column for it.
    format : str
        What the list was read as.
    fps : Fraction, optional
        Frames a second, where times were counted in frames.
    notes : tuple of str
        What was taken for granted or mended, a sentence each.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> ShotList(make_shots([0.0, 2.0], 3.0), None, "cut times").shots["end"].tolist()
    [2.0, 3.0]
    """

    shots: pd.DataFrame
    scales: tuple[ShotScale | None, ...] | None
    format: str
    fps: Fraction | None = None
    notes: tuple[str, ...] = ()


def read_text(path: Path) -> str:
    """Read a text file in UTF-8, UTF-16 with its mark, or else Windows-1252.

    Raises
    ------
    TableError
        If it cannot be read, is too large or no text.
    """
    content = read_bytes(path)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
        if b"\0" in content:
            raise TableError(f"{path}: not a text file; give a shot list, or a film without --shots")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(f"{path}: in no encoding that is known; save it as UTF-8")


def read_bytes(path: Path) -> bytes:
    """Read a file of a size that a shot list can have, or raise `TableError`."""
    try:
        if not path.is_file():
            raise TableError(f"{path}: no such file; check the path")
        if path.stat().st_size > MOST_BYTES:
            raise TableError(f"{path}: larger than {MOST_BYTES // 2**20} MB; a shot list is not; check the path")
        return path.read_bytes()
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error.strerror}); check the file") from error


def close_gaps(
    starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64], *, source: str
) -> tuple[npt.NDArray[np.float64], tuple[str, ...]]:
    """Let each shot end where the next one starts, if they nearly do.

    Parameters
    ----------
    starts, ends : float arrays of shape (n,)
        Seconds.
    source : str
        Named in errors.

    Returns
    -------
    ends : float array of shape (n,)
    notes : tuple of str
        A sentence if more than rounding was mended.

    Raises
    ------
    TableError
        If there is no shot, a time is none, a shot does not end after it starts, shots are out of order, or half
        a second or more lies between neighbours.
    """
    if not len(starts):
        raise TableError(f"{source}: holds no shot; a film has at least one; check the file")
    for row in np.flatnonzero(~(np.isfinite(starts) & np.isfinite(ends)) | (starts < 0)):
        raise TableError(f"{source}: shot {row + 1} has no start or end that is a time; correct it")
    for row in np.flatnonzero(~(ends > starts)):
        raise TableError(
            f"{source}: shot {row + 1} starts at {starts[row]:g} s and ends at {ends[row]:g} s; a shot ends after it "
            "starts; correct it"
        )
    for row in np.flatnonzero(~(np.diff(starts) > 0)):
        raise TableError(
            f"{source}: shot {row + 2} starts at {starts[row + 1]:g} s, not after the one before, at {starts[row]:g} "
            "s; shots stand in order of time; sort them"
        )
    seams = np.abs(starts[1:] - ends[:-1])
    for row in np.flatnonzero(seams >= _WIDEST_GAP):
        raise TableError(
            f"{source}: shot {row + 1} ends at {ends[row]:g} s but shot {row + 2} starts at {starts[row + 1]:g} s; a "
            "shot starts where the one before it ends; fill the gap or drop the overlap"
        )
    mended = seams > _ROUNDING
    notes: tuple[str, ...] = ()
    if mended.any():
        notes = (
            f"{int(mended.sum())} gaps or overlaps between neighbouring shots, of up to {seams.max():.2f} s, were "
            "closed: a shot ends where the next one starts.",
        )
    return np.append(starts[1:], ends[-1]), notes


def missing_library(what: str, library: str) -> DependencyError:
    """Say that a format needs a library that is not installed."""
    return DependencyError(f"{what}: needs the package {library}; pip install 'film-authorship[export]'")
