"""Any list that is written reads back the same, and a typo in a header never silently yields another film."""

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shotscale.errors import UserError
from shotscale.scales import SCALES, ShotScale
from shotscale.shotlists import read_shotlist, write_shotlist
from shotscale.shotlists.timecodes import code_of, drops, frames_of
from shotscale.tables import make_shots

RATES = [Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")]
UNITS = {"ms": 1000.0, "s": 1.0, "frames": 25.0}
SHARED_FOLDER = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def boundaries(shots: pd.DataFrame) -> np.ndarray:
    return np.append(shots["start"].to_numpy(), float(shots["end"].iloc[-1]))


@st.composite
def films(draw: st.DrawFn, *, most: int = 12) -> np.ndarray:
    """Draw the starts of a film's shots and, last, its end: seconds with two decimals."""
    lengths = draw(st.lists(st.integers(40, 3000), min_size=2, max_size=most))
    first = draw(st.sampled_from([0, 0, 6000, 1234]))
    return np.cumsum([first, *lengths]) / 100


@given(frame=st.integers(0, 5_000_000), fps=st.sampled_from(RATES))
def test_a_time_code_names_one_frame(frame: int, fps: Fraction) -> None:
    for drop in (False, drops(fps)):
        code = code_of(frame, fps=fps, drop=drop)
        assert frames_of(code, fps=fps, drop=drop, where="") == frame
    if drops(fps):
        clock = frame / float(fps)
        hours, minutes, seconds = (int(part) for part in code[:8].replace(";", ":").split(":"))
        assert abs(3600 * hours + 60 * minutes + seconds - clock) < 1.1, "drop-frame codes keep up with the clock"


SPELLINGS = {
    "start": ("start", "Start Time", "begin", "In", "Shot_Start", "TC in", "StartTime"),
    "end": ("end", "End Time", "stop", "Out", "Shot_End", "TC out", "EndTime"),
    "length": ("length", "Duration", "Shot Length", "shot_length", "SL"),
    "cut": ("time", "Timecode", "Cut", "cut_time"),
}


def written(
    times: np.ndarray, roles: Sequence[str], names: Sequence[str], *, unit: str, mark: str, decimal: str
) -> str:
    """Return a table with some of a film's starts, ends and lengths."""
    columns = {"start": times[:-1], "end": times[1:], "cut": times[1:], "length": np.diff(times)}

    def field(value: float) -> str:
        number = round(value * UNITS[unit], 2)
        return f"{number:g}".replace(".", decimal) if number < 1e5 else f"{number:.2f}".rstrip("0").rstrip(".")

    rows = [mark.join(["shot", *names])]
    rows += [mark.join([str(k + 1), *(field(columns[role][k]) for role in roles)]) for k in range(len(times) - 1)]
    return "\n".join(rows) + "\n"


ROLES = [("start", "end"), ("start", "length"), ("start", "end", "length"), ("end", "length"), ("length",), ("cut",)]


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, str, tuple[str, ...]]:
    """Draw a film, a table of it whose header is unambiguous, and the roles of the table's columns."""
    times = draw(films())
    roles = draw(st.sampled_from(ROLES))
    if roles in (("length",), ("cut",)):
        times = times - times[0]
    unit = draw(st.sampled_from(["ms", "s"]))
    label = draw(st.sampled_from(["{} (%s)", "{} [%s]", "{}_%s"])) % unit
    names = [label.format(draw(st.sampled_from(SPELLINGS[role]))) for role in roles]
    mark, decimal = draw(st.sampled_from([(",", "."), (";", ","), (";", "."), ("\t", ".")]))
    return times, written(times, roles, names, unit=unit, mark=mark, decimal=decimal), roles


@settings(SHARED_FOLDER, max_examples=80)
@given(table=tables())
def test_a_table_whose_header_says_enough_is_the_film(
    table: tuple[np.ndarray, str, tuple[str, ...]], tmp_path: Path
) -> None:
    times, text, _ = table
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    read = read_shotlist(path)
    np.testing.assert_allclose(boundaries(read.shots), times, atol=0.006 * len(times))
    assert "seconds" in read.understood


@settings(SHARED_FOLDER, max_examples=200)
@given(table=tables(), data=st.data())
def test_a_slip_in_a_header_makes_no_other_film_in_silence(
    table: tuple[np.ndarray, str, tuple[str, ...]], data: st.DataObject, tmp_path: Path
) -> None:
    times, text, _ = table
    header, _, rest = text.partition("\n")
    at = data.draw(st.integers(0, len(header) - 1))
    slip = data.draw(st.sampled_from(["", *"aeinorstdfmlc_ ()[]"]))
    changed = header[:at] + slip + header[at + data.draw(st.integers(0, 1)) :]
    path = tmp_path / "list.csv"
    path.write_text(f"{changed}\n{rest}", encoding="utf-8")
    try:
        read = read_shotlist(path)
    except UserError:
        return
    found = boundaries(read.shots)
    same = len(found) == len(times) and bool(np.allclose(found, times, atol=0.006 * len(times)))
    assert same, f"{header!r} became {changed!r}: {read.understood}"


PYSCENEDETECT = """Timecode List:,00:00:04.000,00:00:07.000
Scene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,End Timecode,End Time (seconds),Length (seconds)
1,1,00:00:00.000,0.000,100,00:00:04.000,4.000,4.000
2,101,00:00:04.000,4.000,175,00:00:07.000,7.000,3.000
3,176,00:00:07.000,7.000,350,00:00:14.000,14.000,7.000
"""
ELAN = """<ANNOTATION_DOCUMENT><HEADER TIME_UNITS="PAL-frames">
<MEDIA_DESCRIPTOR MEDIA_URL="film.mp4" MIME_TYPE="video/mp4" TIME_ORIGIN="5000"/></HEADER><TIME_ORDER>
<TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="100"/></TIME_ORDER>
<TIER TIER_ID="Shots"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
<ANNOTATION_VALUE>x</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"""


