"""Benchmark of a reference: every classifier, every group of features, and baselines."""

import hashlib
import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from authorship.attribution.verdict import DEFAULT_CONFIDENCE
from authorship.features import CODEBOOK, FEATURE_GROUPS
from authorship.models.conformal import prediction_set
from authorship.models.linear import deal_folds
from authorship.reference.basis import Basis, fit_calibrated, fit_own, groups_of
from authorship.reference.duplicates import near_duplicates
from authorship.reference.table import Reference, transform
from authorship.validation.classifiers import CLASSIFIERS, ClassifierKind
from authorship.validation.leave_one_out import (
    N_BLOCKS,
    SELECTED,
    Films,
    n_items,
    nested_predictions,
    permutation_accuracies,
)
from authorship.validation.metrics import auroc, score
from authorship.validation.paired import compare_groups
from authorship.validation.periods import blocked_by_years, blocked_line, n_blocked_items
from authorship.validation.record import Record
from authorship.versions import software
from authorship.workers import Workers, open_workers
from shotscale.cores import one_matrix_thread
from shotscale.errors import OptionError, TableError
from shotscale.evaluation.scores import effective_number, wilson_interval
from shotscale.progress import Progress

__all__ = [
    "markdown_table",
    "run_benchmark",
]

Array = npt.NDArray[np.float64]

OWN = "authorship classify"
"""The name under which the product's own model stands among the classifiers."""

_LEVELS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
_WORKS_AT_ONCE = 10  # per item of work: a process is worth its start, and progress shows
_PERMUTATION_FOLDS = 5


