"""Metadata of a film file, checked against its first frame."""

import math
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotscale.video.pictures import PQ, Orientation, pixel_aspect
from shotscale.video.source import FilmSource

_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")  # with which a WMV begins


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmInfo:
    """Metadata of a film file, checked by decoding its first frame.

    Attributes
    ----------
    path : pathlib.Path
        As given.
    container, codec, pixel_format : str
        Short names, for instance ``"matroska"``, ``"h264"``, ``"yuv420p"``.
    width, height : int
        Of the picture as shown: square pixels, rotated as the file specifies, black bars included.
    coded_width, coded_height : int
        Of the picture as stored.
    rotation : int
        Degrees clockwise by which the stored picture is rotated for display: 0, 90, 180 or 270.
    mirrored : bool
        Whether the picture is mirrored before it is rotated.
    sample_aspect_ratio : float
        Width over height of a stored pixel.
    interlaced, high_dynamic_range : bool
        Of the first frame.
    fps : float or None
        Average frames per second, for display only.
    duration : float or None
        Seconds, as the container claims.
    size_bytes : int
        Of the file.
    """

    path: Path
    container: str
    codec: str
    pixel_format: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    rotation: int
    mirrored: bool
    sample_aspect_ratio: float
    interlaced: bool
    high_dynamic_range: bool
    fps: float | None
    duration: float | None
    size_bytes: int


def describe(source: FilmSource, container: InputContainer, stream: VideoStream, frame: VideoFrame) -> FilmInfo:
    """Return an opened film's information, given its first frame."""
    orientation = Orientation.of_frame(frame)
    aspect = pixel_aspect(frame)
    width, height = max(1, round(frame.width * aspect)), frame.height
    if orientation.quarter_turns % 2:
        width, height = height, width
    rate = stream.average_rate or stream.guessed_rate
    return FilmInfo(
        path=Path(source.name),
        container=source.kind or container.format.name.split(",")[0],
        codec=source.kind or stream.codec_context.name,
        pixel_format=frame.format.name,
        width=width,
        height=height,
        coded_width=frame.width,
        coded_height=frame.height,
        rotation=(-90 * orientation.quarter_turns) % 360,
        mirrored=orientation.mirrored,
        sample_aspect_ratio=float(aspect),
        interlaced=frame.interlaced_frame,
        high_dynamic_range=frame.color_trc == PQ,
        fps=float(rate) if rate else None,
        duration=claimed_duration(container, stream),
        size_bytes=sum(file.stat().st_size for file in source.files),
    )


def claimed_duration(container: InputContainer, stream: VideoStream) -> float | None:
    """Return the duration that the container claims for the film's pictures, or None; it may be wrong."""
    seconds: float | None = None
    if stream.duration is not None and stream.time_base is not None:
        # The library shortens an AVI's duration to what is left of the file, but not its number of frames.
        frames = stream.frames if container.format.name == "avi" else 0
        seconds = float(max(stream.duration, frames) * stream.time_base)
    elif "DURATION" in stream.metadata:
        seconds = _clock_to_seconds(stream.metadata["DURATION"])
    if seconds is None and container.duration is not None:
        seconds = container.duration / av.time_base
    return seconds if seconds is not None and math.isfinite(seconds) and seconds > 0 else None


def claim_lead(container: InputContainer, stream: VideoStream, first: int | None) -> float:
    """Return how many seconds before the film's first picture, at a timestamp, its claimed duration begins.

    A stream's own begins with its first packet, Matroska's at the file's time 0, any other with the first stream. In
    MP4, it may include an empty edit, or all that preceded a segment.
    """
    if first is None or stream.time_base is None:
        return 0.0
    if "DURATION" in stream.metadata or container.format.name.startswith("mov"):
        begins = 0.0
    elif stream.duration is not None:
        begins = float((first if stream.start_time is None else stream.start_time) * stream.time_base)
    else:
        begins = (container.start_time or 0) / av.time_base
    return max(0.0, float(first * stream.time_base) - begins)


def later_films(source: FilmSource, container: InputContainer) -> int:
    """Return how many MP4 or WMV films follow the first in its file, as after `cat`; players show the first alone."""
    is_asf = container.format.name == "asf"
    if not (is_asf or container.format.name.startswith("mov")):
        return 0
    boxes = Counter(_boxes(Path(source), is_asf=is_asf))
    n_films = boxes[_ASF] if is_asf else min(boxes[b"ftyp"], boxes[b"moov"])
    return 0 if boxes[b"moof"] else max(0, n_films - 1)


def _boxes(path: Path, *, is_asf: bool) -> Iterator[bytes]:
    """Yield the names of an MP4's outermost boxes, or of a WMV's objects, as far as they are sound."""
    at, whole = 0, path.stat().st_size
    with path.open("rb") as file:
        while at < whole:
            file.seek(at)
            head = file.read(24).ljust(24, b"\0")
            if is_asf:
                name, size = struct.unpack("<16sQ", head)
            else:
                size, name, long_size = struct.unpack_from(">I4sQ", head)
                size = long_size if size == 1 else size
            yield name
            at += size or whole  # 0: to the end


def _clock_to_seconds(text: str) -> float | None:
    """Read Matroska's ``HH:MM:SS.fraction``."""
    try:
        hours, minutes, seconds = text.strip("\0 ").split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(Fraction(seconds))
    except (ValueError, ZeroDivisionError):
        return None
