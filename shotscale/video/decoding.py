"""Decode packets to frames with times, tolerating damage: errors are counted up to a limit, never raised.

The decoder may raise any class of exception: some errors of FFmpeg are an `OSError`, a `ValueError` or a `LookupError`,
some are none of these, and PyAV adds its own if a file is not as it expects.
"""

import errno
import math
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import psutil
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotscale.cores import available_cores
from shotscale.errors import FilmError, UserError
from shotscale.video.clock import Clock

MAX_PIXELS = 1 << 27
"""The largest picture that is decoded, 134 million pixels: four times 8K."""

_MOST_THREADS = 16  # as many as ffmpeg uses by default
_MAX_ERRORS_IN_A_ROW = 500  # some twenty seconds of pictures: what follows such long damage is rarely the film
_AVI_HEAD = 8  # bytes of a piece's name and length, to which the index points
_MAX_PACKETS_WITHOUT_FRAME = 5000  # three minutes of pictures: no decoder holds back that many


@dataclass(slots=True)
class Damage:
    """What went wrong while a film was decoded.

    `packets` counts the packets that could not be decoded, `protected` the encrypted packets that were not given to the
    decoder, and `corrupt_frames` the frames that the decoder marked as damaged. `reading_failed` says why reading
    stopped before the end of the file, `gave_up` whether too many packets in a row gave no frame, `first_byte` and
    `last_byte` where in the file the stream's packets begin and end. `repeat` is the stream's last packet if it only
    says that the last picture stays. `hidden` says that no frame is as late as the `latest` packet: decoding threads
    may hold frames that they do not return because of damaged packets at the end, of which `at_end` were counted.
    """

    packets: int = 0
    corrupt_frames: int = 0
    reading_failed: str | None = None
    gave_up: bool = False
    protected: int = 0
    first_byte: int | None = None
    last_byte: int | None = None
    repeat: "Packet[VideoStream] | None" = None
    hidden: bool = False
    latest: float = -math.inf
    at_end: int = 0


_WITHOUT_ASPECT = ("mpegts", "mpeg", "wtv", "mpegvideo", "dv")  # 4:3 and 16:9 follow each other on television and tape
_PLENTY = 1 << 30  # bytes; an analysis needs a third of it


@contextmanager
def decoder_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn any error raised while a film is read into a `FilmError`, except user errors and lack of memory."""
    try:
        yield
    except (UserError, MemoryError) as error:
        refuse_absurd(path, error)
        raise
    except Exception as error:
        raise FilmError(f"{path}: cannot be decoded ({reason_of(error)}); give a film that a player shows") from error


def refuse_absurd(path: str | os.PathLike[str], error: Exception) -> None:
    """Raise `FilmError` if FFmpeg ran out of memory while there was plenty: damaged packets can claim any size."""
    if isinstance(error, av.error.MemoryError) and psutil.virtual_memory().available > _PLENTY:
        raise FilmError(
            f"{path}: a piece of it claims more than this machine's memory (damaged); give a film that a player shows"
        ) from error


def reason_of(error: Exception) -> str:
    """Return why the decoder failed, in a few words."""
    words = str(getattr(error, "strerror", None) or error).strip() or type(error).__name__
    return words.splitlines()[0].lower()


def demux(container: InputContainer, stream: VideoStream, *, damage: Damage) -> "Iterator[Packet[VideoStream]]":
    """Yield a stream's packets, the last an empty one that flushes the decoder, however the file ends."""
    try:
        packets = container.demux(stream)
    except Exception as error:  # noqa: BLE001 - the decoder's
        packets, damage.reading_failed = iter(()), reason_of(error)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except IndexError:
            # At the end, PyAV flushes each stream, and fails on one that appeared during reading; that one has a higher
            # index than ours, so ours has been flushed.
            return
        except Exception as error:  # noqa: BLE001 - the decoder's
            if getattr(error, "errno", None) != errno.EPERM:  # with which GXF ends
                damage.reading_failed = reason_of(error)
            break
        if container.format.name == "avi" and packet.pos is not None:
            _place_by_index(packet, packet.pos, stream)
        yield packet
    yield cast("Packet[VideoStream]", Packet())


