"""Find films, their names and what tables say of them: in a folder, a store, a corpus or a table of several films.

Conventions
-----------
A corpus is a folder whose ``films.csv`` has the columns ``film_id`` and ``path``: its films are the shot lists and
codings that the table names, and those in the folder's ``store``. The ``films.csv`` of any other folder names films by
their paths, in a column ``film``, and may name them in a column ``film_id``.

What the other columns say of a film are its facts: text as written or a store's values, None where a cell is empty. The
columns ``from``, ``to`` and ``speed`` say which part of the file is the film: rows with another part of one file are
other films. A path that no table names is the film that a table names by it.
"""

import logging
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from authorship.measured_films import beside_their_analyses
from shotscale import filmpaths
from shotscale.errors import FilmError, TableError, UserError
from shotscale.filmpaths import is_store, is_stored_film
from shotscale.manifests import PART_COLUMNS, read_manifest, read_texts
from shotscale.numerals import some_of
from shotscale.part import PartOptions
from shotscale.shotlists import film_table, is_listed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FoundFilm", "corpus_film", "is_corpus", "listed_films", "name_films", "walk_films"]

_LOG = logging.getLogger(__name__)
_MANIFEST = "films.csv"


@dataclass(frozen=True, eq=False)
class FoundFilm:
    """A film's path, the name that a table gives it (empty if none does), and the facts in the table's row."""

    path: Path
    name: str = ""
    facts: Mapping[Any, object] = field(default_factory=dict)

    @property
    def part(self) -> PartOptions:
        """The part of the file that the table asks for; `TableError` if it cannot be read."""
        return PartOptions.of_row(self.facts, where=f"{self.path.parent}: film {self.name}")

    @property
    def asked(self) -> tuple[str, ...]:
        """What the table says of the part: `part` as text, the same for the same part if that can be read."""
        try:
            return (repr(self.part),)
        except TableError:
            return tuple(self.arguments()[1:])

    def arguments(self, columns: Iterable[str] = PART_COLUMNS) -> list[str]:
        """Return the path and the options for the part, those of `columns`, as on a command line."""
        told = {str(name).strip().lower(): value for name, value in self.facts.items() if value}
        return [str(self.path), *(text for name in columns if name in told for text in (f"--{name}", str(told[name])))]


def walk_films(places: Iterable[Path], *, strict: bool = False) -> list[FoundFilm]:
    r"""Find the films of folders, stores, corpora and tables of several films, each once.

    Left out are rows of a table that repeat a film, a folder's films beside their saved analyses, films in a store
    whose analysis failed or is missing, and films of a corpus that are not measured. A warning names or counts them.

    Parameters
    ----------
    places : iterable of Path
        A path of any other kind is a film by itself.
    strict : bool
        Whether the manifest of a folder must be as `shotscale.manifests.read_manifest` requires; otherwise rows that
        name neither a film inside the folder nor a list are ignored.

    Raises
    ------
    FilmError, TableError
        If a place has no film, or its table cannot be read.

    Examples
    --------
    >>> Path("films").mkdir()
    >>> _ = Path("films/cuts.csv").write_text("start,end\n0,4\n4,6.5\n")
    >>> _ = Path("films/films.csv").write_text("film_id,path,title\nPersona,cuts.csv,\nFargo,fargo.mkv,\n")
    >>> [(film.name, str(film.path), dict(film.facts)) for film in walk_films([Path("films")])]
    [('Persona', 'films/cuts.csv', {'title': None})]
    """
    films: list[FoundFilm] = []
    known: dict[str, list[FoundFilm]] = {}
    for place in places:
        for film in _films_of(place, strict=strict):
            there = known.setdefault(os.path.realpath(film.path), [])
            same = next((one for one in there if not (one.facts and film.facts) or one.asked == film.asked), None)
            if same is None:
                films.append(film)
            elif film.name != same.name and film.name and same.name:
                _LOG.warning("%s: film %s left out: the file and part of %s", place, film.name, same.name)
            there += [film] if same is None else []
    return films


