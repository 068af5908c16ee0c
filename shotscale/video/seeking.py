"""Seek to a time in a film so that the frame shown then, and the frames it depends on, are decoded."""

import os
from collections.abc import Iterator
from itertools import chain

from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotscale.video.container import Probe, opened
from shotscale.video.decoding import Damage, decode, demux, stamp

# seconds, doubled until a key frame is found: most films have one every ten seconds
_BACK_SECONDS = (0, 1, 2, 4, 8, 16, 32, 64, 128)
_MOST_FRAMES = 32  # as many as sixteen threads and the reordering of H.264 hold


def packets_from(
    container: InputContainer, stream: VideoStream, tick: int, *, film: Probe, damage: Damage
) -> "Iterator[Packet[VideoStream]] | None":
    """Return the packets from a key frame shown no later than a timestamp, or None if there is none.

    Containers seek by decoding time, and some land after the requested frame: the result is checked, and if necessary
    the search starts farther back.
    """
    assert stream.time_base is not None
    earliest = stream.start_time or 0
    for back in _BACK_SECONDS:
        try:
            # Some containers refuse a time before their beginning.
            container.seek(max(earliest, tick - int(back / stream.time_base)), stream=stream, backward=True)
        except Exception:  # noqa: BLE001 - the decoder's
            continue
        packets = demux(container, stream, damage=damage)
        first = next((packet for packet in packets if packet.is_keyframe), None)
        at = None if first is None else film.shown(first)
        if first is not None and at is not None and at <= tick:
            return chain([first], packets)
    return None


def frames_after(path: str | os.PathLike[str], tick: int, *, film: Probe, damage: Damage) -> Iterator[VideoFrame]:
    """Yield the few frames shown after a timestamp, decoded without threads; `damage` is that of the film so far.

    None if a seek does not lead to the same packets: some containers give those after it other timestamps.
    """
    rest, found = Damage(), list[VideoFrame]()
    with opened(path, threads=1) as (container, stream):
        packets = packets_from(container, stream, tick, film=film, damage=Damage())
        for frame in () if packets is None else decode(container, stream, damage=rest, packets=packets):
            at = stamp(frame, by_dts=film.by_dts)
            if at is not None and at > tick:
                found.append(frame)
            else:
                rest.packets = rest.corrupt_frames = 0  # counted before
            if len(found) > _MOST_FRAMES:
                return
    if (rest.latest, rest.last_byte) == (damage.latest, damage.last_byte):
        damage.packets += rest.packets - damage.at_end
        damage.corrupt_frames += rest.corrupt_frames
        yield from found
