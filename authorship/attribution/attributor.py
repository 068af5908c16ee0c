"""Attribute films with a reference, using whatever is known of each film."""

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
    film_limits,
    itself_limits,
    period_limits,
    reference_limits,
    speed_limits,
)
from authorship.attribution.stability import center, resample_shots
from authorship.attribution.verdict import DEFAULT_CONFIDENCE, FEWEST_SHOTS, FEWEST_TO_NAME, check_confidence, decide
from authorship.features import CODEBOOK
from authorship.features.durations import measure_moments, measure_quantiles, shot_lengths
from authorship.film import Film
from authorship.models.conformal import is_typical, prediction_set
from authorship.reference.basis import Basis, builtin_bases, fit_basis
from authorship.reference.table import Reference, builtin_reference, transform
from shotscale.errors import TableError
from shotscale.summary import FEATURE_FILM, longer_film_interval

__all__ = ["Attributor"]

Array = npt.NDArray[np.float64]

_N_RESAMPLES = 200  # an end of a 95 % interval is then known to about 5 % of its length
_SEED = 0  # so that an answer is the same each time
_CODED_SIGN = "share_log_fs"  # codings alone have it


class Attributor:
    """A reference that answers as many films as are asked.

    What speaks depends on the film (`basis_of`): shot lengths of a list of cut times, scale as people code it of a
    coding, both parts together of a film whose shots and scales are known. A reference of one's own from a table has
    one basis; one that ``authorship fit --cinescale`` made has the four of the built-in one.

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
        """What the reference can answer by; ``own`` alone for a table."""
        if self.is_builtin:
            return builtin_bases()
        return self.reference.bases or {"own": fit_basis(self.reference)}

    @cached_property
    def _lengths_alone(self) -> Basis:
        """The shot lengths of a reference whose scales are of another kind than the film's."""
        return fit_basis(self.reference.only([n for n in self.reference.modelled if CODEBOOK[n].group == "durations"]))

    def basis_of(self, film: Film) -> Basis:
        """Choose what answers a film.

        Raises
        ------
        TableError
            If the reference's scales were coded by people and the film's measured, or the other way round, and there
            are no shot lengths to fall back on; or the reference knows only what the film lacks.
        """
        measured = film.scales is not None and not film.scales_coded
        if "own" in self.bases:
            return self._own_basis(film)
        if film.shots is None:
            return self.bases["coding"]
        if film.scales is None or (measured and not _knows_seven(film)):
            return self._known("lengths", film)
        return self.bases["film" if measured else "list"]

    def _known(self, name: str, film: Film) -> Basis:
        if name not in self.bases:
            raise TableError(
                f"{film.path}: has no scales, and the reference {self.reference.name} no shot lengths; give scales too"
            )
        return self.bases[name]

    def _own_basis(self, film: Film) -> Basis:
        """Return a table's basis: its shot lengths alone where its scales are of another kind than the film's."""
        own, coded = self.bases["own"], self.scales_coded
        if film.scales is None or coded is None or coded == film.scales_coded:
            return own
        kinds = ("coded by people", "measured by a network")
        of_reference, of_film = kinds if coded else kinds[::-1]
        if film.shots is not None and any(CODEBOOK[name].group == "durations" for name in self.reference.modelled):
            return self._lengths_alone
        raise TableError(
            f"{film.path}: its scales were {of_film}, those of the reference {self.reference.name} {of_reference}; the "
            "one says little on the other; use a reference of the film's kind, as `authorship fit --cinescale` makes it"
        )

    @property
    def scales_coded(self) -> bool | None:
        """Whether the scales of the films of a table were coded by people; None where it has none."""
        table = self.reference.features
        if not any(CODEBOOK[name].group not in ("durations",) for name in self.reference.modelled):
            return None
        return _CODED_SIGN in table and bool(table[_CODED_SIGN].notna().mean() >= 0.5)

    def describe(self) -> dict[str, Any]:
        """Return what the answers rest on as JSON-ready values."""
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
            When it was made: never a feature, but a film of another period than the candidate's is said to be.
        fewest : int
            Shots that a name takes, in less film than a feature; with fewer the verdict is 'undecided'.
        part : bool, optional
            Whether this is a part of a film, whose other parts may be cut otherwise; by default what is shorter than a
            feature film is one.

        Raises
        ------
        OptionError
            If the confidence does not lie between 0 and 1.
        TableError
            If the reference cannot answer this kind of film.
        """
        check_confidence(confidence)
        basis, features = self.basis_of(film), film.measure()
        values = transform(pd.DataFrame([features])[list(basis.features)])
        resamples = _resamples(film)
        many = _resampled_values(values, basis, resamples)
        # The figures of a whole film are what they are, as those of the reference's films; a part stands for a film.
        part = resamples is not None and (film.seconds < FEATURE_FILM if part is None else part)
        by_hand = basis.name != "own"  # the lengths of a table of one's own were measured as the film's are
        detected = by_hand and film.shots_detected
        counted = allow_for_detection(values, basis.features) if detected else values
        candidates = _candidates(basis, values, counted, many, confidence, stable=resamples is not None, part=part)
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
        likeliest = [candidate.name for candidate in candidates if candidate.remains] or [candidates[0].name]
        return Attribution(
            film=film,
            verdict=verdict,
            reason=reason,
            confidence=confidence,
            candidates=candidates,
            features=features,
            average_interval=interval,
            evidence=gather_evidence(features, values, basis, self.reference, self._comparable(film, basis, features)),
            limits=(
                *film.limits,
                *itself_limits(film, self.reference),
                *speed_limits(film, self.reference),
                *((detection_limit(),) if detected else ()),
                *film_limits(film, features, values[0], basis, average_interval=interval),
                *(period_limits(year, likeliest, self.reference) if year is not None else ()),
                *reference_limits(features, basis),
            ),
            basis=basis,
            reference=self.reference,
        )

    def _comparable(self, film: Film, basis: Basis, features: Mapping[str, float]) -> list[str]:
        """Return the features that the film shares with the reference's films, measured in the same way."""
        alike = self.scales_coded == film.scales_coded
        return [
            name
            for name in basis.features
            if name in self.reference.features
            and not np.isnan(features[name])
            and (alike or CODEBOOK[name].group == "durations")
        ]