def run_benchmark(
    reference: Reference,
    *,
    kinds: Sequence[ClassifierKind] | None = None,
    n_permutations: int = 1000,
    seed: int = 0,
    jobs: int = 1,
    facts: Mapping[str, npt.NDArray[np.float64]] | None = None,
    combine: Sequence[str] = (),
    record: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Leave one film out, for the model of ``authorship classify``, every classifier and group of features.

    Parameters
    ----------
    reference : Reference
    kinds : sequence of ClassifierKind, optional
        By default all.
    n_permutations : int
    seed : int
    jobs : int
        Processes.
    facts : mapping of str to float array of shape (n,), optional
        What is no style and should tell directors apart less well, by name; the year is there by itself.
    combine : sequence of str
        Combinations of groups of features to measure, too, ``durations+distributions`` for one; ``all`` for every one.
    record : Path, optional
        A file for the results as they come, from which a run that was killed goes on.
    progress : callable, optional

    Returns
    -------
    dict
        JSON-ready: ``own``, the model of ``authorship classify`` on all features, with ``accuracy``, ``interval``,
        ``macro_f1`` and the rest of `authorship.validation.metrics.score`, ``chosen`` (how often which groups of
        features), ``levels`` (coverage of its sets, for each director too), ``permutation`` and ``blocked_by_years``
        (`authorship.validation.periods`); ``selected``, the
        classifier that won inside the folds on all features; ``results``, a row per classifier and group of features,
        of these two with what they ``named`` each of ``films``; ``comparisons``, the model of ``authorship classify``
        on the groups of features compared (`authorship.validation.paired.compare_groups`);
        ``baselines`` (``majority``, ``year`` and `facts`); ``skipped``, classifiers that need more films
        per candidate; ``near_duplicates``, films of equal figures; ``reference``, ``seed``, ``software``, ``machine``.

    Raises
    ------
    TableError
        If no classifier can be fitted to so few films.
    OptionError
        If a combination names a group that the reference does not have.
    """
    kinds, skipped = _that_fit(reference, tuple(CLASSIFIERS.values()) if kinds is None else tuple(kinds))
    groups = feature_groups(reference, combine=combine)
    baselines = {"year": reference.years, **(facts or {})}
    n_own = -(-len(np.unique(reference.works)) // _WORKS_AT_ONCE)
    n_blocked = n_blocked_items(reference)
    total = len(groups) * (N_BLOCKS + n_own) + n_items(n_permutations) + n_blocked + len(baselines) * N_BLOCKS
    kept = Record(record, _about(reference, kinds, groups, n_permutations, seed))
    results: list[dict[str, Any]] = []
    with open_workers(jobs, progress=progress, total=total) as workers:
        keep = partial(kept.keep, workers=workers)
        for group, features in groups.items():
            one = partial(leave_one_out, reference.only(features), workers=workers)
            results.append({"features": group, **keep(f"{OWN} on {group}", one, n_items=n_own)})
            films = Films.of(reference, features)
            others = partial(_of_classifiers, films, group, kinds, seed=seed, workers=workers)
            results += keep(f"classifiers on {group}", others, n_items=N_BLOCKS)
        own, selected = (
            next(row for row in reversed(results) if row["classifier"] == name) for name in (OWN, SELECTED)
        )
        shuffled = partial(_permutation, reference, n_permutations, seed=seed, workers=workers)
        apart = partial(blocked_by_years, reference, seed=seed, workers=workers)
        own = {
            **own,
            "permutation": keep("permutation", shuffled, n_items=n_items(n_permutations)),
            "blocked_by_years": keep("years apart", apart, n_items=n_blocked),
        }
        alone = partial(_baselines, reference, baselines, seed=seed, workers=workers)
        told = keep("baselines", alone, n_items=len(baselines) * N_BLOCKS)
    names, alike = reference.features.index, near_duplicates(reference.matrix())
    right = {
        row["features"]: np.asarray(row["named"]) == reference.labels for row in results if row["classifier"] == OWN
    }
    return {
        "format": "authorship-benchmark",
        "format_version": 2,
        "own": own,
        "selected": selected,
        "results": results,
        "films": list(map(str, names)),
        "comparisons": compare_groups(right, groups, reference.works),
        "baselines": told,
        "skipped": skipped,
        "near_duplicates": [[str(names[row]) for row in pair] for pair in alike],
        "reference": {
            "name": reference.name,
            "label": reference.label_name,
            "candidates": {name: reference.count(name) for name in reference.candidates},
            "n_films": len(reference.labels),
            "notes": list(reference.notes),
            "checksum": reference.checksum,
        },
        "seed": seed,
        "software": software(),
        "machine": {"system": f"{platform.system()} {platform.machine()}", "processors": os.cpu_count()},
    }


def _about(
    reference: Reference,
    kinds: Sequence[ClassifierKind],
    groups: Mapping[str, Sequence[str]],
    n_permutations: int,
    seed: int,
) -> dict[str, Any]:
    """Return what the results depend on."""
    films = hashlib.sha256(reference.matrix().tobytes())
    films.update("\0".join([*reference.labels, *reference.works]).encode())
    return {
        "format": "authorship-benchmark-record",
        "films": films.hexdigest(),
        "groups": {name: list(features) for name, features in groups.items()},
        "classifiers": [kind.name for kind in kinds],
        "permutations": n_permutations,
        "seed": seed,
        "software": software(),
    }


def _that_fit(reference: Reference, kinds: Sequence[ClassifierKind]) -> tuple[list[ClassifierKind], list[str]]:
    """Return the classifiers that the smallest candidate has enough films for, and the names of the others."""
    fewest = min(len(np.unique(reference.works[reference.labels == name])) for name in reference.candidates)
    skipped = [kind.name for kind in kinds if kind.fewest_films > fewest]
    if len(skipped) == len(kinds):
        raise TableError(f"{reference.name}: a candidate has {fewest} films; too few for {skipped[0]}; add films")
    return [kind for kind in kinds if kind.fewest_films <= fewest], skipped


def _of_classifiers(
    films: Films, group: str, kinds: Sequence[ClassifierKind], *, seed: int, workers: Workers
) -> list[dict[str, Any]]:
    rows = []
    for name, predicted in nested_predictions(films, kinds, seed=seed, workers=workers).items():
        figures = score(predicted.probabilities, films.truth, films.candidates.tolist())
        row = {"classifier": name, "features": group, "n_features": films.values.shape[1], **figures}
        if name == SELECTED:
            row["named"] = films.candidates[predicted.probabilities.argmax(axis=1)].tolist()
            row["chosen"] = dict(Counter(classifier for classifier, _ in predicted.choices).most_common())
        else:
            row["settings"] = _most_common_settings([settings for _, settings in predicted.choices])
        rows.append(row)
    return rows


def feature_groups(reference: Reference, *, combine: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Return the modelled features by group of the codebook, combinations, the groups of scale together, and all, last.

    Of codings the groups of scale stand there without and with what codings alone have.
    """
    groups: dict[str, tuple[str, ...]] = {
        group: tuple(name for name in reference.modelled if CODEBOOK[name].group == group) for group in FEATURE_GROUPS
    }
    present = {group: names for group, names in groups.items() if names}
    scale = tuple(name for name in reference.modelled if CODEBOOK[name].group != "durations")
    ordered = tuple(name for name in scale if not CODEBOOK[name].coded_only)
    wider = {"scale": ordered, "scale, FS, IS": scale, "all": reference.modelled}
    for parts in _combinations(combine, list(present)):
        inside = [name for part in parts for name in present[part]]
        features = tuple(name for name in reference.modelled if name in inside)
        if features not in wider.values():
            present[" + ".join(parts)] = features
    for name, features in wider.items():
        if features and features not in present.values():
            present[name] = features
    return present


def _combinations(asked: Sequence[str], groups: Sequence[str]) -> list[tuple[str, ...]]:
    """Read combinations of groups, each in the groups' order; ``all`` is every one of two groups or more."""
    found: list[tuple[str, ...]] = []
    for text in asked:
        if text.strip() == "all":
            found += [parts for size in range(2, len(groups)) for parts in combinations(groups, size)]
            continue
        names = [name.strip() for name in text.split("+")]
        unknown = next((name for name in names if name not in groups), None)
        if unknown is not None or len(set(names)) < 2:
            raise OptionError(
                f"--combine {text}: needs two groups of features or more with + between them, of "
                f"{', '.join(groups)}; or all"
            )
        found.append(tuple(group for group in groups if group in names))
    return list(dict.fromkeys(found))


def leave_one_out(reference: Reference, *, workers: Workers | None = None) -> dict[str, Any]:
    """Leave each work out and ask ``authorship classify``'s own model and sets about its films.

    Returns
    -------
    dict
        The figures of `authorship.validation.metrics.score`; ``chosen``, how often which groups of features; and
        ``levels``: for each confidence the ``coverage`` of the sets, also ``by_candidate``, their mean ``size``, and
        the shares
        ``named``, ``undecided``, ``none``, ``right_when_named``.
    """
    works = np.unique(reference.works)
    parts = np.array_split(works, -(-len(works) // _WORKS_AT_ONCE))
    with open_workers(1) as here:
        found = (workers or here).map(_leave_out, [(reference, part) for part in parts])
    answers = {row: answer for part in found for row, answer in part.items()}
    ordered = [answers[row] for row in range(len(reference.labels))]
    probabilities, likelihood, typicality = (np.stack([one[k] for one in ordered]) for k in range(3))
    truth = np.searchsorted(np.asarray(reference.candidates), reference.labels)
    return {
        "classifier": OWN,
        "n_features": len(reference.modelled),
        **score(probabilities, truth, reference.candidates),
        "named": [reference.candidates[code] for code in probabilities.argmax(axis=1)],
        "chosen": dict(Counter(", ".join(one[3]) for one in ordered).most_common()),
        "levels": set_levels(probabilities, likelihood, typicality, truth, reference.candidates),
    }


def set_levels(
    probabilities: Array,
    likelihood: Array,
    typicality: Array,
    truth: npt.NDArray[np.int64],
    candidates: Sequence[str],
    *,
    works: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Return the figures of prediction sets at each confidence, from held-out p-values of shape (n, k).

    Of `works`, each row's film, an interval counts films and not rows.
    """
    clusters = None if works is None else np.unique(works, return_inverse=True)[1]
    levels = []
    for confidence in _LEVELS:
        remains = np.stack(
            [
                prediction_set(likelihood[row], typicality[row], probabilities[row], confidence=confidence)
                for row in range(len(truth))
            ]
        )
        covered = remains[np.arange(len(truth)), truth]
        by_candidate = {name: float(covered[truth == code].mean()) for code, name in enumerate(candidates)}
        levels.append(
            {"confidence": confidence, **_set_figures(remains, truth, clusters), "by_candidate": by_candidate}
        )
    return levels


@one_matrix_thread()
def _leave_out(reference: Reference, works: npt.NDArray[np.str_]) -> dict[int, tuple[Array, Array, Array, list[str]]]:
    """Return probabilities, both p-values and the chosen groups for each film of some works, by a basis without it."""
    values, answers = reference.matrix(), {}
    for work in works:
        out = reference.works == work
        _, features, model, calibration = fit_calibrated(reference.some(~out))
        columns = [reference.modelled.index(name) for name in features]
        groups = list(groups_of(features))
        for row in np.flatnonzero(out):
            film = values[row : row + 1, columns]
            p, typical = model.probabilities(film)[0], calibration.typicality_ranks(film)[0]
            answers[int(row)] = (p, calibration.likelihood_ranks(p), typical, groups)
    return answers


def open_set_figures(basis: Basis, strangers: Reference, *, confidence: float = DEFAULT_CONFIDENCE) -> dict[str, Any]:
    """Ask about films of directors who are none of the candidates.

    Returns
    -------
    dict
        ``n_films``, ``n_directors``; ``named_rate``, ``undecided_rate``, ``none_rate``; ``auroc`` of the distance
        to the nearest candidate, the reference's films held out against the strangers', and
        ``auroc_range``, the 10 % and 90 % quantiles over the strangers' directors.
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
        name = f"**{row['classifier']}**" if row["classifier"] in (SELECTED, OWN) else row["classifier"]
        group = f"{row['features']} ({row['n_features']})"
        lines.append(f"| {group} | {name} | {row['accuracy']:.3f} | {low:.2f} to {high:.2f} | {figures} |")
    lines += [
        "",
        *(f"Baseline {name}: {row['accuracy']:.3f}" for name, row in result["baselines"].items() if row),
        "",
        *_permutation_line(result["own"]["permutation"]),
        *blocked_line(result["own"]),
        *_comparison_lines(result["comparisons"]),
        *_confusion_lines(result["own"]),
        *set_lines(result["own"]["levels"]),
    ]
    return "\n".join(lines) + "\n"


def set_lines(levels: Sequence[dict[str, Any]]) -> list[str]:
    """Lay out what the sets of ``authorship classify`` hold, over all films and for each director."""
    names = list(levels[0]["by_candidate"])
    lines = [
        "The sets of `authorship classify`, the same way:",
        "",
        "| confidence | coverage | mean size | one named | right when named | undecided | none of these |",
        "|---|---|---|---|---|---|---|",
    ]
    for level in levels:
        named = "–" if level["right_when_named"] is None else f"{level['right_when_named']:.3f}"
        shares = " | ".join(f"{level[key]:.3f}" for key in ("undecided", "none"))
        sizes = f"{level['coverage']:.3f} | {level['size']:.2f} | {level['named']:.3f}"
        lines.append(f"| {level['confidence']:.2f} | {sizes} | {named} | {shares} |")
    lines += ["", f"| coverage at | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for level in levels:
        held = " | ".join(f"{level['by_candidate'][name]:.2f}" for name in names)
        lines.append(f"| {level['confidence']:.2f} | {held} |")
    return lines


def _confusion_lines(figures: dict[str, Any]) -> list[str]:
    names = figures["classes"]
    lines = [f"| {OWN}: true, named | {' | '.join(names)} | recall |", "|---" * (len(names) + 2) + "|"]
    for name, row in zip(names, figures["confusion"], strict=True):
        lines.append(f"| {name} | {' | '.join(map(str, row))} | {figures['per_class'][name]['recall']:.2f} |")
    return [*lines, ""]


def _comparison_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    lines = [
        f"Groups of features compared ({OWN}, the same films, McNemar's exact test, p after Holm for all of these):",
        "",
        "| features | against | difference | 95 % interval | only the first tells | only the second | p | Holm |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        low, high = row["interval"]
        lines.append(
            f"| {row['features']} | {row['against']} | {row['difference']:+.3f} | {low:+.2f} to {high:+.2f} | "
            f"{row['gained']} | {row['lost']} | {row['p']:.3f} | {row['p_holm']:.3f} |"
        )
    return [*lines, ""]


def _permutation_line(permutation: dict[str, Any]) -> list[str]:
    if not permutation["n"]:
        return []
    return [
        f"Permutation test ({OWN}, {permutation['n']} labellings, five folds): observed "
        f"{permutation['observed']:.3f}, shuffled mean {permutation['mean']:.3f}, largest "
        f"{permutation['largest']:.3f}, p = {permutation['p']:.4f}",
        "",
    ]


def _set_figures(
    remains: npt.NDArray[np.bool_], truth: npt.NDArray[np.int64], clusters: npt.NDArray[np.intp] | None
) -> dict[str, Any]:
    covered, size = remains[np.arange(len(truth)), truth], remains.sum(axis=1)
    named = size == 1
    n = len(truth) if clusters is None else effective_number(covered, clusters)
    return {
        "coverage": float(covered.mean()),
        "coverage_interval": list(wilson_interval(float(covered.mean()) * n, n)),
        "size": float(size.mean()),
        "named": float(named.mean()),
        "undecided": float((size > 1).mean()),
        "none": float((size == 0).mean()),
        "right_when_named": float(covered[named].mean()) if named.any() else None,
    }


def own_accuracy(films: Films, seed: int, *, features: tuple[str, ...]) -> float:
    """Return the five-fold accuracy of ``authorship classify``'s model, chosen on the films of the other folds."""
    folds = deal_folds(films.labels, films.works, seed=seed, n_folds=_PERMUTATION_FOLDS)
    right = 0
    for fold in np.unique(folds):
        out = folds == fold
        inside = films.some(~out)
        model, columns = fit_own(inside.values, inside.labels, inside.works, features)
        named = np.asarray(model.candidates)[model.scores(films.values[out][:, columns]).argmax(axis=1)]
        right += int((named == films.labels[out]).sum())
    return right / len(films.labels)


def _permutation(reference: Reference, n_permutations: int, *, seed: int, workers: Workers) -> dict[str, Any]:
    observed, shuffled = permutation_accuracies(
        Films.of(reference),
        partial(own_accuracy, features=reference.modelled),
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


def _baselines(
    reference: Reference,
    facts: Mapping[str, npt.NDArray[np.float64]],
    *,
    seed: int,
    workers: Workers,
) -> dict[str, Any]:
    """Return what can be had without any style: the commonest candidate, and each fact alone."""
    films = Films.of(reference)
    majority = np.zeros(len(films.labels))
    for work in np.unique(films.works):
        out = films.works == work
        names, counts = np.unique(films.labels[~out], return_counts=True)
        majority[out] = films.labels[out] == names[counts.argmax()]
    baselines: dict[str, Any] = {"majority": _share(majority)}
    for name, values in facts.items():
        baselines[name] = None
        if not np.isnan(values).any() and np.ptp(values) > 0:
            alone = Films(values[:, np.newaxis], films.labels, films.works, films.candidates)
            kinds = [CLASSIFIERS["Gaussian naive Bayes"], CLASSIFIERS["nearest neighbours"]]
            predicted = nested_predictions(alone, kinds, seed=seed, workers=workers)[SELECTED].probabilities
            baselines[name] = _share(predicted.argmax(axis=1) == films.truth)
    return baselines


def _share(right: npt.NDArray[Any]) -> dict[str, Any]:
    return {"accuracy": float(right.mean()), "interval": list(wilson_interval(int(right.sum()), len(right)))}


def _most_common_settings(settings: Sequence[Any]) -> dict[str, Any]:
    counts = Counter(tuple(sorted(choice.items())) for choice in settings)
    return dict(counts.most_common(1)[0][0])
