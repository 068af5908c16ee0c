"""Effects on the finished picture: light, film stock and its wear. Each is a value with one method."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

__all__ = ["BlackAndWhite", "Effect", "Explosion", "Flash", "Flicker", "Grain", "Letterbox", "Scratches"]

Picture = npt.NDArray[np.uint8]


class Effect(Protocol):
    """Changes a picture.

    Examples
    --------
    >>> frame = np.full((4, 4, 3), 100, np.uint8)
    >>> Flicker(0.5).apply(frame, time=0.0, rng=np.random.default_rng(0)).shape
    (4, 4, 3)
    """

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Return the picture with the effect.

        Parameters
        ----------
        image : uint8 array of shape (height, width, 3)
            RGB; may be changed in place.
        time : float
            Seconds from the beginning of the shot, or of the film for an effect of the whole film.
        rng : numpy.random.Generator
            Of this frame.
        """
        ...


@dataclass(frozen=True, slots=True)
class Flash:
    """A photographer's flash: the picture is bright for a frame or a few.

    Attributes
    ----------
    at, seconds : float
        When in the shot, and for how long.
    strength : float
        0 to 1, the share of white.

    Examples
    --------
    >>> frame = np.full((2, 2, 3), 50, np.uint8)
    >>> bool(Flash(at=1.0).apply(frame, time=1.0, rng=np.random.default_rng(0)).mean() > 200)
    True
    """

    at: float
    seconds: float = 0.05
    strength: float = 0.85

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Mix in white while the flash lasts, half as much for as long afterwards."""
        since = time - self.at + 1e-6
        if not 0 <= since < 2 * self.seconds:
            return image
        share = self.strength * (1.0 if since < self.seconds else 0.35)
        return (image + (255 - image) * np.float32(share)).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Explosion:
    """A ball of fire that fills the picture in an instant and dies down while the picture trembles.

    Attributes
    ----------
    at, seconds : float
        When in the shot, and for how long.

    Examples
    --------
    >>> frame = np.full((8, 8, 3), 50, np.uint8)
    >>> bool(Explosion(at=0.0).apply(frame, time=0.2, rng=np.random.default_rng(0)).mean() > 50)
    True
    """

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
        rows, columns = (
            np.clip(np.arange(height) - down, 0, height - 1),
            np.clip(np.arange(width) - right, 0, width - 1),
        )
        shaken = image[rows[:, None], columns]
        return _clipped(shaken + 1.6 * glow[..., None] * fire)


@dataclass(frozen=True, slots=True)
class BlackAndWhite:
    """No colour; `tint` adds the warmth of an old print.

    Examples
    --------
    >>> red = np.full((1, 1, 3), [200, 0, 0], np.uint8)
    >>> BlackAndWhite().apply(red, time=0.0, rng=np.random.default_rng(0)).tolist()
    [[[60, 60, 60]]]
    """

    tint: float = 0.0

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Put luma in place of colour."""
        luma = np.asarray(Image.fromarray(image).convert("L"))
        grey = np.repeat(luma[..., None], 3, axis=2)
        if self.tint:
            grey = np.clip(grey * (1 + self.tint * np.array([0.1, 0.0, -0.18])), 0, 255).astype(np.uint8)
        return grey


@dataclass(frozen=True, slots=True)
class Grain:
    """The grain of film stock.

    Attributes
    ----------
    strength : float
        Standard deviation in grey levels of 255; 3 is fine grain, 12 an old print.

    Examples
    --------
    >>> frame = np.full((8, 8, 3), 100, np.uint8)
    >>> bool(Grain(4.0).apply(frame, time=0.0, rng=np.random.default_rng(0)).std() > 1)
    True
    """

    strength: float = 4.0

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Add a piece of a field of noise, another one each frame."""
        height, width, _ = image.shape
        field = _noise(height + 64, width + 64, self.strength)
        top, left = (int(value) for value in rng.integers(0, 64, 2))
        piece = field[top : top + height, left : left + width, None]
        return _clipped(image + piece)


@dataclass(frozen=True, slots=True)
class Flicker:
    """The unsteady light of an old projector; `strength` is the standard deviation of its brightness.

    Examples
    --------
    >>> frame = np.full((2, 2, 3), 100, np.uint8)
    >>> bool(Flicker(0.5).apply(frame, time=0.0, rng=np.random.default_rng(0)).mean() != 100)
    True
    """

    strength: float = 0.08

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Change the brightness of the frame as a whole."""
        gain = np.float32(np.clip(1 + self.strength * rng.standard_normal(), 0.5, 1.6))
        return _clipped(image * gain)


