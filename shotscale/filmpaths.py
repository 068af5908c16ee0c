"""The films given to a command, and where each one's results go."""

import logging
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from shotscale.errors import FilmError

_LOG = logging.getLogger(__name__)

FILM_SUFFIXES = frozenset(
    ".3gp .asf .avi .divx .dv .f4v .flv .gxf .iso .m1v .m2t .m2ts .m2v .m4v .mj2 .mkv .mov .mp4 .mpeg .mpg .mts "
    ".mxf .ogm .ogv .qt .rm .rmvb .ts .vob .vro .webm .wmv .wtv .y4m".split()
)
"""Suffixes of films in a folder; a file that is named itself may have any name."""

PIPE = "-"
"""Standard input, instead of a path."""

NUMBER = re.compile(r"%0?(\d*)d")
"""The number in a pattern of numbered pictures; the group is its number of digits."""

_DELETED = "$RECYCLE.BIN"  # what Windows has deleted on a disk
_DVD_PIECE = re.compile(r"(VTS_\d\d_)[2-9](\.VOB)", re.IGNORECASE)

STORE_MARK = "store.json"
"""The file by which a store of films is recognized, without loading the code that reads it."""


def find_films(paths: Iterable[Path], *, analyses: bool = False) -> list[Path]:
    """Replace each folder with the films inside it, at any depth, sorted by path.

    A path that is not a folder is passed on, whether or not it exists: the reader reports what is wrong with it, and
    the other films are not lost. Hidden and deleted files are left out, and so are links to a folder around them. With
    `analyses`, a folder with a saved analysis counts as a film. A folder without a film raises `FilmError`. Warnings
    name what cannot be read, and say how to join the pieces of a DVD.
    """
    films: list[Path] = []
    for path in paths:
        if not path.is_dir() or (analyses and is_analysis(path)):
            films.append(path)
            continue
        inside = sorted(_films_inside(path, analyses=analyses))
        if not inside:
            known = ", ".join(sorted(FILM_SUFFIXES)[:6])
            also = " or saved analyses" if analyses else ""
            pictures = "; for numbered pictures give a pattern and a rate: frames/%04d.png --fps 24"
            raise FilmError(
                f"{path}: a folder without films; give a film or a folder of films{also} ({known}, ...){pictures}"
            )
        films.extend(inside)
        if pieces := [film for film in inside if _DVD_PIECE.fullmatch(film.name)]:
            names = _DVD_PIECE.sub(r"\1[1-9]\2", pieces[0].name)
            _LOG.warning(
                "%s: %s are pieces of one film of a DVD, each taken for a film; join them first: cat %s > film.vob",
                *(pieces[0].parent, names, names),
            )
    return list(dict.fromkeys(films))


def is_analysis(path: Path) -> bool:
    """Return whether a folder holds a complete saved analysis: ``film.json`` is written last."""
    return (path / "film.json").is_file()


def is_store(path: str | os.PathLike[str]) -> bool:
    """Return whether a folder is a store."""
    return (Path(path) / STORE_MARK).is_file()


def is_stored_film(path: str | os.PathLike[str]) -> bool:
    """Return whether a path is a store's path followed by a ``film_id``, which the store need not hold."""
    return is_store(Path(path).parent)


def is_there(path: str | os.PathLike[str]) -> bool:
    """Return whether there is a file; one on a drive that fails, or in a folder that may not be read, is away."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises for these


def is_text(path: str | os.PathLike[str]) -> bool:
    r"""Return whether a path is valid text, unlike a name given in another encoding than the system's.

    Examples
    --------
    >>> is_text("\u00e9t\u00e9.mkv"), is_text("\udce9t\udce9.mkv")
    (True, False)
    """
    return not any("\udc80" <= letter <= "\udcff" for letter in os.fspath(path))


def in_table(path: str | os.PathLike[str]) -> tuple[Path, str] | None:
    """Split a film in a table of several films, ``lengths.csv/Persona``, into file and name; None for other paths.

    Examples
    --------
    >>> _ = Path("lengths.csv").write_text("Persona,Fargo")
    >>> in_table("lengths.csv/Persona"), in_table("lengths.csv")
    ((PosixPath('lengths.csv'), 'Persona'), None)
    """
    film = Path(path)
    table = next((parent for parent in film.parents if parent.is_file()), None)
    return None if table is None else (table, film.relative_to(table).as_posix())


def is_numbered(path: str | os.PathLike[str]) -> bool:
    """Return whether a path is a pattern of numbered pictures, and not an existing file of that name.

    Examples
    --------
    >>> [is_numbered(path) for path in ("frames/%04d.png", "50%/film.mkv", "-")]
    [True, False, False]
    """
    return bool(NUMBER.search(Path(path).name)) and not Path(path).exists()


def result_name(film: Path) -> str:
    """Return the name of a film's results: its own, without a file's suffix, or its folder's, or ``film``.

    Examples
    --------
    >>> [result_name(Path(film)) for film in ("films/x.mkv", "rushes/%04d.png", "%d.png", "-")]
    ['x', 'rushes', 'film', 'film']
    """
    if is_numbered(film):
        return film.parent.name or "film"
    if film.is_dir():
        return (film if film.name.strip(".") else film.resolve()).name or "film"
    return "film" if str(film) == PIPE else film.name if is_stored_film(film) or in_table(film) else film.stem


def result_folders(films: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Return the result folder of each film: `folder` itself for one film, else one subfolder per film.

    Subfolders are named after the films without suffix; a name already taken, ignoring case, is numbered.

    Examples
    --------
    >>> folders = result_folders([Path("a/x.mkv"), Path("b/X.mkv"), Path("y.mp4")], Path("out"))
    >>> [path.as_posix() for path in folders.values()]
    ['out/x', 'out/X-2', 'out/y']
    """
    if len(films) == 1:
        return {films[0]: folder}
    folders: dict[Path, Path] = {}
    taken: set[str] = set()
    for film in films:
        stem = result_name(film)
        name, number = stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        folders[film] = folder / name
    return folders


def _films_inside(folder: Path, *, analyses: bool) -> Iterator[Path]:
    try:
        entries = list(folder.iterdir())
    except OSError as error:  # such as a disk's lost+found
        _LOG.warning("%s: left out, since it cannot be read (%s)", folder, error.strerror)
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name == _DELETED:
            continue
        if entry.is_dir():
            if analyses and is_analysis(entry):
                yield entry
            elif not (entry.is_symlink() and folder.resolve().is_relative_to(entry.resolve())):  # no way back up
                yield from _films_inside(entry, analyses=analyses)
        elif entry.suffix.lower() in FILM_SUFFIXES:
            if entry.is_file():
                yield entry
            else:
                _LOG.warning("%s: left out, since it is no file or a link that leads to none", entry)
