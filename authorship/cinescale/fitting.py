"""Fit models to codings: scale as people code it, and as the network would have measured the same films.

A film whose shots and scales were measured is answered by two parts together, shot lengths and scale as measured; their
scores are added with weights that are fitted to films which the parts had not seen, since the parts are not
independent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import softmax

from authorship.cinescale.folder import CodedFilm
from authorship.cinescale.joining import Join
from authorship.cinescale.measured import Assumptions, NetworkErrors, default_errors, measure_as_network
from authorship.features import CODEBOOK, FEATURE_NAMES, film_features
from authorship.features.labels import scale_labels
from authorship.features.runs import find_runs
from authorship.models.conformal import Calibration, fit_typicality
from authorship.models.discriminant import Choice, choose, fit_discriminant
from authorship.models.linear import AttributionModel, choose_penalty, deal_folds, fit_model
from authorship.reference.basis import Basis, Spread, fit_basis, groups_of
from authorship.reference.table import Reference, transform
from shotscale.progress import Progress

__all__ = [
    "CODED",
    "LENGTHS",
    "ORDERED",
    "Codings",
    "Rows",
    "coded_rows",
    "fit_bases",
    "fit_kind",
    "measured_rows",
    "measured_tables",
]

Array = npt.NDArray[np.float64]

LENGTHS: tuple[str, ...] = tuple(n for n, f in CODEBOOK.items() if f.modelled and f.group == "durations")
CODED: tuple[str, ...] = tuple(n for n, f in CODEBOOK.items() if f.modelled and f.group != "durations")
ORDERED: tuple[str, ...] = tuple(name for name in CODED if not CODEBOOK[name].coded_only)

REPLICATES = 8
"""How often each film is measured in simulation. Four gave .833 for measured films with lengths and .771 for scale
alone, eight .835 and .750 (``python benchmarks/cinescale.py DIR --replicates N``): within two hundredths."""

_FOLDS = 10
_SEED = 0


@dataclass(frozen=True, eq=False)
class Codings:
    """What bases are fitted to.

    Attributes
    ----------
    films : tuple of CodedFilm
    join : Join
        With a table of shot lengths.
    """

    films: tuple[CodedFilm, ...]
    join: Join

    @property
    def labels(self) -> npt.NDArray[np.str_]:
        """The films' directors, shape (n,)."""
        return np.asarray([film.director for film in self.films], str)

    def some(self, rows: Sequence[int]) -> "Codings":
        """Return some of the films."""
        return replace(self, films=tuple(self.films[row] for row in rows))


@dataclass(frozen=True, eq=False)
class Rows:
    """Films as rows of features, one or several a film.

    Attributes
    ----------
    matrix : float array of shape (n, p)
        Transformed.
    features : tuple of str
    labels, works : str arrays of shape (n,)
        The director, and the film.
    weights : float array of shape (n,)
        The rows of a film sum to one.
    """

    matrix: Array
    features: tuple[str, ...]
    labels: npt.NDArray[np.str_]
    works: npt.NDArray[np.str_]
    weights: Array

    def some(self, rows: npt.NDArray[np.bool_]) -> "Rows":
        """Return some of the rows."""
        return Rows(self.matrix[rows], self.features, self.labels[rows], self.works[rows], self.weights[rows])

    def of(self, features: Sequence[str]) -> "Rows":
        """Return some of the features."""
        columns = [self.features.index(name) for name in features]
        return replace(self, matrix=self.matrix[:, columns], features=tuple(features))

    def choose(self) -> Choice:
        """Choose groups of features and settings by the out-of-fold log loss, copies of a film together."""
        return choose(self.matrix, self.labels, self.folds(), groups_of(self.features), weights=self.weights)

    def folds(self) -> npt.NDArray[np.int64]:
        """Deal the films to folds."""
        return deal_folds(self.labels, self.works, seed=_SEED, n_folds=_FOLDS)

    def fit(self, choice: Choice) -> AttributionModel:
        """Fit a choice."""
        return fit_discriminant(self.matrix, self.labels, choice, groups_of(self.features), weights=self.weights)

    def chosen(self, choice: Choice) -> "Rows":
        """Return the features of the groups that were chosen."""
        return self.of([name for name in self.features if CODEBOOK[name].group in choice.groups])


def coded_rows(codings: Codings) -> Rows:
    """Measure the codings as people made them; a row per film, with its joined lengths."""
    tables = [film_features(None, film.track) | codings.join.figures(film.film_id) for film in codings.films]
    return _rows(codings, tables, 1)


