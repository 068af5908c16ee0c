"""Jump cuts with a static camera: the same room and people, rearranged from one frame to the next.

Most of the picture stays, so the trees, which have learned that captions and inserted pictures change only a part of
it, reject them. But those bring new colors; in a jump cut the colors stay while their arrangement changes for good.
"""

import functools

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.features import Window, feature_names

__all__ = ["jump_cuts"]

# Most drawn jump cuts of a person in a room meet these bounds; none of the 110,000 gaps of the training clips does,
# although pictures are inserted and captions change there.
_OWN_STRUCTURE, _OWN_EDGES, _OWN_HISTOGRAM = 0.5, 0.6, 0.35
_AT_LEAST = {
    "structure.nearest8": 0.5,
    "edges.nearest8": 0.7,
    "structure.contrast8": 5.0,
    "blocks.nearest12.rank108": 0.05,
}
_AT_MOST = {"histogram.nearest8": 0.21}


def jump_cuts(window: Window, gaps: npt.NDArray[np.intp], features: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return whether gaps, given their `gap_features`, hold a jump cut with a static camera: shape (m,)."""
    structure, edges, histogram = (window.near[name][gaps, 0] for name in ("structure", "edges", "histogram"))
    result: npt.NDArray[np.bool_] = (structure > _OWN_STRUCTURE) & (edges > _OWN_EDGES) & (histogram < _OWN_HISTOGRAM)
    least, most = (features[:, _columns(tuple(bounds))] for bounds in (_AT_LEAST, _AT_MOST))
    result &= (least >= list(_AT_LEAST.values())).all(axis=1) & (most <= list(_AT_MOST.values())).all(axis=1)
    return result


@functools.cache
def _columns(names: tuple[str, ...]) -> npt.NDArray[np.intp]:
    return np.asarray([feature_names().index(name) for name in names], np.intp)
