"""A film for attribution: its shot and scale tables and their metadata."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from shotscale.errors import FilmError
from shotscale.numerals import counted
from shotscale.part import FilmPart, PartOptions
from shotscale.shares import Shares, film_shares
from shotscale.tables import validate_shots

if TYPE_CHECKING:
    from shotscale.film import FilmAnalysis

__all__ = ["Film", "measure_films"]


@dataclass(frozen=True, eq=False, repr=False)
class Film:
    """A film as tables.

    Attributes
    ----------
    path : str
        The file, or a name.
    shots : pandas.DataFrame or None
        A shot table; only ``start`` and ``end`` are needed. None for a coding, which has only per-second scales.
    scales : pandas.DataFrame, optional
        A scale track, or a coding's ``time`` and ``scale``.
    info : mapping
        Properties of the file: ``duration``, ``width``, ``height``, ``fps``, ``codec`` and more, if known.
    provenance : mapping
        Versions, checksums and settings of the analysis, if known.
    limits : sequence of str
        Caveats about the film's data, one sentence each.
    analysis : FilmAnalysis, optional
        The analysis that the tables came from.
    figures : mapping of str to float
        Features known from elsewhere, such as a published shot-length table; measured values take precedence.
    part : FilmPart, optional
        The part of the file that the tables cover; None for the whole.

    Examples
    --------
    >>> film = Film("by hand", pd.DataFrame({"start": [0.0, 4.0], "end": [4.0, 6.5]}))
    >>> film.shots["kind"].tolist(), film.scales
    (['start', 'cut'], None)
    """

    path: str
    shots: pd.DataFrame | None
    scales: pd.DataFrame | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    limits: Sequence[str] = ()
    analysis: "FilmAnalysis | None" = None
    figures: Mapping[str, float] = field(default_factory=dict)
    part: FilmPart | None = None

    def __repr__(self) -> str:
        shots = "no shots" if self.shots is None else counted(len(self.shots), "shot")
        scales = "no scales" if self.scales is None else counted(len(self.scales), "scale")
        return f"<Film {self.path}: {shots}, {scales}>"

    @cached_property
    def corrected_shares(self) -> Shares | None:
        """Scale shares, corrected for the network's errors; None if the network did not measure the scales."""
        if self.analysis is not None:
            return self.analysis.corrected_shares
        return film_shares(self.shots, self.scales, self.provenance)

    @property
    def scales_coded(self) -> bool:
        """Whether people, not a network, coded the scales."""
        return self.scales is not None and "p_close" not in self.scales.columns

    @property
    def shot_table(self) -> pd.DataFrame:
        """The shot table; raises `FilmError` for a coding, which has none."""
        if self.shots is None:
            raise FilmError(f"{self.path}: a coding has no shots; name the film itself or a list of its shots")
        return self.shots

    @property
    def seconds(self) -> float:
        """The running time, or the length of the coding; NaN if neither is known."""
        if self.shots is not None:
            return float(self.shots["end"].iloc[-1] - self.shots["start"].iloc[0])
        return float(self.scales["time"].iloc[-1]) + 1 if self.scales is not None and len(self.scales) else float("nan")

    @property
    def boundary_sensitivity(self) -> tuple[float, float] | None:
        """The range of the average shot length, in seconds, given doubtful shot boundaries; None if unknown."""
        return None if self.analysis is None else self.analysis.intervals.get("average_shot_length")

    def measure(self) -> dict[str, float]:
        """Return every feature of `authorship.features.FEATURE_NAMES`, NaN if undefined or unknown."""
        from authorship.features import film_features  # not needed by commands that only open films

        measured = film_features(self.shots, self.scales)
        return {name: self.figures.get(name, value) if isnan(value) else value for name, value in measured.items()}

    def save(self, folder: Path) -> bool:
        """Save the analysis that the tables came from; return False if there is none, as for a list or a coding."""
        if self.analysis is not None:
            self.analysis.save(folder)
        return self.analysis is not None

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

    def __post_init__(self) -> None:
        if self.shots is not None:
            object.__setattr__(self, "shots", validate_shots(self.shots, source=self.path))

    @classmethod
    def from_analysis(cls, analysis: "FilmAnalysis", *, part: PartOptions | None = None) -> "Film":
        """Build a film from an analysis, covering the analysis's own part or the requested one."""
        own = analysis.part or analysis.whole
        chosen = own.with_options(part, analysis.whole)
        if replace(chosen, chosen=own.chosen) != own:
            from shotscale.boundaries.uncertainty import shot_length_intervals  # not needed by most films

            # Candidates that the detector rejected are not stored, so they do not count here.
            intervals = shot_length_intervals(chosen.of_shots(analysis.shots))
            analysis = replace(analysis, part=chosen, intervals=intervals)
        return cls(
            path=str(analysis.film.get("path", "film")),
            shots=chosen.of_shots(analysis.shots),
            scales=chosen.of_scales(analysis.scales),
            info=analysis.film,
            provenance=analysis.provenance,
            limits=(*chosen.sentences(analysis.whole), *chosen.of_limits(analysis.limits)),
            analysis=analysis,
            part=chosen,
        )

    def taken(self, options: PartOptions | None) -> "Film":
        """Return the requested part of the film; for a coding, of its scales.

        Raises
        ------
        OptionError
            If the part lies outside the film.
        """
        if options is None or options.is_default:
            return self
        if self.analysis is not None:
            return Film.from_analysis(self.analysis, part=options)
        whole = FilmPart.of(self.shots, end=self.seconds)
        chosen = whole.with_options(options, whole)
        return replace(
            self,
            shots=None if self.shots is None else chosen.of_shots(self.shots),
            scales=None if self.scales is None else chosen.of_scales(self.scales),
            limits=(*chosen.sentences(whole), *chosen.of_limits(self.limits)),
            part=chosen,
        )


def measure_films(films: Iterable[tuple[str, Film]]) -> pd.DataFrame:
    """Measure films in turn; returns one row per film, index ``film_id``, columns `FEATURE_NAMES`.

    Examples
    --------
    >>> film = Film("by hand", pd.DataFrame({"start": [0.0, 2.0, 6.0], "end": [2.0, 6.0, 18.0]}))
    >>> measure_films([("by hand", film)])["median_shot_length"].tolist()
    [4.0]
    """
    from authorship.features import tabulate  # as above

    return tabulate((name, film.measure()) for name, film in films)
