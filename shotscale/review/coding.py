"""A coder's annotation of a film, second by second, in CineScale's format."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from shotscale.review.document import Document
from shotscale.scales import ShotScale

__all__ = ["coded_seconds", "coded_track"]

_GROUP_OF = {scale.abbreviation: scale.group.value for scale in ShotScale if scale.group is not None}


def coded_seconds(document: Document, *, scales: "Sequence[ShotScale | None] | None" = None) -> pd.DataFrame:
    """Return the scale of every whole second of a film.

    Parameters
    ----------
    document : Document
    scales : sequence of ShotScale or None, optional
        Of each shot; by default the coder's of the checked shots. Seconds without one are not available.

    Returns
    -------
    pandas.DataFrame
        ``time`` (whole seconds) and ``scale`` (abbreviations), as `shotscale.annotations.write_annotation` takes it.

    Examples
    --------
    >>> from shotscale.review import Code, ReviewedShot
    >>> document = Document([ReviewedShot.at(0.0, kind="start"), ReviewedShot.at(1.5)], 4.0)
    >>> _ = document.apply([Code(0.0, ShotScale.LONG_SHOT)])
    >>> coded_seconds(document)["scale"].tolist()
    ['LS', 'LS', 'NA', 'NA']
    """
    starts = np.asarray([shot.start for shot in document.shots])
    first = int(np.ceil(starts[0]))
    times = np.arange(first, int(np.ceil(document.end)))
    places = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, None)
    given = scales or [shot.scale if shot.checked else None for shot in document.shots]
    names = [(scale or ShotScale.NOT_AVAILABLE).abbreviation for scale in given]
    return pd.DataFrame({"time": times.astype(np.float64), "scale": np.asarray(names, object)[places]})


def coded_track(document: Document) -> pd.DataFrame:
    """Return `coded_seconds` with each second's ``group`` beside its scale, missing where it has none."""
    table = coded_seconds(document)
    return table.assign(group=table["scale"].map(_GROUP_OF))
