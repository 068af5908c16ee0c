"""A reference, fitted and calibrated, that answers who directed a film."""

import json
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.answer import Attribution, Candidate
from authorship.conformal import Calibration, calibrate, is_typical, prediction_set
from authorship.evidence import gather_evidence
from authorship.features import CODEBOOK, film_features
from authorship.features.durations import measure_moments, measure_quantiles, shot_lengths
from authorship.films import Film
from authorship.limits import film_limits, period_limits, reference_limits
from authorship.model import PENALTIES, AttributionModel, choose_penalty, deal_folds, fit_model
from authorship.reference import Reference, builtin_reference, transform
from authorship.uncertainty import ShotResamples, resample_shots
from authorship.verdict import DEFAULT_CONFIDENCE, FEWEST_TO_NAME, check_confidence, decide

__all__ = ["Attributor"]

Array = npt.NDArray[np.float64]

_N_RESAMPLES = 200
_SEED = 0


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
            "notes": list(reference.notes),
            "checksum": reference.checksum,
            "performance": self.performance,
        }

    def attribute(
        self,
        film: Film,
        *,
        confidence: float = DEFAULT_CONFIDENCE,
        year: int | None = None,
        fewest: int = FEWEST_TO_NAME,
    ) -> Attribution:
        """Answer who directed a film.

        Parameters
        ----------
        film : Film
        confidence : float
        year : int, optional
            When it was made: never a feature, but a film of another period than the candidate's is said to be.
        fewest : int
            Shots that a name takes, in less film than a feature; with fewer the verdict is 'undecided'.

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
        verdict, reason = decide(
            candidates, features, self.reference, confidence=confidence, stranger=stranger, fewest=fewest
        )
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
