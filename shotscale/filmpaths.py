"""Which films a command was given, and where the results of each go."""

from collections.abc import Iterable
from pathlib import Path

from shotscale.errors import FilmError

__all__ = ["FILM_SUFFIXES", "find_films", "result_folders"]

FILM_SUFFIXES = frozenset(
    ".3gp .asf .avi .divx .dv .f4v .flv .m2ts .m2v .m4v .mkv .mov .mp4 .mpeg .mpg .mts "
    ".mxf .ogm .ogv .ts .vob .webm .wmv .y4m".split()
)
"""What counts as a film in a folder; a file that is named itself may have any name."""


def find_films(paths: Iterable[Path]) -> list[Path]:
    """Replace each folder by the films inside it, at any depth, in the order of their names.

    A path that is no folder is passed on as it is, whether or not it exists: the reader says what is wrong
    with it, and the other films are not lost. Hidden files are left out.

    Raises
    ------
    FilmError
        If a folder holds no film.
    """
    films: list[Path] = []
    for path in paths:
        if not path.is_dir():
            films.append(path)
            continue
        inside = sorted(file for file in path.rglob("*") if _is_film(file, path))
        if not inside:
            raise FilmError(
                f"{path}: a folder without films; give a video file or a folder that holds some "
                f"({', '.join(sorted(FILM_SUFFIXES)[:6])}, ...)"
            )
        films.extend(inside)
    return list(dict.fromkeys(films))


def result_folders(films: list[Path], folder: Path) -> dict[Path, Path]:
    """Give each film the folder of its results: `folder` itself for one film, else one inside it a film.

    The folders take the films' names without suffix; films that would share one keep their suffix, and
    what still clashes is numbered.

    Examples
    --------
    >>> folders = result_folders([Path("a/x.mkv"), Path("b/x.mkv"), Path("y.mp4")], Path("out"))
    >>> [path.as_posix() for path in folders.values()]
    ['out/x.mkv', 'out/x.mkv-2', 'out/y']
    """
    if len(films) == 1:
        return {films[0]: folder}
    stems = [film.stem for film in films]
    names = [film.stem if stems.count(film.stem) == 1 else film.name for film in films]
    numbers = [names[:i].count(name) + 1 for i, name in enumerate(names)]
    return {
        film: folder / (name if number == 1 else f"{name}-{number}")
        for film, name, number in zip(films, names, numbers, strict=True)
    }


def _is_film(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and file.suffix.lower() in FILM_SUFFIXES and file.is_file()
