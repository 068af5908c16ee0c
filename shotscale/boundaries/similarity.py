"""Distances between each frame and those that follow it, as a band of the self-similarity matrix."""

import numpy as np
import numpy.typing as npt

__all__ = ["band"]

_TILE = 32  # frames, so that a tile's products stay in a processor's cache


def band(vectors: npt.NDArray[np.float32], reach: int) -> npt.NDArray[np.float32]:
    """Return the Euclidean distance of each frame, given descriptors (n, d), to the `reach` frames after it.

    Column ``k - 1`` holds the distance from frame i to frame i + k, 0 if there is no such frame.

    Examples
    --------
    >>> band(np.asarray([[0.0], [1.0], [3.0]], np.float32), 2).tolist()
    [[1.0, 3.0], [2.0, 0.0], [0.0, 0.0]]
    """
    n = len(vectors)
    result = np.zeros((n, reach), np.float32)
    if n < 2:
        return result
    # Centered on the run's mean, so that the products below lose less to rounding.
    centered = vectors - vectors.mean(axis=0)
    squares = np.einsum("nd,nd->n", centered, centered)
    for start in range(0, n, _TILE):
        stop = min(start + _TILE, n)
        last = min(stop + reach, n)
        products = centered[start:stop] @ centered[start:last].T
        squared = squares[start:stop, None] + squares[None, start:last] - 2 * products
        rows = np.arange(stop - start)[:, None]
        columns = rows + np.arange(1, reach + 1)[None, :]
        inside = columns < last - start
        values = squared[rows, np.minimum(columns, last - start - 1)]
        result[start:stop] = np.sqrt(np.maximum(values, 0)) * inside
    # Neighbors matter most and are closest together: exact differences instead of differences of products.
    steps = np.diff(vectors, axis=0)
    result[:-1, 0] = np.sqrt(np.einsum("nd,nd->n", steps, steps))
    return result
