"""Effects on the finished picture: light and film stock.

Each effect is a value with one method. `time` is in seconds from the start of the shot, or of the film for an effect on
the whole film; `rng` is separate for each frame; the picture is RGB and may be changed in place.

Examples
--------
>>> frame, rng = np.full((180, 320, 3), 50, np.uint8), np.random.default_rng(0)
>>> round(float(Flash(at=1.0).apply(frame, time=1.0, rng=rng).mean()))
224
>>> old: list[Effect] = [BlackAndWhite(), Grain(9.0)]
>>> for effect in old:
...     frame = effect.apply(frame, time=0.0, rng=rng)
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

Picture = npt.NDArray[np.uint8]


class Effect(Protocol):
    """An effect on a picture."""

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Return the picture, uint8 of shape (height, width, 3), with the effect applied."""
        ...


@dataclass(frozen=True, slots=True)
class Flash:
    """A photographer's flash at a time in the shot: white for `seconds`, then 0.35 as strong for as long again."""

    at: float
    seconds: float = 0.05
    strength: float = 0.85

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Mix in white."""
        since = time - self.at + 1e-6
        if not 0 <= since < 2 * self.seconds:
            return image
        share = self.strength * (1.0 if since < self.seconds else 0.35)
        return (image + (255 - image) * np.float32(share)).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class BlackAndWhite:
    """No color; `tint` adds the warmth of an old print."""

    tint: float = 0.0

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Replace color by luma."""
        luma = np.asarray(Image.fromarray(image).convert("L"))
        return clipped(luma[..., None] * (1 + self.tint * np.array([0.1, 0.0, -0.18])))


@dataclass(frozen=True, slots=True)
class Grain:
    """Film grain; `strength` is its standard deviation in 8-bit levels: 3 is fine, 12 an old print."""

    strength: float = 4.0

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Add a random crop of a noise field, a new one for each frame."""
        height, width, _ = image.shape
        top, left = rng.integers(0, 64, 2)
        field = _noise(height + 64, width + 64, self.strength)
        return clipped(image + field[top : top + height, left : left + width, None])


@lru_cache(maxsize=4)
def _noise(height: int, width: int, strength: float) -> npt.NDArray[np.int16]:
    """Return a slightly clumped noise field with standard deviation `strength`; the same for the same arguments."""
    field = np.random.default_rng(height * 100_003 + width).standard_normal((height, width))
    clumped = field + 0.5 * (np.roll(field, 1, 0) + np.roll(field, 1, 1))
    return np.asarray(np.rint(clumped * (strength / clumped.std())), np.int16)


def clipped(values: npt.NDArray[np.generic]) -> Picture:
    """Clip values to 8 bits."""
    return np.asarray(np.clip(values, 0, 255), np.uint8)
