"""Export a coder's coding as CineScale annotations and as labeled frames for training.

Conventions
-----------
An unchecked shot has no scale here unless the measured one is requested; a shot outside the film has none. Frames come
from shots with a scale in the order, up to the requested number, evenly spaced between the shot's ends. The frames of a
film, or of a part of it, form one group, which training never splits between training and held-out data.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from shotscale.annotations import write_annotation
from shotscale.dominant import dominant_scales
from shotscale.errors import FilmError, TableError
from shotscale.files import make_folder, write_bytes
from shotscale.film import Film, read_analysis
from shotscale.filmpaths import is_analysis, result_folders, result_name
from shotscale.review.coding import coded_scales, coded_seconds
from shotscale.review.corrections import correct, find_corrections
from shotscale.review.frames import FilmFrames, Want
from shotscale.review.history import Document
from shotscale.review.opening import find_film
from shotscale.scales import ShotScale
from shotscale.tables import write_table

__all__ = ["Coding", "load_coding", "write_cinescale", "write_frames"]

_FRAMES = "frames.csv"


@dataclass(frozen=True, eq=False)
class Coding:
    """A film as coded by a coder: corrected, with the scale of each shot, `None` if unknown."""

    folder: Path
    film: Film
    document: Document
    scales: tuple[ShotScale | None, ...]


def load_coding(folder: str | os.PathLike[str], *, coder: str | None = None, unchecked: bool = False) -> Coding:
    """Read a coder's coding of a saved analysis; by default the referee's, or the only coder's.

    If `unchecked`, shots that have no scale from the coder and are not checked get the measured one. Raises `FilmError`
    or `TableError` if there is no analysis, or nobody has corrected it.
    """
    place = Path(folder)
    if not is_analysis(place):
        raise FilmError(f"{place}: not a saved analysis; name a folder that --save wrote")
    corrections = find_corrections(place, coder=coder)
    if corrections is None:
        raise TableError(f"{place}: nobody has corrected anything; run `shotscale review {place}` first")
    machine = read_analysis(place)
    film = correct(machine, corrections)
    measured = dominant_scales(film.whole.shot_table, machine.whole.scales) if unchecked else None
    scales = coded_scales(corrections.document, part=film.part, measured=measured)
    return Coding(place, film, corrections.document, scales)


def write_cinescale(codings: Sequence[Coding], target: Path) -> Iterator[tuple[Path, int, int]]:
    """Write one CineScale CSV per film; yield its path, its number of seconds and how many of them have a scale.

    A single film is written to `target` if that ends in ``.csv``; otherwise each goes into the folder `target`, named
    after its analysis.
    """
    single = len(codings) == 1 and target.suffix.lower() == ".csv"
    make_folder(target.parent if single else target)
    for coding, name in zip(codings, _names(codings), strict=True):
        path = target if single else target / f"{name}.csv"
        table = coded_seconds(coding.document, scales=coding.scales)
        write_annotation(table, path)
        yield path, len(table), int((table["scale"] != ShotScale.NOT_AVAILABLE.abbreviation).sum())


def write_frames(
    codings: Sequence[Coding],
    folder: Path,
    *,
    per_shot: int = 3,
    parts: int = 1,
    film: Path | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> int:
    """Write frames of coded shots as JPEG, then the table of frames that `shotscale train` reads; return their number.

    A shot gives `per_shot` frames at most. Each film is divided into `parts` of equal length, and each part is a group.
    Use more than one only if there is no other film: neighboring parts look alike, so the figures are too optimistic.
    `film` is where the film is now; `progress` is called with the number of frames written. Raises `FilmError`,
    `TableError` or `OutputError` if a film is missing, no shot has a scale in the order, or the folder is not writable.
    """
    make_folder(folder)
    rows: list[tuple[str, str, str, str]] = []
    for coding, name in zip(codings, _names(codings), strict=True):
        path = find_film(coding.folder, coding.film, film=film)
        with FilmFrames(path) as frames:
            for time, scale in _moments(coding, per_shot):
                picture = frames.picture(Want(time))
                if picture is None:
                    continue
                file = Path(name) / f"{round(1000 * time):09d}.jpg"
                make_folder(folder / name)
                write_bytes(folder / file, picture.jpeg)
                rows.append((file.as_posix(), scale.abbreviation, _group(name, time, coding.document, parts), "coded"))
                progress(len(rows))
    if not rows:
        raise TableError(f"{folder}: no frame to write: no shot has a scale in the order; code some shots first")
    write_table(pd.DataFrame(rows, columns=["file", "scale", "group", "source"]), folder / _FRAMES)
    return len(rows)


def _names(codings: Sequence[Coding]) -> list[str]:
    """Return a unique name for each film's results."""
    if len(codings) == 1:
        return [result_name(codings[0].folder)]
    folders = result_folders([coding.folder for coding in codings], Path())
    return [folders[coding.folder].name for coding in codings]


def _moments(coding: Coding, per_shot: int) -> Iterator[tuple[float, ShotScale]]:
    """Yield the times at which frames are taken, clear of the shot's ends, with their scales."""
    for place, (shot, scale) in enumerate(zip(coding.document.shots, coding.scales, strict=True)):
        if scale is None or scale.group is None:
            continue
        end = coding.document.end_of(place)
        n = int(np.clip(round(end - shot.start), 1, per_shot))
        for k in range(n):
            yield round(shot.start + (k + 0.5) / n * (end - shot.start), 6), scale


def _group(name: str, time: float, document: Document, parts: int) -> str:
    if parts == 1:
        return name
    return f"{name} {min(parts, int(parts * time / document.end) + 1)} of {parts}"
