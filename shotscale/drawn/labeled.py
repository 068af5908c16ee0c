"""Drawn frames with their scales in CineScale's format, for trying out training and evaluation.

Conventions
-----------
``annotations/`` holds one ``{year}_{director}_-_{title}.csv`` per film, with one row per second; ``second_coder/`` the
same films as another person might have coded them; ``frames/`` one folder per film, named like its annotation file,
with one image per second, such as ``frame_00042.png`` for second 42. A note `DRAWN` in each folder says what they are.
"""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from shotscale.annotations import write_annotation
from shotscale.drawn.backdrops import SETTINGS
from shotscale.drawn.filming import draw_frames, plan_shots
from shotscale.drawn.script import Shot
from shotscale.errors import OptionError
from shotscale.files import atomic_write, make_empty_folder, make_folder
from shotscale.numerals import counted
from shotscale.scales import SCALE_NAMES, SCALES

__all__ = ["DRAWN", "draw_labeled_films"]

DRAWN = "DRAWN.md"
"""Name of the file that marks a folder as drawn."""
_FEWEST = 3  # films, for three folds
_SHOT = (2, 6)  # seconds, as in contemporary films; all seven scales occur within half a minute
_SLIP = 0.2  # share of shots that a second coder assigns to an adjacent scale; made up
_NOTE = """# Drawn

**No file here comes from a film.** `shotscale draw-frames` drew the figures (seed {seed}) and wrote their scales in the
form in which CineScale is published. What a network does on them says nothing about films. `second_coder/` takes every
{every}th shot or so for the scale next to it, at random. Do not mix these files with real ones.
"""


def draw_labeled_films(
    folder: str | os.PathLike[str],
    *,
    seed: int = 0,
    n_films: int = 6,
    seconds: int = 40,
    size: tuple[int, int] = (224, 126),
) -> Path:
    """Draw a small folder in CineScale's format: frames, annotations, and those of a second coder.

    Parameters
    ----------
    folder : path
        Created if absent; must be empty. It is also the return value.
    n_films : int
        At least three, which three folds of films need.
    seconds : int
        Length of each film, at one frame per second.
    size : (int, int)
        Width and height of a frame in pixels, even.

    Raises
    ------
    OptionError, OutputError
        If there are too few films or seconds, or the folder is not empty or cannot be written to.

    Examples
    --------
    >>> root = draw_labeled_films("drawn", n_films=3, seconds=8, size=(64, 36))
    >>> sorted(path.name for path in root.iterdir())
    ['annotations', 'frames', 'second_coder']
    >>> len(list(root.glob("frames/2001_Drawn_-_Film_1/frame_*.png")))
    8
    """
    if n_films < _FEWEST or seconds < _SHOT[1]:
        raise OptionError(
            f"{counted(n_films, 'film')} of {seconds} s: at least {_FEWEST} films of {_SHOT[1]} s; draw more"
        )
    root = make_empty_folder(folder)
    random = np.random.default_rng([seed, 17])
    places = [_place(root / name, seed) for name in ("annotations", "second_coder", "frames")]
    for number in range(1, n_films + 1):
        _draw(f"{2000 + number}_Drawn_-_Film_{number}", places, seconds=seconds, size=size, random=random)
    return root


def _draw(name: str, places: list[Path], *, seconds: int, size: tuple[int, int], random: np.random.Generator) -> None:
    """Draw one film's frames and write two coders' annotations of them."""
    annotations, second, frames = places
    script = _script(seconds, random)
    shots = plan_shots(script, fps=Fraction(1))
    seen = [shot.scale for shot in shots for _ in range(shot.start_frame, shot.end_frame)]
    other = [scale for shot in shots for scale in [_slipped(shot.scale, random)] * (shot.end_frame - shot.start_frame)]
    for folder, scales in ((annotations, seen), (second, other)):
        write_annotation(pd.DataFrame({"time": range(len(scales)), "scale": scales}), folder / f"{name}.csv")
    make_folder(frames / name)
    for second_, frame in enumerate(draw_frames(script, seed=int(random.integers(2**31)), size=size, fps=1)):
        Image.fromarray(frame).save(frames / name / f"frame_{second_:05}.png")


def _script(seconds: int, random: np.random.Generator) -> list[Shot]:
    """Return shots joined by cuts, each run of seven showing all scales in random order, in random places."""
    script: list[Shot] = []
    left = seconds
    while left > 0:
        for place in random.permutation(len(SCALES)).tolist():
            if left <= 0:
                break
            length = min(int(random.integers(*_SHOT, endpoint=True)), left)
            length = left if left - length < _SHOT[0] else length
            shot = Shot(
                seconds=length,
                scale=SCALES[place],
                setting=str(random.choice(list(SETTINGS))),
                look=int(random.integers(1000)),
                person=int(random.integers(1000)),
                angle=float(random.uniform()),
            )
            script.append(shot)
            left -= length
    return script


def _slipped(scale: str, random: np.random.Generator) -> str:
    """Occasionally replace a scale by an adjacent one."""
    place = SCALE_NAMES.index(scale)
    if random.uniform() < _SLIP:
        place = int(np.clip(place + random.choice([-1, 1]), 0, len(SCALE_NAMES) - 1))
    return SCALE_NAMES[place]


def _place(folder: Path, seed: int) -> Path:
    make_folder(folder)
    with atomic_write(folder / DRAWN) as stream:
        stream.write(_NOTE.format(seed=seed, every=round(1 / _SLIP)))
    return folder
