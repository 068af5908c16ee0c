"""Open any path as an analyzed film with its corrections, or as a scale track."""

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd

from shotscale.annotations import is_coding, read_annotation
from shotscale.dominant import dominant_scales
from shotscale.errors import TableError
from shotscale.film import Film, read_analysis
from shotscale.filmpaths import result_name
from shotscale.part import FilmPart
from shotscale.review.coding import coded_track
from shotscale.review.corrections import correct, find_corrections, read_corrections
from shotscale.shotlists import write_shotlist
from shotscale.shotlists.framerates import standard_fps
from shotscale.tables import read_scales, validate_track

__all__ = ["load_analysis", "read_track", "write_shots"]

_MEASURED = (
    "A network measured the scales, but scales in a list are taken for coded by people: classify the film itself, or "
    "leave them out of the list."
)


def load_analysis(folder: str | os.PathLike[str], *, corrected: bool = True, coder: str | None = None) -> Film:
    """Read what `Film.save` wrote, with the corrections in that folder (`shotscale.review.corrections`).

    Parameters
    ----------
    corrected : bool
        False returns the measurements without corrections.
    coder : str, optional
        Whose corrections; by default the referee's, or the only coder's.

    Raises
    ------
    TableError
        If a file is missing or breaks its contract, or it is unclear which corrections apply.
    """
    analysis = read_analysis(folder)
    corrections = find_corrections(folder, coder=coder) if corrected else None
    return analysis if corrections is None else correct(analysis, corrections)


def write_shots(film: Film, target: str | os.PathLike[str], *, fps: Fraction | None = None) -> tuple[str, ...]:
    """Write a film's shots, in its file's time, for another program, with each shot's dominant scale.

    Parameters
    ----------
    target : path
        As for `shotscale.shotlists.write_shotlist`, whose notes are returned after those on the part
        and, unless all shots were checked, on measured scales.
    fps : Fraction, optional
        Frames per second; by default the film's own rate, if near a standard rate.

    Raises
    ------
    OptionError, OutputError, DependencyError
        If it cannot be written in that format or to that path.

    Examples
    --------
    >>> import numpy as np
    >>> from shotscale.tables import make_scales, make_shots
    >>> shots, scales = make_shots([0.0, 2.0], 5.0), make_scales(np.arange(5.0), np.eye(7)[:5])
    >>> notes = write_shots(Film("film", shots, scales, {"fps": 25.0}), "film.edl")
    >>> Path("film.edl").read_text().splitlines()[0]
    'TITLE: film'
    """
    if fps is None and film.info.get("fps"):
        fps = standard_fps(float(film.info["fps"]))
    whole = film.whole.shot_table
    part = replace(film.extent, speed=1.0)
    shots = part.of_shots(whole)
    scales = dominant_scales(shots, film.whole.scales)
    title = result_name(Path(film.path)) if film.shots_given else Path(film.path).name
    notes = write_shotlist(shots, target, fps=fps, scales=scales, title=title)
    fast = 100 * (film.extent.speed - 1)
    told = (f"Times are those of the file, which runs {fast:+.1f} % fast.",) if fast else ()
    measured = (_MEASURED,) if film.shots_detected and scales is not None else ()
    return (*part.sentences(FilmPart.of(whole)), *told, *measured, *notes)


def read_track(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a scale track as a table of ``time``, ``scale`` and ``group``.

    Parameters
    ----------
    path : path
        A ``scales.csv``, a CineScale CSV, a coder's ``corrections-CODER.jsonl`` (the shots that the coder has checked),
        or a saved analysis with its corrections, if any; of the last two, only the part that is the film.

    Raises
    ------
    TableError
        If it is none of these.
    """
    path = Path(path)
    if path.is_dir():
        film = load_analysis(path)
        part = replace(film.extent, speed=1.0)  # in the file's time
        return part.of_scales(film.whole.track)[["time", "scale", "group"]]
    if not path.is_file():
        raise TableError(f"{path}: no such file; give a scales.csv, a CineScale CSV or a coder's corrections")
    if path.suffix == ".jsonl":
        return coded_track(read_corrections(path).document)
    if is_coding(path):
        return validate_track(read_annotation(path).track)
    return read_scales(path)[["time", "scale", "group"]]
