"""Write a desk's films for other programs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from authorship.desk.folder import Desk
from authorship.desk.states import AT_HAND, part_to_say
from authorship.found_films import FoundFilm, corpus_film
from shotscale.errors import FilmError, OptionError, TableError, UserError
from shotscale.files import make_folder
from shotscale.numerals import some_of

TABLES: Mapping[str, str] = {
    "sav": "SPSS",
    "dta": "Stata",
    "r": "R",
    "xlsx": "Excel",
    "csv": "CSV",
    "parquet": "Parquet",
    "arff": "Weka",
}
"""Formats that hold all films as tables, and the programs that read them."""

SHOT_LISTS: Mapping[str, str] = {"eaf": "ELAN", "edl": "EDL", "otio": "OpenTimelineIO"}
"""Formats that hold a film's shots, one file per film."""


def films_at_hand(desk: Desk, film_ids: Sequence[str] = ()) -> tuple[list[FoundFilm], list[str]]:
    """Return the films that have figures, of these films or of all, and the names of the others.

    Raises
    ------
    FilmError
        If there are none.
    """
    states = {film["film_id"]: film["state"] for film in desk.state()["films"]}
    others = [name for name in film_ids or states if states.get(name) not in AT_HAND]
    rows = desk.rows()
    rows = rows[rows["film_id"].isin(set(film_ids or states).difference(others))]
    if rows.empty:
        raise FilmError(f"{desk.table}: none of {'these' if film_ids else 'its'} films is measured yet; measure one")
    return [corpus_film(desk.folder, row) for row in rows.to_dict("records")], others


def arguments_of(films: Sequence[FoundFilm]) -> list[str] | None:
    """Return films and their part as on a command line; `None` if they need options of which it takes only one."""
    parts = {tuple(part_to_say(film)) for film in films}
    return [*(str(film.path) for film in films), *parts.pop()] if len(parts) == 1 else None


def write_tables(desk: Desk, films: Sequence[FoundFilm], folder: Path, format_name: str) -> list[str]:
    """Write the tables of films; return one line per file, and one on those of earlier exports."""
    from authorship.export import export_films
    from authorship.export.collection import collect_found

    written = export_films(collect_found(films), folder, formats=[format_name], overwrite=True)
    told = [f"{file.path.relative_to(desk.folder)}: {file.size}" for file in written]
    return told + _left_there([file.path for file in written])


def write_shot_lists(desk: Desk, films: Sequence[FoundFilm], targets: Sequence[Path]) -> list[str]:
    """Write the shots of each film to a file; return one line per film, then those that have no shots to write.

    Raises
    ------
    FilmError, TableError, OptionError
        If no film has shots, or a frame rate if one is needed.
    """
    from shotscale.opening import write_shots

    told, written = list[str](), list[Path]()
    refused: list[UserError] = []
    for folder in {target.parent for target in targets}:
        make_folder(folder)
    for film, target in zip(films, targets, strict=True):
        try:
            notes = write_shots(desk.open(film.name), target)
            written.append(target)
            told.append(" ".join([str(target.relative_to(desk.folder)), *(f"({note})" for note in notes)]))
        except OptionError as error:
            refused.append(OptionError(f"{str(error).partition('; ')[0]}; ELAN needs no frame rate"))
        except (FilmError, TableError) as error:
            refused.append(error)
    if not told:
        raise refused[0]
    return [*told, *(f"not written: {error}" for error in refused), *_left_there(written)]


def _left_there(written: Sequence[Path]) -> list[str]:
    """Return which files of an earlier export are beside these, in at most one line: they may hold a user's work."""
    kinds, beside = {path.suffix for path in written}, {path.parent for path in written}
    left = {path for folder in beside for path in folder.iterdir() if path.suffix in kinds}.difference(written)
    return [f"still there from before: {some_of(sorted(path.name for path in left))}"] if left else []
