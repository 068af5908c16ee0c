"""``authorship benchmark``: how well a reference tells its candidates apart."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from shotscale.errors import OptionError

if TYPE_CHECKING:
    from authorship.reference import Reference

__all__ = ["benchmark"]


def benchmark(
    reference: Annotated[
        Path | None,
        typer.Argument(
            metavar="[REFERENCE]",
            help="A reference table or a folder that `authorship fit` wrote; by default the built-in 94 features.",
            show_default=False,
        ),
    ] = None,
    label: Annotated[str, typer.Option(metavar="COLUMN", help="The column that names the candidates.")] = "director",
    classifier: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A classifier; may be given again. By default all.")
    ] = None,
    permutations: Annotated[int, typer.Option(help="How many random labellings to compare with.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of folds, trees and labellings.")] = 0,
    jobs: Annotated[int | None, typer.Option(help="Processes; by default one a core.")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Also write benchmark.json and benchmark.md.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,  # noqa: ARG001 - read by main
) -> None:
    """Leave one film out: every classifier, every group of features, baselines.

    Settings, calibration and the choice of classifier happen inside each fold.

    [bold]Examples[/bold]

      authorship benchmark

      authorship benchmark my-directors.csv --classifier "logistic regression" --json

    [bold]JSON[/bold]

    [bold]selected[/bold], the nested winner on all features (accuracy, interval,
    macro_f1, log_loss, per_class, confusion, reliability, chosen,
    permutation); [bold]results[/bold], a row a classifier and group of features;
    [bold]baselines[/bold] (majority, year, shuffled); [bold]sets[/bold], coverage of the
    prediction sets of authorship classify; near_duplicates; reference; seed;
    software; machine.
    """
    from authorship.benchmark import markdown_table, run_benchmark
    from authorship.classifiers import get_classifiers
    from authorship.reference import builtin_reference, read_reference
    from shotscale.files import atomic_write, make_folder, write_json

    if permutations < 0:
        raise OptionError(f"{permutations}: a number of permutations is 0 or more; 1000 is usual")
    kinds = get_classifiers(classifier)
    films: Reference = builtin_reference() if reference is None else read_reference(reference, label=label)
    folder = make_folder(output) if output is not None else None
    progress = Console(stderr=True, highlight=False, markup=False)
    result: dict[str, Any] = run_benchmark(
        films,
        kinds=kinds,
        n_permutations=permutations,
        seed=seed,
        jobs=jobs or os.cpu_count() or 1,
        report=progress.print if progress.is_terminal else None,
    )
    if folder is not None:
        write_json(folder / "benchmark.json", result)
        with atomic_write(folder / "benchmark.md") as stream:
            stream.write(markdown_table(result))
    if json_output:
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write("\n")
        return
    Console(highlight=False, markup=False, soft_wrap=True).print(markdown_table(result))
