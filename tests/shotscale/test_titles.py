"""Titles at a film's two ends: found where they are text or black, and nothing else is taken for them."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from shotscale.tables import make_shots
from shotscale.titles import SHORTEST, Signs, TitleScout, find_titles

SIZE = (320, 180)
FONT = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", 12)


def card(ink: str, ground: str, seed: int = 0) -> np.ndarray:
    """Draw six lines of names."""
    picture = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(picture)
    for row in range(6):
        draw.text((60, 25 + 22 * row), f"Photography {seed} Anna Karlsson {row}", fill=ink, font=FONT)
    return np.asarray(picture)


def scene(seed: int) -> np.ndarray:
    """Draw soft shapes of many colors, as no lettering looks."""
    coarse = np.random.default_rng(seed).integers(20, 230, (6, 10, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(coarse).resize(SIZE, Image.Resampling.BICUBIC))


def found(pictures: list[np.ndarray], starts: list[float]) -> tuple[float, float]:
    scout = TitleScout()
    for second, picture in enumerate(pictures):
        scout.push(float(second), picture)
    return find_titles(scout.finish(), make_shots(starts, float(len(pictures))))


SCENES = [scene(second) for second in range(60)]


@pytest.mark.parametrize(("ink", "ground"), [("white", "black"), ("black", "white"), ("yellow", "navy")])
def test_cards_at_either_end_are_left_out(ink: str, ground: str) -> None:
    cards = [card(ink, ground, second // 4) for second in range(16)]
    assert found([*SCENES, *cards], [0.0, 20.0, 60.2]) == (0.0, 60.2)
    assert found([*cards, *SCENES], [0.0, 15.8, 40.0]) == (15.8, 76.0)


def test_black_at_the_end_is_left_out() -> None:
    black = [np.zeros((180, 320, 3), np.uint8)] * 20
    assert found([*SCENES, *black], [0.0, 30.0, 60.0]) == (0.0, 60.0)


def test_a_film_without_titles_stays_whole() -> None:
    assert found(SCENES, [0.0, 20.0]) == (0.0, 60.0)


def test_a_short_title_stays_in() -> None:
    cards = [card("white", "black")] * int(SHORTEST - 2)
    assert found([*SCENES, *cards], [0.0, 60.0]) == (0.0, 60.0 + len(cards))


def test_a_film_of_text_is_a_film() -> None:
    cards = [card("white", "black", second // 4) for second in range(80)]
    assert found([*SCENES[:20], *cards], [0.0, 20.0]) == (0.0, 100.0)


def test_a_short_interruption_does_not_end_the_titles() -> None:
    cards = [card("white", "black", second // 4) for second in range(20)]
    pictures = [*SCENES, *cards, scene(99), scene(98), *cards]
    assert found(pictures, [0.0, 60.0, 80.0, 82.0])[1] == 60.0


def test_no_pictures_no_titles() -> None:
    nothing = np.zeros(0, np.bool_)
    signs = Signs(np.zeros(0), nothing, nothing, nothing, nothing)
    assert find_titles(signs, pd.DataFrame({"start": [0.0], "end": [5.0]})) == (0.0, 5.0)
