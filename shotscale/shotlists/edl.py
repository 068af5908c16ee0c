"""CMX 3600 edit decision lists, ``.edl``: an event a shot.

Conventions
-----------
Timecodes count whole frames from the film's first frame. An EDL does not say how long a frame is, so the frame rate
is always asked for. A first event at 01:00:00:00 or later is the custom of programmes: whole hours before it are
left out. Every shot is written as a cut; how it begins and its scale stand in comments, which are read again.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from shotscale.errors import OptionError, TableError
from shotscale.files import atomic_write
from shotscale.scales import ShotScale
from shotscale.shotlists.framerates import require_fps
from shotscale.shotlists.scalenames import parse_scale
from shotscale.shotlists.shotlist import ReadOptions, ShotList, missing_library, read_text
from shotscale.shotlists.timeline import NAMESPACE, opentimelineio, shots_from_track, timeline_of
from shotscale.tables import KINDS

__all__ = ["read", "write"]

_MOST_EVENTS = 999
_SCALE, _KIND = "SHOT SCALE: ", "SHOT KIND: "


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read the picture events of an EDL by their record timecodes."""
    fps = require_fps(options.fps, what=str(path))
    adapter, otio = _adapter(str(path)), opentimelineio(str(path))
    _check_rate(otio, fps)
    text = read_text(path)
    try:
        timeline = adapter.read_from_string(text, rate=float(fps))
        tracks = [track for track in timeline.video_tracks() if any(track.find_clips())]
        if len(tracks) != 1:
            raise TableError(f"{path}: has {len(tracks)} picture tracks with events; export one picture track")
        mark = ";" if re.search(r"\d;\d\d\b", text) else ":"  # drop-frame hours are shorter
        hour = round(otio.opentime.from_timecode(f"01:00:00{mark}00", float(fps)).value)
        began = 0 if tracks[0].source_range is None else -round(tracks[0].source_range.start_time.value)
        for clip in tracks[0].find_clips():
            _tell(clip)
        shots, notes, _, clips = shots_from_track(tracks[0], offset_frames=began % hour, fps=fps, source=str(path))
    except TableError:
        raise
    except Exception as error:  # the library raises what it likes at content that is wrong
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise TableError(f"{path}: not a CMX 3600 EDL that can be used ({reason}); export the list again") from error
    names = [clip.metadata.get(NAMESPACE, {}).get("scale") for clip in clips]
    scales = tuple(
        parse_scale(name, where=f"{path}: {clip.name}") if name else None
        for name, clip in zip(names, clips, strict=True)
    )
    return ShotList(shots=shots, scales=scales if any(scales) else None, format="EDL", fps=fps, notes=notes)


def write(
    shots: pd.DataFrame, path: Path, *, fps: Fraction, scales: Sequence[ShotScale | None] | None, title: str
) -> tuple[str, ...]:
    """Write an EDL; give a note if it has more events than the strictest programs read.

    Raises
    ------
    OptionError
        If there is no timecode at this frame rate.
    """
    adapter, otio = _adapter(str(path)), opentimelineio(str(path))
    _check_rate(otio, fps)
    plain = " ".join(re.sub(r"[^\x20-\x7e]", "?", title).split()) or "shots"
    timeline = timeline_of(shots, fps=fps, scales=scales, title=plain, what=str(path))
    for clip in timeline.find_clips():
        own = clip.metadata[NAMESPACE]
        comments = [f"{_KIND}{own['kind']}", *([f"{_SCALE}{own['scale']}"] if "scale" in own else [])]
        clip.media_reference = None
        clip.metadata["cmx_3600"] = {"reel": "AX", "comments": comments}
    text = adapter.write_to_string(timeline, rate=float(fps), reelname_len=None)
    count = "DROP FRAME" if re.search(r"\d;\d\d\b", text) else "NON-DROP FRAME"
    with atomic_write(path) as stream:
        stream.write(text.replace("\n\n", f"\nFCM: {count}\n\n", 1))
    if len(shots) <= _MOST_EVENTS:
        return ()
    return (f"{len(shots)} events; the strictest programs read {_MOST_EVENTS} of an EDL, and .otio has no such limit",)


def _adapter(what: str) -> Any:
    try:
        from otio_cmx3600_adapter import cmx_3600
    except ImportError as error:
        raise missing_library(what, "otio-cmx3600-adapter") from error
    return cmx_3600


def _check_rate(otio: Any, fps: Fraction) -> None:
    if not otio.opentime.RationalTime.is_smpte_timecode_rate(float(fps)):
        raise OptionError(
            f"--fps {float(fps):g}: no timecode counts at this rate; 23.976, 24, 25, 29.97, 30, 50 ... do"
        )


def _tell(clip: Any) -> None:
    """Move what this package wrote into comments to the clip's own metadata."""
    own = {}
    for comment in clip.metadata.get("cmx_3600", {}).get("comments", []):
        if comment.startswith(_SCALE):
            own["scale"] = comment.removeprefix(_SCALE).strip()
        elif comment.startswith(_KIND) and comment.removeprefix(_KIND).strip() in KINDS:
            own["kind"] = comment.removeprefix(_KIND).strip()
    clip.metadata[NAMESPACE] = own
