"""Titles at either end of a film: found if they are text or black, and nothing else is mistaken for them."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from shotscale.analysis import analyze
from shotscale.credits import SHORTEST, Signs, TitleScout, find_titles, sure_titles
from shotscale.part import PartOptions
from shotscale.tables import make_shots

SIZE = (320, 180)
FONT = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", 12)


def card(ink: str, ground: str, seed: int = 0) -> np.ndarray:
    """Draw six lines of names."""
    picture = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(picture)
    for row in range(6):
        draw.text((60, 25 + 22 * row), f"{'Photography by Anna Karlsson'[3 * (seed % 5) :]} {row}", fill=ink, font=FONT)
    return np.asarray(picture)


def scene(seed: int) -> np.ndarray:
    """Draw soft shapes of many colors, unlike any lettering."""
    coarse = np.random.default_rng(seed).integers(20, 230, (6, 10, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(coarse).resize(SIZE, Image.Resampling.BICUBIC))


def seen(pictures: list[np.ndarray]) -> Signs:
    scout = TitleScout()
    for second, picture in enumerate(pictures):
        scout.push(float(second), picture)
    return scout.finish()


def found(pictures: list[np.ndarray], starts: list[float]) -> tuple[float, float]:
    return find_titles(seen(pictures), make_shots(starts, float(len(pictures))))


def sure(pictures: list[np.ndarray]) -> tuple[float, float]:
    return sure_titles(seen(pictures), make_shots([0.0], float(len(pictures))))


def written_on(picture: np.ndarray, seed: int) -> np.ndarray:
    """Write a card's names over a picture."""
    names = card("white", "black", seed)
    return np.where(names > 128, names, picture).astype(np.uint8)


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


CARDS = [card("white", "black", second // 4) for second in range(20)]
BLACK = [np.zeros((180, 320, 3), np.uint8)] * 20


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ([], CARDS, (0.0, 60.0)),
        (CARDS, [], (20.0, 80.0)),
        (BLACK[:3] + CARDS, CARDS + BLACK[:5], (23.0, 83.0)),
        ([], BLACK, (0.0, 80.0)),  # black alone may be part of the film
        ([], CARDS[:14], (0.0, 74.0)),  # too little text
        ([], CARDS[:1] * 30, (0.0, 90.0)),  # a single card may be a sign, or a wall in the dark
        ([], CARDS + SCENES[:3] + CARDS, (0.0, 83.0)),  # only the cards after the pictures are sure
        ([], [written_on(SCENES[0], second // 4) for second in range(24)], (0.0, 84.0)),  # over a picture
    ],
)
def test_text_on_a_plain_ground_is_sure(
    before: list[np.ndarray], after: list[np.ndarray], wanted: tuple[float, float]
) -> None:
    assert sure([*before, *SCENES, *after]) == wanted


def snow(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    for x, y in rng.random((300, 2)):
        draw.ellipse((320 * x, 180 * y, 320 * x + 1.5, 180 * y + 1.5), fill="white")


def fireworks(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    for x, y in rng.random((3, 2)):
        for turn in np.linspace(0, 2 * np.pi, 40):
            along = 45 * np.array([np.cos(turn), np.sin(turn)])
            draw.line([tuple(share * along + (320 * x, 180 * y)) for share in (0.6, 1)], fill="white")


def trees(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    for x, height in rng.random((40, 2)):
        draw.line((320 * x, 0, 320 * x + 2, 110 + 70 * height), fill="white", width=2)


def stick_figures(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    for middle in (80, 160, 240):
        x, arm = middle + rng.integers(-20, 20), rng.integers(-15, 15)
        draw.ellipse((x - 15, 36, x + 15, 66), outline="white")
        draw.line((x - 22, 85 + arm, x, 75, x, 110, x - 15, 145), fill="white")
        draw.line((x + 22, 85 - arm, x, 75, x, 110, x + 15, 145), fill="white")


def columns(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    for x in range(60, 280, 40):
        for y in range(20, 20 + 13 * int(rng.integers(4, 11)), 13):
            draw.line((x, y + 5, x + 10, y + 5), fill="white", width=2)
            for stroke in 9 * rng.random((3, 2, 2)):
                draw.line([(x + a, y + b) for a, b in stroke], fill="white", width=2)


@pytest.mark.parametrize(
    ("drawn", "wanted"), [(snow, 0.0), (fireworks, 0.0), (trees, 0.0), (stick_figures, 0.0), (columns, 24.0)]
)
def test_only_lines_and_columns_of_text_are_sure(drawn: Callable[..., None], wanted: float) -> None:
    pictures = []
    for second in range(24):
        picture = Image.new("RGB", SIZE, "black")
        drawn(ImageDraw.Draw(picture), np.random.default_rng(second // 4 if drawn is columns else second))
        pictures.append(np.asarray(picture))
    signs = seen(pictures)
    assert signs.text.all()
    assert sure([*pictures, *SCENES])[0] == wanted


def test_signs_between_two_times() -> None:
    signs = seen([*SCENES[:4], *CARDS[:2]]).between(2.0, 5.0)
    assert signs.times.tolist() == [2.0, 3.0, 4.0]
    assert signs.text.tolist() == [False, False, True]


def test_an_analysis_leaves_them_out_and_says_so(encode_film: Callable[..., Path], tmp_path: Path) -> None:
    pictures = [picture for picture in [*SCENES[:36], *CARDS] for _ in range(4)]
    film = encode_film(tmp_path / "film.mkv", pictures, pts=list(range(len(pictures))), time_base=Fraction(1, 4))
    found = analyze(film)
    assert found.part is not None
    assert (found.part.begin, found.part.chosen) == (0.0, "found")
    assert found.part.end == pytest.approx(36.0, abs=1.0)
    assert found.whole.extent.end == pytest.approx(56.0, abs=0.5)
    assert found.shots["end"].iloc[-1] == found.part.end
    assert found.to_document()["shots"]["n_shots"] == len(found.shots) < len(found.whole.shots)
    assert found.limits[0].startswith("Left out as titles at the end (0:3")
    whole = analyze(film, part=PartOptions(whole=True))
    assert whole.part is not None
    assert (whole.part.end, whole.part.chosen) == (whole.shots["end"].iloc[-1], "whole")
    assert any(limit.startswith("Titles seem to stand from 0:3") for limit in whole.limits)
