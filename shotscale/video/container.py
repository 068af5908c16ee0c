"""Open a film file: check its format, choose the film's stream, and decode its first frame."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import cast

import av
from av.container import InputContainer
from av.container.core import Flags
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotscale.errors import FilmError
from shotscale.video.clock import LONGEST_STILL, Clock
from shotscale.video.decoding import MAX_PIXELS, Damage, decode, decoder_errors, demux, reason_of, refuse_absurd, stamp
from shotscale.video.info import FilmInfo, claim_lead, describe, later_films
from shotscale.video.pictures import Orientation
from shotscale.video.protection import is_tagged, scrambled_share
from shotscale.video.source import FilmSource, source_of

MAX_SIDE = 32768  # four times 8K's width: a larger value is a damaged header

# Formats that contain their pictures. Playlists, image sequences, text and anything that would make the library open
# further files or the network are left out, whatever their suffix.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,live_flv,mpegts,mpeg,mpegvideo,m4v,h264,hevc,vvc,av1,obu,ivf,asf,"
    "ogg,rm,mxf,dv,wtv,nut,gif,apng,yuv4mpegpipe,nsv,vob,vc1,h263,h261,cavsvideo,dirac,mjpeg,swf,gxf,bink,smk,roq,"
    "mp3,flac,wav,aac,ac3,aiff,ape,wv,tta,caf"
)
_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
_MAKE_UP_TIMES = cast("int", Flags.gen_pts.value)
_WITHOUT_TIMES = cast("int", av.format.Flags.no_timestamps.value)
_RECORDED_IN_PIECES = ("mpegts", "mpeg")
_PROBE_PACKETS = 2000  # more than a minute of pictures: a film without a frame by then is refused
_MOST_SCRAMBLED = 0.5  # of a recording: the rest of one that is mostly protected is not the film
_PROBE_ORDER = 16  # frames: the farthest that H.264 may reorder
_JUMPS = 10
"""Seconds beyond which a step ahead counts as a jump, in formats that are recorded in pieces: ffmpeg's figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What the first decoded frame tells, in addition to `FilmInfo`."""

    info: FilmInfo
    first: int | None
    """The timestamp of the first frame (`shotscale.video.decoding.stamp`)."""
    by_dts: bool
    """Whether frames are placed by decoding times (DTS) although the file has presentation times (PTS)."""
    delay: int | None
    """Ticks from a packet's decoding time to its frame's, if frames are placed by decoding times."""
    orientation: Orientation
    is_recording: bool
    """Whether the format allows recordings with separate timestamps to be joined."""
    has_times: bool
    """Whether the format has times; the pictures of a raw stream are counted."""
    other_streams: int
    """Number of other streams of moving pictures in the file."""
    later_films: int
    """Number of films after the first that were joined to it as they are."""
    lead: float
    """Seconds before the first frame at which the file's claimed duration begins."""
    undecoded: float
    """Seconds of the stream before its first frame that can be decoded."""
    claims_own: bool
    """Whether the claimed duration is that of the pictures alone, not also of sound that may last longer."""
    scrambled: float
    """Share of the file, 0 to 1, that is scrambled."""

    def shown(self, packet: "Packet[VideoStream]") -> int | None:
        """Return a packet's presentation timestamp; if placed by decoding times, it may be that of another frame."""
        if self.delay is None:
            return stamp(packet, by_dts=False)
        return None if packet.dts is None else packet.dts + self.delay

    def clock(self, stream: VideoStream) -> Clock[VideoFrame]:
        """Make the clock that places the film's frames."""
        assert stream.time_base is not None
        return Clock(
            stream.time_base,
            origin=self.first,
            rate=stream.average_rate or stream.guessed_rate,
            longest_still=_JUMPS if self.is_recording else LONGEST_STILL,
        )


