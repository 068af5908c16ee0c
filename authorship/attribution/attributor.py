"""Attribute films with a reference, using whatever is known about each film."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.attribution.answer import Attribution, Candidate
from authorship.attribution.detection_error import allow_for_detection, detection_limit
from authorship.attribution.evidence import gather_evidence
from authorship.attribution.limits import (
    confidence_limits,
    film_limits,
    itself_limits,
    period_limits,
    reference_limits,
    speed_limits,
)
from authorship.attribution.stability import center, resample_shots
from authorship.attribution.too_little import FEWEST_SHOTS, FEWEST_TO_NAME
from authorship.attribution.verdict import DEFAULT_CONFIDENCE, check_confidence, decide
from authorship.features import CODEBOOK, measure_film
from authorship.features.durations import measure_moments, measure_quantiles, shot_lengths
from authorship.models.conformal import is_typical, prediction_set
from authorship.reference.basis import Basis, builtin_bases, fit_basis
from authorship.reference.comparable import comparable_features, lengths_alone, needs_lengths_alone
from authorship.reference.table import Reference, builtin_reference, transform
from shotscale.errors import TableError
from shotscale.film import Film
from shotscale.summary import FEATURE_FILM, longer_film_interval

Array = npt.NDArray[np.float64]

_N_RESAMPLES = 200  # the ends of a 95 % interval are then accurate to about 5 % of its length
_SEED = 0  # fixed, so that answers are reproducible


class Attributor:
    """A reference prepared to attribute any number of films.

    The basis depends on the film (`basis_of`): shot lengths for a list of cut times, coded shot scale for a coding, and
    both for a film whose shots and scales are known. A custom reference from a table has one basis; one made by
    ``authorship fit --cinescale`` has the same four as the built-in one.

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
    def bases(self) -> Mapping[str, Basis]:
        """The reference's bases by name; only ``own`` for a table."""
        if self.is_builtin:
            return builtin_bases()
        return self.reference.bases or {"own": fit_basis(self.reference)}

    @cached_property
    def _lengths_alone(self) -> Basis:
        """Shot-length basis for films whose scales are of a different kind than the reference's."""
        return fit_basis(lengths_alone(self.reference))

    def basis_of(self, film: Film) -> Basis:
        """Return the basis to use for a film.

        Raises
        ------
        TableError
            If the reference's scales were coded by people and the film's measured, or vice versa, and there are no shot
            lengths to fall back on; or if the reference uses only what the film lacks.
        """
        if "own" in self.bases:
            return self._lengths_alone if needs_lengths_alone(self.reference, film) else self.bases["own"]
        if film.shots is None:
            return self.bases["coding"]
        known = "group" if film.scales_coded else "p_ecu"  # a measured track may have only the three groups
        if film.scales is not None and film.scales[known].notna().any():
            return self.bases["list" if film.scales_coded else "film"]
        if "lengths" not in self.bases:
            raise TableError(
                f"{film.path}: has no scales, and the reference {self.reference.name} has no shot lengths; add scales"
            )
        return self.bases["lengths"]

    def describe(self) -> dict[str, Any]:
        """Return the reference and its bases as JSON-ready values."""
        reference = self.reference
        return {
            "name": reference.name,
            "label": reference.label_name,
            "candidates": {candidate: reference.count(candidate) for candidate in reference.candidates},
            "n_films": len(reference.labels),
            "notes": list(reference.notes),
            "checksum": reference.checksum,
            "bases": {
                name: {
                    "parts": list(basis.parts),
                    "features": list(basis.features),
                    "n_films": basis.n_films,
                    "method": basis.model.method,
                    "performance": basis.performance,
                }
                for name, basis in self.bases.items()
            },
        }

    def attribute(
        self,
        film: Film,
        *,
        confidence: float = DEFAULT_CONFIDENCE,
        year: int | None = None,
        fewest: int = FEWEST_TO_NAME,
        part: bool | None = None,
    ) -> Attribution:
        """Answer who directed a film.

        Parameters
        ----------
        year : int, optional
            When the film was made: never a feature, only used for the limit that a candidate is from another period.
        fewest : int
            Shots needed for a name in anything shorter than a feature film; with fewer the verdict is 'undecided'.
        part : bool, optional
            Whether this is part of a film, whose other parts may be cut differently; by default, whether it is shorter
            than a feature film.

        Raises
        ------
        OptionError
            If the confidence is not between 0 and 1.
        TableError
            If the reference has no basis for this kind of film.
        """
        check_confidence(confidence)
        basis, features = self.basis_of(film), measure_film(film)
        values = transform(pd.DataFrame([features])[list(basis.features)])
        resamples = _resamples(film)
        many = _resampled_values(values, basis, resamples)
        # A whole film's figures are exact, like those of the reference's films; a part is a sample of a film.
        part = resamples is not None and (film.seconds < FEATURE_FILM if part is None else part)
        by_hand = basis.name != "own"  # lengths in a custom table were measured in the same way as the film's
        detected = by_hand and film.shots_detected
        counted = allow_for_detection(values, basis.features) if detected else values
        candidates = _candidates(basis, values, counted, many, confidence, stable=len(many) > 1, part=part)
        verdict, reason = decide(
            candidates,
            features,
            basis.features,
            seconds=film.seconds,
            confidence=confidence,
            stranger=_share_of_strangers(basis, many, confidence) if part else 1.0,
            fewest=fewest,
        )
        interval = None
        if film.shots is not None and film.seconds < FEATURE_FILM:
            interval = longer_film_interval(features["average_shot_length"], len(film.shots))
        comparable = [
            name
            for name in comparable_features(self.reference, film, basis.features)
            if name in self.reference.features and not np.isnan(features[name])
        ]
        likeliest = [candidate.name for candidate in candidates if candidate.remains] or [candidates[0].name]
        return Attribution(
            film=film,
            verdict=verdict,
            reason=reason,
            confidence=confidence,
            candidates=candidates,
            features=features,
            average_interval=interval,
            evidence=gather_evidence(features, values, basis, self.reference, comparable),
            limits=(
                *film.limits,
                *itself_limits(film, self.reference),
                *speed_limits(film, self.reference),
                *((detection_limit(),) if detected else ()),
                *film_limits(film, features, values[0], basis, average_interval=interval),
                *(() if pd.isna(year) else period_limits(int(year), likeliest, self.reference)),
                *reference_limits(features, basis),
                *confidence_limits(basis, confidence),
            ),
            basis=basis,
            reference=self.reference,
        )


