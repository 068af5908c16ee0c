"""Where the picture changed across a gap, and how much of the change is only movement.

A cut replaces every part of the picture; a hand in front of the lens, a subtitle or a flash does not. So each block is
searched for in the frames on the other side (``blocks``) and around its own position (``moved``).
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.descriptors import HEIGHT, WIDTH, Descriptors

_RANKS = (7, 14, 36, 72, 108, 129, 137)  # of 144 blocks: 5, 10, 25, 50, 75, 90 and 95 %
_ROWS, _COLUMNS = HEIGHT // 3, WIDTH // 3
_COLOUR_SCALE = np.float32(np.sqrt(_ROWS * _COLUMNS * 3) / 3)  # from the descriptor's scale to a mean over channels

Floats = npt.NDArray[np.float32]
Gaps = npt.NDArray[np.intp]
Named = Iterator[tuple[str, Floats]]


def block_features(frames: Descriptors, g: Gaps) -> Named:
    """Yield order statistics over 144 blocks of the change across the gap, direct and to the most similar frame."""
    luma = frames.vectors["blocks"]
    for k in (1, 2, 4, 8):
        change = np.sort(np.abs(luma[frames.clamp(g + k)] - luma[frames.clamp(g + 1 - k)]), axis=1)
        for rank in _RANKS:
            yield f"blocks.across{k}.rank{rank}", change[:, rank]
    colour = frames.vectors["colour"]
    for width in (4, 12):
        offsets = range(0, width, width // 4)
        nearest = np.full((len(g), colour.shape[1] // 3), np.inf, np.float32)
        after = [colour[frames.clamp(g + 1 + q)] for q in offsets]
        for p in offsets:
            before = colour[frames.clamp(g - p)]
            for other in after:
                change = np.abs(other - before)
                np.minimum(nearest, change[:, 0::3] + change[:, 1::3] + change[:, 2::3], out=nearest)
        nearest = np.sort(nearest, axis=1) * _COLOUR_SCALE
        for rank in _RANKS:
            yield f"blocks.nearest{width}.rank{rank}", nearest[:, rank]


def movement_features(frames: Descriptors, g: Gaps) -> Named:
    """Yield order statistics of the change that remains if each block may move by one block in any direction."""
    images = frames.vectors["colour"].reshape(-1, _ROWS, _COLUMNS, 3)
    across = [_moved(images, frames.clamp(g - k), frames.clamp(g + 1 + k)) for k in (0, 1, 3)]
    least = np.sort(np.minimum.reduce(across), axis=1)
    before = np.sort(_moved(images, frames.clamp(g - 3), g), axis=1)
    after = np.sort(_moved(images, frames.clamp(g + 1), frames.clamp(g + 4)), axis=1)
    for rank in _RANKS:
        yield f"moved.across.rank{rank}", least[:, rank]
        yield f"moved.sides.rank{rank}", np.maximum(before[:, rank], after[:, rank])
    sides = before.mean(axis=1) + after.mean(axis=1)
    yield "moved.over_sides", least.mean(axis=1) / (sides + np.float32(0.02))


def _moved(images: Floats, first: Gaps, second: Gaps) -> Floats:
    """Return each block's change to the most similar of nine blocks around its place in the other frame: (n, 144)."""
    base = images[first]
    padded = np.pad(images[second], ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    best = np.full((len(base), _ROWS, _COLUMNS), np.inf, np.float32)
    for down in range(3):
        for right in range(3):
            change = np.abs(padded[:, down : down + _ROWS, right : right + _COLUMNS] - base)
            np.minimum(best, change[..., 0] + change[..., 1] + change[..., 2], out=best)
    return best.reshape(len(base), -1) * _COLOUR_SCALE
