"""Very fast cutting and flicker.

The trees look for a picture that persists: in shots of two or three frames none does, and every cut looks like part of
a long dissolve. In such fast cutting the trees get a second look in which every frame is repeated several times, as if
the film ran slower. If even single frames differ like shots, there is nothing to tell apart: that is flicker, which has
cuts only at its ends.
"""

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.features import REACH, Window, gap_features
from shotscale.boundaries.model import GapModel

__all__ = ["FLICKER", "NEITHER", "QUICK", "pace", "second_look"]

NEITHER, QUICK, FLICKER = 0, 1, 2

# Chosen on montages composed of the training clips' frames, where medians of a chain are 0.73 to 1.3 (histogram) and
# 1.15 to 1.6 (structure). In the original clips the second look changes no transition.
_STEP_STRUCTURE, _STEP_HISTOGRAM = 0.6, 0.45  # distance across a gap above which it may be a cut
_STRUCTURE, _HISTOGRAM = 1.1, 0.7  # the same, as the median over a chain of them
_NEW = 0.65  # histogram distance from before one cut to after the next: alternating pictures are not shots
_QUIET = 0.5  # largest median distance of the gaps in between, as a fraction of the cuts' median
_FEWEST, _APART, _AROUND = 6, 5, 16  # fewest cuts in a chain, most gaps from one to the next, gaps examined either side
_FEWEST_FLICKERS, _SINGLE = 8, 0.8  # for flicker: fewest cuts in a chain, least share on the very next frame
_TIMES = 4  # repeats in the second look: fewest that resolve all two-frame shots without mistaking the frames of one

Floats = npt.NDArray[np.float32]
Gaps = npt.NDArray[np.intp]


def pace(window: Window, gaps: Gaps) -> npt.NDArray[np.uint8]:
    """Classify consecutive gaps as `QUICK` (very fast cutting), `FLICKER` or `NEITHER`.

    The result for a gap depends only on the 16 gaps on either side of the last possible cut at or before it.
    """
    result = np.full(len(gaps), NEITHER, np.uint8)
    structure, histogram = (window.near[name][:-1, 0] for name in ("structure", "histogram"))
    hard = np.flatnonzero((structure > _STEP_STRUCTURE) & (histogram > _STEP_HISTOGRAM))
    first = int(gaps[0])
    for at in hard[(hard > first - _APART) & (hard < first + len(gaps) + _APART)]:
        chain = _chain(hard, int(at))
        kind = _judge(window, chain)
        if kind != NEITHER:
            place = int(np.searchsorted(chain, at))
            # With the gaps up to the next cut; those before this one belong to the previous cut.
            stop = int(chain[place + 1]) if place + 1 < len(chain) else int(at) + 1
            inside = slice(max(0, int(at) - first), max(0, stop - first))
            result[inside] = np.maximum(result[inside], kind)
    return result


def second_look(model: GapModel, window: Window, gaps: Gaps, paces: npt.NDArray[np.uint8]) -> Floats:
    """Return the trees' opinions (k, N_OPINIONS) on the k gaps whose pace is not `NEITHER`, frames repeated four times.

    Inside a flicker they are 0.
    """
    chosen = np.flatnonzero(paces)
    margin = REACH // _TIMES
    looks = []
    for run in np.split(chosen, np.flatnonzero(np.diff(chosen) > 1) + 1):
        first, last = int(gaps[run[0]]), int(gaps[run[-1]])
        begin, end = max(0, first - margin), min(len(window.descriptors), last + 2 + margin)
        slow = Window.of(window.descriptors.take(np.repeat(np.arange(begin, end), _TIMES)))
        features = gap_features(slow, (gaps[run] - begin) * _TIMES + _TIMES - 1)
        looks.append(model.trees.judge(features))
    opinions = np.concatenate(looks)
    flicker = np.pad(paces == FLICKER, 1)
    opinions[(flicker[:-2] & flicker[1:-1] & flicker[2:])[chosen]] = 0
    return opinions


def _chain(hard: Gaps, at: int) -> Gaps:
    """Return the chain of closely spaced possible cuts around one of them."""
    near = hard[(hard >= at - _AROUND) & (hard <= at + _AROUND)]
    place = int(np.searchsorted(near, at))
    wide = np.flatnonzero(np.diff(near) > _APART)
    before, after = wide[wide < place], wide[wide >= place]
    return near[before[-1] + 1 if len(before) else 0 : after[0] + 1 if len(after) else len(near)]


def _judge(window: Window, chain: Gaps) -> int:
    """Classify a chain of possible cuts."""
    if len(chain) < _FEWEST:
        return NEITHER
    structure, histogram = (window.near[name] for name in ("structure", "histogram"))
    typical = float(np.median(histogram[chain, 0]))
    if typical < _HISTOGRAM or float(np.median(structure[chain, 0])) < _STRUCTURE:
        return NEITHER
    steps = np.diff(chain)
    if len(chain) >= _FEWEST_FLICKERS and float((steps == 1).mean()) >= _SINGLE:
        return FLICKER
    between = np.setdiff1d(np.arange(chain[0], chain[-1]), chain, assume_unique=True)
    if len(between) and float(np.median(histogram[between, 0])) > _QUIET * typical:
        return NEITHER
    return QUICK if float(np.median(histogram[chain[:-1], steps])) >= _NEW else NEITHER
