"""Times as people write them, and their possible units."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from shotscale.errors import TableError
from shotscale.manifests import MISSING
from shotscale.shotlists.framerates import require_fps
from shotscale.shotlists.timecodes import CODE, frames_of

UNIT_WORDS = {
    word: unit
    for unit, words in {
        "ms": "ms msec msecs msek millis millisecond milliseconds millisekunden millisecondes "
        "millisecondi milisegundos",
        "s": "s sec secs sek second seconds sekunde sekunden sekunder seconde seconden secondes secondi "
        "segundos másodperc mp",
        "min": "min mins minute minutes minuten minuter minutter minuti minutos perc",
        "frames": "frame frames frm frms bilder einzelbilder images fotogrammi fotogramas képkocka képkockák",
    }.items()
    for word in words.split()
}
"""Spellings of the supported units. A lone m, f or h is not one: it may be minutes or metres, frames or feet."""

UNIT_NAMES = {"ms": "milliseconds", "s": "seconds", "min": "minutes", "frames": "frames"}

_NUMBER = re.compile(
    r"((?:\d{1,12}(?:(?P<mark>[.,])\d{0,20})?|(?P<lone>[.,])\d{1,20})(?:e\+0\d)?)\s*(?P<unit>[a-z]*|[\"″”]|''|′′)\.?",
    re.IGNORECASE,
)
"""A number, perhaps with a unit, as 4 sec. or 4"; R writes 100000 as 1e+05."""
AS_DAYS = "days, as Excel stores times; format the column as [h]:mm:ss.000 in Excel and save the file again"
"""What a very small number may be, and the remedy."""

_EPOCH = re.compile(r"(?:(?:1899-12-3[01]|1900-01-01)(?:[ T]|$)|0 days )")
"""What R, LibreOffice and pandas write before the time of a cell: the day from which spreadsheets count, or no days."""
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?e-\d+", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2}(?:([.,])\d{0,9})?)")
_LETTERED = re.compile(
    r"(?:(\d{1,3}) ?h ?)?(\d{1,4}) ?(?:m|min|['′’]) ?(\d{1,2}(?:([.,])\d{0,9})?) ?(?:s|sec|[\"″”]|''|′′)?",
    re.IGNORECASE,
)
"""A clock time with letters or primes: 1h02m03s, 2'03\"."""
_APART = re.compile(r"(?<![.,\d])(\d{1,2}) ?s ?(\d{1,3}) ?ms")
"""Seconds and milliseconds, as in Apple Numbers' 4s 200ms and 1m 15s 600ms."""


@dataclass(frozen=True, slots=True)
class Time:
    """A time as written: a number with an optional unit, a clock time in seconds, or a timecode.

    `step` is the value of the last digit, in the unit of `value`.
    """

    value: float
    form: str
    unit: str | None = None
    step: float = 1.0
    code: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is a number without decimals, as frames and milliseconds are; programs may append .0."""
        return self.form == "number" and self.value == int(self.value) and self.step >= 0.1


def without_missing(text: str) -> str:
    """Return a cell of a column of times, empty if it holds what programs write for an empty one."""
    return "" if text.casefold() in MISSING else text


def is_time(text: str, *, decimal: str | None = None) -> bool:
    """Return whether a text is written like a time."""
    return parse_time(text, decimal) is not None


def is_date(text: str) -> bool:
    """Return whether a text is a date, as Excel makes of 3.5 in some countries."""
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()) is not None


def read_time(text: str, *, decimal: str | None, where: str) -> Time:
    """Parse a time: a number, m:ss or h:mm:ss, with a fraction after a point or a comma, or h:mm:ss:ff with frames.

    Letters and primes may replace colons: 1h02m03s, 2'03".

    Examples
    --------
    >>> [read_time(text, decimal=None, where="").value for text in ("75.5", "1:15,5", "0:01:15.5", "75500 ms")]
    [75.5, 75.5, 75.5, 75500.0]
    """
    time = parse_time(text, decimal)
    if time is None and _EXPONENT.fullmatch(text.strip()):
        raise TableError(f"{where}: {text[:40]!r} may be {AS_DAYS}")
    if time is None and is_date(text):
        raise TableError(f"{where}: Excel made the date {text} of a time; format the column as text or number")
    if time is None:
        raise TableError(
            f"{where}: {text[:40]!r} is not a time; write seconds, m:ss or h:mm:ss, as in 75.5, 1:15.5 or 0:01:15.5"
        )
    return time


def in_seconds(time: Time, *, unit: str, fps: Fraction | None, where: str) -> float:
    """Return a time in seconds; `unit` applies to numbers that state none, not to clock times and timecodes."""
    unit = time.unit or unit
    if time.form == "clock":
        return time.value
    if time.form == "code":
        rate = require_fps(fps, what=f"{where} {time.code}")
        return float(frames_of(time.code, fps=rate, drop=";" in time.code, where=where) / rate)
    if unit == "frames":
        return float(Fraction(time.value) / require_fps(fps, what=where))
    return time.value * 60 if unit == "min" else time.value / 1000 if unit == "ms" else time.value


@lru_cache(maxsize=2**14)
def parse_time(text: str, decimal: str | None) -> Time | None:
    """Parse a time, as `read_time` does, or return None. Cached, since most fields are looked at several times."""
    text = text.strip()
    if day := _EPOCH.match(text):
        text = text[day.end() :] or "0:00"  # R leaves out midnight
    text = _APART.sub(lambda match: f"{match[1]}{decimal or '.'}{match[2]:0>3}s", text)
    number = _NUMBER.fullmatch(text)
    if number:
        unit = UNIT_WORDS.get(number["unit"].lower() if number["unit"].isalpha() else "s") if number["unit"] else None
        mark = number["mark"] or number["lone"]
        if (number["unit"] and unit is None) or (decimal and mark and mark != decimal):
            return None
        return Time(float(number[1].replace(",", ".")), "number", unit, _step(number[1]))
    clock = _CLOCK.fullmatch(text) or _LETTERED.fullmatch(text)
    if clock and not (decimal and clock[4] and clock[4] != decimal):
        hours, minutes, rest = int(clock[1] or 0), int(clock[2]), float(clock[3].replace(",", "."))
        if rest < 60 and (minutes < 60 or clock[1] is None):
            return Time(3600 * hours + 60 * minutes + rest, "clock", None, _step(clock[3]))
    if CODE.fullmatch(text):
        return Time(0.0, "code", None, 0.0, text)
    return None


def _step(digits: str) -> float:
    """Return the value of the last digit of a number."""
    mantissa, _, power = digits.lower().replace(",", ".").partition("e")
    return float(10.0 ** min(0, int(power or 0) - len(mantissa.partition(".")[2])))
