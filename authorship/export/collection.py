"""The films to export, with what a manifest beside them says about each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from authorship.films import Film, name_films, open_film
from shotscale.errors import FilmError, TableError
from shotscale.filmpaths import find_films

__all__ = ["CollectedFilm", "Collection", "collect_films"]

_MANIFEST = "films.csv"

Facts = dict[str, object]


@dataclass(frozen=True, eq=False)
class CollectedFilm:
    """A film and its name in the tables."""

    name: str
    film: Film


@dataclass(frozen=True, eq=False)
class Collection:
    """Films and the facts that were given about them.

    Attributes
    ----------
    films : sequence of CollectedFilm
    facts : pandas.DataFrame
        A row a film, in the same order: the manifests' columns, without ``film``. No column where there is no
        manifest; a missing value where a manifest is silent on a film.
    """

    films: Sequence[CollectedFilm]
    facts: pd.DataFrame = field(default_factory=pd.DataFrame)


def collect_films(paths: Iterable[Path], *, report: Callable[[str], None] | None = None) -> Collection:
    """Open films, and read the manifest ``films.csv`` of each folder that has one.

    Parameters
    ----------
    paths : paths
        Saved analyses, folders of them, shot lists or films; a film is decoded.
    report : callable, optional
        Called with the name of each film before it is opened.

    Raises
    ------
    FilmError, TableError
        At the first film that cannot be read: a table without it would pass for complete.
    """
    found: list[Path] = []
    facts: dict[Path, Facts] = {}
    for path in paths:
        manifest = path / _MANIFEST
        if not manifest.is_file():
            found.extend(find_films([path], analyses=True))
            continue
        listed = _read_manifest(manifest)
        facts |= {film.resolve(): row for film, row in listed.items()}
        found.extend([*_films_inside(path), *listed])
    once: dict[Path, Path] = {}
    for path in found:
        once.setdefault(path.resolve(), path)
    names = name_films(list(once.values()))
    films = []
    for path, name in names.items():
        if report is not None:
            report(name)
        films.append(CollectedFilm(name, open_film(path)))
    return Collection(films, pd.DataFrame([facts.get(path.resolve(), {}) for path in names], index=range(len(names))))


def _films_inside(folder: Path) -> list[Path]:
    """Find what a folder holds besides the shot tables that its manifest names, perhaps nothing."""
    try:
        return find_films([folder], analyses=True)
    except FilmError:
        return []


def _read_manifest(manifest: Path) -> dict[Path, Facts]:
    """Read a manifest: the films that it names, and what it says of each."""
    try:
        table = pd.read_csv(manifest, keep_default_na=False, na_values=[""], dtype={"film": str})
    except (OSError, ValueError) as error:
        raise TableError(f"{manifest}: not a UTF-8 CSV table; save it as UTF-8 CSV with a header") from error
    if "film" not in table:
        raise TableError(f"{manifest}: lacks the column film; name each film's sub-folder in it")
    if table["film"].isna().any() or table["film"].duplicated().any():
        raise TableError(f"{manifest}: a film is empty or stands twice; a film has one row; correct the rows")
    films = [manifest.parent / str(film) for film in table["film"]]
    for film in films:
        if not film.exists():
            raise TableError(f"{manifest}: film {film.name} is not in {manifest.parent}; analyse it or drop the row")
    told = table.drop(columns="film").dropna(axis="columns", how="all")
    rows = told.astype(object).where(told.notna(), None).to_dict("records")
    return dict(zip(films, [{str(key): value for key, value in row.items()} for row in rows], strict=True))
