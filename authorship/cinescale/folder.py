"""The published folder: codings by director, and the manifest ``list.csv``.

Conventions
-----------
Every CSV below the folder with the columns ``time`` and ``shotscale`` is a film's coding. ``list.csv``
(``Year;director;name;English name (North America);BW``) adds English titles and says which films are black and white;
it is optional. Faults are noted per film. One rule decides whether a film is used: it needs `FEWEST_SECONDS` seconds
with one of the seven ordered scales.

Source: Savardi, Kovács, Signoroni, Benini 2021, Data in Brief 36, 107002, doi 10.1016/j.dib.2021.107002.
"""

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from authorship.cinescale.film_names import Titles, full_name, surname
from authorship.names import plain_name, unify_names
from shotscale.annotations import MANIFEST, Annotation, read_annotation
from shotscale.errors import TableError
from shotscale.numerals import counted
from shotscale.scales import SCALE_NAMES, ShotScale

__all__ = ["FEWEST_SECONDS", "MANIFEST", "CineScale", "CodedFilm", "read_coding", "read_folder"]

FEWEST_SECONDS = 300
"""A coding with fewer seconds in ECU to ELS is left out: five minutes, about 60 shots, say little about a film."""

_COLUMNS = ("year", "director", "name")
_NOT_AVAILABLE = ShotScale.NOT_AVAILABLE.abbreviation
_TRUNCATED = (5971, 5972)  # rows at which seven published files stop, whatever the film's length
_LONG_TAIL = 60  # seconds of code 9 at the end that are worth a note; black leader is shorter


@dataclass(frozen=True, eq=False)
class CodedFilm:
    """One film's coding, with every title that the folder gives.

    `film_id` is the file name without its suffix; `director` is the full name if the built-in table has one with that
    surname, else as the folder spells it; `black_and_white` is None if ``list.csv`` does not say; `track` has ``time``
    in seconds and ``scale`` (abbreviations; ``"NA"`` for code 9). `notes` say what was wrong with the file and how it
    was read; `left_out` says why it is not used, or is empty.
    """

    film_id: str
    path: Path
    director: str
    title: str
    titles: Titles
    black_and_white: bool | None
    track: pd.DataFrame
    notes: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def year(self) -> int | None:
        """The year of the film, according to the folder."""
        return self.titles.year

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year is not None else self.title


@dataclass(frozen=True, eq=False)
class CineScale:
    """A folder of codings: the films that are used, in order of file name, and those left out.

    `without_coding` lists the films of ``list.csv`` that have no coding in the folder; `notes` say which spellings of
    directors were taken for one another, or may be.
    """

    path: Path
    films: tuple[CodedFilm, ...]
    left_out: tuple[CodedFilm, ...]
    without_coding: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def describe(self) -> list[str]:
        """Return a summary of what was found, used and left out, as lines."""
        found = len(self.films) + len(self.left_out)
        lines = [
            f"{self.path}: {counted(found, 'coding')} found, {len(self.films)} used, {len(self.left_out)} left out"
        ]
        lines += [f"  left out: {film}: {film.left_out}" for film in self.left_out]
        lines += [f"  {film}: {'; '.join(film.notes)}" for film in self.films if film.notes]
        lines += [f"  {note}" for note in self.notes]
        if self.without_coding:
            n = len(self.without_coding)
            have = "has" if n == 1 else "have"
            lines.append(
                f"  {counted(n, 'film')} of {MANIFEST} {have} no coding here: {', '.join(self.without_coding)}"
            )
        return lines


@dataclass(frozen=True)
class _Listed:
    """A row of ``list.csv``."""

    titles: Titles
    director: str
    black_and_white: bool


def read_folder(folder: str | os.PathLike[str]) -> CineScale:
    r"""Read a folder of codings, at least one of which must be usable.

    Examples
    --------
    >>> _ = Path("1966_bergman_-_persona.csv").write_text("time,shotscale\n" + "".join(f"{s},2\n" for s in range(400)))
    >>> _ = Path("1957_antonioni_-_il_grido.csv").write_text("time,shotscale\n")
    >>> found = read_folder(".")
    >>> found.films[0].director, found.left_out[0].left_out
    ('Ingmar Bergman', 'the file has a header and no rows')
    """
    root = Path(folder)
    if not root.is_dir():
        raise TableError(f"{root}: not a folder; name the folder of CineScale's codings")
    files = [file for file in sorted(root.rglob("*.csv"), key=lambda file: file.name) if not file.name.startswith(".")]
    listed = [row for file in files if file.name.lower() == MANIFEST for row in _read_manifest(file)]
    codings = [_read_film(file, listed) for file in files if file.name.lower() != MANIFEST]
    if not codings:
        raise TableError(f"{root}: holds no coding; name the folder that has CineScale's CSV files")
    names, notes = unify_names([film.director for film in codings])
    codings = [replace(film, director=name) for film, name in zip(codings, names, strict=True)]
    used = tuple(film for film in codings if not film.left_out)
    left_out = tuple(film for film in codings if film.left_out)
    if not used:
        raise TableError(f"{root}: no coding can be used; {left_out[0].path.name}: {left_out[0].left_out}")
    return CineScale(root, used, left_out, _without_coding(listed, codings), notes)


