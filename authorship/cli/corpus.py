"""``authorship corpus``: from a table of films to a store of their analyses."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from authorship.cli import corpus_status, corpus_upkeep
from authorship.cli.options import Weights
from shotscale.cli.options import Commands, Detector
from shotscale.cli.review import Between, Browser, Coder, Port, Video
from shotscale.cli.review import review as review_analysis
from shotscale.cli.terminal import print_json, stdout
from shotscale.errors import FilmError, OptionError
from shotscale.numerals import counted
from shotscale.sampling import SAMPLES_PER_SECOND

if TYPE_CHECKING:
    from shotscale.store.run import CorpusReport
    from shotscale.store.workers import Workers

_GIGABYTE = 1 << 30

app = Commands(
    help="Analyze a whole corpus into a store, which the other commands accept wherever they accept films.\n\n"
    "[bold]authorship corpus analyze films.csv -o store/[/bold]",
)

Table = Annotated[
    Path,
    typer.Argument(
        metavar="TABLE",
        help="CSV with the columns film_id, path, title, year, director and any others; one row per film.",
        show_default=False,
    ),
]


for _command in ("add", "remove", "restore", "prune", "settings", "verify"):
    app.command(_command)(getattr(corpus_upkeep, _command))


@app.command("check")
def check(table: Table) -> None:
    """Check a table and list all its problems, without analyzing anything.

    [bold]Examples[/bold]

      authorship corpus check films.csv
    """
    read = corpus_upkeep.read_strictly(table)
    size = sum(film.size_bytes for film in read.films)
    shown = f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.3g} MB"
    stdout.print(f"{table}: {counted(len(read.films), 'film')}, {shown}, no problem")


@app.command("analyze")
def analyze(
    table: Table,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="STORE", help="The store's folder.", show_default=False)
    ],
    weights: Weights = None,
    detector: Detector = "default",
    samples_per_second: Annotated[
        float, typer.Option(help="Frames per second for the scale network.")
    ] = SAMPLES_PER_SECOND,
    workers: Annotated[int, typer.Option(min=1, help="Films analyzed in parallel on this machine.")] = 1,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="A Dask cluster: tcp://host:port, a scheduler file (.json), or 'local' to start one with --workers.",
        ),
    ] = None,
    memory: Annotated[float, typer.Option(help="Memory limit per film, in gigabytes.")] = 8.0,
    time_limit: Annotated[float, typer.Option(help="Time limit per film, in hours.")] = 12.0,
    stall_limit: Annotated[float, typer.Option(help="Minutes without a new frame before a film is given up.")] = 15.0,
    retry: Annotated[bool, typer.Option("--retry", help="Retry films that failed before.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Verify all checksums first; analyze damaged films again.")
    ] = False,
    strict: corpus_upkeep.Strict = False,
    new_settings: Annotated[
        bool, typer.Option("--new-settings", help="Measure under other settings than the store's current ones.")
    ] = False,
) -> None:
    """Analyze the films of a table that are not yet in the store.

    You can stop it at any time, in any way: the next run continues where it
    stopped. A film that cannot be analyzed is recorded and does not stop the
    others; the last line counts such films, and the exit status is then 2.
    Films that the store holds stay, whether or not the table names them and
    whether or not their files are there.

    [bold]Examples[/bold]

      authorship corpus analyze films.csv -o store/

      authorship corpus analyze films.csv -o store/ --workers 4

      authorship corpus analyze films.csv -o store/ --cluster tcp://10.0.0.1:8786

      authorship features store/ -o features.csv
    """
    from authorship.cli.corpus_progress import CorpusProgress
    from shotscale.filmpaths import is_store
    from shotscale.store.run import analyze_corpus
    from shotscale.store.settings import describe_settings
    from shotscale.store.task import Budget
    from shotscale.store.upkeep import settings_to_use

    read, known = corpus_upkeep.read_for(output, table, strict=strict)
    budget = Budget(memory_bytes=memory * _GIGABYTE, seconds=time_limit * 3600, stall_seconds=stall_limit * 60)
    settings = describe_settings(weights=weights, detector=detector, samples_per_second=samples_per_second)
    if is_store(output):
        settings = settings_to_use(output, settings, switch=new_settings)
    who = _workers(cluster, workers)
    with CorpusProgress() as watcher:
        report = analyze_corpus(
            read,
            output,
            settings=settings,
            workers=who,
            watcher=watcher,
            known=known,
            weights=str(weights.resolve()) if weights is not None else None,
            cores=_cores(cluster, workers),
            budget=budget,
            retry=retry,
            check=check,
            add=True,
        )
    _conclude(report, output, n_problems=len(read.problems))


@app.command("status")
def status(
    store: corpus_upkeep.Store,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    csv: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a CSV with a row per film: its state, when it was measured."),
    ] = None,
) -> None:
    """Show the state of a store: films analyzed, failed and missing, and why.

    [bold]Examples[/bold]

      authorship corpus status store/

      authorship corpus status store/ --json

    [bold]JSON[/bold]

    n_films, analyzed, failed, missing; hours of film; settings; failures
    (film_id, kind, error); offline, the films whose files are away; corrected, the films corrected by coders;
    undecided, those of them whose corrections do not say what holds, and why;
    unused, the folders of corrections whose film files are not listed.
    """
    from shotscale.store.corrected_summary import follow
    from shotscale.store.summary import read_summary

    follow(store)
    summary = read_summary(store)
    document = corpus_status.describe(summary, store)
    if csv is not None:
        corpus_status.write_films(summary, store, csv)
    if json_output:
        print_json(document)
    else:
        corpus_status.show(store, document)


@app.command("review")
def review(
    film: Annotated[Path, typer.Argument(metavar="STORE/FILM_ID", help="A film of a store.", show_default=False)],
    coder: Coder = "coder",
    between: Between = None,
    video: Video = None,
    port: Port = 0,
    browser: Browser = True,
) -> None:
    """Correct a film's boundaries and scales by keyboard, as in shotscale review.

    The measured tables and the corrections are in STORE/reviewed/FILM_ID, a
    saved analysis like any other; every command that reads the store uses the
    corrected film.

    [bold]Examples[/bold]

      authorship corpus review store/persona --coder anna

      shotscale export store/reviewed/persona --cinescale persona.csv
    """
    from shotscale.filmpaths import is_stored_film
    from shotscale.store.reading import open_store

    if not is_stored_film(film):
        raise FilmError(f"{film}: not a film of a store; name one as STORE/FILM_ID, any other with shotscale review")
    stored = open_store(film.parent)
    review_analysis(
        stored.check_out(film.name),
        coder=coder,
        between=between,
        video=video or stored.file(film.name),
        port=port,
        browser=browser,
    )


def _workers(cluster: str | None, workers: int) -> "Workers":
    from shotscale.store.supervision import analyze_in_child
    from shotscale.store.workers import here

    if cluster is None:
        return here(workers=workers, analyze=analyze_in_child)
    from shotscale.store.cluster import LOCAL, on_dask

    if workers != 1 and cluster != LOCAL:
        raise OptionError(f"--workers {workers}: the cluster at {cluster} has its own workers; leave one of both out")
    return on_dask(cluster, workers=workers)


def _cores(cluster: str | None, workers: int) -> int | None:
    """Return the cores per film: a share of this machine's, None for a single worker, one on a cluster."""
    from shotscale.cores import available_cores

    if cluster is not None and cluster != "local":
        return 1
    return None if workers == 1 else max(1, available_cores() // workers)


def _conclude(report: "CorpusReport", store: Path, *, n_problems: int) -> None:
    """Print the last line, which counts films done and not done, and set the exit status."""
    parts = [f"{report.n_analyzed} analyzed ({report.n_now} now)"]
    parts += [f"{report.n_failed} failed"] if report.n_failed else []
    parts += [f"{report.n_missing} missing"] if report.n_missing else []
    why = f"; why: authorship corpus status {store}" if report.n_failed else ""
    parts += [f"rows left out for {counted(n_problems, 'problem')} of the table"] if n_problems else []
    line = f"{store}: {counted(report.n_films, 'film')}, {', '.join(parts)}{why}"
    stdout.print(line)
    if report.n_analyzed < report.n_films or n_problems:
        raise typer.Exit(2)