def name_films(films: Iterable[FoundFilm]) -> list[FoundFilm]:
    """Name the films that no table names by folder or file; of films of one name, all but one are named by their path.

    Examples
    --------
    >>> paths = [Path("a/film"), Path("b/other/shots.csv"), Path("c/third.csv"), Path("film")]
    >>> [film.name for film in name_films(FoundFilm(path) for path in paths)]
    ['film', 'other', 'third', 'film-2']
    """
    named = list(films)
    taken: set[str] = set()
    for place in sorted(range(len(named)), key=lambda place: not named[place].name):  # names in tables come first
        film = named[place]
        numbered = (f"{film.path}-{number}" for number in count(2))
        names = chain((film.name or _own_name(film.path), str(film.path)), numbered)
        name = next(one for one in names if one and one not in taken)
        if not filmpaths.is_text(name):
            raise FilmError(f"{name!a}: the name is not valid text, which tables need; rename it")
        taken.add(name)
        named[place] = replace(film, name=name)
    return named


def _own_name(path: Path) -> str:
    return path.parent.name if path.name == "shots.csv" else filmpaths.result_name(path)


def _films_of(place: Path, *, strict: bool) -> list[FoundFilm]:
    if place.is_file() and is_listed(place):
        return listed_films(place)
    if is_store(place) or is_stored_film(place):
        return _of_store(place)
    return _of_corpus(place) if is_corpus(place) else _of_folder(place, strict=strict)


def listed_films(path: Path, how: Mapping[str, Any] | None = None) -> list[FoundFilm]:
    r"""Return the films in a table of several, else the path itself.

    Faults of a file are reported when it is opened; `how` has options of `shotscale.shotlists.read_shotlist`.

    Examples
    --------
    >>> _ = Path("lengths.csv").write_text("Persona,Fargo\n4,3\n6.5,\n")
    >>> [str(film.path) for film in listed_films(Path("lengths.csv"))]
    ['lengths.csv/Persona', 'lengths.csv/Fargo']
    """
    try:
        table = film_table(path, **{name: (how or {}).get(name) for name in ("columns", "delimiter", "decimal")})
    except UserError:
        table = None
    if table is None:
        return [FoundFilm(path)]
    return [
        FoundFilm(film, name, {fact: values[row] or None for fact, values in table.facts.items()})
        for row, (name, film) in enumerate(zip(table.sheets, table.paths, strict=True))
    ]


def _of_store(place: Path) -> list[FoundFilm]:
    """Return the analyzed films of a store, with a warning that counts the others, or its one film that is named."""
    from shotscale.store.reading import open_store

    folder = place if is_store(place) else place.parent
    stored = open_store(folder)
    names = [*stored.names] if folder == place else [place.name]
    if not names:
        raise FilmError(f"{place}: the store has no analyzed films; see authorship corpus status {place}")
    if stored.left_out and folder == place:
        counts = Counter(stored.left_out.values())
        states = ", ".join(f"{counts[state]} {state}" for state in ("failed", "missing") if counts[state])
        _LOG.warning("%s: films left out: %s", place, states)
    facts = _records(stored.facts().reindex(names))
    return [FoundFilm(folder / name, name, row) for name, row in zip(names, facts, strict=True)]


def is_corpus(folder: Path) -> bool:
    """Return whether a folder is a corpus.

    Examples
    --------
    >>> is_corpus(Path("films"))
    False
    """
    table = folder / _MANIFEST
    return table.is_file() and {"film_id", "path"} <= set(read_texts(table, missing=""))


def _of_corpus(folder: Path) -> list[FoundFilm]:
    """Return the films of a corpus that are available, with a warning that counts the others."""
    store, stored = folder / "store", set[Path]()
    if is_store(store):
        from shotscale.store.reading import open_store

        stored = {store / name for name in open_store(store).names}
    rows = read_texts(folder / _MANIFEST, missing="").dropna(subset=["film_id", "path"])
    named = [corpus_film(folder, row) for row in _records(rows)]
    films = [film for film in named if film.path in stored or film.path != store / film.name]
    if not films:
        raise FilmError(f"{folder / _MANIFEST}: none of its films is measured yet; measure them first")
    if len(films) < len(named):
        _LOG.warning("%s: films left out: %s not measured", folder / _MANIFEST, len(named) - len(films))
    return films


