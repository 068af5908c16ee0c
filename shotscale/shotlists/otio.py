"""OpenTimelineIO's own files, ``.otio``: what editing programs exchange."""

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from shotscale.errors import TableError
from shotscale.files import atomic_write
from shotscale.scales import ShotScale
from shotscale.shotlists.scalenames import parse_scale
from shotscale.shotlists.shotlist import ReadOptions, ShotList, read_text
from shotscale.shotlists.timeline import NAMESPACE, opentimelineio, shots_from_track, timeline_of

__all__ = ["read", "write"]


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read the picture track of a timeline; several are flattened, the upper one on top."""
    otio = opentimelineio(str(path))
    text = read_text(path)
    try:
        json.loads(text)  # the library's own parser is not safe from nesting without end
    except (ValueError, RecursionError) as error:
        raise TableError(f"{path}: not a timeline of OpenTimelineIO; export it again as .otio") from error
    try:
        shots, notes, fps, clips = _shots(otio, text, path, options)
    except TableError:
        raise
    except Exception as error:  # the library raises what it likes at content that is wrong
        reason = " ".join(str(error).split())[:80] or type(error).__name__
        raise TableError(f"{path}: a timeline that cannot be used ({reason}); export it again as .otio") from error
    scales = tuple(_scale(clip, path) for clip in clips)
    return ShotList(
        shots=shots, scales=scales if any(scales) else None, format="OpenTimelineIO timeline", fps=fps, notes=notes
    )


def write(
    shots: pd.DataFrame, path: Path, *, fps: Fraction, scales: Sequence[ShotScale | None] | None, title: str
) -> None:
    """Write a timeline with a clip a shot."""
    timeline = timeline_of(shots, fps=fps, scales=scales, title=title, what=str(path))
    with atomic_write(path) as stream:
        stream.write(timeline.to_json_string(indent=2) + "\n")


def _shots(otio: Any, text: str, path: Path, options: ReadOptions) -> tuple[Any, ...]:
    timeline = otio.core.deserialize_json_from_string(text)
    if not isinstance(timeline, otio.schema.Timeline):
        raise TableError(f"{path}: holds {type(timeline).__name__}, not a timeline; export the timeline as .otio")
    tracks = [track for track in timeline.video_tracks() if track.enabled and any(track.find_clips())]
    if not tracks:
        raise TableError(f"{path}: has no video track with clips; export the picture track")
    track = tracks[0] if len(tracks) == 1 else otio.algorithms.flatten_stack(tracks)
    return shots_from_track(track, offset_frames=0, fps=options.fps, source=str(path))


def _scale(clip: Any, path: Path) -> ShotScale | None:
    own = clip.metadata.get(NAMESPACE)
    name = own.get("scale") if hasattr(own, "get") else None
    return parse_scale(name, where=f"{path}: {clip.name}") if isinstance(name, str) else None