def probe_film(path: str | os.PathLike[str]) -> FilmInfo:
    """Return a film file's information, after decoding its first frame.

    Raises `FilmError` if nothing in it can be shown: a folder, an empty file, a file that is not a video, sound alone,
    a cover picture alone, a picture of absurd size, no decodable frame.
    """
    return probe(path).info


@contextmanager
def probed(path: str | os.PathLike[str]) -> Iterator[tuple[InputContainer, VideoStream, Probe]]:
    """Open a film and decode its first frame; reading further requires a seek. Raises as `probe_film` does."""
    source = source_of(path)
    with opened(source, threads=1) as (container, stream):
        scrambled = scrambled_share(source, container, stream)
        refuse_protected(path, scrambled > _MOST_SCRAMBLED)
        damage = Damage()
        packets: list[Packet[VideoStream]] = []
        passing = _kept(demux(container, stream, damage=damage), packets)
        frames = decode(container, stream, damage=damage, packets=passing, max_packets=_PROBE_PACKETS)
        frame = next(frames, None)
        refuse_protected(path, damage.protected > 0)
        if frame is None:
            refuse_protected(path, scrambled > 0)
            raise FilmError(
                f"{path}: no frame can be decoded (damaged, cut short or of no length); give a film that a player shows"
            )
        _refuse_size(path, frame.width, frame.height)
        by_dts = _counts_in_order_of_decoding(stream, packets, frame, frames)
        first = stamp(frame, by_dts=by_dts)
        decoded = next((packet.dts for packet in packets if packet.dts is not None), None)
        shown = frame.dts if by_dts or frame.pts is None else None
        film = Probe(
            info=describe(source, container, stream, frame),
            first=first,
            by_dts=by_dts,
            delay=None if shown is None or decoded is None else shown - decoded,
            orientation=Orientation.of_frame(frame),
            is_recording=container.format.name in _RECORDED_IN_PIECES,
            has_times=bool(source.rate) or not container.format.flags & _WITHOUT_TIMES,
            other_streams=len(_moving(container)) - 1,
            later_films=later_films(source, container),
            lead=claim_lead(container, stream, first),
            undecoded=_undecoded(stream, packets, first, by_dts=by_dts),
            claims_own=stream.duration is not None or "DURATION" in stream.metadata,
            scrambled=scrambled,
        )
        yield container, stream, film


def probe(path: str | os.PathLike[str]) -> Probe:
    """Decode the first frame of a film; raises as `probe_film` does."""
    with probed(path) as (_, _, film):
        return film


def refuse_protected(path: str | os.PathLike[str], is_protected: bool) -> None:
    """Raise `FilmError` if a film is encrypted, even in part: unencrypted pictures before that are not the film."""
    if is_protected:
        raise FilmError(f"{path}: its content is protected (encrypted); give a copy without protection")


@contextmanager
def opened(path: str | os.PathLike[str], *, threads: int) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a local film file and its film stream for decoding with `threads` frame threads.

    Raises
    ------
    FilmError
        As in `probe_film`, except for what only decoding shows; also for any decoder error inside the block.
    """
    source = source_of(path)
    try:
        container = _open(source)
    except (FilmError, MemoryError) as error:
        refuse_absurd(path, error)
        raise
    except Exception as error:
        raise FilmError(f"{path}: {_not_opened(error)}") from error
    with decoder_errors(path), container:
        # PyAV would make up missing presentation times in decoding order: frames would change places.
        container.flags &= ~_MAKE_UP_TIMES
        stream = _film_stream(path, container)
        _refuse_size(path, stream.codec_context.width, stream.codec_context.height)
        for other in container.streams:
            if other.index != stream.index:
                other.discard = av.stream.Discard.all
        # With this limit, a decoder refuses a picture of absurd size in the middle of a film.
        stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        stream.codec_context.thread_count = threads
        stream.codec_context.thread_type = "FRAME" if threads > 1 else "NONE"
        yield container, stream


def _open(source: FilmSource) -> InputContainer:
    """Open regular files; the prefix keeps a name with a colon from being taken for a URL."""
    try:
        source.opened.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FilmError(f"{source.opened!a}: the name is not valid text; rename the file") from error
    return av.open(
        f"file:{source.opened}",
        "r",
        format=source.format,
        container_options={**_OPTIONS, **source.options},
        metadata_errors="replace",
    )


def _film_stream(path: str | os.PathLike[str], container: InputContainer) -> VideoStream:
    """Choose the film's stream as players do: the default one; of several, the largest, then the first."""
    if not container.streams.video:
        held = "holds sound but no picture" if container.streams.audio else "holds no picture"
        raise FilmError(f"{path}: {held}; give a file with a video stream")
    moving = _moving(container)
    if not moving:
        raise FilmError(f"{path}: its only picture is a cover; give a file with a video stream")
    playable = [stream for stream in moving if stream.codec_context is not None and stream.time_base]
    stream = max(playable, key=_rank, default=None)
    refuse_protected(path, is_tagged(path, container, stream))
    if stream is None:
        raise FilmError(f"{path}: no decoder for its pictures; convert it to H.264 first")
    return stream


