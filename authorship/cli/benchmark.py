"""``authorship benchmark``: leave-one-film-out validation of a reference."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from authorship.cli.options import CineScaleFolder, Joins, JsonOutput, Label, ListRate, ShotTables
from shotscale.cli.options import Seed
from shotscale.errors import OptionError
from shotscale.numerals import counted

if TYPE_CHECKING:
    from authorship.cli.lists import Teller
    from authorship.features.durations import Array as Floats
    from authorship.reference.table import Reference


def benchmark(
    reference: Annotated[
        Path | None,
        typer.Argument(
            metavar="[REFERENCE]",
            help="A reference table, a folder that `authorship fit` wrote, a store, or a folder of analyzed films with "
            "films.csv; by default the built-in 94 features.",
            show_default=False,
        ),
    ] = None,
    label: Label = "director",
    classifier: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A classifier; may be repeated. Default: all.")
    ] = None,
    cinescale: CineScaleFolder = None,
    joins: Joins = False,
    shots: ShotTables = None,
    fps: ListRate = None,
    combine: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A+B",
            help="Also measure these groups of features together, durations+distributions for one; all for every "
            "combination. May be repeated.",
        ),
    ] = None,
    permutations: Annotated[int, typer.Option(help="Number of permutations of the labels.")] = 1000,
    seed: Seed = 0,
    jobs: Annotated[int | None, typer.Option(help="Number of processes; default: one per core.")] = None,
    json_output: JsonOutput = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Also write benchmark.json and benchmark.md; if stopped, go on.",
        ),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also plot accuracy, confusion matrix and reliability there, as PNG and SVG."),
    ] = None,
) -> None:
    """Leave-one-film-out validation: all classifiers, all groups of features, baselines.

    All choices (features, settings, calibration, classifier) are made without
    the held-out film. Groups of features are compared by paired tests over the
    films.

    [bold]Examples[/bold]

      authorship benchmark

      authorship benchmark my-directors.csv --classifier "logistic regression" --json

      authorship benchmark reference/ -o results/ --figures results/

      authorship benchmark --cinescale cinescale/ --combine durations+distributions

    [bold]JSON[/bold]

    [bold]own[/bold], the model of authorship classify on all features (accuracy,
    interval, macro_f1, log_loss, per_class, confusion, reliability, chosen,
    levels: coverage of its sets, permutation); [bold]selected[/bold], the classifier
    that won inside the folds; [bold]results[/bold], one row per classifier and group of
    features; [bold]comparisons[/bold], groups of features against each other (difference,
    interval, gained, lost, p, p_holm); films; [bold]baselines[/bold] (majority, year, black and white);
    skipped; near_duplicates; reference; seed; software; machine.
    """
    from authorship.cli.benchmark_text import benchmark_text
    from authorship.cli.codings import needs_cinescale
    from authorship.cli.lists import Teller
    from authorship.validation.benchmark import run_benchmark
    from authorship.validation.classifiers import get_classifiers
    from authorship.validation.text import markdown_table
    from shotscale.cli.terminal import film_progress, print_json, say_written, stdout
    from shotscale.cores import available_cores
    from shotscale.files import atomic_write, make_folder, write_json

    needs_cinescale(cinescale, shots=shots, joins=joins)
    if permutations < 0:
        raise OptionError(f"{permutations}: the number of permutations must be 0 or more; 1000 is usual")
    if jobs is not None and jobs < 1:
        raise OptionError(f"{jobs}: the number of jobs must be 1 or more; leave it out for one per core")
    kinds = get_classifiers(classifier)
    folder = make_folder(output) if output is not None else None
    drawings = make_folder(figures) if figures is not None else None  # fail before the work, not after
    teller = Teller(fps=fps)
    if cinescale is not None:
        films, facts = _codings(cinescale, reference, shots=shots, joins=joins)
    else:
        films, facts = _films(reference, label, teller), {}
    record = None if folder is None else folder / "benchmark.partial.jsonl"
    with film_progress("benchmark") as progress:
        result: dict[str, Any] = run_benchmark(
            films,
            kinds=kinds,
            n_permutations=permutations,
            seed=seed,
            jobs=jobs or available_cores(),
            facts=facts,
            combine=combine or (),
            record=record,
            progress=progress,
        )
    if folder is not None and record is not None:
        write_json(folder / "benchmark.json", result)
        with atomic_write(folder / "benchmark.md") as stream:
            stream.write(markdown_table(result))
        record.unlink(missing_ok=True)  # its results are in the other two files
    if drawings is not None:
        from authorship.figures.benchmark import save_benchmark_figures

        save_benchmark_figures(result, drawings)
    if json_output:
        print_json(result)
    else:
        stdout.print(benchmark_text(result), end="")
        say_written("authorship", folder, drawings)
    teller.exit()


def _films(reference: Path | None, label: str, teller: "Teller") -> "Reference":
    """Read the films to classify: a reference, or a corpus of analyzed films."""
    from authorship.own_reference import is_film_table
    from authorship.reference.reading import read_reference
    from authorship.reference.table import builtin_reference, make_reference

    if reference is None:
        return builtin_reference()
    if is_film_table(reference) or (reference.is_dir() and not (reference / "reference.json").is_file()):
        return make_reference(teller.corpus(reference, label), name=str(reference), label=label)
    return read_reference(reference, label=label)


def _codings(
    cinescale: Path, reference: Path | None, *, shots: Path | None, joins: bool
) -> "tuple[Reference, dict[str, Floats]]":
    """Read codings, and film metadata other than style: whether a film is in black and white."""
    import numpy as np

    from authorship.cli.codings import read_codings
    from authorship.reference.table import make_reference

    if reference is not None:
        raise OptionError(f"{reference}: a reference and --cinescale are two corpora; name one of them")
    table, codings, _ = read_codings(cinescale, shots=shots, joins=joins)
    films = make_reference(table, name=str(cinescale))
    facts = {}
    if table["black_and_white"].notna().all():
        facts["black and white"] = table["black_and_white"].to_numpy(np.float64)
    note = (
        f"Shot lengths are known of {table['average_shot_length'].notna().sum()} of the "
        f"{counted(len(codings.films), 'film')}."
    )
    return replace(films, notes=(*films.notes, note)), facts