def heads(folder: Path) -> dict[str, tuple[str, list[int]]]:
    """Return a file of each kind, and the positions in it of the text that defines the rest."""
    shots = make_shots([0.0, 4.004, 7.007, 2002.0], 3003.0)
    for suffix in ("csv", "edl", "otio"):
        write_shotlist(shots, folder / f"head.{suffix}", fps=Fraction(30000, 1001))
    texts = {suffix: (folder / f"head.{suffix}").read_text(encoding="utf-8") for suffix in ("csv", "edl", "otio")}
    texts["edl"] = texts["edl"].replace(";", ":")  # so that only FCM says how codes count
    words = re.finditer(r'"(\w+)": |"OTIO_SCHEMA": "([^"]+)"', texts["otio"])
    return {
        "table.csv": (PYSCENEDETECT, list(range(PYSCENEDETECT.index("\n1,")))),
        "own.csv": (texts["csv"], list(range(texts["csv"].index("\n")))),
        "list.edl": (texts["edl"], list(range(texts["edl"].index("001 ")))),
        "list.eaf": (ELAN, [k for k in range(ELAN.index("<TIME_ORDER")) if not ELAN[k].isdigit()]),
        "list.otio": (texts["otio"], [k for one in words for k in range(*one.span(one.lastindex or 0))]),
    }


@settings(SHARED_FOLDER, max_examples=400)
@given(name=st.sampled_from(["table.csv", "own.csv", "list.edl", "list.eaf", "list.otio"]), data=st.data())
def test_a_slip_in_any_head_makes_no_other_film_in_silence(name: str, data: st.DataObject, tmp_path: Path) -> None:
    text, places = heads(tmp_path)[name]
    path, fps = tmp_path / name, Fraction(30000, 1001) if name.endswith("edl") else None
    path.write_text(text, encoding="utf-8")
    film = boundaries(read_shotlist(path, fps=fps).shots)
    at = data.draw(st.sampled_from(places))
    slip = data.draw(st.sampled_from(["", *"aeixst_ "]))
    changed = text[:at] + slip + text[at + data.draw(st.integers(0, 1)) :]
    path.write_text(changed, encoding="utf-8")
    try:
        read = read_shotlist(path, fps=fps)
    except UserError:
        return
    found = boundaries(read.shots)
    same = len(found) == len(film) and bool(np.allclose(found, film, atol=0.01))
    assert same, f"{changed[max(0, at - 20) : at + 20]!r}: {read.understood}"


@settings(SHARED_FOLDER, max_examples=25)
@given(frames=st.lists(st.integers(2, 400), min_size=1, max_size=9), kind=st.sampled_from(["scenes", "predictions"]))
def test_what_transnet_writes_is_the_film(frames: list[int], kind: str, tmp_path: Path) -> None:
    """Both files as TransNet writes them: the last frame of a shot is the first one classified as a transition."""
    ends = np.cumsum(frames)
    if kind == "scenes":
        rows = [f"{a} {b - 1}" for a, b in zip([0, *ends[:-1]], ends, strict=True)]
    else:
        cuts = set((ends[:-1] - 1).tolist())
        rows = [f"{0.9 if k in cuts else 0.01:f} 0.02" for k in range(ends[-1])]
    (tmp_path / f"film.{kind}.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    read = read_shotlist(tmp_path / f"film.{kind}.txt", fps=Fraction(25))
    np.testing.assert_allclose(boundaries(read.shots) * 25, [0, *ends], atol=1e-6)


@settings(SHARED_FOLDER, max_examples=25)
@given(
    times=films(),
    suffixes=st.lists(st.sampled_from(["csv", "edl", "otio", "eaf"]), min_size=2, max_size=4),
    scaled=st.booleans(),
    data=st.data(),
)
def test_read_say_convert_read(
    *, times: np.ndarray, suffixes: list[str], scaled: bool, data: st.DataObject, tmp_path: Path
) -> None:
    """A film converted through any sequence of formats stays the same."""
    fps = Fraction(25)
    frames = np.rint(times * 25).astype(int)
    shots = make_shots(frames[:-1] / 25, frames[-1] / 25)
    one = st.sampled_from([*SCALES, None])
    scales: tuple[ShotScale | None, ...] | None = None
    if scaled:
        scales = (ShotScale.CLOSE_UP, *data.draw(st.lists(one, min_size=len(shots) - 1, max_size=len(shots) - 1)))
    for n, suffix in enumerate(suffixes):
        path = tmp_path / f"{n}.{suffix}"
        path.unlink(missing_ok=True)
        write_shotlist(shots, path, fps=fps, scales=scales)
        read = read_shotlist(path, fps=fps)
        np.testing.assert_allclose(boundaries(read.shots), frames / 25, atol=0.0006)
        assert read.scales == scales
        assert f"{len(shots)} shots" in read.understood
        shots = read.shots


@pytest.mark.parametrize("suffix", ["edl", "otio", "csv"])
def test_a_long_list_is_written_and_read(suffix: str, tmp_path: Path) -> None:
    n = 2000
    shots = make_shots(np.arange(n) * 2.0, 2.0 * n)
    write_shotlist(shots, tmp_path / f"x.{suffix}", fps=Fraction(25))
    assert read_shotlist(tmp_path / f"x.{suffix}", fps=Fraction(25)).shots["end"].tolist() == shots["end"].tolist()
