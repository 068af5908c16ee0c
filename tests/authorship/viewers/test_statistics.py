"""The study's statistics against other libraries, published examples and known ground truth."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from drawn_studies import StudyDesign, draw_study
from scipy import stats

from authorship.libraries import require
from authorship.viewers import mixed
from authorship.viewers.association import adjusted, associate, rank_correlations
from authorship.viewers.mixed import fit_mixed_model, fit_mixed_models
from authorship.viewers.permutation import GroupedRatings
from authorship.viewers.power import detectable_correlation, interval_of, power_of
from authorship.viewers.prediction import predict_ratings
from authorship.viewers.reliability import Coefficient, Reliability, items_alpha, measure_reliability, variance_ratio
from authorship.viewers.wording import _predictions, _reliability
from shotscale.errors import DependencyError

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
"""Table 2 of Shrout and Fleiss 1979: six targets, four judges."""


def frame(values: np.ndarray, prefix: str) -> pd.DataFrame:
    return pd.DataFrame(values, columns=[f"{prefix}{k}" for k in range(values.shape[1])])


def spearman(x: np.ndarray, y: np.ndarray, axis: int = -1) -> np.ndarray:
    ranks = [stats.rankdata(side, axis=axis) for side in (x, y)]
    x, y = (side - side.mean(axis=axis, keepdims=True) for side in ranks)
    return (x * y).sum(axis=axis) / np.sqrt((x**2).sum(axis=axis) * (y**2).sum(axis=axis))


def judged(table: list[list[float]]) -> pd.DataFrame:
    rows = [(f"t{i}", f"j{j}", float(score)) for i, scores in enumerate(table) for j, score in enumerate(scores)]
    return pd.DataFrame(rows, columns=["clip", "viewer", "score"])


def test_correlations_are_scipys_with_ties_and_gaps() -> None:
    generator = np.random.default_rng(0)
    x, y = generator.integers(0, 6, (30, 4)).astype(float), generator.normal(size=(30, 3))
    x[generator.random(x.shape) < 0.2] = np.nan
    y[generator.random(y.shape) < 0.1] = np.nan
    pairs = associate(frame(x, "f"), frame(y, "r"), generator=generator, n_resamples=200, n_permutations=199)
    assert [(pair.feature, pair.rating) for pair in pairs][:4] == [
        ("f0", "r0"),
        ("f0", "r1"),
        ("f0", "r2"),
        ("f1", "r0"),
    ]
    for pair in pairs:
        i, j = int(pair.feature[1:]), int(pair.rating[1:])
        known = ~np.isnan(x[:, i]) & ~np.isnan(y[:, j])
        assert pair.n_clips == known.sum()
        assert pair.rho == pytest.approx(stats.spearmanr(x[known, i], y[known, j]).statistic, abs=1e-12)
        assert pair.low < pair.rho < pair.high
    np.testing.assert_allclose([pair.q for pair in pairs], stats.false_discovery_control([pair.p for pair in pairs]))


def test_the_permutation_p_value_is_scipys() -> None:
    generator = np.random.default_rng(1)
    x = generator.normal(size=12)
    y = 0.5 * x + generator.normal(size=12)
    (pair,) = associate(
        pd.DataFrame({"x": x}), pd.DataFrame({"y": y}), generator=generator, n_resamples=0, n_permutations=20_000
    )
    exact = stats.permutation_test(
        (x,),
        lambda drawn, axis: spearman(drawn, np.broadcast_to(y, drawn.shape), axis),
        permutation_type="pairings",
        vectorized=True,
        n_resamples=20_000,
        rng=np.random.default_rng(2),
    ).pvalue
    assert pair.p == pytest.approx(exact, abs=0.015)
    assert np.isnan([pair.low, pair.high]).all()


def test_the_interval_is_scipys_bca() -> None:
    generator = np.random.default_rng(3)
    x = generator.normal(size=40)
    y = 0.7 * x + generator.normal(size=40)
    (pair,) = associate(
        pd.DataFrame({"x": x}), pd.DataFrame({"y": y}), generator=generator, n_resamples=20_000, n_permutations=0
    )
    other = stats.bootstrap(
        (x, y),
        spearman,
        paired=True,
        vectorized=True,
        n_resamples=5000,
        rng=np.random.default_rng(4),
    ).confidence_interval
    assert (pair.low, pair.high) == pytest.approx((other.low, other.high), abs=0.03)


def test_films_that_do_not_vary_count_as_one_clip_each() -> None:
    generator = np.random.default_rng(6)
    of_film = generator.normal(size=(12, 2))
    films = np.repeat(np.arange(12), 4)
    options = {"n_resamples": 300, "n_permutations": 4999}
    figures = []
    for clips, groups in ((of_film, None), (of_film[films], films)):
        (pair,) = associate(
            frame(clips[:, :1], "f"), frame(clips[:, 1:], "r"), generator=generator, groups=groups, **options
        )
        figures.append((pair.rho, pair.p))
    assert figures[1] == pytest.approx(figures[0], abs=0.03)
    assert (pair.n_clips, pair.n_groups) == (48, 12)
    assert pair.n_effective == pytest.approx(12, rel=0.1)
    assert (pair.low, pair.high) == pytest.approx(interval_of(pair.rho, 12), abs=0.06)


def test_deviations_stay_in_their_group_and_levels_go_round() -> None:
    generator = np.random.default_rng(20)
    films = np.repeat(np.arange(30), np.tile([1, 2, 7], 10))
    ratings = generator.normal(size=(30, 2))[films] + generator.normal(size=(100, 2))
    drawn = GroupedRatings(ratings, films).draw(5, generator=generator)
    assert drawn.shape == (5, 100, 2)
    for film in range(30):
        mine = ratings[films == film]
        for draw in drawn:
            there = draw[films == film]
            for column in range(2):
                np.testing.assert_allclose(
                    np.sort(there[:, column] - there[:, column].mean()),
                    np.sort(mine[:, column] - mine[:, column].mean()),
                    atol=1e-12,
                )
    means = [np.stack([draw[films == film].mean(axis=0) for film in range(30)]) for draw in drawn]
    assert not np.allclose(means[0], means[1])


def test_drawn_levels_vary_as_those_of_groups_of_their_size_do() -> None:
    """The variance of a group's mean is that of the levels plus that of the deviations over the group's size."""
    generator = np.random.default_rng(21)
    sizes = np.tile([1, 2, 10], 300)
    films = np.repeat(np.arange(900), sizes)
    ratings = 0.5 * generator.normal(size=(900, 1))[films] + generator.normal(size=(len(films), 1))
    grouped = GroupedRatings(ratings, films)
    assert grouped.ratios[0] == pytest.approx(0.25, abs=0.06)
    drawn = grouped.draw(20, generator=generator)[:, :, 0]
    means = np.stack([np.bincount(films, weights=draw) / sizes for draw in drawn])
    for size in (1, 2, 10):
        assert means[:, sizes == size].var() == pytest.approx(0.25 + 1 / size, rel=0.15)


def test_p_values_of_clips_that_share_films_are_as_rare_as_they_say() -> None:
    design = StudyDesign(n_viewers=6, n_groups=12, group_share=0.7)
    shares: dict[bool, list[float]] = {False: [], True: []}
    for seed in range(60):
        generator = np.random.default_rng([22, seed])
        features, ratings = draw_study(design, generator=generator)
        names = ["rating_0", "rating_1", "rating_2"]
        means = ratings.groupby("clip")[names].mean().reindex(features.index)
        for known, found in shares.items():
            groups = design.groups() if known else None
            pairs = associate(features, means, generator=generator, groups=groups, n_resamples=0, n_permutations=199)
            found.append(float(np.mean([pair.p <= 0.05 for pair in pairs])))
    assert np.mean(shares[False]) > 0.15
    assert 0.01 < np.mean(shares[True]) < 0.09


def test_few_groups_get_no_p_value() -> None:
    generator = np.random.default_rng(23)
    films = np.repeat(np.arange(7), 6)
    values = generator.normal(size=(42, 2))
    (pair,) = associate(frame(values[:, :1], "f"), frame(values[:, 1:], "r"), generator=generator, groups=films)
    assert np.isnan([pair.p, pair.q, pair.low, pair.n_effective]).all()
    assert not np.isnan(pair.rho)
    assert pair.n_groups == 7
    assert np.isnan(interval_of(0.5, 4)).all()


@pytest.mark.parametrize("grouped", [False, True])
def test_a_correlation_of_one_has_no_interval(grouped: bool) -> None:
    steps = np.arange(20.0)[:, np.newaxis]
    groups = np.repeat(np.arange(10), 2) if grouped else None
    generator = np.random.default_rng(0)
    options = {"n_resamples": 200, "n_permutations": 199, "generator": generator, "groups": groups}
    for way in (1, -1):
        (pair,) = associate(frame(steps, "f"), frame(way * steps**3, "r"), **options)
        assert pair.rho == pytest.approx(way)
        assert np.isnan([pair.low, pair.high]).all()
        assert pair.p < 0.05


@pytest.mark.filterwarnings("error")
def test_nothing_is_predicted_of_clips_that_are_rated_alike() -> None:
    features = frame(np.random.default_rng(0).normal(size=(20, 2)), "f")
    (entry,) = predict_ratings(features, frame(np.full((20, 1), 3.3), "r"), generator=np.random.default_rng(0))
    assert np.isnan([entry.skill, entry.low, entry.high]).all()
    assert (entry.error, entry.baseline_error) == (0, 0)
    assert list(_predictions(SimpleNamespace(predictions=[entry]))) == [
        "r0: all clips have the same mean, so there is nothing to predict."
    ]


def test_reliability_says_why_it_is_unknown() -> None:
    nobody_agrees = Coefficient("ICC(1,k)", np.nan, np.nan, np.nan, "")
    alike = Reliability("score", 5, 3, 10, False, 2.0, (nobody_agrees,))
    assert _reliability(alike) == "unknown, because the clips' means do not differ."
    assert "no clip was rated by two" in _reliability(replace(alike, coefficients=()))
    assert "fewer than two clips" in _reliability(replace(alike, n_clips=1, coefficients=()))


def test_what_cannot_be_related_is_missing() -> None:
    generator = np.random.default_rng(7)
    features = pd.DataFrame({"same": np.ones(20), "few": [1.0, 2, 3, *[np.nan] * 17], "fine": np.arange(20.0)})
    pairs = associate(features, frame(generator.normal(size=(20, 1)), "r"), generator=generator, n_permutations=199)
    assert [np.isnan(pair.p) for pair in pairs] == [True, True, False]
    assert [np.isnan(pair.q) for pair in pairs] == [True, True, False]
    assert pairs[2].q == pairs[2].p
    assert np.isnan(adjusted(np.full(3, np.nan))).all()


def test_reliability_is_that_of_shrout_and_fleiss() -> None:
    measured = measure_reliability(judged(SHROUT_FLEISS), "score")
    figures = {entry.name: round(entry.value, 2) for entry in measured.coefficients}
    published = {
        "ICC(1,1)": 0.17,
        "ICC(2,1)": 0.29,
        "ICC(3,1)": 0.71,
        "ICC(1,k)": 0.44,
        "ICC(2,k)": 0.62,
        "ICC(3,k)": 0.91,
    }
    assert figures == published
    assert measured.complete
    assert measured.decisive is measured["ICC(3,k)"]
    assert (measured.n_clips, measured.n_viewers, measured.viewers_per_clip) == (6, 4, 4)
    (alpha,) = items_alpha(pd.DataFrame(SHROUT_FLEISS))
    assert alpha.value == pytest.approx(measured["ICC(3,k)"].value)  # type: ignore[union-attr]


def test_the_exact_method_gives_pingouins_figures_where_nothing_is_missing() -> None:
    table = judged(SHROUT_FLEISS)
    clips, viewers = (pd.factorize(table[key])[0] for key in ("clip", "viewer"))
    measured = measure_reliability(table, "score")
    for name, levels in (("ICC(1,1)", np.zeros_like(viewers)), ("ICC(3,1)", viewers)):
        known = measured[name]
        assert known is not None
        figures = [ratio / (1 + ratio) for ratio in variance_ratio(table["score"].to_numpy(), clips, levels)]
        assert figures[0] == pytest.approx(known.value)
        assert figures[1:] == pytest.approx([known.low, known.high], abs=1e-6)


def test_an_interval_of_very_reliable_means_contains_them() -> None:
    generator = np.random.default_rng(3)
    table = judged((np.arange(20.0)[:, np.newaxis] + 0.9 * generator.normal(size=(20, 60))).tolist())
    for entry in measure_reliability(table, "score").coefficients:
        assert entry.low < entry.value < entry.high < 1, entry


def test_ratings_that_are_all_equal_have_no_reliability() -> None:
    equal = judged(SHROUT_FLEISS).assign(score=0.1).iloc[1:]  # a cell is missing
    assert all(np.isnan(entry.value) for entry in measure_reliability(equal, "score").coefficients)
    assert GroupedRatings(np.full((6, 1), 0.1), np.repeat([0, 1], 3)).ratios.tolist() == [0.0]


def test_missing_cells_lose_no_clip() -> None:
    design = StudyDesign(n_clips=40, n_viewers=15, n_features=1, n_ratings=1, clip_sd=1.0, seen=0.5)
    _, ratings = draw_study(design, generator=np.random.default_rng(8))
    measured = measure_reliability(ratings, "rating_0")
    assert not measured.complete
    assert measured.n_clips == 40
    assert {entry.name for entry in measured.coefficients} == {"ICC(1,1)", "ICC(3,1)", "ICC(1,k)", "ICC(3,k)"}
    single = measured["ICC(3,1)"]
    assert single is not None
    assert single.low < 1 / 2 < single.high  # the true value: equal variances
    assert measured.decisive is measured["ICC(1,k)"]


def test_ratings_without_agreement_are_flagged_and_perfect_ones_are_one() -> None:
    generator = np.random.default_rng(9)
    noise = judged(generator.integers(1, 8, (20, 5)).tolist())
    assert measure_reliability(noise, "score").poor
    missing = noise.iloc[1:]
    assert measure_reliability(missing, "score").poor
    alike = judged([[k] * 4 for k in range(1, 9)])
    for table in (alike, alike.iloc[1:]):
        decisive = measure_reliability(table, "score").decisive
        assert decisive is not None
        assert decisive.value == pytest.approx(1, abs=1e-6)
    alone = measure_reliability(noise[noise["viewer"] == "j0"], "score")
    assert alone.coefficients == ()
    assert alone.decisive is None
    assert not alone.poor


def test_a_complete_mixed_model_is_the_regression_of_means() -> None:
    """In a balanced table the test of a clip's feature is exactly that of a regression over clips."""
    design = StudyDesign(n_clips=30, n_viewers=8, n_features=1, n_ratings=1, correlation=0.5)
    features, ratings = draw_study(design, generator=np.random.default_rng(10))
    model = fit_mixed_model(features["feature_0"], ratings, "rating_0")
    means = ratings.groupby("clip")["rating_0"].mean().reindex(features.index)
    line = stats.linregress(features["feature_0"] / features["feature_0"].std(), means)
    assert model.converged
    assert model.slope == pytest.approx(line.slope, rel=1e-3)
    assert model.p == pytest.approx(line.pvalue, rel=0.02)
    assert (model.n_ratings, model.n_clips, model.n_viewers) == (240, 30, 8)


