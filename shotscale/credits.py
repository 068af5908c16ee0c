"""Find opening and closing titles: text or black at either end of a film, which is not part of its editing.

Conventions
-----------
Each sampled picture is examined by itself and against the previous one (`TitleScout`). It is *text* if it shows thin
strokes in rows on a plain background, *black*, *still* if nothing has changed, and *rewritten* if thin strokes in rows
have changed and nothing else: a crawl, or the next card over a still picture. Titles are the longest run of text, black
and rewritten still pictures at an end of the film, short interruptions allowed: the stretch that maximizes the seconds
of titles minus `_PRICE` times the seconds of anything else. Credits over moving pictures stay in, since these are shots
that someone cut, and so does a long take, which is how some directors end a film. Stretches shorter than `SHORTEST`
stay in too: one shot of ten seconds moves the average of a feature film by less than two thousandths.

Titles are *sure* if they consist of black and of text in lines that soon gives way to other text, with little else in
between (`sure_titles`): a crawl, or cards on a plain background. An analysis leaves these out and hints at the others.

The thresholds were set on a few drawn films; ``python benchmarks/credits.py`` draws others, with crawls, cards, credits
over pictures or no titles, and prints how often the stretch is right.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from shotscale.lettering import FAR, LEAST_INK, apart, box_mean, in_lines, in_rows, largest, lettering

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SHORTEST = 10.0
"""Seconds; shorter stretches stay in."""

_PRICE = 1.5  # seconds of titles that offset one second of anything else inside them
_SURE_PRICE, _SURE_TEXT = 10.0, 15.0  # the same for sure titles, and their least seconds of text
_MOST = 0.5  # of the film: more is a film of text, not titles
_ROWS = 144  # of the reduced picture: a crawl's letters, a fortieth of the height, keep their strokes
_DARK, _ALL_BLACK = 28, 0.999  # levels, and the share of a black picture that is darker
_SAME = 0.5  # overlap of the letters of two pictures; below it, the text has changed
_CHANGED, _STILL = 20, 0.01  # levels, and the share of the picture outside the lettering that may change
_BRIGHT, _ALIKE = 185, 75  # levels of the brightest letters, and how much darker their soft edges may be
_CARD = 9.0  # seconds: the longest that a card over a still picture lasts
_SNAP = 2.0  # most seconds between a change of signs (one per second) and the boundary that caused it


@dataclass(frozen=True, slots=True)
class Signs:
    """What each sampled picture shows: at most one of the four masks is true, but text may also be rewritten."""

    times: Floats
    text: Mask
    black: Mask
    rewritten: Mask
    still: Mask

    def between(self, begin: float, end: float) -> "Signs":
        """Return the signs of the pictures in [begin, end), in seconds."""
        inside = (self.times >= begin) & (self.times < end)
        masks = (mask[inside] for mask in (self.text, self.black, self.rewritten, self.still))
        return Signs(self.times[inside], *masks)

    @property
    def credits(self) -> Mask:
        """Which pictures are text that changes within seconds, unlike a sign or a wall in the dark."""
        moments = self.times[self.text & self.rewritten]
        if not len(moments):
            return np.zeros(len(self.times), np.bool_)
        after = np.searchsorted(moments, self.times)
        since = self.times - moments[(after - 1).clip(0)]
        until = moments[after.clip(max=len(moments) - 1)] - self.times
        return np.asarray(self.text & (np.minimum(np.abs(since), np.abs(until)) <= _CARD), np.bool_)

    @property
    def titles(self) -> Mask:
        """Which pictures could be titles: text, black, and still ones on which cards keep changing."""
        return np.asarray(self.text | self.black | self._cards(), np.bool_)

    def _cards(self) -> Mask:
        near = np.zeros(len(self.times), np.bool_)
        rewritten = self.rewritten & ~self.text
        moments = np.flatnonzero(rewritten)
        steady = rewritten | self.still
        for first, last in pairwise(moments):
            if self.times[last] - self.times[first] <= _CARD and steady[first : last + 1].all():
                near[first : last + 1] = True
        for edge in np.flatnonzero(near & rewritten):  # add the first card before its change, and the last one after
            for step in (-1, 1):
                place = edge + step
                while (
                    0 <= place < len(near) and self.still[place] and abs(self.times[place] - self.times[edge]) < _CARD
                ):
                    near[place] = True
                    place += step
        return near


class TitleScout:
    """Examines sampled pictures as they arrive, keeping only a time and four flags per picture.

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
        """Examine a uint8 RGB picture (rows, columns, 3); times must increase."""
        small = _reduced(image)
        if self._before is not None and self._before.shape != small.shape:
            self._before = self._ink = None
        black = bool((largest(small) < _DARK).mean() > _ALL_BLACK)
        ink = None if black else lettering(small)
        if black:
            signs = (False, True, False, False)
        elif ink is not None:
            signs = (True, False, _are_others(ink, self._ink) and in_lines(ink), False)
        else:
            signs = (False, False, *_compared(small, self._before))
        self._times.append(time)
        self._signs.append(signs)
        self._before, self._ink = small, ink

    def finish(self) -> Signs:
        """Return the signs of all pictures."""
        signs = np.asarray(self._signs, bool).reshape(-1, 4)
        return Signs(np.asarray(self._times, np.float64), *signs.T)


