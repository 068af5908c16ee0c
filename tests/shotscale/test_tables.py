"""The contracts of the shot table and the scale track."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shotscale.annotations import read_annotation
from shotscale.errors import TableError
from shotscale.labeled.dataset import read_frames
from shotscale.manifests import read_texts
from shotscale.scales import SCALES, ScaleGroup, ShotScale
from shotscale.tables import (
    GROUP_COLUMNS,
    SHOT_COLUMNS,
    TRACK_COLUMNS,
    make_scales,
    make_shots,
    read_scales,
    read_shots,
    validate_scales,
    validate_shots,
    validate_track,
    write_table,
)


@given(st.lists(st.floats(0.04, 400), min_size=1, max_size=60))
def test_shots_survive_the_disk(tmp_path_factory, lengths):
    edges = np.round(np.append(0, np.cumsum(lengths)), 6)
    shots = make_shots(edges[:-1], edges[-1])
    path = tmp_path_factory.mktemp("shots") / "shots.csv"
    write_table(shots, path)
    pd.testing.assert_frame_equal(read_shots(path), shots)


def test_hand_made_shots_need_only_start_and_end(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("start,end\n0,2.5\n2.5,7\n", encoding="utf-8")
    shots = read_shots(path)
    assert tuple(shots.columns) == SHOT_COLUMNS
    assert shots["kind"].tolist() == ["start", "cut"]
    assert shots["transition_end"].tolist() == [0, 2.5]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("start,end\n", "holds no shot"),
        ("start,stop\n0,1\n", "lacks the column end"),
        ("start,end\n0,2\n3,4\n", "starts where the one before it ends"),
        ("start,end\n0,0\n", "ends after it starts"),
        ("start,end\n0,x\n", "finite number"),
        ("start,end,kind\n0,1,jump\n", "kind = jump in row 1"),
        ("start,end,confidence\n0,1,1.5\n", "0 to 1"),
        ("", "not a UTF-8 CSV table"),
    ],
)
def test_broken_shots_are_named_in_one_line(tmp_path, content, complaint):
    path = tmp_path / "shots.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TableError, match=complaint) as caught:
        read_shots(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "read", [read_shots, read_scales, read_annotation, read_frames, partial(read_texts, missing="")]
)
@pytest.mark.parametrize(
    "content", [b"time,file\n\x81\xfa,1\n", b'time,file\n"0,1\n', b"time,file\n1,2\n3,4,5,6\n", b""]
)
def test_what_is_no_table_is_said_in_one_line_by_every_reader(tmp_path, read, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"not a UTF-8 CSV table \(.*\); ") as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(TableError, match="no such file"):
        read_shots(tmp_path / "none.csv")


def test_groups_are_sums_of_their_scales():
    p = np.random.default_rng(0).dirichlet(np.ones(7), size=20)
    track = make_scales(np.arange(20.0), p)
    assert tuple(track.columns) == TRACK_COLUMNS
    np.testing.assert_allclose(track["p_close"], p[:, :2].sum(axis=1))
    np.testing.assert_allclose(track["p_medium"], p[:, 2:5].sum(axis=1))
    np.testing.assert_allclose(track["p_long"], p[:, 5:].sum(axis=1))
    assert track["scale"].tolist() == [SCALES[i].abbreviation for i in p.argmax(axis=1)]


def test_a_network_of_three_groups_knows_no_scale(tmp_path):
    track = make_scales(np.array([0.0, 1.0]), np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]]))
    assert track["scale"].isna().all()
    assert track["group"].tolist() == ["close", "long"]
    write_table(track, tmp_path / "scales.csv")
    read = read_scales(tmp_path / "scales.csv")
    np.testing.assert_allclose(read[list(GROUP_COLUMNS)], track[list(GROUP_COLUMNS)])
    assert read["scale"].isna().all()


def test_a_film_of_no_sample_has_an_empty_track():
    assert make_scales(np.empty(0), np.empty((0, 7))).empty


def test_a_track_that_breaks_its_contract_is_refused():
    track = make_scales(np.arange(3.0), np.full((3, 7), 1 / 7))
    with pytest.raises(TableError, match="times increase"):
        validate_scales(track.assign(time=[0.0, 2.0, 1.0]))
    with pytest.raises(TableError, match="sum to one"):
        validate_scales(track.assign(p_close=0.9))
    with pytest.raises(TableError, match="sum to one"):
        validate_scales(track.assign(p_ecu=0.9))
    with pytest.raises(TableError, match="one row per time"):
        make_scales(np.arange(2.0), np.full((3, 7), 1 / 7))


@pytest.mark.parametrize("edit", [{"scale": "CU"}, {"group": "close"}, {"scale": "FS"}])
def test_a_scale_that_was_edited_without_its_probabilities_is_refused(edit):
    track = make_scales(np.arange(3.0), np.eye(7)[[3, 3, 6]])
    with pytest.raises(TableError, match=r"in row 1: p_\w+ .. p_\w+ give another; they change with it"):
        validate_scales(track.assign(**edit))


def test_the_likeliest_group_need_not_be_that_of_the_likeliest_scale():
    p = np.array([[0.0, 0.3, 0.25, 0.25, 0.2, 0.0, 0.0]])
    row = validate_scales(make_scales(np.array([0.0]), p)).iloc[0]
    assert (row["scale"], row["group"]) == ("CU", "medium")


@pytest.mark.parametrize("times", [[0.0, 2.0, 1.0], [0.0, None, 1.0], ["0", "x", "1"]])
def test_a_coding_has_times_in_order(times):
    with pytest.raises(TableError, match=r"time = .* in row [23]: (times do not go back|a finite number)"):
        validate_track(pd.DataFrame({"time": times, "scale": "CU"}))


def test_lengths_of_time_are_seconds():
    shots = pd.DataFrame({"start": pd.to_timedelta([0, 0.25], unit="s"), "end": pd.to_timedelta([0.25, 90], unit="s")})
    assert validate_shots(shots)["end"].tolist() == [0.25, 90.0]
    coding = pd.DataFrame({"time": pd.to_timedelta([0, 1], unit="s"), "scale": "CU"})
    assert validate_track(coding)["time"].tolist() == [0.0, 1.0]


def test_validation_leaves_its_argument_alone():
    shots = pd.DataFrame({"start": [0.0], "end": [1.0]})
    validate_shots(shots)
    assert list(shots.columns) == ["start", "end"]


def test_the_taxonomy_is_cinescales():
    assert [scale.abbreviation for scale in ShotScale] == "FS ECU CU MCU MS MLS LS ELS IS NA".split()
    assert [scale.code for scale in ShotScale] == list(range(10))
    assert [scale.group for scale in SCALES] == [ScaleGroup.CLOSE] * 2 + [ScaleGroup.MEDIUM] * 3 + [ScaleGroup.LONG] * 2
    with pytest.raises(ValueError, match="0 to 9"):
        ShotScale.from_code(10)
    with pytest.raises(ValueError, match="not a shot scale"):
        ShotScale.from_abbreviation("XCU")
