"""Shot-scale networks on disk: self-describing safetensors files.

Conventions
-----------
The file's metadata hold the `ModelDescription` as JSON in the entry ``shotscale`` and usually, in the entry ``graph``,
the network's operations (`shotscale.network.graph`), with which it runs without PyTorch. Tensors may be stored in half
precision; computation is in single precision. The checksum covers the names, types, shapes and bytes of the tensors as
stored, and the graph, so that corruption is detected on loading.
"""

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from scipy.special import softmax

from shotscale.errors import OptionError, WeightsError, first_line
from shotscale.files import atomic_path
from shotscale.network.preprocess import CINESCALE, PREPARATIONS, Normalisation, normalise, prepare, to_gray
from shotscale.network.runners import Runner, make_runner
from shotscale.scales import GROUP_NAMES, SCALE_NAMES

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "DEFAULT_WEIGHTS",
    "FORMAT_VERSION",
    "ModelDescription",
    "ScaleModel",
    "load_model",
    "read_description",
    "require_tensors",
    "save_model",
]

FORMAT_VERSION = 1
"""Version of the description in a weights file."""

_CLASSES = (SCALE_NAMES, GROUP_NAMES)

DEFAULT_WEIGHTS = "default.safetensors"
"""The weights file of the default network."""

Arrays = dict[str, npt.NDArray[Any]]

_ENTRY, _GRAPH = "shotscale", "graph"


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


