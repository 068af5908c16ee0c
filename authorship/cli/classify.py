"""``authorship classify``: name the most likely director of each film."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from authorship.cli.options import JsonOutput, Label, ReferenceOption, Weights
from shotscale.cli.options import Detector, takes_list, takes_part
from shotscale.errors import OptionError, UserError

if TYPE_CHECKING:
    from authorship.attribution.classify import Attribution
    from authorship.found_films import FoundFilm
    from shotscale.film import Film
    from shotscale.part import PartOptions
    from shotscale.shotlists import HowToRead
    from shotscale.video.stills import StillKeeper


@takes_part
@takes_list("Frames per second, of numbered pictures or of a shot list in frames.")
def classify(
    films: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILM...]",
            help="Video files, folders of them, folders that --save wrote, stores, or shot tables (CSV: start, end).",
            show_default=False,
        ),
    ] = None,
    shots: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="LIST",
            help="Shot lists made by hand or elsewhere, no video: cut times, CSV, .xlsx, EDL, OTIO, ELAN; a table may "
            "hold several films, in rows (film, shot, length) or a column each. May be repeated.",
        ),
    ] = None,
    *,
    how: "HowToRead",
    coding: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A coding of a film's scales, second by second (CineScale CSV), no video; may be repeated.",
        ),
    ] = None,
    json_output: JsonOutput = False,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write shots.csv, scales.csv and film.json; for several films, each into its own folder in DIR.",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="Write a report page with pictures of the shots; for several films, one page each into a folder.",
        ),
    ] = None,
    reference: ReferenceOption = None,
    label: Label = "director",
    details: Annotated[
        bool, typer.Option("--details", help="Print the whole answer on each of several films, not a line per film.")
    ] = False,
    confidence: Annotated[
        float, typer.Option(help="How often the remaining candidates should include the true one, between 0 and 1.")
    ] = 0.8,
    year: Annotated[
        int | None,
        typer.Option(help="Year of the films: compared with the candidates' periods, not used as a feature."),
    ] = None,
    part: "PartOptions",
    weights: Weights = None,
    detector: Detector = "default",
) -> None:
    """Name the most likely director of each film, or answer 'undecided' or 'none of these'.

    Cut times are classified by shot lengths, a coding by its scales, a film by
    both together.

    One film is answered in full, several in a line each; --details prints all.

    The exit status is 0 for any verdict and 2 if a film could not be read;
    results for the other films are still printed.

    [bold]Examples[/bold]

      authorship classify film.mkv

      authorship classify films/ --json > answers.json

      authorship classify film.mkv --save film/ --confidence 0.9

      authorship classify film.mkv --report film.html

      authorship classify film/ --reference my-directors.csv

      authorship classify --shots cuts.csv

      authorship classify --shots cuts.edl --fps 24

      authorship classify --shots lengths.xlsx

      authorship classify --shots coded.tsv --columns start=StartTime,end=EndTime --unit ms

      authorship classify film/ --from 1:40 --to 1:32:05 --speed pal

      authorship classify --coding 1966_bergman_-_persona.csv

    [bold]JSON[/bold]

    One object: format, format_version, software, reference, films, errors.

    Each of [bold]films[/bold], always a list: path; film (duration, width, height,
    fps ...); verdict; reason; confidence; remaining; candidates, most
    likely first (director, probability, score, remains ...); basis, which
    models were used and how often such answers are right; shots and scales,
    summaries; features; evidence; limits; provenance (versions, checksums;
    shots, if they were given, and how they were read). Each of
    [bold]errors[/bold]: path, error.
    """
    from authorship.attribution.classify import Attributor, check_confidence
    from authorship.attribution.document import answers_document
    from authorship.cli.lists import Teller
    from authorship.cli.rendering import Overview, print_attribution
    from authorship.opening import open_film
    from authorship.reference.reading import read_reference
    from authorship.report.places import pages_of, still_keeper
    from shotscale.cli.terminal import debugging, film_progress, print_json, report_error
    from shotscale.files import make_folder
    from shotscale.filmpaths import result_folders

    check_confidence(confidence)
    asked = _asked(films or (), shots or (), coding or (), how)
    if not asked:
        raise OptionError("no film: nothing to classify; name films, or lists with --shots, or codings with --coding")
    attributor = Attributor(read_reference(reference, label=label) if reference is not None else None)
    folders = result_folders([*asked], make_folder(save)) if save is not None else {}
    pages = pages_of(report, [*asked]) if report is not None else {}
    overview = Overview() if len(asked) > 1 and not (details or json_output) else None
    teller = Teller()
    answers: dict[Path, Attribution] = {}
    errors: list[dict[str, str]] = []

    for number, (path, (found, kind)) in enumerate(asked.items(), 1):
        try:
            with still_keeper(path in pages) as stills:
                with film_progress(f"{number}/{len(asked)} {path.name}" if len(asked) > 1 else path.name) as progress:
                    film = open_film(
                        found.path,
                        kind=kind,
                        how=how,
                        weights=weights,
                        detector=detector,
                        fps=how["fps"],
                        part=part.over(found.part),
                        progress=progress,
                        stills=stills,
                    )
                if not json_output:
                    teller.tell(film, notes=overview is not None)  # otherwise the answer gives them as limits
                _save(film, folders.get(path))
                named = film if path == found.path else replace(film, path=str(path))
                answer = attributor.attribute(named, confidence=confidence, year=year)
                _report(answer, pages.get(path), stills)
        except UserError as error:
            if debugging():
                raise
            errors.append({"path": str(path), "error": str(error)})
            report_error("authorship", error)
            continue
        answers[path] = answer
        if not json_output:
            (print_attribution if overview is None else overview.add)(answer)
    if json_output:
        print_json(answers_document(answers.values(), errors, attributor))
    elif overview is not None:
        overview.close(failed=len(errors))
    _say_written(answers, folders, pages)
    if errors:
        raise typer.Exit(2)


def _asked(
    films: "Iterable[Path]", shots: "Iterable[Path]", codings: "Iterable[Path]", how: "Mapping[str, Any]"
) -> "dict[Path, tuple[FoundFilm, str | None]]":
    """Return the films to classify and the kind of file that each was said to be, by path.

    Of several films in one file, each is called by the file's path and its name.
    """
    from authorship.found_films import FoundFilm, listed_films, walk_films

    listed = [film for path in shots for film in listed_films(path, how)]
    kinds = {None: walk_films(films), "list": listed, "coding": map(FoundFilm, codings)}
    asked = {(film.path, film.part): (film, kind) for kind, found in kinds.items() for film in found}
    often = Counter(path for path, _ in asked)
    return {path if often[path] == 1 else path / found[0].name: found for (path, _), found in asked.items()}


def _save(film: "Film", folder: Path | None) -> None:
    from shotscale.cli.terminal import stderr

    if folder is None:
        return
    if film.is_analysis:
        film.save(folder)
    else:
        told = "a list of shots or a coding has no analysis to save; leave out --save"
        stderr.print(f"authorship: {film.path}: {told}", soft_wrap=True)


def _report(answer: "Attribution", page: Path | None, stills: "StillKeeper | None") -> None:
    if page is not None:
        from authorship.report import write_report
        from authorship.report.places import pictures_of

        write_report(page, answer, stills=pictures_of(answer.film, stills))


def _say_written(
    answers: "Mapping[Path, Attribution]", folders: Mapping[Path, Path], pages: Mapping[Path, Path]
) -> None:
    """Write the index of several reports, and print where results are."""
    from shotscale.cli.terminal import say_written

    written = [(pages[path], answer) for path, answer in answers.items() if path in pages]
    if len(written) > 1:
        from authorship.report import write_index
        from authorship.report.places import index_of

        say_written("authorship", write_index(index_of([page for page, _ in written]), written))
    elif written:
        say_written("authorship", written[0][0])
    saved = [folders[path] for path, answer in answers.items() if path in folders and answer.film.is_analysis]
    if saved:
        say_written("authorship", saved[0] if len(saved) == 1 else saved[0].parent)
