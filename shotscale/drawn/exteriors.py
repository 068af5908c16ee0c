"""Exterior settings: street, night street, park, beach, mountains, field."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from shotscale.drawn.backdrops import Backdrop, Mover, car, cloud, fractal_noise, gradient, textured
from shotscale.drawn.canvas import Color, mix

__all__ = ["beach", "field", "mountains", "night", "park", "street"]

_SKIES: tuple[tuple[Color, ...], ...] = (
    ((92, 140, 190), (160, 192, 214), (212, 222, 222)),
    ((150, 158, 164), (186, 190, 190), (206, 206, 200)),
    ((72, 86, 130), (196, 138, 112), (244, 196, 130)),
    ((120, 160, 190), (206, 214, 204), (236, 226, 196)),
)
_HOUSES: tuple[Color, ...] = (
    (168, 132, 104),
    (140, 92, 76),
    (188, 178, 156),
    (124, 124, 120),
    (156, 146, 112),
    (108, 84, 72),
)


def street(size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """Draw a row of houses, a pavement and a road with cars."""
    w, h = size
    image = gradient(size, _SKIES[int(rng.integers(len(_SKIES)))])
    draw = ImageDraw.Draw(image)
    ground = 0.66 * h
    _houses(draw, size, ground, rng, lit=0.0)
    draw.rectangle((0, ground, w, 0.72 * h), fill=(148, 142, 134))
    draw.rectangle((0, 0.72 * h, w, h), fill=(84, 84, 88))
    for x in range(0, w, max(1, w // 12)):
        draw.rectangle((x, 0.85 * h, x + w // 26, 0.862 * h), fill=(196, 192, 180))
    image = textured(image, rng, strength=9, cells=40)
    colors: tuple[Color, ...] = ((150, 40, 36), (60, 80, 112), (210, 204, 190), (50, 60, 54))
    movers = [
        Mover(car(int(0.15 * w), colors[int(rng.integers(4))]), float(rng.random()), y, speed)
        for y, speed in ((0.635, 0.09), (0.66, -0.12))
    ]
    return Backdrop(image, tuple(movers))


def night(size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """Draw a street at night: lit windows, lamps, their haze and reflections."""
    w, h = size
    image = gradient(size, [(12, 14, 28), (24, 24, 44), (40, 34, 44)])
    draw = ImageDraw.Draw(image)
    ground = 0.68 * h
    _houses(draw, size, ground, rng, lit=0.3, darken=0.72)
    draw.rectangle((0, ground, w, h), fill=(26, 26, 34))
    lights = Image.new("RGB", size)
    pen = ImageDraw.Draw(lights)
    for _ in range(16):
        x, y, r = float(rng.random()) * w, float(rng.uniform(0.3, 0.64)) * h, float(rng.uniform(0.008, 0.02)) * w
        color = ((255, 200, 120), (255, 120, 90), (120, 200, 255), (255, 236, 190), (120, 240, 160))[
            int(rng.integers(5))
        ]
        pen.ellipse((x - r, y - r, x + r, y + r), fill=color)
        mirrored = 2 * ground - y
        pen.ellipse((x - r * 0.6, mirrored - 4 * r, x + r * 0.6, mirrored + 4 * r), fill=mix(color, (0, 0, 0), 0.6))
    glow = np.asarray(lights.filter(ImageFilter.GaussianBlur(w / 200)), np.int16)
    haze = np.asarray(lights.filter(ImageFilter.GaussianBlur(w / 40)), np.int16)
    image = Image.fromarray(np.clip(np.asarray(image) + glow + 2 * haze, 0, 255).astype(np.uint8))
    beam = car(int(0.15 * w), (70, 40, 48))
    return Backdrop(textured(image, rng, strength=4), (Mover(beam, 0.1, 0.65, 0.12),), light=(0.85, 0.82, 0.95))


def park(size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """Draw trees and grass."""
    w, h = size
    green = ((96, 118, 62), (72, 100, 58), (140, 120, 56), (150, 92, 48))[int(rng.integers(4))]
    image = gradient(size, [*_SKIES[int(rng.integers(len(_SKIES)))], mix(green, (200, 210, 190), 0.5)])
    draw = ImageDraw.Draw(image)
    leaves = np.asarray(fractal_noise(size, rng, cells=10, octaves=5))
    rows = np.linspace(0, 1, h)[:, None]
    crown = np.clip((leaves + 0.75 - np.abs(rows - 0.32) * 2.6) * 6, 0, 1)
    draw.rectangle((0, 0.66 * h, w, h), fill=mix(green, (150, 170, 90), 0.25))
    for _ in range(11):
        x, width = float(rng.random()) * w, float(rng.uniform(0.008, 0.03)) * w
        foot = h * (0.66 + width / w * 4)
        trunk = mix((74, 56, 42), (20, 16, 14), float(rng.random()) * 0.6)
        draw.polygon(
            [(x - width, foot), (x - width * 0.55, 0.1 * h), (x + width * 0.55, 0.1 * h), (x + width, foot)], fill=trunk
        )
    tone = np.array(green) * (0.75 + 0.5 * fractal_noise(size, rng, cells=40, octaves=3))[..., None]
    picture = np.asarray(image) * (1 - crown[..., None] * 0.9) + tone * crown[..., None] * 0.9
    image = textured(Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)), rng, strength=16, cells=60)
    return Backdrop(image, (Mover(_bird(max(8, w // 60)), 0.2, 0.1, 0.11),), light=(0.97, 1.0, 0.92))


def beach(size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """Draw sky with clouds, a sea that moves, and sand."""
    w, h = size
    sky = _SKIES[int(rng.integers(len(_SKIES)))]
    image = gradient(size, [*sky, sky[-1]])
    draw = ImageDraw.Draw(image)
    sea = mix(sky[0], (30, 70, 84), 0.45)
    shore = 0.64
    for y in range(int(0.46 * h), int(shore * h)):
        depth = max(0.0, (y / h - 0.46) / (shore - 0.46))
        wave = 0.12 * np.sin(60 * depth**0.6 + 2 * float(rng.random()))
        draw.line((0, y, w, y), fill=mix(sea, (225, 235, 235), float(np.clip(0.1 + wave + 0.25 * depth, 0, 0.8))))
    edge = shore * h + 0.02 * h * fractal_noise((w, 2), rng, cells=8)[0]
    draw.polygon([(0, h), *((x, edge[x] - 0.012 * h) for x in range(w)), (w, h)], fill=(240, 240, 232))
    draw.polygon([(0, h), *((x, edge[x]) for x in range(w)), (w, h)], fill=(204, 180, 140))
    image = textured(image, rng, strength=7, cells=50)
    movers = [
        Mover(
            cloud(int(w * float(rng.uniform(0.15, 0.35))), rng),
            float(rng.random()),
            float(rng.uniform(0.03, 0.2)),
            0.012,
        )
        for _ in range(4)
    ]
    return Backdrop(image, tuple(movers), light=(1.02, 1.0, 0.96), ripple=(0.46, 0.62))


def mountains(size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """Draw ranges of mountains, each paler than the one before it, over stony ground."""
    w, h = size
    sky = _SKIES[int(rng.integers(len(_SKIES)))]
    image = gradient(size, sky)
    draw = ImageDraw.Draw(image)
    rock = ((110, 96, 86), (92, 100, 112), (142, 104, 74))[int(rng.integers(3))]
    for layer in range(4):
        base, tall = 0.3 + 0.11 * layer, 0.2 - 0.035 * layer
        line = (base + tall * fractal_noise((w, 2), rng, cells=3 + 2 * layer, octaves=6)[0]) * h
        color = mix(mix(rock, (0, 0, 0), 0.2), sky[1], 0.7 - 0.22 * layer)
        draw.polygon([(0, h), *((x, line[x]) for x in range(w)), (w, h)], fill=color)
    draw.rectangle((0, 0.7 * h, w, h), fill=mix(rock, (200, 180, 140), 0.25))
    image = textured(image, rng, strength=14, cells=30)
    movers = [
        Mover(
            cloud(int(w * float(rng.uniform(0.2, 0.4))), rng), float(rng.random()), float(rng.uniform(0.0, 0.15)), 0.009
        )
        for _ in range(3)
    ]
    return Backdrop(image, tuple(movers), light=(1.0, 0.98, 0.96))


def field(size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """Draw a wide field with a road, a far house and clouds."""
    w, h = size
    sky = _SKIES[int(rng.integers(len(_SKIES)))]
    crop = ((186, 160, 84), (112, 132, 66), (150, 128, 92))[int(rng.integers(3))]
    image = gradient(size, [*sky, sky[-1]])
    draw = ImageDraw.Draw(image)
    horizon = 0.56 * h
    image.paste(
        gradient((w, int(h - horizon) + 1), [mix(crop, sky[-1], 0.45), crop, mix(crop, (0, 0, 0), 0.3)]),
        (0, int(horizon)),
    )
    x = w * float(rng.uniform(0.3, 0.7))
    draw.polygon(
        [(x, horizon), (x + 3, horizon), (x + 0.28 * w, h), (x - 0.06 * w, h)], fill=mix((168, 148, 118), crop, 0.2)
    )
    house = w * float(rng.uniform(0.1, 0.85))
    size_house = 0.035 * w
    draw.rectangle((house, horizon - size_house * 0.6, house + size_house, horizon + 3), fill=(196, 184, 168))
    draw.polygon(
        [
            (house - 4, horizon - size_house * 0.6),
            (house + size_house / 2, horizon - size_house),
            (house + size_house + 4, horizon - size_house * 0.6),
        ],
        fill=(120, 62, 48),
    )
    image = textured(image, rng, strength=11, cells=70)
    movers = [
        Mover(
            cloud(int(w * float(rng.uniform(0.15, 0.4))), rng),
            float(rng.random()),
            float(rng.uniform(0.02, 0.3)),
            0.014,
        )
        for _ in range(5)
    ]
    movers.append(Mover(_bird(max(8, w // 50)), 0.0, 0.2, 0.13))
    return Backdrop(image, tuple(movers))


def _houses(
    draw: ImageDraw.ImageDraw,
    size: tuple[int, int],
    ground: float,
    rng: np.random.Generator,
    *,
    lit: float,
    darken: float = 0.0,
) -> None:
    w, h = size
    x = 0.0
    while x < w:
        width, top = float(rng.uniform(0.09, 0.2)) * w, float(rng.uniform(0.02, 0.3)) * h
        wall = mix(_HOUSES[int(rng.integers(len(_HOUSES)))], (0, 0, 0), darken)
        draw.rectangle((x, top, x + width, ground), fill=wall)
        draw.rectangle((x, top, x + width, top + 0.015 * h), fill=mix(wall, (0, 0, 0), 0.35))
        columns, step = max(2, int(width / (0.035 * w))), 0.1 * h
        for row in range(int((ground - top - 0.12 * h) / step)):
            for column in range(columns):
                left, upper = x + (column + 0.25) * width / columns, top + 0.05 * h + row * step
                glass = (250, 210, 130) if rng.random() < lit else mix(wall, (40, 48, 60), 0.7)
                draw.rectangle((left, upper, left + 0.5 * width / columns, upper + 0.55 * step), fill=glass)
        door = x + width * float(rng.uniform(0.2, 0.7))
        draw.rectangle((door, ground - 0.11 * h, door + 0.022 * w, ground), fill=mix(wall, (30, 20, 16), 0.7))
        x += width


def _bird(width: int) -> Image.Image:
    picture = Image.new("RGBA", (width, width // 2))
    draw = ImageDraw.Draw(picture)
    draw.arc((0, 0, width / 2, width / 2), 200, 340, fill=(30, 30, 34, 255), width=2)
    draw.arc((width / 2 - 1, 0, width - 1, width / 2), 200, 340, fill=(30, 30, 34, 255), width=2)
    return picture
