"""Further effects for drawn films that may mislead a shot boundary detector: fire, wear, bars."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from shotscale.drawn.effects import Picture, clipped

__all__ = ["Explosion", "Flicker", "Letterbox", "Scratches"]


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
        return clipped(np.roll(image, (down, right), (0, 1)) + 1.6 * glow[..., None] * fire)


@dataclass(frozen=True, slots=True)
class Flicker:
    """The unsteady light of an old projector; `strength` is the standard deviation of its brightness."""

    strength: float = 0.08

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Change the brightness of the frame as a whole."""
        return clipped(image * np.float32(np.clip(1 + self.strength * rng.standard_normal(), 0.5, 1.6)))


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
        """Blacken the area outside."""
        height, width, _ = image.shape
        bar = max(0, round((height - width / self.ratio) / 2))
        side = max(0, round((width - height * self.ratio) / 2))
        boxed = np.zeros_like(image)
        inside = np.s_[bar : height - bar, side : width - side]
        boxed[inside] = image[inside]
        return boxed
