"""Appearance and poses of drawn persons."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from shotscale.drawn.canvas import Color

__all__ = ["Garment", "Person", "Pose", "random_person"]

Garment = Literal["jacket", "pullover", "dress"]

_SKINS: tuple[Color, ...] = ((236, 196, 170), (222, 174, 142), (196, 142, 106), (150, 100, 70), (104, 68, 48))
_HAIRS: tuple[Color, ...] = ((38, 28, 24), (70, 44, 28), (120, 78, 40), (190, 150, 90), (150, 148, 146), (96, 38, 22))
_EYES: tuple[Color, ...] = ((84, 56, 34), (70, 96, 120), (86, 104, 72), (52, 36, 28))
_CLOTHES: tuple[Color, ...] = (
    (44, 52, 74), (92, 34, 38), (58, 74, 54), (140, 116, 84), (64, 60, 66), (168, 158, 140), (40, 78, 96), (146, 84, 44)
)  # fmt: skip
_TROUSERS: tuple[Color, ...] = ((38, 40, 50), (70, 62, 54), (48, 58, 84), (30, 28, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The looks of a drawn person.

    Attributes
    ----------
    skin, hair, eyes, clothes, shirt, trousers, shoes : Color
    hair_length : float
        0 bald, 0.3 short, 1 to the shoulders.
    beard, glasses : bool
    garment : Garment
    build : float
        Width of the body, 1 on average.
    face_width : float
        Width of the head over its height, about 0.72.
    """

    skin: Color
    hair: Color
    eyes: Color
    clothes: Color
    shirt: Color
    trousers: Color
    shoes: Color
    hair_length: float
    beard: bool
    glasses: bool
    garment: Garment
    build: float
    face_width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How a person stands at a moment.

    Attributes
    ----------
    turn : float
        Of the head: -1 to 1, to the left or right as seen; 0 faces the camera.
    mouth : float
        0 closed to 1 open.
    blink : bool
    brow : float
        -1 lowered to 1 raised.
    gesture : float
        0 arms down to 1 a hand raised.
    stride : float
        -1 to 1, of walking; 0 stands.
    light : int
        1 if the light comes from the right, -1 if from the left.
    """

    turn: float = 0.0
    mouth: float = 0.0
    blink: bool = False
    brow: float = 0.0
    gesture: float = 0.0
    stride: float = 0.0
    light: int = 1


def random_person(rng: np.random.Generator) -> Person:
    """Make up a person."""
    garment: Garment = ("jacket", "pullover", "dress")[int(rng.integers(3))]
    long_hair = garment == "dress" or rng.random() < 0.3
    grey = bool(rng.random() < 0.2)
    return Person(
        skin=_pick(_SKINS, rng),
        hair=_HAIRS[4] if grey else _pick(_HAIRS, rng),
        eyes=_pick(_EYES, rng),
        clothes=_pick(_CLOTHES, rng),
        shirt=((232, 228, 218), (178, 192, 208))[int(rng.integers(2))],
        trousers=_pick(_TROUSERS, rng),
        shoes=((30, 24, 22), (70, 44, 30))[int(rng.integers(2))],
        hair_length=float(rng.uniform(0.8, 1.0) if long_hair else rng.uniform(0.2, 0.45)),
        beard=not long_hair and bool(rng.random() < 0.35),
        glasses=bool(rng.random() < 0.25),
        garment=garment,
        build=float(rng.uniform(0.88, 0.98) if long_hair else rng.uniform(0.97, 1.12)),
        face_width=float(rng.uniform(0.68, 0.76)),
    )


def _pick(colors: tuple[Color, ...], rng: np.random.Generator) -> Color:
    return colors[int(rng.integers(len(colors)))]
