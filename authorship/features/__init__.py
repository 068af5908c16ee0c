"""One row of named features per film, measured from a shot table and a scale track.

Conventions
-----------
A feature table has one row per film, the index ``film_id`` and exactly the columns `FEATURE_NAMES`; `CODEBOOK`
gives each its unit, definition, group and source. A feature that a film cannot have (a spread of one shot,
the row of a transition matrix for a scale that never occurs) is NaN, never an exception and never a zero.
"""

from collections.abc import Iterable, Mapping
from math import isnan

import numpy as np
import pandas as pd

from authorship.features import distributions, durations, runs, sequence, transitions
from authorship.features.durations import cliffs_delta, hodges_lehmann, shot_lengths
from authorship.features.feature import FEATURE_GROUPS, Feature, FeatureGroup
from authorship.features.labels import scale_labels
from authorship.features.sampled_shots import shot_labels
from shotscale.errors import TableError
from shotscale.film import Film

__all__ = [
    "CODEBOOK",
    "FEATURE_GROUPS",
    "FEATURE_NAMES",
    "Feature",
    "FeatureGroup",
    "cliffs_delta",
    "feature_table",
    "film_features",
    "hodges_lehmann",
    "measure_film",
    "measure_films",
]

CODEBOOK: Mapping[str, Feature] = {
    feature.name: feature
    for module in (durations, runs, distributions, transitions, sequence)
    for feature in module.FEATURES
}
"""Every feature by name, in the order of the table's columns."""

FEATURE_NAMES: tuple[str, ...] = tuple(CODEBOOK)
"""The features' names, in the order of the table's columns."""

FilmTables = tuple[pd.DataFrame | None, pd.DataFrame | None]
"""A film's shot table and scale track; either may be missing."""


def film_features(shots: pd.DataFrame | None, scales: pd.DataFrame | None = None) -> dict[str, float]:
    """Measure one film: a value for each of `FEATURE_NAMES`, in that order, NaN where undefined.

    A shot table needs only ``start`` and ``end``; scales are a track, or a coding with ``time`` and ``scale``. Either
    may be None.

    Examples
    --------
    >>> shots = pd.DataFrame({"start": [0.0, 2.0, 6.0], "end": [2.0, 6.0, 18.0]})
    >>> film = film_features(shots)
    >>> film["n_shots"], film["average_shot_length"], film["share_close"]
    (3.0, 6.0, nan)
    """
    return measure_film(Film("shot table", shots, scales))


def _measure(shots: pd.DataFrame | None, scales: pd.DataFrame | None) -> dict[str, float]:
    if shots is None and scales is None:
        raise TableError("film: has neither a shot table nor a scale track; give at least one")
    values = dict.fromkeys(FEATURE_NAMES, float("nan"))
    starts, end = None, float("nan")
    if shots is not None:
        starts, end = shots["start"].to_numpy(np.float64), float(shots["end"].iloc[-1])
        lengths = shot_lengths(starts, end)
        values |= durations.measure_durations(lengths) | sequence.measure_lengths(starts, end)
    if scales is not None:
        labels = scale_labels(scales)
        found = runs.film_runs(labels, starts)
        values |= runs.measure_runs(found) | distributions.measure_samples(labels) | transitions.measure_changes(found)
        values |= sequence.measure_scales(labels, starts, end)
        if starts is not None:
            by_shot = shot_labels(starts, end, labels)
            values |= distributions.measure_shots(by_shot, lengths)
            values |= transitions.measure_shots(by_shot) | sequence.measure_shots(by_shot)
    return {name: float(value) for name, value in values.items()}


def measure_film(film: Film) -> dict[str, float]:
    """Measure one film as `film_features` does; what it cannot have is as known from elsewhere (``film.figures``).

    Examples
    --------
    >>> film = Film("a coding", None, pd.DataFrame({"time": [0.0], "scale": ["CU"]}), figures={"n_shots": 900.0})
    >>> measured = measure_film(film)
    >>> measured["n_shots"], measured["share_close"]
    (900.0, 1.0)
    """
    measured = _measure(film.shots, film.scales)
    return {name: film.figures.get(name, value) if isnan(value) else value for name, value in measured.items()}


def measure_films(films: Iterable[tuple[str, Film]]) -> pd.DataFrame:
    """Measure films in turn; returns one row per film, index ``film_id``, columns `FEATURE_NAMES`.

    Examples
    --------
    >>> film = Film("by hand", pd.DataFrame({"start": [0.0, 2.0, 6.0], "end": [2.0, 6.0, 18.0]}))
    >>> measure_films([("by hand", film)])["median_shot_length"].tolist()
    [4.0]
    """
    names, rows = [], []
    for name, film in films:
        names.append(name)
        rows.append(np.fromiter(measure_film(film).values(), np.float64, len(FEATURE_NAMES)))
    index = pd.Index(names, name="film_id", dtype=object)
    values = np.stack(rows) if rows else np.empty((0, len(FEATURE_NAMES)))
    return pd.DataFrame(values, index=index, columns=list(FEATURE_NAMES))


def feature_table(films: Mapping[str, FilmTables] | Iterable[tuple[str, FilmTables]]) -> pd.DataFrame:
    """Measure several films' shots and scales: one row per film, index ``film_id``, columns `FEATURE_NAMES`.

    An iterable is consumed film by film, so only one is in memory at a time.

    Examples
    --------
    >>> shots = pd.DataFrame({"start": [0.0, 2.0, 6.0], "end": [2.0, 6.0, 18.0]})
    >>> table = feature_table({"a film": (shots, None)})
    >>> table.index.tolist(), table["median_shot_length"].tolist()
    (['a film'], [4.0])
    """
    pairs = films.items() if isinstance(films, Mapping) else films
    return measure_films((name, Film("shot table", *tables)) for name, tables in pairs)