def find_titles(signs: Signs, shots: pd.DataFrame) -> tuple[float, float]:
    """Return where the opening titles end and the closing titles begin, in seconds.

    Both times move to a shot boundary if one is near; without titles they are the film's beginning and end.

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
    """Return the same as `find_titles`, for sure titles only.

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
    """Return where opening titles end and closing titles begin, given which pictures could be titles."""
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
    """Return the number of first pictures with the largest summed worth, which are titles; 0 for none."""
    total = np.cumsum(worth)
    best = int(total.argmax())
    return best + 1 if total[best] > 0 else 0


def _snapped(shots: pd.DataFrame, time: float) -> float:
    """Return the shot boundary nearest to a time, or the time itself if none is near."""
    starts = shots["start"].to_numpy(np.float64)[1:]
    near = starts[np.abs(starts - time) <= _SNAP]
    return float(near[np.abs(near - time).argmin()]) if len(near) else float(time)


def _reduced(image: Picture) -> Picture:
    """Average a picture down to about `_ROWS` rows."""
    factor = max(1, image.shape[0] // _ROWS)
    return np.asarray(Image.fromarray(image).reduce(factor)) if factor > 1 else image


def _compared(picture: Picture, before: Picture | None) -> tuple[bool, bool]:
    """Return whether only lettering has changed since the previous picture, and whether nothing has."""
    if before is None:
        return False, False
    change = apart(picture, before)
    if (change > _CHANGED).mean() > 0.5:
        return False, False
    ink = change > FAR
    if ink.mean() < LEAST_INK:
        return False, bool((change > _CHANGED).mean() <= _STILL)
    rest = box_mean(ink.astype(np.float64), max(3, len(ink) // 24)) == 0
    untouched = rest.mean() > 0.2 and (change[rest] > _CHANGED).mean() <= _STILL
    return bool(untouched and in_rows(ink) and _of_one_brightness(np.maximum(picture, before)[ink])), False


def _of_one_brightness(pixels: Picture) -> bool:
    """Return whether pixels (n, 3) are bright and similar, as letters are and the edges of moving objects are not."""
    levels = largest(pixels)
    top = float(np.quantile(levels, 0.95))
    return top >= _BRIGHT and float((levels >= top - _ALIKE).mean()) >= 0.55


def _are_others(letters: Mask, before: Mask | None) -> bool:
    """Return whether letters mostly differ from those of the previous picture."""
    return before is not None and bool((letters & before).sum() < _SAME * (letters | before).sum())
