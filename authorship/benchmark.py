"""How well a reference tells its candidates apart: every classifier, every group of features, and baselines."""

import os
import platform
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from authorship.attribution import DEFAULT_CONFIDENCE, Attributor
from authorship.classifiers import CLASSIFIERS, ClassifierKind
from authorship.conformal import prediction_set
from authorship.duplicates import leave_together, near_duplicates
from authorship.features import CODEBOOK, FEATURE_GROUPS
from authorship.metrics import auroc, score, wilson_interval
from authorship.reference import Reference, transform
from authorship.validation import SELECTED, Films, nested_predictions, permutation_accuracies
from authorship.versions import software
from shotscale.errors import TableError

__all__ = ["leave_one_out_sets", "markdown_table", "open_set_figures", "run_benchmark"]

Array = npt.NDArray[np.float64]
Report = Callable[[str], None]

_LEVELS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


def run_benchmark(
    reference: Reference,
    *,
    kinds: Sequence[ClassifierKind] | None = None,
    n_permutations: int = 1000,
    seed: int = 0,
    jobs: int = 1,
    report: Report | None = None,
) -> dict[str, Any]:
    """Leave one film out, for every classifier and group of features.

    Parameters
    ----------
    reference : Reference
    kinds : sequence of ClassifierKind, optional
        By default all.
    n_permutations : int
    seed : int
    jobs : int
        Processes.
    report : callable, optional
        Told what is being computed.

    Returns
    -------
    dict
        JSON-ready: ``selected``, the nested winner on all features, with ``accuracy``, ``interval``,
        ``macro_f1`` and the rest of `authorship.metrics.score`, ``chosen`` (how often which classifier won) and
        ``permutation``; ``results``, a row a classifier and group of features; ``baselines`` (``majority``,
        ``year``, ``shuffled``); ``sets``, coverage of the prediction sets of ``authorship classify``;
        ``skipped``, classifiers that need more films a candidate; ``near_duplicates``, films of equal figures
        that are not declared one work, yet leave together; ``reference``, ``seed``, ``software``, ``machine``.

    Raises
    ------
    TableError
        If no classifier can be fitted to so few films.
    """
    alike = near_duplicates(reference)
    reference = leave_together(reference)
    kinds = tuple(CLASSIFIERS.values()) if kinds is None else tuple(kinds)
    fewest = min(len(np.unique(reference.works[reference.labels == name])) for name in reference.candidates)
    skipped = [kind.name for kind in kinds if kind.fewest_films > fewest]
    kinds = [kind for kind in kinds if kind.fewest_films <= fewest]
    if not kinds:
        raise TableError(f"{reference.name}: a candidate has {fewest} films; too few for {skipped[0]}; add films")
    say = report or (lambda _: None)
    results: list[dict[str, Any]] = []
    selected: dict[str, Any] = {}
    for group, features in feature_groups(reference).items():
        say(f"{group}: {len(features)} features, {len(kinds)} classifiers")
        films = Films.of(reference, features)
        predictions = nested_predictions(films, kinds, seed=seed, jobs=jobs)
        for name, predicted in predictions.items():
            figures = score(predicted.probabilities, films.truth, reference.candidates)
            chosen = Counter(classifier for classifier, _ in predicted.choices)
            row = {"classifier": name, "features": group, "n_features": len(features), **figures}
            if name == SELECTED:
                row["chosen"] = dict(chosen.most_common())
                selected = row
            else:
                row["settings"] = _most_common_settings([settings for _, settings in predicted.choices])
            results.append(row)
    say(f"{n_permutations} permutations")
    winner = CLASSIFIERS[next(iter(selected["chosen"]))]
    selected = {**selected, "permutation": _permutation(reference, winner, n_permutations, seed=seed, jobs=jobs)}
    say("prediction sets")
    attributor = Attributor(reference)
    return {
        "format": "authorship-benchmark",
        "format_version": 1,
        "selected": selected,
        "results": results,
        "baselines": _baselines(reference, selected["permutation"], seed=seed, jobs=jobs),
        "sets": leave_one_out_sets(reference),
        "skipped": skipped,
        "near_duplicates": [[str(reference.features.index[row]) for row in pair] for pair in alike],
        "reference": {**attributor.describe(), "performance": None},
        "seed": seed,
        "software": software(),
        "machine": {"system": f"{platform.system()} {platform.machine()}", "processors": os.cpu_count()},
    }


def feature_groups(reference: Reference) -> dict[str, tuple[str, ...]]:
    """Give the modelled features by group of the codebook, and all together, which comes last."""
    groups: dict[str, tuple[str, ...]] = {
        group: tuple(name for name in reference.modelled if CODEBOOK[name].group == group) for group in FEATURE_GROUPS
    }
    present = {group: names for group, names in groups.items() if names}
    return present if len(present) == 1 else {**present, "all": reference.modelled}


