"""Report how shot lists were read."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from shotscale.cli.terminal import report_error, stderr, tell
from shotscale.errors import UserError
from shotscale.filmpaths import in_table
from shotscale.numerals import counted
from shotscale.titles_hint import clock

if TYPE_CHECKING:
    from shotscale.film import Film

__all__ = ["Teller"]


class Teller:
    """Prints on stderr how shot lists and codings were read, and what was assumed or left out.

    Of a table of several films, it tells each way of reading once, with the first film that was read so. `errors` are
    those of films that could not be read.
    """

    def __init__(self) -> None:
        self._told: dict[Path, set[str]] = {}
        self.errors: list[UserError] = []

    def tell_errors(self) -> None:
        """Report each film that is left out because it cannot be read, and their number."""
        for error in self.errors:
            report_error("authorship", error)
        if self.errors:
            stderr.print(f"authorship: {counted(len(self.errors), 'film')} left out")

    def exit(self) -> None:
        """End with exit status 2 if films were left out."""
        if self.errors:
            raise typer.Exit(2)

    def tell(self, film: "Film", *, notes: bool = True) -> "Film":
        """Report how a film's shot list, if any, was read, and its notes; return the film."""
        if film.shots is None:
            if notes:
                tell("authorship", Path(film.path), *film.limits[1:])  # the first says that it is a coding
            return film
        if not film.shots_given:
            return film
        shots = film.provenance["shots"]
        named = in_table(film.path)
        path = Path(film.path) if named is None else named[0]
        told = self._told.setdefault(path, set())
        way = shots["understood"].partition("; ")[0]  # without the film's own shots
        if way not in told:
            of_film = shots["understood"] if named is None else f"{named[1]!r} {shots['understood']}"
            tell("authorship", path, of_film if named is None or told else f"{shots['films']}; {of_film}")
            told.add(way)
        if notes:
            tell("authorship", Path(film.path), *shots["notes"], *_part(film))
        return film


def _part(film: "Film") -> list[str]:
    """Return which part of a list was measured, if the user, or the film's row in a table, says so."""
    part = film.part
    if part is None or (part.chosen != "given" and part.speed == 1):
        return []
    fast = "" if part.speed == 1 else f", as a file that runs {100 * (part.speed - 1):+.1f} % fast"
    return [f"Measured from {clock(part.begin)} to {clock(part.end)}{fast}."]
