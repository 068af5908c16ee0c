"""OpenTimelineIO's native files, ``.otio``, an interchange format of editing programs.

Conventions
-----------
Tracks, stacks and clips are opened at any nesting depth; upper layers cover lower ones. Disabled items and gaps show
nothing. Times are fractions, each at its own rate, so that mixed rates stay exact; the file's rates apply, and
``--fps`` affects only what is written.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from shotscale.errors import TableError
from shotscale.files import atomic_write
from shotscale.scales import ShotScale
from shotscale.shotlists.framerates import frame_starts, standard_fps
from shotscale.shotlists.shotlist import MOST_MARKUP_BYTES, ReadOptions, ShotList, library, read_text
from shotscale.shotlists.timeline import NAMESPACE, Piece, join, moved, shots_of_pieces

_HIGHEST_RATE = 1e6  # editing programs count frames or audio samples, at most 192,000 per second


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read the picture of a timeline; upper layers cover lower ones."""
    otio = library("opentimelineio", str(path), "opentimelineio")
    text = read_text(path, most_bytes=MOST_MARKUP_BYTES)
    try:
        json.loads(text)  # the library's own parser is not safe against unlimited nesting
    except (ValueError, RecursionError) as error:
        raise TableError(f"{path}: not a timeline of OpenTimelineIO; export it again as .otio") from error
    try:
        opened = _Opened(otio, str(path))
        stack = opened.timeline(text).tracks
        pieces, _ = opened.pieces(stack)
    except TableError:
        raise
    except Exception as error:  # the library may raise anything on invalid content
        known = isinstance(error, otio.exceptions.OTIOError) and str(error).strip()
        reason = " ".join(str(error).split())[:80] if known else "a part of it is missing or no part of a timeline"
        raise TableError(f"{path}: a timeline that cannot be used ({reason}); export it again as .otio") from error
    shots, scales, notes = shots_of_pieces(pieces, gaps=options.gaps, source=str(path))
    fps = next(iter(opened.rates)) if len(opened.rates) == 1 else None
    if options.fps is not None and fps is not None and options.fps != fps:
        notes += (f"The timeline's own {float(fps):.6g} frames per second are used; --fps applies to what is written.",)
    return ShotList(
        shots=shots,
        scales=scales if any(scales) else None,
        format="OpenTimelineIO timeline",
        fps=fps,
        notes=notes,
        details=opened.details(stack),
    )


def write(
    shots: pd.DataFrame, path: Path, *, fps: Fraction, scales: Sequence[ShotScale | None] | None, title: str
) -> None:
    """Write a timeline with one clip per shot; kind, confidence and scale go into the clip's metadata."""
    otio = library("opentimelineio", str(path), "opentimelineio")
    frames, rate = frame_starts(shots, fps).tolist(), float(fps)

    def span(start: int, n_frames: int) -> Any:
        time = otio.opentime.RationalTime
        return otio.opentime.TimeRange(time(start, rate), time(n_frames, rate))

    track = otio.schema.Track(name="shots", kind=otio.schema.TrackKind.Video)
    if frames[0] > 0:
        track.append(otio.schema.Gap(source_range=span(0, frames[0])))
    its = zip(shots["kind"], shots["confidence"], scales or [None] * len(shots), strict=True)
    for k, (kind, confidence, scale) in enumerate(its):
        clip = otio.schema.Clip(name=f"shot {k + 1:04d}", source_range=span(frames[k], frames[k + 1] - frames[k]))
        clip.media_reference = otio.schema.MissingReference(name=title)
        clip.metadata[NAMESPACE] = {"kind": str(kind), "confidence": float(confidence)}
        if scale is not None:
            clip.metadata[NAMESPACE]["scale"] = scale.abbreviation
        track.append(clip)
    timeline = otio.schema.Timeline(name=title)
    timeline.tracks.append(track)
    with atomic_write(path) as stream:
        stream.write(timeline.to_json_string(indent=2) + "\n")


