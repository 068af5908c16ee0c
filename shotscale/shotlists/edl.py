"""CMX 3600 edit decision lists, ``.edl``: one event per shot.

Conventions
-----------
Shots are read from the record timecodes of the picture events alone; sources and their speeds do not matter. Timecodes
count whole frames from the film's first frame. An EDL does not state its frame rate, so one is always required. By
broadcast convention the first picture may be at 01:00:00:00 or later: whole hours before it are left out. A first
picture in the two minutes before a whole hour belongs to a leader, and times count from it. Reel BL is black, and so
are clips called black video or slug, and gaps, where nothing is recorded; but unless ``--gaps`` is given, a list whose
gaps last longer than its events is a selection of shots and is rejected. A key lies over its background and is not a
shot. Timecodes are drop-frame if written with ``;``, or with ``:`` below ``FCM: DROP FRAME``. Every shot is written as
a cut; its actual kind and its scale are written as comments, which are read back.

The few relevant lines are parsed here: OpenTimelineIO's adapter (otio-cmx3600-adapter) also checks sources, rejects
editing programs' whole-reel lists, and takes time quadratic in the number of events.
"""

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import pandas as pd

from shotscale.errors import TableError
from shotscale.files import atomic_write
from shotscale.numerals import counted
from shotscale.scales import ShotScale
from shotscale.shotlists.edlevents import FIRST, KIND, SCALE, Event, counting, read_events
from shotscale.shotlists.framerates import frame_starts, require_fps
from shotscale.shotlists.shotlist import ReadOptions, ShotList, read_text
from shotscale.shotlists.timecodes import check_code_rate, code_of, drops, frames_of, zero_frame
from shotscale.shotlists.timeline import Piece, join, shots_of_pieces

