"""Shot lists of other programs, read as half-open intervals in seconds."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shotscale.dominant import dominant_scales
from shotscale.errors import DependencyError, OptionError, TableError
from shotscale.scales import SCALES, ShotScale
from shotscale.shotlists import parse_fps, read_shotlist, scale_track, write_shotlist
from shotscale.tables import make_scales, make_shots, read_shots, write_table

Write = Callable[..., Path]
RATES = [Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes text to a file."""

    def place(text: str, name: str = "list.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return place


def spans(path: Path, **options: Fraction | str) -> list[tuple[float, float]]:
    shots = read_shotlist(path, **options).shots  # type: ignore[arg-type]
    return [(round(a, 6), round(b, 6)) for a, b in shots[["start", "end"]].itertuples(index=False)]


SAME = [(0.0, 2.5), (2.5, 64.0), (64.0, 3725.5)]


@pytest.mark.parametrize(
    "text",
    [
        "2.5\n64\n3725.5\n",
        "0\n2.5\n64\n3725.5",
        "0:02.5\n1:04\n1:02:05.5\n",
        "00:00:00\n00:00:02.50\n0:01:04\n01:02:05.500\n",
        "2,5\n64,0\n3725,5\n",
        "# by hand\ntime (s)\n2.5\n\n64\n3725.5\n",
        "Shot,Time\n1,2.5\n2,64\n3,3725.5\n",
        "shot length\n2.5\n61.5\n3661.5\n",
        "Nr;Shot_Length (s);note\n1;2,5;a\n2;61,5;b\n3;3661,5;\n",
        "start,end\n0,2.5\n2.5,64\n64,3725.5\n",
        "Start\tEnd\n0:00\t0:02.5\n0:02.5\t1:04\n1:04\t62:05.5\n",
        "\ufeffstart;end\r\n0;2,5\r\n2,5;64\r\n64;3725,5\r\n",
    ],
)
def test_times_as_people_write_them(text: str, write: Write) -> None:
    assert spans(write(text)) == SAME
    assert spans(write(text, "list.txt")) == SAME


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8"])
def test_encodings_of_spreadsheets(encoding: str, write: Write) -> None:
    assert spans(write("Straße,time\n1,2.5\n2,64\n3,3725.5\n", encoding=encoding)) == SAME


def test_timecodes_with_frames_need_a_frame_rate(write: Write) -> None:
    path = write("00:00:02:12\n00:01:04:00\n01:02:05:12\n")
    assert spans(path, fps=Fraction(24)) == SAME
    with pytest.raises(OptionError, match=r"counts frames, so the film's frames per second are needed; add --fps 25"):
        read_shotlist(path)


def test_the_last_time_is_said_to_be_the_end(write: Write) -> None:
    assert read_shotlist(write("2\n5\n")).notes == (
        "The last time in the list, 5 s, was taken for the end of the film.",
    )
    assert read_shotlist(write("length\n2\n5\n")).notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "time,scale\n2,CU\n4,\n6,long shot\n",
        "2,cu\n4,\n6,LS\n",
        "0,CU\n2,\n4,LS\n6,\n",
        "length;shot scale\n2;2\n2;NA\n2;6\n",
        "start,end,Scale\n0,2,Close-Up\n2,4,\n4,6,Long Shot\n",
    ],
)
def test_a_column_of_scales(text: str, write: Write) -> None:
    given_list = read_shotlist(write(text))
    assert given_list.scales == (ShotScale.CLOSE_UP, None, ShotScale.LONG_SHOT)
    assert list(given_list.shots["end"]) == [2, 4, 6]
    track = scale_track(given_list.shots, given_list.scales)
    assert track["time"].tolist() == [0, 1, 2, 3, 4, 5]
    assert track["scale"].fillna("?").tolist() == ["CU", "CU", "?", "?", "LS", "LS"]
    assert track["group"].fillna("?").tolist() == ["close", "close", "?", "?", "long", "long"]