class _Opened:
    """The content of a timeline as pieces, and the frame rates found in it."""

    def __init__(self, otio: Any, source: str) -> None:
        self.otio = otio
        self.source = source
        self.rates: set[Fraction] = set()

    def timeline(self, text: str) -> Any:
        """Return the timeline of a file, or the only one of a collection."""
        content = self.otio.core.deserialize_json_from_string(text)
        if isinstance(content, self.otio.schema.SerializableCollection) and len(content) == 1:
            content = content[0]
        if not isinstance(content, self.otio.schema.Timeline):
            raise TableError(
                f"{self.source}: holds {type(content).__name__}, not a timeline; export the timeline as .otio"
            )
        return content

    def details(self, stack: Any) -> tuple[str, ...]:
        """Return phrases on the number of picture tracks, if several, and on mixed frame rates."""
        layers = sum(self._picture(child) for child in stack)
        said = [f"the upper of {layers} picture tracks on top"] if layers > 1 else []
        return (*said, *(["mixed frame rates"] if len(self.rates) > 1 else []))

    def pieces(self, item: Any) -> tuple[list[Piece], Fraction]:
        """Return the pieces that an item shows, timed from its own beginning, and its length."""
        schema = self.otio.schema
        if isinstance(item, schema.Stack):
            inside, length = self._stack(item)
        elif isinstance(item, schema.Track):
            inside, length = self._track(item)
        else:
            length = self._exact(item.trimmed_range().duration)
            shown = isinstance(item, schema.Clip) and item.enabled
            return ([self._piece(item, length)] if shown and length > 0 else []), length
        if item.source_range is not None:
            start = self._exact(item.source_range.start_time)
            length = self._exact(item.source_range.duration)
            inside = list(_cut(inside, start, start + length))
        return (inside if item.enabled else []), length

    def _piece(self, clip: Any, length: Fraction) -> Piece:
        media = clip.media_reference
        generator = isinstance(media, self.otio.schema.GeneratorReference)
        black = generator and "black" in str(media.generator_kind).lower()
        own = clip.metadata.get(NAMESPACE)
        return Piece(Fraction(0), length, None if black else clip.name, own=dict(own) if hasattr(own, "keys") else {})

    def _picture(self, item: Any) -> bool:
        """Return whether an item of a stack can be seen."""
        track = isinstance(item, self.otio.schema.Track)
        return not track or (item.kind == self.otio.schema.TrackKind.Video and item.enabled)

    def _stack(self, stack: Any) -> tuple[list[Piece], Fraction]:
        seen: list[Piece] = []
        longest = Fraction(0)
        for child in stack:  # from the bottom up
            if self._picture(child):
                upper, length = self.pieces(child)
                longest = max(longest, length)
                seen = sorted([*_beside(seen, upper), *upper], key=lambda piece: piece.start)
        return seen, longest

    def _track(self, track: Any) -> tuple[list[Piece], Fraction]:
        pieces: list[Piece] = []
        transitions: list[tuple[int, Fraction, Any]] = []
        position = Fraction(0)
        for child in track:
            if isinstance(child, self.otio.schema.Transition):
                transitions.append((len(pieces), position, child))
                continue
            inside, length = self.pieces(child)
            pieces += [moved(piece, position) for piece in inside]
            position += length
        for k, at, transition in transitions:
            before = pieces[k - 1] if k and pieces[k - 1].end == at else None
            after = pieces[k] if k < len(pieces) and pieces[k].start == at else None
            smpte = transition.transition_type == self.otio.schema.TransitionTypes.SMPTE_Dissolve
            join(
                before,
                after,
                begin=max(at - self._exact(transition.in_offset), Fraction(0)),
                end=min(at + self._exact(transition.out_offset), position),
                kind="dissolve" if smpte else "wipe",
                source=self.source,
            )
        return pieces, position

    def _exact(self, time: Any) -> Fraction:
        """Return a time in seconds."""
        if not 0 < time.rate < _HIGHEST_RATE:
            raise TableError(f"{self.source}: a time at {time.rate:g} frames per second; export the timeline again")
        rate = standard_fps(time.rate) or Fraction(time.rate).limit_denominator(1001)
        self.rates.add(rate)
        return Fraction(time.value).limit_denominator(1_000_000) / rate


def _cut(pieces: Iterable[Piece], start: Fraction, end: Fraction) -> Iterable[Piece]:
    """Yield the parts of pieces that lie between two times, relative to the first."""
    for piece in pieces:
        if piece.start < end and piece.end > start:
            yield moved(_between(piece, max(piece.start, start), min(piece.end, end)), -start)


def _beside(lower: Iterable[Piece], upper: Sequence[Piece]) -> Iterable[Piece]:
    """Yield the parts of the lower pieces that the upper ones do not cover; both are in time order."""
    k = 0
    for piece in lower:
        start = piece.start
        while k < len(upper) and upper[k].end <= start:
            k += 1
        over = k
        while over < len(upper) and upper[over].start < piece.end:
            if upper[over].start > start:
                yield _between(piece, start, upper[over].start)
            start = max(start, upper[over].end)
            over += 1
        if start < piece.end:
            yield _between(piece, start, piece.end)


def _between(piece: Piece, start: Fraction, end: Fraction) -> Piece:
    """Return the part of a piece between two times inside it; one that lacks its beginning begins with a cut."""
    if start == piece.start:
        return replace(piece, end=end)
    return replace(piece, start=start, end=end, kind="cut", extent=None)
