"""Fit models to codings: scale as people code it, and as the network would have measured the same films.

For a film whose shots and scales were measured, two parts answer together: shot lengths, and scale as measured. Their
scores are added with weights fitted to held-out films, since the parts are not independent.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from authorship.cinescale.joining import Join
from authorship.cinescale.rows import CODED, N_FOLDS, ORDERED, Codings, Rows, coded_rows
from authorship.models.conformal import Calibration, fit_typicality
from authorship.models.discriminant import Choice
from authorship.models.linear import AttributionModel, choose_penalty, deal_folds, fit_model
from authorship.reference.basis import Basis, Spread, fit_basis
from authorship.reference.table import Reference
from shotscale.numerals import counted

Array = npt.NDArray[np.float64]


def fit_bases(codings: Codings, measured: Rows, *, lengths: Reference | None = None) -> dict[str, Basis]:
    """Fit the bases of codings: ``coding``, ``list`` (shots and scales given by people) and ``film``.

    A table of shot lengths with the same candidates as the codings adds the basis ``lengths``, also used in ``list``
    and ``film``.
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
    """Fit the basis of one kind of film: 'coding' or 'list' to rows as coded, 'film' to rows as measured.

    `lengths` is the second part of 'list' and 'film'; `join` maps the works of `rows` to its films.
    """
    n = len(np.unique(rows.works))
    part = f"scale as people code it, {counted(n, 'film')}"
    if name == "film":
        part = f"scale as the network measures it, {counted(n, 'film')}"
    if lengths is None or join is None:
        return _scale_basis(name, part, rows.of(CODED if name == "coding" else ORDERED))
    return _joint_basis(name, part, rows, _lengths_basis(lengths), _held_out_lengths(lengths, join))


def _lengths_basis(lengths: Reference) -> Basis:
    return fit_basis(lengths, name="lengths", parts=(f"shot lengths, {counted(len(lengths.labels), 'film')}",))


def _scale_basis(name: str, part: str, rows: Rows) -> Basis:
    """Fit a basis of scale alone."""
    choice = rows.choose()
    rows = rows.chosen(choice)
    scores = _held_out_scores(rows, choice)
    return _basis(name, (part,), rows, rows.fit(choice), scores)


def _joint_basis(name: str, part: str, rows: Rows, lengths: Basis, held_out: dict[str, Array]) -> Basis:
    """Fit scale and add the lengths' scores, both weighted."""
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
    """Make a basis from a model and the films' held-out scores."""
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
    """Return each row's scores by a model fitted without its film's fold, shape (n, k)."""
    scores = np.empty((len(rows.labels), len(np.unique(rows.labels))))
    folds = rows.folds()
    for fold in np.unique(folds):
        out = folds == fold
        scores[out] = rows.some(~out).fit(choice).scores(rows.matrix[out])
    return scores


def _held_out_lengths(lengths: Reference, join: Join) -> dict[str, Array]:
    """Return each joined film's shot-length scores less log shares, by a model fitted without its fold."""
    values, labels = lengths.matrix(), lengths.labels
    folds = deal_folds(labels, lengths.works, seed=0, n_folds=N_FOLDS)
    penalty = choose_penalty(values, labels, folds)
    scores = np.empty((len(labels), len(lengths.candidates)))
    for fold in np.unique(folds):
        out = folds == fold
        scores[out] = fit_model(values[~out], labels[~out], penalty=penalty).scores(values[out])
    scores -= _log_shares(labels)
    row = {str(name): i for i, name in enumerate(lengths.features.index)}
    return {film: scores[row[name]] for film, name in join.rows.items() if name in row}


def pool_weights(first: Array, second: Array, truth: npt.NDArray[np.int64], weights: Array) -> tuple[float, float]:
    """Fit the weights of two parts' scores by the log loss on films held out from both.

    Source: Genest and Zidek 1986, Statistical Science 1(1) 114-135 (the logarithmic pool).
    """
    from scipy.optimize import minimize

    def loss(pair: Array) -> float:
        p = softmax(pair[0] * first + pair[1] * second, axis=1)[np.arange(len(truth)), truth]
        return float(-(np.log(np.maximum(p, 1e-12)) * weights).sum() / weights.sum())

    found = minimize(loss, [0.5, 1.0], bounds=[(0.0, 2.0), (0.0, 2.0)], method="L-BFGS-B").x
    return float(found[0]), float(found[1])


def _pooled(lengths: Basis, scale: AttributionModel, weights: tuple[float, float]) -> AttributionModel:
    """Return the weighted sum of two linear scores as one model; the lengths' log shares of films are removed."""
    intercept = lengths.model.intercept - _log_shares(lengths.calibration.labels)
    return AttributionModel(
        candidates=scale.candidates,
        center=np.concatenate([lengths.model.center, scale.center]),
        spread=np.concatenate([lengths.model.spread, scale.spread]),
        weights=np.hstack([weights[0] * lengths.model.weights, weights[1] * scale.weights]),
        intercept=weights[0] * intercept + weights[1] * scale.intercept,
        method=f"{weights[0]:.2f} times {lengths.model.method}, and {weights[1]:.2f} times {scale.method}",
    )


def _log_shares(labels: npt.NDArray[np.str_]) -> Array:
    shares = np.log(np.unique(labels, return_counts=True)[1] / len(labels))
    return np.asarray(shares - shares.mean(), np.float64)
