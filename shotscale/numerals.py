"""Format numbers, times and lists of names for readers, and read the marks of thousands that people write."""

import re
from collections.abc import Iterable, Sequence
from math import isnan

GROUPED = re.compile(
    r"[-+]?[1-9]\d{0,2}(?P<mark>[.,' \u00a0\u2009\u202f\u2019])\d{3}(?:(?P=mark)\d{3})*(?P<rest>(?!(?P=mark))[.,]\d*)?"
    r"(?:\s*[a-z]+\.?)?",
    re.IGNORECASE,
)
"""A number with marks of thousands, perhaps with a unit: 1.200.000, 1,234.5, 1'200 and, with any space, 1 234,5 ms."""


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """Format a count with its noun; the plural adds an s unless it is given.

    Examples
    --------
    >>> counted(1, "film"), counted(1205, "shot"), counted(0, "class", "classes")
    ('1 film', '1,205 shots', '0 classes')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """Format a duration in hours, minutes and seconds.

    Examples
    --------
    >>> duration(7265.4), duration(52.2)
    ('2 h 01 min', '52 s')
    """
    hours, rest = divmod(round(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def timecode(time: float) -> str:
    """Format a time in a film, to the tenth of a second.

    Examples
    --------
    >>> timecode(3725.46), timecode(59.96)
    ('1:02:05.5', '0:01:00.0')
    """
    minutes, tenths = divmod(round(time * 10), 600)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{tenths / 10:04.1f}"


def clock(seconds: float) -> str:
    """Format a time as m:ss or h:mm:ss, with hundredths if it is not a whole second.

    Examples
    --------
    >>> clock(75), clock(3725.5)
    ('1:15', '1:02:05.50')
    """
    whole, hundredths = divmod(round(100 * seconds), 100)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    told = f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    return f"{told}.{hundredths:02d}" if hundredths else told


def seconds(length: float) -> str:
    """Format a length in seconds with three digits.

    Examples
    --------
    >>> seconds(0.48), seconds(12.34), seconds(140.2)
    ('0.48 s', '12.3 s', '140 s')
    """
    digits = 2 if length < 10 else 1 if length < 100 else 0
    return f"{length:.{digits}f} s"


def percent(share: float) -> str:
    """Format a share between 0 and 1 as a whole percentage; a share above 0 is never shown as 0.

    Examples
    --------
    >>> percent(0.418), percent(0.0), percent(0.002)
    ('42 %', '0 %', '<1 %')
    """
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def level(confidence: float) -> str:
    """Format a confidence as the percentage it is, not rounded to a whole one.

    Examples
    --------
    >>> level(0.8), level(0.995)
    ('80 %', '99.5 %')
    """
    return f"{100 * confidence:.10g} %"


def plain(value: float) -> str:
    """Format a number with two decimals and a true minus sign.

    Examples
    --------
    >>> plain(-0.254), plain(-0.001)
    ('−0.25', '0.00')
    """
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")  # adding 0 makes −0 a 0


def signed(value: float) -> str:
    """Format a number with two decimals and its sign.

    Examples
    --------
    >>> signed(-0.5), signed(1.25)
    ('−0.50', '+1.25')
    """
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def p_figure(p: float) -> str:
    """Format a p-value with three decimals, for a table column; one below 0.001 is never shown as 0.

    Examples
    --------
    >>> p_figure(0.0312), p_figure(0.0001), p_figure(float("nan"))
    ('0.031', '<.001', '–')
    """
    return "–" if isnan(p) else "<.001" if p < 0.001 else f"{p:.3f}"


def p_value(p: float, name: str = "p") -> str:
    """Format a p- or q-value with its name.

    Examples
    --------
    >>> p_value(0.0312), p_value(0.0001), p_value(0.4, "q"), p_value(float("nan"))
    ('p = 0.031', 'p < 0.001', 'q = 0.40', 'p –')
    """
    if isnan(p):
        return f"{name} –"
    if p < 0.001:
        return f"{name} < 0.001"
    return f"{name} = {p:.3f}" if p < 0.1 else f"{name} = {p:.2f}"


def some_of(items: Iterable[object], *, most: int = 6) -> str:
    """List the first few items and count the rest.

    Examples
    --------
    >>> some_of(range(9), most=3), some_of(["Persona", "Fargo"])
    ('0, 1, 2 and 6 more', 'Persona, Fargo')
    """
    listed = [str(item) for item in items]
    rest = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {rest} more" if rest > 0 else "")


def without_groups(texts: Sequence[str], *, sure: str = "") -> list[str]:
    """Return a column's texts without the mark that groups thousands, if it can be nothing else.

    It can be nothing else if some number has it twice, or a decimal mark as well, or if it is an apostrophe, a space
    that spreadsheets alone write or one of the marks that are `sure`; all numbers that have it must be so grouped.

    Examples
    --------
    >>> without_groups(["1.200.000", "950.000"]), without_groups(["1.200", "950.000"])
    (['1200000', '950000'], ['1.200', '950.000'])
    """
    found = [match for match in map(GROUPED.fullmatch, texts) if match]
    marks = {match["mark"] for match in found if match["mark"] in sure or _is_sure(match)}
    mark = marks.pop() if len(marks) == 1 else None
    if mark is None or any(mark in text for text in texts if not _is_grouped(text, mark)):
        return [*texts]
    return [text.replace(mark, "") if _is_grouped(text, mark) else text for text in texts]


def _is_sure(match: re.Match[str]) -> bool:
    return match["mark"] not in "., " or bool(match["rest"]) or match[0].count(match["mark"]) > 1


def _is_grouped(text: str, mark: str) -> bool:
    match = GROUPED.fullmatch(text)
    return match is not None and match["mark"] == mark
