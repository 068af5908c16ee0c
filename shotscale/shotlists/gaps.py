"""Close small gaps and overlaps between shots; reject lists with larger ones."""

import numpy as np
import numpy.typing as npt

from shotscale.errors import TableError
from shotscale.numerals import counted
from shotscale.shotlists.shotlist import ROUNDING

__all__ = ["WIDEST_GAP", "close_gaps"]

WIDEST_GAP = 0.5
"""Smallest gap in seconds that is rejected: a dozen frames may be a slip, more an unlisted shot; by judgment."""


def close_gaps(
    starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64], *, source: str
) -> tuple[npt.NDArray[np.float64], tuple[str, ...]]:
    """End each shot where the next one starts if they nearly meet; return the ends, and notes on what was closed.

    Raises `TableError` if there are no shots, a time is negative or not finite, a shot does not end after it starts,
    shots are out of order, or neighbors are half a second or more apart.
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
    for row in np.flatnonzero(seams >= WIDEST_GAP):
        gap = "; or say --gaps black, or out to leave it out" if starts[row + 1] > ends[row] else ""
        raise TableError(
            f"{source}: shot {row + 1} ends at {ends[row]:g} s but shot {row + 2} starts at {starts[row + 1]:g} s; a "
            f"shot starts where the one before it ends; fill the gap or drop the overlap{gap}"
        )
    mended = seams > ROUNDING
    notes: tuple[str, ...] = ()
    if mended.any():
        notes = (
            f"{counted(int(mended.sum()), 'gap or overlap', 'gaps or overlaps')} between neighboring shots, of up "
            f"to {seams.max():.2f} s, closed: a shot ends where the next one starts.",
        )
    return np.append(starts[1:], ends[-1]), notes
