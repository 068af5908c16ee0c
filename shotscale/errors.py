"""All errors that a user can fix, in one hierarchy.

Each message is one line with the value at fault, the rule that it breaks and the remedy, in that order. In any value,
line breaks become spaces, unprintable characters are escaped, and the middle of a very long message is left out. Each
class also derives from the built-in exception that a caller who does not know this package would catch.

Examples
--------
>>> for error in (FilmError, TableError, WeightsError, OptionError, OutputError, DependencyError):
...     print(error.__name__, issubclass(error, UserError), error.__bases__[1].__name__)
FilmError True ValueError
TableError True ValueError
WeightsError True ValueError
OptionError True ValueError
OutputError True OSError
DependencyError True ImportError
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

__all__ = [
    "DependencyError",
    "FilmError",
    "OptionError",
    "OutputError",
    "TableError",
    "UserError",
    "WeightsError",
    "readable",
]

_Named = TypeVar("_Named")
_Read = TypeVar("_Read")

_LONGEST, _KEPT_END = 1000, 250  # characters: a path and a sentence; the remedy is at the end


class UserError(Exception):
    r"""User input that cannot be used; the message says what to do instead.

    Examples
    --------
    >>> print(TableError("x.csv: end = a\nb in row 3: a finite number is needed; correct the row"))
    x.csv: end = a b in row 3: a finite number is needed; correct the row
    """

    def __init__(self, message: str = "") -> None:
        line = "".join(
            letter if letter.isprintable() else letter.encode("unicode_escape").decode()
            for letter in " ".join(message.split())
        )
        if len(line) > _LONGEST:
            line = f"{line[: _LONGEST - _KEPT_END]} ... {line[-_KEPT_END:]}"
        super().__init__(line)


class FilmError(UserError, ValueError):
    """A file that is not a decodable film."""


class TableError(UserError, ValueError):
    """A table (shots, scales, annotations, features) that breaks its contract."""


class WeightsError(UserError, ValueError):
    """Network weights that are truncated, of another architecture, or without a description."""


class OptionError(UserError, ValueError):
    """An option outside its allowed values."""


class OutputError(UserError, OSError):
    """A place that cannot be written to."""


class DependencyError(UserError, ImportError):
    """An optional library that is not installed."""


def readable(
    films: Iterable[_Named], read: Callable[[_Named], _Read], on_error: Callable[[UserError], object] | None = None
) -> Iterator[tuple[_Named, _Read]]:
    r"""Yield films with what `read` returns of each, without those of which it fails, whose errors `on_error` gets.

    Without `on_error`, or of one film, the error is raised; if none of several films is left, a `FilmError`.

    Examples
    --------
    >>> from shotscale.shotlists import parse_fps
    >>> [float(rate) for _, rate in readable(["25", "none", "24"], parse_fps, print)]
    --fps none: not a frame rate; write 25, 23.976 or 24000/1001
    [25.0, 24.0]
    """
    asked = list(films)
    left = False
    for film in asked:
        try:
            one = read(film)
        except UserError as error:
            if on_error is None or len(asked) == 1:
                raise
            on_error(error)
        else:
            left = True
            yield film, one
    if asked and not left:
        raise FilmError(f"none of the {len(asked):,} films can be read, as said of each; correct them")


def first_line(error: BaseException) -> str:
    r"""Return the first line of a library error's message, or its class name if it has none.

    >>> first_line(ValueError("no row\nin line 3")), first_line(KeyError())
    ('no row', 'KeyError')
    """
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
