"""Settings: pictures wider than the frame, and the objects that cross them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from shotscale.drawn.canvas import Color, mix

Size = tuple[int, int]
T = TypeVar("T")

# Colors and proportions are chosen by eye, so that places of one kind look alike but can be told apart.
_SKIES: tuple[tuple[Color, ...], ...] = (
    ((92, 140, 190), (160, 192, 214), (212, 222, 222)),
    ((150, 158, 164), (186, 190, 190), (206, 206, 200)),
    ((72, 86, 130), (196, 138, 112), (244, 196, 130)),
    ((120, 160, 190), (206, 214, 204), (236, 226, 196)),
)
_SANDS: tuple[Color, ...] = ((204, 180, 140), (150, 128, 104), (222, 210, 186))
_NIGHT: tuple[Color, ...] = ((12, 14, 28), (24, 24, 44), (40, 34, 44))
_WALLS: tuple[Color, ...] = ((176, 160, 132), (122, 134, 128), (150, 108, 92), (98, 110, 138), (188, 180, 164))
_WOODS: tuple[Color, ...] = ((96, 62, 38), (128, 92, 58), (70, 48, 36))
_CARS: tuple[Color, ...] = ((150, 40, 36), (60, 80, 112), (210, 204, 190), (50, 60, 54))
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)


@dataclass(frozen=True, slots=True, eq=False)
class Mover:
    """A sprite that crosses the setting and comes in again at the other side.

    Its upper left corner starts at (x, y), in shares of the backdrop's width and height; `speed` is in backdrop widths
    per second.
    """

    sprite: Image.Image
    x: float
    y: float
    speed: float


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """A drawn setting: an RGB picture and the objects that move in front of it."""

    image: Image.Image
    movers: tuple[Mover, ...] = ()


def _room(size: Size, rng: np.random.Generator) -> Backdrop:
    """Draw wallpaper, a window, pictures, a sofa and a floor."""
    w, h = size
    wall, wood = _pick(_WALLS, rng), _pick(_WOODS, rng)
    image = _gradient(size, [mix(wall, _WHITE, 0.1), wall, mix(wall, _BLACK, 0.25)])
    draw = ImageDraw.Draw(image)
    stripe = w // int(rng.integers(24, 44))
    for x in range(0, w, 2 * stripe):
        draw.rectangle((x, 0, x + stripe, h), fill=mix(wall, _BLACK, 0.07))
    draw.rectangle((0, 0.72 * h, w, h), fill=wood)
    draw.rectangle((0, 0.69 * h, w, 0.72 * h), fill=mix(wall, _WHITE, 0.35))
    _framed(draw, (float(rng.uniform(0.06, 0.2)) * w, 0.14 * h, 0.2 * w, 0.42 * h), (206, 222, 234), rng)
    for _ in range(int(rng.integers(1, 4))):
        corner = (float(rng.uniform(0.42, 0.85)) * w, float(rng.uniform(0.14, 0.3)) * h)
        _framed(draw, (*corner, 0.1 * w, 0.16 * h), mix(_pick(_WALLS, rng), (70, 90, 120), 0.4), rng)
    left, sofa = float(rng.uniform(0.45, 0.65)) * w, mix(_pick(_WALLS, rng), (60, 20, 20), 0.3)
    draw.rounded_rectangle((left, 0.55 * h, left + 0.28 * w, 0.82 * h), radius=0.04 * h, fill=sofa)
    draw.rounded_rectangle((left, 0.66 * h, left + 0.28 * w, 0.78 * h), radius=0.03 * h, fill=mix(sofa, _WHITE, 0.12))
    return Backdrop(_textured(image, rng, strength=7))


def _framed(
    draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], color: Color, rng: np.random.Generator
) -> None:
    """Draw a window or a painting: a frame with a distant hill in it."""
    x, y, w, h = box
    draw.rectangle((x - 6, y - 6, x + w + 6, y + h + 6), fill=_pick(_WOODS, rng))
    draw.rectangle((x, y, x + w, y + h), fill=color)
    draw.polygon([(x, y + h), (x + 0.4 * w, y + 0.45 * h), (x + w, y + h)], fill=mix(color, _BLACK, 0.3))


def _street(size: Size, rng: np.random.Generator) -> Backdrop:
    """Draw a row of houses, a pavement and a road with cars."""
    return _houses(_gradient(size, _pick(_SKIES, rng)), rng, shade=0.0, lit=0.0)


def _night(size: Size, rng: np.random.Generator) -> Backdrop:
    """Draw the street at night, some windows lit."""
    return _houses(_gradient(size, _NIGHT), rng, shade=0.75, lit=0.3)


def _houses(image: Image.Image, rng: np.random.Generator, *, shade: float, lit: float) -> Backdrop:
    w, h = image.size
    draw = ImageDraw.Draw(image)
    x = 0.0
    while x < w:
        width = float(rng.uniform(0.09, 0.2)) * w
        wall = mix(_pick((*_WALLS, *_WOODS), rng), _BLACK, shade)
        _house(draw, (x, width, h), wall, lit=lit, rng=rng)
        x += width
    draw.rectangle((0, 0.66 * h, w, 0.72 * h), fill=mix((148, 142, 134), _BLACK, shade))
    draw.rectangle((0, 0.72 * h, w, h), fill=mix((84, 84, 88), _BLACK, shade))
    for left in range(0, w, max(1, w // 12)):
        draw.rectangle((left, 0.85 * h, left + w // 26, 0.862 * h), fill=mix((196, 192, 180), _BLACK, shade))
    movers = tuple(
        Mover(_car(int(0.15 * w), mix(_pick(_CARS, rng), _BLACK, shade)), float(rng.random()), y, speed)
        for y, speed in ((0.635, 0.09), (0.66, -0.12))
    )
    return Backdrop(_textured(image, rng, strength=9), movers)


def _house(
    draw: ImageDraw.ImageDraw, box: tuple[float, float, int], wall: Color, *, lit: float, rng: np.random.Generator
) -> None:
    """Draw a house; `box` is its left edge, its width and the height of the picture."""
    x, width, h = box
    top, ground = float(rng.uniform(0.02, 0.3)) * h, 0.66 * h
    draw.rectangle((x, top, x + width, ground), fill=wall)
    draw.rectangle((x, top, x + width, top + 0.015 * h), fill=mix(wall, _BLACK, 0.35))
    columns, step = int(rng.integers(2, 5)), 0.1 * h
    for row in range(int((ground - top - 0.12 * h) / step)):
        for column in range(columns):
            left, upper = x + (column + 0.25) * width / columns, top + 0.05 * h + row * step
            glass = (250, 210, 130) if rng.random() < lit else mix(wall, (40, 48, 60), 0.7)
            draw.rectangle((left, upper, left + 0.5 * width / columns, upper + 0.55 * step), fill=glass)
    door = x + width * float(rng.uniform(0.2, 0.7))
    draw.rectangle((door, ground - 0.11 * h, door + 0.04 * h, ground), fill=mix(wall, (30, 20, 16), 0.7))


def _car(width: int, color: Color) -> Image.Image:
    height = max(6, width * 2 // 5)
    picture = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(picture)
    roof = [(0.18, 0.45), (0.3, 0.08), (0.68, 0.08), (0.84, 0.45)]
    draw.polygon([(x * width, y * height) for x, y in roof], fill=(150, 172, 184, 255))
    draw.rectangle((0.48 * width, 0.08 * height, 0.51 * width, 0.45 * height), fill=(*color, 255))
    draw.rectangle((0, 0.42 * height, width, 0.82 * height), fill=(*color, 255))
    for x in (0.22, 0.77):
        draw.ellipse((x * width - 0.19 * height, 0.62 * height, x * width + 0.19 * height, height), fill=(22, 22, 24))
    return picture


def _beach(size: Size, rng: np.random.Generator) -> Backdrop:
    """Draw sky with clouds, a sea and sand."""
    w, h = size
    sky = _pick(_SKIES, rng)
    image = _gradient(size, [*sky, sky[-1]])
    sea = mix(sky[0], (30, 70, 84), 0.45)
    horizon = float(rng.uniform(0.36, 0.5))
    image.paste(_gradient((w, int((0.66 - horizon) * h)), [sea, mix(sea, _WHITE, 0.3)]), (0, int(horizon * h)))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = float(rng.random()) * w, float(rng.uniform(horizon, 0.63)) * h
        draw.line((x, y, x + 0.08 * w, y), fill=mix(sea, _WHITE, 0.3), width=max(1, h // 300))
    edge = 0.64 * h + 0.02 * h * _noise((w, 2), rng, cells=8)[0]
    for rise, color in ((0.012 * h, (240, 240, 232)), (0.0, _pick(_SANDS, rng))):
        draw.polygon([(0, h), *((x, edge[x] - rise) for x in range(w)), (w, h)], fill=color)
    clouds = [
        Mover(_cloud(int(w * rng.uniform(0.15, 0.35)), rng), float(rng.random()), float(rng.uniform(0.03, 0.2)), 0.012)
        for _ in range(4)
    ]
    return Backdrop(_textured(image, rng, strength=7), tuple(clouds))


def _cloud(width: int, rng: np.random.Generator) -> Image.Image:
    height = max(8, width // 3)
    mask = Image.new("L", (width, height))
    draw = ImageDraw.Draw(mask)
    for _ in range(9):
        x, r = rng.uniform(0.2, 0.8) * width, rng.uniform(0.1, 0.2) * width
        y = height * rng.uniform(0.45, 0.7)
        draw.ellipse((x - r, y - r * 0.55, x + r, y + r * 0.5), fill=150)
    picture = Image.new("RGBA", (width, height), (250, 248, 244, 0))
    picture.putalpha(mask.filter(ImageFilter.GaussianBlur(width / 26)))
    return picture


def _gradient(size: Size, colors: Sequence[Color]) -> Image.Image:
    """Return an RGB picture with an even gradient through `colors`, from top to bottom."""
    width, height = size
    place = np.linspace(0, len(colors) - 1, height)
    rows = np.stack([np.interp(place, range(len(colors)), [c[i] for c in colors]) for i in range(3)], axis=1)
    return Image.fromarray(np.repeat(rows[:, None].astype(np.uint8), width, axis=1))


def _textured(image: Image.Image, rng: np.random.Generator, *, strength: float) -> Image.Image:
    """Vary the brightness of a picture, like plaster or earth seen from a distance."""
    noise = _noise(image.size, rng, cells=40)[..., None] * strength
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def _noise(size: Size, rng: np.random.Generator, *, cells: int) -> npt.NDArray[np.float32]:
    """Return smooth noise of several spatial scales, about -1 to 1, of shape (height, width)."""
    width, height = size
    total = np.zeros((height, width), np.float32)
    for octave in range(4):
        n = cells << octave
        coarse = Image.fromarray(rng.uniform(-1, 1, (max(2, n * height // width), n)).astype(np.float32))
        total += np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)) * 0.55**octave
    return total / 1.6


def _pick(options: Sequence[T], rng: np.random.Generator) -> T:
    return options[int(rng.integers(len(options)))]


SETTINGS: dict[str, Callable[[Size, np.random.Generator], Backdrop]] = {
    "room": _room,
    "street": _street,
    "night": _night,
    "beach": _beach,
}
"""The settings that can be drawn; ``"title"`` and ``"black"`` are accepted as well."""