def _resamples(film: Film) -> Array | None:
    """Return resampled shot lengths of a film; None if it has no shots, or so few that they would only repeat."""
    if film.shots is None or len(film.shots) < FEWEST_SHOTS:
        return None
    lengths = shot_lengths(film.shots["start"].to_numpy(np.float64), float(film.shots["end"].iloc[-1]))
    return resample_shots(lengths, n_resamples=_N_RESAMPLES, seed=_SEED)


def _candidates(
    basis: Basis, values: Array, counted: Array, many: Array, confidence: float, *, stable: bool, part: bool
) -> tuple[Candidate, ...]:
    """Return the candidates, most likely first.

    `values` are the film's features, `counted` those of plausible hand counts, `many` those of its resampled shots.
    """
    leading = basis.model.scores(many).argmax(axis=1)
    stability = np.bincount(leading, minlength=len(basis.candidates)) / len(many)
    probabilities, scores = basis.model.probabilities(counted).mean(axis=0), basis.model.scores(values)[0]
    likelihood = basis.calibration.likelihood_ranks(probabilities)
    typicality = basis.calibration.typicality_ranks(values)[0]
    remains = prediction_set(likelihood, typicality, probabilities, confidence=confidence)
    if part and remains.any():  # a candidate that may lead in the film's other parts is not ruled out either
        remains = remains | (stability > 1 - confidence)
    candidates = [
        Candidate(
            name=name,
            probability=float(probabilities[k]),
            score=float(scores[k]),
            likelihood_rank=float(likelihood[k]),
            typicality_rank=float(typicality[k]),
            stability=float(stability[k]) if stable else float("nan"),
            remains=bool(remains[k]),
        )
        for k, name in enumerate(basis.candidates)
    ]
    return tuple(sorted(candidates, key=lambda candidate: -candidate.probability))


def _share_of_strangers(basis: Basis, many: Array, confidence: float) -> float:
    """Return the share of resamples of the film's shots that are typical of no candidate."""
    typical = is_typical(basis.calibration.typicality_ranks(many), confidence=confidence)
    return float((~typical.any(axis=1)).mean())


def _resampled_values(values: Array, basis: Basis, resamples: Array | None) -> Array:
    """Return the features with those of shot length measured again on each resample; all others are unchanged."""
    moving = [column for column, name in enumerate(basis.features) if CODEBOOK[name].group == "durations"]
    if resamples is None or not moving:
        return values
    many = np.repeat(values, len(resamples), axis=0)
    names = [basis.features[column] for column in moving]
    measured = measure_moments(resamples)
    if not set(names) <= set(measured):
        measured |= measure_quantiles(resamples)
    resampled = transform(pd.DataFrame({name: measured[name] for name in names}))
    many[:, moving] = center(resampled, values[0, moving])
    return many
