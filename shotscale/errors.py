"""Every error that a user can mend, in one tree.

Each message is one line that holds the value at fault, the rule that it breaks and the remedy, in that
order. Each class is also the built-in that a caller who has never heard of this package would catch.
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


class UserError(Exception):
    """Something that the user gave cannot be used; the message says what to do instead."""


class FilmError(UserError, ValueError):
    """A file that is not a film which can be decoded."""


class TableError(UserError, ValueError):
    """A table (shots, scales, annotations, features) that breaks its contract."""


class WeightsError(UserError, ValueError):
    """Network weights that are cut short, of another architecture or without their description."""


class OptionError(UserError, ValueError):
    """An option outside its allowed values."""


class OutputError(UserError, OSError):
    """A place that cannot be written to."""


class DependencyError(UserError, ImportError):
    """An optional library that is not installed."""
