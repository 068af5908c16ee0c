"""Flicker: passages in which single frames differ like shots, so that there are no shots to tell apart.

Such a passage has cuts only at its ends.
"""

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.features import Window

# Chosen on montages composed of the training clips' frames, where medians of a chain are 0.73 to 1.3 (histogram) and
# 1.15 to 1.6 (structure).
_STEP_STRUCTURE, _STEP_HISTOGRAM = 0.6, 0.45  # distance across a gap above which it may be a cut
_STRUCTURE, _HISTOGRAM = 1.1, 0.7  # the same, as the median over a chain of them
_APART, _AROUND = 5, 16  # most gaps from one possible cut to the next in a chain, gaps examined on either side
_FEWEST, _SINGLE = 8, 0.8  # fewest possible cuts in a chain, least share of them on the very next frame

Gaps = npt.NDArray[np.intp]


def is_flicker(window: Window, gaps: Gaps) -> npt.NDArray[np.bool_]:
    """Return whether each of some consecutive gaps lies in a flicker: bool array (m,).

    The result for a gap depends only on the 16 gaps on either side of the last possible cut at or before it.
    """
    result = np.zeros(len(gaps), bool)
    structure, histogram = (window.near[name][:-1, 0] for name in ("structure", "histogram"))
    possible = np.flatnonzero((structure > _STEP_STRUCTURE) & (histogram > _STEP_HISTOGRAM))
    first = int(gaps[0])
    for at in possible[(possible > first - _APART) & (possible < first + len(gaps) + _APART)].tolist():
        chain = _chain(possible, at)
        if len(chain) < _FEWEST or float((np.diff(chain) == 1).mean()) < _SINGLE:
            continue
        if float(np.median(histogram[chain])) < _HISTOGRAM or float(np.median(structure[chain])) < _STRUCTURE:
            continue
        place = int(np.searchsorted(chain, at))
        # With the gaps up to the next possible cut; those before this one belong to the previous one.
        stop = int(chain[place + 1]) if place + 1 < len(chain) else at + 1
        result[max(0, at - first) : max(0, stop - first)] = True
    return result


def _chain(possible: Gaps, at: int) -> Gaps:
    """Return the chain of closely spaced possible cuts around one of them."""
    near = possible[(possible >= at - _AROUND) & (possible <= at + _AROUND)]
    place = int(np.searchsorted(near, at))
    wide = np.flatnonzero(np.diff(near) > _APART)
    before, after = wide[wide < place], wide[wide >= place]
    return near[before[-1] + 1 if len(before) else 0 : after[0] + 1 if len(after) else len(near)]
