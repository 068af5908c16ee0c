"""Render a script to frames, with the ground truth of every shot."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from shotscale.drawn.effects import Effect, Explosion, Flash
from shotscale.drawn.script import Cut, Fade, Script, Shot, Transition, Wipe, parse_script
from shotscale.drawn.stage import Stage
from shotscale.errors import OptionError

__all__ = ["DrawnEvent", "DrawnShot", "draw_frames", "events_of", "plan_shots"]

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class DrawnShot:
    """What is true of a shot of a drawn film.

    Attributes
    ----------
    start_frame, end_frame : int
        Half-open; a transition is parted in its middle.
    start, end : float
        The same in seconds.
    kind : str
        How the shot begins: ``"start"``, ``"cut"``, ``"dissolve"``, ``"fade"`` or ``"wipe"``.
    transition_start, transition_end : float
        Seconds of the last frame wholly of the shot before and of the first frame wholly of this one.
    scale : str
        Abbreviation of the figure's scale, ``"NA"`` where there is no figure.
    camera : str
        What the camera does.
    shot : Shot
        As in the script.
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


@dataclass(frozen=True, slots=True)
class DrawnEvent:
    """Something in a drawn film that is not a boundary.

    Attributes
    ----------
    kind : str
        ``"flash"``, ``"explosion"``, or a camera move.
    start, end : float
        Seconds of the film.

    Examples
    --------
    >>> shots = plan_shots([Shot(seconds=2, effects=(Flash(at=0.5),))], fps=Fraction(24))
    >>> [(event.kind, event.start) for event in events_of(shots)]
    [('flash', 0.5)]
    """

    kind: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class _Entry:
    """A shot with its frames and those in which it is mixed with the one before."""

    shot: Shot
    transition: Transition
    start: int
    end: int
    mixed_from: int
    mixed_to: int

    def mixes(self, frame: int) -> bool:
        return self.mixed_from <= frame < self.mixed_to


def plan_shots(script: Script, *, fps: Fraction) -> list[DrawnShot]:
    """Say what will be true of each shot of a script, without drawing.

    Parameters
    ----------
    fps : Fraction
        Frames a second.

    Raises
    ------
    OptionError
        If a shot is too short for the transitions at its ends.
    """
    return [
        DrawnShot(
            start_frame=entry.start,
            end_frame=entry.end,
            start=float(entry.start / fps),
            end=float(entry.end / fps),
            kind=type(entry.transition).__name__.lower() if entry.start else "start",
            transition_start=float(max(0, entry.mixed_from - 1) / fps),
            transition_end=float(entry.mixed_to / fps),
            scale=entry.shot.scale.abbreviation if entry.shot.scale is not None else "NA",
            camera=entry.shot.camera.move,
            shot=entry.shot,
        )
        for entry in _plan(script, fps)
    ]


def events_of(shots: Sequence[DrawnShot]) -> list[DrawnEvent]:
    """Return the flashes, explosions and camera moves of a film in order of time."""
    events = []
    for drawn in shots:
        for effect in drawn.shot.effects:
            if isinstance(effect, Flash | Explosion):
                start = drawn.start + effect.at
                length = effect.seconds * (2 if isinstance(effect, Flash) else 1)
                events.append(DrawnEvent(type(effect).__name__.lower(), start, start + length))
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
    """Draw a film frame by frame.

    Parameters
    ----------
    seed : int
        The same seed draws the same film.
    size : (int, int)
        Width and height in pixels.
    effects : sequence of Effect
        Of the whole film, such as grain.

    Yields
    ------
    uint8 array of shape (height, width, 3)
        RGB.
    """
    fps = Fraction(fps)
    entries = _plan(script, fps)

    @lru_cache(maxsize=3)
    def stage(index: int) -> Stage:
        return Stage(entries[index].shot, size=size, seed=seed, index=index)

    def picture(index: int, frame: int) -> Picture:
        entry = entries[index]
        time = float((frame - entry.start) / fps)
        image = stage(index).picture(time)
        for number, effect in enumerate(entry.shot.effects):
            image = effect.apply(image, time=time, rng=np.random.default_rng([seed, 5, index, frame, number]))
        return image

    for index, entry in enumerate(entries):
        for frame in range(entry.start, entry.end):
            mixing = [i for i in (index, index + 1) if i < len(entries) and entries[i].mixes(frame)]
            image = _mixed(entries[mixing[0]], frame, mixing[0], picture) if mixing else picture(index, frame)
            for number, effect in enumerate(effects):
                rng = np.random.default_rng([seed, 6, frame, number])
                image = effect.apply(image, time=float(frame / fps), rng=rng)
            yield image


def _plan(script: Script, fps: Fraction) -> list[_Entry]:
    entries: list[_Entry] = []
    begin = Fraction(0)
    for transition, shot in parse_script(script):
        finish = begin + Fraction(shot.seconds).limit_denominator(10_000)
        start, end = round(begin * fps), round(finish * fps)
        n_mixed = 0 if isinstance(transition, Cut) else max(1, round(transition.seconds * fps))
        mixed_from = start - n_mixed // 2
        entry = _Entry(shot, transition, start, end, mixed_from, mixed_from + n_mixed)
        earliest = entries[-1].mixed_to if entries else 0
        if end <= start or entry.mixed_from < earliest or entry.mixed_to > end:
            raise OptionError(f"a shot of {shot.seconds} s: too short for the transitions at its ends; make it longer")
        entries.append(entry)
        begin = finish
    return entries


def _mixed(entry: _Entry, frame: int, index: int, picture: Callable[[int, int], Picture]) -> Picture:
    """Return a frame of the transition by which shot `index` begins."""
    transition = entry.transition
    share = (frame - entry.mixed_from + 1) / (entry.mixed_to - entry.mixed_from + 1)
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
    """Put `after` where the edge, a little soft, has passed."""
    shape = (-1, 1, 1) if direction == "down" else (1, -1, 1)
    length = before.shape[0 if direction == "down" else 1]
    place = (np.arange(length) + 0.5) / length
    place = 1 - place if direction == "left" else place
    passed = np.clip((share - place) * length / 6 + 0.5, 0, 1).astype(np.float32).reshape(shape)
    return np.asarray(before * (1 - passed) + after * passed, np.uint8)
