"""The description stored in a weights file."""

import json
import math
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from shotscale.errors import OptionError, WeightsError
from shotscale.network.preprocess import PREPARATIONS, Normalisation
from shotscale.scales import GROUP_NAMES, SCALE_NAMES

FORMAT_VERSION = 1
"""Version of the description in a weights file."""

_CLASSES = (SCALE_NAMES, GROUP_NAMES)


@dataclass(frozen=True)
class ModelDescription:
    """The description stored in a weights file.

    The architecture is a name for `shotscale.network.architectures.build_network`, the preparation one of
    `shotscale.network.preprocess.PREPARATIONS`. Classes are the seven scales' abbreviations or the three groups' names,
    nearest first; class scores are divided by the temperature before the softmax (Guo et al. 2017, arXiv 1706.04599).
    The checksum is the SHA-256 of the graph and the tensors as stored; `save_model` sets it.

    Examples
    --------
    >>> ModelDescription("vgg16", classes=("close", "medium", "long")).height
    128
    """

    architecture: str
    classes: tuple[str, ...] = _CLASSES[0]
    height: int = 128
    width: int = 224
    preparation: str = "stretch"
    normalisation: Normalisation = field(default_factory=Normalisation)
    temperature: float = 1.0
    training: dict[str, Any] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION
    checksum: str = ""

    def __post_init__(self) -> None:
        if tuple(self.classes) not in _CLASSES:
            raise OptionError(f"{list(self.classes)}: classes are {', '.join(_CLASSES[0])} or {', '.join(_CLASSES[1])}")
        if self.preparation not in PREPARATIONS:
            raise OptionError(f"{self.preparation}: choose one of {', '.join(PREPARATIONS)}")
        if min(self.height, self.width) < 32:
            raise OptionError(f"{self.height} x {self.width}: an input has at least 32 rows and columns; enlarge it")
        if not (math.isfinite(self.temperature) and self.temperature > 0):
            raise OptionError(f"{self.temperature}: a temperature is positive; 1 leaves the scores as they are")


def parse_description(path: Path, text: str) -> ModelDescription:
    """Read a file's JSON description; raise `WeightsError` if it cannot be used."""
    try:
        content = json.loads(text)
        version = content.get("format_version")
        if version != FORMAT_VERSION:
            raise WeightsError(f"{path}: format version {version}: this program reads {FORMAT_VERSION}; update it")
        known = {entry.name for entry in fields(ModelDescription)}
        content = {name: value for name, value in content.items() if name in known}
        normalisation = content.get("normalisation", {})
        content["normalisation"] = Normalisation(*(tuple(normalisation[key]) for key in ("mean", "deviation")))
        content["classes"] = tuple(content["classes"])
        return ModelDescription(**content)
    except WeightsError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WeightsError(f"{path}: its description cannot be used ({error}); make the file again") from error
