"""Opening and closing titles: the stretches at a film's two ends that are text, or nothing, and no part of its editing.

Conventions
-----------
Each sampled picture is looked at by itself and beside the one before (`TitleScout`). It is *text* where thin strokes
stand in rows on a plain ground, *black*, *still* where nothing has changed, *rewritten* where thin strokes in rows have
changed and nothing else: a crawl or the next card over a picture that stands still. Titles are the longest run of text,
black and rewritten still pictures at an end of the film, short interruptions allowed: the stretch whose sum of seconds
of titles, less `_PRICE` times the seconds of anything else, is largest. Credits over moving pictures stay in, since
these are shots that someone cut, and so does a long take, which is some directors' way to end. What is shorter than
`SHORTEST` stays in too: one shot of ten seconds moves the average of a feature film by less than two thousandths.

Titles are *sure* where nothing counts but black and text that soon gives way to other text, and little else comes
between (`sure_titles`): a crawl, or cards on a plain ground. An analysis leaves these out and hints at the others.

The thresholds were set on a few drawn films; ``python benchmarks/credits.py`` draws others, with crawls, cards, credits
over pictures and none, and prints how often the stretch is right.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

__all__ = ["SHORTEST", "Signs", "TitleScout", "find_titles", "sure_titles"]

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SHORTEST = 10.0
"""Seconds: a shorter stretch stays in."""

_PRICE = 1.5  # seconds of titles that one second of anything else inside them costs
_SURE_PRICE, _SURE_TEXT = 10.0, 15.0  # the same for titles that are sure, and the seconds of text that they have
_MOST = 0.5  # of the film: more is no titles, but a film of text
_ROWS = 144  # of the reduced picture: letters of a crawl, a fortieth of the height, still have their strokes
_NEAR, _FAR = 20, 48  # levels from the ground's colour: of the ground, and of ink
_LEAST_INK = 0.0008  # share of the picture: two words
_PLAIN = 0.72  # share of the picture that has the ground's colour
_DARK, _ALL_BLACK = 28, 0.999  # levels, and the share of a black picture that is no brighter
_SAME = 0.5  # of the letters of two pictures: less, and they are others
_CHANGED, _STILL = 20, 0.01  # levels, and the share of the picture outside the lettering that may change
_BRIGHT, _ALIKE = 185, 75  # levels of the brightest letters, and what their soft edges may lack
_CARD = 9.0  # seconds that a card over a still picture lasts at most
_SNAP = 2.0  # seconds between a change of signs, of which there is one a second, and the boundary that it stands for


@dataclass(frozen=True, slots=True)
class Signs:
    """What each sampled picture shows: at most one of the four is true of it, but that text may be rewritten too."""

    times: Floats
    text: Mask
    black: Mask
    rewritten: Mask
    still: Mask

    def between(self, begin: float, end: float) -> "Signs":
        """Return those of the pictures from `begin` to before `end`, in seconds."""
        inside = (self.times >= begin) & (self.times < end)
        masks = (mask[inside] for mask in (self.text, self.black, self.rewritten, self.still))
        return Signs(self.times[inside], *masks)

    @property
    def credits(self) -> Mask:
        """Which pictures are text among which there is always another soon: no sign, and no wall in the dark."""
        moments = self.times[self.text & self.rewritten]
        if not len(moments):
            return np.zeros(len(self.times), np.bool_)
        after = np.searchsorted(moments, self.times)
        since = self.times - moments[(after - 1).clip(0)]
        until = moments[after.clip(max=len(moments) - 1)] - self.times
        return np.asarray(self.text & (np.minimum(np.abs(since), np.abs(until)) <= _CARD), np.bool_)

    @property
    def titles(self) -> Mask:
        """Which pictures could be titles: text, black, and still ones among which there is always a next card."""
        return np.asarray(self.text | self.black | self._cards(), np.bool_)

    def _cards(self) -> Mask:
        near = np.zeros(len(self.times), np.bool_)
        rewritten = self.rewritten & ~self.text
        moments = np.flatnonzero(rewritten)
        steady = rewritten | self.still
        for first, last in pairwise(moments):
            if self.times[last] - self.times[first] <= _CARD and steady[first : last + 1].all():
                near[first : last + 1] = True
        for edge in np.flatnonzero(near & rewritten):  # the first card before it changes, the last one after
            for step in (-1, 1):
                place = edge + step
                while (
                    0 <= place < len(near) and self.still[place] and abs(self.times[place] - self.times[edge]) < _CARD
                ):
                    near[place] = True
                    place += step
        return near


class TitleScout:
    """Looks at sampled pictures as they come, in memory that does not grow but for four bits a picture.

    Examples
    --------
    >>> scout = TitleScout()
    >>> scout.push(0.0, np.zeros((90, 160, 3), np.uint8))
    >>> scout.finish().black.tolist()
    [True]
    """

    def __init__(self) -> None:
        self._times: list[float] = []
        self._signs: list[tuple[bool, bool, bool, bool]] = []
        self._before: Picture | None = None
        self._ink: Mask | None = None

    def push(self, time: float, image: Picture) -> None:
        """Look at a picture (rows, columns, 3) of uint8 RGB; times increase."""
        small = _reduced(image)
        if self._before is not None and self._before.shape != small.shape:
            self._before = self._ink = None
        black = bool((_largest(small) < _DARK).mean() > _ALL_BLACK)
        ink = None if black else _lettering(small)
        if black:
            signs = (False, True, False, False)
        elif ink is not None:
            signs = (True, False, _are_others(ink, self._ink), False)
        else:
            signs = (False, False, *_compared(small, self._before))
        self._times.append(time)
        self._signs.append(signs)
        self._before, self._ink = small, ink

    def finish(self) -> Signs:
        """Return what was seen."""
        signs = np.asarray(self._signs, bool).reshape(-1, 4)
        return Signs(np.asarray(self._times, np.float64), *signs.T)


def find_titles(signs: Signs, shots: pd.DataFrame) -> tuple[float, float]:
    """Return where the opening titles end and where the closing ones begin, in seconds.

    The two ends are drawn to a shot's boundary where one is near; without titles they are the film's own.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> times = np.arange(100.0)
    >>> nothing = np.zeros(100, bool)
    >>> find_titles(Signs(times, times >= 70, nothing, nothing, nothing), make_shots([0.0, 30.0, 69.6], 100.0))
    (0.0, 69.6)
    """
    return _ends(signs.titles, signs.times, shots, price=_PRICE)


def sure_titles(signs: Signs, shots: pd.DataFrame) -> tuple[float, float]:
    """Return what `find_titles` does, of the titles that are sure.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> times, nothing, shots = np.arange(100.0), np.zeros(100, bool), make_shots([0.0, 30.0, 69.6], 100.0)
    >>> sure_titles(Signs(times, times >= 70, nothing, times % 5 == 0, nothing), shots)
    (0.0, 69.6)
    >>> sure_titles(Signs(times, times >= 70, nothing, nothing, nothing), shots)
    (0.0, 100.0)
    """
    begin, end = float(shots["start"].iloc[0]), float(shots["end"].iloc[-1])
    opened, closed = _ends(signs.credits | signs.black, signs.times, shots, price=_SURE_PRICE)
    text = np.where(signs.credits, np.diff(np.append(signs.times, end)), 0.0)
    return (
        opened if text[signs.times < opened].sum() >= _SURE_TEXT else begin,
        closed if text[signs.times >= closed].sum() >= _SURE_TEXT else end,
    )


def _ends(titles: Mask, times: Floats, shots: pd.DataFrame, *, price: float) -> tuple[float, float]:
    """Return where the longest titles at the two ends end and begin, given which pictures could be titles."""
    begin, end = float(shots["start"].iloc[0]), float(shots["end"].iloc[-1])
    if not len(times):
        return begin, end
    worth = np.diff(np.append(times, end)) * np.where(titles, 1.0, -price)
    first, last = _longest(worth), len(worth) - _longest(worth[::-1])
    opened = _snapped(shots, times[first] if first < len(titles) else end) if first else begin
    closed = _snapped(shots, times[last]) if last < len(titles) else end
    opened = opened if opened - begin >= SHORTEST else begin
    closed = closed if end - closed >= SHORTEST else end
    return (opened, closed) if closed - opened >= (1 - _MOST) * (end - begin) else (begin, end)


def _longest(worth: Floats) -> int:
    """Return how many pictures from the beginning are titles: where the sum of their worth is largest; 0 for none."""
    total = np.cumsum(worth)
    best = int(total.argmax())
    return best + 1 if total[best] > 0 else 0


def _snapped(shots: pd.DataFrame, time: float) -> float:
    """Return the shot boundary that is nearest to a time, or the time itself where none is near."""
    starts = shots["start"].to_numpy(np.float64)[1:]
    near = starts[np.abs(starts - time) <= _SNAP]
    return float(near[np.abs(near - time).argmin()]) if len(near) else float(time)


def _reduced(image: Picture) -> Picture:
    """Average a picture down to about `_ROWS` rows."""
    factor = max(1, image.shape[0] // _ROWS)
    return np.asarray(Image.fromarray(image).reduce(factor)) if factor > 1 else image


def _largest(picture: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Return the largest of each pixel's three channels; NumPy's `max` over so short an axis is ten times slower."""
    largest: npt.NDArray[np.integer] = np.maximum(np.maximum(picture[..., 0], picture[..., 1]), picture[..., 2])
    return largest


