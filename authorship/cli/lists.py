"""Report how shot lists were read."""

from pathlib import Path
from typing import TYPE_CHECKING

from shotscale.cli.terminal import LeftOut, film_progress, tell
from shotscale.filmpaths import in_table
from shotscale.numerals import clock
from shotscale.shotlists import parse_fps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from shotscale.film import Film
    from shotscale.part import PartOptions


class Teller(LeftOut):
    """Prints on stderr how shot lists and codings were read, and what was assumed or left out.

    Of a table of several films, it tells each way of reading once, with the first film that was read so. `fps` is the
    frame rate that was given for lists.
    """

    def __init__(self, *, fps: str | None = None) -> None:
        super().__init__("authorship")
        self.fps = None if fps is None else parse_fps(fps)
        self._told: dict[Path, set[str]] = {}

    def films(self, paths: "Iterable[Path]", part: "PartOptions") -> "Iterator[tuple[str, Film]]":
        """Open the films of paths, named, and tell of each; `part` goes before what a table says."""
        from authorship.opening import open_films

        with film_progress("films") as progress:
            yield from open_films(
                paths, part=part, fps=self.fps, opened=self.tell, on_error=self.on_error, progress=progress
            )

    def corpus(self, place: Path, label: str) -> "pd.DataFrame":
        """Measure a corpus and tell of its films."""
        from authorship.own_reference import read_corpus

        with film_progress("films") as progress:
            return read_corpus(
                place, label=label, fps=self.fps, opened=self.tell, on_error=self.on_error, progress=progress
            )

    def film(self, path: Path, part: "PartOptions", *, weights: Path | None = None, notes: bool = True) -> "Film":
        """Open a film and tell of it."""
        from authorship.opening import open_film

        with film_progress(path.name) as progress:
            film = open_film(path, part=part, fps=self.fps, weights=weights, progress=progress)
        return self.tell(film, notes=notes)

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
