"""The script of the demonstration film: three minutes in nine scenes of a small cast."""

from collections.abc import Iterator

import numpy as np

from shotscale.drawn.effects import BlackAndWhite, Flash, Grain
from shotscale.drawn.script import Camera, Cut, Dissolve, Fade, Script, Shot, Transition
from shotscale.scales import ShotScale

__all__ = ["demo_script"]

_ECU, _CU, _MCU = ShotScale.EXTREME_CLOSE_UP, ShotScale.CLOSE_UP, ShotScale.MEDIUM_CLOSE_UP
_MS, _MLS, _LS, _ELS = (
    ShotScale.MEDIUM_SHOT,
    ShotScale.MEDIUM_LONG_SHOT,
    ShotScale.LONG_SHOT,
    ShotScale.EXTREME_LONG_SHOT,
)

# A sequence is a place, how the film comes to it, and the scales and lengths in seconds of its shots; two persons
# take turns. Lengths are varied by the seed, but never by so much that a transition no longer fits.
_SEQUENCES: tuple[tuple[str, Transition, tuple[tuple[ShotScale, float], ...]], ...] = (
    ("mountains", Fade(2.0), ((_ELS, 7.5), (_LS, 5.5))),
    ("street", Dissolve(1.5), ((_LS, 5.0), (_MLS, 3.5), (_MS, 2.5), (_CU, 2.0), (_MS, 2.2), (_ECU, 1.5))),
    (
        "room",
        Fade(1.6),
        ((_MLS, 6.0), (_MS, 4.5), (_MCU, 3.0), (_MCU, 2.8), (_CU, 2.4), (_CU, 2.2), (_ECU, 1.8), (_MS, 5.0)),
    ),
    ("park", Dissolve(2.0), ((_LS, 7.5), (_MS, 4.0), (_CU, 3.0), (_MS, 3.5))),
    ("bar", Cut(), ((_MS, 5.0), (_MCU, 3.0), (_CU, 2.5), (_MCU, 2.5), (_ECU, 1.6), (_CU, 2.0), (_MLS, 4.5))),
    ("night", Dissolve(1.0), ((_ELS, 5.5), (_LS, 4.0), (_CU, 2.5), (_MS, 3.0))),
    ("corridor", Cut(), ((_LS, 4.5), (_MS, 2.5), (_MCU, 1.5), (_ECU, 1.2), (_MLS, 3.5))),
    ("train", Dissolve(1.2), ((_MS, 7.5), (_CU, 4.5), (_MCU, 5.0), (_CU, 3.0))),
    ("beach", Fade(2.4), ((_ELS, 7.5), (_LS, 5.0), (_MCU, 4.0), (_CU, 3.5), (_ELS, 11.0))),
)


def demo_script(seed: int, *, sequences: int | None = None) -> Script:
    """Return the script of the demonstration film: 46 shots in about three minutes.

    Between the sequences lie dissolves, fades through black and cuts; within them cuts, often between two
    shots of one place. There are two photographer's flashes, pans, a tilt, zooms, a hand-held camera, a whip
    pan, a sequence in black and white, film grain in two sequences, a title and a shot in which nothing moves.

    Parameters
    ----------
    seed : int
        Of the lengths, places, persons and angles; the order of the sequences is fixed.
    sequences : int, optional
        How many of the nine sequences, from the first; by default all.

    Returns
    -------
    Script

    Examples
    --------
    >>> len([item for item in demo_script(0) if isinstance(item, Shot)])
    46
    >>> [type(item).__name__ for item in demo_script(0, sequences=1)]
    ['Shot', 'Fade', 'Shot', 'Shot']
    """
    rng = np.random.default_rng([seed, 9])
    script: list[Shot | Transition] = [Shot(seconds=4.0, scale=None, setting="title", title="A Drawn Film")]
    for number, (setting, entry, plan) in enumerate(_SEQUENCES[:sequences]):
        shots = list(_sequence(setting, plan, number, rng))
        script += [entry, *shots]
    return [item for item in script if not isinstance(item, Cut)]


def _sequence(
    setting: str, plan: tuple[tuple[ShotScale, float], ...], number: int, rng: np.random.Generator
) -> Iterator[Shot]:
    look, pair = int(rng.integers(1000)), (2 * number, 2 * number + 1)
    for order, (scale, seconds) in enumerate(plan):
        who = order % 2 if scale not in (_ELS, _LS) else 0
        side = order % 2  # the thirty-degree rule: the next shot looks from somewhere else, at whomever
        turned = scale is _LS and plan[0][0] is _ELS  # nearer, and another part of the landscape behind
        yield Shot(
            seconds=round(seconds * float(rng.uniform(0.92, 1.12)), 2),
            scale=scale,
            setting=setting,
            look=look + turned,
            person=pair[who],
            angle=float(np.clip((0.2, 0.8)[side] + rng.uniform(-0.2, 0.2), 0, 1)),
            across=float((0.4, 0.6)[who] + rng.uniform(-0.06, 0.06)),
            turn=float((0.55, -0.55)[who] * rng.uniform(0.5, 1.3)),
            camera=_CAMERAS.get((setting, order), Camera()),
            effects=_EFFECTS.get(setting, ()) + _FLASHES.get((setting, order), ()),
            frozen=(setting, order) == ("beach", 0),
        )


_CAMERAS: dict[tuple[str, int], Camera] = {
    ("mountains", 0): Camera("pan"),
    ("street", 0): Camera("pan"),
    ("street", 2): Camera("shake"),
    ("street", 4): Camera("shake"),
    ("room", 0): Camera("zoom in"),
    ("room", 7): Camera("tilt"),
    ("park", 0): Camera("pan", 0.7),
    ("park", 3): Camera("whip"),
    ("bar", 0): Camera("zoom out"),
    ("night", 1): Camera("shake", 1.2),
    ("corridor", 0): Camera("zoom in", 1.4),
    ("beach", 1): Camera("pan"),
}
_FLASHES = {("street", 3): (Flash(0.8, 1 / 24),), ("night", 2): (Flash(1.0, 2 / 24),)}
_EFFECTS = {"train": (BlackAndWhite(0.3), Grain(3.0)), "night": (Grain(2.5),)}
