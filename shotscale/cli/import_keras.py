"""The command that converts the published scale network."""

from pathlib import Path
from typing import Annotated

import typer

from shotscale.cli.terminal import stdout


def import_keras(
    model: Annotated[Path, typer.Argument(metavar="FILE", help="Keras HDF5, such as model_shotscale_967.h5.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Weights to write (.safetensors).")],
) -> None:
    """Convert the published CineScale network, or another three-class Keras DenseNet, to weights for --weights.

    Example: shotscale import-keras model_shotscale_967.h5 -o cinescale.safetensors
    """
    from shotscale.files import passing_torch_cache

    with passing_torch_cache():
        from shotscale.network.keras_import import import_keras as read_keras
        from shotscale.network.weights import save_model

        description = save_model(output, *read_keras(model))
        stdout.print(f"{output}: {description.architecture}, {', '.join(description.classes)}, published preparation")
