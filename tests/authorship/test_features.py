"""The features against real tables, published figures and their invariants."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authorship.features import (
    CODEBOOK,
    FEATURE_GROUPS,
    FEATURE_NAMES,
    cliffs_delta,
    feature_table,
    film_features,
    hodges_lehmann,
)
from authorship.features.distributions import SEVEN
from authorship.features.durations import JARQUE_BERA_5_PERCENT, harrell_davis, measure_durations
from authorship.features.labels import OUTSIDE, by_the_second, scale_labels, usual_spacing
from authorship.features.runs import run_lengths
from authorship.features.sequence import (
    _autocorrelation_in_time,
    _end_of_samples,
    _neighbor_autocorrelation,
    autocorrelation,
    modified_autoregressive_index,
)
from authorship.features.transitions import transition_counts
from shotscale.errors import TableError
from shotscale.film import Film
from shotscale.scales import SCALES
from shotscale.tables import make_scales, make_shots

lengths_of_films = st.lists(st.floats(0.1, 300, allow_nan=False), min_size=1, max_size=60).map(np.asarray)
SCALED_IN_TIME = {name for name, feature in CODEBOOK.items() if feature.unit == "s"}


def as_shots(lengths: np.ndarray) -> pd.DataFrame:
    ends = np.cumsum(lengths)
    return pd.DataFrame({"start": np.concatenate([[0.0], ends[:-1]]), "end": ends})


def as_annotation(scales: list[str], step: float = 1.0) -> pd.DataFrame:
    return pd.DataFrame({"time": np.arange(len(scales)) * step, "scale": scales})


def test_codebook_is_complete() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES) > 150
    for feature in CODEBOOK.values():
        assert feature.unit
        assert feature.definition
        assert feature.reference
        assert feature.group in FEATURE_GROUPS
    assert {feature.group for feature in CODEBOOK.values()} == set(FEATURE_GROUPS)


@pytest.mark.shared
def test_134_films_match_their_published_figures(cutting: dict[str, pd.DataFrame], shared: Path) -> None:
    summary = pd.read_csv(shared / "reference" / "cutting_134_films_summary.csv").set_index("film")
    measured = pd.DataFrame(
        [measure_durations((shots["end"] - shots["start"]).to_numpy()) for shots in cutting.values()],
        index=list(cutting),
    )
    assert len(measured) == 134
    for ours, theirs in (("average_shot_length", "asl_s"), ("median_shot_length", "msl_s"), ("shot_length_sd", "sd_s")):
        np.testing.assert_allclose(measured[ours], summary.loc[measured.index, theirs], atol=0.00501)
    np.testing.assert_allclose(measured["jarque_bera_log"], summary.loc[measured.index, "jarque_bera_log"], atol=0.0501)
    assert (measured["jarque_bera_log"] > JARQUE_BERA_5_PERCENT).sum() == 124
    goodfellas = measured.loc["Goodfellas  (1990)"]
    assert goodfellas[["average_shot_length", "median_shot_length", "shot_length_sd"]].round(2).tolist() == [
        6.95,
        4.2,
        9.31,
    ]


@pytest.mark.shared
def test_rashomon_scale_table(shared: Path) -> None:
    shots = pd.read_csv(shared / "reference" / "rashomon_shots_scale_movement_angle.csv")
    names = shots["scale"].replace({"BCU": "ECU", "VLS": "ELS"}).tolist()
    film = film_features(as_shots(np.ones(len(names))), as_annotation(names))
    counts = {"ecu": 8, "cu": 44, "mcu": 61, "ms": 81, "mls": 11, "ls": 33, "els": 21}
    for name, count in counts.items():
        assert film[f"share_{name}"] == film[f"shot_share_{name}"] == pytest.approx(count / 259)
    p = np.asarray(list(counts.values())) / 259
    assert film["scale_entropy"] == pytest.approx(-(p * np.log2(p)).sum())
    table = pd.crosstab(pd.Series(names[:-1]), pd.Series(names[1:]), normalize="index")
    assert film["shot_transition_cu_mcu"] == pytest.approx(table.loc["CU", "MCU"])
    assert film["shot_transition_ms_ms"] == pytest.approx(table.loc["MS", "MS"])


@settings(max_examples=15)
@given(lengths_of_films, st.sampled_from([0.5, 2.0, 3.0, 10.0]))
def test_playing_speed_scales_times_and_nothing_else(lengths: np.ndarray, factor: float) -> None:
    names = ["CU", "MS", "LS", "ELS", "MCU"] * 4
    step = lengths.sum() / len(names)
    lengths = np.round(lengths, 2)
    before = film_features(as_shots(lengths), as_annotation(names, step))
    after = film_features(as_shots(lengths * factor), as_annotation(names, step * factor))
    fixed = set(FEATURE_NAMES) - SCALED_IN_TIME - {"cutting_rate", "lognormal_mu"}
    # a sample or cut within rounding of a border may change sides, so only features without borders are compared
    bordered = (
        *("shot_share", "shot_transition", "shot_group", "shot_scale", "median_shot_length_", "scale_autocorrelation"),
        *("long_take", "third", "quarter", "_length_correlation", "peak_position", "trend", "scale_movement", "_slope"),
        *("run_", "change_", "returns", "alternations", "share_log"),  # counted in seconds, whatever the speed
    )
    for name in fixed:
        if not any(part in name for part in bordered):
            np.testing.assert_allclose(after[name], before[name], rtol=1e-5, atol=1e-7, err_msg=name)
    for name in SCALED_IN_TIME:
        if not any(part in name for part in bordered):
            np.testing.assert_allclose(after[name], factor * before[name], rtol=1e-6, err_msg=name)


@settings(max_examples=40)
@given(lengths_of_films, st.randoms(use_true_random=False))
def test_durations_do_not_know_the_order_of_shots(lengths: np.ndarray, random: object) -> None:
    shuffled = lengths.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before, after = measure_durations(lengths), measure_durations(shuffled)
    for name, value in before.items():
        np.testing.assert_allclose(after[name], value, rtol=1e-6, atol=1e-9, err_msg=name)


@settings(max_examples=40)
@given(st.lists(st.floats(0.1, 300), min_size=2, max_size=60).map(np.asarray), st.data())
def test_merging_two_shots_keeps_the_running_time(lengths: np.ndarray, data: st.DataObject) -> None:
    i = data.draw(st.integers(0, len(lengths) - 2))
    merged = np.concatenate([lengths[:i], [lengths[i] + lengths[i + 1]], lengths[i + 2 :]])
    before, after = measure_durations(lengths), measure_durations(merged)
    assert after["n_shots"] == before["n_shots"] - 1
    assert after["running_time"] == pytest.approx(before["running_time"])
    assert after["average_shot_length"] * after["n_shots"] == pytest.approx(before["running_time"])
    assert after["average_shot_length"] > before["average_shot_length"]


@settings(max_examples=40)
@given(
    lengths_of_films,
    st.lists(st.sampled_from([s.abbreviation for s in SCALES] + ["FS", "IS", "NA"]), min_size=1, max_size=80),
)
def test_any_film_is_measured(lengths: np.ndarray, names: list[str]) -> None:
    film = film_features(as_shots(lengths), as_annotation(names))
    assert tuple(film) == FEATURE_NAMES
    values = np.asarray(list(film.values()))
    assert not np.isinf(values).any()
    shares = [film[name] for name, feature in CODEBOOK.items() if feature.unit == "share" and not np.isnan(film[name])]
    assert all(-1e-9 <= share <= 1 + 1e-9 for share in shares)
    for prefix in ("share_", "shot_share_"):
        seven = [film[f"{prefix}{scale.abbreviation.lower()}"] for scale in SCALES]
        assert np.isnan(seven).all() or sum(seven) == pytest.approx(1)


def test_one_shot_has_no_spread_and_no_sequence() -> None:
    film = film_features(as_shots(np.array([30.0])), as_annotation(["CU"] * 30))
    for name in (
        "shot_length_sd",
        "shot_length_cv",
        "autocorrelation_1",
        "spectral_slope",
        "shot_scale_step",
        "jarque_bera_log",
    ):
        assert np.isnan(film[name]), name
    assert film["average_shot_length"] == 30
    assert film["share_cu"] == 1
    assert film["scale_entropy"] == 0
    assert film["cutting_rate"] == pytest.approx(2)


def test_an_empty_class_has_no_transitions_and_no_median() -> None:
    film = film_features(as_shots(np.ones(4)), as_annotation(["CU", "MS", "CU", "MS"]))
    assert film["share_long"] == 0
    assert np.isnan(film["shot_transition_long_close"])
    assert np.isnan(film["median_shot_length_long"])
    assert film["shot_transition_close_medium"] == 1
    assert film["shot_transition_entropy"] == pytest.approx(0)
    assert film["shot_scale_step"] == 2


def test_foreground_and_insert_shots_are_for_codings_alone() -> None:
    coded = film_features(None, as_annotation(["FS", "CU", "IS", "CU", "NA"]))
    assert coded["share_log_fs"] == coded["share_log_is"] == pytest.approx(np.log(6 / 4))
    assert coded["foreground_run_length_log_mean"] == 0
    assert coded["share_cu"] == 1
    measured = film_features(None, make_scales(np.arange(3.0), np.eye(7)[:3]))
    assert all(np.isnan(measured[name]) for name, feature in CODEBOOK.items() if feature.coded_only)


def test_log_ratios_sum_to_zero_and_follow_the_seconds() -> None:
    film = film_features(None, as_annotation(["CU"] * 9 + ["LS"] * 4 + ["FS"] * 7))
    ratios = {name: film[f"share_logratio_{name}"] for name in SEVEN}
    assert sum(ratios.values()) == pytest.approx(0)
    assert ratios["cu"] - ratios["ls"] == pytest.approx(np.log(10 / 5))
    assert ratios["ecu"] == pytest.approx(ratios["els"])


def test_runs_are_of_seconds_and_end_where_the_scale_does() -> None:
    names = ["CU"] * 3 + ["MS"] + ["CU"] * 12 + ["FS"] * 2 + ["MS"] * 2 + ["NA"] + ["MS"] * 3
    film = film_features(None, as_annotation(names))
    runs = np.array([3.0, 1, 12, 2, 3])
    assert film["run_length_mean"] == pytest.approx(runs.mean())
    assert film["run_length_log_mean"] == pytest.approx(np.log(runs).mean())
    assert film["run_length_log_sd"] == pytest.approx(np.log(runs).std())
    assert film["run_length_cv"] == pytest.approx(runs.std() / runs.mean())
    assert film["run_length_quantile_50"] == 3
    assert film["run_share_one_second"] == pytest.approx(1 / 5)
    assert film["run_time_long"] == pytest.approx(12 / 21)
    assert film["run_length_log_mean_close"] == pytest.approx(np.log([3, 12]).mean())
    assert film["run_length_log_mean_medium"] == pytest.approx(np.log([1, 2, 3]).mean())
    assert np.isnan(film["run_length_log_mean_long"])
    assert film["foreground_run_length_log_mean"] == pytest.approx(np.log(2))


def test_runs_are_seconds_at_any_speed() -> None:
    track = as_annotation(["CU"] * 3 + ["LS"] + ["CU"] * 12)
    film, pal = film_features(None, track), film_features(None, track.assign(time=track["time"] * 25 / 24))
    assert pal["run_length_mean"] == pytest.approx(film["run_length_mean"] * 25 / 24)
    assert pal["run_length_log_mean"] == pytest.approx(film["run_length_log_mean"] + np.log(25 / 24))
    assert pal["run_share_one_second"] == film["run_share_one_second"] == pytest.approx(1 / 3)
    frames = np.ceil(track["time"] * 24000 / 1001) * 1001 / 24000  # the first frame of each second
    assert film_features(None, track.assign(time=frames))["run_time_long"] == film["run_time_long"] == 12 / 16
    coding = Film("a coding", None, track.assign(time=track["time"] * 25 / 24))
    assert run_lengths(coding).sum() == pytest.approx(16 * 25 / 24)


def test_changes_returns_and_alternations() -> None:
    film = film_features(None, as_annotation(["CU", "MS", "CU", "MS", "ELS", "FS", "CU", "MCU"]))
    assert film["change_size"] == pytest.approx((2 + 2 + 2 + 3 + 1) / 5)
    assert film["change_two_steps"] == pytest.approx(4 / 5)
    assert film["returns"] == pytest.approx(2 / 3)
    assert film["alternations"] == pytest.approx(1 / 2)


def test_the_movement_of_scale_over_the_film() -> None:
    still = film_features(None, as_annotation(["CU", "LS"] * 300))
    moving = film_features(None, as_annotation(["CU"] * 300 + ["LS"] * 300))
    assert still["scale_movement"] == pytest.approx(0, abs=1e-9)
    assert moving["scale_movement"] == pytest.approx(2)
    assert still["scale_autocorrelation_5s"] == pytest.approx(-1)
    assert moving["scale_autocorrelation_15s"] == pytest.approx((585 - 2 * 15) / 585)


@pytest.mark.parametrize("spacing", [1001 / 1000, 25 / 24])
@pytest.mark.parametrize("lag", [5, 15, 60])
def test_the_autocorrelation_of_scale_does_not_need_whole_seconds(spacing: float, lag: int) -> None:
    ranks = np.repeat(np.random.default_rng(0).integers(0, 7, 300), 40).astype(float)  # shots of 40 samples
    whole = _autocorrelation_in_time(np.arange(len(ranks)) * 1.0, ranks, float(round(lag / spacing)))
    assert _autocorrelation_in_time(np.arange(len(ranks)) * spacing, ranks, float(lag)) == pytest.approx(whole)


def test_a_sample_is_not_paired_with_itself() -> None:
    assert np.isnan(_autocorrelation_in_time(np.arange(9.0) * 20, np.arange(9.0) % 2, 5.0))


def test_a_flicker_inside_a_shot_is_no_change_and_a_cut_is() -> None:
    cu, ms = np.full(7, 0.02), np.full(7, 0.02)
    cu[[1, 3]], ms[[1, 3]] = (0.6, 0.3), (0.3, 0.6)
    p = np.stack([cu, cu, ms, cu, cu, *[ms * 0.2 + np.eye(7)[5] * 0.8] * 5])
    track = make_scales(np.arange(10.0), p / p.sum(axis=1, keepdims=True))
    film = film_features(make_shots([0.0, 5.0], 10.0), track)
    assert film["run_length_mean"] == 5
    assert film["change_size"] == 4
    assert film_features(None, as_annotation(track["scale"].tolist()))["run_length_mean"] < 5


def test_two_samples_a_second_are_seen_once_a_second() -> None:
    p = np.eye(7)[[1] * 8 + [5] * 4]
    once = film_features(make_shots([0.0, 4.0], 6.0), make_scales(np.arange(6.0), p[::2]))
    twice = film_features(make_shots([0.0, 4.0], 6.0), make_scales(np.arange(12) / 2, p))
    assert twice["run_length_mean"] == once["run_length_mean"] == 3


@pytest.mark.parametrize("spacing", [1.0, 1001 / 1000, 25 / 24, 24 / 25])
def test_a_long_run_is_whole_at_any_speed(spacing: float) -> None:
    film = film_features(None, pd.DataFrame({"time": np.arange(7200) * spacing, "scale": "LS"}))
    assert film["run_length_mean"] == pytest.approx(7200 * spacing)


@pytest.mark.parametrize(("rate", "fps"), [(0.5, 24), (2, 25), (4, 24000 / 1001), (10, 24)])
def test_seconds_do_not_depend_on_how_often_a_film_is_sampled(rate: float, fps: float) -> None:
    near, flicker, far = np.full((3, 7), 0.02)
    near[[1, 3]], flicker[[1, 3]], far[5] = (0.6, 0.3), (0.3, 0.6), 0.88
    p = np.stack([*[near] * 20, *[flicker] * 3, *[near] * 37, *[far] * 61])  # as it looks in each second
    times = np.ceil(np.arange(120 * rate) / rate * fps) / fps  # the first frame of each interval
    shots = make_shots([0.0, 60.0], 120.0)
    once, film = (film_features(shots, make_scales(t, p[t.astype(int)])) for t in (np.arange(120.0), times))
    assert once["run_length_mean"] == 60
    assert once["change_size"] == film["change_size"] == 4
    assert once["run_share_one_second"] == film["run_share_one_second"] == 0
    for name in ("run_length_mean", "run_length_log_mean", *(f"share_logratio_{name}" for name in SEVEN)):
        assert film[name] == pytest.approx(once[name], abs=0.02 * max(1, once[name])), name


@pytest.mark.parametrize("fps", [24, 24000 / 1001, 25, 29.97])
def test_a_sample_of_each_second_counts_as_a_second(fps: float) -> None:
    """The reference's figures are of such films: they must not move with the frame rate."""
    times = np.ceil(np.arange(6000.0) * fps) / fps
    for speed in (1.0, 25 / 24, 24 / 25):
        labels = scale_labels(pd.DataFrame({"time": times * speed, "scale": "CU"}))
        assert usual_spacing(labels.time) == 1
        assert len(by_the_second(labels).time) == len(times)


