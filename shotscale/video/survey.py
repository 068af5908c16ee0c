"""Survey a film before reading it: a dozen frames spread over it, to find its black bars."""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import cast

import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotscale.video.bars import ActiveArea, active_area, luma
from shotscale.video.container import Probe, opened
from shotscale.video.decoding import Damage, decode
from shotscale.video.pictures import PictureMaker
from shotscale.video.seeking import packets_from

_N_LOOKS = 12  # so that a few dark or bright ones neither hide nor fake a bar
_FEWEST_KEY_FRAMES = 6  # half of the looks
_FRAMES_FROM_THE_START = 500  # twenty seconds
_STRIDE_FROM_THE_START = 20  # about a second, so that pictures differ


def survey_active_areas(
    path: str | os.PathLike[str], container: InputContainer, stream: VideoStream, film: Probe
) -> dict[tuple[int, int], ActiveArea]:
    """Find a film's active area in the picture as shown, by its rows and columns; none where it is the whole frame.

    Pictures of another size than the first count if there are enough of them: a recording may begin with the end of
    another program.

    Parameters
    ----------
    container, stream, film
        As `probed` yields them.
    """
    brightest: dict[tuple[int, ...], npt.NDArray[np.uint8]] = {}
    n_looks = Counter[tuple[int, ...]]()
    for image in _looks(path, container, stream, film):
        picture, size = luma(image), image.shape[:2]
        n_looks[size] += 1
        brightest[size] = np.maximum(brightest.get(size, picture), picture)
    first = film.info.height, film.info.width
    sizes = [(rows, columns) for rows, columns in brightest if n_looks[rows, columns] >= _FEWEST_KEY_FRAMES]
    areas = {size: active_area([brightest[size]]) for size in dict.fromkeys((first, *sizes)) if size in brightest}
    return {size: area for size, area in areas.items() if area != (0, size[0], 0, size[1])}


def _looks(
    path: str | os.PathLike[str], container: InputContainer, stream: VideoStream, film: Probe
) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield pictures at key frames spread over the film and, if it has few, from its first twenty seconds."""
    n_key_frames = 0
    maker = PictureMaker(orientation=film.orientation)
    for frame in _key_frames(container, stream, film):
        n_key_frames += 1
        yield maker.make(frame)
    if n_key_frames < _FEWEST_KEY_FRAMES:
        with opened(path, threads=1) as again:
            frames = decode(*again, damage=Damage())
            yield from map(maker.make, islice(frames, 0, _FRAMES_FROM_THE_START, _STRIDE_FROM_THE_START))


def _key_frames(container: InputContainer, stream: VideoStream, film: Probe) -> Iterator[VideoFrame]:
    """Yield the last key frame before each of several evenly spaced times, without repeats."""
    if film.info.duration is None or film.first is None or stream.time_base is None:
        return
    seen: set[int] = set()
    for look in range(_N_LOOKS):
        seconds = film.info.duration * (look + 0.5) / _N_LOOKS
        tick = film.first + int(seconds / stream.time_base)
        packets = packets_from(container, stream, tick, film=film, damage=Damage())
        packet = next(packets, None) if packets is not None else None
        at = None if packet is None else film.shown(packet)
        if packet is None or at is None or at in seen:
            continue
        seen.add(at)
        alone = [packet, cast("Packet[VideoStream]", Packet())]
        yield from list(decode(container, stream, damage=Damage(), packets=alone))[:1]
