"""Paths of the reports on films, and the pictures for them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from shotscale.errors import OptionError
from shotscale.files import make_folder
from shotscale.filmpaths import result_folders
from shotscale.numerals import counted

if TYPE_CHECKING:
    from shotscale.film import Film
    from shotscale.video.stills import Still, StillKeeper

_SUFFIXES = (".html", ".htm")


def pages_of(report: Path, films: Sequence[Path]) -> dict[Path, Path]:
    """Return the page of each film: `report` itself for one film, else one inside the folder `report`.

    Examples
    --------
    >>> pages_of(Path("film.html"), [Path("film.mkv")])
    {PosixPath('film.mkv'): PosixPath('film.html')}
    """
    is_page = report.suffix.lower() in _SUFFIXES and not report.is_dir()
    if len(films) == 1 and not report.is_dir():
        if not is_page:
            raise OptionError(f"{report}: a report is a page (.html); name it so, or give a folder that exists")
        return {films[0]: report}
    if is_page:
        raise OptionError(f"{report}: {counted(len(films), 'film')} need one page each; give a folder")
    folder = make_folder(report)
    if len(films) == 1:
        return {films[0]: folder / f"{films[0].name if films[0].is_dir() else films[0].stem}.html"}
    return {film: folder / f"{place.name}.html" for film, place in result_folders(films, folder).items()}


def index_of(pages: Sequence[Path]) -> Path:
    """Return the path of the page that lists several films' reports, in the same folder.

    Examples
    --------
    >>> index_of([Path("out/a.html"), Path("out/index.html")])
    PosixPath('out/all-films.html')
    """
    taken = {page.name for page in pages}
    return pages[0].with_name("index.html" if "index.html" not in taken else "all-films.html")


def pictures_of(film: "Film", stills: "StillKeeper | None") -> "tuple[Still | None, ...] | None":
    """Return the pictures of a film's shots that were kept during decoding; None if it was not decoded."""
    if stills is None or not film.is_analysis:
        return None
    shots = film.shot_table
    if film.part is not None and film.part.speed != 1:  # pictures have the file's times
        times = ["start", "end", "transition_start", "transition_end"]
        shots = shots.assign(**{column: shots[column] / film.part.speed for column in times})
    return stills.of_shots(shots)


def still_keeper(wanted: bool) -> "AbstractContextManager[StillKeeper | None]":
    """Return a collector of one picture per shot during decoding, to be used in a block; None without a report."""
    if not wanted:
        return nullcontext()
    from shotscale.video.stills import StillKeeper

    return StillKeeper()
