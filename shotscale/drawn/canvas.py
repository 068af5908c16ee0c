"""A small vector kit: smooth closed shapes and soft shading in any unit, drawn large and averaged down."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

__all__ = ["Canvas", "Color", "Point", "mix", "smooth"]

Point = tuple[float, float]
Color = tuple[int, int, int]


def mix(first: Color, second: Color, share: float) -> Color:
    """Blend two colours; a share of 0 gives the first.

    Examples
    --------
    >>> mix((0, 0, 0), (200, 100, 50), 0.5)
    (100, 50, 25)
    """
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 10) -> list[Point]:
    """Return the points of a Catmull-Rom curve through `points`.

    Examples
    --------
    >>> len(smooth([(0, 0), (1, 0), (1, 1)], steps=4))
    12
    """
    knots = np.asarray(points, np.float64)
    if closed:
        before, after, last = np.roll(knots, 1, 0), np.roll(knots, -1, 0), np.roll(knots, -2, 0)
    else:
        before = np.vstack([knots[:1], knots[:-2]])
        after = knots[1:]
        last = np.vstack([knots[2:], knots[-1:]])
        knots = knots[:-1]
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (array[:, None, :] for array in (before, knots, after, last))
    curve = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    return [(float(x), float(y)) for x, y in curve.reshape(-1, 2)]


class Canvas:
    """A transparent picture that is drawn on in units of one's own.

    Parameters
    ----------
    size : (int, int)
        Width and height in pixels of the finished picture.
    origin : Point
        Where the point (0, 0) of the units lies, in pixels of the finished picture.
    unit : float
        Pixels a unit.
    oversampling : int
        How many times larger the picture is drawn, for smooth edges.
    """

    def __init__(self, size: tuple[int, int], *, origin: Point, unit: float, oversampling: int = 2) -> None:
        self.size = size
        self.unit = unit * oversampling
        self._oversampling = oversampling
        self._origin = (origin[0] * oversampling, origin[1] * oversampling)
        self.image = Image.new("RGBA", (size[0] * oversampling, size[1] * oversampling))

    @cached_property
    def _draw(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image)

    def pixels(self, points: Sequence[Point]) -> list[Point]:
        """Turn units into pixels of the large picture."""
        x0, y0 = self._origin
        return [(x0 + x * self.unit, y0 + y * self.unit) for x, y in points]

    def polygon(self, points: Sequence[Point], color: Color) -> None:
        """Fill a polygon."""
        self._draw.polygon(self.pixels(points), fill=(*color, 255))

    def blob(self, points: Sequence[Point], color: Color) -> None:
        """Fill the smooth closed shape through some points."""
        self.polygon(smooth(points), color)

    def ellipse(self, center: Point, radii: Point, color: Color) -> None:
        """Fill an ellipse."""
        (x, y), (rx, ry) = center, radii
        (left, top), (right, bottom) = self.pixels([(x - rx, y - ry), (x + rx, y + ry)])
        self._draw.ellipse((left, top, max(left, right), max(top, bottom)), fill=(*color, 255))

    def line(self, points: Sequence[Point], color: Color, *, width: float) -> None:
        """Draw a curve through some points, `width` units thick, with round ends."""
        curve = [*smooth(points, closed=False), points[-1]]
        thick = max(1, round(width * self.unit))
        self._draw.line(self.pixels(curve), fill=(*color, 255), width=thick, joint="curve")
        for end in (points[0], points[-1]):
            if thick > 2:
                self.ellipse(end, (width / 2, width / 2), color)

    def limb(self, points: Sequence[Point], color: Color, *, widths: Sequence[float]) -> None:
        """Fill a limb that runs through some points, as thick at each as `widths` says."""
        joints = np.asarray(points, np.float64)
        direction = np.gradient(joints, axis=0)
        normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        half = np.asarray(widths, np.float64)[:, None] / 2
        sides = np.vstack([joints + normal * half, (joints - normal * half)[::-1]])
        self.blob([(float(x), float(y)) for x, y in sides], color)

    def shade(self, points: Sequence[Point], color: Color, *, strength: float, blur: float) -> None:
        """Tint what is already drawn with a soft shape; what is transparent stays so.

        Parameters
        ----------
        points : sequence of Point
            The smooth closed shape.
        color : Color
        strength : float
            0 to 1.
        blur : float
            How soft its edge is, in units.
        """
        outline = self.pixels(smooth(points, steps=5))
        soft = blur * self.unit
        xs, ys = zip(*outline, strict=True)
        reach = 2.5 * soft + 2
        box = (
            max(0, int(min(xs) - reach)),
            max(0, int(min(ys) - reach)),
            min(self.image.width, int(max(xs) + reach)),
            min(self.image.height, int(max(ys) + reach)),
        )
        if box[2] <= box[0] or box[3] <= box[1]:
            return
        # The soft shape is made small and then stretched: blurred edges hold no detail, and this is the slow part.
        coarse = max(1, min(8, int(soft / 3)))
        width, height = -(-(box[2] - box[0]) // coarse), -(-(box[3] - box[1]) // coarse)
        mask = Image.new("L", (width, height))
        ImageDraw.Draw(mask).polygon(
            [((x - box[0]) / coarse, (y - box[1]) / coarse) for x, y in outline], fill=round(255 * strength)
        )
        mask = mask.filter(ImageFilter.GaussianBlur(soft / coarse))
        mask = mask.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR)
        part = self.image.crop(box)
        shaded = Image.composite(Image.new("RGB", part.size, color), part.convert("RGB"), mask)
        shaded.putalpha(part.getchannel("A"))
        self.image.paste(shaded, box)

    def shadow(self, center: Point, radii: Point, *, strength: float, blur: float) -> None:
        """Lay a soft transparent shadow on what is not drawn on yet."""
        mask = Image.new("L", self.image.size)
        (x, y), (rx, ry) = center, radii
        (left, top), (right, bottom) = self.pixels([(x - rx, y - ry), (x + rx, y + ry)])
        ImageDraw.Draw(mask).ellipse((left, top, max(left, right), max(top, bottom)), fill=round(255 * strength))
        self.image.putalpha(mask.filter(ImageFilter.GaussianBlur(blur * self.unit)))

    def soft_ellipse(self, center: Point, radii: Point, color: Color, *, strength: float, blur: float) -> None:
        """`shade` with an ellipse."""
        angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        points = [(center[0] + radii[0] * np.cos(a), center[1] + radii[1] * np.sin(a)) for a in angles]
        self.shade([(float(x), float(y)) for x, y in points], color, strength=strength, blur=blur)

    def finished(self) -> Image.Image:
        """Return the picture at its final size, RGBA."""
        if self._oversampling == 1:
            return self.image
        return self.image.resize(self.size, Image.Resampling.BOX)

    def array(self) -> npt.NDArray[np.uint8]:
        """Return the finished picture as a uint8 array of shape (height, width, 4)."""
        return np.asarray(self.finished())
