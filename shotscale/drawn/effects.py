"""Effects on the finished picture: light, film stock and its wear. Each is a value with one method.

`time` counts seconds from the beginning of the shot, or of the film for an effect of the whole film; `rng` is the
frame's own; the picture is RGB and may be changed in place.

Examples
--------
>>> frame, rng = np.full((180, 320, 3), 50, np.uint8), np.random.default_rng(0)
>>> round(float(Flash(at=1.0).apply(frame, time=1.0, rng=rng).mean()))
224
>>> worn: list[Effect] = [BlackAndWhite(), Grain(9.0), Flicker(), Scratches(), Letterbox(2.39), Explosion(at=5.0)]
>>> for effect in worn:
...     frame = effect.apply(frame, time=0.0, rng=rng)
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

__all__ = ["BlackAndWhite", "Effect", "Explosion", "Flash", "Flicker", "Grain", "Letterbox", "Scratches"]

Picture = npt.NDArray[np.uint8]


class Effect(Protocol):
    """Changes a picture."""

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Return the picture, uint8 of shape (height, width, 3), with the effect."""
        ...


@dataclass(frozen=True, slots=True)
class Flash:
    """A photographer's flash at a time in the shot: a share of white for some seconds, then half as much as long."""

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
class Explosion:
    """A ball of fire that fills the picture in an instant and dies down while the picture trembles."""

    at: float
    seconds: float = 1.5

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Add the glow and shake the picture."""
        phase = (time - self.at) / self.seconds
        if not 0 <= phase < 1:
            return image
        height, width, _ = image.shape
        power = min(1.0, phase / 0.08) * (1 - phase) ** 1.5
        y, x = np.ogrid[:height, :width]
        distance = np.hypot((x - width / 2) / height, (y - 0.55 * height) / height)
        glow = power * np.exp(-((distance / (0.25 + 1.1 * phase)) ** 2))
        fire = np.array([255, 190 - 90 * phase, 90 - 70 * phase], np.float32)
        down, right = rng.integers(-1, 2, 2) * int(1 + 8 * power)
        return _clipped(np.roll(image, (down, right), (0, 1)) + 1.6 * glow[..., None] * fire)


@dataclass(frozen=True, slots=True)
class BlackAndWhite:
    """No color; `tint` adds the warmth of an old print."""

    tint: float = 0.0

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Put luma in place of color."""
        luma = np.asarray(Image.fromarray(image).convert("L"))
        return _clipped(luma[..., None] * (1 + self.tint * np.array([0.1, 0.0, -0.18])))


@dataclass(frozen=True, slots=True)
class Grain:
    """The grain of film stock; `strength` is a standard deviation of 255 levels: 3 is fine, 12 an old print."""

    strength: float = 4.0

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Add a piece of a field of noise, another one each frame."""
        height, width, _ = image.shape
        top, left = rng.integers(0, 64, 2)
        field = _noise(height + 64, width + 64, self.strength)
        return _clipped(image + field[top : top + height, left : left + width, None])


@dataclass(frozen=True, slots=True)
class Flicker:
    """The unsteady light of an old projector; `strength` is the standard deviation of its brightness."""

    strength: float = 0.08

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Change the brightness of the frame as a whole."""
        return _clipped(image * np.float32(np.clip(1 + self.strength * rng.standard_normal(), 0.5, 1.6)))


@dataclass(frozen=True, slots=True)
class Scratches:
    """Lines and dust of a worn print; `density` 1 is worn, 3 is ruined."""

    density: float = 1.0

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Draw this frame's damage."""
        height, width, _ = image.shape
        picture = Image.fromarray(image)
        draw = ImageDraw.Draw(picture)
        # Long scratches stay for about a second before they move.
        steady = np.random.default_rng(int(time) + 7919)
        for x in steady.integers(0, width, steady.poisson(1.5 * self.density)):
            draw.line((x, 0, x, height), fill=(200, 200, 200))
        for _ in range(int(rng.poisson(6 * self.density))):
            x, y, r = rng.integers(0, width), rng.integers(0, height), rng.integers(1, max(2, height // 90))
            draw.ellipse((x - r, y - r, x + r, y + r), fill=(20, 20, 20) if rng.random() < 0.5 else (230, 230, 230))
        return np.asarray(picture)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Black bars above and below, or at the sides, so that the picture has an aspect `ratio`."""

    ratio: float = 2.39

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Blacken what lies outside."""
        height, width, _ = image.shape
        bar = max(0, round((height - width / self.ratio) / 2))
        side = max(0, round((width - height * self.ratio) / 2))
        boxed = np.zeros_like(image)
        inside = np.s_[bar : height - bar, side : width - side]
        boxed[inside] = image[inside]
        return boxed


@lru_cache(maxsize=4)
def _noise(height: int, width: int, strength: float) -> npt.NDArray[np.int16]:
    """Return a field of slightly clumped noise of a standard deviation; the same for the same arguments."""
    field = np.random.default_rng(height * 100_003 + width).standard_normal((height, width))
    clumped = field + 0.5 * (np.roll(field, 1, 0) + np.roll(field, 1, 1))
    return np.asarray(np.rint(clumped * (strength / clumped.std())), np.int16)


def _clipped(values: npt.NDArray[np.generic]) -> Picture:
    return np.asarray(np.clip(values, 0, 255), np.uint8)
