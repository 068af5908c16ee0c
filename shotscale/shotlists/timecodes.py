"""Convert timecodes ``hh:mm:ss:ff`` to frames and back, drop-frame or not.

Conventions
-----------
A timecode counts a whole number of frames per second even if the film runs at 24000/1001. Drop-frame timecodes
(``hh:mm:ss;ff``), which exist only at 29.97 and 59.94 frames per second, skip the first frame numbers of each minute
except every tenth, to keep pace with the clock; no picture is dropped.
"""

import re
from fractions import Fraction

from shotscale.errors import OptionError, TableError

CODE = re.compile(r"\d{1,3}:\d{1,2}:\d{1,2}[:;]\d{1,3}|\d\d;\d\d;\d\d;\d{2,3}")
"""A timecode. Semicolons stand before the frames or everywhere, between groups of two digits; others part columns."""

_DROPPED = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}  # numbers skipped per minute; SMPTE ST 12-1
_LEADER_MINUTES = 2
"""Minutes before a whole hour in which a list may begin with bars, slate and countdown."""

_RATES = {*_DROPPED, *map(Fraction, "24000/1001 24 25 30 48000/1001 48 50 60 72 96 100 120000/1001 120".split())}


def check_code_rate(fps: Fraction) -> None:
    """Raise `OptionError` if there are no timecodes at a frame rate."""
    if fps not in _RATES:
        raise OptionError(
            f"--fps {float(fps):g}: no timecode counts at this rate; 23.976, 24, 25, 29.97, 30, 50 ... do"
        )


def drops(fps: Fraction) -> bool:
    """Return whether there are drop-frame timecodes at a frame rate."""
    return fps in _DROPPED


def frames_of(text: str, *, fps: Fraction, drop: bool, where: str) -> int:
    """Return the frame number of a timecode; 00:00:00:00 is 0."""
    code = text.strip()
    rate = round(fps)
    hours, minutes, seconds, frames = map(int, re.split("[:;]", code)) if CODE.fullmatch(code) else (0, 60, 0, 0)
    if minutes > 59 or seconds > 59:
        raise TableError(f"{where}: {text[:40]!r} is not a time code; hh:mm:ss:ff is; correct it")
    if frames >= rate:
        raise TableError(
            f"{where}: {text[:40]!r} does not exist at {float(fps):.6g} frames per second; a second ends with frame "
            f"{rate - 1}; give the list's own --fps"
        )
    count = (3600 * hours + 60 * minutes + seconds) * rate + frames
    if not drop:
        return count
    dropped = _DROPPED.get(fps)
    if dropped is None:
        raise OptionError(
            f"{where}: drop-frame codes count 29.97 or 59.94 frames per second, not {float(fps):.6g}; give --fps 29.97"
        )
    if frames < dropped and seconds == 0 and minutes % 10:
        raise TableError(f"{where}: {text[:40]!r} is a code that drop-frame counting skips; correct it")
    whole = 60 * hours + minutes
    return count - dropped * (whole - whole // 10)


def code_of(frame: int, *, fps: Fraction, drop: bool) -> str:
    """Return the timecode of a frame.

    >>> code_of(1800, fps=Fraction(30000, 1001), drop=True), code_of(1800, fps=Fraction(25), drop=False)
    ('00:01:00;02', '00:01:12:00')
    """
    rate = round(fps)
    if drop:
        dropped = _DROPPED[fps]
        minute, ten = 60 * rate - dropped, 600 * rate - 9 * dropped
        tens, rest = divmod(frame, ten)
        frame += 9 * dropped * tens + dropped * max(0, (rest - dropped) // minute)
    seconds, frames = divmod(frame, rate)
    mark = ";" if drop else ":"
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{frames:02d}"


def zero_frame(first: int, *, fps: Fraction, drop: bool, leader: bool = True) -> int:
    """Return the frame from which times count: the last whole hour before the first picture, by broadcast convention.

    If there may be a leader, a first picture in the minutes before a whole hour belongs to it, and times count from it.

    >>> code_of(zero_frame(90_112, fps=Fraction(25), drop=False), fps=Fraction(25), drop=False)
    '01:00:00:00'
    """
    hour = frames_of("01:00:00:00", fps=fps, drop=drop, where="")
    before = round(60 * _LEADER_MINUTES * fps)
    return first if leader and first % hour >= hour - before else first // hour * hour