def _apart(picture: Picture, other: Picture) -> npt.NDArray[np.integer]:
    """Return by how many levels each pixel differs from a picture or from a color, in the channel that differs most."""
    return _largest(np.maximum(picture, other) - np.minimum(picture, other))


def _compared(picture: Picture, before: Picture | None) -> tuple[bool, bool]:
    """Say whether lettering alone has changed since the picture before, and whether nothing has."""
    if before is None:
        return False, False
    change = _apart(picture, before)
    if (change > _CHANGED).mean() > 0.5:
        return False, False
    ink = change > _FAR
    if ink.mean() < _LEAST_INK:
        return False, bool((change > _CHANGED).mean() <= _STILL)
    rest = _box_mean(ink.astype(np.float64), max(3, len(ink) // 24)) == 0
    untouched = rest.mean() > 0.2 and (change[rest] > _CHANGED).mean() <= _STILL
    return bool(untouched and _in_rows(ink) and _of_one_brightness(np.maximum(picture, before)[ink])), False


def _of_one_brightness(pixels: Picture) -> bool:
    """Say whether pixels (n, 3) are bright and much alike, as letters are and the edges of what moves are not."""
    levels = _largest(pixels)
    top = float(np.quantile(levels, 0.95))
    return top >= _BRIGHT and float((levels >= top - _ALIKE).mean()) >= 0.55


def _lettering(picture: Picture) -> Mask | None:
    """Return where the letters are in a picture that is thin strokes in rows on a ground of one colour; else None."""
    red, green, blue = (picture[..., channel].astype(np.uint16) for channel in range(3))
    levels = (77 * red + 150 * green + 29 * blue) >> 11  # 32 levels of luma
    counts = np.bincount(levels.ravel(), minlength=32)
    mode = int(np.convolve(counts, [1, 1, 1], "same").argmax())
    of_ground = np.abs(levels.astype(np.int16) - mode) <= 1
    if of_ground.mean() < _PLAIN / 2:
        return None
    ground = np.median(picture[of_ground], axis=0).astype(np.uint8)
    away = _apart(picture, ground)
    ink, soft = away > _FAR, (away > _NEAR) & (away <= _FAR)
    if (away <= _NEAR).mean() < _PLAIN or soft.mean() > 0.02 + 2 * ink.mean():
        return None
    return ink if _in_rows(ink) else None


def _are_others(letters: Mask, before: Mask | None) -> bool:
    """Say whether letters are mostly others than those of the picture before."""
    return before is not None and bool((letters & before).sum() < _SAME * (letters | before).sum())


def _in_rows(ink: Mask) -> bool:
    """Say whether ink is thin strokes that stand side by side in rows, as letters do."""
    share = float(ink.mean())
    if not _LEAST_INK <= share < 0.28:
        return False
    side = max(4, ink.shape[0] // 18)
    thick = _box_mean(ink.astype(np.float64), side) > 0.995
    if thick.sum() * side > 0.5 * ink.sum():
        return False
    runs = (np.diff(ink.astype(np.int8), axis=1, prepend=0) == 1).sum(axis=1)
    weight = ink.sum(axis=1)
    lines = runs[weight > 0]
    return bool((lines * weight[weight > 0]).sum() / weight.sum() >= 4)


def _box_mean(values: Floats, side: int) -> Floats:
    """Average over squares of some side, at the borders over what there is of them; shape as given."""
    total = np.pad(values, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    rows, columns = values.shape
    top, left = (np.clip(np.arange(n) - side // 2, 0, n) for n in (rows, columns))
    bottom, right = (np.clip(np.arange(n) - side // 2 + side, 0, n) for n in (rows, columns))
    sums = total[bottom][:, right] - total[top][:, right] - total[bottom][:, left] + total[top][:, left]
    return np.asarray(sums / np.outer(bottom - top, right - left), np.float64)
