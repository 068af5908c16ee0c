"""Tell whether a picture is lettering: thin strokes in rows on a plain background.

Drawn figures, snow, lights, sparks and trees may be that too; only text also stands in lines with gaps between them.
"""

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_NEAR, FAR = 20, 48  # levels from the background's color: most for background, least for ink
LEAST_INK = 0.0008  # share of the picture: two words
_PLAIN = 0.72  # least share of the picture in the background's color
_LETTER = 8  # parts of the picture's lesser side, of which a line's letters take one at most: a headline; by judgment
_GAP, _IN_LINES = 0.25, 0.7  # ink of an empty row to that of the average one; share of inked rows in lines; by judgment
_ROW_GAPS, _COLUMN_GAPS = 0.15, 0.4  # least share of empty rows between lines, columns between columns; by judgment


def lettering(picture: Picture) -> Mask | None:
    """Return the mask of letters if a picture is thin strokes in rows on a plain background, else None."""
    red, green, blue = (picture[..., channel].astype(np.uint16) for channel in range(3))
    levels = (77 * red + 150 * green + 29 * blue) >> 11  # 32 levels of luma
    counts = np.bincount(levels.ravel(), minlength=32)
    mode = int(np.convolve(counts, [1, 1, 1], "same").argmax())
    of_ground = np.abs(levels.astype(np.int16) - mode) <= 1
    if of_ground.mean() < _PLAIN / 2:
        return None
    ground = np.median(picture[of_ground], axis=0).astype(np.uint8)
    away = apart(picture, ground)
    ink, soft = away > FAR, (away > _NEAR) & (away <= FAR)
    if (away <= _NEAR).mean() < _PLAIN or soft.mean() > 0.02 + 2 * ink.mean():
        return None
    return ink if in_rows(ink) else None


def in_lines(ink: Mask) -> bool:
    """Return whether ink stands in lines, or in columns as in Japanese titles, unlike snow, lights, sparks or trees."""
    return _is_lined(ink, _ROW_GAPS) or _is_lined(ink.T, _COLUMN_GAPS)


def _is_lined(ink: Mask, least: float) -> bool:
    """Return whether ink is in short strokes, mostly in low bands of rows, with that share of empty rows between."""
    amounts, tallest = ink.sum(axis=1), max(1, min(ink.shape) // _LETTER)
    inked = amounts > _GAP * amounts[amounts > 0].mean()
    starts, stops = np.flatnonzero(np.diff(inked, prepend=False, append=False)).reshape(-1, 2).T
    low = np.repeat(stops - starts <= tallest, stops - starts)
    strokes = ndimage.binary_opening(ink, np.ones((1, tallest), np.bool_))
    return bool(
        low.mean() >= _IN_LINES
        and (len(starts) == 1 or inked[starts[0] : stops[-1]].mean() <= 1 - least)
        and strokes.sum() <= (1 - _IN_LINES) * ink.sum()
    )


def in_rows(ink: Mask) -> bool:
    """Return whether ink is thin strokes side by side in rows, as letters are."""
    share = float(ink.mean())
    if not LEAST_INK <= share < 0.28:
        return False
    side = max(4, ink.shape[0] // 18)
    thick = box_mean(ink.astype(np.float64), side) > 0.995
    if thick.sum() * side > 0.5 * ink.sum():
        return False
    runs = (np.diff(ink.astype(np.int8), axis=1, prepend=0) == 1).sum(axis=1)
    weight = ink.sum(axis=1)
    lines = runs[weight > 0]
    return bool((lines * weight[weight > 0]).sum() / weight.sum() >= 4)


def apart(picture: Picture, other: Picture) -> npt.NDArray[np.integer]:
    """Return how many levels each pixel differs from a picture or color, in the channel that differs most.

    Examples
    --------
    >>> apart(np.array([[[10, 200, 30]]], np.uint8), np.array([20, 90, 30], np.uint8)).tolist()
    [[110]]
    """
    return largest(np.maximum(picture, other) - np.minimum(picture, other))


def largest(picture: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Return the largest of each pixel's three channels; NumPy's `max` over so short an axis is ten times slower."""
    most: npt.NDArray[np.integer] = np.maximum(np.maximum(picture[..., 0], picture[..., 1]), picture[..., 2])
    return most


def box_mean(values: Floats, side: int) -> Floats:
    """Return the averages over squares, clipped at the borders; same shape as `values`."""
    total = np.pad(values, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    rows, columns = values.shape
    top, left = (np.clip(np.arange(n) - side // 2, 0, n) for n in (rows, columns))
    bottom, right = (np.clip(np.arange(n) - side // 2 + side, 0, n) for n in (rows, columns))
    sums = total[bottom][:, right] - total[top][:, right] - total[bottom][:, left] + total[top][:, left]
    return np.asarray(sums / np.outer(bottom - top, right - left), np.float64)
