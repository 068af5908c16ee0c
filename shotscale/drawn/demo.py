"""The demonstration film: three minutes of drawn sequences that use the techniques of real films."""

from collections.abc import Iterator

import numpy as np

from shotscale.drawn.effects import BlackAndWhite, Flash, Grain
from shotscale.drawn.script import Camera, Cut, Dissolve, Fade, Script, Shot, Transition
from shotscale.scales import ShotScale

# A sequence is the transition into it, its setting, and the scales and lengths in seconds of its shots; two people take
# turns. The seed varies the lengths, but never by so much that a transition no longer fits.
_SEQUENCES: tuple[tuple[Transition, str, str], ...] = (
    (Fade(2.0), "beach", "ELS 7.5, LS 5.5"),
    (Dissolve(1.5), "street", "LS 5.0, MLS 3.5, MS 2.5, CU 2.0, MS 2.2, ECU 1.5"),
    (Fade(1.6), "room", "MLS 6.0, MS 4.5, MCU 3.0, MCU 2.8, CU 2.4, CU 2.2, ECU 1.8, MS 5.0"),
    (Dissolve(2.0), "street", "LS 7.5, MS 4.0, CU 3.0, MS 3.5"),
    (Cut(), "room", "MS 5.0, MCU 3.0, CU 2.5, MCU 2.5, ECU 1.6, CU 2.0, MLS 4.5"),
    (Dissolve(1.0), "night", "ELS 5.5, LS 4.0, CU 2.5, MS 3.0"),
    (Cut(), "room", "LS 4.5, MS 2.5, MCU 1.5, ECU 1.2, MLS 3.5"),
    (Dissolve(1.2), "street", "MS 7.5, CU 4.5, MCU 5.0, CU 3.0"),
    (Fade(2.4), "beach", "ELS 7.5, LS 5.0, MCU 4.0, CU 3.5, ELS 11.0"),
)
# Keyed by sequence and shot, both counted from 0.
_CAMERAS: dict[tuple[int, int], Camera] = {
    (0, 0): Camera("pan"),
    (1, 0): Camera("pan"),
    (1, 2): Camera("shake"),
    (1, 4): Camera("shake"),
    (2, 0): Camera("zoom in"),
    (2, 7): Camera("tilt"),
    (3, 0): Camera("pan", 0.7),
    (3, 3): Camera("shake", 1.2),
    (4, 0): Camera("zoom out"),
    (5, 1): Camera("whip"),
    (6, 0): Camera("zoom in", 1.4),
    (8, 1): Camera("pan"),
}
_FLASHES = {(1, 3): (Flash(0.8, 1 / 24),), (5, 2): (Flash(1.0, 2 / 24),)}
_EFFECTS = {5: (Grain(2.5),), 7: (BlackAndWhite(0.3), Grain(3.0))}
_FROZEN = (8, 0)  # sequence and shot in which nothing moves, as in a freeze frame


def demo_script(seed: int, *, sequences: int | None = None) -> Script:
    """Return the script of the demonstration film: 46 shots in about three minutes.

    Sequences are joined by dissolves, fades through black and cuts; the shots within them by cuts, often between
    two shots of one place. There are two photographer's flashes, pans, a tilt, zooms, a hand-held camera, a whip
    pan, a sequence in black and white, film grain in two sequences, a title and a shot in which nothing moves.

    The seed varies lengths, places, people and angles, but not the order; with `sequences`, only the first that many of
    the nine sequences are included.

    Examples
    --------
    >>> [type(item).__name__ for item in demo_script(0, sequences=1)]
    ['Shot', 'Fade', 'Shot', 'Shot']
    """
    rng = np.random.default_rng([seed, 9])
    script: list[Shot | Transition] = [Shot(seconds=4.0, scale=None, setting="title", title="A Drawn Film")]
    for number, (entry, setting, plan) in enumerate(_SEQUENCES[:sequences]):
        script += [entry, *_sequence(number, setting, plan, rng)]
    return [item for item in script if not isinstance(item, Cut)]


def _sequence(number: int, setting: str, plan: str, rng: np.random.Generator) -> Iterator[Shot]:
    """Yield the shots of a sequence: two people in one place, seen from alternate sides."""
    look = int(rng.integers(1000))
    for order, (name, seconds) in enumerate(part.split() for part in plan.split(", ")):
        scale = ShotScale.from_abbreviation(name)
        who = order % 2 if name not in ("ELS", "LS") else 0
        yield Shot(
            seconds=round(float(seconds) * float(rng.uniform(0.92, 1.12)), 2),
            scale=scale,
            setting=setting,
            look=look + (name == "LS" and plan.startswith("ELS")),  # nearer, with another part of the place behind
            person=2 * number + who,
            # The thirty-degree rule: the next shot is taken from another angle, whoever is in it.
            angle=float(np.clip((0.2, 0.8)[order % 2] + rng.uniform(-0.2, 0.2), 0, 1)),
            across=float((0.4, 0.6)[who] + rng.uniform(-0.06, 0.06)),
            turn=float((0.55, -0.55)[who] * rng.uniform(0.5, 1.3)),
            camera=_CAMERAS.get((number, order), Camera()),
            effects=_EFFECTS.get(number, ()) + _FLASHES.get((number, order), ()),
            frozen=(number, order) == _FROZEN,
        )
