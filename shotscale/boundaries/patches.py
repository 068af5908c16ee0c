"""Where in the picture something changed across a gap, and how much of it is only movement.

A cut replaces every part of the picture; a hand before the lens, a subtitle or a flash does not. So each part is
looked for among the frames on the other side (``blocks``), and near its own place (``moved``).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.descriptors import HEIGHT, WIDTH

if TYPE_CHECKING:
    from shotscale.boundaries.features import Window

__all__ = ["block_features", "movement_features"]

_RANKS = (7, 14, 36, 72, 108, 129, 137)
_SHIFTS = tuple((down, right) for down in range(-3, 4) for right in range(-3, 4))
_PARTS = (3, 6)  # rows and columns of parts, of 4 x 4 pixels at half size

Floats = npt.NDArray[np.float32]
Gaps = npt.NDArray[np.intp]
Named = Iterator[tuple[str, Floats]]


def block_features(window: "Window", g: Gaps) -> Named:
    """Order statistics over 144 blocks of the change across the gap, straight and to the likest of other frames."""
    luma = window.descriptors.blocks
    for k in (1, 2, 4, 8):
        change = np.sort(np.abs(luma[window.clamp(g + k)] - luma[window.clamp(g + 1 - k)]), axis=1)
        for rank in _RANKS:
            yield f"blocks.across{k}.rank{rank}", change[:, rank]
    colour = window.descriptors.vectors["colour"]
    scale = np.float32(np.sqrt(colour.shape[1]))
    for width in (4, 12):
        offsets = range(0, width, width // 4)
        nearest = np.full((len(g), colour.shape[1] // 3), np.inf, np.float32)
        after = [colour[window.clamp(g + 1 + q)] for q in offsets]
        for p in offsets:
            before = colour[window.clamp(g - p)]
            for other in after:
                change = np.abs(other - before)
                np.minimum(nearest, change[:, 0::3] + change[:, 1::3] + change[:, 2::3], out=nearest)
        nearest = np.sort(nearest, axis=1) * (scale / 3)
        for rank in _RANKS:
            yield f"blocks.nearest{width}.rank{rank}", nearest[:, rank]


def movement_features(window: "Window", g: Gaps) -> Named:
    """Measure how much change is left once each part of the picture has been moved to where it fits best."""
    small = _half_size(window.descriptors.vectors["pixels"])
    pairs = {"across1": (g, g + 1), "across2": (g - 1, g + 2), "before": (g - 2, g), "after": (g + 1, g + 3)}
    for name, (first, last) in pairs.items():
        best, still = _best_match(small[window.clamp(first)], small[window.clamp(last)])
        ordered = np.sort(best, axis=1)
        mean = best.mean(axis=1)
        yield f"moved.{name}.mean", mean
        yield f"moved.{name}.least", ordered[:, 2]
        yield f"moved.{name}.median", ordered[:, best.shape[1] // 2]
        yield f"moved.{name}.share", mean / (still.mean(axis=1) + np.float32(0.005))


def _half_size(pixels: Floats) -> Floats:
    luma = (pixels * np.float32(np.sqrt(HEIGHT * WIDTH))).reshape(-1, HEIGHT, WIDTH)[:, : HEIGHT // 2 * 2]
    rows = luma[:, 0::2] + luma[:, 1::2]
    half: Floats = (rows[:, :, 0::2] + rows[:, :, 1::2]) * np.float32(0.25)
    return half


def _best_match(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Give each part's mean absolute change where it fits best, and in its place: arrays of shape (n, 18)."""
    rows, columns = _PARTS
    margin = 3
    padded = np.pad(second, ((0, 0), (margin, margin), (margin, margin)), mode="edge")
    base = first[:, : rows * 4, : columns * 4]
    best = still = np.full((len(first), rows * columns), np.inf, np.float32)
    for down, right in _SHIFTS:
        top, left = margin + down, margin + right
        change = np.abs(padded[:, top : top + rows * 4, left : left + columns * 4] - base)
        summed = change[:, 0::4] + change[:, 1::4] + change[:, 2::4] + change[:, 3::4]
        parts = summed[:, :, 0::4] + summed[:, :, 1::4] + summed[:, :, 2::4] + summed[:, :, 3::4]
        mean = parts.reshape(len(first), -1) / np.float32(16)
        best = np.minimum(best, mean)
        if not down and not right:
            still = mean
    return best, still