def test_the_project_own_table_keeps_what_it_knows(tmp_path: Path) -> None:
    shots = make_shots(
        [0.0, 2.0, 5.0],
        9.0,
        kinds=["start", "dissolve", "cut"],
        confidences=[1.0, 0.75, 0.5],
        transitions=[(0, 0), (1.5, 2.5), (4.96, 5.0)],
    )
    write_table(shots, tmp_path / "shots.csv")
    given_list = read_shotlist(tmp_path / "shots.csv")
    assert given_list.format == "shot table"
    assert given_list.shots.equals(read_shots(tmp_path / "shots.csv"))
    assert given_list.scales is None


PYSCENEDETECT = """Scene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,\
End Timecode,End Time (seconds),Length (frames),Length (timecode),Length (seconds)
1,1,00:00:00.000,0.000,60,00:00:02.503,2.503,60,00:00:02.503,2.503
2,61,00:00:02.503,2.503,150,00:00:06.256,6.256,90,00:00:03.754,3.754
"""


@pytest.mark.parametrize("above", ["", "Timecode List:,00:00:02.503\n", "Timecode List:\n", "00:00:02.503\n"])
def test_pyscenedetect(above: str, write: Write) -> None:
    path = write(above + PYSCENEDETECT)
    assert read_shotlist(path).format == "PySceneDetect list"
    assert spans(path) == [(0.0, 2.503), (2.503, 6.256)]
    exact = Fraction(24000, 1001)
    assert spans(path, fps=exact) == [(0.0, round(60 * 1001 / 24000, 6)), (2.5025, 6.25625)]


@pytest.mark.parametrize("cut_list", [True, False])
def test_what_pyscenedetect_itself_writes(cut_list: bool, tmp_path: Path) -> None:
    scenedetect = pytest.importorskip("scenedetect")
    from scenedetect.output import write_scene_list

    frames = [0, 48, 49, 200, 1000]
    codes = [scenedetect.FrameTimecode(frame, fps=25.0) for frame in frames]
    path = tmp_path / "film-Scenes.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_scene_list(stream, list(pairwise(codes)), include_cut_list=cut_list)
    expected = [(a / 25, b / 25) for a, b in pairwise(frames)]
    assert spans(path) == expected
    assert spans(path, fps=Fraction(25)) == expected


def test_transnet_scenes(write: Write) -> None:
    path = write("0 24\n25 49\n60 99\n", "film.mp4.scenes.txt")
    shots = read_shotlist(path, fps=Fraction(25)).shots
    assert shots["start"].tolist() == pytest.approx([0.0, 1.0, (49 + 60) / 50])
    assert shots["end"].tolist()[-1] == 4.0
    assert shots["kind"].tolist() == ["start", "cut", "dissolve"]
    assert shots.loc[2, ["transition_start", "transition_end"]].tolist() == [49 / 25, 60 / 25]
    with pytest.raises(OptionError, match="--fps"):
        read_shotlist(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.sampled_from([0.0, 0.2, 0.6, 1.0]), min_size=2, max_size=60))
