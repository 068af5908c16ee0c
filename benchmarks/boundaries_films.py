"""Test shot detection on drawn films of known truth, one for each thing known to fool detectors.

    python benchmarks/boundaries_films.py [DETECTOR ...]

A drawn film shows whether the detector works as intended; it says nothing about accuracy on real films.
"""

import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from worn_prints import Explosion, Flicker, Letterbox, Scratches

from shotscale.boundaries import detect_shots
from shotscale.drawn import (
    BlackAndWhite,
    Camera,
    Dissolve,
    Fade,
    Flash,
    Grain,
    Script,
    Shot,
    Wipe,
    draw_frames,
    plan_shots,
)
from shotscale.drawn.effects import Effect
from shotscale.drawn.filming import DrawnShot
from shotscale.scales import ShotScale

SIZE = (192, 108)
OLD_PRINT: tuple[Effect, ...] = (BlackAndWhite(), Grain(9.0), Flicker(), Scratches())

STREET = Shot(seconds=3, setting="street", scale=ShotScale.LONG_SHOT)
ROOM = Shot(seconds=3, setting="room", scale=ShotScale.MEDIUM_SHOT, person=1)
FACE = Shot(seconds=3, setting="room", scale=ShotScale.CLOSE_UP, person=2, look=1)
BEACH = Shot(seconds=4, setting="beach", scale=ShotScale.EXTREME_LONG_SHOT)
TITLE = Shot(seconds=3, scale=None, setting="title", title="The End")


@dataclass(frozen=True, slots=True)
class Case:
    """A film to draw.

    Attributes
    ----------
    script : Script
    effects : tuple of Effect
        Over the whole film.
    fps : Fraction or int
    kept : float
        Share of the frames that are shown; below 1 the frame rate varies.
    """

    script: Script
    effects: tuple[Effect, ...] = ()
    fps: Fraction | int = 24
    kept: float = 1.0


def _with(shot: Shot, *effects: Effect, move: str = "still", amount: float = 1.0, seconds: float = 4.0) -> Shot:
    return Shot(
        seconds=seconds,
        setting=shot.setting,
        scale=shot.scale,
        person=shot.person,
        look=shot.look,
        camera=Camera(move, amount),  # type: ignore[arg-type]
        effects=effects,
    )


CUTS: Script = [STREET, ROOM, FACE, BEACH]
CASES: dict[str, Case] = {
    "cuts": Case(CUTS),
    "cuts, 25 frames per second": Case(CUTS, fps=25),
    "cuts, 30000/1001 frames per second": Case(CUTS, fps=Fraction(30000, 1001)),
    "cuts, 60 frames per second": Case(CUTS, fps=60),
    "cuts, variable rate": Case(CUTS, fps=30, kept=0.7),
    "dissolve 0.5 s": Case([STREET, Dissolve(0.5), ROOM]),
    "dissolve 1 s": Case([ROOM, Dissolve(1.0), BEACH]),
    "dissolve 2 s": Case([BEACH, Dissolve(2.0), STREET]),
    "dissolve 3 s": Case([BEACH, Dissolve(3.0), FACE, Dissolve(3.0), BEACH]),
    "dissolve 2 s, 60 frames per second": Case([BEACH, Dissolve(2.0), STREET], fps=60),
    "fade through black": Case([ROOM, Fade(1.5), STREET, Fade(2.5, black=0.8), BEACH]),
    "fade, two seconds of black": Case([ROOM, Fade(4.0, black=2.0), STREET]),
    "wipes": Case([ROOM, Wipe(0.8), STREET, Wipe(0.8, direction="down"), BEACH]),
    "flashes": Case([_with(ROOM, Flash(1.0), Flash(1.4, 0.12), Flash(2.5, 0.04, 1.0)), STREET]),
    "explosion": Case([_with(BEACH, Explosion(1.5)), ROOM]),
    "pan": Case([_with(STREET, move="pan"), ROOM]),
    "tilt": Case([_with(BEACH, move="tilt"), ROOM]),
    "whip": Case([_with(STREET, move="whip"), ROOM, _with(BEACH, move="whip")]),
    "shaking camera": Case([_with(STREET, move="shake", amount=2.0), FACE]),
    "zooms": Case([_with(BEACH, move="zoom in", amount=2.0), _with(ROOM, move="zoom out", amount=2.0)]),
    "grain": Case(CUTS, (Grain(14.0),)),
    "flicker": Case(CUTS, (Flicker(0.1),)),
    "old print": Case(CUTS, OLD_PRINT),
    "old print, dissolve": Case([STREET, Dissolve(1.5), ROOM], OLD_PRINT),
    "black and white": Case(CUTS, (BlackAndWhite(),)),
    "letterbox": Case(CUTS, (Letterbox(),)),
    "letterbox change": Case([_with(STREET, Letterbox()), ROOM, _with(BEACH, Letterbox())]),
    "jump cut": Case(
        [
            Shot(seconds=3, setting="room", scale=ShotScale.MEDIUM_SHOT, angle=0.45, turn=-0.5),
            Shot(seconds=3, setting="room", scale=ShotScale.MEDIUM_CLOSE_UP, angle=0.5, turn=0.6),
        ]
    ),
    "jump cut, the camera not moved": Case(
        [
            Shot(seconds=3, setting="room", scale=ShotScale.MEDIUM_SHOT, across=0.35, turn=-0.5),
            Shot(seconds=3, setting="room", scale=ShotScale.MEDIUM_SHOT, across=0.65, turn=0.6),
        ]
    ),
    "cuts within two seconds": Case(
        [STREET, *(_with(shot, seconds=s) for shot, s in ((ROOM, 1.0), (FACE, 0.5), (BEACH, 0.7), (ROOM, 1.6)))]
    ),
    "stills": Case([Shot(seconds=4, setting="beach", scale=None, frozen=True), ROOM]),
    "title": Case([TITLE, STREET, Fade(1.0), TITLE]),
    "one shot": Case([_with(STREET, seconds=6)]),
}


