"""No information about a held-out film reaches its prediction; the statistics match the textbook."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from authorship.cli.benchmark_text import benchmark_text
from authorship.reference.basis import builtin_bases, fit_calibrated
from authorship.reference.duplicates import near_duplicates
from authorship.reference.table import builtin_reference, make_reference
from authorship.validation.benchmark import feature_groups, run_benchmark
from authorship.validation.candidate_sets import OWN, leave_one_out
from authorship.validation.classifiers import CLASSIFIERS, get_classifiers, make_classifier
from authorship.validation.leave_one_out import (
    SELECTED,
    Films,
    classifier_accuracy,
    nested_predictions,
    temper,
)
from authorship.validation.metrics import auroc, c_at_1, score
from authorship.validation.periods import blocked_by_years
from authorship.validation.permutation import permutation_accuracies
from authorship.validation.text import markdown_table
from shotscale.errors import OptionError, TableError
from shotscale.evaluation.scores import wilson_interval

NEIGHBOR = CLASSIFIERS["nearest neighbors"]
DISCRIMINANT = CLASSIFIERS["linear discriminant"]


def made(values: np.ndarray, labels: np.ndarray, works: np.ndarray | None = None) -> Films:
    works = np.arange(len(labels)).astype(str) if works is None else works
    return Films(values, labels, works, np.unique(labels))


def accuracy(films: Films, name: str = SELECTED, kinds: tuple = (NEIGHBOR,)) -> float:
    predicted = nested_predictions(films, kinds, seed=0)[name]
    return float((predicted.probabilities.argmax(axis=1) == films.truth).mean())


def test_a_planted_leak_is_caught() -> None:
    """Two submissions of a film leak its label unless they are known to be one work."""
    generator = np.random.default_rng(0)
    labels = np.repeat(np.repeat(["a", "b", "c"], 6), 2)
    noise = np.repeat(generator.normal(size=(18, 4)), 2, axis=0) + 0.001 * generator.normal(size=(36, 4))
    works = np.repeat(np.arange(18), 2).astype(str)
    nearest = (replace(NEIGHBOR, settings=({"n_neighbors": 1},)),)
    leaking = accuracy(made(noise, labels), kinds=nearest)
    kept_apart = accuracy(made(noise, labels, works), kinds=nearest)
    assert leaking > 0.85
    assert kept_apart < 0.55


def test_tuning_and_selecting_on_noise_gains_nothing() -> None:
    """If settings or classifiers were chosen outside the fold, many noisy features would look predictive."""
    generator = np.random.default_rng(1)
    labels = np.repeat(["a", "b"], 12)
    films = made(generator.normal(size=(24, 60)), labels)
    kinds = (CLASSIFIERS["Burrows' Delta"], CLASSIFIERS["shrunken centroids"])
    assert accuracy(films, kinds=kinds) < 0.7


def test_the_film_left_out_does_not_touch_its_own_prediction() -> None:
    generator = np.random.default_rng(2)
    labels = np.repeat(["a", "b", "c"], 5)
    values = generator.normal(size=(15, 3)) + np.repeat(np.arange(3), 5)[:, np.newaxis]
    films = made(values, labels)
    swapped = labels.copy()
    swapped[4] = "c"
    before = nested_predictions(films, (DISCRIMINANT,), seed=0)["linear discriminant"].probabilities[4]
    after = nested_predictions(made(values, swapped), (DISCRIMINANT,), seed=0)["linear discriminant"].probabilities[4]
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("name", list(CLASSIFIERS))
def test_every_classifier_learns_and_is_repeatable(name: str) -> None:
    generator = np.random.default_rng(3)
    codes = np.repeat([0, 1, 2], 12)
    X = generator.normal(size=(36, 3)) + 4.0 * np.eye(3)[codes]
    X[0, 0] = np.nan
    kind = CLASSIFIERS[name]
    first, second = (make_classifier(kind, kind.settings[0], seed=7).fit(X, codes) for _ in range(2))
    assert (first.predict(X) == codes).mean() > 0.9
    np.testing.assert_array_equal(first.predict(X), second.predict(X))


@pytest.mark.parametrize(
    ("name", "sizes", "seed"),  # such that a block takes two of the smallest candidate's films
    [
        ("quadratic discriminant", (4, 30, 30), 0),
        ("Burrows' Delta", (3, 12), 3),
        ("boosted trees", (12, 12, 3), 3),
    ],
)
def test_a_small_candidate_may_be_missing_from_a_fold(name: str, sizes: tuple[int, ...], seed: int) -> None:
    labels = np.repeat(["a", "b", "c"][: len(sizes)], sizes)
    values = np.random.default_rng(seed).normal(size=(len(labels), 3))
    predicted = nested_predictions(made(values, labels), (CLASSIFIERS[name],), seed=seed)[name].probabilities
    np.testing.assert_allclose(predicted.sum(axis=1), 1)


def test_tempering_keeps_the_order() -> None:
    p = np.array([[0.7, 0.2, 0.1]])
    for temperature in (0.3, 1.0, 4.0):
        tempered = temper(p, temperature)
        assert tempered.sum() == pytest.approx(1)
        assert (np.argsort(tempered) == np.argsort(p)).all()
    assert temper(p, 0.3).max() > temper(p, 4.0).max()


def test_the_permutation_test_knows_style_from_noise() -> None:
    generator = np.random.default_rng(4)
    labels = np.repeat(["a", "b", "c"], 10)
    values = generator.normal(size=(30, 2))
    by_discriminant = partial(classifier_accuracy, name="linear discriminant")
    _, shuffled = permutation_accuracies(made(values, labels), by_discriminant, n_permutations=12, seed=0)
    assert 0.2 < shuffled.mean() < 0.48
    told = values + 3.0 * np.repeat(np.arange(3), 10)[:, np.newaxis]
    observed, shuffled = permutation_accuracies(made(told, labels), by_discriminant, n_permutations=12, seed=0)
    assert observed > shuffled.max()


def test_figures_against_scikit_learn() -> None:
    from sklearn.metrics import f1_score, roc_auc_score
    from sklearn.metrics import log_loss as sk_log_loss

    generator = np.random.default_rng(5)
    truth = generator.integers(0, 3, 60)
    p = generator.dirichlet(np.ones(3), 60)
    figures = score(p, truth, ["a", "b", "c"])
    assert figures["macro_f1"] == pytest.approx(f1_score(truth, p.argmax(axis=1), average="macro"))
    assert figures["log_loss"] == pytest.approx(sk_log_loss(truth, p))
    assert figures["brier"] == pytest.approx(((p - np.eye(3)[truth]) ** 2).sum(axis=1).mean())
    assert np.trace(figures["confusion"]) == round(figures["accuracy"] * 60)
    assert sum(row["n"] for row in figures["reliability"]) == 60
    inside, outside = generator.normal(size=30), generator.normal(1, 1, size=40)
    theirs = roc_auc_score([0] * 30 + [1] * 40, np.concatenate([inside, outside]))
    assert auroc(inside, outside) == pytest.approx(theirs)


def test_published_intervals() -> None:
    assert [round(end, 2) for end in wilson_interval(64, 94)] == [0.58, 0.77]  # the published QDA accuracy, .681
    assert wilson_interval(0, 10)[0] == 0
    assert wilson_interval(10, 10)[1] == pytest.approx(1)
    assert c_at_1(10, 0, 10) == 1
    assert c_at_1(0, 10, 10) == 0


def small_reference() -> pd.DataFrame:
    """Return features of two groups: lengths tell the candidates apart, the scale share does not."""
    generator = np.random.default_rng(6)
    labels = np.repeat(["A", "B", "C"], 5)
    asl = np.exp(np.repeat([1.0, 2.0, 3.0], 5) + 0.15 * generator.normal(size=15))
    return pd.DataFrame(
        {
            "film_id": [f"f{i}" for i in range(15)],
            "director": labels,
            "year": 1950 + np.arange(15),
            "average_shot_length": asl,
            "lognormal_sigma": generator.normal(1, 0.1, 15),
            "share_close": generator.uniform(0.2, 0.4, 15),
        }
    )


@pytest.fixture(scope="module")
def benchmark() -> dict[str, Any]:
    """Run the benchmark of the small reference once."""
    kinds = [DISCRIMINANT, CLASSIFIERS["Burrows' Delta"]]
    return run_benchmark(make_reference(small_reference(), name="small"), kinds=kinds, n_permutations=20, seed=0)


def test_the_benchmark_says_what_was_promised(benchmark: dict[str, Any]) -> None:
    reference, result = make_reference(small_reference(), name="small"), benchmark
    assert list(feature_groups(reference)) == ["durations", "distributions", "all"]
    rows = {(row["features"], row["classifier"]): row for row in result["results"]}
    assert len(rows) == 3 * 4
    assert rows["durations", "linear discriminant"]["accuracy"] > 0.9
    assert rows["distributions", "linear discriminant"]["accuracy"] < 0.7
    selected = result["selected"]
    assert selected["features"] == "all"
    assert {"accuracy", "interval", "macro_f1", "chosen"} <= set(selected)
    assert result["own"]["permutation"]["p"] == pytest.approx(1 / 21)
    assert rows["durations", OWN]["accuracy"] > 0.9
    assert rows["distributions", OWN]["accuracy"] < 0.7
    baselines = result["baselines"]
    assert baselines["majority"]["accuracy"] == pytest.approx(1 / 3)
    assert baselines["year"]["accuracy"] > 0.8  # the years are confounded with the directors
    assert "shuffled" not in baselines  # five folds, not leave-one-film-out: see the permutation test
    assert result["reference"]["notes"] == []  # nothing was coded
    table = markdown_table(result)
    assert "**selected**" in table
    assert f"**{OWN}**" in table
    assert "Permutation test" in table


def test_all_features_are_the_last_group_under_whichever_name() -> None:
    names = small_reference()[["film_id", "director"]]
    figures = np.random.default_rng(8).normal(size=(2, len(names)))
    codings = make_reference(names.assign(share_logratio_cu=figures[0], share_log_fs=figures[1]), name="one group")
    groups = feature_groups(codings)
    assert list(groups) == ["scale", "distributions"]
    assert groups["distributions"] == codings.modeled


def test_copies_of_a_film_narrow_no_interval() -> None:
    once = small_reference().assign(year=1900 + 10 * np.arange(15))
    twice = pd.concat([once, once.assign(film_id=once["film_id"] + " again")], ignore_index=True)
    reference = make_reference(twice.assign(work=[*once["film_id"], *once["film_id"]]), name="twice")
    own, blocked = leave_one_out(reference), blocked_by_years(reference)
    assert blocked is not None
    assert own["interval"] == pytest.approx(wilson_interval(15 * own["accuracy"], 15))
    assert blocked["interval"] == pytest.approx(wilson_interval(15 * blocked["accuracy"], 15))
    for level in own["levels"]:
        assert level["coverage_interval"] == pytest.approx(wilson_interval(15 * level["coverage"], 15))


def test_what_the_benchmark_says_can_be_drawn_and_written(benchmark: dict[str, Any], tmp_path: Path) -> None:
    from authorship.figures.benchmark import save_benchmark_figures

    assert len(save_benchmark_figures(benchmark, tmp_path)) == 6
    table = markdown_table(benchmark)
    assert table.startswith("small: 15 films, one left out at a time")
    assert "The sets of `authorship classify`, the same way:" in table
    assert "| coverage at | A | B | C |" in table


def test_near_duplicates_are_named_and_leave_together() -> None:
    reference = builtin_reference()
    names = reference.features.index
    pairs = [{str(names[row]) for row in pair} for pair in near_duplicates(reference.matrix())]
    together = {"Martin Scorsese - Gangs of New York (2002)", "Martin Scorsese - The Aviator (2004)"}
    assert together in pairs
    works = dict(zip(names, reference.works, strict=True))
    assert len({works[name] for name in together}) == 1
    assert len(set(works.values())) == len(names) - len(pairs)


def test_a_planted_double_is_found_and_never_predicts_itself() -> None:
    """Noise, with every film twice under one label and a figure missing: nothing can be learned, and nothing is."""
    generator = np.random.default_rng(7)
    once = pd.DataFrame(generator.uniform(5, 9, (18, 3)), columns=["average_shot_length", "cutting_rate", "max_shot"])
    once = once.rename(columns={"max_shot": "lognormal_sigma"}).assign(director=np.repeat(["a", "b", "c"], 6))
    once["share_close"] = generator.uniform(0.1, 0.5, 18)
    once.loc[3, "share_close"] = np.nan
    table = pd.concat([once, once.assign(average_shot_length=once["average_shot_length"] * 1.001)], ignore_index=True)
    reference = make_reference(table.assign(film_id=[f"f{i}" for i in range(36)]), name="doubles")
    assert len(set(reference.works)) == 18
    nearest = (replace(NEIGHBOR, settings=({"n_neighbors": 1},)),)
    torn = replace(reference, works=reference.features.index.to_numpy(str))
    assert accuracy(Films.of(torn), kinds=nearest) > 0.85
    assert accuracy(Films.of(reference), kinds=nearest) < 0.6
    unlikely, apart = (fit_calibrated(one)[3].unlikeliness.mean() for one in (reference, torn))
    assert unlikely > apart
    alone = make_reference(table[["lognormal_sigma", "director"]].assign(film_id=range(36)), name="one figure")
    assert len(set(alone.works)) == 36


def test_rows_of_one_title_and_year_are_one_film() -> None:
    table = small_reference().assign(title="Persona", year=1966)
    table.loc[0, "title"] = "PERSONA!"
    with pytest.raises(TableError, match="A has 1 film;"):
        make_reference(table, name="all one film")


def test_sets_cover_as_promised(benchmark: dict[str, Any]) -> None:
    for level in benchmark["own"]["levels"]:
        assert level["coverage_interval"][1] >= level["confidence"]
        assert level["named"] + level["undecided"] + level["none"] == pytest.approx(1)


def test_an_unknown_classifier() -> None:
    with pytest.raises(OptionError, match="oracle: not a classifier; choose among logistic regression"):
        get_classifiers(["oracle"])


def test_what_the_tool_quotes_of_itself_is_of_its_own_table() -> None:
    """The shipped figures belong to the shipped table and agree with the published ones: .681 and .58."""
    measured = builtin_bases()["lengths"].performance
    assert measured is not None, "run python benchmarks/cinescale.py DIR --ship"
    assert measured["accuracy_interval"][0] < 0.681 < measured["accuracy_interval"][1]
    assert measured["accuracy"] >= 0.681
    assert measured["others"]["auroc"] == pytest.approx(0.58, abs=0.03)
    for level in measured["sets"]:
        assert level["coverage"] >= level["confidence"] - 0.02


def test_three_films_a_candidate_are_enough_for_a_benchmark() -> None:
    """Nested folds leave a candidate one film: every classifier either copes or is reported as skipped."""
    table = small_reference().groupby("director").head(3)
    kinds = [CLASSIFIERS[name] for name in CLASSIFIERS if name not in ("random forest", "boosted trees")]
    kinds = [replace(kind, settings=kind.settings[-1:]) for kind in kinds if "neighbors" not in kind.name] + [NEIGHBOR]
    table["year"] = table["year"].where(table["film_id"] != "f6")
    result = run_benchmark(make_reference(table, name="tiny"), kinds=kinds, n_permutations=0)
    skipped = ["linear discriminant", "quadratic discriminant"]
    assert result["skipped"] == skipped
    assert {row["classifier"] for row in result["results"]} == {OWN, SELECTED, *(kind.name for kind in kinds)} - set(
        skipped
    )
    assert set(result["baselines"]) == {"majority", "year"}
    assert "Permutation" not in markdown_table(result)
    for text in (markdown_table(result), " ".join(benchmark_text(result).split())):
        assert "too few films for them: linear discriminant, quadratic discriminant." in text
        assert "The year of 1 film is unknown: not measured are the baseline by year and the accuracy" in text
