"""Pictures of drawn shots: they stay the same, since the demo film and the tests' films are made of them."""

import numpy as np
import pytest

from shotscale.drawn import Camera, Shot
from shotscale.drawn.canvas import smooth
from shotscale.drawn.stage import Stage
from shotscale.scales import SCALES

# Every scale, setting and move once; lightness of 6 x 8 tiles of 24 x 32 pixels, row by row.
PICTURES = {
    ("ECU", "room", "still"): (
        "6e6e70707070665a5b4e547070706c4e605b817070706e526271707070706e8063707070707075986370707070709498"
    ),
    ("CU", "street", "pan"): (
        "574c8188765e5e5b6258756e7366606063527a70765f5e555b5a886b8567665f6264865d8b63625a5f4947b644556a5e"
    ),
    ("MCU", "night", "tilt"): (
        "16462d451e11121e2a3051674e1d384d3d344b5056224f3d4971695574226323251e3d8848231a211f2d35793a381620"
    ),
    ("MS", "beach", "zoom in"): (
        "c8cecdaba0a6a6a6bfbfc29ea6b4b4b3bfbec0a1b0bfbdbfa7a7876e5d9baba97b795a635a6d7e7dc0c16d576c96cec6"
    ),
    ("MLS", "room", "zoom out"): (
        "a2c4c28774688a9faad9d77d6a5c8a9caaaed15e76909c9d9892a15d7b858d8b939092677c6861607d7c7e422c6d6c6d"
    ),
    ("LS", "street", "shake"): (
        "a291597b8184a1777663566c6f7a97336062594940748833645f5c5d45809c3273706d6e4e6d80615d5b5b5a54585a5c"
    ),
    ("ELS", "night", "whip"): (
        "0f110f1112120f0e1f20331916161616272730201c1f3d62202d38211d19272d161b1a1a1d171a1a1615141817131617"
    ),
}


@pytest.mark.parametrize(("index", "told"), list(enumerate(PICTURES)), ids=[told[0] for told in PICTURES])
def test_a_picture_stays_the_same(index: int, told: tuple[str, str, str]) -> None:
    scale, setting, move = told
    shot = Shot(
        seconds=2,
        scale=next(known for known in SCALES if known.abbreviation == scale),
        setting=setting,
        look=index,
        person=index,
        angle=0.3 + 0.1 * index % 0.4,
        across=0.4 + 0.03 * index,
        turn=(index - 3) / 3,
        camera=Camera(move),  # type: ignore[arg-type]
    )
    picture = Stage(shot, size=(256, 144), seed=5, index=index).picture(1.3)
    luma = picture @ np.array([0.299, 0.587, 0.114])
    tiles = luma.reshape(6, 24, 8, 32).mean((1, 3)).ravel()
    # Levels; another version of Pillow may draw an edge slightly differently.
    np.testing.assert_allclose(tiles, list(bytes.fromhex(PICTURES[told])), atol=1.0)


def test_a_smooth_curve_through_a_square() -> None:
    """Catmull-Rom: through every corner, and halfway between two of them an eighth of a side outside."""
    curve = smooth([(0, 0), (8, 0), (8, 8), (0, 8)])
    assert curve[::10] == [(0, 0), (8, 0), (8, 8), (0, 8)]
    assert curve[5] == (4, -1)
    np.testing.assert_allclose(curve[1], (0.512, -0.36))
