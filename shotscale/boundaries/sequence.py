"""A small network that reads the features of many gaps together, as two ONNX models.

Trees judge each gap separately. The encoder reduces a gap's features to a few numbers while the film is read; the
reader takes those of all gaps, each with 14 on either side, once the film has ended.
`shotscale.boundaries.sequence_fitting` fits both.
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
"""How many numbers the network keeps per gap."""

EPOCHS = 8
PARAMETERS: dict[str, Any] = {"hidden": 48, "channels": 32, "rate": 3e-3, "decay": 0.02, "run": 128, "batch": 16}
"""Parameters of the network and its fitting: initial choices, none tuned."""

Floats = npt.NDArray[np.float32]
Part = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class SequenceModel:
    """The two parts of the network.

    `encode` turns rows of `gap_features` into codes (n, N_CODES); `read` turns the codes of all of a film's gaps into
    the probabilities of cut and gradual (n, 2).
    """

    encode: Part
    read: Part


def read_part(path: str | os.PathLike[str]) -> Part:
    """Read one part of the network from an ONNX file; raise `WeightsError` if it is something else."""
    return read_function(path, output=0, what="a network")


def average(trees: Floats, network: Floats) -> Floats:
    """Average the trees' and the network's probabilities of cut and gradual, float32 arrays of shape (n, 2).

    The network alone finds more gradual transitions, but mistakes whip pans for them; the trees do not.
    """
    return ((trees + network) / 2).astype(np.float32)
