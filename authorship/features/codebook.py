"""What a feature is: its name, unit, definition, group and source."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["FEATURE_GROUPS", "Feature", "FeatureGroup"]

FeatureGroup = Literal["durations", "distributions", "transitions", "sequence"]

FEATURE_GROUPS: tuple[FeatureGroup, ...] = ("durations", "distributions", "transitions", "sequence")


@dataclass(frozen=True, slots=True)
class Feature:
    """A line of the codebook.

    Attributes
    ----------
    name : str
        The column's name in every feature table.
    unit : str
        ``s``, ``1/min``, ``bit``, ``share`` (0 to 1), ``shots`` or ``1`` for a pure number.
    definition : str
        How it is computed from a shot table and a scale track.
    group : {'durations', 'distributions', 'transitions', 'sequence'}
    reference : str
        Where it was introduced or is described.
    log : bool
        Whether models take its natural logarithm, since it is positive and spans orders of magnitude.
    modelled : bool
        False where it describes the copy at hand rather than a style (the running time, for one); models
        leave it out.

    Examples
    --------
    >>> feature = Feature("shot_length_cv", "1", "standard deviation over mean", "durations", "Salt 1974")
    >>> feature.title
    'shot length variation (CV)'
    """

    name: str
    unit: str
    definition: str
    group: FeatureGroup
    reference: str
    log: bool = False
    modelled: bool = True

    @property
    def title(self) -> str:
        """The name as prose has it."""
        words = self.name.replace("_", " ")
        return words.replace("length cv", "length variation (CV)").replace("length sd", "length deviation (SD)")
