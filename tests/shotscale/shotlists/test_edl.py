"""Edit lists as editing programs write them: record time codes alone define the shots."""

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from shotscale.errors import OptionError, TableError
from shotscale.shotlists import ShotList, read_shotlist, write_shotlist
from shotscale.shotlists.timecodes import code_of, frames_of
from shotscale.tables import make_shots

Read = Callable[..., ShotList]
NTSC = Fraction(30000, 1001)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def place(text: str, *, fps: Fraction | int = 24, gaps: str | None = None) -> ShotList:
        (tmp_path / "x.edl").write_text(text, encoding="utf-8")
        return read_shotlist(tmp_path / "x.edl", fps=Fraction(fps), gaps=gaps)

    return place


def seams(given: ShotList) -> list[float]:
    return [round(float(time), 2) for time in (*given.shots["start"], given.shots["end"].iloc[-1])]


def event(
    number: int,
    start: str,
    end: str,
    *,
    reel: str = "A",
    kind: str = "C",
    channel: str = "V",
    source: str | None = None,
) -> str:
    """Return an event in record hour 01; by default, its source begins at 0 and lasts one second."""
    of = source or "00:00:00:00 00:00:01:00"
    return f"{number:03d}  {reel:8} {channel:5} {kind:8} {of} 01:{start} 01:{end}\n"


def test_comments_stand_anywhere(read: Read) -> None:
    text = "* CREATED WITH SOMETHING\nTITLE: x\nFCM: NON-DROP FRAME\n* two\n\n"
    text += (
        event(1, "00:00:00", "00:02:00") + "* FROM CLIP NAME: 001 AX V C\n>>> SOURCE x\nM2   A   024.0   00:00:00:00\n"
    )
    assert seams(read(text + event(2, "00:02:00", "00:05:12") + "FINAL CUT PRO REEL: A\n")) == [0, 2, 5.5]


def test_sources_do_not_matter(read: Read) -> None:
    """Slow motion, freeze frames, and reels with spaces or long names."""
    text = event(1, "00:00:00", "00:05:00", reel="A LONG NAME.MOV", source="10:00:00:00 10:00:00:01")
    assert seams(read(text + event(2, "00:05:00", "00:05:13", source="99:99:99:99 00:00:00:00"))) == [0, 5, 5.54]


def test_black_at_head_and_tail_is_no_shot(read: Read) -> None:
    text = event(1, "00:00:00", "00:02:00", reel="BL") + event(2, "00:02:00", "00:02:00", reel="BL")
    text += event(2, "00:02:00", "00:05:00", kind="D    024") + event(3, "00:05:00", "00:10:00", reel="B")
    text += event(4, "00:10:00", "00:10:00", reel="B") + event(4, "00:10:00", "00:12:00", reel="BL", kind="D    024")
    given = read(text)
    assert seams(given) == [2, 5, 11], "a shot begins and ends with its fade"
    assert given.shots["kind"].tolist() == ["start", "cut"]


def test_black_between_shots_is_no_shot(read: Read) -> None:
    text = event(1, "00:00:00", "00:05:00") + event(2, "00:05:00", "00:05:00")
    text += event(2, "00:05:00", "00:08:00", reel="BL", kind="D    024") + event(3, "00:08:00", "00:08:00", reel="BL")
    text += event(3, "00:08:00", "00:12:00", reel="B", kind="D    012")
    given = read(text)
    assert seams(given) == [0, 7, 12]
    assert given.shots["kind"].tolist() == ["start", "fade"]
    assert given.shots.loc[1, ["transition_start", "transition_end"]].tolist() == [5, 8.5]
    assert len(given.notes) == 1
    assert "Black inside the film, 2.00 s in 1 place, is not a shot" in given.notes[0]
    assert seams(read(text, gaps="out")) == [0, 6, 10]