_MOST_EVENTS = 999  # event numbers of CMX 3600 have three digits
_LEADER = re.compile(r"\b(?:leader|countdown|bars|slate)\b", re.IGNORECASE)


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read the picture events of an EDL by their record timecodes."""
    fps = require_fps(options.fps, what=str(path))
    check_code_rate(fps)
    given = read_events(read_text(path), path)
    drop, said = counting(given, path)
    for event in given.events:
        where = f"{path}: line {event.line}"
        event.start, event.end = (frames_of(code, fps=fps, drop=drop, where=where) for code in event.record)
        if event.end < event.start:
            raise TableError(f"{where}: the event ends before it starts, at {event.record[1]}; correct the code")
    events = sorted(given.events, key=lambda event: event.start)
    first = next((event for event in events if not event.black and event.end > event.start), events[0])
    offset = zero_frame(first.start, fps=fps, drop=drop)
    if given.first is not None:
        offset = frames_of(given.first, fps=fps, drop=drop, where=str(path))
    pieces = _pieces(events, offset=offset, fps=fps, path=path)
    if options.gaps is None:
        _refuse_chosen_shots(pieces, path)
    shots, scales, notes = shots_of_pieces(pieces, gaps=options.gaps or "black", source=str(path))
    zero = code_of(offset, fps=fps, drop=drop)
    return ShotList(
        shots=shots,
        scales=scales if any(scales) else None,
        format="EDL",
        fps=fps,
        notes=(*notes, *_leaders(events)),
        details=(f"record time codes from {zero}, {said}",),
    )


def write(
    shots: pd.DataFrame, path: Path, *, fps: Fraction, scales: Sequence[ShotScale | None] | None, title: str
) -> tuple[str, ...]:
    """Write an EDL; return a note if it has more events than the strictest programs read."""
    check_code_rate(fps)
    drop = drops(fps)
    frames = frame_starts(shots, fps).tolist()
    codes = [code_of(frame, fps=fps, drop=drop) for frame in frames]
    plain = " ".join(re.sub(r"[^\x20-\x7e]", "?", title).split()) or "shots"
    with atomic_write(path) as stream:
        stream.write(f"TITLE: {plain}\nFCM: {'DROP' if drop else 'NON-DROP'} FRAME\n\n")
        if int(codes[0].split(":")[0]):  # else whole hours are left out on reading
            stream.write(f"* {FIRST}{code_of(0, fps=fps, drop=drop)}\n")
        for k, (kind, scale) in enumerate(zip(shots["kind"], scales or [None] * len(shots), strict=True)):
            span = f"{codes[k]} {codes[k + 1]}"
            stream.write(f"{k + 1:03d}  AX       V     C        {span} {span}\n")
            stream.write(f"* FROM CLIP NAME:  shot {k + 1:04d}\n* {KIND}{kind}\n")
            if scale is not None:
                stream.write(f"* {SCALE}{scale.abbreviation}\n")
    if len(shots) <= _MOST_EVENTS:
        return ()
    return (
        f"{counted(len(shots), 'event')}; the strictest programs read {_MOST_EVENTS} of an EDL, and .otio has no "
        "such limit",
    )


def _refuse_chosen_shots(pieces: Sequence[Piece], path: Path) -> None:
    """Reject a list whose gaps last longer than its events: it is not a film."""
    shown = sum((piece.end - piece.start for piece in pieces), Fraction(0))
    missing = pieces[-1].end - pieces[0].start - shown if pieces else Fraction(0)
    if missing > shown:
        raise TableError(
            f"{path}: its events last {float(shown):.2f} s and the gaps between them {float(missing):.2f} s: it may be "
            "a list of chosen shots and no film; export the whole picture track, or say --gaps black, or out to leave "
            "them out"
        )


def _leaders(events: Iterable[Event]) -> tuple[str, ...]:
    """Return a note on an event that may be a leader rather than part of the film."""
    found = [event.clip for event in events if event.end > event.start and _LEADER.search(event.clip)]
    if not found:
        return ()
    return (f"{found[0][:40]!r} reads like a leader and counts as a shot; remove its event if it is not one.",)


def _pieces(events: Sequence[Event], *, offset: int, fps: Fraction, path: Path) -> list[Piece]:
    """Convert the events of a track into pieces, with the transitions between them."""
    pieces: list[Piece] = []
    from_black = False
    pure: Event | None = None  # a transition that fills its whole event: the next event continues its clip
    for event in _without_keys(events):
        start, end = (Fraction(frame - offset) / fps for frame in (event.start, event.end))
        if event.end == event.start:
            from_black = event.black
            continue
        if pure is not None and event.kind == "C" and _goes_on(pure, event) and pieces[-1].end == start:
            pieces[-1].end, pieces[-1].own = end, {**pieces[-1].own, **event.own}
            pure = None
            continue
        piece = Piece(start, end) if event.black else Piece(start, end, f"line {event.line}", own=dict(event.own))
        gradual = event.kind[0] in "DW" and event.length > 0
        if gradual:
            if event.length > event.end - event.start:
                raise TableError(
                    f"{path}: line {event.line}: a transition of {event.length} frames in an event of "
                    f"{event.end - event.start}; correct the event"
                )
            adjacent = pieces[-1] if pieces and pieces[-1].end == start and not from_black else None
            over = Fraction(event.start + event.length - offset) / fps
            kind = "dissolve" if event.kind == "D" else "wipe"
            join(adjacent, piece, begin=start, end=over, kind=kind, source=f"{path}: line {event.line}")
        pieces.append(piece)
        pure = event if gradual and event.length == event.end - event.start else None
        from_black = False
    return pieces


def _goes_on(before: Event, event: Event) -> bool:
    """Return whether an event continues the clip that the preceding transition brought in."""
    same = before.reel == event.reel
    return same and (before.source[1] == event.source[0] or event.reel.upper() != "AX")


def _without_keys(events: Sequence[Event]) -> Iterable[Event]:
    """Leave out keys over a picture; a key, or its background, with nothing beneath it is the picture itself."""
    covered = -1
    backgrounds = {event.number for event in events if event.kind == "KB"}
    for event in events:
        over = event.kind in ("K", "KO") and event.number in backgrounds
        if over or (event.kind[0] == "K" and event.end <= covered):
            continue
        covered = max(covered, event.end)
        yield event
