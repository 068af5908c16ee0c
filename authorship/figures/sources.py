"""The films that a figure is drawn of."""

from collections.abc import Iterable
from pathlib import Path

from authorship.films import find_films, name_films, open_film
from authorship.ordination import FilmMatrix, film_matrix
from authorship.reference import builtin_reference, read_reference

__all__ = ["describe", "known_and_asked"]


def known_and_asked(reference: Path | None, films: Iterable[Path], *, label: str = "director") -> FilmMatrix:
    """Standardise the films of a reference and those in question beside them.

    Parameters
    ----------
    reference : path or None
        None for the built-in one.
    films : iterable of path
        Films, stores and folders of films; may be empty.
    label : str
        The reference's column that names the candidates.

    Raises
    ------
    FilmError, TableError
        With value, rule and remedy.
    """
    known = builtin_reference() if reference is None else read_reference(reference, label=label)
    asked = list(films)
    named = name_films(find_films(asked)) if asked else {}
    return film_matrix(known, [(name, open_film(path)) for path, name in named.items()])


def describe(matrix: FilmMatrix, title: str, *, note: str) -> str:
    """Give a figure's text alternative: what it shows, how it was made, of what."""
    return f"{title}: {note}. Reference: {matrix.reference}. Features: {', '.join(matrix.features)}."
