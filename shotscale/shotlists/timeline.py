"""Shots as an OpenTimelineIO timeline: what EDL and OTIO files share.

Conventions
-----------
One video track, a clip a shot, in whole frames from the film's first frame; a gap stands for what comes before the
first shot. A transition lies around the seam of two clips, and the new shot begins in its middle.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from shotscale.scales import ShotScale
from shotscale.shotlists.framerates import frame_starts, standard_fps
from shotscale.shotlists.shotlist import close_gaps, missing_library
from shotscale.tables import KINDS, make_shots

__all__ = ["opentimelineio", "shots_from_track", "timeline_of"]

NAMESPACE = "shotscale"


def opentimelineio(what: str) -> Any:
    """Give the library, or say that it is needed."""
    try:
        import opentimelineio as otio
    except ImportError as error:
        raise missing_library(what, "opentimelineio") from error
    return otio


def timeline_of(
    shots: pd.DataFrame, *, fps: Fraction, scales: Sequence[ShotScale | None] | None, title: str, what: str
) -> Any:
    """Make a timeline of shots; what frames cannot say stands in each clip's metadata under ``shotscale``."""
    otio = opentimelineio(what)
    frames, rate = frame_starts(shots, fps).tolist(), float(fps)
    track = otio.schema.Track(name="shots", kind=otio.schema.TrackKind.Video)
    if frames[0] > 0:
        track.append(otio.schema.Gap(source_range=_range(otio, 0, frames[0], rate)))
    for k, (kind, confidence) in enumerate(zip(shots["kind"], shots["confidence"], strict=True)):
        clip = otio.schema.Clip(
            name=f"shot {k + 1:04d}", source_range=_range(otio, frames[k], frames[k + 1] - frames[k], rate)
        )
        clip.media_reference = otio.schema.MissingReference(name=title)
        clip.metadata[NAMESPACE] = {"kind": str(kind), "confidence": float(confidence)}
        scale = scales[k] if scales is not None else None
        if scale is not None:
            clip.metadata[NAMESPACE]["scale"] = scale.abbreviation
        track.append(clip)
    timeline = otio.schema.Timeline(name=title)
    timeline.tracks.append(track)
    return timeline


def shots_from_track(
    track: Any, *, offset_frames: int, fps: Fraction | None, source: str
) -> tuple[pd.DataFrame, tuple[str, ...], Fraction | None, list[Any]]:
    """Turn a track's clips into shots.

    Parameters
    ----------
    track : opentimelineio.schema.Track
    offset_frames : int
        Where the track begins.
    fps : Fraction, optional
        The exact frame rate, where the file's own is not to be taken.
    source : str
        Named in errors.

    Returns
    -------
    shots : pandas.DataFrame
        A shot table.
    notes : tuple of str
    fps : Fraction, optional
        What the times were counted in; None if the clips' rates differ.
    clips : list
        The clip of each shot.

    Raises
    ------
    TableError
        If the clips are no contiguous shots.
    """
    otio = opentimelineio(source)
    rates = {item.duration().rate for item in track if isinstance(item, otio.core.Item)}
    if fps is None and len(rates) == 1:
        fps = _exact(rates.pop())
    position = float(Fraction(offset_frames) / fps) if fps is not None else 0.0
    frames = float(offset_frames)
    starts, ends, kinds, extents, clips = [], [], [], [], []
    transition: tuple[float, float, str] | None = None
    for item in track:
        if isinstance(item, otio.schema.Transition):
            kind = "dissolve" if item.transition_type == otio.schema.TransitionTypes.SMPTE_Dissolve else "wipe"
            transition = (position - item.in_offset.to_seconds(), position + item.out_offset.to_seconds(), kind)
            continue
        length = item.duration()
        frames += length.value
        after = frames * fps.denominator / fps.numerator if fps is not None else position + length.to_seconds()
        if not isinstance(item, otio.schema.Gap):
            begin, end, kind = transition or (position, position, "cut")
            starts.append((begin + end) / 2)
            ends.append(after)
            kinds.append(kind)
            extents.append((begin, end))
            clips.append(item)
        position, transition = after, None
    first, last = np.asarray(starts, np.float64), np.asarray(ends, np.float64)
    if len(starts) > 1 and len(ends) > 1:
        gradual = np.asarray([end > begin for begin, end in extents[1:]])
        last[:-1][gradual] = first[1:][gradual]
    last, notes = close_gaps(first, last, source=source)
    told = [_told(clip) for clip in clips]
    pairs = list(zip(told, kinds, strict=True))
    shots = make_shots(
        first,
        float(last[-1]),
        kinds=["start", *(own["kind"] if own["kind"] in KINDS[1:] else kind for own, kind in pairs[1:])],
        confidences=[own["confidence"] for own in told],
        transitions=extents,
    )
    return shots, notes, fps, clips


def _told(clip: Any) -> dict[str, Any]:
    """Read what this package wrote into a clip's metadata, in so far as it can be."""
    own = clip.metadata.get(NAMESPACE)
    own = own if hasattr(own, "get") else {}
    confidence, kind = own.get("confidence", 1.0), own.get("kind", "")
    sure = isinstance(confidence, int | float) and 0 <= confidence <= 1
    return {"kind": kind if isinstance(kind, str) else "", "confidence": float(confidence) if sure else 1.0}


def _range(otio: Any, start: int, n_frames: int, rate: float) -> Any:
    time = otio.opentime.RationalTime
    return otio.opentime.TimeRange(time(start, rate), time(n_frames, rate))


def _exact(rate: float) -> Fraction | None:
    """Give a rate of a file exactly, None if it is none."""
    if not 0 < rate < 1e6:
        return None
    return standard_fps(rate) or Fraction(rate).limit_denominator(1001)
