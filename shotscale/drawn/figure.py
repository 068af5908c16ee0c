"""A drawn person, in units of the head's height, from the crown (0, 0) down to the soles at 7.5.

Conventions
-----------
x runs right, y down; the chin is at y = 1, the shoulders at 1.5, the chest at 2, the waist at 3, the knees at
5.5. What part of that stands between the frame's edges is what shot scale means; `placement` says so.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from shotscale.drawn.canvas import Canvas, Point, mix
from shotscale.drawn.face import draw_head, draw_head_back
from shotscale.drawn.people import Person, Pose
from shotscale.scales import ShotScale

__all__ = ["BODY_HEIGHT", "Placement", "draw_figure", "placement"]

BODY_HEIGHT = 7.5

# For each scale: what part of the body, in heads from the crown, lies at the frame's upper and lower edge.
# Source of the cut lines: the definitions of CineScale's annotators (face, head and shoulders, chest, waist,
# knees, whole body, body small in a wide space).
_EDGES: dict[ShotScale, tuple[tuple[float, float], tuple[float, float]]] = {
    ShotScale.EXTREME_CLOSE_UP: ((0.24, 0.36), (0.76, 0.9)),
    ShotScale.CLOSE_UP: ((-0.12, 0.04), (1.32, 1.6)),
    ShotScale.MEDIUM_CLOSE_UP: ((-0.35, -0.15), (1.95, 2.35)),
    ShotScale.MEDIUM_SHOT: ((-0.55, -0.25), (2.9, 3.4)),
    ShotScale.MEDIUM_LONG_SHOT: ((-0.8, -0.4), (4.9, 5.5)),
    ShotScale.LONG_SHOT: ((-1.8, -0.9), (7.9, 8.8)),
    ShotScale.EXTREME_LONG_SHOT: ((-36.0, -18.0), (11.0, 17.0)),
}


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a figure stands in a frame.

    Attributes
    ----------
    crown_y : float
        Row of the crown of the head, in frame heights; negative above the frame.
    head_height : float
        In frame heights.
    """

    crown_y: float
    head_height: float


def placement(scale: ShotScale, rng: np.random.Generator) -> Placement:
    """Choose where a figure stands so that the frame shows what the scale's definition says.

    Parameters
    ----------
    scale : ShotScale
        One of the seven ordered scales.
    rng : numpy.random.Generator
        Within a scale distances differ.

    Returns
    -------
    Placement
    """
    upper, lower = (float(rng.uniform(*edge)) for edge in _EDGES[scale])
    head = 1 / (lower - upper)
    return Placement(crown_y=-upper * head, head_height=head)


def draw_figure(
    person: Person, pose: Pose, *, size: tuple[int, int], crown: Point, head_height: float, oversampling: int = 2
) -> Image.Image:
    """Draw a person on a transparent picture.

    Parameters
    ----------
    person : Person
    pose : Pose
    size : (int, int)
        Width and height of the picture in pixels; what lies outside is cut off.
    crown : Point
        Pixel of the crown of the head.
    head_height : float
        In pixels.
    oversampling : int
        Edges are averaged over so many pixels each way.

    Returns
    -------
    PIL.Image.Image
        RGBA.
    """
    canvas = Canvas(size, origin=crown, unit=head_height, oversampling=oversampling)
    lowest = (size[1] - crown[1]) / head_height
    if lowest > BODY_HEIGHT - 0.5:
        canvas.shadow((0.25 * -pose.light, BODY_HEIGHT - 0.03), (0.95, 0.13), strength=0.5, blur=0.09)
    if person.hair_length > 0.6:
        draw_head_back(canvas, person, pose)
    if lowest > 3:
        _legs(canvas, person, pose)
    if lowest > 0.9:
        _arm(canvas, person, pose, side=-1)
        _torso(canvas, person, pose)
        _arm(canvas, person, pose, side=1)
    draw_head(canvas, person, pose)
    return canvas.finished()


def _torso(canvas: Canvas, person: Person, pose: Pose) -> None:
    b = person.build
    skin_shadow = mix(person.skin, (60, 25, 20), 0.35)
    canvas.limb([(0.0, 0.75), (0.0, 1.1), (0.0, 1.55)], skin_shadow, widths=[0.36 * b, 0.36 * b, 0.6 * b])
    right = [(0.17, 1.27), (0.45, 1.38), (0.82, 1.5), (0.93, 1.75), (0.8, 2.3), (0.66, 2.95), (0.7, 3.5), (0.72, 4.0)]
    outline = [(x * b, y) for x, y in right]
    shape = [*outline, *[(-x, y) for x, y in reversed(outline)]]
    canvas.blob(shape, person.clothes)
    dark, light = mix(person.clothes, (0, 0, 0), 0.55), mix(person.clothes, (255, 255, 255), 0.35)
    side = pose.light
    canvas.shade(
        [(-0.95 * side, 1.5), (-0.35 * side, 1.6), (-0.4 * side, 4.0), (-0.95 * side, 4.0)],
        dark,
        strength=0.5,
        blur=0.22,
    )
    canvas.soft_ellipse((0.45 * side * b, 1.85), (0.22, 0.5), light, strength=0.4, blur=0.2)
    _collar(canvas, person)
    for x in (-0.32, 0.36):
        canvas.shade([(x, 2.6), (x + 0.05, 2.6), (x + 0.12, 3.6), (x + 0.02, 3.6)], dark, strength=0.35, blur=0.05)


