"""A film and a reference in, a verdict with its evidence and its limits out."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.conformal import Calibration, calibrate, is_typical, prediction_set
from authorship.evidence import Evidence, gather_evidence
from authorship.features import CODEBOOK, film_features
from authorship.features.durations import measure_moments, measure_quantiles, shot_lengths
from authorship.films import Film, Progress, open_film
from authorship.limits import film_limits, period_limits, reference_limits
from authorship.model import PENALTIES, AttributionModel, choose_penalty, deal_folds, fit_model
from authorship.reference import Reference, builtin_reference, read_reference, transform
from authorship.uncertainty import ShotResamples, resample_shots
from shotscale.errors import OptionError
from shotscale.summary import summarize_scales, summarize_shots

if TYPE_CHECKING:
    from shotscale.analysis import FilmAnalysis

__all__ = ["DEFAULT_CONFIDENCE", "NONE_OF_THESE", "UNDECIDED", "Attribution", "Attributor", "Candidate", "classify"]

Array = npt.NDArray[np.float64]

UNDECIDED = "undecided"
NONE_OF_THESE = "none of these"

DEFAULT_CONFIDENCE = 0.8
"""How often the set of candidates that remain should hold the true one.

On the built-in films 0.8 leaves one candidate for about a third of the films and two for most others; 0.9
would name hardly anyone but Tarr, and 0.7 is what the likeliest candidate reaches without any set.
"""

FEWEST_SHOTS = 10
"""With fewer shots nobody is named: neither spread nor skew of shot lengths can be measured."""

_MOST_MISSING = 0.2
_N_RESAMPLES = 200
_SEED = 0


@dataclass(frozen=True)
class Candidate:
    """One candidate's case.

    Attributes
    ----------
    name : str
    probability : float
        Given that the film is one of the candidates'; all sum to one.
    score : float
        Log-odds against the mean of the candidates; what the evidence sums to.
    likelihood_rank, typicality_rank : float
        The two conformal p-values (`authorship.conformal`).
    stability : float
        Share of resamples of the film's shots in which this candidate leads.
    remains : bool
        Whether it cannot be ruled out at the user's confidence.
    """

    name: str
    probability: float
    score: float
    likelihood_rank: float
    typicality_rank: float
    stability: float
    remains: bool


@dataclass(frozen=True, eq=False)
class Attribution:
    """The answer on one film.

    Attributes
    ----------
    film : Film
    verdict : str
        A candidate's name, ``undecided`` or ``none of these``.
    reason : str
        The verdict in a sentence.
    confidence : float
    candidates : tuple of Candidate
        The likeliest first.
    features : mapping of str to float
        All that were measured, NaN where undefined.
    average_interval : tuple of float
        95 % bootstrap interval of the average shot length, in seconds.
    evidence : Evidence
    limits : tuple of str
        What weakens the answer, one sentence each.
    reference : Reference
    """

    film: Film
    verdict: str
    reason: str
    confidence: float
    candidates: tuple[Candidate, ...]
    features: Mapping[str, float]
    average_interval: tuple[float, float]
    evidence: Evidence
    limits: tuple[str, ...]
    reference: Reference

    def to_json(self) -> dict[str, Any]:
        """Give the answer as JSON-ready values; a number that is undefined is None.

        Returns
        -------
        dict
            ``path``; ``film``, what the file is; ``verdict``, ``reason``, ``confidence``; ``remaining``, the
            names that cannot be ruled out; ``candidates``, the likeliest first, each with ``director`` (or what
            the reference calls its label), ``probability``, ``score``, ``likelihood_rank``,
            ``typicality_rank``, ``stability``, ``remains``; ``shots`` and ``scales``, summaries (``scales`` is
            None without a scale track); ``features``; ``evidence`` with ``baselines``, ``contributions``,
            ``standings``, ``neighbours``; ``limits``; ``provenance``, versions and checksums.
        """
        label = self.reference.label_name
        scales = self.film.scales
        shots = {
            **summarize_shots(self.film.shots),
            "average_shot_length_interval": list(self.average_interval),
            "cutting_rate_per_minute": self.features["cutting_rate"],
        }
        document = {
            "path": self.film.path,
            "film": dict(self.film.info),
            "verdict": self.verdict,
            "reason": self.reason,
            "confidence": self.confidence,
            "remaining": [candidate.name for candidate in self.candidates if candidate.remains],
            "candidates": [_renamed(asdict(candidate), "name", label) for candidate in self.candidates],
            "shots": shots,
            "scales": summarize_scales(scales) if scales is not None else None,
            "features": dict(self.features),
            "evidence": _evidence_document(self.evidence, label),
            "limits": list(self.limits),
            "provenance": {**self.film.provenance, "reference_checksum": self.reference.checksum},
        }
        plain: dict[str, Any] = _plain(document)
        return plain


class Attributor:
    """A reference, fitted and calibrated: answers as many films as are asked.

    Parameters
    ----------
    reference : Reference, optional
        By default the built-in one.

    Examples
    --------
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> Attributor().attribute(Film("long takes", shots)).candidates[0].name
    'Béla Tarr'
    """

    def __init__(self, reference: Reference | None = None) -> None:
        self.reference = reference if reference is not None else builtin_reference()
        self.is_builtin = reference is None

    @cached_property
    def calibration(self) -> Calibration:
        """The reference's films, each held out: chooses the penalty and calibrates the sets."""
        values, labels = self.reference.matrix(), self.reference.labels
        n_folds = 10 if values.shape[1] <= 20 else 5
        folds = deal_folds(labels, self.reference.works, seed=_SEED, n_folds=n_folds)
        fitted = self.reference.fitted
        penalties = PENALTIES if fitted is None else (fitted.penalty,)
        return calibrate(values, labels, choose_penalty(values, labels, folds, penalties))

    @cached_property
    def model(self) -> AttributionModel:
        """The model of all films, with the penalty of the lowest held-out log loss; as read where it was fitted."""
        if self.reference.fitted is not None:
            return self.reference.fitted
        penalty = self.calibration.cross.models[0].penalty
        return fit_model(self.reference.matrix(), self.reference.labels, penalty=penalty)

    @cached_property
    def performance(self) -> Mapping[str, Any] | None:
        """Measured figures of the built-in reference, as printed by ``benchmarks/attribution.py``; else None."""
        source = files("authorship.data") / "performance.json"
        if not self.is_builtin or not source.is_file():
            return None
        measured: Mapping[str, Any] = json.loads(source.read_text(encoding="utf-8"))
        return measured if measured.get("reference_checksum") == self.reference.checksum else None

    def describe(self) -> dict[str, Any]:
        """Give what the answers rest on as JSON-ready values."""
        reference = self.reference
        return {
            "name": reference.name,
            "label": reference.label_name,
            "candidates": {candidate: reference.count(candidate) for candidate in reference.candidates},
            "n_films": len(reference.labels),
            "features": list(reference.modelled),
            "checksum": reference.checksum,
            "performance": self.performance,
        }

    def attribute(self, film: Film, *, confidence: float = DEFAULT_CONFIDENCE, year: int | None = None) -> Attribution:
        """Answer who directed a film.

        Parameters
        ----------
        film : Film
        confidence : float
        year : int, optional
            When it was made: never a feature, but a film of another period than the candidate's is said to be.

        Raises
        ------
        OptionError
            If the confidence does not lie between 0 and 1.
        """
        check_confidence(confidence)
        features = film_features(film.shots, film.scales)
        values = transform(pd.DataFrame([features])[list(self.reference.modelled)])
        lengths = shot_lengths(film.shots["start"].to_numpy(np.float64), float(film.shots["end"].iloc[-1]))
        resamples = resample_shots(lengths, n_resamples=_N_RESAMPLES, seed=_SEED)
        many = self._resampled_values(values, resamples)
        candidates = self._candidates(values, many, confidence)
        stranger = self._share_of_strangers(many, confidence)
        verdict, reason = _decide(candidates, features, self.reference, confidence=confidence, stranger=stranger)
        interval = resamples.interval()
        likeliest = [candidate.name for candidate in candidates if candidate.remains] or [candidates[0].name]
        return Attribution(
            film=film,
            verdict=verdict,
            reason=reason,
            confidence=confidence,
            candidates=candidates,
            features=features,
            average_interval=interval,
            evidence=gather_evidence(features, values, self.reference, self.model),
            limits=(
                *film.limits,
                *film_limits(features, self.reference, average_interval=interval),
                *(period_limits(year, likeliest, self.reference) if year is not None else ()),
                *reference_limits(features, self.reference, self.performance),
            ),
            reference=self.reference,
        )

    def _candidates(self, values: Array, many: Array, confidence: float) -> tuple[Candidate, ...]:
        """Make every candidate's case from the film's values and those of its resampled shots."""
        leading = self.model.scores(many).argmax(axis=1)
        stability = np.bincount(leading, minlength=len(self.model.candidates)) / len(many)
        probabilities, scores = self.model.probabilities(values)[0], self.model.scores(values)[0]
        likelihood = self.calibration.likelihood_ranks(values)
        typicality = self.calibration.typicality_ranks(values)[0]
        remains = prediction_set(likelihood, typicality, probabilities, confidence=confidence)
        if remains.any():  # a candidate that leads among other shots of this very film is not ruled out either
            remains = remains | (stability > 1 - confidence)
        candidates = [
            Candidate(
                name=name,
                probability=float(probabilities[k]),
                score=float(scores[k]),
                likelihood_rank=float(likelihood[k]),
                typicality_rank=float(typicality[k]),
                stability=float(stability[k]),
                remains=bool(remains[k]),
            )
            for k, name in enumerate(self.model.candidates)
        ]
        return tuple(sorted(candidates, key=lambda candidate: -candidate.probability))

    def _share_of_strangers(self, many: Array, confidence: float) -> float:
        """Give the share of resamples of the film's shots that are typical of no candidate."""
        typical = is_typical(self.calibration.typicality_ranks(many), confidence=confidence)
        return float((~typical.any(axis=1)).mean())

    def _resampled_values(self, values: Array, resamples: ShotResamples) -> Array:
        """Measure the shot-length features of each resample anew; those of scale and order stay as they are."""
        modelled = self.reference.modelled
        moving = [column for column, name in enumerate(modelled) if CODEBOOK[name].group == "durations"]
        many = np.repeat(values, len(resamples.lengths), axis=0)
        if moving:
            names = [modelled[column] for column in moving]
            measured = measure_moments(resamples.lengths)
            if not set(names) <= set(measured):
                measured |= measure_quantiles(resamples.lengths)
            many[:, moving] = transform(pd.DataFrame({name: measured[name] for name in names}))
        return many