def draw(name: str) -> tuple[list[DrawnShot], npt.NDArray[np.float64], Iterator[npt.NDArray[np.uint8]]]:
    """Return the true shots of a case, the times of the frames that are shown, and these frames."""
    case = CASES[name]
    seed = zlib.crc32(name.encode())
    shots = plan_shots(case.script, fps=Fraction(case.fps))
    shown = np.random.default_rng(seed).random(shots[-1].end_frame) < case.kept
    shown[0] = True
    times = np.flatnonzero(shown) / float(case.fps)
    frames = draw_frames(case.script, seed=seed, size=SIZE, fps=case.fps, effects=case.effects)
    return shots, times, (frame for frame, keep in zip(frames, shown, strict=True) if keep)


def compare(name: str, detector: str = "default") -> tuple[list[str], list[str], list[str]]:
    """Return a case's true shot boundaries, the missed ones and the false ones.

    A cut must be found at the exact frame; a gradual transition by one that overlaps it.
    """
    shots, times, frames = draw(name)
    found = detect_shots(frames, times, detector=detector).iloc[1:]
    left = list(found.itertuples(index=False))
    truth, missed = [], []
    for shot in shots[1:]:
        label = f"{shot.kind} {shot.transition_start:.2f}-{shot.transition_end:.2f}"
        truth.append(label)
        shown = times[np.searchsorted(times, shot.start - 1e-9)]
        if shot.kind == "cut":
            near = [row for row in left if row.kind == "cut" and abs(row.start - shown) < 1e-6]
        else:
            near = [
                row
                for row in left
                if row.transition_start < shot.transition_end and row.transition_end > shot.transition_start
            ]
        if near:
            left.remove(near[0])
        else:
            missed.append(label)
    false = [f"{row.kind} {row.transition_start:.2f}-{row.transition_end:.2f} ({row.confidence:.2f})" for row in left]
    return truth, missed, false


def main() -> None:
    for detector in sys.argv[1:] or ["default"]:
        print(f"| {detector} | true | missed | false |\n| --- | ---: | --- | --- |")
        for name in CASES:
            truth, missed, false = compare(name, detector)
            print(f"| {name} | {len(truth)} | {', '.join(missed) or '-'} | {', '.join(false) or '-'} |", flush=True)


if __name__ == "__main__":
    main()
