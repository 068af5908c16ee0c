"""The command that shows a network's mistakes."""

from pathlib import Path
from typing import Annotated

import typer

from shotscale.cli.options import Annotations, Weights
from shotscale.cli.terminal import stdout
from shotscale.numerals import counted


def errors(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Labeled frames, as for train.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Picture to write (.png).")],
    weights: Weights = None,
    annotations: Annotations = None,
    keypoints: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Body points of the frames (.jsonl), to draw into them.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="How many frames to show per border.")] = 4,
) -> None:
    """Show a network's most confident errors, border by border, with the true and the predicted scale.

    Example: shotscale errors frames/ -o mistakes.png
    """
    from shotscale.evaluation.gallery import by_border, draw_gallery, find_mistakes
    from shotscale.labeled.sources import load_source
    from shotscale.network.weights import load_model

    frames, model = load_source(data, annotations=annotations, keypoints=keypoints), load_model(weights)
    mistakes = find_mistakes(frames, model)
    if not mistakes:
        stdout.print(f"{counted(len(frames), 'frame')}, no mistake: no picture drawn")
        return
    told = f"{counted(len(mistakes), 'mistake')} in {counted(len(frames), 'frame')}"
    draw_gallery(frames, mistakes, output, most=most, title=f"{told}: {model.description.architecture}")
    stdout.print(
        f"{output}: {told}: " + ", ".join(f"{border} {len(some)}" for border, some in by_border(mistakes).items())
    )
