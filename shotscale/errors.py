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

__all__ = [
    "DependencyError",
    "FilmError",
    "OptionError",
    "OutputError",
    "TableError",
    "UserError",
    "WeightsError",
]


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


def first_line(error: BaseException) -> str:
    r"""Return the first line of a library error's message, or its class name if it has none.

    >>> first_line(ValueError("no row\nin line 3")), first_line(KeyError())
    ('no row', 'KeyError')
    """
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
