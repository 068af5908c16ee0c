"""The script of a drawn film: shots, transitions, camera moves and effects, all plain values.

A script is a sequence of shots with optional transitions between them; two shots without one are joined by a cut:
``[Shot(seconds=3), Dissolve(1.0), Shot(seconds=4, setting="street"), Shot(seconds=2, setting="beach")]``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shotscale.drawn.effects import Effect
from shotscale.errors import OptionError
from shotscale.scales import ShotScale

CameraMove = Literal["still", "pan", "tilt", "zoom in", "zoom out", "shake", "whip"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A change of shot from one frame to the next."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Dissolve:
    """Both shots are visible for `seconds`, the second gradually replacing the first."""

    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Fade:
    """A fade out to black and in from black, `seconds` in total, `black` of them fully black."""

    seconds: float = 1.5
    black: float = 0.2


@dataclass(frozen=True, slots=True)
class Wipe:
    """An edge sweeps across the picture in `seconds`."""

    seconds: float = 0.8
    direction: Literal["left", "right", "down"] = "right"


Transition = Cut | Dissolve | Fade | Wipe
"""How one drawn shot gives way to the next."""


@dataclass(frozen=True, slots=True)
class Camera:
    """What the camera does during a shot; an amount of 1 is usual.

    ``"pan"`` follows the figure; ``"whip"`` is a very fast pan from one figure to another.
    """

    move: CameraMove = "still"
    amount: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A shot of a drawn film.

    Attributes
    ----------
    seconds : float
        Shot length, from the middle of the transition before to the middle of the one after.
    scale : ShotScale or None
        One of the seven ordered scales; None for a setting with nobody in it.
    setting : str
        A name in `shotscale.drawn.SETTINGS`.
    look : int
        Number of a place of that kind; shots with the same `setting` and `look` are in the same place.
    person : int
        Number of a member of the cast.
    angle : float
        Where in the setting the camera points, 0 left to 1 right.
    across : float
        Where in the frame the figure is, 0 left to 1 right.
    turn : float
        Turn of the head, -1 to 1.
    effects : tuple of Effect
        Effects on this shot only, in order.
    frozen : bool
        Whether nothing moves: every frame is the same picture, apart from effects.
    title : str
        Text for the setting ``"title"``.
    """

    seconds: float
    scale: ShotScale | None = ShotScale.MEDIUM_SHOT
    setting: str = "room"
    look: int = 0
    person: int = 0
    angle: float = 0.5
    across: float = 0.5
    turn: float = 0.0
    camera: Camera = Camera()
    effects: tuple[Effect, ...] = ()
    frozen: bool = False
    title: str = ""


Script = Sequence[Shot | Transition]
"""A film to be drawn: shots, with transitions between those not joined by a cut."""


def parse_script(script: Script) -> list[tuple[Transition, Shot]]:
    """Return each shot with the transition into it; the first begins with a cut.

    Raises
    ------
    OptionError
        If the script has no shot, two adjacent transitions, or a transition at either end.

    Examples
    --------
    >>> [(type(entry).__name__, shot.seconds) for entry, shot in parse_script([Shot(seconds=1), Shot(seconds=2)])]
    [('Cut', 1), ('Cut', 2)]
    """
    joined: list[tuple[Transition, Shot]] = []
    entry: Transition | None = None
    for item in script:
        if isinstance(item, Shot):
            joined.append((entry or Cut(), item))
            entry = None
        elif entry is not None or not joined:
            raise OptionError(f"{item}: a transition needs a shot on either side; add a shot before it")
        else:
            entry = item
    if entry is not None or not joined:
        raise OptionError(f"{entry or 'empty script'}: a script ends with a shot; add one")
    return joined