def test_black_by_cuts_in_several_places(read: Read) -> None:
    text = event(1, "00:00:00", "00:05:00") + event(2, "00:05:00", "00:06:00", reel="BL")
    text += event(3, "00:06:00", "00:08:00") + event(4, "00:08:00", "00:08:12", reel="BL")
    given = read(text + event(5, "00:08:12", "00:09:00", reel="BL") + event(6, "00:09:00", "00:10:00"))
    assert seams(given) == [0, 5.5, 8.5, 10]
    assert given.shots["transition_start"].tolist() == [0, 5, 8]
    assert given.shots["transition_end"].tolist() == [0, 6, 9]
    assert "2.00 s in 2 places" in given.notes[0]


def test_a_fade_through_black_without_black_between(read: Read) -> None:
    text = event(1, "00:00:00", "00:05:00") + event(2, "00:05:00", "00:05:00")
    text += event(2, "00:05:00", "00:06:00", reel="BL", kind="D    024") + event(3, "00:06:00", "00:06:00", reel="BL")
    given = read(text + event(3, "00:06:00", "00:12:00", reel="B", kind="D    024"))
    assert seams(given) == [0, 6, 12]
    assert given.shots["kind"].tolist() == ["start", "fade"]


def test_a_cut_to_a_fade_from_black(read: Read) -> None:
    text = event(1, "00:00:00", "00:05:00") + event(2, "00:05:00", "00:05:00", reel="BL")
    given = read(text + event(2, "00:05:00", "00:10:00", reel="B", kind="D    024"))
    assert seams(given) == [0, 5, 10], "the shot before does not dissolve"
    assert given.shots["kind"].tolist() == ["start", "fade"]


def test_gaps(read: Read) -> None:
    text = event(1, "00:00:00", "00:05:00") + event(2, "00:07:00", "00:10:00")
    with pytest.raises(TableError, match=r"ends at 5 s but shot 2 starts at 7 s; .* --gaps black"):
        read(text, gaps="refuse")
    assert seams(read(text)) == seams(read(text, gaps="black")) == [0, 6, 10]
    moved = read(text, gaps="out")
    assert seams(moved) == [0, 5, 8]
    assert "Black and gaps of 2.00 s in all were left out" in moved.notes[0]


def test_a_gap_before_a_fade_is_a_gap(read: Read) -> None:
    text = event(1, "00:00:00", "00:05:00") + event(2, "00:15:00", "00:15:00", reel="BL")
    text += event(2, "00:15:00", "00:20:00", kind="D    024") + event(3, "00:20:00", "00:24:00")
    with pytest.raises(TableError, match="ends at 5 s but shot 2 starts at 15 s"):
        read(text, gaps="refuse")
    assert seams(read(text)) == [0, 10, 20, 24]
    assert seams(read(text, gaps="out")) == [0, 5, 10, 14]


def test_a_gap_of_a_frame_is_closed(read: Read) -> None:
    given = read(event(1, "00:00:00", "00:05:00") + event(2, "00:05:01", "00:10:00"))
    assert seams(given) == [0, 5.04, 10]
    assert "1 gap or overlap" in given.notes[0]


def test_transitions(read: Read) -> None:
    text = event(1, "00:00:00", "00:04:00") + event(2, "00:04:00", "00:09:00", kind="D    024", reel="B")
    text += event(3, "00:09:00", "00:14:00", kind="W001 012", reel="C")
    given = read(text)
    assert seams(given) == [0, 4.5, 9.25, 14]
    assert given.shots["kind"].tolist() == ["start", "dissolve", "wipe"]
    assert given.shots.loc[1, ["transition_start", "transition_end"]].tolist() == [4, 5]
    with pytest.raises(TableError, match="line 1: a transition of 240 frames in an event of 96"):
        read(event(1, "00:00:00", "00:04:00", kind="D    240"))