def test_coded_seconds_are_seconds_however_many_rows_they_have() -> None:
    names = ["CU"] * 20 + ["FS"] * 10 + ["IS"] * 2
    once, twice = film_features(None, as_annotation(names)), film_features(None, as_annotation(names * 2, 0.5))
    for name in ("share_log_fs", "share_log_is", "share_logratio_cu"):
        assert twice[name] == pytest.approx(once[name]), name


def test_a_network_of_three_groups_leaves_the_seven_scales_missing() -> None:
    film = film_features(make_shots([0.0, 2.0], 4.0), make_scales(np.arange(4.0), np.eye(3)[[0, 0, 2, 2]]))
    assert film["share_close"] == film["share_long"] == 0.5
    assert np.isnan(film["share_cu"])
    assert np.isnan(film["scale_entropy"])
    assert film["shot_transition_close_long"] == 1


def test_scale_and_length_are_measured_jointly() -> None:
    film = film_features(as_shots(np.array([1.0, 9.0, 1.0, 9.0])), as_annotation((["CU"] + ["LS"] * 9) * 2))
    assert film["scale_length_correlation"] == pytest.approx(1)
    assert film["median_shot_length_close"] == 1
    assert film["median_shot_length_long"] == 9
    assert film["share_long_long_take"] == pytest.approx(0.9)


