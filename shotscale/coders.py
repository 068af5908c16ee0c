"""Coders of an analyzed film: their names and correction files."""

import os
import re
from pathlib import Path

from shotscale.errors import OptionError

__all__ = ["check_coder", "is_untouched", "journal_path", "list_coders"]

_PREFIX, _SUFFIX = "corrections-", ".jsonl"
_NAME = re.compile(r"[\w][\w.-]{0,63}", flags=re.ASCII)


def check_coder(name: str) -> str:
    """Return a coder's name, or raise `OptionError` if it cannot be part of a file name."""
    if not _NAME.fullmatch(name):
        raise OptionError(f"{name[:80]!r}: a coder's name is unaccented letters, digits, - _ and . alone; choose one")
    return name


def journal_path(folder: Path, coder: str) -> Path:
    """Return the path of a coder's corrections beside an analysis."""
    return folder / f"{_PREFIX}{check_coder(coder)}{_SUFFIX}"


def list_coders(folder: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the names of the coders who have corrections beside an analysis, in alphabetical order."""
    paths = (path for path in Path(folder).glob(f"{_PREFIX}*{_SUFFIX}") if not is_untouched(path))
    return tuple(sorted(path.name.removeprefix(_PREFIX).removesuffix(_SUFFIX) for path in paths))


def is_untouched(path: Path) -> bool:
    r"""Return whether a coder's file has only its first line, as while a film is looked at.

    A damaged or unreadable file is not untouched: whoever reads it says what is wrong.

    Examples
    --------
    >>> _ = Path("corrections-anna.jsonl").write_text('{"coder": "anna"}\n')
    >>> is_untouched(Path("corrections-anna.jsonl")), list_coders(".")
    (True, ())
    """
    try:
        with path.open("rb") as stream:
            return stream.readline().endswith(b"\n") and not stream.readline().endswith(b"\n")
    except OSError:
        return False
