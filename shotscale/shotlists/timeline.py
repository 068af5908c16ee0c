"""A picture track as pieces with exact times, and its conversion to shots, shared by the readers.

Conventions
-----------
Times are seconds from the film's first frame, as exact fractions. A transition spans the boundary between two pieces,
and the new shot begins at its midpoint. Black is not a shot. Before the first picture and after the last it is left
out; between two pictures it is a transition, as in a measured film: the next shot begins at its midpoint, and the
transition lasts from where the old picture begins to fade, or ends, to where the new one is fully visible.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import TableError
from shotscale.numerals import counted
from shotscale.scales import ShotScale
from shotscale.shotlists.scalenames import parse_scale
from shotscale.shotlists.shotlist import ROUNDING
from shotscale.tables import KINDS, make_shots, validate_shots

NAMESPACE = "shotscale"
"""Key of this package's own data in other programs' metadata."""

_WIDEST_GAP = 0.5
"""Smallest gap in seconds that is rejected: a dozen frames may be a slip, more an unlisted shot; by judgment."""

Scales = tuple[ShotScale | None, ...]


@dataclass(slots=True)
class Piece:
    """A stretch of a track, in seconds: the place in the list of what it shows (None for black), and how it begins.

    `extent` is the start and end of the transition to it, if any; `own` is this package's own data on the shot:
    ``scale``, ``kind``, ``confidence``.
    """

    start: Fraction
    end: Fraction
    picture: str | None = None
    kind: str = "cut"
    extent: tuple[Fraction, Fraction] | None = None
    own: dict[str, Any] = field(default_factory=dict)


def join(before: Piece | None, after: Piece | None, *, begin: Fraction, end: Fraction, kind: str, source: str) -> None:
    """Lay a transition over the boundary between two pieces, or a fade if only one of them is a picture."""
    old = before if before is not None and before.picture is not None else None
    new = after if after is not None and after.picture is not None else None
    if old is not None and new is not None:
        old.end = new.start = (begin + end) / 2
        new.kind, new.extent = (kind if end > begin else "cut"), (begin, end)
    elif new is not None:
        new.start, new.kind, new.extent = begin, "fade", (begin, end)
        if before is not None:
            before.end = begin
    elif old is not None:
        old.end = end
        if after is not None:
            after.start, after.kind, after.extent = end, "fade", (begin, end)
    for piece in (old, new):
        if piece is not None and piece.end <= piece.start:
            raise TableError(
                f"{source}: a shot at {float(piece.start):.2f} s is shorter than its transition; correct the list"
            )


def moved(piece: Piece, by: Fraction) -> Piece:
    """Return a piece shifted in time."""
    extent = None if piece.extent is None else (piece.extent[0] + by, piece.extent[1] + by)
    return replace(piece, start=piece.start + by, end=piece.end + by, extent=extent)


def shots_of_pieces(
    pieces: Sequence[Piece], *, gaps: str | None, source: str
) -> tuple[pd.DataFrame, Scales, tuple[str, ...]]:
    """Convert pieces in time order to a shot table, its scales, and notes.

    As `gaps` says, a stretch without a piece is rejected, as by default, black, or left out along with any black.
    """
    seen = [k for k, piece in enumerate(pieces) if piece.picture is not None]
    if not seen:
        raise TableError(f"{source}: has no picture events; a shot list has one per shot; export the picture track")
    inside = [piece for piece in pieces[seen[0] : seen[-1] + 1] if piece.picture is not None or gaps != "out"]
    rows, notes = _without_black(*_without_gaps(inside, gaps=gaps, source=source))
    first, last = (np.asarray([float(getattr(row, name)) for row in rows], np.float64) for name in ("start", "end"))
    last, mended = _close_gaps(first, last, source=source)
    kinds = [row.own["kind"] if row.own.get("kind") in KINDS[1:] else row.kind for row in rows[1:]]
    shots = make_shots(
        first,
        float(last[-1]),
        kinds=["start", *kinds],
        confidences=[_confidence(row.own) for row in rows],
        transitions=[(float(begin), float(end)) for begin, end in (row.extent or (row.start,) * 2 for row in rows)],
    )
    return shots, tuple(_scale(row, source) for row in rows), (*notes, *mended)


def shots_of_spans(
    starts: npt.NDArray[np.float64],
    ends: npt.NDArray[np.float64],
    scales: Scales | None,
    *,
    gaps: str | None,
    source: str,
    begins: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, Scales | None, tuple[str, ...]]:
    """Convert starts and ends of n shots, and optionally their scales, to a shot table, its scales, and notes.

    `begins` has what is known of their beginnings: n rows with any of the other columns of a shot table.
    """
    begins = pd.DataFrame(index=range(len(starts))) if begins is None else begins
    if gaps not in ("black", "out"):
        ends, notes = _close_gaps(starts, ends, source=source)
        shots = make_shots(starts, float(ends[-1]))
        shots[begins.columns] = begins
        return validate_shots(shots, source=source), scales, notes
    spans = zip(starts.tolist(), ends.tolist(), scales or [None] * len(starts), strict=True)
    known: Sequence[Mapping[Any, Any]] = begins.to_dict("records") or [{} for _ in starts]
    pieces = [_piece(*span, begin) for span, begin in zip(spans, known, strict=True)]
    shots, found, notes = shots_of_pieces(pieces, gaps=gaps, source=source)
    return shots, None if scales is None else found, notes


def _piece(start: float, end: float, scale: ShotScale | None, begin: Mapping[Any, Any]) -> Piece:
    """Return the piece of a shot, with what is known of its beginning, so that it moves with it."""
    extent = None
    if "transition_start" in begin:
        extent = Fraction(begin["transition_start"]), Fraction(begin["transition_end"])
    own = {"scale": scale, "confidence": begin.get("confidence", 1.0)}
    return Piece(Fraction(start), Fraction(end), "", begin.get("kind", "cut"), extent, own)


def _scale(row: Piece, source: str) -> ShotScale | None:
    """Return a shot's scale, read already or as this package wrote it; None if it is missing or invalid."""
    scale = row.own.get("scale")
    if isinstance(scale, str):
        return parse_scale(scale, where=f"{source}: {row.picture}")
    return scale if isinstance(scale, ShotScale) else None