def _knows_seven(film: Film) -> bool:
    """Say whether a measured track has the seven scales and not the three groups alone."""
    return film.scales is not None and bool(film.scales["p_ecu"].notna().any())


def _resamples(film: Film) -> Array | None:
    """Resample the shots of a film; None where there are none, or so few that they would only repeat themselves."""
    if film.shots is None or len(film.shots) < FEWEST_SHOTS:
        return None
    lengths = shot_lengths(film.shots["start"].to_numpy(np.float64), float(film.shots["end"].iloc[-1]))
    return resample_shots(lengths, n_resamples=_N_RESAMPLES, seed=_SEED)


def _candidates(
    basis: Basis, values: Array, counted: Array, many: Array, confidence: float, *, stable: bool, part: bool
) -> tuple[Candidate, ...]:
    """Make every candidate's case.

    `values` are the film's, `counted` what a hand count may have given, `many` those of its resampled shots.
    """
    leading = basis.model.scores(many).argmax(axis=1)
    stability = np.bincount(leading, minlength=len(basis.candidates)) / len(many)
    probabilities, scores = basis.model.probabilities(counted).mean(axis=0), basis.model.scores(values)[0]
    likelihood = basis.calibration.likelihood_ranks(probabilities)
    typicality = basis.calibration.typicality_ranks(values)[0]
    remains = prediction_set(likelihood, typicality, probabilities, confidence=confidence)
    if part and remains.any():  # a candidate that leads in other parts of such a film is not ruled out either
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
    """Measure the shot-length features of each resample again; those of scale and order stay as they are."""
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
