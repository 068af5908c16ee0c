"""Convert decoded frames to RGB arrays: thumbnails of every frame, upright pictures of some."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
import numpy.typing as npt
from av.buffer import Buffer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter
from PIL import Image

THUMBNAIL_SHAPE: tuple[int, int, int] = (27, 48, 3)
"""Rows, columns and channels (red, green, blue) of a thumbnail."""

PREVIEW_SIZE = (120, 480)
"""Most rows and columns of a preview: the report's pictures have 112 rows at most; no format is four times as wide."""

PQ = int(ColorTrc.SMPTE2084)
"""The transfer function of HDR10 and Dolby Vision films."""

_UNSPECIFIED_COLORSPACE = 2  # AVCOL_SPC_UNSPECIFIED of ffmpeg
_ASPECT_LIMIT = 10  # no film has pixels this wide; anamorphic ones have 2, DVDs 1.42
_REFERENCE_WHITE_NITS = 203.0  # ITU-R BT.2408: diffuse white of HDR programs
_BRIGHTEST_NITS = 1000.0  # the peak for which most HDR films are graded


@dataclass(frozen=True, slots=True)
class Orientation:
    """How to turn the stored picture for display: mirror left to right, then quarter turns as in `numpy.rot90`."""

    quarter_turns: int = 0
    mirrored: bool = False

    @classmethod
    def of_frame(cls, frame: VideoFrame) -> "Orientation":
        """Read a frame's display matrix, its angle rounded to the nearest quarter turn."""
        try:
            sides = cast("Mapping[str, Buffer]", frame.side_data)
        except ValueError:  # PyAV lists none if it lacks a name for one: Exif of a photograph or scan, a 3D film's view
            return cls(round(frame.rotation / 90) % 4)
        if "DISPLAYMATRIX" not in sides:
            return cls()
        data = bytes(sides["DISPLAYMATRIX"])
        if len(data) < 36:
            return cls()
        matrix = np.frombuffer(data, np.int32)[:9].astype(np.float64)
        a, b, c, d = matrix[[0, 1, 3, 4]]
        mirrored = bool(a * d - b * c < 0)
        # In a mirrored matrix, the first row is that of the rotation, negated; x runs right, y down.
        angle = np.degrees(np.arctan2(-b if mirrored else b, -a if mirrored else a))
        return cls(int(np.rint(-angle / 90)) % 4, mirrored)

    def apply(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Turn an array of shape (height, width, ...)."""
        return np.rot90(image[:, ::-1] if self.mirrored else image, self.quarter_turns)


class ThumbnailMaker:
    """Scales frames to `THUMBNAIL_SHAPE` by area averaging.

    Of an interlaced frame, only the first, third, ... row counts: in telecined films, the two fields of a frame may
    belong to different shots, and a cut through their mixture is easily overlooked.
    """

    def __init__(self) -> None:
        self._reformatter, self._narrowing = VideoReformatter(), VideoReformatter()

    def write(self, frame: VideoFrame, out: npt.NDArray[np.uint8]) -> None:
        """Write the thumbnail of a frame into `out`, a uint8 array of `THUMBNAIL_SHAPE`."""
        height, width, _ = THUMBNAIL_SHAPE
        if frame.interlaced_frame:
            narrow = np.empty((frame.height, width, 3), np.uint8)
            _copy_plane(_to_rgb(self._narrowing, frame, width, frame.height, Interpolation.AREA), narrow)
            out[:] = np.asarray(Image.fromarray(narrow[::2]).resize((width, height), Image.Resampling.BOX))
        else:
            _copy_plane(_to_rgb(self._reformatter, frame, width, height, Interpolation.AREA), out)
        if frame.color_trc == PQ:
            out[:] = _PQ_TO_DISPLAY[out]


class PictureMaker:
    """Makes pictures as shown: pixels made square (`pixel_aspect`), upright, standard dynamic range.

    They have the film's size, or are scaled down by area averaging to at most the rows and columns of `limit`.
    """

    def __init__(self, *, orientation: Orientation, limit: tuple[int, int] | None = None) -> None:
        self._reformatter = VideoReformatter()
        self._orientation, self._limit = orientation, limit

    def make(self, frame: VideoFrame) -> npt.NDArray[np.uint8]:
        """Return a frame as a uint8 array of shape (height, width, 3)."""
        height, width = self._size(frame)
        way = Interpolation.BILINEAR if height == frame.height else Interpolation.AREA
        picture = _to_rgb(self._reformatter, frame, width, height, way)
        image = np.empty((height, width, 3), np.uint8)
        _copy_plane(picture, image)
        if frame.interlaced_frame and height == frame.height:
            image = _blend_fields(image)
        if frame.color_trc == PQ:
            image = _PQ_TO_DISPLAY[image]
        return self._orientation.apply(image)

    def full_size(self, frame: VideoFrame) -> tuple[int, int]:
        """Return the rows and columns of a frame as shown, not scaled down."""
        return self._turned(frame.height, max(1, round(frame.width * pixel_aspect(frame))))

    def _size(self, frame: VideoFrame) -> tuple[int, int]:
        """Return the rows and columns of a picture before it is turned."""
        rows, columns = self.full_size(frame)
        if self._limit is not None:
            scale = min(1.0, self._limit[0] / rows, self._limit[1] / columns)
            rows, columns = max(1, round(scale * rows)), max(1, round(scale * columns))
        return self._turned(rows, columns)

    def _turned(self, rows: int, columns: int) -> tuple[int, int]:
        return (columns, rows) if self._orientation.quarter_turns % 2 else (rows, columns)


def pixel_aspect(frame: VideoFrame) -> Fraction:
    """Return the width of a decoded frame's pixels over their height, 1 if the file gives none or an absurd one."""
    ratio = cast("Fraction | None", frame.opaque)  # `shotscale.video.decoding.decode`
    if not ratio or not Fraction(1, _ASPECT_LIMIT) <= ratio <= _ASPECT_LIMIT:
        return Fraction(1)
    return ratio


def _to_rgb(
    reformatter: VideoReformatter, frame: VideoFrame, width: int, height: int, interpolation: Interpolation
) -> VideoFrame:
    """Convert to 8-bit RGB; a film that names no color matrix is assumed to have that of its size, as in players."""
    high_definition = frame.height > 576 or frame.width > 1024
    unnamed = frame.colorspace == _UNSPECIFIED_COLORSPACE
    return reformatter.reformat(
        frame,
        width=width,
        height=height,
        format="rgb24",
        src_colorspace=Colorspace.ITU709 if unnamed and high_definition else None,
        interpolation=interpolation,
        dst_color_range=ColorRange.JPEG,
        threads=1,
    )


def _copy_plane(picture: VideoFrame, out: npt.NDArray[np.uint8]) -> None:
    """Copy an rgb24 frame, whose rows may be padded, into `out` of shape (height, width, 3)."""
    plane = picture.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    height, width, _ = out.shape
    out[:] = rows[:height, : width * 3].reshape(height, width, 3)


def _blend_fields(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Average each row with its neighbors (1, 2, 1), so that motion between two fields does not comb."""
    padded = np.pad(image, ((1, 1), (0, 0), (0, 0)), mode="edge").astype(np.uint16)
    return ((padded[:-2] + 2 * padded[1:-1] + padded[2:] + 2) >> 2).astype(np.uint8)


def _pq_table() -> npt.NDArray[np.uint8]:
    """Map 8-bit PQ values to display values: SMPTE ST 2084 to light, Reinhard's curve, gamma 2.2.

    Diffuse white (203 cd/m2, ITU-R BT.2408) comes to about three quarters of the range and 1,000 cd/m2 to
    its top.
    """
    code = np.linspace(0, 1, 256)
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = code ** (1 / m2)
    nits = 10000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    light, white = nits / _REFERENCE_WHITE_NITS, _BRIGHTEST_NITS / _REFERENCE_WHITE_NITS
    shown = np.clip(light * (1 + light / white**2) / (1 + light), 0, 1) ** (1 / 2.2)
    return np.rint(255 * shown).astype(np.uint8)


_PQ_TO_DISPLAY = _pq_table()