def classify(
    film: "str | os.PathLike[str] | Film | FilmAnalysis",
    *,
    reference: Reference | str | os.PathLike[str] | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    year: int | None = None,
    weights: str | os.PathLike[str] | None = None,
    detector: str = "default",
    workers: int = 1,
    progress: Progress | None = None,
) -> Attribution:
    """Answer who directed a film.

    Parameters
    ----------
    film : path, Film or FilmAnalysis
        A video file, a folder that holds a saved analysis, a shot table (CSV), or tables at hand.
    reference : Reference or path, optional
        Films by known directors; by default the built-in 94 features by six directors.
    confidence : float
        Between 0 and 1: how often the candidates that remain should hold the true one.
    year : int, optional
        When the film was made, if known: told against the candidates' periods, never used as a feature.
    weights, detector, workers, progress
        As for `shotscale.analyze`; of no effect on tables.

    Returns
    -------
    Attribution

    Raises
    ------
    FilmError, TableError, OptionError, WeightsError
        With value, rule and remedy in one line.
    """
    check_confidence(confidence)
    if reference is not None and not isinstance(reference, Reference):
        reference = read_reference(reference)
    if isinstance(film, str | os.PathLike):
        film = open_film(film, weights=weights, detector=detector, workers=workers, progress=progress)
    elif not isinstance(film, Film):
        film = Film.from_analysis(film)
    return Attributor(reference).attribute(film, confidence=confidence, year=year)