def read_coding(path: str | os.PathLike[str]) -> CodedFilm:
    r"""Read one film's coding, which must have `FEWEST_SECONDS` seconds with a scale.

    Examples
    --------
    >>> _ = Path("film.csv").write_text("time,shotscale\n" + "".join(f"{s},{2 + s // 200}\n" for s in range(400)))
    >>> read_coding("film.csv").track["scale"].value_counts().to_dict()
    {'CU': 200, 'MCU': 200}
    """
    film = _coded(read_annotation(path), None)
    if film.left_out:
        raise TableError(f"{path}: {film.left_out}; give a coding with {FEWEST_SECONDS} seconds or more")
    return film


def _read_film(path: Path, listed: Sequence[_Listed]) -> CodedFilm:
    try:
        annotation = read_annotation(path)
    except TableError as error:
        nothing = Titles.of(None, path.stem)
        reason = str(error).removeprefix(f"{path}: ")
        return CodedFilm(path.stem, path, "", path.stem, nothing, None, _empty_track(), (), reason)
    film = _coded(annotation, _find_listed(annotation, listed))
    if film.director:
        return film
    return replace(film, left_out="its name says no director; call it year_director_-_title.csv")


def _coded(annotation: Annotation, listed: _Listed | None) -> CodedFilm:
    """Make a film from a coding: its names, a measurable track, and notes on faults."""
    title = annotation.title or annotation.path.stem
    director = listed.director if listed else plain_name(annotation.director or "").title()
    titles = Titles.of(annotation.year, title)
    if listed:
        title, titles = listed.titles.names[0], titles.joined(listed.titles)
    track, notes = _clean(annotation)
    film = CodedFilm(
        film_id=annotation.path.stem,
        path=annotation.path,
        director=full_name(director),
        title=title,
        titles=titles,
        black_and_white=listed.black_and_white if listed else None,
        track=track,
        notes=tuple(notes),
    )
    return replace(film, left_out=_why_not(annotation, film))


def _why_not(annotation: Annotation, film: CodedFilm) -> str:
    """Return why a coding cannot be used; empty if it can."""
    n, n_scale = len(annotation.table), int(film.track["scale"].isin(SCALE_NAMES).sum())
    if not n:
        return "the file has a header and no rows"
    if annotation.table["scale"].eq(_NOT_AVAILABLE).all():
        return f"{counted(n, 'row')}, all of code 9, not available"
    if n_scale < FEWEST_SECONDS:
        return f"a scale for {counted(n_scale, 'second')} alone; {FEWEST_SECONDS} are needed"
    return ""


def _clean(annotation: Annotation) -> tuple[pd.DataFrame, list[str]]:
    """Return a track with increasing times and a coded end, and notes on what was wrong."""
    track, kinds = annotation.track, [flaw.kind for flaw in annotation.flaws]
    notes = []
    if "disorder" in kinds:
        first = next(flaw for flaw in annotation.flaws if flaw.kind == "disorder")
        once = annotation.table["time"].is_unique
        how = "in the order of its times" if once else "as a row per second, in the order of the rows"
        notes.append(f"its times go back ({first}); read {how}")
    elif kinds:
        track = track.drop_duplicates("time")
        notes.append(
            f"times that are not one per second: {'; '.join(map(str, annotation.flaws[:3]))}; kept as they are"
        )
    if len(annotation.table) in _TRUNCATED:
        notes.append(f"stops at row {len(annotation.table)}, as several published files do: the film may go on")
    coded = np.flatnonzero(track["scale"].ne(_NOT_AVAILABLE))
    tail = len(track) - 1 - int(coded[-1]) if len(coded) else 0
    if tail >= _LONG_TAIL:
        notes.append(f"its last {tail} s have code 9, not available; the coding ends before them")
        track = track.iloc[: len(track) - tail]
    return track.reset_index(drop=True), notes


def _read_manifest(path: Path) -> list[_Listed]:
    """Read ``list.csv``, skipping rows that are not films."""
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path}: not a UTF-8 table; save the manifest as it was published") from error
    header = [name.strip().lower() for name in rows[0]] if rows else []
    for column in _COLUMNS:
        if column not in header:
            raise TableError(f"{path}: lacks the column {column}; the manifest has Year;director;name;English name;BW")
    english = next((i for i, name in enumerate(header) if name.startswith("english")), None)
    bw = header.index("bw") if "bw" in header else None
    year, director, name = (header.index(column) for column in _COLUMNS)
    listed = []
    for row in rows[1:]:
        cells = [cell.strip() for cell in row] + [""] * (len(header) - len(row))
        if cells[name] and cells[director]:
            names = [cells[name], cells[english] if english is not None else ""]
            made = int(cells[year]) if cells[year].isdigit() else None
            titles = Titles.of(made, *names)
            listed.append(_Listed(titles, cells[director], bw is not None and cells[bw].lower() == "x"))
    return listed


def _find_listed(annotation: Annotation, listed: Iterable[_Listed]) -> _Listed | None:
    """Find a file's row by director and title; if several match, the nearest in year."""
    own = Titles.of(annotation.year, annotation.title or "")
    family = surname(annotation.director or "")
    same = [row for row in listed if surname(row.director) == family and own.share_a_title(row.titles)]
    return min(same, key=lambda row: own.years_apart(row.titles), default=None)


def _without_coding(listed: Sequence[_Listed], codings: Sequence[CodedFilm]) -> tuple[str, ...]:
    def has_coding(row: _Listed) -> bool:
        return any(
            surname(film.director) == surname(row.director) and film.titles.share_a_title(row.titles)
            for film in codings
        )

    return tuple(f"{row.titles.names[0]} ({row.titles.year})" for row in listed if not has_coding(row))


def _empty_track() -> pd.DataFrame:
    return pd.DataFrame({"time": np.empty(0), "scale": np.empty(0, object)})
