"""``authorship desk``: the whole tool on one local page."""

from pathlib import Path
from typing import Annotated

import typer

from shotscale.cli.review import Browser, Port


def desk(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="The folder of your films.")] = Path(),
    port: Port = 0,
    browser: Browser = True,
) -> None:
    """Work on a folder of films in the browser, without a terminal.

    Opens a page that only you can reach: add films, have them measured in the
    background, read the verdicts, correct shots and scales, export tables. The
    folder's films.csv and store/ are those of authorship corpus, so that commands
    and page can be used in turn. Stop with Ctrl-C; measuring goes on.

    [bold]Examples[/bold]

      authorship desk films/
    """
    from authorship.desk.server import desk_server
    from shotscale.cli.terminal import serve

    with desk_server(folder, port=port) as server:
        serve(server, "authorship: the desk is closed; what is being measured goes on", browser=browser)