def corpus_film(folder: Path, row: Mapping[Any, Any]) -> FoundFilm:
    r"""Return the film in a row of a corpus's table: the list or coding that the row names, else the one in the store.

    Examples
    --------
    >>> corpus_film(Path("films"), {"film_id": "Fargo", "path": "fargo.mkv", "director": "Coen"})
    FoundFilm(path=PosixPath('films/store/Fargo'), name='Fargo', facts={'director': 'Coen'})
    """
    name, listed = row["film_id"], folder / row["path"]
    facts = {fact: value or None for fact, value in row.items() if fact not in ("film_id", "path")}
    return FoundFilm(listed if is_listed(listed) else folder / "store" / name, name, facts)


def _of_folder(folder: Path, *, strict: bool) -> list[FoundFilm]:
    """Return the lists, or all films, that a folder's manifest names, then the films inside it; a file is itself."""
    named: dict[str, list[FoundFilm]] = {}
    for film in _of_manifest(folder / _MANIFEST, strict=strict):
        named.setdefault(os.path.realpath(film.path), []).append(film)
    listed = {place: films for place, films in named.items() if strict or is_listed(films[0].path)}
    lists = _lists_beside(folder, named)
    if lists and any(is_listed(film.path) for films in named.values() for film in films):
        _LOG.warning("%s: not among its films, so left out: %s", folder / _MANIFEST, some_of(lists, most=3))
    try:
        found = filmpaths.find_films([folder], analyses=True)
        inside = {os.path.realpath(path): [FoundFilm(path)] for path in found}
    except FilmError:
        lists = lists or _lists_beside(folder, named, "*/*")
        if lists and not listed:
            told = f"name them, {folder / lists[0]} for one, or list them in a column film of {folder / _MANIFEST}"
            if named:
                absent = next(iter(named.values()))[0].path.name
                raise FilmError(
                    f"{folder / _MANIFEST}: film {absent} is not in {folder}; name lists as {lists[0]}, in full"
                ) from None
            raise FilmError(f"{folder}: a folder of lists, not of films; {told}") from None
        if not listed:
            raise
        found, inside = [], {}
    for pair in beside_their_analyses(found):
        own, measured = map(os.path.realpath, pair)
        if not {own, measured} <= set(named):  # else the table wants both
            _LOG.warning("%s and %s: one film, counted once", *pair)
            del inside[measured if own in named else own]
    return [film for place, films in (listed | inside).items() for film in named.get(place, films)]


def _lists_beside(folder: Path, named: Iterable[str], pattern: str = "*") -> list[str]:
    """Return the names of the lists in a folder that are not among files by their real path, nor hold one of them."""
    files = {os.path.realpath((filmpaths.in_table(place) or (place,))[0]) for place in named}
    beside = sorted(path for path in folder.glob(pattern) if path.name != _MANIFEST and path.name[0] not in ".~")
    lists = [path for path in beside if path.is_file() and is_listed(path) and os.path.realpath(path) not in files]
    return [str(path.relative_to(folder)) for path in lists]


def _of_manifest(manifest: Path, *, strict: bool) -> list[FoundFilm]:
    """Return the films in a manifest's column ``film``, if there is one; unless `strict`, another table has none.

    A film is named by its ``film_id``, else like its file or folder, or as the manifest spells that where two files
    would have one name.
    """
    if not manifest.is_file():
        return []
    rows = read_manifest(manifest) if strict else read_texts(manifest, missing="")
    if "film" not in rows:
        if "film_id" not in rows:
            _LOG.warning("%s: not used, because it lacks the column film; it has %s", manifest, some_of(rows))
        return []
    named = [(str(row.pop("film")), row) for row in _records(rows.dropna(subset=["film"]))]
    own = {text: _own_name(manifest.parent / text) for text, _ in named}
    often = Counter(own.values())
    return [
        FoundFilm(
            manifest.parent / text, str(row.get("film_id") or (own[text] if often[own[text]] == 1 else text)), row
        )
        for text, row in named
    ]


def _records(rows: "pd.DataFrame") -> list[dict[Any, Any]]:
    """Return rows by column, with None for empty cells."""
    return rows.astype(object).where(rows.notna(), None).to_dict("records")
