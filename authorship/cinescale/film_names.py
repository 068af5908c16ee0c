"""Film titles in several languages and spellings, and directors by surname or full name.

Conventions
-----------
Two titles are the same if they agree letter for letter, ignoring case, diacritics, spaces and punctuation, with or
without the director's surname in them (*Fellini's Casanova*, *Satyricon*). Titles that nearly agree are different:
there is no fuzzy matching.
"""

import re
from dataclasses import dataclass
from functools import cache

from authorship.names import fold_name


@dataclass(frozen=True)
class Titles:
    """The titles of one film, as written; the first is the one displayed.

    Examples
    --------
    >>> ours, theirs = Titles.of(1977, "Das Schlangenei", "The Serpent's Egg"), Titles.of(1977, "The Serpent’s Egg")
    >>> ours.share_a_title(theirs), ours.years_apart(theirs)
    (True, 0)
    """

    year: int | None
    names: tuple[str, ...]

    @classmethod
    def of(cls, year: int | None, *names: str) -> "Titles":
        """Take titles as written, dropping empty ones."""
        return cls(year, tuple(dict.fromkeys(name for name in names if name)))

    def joined(self, other: "Titles") -> "Titles":
        """Add another source's titles, and its year if this one has none."""
        return Titles(self.year if self.year is not None else other.year, (*self.names, *other.names))

    def keys(self, director: str = "") -> frozenset[str]:
        """Return the titles reduced to letters and digits, with and without the director's surname."""
        family = surname(director)
        keys = {fold_name(name) for name in self.names}
        if family:
            keys |= {_without(name, family) for name in self.names}
        return frozenset(keys - {""})

    def share_a_title(self, other: "Titles") -> bool:
        """Return whether the two have a title in common."""
        return bool(self.keys() & other.keys())

    def years_apart(self, other: "Titles") -> int:
        """Return the number of years between the two; 0 if either is unknown."""
        return abs(self.year - other.year) if self.year is not None and other.year is not None else 0


def surname(director: str) -> str:
    """Return the last word of a name, reduced to its letters.

    Examples
    --------
    >>> surname("Béla Tarr") == surname("tarr")
    True
    """
    words = director.replace("_", " ").split()
    return fold_name(words[-1]) if words else ""


def full_name(director: str) -> str:
    """Return the full name of the built-in table's director with this surname; else the name unchanged.

    Examples
    --------
    >>> full_name("bergman"), full_name("Agnès Varda")
    ('Ingmar Bergman', 'Agnès Varda')
    """
    return _full_names().get(surname(director), director) if len(director.split()) < 2 else director


@cache
def _full_names() -> dict[str, str]:
    from authorship.reference.table import builtin_reference

    return {surname(name): name for name in builtin_reference().candidates}


def _without(title: str, family: str) -> str:
    """Drop the director's surname, possessive or not, from a title; a title that is only the surname stays."""
    words = [word for word in re.split(r"[\s_]+", title) if fold_name(re.sub(r"['’]s$", "", word)) != family]
    return fold_name(" ".join(words)) or fold_name(title)
