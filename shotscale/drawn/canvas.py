"""A small vector drawing kit: smooth closed shapes in any unit, drawn large and averaged down."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

Point = tuple[float, float]
Color = tuple[int, int, int]


def mix(first: Color, second: Color, share: float) -> Color:
    """Blend two colors; a share of 0 gives the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def smooth(points: Sequence[Point]) -> list[Point]:
    """Return a closed Catmull-Rom curve through `points`."""
    knots = np.asarray(points, np.float64)
    t = np.linspace(0, 1, 10, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (np.roll(knots, by, 0)[:, None, :] for by in (1, 0, -1, -2))
    curve = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    return [(float(x), float(y)) for x, y in curve.reshape(-1, 2)]


class Canvas:
    """A transparent picture to draw on in custom units.

    `origin` is the position of the point (0, 0), and `unit` the length of a unit, in pixels of the finished picture.
    It is drawn `oversampling` times larger, for smooth edges.
    """

    def __init__(self, size: tuple[int, int], *, origin: Point, unit: float, oversampling: int = 2) -> None:
        self._size, self._unit = size, unit * oversampling
        self._origin = (origin[0] * oversampling, origin[1] * oversampling)
        self._image = Image.new("RGBA", (size[0] * oversampling, size[1] * oversampling))
        self._draw = ImageDraw.Draw(self._image)

    def polygon(self, points: Sequence[Point], color: Color) -> None:
        """Fill a polygon."""
        self._draw.polygon(self._pixels(points), fill=(*color, 255))

    def blob(self, points: Sequence[Point], color: Color) -> None:
        """Fill the smooth closed shape through `points`."""
        self.polygon(smooth(points), color)

    def ellipse(self, center: Point, radii: Point, color: Color) -> None:
        """Fill an ellipse."""
        (x, y), (rx, ry) = center, radii
        (left, top), (right, bottom) = self._pixels([(x - rx, y - ry), (x + rx, y + ry)])
        self._draw.ellipse((left, top, max(left, right), max(top, bottom)), fill=(*color, 255))

    def line(self, points: Sequence[Point], color: Color, *, width: float) -> None:
        """Draw straight lines from point to point, `width` units thick."""
        thick = max(1, round(width * self._unit))
        self._draw.line(self._pixels(points), fill=(*color, 255), width=thick, joint="curve")

    def limb(self, points: Sequence[Point], color: Color, *, widths: Sequence[float]) -> None:
        """Fill a limb that runs through `points`, with a width at each."""
        joints = np.asarray(points, np.float64)
        direction = np.gradient(joints, axis=0)
        normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        half = np.asarray(widths, np.float64)[:, None] / 2
        sides = np.vstack([joints + normal * half, (joints - normal * half)[::-1]])
        self.blob([(float(x), float(y)) for x, y in sides], color)

    def finished(self) -> Image.Image:
        """Return the picture at its finished size, RGBA."""
        return self._image.resize(self._size, Image.Resampling.BOX)

    def _pixels(self, points: Sequence[Point]) -> list[Point]:
        x0, y0 = self._origin
        return [(x0 + x * self._unit, y0 + y * self._unit) for x, y in points]