def test_a_gap_in_the_samples_ends_a_run() -> None:
    track = pd.DataFrame({"time": [0.0, 1, 2, 50, 51], "scale": ["CU", "CU", "CU", "CU", "LS"]})
    film = film_features(None, track)
    assert film["run_length_mean"] == pytest.approx(5 / 3)
    assert np.isnan(film["returns"])
    assert film["change_size"] == 4


def test_evolution_over_thirds() -> None:
    film = film_features(as_shots(np.full(30, 2.0)), as_annotation(["CU"] * 20 + ["MS"] * 20 + ["LS"] * 20))
    assert film["share_close_slope"] < 0 < film["share_long_slope"]
    assert film["scale_slope"] > 0
    assert film["log_length_third_1"] == pytest.approx(0)
    assert [film[f"cutting_share_quarter_{k}"] for k in (1, 2, 3, 4)] == pytest.approx(
        [0.2667, 0.2333, 0.2333, 0.2667], abs=0.035
    )


def test_harrell_davis_agrees_with_scipy() -> None:
    from scipy.stats.mstats import hdquantiles

    values = np.random.default_rng(1).lognormal(size=37)
    p = np.array([0.05, 0.25, 0.5, 0.9])
    np.testing.assert_allclose(harrell_davis(values, p), np.asarray(hdquantiles(values, p)), rtol=1e-10)


