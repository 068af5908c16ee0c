"""What is known of a feature: name, unit, definition, group and source."""

from dataclasses import dataclass
from math import isnan
from typing import Literal

FeatureGroup = Literal["durations", "runs", "distributions", "transitions", "sequence"]
"""What a feature describes."""

FEATURE_GROUPS: tuple[FeatureGroup, ...] = ("durations", "runs", "distributions", "transitions", "sequence")
"""The groups of features, in the order of the codebook."""


@dataclass(frozen=True, slots=True)
class Feature:
    """An entry of the codebook.

    Attributes
    ----------
    name : str
        The column's name in every feature table.
    unit : str
        ``s``, ``1/min``, ``bit``, ``share`` (0 to 1), ``shots`` or ``1`` for a pure number.
    definition : str
        How it is computed from a shot table and a scale track.
    reference : str
        Where it is introduced or described.
    group : {'durations', 'runs', 'distributions', 'transitions', 'sequence'}
    log : bool
        Whether models take its natural logarithm, since it is positive and spans orders of magnitude.
    modeled : bool
        Whether models use it if it is known. False if it describes the copy at hand rather than a style (such as the
        running time), repeats a modeled feature, or was measured and does not help: a reference of a hundred films
        supports few features.
    style : bool
        Whether models may use it if a table has none of its group's modeled features; False if it describes the copy
        at hand.
    coded_only : bool
        Whether only codings have it: networks do not recognize foreground or insert shots.

    Examples
    --------
    >>> feature = Feature("shot_length_cv", "1", "standard deviation over mean", "Salt 1974", "durations")
    >>> feature.title
    'shot length variation (CV)'
    """

    name: str
    unit: str
    definition: str
    reference: str
    group: FeatureGroup
    log: bool = False
    modeled: bool = False
    style: bool = True
    coded_only: bool = False

    @property
    def title(self) -> str:
        """The name in words."""
        words = self.name.replace("_", " ")
        return words.replace("length cv", "length variation (CV)").replace("length sd", "length deviation (SD)")

    def shown(self, value: float) -> str:
        """Format a value with its unit; a dash if it is undefined."""
        if isnan(value):
            return "–"
        digits = 1 if abs(value) >= 10 else 2
        return f"{value:.{digits}f}" + (f" {self.unit}" if self.unit in ("s", "1/min", "bit") else "")
