"""Simulate the network's measurements from codings, to fit a reference for measured films.

People's codings and a network's measurements of the same film differ, and features amplify the difference: a model
fitted to codings says little about measured films. So codings are passed through the network's measured errors before
features are computed, and model and film are measured alike.

Conventions
-----------
A coding is cut into shots, since a network sees shots: at changes of scale, and between them if the film has more shots
than changes; if it has fewer (long takes with a moving camera), some changes are not cuts. Each stretch of one scale in
one shot gets the network's probabilities for a real held-out frame of that scale. What is assumed is an option of
`Assumptions`; ``python benchmarks/cinescale.py --sensitivity`` varies it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import softmax

from authorship.features.labels import OUTSIDE, scale_labels
from authorship.features.runs import Runs, find_runs
from shotscale.network.confusion import HeldOut
from shotscale.network.smoothing import smooth_scales
from shotscale.scales import SCALES
from shotscale.tables import make_scales, make_shots

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

_FOREGROUND, _INSERT = len(SCALES), len(SCALES) + 1
_CLOSE = (0, 1)  # ranks of ECU and CU


@dataclass(frozen=True)
class Assumptions:
    """Assumptions about how the network errs on films.

    Attributes
    ----------
    persistence : float
        The part of an error that lasts for the whole stretch, 0 (a new draw every second) to 1 (all of it).
    set_up_returns : float
        Probability that a shot of a scale seen before is the same set-up, and so has the same errors.
    foreground : str
        How the network sees foreground shots: ``before``, like the preceding stretch; ``any``, like any frame.
    insert : str
        The same for insert shots: ``close``, like a close frame; ``any``.
    smoothing : float
        Seconds over which probabilities are averaged within a shot; 3 as in the product.
    cuts : bool
        Whether to match the film's number of shots; otherwise the changes of scale are the only cuts.
    """

    persistence: float = 0.8
    set_up_returns: float = 0.5
    foreground: str = "before"
    insert: str = "close"
    smoothing: float = 3.0
    cuts: bool = True


def measure_as_network(
    track: pd.DataFrame,
    errors: HeldOut,
    generator: np.random.Generator,
    *,
    n_shots: float | None = None,
    assumptions: Assumptions | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the shot table and scale track a network might measure on a coded film; by default one shot per run."""
    assumed = assumptions or Assumptions()
    labels = scale_labels(track)
    runs = find_runs(labels)
    seen = _seen(runs, errors, assumed, generator)
    cut, stretch, length = _stretches(runs, n_shots if assumed.cuts else None, generator)
    persistent = _draw_set_ups(seen[stretch], errors, assumed, generator)
    second = np.repeat(np.arange(len(stretch)), length)
    fresh = errors.draw(seen[stretch][second], generator)
    logs = assumed.persistence * np.log(persistent[second] + 1e-6) + (1 - assumed.persistence) * np.log(fresh + 1e-6)
    p = np.asarray(softmax(logs, axis=1), np.float64)
    starts = np.append(0, np.cumsum(length)[:-1])[cut].astype(np.float64)
    times = np.arange(len(p), dtype=np.float64)
    shots = make_shots(starts, float(len(p)))
    return shots, make_scales(times, smooth_scales(times, p, shots, window=assumed.smoothing))


def _seen(runs: Runs, errors: HeldOut, assumed: Assumptions, generator: np.random.Generator) -> Ranks:
    """Return the ordered scale that each run looks like to the network."""
    seen = runs.scale.copy()
    known = np.flatnonzero((seen != OUTSIDE) & (seen < _FOREGROUND))
    any_of = errors.scale[generator.integers(0, len(errors.scale), len(seen))]
    before = seen[known[np.clip(np.searchsorted(known, np.arange(len(seen))) - 1, 0, None)]]
    seen = np.where(seen == _FOREGROUND, before if assumed.foreground == "before" else any_of, seen)
    close = generator.choice(_CLOSE, len(seen))
    seen = np.where(seen == _INSERT, close if assumed.insert == "close" else any_of, seen)
    return np.where(seen == OUTSIDE, any_of, seen)


def _stretches(
    runs: Runs, n_shots: float | None, generator: np.random.Generator
) -> tuple[npt.NDArray[np.bool_], Ranks, Ranks]:
    """Cut runs into stretches; returns whether each begins with a cut, its run, and its length in seconds."""
    lengths = runs.length.astype(np.int64)
    n = len(lengths)
    more = 0 if n_shots is None else round(n_shots) - n
    pieces = np.ones(n, np.int64)
    if more > 0:
        room = np.repeat(np.arange(n), np.maximum(lengths - 1, 0))
        chosen = generator.choice(room, min(more, len(room)), replace=False)
        pieces += np.bincount(chosen, minlength=n)
    stretch = np.repeat(np.arange(n), pieces)
    split = [_pieces(int(length), int(k), generator) for length, k in zip(lengths, pieces, strict=True)]
    cut = np.ones(len(stretch), bool)
    if more < 0:
        moves = generator.choice(np.arange(1, n), min(-more, n - 1), replace=False)
        cut[moves] = False
    return cut, stretch, np.concatenate(split)


def _pieces(length: int, k: int, generator: np.random.Generator) -> Ranks:
    """Split whole seconds into k parts of at least one second."""
    if k == 1:
        return np.asarray([length])
    ends = np.sort(generator.choice(np.arange(1, length), k - 1, replace=False))
    return np.diff(np.concatenate([[0], ends, [length]]))


def _draw_set_ups(scales: Ranks, errors: HeldOut, assumed: Assumptions, generator: np.random.Generator) -> Array:
    """Draw each stretch's persistent probabilities; a recurring set-up is drawn once."""
    drawn = errors.draw(scales, generator)
    again = generator.random(len(scales)) < assumed.set_up_returns
    last: dict[int, int] = {}
    source = np.arange(len(scales))
    for i, scale in enumerate(scales.tolist()):
        if again[i] and scale in last:
            source[i] = last[scale]
        last[scale] = int(source[i])
    return drawn[source]