@dataclass(frozen=True, slots=True)
class ScaleModel:
    """A shot-scale network ready for use.

    Examples
    --------
    >>> load_model().probabilities(np.zeros((1, 128, 224, 3), np.uint8)).shape
    (1, 7)
    """

    runner: Runner
    description: ModelDescription

    def prepare(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Turn a frame (rows, columns, 3) into the network's small uint8 input."""
        about = self.description
        return prepare(image, preparation=about.preparation, height=about.height, width=about.width)

    def probabilities(self, prepared: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        """Return the class probabilities, (n, 7) or (n, 3), of frames from `prepare`."""
        if len(prepared) == 0:
            return np.empty((0, len(self.description.classes)))
        passes = [prepared, to_gray(prepared)] if self.description.preparation == CINESCALE else [prepared]
        scores = [self.scores(images) for images in passes]
        # The published network sums the probabilities of the color and the gray pass.
        total = np.mean([softmax(score / self.description.temperature, axis=1) for score in scores], axis=0)
        probabilities: npt.NDArray[np.float64] = total / total.sum(axis=1, keepdims=True)
        return probabilities

    def scores(self, prepared: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        """Return the class scores (n, classes) of a single pass, before temperature and softmax."""
        return self.runner(normalise(prepared, self.description.normalisation)).astype(np.float64)


def save_model(
    path: str | os.PathLike[str],
    state: "Mapping[str, Tensor]",
    description: ModelDescription,
    *,
    half: bool = False,
    graph: bool = True,
) -> ModelDescription:
    """Write weights and their description, atomically; return the description with its checksum.

    With `half`, floating-point tensors are stored in half precision. Exporting the network's graph too takes some
    seconds; without it the network runs with PyTorch, which takes more time and memory on a CPU.

    Examples
    --------
    >>> from shotscale.network.architectures import build_network
    >>> network = build_network("squeezenet1_1", num_classes=7)
    >>> description = ModelDescription("squeezenet1_1", height=64, width=112)
    >>> _ = save_model("mine.safetensors", network.state_dict(), description, graph=False)
    >>> load_model("mine.safetensors").description.width
    112
    """
    stored = {
        name: (tensor.half() if half and tensor.dtype.is_floating_point else tensor).detach().cpu().contiguous().numpy()
        for name, tensor in state.items()
        if not name.endswith("num_batches_tracked")
    }
    metadata = {}
    if graph:
        from shotscale.network.graph_export import export_graph

        network = _build(Path(path), stored, description)
        metadata[_GRAPH] = export_graph(network, height=description.height, width=description.width).to_text()
    description = replace(description, checksum=_checksum(stored, metadata.get(_GRAPH, "")))
    metadata[_ENTRY] = json.dumps(asdict(description), ensure_ascii=False)
    with atomic_path(path) as temporary:
        save_file(stored, temporary, metadata=metadata)
    return description


def load_model(path: str | os.PathLike[str] | None = None) -> ScaleModel:
    """Load a shot-scale network from a file written by `save_model`, by default the project's own.

    Raises `WeightsError` if the file is missing, truncated, changed, or of another architecture than it states.

    Examples
    --------
    >>> model = load_model()
    >>> model.description.architecture, model.description.classes
    ('efficientnet_lite0', ('ECU', 'CU', 'MCU', 'MS', 'MLS', 'LS', 'ELS'))
    """
    if path is None:
        with resources.as_file(resources.files("shotscale.data") / DEFAULT_WEIGHTS) as default:
            return load_model(default)
    file = Path(path)
    description, stored, graph = _read(file)
    if _checksum(stored, graph) != description.checksum:
        raise WeightsError(f"{path}: its tensors do not match its checksum; fetch the file again")
    try:
        return ScaleModel(make_runner(graph, stored, lambda: _build(file, stored, description)), description)
    except ValueError as error:
        raise WeightsError(f"{path}: {error}; make the file again") from error


def read_description(path: str | os.PathLike[str]) -> ModelDescription | None:
    """Return the description in a safetensors file, or None if it is not this project's or cannot be read.

    >>> read_description("no-such-file.safetensors") is None
    True
    """
    try:
        with safe_open(path, framework="numpy") as file:
            return _parsed(Path(path), (file.metadata() or {})[_ENTRY])
    except (SafetensorError, OSError, KeyError, WeightsError):
        return None


def _build(path: Path, stored: Arrays, description: ModelDescription) -> "nn.Module":
    """Build the network that a file describes and load the file's tensors."""
    import torch

    from shotscale.network.architectures import build_network, head_modules

    try:
        network = build_network(description.architecture, num_classes=len(description.classes))
    except OptionError as error:
        raise WeightsError(f"{path}: {error}") from error
    own = network.state_dict()
    require_tensors(path, description.architecture, own, stored)
    given = {name: torch.from_numpy(stored[name]).to(own[name].dtype) for name in own.keys() & stored.keys()}
    network.load_state_dict({**own, **given})
    head_modules(network)
    return network


def _read(path: Path) -> tuple[ModelDescription, Arrays, str]:
    """Return a file's description, tensors and graph, which is empty if absent."""
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; give the path of a safetensors file")
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise WeightsError(
            f"{path}: damaged or truncated safetensors file ({first_line(error)}); fetch or make it again"
        ) from error
    if _ENTRY not in metadata:
        raise WeightsError(
            f"{path}: carries no shotscale description; use weights made by shotscale train or import-keras"
        )
    return _parsed(path, metadata[_ENTRY]), stored, metadata.get(_GRAPH, "")


def _parsed(path: Path, text: str) -> ModelDescription:
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


def require_tensors(path: Path, architecture: str, expected: Mapping[str, Any], stored: Mapping[str, Any]) -> None:
    """Raise `WeightsError` if stored tensors are not those expected of the architecture, except batch counters."""
    names = {name for name in expected.keys() ^ stored.keys() if not name.endswith("num_batches_tracked")}
    for name in sorted(names):
        place = "lacks" if name in expected else "holds an extra"
        raise WeightsError(f"{path}: {place} tensor {name}: not a {architecture}; give weights of that network")
    for name, tensor in expected.items():
        if name in stored and tuple(tensor.shape) != tuple(stored[name].shape):
            have, need = tuple(stored[name].shape), tuple(tensor.shape)
            raise WeightsError(
                f"{path}: tensor {name} of shape {have}: {architecture} has {need}; give weights of that network"
            )


def _checksum(tensors: Mapping[str, npt.NDArray[Any]], graph: str) -> str:
    digest = hashlib.sha256(graph.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tensor.shape}\n".encode())
        digest.update(np.ascontiguousarray(tensor).tobytes())
    return digest.hexdigest()
