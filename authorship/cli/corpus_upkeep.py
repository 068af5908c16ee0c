"""Upkeep commands of ``authorship corpus``: add, remove, restore, prune, settings, verify."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shotscale.cli.terminal import stderr, stdout
from shotscale.numerals import counted

if TYPE_CHECKING:
    from shotscale.store.inventory import KnownChecksums
    from shotscale.store.table import CorpusTable

Store = Annotated[Path, typer.Argument(metavar="STORE", help="The store's folder.", show_default=False)]
Films = Annotated[list[str], typer.Argument(metavar="FILM_ID...", help="Films of the store.", show_default=False)]
Strict = Annotated[bool, typer.Option("--strict", help="Refuse the whole table if a row has a problem.")]


def add(
    store: Store,
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="CSV of films.", show_default=False)],
    strict: Strict = False,
) -> None:
    """List the films of a table in a store, measuring none.

    Films that the store lists already stay, with what the table says of them
    now. authorship corpus analyze TABLE -o STORE adds and measures.

    [bold]Examples[/bold]

      authorship corpus add store/ new-films.csv
    """
    from shotscale.store.run import list_films
    from shotscale.store.upkeep import current_settings

    read, known = read_for(store, table, strict=strict)
    report = list_films(read, store, settings=current_settings(store), known=known)
    counts = f"{report.n_analyzed} analyzed, {report.n_failed} failed, {report.n_missing} to be analyzed"
    stdout.print(f"{store}: {counted(report.n_films, 'film')}, {counts}")
    if read.problems:
        raise typer.Exit(2)


def remove(store: Store, films: Films) -> None:
    """Take films out of a store's list; their results stay until prune.

    [bold]Examples[/bold]

      authorship corpus remove store/ persona
    """
    from shotscale.store.upkeep import remove_films

    remove_films(store, films)
    stdout.print(f"{store}: {len(films)} removed; take back with authorship corpus restore {store} {' '.join(films)}")


def restore(store: Store, films: Films) -> None:
    """Take back films that were removed.

    [bold]Examples[/bold]

      authorship corpus restore store/ persona
    """
    from shotscale.store.upkeep import restore_films

    restore_films(store, films)
    stdout.print(f"{store}: {len(films)} restored")


def prune(
    store: Store,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete results that belong to no film of the store, after asking.

    Films that were removed cannot be restored afterwards. Corrections stay.

    [bold]Examples[/bold]

      authorship corpus prune store/
    """
    from shotscale.store.upkeep import prune as delete
    from shotscale.store.upkeep import unreferenced

    files = unreferenced(store)
    size = f"{counted(len(files), 'file')}, {sum(files.values()) / 1e6:.3g} MB"
    if files and not yes:
        typer.confirm(f"{store}: delete {size} that no film refers to?", abort=True)
    delete(store)
    stdout.print(f"{store}: deleted {size}")


def settings(
    store: Store,
    use: Annotated[str | None, typer.Option(metavar="ID", help="Make these the current settings.")] = None,
) -> None:
    """List the settings that a store holds results of, or change the current ones.

    [bold]Examples[/bold]

      authorship corpus settings store/

      authorship corpus settings store/ --use 1efece32
    """
    from shotscale.store.upkeep import list_settings, use_settings

    if use is not None:
        use_settings(store, use)
    for kept in list_settings(store):
        mark = "current" if kept.current else "       "
        stdout.print(f"{kept.id}  {mark}  {counted(kept.n_results, 'result')}  {kept.settings}", soft_wrap=True)


def verify(store: Store) -> None:
    """Compare every result with its checksum; exit status 2 if one does not match or is missing.

    Results of all settings are read, current or not; tables of corrected films
    are compared with what the corrections make.

    [bold]Examples[/bold]

      authorship corpus verify store/
    """
    from shotscale.store.corrected_summary import damaged_corrections, follow
    from shotscale.store.store import Store as OpenStore
    from shotscale.store.summary import ANALYZED, read_summary
    from shotscale.store.upkeep import list_settings

    follow(store)
    summary, current = read_summary(store), OpenStore(store)
    listed = summary["sha256"][summary["status"] == ANALYZED]
    opened = [current, *(OpenStore(store, kept.id) for kept in list_settings(store) if not kept.current)]
    found = [str(problem) for one in opened for problem in one.damaged(listed if one is current else ()).values()]
    damaged = dict.fromkeys([*found, *damaged_corrections(store)])  # a corrected film's own damage is found twice
    for problem in damaged:
        stderr.print(problem, soft_wrap=True)
    n_results = sum(len(one.films()) for one in opened)
    stdout.print(f"{store}: {counted(n_results, 'result')} read, {len(damaged)} damaged")
    if damaged:
        raise typer.Exit(2)


def read_for(store: Path, table: Path, *, strict: bool) -> "tuple[CorpusTable, KnownChecksums]":
    """Read a table for a store, printing each problem on stderr."""
    from shotscale.store.inventory import KnownChecksums
    from shotscale.store.table import read_table

    known = KnownChecksums(store)
    with _telling():
        read = read_table(table, checksum=known, stored=known.stored, strict=strict)
    for problem in read.problems:
        stderr.print(f"{problem}; left out", soft_wrap=True)
    return read, known


def read_strictly(table: Path) -> "CorpusTable":
    """Read a table without a store, and refuse it if it has any problem."""
    from shotscale.store.table import read_table

    with _telling():
        return read_table(table)


@contextmanager
def _telling() -> "Iterator[None]":
    """Print each problem of a table before the error that counts them."""
    from shotscale.store.table import CorpusTableError

    try:
        yield
    except CorpusTableError as error:
        for problem in error.problems:
            stderr.print(str(problem), soft_wrap=True)
        raise
