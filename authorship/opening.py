"""Open any path as a film: a video, a saved analysis, a film in a store, a shot list, a coding.

Conventions
-----------
The path of a film in a store (`shotscale.store`) is the store's folder followed by the film's ``film_id``.
"""

import logging
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shotscale import filmpaths
from shotscale.annotations import is_coding
from shotscale.errors import FilmError, OptionError, TableError, UserError
from shotscale.film import Film
from shotscale.filmpaths import PIPE, in_table, is_analysis, is_numbered, is_store, is_stored_film
from shotscale.manifests import read_texts
from shotscale.opening import load_analysis
from shotscale.part import PartOptions
from shotscale.progress import Progress
from shotscale.shotlists import film_table, is_listed

if TYPE_CHECKING:
    import pandas as pd

    from shotscale.video.stills import StillKeeper

__all__ = ["corpus_film", "corpus_films", "find_films", "listed_films", "name_films", "open_film"]

_LOG = logging.getLogger(__name__)


def open_film(
    path: str | os.PathLike[str],
    *,
    kind: str | None = None,
    how: Mapping[str, Any] | None = None,
    weights: str | os.PathLike[str] | None = None,
    detector: str = "default",
    fps: Fraction | None = None,
    part: PartOptions | None = None,
    progress: Progress | None = None,
    stills: "StillKeeper | None" = None,
) -> Film:
    r"""Return a film's tables, decoding the video only if they are not already available.

    Parameters
    ----------
    path : path
        A video file, a folder that `Film.save` wrote, a film in a store (``STORE/FILM_ID``), a shot list
        (`authorship.listed_film`), a film in a table of several (``TABLE/NAME``), or a CineScale coding.
    kind : {'list', 'coding'}, optional
        Read the file as a shot list or a coding, whatever its name.
    how : mapping, optional
        Options of `shotscale.shotlists.read_shotlist`; by default the format is inferred from the list.
    part : PartOptions, optional
        The part of the file that is the film; by default from the columns ``from``, ``to`` and ``speed`` of a
        store's table, otherwise the whole.
    weights, detector, fps, progress, stills
        See `shotscale.analyze`; no effect on tables.

    Raises
    ------
    FilmError, TableError, OptionError
        The message states the value, the rule and the remedy.

    Examples
    --------
    >>> _ = Path("shots.csv").write_text("start,end\n0,4\n4,6.5\n")
    >>> open_film("shots.csv").shots["end"].tolist()
    [4.0, 6.5]
    """
    source = Path(path)
    if kind is None:
        if (saved := _saved(source, part)) is not None:
            return saved
        kind = "coding" if is_coding(source) else "list" if is_listed(source) else None
    if kind == "coding":
        from authorship.cinescale.films import film_from_coding

        return film_from_coding(source).cut(part)
    if kind == "list":
        from authorship.listed_film import film_from_shotlist

        try:
            return film_from_shotlist(source, **(how or {})).cut(part)
        except (TableError, OptionError) as error:
            if how is not None or " --" not in str(error) or "shotscale convert" in str(error):
                raise
            raise type(error)(f"{error}; shotscale convert takes these options and writes a plain table") from error
    from shotscale.analysis import analyze  # loads torch and av when called

    rate = fps if is_numbered(source) else None
    return analyze(source, weights=weights, detector=detector, fps=rate, part=part, progress=progress, stills=stills)


def _saved(source: Path, part: PartOptions | None) -> Film | None:
    """Read a film whose analysis is saved; return None for a path to any other file, which must exist."""
    if is_analysis(source):
        return load_analysis(source).cut(part)
    if is_stored_film(source):
        from shotscale.store.reading import open_store

        stored = open_store(source.parent)
        asked = (part or PartOptions()).over(stored.part(source.name))
        return stored.load(source.name).cut(asked)
    if is_store(source):
        raise FilmError(f"{source}: a store of films; name one of them as {source / 'FILM_ID'}")
    if source.is_dir():
        raise FilmError(f"{source}: a folder without a saved analysis; name a film, or a folder that --save wrote")
    if not source.exists() and in_table(source) is None and not is_numbered(source) and str(source) != PIPE:
        raise FilmError(f"{source}: no such file; check the path")
    return None


def find_films(paths: Iterable[Path]) -> dict[Path, PartOptions]:
    r"""Replace each folder, store, corpus and table of several films by the paths of its films.

    Films in a store whose analysis failed or is missing are left out, with a warning that counts them.

    Returns
    -------
    dict of Path to PartOptions
        The part that each film's row in its folder's ``films.csv`` asks for. A film in a store has its part there.

    Examples
    --------
    >>> _ = Path("shots.csv").write_text("start,end\n0,4\n")
    >>> [path.name for path in find_films([Path("shots.csv")])]
    ['shots.csv']
    """
    films: dict[Path, PartOptions] = {}
    for path in paths:
        for film, part in _films_of(path):
            films.setdefault(film, part)
    return films


