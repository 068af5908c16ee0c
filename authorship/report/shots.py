"""The shots of a film as shown in the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from authorship.features.labels import OUTSIDE, scale_labels
from authorship.features.sampled_shots import shot_labels
from shotscale.scales import GROUP_NAMES, SCALE_NAMES, SCALES

if TYPE_CHECKING:
    from shotscale.film import Film

_SEVEN_COLORS = ("#440154", "#443983", "#31688e", "#21918c", "#35b779", "#8fd744", "#d8c51b")
_THREE_COLORS = ("#443983", "#21918c", "#8fd744")


@dataclass(frozen=True)
class ScaleLevels:
    """The scales that a film's track distinguishes, nearest first; empty without a track.

    Colors are dark for near and bright for far (viridis): an order that every reader can see, in grayscale too.
    """

    short: tuple[str, ...]
    long: tuple[str, ...]
    colors: tuple[str, ...]


@dataclass(frozen=True)
class Shot:
    """A shot, in seconds; `level` is the index of its dominant scale in the film's `ScaleLevels`, None if unknown."""

    number: int
    start: float
    end: float
    level: int | None
    kind: str
    confidence: float

    @property
    def length(self) -> float:
        """Length in seconds."""
        return self.end - self.start


def scale_levels(film: "Film") -> ScaleLevels:
    """Return the scales in a film's track: seven, three groups, or none."""
    if film.scales is None or film.scales["group"].isna().all():
        return ScaleLevels((), (), ())
    if film.scales["scale"].isna().all():
        return ScaleLevels(GROUP_NAMES, GROUP_NAMES, _THREE_COLORS)
    return ScaleLevels(
        SCALE_NAMES,
        tuple(scale.name.replace("_", " ").lower() for scale in SCALES),
        _SEVEN_COLORS,
    )


def film_shots(film: "Film") -> tuple[Shot, ...]:
    """List a film's shots, each with the scale of most of its sampled frames; empty for a coding."""
    table = film.shots
    if table is None:
        return ()
    starts, ends = table["start"].to_numpy(np.float64), table["end"].to_numpy(np.float64)
    levels = _levels(film, starts, float(ends[-1]))
    rows = zip(starts, ends, levels, table["kind"], table["confidence"], strict=True)
    return tuple(
        Shot(number, float(start), float(end), level, str(kind), float(confidence))
        for number, (start, end, level, kind, confidence) in enumerate(rows, start=1)
    )


def _levels(film: "Film", starts: "np.ndarray[tuple[int], np.dtype[np.float64]]", end: float) -> Sequence[int | None]:
    known = scale_levels(film).short
    if film.scales is None or not known:
        return [None] * len(starts)
    dominant = shot_labels(starts, end, scale_labels(film.scales))
    ranks = dominant.scale if len(known) == len(SCALES) else dominant.group
    return [None if rank == OUTSIDE else int(rank) for rank in ranks]
