"""Coded films as rows of features: as people coded them, and as the network would have measured the same films."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.cinescale.folder import CodedFilm
from authorship.cinescale.joining import Join
from authorship.cinescale.measured import Assumptions, measure_as_network
from authorship.features import CODEBOOK, FEATURE_NAMES, film_features
from authorship.features.labels import scale_labels
from authorship.features.runs import find_runs
from authorship.models.discriminant import Choice, choose, fit_discriminant
from authorship.models.linear import AttributionModel, deal_folds
from authorship.reference.basis import groups_of
from authorship.reference.table import transform
from shotscale.network.confusion import HeldOut, default_held_out
from shotscale.progress import Progress

Array = npt.NDArray[np.float64]

LENGTHS: tuple[str, ...] = tuple(n for n, f in CODEBOOK.items() if f.modeled and f.group == "durations")
CODED: tuple[str, ...] = tuple(n for n, f in CODEBOOK.items() if f.modeled and f.group != "durations")
ORDERED: tuple[str, ...] = tuple(name for name in CODED if not CODEBOOK[name].coded_only)

REPLICATES = 8
"""The number of simulated measurements per film. Four gave .833 for measured films with lengths and .771 for scale
alone, eight .835 and .750 (``python benchmarks/cinescale.py DIR --replicates N``): within two hundredths."""

N_FOLDS = 10
"""The number of folds, ten as is usual; fewer for fewer films."""

_SEED = 0  # for dealing films to folds


@dataclass(frozen=True, eq=False)
class Codings:
    """Coded films and their join with a table of shot lengths, to which bases are fitted."""

    films: tuple[CodedFilm, ...]
    join: Join

    @property
    def labels(self) -> npt.NDArray[np.str_]:
        """The films' directors, shape (n,)."""
        return np.asarray([film.director for film in self.films], str)

    def some(self, rows: Sequence[int]) -> "Codings":
        """Return the films at `rows`."""
        return replace(self, films=tuple(self.films[row] for row in rows))


@dataclass(frozen=True, eq=False)
class Rows:
    """Films as rows of transformed features (n, p), one or more per film; the weights of a film sum to one."""

    matrix: Array
    features: tuple[str, ...]
    labels: npt.NDArray[np.str_]
    works: npt.NDArray[np.str_]
    weights: Array

    def some(self, rows: npt.NDArray[np.bool_]) -> "Rows":
        """Return the selected rows."""
        return Rows(self.matrix[rows], self.features, self.labels[rows], self.works[rows], self.weights[rows])

    def of(self, features: Sequence[str]) -> "Rows":
        """Return the rows with these features only."""
        columns = [self.features.index(name) for name in features]
        return replace(self, matrix=self.matrix[:, columns], features=tuple(features))

    def choose(self) -> Choice:
        """Choose groups of features and settings by the out-of-fold log loss, keeping copies of a film together."""
        return choose(self.matrix, self.labels, self.folds(), groups_of(self.features), weights=self.weights)

    def folds(self) -> npt.NDArray[np.int64]:
        """Deal the films to folds."""
        return deal_folds(self.labels, self.works, seed=_SEED, n_folds=N_FOLDS)

    def fit(self, choice: Choice) -> AttributionModel:
        """Fit the chosen model."""
        return fit_discriminant(self.matrix, self.labels, choice, groups_of(self.features), weights=self.weights)

    def chosen(self, choice: Choice) -> "Rows":
        """Return the rows with the features of the chosen groups."""
        return self.of([name for name in self.features if CODEBOOK[name].group in choice.groups])


def coded_rows(codings: Codings) -> Rows:
    """Measure the codings as people made them; one row per film, with its joined lengths."""
    tables = [film_features(None, film.track) | codings.join.figures(film.film_id) for film in codings.films]
    return _rows(codings, tables, 1)


def measured_rows(
    codings: Codings,
    *,
    errors: HeldOut | None = None,
    assumptions: Assumptions | None = None,
    replicates: int = REPLICATES,
    seed: int = _SEED,
    progress: Progress | None = None,
) -> Rows:
    """Measure the films as the network would have, several times each, with their joined lengths."""
    tables = []
    for film, generator, n_shots in _draws(codings, replicates, seed):
        shots, scales = measure_as_network(
            film.track, errors or default_held_out(), generator, n_shots=n_shots, assumptions=assumptions
        )
        lengths = dict.fromkeys(FEATURE_NAMES, np.nan) | codings.join.figures(film.film_id)
        tables.append(film_features(shots, scales) | {name: lengths[name] for name in LENGTHS})
        if progress is not None:
            progress(len(tables), replicates * len(codings.films))
    return _rows(codings, tables, replicates)


def _draws(
    codings: Codings, replicates: int, seed: int
) -> Iterator[tuple[CodedFilm, np.random.Generator, float | None]]:
    """Yield each film and replicate with a generator, independent of the other films, and a number of shots."""
    runs = {film.film_id: _log_run(film) for film in codings.films}
    slope, level, rest = _shots_from_runs(codings, runs)
    for film in codings.films:
        known = codings.join.figures(film.film_id).get("average_shot_length")
        for generator in np.random.default_rng([seed, *film.film_id.encode()]).spawn(replicates):
            average = known
            if known is None and len(rest):
                average = float(np.exp(level + slope * runs[film.film_id] + generator.choice(rest)))
            yield film, generator, None if average is None else len(film.track) / average


def _rows(codings: Codings, tables: Sequence[dict[str, float]], replicates: int) -> Rows:
    features = (*LENGTHS, *CODED)
    values = transform(pd.DataFrame(tables)[list(features)])
    works = np.repeat([film.film_id for film in codings.films], replicates)
    return Rows(values, features, np.repeat(codings.labels, replicates), works, np.full(len(works), 1 / replicates))


def _shots_from_runs(codings: Codings, runs: Mapping[str, float]) -> tuple[float, float, Array]:
    """Regress log average shot length on log mean run length over the joined films: slope, level, residuals.

    Used to estimate the number of shots of films that are not in the table; ignores directors.
    """
    pairs = [
        (runs[film.film_id], np.log(figures["average_shot_length"]))
        for film in codings.films
        if (figures := codings.join.figures(film.film_id))
    ]
    if len(pairs) < 3:
        return 0.0, 0.0, np.empty(0)
    x, y = np.asarray(pairs).T
    slope, level = np.polyfit(x, y, 1)
    return float(slope), float(level), y - (level + slope * x)


def _log_run(film: CodedFilm) -> float:
    return float(np.log(find_runs(scale_labels(film.track)).length.mean()))
