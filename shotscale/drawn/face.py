"""The head of a drawn person: skull, hair and a face that turns, speaks and blinks."""

import math

from shotscale.drawn.canvas import Canvas, Color, Point, mix
from shotscale.drawn.people import Person, Pose

__all__ = ["draw_head", "draw_head_back"]

_DETAIL = 24.0
"""Pixels of a head below which the face is drawn with fewer strokes."""


def draw_head_back(canvas: Canvas, person: Person, pose: Pose) -> None:
    """Draw the hair that falls behind the neck and shoulders."""
    w, fall = person.face_width / 2 + 0.1, 0.75 + 0.75 * person.hair_length
    dark = mix(person.hair, (0, 0, 0), 0.35)
    x = -0.05 * pose.turn
    outline = [(0, -0.02), (0.3, 0.06), (w, 0.4), (w + 0.04, 0.9), (w - 0.02, fall), (0.12, fall + 0.05)]
    canvas.blob([*[(x + a, b) for a, b in outline], *[(x - a, b) for a, b in reversed(outline[1:])]], dark)


def draw_head(canvas: Canvas, person: Person, pose: Pose) -> None:
    """Draw skull, ears, face and hair in front."""
    w = person.face_width / 2
    _ears(canvas, person, pose, w)
    canvas.blob(_skull(w, pose.turn), person.skin)
    fine = canvas.unit > 2 * _DETAIL
    if fine:
        _model(canvas, person, pose, w)
    if person.beard:
        _beard(canvas, person, pose, w)
    for side in (-1, 1):
        _eye(canvas, person, pose, side=side)
    _nose(canvas, person, pose)
    _mouth(canvas, person, pose)
    _hair(canvas, person, pose, w)
    if person.glasses:
        _glasses(canvas, pose)


def _skull(w: float, turn: float) -> list[Point]:
    chin = 0.05 * turn
    right = [(0.2, 0.06), (w * 0.93, 0.24), (w, 0.48), (w * 0.93, 0.7), (w * 0.66, 0.9), (0.13, 1.0)]
    left = [(-x, y) for x, y in reversed(right)]
    points = [(0.0, 0.02), *right, *left]
    return [(x + chin * max(0.0, y - 0.5) * 2, y) for x, y in points]


def _feature_x(x: float, turn: float) -> float:
    """Move a feature of the face with the head's turn; what turns away is foreshortened."""
    angle = turn * 0.6
    return math.sin(math.asin(max(-1.0, min(1.0, x / 0.5))) + angle) * 0.5


def _ears(canvas: Canvas, person: Person, pose: Pose, w: float) -> None:
    color = mix(person.skin, (150, 60, 50), 0.18)
    for side in (-1, 1):
        hidden = side * pose.turn > 0.35
        if hidden or person.hair_length > 0.6:
            continue
        x = side * w * (1.0 - 0.12 * abs(pose.turn))
        canvas.ellipse((x, 0.57), (0.06, 0.11), color)
        canvas.ellipse((x - side * 0.005, 0.57), (0.03, 0.07), mix(color, (60, 20, 16), 0.3))


def _model(canvas: Canvas, person: Person, pose: Pose, w: float) -> None:
    """Return the face its form: a dark and a light side, sockets, cheeks, the shadow below the lip."""
    dark, light = mix(person.skin, (50, 18, 14), 0.65), mix(person.skin, (255, 244, 228), 0.6)
    s = pose.light
    canvas.shade(
        [(-w * s, 0.1), (-0.5 * w * s, 0.25), (-0.42 * w * s, 0.6), (-0.3 * w * s, 1.0), (-1.1 * w * s, 1.0)],
        dark, strength=0.55, blur=0.09,
    )  # fmt: skip
    canvas.soft_ellipse((0.45 * w * s, 0.3), (0.13, 0.1), light, strength=0.5, blur=0.08)
    blush = mix(person.skin, (200, 80, 70), 0.45)
    for side in (-1, 1):
        x = _feature_x(0.17 * side, pose.turn)
        canvas.soft_ellipse((x, 0.5), (0.11, 0.06), dark, strength=0.4, blur=0.035)
        canvas.soft_ellipse((_feature_x(0.21 * side, pose.turn), 0.7), (0.08, 0.06), blush, strength=0.4, blur=0.05)
    canvas.soft_ellipse((_feature_x(0.0, pose.turn), 0.905), (0.09, 0.015), dark, strength=0.35, blur=0.02)
    canvas.shade([(-w, 0.97), (0, 0.9), (w, 0.97), (0, 1.06)], dark, strength=0.45, blur=0.05)