def _collar(canvas: Canvas, person: Person) -> None:
    """Draw what shows at the neck: skin, a shirt below a jacket, or a round collar."""
    dark = mix(person.clothes, (0, 0, 0), 0.4)
    if person.garment == "jacket":
        canvas.polygon([(-0.2, 1.28), (0.2, 1.28), (0.03, 2.5), (-0.03, 2.5)], person.shirt)
        canvas.polygon([(-0.04, 1.42), (0.04, 1.42), (0.07, 2.1), (0.0, 2.3), (-0.07, 2.1)], person.trousers)
        for side in (-1, 1):
            canvas.polygon([(side * 0.2, 1.22), (side * 0.42, 1.55), (side * 0.34, 1.75), (side * 0.02, 2.5)], dark)
        for y in (2.6, 2.95):
            canvas.ellipse((0.08, y), (0.03, 0.03), mix(dark, (255, 255, 255), 0.3))
    elif person.garment == "dress":
        canvas.blob([(-0.24, 1.25), (0.24, 1.25), (0.16, 1.62), (0.0, 1.75), (-0.16, 1.62)], person.skin)
        canvas.line([(-0.21, 1.3), (0.0, 1.5), (0.21, 1.3)], person.shirt, width=0.025)
    else:
        canvas.blob(
            [(-0.2, 1.24), (0.2, 1.24), (0.12, 1.43), (0.0, 1.48), (-0.12, 1.43)], mix(person.skin, (60, 25, 20), 0.2)
        )
        canvas.line([(-0.23, 1.26), (-0.12, 1.45), (0.0, 1.51), (0.12, 1.45), (0.23, 1.26)], dark, width=0.06)


def _arm(canvas: Canvas, person: Person, pose: Pose, *, side: int) -> None:
    b = person.build
    swing = pose.stride * (0.35 if side > 0 else -0.35)
    lift = pose.gesture if side > 0 else 0.0
    shoulder = (side * 0.83 * b, 1.72)
    elbow = (side * (1.0 + 0.12 * lift) * b + swing * 0.5, 2.85 - 0.1 * lift)
    wrist = (side * (0.98 - 0.5 * lift) * b + swing, 3.9 - 1.9 * lift)
    color = person.clothes if person.garment != "dress" else mix(person.clothes, (255, 255, 255), 0.08)
    shade = mix(color, (0, 0, 0), 0.18 if side * pose.light > 0 else 0.42)
    reach = _extended(elbow, wrist, 0.28)
    canvas.limb(
        [_extended(elbow, wrist, 0.97), _extended(elbow, wrist, 1.15), reach], person.skin, widths=[0.17, 0.26, 0.1]
    )
    top = (side * 0.7 * b, 1.5)
    canvas.limb([top, shoulder, _extended(shoulder, elbow, 0.5), elbow], shade, widths=[0.2, 0.4, 0.42, 0.34])
    canvas.limb([elbow, _extended(elbow, wrist, 0.5), wrist], shade, widths=[0.34, 0.3, 0.24])


def _extended(start: Point, end: Point, share: float) -> Point:
    """Return the point at a share of the way; 0.28 means that share beyond the end, for a hand's tip."""
    share = 1 + share if share < 0.4 else share
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _legs(canvas: Canvas, person: Person, pose: Pose) -> None:
    b = person.build
    if person.garment == "dress":
        for side in (-1, 1):
            foot = (side * 0.25 + side * pose.stride * 0.35, 7.2)
            canvas.limb(
                [(side * 0.3, 5.0), (side * 0.28, 6.2), foot],
                mix(person.skin, (60, 25, 20), 0.15),
                widths=[0.34, 0.3, 0.17],
            )
            _shoe(canvas, person, foot)
        hem = 5.7
        canvas.blob(
            [
                (0.7 * b, 3.6),
                (0.95 * b, 4.6),
                (1.05 * b, hem),
                (0, hem + 0.08),
                (-1.05 * b, hem),
                (-0.95 * b, 4.6),
                (-0.7 * b, 3.6),
            ],
            person.clothes,
        )
        canvas.shade(
            [(-1.1 * pose.light, 4), (-0.3 * pose.light, 3.8), (-0.4 * pose.light, hem), (-1.1 * pose.light, hem)],
            (0, 0, 0),
            strength=0.4,
            blur=0.2,
        )
        return
    for side in (-1, 1):
        step = side * pose.stride
        hip, knee = (side * 0.34 * b, 3.75), (side * 0.34 * b + step * 0.42, 5.45)
        foot = (side * 0.34 * b + step * 0.75, 7.2 - 0.12 * abs(min(step, 0)))
        color = mix(person.trousers, (0, 0, 0), 0.05 if side * pose.light > 0 else 0.35)
        canvas.limb([hip, knee, foot], color, widths=[0.72 * b, 0.52 * b, 0.36 * b])
        _shoe(canvas, person, foot)


def _shoe(canvas: Canvas, person: Person, foot: Point) -> None:
    x, y = foot
    canvas.blob([(x - 0.17, y), (x + 0.17, y), (x + 0.2, y + 0.28), (x, y + 0.32), (x - 0.2, y + 0.28)], person.shoes)
