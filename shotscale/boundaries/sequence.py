"""A small network that reads the features of many gaps together, as two ONNX models.

Trees judge each gap by itself. The encoder puts a gap's features into a few numbers as the film goes by; the reader
takes those of all gaps, each with 14 to either side, once the film has ended. `shotscale.boundaries.sequence_fitting`
fits both.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shotscale.network.graph import read_function

__all__ = ["EPOCHS", "N_CODES", "PARAMETERS", "SequenceModel", "average", "read_part"]

N_CODES = 24
"""How many numbers of a gap the network remembers."""

EPOCHS = 8
PARAMETERS: dict[str, Any] = {"hidden": 48, "channels": 32, "rate": 3e-3, "decay": 0.02, "run": 128, "batch": 16}
"""Of the network and its fitting, as first written down; none was tuned."""

Floats = npt.NDArray[np.float32]
Part = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class SequenceModel:
    """The two parts of the network: codes (n, N_CODES) for rows of `gap_features`, and what is read of them.

    From the codes of all of a film's gaps the second reads the probabilities of cut and gradual, (n, 2).
    """

    encode: Part
    read: Part


def read_part(path: str | os.PathLike[str]) -> Part:
    """Read one part of the network from an ONNX file; `WeightsError` if it is something else."""
    return read_function(path, output=0, what="a network")


def average(trees: Floats, network: Floats) -> Floats:
    """Average what trees and network think: probabilities of cut and gradual, float32 arrays of shape (n, 2).

    The network alone finds more gradual transitions, and takes a camera that whips round for one; the trees do not.
    """
    return ((trees + network) / 2).astype(np.float32)
