"""``authorship viewers``: relate clips' shot features to viewers' ratings; and a simulated study to try it on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from authorship.cli.options import Formats, OutputFolder
from shotscale.cli.options import Seed
from shotscale.cli.terminal import film_progress, output_console, print_json, stderr, stdout
from shotscale.errors import OptionError
from shotscale.numerals import counted

if TYPE_CHECKING:
    from authorship.viewers.wording import Passage


def viewers(
    ratings: Annotated[
        Path,
        typer.Argument(
            metavar="RATINGS",
            help="One row per viewer and clip, or per clip with means: CSV (any delimiter, decimal comma or point), "
            ".xlsx, .sav, .dta, .parquet.",
            show_default=False,
        ),
    ],
    clips: Annotated[
        Path,
        typer.Argument(
            metavar="CLIPS",
            help="A store, a folder of saved analyses, or a table of features with one row per clip.",
            show_default=False,
        ),
    ],
    output: OutputFolder,
    clip: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column that identifies the clips; default: found automatically."),
    ] = None,
    viewer: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column that identifies the viewers; default: found automatically."),
    ] = None,
    rating: Annotated[
        str | None, typer.Option(metavar="A,B,...", help="Rating columns; default: all that vary like ratings.")
    ] = None,
    limits: Annotated[
        tuple[float, float] | None,
        typer.Option("--range", metavar="LOW HIGH", help="Ends of the rating scale; values outside are dropped."),
    ] = None,
    scale: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=A,B,-C", help="A rating that is the mean of several items; - marks a reversed item."
        ),
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Column that groups related clips (such as the film).")
    ] = None,
    features: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Features to test; default: ten on scale distribution and rotation."),
    ] = None,
    window: Annotated[float, typer.Option(help="Window for the rotation, in seconds.")] = 10.0,
    mixed: Annotated[bool, typer.Option(help="Fit mixed models of viewers and clips.")] = True,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
    permutations: Annotated[int, typer.Option(help="Permutations per test.")] = 9999,
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples per interval.")] = 2000,
    seed: Seed = 0,
    formats: Formats = "csv",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files of an earlier study.")] = False,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Relate the clips' shot scales to viewers' ratings of them.

    First the agreement between viewers; then each feature against each rating
    (rank correlation, permutation test, false-discovery control), mixed models
    of viewers and clips, and prediction of unseen clips. Summarizes what was
    found, and what a study of this size could have found.

    [bold]Examples[/bold]

      authorship viewers ratings.csv store/ -o study/

      authorship viewers ratings.csv clips/ -o study/ --range 1 7 --group film

      authorship viewers ratings.sav features.csv -o study/ --format sav,r
        --scale engagement=item1,item2,-item3 --range 1 7

    [bold]Files[/bold]

    summary.md, study.json; tables clips, reliability, associations,
    mixed_models, prediction, predictions, turning, problems, with
    codebook.csv; figures associations, reliability, strongest, prediction,
    turning as .png and .svg.

    [bold]JSON[/bold]

    format, format_version; conclusion; simulated; found; n_clips, n_viewers,
    n_ratings, n_groups; ratings, features (names); reliability; associations;
    mixed_models; prediction; detectable (power, level, n_effective, alone,
    in_family); problems; provenance; files.
    """
    from authorship.export import FORMATS, choose_formats
    from authorship.libraries import require
    from authorship.viewers import RatingOptions, StudyOptions, analyze_study, join_study, read_clips, read_ratings
    from authorship.viewers.document import study_document, write_study
    from authorship.viewers.wording import summarize

    names = list(FORMATS) if formats.strip().lower() == "all" else formats.split(",")
    choose_formats(names)  # fail before anything is computed
    options = StudyOptions(n_resamples=resamples, n_permutations=permutations, seed=seed, mixed=mixed)
    rated = read_ratings(
        ratings,
        RatingOptions(
            clip=clip,
            viewer=viewer,
            ratings=_listed(rating),
            limits=limits,
            composed=_composed(scale or []),
            keep=() if group is None else (group,),
        ),
    )
    if rated.by_viewer:
        for library in ("pingouin", "statsmodels"):
            require(library, "ratings by viewer", extra="viewers")
    opened = stderr.print if stderr.is_terminal else None
    study = join_study(rated, read_clips(clips, features=_listed(features), window=window, report=opened), group=group)
    with film_progress("relations") as report:
        findings = analyze_study(study, options, report=report)
    files = write_study(findings, output, formats=names, figures=figures, overwrite=overwrite)
    if json_output:
        print_json({**study_document(findings), "files": [str(path) for path in files]})
        return
    console = output_console()
    console.print(_summary(summarize(findings)))
    console.print(f"\n{output}: {counted(len(files), 'file')}, summary.md first", markup=False, soft_wrap=True)


def _summary(passages: "list[Passage]") -> RenderableType:
    """Lay out a summary for a terminal of any width, highlighting what needs attention."""
    blocks: list[RenderableType] = []
    for passage in passages:
        blocks.append(Text(passage.heading, style="bold"))
        for line in passage.lines:
            striking = "UNRELIABLE" in line or line.startswith("SIMULATED")
            blocks.append(Padding(Text(line, style="yellow" if striking else ""), (0, 0, 0, 2)))
        blocks.append(Text(""))
    return Group(*blocks[:-1])


def simulate_viewers(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, to be created.", show_default=False)],
    clips: Annotated[int, typer.Option(help="How many clips.")] = 50,
    viewers: Annotated[int, typer.Option(help="How many viewers.")] = 30,
    films: Annotated[int, typer.Option(help="Number of films the clips come from; 0: each clip from its own.")] = 0,
    seed: Seed = 0,
) -> None:
    """Generate a simulated study, clips and ratings, to try viewers on.

    simulation.json says which rating follows which feature, and how strongly.
    The results say nothing about any film or viewer, and every result says so.

    [bold]Example[/bold]

      authorship simulate-viewers simulated-study/
    """
    from authorship.viewers.simulation import PLANTED, simulate_study

    root = simulate_study(folder, n_clips=clips, n_viewers=viewers, n_films=films, seed=seed)
    of_films = f" of {counted(films, 'film')}" if films else ""
    stdout.print(f"{root}: {clips} clips{of_films}, {viewers} viewers, SIMULATED: no file in it is a measurement")
    for plan in PLANTED:
        follows = f"follows {plan.feature} (correlation {plan.correlation:g})" if plan.feature else "follows no feature"
        stdout.print(f"  {plan.rating}: {follows}; clips differ by {plan.clip_sd:g} points (SD)")


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def _composed(texts: list[str]) -> dict[str, tuple[str, ...]]:
    """Read ``NAME=A,B,-C`` options."""
    scales: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, equals, items = text.partition("=")
        if not (equals and name.strip()):
            raise OptionError(f"--scale {text}: needs a name, = and its items; write NAME=A,B,-C")
        if name.strip() in scales:
            raise OptionError(f"--scale {text}: {name.strip()} is given twice; give each name once")
        scales[name.strip()] = _listed(items) or ()
    return scales