def _close_gaps(
    starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64], *, source: str
) -> tuple[npt.NDArray[np.float64], tuple[str, ...]]:
    """End each shot where the next one starts if they nearly meet; return the ends, and notes on what was closed.

    Raises `TableError` if there are no shots, a time is negative or not finite, a shot does not end after it starts,
    shots are out of order, or neighbors are half a second or more apart.
    """
    if not len(starts):
        raise TableError(f"{source}: holds no shot; a film has at least one; check the file")
    for row in np.flatnonzero(~(np.isfinite(starts) & np.isfinite(ends)) | (starts < 0)):
        raise TableError(f"{source}: shot {row + 1} has no start or end that is a time; correct it")
    for row in np.flatnonzero(~(ends > starts)):
        raise TableError(
            f"{source}: shot {row + 1} starts at {starts[row]:g} s and ends at {ends[row]:g} s; a shot ends after it "
            "starts; correct it"
        )
    for row in np.flatnonzero(~(np.diff(starts) > 0)):
        raise TableError(
            f"{source}: shot {row + 2} starts at {starts[row + 1]:g} s, not after the one before, at {starts[row]:g} "
            "s; shots stand in order of time; sort them"
        )
    seams = np.abs(starts[1:] - ends[:-1])
    for row in np.flatnonzero(seams >= _WIDEST_GAP):
        gap = "; or say --gaps black, or out to leave it out" if starts[row + 1] > ends[row] else ""
        raise TableError(
            f"{source}: shot {row + 1} ends at {ends[row]:g} s but shot {row + 2} starts at {starts[row + 1]:g} s; a "
            f"shot starts where the one before it ends; fill the gap or drop the overlap{gap}"
        )
    mended = seams > ROUNDING
    notes: tuple[str, ...] = ()
    if mended.any():
        notes = (
            f"{counted(int(mended.sum()), 'gap or overlap', 'gaps or overlaps')} between neighboring shots, of up "
            f"to {seams.max():.2f} s, closed: a shot ends where the next one starts.",
        )
    return np.append(starts[1:], ends[-1]), notes


def _without_gaps(pieces: Sequence[Piece], *, gaps: str | None, source: str) -> tuple[list[Piece], list[str]]:
    """Fill gaps with black, leave them out, or reject them; very small ones are left to `_close_gaps`."""
    rows: list[Piece] = []
    shots, taken_out = 0, Fraction(0)
    for piece in pieces:
        if piece.end <= piece.start:
            continue  # black entirely covered by fades
        shown = moved(piece, -taken_out)
        gap = shown.start - rows[-1].end if rows else Fraction(0)
        if gap >= _WIDEST_GAP and gaps == "black":
            rows.append(Piece(rows[-1].end, shown.start))
        elif gap > 0 and gaps == "out":
            taken_out += gap
            shown = moved(shown, -gap)
        elif gap >= _WIDEST_GAP:
            raise TableError(
                f"{source}: shot {shots} ends at {float(rows[-1].end):.6g} s but shot {shots + 1} starts at "
                f"{float(shown.start):.6g} s; the gap may be black or a shot that is missing; fill it, or say --gaps "
                "black, or out to leave it out"
            )
        if rows and rows[-1].picture is None and shown.picture is None and shown.start == rows[-1].end:
            rows[-1].end = shown.end
            continue
        rows.append(shown)
        shots += shown.picture is not None
    left = f"Black and gaps of {float(taken_out):.2f} s in all were left out: what comes after them moved up."
    return rows, [left] if taken_out else []


def _without_black(pieces: Sequence[Piece], notes: Sequence[str]) -> tuple[list[Piece], list[str]]:
    """Turn black between two pictures into the transition from one to the other, and add a note."""
    rows: list[Piece] = []
    black: Piece | None = None
    lengths: list[Fraction] = []
    for piece in pieces:
        if piece.picture is None:
            black = piece
            continue
        if black is not None:
            extent = ((black.extent or (black.start,))[0], (piece.extent or (piece.start,))[-1])
            rows[-1].end = middle = (black.start + black.end) / 2
            lengths.append(black.end - black.start)
            rows.append(replace(piece, start=middle, kind="fade", extent=extent))
            black = None
        else:
            rows.append(piece)
    if not lengths:
        return rows, list(notes)
    places = counted(len(lengths), "place")
    return rows, [
        *notes,
        f"Black inside the film, {float(sum(lengths)):.2f} s in {places}, is not a shot: the next shot begins in its "
        "middle, and transition_start and transition_end say where it lies; --gaps out leaves it out.",
    ]


def _confidence(own: dict[str, Any]) -> float:
    """Return the confidence that this package wrote, or 1 if it is missing or invalid."""
    given = own.get("confidence", 1.0)
    return float(given) if isinstance(given, int | float) and 0 <= given <= 1 else 1.0
