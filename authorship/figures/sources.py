"""The films shown in a figure."""

from collections.abc import Iterable
from pathlib import Path

from authorship.comparison.ordination import FilmMatrix, film_matrix
from authorship.opening import find_films, name_films, open_film
from authorship.reference.table import Reference

__all__ = ["describe", "known_and_asked"]


def known_and_asked(reference: Reference, films: Iterable[Path]) -> FilmMatrix:
    """Standardize the films of a reference and those in question beside them."""
    asked = list(films)
    named = name_films(find_films(asked)) if asked else {}
    return film_matrix(reference, [(name, open_film(path)) for path, name in named.items()])


def describe(matrix: FilmMatrix, title: str, *, note: str) -> str:
    """Return a figure's text alternative: what it shows, how it was made, of what."""
    return f"{title}: {note}. Reference: {matrix.reference}. Features: {', '.join(matrix.features)}."