def measured_rows(
    codings: Codings,
    *,
    errors: NetworkErrors | None = None,
    assumptions: Assumptions | None = None,
    replicates: int = REPLICATES,
    seed: int = _SEED,
    progress: Progress | None = None,
) -> Rows:
    """Measure the films as the network would have, `replicates` times each, with their joined lengths.

    Parameters
    ----------
    codings : Codings
    errors : NetworkErrors, optional
        By default the default network's.
    assumptions : Assumptions, optional
    replicates, seed : int
    progress : callable, optional
    """
    tables = []
    for film, shots, scales in measured_tables(
        codings, errors=errors, assumptions=assumptions, replicates=replicates, seed=seed
    ):
        lengths = dict.fromkeys(FEATURE_NAMES, np.nan) | codings.join.figures(film.film_id)
        features = film_features(shots, scales)
        tables.append(features | {name: lengths[name] for name in LENGTHS})
        if progress is not None:
            progress(len(tables), replicates * len(codings.films))
    return _rows(codings, tables, replicates)


def measured_tables(
    codings: Codings,
    *,
    errors: NetworkErrors | None = None,
    assumptions: Assumptions | None = None,
    replicates: int = REPLICATES,
    seed: int = _SEED,
) -> Iterator[tuple[CodedFilm, pd.DataFrame, pd.DataFrame]]:
    """Return a shot table and a scale track for each film and replicate; a film's do not depend on the other films."""
    errors = errors or default_errors()
    runs = {film.film_id: _log_run(film) for film in codings.films}
    slope, level, rest = _shots_from_runs(codings, runs)
    for film in codings.films:
        known = codings.join.figures(film.film_id).get("average_shot_length")
        key = [seed, *film.film_id.encode()]
        for generator in np.random.default_rng(key).spawn(replicates):
            average = known
            if known is None and len(rest):
                average = float(np.exp(level + slope * runs[film.film_id] + generator.choice(rest)))
            n_shots = None if average is None else len(film.track) / average
            shots, scales = measure_as_network(film.track, errors, generator, n_shots=n_shots, assumptions=assumptions)
            yield film, shots, scales


def fit_bases(codings: Codings, measured: Rows, *, lengths: Reference | None = None) -> dict[str, Basis]:
    """Fit the bases that codings give.

    Parameters
    ----------
    codings : Codings
    measured : Rows
        As `measured_rows` gives them.
    lengths : Reference, optional
        The table of shot lengths; it speaks where its candidates are those of the codings.

    Returns
    -------
    dict of str to Basis
        ``lengths`` (where there is a table), ``coding``, ``list`` (shots and scales given by people) and ``film``.
    """
    coded = coded_rows(codings)
    if lengths is not None and set(lengths.candidates) != set(codings.labels):
        lengths = None
    bases = {
        "coding": fit_kind("coding", coded),
        "list": fit_kind("list", coded, lengths=lengths, join=codings.join),
        "film": fit_kind("film", measured, lengths=lengths, join=codings.join),
    }
    return bases if lengths is None else {"lengths": _lengths_basis(lengths), **bases}


def fit_kind(name: str, rows: Rows, *, lengths: Reference | None = None, join: Join | None = None) -> Basis:
    """Fit the basis of one kind of film.

    Parameters
    ----------
    name : {'coding', 'list', 'film'}
    rows : Rows
        As coded, for ``film`` as measured.
    lengths : Reference, optional
        The second part, for ``list`` and ``film``.
    join : Join, optional
        Which film of `lengths` is which work of `rows`.
    """
    n = len(np.unique(rows.works))
    part = f"scale as people code it, {n} films"
    if name == "film":
        part = f"scale as the network measures it, {n} films"
    if lengths is None or join is None:
        return _scale_basis(name, part, rows.of(CODED if name == "coding" else ORDERED))
    return _joint_basis(name, part, rows, _lengths_basis(lengths), _held_out_lengths(lengths, join))


def _lengths_basis(lengths: Reference) -> Basis:
    return fit_basis(lengths, name="lengths", parts=(f"shot lengths, {len(lengths.labels)} films",))


def _rows(codings: Codings, tables: Sequence[dict[str, float]], replicates: int) -> Rows:
    features = (*LENGTHS, *CODED)
    values = transform(pd.DataFrame(tables)[list(features)])
    works = np.repeat([film.film_id for film in codings.films], replicates)
    return Rows(values, features, np.repeat(codings.labels, replicates), works, np.full(len(works), 1 / replicates))


def _scale_basis(name: str, part: str, rows: Rows) -> Basis:
    """Fit scale alone."""
    choice = rows.choose()
    rows = rows.chosen(choice)
    scores = _held_out_scores(rows, choice)
    return _basis(name, (part,), rows, rows.fit(choice), scores)


def _joint_basis(name: str, part: str, rows: Rows, lengths: Basis, held_out: dict[str, Array]) -> Basis:
    """Fit scale and add the lengths' scores, each with its weight."""
    scale = rows.of(ORDERED)
    choice = scale.choose()
    scale = scale.chosen(choice)
    ours = _held_out_scores(scale, choice)
    theirs = np.stack([held_out.get(str(work), np.zeros(ours.shape[1])) for work in rows.works])
    joined = np.asarray([str(work) in held_out for work in rows.works])
    truth = np.searchsorted(np.unique(rows.labels), rows.labels)
    weights = pool_weights(theirs[joined], ours[joined], truth[joined], rows.weights[joined])
    model = _pooled(lengths, scale.fit(choice), weights)
    both = rows.of((*lengths.features, *scale.features))
    pooled = weights[0] * theirs + weights[1] * ours
    return _basis(name, (*lengths.parts, part), both, model, pooled)