def test_transnet_predictions_are_its_scenes(values: list[float], write: Write) -> None:
    """Predictions become scenes as in the network authors' own code."""
    values = [0.0, *values, 0.0]
    scenes, start, before = [], 0, 0
    for i, value in enumerate(values):
        now = int(value > 0.5)
        if before and not now:
            start = i
        if now and not before and i:
            scenes.append((start, i))
        before = now
    scenes.append((start, len(values) - 1))
    predictions = write("".join(f"{value:.6f} {value:.6f}\n" for value in values), "x.predictions.txt")
    pairs = write("".join(f"{a} {b}\n" for a, b in scenes), "x.scenes.txt")
    fps = Fraction(30000, 1001)
    of_predictions, of_pairs = read_shotlist(predictions, fps=fps), read_shotlist(pairs, fps=fps)
    columns = ["start", "end", "kind", "transition_start", "transition_end"]
    assert of_predictions.shots[columns].equals(of_pairs.shots[columns])
    assert (of_predictions.shots["confidence"] > 0.5).all()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lengths=st.lists(st.integers(1, 5000), min_size=1, max_size=40),
    first=st.integers(0, 4000) | st.integers(0, 9_000_000),
    fps=st.sampled_from(RATES),
    suffix=st.sampled_from(["edl", "otio", "csv", "eaf"]),
    data=st.data(),
)
def test_what_is_written_is_read_to_the_frame(
    *, lengths: list[int], first: int, fps: Fraction, suffix: str, data: st.DataObject, tmp_path: Path
) -> None:
    frames = np.cumsum([first, *lengths])
    times = frames * fps.denominator / fps.numerator
    kinds = data.draw(st.lists(st.sampled_from(["cut", "dissolve", "fade", "wipe"]), min_size=40, max_size=40))
    shots = make_shots(times[:-1], float(times[-1]), kinds=["start", *kinds[: len(lengths) - 1]])
    scales = data.draw(
        st.none() | st.lists(st.sampled_from([*SCALES, None]), min_size=len(lengths), max_size=len(lengths))
    )
    path = tmp_path / f"film.{suffix}"
    write_shotlist(shots, path, fps=fps, scales=scales, title="Зеркало\n1975 <&>")
    read = read_shotlist(path, fps=fps if suffix == "edl" else None)
    again = np.append(read.shots["start"].to_numpy(), float(read.shots["end"].iloc[-1]))
    assert np.rint(again * float(fps)).astype(int).tolist() == frames.tolist()
    if suffix in ("edl", "otio"):
        np.testing.assert_allclose(again, times, rtol=0, atol=1e-9)
        assert read.fps == fps
    else:
        np.testing.assert_allclose(again, times, rtol=0, atol=1e-6 if suffix == "csv" else 0.00051)
    if suffix != "eaf":
        assert read.shots["kind"].tolist() == shots["kind"].tolist()
    known = tuple(scales) if scales is not None and any(scales) else None
    assert read.scales == known
    assert read.notes == ()


def test_an_edl_as_editors_write_it(write: Write) -> None:
    edl = """TITLE: REEL 1
FCM: NON-DROP FRAME

001  TAPE1    V     C        10:11:00:00 10:11:02:00 01:00:00:00 01:00:02:00
* FROM CLIP NAME:  A1
001  TAPE1    A     C        10:11:00:00 10:11:02:00 01:00:00:00 01:00:02:00
002  TAPE1    V     C        10:20:00:00 10:20:03:12 01:00:02:00 01:00:05:12
003  TAPE1    V     C        10:20:03:12 10:20:03:12 01:00:05:12 01:00:05:12
003  TAPE2    V     D    024 11:00:00:00 11:00:05:00 01:00:05:12 01:00:10:12
"""
    path = write(edl.replace("001  TAPE1    A", "009  TAPE1    A"), "reel.edl")
    shots = read_shotlist(path, fps=Fraction(24)).shots
    assert shots["start"].tolist() == [0.0, 2.0, 6.0], "the hour is left out; a dissolve's shot begins in its middle"
    assert shots["end"].tolist() == [2.0, 6.0, 10.5]
    assert shots["kind"].tolist() == ["start", "cut", "dissolve"]
    assert shots.loc[2, ["transition_start", "transition_end"]].tolist() == [5.5, 6.5]
    with pytest.raises(OptionError, match="--fps"):
        read_shotlist(path)
    with pytest.raises(OptionError, match="no timecode counts at this rate"):
        read_shotlist(path, fps=Fraction(17))


def test_a_drop_frame_hour_is_left_out(write: Write) -> None:
    rows = "001  AX  V  C  00:00:00;00 00:01:00;02 {0}:00:00;00 {0}:01:00;02\n"
    for hour in ("01", "10"):
        path = write(rows.format(hour), "drop.edl")
        fps = Fraction(30000, 1001)
        assert spans(path, fps=fps) == [(0.0, 60.06)]


def test_an_otio_timeline_as_editors_write_it(tmp_path: Path) -> None:
    otio = pytest.importorskip("opentimelineio")
    time, span = otio.opentime.RationalTime, otio.opentime.TimeRange
    track = otio.schema.Track(kind="Video")
    for length in (48, 24, 12):
        track.append(otio.schema.Clip(source_range=span(time(1000, 24), time(length, 24))))
    track.insert(
        2, otio.schema.Transition(transition_type="SMPTE_Dissolve", in_offset=time(6, 24), out_offset=time(6, 24))
    )
    timeline = otio.schema.Timeline()
    timeline.tracks.append(track)
    timeline.tracks.append(otio.schema.Track(kind="Audio"))
    (tmp_path / "cut.otio").write_text(timeline.to_json_string(), encoding="utf-8")
    given_list = read_shotlist(tmp_path / "cut.otio")
    assert given_list.shots["start"].tolist() == [0.0, 2.0, 3.0]
    assert given_list.shots["kind"].tolist() == ["start", "cut", "dissolve"]
    assert given_list.shots.loc[2, ["transition_start", "transition_end"]].tolist() == [2.75, 3.25]
    assert given_list.fps == 24


