"""A coder's operations on a film's shots, and their JSON form.

Conventions
-----------
In JSON an operation is an object with ``do`` (``split``, ``merge``, ``move``, ``kind``, ``code``, ``uncode``,
``begin``, ``end``) and its values: times in seconds, scales as abbreviations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, get_args

from shotscale.errors import OptionError
from shotscale.scales import ShotScale
from shotscale.tables import LATEST

__all__ = [
    "Begin",
    "Code",
    "End",
    "Kind",
    "Merge",
    "Move",
    "Operation",
    "Split",
    "Uncode",
    "as_time",
    "operation_from_json",
    "operation_to_json",
    "time_from_json",
]

_DECIMALS = 6  # as in `shotscale.tables`


def as_time(seconds: float) -> float:
    """Round a time as in shot tables.

    Examples
    --------
    >>> as_time(1 / 3)
    0.333333
    """
    return round(float(seconds), _DECIMALS)


@dataclass(frozen=True, slots=True)
class Split:
    """A cut at `time`, inside a shot."""

    time: float


@dataclass(frozen=True, slots=True)
class Merge:
    """No boundary at `time`: the shot that starts there belongs to the one before."""

    time: float


@dataclass(frozen=True, slots=True)
class Move:
    """The boundary at `time` moves to `to`."""

    time: float
    to: float


@dataclass(frozen=True, slots=True)
class Kind:
    """The boundary at `time` is a ``cut``, ``dissolve``, ``fade`` or ``wipe``."""

    time: float
    kind: str


@dataclass(frozen=True, slots=True)
class Code:
    """The shot that starts at `time` is confirmed and has this scale, `None` if unknown."""

    time: float
    scale: ShotScale | None


@dataclass(frozen=True, slots=True)
class Uncode:
    """The shot that starts at `time` is open again."""

    time: float


@dataclass(frozen=True, slots=True)
class Begin:
    """The film begins with the shot that starts at `time`; what comes before is no part of it."""

    time: float


@dataclass(frozen=True, slots=True)
class End:
    """The film ends with the shot that starts at `time`; what comes after is no part of it."""

    time: float


Operation = Split | Merge | Move | Kind | Code | Uncode | Begin | End
"""What a coder may do to a film's shots in one step."""

_NAMES: dict[str, type[Operation]] = {kind.__name__.lower(): kind for kind in get_args(Operation)}


def operation_to_json(operation: Operation) -> dict[str, Any]:
    """Return an operation as a JSON-ready dict.

    Examples
    --------
    >>> operation_to_json(Code(1.5, ShotScale.LONG_SHOT))
    {'do': 'code', 'time': 1.5, 'scale': 'LS'}
    """
    values = {field.name: _WRITE[field.name](getattr(operation, field.name)) for field in fields(operation)}
    return {"do": type(operation).__name__.lower(), **values}


def operation_from_json(written: object) -> Operation:
    """Read an operation; `OptionError` if it is invalid.

    Examples
    --------
    >>> operation_from_json({"do": "move", "time": 1, "to": 1.04})
    Move(time=1.0, to=1.04)
    """
    if not isinstance(written, Mapping) or not isinstance(written.get("do"), str) or written["do"] not in _NAMES:
        raise OptionError(f"{str(written)[:80]}: not a correction; do is one of {', '.join(_NAMES)}")
    kind = _NAMES[written["do"]]
    return kind(**{field.name: _READ[field.name](written.get(field.name)) for field in fields(kind)})


def time_from_json(value: object, name: str = "time") -> float:
    """Read a time from untrusted input; `OptionError` if it is invalid.

    Examples
    --------
    >>> time_from_json(3.00000049)
    3.0
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not -LATEST <= value <= LATEST:
        raise OptionError(f"{name} = {str(value)[:40]}: seconds of a film are needed; give a number up to {LATEST:g}")
    return as_time(value)


def _scale(value: object) -> ShotScale | None:
    if value is None:
        return None
    try:
        return ShotScale.from_abbreviation(str(value)[:8])
    except ValueError as error:
        raise OptionError(f"{error}; choose one of them") from error


_WRITE: dict[str, Callable[[Any], object]] = {
    "time": as_time,
    "to": as_time,
    "kind": str,
    "scale": lambda scale: scale and scale.abbreviation,
}
_READ: dict[str, Callable[[object], Any]] = {
    "time": time_from_json,
    "to": partial(time_from_json, name="to"),
    "kind": str,
    "scale": _scale,
}
"""How each value of an operation is written as JSON, and how it is read."""