def test_moors_kurtosis_of_a_normal_sample() -> None:
    from scipy.stats import norm

    values = 100 + norm.ppf((np.arange(4000) + 0.5) / 4000)
    assert measure_durations(values)["moors_kurtosis"] == pytest.approx(1.233, abs=0.005)
    assert measure_durations(values)["quantile_skewness"] == pytest.approx(0, abs=1e-3)


def test_memory_of_a_series() -> None:
    generator = np.random.default_rng(0)
    noise = generator.normal(size=2000)
    series = np.zeros(2000)
    for t in range(1, 2000):
        series[t] = 0.7 * series[t - 1] + noise[t]
    assert autocorrelation(series, 1) == pytest.approx(0.7, abs=0.05)
    assert modified_autoregressive_index(series) > modified_autoregressive_index(noise)
    assert np.isnan(modified_autoregressive_index(noise[:20]))


def test_two_films_side_by_side() -> None:
    x, y = np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0])
    assert cliffs_delta(x, y) == -1
    assert cliffs_delta(y, x) == 1
    assert cliffs_delta(x, x) == 0
    assert hodges_lehmann(x + 5, x) == pytest.approx(5)


def test_transition_counts_skip_what_is_unknown() -> None:
    assert transition_counts(np.array([0, -1, 1, 1]), 2).tolist() == [[0, 0], [0, 1]]


