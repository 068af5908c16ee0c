"""Benchmark of a reference: every classifier, every feature group, and baselines."""

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

from authorship.features import CODEBOOK, FEATURE_GROUPS
from authorship.reference.comparable import scales_coded
from authorship.reference.duplicates import near_duplicates
from authorship.reference.table import Reference
from authorship.validation.candidate_sets import OWN, WORKS_AT_ONCE, leave_one_out
from authorship.validation.classifiers import CLASSIFIERS, ClassifierKind
from authorship.validation.leave_one_out import (
    N_BLOCKS,
    SELECTED,
    Films,
    nested_predictions,
)
from authorship.validation.metrics import score, share_interval
from authorship.validation.paired import compare_groups
from authorship.validation.periods import blocked_by_years, n_blocked_items
from authorship.validation.permutation import n_items, permutation_test
from authorship.validation.record import Record
from authorship.versions import software
from authorship.workers import Workers, open_workers
from shotscale.errors import OptionError, TableError
from shotscale.numerals import counted
from shotscale.progress import Progress

__all__ = ["run_benchmark"]


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
    """Run leave-one-film-out on the ``authorship classify`` model and on every classifier and feature group.

    Parameters
    ----------
    reference : Reference
    kinds : sequence of ClassifierKind, optional
        By default all.
    n_permutations : int
    seed : int
    jobs : int
        Number of processes.
    facts : mapping of str to float array of shape (n,), optional
        Non-stylistic values, by name, expected to tell directors apart less well; the year is always included.
    combine : sequence of str
        Combinations of feature groups to test as well, such as ``durations+distributions``; ``all`` for every one.
    record : Path, optional
        File to which results are written as they are computed; a killed run resumes from it.
    progress : callable, optional

    Returns
    -------
    dict
        JSON-ready: ``own``, the ``authorship classify`` model on all features, with ``accuracy``, ``interval``,
        ``macro_f1`` and the rest of `authorship.validation.metrics.score`, ``chosen`` (how often each selection of
        feature groups was chosen), ``levels`` (coverage of its sets, overall and per director), ``permutation`` and
        ``blocked_by_years`` (`authorship.validation.periods`); ``selected``, the classifier that won inside the folds,
        on all features; ``results``, one row per classifier and feature group (for these two, ``named`` holds the
        candidate named for each of ``films``); ``comparisons``, the ``authorship classify`` model compared between
        feature groups (`authorship.validation.paired.compare_groups`); ``baselines`` (``majority``, ``year`` and
        `facts`); ``skipped``, classifiers that need more films per candidate; ``near_duplicates``, pairs of films with
        equal figures; ``reference``, ``seed``, ``software``, ``machine``.

    Raises
    ------
    TableError
        If no classifier can be fitted to so few films.
    OptionError
        If a combination names fewer than two groups, or one that the reference does not have.
    """
    kinds, skipped = _that_fit(reference, tuple(CLASSIFIERS.values()) if kinds is None else tuple(kinds))
    groups = feature_groups(reference, combine=combine)
    baselines = {"year": reference.years, **(facts or {})}
    n_own = -(-len(np.unique(reference.works)) // WORKS_AT_ONCE)
    n_blocked = n_blocked_items(reference)
    total = len(groups) * (N_BLOCKS + n_own) + n_items(n_permutations) + n_blocked + len(baselines) * N_BLOCKS
    kept = Record(record, _about(reference, baselines, kinds, groups, n_permutations, seed))
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
        shuffled = partial(permutation_test, reference, n_permutations, seed=seed, workers=workers)
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
            "notes": [*reference.notes, *_of_years(reference), *_of_codings(reference)],
            "checksum": reference.checksum,
        },
        "seed": seed,
        "software": software(),
        "machine": {"system": f"{platform.system()} {platform.machine()}", "processors": os.cpu_count()},
    }


def _of_years(reference: Reference) -> list[str]:
    """Return a note of the figures that are missing if a year is unknown."""
    n = int(np.isnan(reference.years).sum())
    told = (
        f"The year of {counted(n, 'film')} is unknown: not measured are the baseline by year and the accuracy without "
        "the director's films near in time."
    )
    return [told] if n else []


