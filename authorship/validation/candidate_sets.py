"""Leave-one-film-out evaluation of ``authorship classify``: its model and its prediction sets."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from authorship.attribution.verdict import DEFAULT_CONFIDENCE
from authorship.models.conformal import prediction_set
from authorship.reference.basis import DEAL, Basis, fit_calibrated, groups_of
from authorship.reference.table import Reference, transform
from authorship.validation.metrics import auroc, score, share_interval
from authorship.workers import Workers
from shotscale.cores import one_matrix_thread

Array = npt.NDArray[np.float64]

OWN = "authorship classify"
"""Name of the ``authorship classify`` model among the classifiers."""

WORKS_AT_ONCE = 10
"""Films per work item: enough to be worth starting a process, few enough to show progress."""

_LEVELS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)  # around the 0.80 that answers use, up to the customary 0.95


def leave_one_out(reference: Reference, *, deal: int = DEAL, workers: Workers | None = None) -> dict[str, Any]:
    """Leave each work out and predict its films with the model and sets of ``authorship classify``.

    `deal` is the seed for assigning the other films to the folds used for selection and calibration. Returns the
    figures of `authorship.validation.metrics.score`; ``named``, the likeliest candidate for each film; ``chosen``, how
    often each selection of feature groups was chosen; and ``levels``: for each confidence the ``coverage`` of the sets,
    also ``by_candidate``, their mean ``size``, and the shares ``named``, ``undecided``, ``none``, ``right_when_named``.
    """
    works = np.unique(reference.works)
    parts = np.array_split(works, -(-len(works) // WORKS_AT_ONCE))
    found = (workers or Workers()).map(_leave_out, [(reference, part, deal) for part in parts])
    answers = {row: answer for part in found for row, answer in part.items()}
    ordered = [answers[row] for row in range(len(reference.labels))]
    probabilities, likelihood, typicality = (np.stack([one[k] for one in ordered]) for k in range(3))
    truth = np.searchsorted(np.asarray(reference.candidates), reference.labels)
    return {
        "classifier": OWN,
        "n_features": len(reference.modeled),
        **score(probabilities, truth, reference.candidates, works=reference.works),
        "named": [reference.candidates[code] for code in probabilities.argmax(axis=1)],
        "chosen": dict(Counter(", ".join(one[3]) for one in ordered).most_common()),
        "levels": set_levels(probabilities, likelihood, typicality, truth, reference.candidates, works=reference.works),
    }


def set_levels(
    probabilities: Array,
    likelihood: Array,
    typicality: Array,
    truth: npt.NDArray[np.int64],
    candidates: Sequence[str],
    *,
    works: npt.NDArray[np.str_] | None = None,
) -> list[dict[str, Any]]:
    """Return figures on the prediction sets at each confidence, from held-out p-values of shape (n, k).

    Intervals are `authorship.validation.metrics.share_interval`; `works` names each row's film.
    """
    levels = []
    for confidence in _LEVELS:
        each = zip(likelihood, typicality, probabilities, strict=True)
        remains = np.stack([prediction_set(*p_values, confidence=confidence) for p_values in each])
        covered, size = remains[np.arange(len(truth)), truth], remains.sum(axis=1)
        named = size == 1
        levels.append(
            {
                "confidence": confidence,
                "coverage": float(covered.mean()),
                "coverage_interval": share_interval(covered, works),
                "size": float(size.mean()),
                "named": float(named.mean()),
                "undecided": float((size > 1).mean()),
                "none": float((size == 0).mean()),
                "right_when_named": float(covered[named].mean()) if named.any() else None,
                "by_candidate": {name: float(covered[truth == code].mean()) for code, name in enumerate(candidates)},
            }
        )
    return levels


@one_matrix_thread()
def _leave_out(
    reference: Reference, works: npt.NDArray[np.str_], deal: int
) -> dict[int, tuple[Array, Array, Array, list[str]]]:
    """Return probabilities, both p-values and the chosen groups for each film, from a basis without its work."""
    values, answers = reference.matrix(), {}
    for work in works:
        out = reference.works == work
        _, features, model, calibration = fit_calibrated(reference.some(~out), deal=deal)
        columns = [reference.modeled.index(name) for name in features]
        groups = list(groups_of(features))
        for row in np.flatnonzero(out):
            film = values[row : row + 1, columns]
            p, typical = model.probabilities(film)[0], calibration.typicality_ranks(film)[0]
            answers[int(row)] = (p, calibration.likelihood_ranks(p), typical, groups)
    return answers


def open_set_figures(basis: Basis, strangers: Reference, *, confidence: float = DEFAULT_CONFIDENCE) -> dict[str, Any]:
    """Evaluate films by directors who are not among the candidates.

    Returns
    -------
    dict
        ``n_films``, ``n_directors``; ``named_rate``, ``undecided_rate``, ``none_rate``; ``auroc`` of the distance
        to the nearest candidate, of the reference's held-out films against the strangers'; and
        ``auroc_range``, its 10 % and 90 % quantiles over the strangers' directors.
    """
    values = transform(strangers.features[list(basis.features)])
    typicality = basis.calibration.typicality_ranks(values)
    sizes = []
    for p, typical in zip(basis.model.probabilities(values), typicality, strict=True):
        likelihood = basis.calibration.likelihood_ranks(p)
        sizes.append(int(prediction_set(likelihood, typical, p, confidence=confidence).sum()))
    size = np.asarray(sizes)
    inside, outside = basis.calibration.nearest, basis.calibration.typicality.distances(values).min(axis=1)
    by_director = [auroc(inside, outside[strangers.labels == name]) for name in strangers.candidates]
    return {
        "n_films": len(values),
        "n_directors": len(strangers.candidates),
        "confidence": confidence,
        "named_rate": float((size == 1).mean()),
        "undecided_rate": float((size > 1).mean()),
        "none_rate": float((size == 0).mean()),
        "auroc": auroc(inside, outside),
        "auroc_range": [float(end) for end in np.quantile(by_director, [0.1, 0.9])],
    }