def test_a_table_has_exactly_the_columns_of_the_codebook() -> None:
    table = feature_table({"a": (as_shots(np.ones(3)), None), "b": (as_shots(np.arange(1.0, 5.0)), None)})
    assert table.index.tolist() == ["a", "b"]
    assert table.index.name == "film_id"
    assert tuple(table.columns) == FEATURE_NAMES
    assert table.loc["b", "average_shot_length"] == 2.5


@pytest.mark.parametrize(
    ("track", "message"),
    [
        (pd.DataFrame({"time": [0.0]}), "needs time and scale"),
        (pd.DataFrame({"time": [0.0], "scale": ["XL"]}), "'XL' is not a shot scale"),
        (pd.DataFrame({"time": [0.0], "group": ["Close"]}), "'Close' is not a group of scales; use close, long"),
    ],
)
def test_a_wrong_track_is_named(track: pd.DataFrame, message: str) -> None:
    with pytest.raises(TableError, match=message):
        scale_labels(track)


def test_nothing_to_measure() -> None:
    with pytest.raises(TableError, match="neither"):
        film_features(None, None)


def test_shots_on_both_sides_of_an_unknown_one_are_no_neighbors() -> None:
    ranks = np.array([0, 1, 0, 1, 2, 1, 3, 2])
    assert _neighbor_autocorrelation(ranks) == pytest.approx(autocorrelation(ranks.astype(float), 1))
    gaps = np.array([0, 0, OUTSIDE, 3, 3, OUTSIDE, 0, 0])
    assert _neighbor_autocorrelation(gaps) == pytest.approx(10 / 12)  # every pair alike; closing the gaps gives 2 / 12
    assert np.isnan(_neighbor_autocorrelation(np.array([1, OUTSIDE, 2, OUTSIDE, 1])))


