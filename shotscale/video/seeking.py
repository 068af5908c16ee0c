"""Going to a time in a film so that the frame shown then, and what it is built on, will be decoded."""

from collections.abc import Iterator
from itertools import chain

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from shotscale.video.decoding import Damage, demux

__all__ = ["last_timestamp_before", "packets_from"]

_BACK_SECONDS = (0, 1, 2, 4, 8, 16, 32, 64, 128)
_LOOK_AHEAD = 64


def packets_from(
    container: InputContainer, stream: VideoStream, pts: int, *, damage: Damage
) -> "Iterator[Packet[VideoStream]] | None":
    """Give the packets from a key frame on that is shown no later than a timestamp, or None if none is found.

    Containers search by the time of decoding, and some land behind the frame that was asked for: what was
    found is checked, and if need be looked for farther back.
    """
    assert stream.time_base is not None
    earliest = stream.start_time or 0
    for back in _BACK_SECONDS:
        try:
            # Some containers refuse a time before their beginning.
            container.seek(max(earliest, pts - int(back / stream.time_base)), stream=stream, backward=True)
        except Exception:  # noqa: BLE001 - the decoder's
            continue
        packets = demux(container, stream, damage=damage)
        first = next((packet for packet in packets if packet.is_keyframe and packet.pts is not None), None)
        if first is not None and first.pts is not None and first.pts <= pts:
            return chain([first], packets)
    return None


def last_timestamp_before(container: InputContainer, stream: VideoStream, pts: int) -> int | None:
    """Give the timestamp of the last frame shown before a timestamp, without decoding; None if there is none."""
    packets = packets_from(container, stream, pts - 1, damage=Damage())
    last: int | None = None
    beyond = 0
    for packet in packets or ():
        if packet.pts is not None and packet.pts < pts and not packet.is_discard:
            last = packet.pts if last is None else max(last, packet.pts)
        # A packet is decoded no later than it is shown: once decoding times reach `pts`, nothing earlier follows.
        late = packet.dts is not None and packet.dts >= pts
        beyond += late or (packet.dts is None and packet.pts is not None and packet.pts >= pts)
        if late or beyond >= _LOOK_AHEAD:
            break
    return last
