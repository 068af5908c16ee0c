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
    """Something that the user gave cannot be used; the message says what to do instead.

    Examples
    --------
    >>> issubclass(TableError, UserError) and issubclass(FilmError, UserError)
    True
    """


class FilmError(UserError, ValueError):
    """A file that is not a film which can be decoded.

    Examples
    --------
    >>> issubclass(FilmError, UserError), str(FilmError("film.mkv: no such file; check the path"))
    (True, 'film.mkv: no such file; check the path')
    """


class TableError(UserError, ValueError):
    """A table (shots, scales, annotations, features) that breaks its contract.

    Examples
    --------
    >>> str(TableError("shots.csv: end = 0 in row 3: a shot ends after it starts; correct the row"))
    'shots.csv: end = 0 in row 3: a shot ends after it starts; correct the row'
    """


class WeightsError(UserError, ValueError):
    """Network weights that are cut short, of another architecture or without their description.

    Examples
    --------
    >>> str(WeightsError("net.safetensors: cut short; fetch it again"))
    'net.safetensors: cut short; fetch it again'
    """


class OptionError(UserError, ValueError):
    """An option outside its allowed values.

    Examples
    --------
    >>> str(OptionError("confidence 2: lies between 0 and 1; 0.8 is usual"))
    'confidence 2: lies between 0 and 1; 0.8 is usual'
    """


class OutputError(UserError, OSError):
    """A place that cannot be written to.

    Examples
    --------
    >>> str(OutputError("results: exists already; choose another name"))
    'results: exists already; choose another name'
    """


class DependencyError(UserError, ImportError):
    """An optional library that is not installed.

    Examples
    --------
    >>> str(DependencyError("sav: needs pyreadstat; pip install 'film-authorship[export]'"))
    "sav: needs pyreadstat; pip install 'film-authorship[export]'"
    """
