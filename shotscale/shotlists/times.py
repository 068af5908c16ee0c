"""Times as people write them."""

import re
from fractions import Fraction

from shotscale.errors import TableError
from shotscale.shotlists.framerates import require_fps

__all__ = ["is_time", "parse_time"]

_SECONDS = re.compile(r"(\d{1,9}(?:[.,]\d{0,9})?|[.,]\d{1,9})\s*s?")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{0,9})?)")
_TIMECODE = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2}):(\d{1,3})")


def is_time(text: str) -> bool:
    """Say whether a text is written like a time."""
    return any(pattern.fullmatch(text.strip()) for pattern in (_SECONDS, _CLOCK, _TIMECODE))


def parse_time(text: str, *, fps: Fraction | None, where: str) -> float:
    """Read a time: seconds, m:ss, h:mm:ss, with a fraction after a point or a comma, or h:mm:ss:ff with frames.

    Raises
    ------
    TableError
        If it is none.
    OptionError
        If frames are given and no frame rate.

    Examples
    --------
    >>> [parse_time(text, fps=None, where="") for text in ("75.5", "1:15,5", "0:01:15.5")]
    [75.5, 75.5, 75.5]
    >>> parse_time("00:01:15:12", fps=Fraction(24), where="")
    75.5
    """
    text = text.strip()
    plain = _SECONDS.fullmatch(text)
    if plain:
        return float(plain[1].replace(",", "."))
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, rest = int(clock[1] or 0), int(clock[2]), float(clock[3].replace(",", "."))
        if rest < 60 and (minutes < 60 or clock[1] is None):
            return 3600 * hours + 60 * minutes + rest
    timecode = _TIMECODE.fullmatch(text)
    if timecode:
        rate = require_fps(fps, what=f"{where} {text}")
        hours, minutes, whole, frames = (int(part) for part in timecode.groups())
        if minutes < 60 and whole < 60 and frames < rate:
            # A timecode counts whole frames a second even where the film runs at 24000/1001.
            return float((3600 * hours + 60 * minutes + whole) * round(rate) + frames) / float(rate)
    raise TableError(
        f"{where}: {text[:40]!r} is not a time; write seconds, m:ss or h:mm:ss, as in 75.5, 1:15.5 or 0:01:15.5"
    )
