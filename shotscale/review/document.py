"""A film's shots as a coder corrects them: operations, their effect, undo and redo.

Conventions
-----------
A boundary is known by its time, in seconds rounded to six decimals as `shotscale.tables` writes them, a shot by
the time at which it starts. Nothing here has a place number: what was corrected stays right when other shots come
or go.

An entry is one or more operations that are undone together. Every operation changes one stretch of neighbouring
shots, so that its effect is a `Splice`, and undoing is the splice turned round.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

from shotscale.errors import OptionError
from shotscale.review.operations import Begin, Code, End, Kind, Merge, Move, Operation, Split, Uncode, as_time
from shotscale.scales import ShotScale
from shotscale.tables import KINDS

__all__ = ["Document", "ReviewedShot", "Splice"]


@dataclass(frozen=True, slots=True)
class ReviewedShot:
    """A shot between what a machine found and what a coder says.

    Attributes
    ----------
    start : float
        Seconds; it ends where the next one starts.
    kind : str
        How it begins, one of `shotscale.tables.KINDS`.
    confidence : float
        That its beginning is real: the detector's, 1 where a coder set it.
    transition_start, transition_end : float
        As in a shot table.
    scale : ShotScale or None
        The coder's; None where the coder gave none.
    checked : bool
        Whether the coder has decided on this shot.
    begins_film, ends_film : bool
        Whether a coder says that the film begins, or ends, with this shot.
    """

    start: float
    kind: str
    confidence: float
    transition_start: float
    transition_end: float
    scale: ShotScale | None = None
    checked: bool = False
    begins_film: bool = False
    ends_film: bool = False

    @classmethod
    def at(cls, start: float, *, kind: str = "cut", scale: ShotScale | None = None) -> Self:
        """Return a shot that a coder says begins at a time."""
        time = as_time(start)
        return cls(time, kind, 1.0, time, time, scale)


@dataclass(frozen=True, slots=True)
class Splice:
    """Some neighbouring shots in the place of others.

    Attributes
    ----------
    at : int
        Place of the first of them.
    removed, inserted : tuples of ReviewedShot
    """

    at: int
    removed: tuple[ReviewedShot, ...]
    inserted: tuple[ReviewedShot, ...]

    def reversed(self) -> "Splice":
        """Return the splice that takes this one back."""
        return Splice(self.at, self.inserted, self.removed)


class Document:
    """The shots of a film under correction.

    Parameters
    ----------
    shots : iterable of ReviewedShot
        At least one, their starts increasing.
    end : float
        Seconds; where the last shot ends.

    Examples
    --------
    >>> document = Document([ReviewedShot.at(0.0, kind="start"), ReviewedShot.at(2.0)], 5.0)
    >>> _ = document.apply([Split(3.5)])
    >>> _ = document.apply([Merge(2.0), Code(0.0, ShotScale.CLOSE_UP)])
    >>> [(shot.start, shot.scale and shot.scale.abbreviation) for shot in document.shots]
    [(0.0, 'CU'), (3.5, None)]
    >>> _ = document.undo()
    >>> [shot.start for shot in document.shots]
    [0.0, 2.0, 3.5]
    """

    def __init__(self, shots: Iterable[ReviewedShot], end: float) -> None:
        self._shots = list(shots)
        self.end = as_time(end)
        if not self._shots or any(b.start <= a.start for a, b in pairwise(self._shots)):
            raise OptionError("shots of a film: at least one, each later than the one before; give a valid shot table")
        if self.end <= self._shots[-1].start:
            raise OptionError(f"end = {self.end}: after the last shot's start; give a valid shot table")
        self._done: list[tuple[Splice, ...]] = []
        self._undone: list[tuple[Splice, ...]] = []

    @property
    def shots(self) -> Sequence[ReviewedShot]:
        """The shots in order."""
        return self._shots

    @property
    def can_undo(self) -> bool:
        """Whether an entry can be taken back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether an entry that was taken back can be put forward again."""
        return bool(self._undone)

    @property
    def film(self) -> tuple[float | None, float | None]:
        """Where the coder says that the film begins and ends, in seconds; None where the coder has not said."""
        begin = next((shot.start for shot in self._shots if shot.begins_film), None)
        return begin, next((self.end_of(place) for place, shot in enumerate(self._shots) if shot.ends_film), None)

    def end_of(self, place: int) -> float:
        """Return the seconds at which the shot at a place ends."""
        return self._shots[place + 1].start if place + 1 < len(self._shots) else self.end

    def place_at(self, time: float) -> int:
        """Return the place of the shot that a time lies in; of the nearest shot where it lies in none."""
        return max(0, bisect_right(self._shots, as_time(time), key=_start) - 1)

    def place_of(self, time: float) -> int:
        """Return the place of the shot that starts at a time.

        Raises
        ------
        OptionError
            If none does.
        """
        place = bisect_left(self._shots, as_time(time), key=_start)
        if place == len(self._shots) or self._shots[place].start != as_time(time):
            raise OptionError(f"{time:g} s: no shot starts there; choose a boundary")
        return place

    def apply(self, entry: Iterable[Operation]) -> tuple[Splice, ...]:
        """Carry out an entry, the whole of it or nothing, and give its effect.

        Raises
        ------
        OptionError
            If an operation has nothing to work on; the document is as it was.
        """
        splices: list[Splice] = []
        try:
            for operation in entry:
                splices.append(_effect(self, operation))
                self._put(splices[-1])
        except OptionError:
            for splice in reversed(splices):
                self._put(splice.reversed())
            raise
        self._done.append(tuple(splices))
        self._undone.clear()
        return self._done[-1]

    def undo(self) -> tuple[Splice, ...]:
        """Take the last entry back and give the effect of that.

        Raises
        ------
        OptionError
            If there is none.
        """
        if not self._done:
            raise OptionError("undo: nothing has been done; correct something first")
        entry = self._done.pop()
        self._undone.append(entry)
        backwards = tuple(splice.reversed() for splice in reversed(entry))
        for splice in backwards:
            self._put(splice)
        return backwards

    def redo(self) -> tuple[Splice, ...]:
        """Put the entry that was last taken back forward again and give its effect.

        Raises
        ------
        OptionError
            If there is none.
        """
        if not self._undone:
            raise OptionError("redo: nothing has been undone; undo something first")
        entry = self._undone.pop()
        self._done.append(entry)
        for splice in entry:
            self._put(splice)
        return entry

    def _put(self, splice: Splice) -> None:
        self._shots[splice.at : splice.at + len(splice.removed)] = splice.inserted


def film_edges(begin: float | None, end: float | None, starts: Sequence[float]) -> tuple[float | None, float | None]:
    """Return the starts of the shots with which a film begins and ends that is said to at two times, if it is."""
    first = None if begin is None else min(starts, key=lambda start: abs(start - begin))
    return first, None if end is None else max((start for start in starts if start < end), default=starts[0])


def _start(shot: ReviewedShot) -> float:
    return shot.start


def _effect(document: Document, operation: Operation) -> Splice:
    match operation:
        case Split(time):
            return _split(document, time)
        case Merge(time):
            return _merge(document, time)
        case Move(time, to):
            return _move(document, time, to)
        case Kind(time, kind):
            return _set_kind(document, time, kind)
        case Code() | Uncode():
            return _set(document, operation)
        case Begin() | End():
            return _mark(document, operation)


def _set(document: Document, operation: Code | Uncode) -> Splice:
    place = document.place_of(operation.time)
    shot = document.shots[place]
    scale = operation.scale if isinstance(operation, Code) else None
    return Splice(place, (shot,), (replace(shot, scale=scale, checked=isinstance(operation, Code)),))


def _mark(document: Document, operation: Begin | End) -> Splice:
    """Have the film begin or end with a shot and no other."""
    time, place = operation.time, document.place_of(operation.time)
    begin, end = document.film
    is_begin = isinstance(operation, Begin)
    if (end is not None and time >= end) if is_begin else (begin is not None and time < begin):
        raise OptionError(f"{time:g} s: the film would end before it begins; change its other end first")
    has_it = [shot.begins_film if is_begin else shot.ends_film for shot in document.shots]
    marked = has_it.index(True) if any(has_it) else place
    first, last = sorted((place, marked))
    before = tuple(document.shots[first : last + 1])
    after = list(before)
    for k, mark in ((marked, False), (place, True)):
        shot = after[k - first]
        after[k - first] = replace(shot, begins_film=mark) if is_begin else replace(shot, ends_film=mark)
    return Splice(first, before, tuple(after))


def _split(document: Document, time: float) -> Splice:
    time = as_time(time)
    place = document.place_at(time)
    shot = document.shots[place]
    if not shot.start < time < document.end_of(place):
        raise OptionError(f"{time:g} s: not inside a shot; choose a later frame of it than the first")
    second = replace(ReviewedShot.at(time, scale=shot.scale), ends_film=shot.ends_film)
    halves = (replace(shot, checked=False, ends_film=False), second)
    return Splice(place, (shot,), halves)


def _merge(document: Document, time: float) -> Splice:
    place = _boundary(document, time)
    first, second = document.shots[place - 1], document.shots[place]
    # What the coder said of the first shot holds for the whole unless something else was said of the second.
    agree = second.scale is None or second.scale is first.scale
    merged = replace(
        first,
        scale=first.scale if agree else None,
        checked=first.checked and agree,
        begins_film=first.begins_film or second.begins_film,
        ends_film=first.ends_film or second.ends_film,
    )
    return Splice(place - 1, (first, second), (merged,))


def _move(document: Document, time: float, to: float) -> Splice:
    place, to = _boundary(document, time), as_time(to)
    shot = document.shots[place]
    if not document.shots[place - 1].start < to < document.end_of(place):
        raise OptionError(f"{to:g} s: not between the shots' other ends; merge the shots instead")
    gradual = shot.kind != "cut"
    moved = replace(
        shot,
        start=to,
        confidence=1.0,
        transition_start=min(to, shot.transition_start) if gradual else to,
        transition_end=max(to, shot.transition_end) if gradual else to,
    )
    return Splice(place, (shot,), (moved,))


def _set_kind(document: Document, time: float, kind: str) -> Splice:
    if kind not in KINDS[1:]:
        raise OptionError(f"{kind!r}: not a way to begin; choose one of {', '.join(KINDS[1:])}")
    place = _boundary(document, time)
    shot = document.shots[place]
    changed = replace(shot, kind=kind, confidence=1.0)
    if kind == "cut":
        changed = replace(changed, transition_start=shot.start, transition_end=shot.start)
    return Splice(place, (shot,), (changed,))


def _boundary(document: Document, time: float) -> int:
    """Return the place of the shot that starts at a boundary between two shots."""
    place = document.place_of(time)
    if place == 0:
        raise OptionError(f"{time:g} s: the film's beginning is no boundary; choose a later shot")
    return place
