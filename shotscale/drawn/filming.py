"""Render a script to frames, with the ground truth of every shot."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from shotscale.drawn.effects import Effect, Flash, Picture
from shotscale.drawn.script import Cut, Fade, Script, Shot, Transition, Wipe, parse_script
from shotscale.drawn.stage import Stage
from shotscale.errors import OptionError


@dataclass(frozen=True, slots=True)
class DrawnShot:
    """Ground truth of a shot of a drawn film.

    Attributes
    ----------
    start_frame, end_frame : int
        Half-open; a transition is split in the middle. `start` and `end` are the same in seconds.
    kind : str
        How the shot begins: ``"start"``, ``"cut"``, ``"dissolve"``, ``"fade"`` or ``"wipe"``.
    transition_start, transition_end : float
        Times in seconds of the last frame entirely in the previous shot and the first frame entirely in this one.
    scale : str
        Abbreviation of the shot scale, ``"NA"`` if there is no figure.
    transition : Transition
        As in the script; the frames in `mixed` show both shots, or the black between them.
    """

    start_frame: int
    end_frame: int
    start: float
    end: float
    kind: str
    transition_start: float
    transition_end: float
    scale: str
    camera: str
    shot: Shot
    transition: Transition
    mixed: range


@dataclass(frozen=True, slots=True)
class DrawnEvent:
    """An event that is not a shot boundary: ``"flash"`` or a camera move; times in seconds.

    Examples
    --------
    >>> shots = plan_shots([Shot(seconds=2, effects=(Flash(at=0.5),))], fps=Fraction(24))
    >>> [(event.kind, event.start) for event in events_of(shots)]
    [('flash', 0.5)]
    """

    kind: str
    start: float
    end: float


def plan_shots(script: Script, *, fps: Fraction) -> list[DrawnShot]:
    """Return the ground truth of each shot of a script, without drawing.

    Raises
    ------
    OptionError
        If a shot is too short for the transitions at its ends.
    """
    shots: list[DrawnShot] = []
    begin = Fraction(0)
    for transition, shot in parse_script(script):
        finish = begin + Fraction(shot.seconds).limit_denominator(10_000)
        start, end = round(begin * fps), round(finish * fps)
        n_mixed = 0 if isinstance(transition, Cut) else max(1, round(transition.seconds * fps))
        mixed = range(start - n_mixed // 2, start - n_mixed // 2 + n_mixed)
        earliest = shots[-1].mixed.stop if shots else 0
        if end <= start or mixed.start < earliest or mixed.stop > end:
            raise OptionError(f"a shot of {shot.seconds} s: too short for the transitions at its ends; make it longer")
        shots.append(
            DrawnShot(
                start_frame=start,
                end_frame=end,
                start=float(start / fps),
                end=float(end / fps),
                kind=type(transition).__name__.lower() if start else "start",
                transition_start=float(max(0, mixed.start - 1) / fps),
                transition_end=float(mixed.stop / fps),
                scale=shot.scale.abbreviation if shot.scale is not None else "NA",
                camera=shot.camera.move,
                shot=shot,
                transition=transition,
                mixed=mixed,
            )
        )
        begin = finish
    return shots


def events_of(shots: Sequence[DrawnShot]) -> list[DrawnEvent]:
    """Return the flashes and camera moves of a film, ordered by time."""
    events = []
    for drawn in shots:
        for effect in drawn.shot.effects:
            if isinstance(effect, Flash):
                start = drawn.start + effect.at
                events.append(DrawnEvent("flash", start, start + 2 * effect.seconds))
        if drawn.camera != "still":
            events.append(DrawnEvent(drawn.camera, drawn.start, drawn.end))
    return sorted(events, key=lambda event: event.start)


def draw_frames(
    script: Script,
    *,
    seed: int,
    size: tuple[int, int] = (640, 360),
    fps: Fraction | int = 24,
    effects: Sequence[Effect] = (),
) -> Iterator[Picture]:
    """Draw a film frame by frame, as RGB uint8 (height, width, 3); the same seed draws the same film.

    `size` is width and height in pixels; `effects` apply to the whole film, such as grain.
    """
    fps = Fraction(fps)
    shots = plan_shots(script, fps=fps)

    @lru_cache(maxsize=3)
    def stage(index: int) -> Stage:
        return Stage(shots[index].shot, size=size, seed=seed, index=index)

    def picture(index: int, frame: int) -> Picture:
        time = float((frame - shots[index].start_frame) / fps)
        image = stage(index).picture(time)
        for number, effect in enumerate(shots[index].shot.effects):
            image = effect.apply(image, time=time, rng=np.random.default_rng([seed, 5, index, frame, number]))
        return image

    for index, drawn in enumerate(shots):
        for frame in range(drawn.start_frame, drawn.end_frame):
            mixing = [i for i in (index, index + 1) if i < len(shots) and frame in shots[i].mixed]
            image = _mixed(shots[mixing[0]], frame, mixing[0], picture) if mixing else picture(index, frame)
            for number, effect in enumerate(effects):
                rng = np.random.default_rng([seed, 6, frame, number])
                image = effect.apply(image, time=float(frame / fps), rng=rng)
            yield image


def _mixed(drawn: DrawnShot, frame: int, index: int, picture: Callable[[int, int], Picture]) -> Picture:
    """Return a frame of the transition into shot `index`."""
    transition = drawn.transition
    share = (frame - drawn.mixed.start + 1) / (len(drawn.mixed) + 1)
    if isinstance(transition, Fade):
        black = min(0.9, transition.black / transition.seconds)
        gain = max(0.0, (abs(2 * share - 1) - black) / (1 - black))
        shown = picture(index - 1 if share < 0.5 else index, frame)
        return (shown * np.float32(gain)).astype(np.uint8)
    before, after = picture(index - 1, frame), picture(index, frame)
    if isinstance(transition, Wipe):
        return _wiped(before, after, share, transition.direction)
    return (before * np.float32(1 - share) + after * np.float32(share)).astype(np.uint8)


def _wiped(before: Picture, after: Picture, share: float, direction: str) -> Picture:
    """Show `after` where the slightly soft edge has passed."""
    shape = (-1, 1, 1) if direction == "down" else (1, -1, 1)
    length = before.shape[0 if direction == "down" else 1]
    place = (np.arange(length) + 0.5) / length
    place = 1 - place if direction == "left" else place
    passed = np.clip((share - place) * length / 6 + 0.5, 0, 1).astype(np.float32).reshape(shape)
    return np.asarray(before * (1 - passed) + after * passed, np.uint8)
