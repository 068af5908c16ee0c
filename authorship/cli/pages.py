"""Paths and pictures for the reports of ``authorship classify --report``."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shotscale.errors import OptionError

if TYPE_CHECKING:
    from authorship.attribution.classify import Attribution
    from shotscale.video.stills import StillKeeper

__all__ = ["pages_of", "still_keeper", "write_index", "write_page"]

_SUFFIXES = (".html", ".htm")


def pages_of(report: Path, films: Sequence[Path]) -> dict[Path, Path]:
    """Return the page of each film: `report` itself for one film, else one inside the folder `report`.

    Examples
    --------
    >>> pages_of(Path("film.html"), [Path("film.mkv")])
    {PosixPath('film.mkv'): PosixPath('film.html')}
    """
    from shotscale.files import make_folder
    from shotscale.filmpaths import result_folders

    is_page = report.suffix.lower() in _SUFFIXES and not report.is_dir()
    if len(films) == 1 and not report.is_dir():
        if not is_page:
            raise OptionError(f"{report}: a report is a page (.html); name it so, or give a folder that exists")
        return {films[0]: report}
    if is_page:
        raise OptionError(f"{report}: {len(films)} films have a page each; name a folder")
    folder = make_folder(report)
    if len(films) == 1:
        return {films[0]: folder / f"{films[0].name if films[0].is_dir() else films[0].stem}.html"}
    return {film: folder / f"{place.name}.html" for film, place in result_folders(films, folder).items()}


@contextmanager
def still_keeper(wanted: bool) -> "Iterator[StillKeeper | None]":
    """Yield a collector of one picture per shot during decoding; None without a report."""
    if not wanted:
        yield None
        return
    from shotscale.video.stills import StillKeeper

    with StillKeeper() as keeper:
        yield keeper


def write_index(pages: "Sequence[tuple[Path, Attribution]]") -> Path:
    """Write a page that lists several films' reports, beside them."""
    from authorship.report import write_index as write

    taken = {page.name for page, _ in pages}
    name = "index.html" if "index.html" not in taken else "all-films.html"
    return write(pages[0][0].with_name(name), pages)


def write_page(page: Path | None, answer: "Attribution", stills: "StillKeeper | None") -> None:
    """Write one film's report, if one was requested."""
    if page is None:
        return
    from authorship.report import write_report

    film = answer.film
    shots = film.shot_table
    if film.part is not None and film.part.speed != 1:  # pictures have the file's times
        times = ["start", "end", "transition_start", "transition_end"]
        shots = shots.assign(**{column: shots[column] / film.part.speed for column in times})
    pictures = None if stills is None else stills.of_shots(shots)
    write_report(page, answer, stills=pictures)
