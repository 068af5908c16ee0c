"""Report how shot lists were read."""

from pathlib import Path
from typing import TYPE_CHECKING

from shotscale.cli.listoptions import tell
from shotscale.filmpaths import in_table

if TYPE_CHECKING:
    from authorship.film import Film

__all__ = ["Teller"]


class Teller:
    """Prints on stderr how each shot list was read, with one line for a table of several films."""

    def __init__(self) -> None:
        self._told: set[Path] = set()

    def tell(self, film: "Film") -> "Film":
        """Report how a film's shot list, if any, was read, once per table; return the film."""
        if not film.shots_given:
            return film
        shots = film.provenance["shots"]
        named = in_table(film.path)
        path = Path(film.path) if named is None else named[0]
        if path in self._told:
            return film
        self._told.add(path)
        if named is None:
            tell("authorship", path, shots["understood"])
        else:
            tell("authorship", path, f"{shots['films']}; {named[1]!r} {shots['understood']}")
        return film
