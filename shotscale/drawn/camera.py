"""The camera of a shot: where it looks on a plate that is larger than the frame."""

import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from shotscale.drawn.script import Camera

__all__ = ["CameraPath"]

Picture = npt.NDArray[np.uint8]

# How much wider and higher than the frame the plate of each move is, in frames: chosen by eye.
_TRAVEL = {"pan": (0.6, 0.0), "whip": (1.4, 0.0), "tilt": (0.0, 0.14), "shake": (0.09, 0.09)}
_WHIP_SECONDS = 0.25  # a whip pan of films takes a few frames
_SMEAR = 0.03  # widths of the frame per 1/24 s above which motion blur is seen


class CameraPath:
    """Where the camera looks at each moment.

    Parameters
    ----------
    camera : Camera
    size : (int, int)
        Of the frame.
    seconds : float
        Length of the shot.
    seed : list of int

    Attributes
    ----------
    travel : int
        How far the camera moves to the side, in pixels.
    plate : (int, int)
        Width and height of the picture that it moves over.
    """

    def __init__(self, camera: Camera, *, size: tuple[int, int], seconds: float, seed: list[int]) -> None:
        self._move, self._amount, self._seconds, self._size = camera.move, camera.amount, seconds, size
        rng = np.random.default_rng(seed)
        self._backwards = bool(rng.random() < 0.5)
        self._phases = rng.uniform(0, 2 * np.pi, (2, 3))
        across, down = _TRAVEL.get(camera.move, (0.0, 0.0))
        self.travel = round(size[0] * across * camera.amount)
        self.plate = (size[0] + self.travel, size[1] + round(size[1] * down * camera.amount))

    def corner(self, time: float) -> tuple[float, float]:
        """Return the upper left corner of what is seen, in pixels of the plate."""
        free = (self.plate[0] - self._size[0], self.plate[1] - self._size[1])
        x, y = self._trembling(time) if self._move == "shake" else (self._progress(time),) * 2
        return free[0] * x, free[1] * y

    def look(self, plate: Image.Image, time: float) -> Picture:
        """Return the frame that is seen at a time, uint8 (height, width, 3)."""
        width, height = self._size
        left, top = self.corner(time)
        box = (left, top, left + width, top + height)
        if self._move.startswith("zoom"):
            share = self._progress(time)
            cut = 0.1 * self._amount * (share if self._move == "zoom in" else 1 - share)
            box = (width * cut, height * cut, width * (1 - cut), height * (1 - cut))
        speed = abs(self.corner(time + 1 / 48)[0] - self.corner(time - 1 / 48)[0])
        if speed > _SMEAR * width:
            return self._smeared(plate, left, speed)
        return np.asarray(plate.resize(self._size, Image.Resampling.BICUBIC, box=box))

    def _progress(self, time: float) -> float:
        """Return how far the move has come, 0 to 1."""
        if self._move == "whip":
            return float(np.clip((time - self._seconds / 2) / _WHIP_SECONDS + 0.5, 0, 1))
        share = float(np.clip(time / self._seconds, 0, 1))
        return 1 - share if self._backwards and not self._move.startswith("zoom") else share

    def _trembling(self, time: float) -> tuple[float, float]:
        x, y = (
            sum(math.sin(f * time + p) for f, p in zip((5.1, 9.7, 17.3), axis, strict=True)) for axis in self._phases
        )
        return 0.5 + x / 6, 0.5 + y / 6

    def _smeared(self, plate: Image.Image, left: float, speed: float) -> Picture:
        """Return the average of what passes while the shutter is open, half of the time."""
        width, height = self._size
        offsets = np.clip(left + np.linspace(-0.25, 0.25, 7) * speed, 0, self.travel).astype(int)
        array = np.asarray(plate)
        return np.asarray(np.mean([array[:height, x : x + width] for x in offsets], axis=0), np.uint8)
