"""The `shotscale` command."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from shotscale import cli_convert, cli_network, cli_shots
from shotscale.errors import UserError
from shotscale.terminal import film_progress, report_error, run

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Shot boundaries and shot scales of a film.\n\nExample: shotscale analyze film.mkv --save film/",
)
app.add_typer(cli_shots.app)
app.add_typer(cli_convert.app)
app.add_typer(cli_network.app)
_stdout = Console(highlight=False, markup=False)

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@app.command()
def analyze(
    films: Annotated[list[Path], typer.Argument(metavar="FILM...", help="Video files, or folders of them.")],
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write shots.csv, scales.csv and film.json here (several films: a folder each)."
        ),
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="Weights of a scale network (.safetensors).")] = None,
    detector: Annotated[str, typer.Option(help="Shot detector: default or transnetv2.")] = "default",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Parts of a film decoded side by side; one a core by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    debug: Debug = False,
) -> None:
    """Find the shots of films and the scale of each second.

    Example: shotscale analyze film.mkv --save film/
    """
    from shotscale.analysis import analyze as analyze_film
    from shotscale.filmpaths import find_films, result_folders
    from shotscale.rendering import introduce

    paths = find_films(films)
    folders = result_folders(paths, save) if save is not None else {}
    documents: list[dict[str, Any]] = []
    errors: list[dict[str, str]] = []
    for path in paths:
        try:
            with film_progress(path.name) as progress:
                analysis = analyze_film(path, weights=weights, detector=detector, workers=workers, progress=progress)
            if path in folders:
                analysis.save(folders[path])
        except UserError as error:
            if debug:
                raise
            report_error("shotscale", error)
            errors.append({"path": str(path), "error": str(error)})
            continue
        documents.append(analysis.to_document())
        if not as_json:
            _stdout.print(introduce(analysis))
    if as_json:
        _stdout.out(json.dumps({"films": documents, "errors": errors}, ensure_ascii=False, indent=2))
    if errors:
        raise typer.Exit(2)


@app.command()
def draw(
    path: Annotated[Path, typer.Argument(metavar="FILM", help="Where to write the film (.mkv or .mp4).")],
    seed: Annotated[int, typer.Option(help="Another seed draws another film.")] = 0,
    debug: Debug = False,  # noqa: ARG001  (read by `run`)
) -> None:
    """Draw the demo film: three minutes of drawn figures whose every shot is known.

    The truth is written beside it. It proves the machinery, not the science.

    Example: shotscale draw demo.mkv
    """
    from shotscale.drawn import draw_film
    from shotscale.files import make_folder

    make_folder(path.parent)
    with film_progress(f"drawing {path.name}") as progress:
        draw_film(path, seed=seed, progress=progress)


def main() -> None:
    """Run the command line; the entry point of the installed command."""
    run(app, "shotscale")