def _eye(canvas: Canvas, person: Person, pose: Pose, *, side: int) -> None:
    x, y = _feature_x(0.165 * side, pose.turn), 0.515
    width = 0.082 * (1 - 0.35 * max(0.0, side * pose.turn))
    lash = mix(person.hair, (10, 6, 6), 0.7)
    if pose.blink:
        canvas.line([(x - width, y + 0.005), (x, y + 0.025), (x + width, y + 0.005)], lash, width=0.014)
    else:
        almond = [(x - width, y + 0.008), (x - width * 0.4, y - 0.032), (x + width * 0.4, y - 0.032),
                  (x + width, y + 0.004), (x + width * 0.4, y + 0.03), (x - width * 0.4, y + 0.03)]  # fmt: skip
        canvas.blob(almond, (226, 220, 212))
        gaze = x + 0.022 * pose.turn
        canvas.ellipse((gaze, y), (0.034, 0.034), person.eyes)
        canvas.ellipse((gaze, y), (0.016, 0.017), (12, 10, 10))
        canvas.ellipse((gaze + 0.012 * pose.light, y - 0.013), (0.007, 0.007), (250, 250, 246))
        canvas.line([(x - width, y + 0.008), (x - width * 0.4, y - 0.034), (x + width * 0.4, y - 0.034),
                     (x + width, y + 0.004)], lash, width=0.014)  # fmt: skip
        canvas.line([(x - width * 0.8, y + 0.055), (x, y + 0.068), (x + width * 0.7, y + 0.055)],
                    mix(person.skin, (60, 20, 16), 0.28), width=0.006)  # fmt: skip
    lift = 0.02 * pose.brow
    inner, outer = x - side * width * 1.05, x + side * width * 1.2
    canvas.line([(inner, 0.435 - lift), (x, 0.405 - lift), (outer, 0.44 - lift)],
                mix(person.hair, (20, 12, 10), 0.35), width=0.03)  # fmt: skip


def _nose(canvas: Canvas, person: Person, pose: Pose) -> None:
    x, tip = _feature_x(0.0, pose.turn), _feature_x(0.0, pose.turn) + 0.05 * pose.turn
    shadow, light = mix(person.skin, (60, 22, 18), 0.45), mix(person.skin, (255, 246, 232), 0.5)
    side = -pose.light
    if canvas.unit > 2 * _DETAIL:
        canvas.shade([(x + side * 0.02, 0.48), (x + side * 0.06, 0.66), (tip + side * 0.08, 0.71), (tip, 0.69)],
                     shadow, strength=0.6, blur=0.018)  # fmt: skip
        canvas.soft_ellipse((tip - side * 0.012, 0.62), (0.015, 0.08), light, strength=0.45, blur=0.015)
    for nostril in (-1, 1):
        canvas.ellipse((tip + nostril * 0.034, 0.705), (0.015, 0.008), mix(shadow, (40, 12, 10), 0.5))
    canvas.line([(tip - 0.065, 0.69), (tip - 0.05, 0.713), (tip, 0.722), (tip + 0.05, 0.713), (tip + 0.065, 0.69)],
                shadow, width=0.009)  # fmt: skip


