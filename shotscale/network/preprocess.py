"""Preprocess a frame for a network.

Conventions
-----------
A frame is a uint8 RGB array (height, width, 3) in display geometry, black bars removed. The name of the
preparation is stored with the weights, so that imported networks see what they were trained on:

``stretch``
    The whole frame, resized to the input's height and width. Shot scale depends on how much of the frame's
    *height* a figure takes up; stretching keeps that share for every aspect ratio.
``letterbox``
    Resized to fit, padded with black.
``cinescale``
    As published with the CineScale network: PIL's ``thumbnail((width, height), NEAREST)`` pasted centered on
    black, values divided by 255, and the probabilities of a color and a gray pass summed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from shotscale.errors import OptionError

UInt8 = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
CINESCALE = "cinescale"


@dataclass(frozen=True)
class Normalisation:
    """Mean and standard deviation of each channel, on a scale of 0 to 1, used to normalise the input."""

    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    deviation: tuple[float, float, float] = (0.5, 0.5, 0.5)


def _stretch(image: UInt8, height: int, width: int) -> UInt8:
    resized = Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(resized)


def _letterbox(image: UInt8, height: int, width: int) -> UInt8:
    rows, columns = image.shape[:2]
    factor = min(height / rows, width / columns)
    size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
    small = Image.fromarray(image).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return _pasted(small, height, width)


def _cinescale(image: UInt8, height: int, width: int) -> UInt8:
    small = Image.fromarray(image)
    small.thumbnail((width, height), Image.Resampling.NEAREST)
    return _pasted(small, height, width)


def _pasted(small: Image.Image, height: int, width: int) -> UInt8:
    canvas = Image.new("RGB", (width, height))
    canvas.paste(small, ((width - small.width) // 2, (height - small.height) // 2))
    return np.asarray(canvas)


PREPARATIONS: dict[str, Callable[[UInt8, int, int], UInt8]] = {
    "stretch": _stretch,
    "letterbox": _letterbox,
    CINESCALE: _cinescale,
}
"""Each takes a frame, a height and a width."""


def prepare(image: UInt8, *, preparation: str, height: int, width: int) -> UInt8:
    """Turn a frame, uint8 (rows, columns, 3), into a network's input (height, width, 3) by one of `PREPARATIONS`.

    Raises `OptionError` if this is not such a frame or the preparation is unknown.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise OptionError(
            f"image of shape {image.shape} and type {image.dtype}: (height, width, 3) of uint8; convert it"
        )
    if preparation not in PREPARATIONS:
        raise OptionError(f"{preparation}: not a preparation; it is one of {', '.join(PREPARATIONS)}")
    return PREPARATIONS[preparation](image, height, width)


def normalise(images: UInt8, normalisation: Normalisation) -> Floats:
    """Turn prepared frames (n, height, width, 3) into a network's input, float32 (n, 3, height, width)."""
    mean = np.asarray(normalisation.mean, np.float32) * 255
    deviation = np.asarray(normalisation.deviation, np.float32) * 255
    values = (images.astype(np.float32) - mean) / deviation
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2))


def to_gray(images: UInt8) -> UInt8:
    """Return prepared frames in gray, by PIL's ITU-R 601 luma, copied to three channels."""
    gray = [np.asarray(Image.fromarray(image).convert("L").convert("RGB")) for image in images]
    return np.stack(gray) if gray else images