def test_what_goes_on_after_a_dissolve_is_the_same_shot(read: Read) -> None:
    text = event(1, "00:00:00", "00:04:00") + event(2, "00:04:00", "00:04:00")
    text += event(2, "00:04:00", "00:05:00", kind="D    024", reel="B", source="00:00:10:00 00:00:11:00")
    text += event(3, "00:05:00", "00:09:00", reel="B", source="00:00:11:00 00:00:15:00")
    assert seams(read(text)) == [0, 4.5, 9]


def test_keys_lie_over_the_picture(read: Read) -> None:
    text = event(1, "00:00:00", "00:04:00") + event(2, "00:04:00", "00:09:00", kind="K B", reel="B")
    text += event(2, "00:04:00", "00:09:00", kind="K    000", reel="TITLE") + event(3, "00:09:00", "00:12:00")
    assert seams(read(text)) == [0, 4, 9, 12]
    over = event(1, "00:00:00", "00:09:00") + event(2, "00:02:00", "00:04:00", kind="K    012", reel="TITLE")
    assert seams(read(over)) == [0, 9]


def test_a_key_with_its_background_inside_a_picture(read: Read) -> None:
    text = event(1, "00:00:00", "00:09:00") + event(2, "00:02:00", "00:04:00", kind="K B", reel="B")
    assert seams(read(text + event(2, "00:02:00", "00:04:00", kind="K    012", reel="TITLE"))) == [0, 9]


@pytest.mark.parametrize(
    ("reel", "comment"),
    [("BLK", ""), ("AX", "* FROM CLIP NAME: Black Video\n"), ("AX", "*FROM CLIP NAME:  SLUG\n"), ("black", "")],
)
def test_black_by_other_names(reel: str, comment: str, read: Read) -> None:
    black = event(2, "00:04:00", "00:06:00", reel=reel) + comment
    text = event(1, "00:00:00", "00:04:00") + "* FROM CLIP NAME: THE BLACK CAT\n"
    assert seams(read(text + black + event(3, "00:06:00", "00:09:00"))) == [0, 5, 9]
    assert seams(read(text + black)) == [0, 4]
    into = event(2, "00:04:00", "00:04:00") + event(2, "00:04:00", "00:06:00", kind="D    024")
    named = into + "* FROM CLIP NAME: BLACK\n* TO CLIP NAME: THE DAWN\n"
    assert seams(read(text + named)) == [0, 4.5, 6], "the clip that comes is not the one that goes"


def test_a_list_that_begins_with_a_leader_counts_from_it(read: Read) -> None:
    text = "001 A V C 00:00:00:00 00:00:08:00 00:59:52:00 01:00:00:00\n* FROM CLIP NAME: HEAD LEADER 2398\n"
    given = read(text + event(2, "00:00:00", "00:05:00"))
    assert seams(given) == [0, 8, 13]
    assert "record time codes from 00:59:52:00" in given.understood
    assert given.notes == (
        "'HEAD LEADER 2398' reads like a leader and counts as a shot; remove its event if it is not one.",
    )
    assert seams(read("001 A V C 00:00:00:00 00:00:08:00 00:45:00:00 00:45:08:00\n")) == [2700, 2708]
    codes = "00:59:52;00 01:00:00;00", "01:00:00;00 01:00:05;00"
    assert seams(read("".join(f"1 A V C {code} {code}\n" for code in codes), fps=NTSC)) == [0, 8.01, 13.01]


def test_chosen_shots_are_no_film(read: Read) -> None:
    text = event(1, "00:00:00", "00:05:00") + event(2, "04:00:00", "04:07:00") + event(3, "09:00:00", "09:01:00")
    with pytest.raises(TableError, match=r"events last 13.00 s and the gaps between them 528.00 s: .* chosen shots"):
        read(text)
    assert seams(read(text, gaps="out")) == [0, 5, 12, 13]
    assert len(read(text, gaps="black").shots) == 3