def test_an_incomplete_mixed_model_is_statsmodels_own() -> None:
    design = StudyDesign(n_clips=30, n_viewers=12, n_features=1, n_ratings=1, correlation=0.5, seen=0.5)
    features, ratings = draw_study(design, generator=np.random.default_rng(11))
    model = fit_mixed_model(features["feature_0"], ratings, "rating_0")
    other = require("statsmodels.formula.api", "a test", extra="viewers")
    x = features["feature_0"]
    table = ratings.assign(x=ratings["clip"].map((x - x.mean()) / x.std()), y=ratings["rating_0"])
    parts = {"clip": "0 + C(clip)", "viewer": "0 + C(viewer)"}
    fit = other.mixedlm("y ~ x", table, groups=np.zeros(len(table)), vc_formula=parts).fit()
    assert model.slope == pytest.approx(fit.params["x"], rel=1e-3)
    error = (model.high - model.low) / 2 / stats.t.ppf(0.975, 28)
    assert error == pytest.approx(fit.bse["x"], rel=0.01)
    variances = dict(zip(fit.model.exog_vc.names, fit.vcomp, strict=True))
    assert (model.clip_sd**2, model.viewer_sd**2) == pytest.approx((variances["clip"], variances["viewer"]), rel=0.01)


def test_a_mixed_model_of_films_is_the_regression_of_their_means() -> None:
    """A feature of films in a balanced table is tested against films, not clips."""
    generator = np.random.default_rng(24)
    films = np.repeat(np.arange(12), 3)
    design = StudyDesign(n_clips=36, n_viewers=5, n_features=1, n_ratings=1)
    features, ratings = draw_study(design, generator=generator)
    of_film = generator.normal(size=12)
    feature = pd.Series(of_film[films], index=features.index, name="of_film")
    levels = pd.Series(2 * generator.normal(size=12)[films], index=features.index)
    ratings["rating_0"] += ratings["clip"].map(levels)
    groups = pd.Series([f"film {number}" for number in films], index=features.index)
    model = fit_mixed_model(feature, ratings, "rating_0", groups=groups)
    means = ratings.groupby(ratings["clip"].map(groups))["rating_0"].mean().reindex(groups.unique())
    line = stats.linregress(of_film, means)
    assert model.converged
    assert model.p == pytest.approx(line.pvalue, rel=0.02)
    assert (model.n_clips, model.n_groups) == (36, 12)
    assert model.group_sd == pytest.approx(2, rel=0.5)
    assert np.isnan(fit_mixed_model(feature, ratings, "rating_0").group_sd)
    few = groups.map(lambda name: name[-1:] if name[-1:] in "123" else "other")
    assert fit_mixed_model(feature, ratings, "rating_0", groups=few).note == "fewer than 8 groups of clips"


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_viewers_of_one_clip_each_have_no_effect_of_their_own(seed: int) -> None:
    design = StudyDesign(n_clips=20, n_viewers=200, n_features=1, n_ratings=1, correlation=0.5)
    features, drawn = draw_study(design, generator=np.random.default_rng(seed))
    ratings = drawn[pd.factorize(drawn["clip"])[0] == pd.factorize(drawn["viewer"])[0] % 20]  # ten viewers a clip
    model = fit_mixed_model(features["feature_0"], ratings, "rating_0")
    by_clip = ratings.groupby("clip")["rating_0"]
    line = stats.linregress(features["feature_0"] / features["feature_0"].std(), by_clip.mean().reindex(features.index))
    assert (model.slope, model.p) == pytest.approx((line.slope, line.pvalue), rel=0.02)
    assert model.residual_sd == pytest.approx(by_clip.var().mean() ** 0.5, rel=0.01)
    assert np.isnan(model.viewer_sd)
    assert model.note.startswith("no effect of viewers, each of whom rated one clip")
    films = pd.Series([f"film {number // 2}" for number in range(20)], index=features.index)
    grouped = fit_mixed_model(features["feature_0"], ratings, "rating_0", groups=films)
    assert grouped.residual_sd == pytest.approx(model.residual_sd, rel=0.01)
    assert grouped.clip_sd**2 + grouped.group_sd**2 == pytest.approx(model.clip_sd**2, rel=0.2)


