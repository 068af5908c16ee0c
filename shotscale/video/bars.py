"""The active area: the picture without black bars.

A bar is a band at an edge that stays evenly black in every picture examined, ends abruptly, and has a partner of
similar size at the opposite edge. What is merely dark does not qualify: a night sky, a vignette, a black floor. When in
doubt, the whole frame is the active area.
"""

from collections.abc import Iterable
from math import ceil, floor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shotscale.errors import OptionError

_BLACK = 26
"""Of 255: above video black written with the wrong range (16) and its coding noise, below any lit picture."""
_STRAY = 0.01  # share of a bar's line that may be lit: a logo, noise; by judgment
_STEP = 14.0  # levels of 255 from bar to picture; a vignette rises more gently; by judgment
_LIT = 60.0  # levels that a twentieth of the pixels must reach in some picture, else it is too dark; by judgment
_LEAST_SHARE_KEPT = 0.3  # of rows or columns: 2.76:1 within 4:3 keeps 0.48, no film keeps less; by judgment
_LEAST_BAR = 0.01  # of rows or columns: a narrower line is an encoder's edge; by judgment
_PARTNER = 0.5  # least ratio of the smaller of two opposite bars to the larger; films may be off center; by judgment


class ActiveArea(NamedTuple):
    """Rows ``top:bottom`` and columns ``left:right`` of a picture, as slices."""

    top: int
    bottom: int
    left: int
    right: int

    def crop(self, image: npt.NDArray[np.uint8], full_size: tuple[int, int]) -> npt.NDArray[np.uint8]:
        """Return this area of an image that may be scaled down from `full_size` (rows, columns).

        Examples
        --------
        >>> ActiveArea(21, 79, 0, 160).crop(np.zeros((50, 80, 3), np.uint8), (100, 160)).shape
        (28, 80, 3)
        """
        rows, columns = image.shape[0] / full_size[0], image.shape[1] / full_size[1]
        top, left = ceil(self.top * rows), ceil(self.left * columns)
        bottom, right = floor(self.bottom * rows), floor(self.right * columns)
        return image[top : max(bottom, top + 1), left : max(right, left + 1)]


def active_area(images: Iterable[npt.NDArray[np.uint8]]) -> ActiveArea:
    """Find the picture between black bars in several frames of a film or a single still.

    Images are RGB (height, width, 3) or luma (height, width), all of one size, else `OptionError`; they are read one at
    a time, and a dozen spread over a film are enough. Unless bars are beyond doubt, it is the whole frame.

    Examples
    --------
    >>> frame = np.zeros((100, 160, 3), np.uint8)
    >>> frame[20:80] = 128
    >>> active_area([frame])
    ActiveArea(top=20, bottom=80, left=0, right=160)
    """
    brightest: npt.NDArray[np.uint8] | None = None
    for image in images:
        gray = luma(image)
        if brightest is None:
            brightest = gray.copy()
        elif gray.shape != brightest.shape:
            raise OptionError(
                f"images of {brightest.shape} and {gray.shape}: one size is needed; pass one film's frames"
            )
        else:
            np.maximum(brightest, gray, out=brightest)
    if brightest is None:
        raise OptionError("no image: at least one is needed; pass some")
    height, width = brightest.shape
    if np.percentile(brightest, 95) < _LIT:
        return ActiveArea(0, height, 0, width)
    top, bottom = _span(brightest)
    left, right = _span(brightest[top:bottom].T)
    return ActiveArea(top, bottom, left, right)


def luma(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the luma of an image of shape (height, width, 3) or (height, width), as 8 bits."""
    if image.ndim == 2:
        return image
    red, green, blue = (image[..., channel].astype(np.uint16) for channel in range(3))
    return ((77 * red + 150 * green + 29 * blue) >> 8).astype(np.uint8)


def _span(brightest: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """Return the first and the last row (exclusive) of the picture between an upper and a lower bar."""
    n = len(brightest)
    quantile = np.percentile(brightest, 100 * (1 - _STRAY), axis=1)
    lit = np.flatnonzero(quantile >= _BLACK)
    if not len(lit):
        return 0, n
    first, last = int(lit[0]), int(lit[-1]) + 1
    smaller, larger = sorted((first, n - last))
    are_bars = (
        smaller > 0
        and larger >= _LEAST_BAR * n
        and last - first >= _LEAST_SHARE_KEPT * n
        and smaller >= min(_PARTNER * larger, larger - 2)
        and _is_bar(brightest, first)
        and _is_bar(brightest[::-1], n - last)
    )
    return (first, last) if are_bars else (0, n)


def _is_bar(brightest: npt.NDArray[np.uint8], edge: int) -> bool:
    """Return whether the rows before `edge` are evenly black and the picture begins abruptly after them."""
    # The two rows at the edge itself are blurred by compression and scaling.
    band = brightest[: max(1, edge - 2)]
    inside = brightest[edge : edge + max(4, len(brightest) // 40)]
    even = float(np.percentile(band, 99) - np.percentile(band, 1)) <= 12
    return even and float(inside.mean() - band.mean()) >= _STEP
