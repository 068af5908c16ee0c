"""Leave-one-film-out validation, with every choice made without the held-out film.

Conventions
-----------
The unit that is held out is the work: rows of the same work (two submissions, a restored copy) are held out together.
Works are assigned to ten blocks. For each block, every classifier's settings are tuned on the works of the other
blocks by the log loss of grouped five-fold predictions, a temperature is fitted to those predictions, and the
classifier with the lowest loss is the block's *selected* one. Each work of the block is then predicted from all other
works with these choices. No film thus affects a choice about itself, and tuning runs ten times, not once per film.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import softmax
from sklearn.exceptions import ConvergenceWarning

from authorship.models.linear import deal_folds
from authorship.reference.table import Reference
from authorship.validation.classifiers import CLASSIFIERS, ClassifierKind, make_classifier
from authorship.validation.metrics import log_loss
from authorship.workers import Workers
from shotscale.cores import one_matrix_thread

__all__ = ["SELECTED", "Films", "FoldPrediction", "Predictions", "nested_predictions", "temper"]

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]
Codes = npt.NDArray[np.int64]

SELECTED = "selected"
"""Name of the predictions made by each block's selected classifier."""

N_BLOCKS = 10
_INNER_FOLDS = 5  # to choose a classifier and its settings; the held-out film is in none
_FLOOR = 0.02  # share of the uniform distribution mixed in, so that no film costs an infinite loss
_TEMPERATURES = np.geomspace(0.2, 5, 60)


@dataclass(frozen=True, eq=False)
class Films:
    """The films of a reference for validation: values (n, p), NaN where missing, and each film's label and work.

    `candidates` holds all labels in alphabetical order, including any that a fold lacks.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> films = Films.of(builtin_reference())
    >>> films.values.shape, len(films.candidates)
    ((94, 3), 6)
    """

    values: Array
    labels: Labels
    works: Labels
    candidates: Labels

    @classmethod
    def of(cls, reference: Reference, features: Sequence[str] | None = None) -> "Films":
        """Return the films of a reference with its modeled features, or some of them."""
        names = reference.modeled if features is None else features
        columns = [reference.modeled.index(name) for name in names]
        return cls(reference.matrix()[:, columns], reference.labels, reference.works, np.asarray(reference.candidates))

    def some(self, rows: Codes | npt.NDArray[np.bool_]) -> "Films":
        """Return the films in the given rows."""
        return Films(self.values[rows], self.labels[rows], self.works[rows], self.candidates)

    @property
    def truth(self) -> Codes:
        """The index of each film's label in `candidates`, shape (n,)."""
        return np.searchsorted(self.candidates, self.labels)


@dataclass(frozen=True, eq=False)
class FoldPrediction:
    """One classifier's predictions for the films of one held-out block."""

    probabilities: Array
    loss: float
    settings: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Predictions:
    """Out-of-fold probabilities (n, k) of one classifier for every film.

    `choices` holds the classifier and settings used for each held-out work.
    """

    probabilities: Array
    choices: list[tuple[str, Mapping[str, Any]]]


def nested_predictions(
    films: Films, kinds: Sequence[ClassifierKind], *, seed: int, workers: Workers | None = None
) -> dict[str, Predictions]:
    """Return predictions by classifier and `SELECTED`, films held out of fitting, tuning, calibration and selection.

    Examples
    --------
    >>> from authorship.validation.classifiers import get_classifiers
    >>> from authorship.reference.table import builtin_reference
    >>> known = builtin_reference()
    >>> films = Films.of(known.some(np.isin(known.labels, ["Béla Tarr", "Martin Scorsese"])))
    >>> predictions = nested_predictions(films, get_classifiers(["Burrows' Delta"]), seed=0)
    >>> predictions[SELECTED].probabilities.shape
    (20, 2)
    """
    blocks = _deal_blocks(films.works, seed=seed)
    names = [kind.name for kind in kinds]
    items = [(films, np.flatnonzero(blocks == block), kinds, seed) for block in np.unique(blocks)]
    found = (workers or Workers()).map(_predict_block, items)
    shape = (len(films.labels), len(films.candidates))
    predictions = {name: Predictions(np.full(shape, np.nan), []) for name in [*names, SELECTED]}
    for (_, out, _, _), block in zip(items, found, strict=True):
        best = min(block, key=lambda name: block[name].loss)
        for name, predicted in {**block, SELECTED: block[best]}.items():
            predictions[name].probabilities[out] = predicted.probabilities
            chosen = (best if name == SELECTED else name, predicted.settings)
            predictions[name].choices.extend([chosen] * len(np.unique(films.works[out])))
    return predictions