@dataclass(frozen=True, slots=True)
class Scratches:
    """Lines, dust and blotches of a worn print; `density` 1 is worn, 3 is ruined.

    Examples
    --------
    >>> frame = np.full((40, 40, 3), 100, np.uint8)
    >>> Scratches().apply(frame, time=0.0, rng=np.random.default_rng(0)).shape
    (40, 40, 3)
    """

    density: float = 1.0

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Draw this frame's damage."""
        height, width, _ = image.shape
        image = image.copy()
        # Long scratches stay for about a second before they move.
        steady = np.random.default_rng(int(time) + 7919)
        for x in steady.integers(0, width - 2, steady.poisson(1.5 * self.density)):
            wobble = int(x + rng.integers(-1, 2)) % (width - 1)
            image[:, wobble : wobble + 1] = np.clip(image[:, wobble : wobble + 1].astype(np.int16) + 90, 0, 255)
        for _ in range(int(rng.poisson(6 * self.density))):
            y, x = int(rng.integers(0, height)), int(rng.integers(0, width))
            radius = int(rng.integers(1, max(2, height // 90)))
            image[max(0, y - radius) : y + radius, max(0, x - radius) : x + radius] = 20 if rng.random() < 0.5 else 230
        if rng.random() < 0.02 * self.density:
            blotch = Image.new("L", (width, height))
            box = [int(v) for v in (*rng.integers(0, [width, height]), *rng.integers(height // 8, height // 3, 2))]
            blotch.paste(160, (box[0], box[1], box[0] + box[2], box[1] + box[3]))
            share = np.asarray(blotch.filter(ImageFilter.GaussianBlur(height / 25)), np.float32)[..., None] / 255
            image = (image * (1 - share) + 15 * share).astype(np.uint8)
        return image


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Black bars above and below, or at the sides, so that the picture has an aspect `ratio`.

    Examples
    --------
    >>> frame = np.full((180, 320, 3), 100, np.uint8)
    >>> int((Letterbox(2.39).apply(frame, time=0.0, rng=np.random.default_rng(0)).max(axis=(1, 2)) > 0).sum())
    134
    """

    ratio: float = 2.39

    def apply(self, image: Picture, *, time: float, rng: np.random.Generator) -> Picture:
        """Blacken what lies outside."""
        height, width, _ = image.shape
        image = image.copy()
        bar = round((height - width / self.ratio) / 2)
        if bar > 0:
            image[:bar] = image[height - bar :] = 0
        side = round((width - height * self.ratio) / 2)
        if side > 0:
            image[:, :side] = image[:, width - side :] = 0
        return image


@lru_cache(maxsize=4)
def _noise(height: int, width: int, strength: float) -> npt.NDArray[np.int16]:
    """Return a field of slightly clumped noise of a standard deviation; the same for the same arguments."""
    rng = np.random.default_rng(height * 100_003 + width)
    field = rng.standard_normal((height, width)).astype(np.float32)
    clumped = field + 0.5 * (np.roll(field, 1, 0) + np.roll(field, 1, 1))
    noise: npt.NDArray[np.int16] = np.rint(clumped * (strength / clumped.std())).astype(np.int16)
    return noise


def _clipped(values: npt.NDArray[np.generic]) -> Picture:
    return np.asarray(np.clip(values, 0, 255), np.uint8)
