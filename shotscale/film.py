"""An analyzed film: its two tables, file information, and how it was measured."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from shotscale.coders import list_coders
from shotscale.errors import OutputError, TableError
from shotscale.files import make_folder, write_json
from shotscale.numerals import counted
from shotscale.part import FilmPart
from shotscale.shares import Shares, film_shares
from shotscale.summary import summarize_scales, summarize_shots
from shotscale.tables import read_scales, read_shots, write_table

__all__ = ["FilmAnalysis", "film_from_document", "read_analysis"]

FORMAT = "film-analysis"
FORMAT_VERSION = 1


@dataclass(frozen=True, kw_only=True, repr=False)
class FilmAnalysis:
    """What was measured on one film.

    Attributes
    ----------
    film : dict
        Film information: ``path``, ``duration`` in seconds as decoded, ``n_frames``, ``fps`` (average),
        ``width`` and ``height`` as shown, ``codec``, ``container``, ``size_bytes`` and more.
    shots : pandas.DataFrame
        The shot table (`shotscale.tables`) of the whole file.
    scales : pandas.DataFrame
        The scale track (`shotscale.tables`), averaged over three seconds within shots.
    provenance : dict
        ``versions`` of the software, ``checksums`` (SHA-256) of film and weights, ``settings``.
    limits : tuple of str
        What was wrong with the file, and where shots could not be told apart, one sentence each.
    intervals : dict
        Ranges of average, median and variation of shot length, depending on which doubtful boundaries are real: a
        sensitivity, not a confidence interval (`shotscale.boundaries.uncertainty`).
    part : FilmPart or None
        The part of the file that is the film, as found or as given by the user. None for the whole.
    """

    film: dict[str, Any]
    shots: pd.DataFrame
    scales: pd.DataFrame
    provenance: dict[str, Any]
    limits: tuple[str, ...] = ()
    intervals: dict[str, tuple[float, float] | None] = field(default_factory=dict)
    part: FilmPart | None = None

    def __repr__(self) -> str:
        shots = summarize_shots(self.body_shots)
        name = Path(str(self.film.get("path", "film"))).name
        n = counted(len(self.body_shots), "shot")
        return f"<FilmAnalysis of {name}: {n}, {shots['average_shot_length']:.2f} s on average>"

    def _repr_html_(self) -> str:
        from shotscale.notebook import analysis_html

        return analysis_html(self)

    @property
    def whole(self) -> FilmPart:
        """The whole file as a part."""
        return FilmPart.of(self.shots)

    @property
    def body_shots(self) -> pd.DataFrame:
        """The shots of the part that is the film: what figures are computed from."""
        return (self.part or self.whole).of_shots(self.shots)

    @property
    def body_scales(self) -> pd.DataFrame:
        """The samples of the part that is the film."""
        return (self.part or self.whole).of_scales(self.scales)

    @property
    def checksum(self) -> str | None:
        """SHA-256 of the film, or None if unknown."""
        return checksum_of(self.provenance)

    @cached_property
    def corrected_shares(self) -> Shares | None:
        """Shares of the scales, corrected for the network's errors (`shotscale.shares.film_shares`)."""
        return film_shares(self.body_shots, self.body_scales, self.provenance)

    def to_document(self) -> dict[str, Any]:
        """Return everything but the two tables as a JSON-ready dict, with a summary of each table."""
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "film": self.film,
            "part": (self.part or self.whole).to_json(),
            "shots": {**summarize_shots(self.body_shots), "intervals": self.intervals},
            "scales": {**summarize_scales(self.body_scales), "corrected": self.corrected_shares},
            "limits": list(self.limits),
            "provenance": self.provenance,
        }

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write ``shots.csv``, ``scales.csv`` and, last, ``film.json``, each atomically.

        A folder with a ``film.json`` is therefore complete.

        Raises
        ------
        OutputError
            If the folder cannot be written to, holds another film, or holds the corrections that went into these
            tables: measured tables are never overwritten by corrected ones.
        """
        if "corrections" in self.provenance and list_coders(folder):
            raise OutputError(
                f"{folder}: holds an analysis with corrections; choose another folder for the corrected tables"
            )
        target = make_folder(folder)
        there = checksum_in(target)
        if None not in (there, self.checksum) and there != self.checksum:
            whose = film_from_document(target / "film.json")["film"].get("path", "a file without a name")
            raise OutputError(f"{folder}: holds the analysis of another film, {whose}; choose another folder")
        (target / "film.json").unlink(missing_ok=True)
        write_table(self.shots, target / "shots.csv")
        write_table(self.scales, target / "scales.csv")
        write_json(target / "film.json", self.to_document())
        return target


def read_analysis(folder: str | os.PathLike[str]) -> FilmAnalysis:
    """Read what `FilmAnalysis.save` wrote, without corrections.

    `shotscale.opening.load_analysis` applies the corrections in the same folder.

    Raises
    ------
    TableError
        If a file is missing or breaks its contract.
    """
    source = Path(folder)
    document = film_from_document(source / "film.json")
    return FilmAnalysis(
        film=document["film"],
        shots=read_shots(source / "shots.csv"),
        scales=read_scales(source / "scales.csv"),
        provenance=document["provenance"],
        limits=tuple(document["limits"]),
        intervals={
            name: None if ends is None else (ends[0], ends[1])
            for name, ends in document["shots"].get("intervals", {}).items()
        },
        part=FilmPart.from_json(document.get("part")),
    )


def checksum_in(folder: Path) -> str | None:
    """Return the SHA-256 of the film analyzed in a folder; None if there is no analysis or no known checksum."""
    try:
        document = film_from_document(folder / "film.json")
    except TableError:
        return None
    return checksum_of(document["provenance"])


def checksum_of(provenance: Mapping[str, Any]) -> str | None:
    """Return the film's SHA-256 from a provenance, or None if absent."""
    found = provenance.get("checksums", {}).get("film")
    return None if found is None else str(found)


def film_from_document(path: Path) -> dict[str, Any]:
    """Read a ``film.json``, or raise a one-line `TableError`."""
    from shotscale.documents import FilmDocument, read_json  # pydantic is not needed by --help

    if not path.exists():
        raise TableError(f"{path}: no such file; give a folder written with --save")
    document = read_json(FilmDocument, path, remedy="analyze the film again")
    if document["format_version"] != FORMAT_VERSION:
        raise TableError(
            f"{path}: format version {document['format_version']}; this software reads version {FORMAT_VERSION}; "
            "analyze the film again"
        )
    return document
