"""``authorship classify``: name the likeliest director of each film."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from shotscale.errors import UserError

if TYPE_CHECKING:
    from authorship.attribution import Attribution, Attributor
    from authorship.films import Film

__all__ = ["classify"]

JSON_FORMAT = "authorship-classify"
JSON_FORMAT_VERSION = 1


def classify(
    films: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILM...",
            help="Video files, folders of them, folders that --save wrote, or shot tables (CSV with start, end).",
            show_default=False,
        ),
    ],
    json_output: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write shots.csv, scales.csv and film.json; of several films each into a folder of its own in DIR.",
        ),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE_OR_FOLDER", help="Films by known directors; by default 94 features by six directors."
        ),
    ] = None,
    label: Annotated[
        str, typer.Option(metavar="COLUMN", help="The column of the reference that names the candidates.")
    ] = "director",
    confidence: Annotated[
        float, typer.Option(help="How often the candidates that remain should hold the true one, between 0 and 1.")
    ] = 0.8,
    year: Annotated[
        int | None, typer.Option(help="When the films were made: compared with the candidates' periods, not a feature.")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Weights of a scale network (safetensors).")
    ] = None,
    detector: Annotated[str, typer.Option(metavar="NAME", help="Which shot detector.")] = "default",
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Name the likeliest director of each film, or say 'undecided' or 'none of these'.

    The exit status is 0 for any verdict and 2 if a film could not be read;
    the others' results are printed all the same.

    [bold]Examples[/bold]

      authorship classify film.mkv

      authorship classify films/ --json > answers.json

      authorship classify film.mkv --save film/ --confidence 0.9

      authorship classify film/ --reference my-directors.csv

    [bold]JSON[/bold]

    One object: format, format_version, software, reference, films, errors.

    Each of [bold]films[/bold], always a list: path; film (duration, width, height,
    fps ...); verdict; reason; confidence; remaining; candidates, the
    likeliest first (director, probability, score, remains ...); shots and
    scales, summaries; features; evidence; limits; provenance (versions,
    checksums). Each of [bold]errors[/bold]: path, error.
    """
    from authorship.attribution import Attributor, check_confidence
    from authorship.films import find_films
    from authorship.reference import read_reference
    from shotscale.files import make_folder

    check_confidence(confidence)
    paths = find_films(films)
    attributor = Attributor(read_reference(reference, label=label) if reference is not None else None)
    folders = _folders(paths, make_folder(save)) if save is not None else {}
    answers: list[Attribution] = []
    errors: list[dict[str, str]] = []
    for path in paths:
        try:
            film = _open(path, weights=weights, detector=detector, place=(len(answers) + len(errors) + 1, len(paths)))
            answer = attributor.attribute(film, confidence=confidence, year=year)
            _save(film, folders.get(path))
        except (UserError, OSError) as error:
            if debug:
                raise
            errors.append({"path": str(path), "error": str(error)})
            complain(
                str(error) if isinstance(error, UserError) else f"{path}: cannot be read ({error.strerror or error})"
            )
        else:
            answers.append(answer)
            if not json_output:
                _show(answer, attributor)
    if json_output:
        _print_json(answers, errors, attributor)
    if errors:
        raise typer.Exit(2)


def complain(message: str) -> None:
    """Print one line on stderr."""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(f"authorship: {message}")


def _open(path: Path, *, weights: Path | None, detector: str, place: tuple[int, int]) -> "Film":
    """Open a film while a bar on stderr shows the time left; without a terminal there is no bar."""
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from authorship.films import open_film

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        number = f"{place[0]}/{place[1]} " if place[1] > 1 else ""
        task = bars.add_task(f"{number}{escape(path.name)}", total=None)

        def progress(done: float, total: float | None) -> None:
            bars.update(task, completed=done, total=total)

        return open_film(path, weights=weights, detector=detector, progress=progress)


def _folders(paths: list[Path], parent: Path) -> dict[Path, Path]:
    """Give one film the folder itself, and each of several films a folder named after it, no name twice."""
    if len(paths) == 1:
        return {paths[0]: parent}
    folders: dict[Path, Path] = {}
    for path in paths:
        stem = path.name if path.is_dir() else path.stem
        name, number = stem, 1
        while any(folder.name.casefold() == name.casefold() for folder in folders.values()):
            number += 1
            name = f"{stem}-{number}"
        folders[path] = parent / name
    return folders


def _save(film: "Film", folder: Path | None) -> None:
    if folder is None:
        return
    if film.analysis is None:
        complain(f"{film.path}: a shot table, not a film, so there is no analysis to save; name the film itself")
        return
    film.analysis.save(folder)


def _show(answer: "Attribution", attributor: "Attributor") -> None:
    from authorship.rendering import print_attribution

    print_attribution(answer, attributor, Console(highlight=False))


def _print_json(answers: "list[Attribution]", errors: list[dict[str, str]], attributor: "Attributor") -> None:
    from authorship.attribution import software

    document: dict[str, Any] = {
        "format": JSON_FORMAT,
        "format_version": JSON_FORMAT_VERSION,
        "software": software(),
        "reference": attributor.describe(),
        "films": [answer.to_json() for answer in answers],
        "errors": errors,
    }
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write("\n")
