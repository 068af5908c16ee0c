"""What runs a network: ONNX Runtime, or PyTorch if there may be a GPU or the file has no graph."""

import ctypes
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from shotscale.network.graph import Graph, GraphRunner

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Runner"]


class Runner(Protocol):
    """Computes class scores: a `GraphRunner` or a `TorchRunner`; `at_once` calls are worth making in parallel."""

    at_once: int

    def __call__(self, pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the class scores (n, classes) of normalized pictures (n, 3, height, width)."""

    def begin_thread(self) -> None:
        """Prepare a thread to call this in parallel with others."""


def make_runner(graph: str, tensors: Mapping[str, npt.NDArray[Any]], build: "Callable[[], nn.Module]") -> Runner:
    """Return the runner of a network from its graph, empty if unknown, and its tensors, or as built for PyTorch.

    Raises `ValueError` if the graph and the tensors do not fit each other.
    """
    if not graph or _has_nvidia_driver():
        from shotscale.network.architectures import TorchRunner

        return TorchRunner(build())
    return GraphRunner(Graph.from_text(graph), tensors)


def _has_nvidia_driver() -> bool:
    """Return whether PyTorch may find a GPU, without the seconds it takes to import."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True
