"""Shot-scale networks on disk: safetensors that say what they are and how they are to be used.

Conventions
-----------
The file's metadata hold one entry, ``shotscale``: the `ModelDescription` as JSON. Tensors may be stored in
half precision; they are computed with in single precision. The checksum is over names, types, shapes and
bytes of the tensors as stored, so that a flipped bit is found before it costs an evening.
"""

import copy
import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from shotscale.errors import OptionError, WeightsError
from shotscale.files import atomic_path
from shotscale.network import build_network, fold_batch_norms, head_modules
from shotscale.preprocess import CINESCALE, PREPARATIONS, Normalisation, normalise, prepare, to_grey
from shotscale.scales import GROUPS, SCALES

__all__ = [
    "DEFAULT_WEIGHTS",
    "FORMAT_VERSION",
    "ModelDescription",
    "ScaleModel",
    "load_model",
    "require_tensors",
    "save_model",
]

DEFAULT_WEIGHTS = "default.safetensors"
FORMAT_VERSION = 1

_ENTRY = "shotscale"
_CLASSES = (tuple(scale.abbreviation for scale in SCALES), tuple(group.value for group in GROUPS))


@dataclass(frozen=True)
class ModelDescription:
    """What a file of weights says of itself.

    Attributes
    ----------
    architecture : str
        As `shotscale.network.build_network` takes it.
    classes : tuple of str
        The seven scales' abbreviations or the three groups' names, nearest first.
    height, width : int
        Of the input.
    preparation : str
        One of `shotscale.preprocess.PREPARATIONS`.
    normalisation : Normalisation
        Of the input's values.
    temperature : float
        The class scores are divided by it before the softmax (Guo et al. 2017, arXiv 1706.04599).
    training : dict
        Facts about the training: data, seed, steps, figures.
    format_version : int
        Of this description.
    checksum : str
        SHA-256 over the tensors as stored; set by `save_model`.
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
            raise OptionError(f"{self.preparation}: a preparation is one of {', '.join(PREPARATIONS)}")
        if min(self.height, self.width) < 32:
            raise OptionError(f"{self.height} x {self.width}: an input has at least 32 rows and columns; enlarge it")
        if not (math.isfinite(self.temperature) and self.temperature > 0):
            raise OptionError(f"{self.temperature}: a temperature is positive; 1 leaves the scores as they are")


class ScaleModel:
    """A shot-scale network ready for use.

    Parameters
    ----------
    network : torch.nn.Module
        Of the description's architecture. A copy is used, in evaluation mode, with the batch normalisations
        folded into the convolutions where that is possible.
    description : ModelDescription
        What it is.

    Attributes
    ----------
    description : ModelDescription
        As given.
    device : torch.device
        The GPU where there is one.
    """

    def __init__(self, network: nn.Module, description: ModelDescription) -> None:
        self.description = description
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        folded = fold_batch_norms(copy.deepcopy(network).eval())
        self._network = folded.to(device=self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def prepare(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Turn a frame (rows, columns, 3) into the network's small uint8 input."""
        about = self.description
        return prepare(image, preparation=about.preparation, height=about.height, width=about.width)

    def probabilities(self, prepared: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        """Give class probabilities.

        Parameters
        ----------
        prepared : uint8 array of shape (n, height, width, 3)
            Frames as `prepare` gives them.

        Returns
        -------
        float array of shape (n, 7) or (n, 3)
            Rows sum to one.
        """
        if len(prepared) == 0:
            return np.empty((0, len(self.description.classes)))
        passes = [prepared, to_grey(prepared)] if self.description.preparation == CINESCALE else [prepared]
        with torch.inference_mode():
            scores = [self._scores(images) for images in passes]
        # The published network's outputs of the colour and the grey pass are summed as probabilities.
        total = np.mean([_softmax(score / self.description.temperature) for score in scores], axis=0)
        probabilities: npt.NDArray[np.float64] = total / total.sum(axis=1, keepdims=True)
        return probabilities

    def scores(self, prepared: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        """Give the class scores (n, classes) of the colour pass, before temperature and softmax."""
        with torch.inference_mode():
            return self._scores(prepared)

    def _scores(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        output: Tensor = self._network(normalise(images, self.description.normalisation).to(self.device))
        return output.double().cpu().numpy()


def _softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def save_model(
    path: str | os.PathLike[str], state: Mapping[str, Tensor], description: ModelDescription, *, half: bool = False
) -> ModelDescription:
    """Write weights and their description, atomically.

    Parameters
    ----------
    path : path
        Of the safetensors file.
    state : mapping of str to Tensor
        The network's state dictionary.
    description : ModelDescription
        What it is; its checksum is set here.
    half : bool
        Store floating-point tensors in half precision.

    Returns
    -------
    ModelDescription
        As written.
    """
    stored = {
        name: (tensor.half() if half and tensor.dtype.is_floating_point else tensor).detach().cpu().contiguous()
        for name, tensor in state.items()
        if not name.endswith("num_batches_tracked")
    }
    description = replace(description, checksum=_checksum(stored))
    with atomic_path(path) as temporary:
        save_file(stored, temporary, metadata={_ENTRY: json.dumps(asdict(description), ensure_ascii=False)})
    return description


def load_model(path: str | os.PathLike[str] | None = None) -> ScaleModel:
    """Load a shot-scale network.

    Parameters
    ----------
    path : path, optional
        A file of `save_model`; the project's own network by default.

    Raises
    ------
    WeightsError
        If the file is missing, cut short, changed, without description, or of another architecture than it says.
    """
    if path is None:
        with resources.as_file(resources.files("shotscale.data") / DEFAULT_WEIGHTS) as default:
            return _load(default)
    return _load(Path(path))


def _load(path: Path) -> ScaleModel:
    description, stored = _read(path)
    if _checksum(stored) != description.checksum:
        raise WeightsError(f"{path}: its tensors do not match its checksum; fetch the file again")
    try:
        network = build_network(description.architecture, num_classes=len(description.classes))
    except OptionError as error:
        raise WeightsError(f"{path}: {error}") from error
    expected = network.state_dict()
    for name, tensor in expected.items():
        if name.endswith("num_batches_tracked"):
            stored[name] = tensor
    require_tensors(path, description.architecture, expected, stored)
    network.load_state_dict({name: stored[name].to(tensor.dtype) for name, tensor in expected.items()})
    head_modules(network)
    return ScaleModel(network, description)


def _read(path: Path) -> tuple[ModelDescription, dict[str, Tensor]]:
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; give the path of a safetensors file")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(
            f"{path}: not a whole safetensors file ({str(error).splitlines()[0]}); fetch or make it again"
        ) from error
    if _ENTRY not in metadata:
        raise WeightsError(
            f"{path}: carries no shotscale description; use weights made by shotscale train or import-keras"
        )
    return _parse(path, metadata[_ENTRY]), stored


def _parse(path: Path, text: str) -> ModelDescription:
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


def require_tensors(
    path: Path, architecture: str, expected: Mapping[str, Tensor], stored: Mapping[str, Tensor]
) -> None:
    """Raise `WeightsError` for tensors that are not those of the architecture, batch counters apart."""
    names = {name for name in expected.keys() ^ stored.keys() if not name.endswith("num_batches_tracked")}
    for name in sorted(names):
        place = "lacks" if name in expected else "holds an extra"
        raise WeightsError(f"{path}: {place} tensor {name}: not a {architecture}; give weights of that network")
    for name, tensor in expected.items():
        if name in stored and tensor.shape != stored[name].shape:
            have, need = tuple(stored[name].shape), tuple(tensor.shape)
            raise WeightsError(
                f"{path}: tensor {name} of shape {have}: {architecture} has {need}; give weights of that network"
            )


def _checksum(tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