def leave_one_out_sets(reference: Reference) -> dict[str, Any]:
    """Leave each work out and ask ``authorship classify``'s own model and sets about its films.

    Returns
    -------
    dict
        The figures of `authorship.metrics.score`, and ``levels``: for each confidence the ``coverage`` of the
        sets, their mean ``size``, and the shares ``named``, ``undecided``, ``none``, ``right_when_named``.
    """
    reference = leave_together(reference)
    candidates, n = np.asarray(reference.candidates), len(reference.labels)
    probabilities = np.full((n, len(candidates)), np.nan)
    likelihood, typicality = np.full_like(probabilities, np.nan), np.full_like(probabilities, np.nan)
    values = reference.matrix()
    for work in np.unique(reference.works):
        out = reference.works == work
        attributor = Attributor(reference.some(~out))
        for row in np.flatnonzero(out):
            film = values[row : row + 1]
            probabilities[row] = attributor.model.probabilities(film)[0]
            likelihood[row] = attributor.calibration.likelihood_ranks(film)
            typicality[row] = attributor.calibration.typicality_ranks(film)[0]
    truth = np.searchsorted(candidates, reference.labels)
    levels = []
    for confidence in _LEVELS:
        remains = np.stack(
            [
                prediction_set(likelihood[row], typicality[row], probabilities[row], confidence=confidence)
                for row in range(n)
            ]
        )
        levels.append({"confidence": confidence, **_set_figures(remains, truth)})
    return {**score(probabilities, truth, reference.candidates), "levels": levels}


def open_set_figures(
    attributor: Attributor, strangers: Reference, *, confidence: float = DEFAULT_CONFIDENCE
) -> dict[str, Any]:
    """Ask about films of directors who are none of the candidates.

    Returns
    -------
    dict
        ``n_films``, ``n_directors``; ``named_rate``, ``undecided_rate``, ``none_rate``; ``auroc`` of the distance
        to the nearest candidate, the reference's films held out against the strangers', and
        ``auroc_range``, the 10 % and 90 % quantiles over the strangers' directors.
    """
    values = transform(strangers.features[list(attributor.reference.modelled)])
    sizes = np.asarray([len(_remaining(attributor, values[row : row + 1], confidence)) for row in range(len(values))])
    inside = _nearest_held_out(attributor)
    outside = np.asarray([_nearest(attributor, values[row : row + 1]) for row in range(len(values))])
    by_director = [auroc(inside, outside[strangers.labels == name]) for name in strangers.candidates]
    return {
        "n_films": len(values),
        "n_directors": len(strangers.candidates),
        "confidence": confidence,
        "named_rate": float((sizes == 1).mean()),
        "undecided_rate": float((sizes > 1).mean()),
        "none_rate": float((sizes == 0).mean()),
        "auroc": auroc(inside, outside),
        "auroc_range": [float(end) for end in np.quantile(by_director, [0.1, 0.9])],
    }


