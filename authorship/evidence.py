"""Why: what each feature adds to each candidate's score, where the film stands, and what it is nearest to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from authorship.features import CODEBOOK
from authorship.model import AttributionModel
from authorship.reference import Reference

__all__ = ["Contribution", "Evidence", "Neighbour", "Standing", "gather_evidence"]

Array = npt.NDArray[np.float64]

_N_NEIGHBOURS = 5


@dataclass(frozen=True)
class Contribution:
    """What one feature adds to one candidate's score.

    Attributes
    ----------
    candidate, feature : str
    value : float
        The film's, in the feature's unit; NaN where it has none.
    contribution : float
        Log-odds against the mean of the candidates: above 0 it speaks for the candidate, below 0 against.

    Examples
    --------
    >>> Contribution("Béla Tarr", "average_shot_length", 145.0, 3.2).feature
    'average_shot_length'
    """

    candidate: str
    feature: str
    value: float
    contribution: float


@dataclass(frozen=True)
class Standing:
    """Where the film stands among one candidate's films in one feature.

    Attributes
    ----------
    candidate, feature : str
    median, lowest, highest : float
        Of the candidate's films, in the feature's unit.
    percentile : float
        Share of the candidate's films below the film, equal ones counted half, 0 to 100.
    z : float
        Standard deviations from the mean of the candidate's films, of logarithms where the codebook says so.

    Examples
    --------
    >>> Standing("Béla Tarr", "average_shot_length", 145.7, 66.0, 220.0, 0.5, 0.1).percentile
    0.5
    """

    candidate: str
    feature: str
    median: float
    lowest: float
    highest: float
    percentile: float
    z: float


@dataclass(frozen=True)
class Neighbour:
    """A film of the reference near this one; `distance` is in standard deviations, root mean square.

    Examples
    --------
    >>> Neighbour("Sátántangó", "Béla Tarr", 0.4).distance
    0.4
    """

    film_id: str
    candidate: str
    distance: float


@dataclass(frozen=True)
class Evidence:
    """All that speaks for or against.

    Attributes
    ----------
    baselines : mapping of str to float
        Score of a film of average features: how the candidates differ in number of films, mostly.
    contributions : tuple of Contribution
        With its baseline they sum to the candidate's score.
    standings : tuple of Standing
    neighbours : tuple of Neighbour
        The nearest first.

    Examples
    --------
    >>> import pandas as pd
    >>> from authorship import Film, classify
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> evidence = classify(Film("sixty long takes", shots)).evidence
    >>> isinstance(evidence, Evidence), evidence.neighbours[0].candidate
    (True, 'Béla Tarr')
    """

    baselines: Mapping[str, float]
    contributions: tuple[Contribution, ...]
    standings: tuple[Standing, ...]
    neighbours: tuple[Neighbour, ...]


def gather_evidence(
    features: Mapping[str, float], values: Array, reference: Reference, model: AttributionModel
) -> Evidence:
    """Gather the evidence on one film.

    Parameters
    ----------
    features : mapping of str to float
        The film's, by name.
    values : float array of shape (1, p)
        The modelled ones, transformed as in `Reference.matrix`.
    reference : Reference
    model : AttributionModel
    """
    added = model.contributions(values)[0]
    contributions = tuple(
        Contribution(candidate, name, features[name], float(added[row, column]))
        for row, candidate in enumerate(model.candidates)
        for column, name in enumerate(reference.modelled)
    )
    return Evidence(
        baselines=dict(zip(model.candidates, map(float, model.intercept), strict=True)),
        contributions=contributions,
        standings=_standings(values, reference),
        neighbours=_neighbours(values, reference, model),
    )


def _standings(values: Array, reference: Reference) -> tuple[Standing, ...]:
    matrix = reference.matrix()
    standings = []
    for candidate in reference.candidates:
        own = reference.labels == candidate
        for column, name in enumerate(reference.modelled):
            known = matrix[own, column]
            known = known[~np.isnan(known)]
            if not len(known):
                continue
            shown = np.exp(known) if CODEBOOK[name].log else known
            standings.append(
                Standing(
                    candidate=candidate,
                    feature=name,
                    median=float(np.median(shown)),
                    lowest=float(shown.min()),
                    highest=float(shown.max()),
                    percentile=_percentile(known, float(values[0, column])),
                    z=_z(known, float(values[0, column])),
                )
            )
    return tuple(standings)


def _percentile(known: Array, value: float) -> float:
    if np.isnan(value):
        return np.nan
    return 100 * float((known < value).mean() + (known == value).mean() / 2)


def _z(known: Array, value: float) -> float:
    spread = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    return (value - float(known.mean())) / spread if spread > 0 else np.nan


def _neighbours(values: Array, reference: Reference, model: AttributionModel) -> tuple[Neighbour, ...]:
    film = (values - model.centre) / model.spread
    films = (reference.matrix() - model.centre) / model.spread
    both = ~np.isnan(film) & ~np.isnan(films)
    squares = np.where(both, films - film, 0.0) ** 2
    distance = np.sqrt(squares.sum(axis=1) / np.maximum(both.sum(axis=1), 1))
    distance[~both.any(axis=1)] = np.inf
    nearest = [i for i in np.argsort(distance, kind="stable")[:_N_NEIGHBOURS] if np.isfinite(distance[i])]
    return tuple(
        Neighbour(str(reference.features.index[i]), str(reference.labels[i]), float(distance[i])) for i in nearest
    )