def test_elan_tiers(tmp_path: Path) -> None:
    pympi = pytest.importorskip("pympi")
    document = pympi.Elan.Eaf(author="x")
    document.remove_tier("default")
    for tier in ("speech", "Shots", "Shot-Scale"):
        document.add_tier(tier)
    document.add_annotation("speech", 100, 900, "hello")
    for start, end in ((0, 2000), (2040, 5000), (5000, 9000)):
        document.add_annotation("Shots", start, end, "")
    document.add_annotation("Shot-Scale", 0, 2100, "CU")
    document.add_annotation("Shot-Scale", 5000, 9000, "medium long shot")
    path = tmp_path / "film.eaf"
    document.to_file(str(path))
    given_list = read_shotlist(path)
    assert spans(path) == [(0.0, 2.04), (2.04, 5.0), (5.0, 9.0)]
    assert given_list.scales == (ShotScale.CLOSE_UP, None, ShotScale.MEDIUM_LONG_SHOT)
    assert "1 gap or overlap between neighboring shots, of up to 0.04 s, closed" in given_list.notes[0]
    assert spans(path, tier="speech") == [(0.1, 0.9)]
    with pytest.raises(
        TableError, match=r"has no tier 'cuts' with annotations; it has speech, Shots, Shot-Scale; name one"
    ):
        read_shotlist(path, tier="cuts")
    document.rename_tier("Shots", "pictures")
    path.unlink()
    document.to_file(str(path))
    with pytest.raises(TableError, match="which tier holds the shots is not clear"):
        read_shotlist(path)


def test_a_shot_has_the_scale_of_most_of_its_samples() -> None:
    shots = make_shots([0.0, 3.0, 3.5], 6.0)
    p = np.eye(7)[[1, 1, 4, 6, 0]]
    track = make_scales(np.arange(5.0), p)
    assert dominant_scales(shots, track) == (
        ShotScale.CLOSE_UP,
        ShotScale.EXTREME_LONG_SHOT,
        ShotScale.EXTREME_CLOSE_UP,
    )
    groups = make_scales(np.arange(5.0), np.eye(3)[[0, 1, 2, 0, 1]])
    assert dominant_scales(shots, groups) is None


@pytest.mark.parametrize(
    ("text", "fps"),
    [
        ("25", 25),
        ("23.976", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("24000/1001", Fraction(24000, 1001)),
        ("24.0", 24),
    ],
)
def test_frame_rates(text: str, fps: Fraction) -> None:
    assert parse_fps(text) == fps


@pytest.mark.parametrize("text", ["", "film", "0", "-25", "nan", "inf", "1/0", "1e9"])
def test_frame_rates_that_are_none(text: str) -> None:
    with pytest.raises(OptionError, match=r"not a frame rate|frames per second lie between"):
        parse_fps(text)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    shots = make_shots([0.0, 0.01, 2.0], 3.0)
    with pytest.raises(TableError, match=r"shot 1: 0\.010 s long, less than a frame at 25 frames per second"):
        write_shotlist(shots, tmp_path / "x.edl", fps=Fraction(25))
    with pytest.raises(OptionError, match="counts frames"):
        write_shotlist(shots, tmp_path / "x.otio")
    with pytest.raises(OptionError, match=r"x.fcp: .fcp is not a format to write; use .csv, .edl, .otio, .eaf"):
        write_shotlist(shots, tmp_path / "x.fcp")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("suffix", "library"), [("otio", "opentimelineio"), ("eaf", "pympi")])
def test_a_library_that_is_missing(suffix: str, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(DependencyError, match=r"needs the package .*; pip install 'film-authorship\[export\]'"):
        write_shotlist(make_shots([0.0], 3.0), tmp_path / f"x.{suffix}", fps=Fraction(25))
