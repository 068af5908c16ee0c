"""Exact frame rates: 23.976 means 24000/1001."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import OptionError, TableError

_STANDARD = tuple(map(Fraction, "24000/1001 24 25 30000/1001 30 48 50 60000/1001 60 12 15 16 18".split()))
_NEAR = Fraction(1, 2500)  # includes 23.98, and is below half of the 1/1001 between 23.976 and 24
_HIGHEST = 1000  # films from high-speed cameras are shown slower


def parse_fps(text: str) -> Fraction:
    """Parse a frame rate; a decimal close to a standard rate becomes that rate.

    Examples
    --------
    >>> parse_fps("25"), parse_fps("23.976"), parse_fps("30000/1001")
    (Fraction(25, 1), Fraction(24000, 1001), Fraction(30000, 1001))
    """
    try:
        rate = Fraction(text.strip())
    except (ValueError, ZeroDivisionError) as error:
        raise OptionError(f"--fps {text}: not a frame rate; write 25, 23.976 or 24000/1001") from error
    if not 1 <= rate <= _HIGHEST:
        raise OptionError(f"--fps {text}: frames per second lie between 1 and {_HIGHEST}; 24 and 25 are usual")
    return standard_fps(float(rate)) or rate


def standard_fps(rate: float) -> Fraction | None:
    """Return the standard rate closest to a measured one, or None if none is near."""
    nearest = min(_STANDARD, key=lambda standard: abs(float(standard) - rate))
    return nearest if abs(float(nearest) - rate) <= float(_NEAR) * rate else None


def require_fps(fps: Fraction | None, *, what: str) -> Fraction:
    """Return the frame rate, or raise `OptionError` if it is missing."""
    if fps is None:
        raise OptionError(f"{what}: counts frames, so the film's frames per second are needed; add --fps 25, say")
    return fps


def seconds(frames: npt.NDArray[np.int64], fps: Fraction) -> npt.NDArray[np.float64]:
    """Convert 0-based frame numbers to the times in seconds at which the frames appear."""
    return np.asarray(frames, np.float64) * fps.denominator / fps.numerator


def frame_starts(shots: pd.DataFrame, fps: Fraction) -> npt.NDArray[np.int64]:
    """Return the 0-based first frame of each of n shots, followed by the frame after the film: shape (n + 1,).

    Raises `TableError` if two shots start in the same frame.
    """
    times = np.append(shots["start"].to_numpy(np.float64), float(shots["end"].iloc[-1]))
    frames = np.rint(times * fps.numerator / fps.denominator).astype(np.int64)
    for row in np.flatnonzero(np.diff(frames) <= 0):
        raise TableError(
            f"shot {row + 1}: {times[row + 1] - times[row]:.3f} s long, less than a frame at {float(fps):g} frames per "
            "second; give the film's own --fps"
        )
    return frames