def _films_of(path: Path) -> Iterator[tuple[Path, PartOptions]]:
    if path.is_file() and is_listed(path):
        films = listed_films(path)
    elif (corpus := corpus_films(path)) is not None:
        for row in corpus.to_dict("records"):
            yield Path(row["film"]), PartOptions.of_row(row, where=f"{path / 'films.csv'}: {row['film']}")
        return
    elif is_store(path):
        films = _stored_films(path)
    else:
        films = [path] if is_stored_film(path) else filmpaths.find_films([path], analyses=True)
    own = _own_parts(path)
    for film in films:
        yield film, own.get(film.resolve(), PartOptions()) if own else PartOptions()


def _own_parts(folder: Path) -> dict[Path, PartOptions]:
    """Return the part of each film that a folder's ``films.csv`` names in its column ``film``."""
    table = folder / "films.csv"
    rows = read_texts(table, missing="") if table.is_file() and not is_store(folder) else None
    if rows is None or "film" not in rows:
        return {}
    named = rows.dropna(subset=["film"]).to_dict("records")
    return {
        (folder / str(row["film"])).resolve(): PartOptions.of_row(row, where=f"{table}: film {row['film']}")
        for row in named
    }


def _stored_films(path: Path) -> list[Path]:
    from shotscale.store.reading import open_store

    stored = open_store(path)
    if not stored.names:
        raise FilmError(f"{path}: the store has no analyzed films; see authorship corpus status {path}")
    if stored.left_out:
        counts = Counter(stored.left_out.values())
        states = ", ".join(f"{counts[state]} {state}" for state in ("failed", "missing") if counts[state])
        _LOG.warning("%s: films left out: %s", path, states)
    return [path / name for name in stored.names]


def corpus_films(folder: Path) -> "pd.DataFrame | None":
    r"""Return the films of a corpus, a folder whose ``films.csv`` has the columns ``film_id`` and ``path``.

    Returns
    -------
    pandas.DataFrame or None
        The rows of the available films, as text, index ``film_id``. A column ``film`` replaces ``path``: the shot
        list or coding that the table names, else the film in the folder's ``store``. None for any other folder.

    Raises
    ------
    FilmError
        If no film is available.

    Examples
    --------
    >>> Path("films").mkdir()
    >>> _ = Path("films/cuts.csv").write_text("start,end\n0,4\n4,6.5\n")
    >>> _ = Path("films/films.csv").write_text("film_id,path,title\nPersona,cuts.csv,\nFargo,fargo.mkv,\n")
    >>> corpus_films(Path("films"))["film"].to_dict()
    {'Persona': 'films/cuts.csv'}
    """
    table, store = folder / "films.csv", folder / "store"
    if not table.is_file():
        return None
    rows = read_texts(table, missing="")
    if not {"film_id", "path"} <= set(rows):
        return None
    rows = rows.dropna(subset=["film_id", "path"]).set_index("film_id")
    stored: set[str] = set()
    if is_store(store):
        from shotscale.store.reading import open_store

        stored = {*open_store(store).names}
    films = [corpus_film(folder, str(name), path) for name, path in rows["path"].items()]
    rows["film"] = [str(film) for film in films]
    at_hand = [film != store / str(name) or name in stored for name, film in zip(rows.index, films, strict=True)]
    if not any(at_hand):
        raise FilmError(f"{table}: none of its films is measured yet; measure them first")
    return rows[at_hand].drop(columns="path")


def corpus_film(folder: Path, film_id: str, path: str) -> Path:
    r"""Return the path for opening a film of a corpus: the list or coding that its row names, else the store's.

    Examples
    --------
    >>> corpus_film(Path("films"), "Fargo", "fargo.mkv")
    PosixPath('films/store/Fargo')
    """
    named = folder / path
    return named if is_listed(named) else folder / "store" / film_id


def listed_films(path: Path, how: Mapping[str, Any] | None = None) -> list[Path]:
    r"""Return the paths of the films in a table of several, else the path itself.

    Faults of a file are reported when it is opened; `how` has options of `shotscale.shotlists.read_shotlist`.

    Examples
    --------
    >>> _ = Path("lengths.csv").write_text("Persona,Fargo\n4,3\n6.5,\n")
    >>> listed_films(Path("lengths.csv"))
    [PosixPath('lengths.csv/Persona'), PosixPath('lengths.csv/Fargo')]
    """
    given = how or {}
    try:
        table = film_table(path, **{name: given.get(name) for name in ("columns", "delimiter", "decimal")})
    except UserError:
        return [path]
    return [path] if table is None else table.paths


def name_films(paths: Iterable[Path]) -> dict[Path, str]:
    """Map each film's path to the name of its row in a table; the path itself if the name is taken.

    Examples
    --------
    >>> list(name_films([Path("a/film"), Path("b/other/shots.csv"), Path("c/third.csv")]).values())
    ['film', 'other', 'third']
    """
    names: dict[Path, str] = {}
    taken: set[str] = set()
    for path in paths:
        name = (
            path.name
            if is_stored_film(path) or path.is_dir() or in_table(path)
            else path.parent.name
            if path.name == "shots.csv"
            else path.stem
        )
        name = name if name and name not in taken else str(path)
        if not name.isprintable() and any("\udc80" <= letter <= "\udcff" for letter in name):
            raise FilmError(f"{name!a}: the name is not valid text, which tables need; rename it")
        taken.add(name)
        names[path] = name
    return names
