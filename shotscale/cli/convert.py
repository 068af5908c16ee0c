"""The `shotscale` command for other programs' shot lists."""

from dataclasses import replace
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shotscale.cli.options import From, To, Whole, takes_list
from shotscale.cli.terminal import LeftOut, stdout, tell
from shotscale.errors import FilmError, OptionError, OutputError

if TYPE_CHECKING:
    from shotscale.part import PartOptions
    from shotscale.shotlists import FilmTable, HowToRead, ShotList


@takes_list("Frames per second, if the list counts frames; a saved analysis knows its own.")
def convert(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SHOTS",
            help="A folder that --save wrote, a film of a store, or a shot list: shots.csv, cut times, .xlsx, .edl, "
            ".otio, .eaf, PySceneDetect's or TransNetV2's output; of one film, or a table of several.",
        ),
    ],
    target: Annotated[Path, typer.Argument(metavar="FILE", help="What to write: .edl, .otio, .eaf or .csv.")],
    how: "HowToRead",
    begin: From = None,
    end: To = None,
    whole: Whole = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it exists.")] = False,
) -> None:
    """Convert a film's shots for an editing program, for ELAN, or to the table that classify reads.

    Scales are included if known. Only the film is written, without titles that were left out, in the times of its
    file. One line says how the list was read; an ambiguous list is refused.

    Examples: shotscale convert film/ film.edl

    shotscale convert film/ film.eaf --from 1:40 --to 1:32:05

    shotscale convert cuts.edl shots.csv --fps 24

    shotscale convert coded.tsv shots.csv --columns start=StartTime,end=EndTime,scale=Value --unit ms
    """
    from shotscale.filmpaths import in_table, is_analysis, is_stored_film, result_name
    from shotscale.opening import load_analysis, write_shots
    from shotscale.part import PartOptions
    from shotscale.shotlists import film_table, read_shotlist, write_shotlist
    from shotscale.store.reading import open_store

    part = PartOptions.read(begin=begin, end=end, whole=whole)
    rate = how["fps"]
    if target.exists() and not overwrite:
        raise OutputError(f"{target}: exists already; choose another name or allow it with --overwrite")
    if source.is_dir() and not is_analysis(source):
        raise FilmError(f"{source}: a folder without a saved analysis; name a folder that --save wrote")
    if source.is_dir() or is_stored_film(source):
        if source.is_dir():
            film = load_analysis(source).cut(part)
        else:
            stored = open_store(source.parent)
            film = stored.load(source.name).cut(part.over(stored.part(source.name)))
        notes = write_shots(film, target, fps=rate)
    else:
        films = None
        if in_table(source) is None:
            films = film_table(source, columns=how["columns"], delimiter=how["delimiter"], decimal=how["decimal"])
        if films is not None and len(films.sheets) > 1:
            if not part.is_default:
                raise OptionError(f"--from, --to: {source} holds several films; convert one, {films.paths[0]}")
            _write_films(films, target, how)
            return
        given = _part_of(read_shotlist(source, **how), part)
        tell("shotscale", source, given.understood, *given.notes)
        notes = write_shotlist(
            given.shots, target, fps=rate or given.fps, scales=given.scales, title=result_name(source)
        )
    tell("shotscale", source, *notes)
    stdout.print(f"written to {target}")


def _part_of(given: "ShotList", asked: "PartOptions") -> "ShotList":
    """Return the part of a list that is asked for."""
    from shotscale.part import FilmPart

    whole = FilmPart.of(given.shots)
    part = whole.with_options(asked, whole)
    held = part.holds(given.shots["start"], given.shots["end"])
    scales = given.scales and tuple(compress(given.scales, held))
    return replace(given, shots=part.of_shots(given.shots), scales=scales, notes=(*given.notes, *part.sentences(whole)))


def _write_films(films: "FilmTable", target: Path, how: "HowToRead") -> None:
    """Write the films of a table as one CSV, one row per shot with its film's name."""
    from shotscale.shotlists import read_films
    from shotscale.shotlists.table import write_films

    if target.suffix.lower() != ".csv":
        raise OptionError(
            f"{target}: {films.path} holds {films.understood}, and only .csv holds several; convert one, "
            f"{films.paths[0]}, or write .csv"
        )
    left_out = LeftOut("shotscale")
    given = read_films(films.path, how, left_out.on_error)
    name, first = next(iter(given.items()))
    tell("shotscale", films.path, f"{films.understood}; {name!r} {first.understood}")
    for name, one in given.items():
        tell("shotscale", films.path / name, *one.notes)
    write_films(given, target)
    stdout.print(f"written to {target}")
    left_out.exit()
