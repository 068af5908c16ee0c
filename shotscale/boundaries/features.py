"""Features of the gap between two successive frames, as a row of named numbers.

Conventions
-----------
Gap g lies between frame g and frame g + 1. "Before" is the side that ends with frame g, "after" the side that
begins with frame g + 1. Distances are those of `shotscale.boundaries.descriptors`. Frames beyond either end of
the film are replaced by its first or last frame.

A cut makes every distance *across* the gap large and those *within* either side small. After a flash the sides
are alike again a few frames apart (``nearest``). In a dissolve the middle is a mixture of the ends (``mixture``,
``residual``); with a moving camera it is not. The features take in the neighborhood, so grain and motion raise
the bar.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.descriptors import HEIGHT, METRICS, WIDTH, Descriptors, describe
from shotscale.boundaries.patches import block_features, movement_features

REACH = 64
"""Frames on either side of a gap that its features may use."""

_DENSE = 32  # frames; more than a second, the length of most gradual transitions
_STRIDE = 4  # frames: farther away, every fourth is enough, at a quarter of the work
_LONG_METRICS = ("colour", "structure", "edges", "histogram")
_LAGS = (1, 2, 3, 4, 6, 8, 12, 16)  # frames, more widely spaced with distance: transitions are of any length
_SIDE_LAGS = (2, 4, 8, 16)  # frames; every other one of `_LAGS`
_STEPS = (-4, -3, -2, -1, 1, 2, 3, 4)  # frames: neighbors of a cut, such as the other side of a flash
_STEP_METRICS = ("colour", "histogram")
_MIXTURE_METRICS = ("colour", "structure", "edges")
_LOCAL = tuple(step for step in range(-12, 13) if step)  # half a second on either side
_TILE = 32  # frames, so that a tile's products stay in a processor's cache
_LIGHT = ("luma", "contrast", "saturation", "detail")

Floats = npt.NDArray[np.float32]
Gaps = npt.NDArray[np.intp]
Named = Iterator[tuple[str, Floats]]


@dataclass(frozen=True, slots=True)
class Window:
    """Descriptors of n successive frames with the distances between them, by metric.

    `near` (n, 32) holds the distances to each of the next 32 frames; `far` (n, 32), for some metrics only, those to
    every fourth of the next 128.
    """

    descriptors: Descriptors
    near: dict[str, Floats]
    far: dict[str, Floats]

    @classmethod
    def of(cls, descriptors: Descriptors) -> "Window":
        """Measure the distances among successive frames."""
        far = {}
        for name in _LONG_METRICS:
            distances = np.zeros((len(descriptors), 2 * REACH // _STRIDE), np.float32)
            for phase in range(_STRIDE):
                distances[phase::_STRIDE] = band(descriptors.vectors[name][phase::_STRIDE], distances.shape[1])
            far[name] = distances
        near = {name: band(descriptors.vectors[name], _DENSE) for name in METRICS}
        return cls(descriptors, near, far)

    def between(self, metric: str, first: Gaps, last: Gaps) -> Floats:
        """Return the distance between frames no more than 32 apart, ``first <= last``."""
        first = self.descriptors.clamp(first)
        lag = self.descriptors.clamp(last) - first
        return np.where(lag > 0, self.near[metric][first, lag - 1], np.float32(0))

    def between_far(self, metric: str, first: Gaps, strides: int) -> Floats:
        """Return the distance from each frame to the one ``4 * strides`` frames later."""
        first = self.descriptors.clamp(first)
        lag = np.minimum(strides, (len(self.descriptors) - 1 - first) // _STRIDE)
        return np.where(lag > 0, self.far[metric][first, lag - 1], np.float32(0))


def band(vectors: Floats, reach: int) -> Floats:
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


def gap_features(window: Window, gaps: Gaps) -> Floats:
    """Return the features of m gaps, given by the window's frame before each, with columns as in `feature_names`.

    The window must reach `REACH` frames to either side of every gap, or to an end of the film.
    """
    return np.stack([values.astype(np.float32, copy=False) for _, values in _named(window, gaps)], axis=1)


def _gate(window: Window, gaps: Gaps) -> Named:
    for metric in ("colour", "structure", "histogram"):
        yield from _lags(window, metric, gaps)
    for metric in ("colour", "layout"):
        yield from _steps(window, metric, gaps)
        yield from _sides(window, metric, gaps)


def _named(window: Window, gaps: Gaps) -> Named:
    for metric in METRICS:
        yield from _lags(window, metric, gaps)
        yield from _steps(window, metric, gaps)
        yield from _sides(window, metric, gaps)
    for metric in _MIXTURE_METRICS:
        yield from _mixture(window, metric, gaps)
    for metric in _LONG_METRICS:
        yield from _long(window, metric, gaps)
    yield from _light(window, gaps)
    yield from block_features(window.descriptors, gaps)
    yield from movement_features(window.descriptors, gaps)


def _lags(window: Window, metric: str, g: Gaps) -> Named:
    """Measure distances straight across the gap and along either side."""
    for k in _LAGS:
        yield f"{metric}.across{k}", window.between(metric, g + 1 - k, g + k)
    for k in _SIDE_LAGS:
        yield f"{metric}.before{k}", window.between(metric, g + 1 - k, g)
        yield f"{metric}.after{k}", window.between(metric, g + 1, g + k)


def _steps(window: Window, metric: str, g: Gaps) -> Named:
    """Compare the gap's own step with those of its neighbors."""
    for j in _STEPS if metric in _STEP_METRICS else ():
        yield f"{metric}.step{j:+d}", window.between(metric, g + j, g + j + 1)
    for j in (-2, -1, 0, 1):
        yield f"{metric}.two{j:+d}", window.between(metric, g + j, g + j + 2)
    local = np.sort(np.stack([window.between(metric, g + j, g + j + 1) for j in _LOCAL], axis=1), axis=1)
    own = window.between(metric, g, g + 1)
    yield f"{metric}.median_step", local[:, 12]
    yield f"{metric}.largest_step", local[:, -1]
    yield f"{metric}.third_step", local[:, -3]
    yield f"{metric}.over_median", own / (local[:, 12] + np.float32(0.01))
    yield f"{metric}.over_largest", own / (local[:, -1] + np.float32(0.01))