WAYS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "Windows": lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
    "DOS": lambda text: text.replace("\n", "\r\n").encode("cp1252") + b"\x1a",
    "old Mac": lambda text: text.replace("\n", "\r").encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "tabs": lambda text: re.sub(" {2,}", "\t", text).encode(),
    "no-break spaces": lambda text: text.replace("  ", " \u00a0").encode(),
    "small letters": lambda text: text.lower().encode(),
    "empty lines": lambda text: text.replace("\n", "\n\n").encode(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("fps", "drop"), [(Fraction(24000, 1001), False), (Fraction(25), False), (NTSC, True)])
def test_a_whole_reel(way: str, fps: Fraction, drop: bool, tmp_path: Path) -> None:
    """Hundreds of events as in cutting rooms: speeds, split edits, keys, transitions, comments everywhere."""
    rng = np.random.default_rng(4)
    first = frames_of("04:00:00:00", fps=fps, drop=drop, where="")
    codes = lambda a, b: " ".join(code_of(frame, fps=fps, drop=drop) for frame in (a, b))  # noqa: E731
    text, at, truth = f"* A LIST\nTITLE:   R4 LOCK \nFCM: {'' if drop else 'NON-'}DROP FRAME\n", first, []
    for k in range(300):
        end, middle = at + int(rng.integers(80, 300)), 0
        reel, other = ("Ünder 12", "A026C019", "001", "LONG_REEL_R287.MOV")[k % 4], "B027_C005"
        if k % 7 == 3:
            middle = 5 + k % 2
            text += f"{k:03d}  {other:8} V     C        {codes(9, 9)} {codes(at, at)}\n"
            text += f"{k:03d}  {reel:8} V     {'DW'[k % 2]}{'001' if k % 2 else ''}  {2 * middle:03d} {codes(9, 99)} "
            text += f"{codes(at, end)} \n* TO CLIP NAME:  12-3 001 AX V C\n* BLEND, DISSOLVE \n"
        else:
            text += f"{k:03d}  {reel:8} V     C        {codes(7, 8 + k)} {codes(at, end)} \n"
            text += f"* FROM CLIP NAME:  9{k}-2A* \n* LOC: {codes(at, at)} RED look 1:02:03:04\n"
            text += f"M2   {reel:8}      -024.0                {codes(7, 7)}\n" if k % 5 == 0 else ""
        if k % 3 == 0:
            text += "SPLIT:    AUDIO DELAY= 00:00:00:05\n"
            text += (
                f"{k:03d}  {reel:8} {('A2', 'AA', 'NONE')[k % 9 // 3]}  C  {codes(5, 99)} {codes(at - 5, end + 9)}\n"
            )
            text += "AUD  3    4\n"
        if k % 11 == 0:
            for kind in ("K B     ", "K    012"):
                text += f"{k:03d}  TITLE    V     {kind} {codes(5, 99)} {codes(at + 5, end - 5)}\n"
        truth.append(at + middle - first)
        at = end
    (tmp_path / "x.edl").write_bytes(WAYS[way](text))
    given = read_shotlist(tmp_path / "x.edl", fps=fps)
    times = np.append(given.shots["start"], given.shots["end"].iloc[-1]) * float(fps)
    np.testing.assert_allclose(times, [*truth, at - first], atol=1e-6)
    assert given.notes == ()


@pytest.mark.parametrize("channel", ["A", "A2", "AA", "NONE", "A12"])
def test_sound_is_left_aside(channel: str, read: Read) -> None:
    """Even under the number of a picture event; a list of sound alone is refused."""
    text = event(1, "00:00:00", "00:04:00") + event(1, "00:00:00", "00:09:00", channel=channel)
    assert seams(read(text + event(2, "00:04:00", "00:06:00", channel="B"))) == [0, 4, 6]
    with pytest.raises(TableError, match="has no picture events"):
        read(event(1, "00:00:00", "00:04:00", channel=channel))
    both = event(1, "00:00:00", "00:04:00", channel="AA/V")
    assert seams(read(both)) == [0, 4]


