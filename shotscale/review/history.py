"""A film's shots as a coder corrects them: operations, their effect, undo and redo.

Conventions
-----------
A boundary is identified by its time, in seconds rounded to six decimals as `shotscale.tables` writes them, a shot by
its start time. Operations refer to times, not indices, so they remain valid when shots are added or removed.

An entry is one or more operations that are undone together. The shots after each entry are kept, at eight bytes per
shot, so undo returns to an earlier version.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from typing import Any

from shotscale.errors import OptionError
from shotscale.review.operations import Begin, Code, End, Kind, Merge, Move, Operation, Split, Uncode, as_time
from shotscale.review.shots import ReviewedShot, Shots
from shotscale.tables import KINDS


class Document(Shots):
    """The shots of a film under correction: at least one, with increasing starts; the last ends at `end` (seconds).

    Examples
    --------
    >>> from shotscale.review.operations import Code, Merge, Split
    >>> from shotscale.scales import ShotScale
    >>> document = Document([ReviewedShot.at(0.0, kind="start"), ReviewedShot.at(2.0)], 5.0)
    >>> document.apply([Split(3.5)])
    >>> document.apply([Merge(2.0), Code(0.0, ShotScale.CLOSE_UP)])
    >>> [(shot.start, shot.scale and shot.scale.abbreviation) for shot in document.shots]
    [(0.0, 'CU'), (3.5, None)]
    >>> document.undo()
    >>> [shot.start for shot in document.shots]
    [0.0, 2.0, 3.5]
    """

    def __init__(self, shots: Iterable[ReviewedShot], end: float) -> None:
        super().__init__(shots, as_time(end))
        if not self.shots or any(b.start <= a.start for a, b in pairwise(self.shots)):
            raise OptionError("shots of a film: at least one, each later than the one before; give a valid shot table")
        if self.end <= self.shots[-1].start:
            raise OptionError(f"end = {self.end}: after the last shot's start; give a valid shot table")
        self._versions = [Shots(self.shots, self.end)]
        self._at = 0

    @property
    def can_undo(self) -> bool:
        """Whether there is an entry to undo."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone entry to redo."""
        return self._at + 1 < len(self._versions)

    def apply(self, entry: Iterable[Operation]) -> None:
        """Apply an entry, all of it or nothing.

        Raises `OptionError` if an operation does not apply to the shots; the document is unchanged.
        """
        changed = reduce(_effect_of, entry, self._versions[self._at])
        self._versions[self._at + 1 :] = [changed]
        self._show(self._at + 1)

    def undo(self) -> None:
        """Undo the last entry; `OptionError` if there is none."""
        if not self.can_undo:
            raise OptionError("undo: nothing has been done; correct something first")
        self._show(self._at - 1)

    def redo(self) -> None:
        """Redo the entry last undone; `OptionError` if there is none."""
        if not self.can_redo:
            raise OptionError("redo: nothing has been undone; undo something first")
        self._show(self._at + 1)

    def _show(self, at: int) -> None:
        self._at, self.shots = at, self._versions[at].shots


def _effect_of(shots: Shots, operation: Operation) -> Shots:
    """Return the shots after an operation; `OptionError` if it does not apply to them."""
    match operation:
        case Split(time):
            return _split(shots, time)
        case Merge(time):
            return _merge(shots, time)
        case Move(time, to):
            return _move(shots, time, to)
        case Kind(time, kind):
            return _set_kind(shots, time, kind)
        case Code() | Uncode():
            return _set(shots, operation)
        case Begin() | End():
            return _mark(shots, operation)


def _set(shots: Shots, operation: Code | Uncode) -> Shots:
    place = shots.place_of(operation.time)
    shot = shots.shots[place]
    scale = operation.scale if isinstance(operation, Code) else None
    return shots.replaced(place, 1, replace(shot, scale=scale, checked=isinstance(operation, Code)))


def _mark(shots: Shots, operation: Begin | End) -> Shots:
    """Mark a shot, and no other, as the one the film begins or ends with."""
    time, place = operation.time, shots.place_of(operation.time)
    begin, end = shots.film
    is_begin = isinstance(operation, Begin)
    if (end is not None and time >= end) if is_begin else (begin is not None and time < begin):
        raise OptionError(f"{time:g} s: the film would end before it begins; change its other end first")
    name = "begins_film" if is_begin else "ends_film"
    marked = next((k for k, shot in enumerate(shots.shots) if getattr(shot, name)), place)
    for k, mark in ((marked, False), (place, True)):
        flag: dict[str, Any] = {name: mark}
        shots = shots.replaced(k, 1, replace(shots.shots[k], **flag))
    return shots


def _split(shots: Shots, time: float) -> Shots:
    time = as_time(time)
    place = shots.place_at(time)
    shot = shots.shots[place]
    if not shot.start < time < shots.end_of(place):
        raise OptionError(f"{time:g} s: not inside a shot; choose a later frame of it than the first")
    second = replace(ReviewedShot.at(time, scale=shot.scale), ends_film=shot.ends_film)
    return shots.replaced(place, 1, replace(shot, checked=False, ends_film=False), second)


def _merge(shots: Shots, time: float) -> Shots:
    place = _boundary(shots, time)
    first, second = shots.shots[place - 1], shots.shots[place]
    # The first shot's coding holds for the merged shot unless the second was given another scale.
    agree = second.scale is None or second.scale is first.scale
    merged = replace(
        first,
        scale=first.scale if agree else None,
        checked=first.checked and agree,
        begins_film=first.begins_film or second.begins_film,
        ends_film=first.ends_film or second.ends_film,
    )
    return shots.replaced(place - 1, 2, merged)


def _move(shots: Shots, time: float, to: float) -> Shots:
    place, to = _boundary(shots, time), as_time(to)
    shot = shots.shots[place]
    if not shots.shots[place - 1].start < to < shots.end_of(place):
        raise OptionError(f"{to:g} s: not between the shots' other ends; merge the shots instead")
    gradual = shot.kind != "cut"
    moved = replace(
        shot,
        start=to,
        confidence=1.0,
        transition_start=min(to, shot.transition_start) if gradual else to,
        transition_end=max(to, shot.transition_end) if gradual else to,
    )
    return shots.replaced(place, 1, moved)


def _set_kind(shots: Shots, time: float, kind: str) -> Shots:
    if kind not in KINDS[1:]:
        raise OptionError(f"{kind!r}: not a way to begin; choose one of {', '.join(KINDS[1:])}")
    place = _boundary(shots, time)
    shot = shots.shots[place]
    changed = replace(shot, kind=kind, confidence=1.0)
    if kind == "cut":
        changed = replace(changed, transition_start=shot.start, transition_end=shot.start)
    return shots.replaced(place, 1, changed)


def _boundary(shots: Shots, time: float) -> int:
    """Return the place of the shot that starts at a shot boundary."""
    place = shots.place_of(time)
    if place == 0:
        raise OptionError(f"{time:g} s: the film's beginning is no boundary; choose a later shot")
    return place
