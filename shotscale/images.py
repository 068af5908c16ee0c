"""Read image files of common formats as frames.

Conventions
-----------
A frame is an upright uint8 RGB array (height, width, 3). The camera's rotation mark is applied, 16 bits are scaled to
8, transparent areas become black, and the first of several pictures in a file is used.
"""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from shotscale.errors import FilmError

UInt8 = npt.NDArray[np.uint8]

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"})

_SIXTEEN_BITS = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_TRANSPARENT = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
# Pillow's errors for damaged files are OSError (truncated, unknown), SyntaxError (a broken PNG), ValueError and others,
# and its own for a picture with more pixels than a harmless file has.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    IndexError,
    KeyError,
    Image.DecompressionBombError,
)


def find_images(paths: Sequence[str | os.PathLike[str]]) -> list[Path]:
    """Return the image files among some paths and inside the folders among them, in order.

    Raises
    ------
    FilmError
        If a path does not exist or no image is found.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(
                file for file in path.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES and file.is_file()
            )
        elif path.is_file():
            found.append(path)
        else:
            raise FilmError(f"{path}: no such file or folder; give images or a folder that holds some")
    if not found:
        raise FilmError(
            f"{', '.join(map(str, paths))}: holds no image; the suffixes are {', '.join(sorted(IMAGE_SUFFIXES))}"
        )
    return found


def is_image(path: str | os.PathLike[str]) -> bool:
    """Return whether a file has an image header; its pixels are not read."""
    try:
        with _quiet(), Image.open(path):
            return True
    except UNREADABLE:
        return False


def read_image(path: str | os.PathLike[str]) -> UInt8:
    """Read an image file as RGB (height, width, 3).

    Raises `FilmError` if it is damaged or has more pixels than Pillow considers harmless (179 million).
    """
    try:
        with _quiet(), Image.open(path) as image:
            return np.ascontiguousarray(as_rgb(ImageOps.exif_transpose(image)))
    except Image.DecompressionBombError as error:
        raise FilmError(f"{path}: too many pixels ({error}); make it smaller") from error
    except UNREADABLE as error:
        raise FilmError(f"{path}: not an image that can be read; leave it out") from error


def _quiet() -> warnings.catch_warnings:
    """Suppress Pillow's warnings about large or oddly marked files, which a user cannot act on."""
    return warnings.catch_warnings(action="ignore")


def as_rgb(image: Image.Image) -> UInt8:
    """Convert a picture opened by Pillow to a frame."""
    if image.mode in _SIXTEEN_BITS or image.mode in ("I", "F"):
        return _scaled(np.asarray(image, np.float64), deep=image.mode != "F")
    if image.mode in _TRANSPARENT or "transparency" in image.info:
        rgba = image.convert("RGBA")
        black = Image.new("RGBA", rgba.size, (0, 0, 0, 255))
        return np.asarray(Image.alpha_composite(black, rgba).convert("RGB"))
    return np.asarray(image.convert("RGB"))


def _scaled(values: npt.NDArray[np.float64], *, deep: bool) -> UInt8:
    """Scale 16-bit values, or floating-point ones between 0 and 1 or 255, to 8 bits in three equal channels."""
    highest = 65535.0 if deep else (1.0 if np.nanmax(values, initial=0.0) <= 1.0 else 255.0)
    gray = np.clip(np.nan_to_num(values) / highest * 255, 0, 255).round().astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=2)
