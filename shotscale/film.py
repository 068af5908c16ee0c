"""A film: its two tables, what is known of its file, and how it was measured."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from shotscale.coders import list_coders
from shotscale.errors import FilmError, OutputError, TableError
from shotscale.files import appearing_together, finite, make_folder, write_json
from shotscale.numerals import counted
from shotscale.part import FilmPart, PartOptions
from shotscale.sensitivity import shot_length_intervals
from shotscale.shares import Shares, film_shares
from shotscale.summary import summarize_scales, summarize_shots
from shotscale.tables import read_scales, read_shots, validate_shots, validate_track, write_table

__all__ = ["Film", "film_from_document", "read_analysis"]

FORMAT = "film-analysis"
FORMAT_VERSION = 1

Intervals = Mapping[str, tuple[float, float] | None]
"""Ranges of average, median and variation of shot length, depending on which doubtful boundaries are real."""


@dataclass(frozen=True, eq=False, repr=False)
class Film:
    """A film as tables, whether measured in a video, given as a list of shots, or coded by a person.

    Attributes
    ----------
    path : str
        The file, or a name.
    shots : pandas.DataFrame or None
        The shot table (`shotscale.tables`) of the film, without what was left out of the file, in the film's own time;
        only ``start`` and ``end`` are needed. None for a coding, which has only per-second scales.
    scales : pandas.DataFrame, optional
        The scale track of the same part, averaged over three seconds within shots; only ``time`` and ``scale`` are
        needed, as in a coding.
    info : mapping
        Properties of the file, if known: ``duration`` in seconds as decoded, ``n_frames``, ``fps`` (average),
        ``width`` and ``height`` as shown, ``codec``, ``container``, ``size_bytes`` and more.
    provenance : mapping
        ``versions`` of the software, ``checksums`` (SHA-256) of film and weights, ``settings``, if known.
    limits : sequence of str
        Caveats about the film's data, one sentence each.
    intervals : mapping
        A sensitivity, not a confidence interval (`shotscale.sensitivity`); empty if unknown. Give {} to edited shots.
    figures : mapping of str to float
        Features known from elsewhere, such as a published shot-length table; measured values take precedence.
    part : FilmPart, optional
        The part of the file that the tables cover, as found or as given by the user; None for the whole.
    of : Film, optional
        The film as `whole` returns it, if these tables cover a part. To change such a film, change its `whole`, and
        take the part of that with `with_part`.

    Examples
    --------
    >>> film = Film("by hand", pd.DataFrame({"start": [0.0, 4.0], "end": [4.0, 6.5]}))
    >>> film.shots["kind"].tolist(), film.scales
    (['start', 'cut'], None)
    >>> film.cut(PartOptions(begin=1.0)).shots["start"].tolist()
    [1.0, 4.0]
    """

    path: str
    shots: pd.DataFrame | None
    scales: pd.DataFrame | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    limits: Sequence[str] = ()
    intervals: Intervals = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    part: FilmPart | None = None
    of: "Film | None" = None

    def __post_init__(self) -> None:
        if self.of is None:  # parts of valid tables are valid
            shots = None if self.shots is None else validate_shots(self.shots, source=self.path)
            scales = None if self.scales is None else validate_track(self.scales, source=self.path)
            vars(self).update(shots=shots, scales=scales)

    def __repr__(self) -> str:
        shots = "no shots" if self.shots is None else counted(len(self.shots), "shot")
        scales = "no scales" if self.scales is None else counted(len(self.scales), "scale")
        return f"<Film {self.path}: {shots}, {scales}>"

    def _repr_html_(self) -> str:
        from shotscale.notebook import film_html

        return film_html(self.path, self.info, self.shots, None if self.scales_coded else self.scales, self.limits)

    @property
    def whole(self) -> "Film":
        """The film with the tables of the whole file, in the file's time."""
        return self if self.of is None else self.of

    @property
    def extent(self) -> FilmPart:
        """The part of the file that is the film."""
        return self.part or FilmPart.of(self.shots, end=self.seconds)

    @property
    def seconds(self) -> float:
        """The running time, or the length of the coding; NaN if neither is known."""
        if self.shots is not None:
            return float(self.shots["end"].iloc[-1] - self.shots["start"].iloc[0])
        if self.scales is None or not len(self.scales):
            return float("nan")
        if self.part is not None:
            return (self.part.end - self.part.begin) * self.part.speed
        return float(self.scales["time"].iloc[-1]) + 1

    @property
    def shot_table(self) -> pd.DataFrame:
        """The shot table; raises `FilmError` for a coding, which has none."""
        if self.shots is None:
            raise FilmError(f"{self.path}: a coding has no shots; name the film itself or a list of its shots")
        return self.shots

    @property
    def track(self) -> pd.DataFrame:
        """The scale track; raises `FilmError` for a film without scales."""
        if self.scales is None:
            raise FilmError(f"{self.path}: no shot scales are known; name the film itself or a list with scales")
        return self.scales

    @property
    def shots_given(self) -> bool:
        """Whether the shots were given, not detected."""
        return bool(self.provenance.get("shots"))

    @property
    def shots_detected(self) -> bool:
        """Whether the shots were detected and not all of them have been checked."""
        if self.shots is None or self.shots_given or not self.provenance.get("settings", {}).get("detector"):
            return False
        checked = self.provenance.get("corrections", {})
        return not checked or checked["n_checked"] < checked["n_shots"]

    @property
    def scales_coded(self) -> bool:
        """Whether people, not a network, coded the scales."""
        return self.scales is not None and "p_close" not in self.scales.columns

    @property
    def is_analysis(self) -> bool:
        """Whether it has what `save` writes: shots and scales that were not given as a list or a coding."""
        return self.shots is not None and self.scales is not None and not self.shots_given

    @property
    def checksum(self) -> str | None:
        """SHA-256 of the film, or None if unknown."""
        return checksum_of(self.provenance)

    @property
    def boundary_sensitivity(self) -> tuple[float, float] | None:
        """The range of the average shot length, in seconds, given doubtful shot boundaries; None if unknown."""
        return self.intervals.get("average_shot_length")

    @cached_property
    def corrected_shares(self) -> Shares | None:
        """Scale shares, corrected for the network's errors; None if the network did not measure the scales."""
        return film_shares(self.shots, self.scales, self.provenance)

    def cut(self, options: PartOptions | None) -> "Film":
        """Return the requested part of the file; this film if nothing is asked for.

        Raises
        ------
        OptionError
            If the part lies outside the film.
        """
        if options is None or options.is_default:
            return self
        own = self.extent
        part = own.with_options(options, self.whole.extent)
        if replace(part, chosen=own.chosen) == own:
            return self.with_part(part, intervals=self.intervals)
        if not self.is_analysis:
            return self.with_part(part)
        # Candidates that the detector rejected are not stored, so they do not count here.
        return self.with_part(part, intervals=shot_length_intervals(part.of_shots(self.whole.shot_table)))

    def with_part(self, part: FilmPart, *, intervals: Intervals | None = None) -> "Film":
        """Return the film that is a part of the file, with the sensitivity of its shot lengths if known."""
        whole = self.whole
        shots = None if whole.shots is None else part.of_shots(whole.shots)
        scales = None if whole.scales is None else part.of_scales(whole.scales)
        keeps_all = shots is whole.shots and (scales is None or len(scales) == len(whole.track))
        return replace(
            whole,
            shots=shots,
            scales=scales,
            limits=(*part.sentences(whole.extent), *part.of_limits(whole.limits)),
            intervals=intervals or {},
            part=part,
            of=None if keeps_all and part.chosen == "whole" and part.speed == 1 else whole,
        )

    def to_document(self) -> dict[str, Any]:
        """Return everything but the two tables as a JSON-ready dict, with a summary of each table."""
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "film": finite({"path": str(self.path), **self.info}),
            "part": asdict(self.extent),
            "shots": {**summarize_shots(self.shot_table), "intervals": dict(self.intervals)},
            "scales": {**summarize_scales(self.track), "corrected": self.corrected_shares},
            "limits": list(self.whole.limits),
            "provenance": dict(self.provenance),
        }

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write ``shots.csv`` and ``scales.csv`` of the whole file and, last, ``film.json``, once all can be written.

        A folder with a ``film.json`` is therefore complete.

        Raises
        ------
        FilmError
            If the film has no shots or no scales.
        OutputError
            If the folder cannot be written to, holds another film, or holds the corrections that went into these
            tables: measured tables are never overwritten by corrected ones.
        """
        document, shots, scales = self.to_document(), self.whole.shot_table, self.whole.track
        if "corrections" in self.provenance and list_coders(folder):
            raise OutputError(
                f"{folder}: holds an analysis with corrections; choose another folder for the corrected tables"
            )
        target = make_folder(folder)
        if self.checksum is not None and checksum_in(target) not in (None, self.checksum):
            whose = film_from_document(target / "film.json")["film"].get("path", "a file without a name")
            raise OutputError(f"{folder}: holds the analysis of another film, {whose}; choose another folder")
        with appearing_together(target) as place:
            write_table(shots, place / "shots.csv")
            write_table(scales, place / "scales.csv")
            write_json(place / "film.json", document)
            (target / "film.json").unlink(missing_ok=True)
        return target


def read_analysis(folder: str | os.PathLike[str]) -> Film:
    """Read what `Film.save` wrote, without corrections.

    `shotscale.opening.load_analysis` applies the corrections in the same folder.

    Raises
    ------
    TableError
        If a file is missing or breaks its contract.
    """
    source = Path(folder)
    document = film_from_document(source / "film.json")
    shots, scales = read_shots(source / "shots.csv"), read_scales(source / "scales.csv")
    return analyzed_film(document, shots, scales, path=document["film"].get("path", "film"))


def analyzed_film(document: Mapping[str, Any], shots: pd.DataFrame, scales: pd.DataFrame, *, path: str) -> Film:
    """Return the film whose `Film.to_document` and tables of the whole file these are."""
    info = {name: value for name, value in document["film"].items() if name != "path"}
    whole = Film(path, shots, scales, info, document["provenance"], tuple(document["limits"]))
    intervals = {name: ends and (ends[0], ends[1]) for name, ends in document["shots"].get("intervals", {}).items()}
    return whole.with_part(FilmPart.from_json(document.get("part")) or whole.extent, intervals=intervals)


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
