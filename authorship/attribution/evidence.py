"""Evidence: each feature's contribution to each candidate's score, the film's standing, and its nearest films."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.features import CODEBOOK
from authorship.reference.basis import LEVELS, Basis
from authorship.reference.table import Reference, transform

__all__ = ["Contribution", "Evidence", "Neighbor", "Standing", "gather_evidence"]

Array = npt.NDArray[np.float64]

_N_NEIGHBORS = 5  # as many as a reader will look up


@dataclass(frozen=True)
class Contribution:
    """What one feature adds to one candidate's score.

    Attributes
    ----------
    value : float
        The film's value, in the feature's unit; NaN if undefined.
    contribution : float
        Log-odds against the mean of the candidates: positive is for the candidate, negative against.

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
    median, low, high : float
        Median and 10 % and 90 % quantiles of the candidate's films, in the feature's unit.
    percentile : float
        Approximate percentage of the candidate's films below this one, 0 to 100: interpolated between known quantiles;
        beyond the outermost, 5 or 95.
    z : float
        Standard deviations from the mean of the candidate's films, of logarithms if the codebook says so.

    Examples
    --------
    >>> Standing("Béla Tarr", "average_shot_length", 145.7, 66.0, 220.0, 0.5, 0.1).percentile
    0.5
    """

    candidate: str
    feature: str
    median: float
    low: float
    high: float
    percentile: float
    z: float


@dataclass(frozen=True)
class Neighbor:
    """A film of the reference near this one; `distance` is in standard deviations, root mean square.

    Examples
    --------
    >>> Neighbor("Sátántangó", "Béla Tarr", 0.4).distance
    0.4
    """

    film_id: str
    candidate: str
    distance: float


@dataclass(frozen=True)
class Evidence:
    """All the evidence for and against the candidates.

    Attributes
    ----------
    baselines : mapping of str to float
        Score of a film with average features, which mostly reflects each candidate's number of films.
    contributions : tuple of Contribution
        A candidate's contributions and baseline sum to its score.
    standings : tuple of Standing
    neighbors : tuple of Neighbor
        Nearest first.
    compared : tuple of str
        The features used for the distances: those of both film and reference, measured in the same way.

    Examples
    --------
    >>> import pandas as pd
    >>> from authorship import Film, classify
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> evidence = classify(Film("sixty long takes", shots)).evidence
    >>> isinstance(evidence, Evidence), evidence.neighbors[0].candidate
    (True, 'Béla Tarr')
    """

    baselines: Mapping[str, float]
    contributions: tuple[Contribution, ...]
    standings: tuple[Standing, ...]
    neighbors: tuple[Neighbor, ...]
    compared: tuple[str, ...]


def gather_evidence(
    features: Mapping[str, float], values: Array, basis: Basis, films: Reference | None, comparable: Sequence[str]
) -> Evidence:
    """Gather the evidence on one film.

    Parameters
    ----------
    features : mapping of str to float
        The film's features, by name.
    values : float array of shape (1, p)
        The basis's features, transformed.
    films : Reference or None
        The films, indexed by name, in which to find neighbors.
    comparable : sequence of str
        The features that were measured in the same way in film and `films`.
    """
    added = basis.model.contributions(values)[0]
    contributions = tuple(
        Contribution(candidate, name, features[name], float(added[row, column]))
        for row, candidate in enumerate(basis.candidates)
        for column, name in enumerate(basis.features)
    )
    return Evidence(
        baselines=dict(zip(basis.candidates, map(float, basis.model.intercept), strict=True)),
        contributions=contributions,
        standings=_standings(values[0], basis),
        neighbors=_neighbors(features, films, comparable) if films is not None else (),
        compared=tuple(comparable),
    )


def _standings(film: Array, basis: Basis) -> tuple[Standing, ...]:
    standings = []
    for row, candidate in enumerate(basis.candidates):
        for column, name in enumerate(basis.features):
            quantiles = basis.spread.quantiles[row, column]
            if np.isnan(quantiles).any():
                continue
            low, _, median, _, high = np.exp(quantiles) if CODEBOOK[name].log else quantiles
            sd = float(basis.spread.sd[row, column])
            standings.append(
                Standing(
                    candidate=candidate,
                    feature=name,
                    median=float(median),
                    low=float(low),
                    high=float(high),
                    percentile=_percentile(quantiles, float(film[column])),
                    z=(float(film[column]) - float(basis.spread.mean[row, column])) / sd if sd > 0 else np.nan,
                )
            )
    return tuple(standings)


def _percentile(quantiles: Array, value: float) -> float:
    if np.isnan(value):
        return np.nan
    return 100 * float(np.interp(value, quantiles, LEVELS, left=LEVELS[0] / 2, right=(1 + LEVELS[-1]) / 2))


def _neighbors(features: Mapping[str, float], films: Reference, names: Sequence[str]) -> tuple[Neighbor, ...]:
    """Return the nearest films by the features measured in the same way, each in standard deviations."""
    if not names:
        return ()
    film = transform(pd.DataFrame([features])[list(names)])
    known = transform(films.features[list(names)])
    spread = np.nanstd(known, axis=0)
    both = ~np.isnan(film) & ~np.isnan(known)
    squares = np.where(both, (known - film) / np.where(spread > 1e-12, spread, 1.0), 0.0) ** 2
    distance = np.sqrt(squares.sum(axis=1) / np.maximum(both.sum(axis=1), 1))
    distance[~both.any(axis=1)] = np.inf
    nearest = [i for i in np.argsort(distance, kind="stable")[:_N_NEIGHBORS] if np.isfinite(distance[i])]
    return tuple(Neighbor(str(films.features.index[i]), str(films.labels[i]), float(distance[i])) for i in nearest)
