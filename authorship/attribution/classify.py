"""Classify a film with a reference: verdict, evidence and limits."""

import os
from fractions import Fraction

from authorship.attribution.answer import Attribution, Candidate
from authorship.attribution.attributor import Attributor
from authorship.attribution.too_little import FEWEST_SHOTS
from authorship.attribution.verdict import DEFAULT_CONFIDENCE, NONE_OF_THESE, UNDECIDED, check_confidence
from authorship.opening import open_film
from authorship.reference.reading import read_reference
from authorship.reference.table import Reference
from shotscale.errors import FilmError
from shotscale.film import Film
from shotscale.part import PartOptions
from shotscale.progress import Progress

__all__ = [
    "DEFAULT_CONFIDENCE",
    "FEWEST_SHOTS",
    "NONE_OF_THESE",
    "UNDECIDED",
    "Attribution",
    "Attributor",
    "Candidate",
    "check_confidence",
    "classify",
]


def classify(
    film: str | os.PathLike[str] | Film,
    *,
    reference: Reference | str | os.PathLike[str] | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    year: int | None = None,
    weights: str | os.PathLike[str] | None = None,
    detector: str = "default",
    fps: Fraction | None = None,
    part: PartOptions | None = None,
    progress: Progress | None = None,
) -> Attribution:
    """Answer who directed a film.

    Parameters
    ----------
    film : path or Film
        A video file, a folder with a saved analysis, a shot table (CSV), or tables in memory.
    reference : Reference or path, optional
        Films by known directors; by default the built-in 94 feature films by six directors.
    confidence : float
        Between 0 and 1: how often the remaining candidates should include the true one.
    year : int, optional
        When the film was made, if known: compared with the candidates' periods, never used as a feature.
    part : PartOptions, optional
        The part of the file that is the film; by default the whole.
    weights, detector, fps, progress
        See `shotscale.analyze`; ignored for tables.

    Returns
    -------
    Attribution

    Raises
    ------
    FilmError, TableError, OptionError, WeightsError
        The message states value, rule and remedy in one line.

    Examples
    --------
    >>> import pandas as pd
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> answer = classify(Film("sixty long takes", shots), confidence=0.9)
    >>> answer.candidates[0].name, answer.candidates[0].remains
    ('Béla Tarr', True)
    """
    check_confidence(confidence)
    if not isinstance(film, str | os.PathLike | Film):
        raise FilmError(f"{type(film).__name__}: a film is a path or a Film; for tables, authorship.Film(name, shots)")
    if reference is not None and not isinstance(reference, Reference):
        reference = read_reference(reference)
    if isinstance(film, str | os.PathLike):
        film = open_film(film, weights=weights, detector=detector, fps=fps, part=part, progress=progress)
    else:
        film = film.cut(part)
    return Attributor(reference).attribute(film, confidence=confidence, year=year)