def _sides(window: Window, metric: str, g: Gaps) -> Named:
    """Compare all pairs across the gap with all pairs on one side, over 4, 8 and 16 frames per side."""
    for width in (4, 8, 16):
        step = width // 4
        offsets = range(0, width, step)
        across = np.stack([window.between(metric, g - p, g + 1 + q) for p in offsets for q in offsets])
        pairs = [(near, far) for far in range(step, width, step) for near in range(0, far, step)]
        before = np.stack([window.between(metric, g - far, g - near) for near, far in pairs])
        after = np.stack([window.between(metric, g + 1 + near, g + 1 + far) for near, far in pairs])
        means = across.mean(axis=0), before.mean(axis=0), after.mean(axis=0)
        yield f"{metric}.nearest{width}", across.min(axis=0)
        yield f"{metric}.mean_across{width}", means[0]
        yield f"{metric}.mean_before{width}", means[1]
        yield f"{metric}.mean_after{width}", means[2]
        yield f"{metric}.contrast{width}", means[0] / (means[1] + means[2] + np.float32(0.02))
        yield f"{metric}.widest{width}", np.maximum(before.max(axis=0), after.max(axis=0))


def _mixture(window: Window, metric: str, g: Gaps) -> Named:
    """Project the frame at the gap onto the line between the frames k before and k after: position and distance."""
    for k in (2, 4, 8, 12):
        share, residual = _onto_line(
            window.between(metric, g - k, g + k),
            window.between(metric, g - k, g),
            window.between(metric, g, g + k),
        )
        yield f"{metric}.mixture{k}", share
        yield f"{metric}.residual{k}", residual


def _long(window: Window, metric: str, g: Gaps) -> Named:
    """Measure distances across and mixtures over up to 64 frames, for long dissolves."""
    for k in (3, 4, 6, 8, 12, 16):
        ends = window.between_far(metric, g - 2 * k, k)
        yield f"{metric}.far_across{k}", ends
        if k % 2:
            continue
        to_middle = window.between_far(metric, g - 2 * k, k // 2)
        from_middle = window.between_far(metric, g, k // 2)
        yield f"{metric}.far_residual{k}", _onto_line(ends, to_middle, from_middle)[1]
        quarter = max(1, k // 4)
        yield f"{metric}.far_before{k}", window.between_far(metric, g - 3 * k, quarter)
        yield f"{metric}.far_after{k}", window.between_far(metric, g + 2 * k, quarter)


def _onto_line(ends: Floats, to_middle: Floats, from_middle: Floats) -> tuple[Floats, Floats]:
    """Project the middle onto the line between the ends, by the law of cosines."""
    share = (from_middle**2 + ends**2 - to_middle**2) / (2 * ends**2 + np.float32(1e-4))
    off = np.sqrt(np.maximum(from_middle**2 - share**2 * ends**2, 0))
    return share, off / (ends + np.float32(0.02))


def _light(window: Window, g: Gaps) -> Named:
    """Describe brightness, contrast, saturation and detail around the gap."""
    for column, name in enumerate(_LIGHT):
        curve = window.descriptors.vectors["light"][:, column]

        def at(offset: int, curve: Floats = curve) -> Floats:
            return curve[window.descriptors.clamp(g + offset)]

        yield f"{name}.before", at(0)
        yield f"{name}.after", at(1)
        for k in (2, 4, 8, 16):
            yield f"{name}.change{k}", at(k) - at(1 - k)
        for k in (4, 8, 16, 24):
            around = np.stack([at(j) for j in range(-k, k + 2, k // 4)])
            yield f"{name}.least{k}", around.min(axis=0)
            yield f"{name}.most{k}", around.max(axis=0)
        for k in (4, 8):
            yield f"{name}.bow{k}", (at(-k) + at(k)) * np.float32(0.5) - at(0)


@functools.cache
def feature_names() -> tuple[str, ...]:
    """Return the names of the columns of `gap_features`, in order."""
    return tuple(name for name, _ in _named(_empty_window(), np.zeros(1, np.intp)))


@functools.cache
def gate_names() -> tuple[str, ...]:
    """Return the names of the gate's features, in order."""
    return tuple(name for name, _ in _gate(_empty_window(), np.zeros(1, np.intp)))


def _empty_window() -> Window:
    return Window.of(describe(np.zeros((2, HEIGHT, WIDTH, 3), np.uint8)))
