"""The answer on one film: candidates, evidence and limits, as values and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from authorship.attribution.evidence import Evidence
from authorship.reference.basis import Basis
from authorship.reference.table import Reference
from shotscale.film import Film
from shotscale.numerals import percent
from shotscale.summary import summarize_scales, summarize_shots

__all__ = ["Attribution", "Candidate"]


@dataclass(frozen=True)
class Candidate:
    """One candidate's case.

    Attributes
    ----------
    probability : float
        Given that one of the candidates directed the film; all sum to one. If the film's shots were detected and the
        reference's counted by hand, the mean over plausible hand counts (`authorship.attribution.detection_error`).
    score : float
        Log-odds against the mean of the candidates; the sum of the evidence.
    likelihood_rank, typicality_rank : float
        The two conformal p-values (`authorship.models.conformal`).
    stability : float
        Share of resamples of the film's shots in which this candidate leads, with resamples centered on the film and
        spread as widely as parts of real films (`authorship.attribution.stability`); NaN if fewer than ten shots are
        known, or if no feature of shot length is used.
    remains : bool
        Whether it cannot be ruled out at the user's confidence.

    Examples
    --------
    >>> answer = Candidate("Béla Tarr", 0.8, 3.1, 0.4, 0.5, 0.9, remains=True)
    >>> f"{answer.name}: {answer.probability:.0%}"
    'Béla Tarr: 80%'
    """

    name: str
    probability: float
    score: float
    likelihood_rank: float
    typicality_rank: float
    stability: float
    remains: bool


@dataclass(frozen=True, eq=False, repr=False)
class Attribution:
    """The answer on one film.

    Attributes
    ----------
    verdict : str
        A candidate's name, ``undecided`` or ``none of these``.
    reason : str
        The verdict in a sentence.
    candidates : tuple of Candidate
        Most likely first.
    features : mapping of str to float
        All measured features, NaN where undefined.
    average_interval : tuple of float or None
        95 % interval of the average shot length of a longer film of which this is a part, in seconds
        (`shotscale.summary.longer_film_interval`); None for a feature film or if fewer than ten shots are known.
    limits : tuple of str
        What weakens the answer, one sentence each.
    basis : Basis
        The basis that gave the answer.
    reference : Reference
        The films, indexed by name.

    Examples
    --------
    >>> import pandas as pd
    >>> from authorship import Film, classify
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> answer = classify(Film("sixty long takes", shots))
    >>> isinstance(answer, Attribution), answer.verdict, len(answer.candidates)
    (True, 'Béla Tarr', 6)
    """

    film: Film
    verdict: str
    reason: str
    confidence: float
    candidates: tuple[Candidate, ...]
    features: Mapping[str, float]
    average_interval: tuple[float, float] | None
    evidence: Evidence
    limits: tuple[str, ...]
    basis: Basis
    reference: Reference

    def __repr__(self) -> str:
        likeliest = ", ".join(f"{candidate.name} {percent(candidate.probability)}" for candidate in self.candidates[:2])
        return f"<Attribution of {Path(self.film.path).name}: {self.verdict}; likeliest {likeliest}>"

    def _repr_html_(self) -> str:
        from authorship.attribution.notebook import answer_html

        return answer_html(self)

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON-ready values; undefined numbers are None.

        Returns
        -------
        dict
            ``path``; ``film``, what the file is; ``part``, which part of it is the film (None if it has no file);
            ``verdict``, ``reason``, ``confidence``; ``remaining``, the names that cannot be ruled out; ``candidates``,
            most likely first, each with ``director`` (or the reference's name for its label), ``probability``,
            ``score``, ``likelihood_rank``, ``typicality_rank``, ``stability``, ``remains``; ``basis``, which parts were
            used and how often such answers are right; ``shots`` and ``scales``, summaries (None if unknown);
            ``features``; ``evidence`` with ``baselines``, ``contributions``, ``standings``, ``neighbors``; ``limits``;
            ``provenance``, versions and checksums.
        """
        label = self.reference.label_name
        scales = self.film.scales
        shots = None
        if self.film.shots is not None:
            shots = {
                **summarize_shots(self.film.shots),
                "longer_film_interval": self.average_interval,
                "boundary_sensitivity": self.film.boundary_sensitivity,
                "cutting_rate_per_minute": self.features["cutting_rate"],
            }
        document = {
            "path": self.film.path,
            "film": dict(self.film.info),
            "part": None if self.film.part is None else asdict(self.film.part),
            "verdict": self.verdict,
            "reason": self.reason,
            "confidence": self.confidence,
            "remaining": [candidate.name for candidate in self.candidates if candidate.remains],
            "candidates": [_renamed(asdict(candidate), "name", label) for candidate in self.candidates],
            "basis": {
                "name": self.basis.name,
                "parts": list(self.basis.parts),
                "features": list(self.basis.features),
                "n_films": self.basis.n_films,
                "performance": self.basis.performance,
            },
            "shots": shots,
            "scales": None if scales is None else {**summarize_scales(scales), "corrected": self.film.corrected_shares},
            "features": dict(self.features),
            "evidence": _evidence_document(self.evidence, label),
            "limits": list(self.limits),
            "provenance": {**self.film.provenance, "reference_checksum": self.reference.checksum},
        }
        plain: dict[str, Any] = _plain(document)
        return plain


def _evidence_document(evidence: Evidence, label: str) -> dict[str, Any]:
    document = asdict(evidence)
    for part in ("contributions", "standings", "neighbors"):
        document[part] = [_renamed(row, "candidate", label) for row in document[part]]
    return document


def _renamed(row: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {(new if key == old else key): value for key, value in row.items()}


def _plain(value: Any) -> Any:
    """Convert numpy numbers and NaN to JSON-compatible values."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, np.integer | np.bool_):
        return value.item()
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)
