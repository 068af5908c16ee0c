"""The `shotscale` commands for correcting measurements and exporting the corrections."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shotscale.cli.options import takes_list
from shotscale.cli.terminal import film_progress, serve, stderr, stdout, tell
from shotscale.errors import FilmError, OptionError
from shotscale.numerals import counted

if TYPE_CHECKING:
    from shotscale.shotlists import HowToRead

Coder = Annotated[str, typer.Option(metavar="NAME", help="Name of the coder; each coder has a separate file.")]
Between = Annotated[
    str | None, typer.Option(metavar="A,B", help="Decide between these two coders where they disagree.")
]
Video = Annotated[
    Path | None, typer.Option("--film", metavar="PATH", help="New location of the film, if it has moved.")
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")]


def review(
    film: Annotated[Path, typer.Argument(metavar="FILM", help="A video file, or a folder that --save wrote.")],
    coder: Coder = "coder",
    between: Between = None,
    video: Video = None,
    port: Port = 0,
    browser: Browser = True,
) -> None:
    """Step through a film's shots by keyboard and correct boundaries and scales.

    Opens a page in your browser that only you can reach. Every correction is
    saved at once in corrections-NAME.jsonl next to the measured tables, which
    are not changed; later commands that read the analyzed film use it. A film
    without an analysis is analyzed first, into a folder named after it. Stop
    with Ctrl-C.

    Examples: shotscale review film.mkv

    shotscale review film/ --coder anna

    shotscale review film/ --coder referee --between anna,ben
    """
    from shotscale.coders import check_coder, journal_path
    from shotscale.film import read_analysis
    from shotscale.review.opening import find_analysis, find_film, opened_review, reserved
    from shotscale.review.server import review_server
    from shotscale.store.corrected_summary import Follower

    check_coder(coder)
    pair = [name.strip() for name in between.split(",")] if between is not None else []
    if between is not None and len(pair) != 2:
        raise OptionError(f"--between {between}: two coders are needed; write --between A,B")
    folder = find_analysis(film)
    if folder is None and not film.exists():
        raise FilmError(f"{film}: no such file; give a film, or a folder that --save wrote")
    folder = folder or Path(film.stem)
    with ExitStack() as stack:
        lock = stack.enter_context(reserved(folder, coder))
        _analyze(film, folder)
        measured = read_analysis(folder)
        path = find_film(folder, measured, film=video or (film if film.is_file() else None))
        session = stack.enter_context(
            opened_review(folder, film=path, coder=coder, between=pair, lock=lock, kept=Follower(folder))
        )
        server = stack.enter_context(review_server(session, port=port))
        stdout.print(f"{session.title}: corrections go to {journal_path(folder, coder)}")
        serve(server, "shotscale: review ended; every correction is in the file", browser=browser)


@takes_list("Frames per second, if the list counts frames.")
def import_coding(
    film: Annotated[Path, typer.Argument(metavar="FILM", help="A folder that --save wrote.")],
    shots: Annotated[
        Path,
        typer.Argument(
            metavar="SHOTS", help="A shot list (CSV, cut times, EDL, OTIO, ELAN) or a coding (CineScale CSV)."
        ),
    ],
    coder: Annotated[str, typer.Option(metavar="NAME", help="Name of the coder.")] = "coder",
    *,
    how: "HowToRead",
) -> None:
    """Start a coder's corrections from a shot list made elsewhere.

    Shots that have a scale in the list count as checked; continue with `review`.
    A coding second by second gives the film's shots their scales.

    Example: shotscale import-coding film/ annotations.eaf --coder anna
    """
    from shotscale.filmpaths import is_analysis
    from shotscale.review import opening
    from shotscale.store.corrected_summary import Follower

    if not is_analysis(film):
        raise FilmError(f"{film}: not a saved analysis; name a folder that --save wrote")
    given = opening.read_given(shots, film, how)
    tell("shotscale", shots, given.understood, *given.notes)
    taken, misfits = opening.import_coding(film, given, coder=coder)
    Follower(film)()
    tell("shotscale", shots, *misfits)
    stdout.print(f"{taken.path}: {counted(len(taken.document.shots), 'shot')}, {taken.n_checked} with a scale")


def export(
    films: Annotated[list[Path], typer.Argument(metavar="FILM...", help="Reviewed folders that --save wrote.")],
    coder: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the coder; default: the referee, or the only coder.")
    ] = None,
    cinescale: Annotated[
        Path | None,
        typer.Option(metavar="FILE_OR_DIR", help="Write CineScale's CSV; several films: one file each in DIR."),
    ] = None,
    frames: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write frames with their scales, as `shotscale train` reads them."),
    ] = None,
    analysis: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the corrected tables, in the format of --save.")
    ] = None,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Use the measured scale of unchecked shots.")] = False,
    per_shot: Annotated[int, typer.Option(min=1, help="With --frames: maximum number of frames per shot.")] = 3,
    parts: Annotated[
        int,
        typer.Option(
            min=1, help="With --frames: number of parts of a film to treat as separate films when splitting into folds."
        ),
    ] = 1,
    video: Video = None,
) -> None:
    """Export a coder's work: CineScale's CSV, labeled frames, corrected tables.

    Unchecked shots are 'not available' in the CSV and produce no frames.

    Examples: shotscale export film/ --cinescale 1966_Ingmar_Bergman_-_Persona.csv

    shotscale export one/ two/ three/ --frames frames/
    """
    from shotscale.filmpaths import result_folders
    from shotscale.review import exporting

    if cinescale is None and frames is None and analysis is None:
        raise OptionError("nothing to write: choose --cinescale, --frames or --analysis")
    if video is not None and len(films) > 1:
        raise OptionError(f"{video}: --film only works with one film; name one")
    coded = [exporting.load_coding(film, coder=coder, unchecked=unchecked) for film in films]
    if cinescale is not None:
        for path, seconds, known in exporting.write_cinescale(coded, cinescale):
            stdout.print(f"{path}: {known} of {counted(seconds, 'second')} coded")
    if frames is not None:
        with film_progress("frames") as progress:
            count = exporting.write_frames(
                coded, frames, per_shot=per_shot, parts=parts, film=video, progress=lambda done: progress(done, None)
            )
        stdout.print(f"{frames}: {counted(count, 'frame')}")
    if analysis is not None:
        for one, folder in zip(coded, result_folders(films, analysis).values(), strict=True):
            stdout.print(f"{one.film.save(folder)}: {one.film.limits[-1]}")


def _analyze(film: Path, folder: Path) -> None:
    """Analyze a film into a folder, unless it has an analysis."""
    from shotscale.analysis import analyze
    from shotscale.filmpaths import is_analysis

    if is_analysis(folder):
        return
    stderr.print(f"shotscale: {film}: not analyzed yet; writing to {folder}", soft_wrap=True)
    with film_progress(film.name) as progress:
        analysis = analyze(film, progress=progress)
    analysis.save(folder)
