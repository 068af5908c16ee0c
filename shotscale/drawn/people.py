"""Drawn people, in units of the head's height, from the crown (0, 0) down to the soles at 7.5.

Conventions
-----------
x runs right, y down; the chin is at y = 1, the shoulders at 1.5, the chest at 2, the waist at 3, the knees at
5.5. Shot scale is which part of the body lies between the frame's edges; see `placement`.
"""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from shotscale.drawn.canvas import Canvas, Color, Point, mix
from shotscale.scales import ShotScale

BODY_HEIGHT = 7.5  # heads, the proportion of adults in drawing manuals

# For each scale: the range of the part of the body, in heads from the crown, at the frame's upper and lower edge.
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
# Colors chosen by eye, so that two people can be told apart at every scale.
_SKINS: tuple[Color, ...] = ((236, 196, 170), (222, 174, 142), (196, 142, 106), (150, 100, 70), (104, 68, 48))
_HAIRS: tuple[Color, ...] = ((38, 28, 24), (70, 44, 28), (120, 78, 40), (190, 150, 90), (150, 148, 146), (96, 38, 22))
_CLOTHES: tuple[Color, ...] = (
    (44, 52, 74), (92, 34, 38), (58, 74, 54), (140, 116, 84), (64, 60, 66), (168, 158, 140), (40, 78, 96), (146, 84, 44)
)  # fmt: skip
_TROUSERS: tuple[Color, ...] = ((38, 40, 50), (70, 62, 54), (48, 58, 84), (30, 28, 30))
_WHITE, _BLACK, _SHADOW = (255, 255, 255), (0, 0, 0), (60, 25, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The appearance of a drawn person; `build` is the relative width of the body, 1 on average."""

    skin: Color
    hair: Color
    clothes: Color
    trousers: Color
    long_hair: bool
    build: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """The pose of a person at a moment.

    `turn` is that of the head, from -1 (left as seen) to 1 (right), 0 facing the camera; `mouth` 0 (closed) to 1
    (open); `gesture` 0 (arms down) to 1 (one hand raised); `stride` -1 to 1 in walking, 0 standing.
    """

    turn: float = 0.0
    mouth: float = 0.0
    blink: bool = False
    gesture: float = 0.0
    stride: float = 0.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Position of a figure: the row of its crown (negative above the frame) and its head's height, in frame heights."""

    crown_y: float
    head_height: float


def random_person(rng: np.random.Generator) -> Person:
    """Return a random person."""
    looks = {"skin": _SKINS, "hair": _HAIRS, "clothes": _CLOTHES, "trousers": _TROUSERS}
    chosen = {name: colors[int(rng.integers(len(colors)))] for name, colors in looks.items()}
    return Person(**chosen, long_hair=bool(rng.random() < 0.45), build=float(rng.uniform(0.9, 1.1)))


def placement(scale: ShotScale, rng: np.random.Generator) -> Placement:
    """Choose a placement that fits the definition of a shot scale, one of the seven ordered ones."""
    upper, lower = (float(rng.uniform(*edge)) for edge in _EDGES[scale])
    head = 1 / (lower - upper)
    return Placement(crown_y=-upper * head, head_height=head)


def draw_figure(
    person: Person, pose: Pose, *, size: tuple[int, int], crown: Point, head_height: float, oversampling: int = 2
) -> Image.Image:
    """Draw a person on a transparent picture of `size` pixels, clipped at its edges."""
    canvas = Canvas(size, origin=crown, unit=head_height, oversampling=oversampling)
    lowest = (size[1] - crown[1]) / head_height
    if person.long_hair:
        canvas.blob([(-0.3, 0.06), (0.3, 0.06), (0.46, 0.5), (0.44, 1.45), (-0.44, 1.45), (-0.46, 0.5)], person.hair)
    if lowest > 3:
        _legs(canvas, person, pose)
    if lowest > 0.9:
        _arm(canvas, person, pose, side=-1)
        _torso(canvas, person)
        _arm(canvas, person, pose, side=1)
    _head(canvas, person, pose)
    return canvas.finished()


def _legs(canvas: Canvas, person: Person, pose: Pose) -> None:
    for side in (-1, 1):
        x, step = side * 0.34 * person.build, side * pose.stride
        foot = (x + step * 0.75, 7.2 - 0.12 * abs(min(step, 0)))
        color = mix(person.trousers, _BLACK, 0.05 if side > 0 else 0.35)
        widths = [width * person.build for width in (0.72, 0.52, 0.36)]
        canvas.limb([(x, 3.75), (x + step * 0.42, 5.45), foot], color, widths=widths)
        canvas.ellipse((foot[0], foot[1] + 0.15), (0.2, 0.16), mix(person.trousers, _BLACK, 0.6))


def _torso(canvas: Canvas, person: Person) -> None:
    canvas.limb([(0.0, 0.75), (0.0, 1.1), (0.0, 1.55)], mix(person.skin, _SHADOW, 0.35), widths=[0.36, 0.36, 0.6])
    right = [(0.17, 1.27), (0.45, 1.38), (0.82, 1.5), (0.93, 1.75), (0.8, 2.3), (0.66, 2.95), (0.7, 3.5), (0.72, 4.0)]
    outline = [(x * person.build, y) for x, y in right]
    canvas.blob([*outline, *[(-x, y) for x, y in reversed(outline)]], person.clothes)
    canvas.blob([(-0.72, 1.6), (-0.3, 1.7), (-0.4, 3.9), (-0.68, 3.9)], mix(person.clothes, _BLACK, 0.25))
    canvas.polygon([(-0.2, 1.28), (0.2, 1.28), (0.03, 2.5), (-0.03, 2.5)], mix(person.clothes, _WHITE, 0.7))
    for side in (-1, 1):
        lapel = [(side * 0.2, 1.22), (side * 0.42, 1.55), (side * 0.34, 1.75), (side * 0.02, 2.5)]
        canvas.polygon(lapel, mix(person.clothes, _BLACK, 0.4))


def _arm(canvas: Canvas, person: Person, pose: Pose, *, side: int) -> None:
    b, swing = person.build, side * pose.stride * 0.35
    lift = pose.gesture if side > 0 else 0.0
    shoulder, elbow = (side * 0.76 * b, 1.6), (side * (1.0 + 0.12 * lift) * b + swing * 0.5, 2.85 - 0.1 * lift)
    wrist = (side * (0.98 - 0.5 * lift) * b + swing, 3.9 - 1.9 * lift)
    canvas.ellipse((wrist[0], wrist[1] - 0.2 * (2 * lift - 1)), (0.13, 0.2), person.skin)
    color = mix(person.clothes, _BLACK, 0.15 if side > 0 else 0.4)
    canvas.limb([shoulder, elbow, wrist], color, widths=[0.44, 0.36, 0.24])


def _head(canvas: Canvas, person: Person, pose: Pose) -> None:
    w, chin = 0.36, 0.05 * pose.turn
    for side in (-1, 1):
        if not person.long_hair and side * pose.turn < 0.35:
            canvas.ellipse((side * w, 0.57), (0.06, 0.11), mix(person.skin, (150, 60, 50), 0.18))
    right = [(0.2, 0.06), (w * 0.93, 0.24), (w, 0.48), (w * 0.93, 0.7), (w * 0.66, 0.9), (0.13, 1.0)]
    skull = [(0.0, 0.02), *right, *[(-x, y) for x, y in reversed(right)]]
    canvas.blob([(x + chin * max(0.0, y - 0.5) * 2, y) for x, y in skull], person.skin)
    cheek = [(-0.34, 0.35), (-0.2, 0.5), (-0.22, 0.75), (-0.1, 0.97), (-0.22, 0.9), (-0.33, 0.68)]
    canvas.blob(cheek, mix(person.skin, _SHADOW, 0.18))
    for side in (-1, 1):
        _eye(canvas, person, pose, x=_turned(0.165 * side, pose.turn))
    x = _turned(0.0, pose.turn)
    tip = x + 0.05 * pose.turn
    canvas.line([(x, 0.5), (tip - 0.06, 0.7), (tip + 0.06, 0.71)], mix(person.skin, _SHADOW, 0.4), width=0.016)
    _mouth(canvas, person, pose, x=x)
    top = [(-w - 0.03, 0.47), (-w, 0.2), (-0.22, 0.0), (0.0, -0.045), (0.22, 0.0), (w, 0.2), (w + 0.03, 0.47)]
    fringe = [(w * 0.86, 0.3), (w * 0.5, 0.22), (0.06, 0.17), (-w * 0.5, 0.24), (-w * 0.86, 0.3)]
    canvas.blob([(a - 0.03 * pose.turn, b) for a, b in (*top, *fringe)], person.hair)


def _eye(canvas: Canvas, person: Person, pose: Pose, *, x: float) -> None:
    lash = mix(person.hair, (10, 6, 6), 0.7)
    if pose.blink:
        canvas.line([(x - 0.08, 0.52), (x, 0.54), (x + 0.08, 0.52)], lash, width=0.016)
    else:
        canvas.ellipse((x, 0.515), (0.08, 0.035), (226, 220, 212))
        canvas.ellipse((x + 0.022 * pose.turn, 0.515), (0.034, 0.034), (62, 56, 50))
        canvas.line([(x - 0.08, 0.515), (x - 0.03, 0.482), (x + 0.03, 0.482), (x + 0.08, 0.515)], lash, width=0.016)
    canvas.line([(x - 0.1, 0.43), (x, 0.41), (x + 0.1, 0.43)], mix(person.hair, _BLACK, 0.25), width=0.035)


def _mouth(canvas: Canvas, person: Person, pose: Pose, *, x: float) -> None:
    open_ = 0.05 * pose.mouth
    canvas.ellipse((x, 0.83 + open_ / 2), (0.125, 0.035 + open_), mix(person.skin, (170, 50, 52), 0.45))
    canvas.ellipse((x, 0.83 + open_ / 2), (0.11, 0.006 + 0.8 * open_), (66, 22, 22))


def _turned(x: float, turn: float) -> float:
    """Shift a part of the face with the head's turn; the side that turns away is foreshortened."""
    return math.sin(math.asin(max(-1.0, min(1.0, x / 0.5))) + turn * 0.6) * 0.5
