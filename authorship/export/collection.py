"""The films to export, with the columns of their manifest."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import pandas as pd

from authorship.found_films import FoundFilm, name_films, walk_films
from authorship.opening import open_film
from shotscale.errors import FilmError, UserError, readable
from shotscale.film import Film
from shotscale.filmpaths import is_analysis, is_stored_film
from shotscale.part import PartOptions
from shotscale.scales import ShotScale

_BEYOND = (ShotScale.FOREGROUND_SHOT.abbreviation, ShotScale.INSERT_SHOT.abbreviation)


@dataclass(frozen=True, slots=True)
class Extent:
    """What must be known of every film before a table of all films is begun.

    `n_samples` is `None` without a scale track; `beyond` is whether a sample is a foreground or an insert shot, which
    have no place in the order of scales.
    """

    n_shots: int
    n_samples: int | None
    beyond: bool

    @classmethod
    def of(cls, film: Film) -> "Extent":
        """Measure a film."""
        track, n_shots = film.scales, 0 if film.shots is None else len(film.shots)
        if track is None:
            return cls(n_shots, None, False)
        return cls(n_shots, len(track), "scale" in track and bool(track["scale"].isin(_BEYOND).any()))


@dataclass(frozen=True, eq=False)
class CollectedFilm:
    """A film and its name in the tables.

    A film that is slow to open is kept in `opened`; the others are read from disk on demand, so that a corpus of any
    size fits in memory.
    """

    name: str
    path: Path
    opened: Film | None = None
    part: PartOptions | None = None

    @property
    def film(self) -> Film:
        """The film's tables, read again unless `opened`; `FilmError` if it has changed since it was first read."""
        try:
            film = self.opened if self.opened is not None else open_film(self.path, part=self.part)
        except OSError as error:
            raise FilmError(f"{self.path}: cannot be read ({error.strerror or error}); check the path") from error
        extent = Extent.of(film)
        if vars(self).setdefault("extent", extent) != extent:
            raise FilmError(f"{self.path}: has changed since it was first read; begin again")
        return film

    @cached_property
    def extent(self) -> Extent:
        """The film's extent; reading the film stores it here, so that it needs no separate reading."""
        return Extent.of(self.film)


@dataclass(frozen=True, eq=False)
class Collection:
    """Films, and a row of facts for each, from the tables that name them (`authorship.found_films.walk_films`).

    Facts are missing where a table does not give them; a fact that no film has is no column.
    """

    films: Sequence[CollectedFilm]
    facts: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", self.facts.dropna(axis="columns", how="all"))


def collect_films(
    paths: Iterable[Path],
    *,
    part: PartOptions | None = None,
    fps: Fraction | None = None,
    report: Callable[[str], None] | None = None,
    opened: Callable[[Film], Film] = lambda film: film,
    on_error: Callable[[UserError], object] | None = None,
) -> Collection:
    r"""Open films, and read the manifest ``films.csv`` of each folder that has one.

    Parameters
    ----------
    paths : paths
        Saved analyses, folders of them, stores, shot lists or films; a film is decoded.
    part : PartOptions, optional
        The part of each file that is the film; by default as given in the columns ``from``, ``to`` and ``speed`` of its
        manifest, otherwise the whole.
    fps : Fraction, optional
        Frames per second of lists that count frames.
    report : callable, optional
        Called with the name of each film that is opened here (shot lists, and films to decode), before it is opened.
    opened : callable, optional
        Receives each such film after it is opened, and returns it.
    on_error : callable, optional
        As for `shotscale.errors.readable`.

    Raises
    ------
    FilmError, TableError
        Without `on_error`, at the first film that cannot be read: a table without it would pass for complete.

    Examples
    --------
    >>> _ = Path("shots.csv").write_text("start,end\n0,4\n4,6.5\n")
    >>> collection = collect_films([Path("shots.csv")])
    >>> [film.extent.n_shots for film in collection.films]
    [2]
    """
    found = walk_films(paths, strict=True)
    return collect_found(found, part=part, fps=fps, report=report, opened=opened, on_error=on_error)


def collect_found(
    found: Iterable[FoundFilm],
    *,
    part: PartOptions | None = None,
    fps: Fraction | None = None,
    report: Callable[[str], None] | None = None,
    opened: Callable[[Film], Film] = lambda film: film,
    on_error: Callable[[UserError], object] | None = None,
) -> Collection:
    """Open films that were found, like `collect_films`."""

    def collected(film: FoundFilm) -> CollectedFilm:
        lasting = is_stored_film(film.path) or is_analysis(film.path)
        if report is not None and not lasting:
            report(film.name)
        its = (part or PartOptions()).over(film.part)
        kept = None if lasting else opened(open_film(film.path, part=its, fps=fps))
        one = CollectedFilm(film.name, film.path, kept, its)
        if on_error is not None:
            _ = one.extent  # reads it, so that its errors come now
        return one

    kept = list(readable(name_films(found), collected, on_error))
    facts = pd.DataFrame([film.facts for film, _ in kept], index=range(len(kept)))
    return Collection([one for _, one in kept], facts)
