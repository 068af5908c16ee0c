"""Codings as films: with joined shot lengths for a folder, without them for a single film."""

import os
from collections.abc import Iterator, Mapping

from authorship.cinescale.folder import CineScale, CodedFilm, read_coding
from authorship.cinescale.joining import Join
from authorship.names import fold_name
from shotscale.errors import FilmError
from shotscale.files import sha256
from shotscale.film import Film
from shotscale.numerals import counted


def film_from_coding(path: str | os.PathLike[str]) -> Film:
    r"""Return a coding as a film, without a video and without looking up its shot lengths.

    Examples
    --------
    >>> from pathlib import Path
    >>> _ = Path("film.csv").write_text("time,shotscale\n" + "".join(f"{s},{2 + s % 3}\n" for s in range(400)))
    >>> film = film_from_coding("film.csv")
    >>> film.shots is None, film.scales_coded
    (True, True)
    """
    return _film(read_coding(path), {})


def films_of(folder: CineScale, join: Join) -> Iterator[tuple[CodedFilm, Film]]:
    """Yield each coding of a folder with its film, including the joined figures."""
    for coded in folder.films:
        yield coded, _film(coded, join.figures(coded.film_id))


def find_coded(folder: CineScale, name: str) -> CodedFilm:
    """Find a film in a folder by its file name or a title; raises `FilmError` unless exactly one matches."""
    wanted = fold_name(name.removesuffix(".csv"))
    found = [film for film in folder.films if wanted in {fold_name(film.film_id), *film.titles.keys(film.director)}]
    if len(found) != 1:
        which = f"{counted(len(found), 'film')} match" if found else "no usable film matches"
        raise FilmError(f"{name}: {which} in {folder.path}; name the coding's file, without .csv")
    return found[0]


def _film(coded: CodedFilm, figures: Mapping[str, float]) -> Film:
    return Film(
        path=str(coded.path),
        shots=None,
        scales=coded.track,
        info={"title": coded.title, "year": coded.year},
        provenance={"scales": {"source": "coded", "format": "CineScale", "checksum": sha256(coded.path)}},
        limits=("The scales were coded by a person, second by second; shot lengths are not known.", *coded.notes),
        figures=figures,
    )
