"""The command line: the only part of the package that prints or exits.

One module per command. Nothing heavier than typer and rich is imported before a command runs, so that help
appears immediately.
"""

from authorship.cli import (
    benchmark,
    classify,
    compare,
    corpus,
    desk,
    export,
    features,
    fit,
    maps_and_trees,
    roll,
    simulate,
    verify,
    viewers,
)
from shotscale.cli.exit_status import run
from shotscale.cli.options import Commands, Version

app = Commands(name="authorship")
app.command("classify")(classify.classify)
app.command("features")(features.features)
app.command("export")(export.export)
app.command("verify")(verify.verify)
app.command("roll")(roll.roll)
app.command("compare")(compare.compare)
app.command("map")(maps_and_trees.draw_map)
app.command("tree")(maps_and_trees.draw_tree)
app.command("fit")(fit.fit)
app.add_typer(corpus.app, name="corpus")
app.command("desk")(desk.desk)
app.command("benchmark")(benchmark.benchmark)
app.command("simulate")(simulate.simulate)
app.command("viewers")(viewers.viewers)
app.command("simulate-viewers")(viewers.simulate_viewers)


@app.callback()
def _about(version: Version = False) -> None:
    """Who directed this film? Shot scales and shot lengths, attributed with an honest verdict.

    [bold]authorship classify film.mkv[/bold]   decode, find the shots and scales, name the likeliest director
    """


def main() -> None:
    """Run the command line; the entry point of the installed command."""
    run(app, "authorship")