def test_a_sample_lasts_as_long_as_samples_are_apart() -> None:
    assert _end_of_samples(np.array([0.0, 1.0, 2.0])) == 3.0
    assert _end_of_samples(np.array([5.0])) == 5.0


def test_short_shots_without_a_sample_do_not_bias_scale_by_duration() -> None:
    """Shots of 0.5 s, mostly close, and as many of 3 s, mostly long: only half of the short ones are sampled."""
    generator = np.random.default_rng(3)
    lengths = generator.choice([0.5, 3.0], 4000)
    close = generator.random(4000) < np.where(lengths < 1, 0.8, 0.2)
    starts = np.append(0.0, np.cumsum(lengths)[:-1])
    shots = pd.DataFrame({"start": starts, "end": starts + lengths})
    times = np.arange(0.25, shots["end"].iloc[-1])
    sampled = close[np.searchsorted(starts, times, side="right") - 1]
    film = film_features(shots, pd.DataFrame({"time": times, "scale": np.where(sampled, "CU", "LS")}))
    assert film["shot_share_cu"] == pytest.approx(close.mean(), abs=0.02)
    assert film["median_shot_length_close"] == 0.5
    assert film["scale_length_correlation"] == pytest.approx(-np.corrcoef(close, lengths)[0, 1], abs=0.03)
