"""Apply a coder's operations to a film's shots."""

from dataclasses import replace

from shotscale.errors import OptionError
from shotscale.review.operations import Begin, Code, End, Kind, Merge, Move, Operation, Split, Uncode, as_time
from shotscale.review.shots import ReviewedShot, Shots
from shotscale.tables import KINDS


def effect_of(shots: Shots, operation: Operation) -> Shots:
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
    has_it = [shot.begins_film if is_begin else shot.ends_film for shot in shots.shots]
    marked = has_it.index(True) if any(has_it) else place
    for k, mark in ((marked, False), (place, True)):
        shot = shots.shots[k]
        shot = replace(shot, begins_film=mark) if is_begin else replace(shot, ends_film=mark)
        shots = shots.replaced(k, 1, shot)
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