def check_confidence(confidence: float) -> None:
    """Refuse a confidence that is none."""
    if not 0 < confidence < 1:
        raise OptionError(f"{confidence}: a confidence lies between 0 and 1; {DEFAULT_CONFIDENCE} is usual")


def software() -> dict[str, str]:
    """Give the versions that a result depends on."""
    packages = ("film-authorship", "numpy", "pandas", "scikit-learn", "scipy")
    return {"python": platform.python_version(), **{package: version(package) for package in packages}}


def _decide(
    candidates: tuple[Candidate, ...],
    features: Mapping[str, float],
    reference: Reference,
    *,
    confidence: float,
    stranger: float,
) -> tuple[str, str]:
    """Turn the set of candidates that remain into a verdict and its reason."""
    remaining = [candidate.name for candidate in candidates if candidate.remains]
    n_shots = int(features["n_shots"])
    missing = [name for name in reference.modelled if np.isnan(features[name])]
    level = f"{confidence:.0%} confidence".replace("%", " %")
    if n_shots < FEWEST_SHOTS:
        shots = "one shot is" if n_shots == 1 else f"{n_shots} shots are"
        return UNDECIDED, f"{shots} too few to measure an editing style; at least {FEWEST_SHOTS} are needed."
    if len(missing) > _MOST_MISSING * len(reference.modelled):
        return (
            UNDECIDED,
            f"{len(missing)} of the reference's {len(reference.modelled)} features are undefined for this film.",
        )
    if not remaining and stranger < confidence:
        return UNDECIDED, f"At {level} the film is typical of no candidate's films, yet other shots of it might be."
    if not remaining:
        return NONE_OF_THESE, f"At {level} the film is typical of no candidate's films."
    if len(remaining) == 1:
        return remaining[0], f"At {level} no other candidate remains."
    names = f"{', '.join(remaining[:-1])} and {remaining[-1]}"
    return UNDECIDED, f"At {level} {len(remaining)} candidates remain: {names}."


def _evidence_document(evidence: Evidence, label: str) -> dict[str, Any]:
    document = asdict(evidence)
    for part in ("contributions", "standings", "neighbours"):
        document[part] = [_renamed(row, "candidate", label) for row in document[part]]
    return document


def _renamed(row: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {(new if key == old else key): value for key, value in row.items()}


def _plain(value: Any) -> Any:
    """Turn arrays, numpy numbers and NaN into what JSON has."""
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
