"""Make training examples from labeled frames: crops of known scale, and degraded picture quality.

Conventions
-----------
Images are uint8 arrays of shape (height, width, 3). Every function takes the random generator that it
draws from. A crop is ``(left, top, right, bottom)`` in fractions of the frame.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from shotscale.labeled.targets import Subject

UInt8 = npt.NDArray[np.uint8]
Crop = tuple[float, float, float, float]


@dataclass(frozen=True)
class Augmentation:
    """How training examples are drawn; probabilities unless stated otherwise.

    Attributes
    ----------
    crop : float
        Of using a crop rather than the whole frame.
    tightest : float
        Smallest crop height as a fraction of the frame's.
    stretch : float
        Standard deviation of the logarithm of a crop's aspect ratio.
    gray, letterbox, blur, grain, erase : float
        Grayscale, leftover black bars, softness, film grain, a hidden patch.
    gamma, contrast : float
        Standard deviation of the logarithm of the gamma exponent, and of the contrast factor.
    """

    crop: float = 0.6
    tightest: float = 0.2
    stretch: float = 0.12
    gray: float = 0.4
    letterbox: float = 0.1
    blur: float = 0.3
    grain: float = 0.3
    erase: float = 0.2
    gamma: float = 0.35
    contrast: float = 0.25


def choose_crop(subject: Subject, *, options: Augmentation, random: np.random.Generator) -> Crop:
    """Choose nearly the whole frame, or a crop that keeps the subject."""
    if random.random() >= options.crop:
        height, width = random.uniform(0.9, 1.0, 2)
        return _place(width, height, _center(random), random)
    if subject.box is None:
        # The subject's position is unknown: a gentle crop keeps what the label is about.
        height = random.uniform(0.65, 1.0)
    else:
        # The tightest crop neither loses the subject nor goes far beyond an extreme close-up.
        height = np.exp(random.uniform(np.log(np.clip(subject.size / 1.4, options.tightest, 0.95)), 0.0))
    width = min(1.0, height * np.exp(random.normal(0, options.stretch)))
    return _place(width, height, subject.box or _center(random), random)


def _center(random: np.random.Generator) -> Crop:
    x, y = random.uniform(0.3, 0.7, 2)
    return (x, y, x, y)


def _place(width: float, height: float, keep: Crop, random: np.random.Generator) -> Crop:
    """Place a crop so that the center of `keep` is where films put it: anywhere horizontally, usually high."""
    x, y = (keep[0] + keep[2]) / 2, (keep[1] + keep[3]) / 2
    left = np.clip(x - width * random.uniform(0.2, 0.8), 0.0, 1.0 - width)
    top = np.clip(y - height * random.uniform(0.2, 0.6), 0.0, 1.0 - height)
    return (float(left), float(top), float(left + width), float(top + height))


def resample(image: UInt8, crop: Crop, *, height: int, width: int) -> UInt8:
    """Crop an image and resize the crop to `height` x `width`."""
    rows, columns = image.shape[:2]
    box = (crop[0] * columns, crop[1] * rows, crop[2] * columns, crop[3] * rows)
    small = Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)
    return np.asarray(small)


def degrade(image: UInt8, *, options: Augmentation, random: np.random.Generator) -> UInt8:
    """Randomly flip and degrade an image: grayscale, dark, flat, soft, grainy, letterboxed, partly hidden."""
    if random.random() < 0.5:
        image = image[:, ::-1]
    if random.random() < options.blur:
        image = _soften(image, random)
    values = image.astype(np.float32) / 255.0
    if random.random() < options.gray:
        values = np.repeat(values @ np.array([[0.299], [0.587], [0.114]], np.float32), 3, axis=2)
    elif random.random() < 0.5:
        values = values * random.uniform(0.8, 1.2, 3).astype(np.float32)
    values = np.clip(values, 0.0, 1.0) ** np.float32(np.exp(random.normal(0, options.gamma)))
    mean = values.mean()
    values = mean + (values - mean) * np.float32(np.exp(random.normal(-0.05, options.contrast)))
    if random.random() < options.grain:
        shape = (*values.shape[:2], 1)
        values = values + random.standard_normal(shape, np.float32) * np.float32(random.uniform(0.01, 0.06))
    _hide(values, options=options, random=random)
    return np.ascontiguousarray(np.clip(values * 255.0, 0, 255).astype(np.uint8))


def _soften(image: UInt8, random: np.random.Generator) -> UInt8:
    height, width = image.shape[:2]
    factor = random.uniform(0.3, 0.9)
    small = Image.fromarray(image).resize((int(width * factor), int(height * factor)), Image.Resampling.BILINEAR)
    return np.asarray(small.resize((width, height), Image.Resampling.BILINEAR))


def _hide(values: npt.NDArray[np.float32], *, options: Augmentation, random: np.random.Generator) -> None:
    """Randomly draw black bars and a patch into an image, in place."""
    height, width = values.shape[:2]
    if random.random() < options.letterbox:
        bar = random.uniform(0.02, 0.14)
        if random.random() < 0.6:
            rows = max(1, int(bar * height))
            values[:rows] = values[-rows:] = 0.0
        else:
            columns = max(1, int(bar * width))
            values[:, :columns] = values[:, -columns:] = 0.0
    if random.random() < options.erase:
        tall, wide = (random.uniform(0.08, 0.3, 2) * (height, width)).astype(int)
        top, left = random.integers(0, height - tall), random.integers(0, width - wide)
        values[top : top + tall, left : left + wide] = random.uniform(0.0, 1.0)