def _of_codings(reference: Reference) -> list[str]:
    """Return a note that the figures are of codings, if people coded the films' scales."""
    told = (
        "These figures are of codings, answered by codings. `authorship classify` answers a film as the network "
        "measures it, and a list of cut times, by other models, which are not tested here."
    )
    return [told] if scales_coded(reference) else []


def _about(  # noqa: PLR0917 - one caller
    reference: Reference,
    facts: Mapping[str, npt.NDArray[np.float64]],
    kinds: Sequence[ClassifierKind],
    groups: Mapping[str, Sequence[str]],
    n_permutations: int,
    seed: int,
) -> dict[str, Any]:
    """Return everything that the results depend on."""
    films = hashlib.sha256(reference.matrix().tobytes())
    films.update("\0".join([*reference.labels, *reference.works, *facts]).encode())
    for values in facts.values():
        films.update(np.asarray(values, np.float64).tobytes())
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
        figures = score(predicted.probabilities, films.truth, films.candidates.tolist(), works=films.works)
        row = {"classifier": name, "features": group, "n_features": films.values.shape[1], **figures}
        if name == SELECTED:
            row["named"] = films.candidates[predicted.probabilities.argmax(axis=1)].tolist()
            row["chosen"] = dict(Counter(classifier for classifier, _ in predicted.choices).most_common())
        else:
            settings = Counter(tuple(sorted(settings.items())) for _, settings in predicted.choices)
            row["settings"] = dict(settings.most_common(1)[0][0])
        rows.append(row)
    return rows


def feature_groups(reference: Reference, *, combine: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Return the modeled features by codebook group, by combination, for all scale groups together, and all.

    The set of all features comes last, under whichever name. Features that only codings have are left out of ``scale``
    and included in ``scale, FS, IS``.
    """
    groups: dict[str, tuple[str, ...]] = {
        group: tuple(name for name in reference.modeled if CODEBOOK[name].group == group) for group in FEATURE_GROUPS
    }
    present = {group: names for group, names in groups.items() if names}
    scale = tuple(name for name in reference.modeled if CODEBOOK[name].group != "durations")
    ordered = tuple(name for name in scale if not CODEBOOK[name].coded_only)
    wider = {"scale": ordered, "scale, FS, IS": scale, "all": reference.modeled}
    for parts in _combinations(combine, list(present)):
        inside = [name for part in parts for name in present[part]]
        features = tuple(name for name in reference.modeled if name in inside)
        if features not in wider.values():
            present[" + ".join(parts)] = features
    for name, features in wider.items():
        if features and features not in present.values():
            present[name] = features
    return dict(sorted(present.items(), key=lambda group: group[1] == reference.modeled))


def _combinations(asked: Sequence[str], groups: Sequence[str]) -> list[tuple[str, ...]]:
    """Parse combinations, each in the order of `groups`; ``all`` is every one of two or more, except all of them."""
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


def _baselines(
    reference: Reference,
    facts: Mapping[str, npt.NDArray[np.float64]],
    *,
    seed: int,
    workers: Workers,
) -> dict[str, Any]:
    """Return the accuracy reached without style: by always naming the commonest candidate, and by each fact alone."""
    films = Films.of(reference)
    names, counts = np.unique(films.labels, return_counts=True)
    baselines: dict[str, Any] = {"majority": _share(films.labels == names[counts.argmax()], films)}
    for name, values in facts.items():
        baselines[name] = None
        if not np.isnan(values).any() and np.ptp(values) > 0:
            alone = Films(values[:, np.newaxis], films.labels, films.works, films.candidates)
            kinds = [CLASSIFIERS["Gaussian naive Bayes"], CLASSIFIERS["nearest neighbors"]]
            predicted = nested_predictions(alone, kinds, seed=seed, workers=workers)[SELECTED].probabilities
            baselines[name] = _share(predicted.argmax(axis=1) == films.truth, films)
    return baselines


def _share(right: npt.NDArray[np.bool_], films: Films) -> dict[str, Any]:
    return {"accuracy": float(right.mean()), "interval": share_interval(right, films.works)}