def test_models_without_a_figure_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    features, ratings = draw_study(
        StudyDesign(n_clips=12, n_viewers=4, n_features=1), generator=np.random.default_rng(12)
    )
    nested = ratings.drop_duplicates("clip")
    apart = fit_mixed_model(features["feature_0"], nested, "rating_0")
    alone = fit_mixed_model(features["feature_0"], ratings.assign(viewer="one"), "rating_0")
    few = fit_mixed_model(features["feature_0"].iloc[:5], ratings, "rating_0")
    assert [model.note.split(":")[0] for model in (apart, alone, few)] == [
        "viewers do not overlap",
        "viewers do not overlap",
        "fewer than 8 clips, or a constant feature",
    ]
    real = mixed.require

    class NeverThere:
        """statsmodels with an optimizer that never converges."""

        def __getattr__(self, name: str) -> object:
            return getattr(real("statsmodels.regression.mixed_linear_model", "a test", extra="viewers"), name)

        class MixedLM:
            def __init__(self, *_: object, **__: object) -> None:
                self.exog_vc = type("Names", (), {"names": ["clip", "viewer"]})

            def fit(self, **_: object) -> object:
                return type("Fit", (), {"scale": 1.0, "vcomp": [1.0, 1.0], "converged": False})

    monkeypatch.setattr(mixed, "require", lambda *_, **_extra: NeverThere())
    (stuck,) = fit_mixed_models(features, ratings, ("rating_0",))
    assert (stuck.converged, stuck.note) == (False, "the fit did not converge: no figure")
    assert np.isnan([stuck.slope, stuck.p, stuck.q]).all()


