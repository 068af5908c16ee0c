"""The `shotscale` commands for shot boundaries only."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shotscale.cli.options import AsJson, Detector, PictureRate
from shotscale.cli.terminal import film_progress, output_console, print_json
from shotscale.detectornames import PEER_HELP

if TYPE_CHECKING:
    import pandas as pd

_stdout = output_console(markup=False)


def shots(
    film: Annotated[Path, typer.Argument(metavar="FILM", help="A video file, numbered pictures, or - for a pipe.")],
    save: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for shots.csv and frames.h5; default: a folder named after the film."),
    ] = None,
    detector: Detector = "default",
    threshold: Annotated[float | None, typer.Option(help="Detection threshold; default: the detector's own.")] = None,
    fps: PictureRate = None,
    again: Annotated[bool, typer.Option("--again", help="Reuse the saved frames; nothing is decoded.")] = False,
) -> None:
    """Find a film's shots, and save what is needed to detect them again.

    The first run decodes the film and saves a thumbnail of every frame; with --again, another
    detector or threshold is applied to those.

    Examples: shotscale shots film.mkv

    shotscale shots film.mkv --again --threshold 0.3
    """
    from shotscale.boundaries.shots import find_shots
    from shotscale.cli.rendering import about_file, shot_figures
    from shotscale.filmpaths import result_name
    from shotscale.shotlists.framerates import parse_fps
    from shotscale.tables import write_table

    folder, rate = save or Path(result_name(film)), None if fps is None else parse_fps(fps)
    with film_progress(film.name) as progress:
        table, limits = find_shots(
            film, keep=folder, again=again, detector=detector, threshold=threshold, fps=rate, progress=progress
        )
    write_table(table, folder / "shots.csv")
    _stdout.print(shot_figures(table))
    for line in about_file(limits):
        _stdout.print(line)
    _stdout.print(f"written to {folder / 'shots.csv'}")


def benchmark_shots(
    clips: Annotated[Path, typer.Argument(metavar="CLIPS", help="Folder of video files.")],
    truth: Annotated[
        Path, typer.Argument(metavar="TRUTH", help="CSV with clip, first_frame, last_frame of each shot.")
    ],
    detectors: Annotated[
        str, typer.Option(metavar="A,B,...", help=PEER_HELP)
    ] = "default,scenedetect-adaptive,scenedetect-content",
    as_json: AsJson = False,
) -> None:
    """Compare shot detectors on clips whose shots are known.

    A detected transition matches a true one if they overlap to within one frame; scores are over all clips,
    with a 95 % bootstrap interval over clips. The default detector learned from 87 clips of AutoShot's test set: on
    those, its scores say nothing.

    Example: shotscale benchmark-shots clips/ shots.csv --detectors default,transnetv2
    """
    from shotscale.boundaries.benchmark import benchmark_detectors
    from shotscale.files import finite

    with film_progress("clips") as progress:
        done: list[str] = []

        def move(clip: str, name: str) -> None:
            done.append(f"{clip} {name}")
            progress(len(done), None)

        scores = benchmark_detectors(clips, truth, detectors.split(","), progress=move)
    if as_json:
        print_json({"scores": finite(scores.to_dict("records"))})
        return
    _stdout.print(*score_lines(scores), sep="\n", soft_wrap=True)


def score_lines(scores: "pd.DataFrame") -> list[str]:
    """Format scores as lines of at most 80 columns: a heading per detector, a line per kind of transition."""
    from shotscale.evaluation.lines import row

    widths = (10, 8, 8, 12, 9, 8, 18)
    lines = [row("", ("true", "found", "precision", "recall", "F1", "95 % interval"), widths)]
    for name, rows in scores.groupby("detector", sort=False):
        lines.append(f"{name}, {rows['ms_per_frame'].iloc[0]:.2f} ms per frame")
        for sort in rows.to_dict("records"):
            numbers = (f"{sort[key]:,}" for key in ("n_true", "n_found"))
            figures = (f"{sort[key]:.3f}" for key in ("precision", "recall", "f1"))
            interval = f"{sort['f1_low']:.3f} to {sort['f1_high']:.3f}"
            lines.append(row(f"  {sort['sort']}", (*numbers, *figures, interval), widths))
    return lines
