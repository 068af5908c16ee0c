"""Permutation test: how often a benchmark does as well with directors assigned to films at random."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from authorship.models.linear import deal_folds
from authorship.reference.basis import fit_own
from authorship.reference.table import Reference
from authorship.validation.leave_one_out import Films
from authorship.workers import Workers

__all__ = ["permutation_accuracies", "permutation_test"]

Array = npt.NDArray[np.float64]

_FOLDS = 5  # half the usual number: a permutation test fits hundreds of times
_AT_ONCE = 20  # labelings per work item: enough to be worth starting a process, few enough to show progress


def permutation_test(reference: Reference, n_permutations: int, *, seed: int, workers: Workers) -> dict[str, Any]:
    """Compare the accuracy of the ``authorship classify`` model with that on randomly assigned directors.

    Returns
    -------
    dict
        ``n`` permutations, the ``observed`` accuracy, the ``mean`` and ``largest`` permuted accuracy, and ``p``.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> known = builtin_reference()
    >>> two = known.some(np.isin(known.labels, ["Béla Tarr", "Martin Scorsese"]))
    >>> permutation_test(two, 0, seed=0, workers=Workers())["p"]
    1.0
    """
    observed, shuffled = permutation_accuracies(
        Films.of(reference),
        partial(own_accuracy, features=reference.modeled),
        n_permutations=n_permutations,
        seed=seed,
        workers=workers,
    )
    return {
        "n": n_permutations,
        "observed": observed,
        "mean": float(shuffled.mean()) if n_permutations else None,
        "largest": float(shuffled.max()) if n_permutations else None,
        "p": float((1 + (shuffled >= observed).sum()) / (n_permutations + 1)),
    }


def own_accuracy(films: Films, seed: int, *, features: tuple[str, ...]) -> float:
    """Return the five-fold accuracy of the ``authorship classify`` model, chosen on the films of the other folds."""
    folds = deal_folds(films.labels, films.works, seed=seed, n_folds=_FOLDS)
    right = 0
    for fold in np.unique(folds):
        out = folds == fold
        inside = films.some(~out)
        model, columns = fit_own(inside.values, inside.labels, inside.works, features)
        named = np.asarray(model.candidates)[model.scores(films.values[out][:, columns]).argmax(axis=1)]
        right += int((named == films.labels[out]).sum())
    return right / len(films.labels)


def permutation_accuracies(
    films: Films,
    score: Callable[[Films, int], float],
    *,
    n_permutations: int,
    seed: int,
    workers: Workers | None = None,
) -> tuple[float, Array]:
    """Return the accuracy of an attribution method, and its accuracies with randomly permuted labels.

    Choices are repeated for every labeling, so that the real labels have no advantage; labels are permuted by
    work. `score`, a module-level function such as `classifier_accuracy` or a partial of one, takes films and a
    seed and returns an accuracy.

    Examples
    --------
    >>> from functools import partial
    >>> from authorship.reference.table import builtin_reference
    >>> from authorship.validation.leave_one_out import classifier_accuracy
    >>> known = builtin_reference()
    >>> films = Films.of(known.some(np.isin(known.labels, ["Béla Tarr", "Martin Scorsese"])))
    >>> delta = partial(classifier_accuracy, name="Burrows' Delta")
    >>> observed, shuffled = permutation_accuracies(films, delta, n_permutations=5, seed=0)
    >>> bool(observed > shuffled.max()), shuffled.shape
    (True, (5,))
    """
    unique, first, inverse = np.unique(films.works, return_index=True, return_inverse=True)
    of_work = films.labels[first]
    generators = np.random.default_rng(seed).spawn(n_permutations)
    dealt = [films, *(replace(films, labels=of_work[g.permutation(len(unique))][inverse]) for g in generators)]
    items = [(score, dealt[first : first + _AT_ONCE], seed) for first in range(0, len(dealt), _AT_ONCE)]
    accuracies = np.concatenate((workers or Workers()).map(_accuracies, items))
    return float(accuracies[0]), accuracies[1:]


def n_items(n_permutations: int) -> int:
    """Return the number of work items of `permutation_accuracies`."""
    return 1 + n_permutations // _AT_ONCE


def _accuracies(score: Callable[[Films, int], float], dealt: Sequence[Films], seed: int) -> Array:
    return np.asarray([score(films, seed) for films in dealt], np.float64)
