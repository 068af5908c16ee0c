"""The films to export, with the columns of their manifest."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from authorship.opening import corpus_films, find_films, name_films, open_film
from shotscale.errors import FilmError
from shotscale.film import Film
from shotscale.filmpaths import is_analysis, is_store, is_stored_film
from shotscale.manifests import read_manifest
from shotscale.part import PartOptions
from shotscale.scales import ShotScale

__all__ = ["CollectedFilm", "Collection", "Extent", "collect_films"]

_MANIFEST = "films.csv"
_BEYOND = (ShotScale.FOREGROUND_SHOT.abbreviation, ShotScale.INSERT_SHOT.abbreviation)

Facts = dict[str, object]


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
    """Films and the given facts about them: the manifests' columns except ``film``, one row per film.

    There are no columns without a manifest, and missing values for facts that a manifest does not give.
    """

    films: Sequence[CollectedFilm]
    facts: pd.DataFrame = field(default_factory=pd.DataFrame)


def collect_films(
    paths: Iterable[Path],
    *,
    part: PartOptions | None = None,
    report: Callable[[str], None] | None = None,
    opened: Callable[[Film], Film] = lambda film: film,
) -> Collection:
    r"""Open films, and read the manifest ``films.csv`` of each folder that has one.

    Parameters
    ----------
    paths : paths
        Saved analyses, folders of them, stores, shot lists or films; a film is decoded.
    part : PartOptions, optional
        The part of each file that is the film; by default as given in the columns ``from``, ``to`` and ``speed`` of its
        manifest, otherwise the whole.
    report : callable, optional
        Called with the name of each film that is opened here (shot lists, and films to decode), before it is opened.
    opened : callable, optional
        Receives each such film after it is opened, and returns it.

    Raises
    ------
    FilmError, TableError
        At the first film that cannot be read: a table without it would pass for complete.

    Examples
    --------
    >>> _ = Path("shots.csv").write_text("start,end\n0,4\n4,6.5\n")
    >>> collection = collect_films([Path("shots.csv")])
    >>> [film.extent.n_shots for film in collection.films]
    [2]
    """
    found: list[Path] = []
    facts: dict[Path, Facts] = {}
    for path in paths:
        manifest = path / _MANIFEST
        corpus = corpus_films(path)
        if corpus is not None:
            of_corpus = [Path(film) for film in corpus.pop("film")]
            rows = _records(corpus.dropna(axis="columns", how="all"))
            facts |= dict(zip([film.resolve() for film in of_corpus], rows, strict=True))
            found.extend(of_corpus)
        elif not manifest.is_file():
            films_of_path = [*find_films([path])]
            found.extend(films_of_path)
            store = path.parent if is_stored_film(path) else path
            if is_store(store):
                facts |= _stored_facts(store, films_of_path)
        else:
            listed = _read_facts(manifest)
            facts |= {film.resolve(): row for film, row in listed.items()}
            found.extend([*_films_inside(path), *listed])
    once: dict[Path, Path] = {}
    for path in found:
        once.setdefault(path.resolve(), path)
    names = name_films(list(once.values()))
    films = []
    for path, name in names.items():
        lasting = is_stored_film(path) or is_analysis(path)
        if report is not None and not lasting:
            report(name)
        its = (part or PartOptions()).over(PartOptions.of_row(facts.get(path.resolve(), {}), where=str(path)))
        films.append(CollectedFilm(name, path, None if lasting else opened(open_film(path, part=its)), its))
    return Collection(films, pd.DataFrame([facts.get(path.resolve(), {}) for path in names], index=range(len(names))))


def _stored_facts(store: Path, films: list[Path]) -> dict[Path, Facts]:
    """Return the facts about films in their store's table."""
    from shotscale.store.reading import open_store

    rows = _records(open_store(store).facts().loc[[film.name for film in films]])
    return dict(zip([film.resolve() for film in films], rows, strict=True))


def _films_inside(folder: Path) -> list[Path]:
    """Return the films in a folder apart from the shot tables named in its manifest, possibly none."""
    try:
        return [*find_films([folder])]
    except FilmError:
        return []


def _read_facts(manifest: Path) -> dict[Path, Facts]:
    """Read a manifest: the films that it names, and the facts about each."""
    table = read_manifest(manifest)
    told = table.drop(columns="film").dropna(axis="columns", how="all")
    return dict(zip([manifest.parent / str(film) for film in table["film"]], _records(told), strict=True))


def _records(told: pd.DataFrame) -> list[Facts]:
    rows = told.astype(object).where(told.notna(), None).to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]