def _basis(name: str, parts: tuple[str, ...], rows: Rows, model: AttributionModel, scores: Array) -> Basis:
    """Make a basis of a model and the scores that films had when they were held out."""
    candidates = np.unique(rows.labels)
    columns = np.searchsorted(candidates, rows.labels)
    p = softmax(scores, axis=1)
    distance, nearest = np.empty(len(columns)), np.empty(len(columns))
    folds = rows.folds()
    for fold in np.unique(folds):
        out = folds == fold
        inside = rows.some(~out)
        distances = fit_typicality(inside.matrix, inside.labels, model, weights=inside.weights).distances(
            rows.matrix[out]
        )
        distance[out] = distances[np.arange(out.sum()), columns[out]]
        nearest[out] = distances.min(axis=1)
    calibration = Calibration(
        rows.labels,
        1 - p[np.arange(len(p)), columns],
        distance,
        nearest,
        rows.weights,
        fit_typicality(rows.matrix, rows.labels, model, weights=rows.weights),
    )
    films = np.bincount(columns, weights=rows.weights)
    counts = {str(candidate): round(float(films[k])) for k, candidate in enumerate(candidates)}
    return Basis(name, parts, rows.features, counts, model, calibration, Spread.of(rows.matrix, rows.labels))


def _held_out_scores(rows: Rows, choice: Choice) -> Array:
    """Return each row's scores by a model without its film's fold, shape (n, k)."""
    scores = np.empty((len(rows.labels), len(np.unique(rows.labels))))
    folds = rows.folds()
    for fold in np.unique(folds):
        out = folds == fold
        scores[out] = rows.some(~out).fit(choice).scores(rows.matrix[out])
    return scores


def _held_out_lengths(lengths: Reference, join: Join) -> dict[str, Array]:
    """Give, for each joined film, the lengths' scores against the shares of films, by a model without its fold."""
    values, labels = lengths.matrix(), lengths.labels
    folds = deal_folds(labels, lengths.works, seed=_SEED, n_folds=_FOLDS)
    penalty = choose_penalty(values, labels, folds)
    scores = np.empty((len(labels), len(lengths.candidates)))
    for fold in np.unique(folds):
        out = folds == fold
        scores[out] = fit_model(values[~out], labels[~out], penalty=penalty).scores(values[out])
    scores -= _log_shares(labels)
    row = {str(name): i for i, name in enumerate(lengths.features.index)}
    return {film: scores[row[name]] for film, name in join.rows.items() if name in row}


def pool_weights(first: Array, second: Array, truth: npt.NDArray[np.int64], weights: Array) -> tuple[float, float]:
    """Fit the weights of two parts' scores by the log loss on films that neither had seen.

    Source: Genest and Zidek 1986, Statistical Science 1(1) 114-135 (the logarithmic pool).
    """
    from scipy.optimize import minimize

    def loss(pair: Array) -> float:
        p = softmax(pair[0] * first + pair[1] * second, axis=1)[np.arange(len(truth)), truth]
        return float(-(np.log(np.maximum(p, 1e-12)) * weights).sum() / weights.sum())

    found = minimize(loss, [0.5, 1.0], bounds=[(0.0, 2.0), (0.0, 2.0)], method="L-BFGS-B").x
    return float(found[0]), float(found[1])


def _pooled(lengths: Basis, scale: AttributionModel, weights: tuple[float, float]) -> AttributionModel:
    """Write the weighted sum of two linear scores as one: the lengths' without their shares of films."""
    intercept = lengths.model.intercept - _log_shares(lengths.calibration.labels)
    return AttributionModel(
        candidates=scale.candidates,
        centre=np.concatenate([lengths.model.centre, scale.centre]),
        spread=np.concatenate([lengths.model.spread, scale.spread]),
        weights=np.hstack([weights[0] * lengths.model.weights, weights[1] * scale.weights]),
        intercept=weights[0] * intercept + weights[1] * scale.intercept,
        method=f"{weights[0]:.2f} times {lengths.model.method}, and {weights[1]:.2f} times {scale.method}",
    )


def _log_shares(labels: npt.NDArray[np.str_]) -> Array:
    shares = np.log(np.unique(labels, return_counts=True)[1] / len(labels))
    return np.asarray(shares - shares.mean(), np.float64)


def _shots_from_runs(codings: Codings, runs: Mapping[str, float]) -> tuple[float, float, Array]:
    """Regress log average shot length on mean log run length over the joined films: slope, level, residuals.

    It stands in for the number of shots of films that no table knows; directors are not looked at.
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
