"""Networks as ONNX graphs, run by ONNX Runtime.

On a CPU this takes half the time of PyTorch, without its start-up time and memory. A graph holds operations only: its
weights are tensors of the file that contains it, in single precision, with each batch normalization folded into the
convolution before it. `shotscale.network.graph_export` makes graphs.
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

Floats = npt.NDArray[np.float32]
Tensors = Mapping[str, npt.NDArray[Any]]

_MOST_BYTES = 1 << 26  # of operations, unpacked; those of the largest published network take 200 kB


@dataclass(frozen=True, slots=True)
class Fold:
    """A batch normalization to fold into the convolution before it; `epsilon` is added to its variance."""

    convolution: str
    batch_norm: str
    epsilon: float


@dataclass(frozen=True, slots=True)
class Graph:
    """The operations of a network: an ONNX model without weights, to be run with tensors from `fold_tensors`.

    Its input is ``pictures`` (n, 3, height, width), its output ``scores`` (n, classes).
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
        """Read a graph from the text of `to_text`; raise `ValueError` if it is something else."""
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
    """Return a network's state (``<layer>.weight`` and so on) with batch normalizations folded into convolutions."""
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
    """Raise ONNX Runtime's errors about a lack of memory, which have no type of their own, as `MemoryError`."""
    try:
        yield
    except Exception as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise MemoryError("not enough memory for the network") from error
        raise


def open_session(model: bytes, weights: Tensors | None = None) -> "InferenceSession":
    """Open a serialized ONNX model to run on the CPU, each run on one core.

    `weights` are tensors that the model names but does not hold. If this is no model, or a tensor does not fit, ONNX
    Runtime raises one of a dozen exceptions that share no base class of their own.
    """
    onnxruntime = _runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # errors are raised anyway
    if weights:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(tensor) for tensor in weights.values()]
        options.add_external_initializers(list(weights), values)
    with telling_memory():
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


_OUT_OF_MEMORY = re.compile(r"allocate memory|bad[ _]?alloc", re.IGNORECASE)


def read_function(path: str | os.PathLike[str], *, output: int, what: str) -> Callable[[Floats], Floats]:
    """Read an ONNX model with one input as a function from float32 arrays to one of its outputs, counted from 0.

    Raises `WeightsError` if the file does not hold `what`, a name for what is expected.
    """
    try:
        return _function(open_session(Path(path).read_bytes()), output=output)
    except MemoryError:
        raise
    except Exception as error:
        raise WeightsError(f"{path}: not {what} that ONNX Runtime reads; install the package again") from error


def _function(session: "InferenceSession", *, output: int = 0) -> Callable[[Floats], Floats]:
    given, wanted = session.get_inputs()[0].name, session.get_outputs()[output].name

    def compute(values: Floats) -> Floats:
        with telling_memory():
            result: Floats = session.run([wanted], {given: values})[0]
        return result

    return compute


class GraphRunner:
    """A graph with a network's state as stored, ready to run on the CPU; each call computes on one core.

    `at_once` calls, one per core, are worth making in parallel. Raises `WeightsError` if the tensors do not fit the
    operations, or if these are not a network's.
    """

    def __init__(self, graph: Graph, tensors: Tensors) -> None:
        try:
            state = fold_tensors(tensors, graph.folds)
            self._scores = _function(open_session(graph.operations, {name: state[name] for name in graph.weights}))
        except MemoryError:
            raise
        except Exception as error:
            raise WeightsError(f"the network's graph does not fit its tensors ({first_line(error)})") from error
        self.at_once = available_cores()

    def __call__(self, pictures: Floats) -> Floats:
        """Return the class scores (n, classes) of normalized pictures (n, 3, height, width)."""
        return self._scores(pictures)

    def begin_thread(self) -> None:
        """Do nothing: threads need no preparation."""


def _runtime() -> Any:
    """Import ONNX Runtime and disable its telemetry, which is on by default."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read on import, before anything can be called
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime
