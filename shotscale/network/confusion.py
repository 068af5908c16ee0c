"""The default network's errors: its probabilities on held-out labeled frames.

Conventions
-----------
``data/shotscale/held_out.csv`` (made by ``benchmarks/held_out.py``) has one row per frame, rendering (color, gray) and
scale that the frame counts as. It is valid only for the default weights, which `is_default` identifies by checksum.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from io import StringIO

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.scales import SCALE_NAMES
from shotscale.tables import SCALE_COLUMNS


@dataclass(frozen=True, eq=False)
class HeldOut:
    """A network's probabilities (n, 7) on held-out labeled frames, each in color and in `gray`.

    `scale` is the true rank, 0 (ECU) to 6 (ELS).
    """

    scale: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]
    gray: npt.NDArray[np.bool_]

    def some(self, rows: npt.NDArray[np.bool_]) -> "HeldOut":
        """Return some of the rows."""
        return HeldOut(self.scale[rows], self.probabilities[rows], self.gray[rows])

    def draw(self, scales: npt.NDArray[np.int64], generator: np.random.Generator) -> npt.NDArray[np.float64]:
        """Draw the probabilities of a frame for each true rank; shape (n, 7)."""
        rows = np.empty(len(scales), np.int64)
        for rank in np.unique(scales):
            here = scales == rank
            rows[here] = generator.choice(np.flatnonzero(self.scale == rank), here.sum())
        return self.probabilities[rows]


@cache
def default_held_out() -> HeldOut:
    """Return the default network's held-out probabilities."""
    text = (files("shotscale.data") / "held_out.csv").read_text(encoding="utf-8")
    table = pd.read_csv(StringIO(text), keep_default_na=False)
    p = table[list(SCALE_COLUMNS)].to_numpy(np.float64)
    scale = np.asarray(table["scale"].map(SCALE_NAMES.index), np.int64)
    return HeldOut(scale, p / p.sum(axis=1, keepdims=True), np.asarray(table["rendering"] == "gray", bool))


def is_default(checksum: str | None) -> bool:
    """Return whether a checksum is that of the default network's weights.

    Examples
    --------
    >>> from shotscale.network.weights import load_model
    >>> is_default(load_model(None).description.checksum), is_default("f" * 64), is_default(None)
    (True, False, False)
    """
    return checksum is not None and checksum == _default_checksum()


@cache
def _default_checksum() -> str | None:
    from shotscale.network.weights import DEFAULT_WEIGHTS, read_description

    with as_file(files("shotscale.data") / DEFAULT_WEIGHTS) as path:
        description = read_description(path)
    return None if description is None else description.checksum
