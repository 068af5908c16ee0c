"""Agreement, checked against the worked examples of the papers and against scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from sklearn.metrics import cohen_kappa_score

from shotscale.errors import TableError
from shotscale.evaluation.agreement import (
    cohen_kappa,
    compare,
    fleiss_kappa,
    krippendorff_alpha,
    measure_agreement,
    stretches,
)
from shotscale.opening import read_track
from shotscale.tables import make_scales, write_table

# Fleiss 1971, table 1: 30 patients, six raters, five diagnoses.
DIAGNOSES = """
0 0 0 6 0|0 3 0 0 3|0 1 4 0 1|0 0 0 0 6|0 3 0 3 0|2 0 4 0 0|0 0 4 0 2|2 0 3 1 0|2 0 0 4 0|0 0 0 0 6
1 0 0 5 0|1 1 0 4 0|0 3 3 0 0|1 0 0 5 0|0 2 0 3 1|0 0 5 0 1|3 0 0 1 2|5 1 0 0 0|0 2 0 4 0|1 0 2 0 3
0 0 0 0 6|0 1 0 5 0|0 2 0 1 3|2 0 0 4 0|1 0 0 4 1|0 5 0 1 0|4 0 0 0 2|0 2 0 4 0|1 0 5 0 0|0 0 0 0 6
"""

# Krippendorff 2011: four observers, twelve units, values missing.
N = np.nan
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    ]
)


def test_fleiss_worked_example() -> None:
    counts = np.array(
        [[float(v) for v in item.split()] for line in DIAGNOSES.split("\n") if line for item in line.split("|")]
    )
    kappa, interval = fleiss_kappa(counts)
    assert counts.shape == (30, 5)
    assert kappa == pytest.approx(0.430, abs=5e-4)
    assert interval is not None
    assert interval[0] < 0.430 < interval[1]
    # Each item repeated ten times: the same kappa, and an interval narrower by about the square root of ten.
    many = fleiss_kappa(np.tile(counts, (10, 1)))
    assert many[0] == pytest.approx(kappa)
    assert many[1] is not None
    assert (many[1][1] - many[1][0]) == pytest.approx((interval[1] - interval[0]) / np.sqrt(10), rel=0.06)


def test_the_interval_covers_as_often_as_it_says() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 200_000)

    def sample(n: int) -> np.ndarray:
        seen = random.choice(truth, n)
        raters = [np.where(random.random(n) < 0.75, seen, random.integers(0, 3, n)) for _ in range(3)]
        return np.stack([sum((r == k).astype(float) for r in raters) for k in range(3)], axis=1)

    real, _ = fleiss_kappa(sample(200_000))
    covered = []
    for _ in range(300):
        interval = fleiss_kappa(sample(150))[1]
        assert interval is not None
        covered.append(interval[0] <= real <= interval[1])
    assert 0.91 <= np.mean(covered) <= 0.98


def test_seconds_of_one_shot_tell_no_more_than_one() -> None:
    """Items repeated four times, in clusters, have the same interval as the items alone."""
    counts = np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0], [2.0, 0.0], [0.0, 2.0]])
    alone = fleiss_kappa(counts)
    clustered = fleiss_kappa(np.repeat(counts, 4, axis=0), np.repeat(np.arange(5), 4))
    assert clustered[0] == pytest.approx(alone[0])
    assert clustered[1] == pytest.approx(alone[1])
    assert fleiss_kappa(counts, np.zeros(5, int))[1] is None


def test_coders_who_never_differ_have_no_interval() -> None:
    assert fleiss_kappa(np.array([[2.0, 0.0], [0.0, 2.0], [2.0, 0.0]])) == (1.0, None)


def test_a_stretch_ends_where_a_coder_changes_or_a_second_is_missing() -> None:
    ratings = pd.DataFrame({"a": list("xxyyyy"), "b": list("xxxxzz")}, index=[0, 1, 2, 3, 4, 9])
    assert stretches(ratings).tolist() == [0, 0, 1, 1, 2, 3]
    assert stretches(ratings[:0]).tolist() == []


def test_accuracy_counts_shots_and_not_seconds() -> None:
    codes = ["CU"] * 30 + ["MS"] * 30 + ["LS"] * 30 + ["CU"] * 30
    wrong = ["CU"] * 30 + ["MS"] * 30 + ["LS"] * 30 + ["MS"] * 30
    low, high = compare(track(wrong), track(codes))["three"]["accuracy_interval"]
    assert low < 0.35  # three of four shots, not 90 of 120 seconds
    assert high > 0.94


def test_krippendorff_worked_example() -> None:
    assert krippendorff_alpha(OBSERVERS) == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha(np.ones((2, 4))) is None


def test_cohen_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(1)
    first, second = random.integers(0, 4, (2, 50))
    assert cohen_kappa(first, second) == pytest.approx(cohen_kappa_score(first, second))


def track(codes: list[str], times: list[float] | None = None) -> pd.DataFrame:
    groups = {"CU": "close", "MS": "medium", "LS": "long", "ELS": "long"}
    table = pd.DataFrame({"time": times or [float(i) for i in range(len(codes))], "scale": codes})
    return table.assign(group=table["scale"].map(groups))


def test_tracks_meet_on_common_seconds() -> None:
    truth = track(["CU", "MS", "LS", "FS", "NA", "LS"])
    predicted = track(["CU", "MS", "ELS", "MS", "MS", "MS"], [0.1, 1.2, 1.9, 3.0, 4.0, 9.0])
    figures = compare(predicted, truth)
    assert [figures[name]["n"] for name in ("nine", "seven", "three")] == [4, 3, 3]
    assert figures["three"]["accuracy"] == 1.0
    assert figures["seven"]["accuracy"] == pytest.approx(2 / 3)
    assert figures["nine"]["accuracy"] == pytest.approx(0.5)
    assert figures["nine"]["weighted_kappa"] is None
    with pytest.raises(TableError, match="0 common seconds"):
        compare(track(["CU"], [100.0]), truth)
    with pytest.raises(TableError, match="0 common classes"):
        compare(track(["CU", "NA"], [0.0, 4.0]), track(["NA", "LS"], [0.0, 4.0]))


def test_both_kinds_of_file_are_read(tmp_path) -> None:
    (tmp_path / "c.csv").write_text("time,shotscale\n0,2\n1,0\n")
    assert read_track(tmp_path / "c.csv")["group"].tolist()[:1] == ["close"]
    write_table(make_scales(np.arange(2.0), np.eye(3)[[0, 2]]), tmp_path / "s.csv")
    figures = compare(read_track(tmp_path / "s.csv"), read_track(tmp_path / "c.csv"))
    assert (figures["nine"], figures["seven"], figures["three"]["n"]) == (None, None, 1)
    with pytest.raises(TableError, match="no such file"):
        read_track(tmp_path / "none.csv")


def test_agreement_of_coders() -> None:
    coders = {"a": track(["CU", "MS", "LS", "NA", "MS"]), "b": track(["CU", "MS", "LS", "LS", "LS"])}
    figures = measure_agreement(coders)
    assert figures["seven"]["n"] == 4
    assert figures["seven"]["pairs"][0]["coders"] == ["a", "b"]
    assert figures["seven"]["pairs"][0]["kappa"] == pytest.approx(cohen_kappa_score([0, 1, 2, 1], [0, 1, 2, 2]))
    assert figures["nine"]["alpha"] is None
    with pytest.raises(TableError, match="two or more"):
        measure_agreement({"a": coders["a"]})
    with pytest.raises(TableError, match=r"^fewer than 2 common seconds: agreement needs two"):
        measure_agreement({"a": track(["CU"]), "b": track(["CU"])})


def test_the_interval_of_fleiss_kappa_is_that_of_a_jackknife() -> None:
    counts = np.random.default_rng(0).multinomial(3, [0.7, 0.2, 0.1], size=200).astype(float)
    counts[:60] = [3, 0, 0]
    kappa, interval = fleiss_kappa(counts)
    assert kappa is not None
    assert interval is not None
    without = np.array([fleiss_kappa(np.delete(counts, k, axis=0))[0] for k in range(200)], float)
    error = np.sqrt(199 / 200 * ((without - without.mean()) ** 2).sum())
    assert interval[1] - kappa == pytest.approx(t.ppf(0.975, 199) * error, rel=0.03)