def _moving(container: InputContainer) -> list[VideoStream]:
    still = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    return [stream for stream in container.streams.video if not stream.disposition & still]


def _rank(stream: VideoStream) -> tuple[bool, int]:
    context = stream.codec_context
    return bool(stream.disposition & Disposition.default), context.width * context.height


def _kept(
    packets: "Iterable[Packet[VideoStream]]", kept: "list[Packet[VideoStream]]"
) -> "Iterator[Packet[VideoStream]]":
    """Yield packets and record them in `kept`; the next one is requested only when needed."""
    for packet in packets:
        kept.append(packet)
        yield packet


def _counts_in_order_of_decoding(
    stream: VideoStream, packets: "list[Packet[VideoStream]]", first: VideoFrame, frames: Iterator[VideoFrame]
) -> bool:
    """Return whether alleged presentation times follow decoding order, as in some MXF and MP4 files.

    A stream is suspect if its frames are reordered but every packet's two times are equal; then the next frames are
    decoded, to see whether their times step back.
    """
    if first.pts is None or not stream.codec_context.has_b_frames:
        return False
    if any(packet.pts != packet.dts for packet in packets if packet.size):
        return False
    times = [first.pts, *(frame.pts for frame in islice(frames, _PROBE_ORDER) if frame.pts is not None)]
    return any(after <= before for before, after in pairwise(times))


def _undecoded(stream: VideoStream, packets: "list[Packet[VideoStream]]", first: int | None, *, by_dts: bool) -> float:
    """Return the seconds from the earliest of a stream's packets that no edit list hides to its first frame."""
    stamps = [stamp(packet, by_dts=by_dts) for packet in packets if not packet.is_discard]
    earliest = min((at for at in stamps if at is not None), default=first)
    if earliest is None or first is None or stream.time_base is None:
        return 0.0
    return max(0.0, float((first - earliest) * stream.time_base))


def _refuse_size(path: str | os.PathLike[str], width: int, height: int) -> None:
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise FilmError(
            f"{path}: a picture of {width} x {height}: at most {MAX_PIXELS:,} pixels are decoded; "
            "scale it down or check the file"
        )


def _not_opened(error: Exception) -> str:
    """Return why a file cannot be opened: what it is, or what kept it from being read."""
    remedy = "give a whole video file such as .mp4 or .mkv"
    if isinstance(error, av.InvalidDataError | av.EOFError):
        what = "no video inside, or cut short"
    elif isinstance(error, av.FFmpegError) and error.errno == errno.EINVAL:
        what = "a playlist, a still picture or text"
        remedy += ", or frames/%04d.png --fps 24 for numbered pictures"
    else:
        return f"cannot be opened ({reason_of(error)}); check the file and its disk"
    return f"not a video that can be read ({what}); {remedy}"
