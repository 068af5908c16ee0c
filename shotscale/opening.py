"""Open any path as an analyzed film with its corrections, or as a scale track."""

import os
from fractions import Fraction
from pathlib import Path

import pandas as pd

from shotscale.annotations import is_coding, read_annotation
from shotscale.dominant import dominant_scales
from shotscale.errors import TableError
from shotscale.film import FilmAnalysis, read_analysis
from shotscale.review.coding import coded_track
from shotscale.review.corrections import correct, find_corrections, read_corrections
from shotscale.scales import SCALES
from shotscale.shotlists import write_shotlist
from shotscale.shotlists.framerates import standard_fps
from shotscale.tables import read_scales

__all__ = ["load_analysis", "read_track", "write_shots"]

_GROUP_OF = {scale.abbreviation: scale.group.value for scale in SCALES if scale.group is not None}


def load_analysis(folder: str | os.PathLike[str], *, corrected: bool = True, coder: str | None = None) -> FilmAnalysis:
    """Read what `FilmAnalysis.save` wrote, with the corrections in that folder (`shotscale.review.corrections`).

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


def write_shots(
    analysis: FilmAnalysis, target: str | os.PathLike[str], *, fps: Fraction | None = None
) -> tuple[str, ...]:
    """Write the shots of an analyzed film for another program, with each shot's dominant scale.

    Parameters
    ----------
    target : path
        As for `shotscale.shotlists.write_shotlist`, whose notes are returned.
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
    >>> analysis = FilmAnalysis(film={"fps": 25.0}, shots=shots, scales=scales, provenance={})
    >>> notes = write_shots(analysis, "film.edl")
    >>> Path("film.edl").read_text().splitlines()[0]
    'TITLE: film'
    """
    if fps is None and analysis.film.get("fps"):
        fps = standard_fps(float(analysis.film["fps"]))
    title = Path(str(analysis.film.get("path", Path(target).stem))).name
    scales = dominant_scales(analysis.shots, analysis.scales)
    return write_shotlist(analysis.shots, target, fps=fps, scales=scales, title=title)


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
        part = film.part or film.whole
        inside = film.scales["time"].between(part.begin, part.end, inclusive="left")
        return film.scales.loc[inside, ["time", "scale", "group"]]
    if not path.is_file():
        raise TableError(f"{path}: no such file; give a scales.csv, a CineScale CSV or a coder's corrections")
    if path.suffix == ".jsonl":
        return coded_track(read_corrections(path).document)
    if is_coding(path):
        table = read_annotation(path).table
        return table.assign(group=table["scale"].map(_GROUP_OF))
    return read_scales(path)[["time", "scale", "group"]]
