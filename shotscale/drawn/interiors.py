"""Interior settings: room, corridor, bar, train."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from shotscale.drawn.backdrops import Backdrop, Mover, fractal_noise, gradient, textured, vignette
from shotscale.drawn.canvas import Color, mix

__all__ = ["bar", "corridor", "room", "train"]

_WALLS: tuple[Color, ...] = (
    (176, 160, 132), (122, 134, 128), (150, 108, 92), (98, 110, 138), (188, 180, 164), (128, 118, 84), (92, 96, 92)
)  # fmt: skip
_WOODS: tuple[Color, ...] = ((96, 62, 38), (128, 92, 58), (70, 48, 36))


def room(size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """Draw a living room: wallpaper, window, pictures, a lamp, furniture and a floor."""
    w, h = size
    wall, wood = _pick(_WALLS, rng), _pick(_WOODS, rng)
    image = gradient(size, [mix(wall, (255, 255, 255), 0.1), wall, mix(wall, (0, 0, 0), 0.25)])
    draw = ImageDraw.Draw(image)
    stripe = w // int(rng.integers(24, 44))
    for x in range(0, w, 2 * stripe):
        draw.rectangle((x, 0, x + stripe, h), fill=mix(wall, (0, 0, 0), 0.07))
    floor = int(0.72 * h)
    draw.rectangle((0, floor, w, h), fill=wood)
    for i in range(9):
        y = floor + int((h - floor) * (i / 9) ** 1.6)
        draw.line((0, y, w, y), fill=mix(wood, (0, 0, 0), 0.3), width=max(1, h // 300))
    draw.rectangle((0, floor - h // 30, w, floor), fill=mix(wall, (255, 255, 255), 0.35))
    _window(draw, (float(rng.uniform(0.06, 0.2)) * w, 0.14 * h, 0.2 * w, 0.42 * h), rng)
    for _ in range(int(rng.integers(1, 4))):
        _painting(draw, (float(rng.uniform(0.42, 0.85)) * w, float(rng.uniform(0.14, 0.3)) * h), h * 0.16, rng)
    _sofa(
        draw,
        (float(rng.uniform(0.45, 0.65)) * w, 0.55 * h),
        (0.28 * w, 0.27 * h),
        mix(_pick(_WALLS, rng), (60, 20, 20), 0.3),
    )
    lamp_x = float(rng.uniform(0.3, 0.9)) * w
    draw.line((lamp_x, 0.4 * h, lamp_x, 0.78 * h), fill=(40, 34, 30), width=max(2, w // 200))
    draw.polygon(
        [
            (lamp_x - 0.03 * w, 0.42 * h),
            (lamp_x - 0.018 * w, 0.3 * h),
            (lamp_x + 0.018 * w, 0.3 * h),
            (lamp_x + 0.03 * w, 0.42 * h),
        ],
        fill=(250, 226, 170),
    )
    image = vignette(textured(image, rng, strength=7), (lamp_x / w, 0.4))
    return Backdrop(image, light=(1.0, 0.95, 0.86))


def corridor(size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """Draw a corridor in perspective with doors and ceiling lamps."""
    w, h = size
    wall = mix(_pick(_WALLS, rng), (200, 210, 205), 0.3)
    image = Image.new("RGB", size, wall)
    draw = ImageDraw.Draw(image)
    vx, vy = w * float(rng.uniform(0.4, 0.6)), 0.45 * h
    left, right, top, bottom = vx - 0.07 * w, vx + 0.07 * w, vy - 0.11 * h, vy + 0.14 * h
    draw.polygon([(0, 0), (w, 0), (right, top), (left, top)], fill=mix(wall, (255, 255, 255), 0.45))
    draw.polygon([(0, h), (w, h), (right, bottom), (left, bottom)], fill=mix(wall, (50, 40, 36), 0.62))
    draw.polygon([(w, 0), (w, h), (right, bottom), (right, top)], fill=mix(wall, (0, 0, 0), 0.22))
    draw.rectangle((left, top, right, bottom), fill=mix(wall, (255, 255, 255), 0.3))
    for i in range(5):
        near, far = 1 / (1 + 0.75 * i), 1 / (1.35 + 0.75 * i)
        door = mix(_pick(_WOODS, rng), (0, 0, 0), 0.1)
        for edge, corner_t, corner_b in ((0, (0, 0), (0, h)), (w, (w, 0), (w, h))):
            xs = [vx + (edge - vx) * f for f in (near, far)]
            tops = [vy + (corner_t[1] - vy) * f * 0.6 for f in (near, far)]
            bottoms = [vy + (corner_b[1] - vy) * f for f in (near, far)]
            draw.polygon([(xs[0], tops[0]), (xs[1], tops[1]), (xs[1], bottoms[1]), (xs[0], bottoms[0])], fill=door)
        y, half = vy - vy * far * 0.98, 0.1 * w * far
        draw.ellipse((vx - half, y - 0.02 * h * far, vx + half, y + 0.03 * h * far), fill=(255, 250, 226))
    return Backdrop(vignette(textured(image, rng, strength=5), (0.5, 0.4), strength=0.5), light=(0.95, 0.97, 0.95))


def bar(size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """Draw a bar: shelves of bottles, a counter, hanging lamps, in warm dim light."""
    w, h = size
    wood = mix(_pick(_WOODS, rng), (60, 20, 16), 0.3)
    image = gradient(size, [mix(wood, (0, 0, 0), 0.5), mix(wood, (0, 0, 0), 0.3), mix(wood, (0, 0, 0), 0.6)])
    draw = ImageDraw.Draw(image)
    for shelf in range(3):
        y = (0.24 + 0.17 * shelf) * h
        draw.rectangle((0, y, w, y + 0.015 * h), fill=mix(wood, (255, 200, 140), 0.25))
        x = 0.01 * w
        while x < w:
            width, tall = float(rng.uniform(0.008, 0.016)) * w, float(rng.uniform(0.07, 0.13)) * h
            glass = mix(
                ((50, 110, 66), (150, 90, 30), (130, 30, 34), (180, 170, 120), (60, 80, 130))[int(rng.integers(5))],
                (0, 0, 0),
                0.2,
            )
            draw.rounded_rectangle((x, y - tall * 0.68, x + width, y), radius=width / 3, fill=glass)
            draw.rectangle((x + width * 0.33, y - tall, x + width * 0.66, y - tall * 0.6), fill=glass)
            draw.line(
                (x + width * 0.25, y - tall * 0.6, x + width * 0.25, y - tall * 0.1),
                fill=mix(glass, (255, 255, 255), 0.6),
            )
            x += width * float(rng.uniform(1.1, 2.4))
    draw.rectangle((0, 0.7 * h, w, 0.75 * h), fill=mix(wood, (255, 210, 150), 0.35))
    draw.rectangle((0, 0.75 * h, w, h), fill=mix(wood, (0, 0, 0), 0.25))
    glow = Image.new("L", size)
    for i in range(5):
        x, y = w * (0.1 + 0.2 * i), 0.1 * h
        draw.polygon(
            [(x - 0.03 * w, y), (x + 0.03 * w, y), (x + 0.008 * w, y - 0.07 * h), (x - 0.008 * w, y - 0.07 * h)],
            fill=(60, 110, 80),
        )
        draw.ellipse((x - 0.012 * w, y - 0.01 * h, x + 0.012 * w, y + 0.02 * h), fill=(255, 236, 180))
        ImageDraw.Draw(glow).ellipse((x - 0.1 * w, y - 0.1 * h, x + 0.1 * w, y + 0.35 * h), fill=120)
    glow = glow.filter(ImageFilter.GaussianBlur(w / 22))
    lit = Image.composite(Image.new("RGB", size, (255, 210, 140)), image, glow.point([v // 3 for v in range(256)]))
    return Backdrop(textured(lit, rng, strength=6), light=(1.0, 0.86, 0.66))


def train(size: tuple[int, int], rng: np.random.Generator) -> Backdrop:
    """Draw a railway compartment; poles and trees pass behind its window."""
    w, h = size
    cloth = mix(_pick(_WALLS, rng), (60, 40, 40), 0.4)
    image = gradient(size, [(196, 208, 214), (170, 186, 176), (96, 112, 72), (84, 98, 60)])
    hills = (0.3 + 0.06 * fractal_noise((w, 2), rng, cells=6)[0]) * h
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, h), *((x, hills[x]) for x in range(w)), (w, h)], fill=(92, 108, 78))
    movers = []
    for i in range(9):
        tall = int(0.32 * h)
        pole = Image.new("RGBA", (max(2, int(0.1 * w)), tall))
        pen = ImageDraw.Draw(pole)
        middle = pole.width / 2
        pen.rectangle((middle - w / 300, tall * 0.4, middle + w / 300, tall), fill=(50, 40, 34, 255))
        if i % 3:
            pen.ellipse((0, 0, pole.width - 1, tall * 0.75), fill=(52 + 6 * i, 74 + 5 * i, 44, 255))
        movers.append(Mover(pole, i / 9 + float(rng.uniform(0, 0.06)), 0.22, -0.5))
    frame = Image.new("RGBA", size, (*cloth, 255))
    pen = ImageDraw.Draw(frame)
    pen.rectangle((0, 0.6 * h, w, h), fill=(*mix(cloth, (0, 0, 0), 0.45), 255))
    for left, right in ((0.08, 0.48), (0.54, 0.94)):
        pen.rounded_rectangle(
            (left * w - 8, 0.12 * h - 8, right * w + 8, 0.55 * h + 8), radius=20, fill=(150, 146, 140, 255)
        )
        pen.rounded_rectangle((left * w, 0.12 * h, right * w, 0.55 * h), radius=14, fill=(0, 0, 0, 0))
    for left in (0.03, 0.36, 0.69):
        pen.rounded_rectangle(
            (left * w, 0.5 * h, (left + 0.28) * w, 1.1 * h), radius=26, fill=(*mix(cloth, (120, 30, 30), 0.4), 255)
        )
    movers.append(Mover(frame, 0.0, 0.0, 0.0))
    return Backdrop(image, tuple(movers), light=(0.96, 0.98, 1.0))


def _window(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], rng: np.random.Generator) -> None:
    x, y, w, h = box
    sky = ((206, 222, 234), (240, 226, 190), (40, 48, 76))[int(rng.integers(3))]
    draw.rectangle((x - 6, y - 6, x + w + 6, y + h + 6), fill=(226, 220, 206))
    draw.rectangle((x, y, x + w, y + h), fill=sky)
    draw.line((x + w / 2, y, x + w / 2, y + h), fill=(226, 220, 206), width=6)
    draw.line((x, y + h * 0.4, x + w, y + h * 0.4), fill=(226, 220, 206), width=6)
    curtain = mix(_pick(_WALLS, rng), (140, 40, 40), 0.4)
    for side in (x - 0.16 * w, x + 0.86 * w):
        for fold in range(5):
            left = side + fold * 0.06 * w
            draw.rectangle(
                (left, y - 14, left + 0.06 * w, y + 1.3 * h), fill=mix(curtain, (0, 0, 0), 0.25 * (fold % 2))
            )


def _painting(draw: ImageDraw.ImageDraw, corner: tuple[float, float], size: float, rng: np.random.Generator) -> None:
    x, y = corner
    w = size * float(rng.uniform(0.7, 1.3))
    draw.rectangle((x - 5, y - 5, x + w + 5, y + size + 5), fill=(84, 62, 34))
    color = mix(_pick(_WALLS, rng), (70, 90, 120), 0.4)
    draw.rectangle((x, y, x + w, y + size), fill=color)
    draw.polygon([(x, y + size), (x + 0.4 * w, y + 0.35 * size), (x + w, y + size)], fill=mix(color, (0, 0, 0), 0.4))


def _sofa(draw: ImageDraw.ImageDraw, corner: tuple[float, float], size: tuple[float, float], color: Color) -> None:
    (x, y), (w, h) = corner, size
    dark = mix(color, (0, 0, 0), 0.3)
    draw.rounded_rectangle((x, y, x + w, y + h), radius=h / 6, fill=color)
    draw.rounded_rectangle(
        (x + 0.05 * w, y + 0.45 * h, x + 0.95 * w, y + 0.8 * h), radius=h / 9, fill=mix(color, (255, 255, 255), 0.12)
    )
    for side in (x - 0.04 * w, x + 0.9 * w):
        draw.rounded_rectangle((side, y + 0.25 * h, side + 0.14 * w, y + h), radius=h / 8, fill=dark)


def _pick(colors: tuple[Color, ...], rng: np.random.Generator) -> Color:
    return colors[int(rng.integers(len(colors)))]