def _place_by_index(packet: "Packet[VideoStream]", at: int, stream: VideoStream) -> None:
    """Give an AVI's picture its time in the file's index: the library counts pictures, also those after a hole.

    An index that has more entries than the header counts pictures holds something else too, such as palettes.
    """
    entries, begin = stream.index_entries, at - _AVI_HEAD
    place = bisect_left(entries, begin, key=lambda entry: entry.pos)
    is_found = place < len(entries) and entries[place].pos == begin
    if packet.dts is not None and is_found and entries[-1].timestamp < stream.frames:
        lost = entries[place].timestamp - packet.dts
        packet.dts += lost
        packet.pts = None if packet.pts is None else packet.pts + lost


def decode(
    container: InputContainer,
    stream: VideoStream,
    *,
    damage: Damage,
    packets: "Iterable[Packet[VideoStream]] | None" = None,
    max_packets: int = _MAX_PACKETS_WITHOUT_FRAME,
) -> Iterator[VideoFrame]:
    """Yield the frames of an opened stream in presentation order; `damage` counts what could not be decoded.

    A frame's `opaque` is the width of its pixels over their height, if known, which may change within a recording.
    By default, all remaining packets in the container are decoded; `max_packets` in a row without a frame end it.
    """
    fruitless = errors = 0
    shown = -math.inf
    for packet in packets if packets is not None else demux(container, stream, damage=damage):
        if packet.pos is not None:
            damage.first_byte = packet.pos if damage.first_byte is None else damage.first_byte
            damage.last_byte = packet.pos + packet.size
        if _repeats(packet):
            damage.repeat = packet
            continue
        if packet.size:
            damage.repeat = None
        if packet.has_sidedata("encryption_info"):
            damage.protected += 1
            continue
        damage.latest = damage.latest if packet.pts is None else max(damage.latest, packet.pts)
        damage.at_end = errors
        try:
            frames = stream.codec_context.decode(packet)
        except Exception:  # noqa: BLE001 - the decoder's
            damage.packets += 1
            damage.at_end += 1
            errors += 1
            frames = []
        else:
            errors = 0
        fruitless = 0 if frames else fruitless + 1
        for frame in frames:
            damage.corrupt_frames += frame.is_corrupt
            shown = shown if frame.pts is None else max(shown, frame.pts)
            frame.opaque = _pixel_aspect(container, stream)
            yield frame
        if errors >= _MAX_ERRORS_IN_A_ROW or fruitless >= max_packets:
            damage.gave_up = True
            return
    damage.hidden = damage.latest > shown and stream.codec_context.thread_count > 1


def stamp(piece: "VideoFrame | Packet[VideoStream]", *, by_dts: bool) -> int | None:
    """Return the timestamp by which a frame, or the key frame in a packet, is placed.

    This is the decoding time in AVI and ASF, which have no other, and if a file's presentation times turn out to follow
    decoding order. A frame's decoding time is that at which the decoder returned it.
    """
    return piece.dts if by_dts or piece.pts is None else piece.pts


def timed(
    frames: Iterable[VideoFrame], clock: Clock[VideoFrame], *, by_dts: bool
) -> Iterator[tuple[float, VideoFrame]]:
    """Yield frames with their times in seconds."""
    for frame in frames:
        yield from clock.push(frame, stamp(frame, by_dts=by_dts), frame.duration)
    yield from clock.finish()


def _pixel_aspect(container: InputContainer, stream: VideoStream) -> Fraction | None:
    """Return what the container says of all frames, or the decoder of the latest where containers say nothing."""
    latest = stream.codec_context.sample_aspect_ratio if container.format.name in _WITHOUT_ASPECT else None
    return latest or stream.sample_aspect_ratio


def _repeats(packet: "Packet[VideoStream]") -> bool:
    """Return whether an empty packet only repeats the previous picture; the last packet of all flushes the decoder."""
    is_last = packet.pts is None and packet.dts is None
    return packet.size == 0 and not is_last and next(packet.iter_sidedata(), None) is None


def default_threads() -> int:
    """Return the number of decoding threads for the cores that this process may use."""
    return min(available_cores() + 2, _MOST_THREADS)
