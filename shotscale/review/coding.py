"""A coder's annotation of a film, second by second, in CineScale's format."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from shotscale.part import FilmPart
from shotscale.review.history import Document
from shotscale.scales import GROUP_OF, ShotScale

__all__ = ["coded_seconds", "coded_track"]


def coded_scales(
    document: Document, *, part: FilmPart | None = None, measured: "Sequence[ShotScale | None] | None" = None
) -> tuple[ShotScale | None, ...]:
    """Return the coder's scale of each checked shot of the film, `None` for other shots.

    `part` is the part of the file that is the film, by default the coder's; `measured` are scales to use for unchecked
    shots of the film that have no scale from the coder.
    """
    shots = document.shots
    begin, end = document.film
    film = part or FilmPart(shots[0].start if begin is None else begin, document.end if end is None else end)
    inside = film.holds([shot.start for shot in shots], [document.end_of(place) for place in range(len(shots))])
    said = [shot.scale if shot.checked else None for shot in shots]
    if measured is not None:
        said = [shot.scale or (None if shot.checked else measured[place]) for place, shot in enumerate(shots)]
    return tuple(scale if is_inside else None for scale, is_inside in zip(said, inside, strict=True))


def coded_seconds(document: Document, *, scales: "Sequence[ShotScale | None] | None" = None) -> pd.DataFrame:
    """Return the scale of every whole second of a film, given each shot's, by default from `coded_scales`.

    The table has the columns ``time`` (whole seconds) and ``scale`` (abbreviations), for
    `shotscale.annotations.write_annotation`. Seconds without a scale are coded as not available.

    Examples
    --------
    >>> from shotscale.review import Code, ReviewedShot
    >>> document = Document([ReviewedShot.at(0.0, kind="start"), ReviewedShot.at(1.5)], 4.0)
    >>> document.apply([Code(0.0, ShotScale.LONG_SHOT)])
    >>> coded_seconds(document)["scale"].tolist()
    ['LS', 'LS', 'NA', 'NA']
    """
    starts = np.asarray([shot.start for shot in document.shots])
    first = int(np.ceil(starts[0]))
    times = np.arange(first, int(np.ceil(document.end)))
    places = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, None)
    given = scales or coded_scales(document)
    names = [(scale or ShotScale.NOT_AVAILABLE).abbreviation for scale in given]
    return pd.DataFrame({"time": times.astype(np.float64), "scale": np.asarray(names, object)[places]})


def coded_track(document: Document) -> pd.DataFrame:
    """Return `coded_seconds` with each second's ``group``, missing if its scale has none."""
    table = coded_seconds(document)
    return table.assign(group=table["scale"].map(GROUP_OF))
