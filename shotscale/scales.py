"""The taxonomy of shot scale: how close the camera appears to its subject.

Conventions
-----------
Seven scales are ordered from the nearest to the farthest: extreme close up, close up, medium close up,
medium shot, medium long shot, long shot, extreme long shot. Foreground shots, insert shots and frames that
are not available have a CineScale code but no place in that order and no group.

Source: CineScale (Savardi, Kovács, Signoroni, Benini 2021, Data in Brief 36, 107002,
doi 10.1016/j.dib.2021.107002) for the codes; Benini, Svanera, Adami, Leonardi, Kovács 2016 for the groups.
"""

from enum import Enum, StrEnum

__all__ = ["CINESCALE_CODES", "GROUPS", "SCALES", "ScaleGroup", "ShotScale"]


class ScaleGroup(StrEnum):
    """The three coarse classes of the published networks.

    Examples
    --------
    >>> [scale.abbreviation for scale in SCALES if scale.group is ScaleGroup.MEDIUM]
    ['MCU', 'MS', 'MLS']
    >>> [group.value for group in GROUPS]
    ['close', 'medium', 'long']
    """

    CLOSE = "close"
    MEDIUM = "medium"
    LONG = "long"


_CODES_OF = {ScaleGroup.CLOSE: (1, 2), ScaleGroup.MEDIUM: (3, 4, 5), ScaleGroup.LONG: (6, 7)}


class ShotScale(Enum):
    """A shot scale: its abbreviation, its CineScale code and its group.

    Attributes
    ----------
    abbreviation : str
        As written in tables: ``"ECU"`` .. ``"ELS"``, ``"FS"`` (foreground shot, not full shot), ``"IS"``
        (insert shot), ``"NA"`` (not available).
    code : int
        CineScale's code, 0 to 9.
    group : ScaleGroup or None
        None for the three outside the order.

    Examples
    --------
    >>> ShotScale.MEDIUM_CLOSE_UP.abbreviation, ShotScale.MEDIUM_CLOSE_UP.group.value
    ('MCU', 'medium')
    >>> ShotScale.from_code(7)
    <ShotScale.EXTREME_LONG_SHOT: ('ELS', 7)>
    """

    FOREGROUND_SHOT = ("FS", 0)
    EXTREME_CLOSE_UP = ("ECU", 1)
    CLOSE_UP = ("CU", 2)
    MEDIUM_CLOSE_UP = ("MCU", 3)
    MEDIUM_SHOT = ("MS", 4)
    MEDIUM_LONG_SHOT = ("MLS", 5)
    LONG_SHOT = ("LS", 6)
    EXTREME_LONG_SHOT = ("ELS", 7)
    INSERT_SHOT = ("IS", 8)
    NOT_AVAILABLE = ("NA", 9)

    def __init__(self, abbreviation: str, code: int) -> None:
        self.abbreviation = abbreviation
        self.code = code
        self.group = next((group for group, codes in _CODES_OF.items() if code in codes), None)

    @classmethod
    def from_code(cls, code: int) -> "ShotScale":
        """Return the scale of a CineScale code, or raise ``ValueError`` if it is unknown."""
        for member in cls:
            if member.code == code:
                return member
        raise ValueError(f"{code}: not a CineScale code; the codes are 0 to 9")

    @classmethod
    def from_abbreviation(cls, abbreviation: str) -> "ShotScale":
        """Return the scale of an abbreviation such as ``"ECU"``, or raise ``ValueError`` if it is unknown."""
        for member in cls:
            if member.abbreviation == abbreviation:
                return member
        known = ", ".join(member.abbreviation for member in cls)
        raise ValueError(f"{abbreviation!r}: not a shot scale; the abbreviations are {known}")


SCALES: tuple[ShotScale, ...] = tuple(scale for scale in ShotScale if scale.group is not None)
"""The seven ordered scales, nearest first. Every probability vector in the project has this order."""

GROUPS: tuple[ScaleGroup, ...] = tuple(ScaleGroup)
"""The three groups, nearest first."""

SCALE_NAMES: tuple[str, ...] = tuple(scale.abbreviation for scale in SCALES)
GROUP_NAMES: tuple[str, ...] = tuple(group.value for group in GROUPS)
OUTSIDE_NAMES: tuple[str, ...] = tuple(scale.abbreviation for scale in ShotScale if scale.group is None)
GROUP_OF: dict[str, str] = {scale.abbreviation: scale.group.value for scale in SCALES if scale.group is not None}
"""The name of each scale's group, by the scale's abbreviation."""

CINESCALE_CODES: dict[int, ShotScale] = {scale.code: scale for scale in ShotScale}
"""The shot scale of each of CineScale's codes, 0 to 9."""
