"""Names, numbers and paths from the page's fields and URLs."""

import hashlib
import platform
import re
import unicodedata
from contextlib import suppress
from pathlib import Path

import psutil

from shotscale.errors import OptionError
from shotscale.filmpaths import FILM_SUFFIXES

_UNFIT = re.compile(r"[\x00-\x1f/\\]+")
_QUOTED = re.compile(r"^([\"'])(.+)\1$")
_COMMA = re.compile(r"[+-]?\d+,\d+")


def file_name(name: str) -> str:
    """Return a safe name for a file that came from the page; empty if nothing is left of its name.

    Examples
    --------
    >>> file_name("../cuts: final.csv"), file_name("..")
    ('cuts: final.csv', '')
    """
    clean = Path(_UNFIT.sub(" ", name).strip().lstrip(". "))
    return f"{clean.stem[:150]}{clean.suffix[:8]}"


def key_of(film_id: str) -> str:
    """Return the key that stands for a film in URLs."""
    return hashlib.sha256(film_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def number_from_field(text: str) -> str:
    """Replace a decimal comma by a point in a number; return any other text unchanged.

    Examples
    --------
    >>> number_from_field("23,976"), number_from_field("1,2,3")
    ('23.976', '1,2,3')
    """
    return text.replace(",", ".") if _COMMA.fullmatch(text) else text


def path_from_field(text: str, folder: Path) -> Path:
    """Return the absolute path of a file or folder, which may not exist; a relative one starts at `folder`.

    Quotes around it, as some systems copy paths and terminals need them, are left out.

    Raises
    ------
    OptionError
        If no file can have that path, or it may not be looked at.
    """
    try:
        path = folder / Path(_QUOTED.sub(r"\2", text.strip())).expanduser()
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()
    except (OSError, ValueError, RuntimeError) as error:  # no permission; a character of none; no such user
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        raise OptionError(f"{text[:80]!r}: {reason}; correct the path") from error
    return path


def holds_films(folder: Path) -> bool:
    """Return whether there is a film in a folder or its sub-folders; deeper ones are not searched, to answer soon."""
    paths = (path for pattern in ("*", "*/*") for path in folder.glob(pattern) if not path.name.startswith("."))
    return any(path.suffix.lower() in FILM_SUFFIXES for path in paths)


def kept_path(place: Path, folder: Path) -> str:
    """Return a path as a folder's files name it: relative if inside, so that the folder can be moved.

    Examples
    --------
    >>> kept_path(Path("/films/lists/a.csv"), Path("/films")), kept_path(Path("/disk/b.mkv"), Path("/films"))
    ('lists/a.csv', '/disk/b.mkv')
    """
    return str(place.relative_to(folder) if place.is_relative_to(folder) else place)


def free_name(stem: str, taken: set[str]) -> str:
    """Return a unique film name that is valid for a folder, with composed letters as in tables; add it to `taken`."""
    whole = unicodedata.normalize("NFC", stem)
    plain = _UNFIT.sub(" ", "".join(letter for letter in whole if letter.isprintable())).strip().lstrip(".")[:150]
    name, number = plain or "film", 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain or 'film'} {number}"
    taken.add(name.casefold())
    return name


def person() -> str:
    """Return who runs this program, and on which machine."""
    return f"{psutil.Process().username()}@{platform.node()}"
