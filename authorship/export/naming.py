"""Variable names that each program accepts."""

import re
import unicodedata
from collections.abc import Callable, Sequence

STATA_LENGTH = 32
"""Maximum characters of a Stata name, whatever the script."""

SPSS_LENGTH = 64
"""Maximum UTF-8 bytes of an SPSS name: a Cyrillic letter takes two, a Chinese one three."""

# Reserved words of Stata and of its matrix language, which pandas also avoids.
_STATA_RESERVED = frozenset(
    "aggregate array boolean break byte case catch class colvector complex const continue default delegate delete do "
    "double else eltypedef end enum explicit export external float for friend function global goto if inline int local "
    "long null pragma protected quad rowvector short typedef typename virtual _all _n _skip _b _pi in _pred strl _coef "
    "_rc using _cons _se with".split()
)
_SPSS_RESERVED = frozenset("all and by eq ge gt le lt ne not or to with".split())


def stata_names(names: Sequence[str]) -> list[str]:
    """Return valid Stata names: letters of any script, digits and _, at most 32 characters, none reserved.

    Examples
    --------
    >>> stata_names(["year", "made in", "made-in", "2nd title", "end", "année"])
    ['year', 'made_in', 'made_in_2', '_2nd_title', 'end_', 'année']
    """

    def usable(name: str) -> str:
        name = re.sub("[\x80-\xbf]", "_", name)  # letters and digits such as º and ², which pandas does not take
        reserved = name.lower() in _STATA_RESERVED or re.fullmatch(r"str\d+", name.lower())
        return f"{name}_" if reserved else name

    return _distinct([usable(_worded(name)) for name in names], lambda name: len(name) <= STATA_LENGTH)


def spss_names(names: Sequence[str]) -> list[str]:
    """Return valid SPSS names: a letter first, at most 64 bytes, no trailing underscore, none reserved.

    Examples
    --------
    >>> spss_names(["year", "_note_", "2nd title", "by", "режиссёр"])
    ['year', 'v_note', 'v_2nd_title', 'by1', 'режиссёр']
    """

    def usable(name: str) -> str:
        name = name.rstrip("_") or "v"
        name = f"v{name}" if not name[0].isalpha() else name
        return f"{name}1" if name.lower() in _SPSS_RESERVED else name

    return _distinct([usable(_worded(name)) for name in names], lambda name: len(name.encode()) <= SPSS_LENGTH)


def _worded(name: str) -> str:
    """Replace everything but letters (of any script), digits and _; prefix a leading digit with _."""
    composed = unicodedata.normalize("NFC", name)
    word = re.sub(r"\W", "_", composed) or "v"
    return f"_{word}" if word[0].isdigit() else word


def _distinct(names: Sequence[str], fits: Callable[[str], bool]) -> list[str]:
    """Shorten names until they fit, and number duplicates, ignoring case."""
    taken: set[str] = set()
    given = []
    for name in names:
        number, candidate = 1, _shortened(name, "", fits)
        while candidate.casefold() in taken:
            number += 1
            candidate = _shortened(name, f"_{number}", fits)
        taken.add(candidate.casefold())
        given.append(candidate)
    return given


def _shortened(name: str, ending: str, fits: Callable[[str], bool]) -> str:
    cut = name
    while not fits(cut + ending):
        cut = cut[:-1]
    if cut != name and cut.endswith("_"):  # SPSS refuses a trailing _; without it, the name might be reserved
        cut = f"{cut[:-1]}v"
    return cut + ending
