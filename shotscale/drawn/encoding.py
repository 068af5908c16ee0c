"""Encode frames to a film file, byte for byte reproducibly."""

import os
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from shotscale.errors import OptionError
from shotscale.files import atomic_path

__all__ = ["CODECS", "write_film"]

CODECS: dict[str, dict[str, str]] = {
    "libx264": {"preset": "veryfast", "crf": "22"},
    "mpeg4": {"flags": "+qscale", "global_quality": str(4 * 118)},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "32", "b": "0"},
    "ffv1": {},
}
"""Encoders with their options; each runs in one thread, since more would make the bytes depend on timing."""


def write_film(
    path: str | os.PathLike[str],
    frames: Iterable[npt.NDArray[np.uint8]],
    *,
    fps: Fraction | int = 24,
    codec: str = "libx264",
) -> int:
    """Encode frames into a film file, atomically.

    Parameters
    ----------
    path : path of the film
        Its ending names the container: ``.mp4``, ``.mkv``, ``.webm``, ``.avi``.
    frames : iterable of uint8 arrays of shape (height, width, 3)
        RGB; height and width even.
    codec : str
        One of `CODECS`.

    Returns
    -------
    int
        How many frames were written.

    Raises
    ------
    OptionError
        If the codec is none of `CODECS` or does not go with the container.
    OutputError
        If the folder cannot be written to.

    Examples
    --------
    >>> write_film("film.mkv", (np.full((36, 64, 3), grey, np.uint8) for grey in range(24)))
    24
    """
    if codec not in CODECS:
        raise OptionError(f"{codec!r}: not a codec of drawn films; choose one of {', '.join(CODECS)}")
    n = 0
    with atomic_path(path) as temporary:
        try:
            with av.open(str(temporary), "w", container_options={"fflags": "+bitexact"}) as container:
                stream = cast(
                    "VideoStream", container.add_stream(codec, rate=Fraction(fps), options=dict(CODECS[codec]))
                )
                reformatter = VideoReformatter()
                for image in frames:
                    if n == 0:
                        _configure(stream, image.shape[1], image.shape[0], fps=Fraction(fps))
                    frame = reformatter.reformat(VideoFrame.from_ndarray(image, "rgb24"), format="yuv420p", threads=1)
                    frame.pts, frame.time_base = n, 1 / Fraction(fps)
                    container.mux(stream.encode(frame))
                    n += 1
                container.mux(stream.encode(None))
        except (av.FFmpegError, ValueError) as error:
            raise OptionError(f"{Path(path).suffix} with {codec}: cannot be written ({error}); use .mkv") from error
    return n


def _configure(stream: VideoStream, width: int, height: int, *, fps: Fraction) -> None:
    stream.width, stream.height = width, height
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = 1 / fps
    stream.codec_context.thread_count = 1
    stream.codec_context.gop_size = round(4 * fps)
