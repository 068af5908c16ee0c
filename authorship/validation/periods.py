"""Accuracy on films from a period that the reference lacks.

A director's films of a few years share more than the director: the period, the producers, often the editor. Leaving
one film out keeps its neighbors in time, so the plain accuracy holds for films from periods that the reference covers.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from authorship.reference.basis import fit_own
from authorship.reference.table import Reference
from authorship.validation.metrics import share_interval
from authorship.workers import Workers
from shotscale.cores import one_matrix_thread
from shotscale.numerals import counted

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]

NEAR_YEARS = 5
"""A film's neighbors in time are the same candidate's films at most this many years before or after it."""

_RANDOM_DRAWS = 3  # random samples per film, each of as many films as are near it in time
_FITS_AT_ONCE = 40  # per work item: enough to be worth starting a process, few enough to show progress


def near_in_time(labels: Labels, works: Labels, years: Array, row: int) -> npt.NDArray[np.bool_]:
    """Return a mask, shape (n,), of the candidate's other films at most `NEAR_YEARS` from the film in `row`."""
    own = (labels == labels[row]) & (works != works[row])
    return np.asarray(own & (np.abs(years - years[row]) <= NEAR_YEARS), np.bool_)


def blocked_by_years(reference: Reference, *, seed: int = 0, workers: Workers | None = None) -> dict[str, Any] | None:
    """Test the ``authorship classify`` model on each film without its director's films near it in time.

    Returns ``years``, on either side; ``accuracy`` and ``interval``; ``as_many_at_random``, the accuracy without as
    many of the director's other films, drawn from all years; ``n_left_out``, the mean number left out; ``n_tested``,
    the number of films tested: those that leave two works of their director. `None` if there are none, or if a year is
    unknown.
    """
    if np.isnan(reference.years).any():
        return None
    generator = np.random.default_rng(seed)
    tasks: list[tuple[int, npt.NDArray[np.bool_]]] = []
    for row in range(len(reference.labels)):
        near = near_in_time(reference.labels, reference.works, reference.years, row)
        own = np.flatnonzero((reference.labels == reference.labels[row]) & (reference.works != reference.works[row]))
        dealt = [generator.choice(own, int(near.sum()), replace=False) for _ in range(_RANDOM_DRAWS)]
        masks = [near, *(np.isin(np.arange(len(near)), one) for one in dealt)]
        tasks += [(row, mask | (reference.works == reference.works[row])) for mask in masks]
    parts = [tasks[first : first + _FITS_AT_ONCE] for first in range(0, len(tasks), _FITS_AT_ONCE)]
    found = (workers or Workers()).map(_right_without, [(reference, part) for part in parts])
    right = np.concatenate(found).reshape(-1, 1 + _RANDOM_DRAWS)
    tested = ~np.isnan(right).any(axis=1)
    if not tested.any():
        return None
    left_out = np.asarray([mask.sum() for _, mask in tasks[:: 1 + _RANDOM_DRAWS]])[tested]
    right = right[tested]
    return {
        "years": NEAR_YEARS,
        "accuracy": float(right[:, 0].mean()),
        "interval": share_interval(right[:, 0] == 1, reference.works[tested]),
        "as_many_at_random": float(right[:, 1:].mean()),
        "n_left_out": float(left_out.mean() - 1),
        "n_tested": len(right),
    }


@one_matrix_thread()
def _right_without(reference: Reference, tasks: Sequence[tuple[int, npt.NDArray[np.bool_]]]) -> Array:
    """Return per task whether a model without the masked films names the director; NaN if under two works remain."""
    values, labels, works = reference.matrix(), reference.labels, reference.works
    right = []
    for row, out in tasks:
        if len(np.unique(works[~out & (labels == labels[row])])) < 2:
            right.append(np.nan)
            continue
        model, columns = fit_own(values[~out], labels[~out], works[~out], reference.modeled)
        named = model.candidates[int(model.scores(values[row : row + 1, columns]).argmax())]
        right.append(float(named == labels[row]))
    return np.asarray(right, np.float64)


def n_blocked_items(reference: Reference) -> int:
    """Return the number of work items of `blocked_by_years`."""
    if np.isnan(reference.years).any():
        return 0
    return -(-len(reference.labels) * (1 + _RANDOM_DRAWS) // _FITS_AT_ONCE)


def blocked_line(figures: Mapping[str, Any]) -> list[str]:
    """Return lines of text on the accuracy for periods that the reference lacks; empty if unknown."""
    blocked = figures.get("blocked_by_years")
    if not blocked:
        return []
    low, high = blocked["interval"]
    n, n_tested = figures["n"], blocked["n_tested"]
    some = "" if n_tested == n else f", for the {n_tested} of {counted(n, 'film')} that leave two of the director's"
    return [
        f"Without the director's other films of the {blocked['years']} years before and after{some}: "
        f"{blocked['accuracy']:.3f} ({low:.2f} to {high:.2f}); without as many of them at random: "
        f"{blocked['as_many_at_random']:.3f}; plain leave-one-film-out: {figures['accuracy']:.3f}",
        "",
    ]
