"""``authorship benchmark``: how well a reference tells its candidates apart."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from authorship.cli.options import Debug, JsonOutput, Label, ShotTables
from shotscale.errors import OptionError

if TYPE_CHECKING:
    from authorship.reference import Reference

__all__ = ["benchmark"]


def benchmark(
    reference: Annotated[
        Path | None,
        typer.Argument(
            metavar="[REFERENCE]",
            help="A reference table, a folder that `authorship fit` wrote, a store, or a folder of analysed films with "
            "films.csv; by default the built-in 94 features.",
            show_default=False,
        ),
    ] = None,
    label: Label = "director",
    classifier: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A classifier; may be given again. By default all.")
    ] = None,
    cinescale: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Instead of a reference: CineScale's annotations, year_director_-_title.csv."),
    ] = None,
    shots: ShotTables = None,
    permutations: Annotated[int, typer.Option(help="How many random labellings to compare with.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of folds, trees and labellings.")] = 0,
    jobs: Annotated[int | None, typer.Option(help="Processes; by default one a core.")] = None,
    json_output: JsonOutput = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Also write benchmark.json and benchmark.md.")
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also draw accuracy, confusion and reliability there, as PNG and SVG."),
    ] = None,
    debug: Debug = False,  # noqa: ARG001 - read by main
) -> None:
    """Leave one film out: every classifier, every group of features, baselines.

    Settings, calibration and the choice of classifier happen inside each fold.

    [bold]Examples[/bold]

      authorship benchmark

      authorship benchmark my-directors.csv --classifier "logistic regression" --json

      authorship benchmark reference/ -o results/ --figures results/

      authorship benchmark --cinescale annotations/

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
    from shotscale.cores import available_cores
    from shotscale.files import atomic_write, make_folder, write_json
    from shotscale.terminal import stderr, stdout

    if permutations < 0:
        raise OptionError(f"{permutations}: a number of permutations is 0 or more; 1000 is usual")
    if jobs is not None and jobs < 1:
        raise OptionError(f"{jobs}: a number of jobs is 1 or more; leave it out for one a core")
    kinds = get_classifiers(classifier)
    films = _films(reference, label, cinescale, shots)
    folder = make_folder(output) if output is not None else None
    drawings = make_folder(figures) if figures is not None else None  # refused before the work, not after
    result: dict[str, Any] = run_benchmark(
        films,
        kinds=kinds,
        n_permutations=permutations,
        seed=seed,
        jobs=jobs or available_cores(),
        report=stderr.print if stderr.is_terminal else None,
    )
    if folder is not None:
        write_json(folder / "benchmark.json", result)
        with atomic_write(folder / "benchmark.md") as stream:
            stream.write(markdown_table(result))
    if drawings is not None:
        from authorship.benchmark_figures import save_benchmark_figures

        save_benchmark_figures(result, drawings)
    if json_output:
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write("\n")
        return
    stdout.print(markdown_table(result))


def _films(reference: Path | None, label: str, cinescale: Path | None, shots: Path | None) -> "Reference":
    """Read what is to be told apart: a reference, a corpus of analysed films, or annotations."""
    from authorship.corpus import read_cinescale, read_corpus
    from authorship.reference import builtin_reference, make_reference, read_reference

    if cinescale is None and shots is not None:
        raise OptionError(f"{shots}: shot tables go with annotations; add --cinescale DIR or leave out --shots")
    if cinescale is not None:
        if reference is not None:
            raise OptionError(f"{reference}: a reference and --cinescale are two corpora; give one of them")
        table, n_lengths = read_cinescale(cinescale, shots=shots)
        films = make_reference(table, name=str(cinescale))
        if n_lengths == len(table):
            return films
        return replace(films, notes=(*films.notes, f"Shot lengths are known of {n_lengths} of the {len(table)} films."))
    if reference is None:
        return builtin_reference()
    if reference.is_dir() and not (reference / "reference.json").is_file():
        return make_reference(read_corpus(reference, label=label), name=str(reference), label=label)
    return read_reference(reference, label=label)