def markdown_table(result: dict[str, Any]) -> str:
    """Lay the figures of a benchmark out as Markdown."""
    reference = result["reference"]
    lines = [
        f"{reference['name']}: {reference['n_films']} films, one left out at a time (copies of a film leave together).",
        "",
        *(line for note in reference["notes"] for line in (note, "")),
        "| features | classifier | accuracy | 95 % interval | macro-F1 | log loss | Brier | calibration error |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["results"]:
        low, high = row["interval"]
        figures = " | ".join(f"{row[key]:.3f}" for key in ("macro_f1", "log_loss", "brier", "calibration_error"))
        name = f"**{row['classifier']}**" if row["classifier"] == SELECTED else row["classifier"]
        group = f"{row['features']} ({row['n_features']})"
        lines.append(f"| {group} | {name} | {row['accuracy']:.3f} | {low:.2f} to {high:.2f} | {figures} |")
    lines += [
        "",
        *(f"Baseline {name}: {row['accuracy']:.3f}" for name, row in result["baselines"].items() if row),
        "",
        *_permutation_line(result["selected"]["permutation"]),
        _own_model_line(result["sets"]),
        "",
        "| confidence | coverage | mean size | one named | right when named | undecided | none of these |",
        "|---|---|---|---|---|---|---|",
    ]
    for level in result["sets"]["levels"]:
        named = "–" if level["right_when_named"] is None else f"{level['right_when_named']:.3f}"
        shares = " | ".join(f"{level[key]:.3f}" for key in ("undecided", "none"))
        sizes = f"{level['coverage']:.3f} | {level['size']:.2f} | {level['named']:.3f}"
        lines.append(f"| {level['confidence']:.2f} | {sizes} | {named} | {shares} |")
    return "\n".join(lines) + "\n"


def _permutation_line(permutation: dict[str, Any]) -> list[str]:
    if not permutation["n"]:
        return []
    return [
        f"Permutation test ({permutation['classifier']}, {permutation['n']} labellings, five folds): observed "
        f"{permutation['observed']:.3f}, shuffled mean {permutation['mean']:.3f}, largest "
        f"{permutation['largest']:.3f}, p = {permutation['p']:.4f}",
        "",
    ]


def _own_model_line(sets: dict[str, Any]) -> str:
    low, high = sets["interval"]
    return (
        f"The model of `authorship classify`, left out the same way: accuracy {sets['accuracy']:.3f} ({low:.2f} to "
        f"{high:.2f}), log loss {sets['log_loss']:.3f}, calibration error {sets['calibration_error']:.3f}. Its sets:"
    )


def _set_figures(remains: npt.NDArray[np.bool_], truth: npt.NDArray[np.int64]) -> dict[str, Any]:
    covered, size = remains[np.arange(len(truth)), truth], remains.sum(axis=1)
    named = size == 1
    return {
        "coverage": float(covered.mean()),
        "coverage_interval": list(wilson_interval(int(covered.sum()), len(truth))),
        "size": float(size.mean()),
        "named": float(named.mean()),
        "undecided": float((size > 1).mean()),
        "none": float((size == 0).mean()),
        "right_when_named": float(covered[named].mean()) if named.any() else None,
    }


def _permutation(
    reference: Reference, winner: ClassifierKind, n_permutations: int, *, seed: int, jobs: int
) -> dict[str, Any]:
    observed, shuffled = permutation_accuracies(
        Films.of(reference), winner, n_permutations=n_permutations, seed=seed, jobs=jobs
    )
    return {
        "classifier": winner.name,
        "n": n_permutations,
        "observed": observed,
        "mean": float(shuffled.mean()) if n_permutations else None,
        "largest": float(shuffled.max()) if n_permutations else None,
        "p": float((1 + (shuffled >= observed).sum()) / (n_permutations + 1)),
    }


def _baselines(reference: Reference, permutation: dict[str, Any], *, seed: int, jobs: int) -> dict[str, Any]:
    """Give what can be had without any style: the commonest candidate, the year alone, labels dealt at random."""
    films = Films.of(reference)
    majority = np.zeros(len(films.labels))
    for work in np.unique(films.works):
        out = films.works == work
        names, counts = np.unique(films.labels[~out], return_counts=True)
        majority[out] = films.labels[out] == names[counts.argmax()]
    baselines: dict[str, Any] = {"majority": _share(majority), "year": None}
    if not np.isnan(reference.years).any() and np.ptp(reference.years) > 0:
        by_year = Films(reference.years[:, np.newaxis], films.labels, films.works, films.candidates)
        kinds = [CLASSIFIERS["Gaussian naive Bayes"], CLASSIFIERS["nearest neighbours"]]
        predicted = nested_predictions(by_year, kinds, seed=seed, jobs=jobs)[SELECTED].probabilities
        baselines["year"] = _share(predicted.argmax(axis=1) == films.truth)
    baselines["shuffled"] = {"accuracy": permutation["mean"]} if permutation["n"] else None
    return baselines


def _share(right: npt.NDArray[Any]) -> dict[str, Any]:
    return {"accuracy": float(right.mean()), "interval": list(wilson_interval(int(right.sum()), len(right)))}


def _most_common_settings(settings: Sequence[Any]) -> dict[str, Any]:
    counts = Counter(tuple(sorted(choice.items())) for choice in settings)
    return dict(counts.most_common(1)[0][0])


def _remaining(attributor: Attributor, film: Array, confidence: float) -> npt.NDArray[np.int64]:
    remains = prediction_set(
        attributor.calibration.likelihood_ranks(film),
        attributor.calibration.typicality_ranks(film)[0],
        attributor.model.probabilities(film)[0],
        confidence=confidence,
    )
    return np.flatnonzero(remains)


def _nearest(attributor: Attributor, film: Array) -> float:
    """Give the distance of a stranger's film to the nearest candidate, the mean over the folds' estimates."""
    return float(np.mean([typicality.distances(film)[0].min() for typicality in attributor.calibration.typicalities]))


def _nearest_held_out(attributor: Attributor) -> Array:
    """Give the distance of each film of the reference to the nearest candidate, by the fold that lacks it."""
    calibration, values = attributor.calibration, attributor.reference.matrix()
    nearest = np.full(len(values), np.nan)
    for fold, typicality in enumerate(calibration.typicalities):
        out = calibration.cross.folds == fold
        nearest[out] = typicality.distances(values[out]).min(axis=1)
    return nearest
