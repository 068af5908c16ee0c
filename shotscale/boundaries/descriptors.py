"""Compact frame descriptors, and the distance between two frames under each of them.

Conventions
-----------
A frame is a thumbnail of 27 x 48 RGB pixels. Each descriptor is a float32 vector scaled so that the
Euclidean distance between two frames is of order one; the distances of all pairs in a window are then one
matrix product. The six capture different properties, so that what fools one does not fool the others:

``pixels``     luma at full size: everything that moves or changes
``colour``     RGB averaged over 3 x 3 pixels: blind to grain and to small motion
``structure``  luma averaged likewise, mean and contrast removed: blind to flashes, fades and flicker
``edges``      gradient strength, mean and contrast removed: where things are, whatever the light
``histogram``  joint RGB histogram (8 x 8 x 8, square roots): blind to where things are
``layout``     luma histograms of 12 blocks: between ``edges`` and ``histogram``
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HEIGHT, WIDTH = 27, 48  # TransNet V2's input size, at which cuts are still obvious
METRICS: tuple[str, ...] = ("pixels", "colour", "structure", "edges", "histogram", "layout")

_ROWS, _COLUMNS = 9, 16  # blocks of 3 x 3 pixels: smaller movements change little
_LUMA = np.asarray([0.299, 0.587, 0.114], np.float32) / 255  # ITU-R BT.601 weights
_CONTRAST_FLOOR = 0.02  # of full scale; below it structure is grain, which must not be scaled up to unit length
_EDGE_FLOOR = 0.01  # of full scale; below it edges are grain

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Descriptors:
    """The descriptors of n consecutive frames.

    `vectors` holds one array (n, d) for each of `METRICS`; ``blocks`` (n, 144), luma averaged over 3 x 3 pixels, 0 to
    1; and ``light`` (n, 4), mean and standard deviation of luma, mean saturation (all 0 to 1) and mean gradient
    strength (0 to 2).
    """

    vectors: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.vectors["light"])

    def clamp(self, frames: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Replace indices of frames beyond either end by that of the frame at that end."""
        # Not np.clip, which looks up the type's limits on each of the thousands of calls per block.
        return np.minimum(np.maximum(frames, 0), len(self) - 1)

    def take(self, rows: slice) -> "Descriptors":
        """Return the descriptors of some of the frames."""
        return Descriptors({name: vector[rows] for name, vector in self.vectors.items()})

    @staticmethod
    def join(parts: "list[Descriptors]") -> "Descriptors":
        """Concatenate the descriptors of consecutive runs of frames."""
        return Descriptors({name: np.concatenate([part.vectors[name] for part in parts]) for name in parts[0].vectors})


def describe(thumbnails: npt.NDArray[np.uint8]) -> Descriptors:
    """Describe RGB frames (n, 27, 48, 3), each independently of the others."""
    n = len(thumbnails)
    rgb = thumbnails.astype(np.float32)
    luma: Floats = (rgb @ _LUMA).astype(np.float32, copy=False)
    strength = _gradient(luma)
    pooled = _pool(rgb) / np.float32(255)
    blocks = _pool(luma[..., None])[..., 0].reshape(n, -1)
    red, green, blue = pooled[..., 0], pooled[..., 1], pooled[..., 2]
    largest, least = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    saturation = (largest - least).mean(axis=(1, 2))
    flat = luma.reshape(n, -1)
    mean = flat.mean(axis=1)
    spread = flat.std(axis=1)
    light = np.stack([mean, spread, saturation, strength.mean(axis=(1, 2))], axis=1).astype(np.float32)
    vectors = {
        "pixels": flat / np.float32(np.sqrt(flat.shape[1])),
        "colour": pooled.reshape(n, -1) / np.float32(np.sqrt(_ROWS * _COLUMNS * 3)),
        "structure": _normalized(blocks, _CONTRAST_FLOOR),
        "edges": _normalized(_pool(strength[..., None])[..., 0].reshape(n, -1), _EDGE_FLOOR),
        "histogram": _histogram(thumbnails),
        "layout": _layout(luma),
        "blocks": blocks,
        "light": light,
    }
    return Descriptors(vectors)


def _pool(images: Floats) -> Floats:
    """Average over 3 x 3 pixels: (n, 27, 48, c) to (n, 9, 16, c)."""
    rows = images[:, 0::3] + images[:, 1::3] + images[:, 2::3]
    pooled: Floats = (rows[:, :, 0::3] + rows[:, :, 1::3] + rows[:, :, 2::3]) / np.float32(9)
    return pooled


def _gradient(luma: Floats) -> Floats:
    """Return the gradient strength at every pixel, 0 across the border: (n, 27, 48)."""
    strength = np.zeros_like(luma)
    strength[:, :, 1:-1] = np.abs(luma[:, :, 2:] - luma[:, :, :-2])
    strength[:, 1:-1] += np.abs(luma[:, 2:] - luma[:, :-2])
    return strength


def _normalized(values: Floats, floor: float) -> Floats:
    """Subtract the mean and scale to unit length, or less if the contrast is near or below `floor`."""
    centered = values - values.mean(axis=1, keepdims=True)
    length = np.sqrt(np.square(centered).sum(axis=1, keepdims=True))
    smallest = floor * np.sqrt(values.shape[1])
    result: Floats = (centered / np.sqrt(np.square(length) + np.square(smallest))).astype(np.float32)
    return result


def _histogram(thumbnails: npt.NDArray[np.uint8]) -> Floats:
    n = len(thumbnails)
    high = (thumbnails >> 5).astype(np.int32)
    index = (high[..., 0] << 6) | (high[..., 1] << 3) | high[..., 2]
    index = index.reshape(n, -1) + (np.arange(n, dtype=np.int32) << 9)[:, None]
    counts = np.bincount(index.ravel(), minlength=n << 9).reshape(n, 512)
    roots: Floats = np.sqrt(counts.astype(np.float32) / np.float32(HEIGHT * WIDTH))
    return roots


def _layout(luma: Floats) -> Floats:
    """Compute 8-bin luma histograms of 3 x 4 blocks of 9 x 12 pixels."""
    n = len(luma)
    level = np.minimum(luma * np.float32(8), np.float32(7)).astype(np.int32)
    block = (np.arange(HEIGHT) // 9)[:, None] * 4 + (np.arange(WIDTH) // 12)[None, :]
    index = level + (block * 8).astype(np.int32) + (np.arange(n, dtype=np.int32) * 96)[:, None, None]
    counts = np.bincount(index.ravel(), minlength=n * 96).reshape(n, 96)
    roots: Floats = np.sqrt(counts.astype(np.float32) / np.float32(HEIGHT * WIDTH))
    return roots