def _mouth(canvas: Canvas, person: Person, pose: Pose) -> None:
    x, y, width = _feature_x(0.0, pose.turn) + 0.02 * pose.turn, 0.815, 0.125
    lip = mix(person.skin, (170, 50, 52), 0.5 if person.hair_length > 0.6 else 0.32)
    gap = 0.005 + 0.055 * pose.mouth
    canvas.blob([(x - width, y), (x - 0.04, y - 0.032), (x, y - 0.022), (x + 0.04, y - 0.032), (x + width, y),
                 (x + 0.06, y + 0.03 + gap), (x, y + 0.045 + gap), (x - 0.06, y + 0.03 + gap)], lip)  # fmt: skip
    inside: Color = (66, 22, 22)
    canvas.blob(
        [(x - width * 0.88, y + 0.002), (x, y - gap * 0.2), (x + width * 0.88, y + 0.002), (x, y + gap)], inside
    )
    if pose.mouth > 0.35:
        canvas.blob(
            [(x - 0.06, y), (x + 0.06, y), (x + 0.05, y + gap * 0.35), (x - 0.05, y + gap * 0.35)], (230, 224, 214)
        )


def _beard(canvas: Canvas, person: Person, pose: Pose, w: float) -> None:
    x = _feature_x(0.0, pose.turn)
    right = [(0.14, 0.755), (0.2, 0.83), (w * 0.93, 0.66), (w * 0.86, 0.83), (w * 0.6, 0.98), (0.12, 1.06)]
    outline = [(0.0, 0.765), *right]
    shape = [(x * 0.5 + a, b) for a, b in outline] + [(x * 0.5 - a, b) for a, b in reversed(right)]
    canvas.blob(shape, mix(person.hair, person.skin, 0.2))


def _hair(canvas: Canvas, person: Person, pose: Pose, w: float) -> None:
    if person.hair_length < 0.05:
        return
    x = -0.03 * pose.turn
    side = pose.light
    top = [
        (-w - 0.03, 0.47),
        (-w - 0.02, 0.2),
        (-0.22, 0.0),
        (0.0, -0.045),
        (0.22, 0.0),
        (w + 0.02, 0.2),
        (w + 0.03, 0.47),
    ]
    fringe = [(w * 0.86, 0.3), (w * 0.5, 0.22), (0.06 * side, 0.17), (-w * 0.5, 0.24), (-w * 0.86, 0.3)]
    canvas.blob([(x + a, b) for a, b in (*top, *fringe)], person.hair)
    if person.hair_length > 0.6:
        fall = 0.75 + 0.7 * person.hair_length
        for s in (-1, 1):
            lock = [(s * w * 0.8, 0.22), (s * (w + 0.05), 0.3), (s * (w + 0.09), 0.8), (s * (w + 0.06), fall),
                    (s * (w - 0.1), fall - 0.06), (s * (w - 0.02), 0.75), (s * w * 0.9, 0.45)]  # fmt: skip
            canvas.blob([(x + a, b) for a, b in lock], person.hair)
    shine = mix(person.hair, (255, 244, 220), 0.45)
    if canvas.unit > 2 * _DETAIL:
        canvas.soft_ellipse((x + 0.15 * side, 0.09), (0.1, 0.04), shine, strength=0.45, blur=0.035)
    if canvas.unit > 120:
        _strands(canvas, person, x, w)


def _strands(canvas: Canvas, person: Person, x: float, w: float) -> None:
    dark, light = mix(person.hair, (0, 0, 0), 0.4), mix(person.hair, (255, 240, 210), 0.18)
    for i in range(26):
        u = i / 25 * 2 - 1
        color = dark if i % 2 else light
        root, tip = (x + u * 0.1, -0.02), (x + u * w * 1.02, 0.2 + 0.04 * (i % 3))
        canvas.line([root, (x + u * w * 0.8, 0.06 + 0.05 * u * u), tip], color, width=0.006)


def _glasses(canvas: Canvas, pose: Pose) -> None:
    frame: Color = (34, 28, 26)
    rims = []
    for side in (-1, 1):
        x = _feature_x(0.165 * side, pose.turn)
        rx = 0.115 * (1 - 0.25 * max(0.0, side * pose.turn))
        angles = [2 * math.pi * i / 16 for i in range(17)]
        canvas.line([(x + rx * math.cos(a), 0.525 + 0.085 * math.sin(a)) for a in angles], frame, width=0.016)
        rims.append(x - side * rx)
    canvas.line([(rims[0], 0.51), ((rims[0] + rims[1]) / 2, 0.5), (rims[1], 0.51)], frame, width=0.016)
