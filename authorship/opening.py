"""Open any path as a film: a video, a saved analysis, a film in a store, a shot list, a coding.

Conventions
-----------
The path of a film in a store (`shotscale.store`) is the store's folder followed by the film's ``film_id``.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from authorship.found_films import FoundFilm, name_films, walk_films
from shotscale.annotations import is_coding
from shotscale.errors import FilmError, OptionError, TableError, UserError, readable
from shotscale.film import Film
from shotscale.filmpaths import PIPE, in_table, is_analysis, is_numbered, is_store, is_stored_film
from shotscale.opening import load_analysis
from shotscale.part import PartOptions
from shotscale.progress import Progress
from shotscale.shotlists import is_listed

if TYPE_CHECKING:
    from shotscale.video.stills import StillKeeper

__all__ = ["open_film", "open_films", "open_found"]


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
    fps : Fraction, optional
        Frames per second of numbered pictures, or of a list that counts frames, unless `how` says otherwise.
    weights, detector, progress, stills
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
            return film_from_shotlist(source, **{"fps": fps, **(how or {})}).cut(part)
        except (TableError, OptionError) as error:
            if how is not None or " --" not in str(error).replace(" --shots", "") or "shotscale convert" in str(error):
                raise
            raise type(error)(f"{error}; shotscale convert takes these options and writes a plain table") from error
    from shotscale.analysis import analyze  # loads torch and av when called

    rate = fps if is_numbered(source) else None
    return analyze(source, weights=weights, detector=detector, fps=rate, part=part, progress=progress, stills=stills)


def open_films(
    paths: Iterable[Path],
    *,
    part: PartOptions | None = None,
    fps: Fraction | None = None,
    opened: Callable[[Film], Film] = lambda film: film,
    on_error: Callable[[UserError], object] | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[str, Film]]:
    r"""Yield the films of paths (`authorship.found_films.walk_films`), named; see `open_found`.

    Examples
    --------
    >>> _ = Path("lengths.csv").write_text("Persona,Fargo\n4,3\n6.5,\n")
    >>> [(name, len(film.shots)) for name, film in open_films([Path("lengths.csv")])]
    [('Persona', 2), ('Fargo', 1)]
    """
    found = name_films(walk_films(paths))
    films = open_found(found, part=part, fps=fps, opened=opened, on_error=on_error, progress=progress)
    return ((one.name, film) for one, film in films)


def open_found(
    found: Sequence[FoundFilm],
    *,
    part: PartOptions | None = None,
    fps: Fraction | None = None,
    opened: Callable[[Film], Film] = lambda film: film,
    on_error: Callable[[UserError], object] | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[FoundFilm, Film]]:
    r"""Yield films that were found with what `opened` returns of each; for `on_error` see `shotscale.errors.readable`.

    `part` goes before what a table says of a film. `progress` is called with the number of films done, among them the
    share of the one that is being decoded, and their total.

    Examples
    --------
    >>> _ = Path("lengths.csv").write_text("Persona,Fargo\n4,3\n6.5,\n")
    >>> found = walk_films([Path("lengths.csv")])
    >>> _ = [*open_found(found, progress=lambda done, total: print(f"{done:g} of {total}"))]
    0 of 2
    1 of 2
    """
    asked = part or PartOptions()

    def read(numbered: tuple[int, FoundFilm]) -> Film:
        number, one = numbered

        def moved(done: float, total: float | None) -> None:
            if progress is not None:
                progress(number + (min(1.0, done / total) if total else 0.0), len(found))

        moved(0, None)
        return opened(open_film(one.path, part=asked.over(one.part), fps=fps, progress=moved))

    return ((one, film) for (_, one), film in readable(enumerate(found), read, on_error))


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
