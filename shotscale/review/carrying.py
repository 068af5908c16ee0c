"""Carry corrections over to new detected shots, and turn shot lists made elsewhere into corrections."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from shotscale.errors import TableError
from shotscale.numerals import counted
from shotscale.review.history import Document
from shotscale.review.operations import Begin, Code, End, Kind, Merge, Move, Operation, Split, as_time
from shotscale.review.shots import ReviewedShot, film_edges, matched, nearest
from shotscale.shotlists import ShotList

_APART = 1.0
"""Seconds by which a list's ends may differ from the film's without a note: some lists omit black at either end."""


def carry_over(
    before: Sequence[ReviewedShot], corrected: Document, shots: Sequence[ReviewedShot], *, tolerance: float
) -> list[Operation]:
    """Return the operations that apply a coder's corrections to other shots of the same film.

    Checked shots stay as the coder left them: both ends are kept, and boundaries newly detected inside are dropped.
    Elsewhere, boundaries that the coder added, moved, removed or gave another kind stay so, and the rest are the
    machine's.

    `before` are the machine's shots that were `corrected`, and `shots` those that it has now; boundaries count as the
    same within `tolerance` seconds.
    """
    old = {shot.start: shot.kind for shot in before[1:]}
    changed = {shot.start for shot in corrected.shots[1:] if old.get(shot.start) != shot.kind}
    wanted = _wanted(old.keys(), changed, corrected, [shot.start for shot in shots[1:]], tolerance)
    operations = list(_operations(wanted, shots))
    kinds: dict[float | None, str] = {shot.start: shot.kind for shot in shots}
    kinds[None] = "cut"
    for place, shot in enumerate(corrected.shots):
        if place and shot.start in wanted:
            origin = wanted[shot.start]
            is_told = origin is None or shot.checked or shot.start in changed
            if is_told and kinds[origin] != shot.kind:
                operations.append(Kind(shot.start, shot.kind))
        if shot.checked:
            operations.append(Code(shot.start if place else shots[0].start, shot.scale))
    begins, ends = film_edges(*corrected.film, [shots[0].start, *sorted(wanted)])
    operations += [] if begins is None else [Begin(begins)]
    return operations + ([] if ends is None else [End(ends)])


def take_over(shots: Sequence[ReviewedShot], given: ShotList, *, end: float, tolerance: float) -> list[Operation]:
    """Return the operations that turn the machine's shots into those of a list made elsewhere.

    A list whose shots all begin with a cut is taken to tell no kinds, unless it says so of each: a boundary of the
    machine's keeps its own. A shot with a scale counts as checked; the others are open. Shots that start beyond `end`,
    where the film ends, are left out. A boundary within `tolerance` seconds of the machine's is taken as that, whose
    time is the start of a frame.
    """
    own = {shot.start: shot.kind for shot in shots}
    starts, first = list(own), shots[0].start
    tells_kinds = given.tells_kinds or not given.shots["kind"].isin(["start", "cut"]).all()
    taken: list[ReviewedShot] = []
    for place, (start, kind) in enumerate(zip(given.shots["start"], given.shots["kind"], strict=True)):
        near = nearest(starts, start, tolerance)
        time = first if not taken else as_time(start) if near is None else near
        if not first <= time < end or (taken and time <= taken[-1].start):
            continue
        scale = given.scales[place] if given.scales is not None else None
        begins = str(kind) if tells_kinds and kind != "start" else own.get(time, "cut")
        taken.append(ReviewedShot(time, begins if taken else "start", 1.0, time, time, scale, scale is not None))
    return carry_over(shots, Document(taken, end), shots, tolerance=tolerance)


def misfits(given: ShotList, folder: Path, *, start: float, end: float) -> tuple[str, ...]:
    """Return notes on where a list falls short of the film or extends beyond it."""
    starts, last = given.shots["start"].to_numpy(), float(given.shots["end"].iloc[-1])
    beyond = int((starts >= end).sum())
    if 2 * beyond > len(starts):
        raise TableError(
            f"{folder}: the film ends at {end:.2f} s; beyond it, {beyond} of the list's "
            f"{counted(len(starts), 'shot')}, the last to {last:.2f} s; check that it is this film's list, and say "
            "what it counts with --unit or --fps"
        )
    notes = []
    if starts[0] > start + _APART:
        notes.append(f"The list begins at {starts[0]:.2f} s: its first shot was taken from the film's beginning on.")
    if last < end - _APART:
        notes.append(f"The list ends at {last:.2f} s and the film at {end:.2f} s: its last shot was taken to the end.")
    if last > end + _APART:
        cut = f", and {counted(beyond, 'shot')} after that left out" if beyond else ""
        notes.append(f"The list ends at {last:.2f} s and the film at {end:.2f} s: it was cut there{cut}.")
    return tuple(notes)


def _wanted(
    old: Iterable[float], changed: set[float], corrected: Document, machine: Sequence[float], tolerance: float
) -> dict[float, float | None]:
    """Return the wanted boundaries, each with the machine's boundary that it comes from, if any.

    `old` are the boundaries that were corrected, `changed` those that the coder set, moved or gave another kind.
    """
    coded = [shot.start for shot in corrected.shots[1:]]
    same = matched(coded, machine, tolerance=tolerance)
    kept, removed = set(same.values()), sorted({*old} - {*coded})
    wanted: dict[float, float | None] = {
        time: time
        for time in machine
        if time in kept or not (_is_checked(corrected, time) or nearest(removed, time, tolerance) is not None)
    }
    checked = [place for place, shot in enumerate(corrected.shots) if shot.checked]
    ends = {time for place in checked for time in (corrected.shots[place].start, corrected.end_of(place))}
    edges = {edge for edge in corrected.film if edge is not None}
    for time in (changed | ends | edges).intersection(coded):
        wanted.pop(same.get(time, time), None)
        wanted[time] = same.get(time)
    return wanted


def _is_checked(corrected: Document, time: float) -> bool:
    """Return whether a time lies in a shot that the coder has checked."""
    return time < corrected.end and corrected.shots[corrected.place_at(time)].checked


def _operations(wanted: Mapping[float, float | None], shots: Sequence[ReviewedShot]) -> Iterable[Operation]:
    """Yield the operations that turn the machine's boundaries into the wanted ones."""
    kept = set(wanted.values())
    yield from (Merge(shot.start) for shot in shots[1:] if shot.start not in kept)
    # Forward moves run from the film's end, backward moves from its beginning, so that no boundary passes another.
    moves = [(origin, time) for time, origin in wanted.items() if origin is not None and origin != time]
    yield from (Move(*move) for move in sorted(moves, reverse=True) if move[1] > move[0])
    yield from (Move(*move) for move in sorted(moves) if move[1] < move[0])
    yield from (Split(time) for time, origin in sorted(wanted.items()) if origin is None)