def test_two_picture_tracks_are_refused(read: Read) -> None:
    with pytest.raises(TableError, match="has 2 picture tracks"):
        read(event(1, "00:00:00", "00:04:00") + event(2, "00:01:00", "00:02:00", channel="V2"))


HOUR = "001 A V C {source} {a} {b}\n002 B V C {source} {b} {c}\n"


@pytest.mark.parametrize(
    ("mode", "mark", "drop"),
    [
        ("DROP FRAME", ":", True),
        ("NON-DROP FRAME", ":", False),
        ("DROP FRAME", ";", True),
        ("NON-DROP FRAME", ";", True),
    ],
)
def test_drop_frame(mode: str, mark: str, drop: bool, read: Read) -> None:
    codes = {name: f"0{k}:00:00{mark}00" for k, name in enumerate("abc", start=1)}
    given = read(f"FCM: {mode}\n" + HOUR.format(source="00:00:00:00 00:59:59:28", **codes), fps=NTSC)
    assert seams(given) == ([0, 3600, 7199.99] if drop else [0, 3603.6, 7207.2])
    assert ("non-drop" in given.understood) == (not drop)


def test_what_drop_frame_cannot_be(read: Read) -> None:
    text = event(1, "00:00:00", "00:04:00")
    with pytest.raises(OptionError, match=r"drop-frame codes count 29.97 or 59.94 frames per second, not 25"):
        read("FCM: DROP FRAME\n" + text, fps=25)
    with pytest.raises(TableError, match="FCM says drop-frame and non-drop"):
        read("FCM: DROP FRAME\n" + text + "FCM: NON-DROP FRAME\n", fps=NTSC)
    with pytest.raises(TableError, match="some record codes are written with ;"):
        read(text.replace("01:00:04:00", "01:00:04;00"), fps=NTSC)
    with pytest.raises(TableError, match="a code that drop-frame counting skips"):
        read("001 A V C 00:00:00:00 00:00:00:00 01:00:00;00 01:01:00;00\n", fps=NTSC)


def test_a_frame_rate_that_is_too_low_is_seen(read: Read) -> None:
    with pytest.raises(TableError, match=r"line 1: '01:00:04:24' does not exist at 24 frames per second"):
        read(event(1, "00:00:00", "00:04:24"))


@pytest.mark.parametrize("line", ["001 A V C 01:00:00:00 01:00:02:00\n", "002 lost\n", "3. act\n"])
def test_a_broken_event_is_not_passed_over(line: str, read: Read) -> None:
    with pytest.raises(TableError, match=r"line 2: .* is not an event of a CMX 3600 EDL"):
        read(event(1, "00:00:00", "00:04:00") + line)


def test_events_out_of_order_are_sorted_by_record(read: Read) -> None:
    assert seams(read(event(2, "00:04:00", "00:09:00") + event(1, "00:00:00", "00:04:00"))) == [0, 4, 9]


def test_writing_takes_time_in_proportion(tmp_path: Path) -> None:
    n = 70_000
    write_shotlist(make_shots(np.arange(n) * 3.0, 3.0 * n), tmp_path / "x.edl", fps=Fraction(25))
    text = (tmp_path / "x.edl").read_text(encoding="utf-8")
    assert text.count("\n") > 3 * n
    assert "58:20:00:00" in text


def test_markers_of_resolve_are_no_shots(read: Read) -> None:
    line = "001  001      V     C        01:00:00:00 01:00:00:01 01:00:00:00 01:00:00:01\n"
    with pytest.raises(TableError, match="line 4: a marker of DaVinci Resolve, not a shot; export the timeline itself"):
        read(f"TITLE: a\n\n{line}CU |C:ResolveColorBlue |M:Marker 1 |D:1\n", gaps="black")
