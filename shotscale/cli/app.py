"""The `shotscale` command."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shotscale.cli import agreement, convert, evaluate, import_keras, mistakes, predict, review, shots, train
from shotscale.cli.exit_status import run
from shotscale.cli.options import AsJson, Commands, Detector, PictureRate, Seed, Version, Weights, read_size, takes_part
from shotscale.cli.terminal import debugging, film_progress, output_console, print_json, report_error, say_written
from shotscale.errors import UserError
from shotscale.numerals import counted

if TYPE_CHECKING:
    from shotscale.part import PartOptions

app = Commands()
app.command()(train.train)
app.command()(predict.predict)
app.command()(import_keras.import_keras)
app.command()(evaluate.evaluate)
app.command()(agreement.agreement)
app.command()(mistakes.errors)
_stdout = output_console(markup=False)


@app.callback()
def _about(version: Version = False) -> None:
    """Measure the shot boundaries and shot scales of films.

    Example: shotscale analyze film.mkv --save film/
    """


@app.command()
@takes_part
def analyze(
    films: Annotated[
        list[Path],
        typer.Argument(metavar="FILM...", help="Video files, folders of them, numbered pictures, or - for a pipe."),
    ],
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write shots.csv, scales.csv and film.json here (several films: one folder each)."
        ),
    ] = None,
    weights: Weights = None,
    detector: Detector = "default",
    fps: PictureRate = None,
    *,
    part: "PartOptions",
    as_json: AsJson = False,
) -> None:
    """Find the shots of films and the scale of each second.

    Example: shotscale analyze film.mkv --save film/

    shotscale analyze frames/%04d.png --fps 24

    shotscale analyze film.mkv --from 1:40 --to 1:32:05 --speed pal

    cat film.mkv | shotscale analyze -
    """
    from shotscale.analysis import analyze as analyze_film
    from shotscale.cli.rendering import introduce
    from shotscale.filmpaths import find_films, result_folders
    from shotscale.shotlists.framerates import parse_fps

    rate = None if fps is None else parse_fps(fps)
    paths = find_films(films)
    folders = result_folders(paths, save) if save is not None else {}
    documents: list[dict[str, Any]] = []
    errors: list[dict[str, str]] = []
    for path in paths:
        try:
            with film_progress(path.name) as progress:
                film = analyze_film(path, weights=weights, detector=detector, fps=rate, part=part, progress=progress)
            if path in folders:
                film.save(folders[path])
        except UserError as error:
            if debugging():
                raise
            report_error("shotscale", error)
            errors.append({"path": str(path), "error": str(error)})
            continue
        documents.append(film.to_document())
        if not as_json:
            _stdout.print(introduce(film))
            if path in folders:
                say_written("shotscale", folders[path])
    if as_json:
        print_json({"films": documents, "errors": errors})
    if errors:
        raise typer.Exit(2)


@app.command()
def draw(
    path: Annotated[Path, typer.Argument(metavar="FILM", help="Where to write the film (.mkv or .mp4).")],
    seed: Seed = 0,
    sequences: Annotated[
        int | None, typer.Option(min=1, max=9, help="Draw only the first N of nine sequences, for a shorter film.")
    ] = None,
    size: Annotated[str, typer.Option(metavar="WxH", help="Width and height in pixels, even.")] = "640x360",
) -> None:
    """Draw the demo film: three minutes of drawn figures in which every shot is known.

    The ground truth is written next to it. It shows that the software works, not that the science does.

    Example: shotscale draw demo.mkv
    """
    from shotscale.drawn import demo_script, draw_film
    from shotscale.files import make_folder

    width_and_height = read_size(size, "a width and a height, as in 640x360")
    make_folder(path.parent)
    script = demo_script(seed, sequences=sequences)
    with film_progress(f"drawing {path.name}") as progress:
        draw_film(path, seed=seed, script=script, size=width_and_height, progress=progress)


@app.command()
def draw_frames(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, to be created.")],
    films: Annotated[int, typer.Option(help="How many films.")] = 6,
    seconds: Annotated[int, typer.Option(help="Frames per film, one per second.")] = 40,
    seed: Seed = 0,
) -> None:
    """Draw labeled frames in CineScale's format, to try training and evaluation without its frames.

    Figures of known scale, their annotations, and those of a second coder who makes occasional errors. A network's
    accuracy on them says nothing about films.

    Example: shotscale draw-frames drawn/
    """
    from shotscale.drawn.labeled import draw_labeled_films

    root = draw_labeled_films(folder, seed=seed, n_films=films, seconds=seconds)
    _stdout.print(
        f"{root}: {counted(films, 'film')} of {counted(seconds, 'frame')}, DRAWN: no file in it comes from a film",
        soft_wrap=True,
    )


for _later in (shots.shots, shots.benchmark_shots, convert.convert, review.review, review.import_coding, review.export):
    app.command()(_later)


def main() -> None:
    """Run the command line; the entry point of the installed command."""
    run(app, "shotscale")