def test_prediction_finds_what_is_there_and_no_more() -> None:
    generator = np.random.default_rng(13)
    features, ratings = draw_study(StudyDesign(n_clips=60, n_ratings=2, correlation=0.8), generator=generator)
    means = ratings.groupby("clip")[["rating_0", "rating_1"]].mean().reindex(features.index)
    features.iloc[3, 0] = np.nan
    there, nothing = predict_ratings(features, means, generator=generator, n_repeats=2)
    assert there.low > 0.1
    assert there.error < there.baseline_error
    assert nothing.low < 0
    assert nothing.skill < 0.15
    assert there.predicted.index.equals(features.index)


def test_clips_of_a_group_are_held_out_together() -> None:
    """Copies of a clip in the other folds would give its rating away."""
    generator = np.random.default_rng(14)
    films = np.repeat(np.arange(12), 5)
    features = frame(np.eye(12)[films] + 0.01 * generator.normal(size=(60, 12)), "f")
    means = pd.DataFrame({"mood": generator.normal(size=12)[films]})
    (leaking,) = predict_ratings(features, means, generator=generator, n_repeats=1)
    (held,) = predict_ratings(features, means, generator=generator, groups=films, n_repeats=1)
    assert leaking.skill > 0.8
    assert held.skill < 0.3
    assert held.low < 0


