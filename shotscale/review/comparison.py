"""Compare two coders of one film: agreements, disagreements, and the referee's starting point.

Conventions
-----------
Two coders' boundaries count as the same if no farther apart than a tolerance, normally two frames. A coder's opinion on
a stretch of film is the scale of the shot that covers most of it, if checked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shotscale.errors import TableError
from shotscale.review.coding import coded_track
from shotscale.review.corrections import Corrections
from shotscale.review.history import Document
from shotscale.review.shots import ReviewedShot, film_edges, matched, nearest
from shotscale.scales import ShotScale

__all__ = ["Opinion", "measure_coders", "opinion", "referee_shots"]

_ONE_OF_TWO = 0.5  # one of two coders sees a boundary there


@dataclass(frozen=True, slots=True)
class Opinion:
    """A coder's opinion on a stretch of film: whether a shot begins at its start, and on the shot that covers most.

    The `scale` is that of this shot, if the coder has `checked` it.
    """

    begins: bool
    checked: bool
    scale: ShotScale | None


def opinion(document: Document, start: float, end: float, *, tolerance: float, starts: Sequence[float] = ()) -> Opinion:
    """Return a coder's opinion on the stretch of film from `start` to `end` (seconds).

    `starts` are those of all stretches: a coder's boundary begins only the one nearest to it.

    Examples
    --------
    >>> from shotscale.review import Code, ReviewedShot
    >>> document = Document([ReviewedShot.at(0.0, kind="start"), ReviewedShot.at(2.0)], 9.0)
    >>> document.apply([Code(2.0, ShotScale.CLOSE_UP)])
    >>> opinion(document, 1.0, 6.0, tolerance=0.08)
    Opinion(begins=False, checked=True, scale=<ShotScale.CLOSE_UP: ('CU', 2)>)
    """
    places = range(document.place_at(start), document.place_at(end) + 1)
    covered = {place: min(end, document.end_of(place)) - max(start, document.shots[place].start) for place in places}
    shot = document.shots[max(covered, key=lambda place: covered[place])]
    own = nearest([one.start for one in document.shots], start, tolerance)
    begins = own is not None and nearest(starts or [start], own, tolerance) == start
    return Opinion(begins, shot.checked, shot.scale if shot.checked else None)


def referee_shots(first: Document, second: Document, *, tolerance: float) -> tuple[ReviewedShot, ...]:
    """Return the shots that a referee starts from.

    They include every boundary of either coder, shared ones at the first coder's times. A shot that both checked and
    agree on is checked and has their scale; all others are open. The film's ends are set if the coders agree on them.
    """
    starts = [[shot.start for shot in document.shots] for document in (first, second)]
    shared = matched(*starts, tolerance=tolerance)
    union = _union(first, second, shared)
    shots = []
    for place, shot in enumerate(union):
        end = union[place + 1].start if place + 1 < len(union) else first.end
        one, other = (opinion(document, shot.start, end, tolerance=tolerance) for document in (first, second))
        agreed = one == other and one.checked and shot.start in shared
        shots.append(replace(shot, scale=one.scale if agreed else None, checked=agreed))
    film = agreed_film(first, second, tolerance=tolerance) or (None, None)
    begins, ends = film_edges(*film, [shot.start for shot in shots])
    return tuple(replace(shot, begins_film=shot.start == begins, ends_film=shot.start == ends) for shot in shots)


def agreed_film(first: Document, second: Document, *, tolerance: float) -> tuple[float | None, float | None] | None:
    """Return where two coders say that the film begins and ends (`Document.film`), `None` if they disagree."""
    pairs = list(zip(first.film, second.film, strict=True))
    agree = all(a == b or (a is not None and b is not None and abs(a - b) <= tolerance) for a, b in pairs)
    return first.film if agree else None


def measure_coders(first: Corrections, second: Corrections, *, tolerance: float) -> dict[str, Any]:
    """Measure how far two coders agree, on boundaries and on scales.

    Returns ``coders``; ``boundaries`` with how many ``both``, only the ``first`` and only the ``second`` have;
    ``scales`` from `shotscale.evaluation.agreement.measure_agreement`, `None` if they do not have two seconds in
    common.
    """
    from shotscale.evaluation.agreement import (
        measure_agreement,  # loads a part of scipy not needed to open a film
    )

    starts = [[shot.start for shot in one.document.shots[1:]] for one in (first, second)]
    common = len(matched(*starts, tolerance=tolerance))
    tracks = {one.coder: coded_track(one.document) for one in (first, second)}
    try:
        scales: dict[str, Any] | None = measure_agreement(tracks)
    except TableError:
        scales = None
    return {
        "coders": [first.coder, second.coder],
        "boundaries": {"both": common, "first": len(starts[0]) - common, "second": len(starts[1]) - common},
        "scales": scales,
    }


def _union(first: Document, second: Document, shared: Mapping[float, float]) -> list[ReviewedShot]:
    """Return the boundaries of both coders, unchecked; those of only one coder have confidence 0.5."""
    theirs = set(shared.values())
    shots = [
        *(replace(shot, confidence=shot.confidence if shot.start in shared else _ONE_OF_TWO) for shot in first.shots),
        *(replace(shot, confidence=_ONE_OF_TWO) for shot in second.shots if shot.start not in theirs),
    ]
    return sorted((replace(shot, scale=None, checked=False) for shot in shots), key=lambda shot: shot.start)
