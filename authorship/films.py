"""What an attribution needs of a film: its two tables, from a video, a saved analysis or a shot table."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from shotscale.errors import FilmError
from shotscale.filmpaths import is_analysis
from shotscale.tables import read_scales, read_shots, validate_shots

if TYPE_CHECKING:
    from shotscale.analysis import FilmAnalysis

__all__ = ["Film", "Progress", "name_films", "open_film"]

Progress = Callable[[float, float | None], None]
"""Called with the seconds of film that are done and the film's length, None where no one knows it."""


@dataclass(frozen=True, eq=False)
class Film:
    """A film as tables.

    Attributes
    ----------
    path : str
        The file, or what it is called.
    shots : pandas.DataFrame
        A shot table; only ``start`` and ``end`` are needed.
    scales : pandas.DataFrame, optional
        A scale track.
    info : mapping
        What the file is: ``duration``, ``width``, ``height``, ``fps``, ``codec`` and more, where known.
    provenance : mapping
        Versions, checksums and settings of the analysis, where known.
    limits : sequence of str
        What was wrong with the file.
    analysis : FilmAnalysis, optional
        What the tables came from.
    """

    path: str
    shots: pd.DataFrame
    scales: pd.DataFrame | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    limits: Sequence[str] = ()
    analysis: "FilmAnalysis | None" = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "shots", validate_shots(self.shots, source=self.path))

    @classmethod
    def from_analysis(cls, analysis: "FilmAnalysis") -> "Film":
        """Take the tables of an analysis."""
        return cls(
            path=str(analysis.film.get("path", "film")),
            shots=analysis.shots,
            scales=analysis.scales,
            info=analysis.film,
            provenance=analysis.provenance,
            limits=tuple(analysis.limits),
            analysis=analysis,
        )


def open_film(
    path: str | os.PathLike[str],
    *,
    weights: str | os.PathLike[str] | None = None,
    detector: str = "default",
    workers: int = 1,
    progress: Progress | None = None,
) -> Film:
    """Give a film's tables, by decoding it only if they are not at hand.

    Parameters
    ----------
    path : path
        A video file, a folder that `FilmAnalysis.save` wrote, or a shot table (``.csv``), with a
        ``scales.csv`` beside it if it is called ``shots.csv``.
    weights, detector, workers, progress
        As for `shotscale.analyze`; of no effect on tables.

    Raises
    ------
    FilmError, TableError
        With value, rule and remedy.
    """
    source = Path(path)
    if is_analysis(source):
        from shotscale.analysis import FilmAnalysis  # shot tables need no analysis

        return Film.from_analysis(FilmAnalysis.load(source))
    if source.is_dir():
        raise FilmError(f"{source}: a folder without a saved analysis; name a film, or a folder that --save wrote")
    if not source.exists():
        raise FilmError(f"{source}: no such file; check the path")
    if source.suffix.lower() == ".csv":
        beside = source.with_name("scales.csv")
        scales = read_scales(beside) if source.name == "shots.csv" and beside.is_file() else None
        return Film(path=str(source), shots=read_shots(source), scales=scales)
    from shotscale.analysis import analyze  # as above; it loads torch and av when called

    analysis = analyze(source, weights=weights, detector=detector, workers=workers, progress=progress)
    return Film.from_analysis(analysis)


def name_films(paths: Sequence[Path]) -> dict[Path, str]:
    """Give each path of a film the name that its row has in a table; the path itself where a name is taken.

    Examples
    --------
    >>> list(name_films([Path("a/film"), Path("b/other/shots.csv"), Path("c/third.csv")]).values())
    ['film', 'other', 'third']
    """
    names: dict[Path, str] = {}
    taken: set[str] = set()
    for path in paths:
        name = path.name if path.is_dir() else path.parent.name if path.name == "shots.csv" else path.stem
        name = name if name and name not in taken else str(path)
        taken.add(name)
        names[path] = name
    return names
