"""The parts of a setting: a picture wider than the frame, moving objects, the color of its light."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from shotscale.drawn.canvas import Color, mix

__all__ = ["Backdrop", "Mover", "fractal_noise", "gradient", "textured", "vignette"]


@dataclass(frozen=True, slots=True, eq=False)
class Mover:
    """Something that crosses the setting.

    Attributes
    ----------
    sprite : PIL.Image.Image
        RGBA.
    x, y : float
        Of its upper left corner at the beginning, in shares of the backdrop's width and height.
    speed : float
        Widths of the backdrop a second; it comes in again at the other side.
    """

    sprite: Image.Image
    x: float
    y: float
    speed: float


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """A drawn setting.

    Attributes
    ----------
    image : PIL.Image.Image
        RGB.
    movers : tuple of Mover
    light : tuple of 3 float
        By which the colours of a figure that stands there are multiplied.
    ripple : (float, float) or None
        Upper and lower edge of moving water, in shares of the height.
    """

    image: Image.Image
    movers: tuple[Mover, ...] = ()
    light: tuple[float, float, float] = (1.0, 1.0, 1.0)
    ripple: tuple[float, float] | None = None


def gradient(size: tuple[int, int], colors: Sequence[Color]) -> Image.Image:
    """Return an RGB picture whose rows go evenly through some colours, from top to bottom."""
    width, height = size
    place = np.linspace(0, len(colors) - 1, height)
    rows = np.stack([np.interp(place, range(len(colors)), [c[i] for c in colors]) for i in range(3)], axis=1)
    return Image.fromarray(np.repeat(rows[:, None].astype(np.uint8), width, axis=1))


def fractal_noise(
    size: tuple[int, int], rng: np.random.Generator, *, cells: int = 4, octaves: int = 4
) -> npt.NDArray[np.float32]:
    """Return smooth noise of all sizes, about -1 to 1, of shape (height, width)."""
    width, height = size
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        n = cells << octave
        coarse = Image.fromarray(rng.uniform(-1, 1, (max(2, n * height // width), n)).astype(np.float32))
        total += np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)) * 0.55**octave
    return total / 1.6


def textured(image: Image.Image, rng: np.random.Generator, *, strength: float = 8.0, cells: int = 24) -> Image.Image:
    """Vary the brightness of a picture like plaster, earth or foliage seen from some way off."""
    noise = fractal_noise(image.size, rng, cells=cells, octaves=4)[..., None] * strength
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def vignette(image: Image.Image, center: tuple[float, float], *, strength: float = 0.45) -> Image.Image:
    """Darken a picture away from a point in shares of its size, as lamplight leaves a room's corners."""
    width, height = image.size
    y, x = np.ogrid[:height, :width]
    distance = np.hypot((x / width - center[0]) * 1.2, y / height - center[1])
    gain = (1 - strength * np.clip(distance / 0.8, 0, 1) ** 1.5).astype(np.float32)
    return Image.fromarray((np.asarray(image) * gain[..., None]).astype(np.uint8))


def cloud(width: int, rng: np.random.Generator, color: Color = (250, 248, 244)) -> Image.Image:
    """Draw a cloud as wide as asked, RGBA."""
    height = max(8, width // 3)
    mask = Image.new("L", (width, height))
    draw = ImageDraw.Draw(mask)
    for _ in range(9):
        x, r = rng.uniform(0.2, 0.8) * width, rng.uniform(0.1, 0.2) * width
        y = height * rng.uniform(0.45, 0.7)
        draw.ellipse((x - r, y - r * 0.55, x + r, y + r * 0.5), fill=150)
    picture = Image.new("RGBA", (width, height), (*color, 0))
    picture.putalpha(mask.filter(ImageFilter.GaussianBlur(width / 26)))
    return picture


def car(width: int, color: Color) -> Image.Image:
    """Draw a car as wide as asked, seen from the side, RGBA."""
    height = max(6, width * 2 // 5)
    picture = Image.new("RGBA", (width * 2, height * 2))
    draw = ImageDraw.Draw(picture)
    w, h = picture.size
    draw.polygon(
        [(0.18 * w, 0.45 * h), (0.3 * w, 0.08 * h), (0.68 * w, 0.08 * h), (0.84 * w, 0.45 * h)],
        fill=(*mix(color, (0, 0, 0), 0.2), 255),
    )
    draw.polygon(
        [(0.23 * w, 0.44 * h), (0.32 * w, 0.14 * h), (0.48 * w, 0.14 * h), (0.48 * w, 0.44 * h)],
        fill=(150, 172, 184, 255),
    )
    draw.polygon(
        [(0.51 * w, 0.44 * h), (0.51 * w, 0.14 * h), (0.66 * w, 0.14 * h), (0.78 * w, 0.44 * h)],
        fill=(150, 172, 184, 255),
    )
    draw.rounded_rectangle((0.01 * w, 0.42 * h, 0.99 * w, 0.82 * h), radius=0.1 * h, fill=(*color, 255))
    for x in (0.22, 0.77):
        draw.ellipse((x * w - 0.19 * h, 0.62 * h, x * w + 0.19 * h, h), fill=(22, 22, 24, 255))
        draw.ellipse((x * w - 0.08 * h, 0.73 * h, x * w + 0.08 * h, 0.89 * h), fill=(140, 140, 142, 255))
    return picture.resize((width, height), Image.Resampling.BOX)
