"""Place labels for points so that they neither overlap nor leave the page.

A label goes to the nearest free place around its point: the eight sides first, then rings further and further out, with
a thin line back to the point. Points of crowded places choose first. Packages for this (adjustText and its kin) move
labels until overlaps are few; here a place is taken only if it is free, so that none remain.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["place_labels"]

Array = npt.NDArray[np.float64]

_N_ANGLES = 24
_STEP = 4.0
_GAP = 1.5
_SAMPLES = 9
_NEAR = 40  # rings; the rest of the page is looked at only if all are taken
_SHORTLIST = 60
_MARKER_COST = 3.0 * _N_ANGLES
_LINE_COST = 0.5 * _N_ANGLES
_CROSSING_COST = 4.0 * _N_ANGLES


def place_labels(points: Array, sizes: Array, page: tuple[float, float, float, float], *, radius: float) -> Array:
    """Find a place for each label.

    Parameters
    ----------
    points, sizes : float arrays of shape (n, 2)
        Where the points are, and width and height of the labels; pixels.
    page : tuple of float
        Left, bottom, right and top of where labels may be.
    radius : float
        Of the points' markers.

    Returns
    -------
    float array of shape (n, 2)
        The labels' lower left corners; NaN for one that has no free place on the whole page.

    Examples
    --------
    >>> place_labels(np.array([[50.0, 50.0], [50.0, 50.0]]), np.full((2, 2), 10.0), (0, 0, 100, 100), radius=3).tolist()
    [[54.5, 45.0], [35.5, 45.0]]
    """
    corners = np.full((len(points), 2), np.nan)
    taken, lines = np.empty((0, 4)), np.empty((0, 2))
    for i in _crowded_first(points, sizes):
        for rings in (range(_NEAR), range(_NEAR, _ring_count(page))):
            boxes = _candidates(points[i], sizes[i], rings, radius)
            free = _inside(boxes, page) & ~_overlap(boxes, taken, _GAP).any(axis=1)
            if free.any():
                best = _cheapest(boxes, free, points, i, taken, lines, radius)
                corners[i] = boxes[best, :2]
                lines = np.vstack([lines, _line(points[i], boxes[best : best + 1])[0]])
                taken = np.vstack([taken, boxes[best]])
                break
    return corners


def _cheapest(  # noqa: PLR0917 - one caller
    boxes: Array, free: npt.NDArray[np.bool_], points: Array, i: int, taken: Array, lines: Array, radius: float
) -> int:
    """Choose the free box that is near, hides no marker, and whose line to the point crosses no label."""
    cost = np.arange(len(boxes), dtype=np.float64)
    cost += _MARKER_COST * _overlap(boxes, np.column_stack([points - radius, points + radius]), 0.0).sum(axis=1)
    cost += _LINE_COST * _within(lines, boxes).sum(axis=0)
    cost[~free] = np.inf
    best = np.argsort(cost, kind="stable")[:_SHORTLIST]
    if len(taken):
        hits = _within(_line(points[i], boxes[best]).reshape(-1, 2), taken).reshape(len(best), -1, len(taken))
        cost[best] += _CROSSING_COST * hits.any(axis=1).sum(axis=1)
    return int(best[cost[best].argmin()])


def _line(point: Array, boxes: Array) -> Array:
    """Return points along the line from a point to each box's nearest spot; shape (n, samples, 2)."""
    nearest = np.clip(point, boxes[:, :2], boxes[:, 2:])
    return np.asarray(point + np.linspace(0, 1, _SAMPLES)[:, np.newaxis] * (nearest - point)[:, np.newaxis], np.float64)


def _within(points: Array, boxes: Array) -> npt.NDArray[np.bool_]:
    """Say which points lie in which boxes; shape (n, m)."""
    p, b = points[:, np.newaxis], boxes[np.newaxis]
    return np.asarray(((p > b[..., :2]) & (p < b[..., 2:])).all(axis=2))


def _inside(boxes: Array, page: tuple[float, float, float, float]) -> npt.NDArray[np.bool_]:
    left, bottom, right, top = page
    return np.asarray((boxes[:, 0] >= left) & (boxes[:, 1] >= bottom) & (boxes[:, 2] <= right) & (boxes[:, 3] <= top))


def _crowded_first(points: Array, sizes: Array) -> npt.NDArray[np.int64]:
    """Order points by how many others lie within a label's width, the most crowded first."""
    reach = np.median(sizes[:, 0]) if len(sizes) else 0.0
    near = (np.hypot(*(points[:, np.newaxis] - points).transpose(2, 0, 1)) < reach).sum(axis=1)
    return np.asarray(np.argsort(-near, kind="stable"), np.int64)


def _ring_count(page: tuple[float, float, float, float]) -> int:
    return max(_NEAR + 1, int(np.hypot(page[2] - page[0], page[3] - page[1]) / _STEP))


def _candidates(point: Array, size: Array, rings: range, radius: float) -> Array:
    """Return boxes (left, bottom, right, top) around a point, the nearest ring first; right, left, up, down lead."""
    turns = np.asarray(
        sorted(range(_N_ANGLES), key=lambda k: (k % (_N_ANGLES // 2) != 0, k % (_N_ANGLES // 4) != 0, k))
    )
    angles = 2 * np.pi * turns / _N_ANGLES
    ways = np.column_stack([np.cos(angles), np.sin(angles)])
    # The label's centre stands so that its nearest edge touches the ring.
    reach = (size / 2 / np.maximum(np.abs(ways), 1e-9)).min(axis=1)
    apart = radius + _GAP + _STEP * np.asarray(rings, np.float64)
    centres = point + (apart[:, np.newaxis, np.newaxis] + reach[:, np.newaxis]) * ways
    lower = centres.reshape(-1, 2) - size / 2
    return np.column_stack([lower, lower + size])


def _overlap(boxes: Array, others: Array, gap: float) -> npt.NDArray[np.bool_]:
    """Say which boxes come nearer than a gap to which others; shape (n, m)."""
    a, b = boxes[:, np.newaxis], others[np.newaxis]
    return np.asarray(
        (a[..., 0] < b[..., 2] + gap)
        & (b[..., 0] < a[..., 2] + gap)
        & (a[..., 1] < b[..., 3] + gap)
        & (b[..., 1] < a[..., 3] + gap)
    )
