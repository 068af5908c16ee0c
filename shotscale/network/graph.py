"""Networks as ONNX graphs, run by ONNX Runtime.

On a processor it takes half the time that PyTorch takes, and neither PyTorch's start-up nor its memory. A graph holds
operations only: its weights are tensors of the file that it stands in, in single precision, with each batch
normalisation folded into the convolution before it. `shotscale.network.graph_export` makes graphs.
"""

import base64
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shotscale.cores import available_cores
from shotscale.errors import WeightsError, first_line

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["Fold", "Graph", "GraphRunner", "fold_tensors", "open_session", "read_function"]

Floats = npt.NDArray[np.float32]
Tensors = Mapping[str, npt.NDArray[Any]]

_MOST_BYTES = 1 << 26  # of operations, unpacked; those of the largest published network take 200 kB


@dataclass(frozen=True, slots=True)
class Fold:
    """A batch normalisation, whose variance `epsilon` is added to, that is folded into the convolution before it."""

    convolution: str
    batch_norm: str
    epsilon: float


@dataclass(frozen=True, slots=True)
class Graph:
    """The operations of a network: an ONNX model without weights, which need tensors that `fold_tensors` folded.

    It takes ``pictures`` (n, 3, height, width) and gives ``scores`` (n, classes).
    """

    operations: bytes
    weights: tuple[str, ...]
    folds: tuple[Fold, ...]

    def to_text(self) -> str:
        """Return the graph as JSON."""
        packed = base64.b64encode(zlib.compress(self.operations, 9)).decode("ascii")
        folds = [[fold.convolution, fold.batch_norm, fold.epsilon] for fold in self.folds]
        return json.dumps({"operations": packed, "weights": self.weights, "folds": folds})

    @classmethod
    def from_text(cls, text: str) -> "Graph":
        """Read what `to_text` gave; `ValueError` says that the text is something else."""
        try:
            content = json.loads(text)
            unpacker = zlib.decompressobj()
            operations = unpacker.decompress(base64.b64decode(content["operations"], validate=True), _MOST_BYTES)
            weights = tuple(map(str, content["weights"]))
            folds = tuple(Fold(str(layer), str(norm), float(epsilon)) for layer, norm, epsilon in content["folds"])
        except (ValueError, KeyError, TypeError, zlib.error) as error:
            raise ValueError(f"not a network's graph ({error})") from error
        if not unpacker.eof:
            raise ValueError(f"a graph of more than {_MOST_BYTES} bytes")
        return cls(operations, weights, folds)


def fold_tensors(tensors: Tensors, folds: tuple[Fold, ...]) -> dict[str, Floats]:
    """Return a network's state (``<layer>.weight`` and so on), batch normalisations folded into convolutions."""
    state = {name: np.ascontiguousarray(tensor, np.float32) for name, tensor in tensors.items()}
    for fold in folds:
        gain, shift, mean, variance = (
            state.pop(f"{fold.batch_norm}.{name}") for name in ("weight", "bias", "running_mean", "running_var")
        )
        factor = gain / np.sqrt(variance + np.float32(fold.epsilon))
        weight, bias = f"{fold.convolution}.weight", f"{fold.convolution}.bias"
        state[weight] = state[weight] * factor.reshape(-1, *[1] * (state[weight].ndim - 1))
        state[bias] = (state.get(bias, np.float32(0)) - mean) * factor + shift
    return state


@contextmanager
def telling_memory() -> Iterator[None]:
    """Raise what ONNX Runtime says of a lack of memory, with errors of no kind, as `MemoryError`."""
    try:
        yield
    except Exception as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise MemoryError("not enough memory for the network") from error
        raise


def open_session(model: bytes, weights: Tensors | None = None) -> "InferenceSession":
    """Make a serialised ONNX model ready to run on the processor, each run on one core.

    `weights` are tensors that the model names and does not hold. What ONNX Runtime raises if this is no model, or a
    tensor does not fit, is one of a dozen exceptions that have no base of their own.
    """
    onnxruntime = _runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised
    if weights:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(tensor) for tensor in weights.values()]
        options.add_external_initializers(list(weights), values)
    with telling_memory():
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


_OUT_OF_MEMORY = re.compile(r"allocate memory|bad[ _]?alloc", re.IGNORECASE)


def read_function(path: str | os.PathLike[str], *, output: int, what: str) -> Callable[[Floats], Floats]:
    """Read an ONNX model of one input as a function from float32 arrays to one of its outputs, counted from 0.

    `WeightsError` says that the file does not hold what it should, `what` in words.
    """
    try:
        session = open_session(Path(path).read_bytes())
        given, wanted = session.get_inputs()[0].name, session.get_outputs()[output].name
    except MemoryError:
        raise
    except Exception as error:
        raise WeightsError(f"{path}: not {what} that ONNX Runtime reads; install the package again") from error

    def compute(values: Floats) -> Floats:
        with telling_memory():
            result: Floats = session.run([wanted], {given: values})[0]
        return result

    return compute


class GraphRunner:
    """A graph with a network's state as stored, ready to run on the processor; each call computes on one core.

    `at_once` calls, one a core, are worth making side by side. `WeightsError` says that the tensors do not fit the
    operations, or that these are no network's.
    """

    def __init__(self, graph: Graph, tensors: Tensors) -> None:
        try:
            state = fold_tensors(tensors, graph.folds)
            self._session = open_session(graph.operations, {name: state[name] for name in graph.weights})
            self._input = self._session.get_inputs()[0].name
        except MemoryError:
            raise
        except Exception as error:
            raise WeightsError(f"the network's graph does not fit its tensors ({first_line(error)})") from error
        self.at_once = available_cores()

    def __call__(self, pictures: Floats) -> Floats:
        """Return the class scores (n, classes) of normalised pictures (n, 3, height, width)."""
        with telling_memory():
            scores: Floats = self._session.run(None, {self._input: pictures})[0]
        return scores

    def begin_thread(self) -> None:
        """Prepare a thread that is to call this; nothing is needed."""


def _runtime() -> Any:
    """Import the library and have it tell nobody: it reports to its maker if it is not told otherwise."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when it is loaded, before anything can be called
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime
