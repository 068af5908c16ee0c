"""Numbers and times formatted for readers."""

from math import isnan

from authorship.features import CODEBOOK

__all__ = ["feature_value", "percent", "seconds", "signed", "timecode"]


def timecode(time: float) -> str:
    """Write a time in a film, to the tenth of a second.

    Examples
    --------
    >>> timecode(3725.46), timecode(59.96)
    ('1:02:05.5', '0:01:00.0')
    """
    tenths = round(time * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{tenths / 10:04.1f}"


def seconds(length: float) -> str:
    """Write a length with a sensible number of digits.

    Examples
    --------
    >>> seconds(0.48), seconds(12.34), seconds(140.2)
    ('0.48 s', '12.3 s', '140 s')
    """
    digits = 2 if length < 10 else 1 if length < 100 else 0
    return f"{length:.{digits}f} s"


def percent(share: float) -> str:
    """Write a share between 0 and 1 as a whole percentage; a nonzero share is never written as 0.

    Examples
    --------
    >>> percent(0.418), percent(0.0), percent(0.002)
    ('42 %', '0 %', '<1 %')
    """
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def signed(value: float) -> str:
    """Write log-odds with their sign, using a true minus.

    Examples
    --------
    >>> signed(-0.5), signed(1.25)
    ('−0.50', '+1.25')
    """
    return f"{value:+.2f}".replace("-", "−")


def feature_value(name: str, value: float) -> str:
    """Write a feature's value with its unit, a dash if it is undefined."""
    if isnan(value):
        return "–"
    unit = CODEBOOK[name].unit
    return f"{value:.{1 if abs(value) >= 10 else 2}f}" + (f" {unit}" if unit in ("s", "1/min", "bit") else "")
