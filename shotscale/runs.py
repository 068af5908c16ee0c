"""Find the runs in which a mask is true."""

import numpy as np
import numpy.typing as npt


def runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where a mask of shape (n,) is true, as half-open runs in order.

    Examples
    --------
    >>> runs(np.array([True, False, True, True]))
    [(0, 1), (2, 4)]
    """
    edges = np.flatnonzero(np.diff(np.pad(mask, 1).astype(np.int8))).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
