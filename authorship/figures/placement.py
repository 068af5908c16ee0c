"""Place labels for points so that they hide nothing and do not leave the page.

A label goes to the nearest place around its point, ring by ring and side by side, where it overlaps no other label,
marker or line from a label to its point, and where its own line crosses no label. If there is no such place, its line
crosses as few labels as possible. Packages for this (such as adjustText) move labels until few overlaps are left; here
a place is used only if it is free, so none remain.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_N_ANGLES = 24  # places per ring, 15 degrees apart, including straight right, left, up and down
_STEP = 4.0  # pixels between rings: half the height of a line of text
_GAP = 1.5  # pixels between labels, which would otherwise touch
_BESIDE = 3.0  # radii: a label nearer than this needs no line
_AT_ONCE = 240  # places tested together; most labels find theirs in the first batch


def place_labels(
    points: Array, sizes: Array, page: tuple[float, float, float, float], *, radius: float | Array
) -> tuple[Array, Array]:
    """Find a place for each label.

    `points` (n, 2) are positions and `sizes` (n, 2) widths and heights of labels, in pixels; `page` is left, bottom,
    right and top of the area for labels; `radius` is that of all markers, or (n,) of each.

    Returns the labels' lower left corners (n, 2), NaN if there is no free place on the page, and lines (m, 2, 2) from
    point to label, for labels that are not next to their points.

    Examples
    --------
    >>> points, sizes = np.array([[50.0, 50.0], [50.0, 50.0]]), np.full((2, 2), 10.0)
    >>> place_labels(points, sizes, (0, 0, 100, 100), radius=3)[0].tolist()
    [[54.5, 45.0], [35.5, 45.0]]
    """
    corners = np.full((len(points), 2), np.nan)
    radii = np.broadcast_to(np.asarray(radius, np.float64), len(points))
    markers = np.column_stack([points - radii[:, np.newaxis], points + radii[:, np.newaxis]])
    taken, lines = np.empty((0, 4)), np.empty((0, 2, 2))
    for i in _crowded_first(points, sizes):
        boxes = _candidates(points[i], sizes[i], page, radii[i])
        box = _clearest(points[i], boxes[_inside(boxes, page)], markers, taken, lines)
        if box is None:
            continue
        corners[i], taken = box[:2], np.vstack([taken, box])
        line = _lines(points[i], box[np.newaxis])
        if np.hypot(*(line[0, 1] - line[0, 0])) > _BESIDE * radii[i]:
            lines = np.concatenate([lines, line])
    return corners, lines


def _clearest(point: Array, boxes: Array, markers: Array, taken: Array, lines: Array) -> Array | None:
    """Return the nearest free box that hides no marker or line and whose own line crosses the fewest labels."""
    best, fewest = None, np.inf
    for start in range(0, len(boxes), _AT_ONCE):
        some = boxes[start : start + _AT_ONCE]
        some = some[~_overlap(some, taken, _GAP).any(axis=1)]
        if not len(some):
            continue
        hiding = _overlap(some, markers, 0.0).any(axis=1) | _crossing(lines, some).any(axis=0)
        crossed = np.where(hiding, np.inf, _crossing(_lines(point, some), taken).sum(axis=1))
        if best is None or crossed.min() < fewest:
            best, fewest = some[crossed.argmin()], crossed.min()
        if fewest == 0:
            break
    return best


def _lines(point: Array, boxes: Array) -> Array:
    """Return the line from a point to the nearest spot of each box; shape (n, 2, 2)."""
    nearest = np.clip(point, boxes[:, :2], boxes[:, 2:])
    return np.stack([np.broadcast_to(point, nearest.shape), nearest], axis=1)


def _crossing(lines: Array, boxes: Array) -> Flags:
    """Return whether each line crosses each box; shape (n, m)."""
    start, way = lines[:, np.newaxis, 0], (lines[:, 1] - lines[:, 0])[:, np.newaxis]
    way = np.where(np.abs(way) < 1e-9, 1e-9, way)  # no division by zero for vertical or horizontal lines
    first, second = (boxes[:, :2] - start) / way, (boxes[:, 2:] - start) / way
    enters = np.maximum(*np.moveaxis(np.minimum(first, second), 2, 0))
    leaves = np.minimum(*np.moveaxis(np.maximum(first, second), 2, 0))
    return np.asarray((enters < np.minimum(leaves, 1)) & (leaves > 0))


def _inside(boxes: Array, page: tuple[float, float, float, float]) -> Flags:
    left, bottom, right, top = page
    return np.asarray((boxes[:, 0] >= left) & (boxes[:, 1] >= bottom) & (boxes[:, 2] <= right) & (boxes[:, 3] <= top))


def _crowded_first(points: Array, sizes: Array) -> npt.NDArray[np.int64]:
    """Order points by how many others lie within a label's width, the most crowded first."""
    reach = np.median(sizes[:, 0]) if len(sizes) else 0.0
    near = (np.hypot(*(points[:, np.newaxis] - points).transpose(2, 0, 1)) < reach).sum(axis=1)
    return np.asarray(np.argsort(-near, kind="stable"), np.int64)


def _candidates(point: Array, size: Array, page: tuple[float, float, float, float], radius: float) -> Array:
    """Return boxes (left, bottom, right, top) around a point, nearest ring first; right, left, up, down lead."""
    quarter = _N_ANGLES // 4
    turns = sorted(range(_N_ANGLES), key=lambda k: (k % (2 * quarter) != 0, k % quarter != 0, k))
    angles = 2 * np.pi * np.asarray(turns) / _N_ANGLES
    ways = np.column_stack([np.cos(angles), np.sin(angles)])
    # The label's center is placed so that its nearest edge touches the ring.
    reach = (size / 2 / np.maximum(np.abs(ways), 1e-9)).min(axis=1)
    rings = np.arange(0.0, np.hypot(page[2] - page[0], page[3] - page[1]), _STEP)
    apart = radius + _GAP + rings[:, np.newaxis, np.newaxis]
    lower = (point + (apart + reach[:, np.newaxis]) * ways).reshape(-1, 2) - size / 2
    return np.column_stack([lower, lower + size])


def _overlap(boxes: Array, others: Array, gap: float) -> Flags:
    """Return whether each box is nearer than `gap` to each of the others; shape (n, m)."""
    left, bottom, right, top = boxes.T[..., np.newaxis]
    a, b, c, d = others.T
    return np.asarray((left < c + gap) & (bottom < d + gap) & (a < right + gap) & (b < top + gap))
