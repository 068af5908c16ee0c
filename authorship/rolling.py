"""Rolling attribution along one film: each window of shots is classified separately.

For films by several hands: episodes, second units, a change of editor. Windows are shorter than the feature films of
the reference, so a single window is weak evidence and names nobody: if only one candidate remains in a run of 400
shots, it is the wrong one for a third of held-out films (``python benchmarks/fragments.py TABLES``). Only a lasting
change of the likeliest candidate is informative.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from authorship.attribution.classify import FEWEST_SHOTS, Attribution, Attributor
from authorship.attribution.limits import itself_limits
from authorship.attribution.too_little import FEWEST_TO_NAME
from shotscale.errors import OptionError
from shotscale.film import Film
from shotscale.numerals import percent

__all__ = ["Window", "roll", "rolling_limits", "rolling_table"]

ROW = ("part", "shots", "likeliest", "probability", "cannot be ruled out")
"""The column headings of `Window.row`."""

NAMES_NOBODY = (
    "A window names nobody: if only one candidate remains, it is too often the wrong one (data card). Look for a "
    "likeliest candidate that changes and stays changed."
)


@dataclass(frozen=True, eq=False)
class Window:
    """A window's position in the film, in seconds and shots, and its attribution.

    Examples
    --------
    >>> from authorship.attribution.attributor import Attributor
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> window = roll(Film("long takes", shots), Attributor(), window=30, step=30)[0]
    >>> isinstance(window, Window), window.start, window.end, window.n_shots
    (True, 0.0, 4500.0, 30)
    """

    start: float
    end: float
    first_shot: int
    n_shots: int
    attribution: Attribution

    @property
    def remaining(self) -> list[str]:
        """The candidates that cannot be ruled out at the requested confidence, most likely first."""
        return [candidate.name for candidate in self.attribution.candidates if candidate.remains]

    def row(self) -> tuple[str, str, str, str, str]:
        """Return the window as text, one string per column of `ROW`."""
        leader = self.attribution.candidates[0]
        part = f"{self.start / 60:.1f}–{self.end / 60:.1f} min"
        remaining = ", ".join(self.remaining) or "nobody fits"
        return part, str(self.n_shots), leader.name, percent(leader.probability), remaining


def roll(
    film: Film,
    attributor: Attributor,
    *,
    window: float = FEWEST_TO_NAME,
    step: float = FEWEST_TO_NAME // 4,
    unit: str = "shots",
    confidence: float = 0.8,
) -> list[Window]:
    """Attribute every window of a film.

    Parameters
    ----------
    window, step : float
        In `unit`s.
    unit : {'shots', 'minutes'}

    Returns
    -------
    list of Window
        In order; the last window ends with the film.

    Raises
    ------
    OptionError
        If window or step cannot be used on this film.

    Examples
    --------
    >>> from authorship.attribution.attributor import Attributor
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> windows = roll(Film("long takes", shots), Attributor(), window=30, step=30)
    >>> [(window.first_shot, window.attribution.candidates[0].name) for window in windows]
    [(0, 'Béla Tarr'), (30, 'Béla Tarr')]
    """
    if unit not in ("shots", "minutes"):
        raise OptionError(f"{unit}: not a unit of windows; use shots or minutes")
    if not (0 < window < inf and 0 < step < inf):
        raise OptionError(f"window {window:g}, step {step:g}: both are finite and above 0; give positive numbers")
    if unit == "shots" and window < FEWEST_SHOTS:
        raise OptionError(f"window {window:g}: a window needs at least {FEWEST_SHOTS} shots; widen it")
    n_shots = len(film.shot_table)
    spans = (
        _shot_spans(n_shots, int(window), max(1, int(step)))
        if unit == "shots"
        else _time_spans(film, 60 * window, 60 * step)
    )
    windows = [
        Window(
            *_limits_of(film, first, last),
            first,
            last - first,
            attributor.attribute(_cut(film, first, last), confidence=confidence, part=last - first < n_shots or None),
        )
        for first, last in spans
        if last > first
    ]
    if not windows:
        raise OptionError(f"window {window:g} {unit}: wider than the film; narrow it")
    return windows


def rolling_limits(film: Film, attributor: Attributor) -> list[str]:
    """Return the caveats that apply to every window.

    Examples
    --------
    >>> from authorship.attribution.attributor import Attributor
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> rolling_limits(Film("long takes", shots, limits=["The file is cut off."]), Attributor())[0]
    'The file is cut off.'
    """
    return [*film.limits, *itself_limits(film, attributor.reference), *attributor.reference.notes]


def rolling_table(windows: list[Window]) -> pd.DataFrame:
    """Return a table with one row per window.

    Returns
    -------
    pandas.DataFrame
        ``start``, ``end`` in seconds, ``first_shot``, ``n_shots``, ``remaining`` (names separated by semicolons),
        and each candidate's probability.

    Examples
    --------
    >>> from authorship.attribution.attributor import Attributor
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> table = rolling_table(roll(Film("long takes", shots), Attributor(), window=30, step=30))
    >>> table[["start", "end", "n_shots"]].values.tolist()
    [[0.0, 4500.0, 30.0], [4500.0, 9000.0, 30.0]]
    """
    rows: list[dict[str, Any]] = []
    for window in windows:
        probabilities = {candidate.name: candidate.probability for candidate in window.attribution.candidates}
        rows.append(
            {
                "start": window.start,
                "end": window.end,
                "first_shot": window.first_shot,
                "n_shots": window.n_shots,
                "remaining": "; ".join(window.remaining),
                **{name: probabilities[name] for name in sorted(probabilities)},
            }
        )
    return pd.DataFrame(rows)


def _shot_spans(n_shots: int, window: int, step: int) -> Iterator[tuple[int, int]]:
    """Yield each window's first shot and end; the last window is moved back to end with the film."""
    last = n_shots - window
    if last < 0:
        return
    yield from ((first, first + window) for first in range(0, last, step))
    yield last, n_shots


def _time_spans(film: Film, window: float, step: float) -> Iterator[tuple[int, int]]:
    """Yield the range of shots that begin in each window."""
    shots = film.shot_table
    starts, end = shots["start"].to_numpy(), float(shots["end"].iloc[-1])
    last = end - window
    if last < starts[0]:
        return
    for begin in [*np.arange(starts[0], last, step), last]:
        yield int(np.searchsorted(starts, begin)), int(np.searchsorted(starts, begin + window))


def _limits_of(film: Film, first: int, last: int) -> tuple[float, float]:
    shots = film.shot_table
    return float(shots["start"].iloc[first]), float(shots["end"].iloc[last - 1])


def _cut(film: Film, first: int, last: int) -> Film:
    """Return the part of a film that a run of shots covers."""
    shots = film.shot_table.iloc[first:last].reset_index(drop=True)
    start, end = _limits_of(film, first, last)
    scales = film.scales
    if scales is not None:
        scales = scales[(scales["time"] >= start) & (scales["time"] < end)].reset_index(drop=True)
    scales = scales if scales is not None and len(scales) else None
    return Film(path=film.path, shots=shots, scales=scales, provenance=film.provenance)