def _deal_blocks(works: Labels, *, seed: int) -> Codes:
    """Assign works to blocks at random, regardless of their labels."""
    unique, inverse = np.unique(works, return_inverse=True)
    place = np.random.default_rng(seed).permutation(len(unique))
    return np.asarray(place[inverse] % min(N_BLOCKS, len(unique)), np.int64)


def temper(probabilities: Array, temperature: float) -> Array:
    """Sharpen (below 1) or soften (above 1) probabilities and mix in a little of the uniform distribution.

    Source: Guo, Pleiss, Sun, Weinberger 2017, ICML, On Calibration of Modern Neural Networks.

    Examples
    --------
    >>> temper(np.array([[0.8, 0.2]]), 2.0).round(3).tolist()
    [[0.663, 0.337]]
    """
    logs = np.log(np.maximum(probabilities, 1e-12)) / temperature
    return np.asarray((1 - _FLOOR) * softmax(logs, axis=1) + _FLOOR / probabilities.shape[1], np.float64)


@one_matrix_thread()
def _predict_block(films: Films, out: Codes, kinds: Sequence[ClassifierKind], seed: int) -> dict[str, FoldPrediction]:
    """Tune on the works outside a block, and predict each work in it from all others."""
    inside = films.some(np.setdiff1d(np.arange(len(films.labels)), out))
    folds = deal_folds(inside.labels, inside.works, seed=seed, n_folds=_INNER_FOLDS)
    predictions = {}
    for kind in kinds:
        loss, temperature, settings, _ = _tune(kind, inside, folds, seed, _TEMPERATURES)
        probabilities = np.full((len(out), len(films.candidates)), np.nan)
        for work in np.unique(films.works[out]):
            others, its = films.works != work, films.works[out] == work
            probabilities[its] = _fit_predict(kind, settings, films.some(others), films.values[~others], seed)
        predictions[kind.name] = FoldPrediction(temper(probabilities, temperature), loss, settings)
    return predictions


def _tune(
    kind: ClassifierKind, films: Films, folds: Codes, seed: int, temperatures: Sequence[float] | Array
) -> tuple[float, float, Mapping[str, Any], Array]:
    """Return the lowest calibrated loss over the inner folds, its temperature and settings, and the predictions."""
    tried = []
    for settings in kind.settings_for(len(films.labels) - int(np.bincount(folds).max())):
        probabilities = _out_of_fold(kind, settings, films, folds, seed)
        losses = [log_loss(temper(probabilities, temperature), films.truth) for temperature in temperatures]
        lowest = int(np.argmin(losses))
        tried.append((losses[lowest], float(temperatures[lowest]), settings, probabilities))
    return min(tried, key=itemgetter(0))


@one_matrix_thread()
def classifier_accuracy(films: Films, seed: int, *, name: str) -> float:
    """Return a classifier's five-fold accuracy at the settings with the lowest loss over the same folds."""
    kind = CLASSIFIERS[name]
    folds = deal_folds(films.labels, films.works, seed=seed, n_folds=_INNER_FOLDS)
    *_, probabilities = _tune(kind, films, folds, seed, [1.0])
    return float((probabilities.argmax(axis=1) == films.truth).mean())


def _out_of_fold(kind: ClassifierKind, settings: Mapping[str, Any], films: Films, folds: Codes, seed: int) -> Array:
    probabilities = np.full((len(films.labels), len(films.candidates)), np.nan)
    for fold in np.unique(folds):
        out = folds == fold
        probabilities[out] = _fit_predict(kind, settings, films.some(~out), films.values[out], seed)
    return probabilities


def _fit_predict(kind: ClassifierKind, settings: Mapping[str, Any], films: Films, fresh: Array, seed: int) -> Array:
    """Fit and return probabilities in the order of the candidates, 0 for one with too few training films.

    Blocks are dealt regardless of labels, so a small candidate's films may be missing from the training films. If one
    candidate is left, it is certain.
    """
    names, counts = np.unique(films.labels, return_counts=True)
    known = names[counts >= kind.fewest_to_fit]
    columns, rows = np.searchsorted(films.candidates, known), np.isin(films.labels, known)
    probabilities = np.zeros((len(fresh), len(films.candidates)))
    if len(known) < 2:
        probabilities[:, columns] = 1.0
        return probabilities
    classifier = make_classifier(kind, settings, seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(films.values[rows], np.searchsorted(known, films.labels[rows]))
    probabilities[:, columns] = _probabilities(classifier, fresh)
    return probabilities


def _probabilities(classifier: Any, fresh: Array) -> Array:
    """Return probabilities, or the softmax of decision values if a classifier has none."""
    if hasattr(classifier, "predict_proba"):
        return np.asarray(classifier.predict_proba(fresh), np.float64)
    values = np.asarray(classifier.decision_function(fresh), np.float64)
    if values.ndim == 1:
        values = np.column_stack([-values, values]) / 2
    return np.asarray(softmax(values, axis=1), np.float64)