def test_too_few_clips_are_not_predicted() -> None:
    generator = np.random.default_rng(15)
    (entry,) = predict_ratings(frame(np.ones((5, 2)), "f"), frame(np.ones((5, 1)), "r"), generator=generator)
    assert np.isnan([entry.skill, entry.low]).all()


def test_power_is_that_of_drawn_studies() -> None:
    generator = np.random.default_rng(16)
    x = generator.normal(size=(2000, 40, 1))
    y = 0.5 * x + np.sqrt(0.75) * generator.normal(size=(2000, 40, 1))
    rho = rank_correlations(x, y)[:, 0, 0]
    found = np.mean(stats.t.sf(np.abs(rho) * np.sqrt(38 / (1 - rho**2)), 38) * 2 <= 0.05)
    assert power_of(6 / np.pi * np.arcsin(0.25), 40) == pytest.approx(found, abs=0.04)
    assert detectable_correlation(4) == 1.0
    assert power_of(detectable_correlation(30), 30) == pytest.approx(0.8)


def test_planted_truth_is_as_designed() -> None:
    design = StudyDesign(n_clips=3000, n_viewers=3, n_features=3, correlation=0.6, seen=0.5)
    features, ratings = draw_study(design, generator=np.random.default_rng(17))
    means = ratings.groupby("clip")[["rating_0", "rating_1"]].mean().reindex(features.index)
    reliable = 0.49 / (0.49 + (0.36 + 1) / (3 * 0.5))
    known = means["rating_0"].notna()
    observed = np.corrcoef(features["feature_0"][known], means["rating_0"][known])[0, 1]
    assert observed == pytest.approx(0.6 * np.sqrt(reliable), abs=0.06)
    assert abs(np.corrcoef(features["feature_1"][known], means["rating_0"][known])[0, 1]) < 0.05
    complete = draw_study(replace(design, n_clips=10, seen=1.0), generator=np.random.default_rng(18))[1]
    assert len(complete) == 30


def test_a_library_that_is_absent_is_named_with_the_remedy() -> None:
    with pytest.raises(
        DependencyError, match=r"needs the package nosuchlibrary; pip install 'film-authorship\[viewers\]'"
    ):
        require("nosuchlibrary.part", "reliability", extra="viewers")
