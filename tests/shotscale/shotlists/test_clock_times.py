"""Clock times: hours, minutes, seconds or frames, and what spreadsheets make of them."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from shotscale.errors import OptionError, TableError
from shotscale.shotlists import ShotList, read_shotlist

Read = Callable[..., ShotList]
FPS = Fraction(25)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def place(text: str, **options: Any) -> ShotList:
        (tmp_path / "list.csv").write_text(text, encoding="utf-8")
        return read_shotlist(tmp_path / "list.csv", **options)

    return place


def seams(given: ShotList) -> list[float]:
    return [round(time, 3) for time in (*given.shots["start"].tolist(), float(given.shots["end"].iloc[-1]))]


MSF = "shot,start,end\n1,00:00:00,00:04:12\n2,00:04:12,00:10:05\n3,00:10:05,61:02:24\n"


def test_minutes_seconds_and_frames(read: Read) -> None:
    expected = [0, 4.48, 10.2, 3662.96]
    assert seams(read(MSF, unit="frames", fps=FPS)) == expected
    headed = MSF.replace("start,end", "start (mm:ss:ff),end [mm:ss:ff]")
    assert seams(read(headed, fps=FPS)) == expected
    assert seams(read("length (mm:ss.ff)\n0:04.12\n0:05.18\n", fps=FPS)) == [0, 4.48, 10.2]
    assert seams(read("length (h:mm:ss.ff)\n0:00:04.12\n0:00:05.18\n", fps=FPS)) == [0, 4.48, 10.2]
    with pytest.raises(OptionError, match="counts frames"):
        read(headed)
    with pytest.raises(
        TableError, match="say with --unit frames that the last part counts frames, or confirm them with"
    ):
        read(MSF, fps=FPS)
    four = headed.replace("mm:ss", "hh:mm:ss")
    with pytest.raises(TableError, match="its header has frames and its times have fewer parts; say with --unit"):
        read(four, fps=FPS)
    assert seams(read(four, fps=FPS, unit="frames")) == expected
    for text in ("length\n0:04\n0:06\n", "start,end\n0:00:00.0,0:00:04.5\n0:00:04.5,0:00:07.0\n"):
        with pytest.raises(OptionError, match=r"--unit frames: column .* holds clock times without frames; leave"):
            read(text, unit="frames", fps=FPS)


def test_frames_or_seconds_at_the_end(read: Read) -> None:
    cuts = [(7 * k // 60, 7 * k % 60, 11 * k % 25) for k in range(1, 40)]
    text = "shot,time\n" + "".join(f"{k},{a:02}:{b:02}:{c:02}\n" for k, (a, b, c) in enumerate(cuts, start=1))
    with pytest.raises(TableError, match="may be frames or seconds, and none of them is above 24; say which with --un"):
        read(text, fps=FPS)
    assert seams(read(text, fps=FPS, unit="frames"))[:3] == [0, 7.44, 14.88]
    assert seams(read(text, unit="s"))[1] == 7 * 60 + 11
    assert seams(read(text.replace("time", "time (h:mm:ss)")))[1] == 7 * 60 + 11
    lengths = "length\n" + "".join(f"0:{k % 3 // 2:02}:{k % 23 + 2:02}\n" for k in range(60))
    assert len(read(lengths).shots) == 60, "lengths are mostly below half a minute"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "shot,length\n" + "".join(f"{k},0:{k % 9 + 2:02}:00\n" for k in range(1, 7)),
            "column 'length': every time is",
        ),
        ("shot,time\n" + "".join(f"{k},{7 * k // 60}:{7 * k % 60:02}:00\n" for k in range(1, 9)), "a whole minute"),
        (
            "shot,start,end\n" + "".join(f"{k},0:{4 * k:02}:00,0:{4 * k + 4:02}:00\n" for k in range(6)),
            "'start': every",
        ),
        ("Länge (mm:ss)\n0:04:00\n0:07:00\n", "divide the column by 60 there"),
        ("length\n1:04:12\n0:07:31\n", "a shot lasts 2,150 s on average by its clock times"),
        ("length\n1:04:12.5\n1:07:31.5\n", "confirm them with --unit s"),
    ],
)
def test_minutes_that_excel_took_for_hours(text: str, named: str, read: Read) -> None:
    with pytest.raises(TableError, match=named):
        read(text)
    assert read(text, unit="s").shots["end"].iloc[-1] >= 660, "if they are meant"


def test_clock_times_as_they_should_be(read: Read) -> None:
    assert seams(read("length (mm:ss)\n0:04\n0:07\n")) == [0, 4, 11]
    assert seams(read("length (mm:ss)\n0:00:04\n0:00:07\n")) == [0, 4, 11]
    assert len(read("length\n" + "10:00\n" * 13).shots) == 13
    assert seams(read("length\n1:36:00\n")) == [0, 5760], "a film in one shot"


def test_minutes_and_seconds_with_a_point(read: Read) -> None:
    times = [41 * k for k in range(1, 21)]
    text = "time{}\n" + "".join(f"{time // 60}.{time % 60:02}\n" for time in times)
    for header, unit in (("", None), ("", "min"), (" (min)", None)):
        with pytest.raises(TableError, match=r"column .*: no fraction reaches .60; this may be minutes.seconds"):
            read(text.format(header), unit=unit)
    assert seams(read(text.format(""), unit="s"))[:3] == [0, 0.41, 1.22]
    assert seams(read(text.format("").replace(".", ":")))[:3] == [0, 41, 82]
    assert len(read("length\n" + "".join(f"{k % 7 + 2}.{k % 10}5\n" for k in range(30))).shots) == 30
    assert len(read("length\n" + "4.50\n3.00\n" * 20).shots) == 40, "half seconds"


@pytest.mark.parametrize("header", ["time", "length"])
@pytest.mark.parametrize("seconds", [4, 40])
def test_parts_of_a_day(header: str, seconds: int, read: Read) -> None:
    days = [f"{seconds * (k + 1 if header == 'time' else 1 + k % 2) / 86400:.15g}" for k in range(30)]
    with pytest.raises(TableError, match=r"may be days, as Excel stores times; format the column as \[h\]:mm:ss.000"):
        read("\n".join([header, *days]))


@pytest.mark.parametrize("form", ["[h]:mm:ss.000", "[h]:mm:ss", "h:mm:ss"])
def test_the_remedy_for_parts_of_a_day(form: str, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [["length"], [4.5 / 86400], [5 / 86400], [90 / 86400]]:
        book.active.append(row)
    for cell in book.active["A"][1:]:
        cell.number_format = form
    book.save(tmp_path / "list.xlsx")
    assert seams(read_shotlist(tmp_path / "list.xlsx")) == [0, 4.5, 9.5, 99.5]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01:00:04:12\n01:00:07:00\n01:00:14:00\n", [0, 4.48, 7, 14]),
        ("10:00:00:00\n10:00:04:12\n11:00:07:00\n", [0, 4.48, 3607]),
        ("Record In,Record Out\n01:00:00:00,01:00:04:12\n01:00:04:12,01:00:07:00\n", [0, 4.48, 7]),
        ("Start,End\n00:59:50:00,01:00:00:00\n01:00:00:00,01:00:07:00\n", [0, 10, 17]),
        ("Start,Length\n01:00:10:00,00:00:04:12\n01:00:14:12,00:00:02:00\n", [10, 14.48, 16.48]),
        ("Shot,Start\n1,01:00:00:00\n2,01:00:04:12\n,01:00:07:00\n", [0, 4.48, 7]),
        ("Start,Start (s),End\n01:00:00:00,3600,01:00:04:12\n01:00:04:12,3604.48,01:00:07:00\n", [3600, 3604.48, 3607]),
        ("Start,Start (s),End (s)\n01:00:00:00,0,4.48\n01:00:04:12,4.48,7\n", [0, 4.48, 7]),
    ],
)
def test_timecodes_of_a_program_count_from_its_hour(text: str, expected: list[float], read: Read) -> None:
    given = read(text, fps=FPS)
    assert seams(given) == expected
    moved = text[:2].isdigit() or "(s)" not in text
    assert ("time codes from " in given.understood) == moved


def test_drop_frame_codes_of_a_program(read: Read) -> None:
    given = read("01:00:04;00\n01:01:00;02\n", fps=Fraction(30000, 1001))
    assert seams(given) == [0, 4.004, 60.06]
    assert "time codes from 01:00:00;00" in given.understood


@pytest.mark.parametrize("text", ["1:00:04.5\n1:00:07\n1:30:00\n", "00:59:58:00\n01:00:07:00\n01:00:14:00\n"])
def test_a_first_shot_of_an_hour_is_asked_about(text: str, read: Read) -> None:
    with pytest.raises(TableError, match=r"the first shot would last .* subtract .* or confirm them with --unit s"):
        read(text, fps=FPS)
    assert len(read(text, fps=FPS, unit="s").shots) == 3
    assert len(read(f"0:00:00\n{text}" if "." in text else f"00:00:00:00\n{text}", fps=FPS).shots) == 3


def test_milliseconds_without_zeros_before_them(read: Read) -> None:
    times = [0, 4.04, 7.12, 9.005, 11.5, 14.96, 18.24, 20]
    codes = [f"00:00:{int(time)}.{round(1000 * (time - int(time)))}" for time in times]
    header = "#;start in seconds;start hh:mm:ss.ms;end in seconds;end hh:mm:ss.ms\n"
    rows = [f"{times[k]};{codes[k]};{times[k + 1]};{codes[k + 1]}" for k in range(len(times) - 1)]
    assert seams(read(header + "".join(f"{k};{row}\n" for k, row in enumerate(rows, start=1)))) == times
    clocks = "".join(f"{k};{a};{b}\n" for k, (a, b) in enumerate(pairwise(codes), start=1))
    assert seams(read("#;start hh:mm:ss.ms;end hh:mm:ss.ms\n" + clocks)) == times
    bare = "#;start;end\n" + clocks
    with pytest.raises(TableError, match=r"'00:00:4\.40' may be milliseconds .* say which with --unit ms or s"):
        read(bare)
    assert seams(read(bare, unit="ms")) == times
    assert seams(read(bare, unit="s"))[1] == 4.4


def test_fractions_of_several_lengths(read: Read) -> None:
    """They are decimals if some begin with a zero, and if only few are written."""
    times = ["0:04.50", "0:07.125", "0:09.05", "0:11.5", "0:14.20", "0:18.250", "0:20"]
    assert seams(read("time\n" + "\n".join(times) + "\n"))[1:4] == [4.5, 7.125, 9.05]
    assert seams(read("0:04.50\n0:07.125\n")) == [0, 4.5, 7.125]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shot;Start min;Start sec;End min;End sec\n1;0;0;0;4,5\n2;0;4,5;0;59\n3;0;59;1;10\n", [0, 4.5, 59, 70]),
        ("Shot,Length min,Length sec\n1,0,7\n2,,4.5\n3,2,59\n", [0, 7, 11.5, 190.5]),
        ("Film: Persona\nStunden\tMinuten\tSekunden\tnote\n0\t0\t7\tA\n0\t1\t9\tB\n1\t0\t12\t\n", [0, 7, 69, 3612]),
        ("Shot;Start;;End;\n;min;sec;min;sec\n1;0;0;0;4\n2;0;4;0;59\n3;0;59;1;10\n", [0, 4, 59, 70]),
        ("Min,Sec,Frames\n0,4,12\n0,9,5\n1,2,20\n", [0, 4.48, 9.2, 62.8]),
    ],
)
def test_a_time_in_several_columns(text: str, expected: list[float], read: Read) -> None:
    assert seams(read(text, fps=FPS if "Frames" in text else None)) == expected


def test_columns_of_two_units_are_no_parts_of_a_time(read: Read) -> None:
    assert seams(read("shot,length min,length sec\n1,1,60\n2,2,120\n3,1,60\n")) == [0, 60, 180, 240]
    with pytest.raises(TableError, match="column 'min' is a unit"):
        read("shot,min,sec\n1,0.5,30\n2,1,60\n3,0.25,15\n")


def test_columns_of_other_times_are_no_parts_of_one(read: Read) -> None:
    with pytest.raises(TableError, match="shot 2 starts at 60 s and ends at 10 s"):
        read("shot,in min,out sec\n1,0,30\n2,1,10\n")


def test_columns_asked_for_are_joined_ones_by_number_and_their_own_by_name(read: Read) -> None:
    text = "Shot,Min,Sec,Scale\n1,1,7,CU\n2,1,4,LS\n"
    with pytest.raises(TableError, match="head the column 'length' if these are shot lengths"):
        read(text)
    given = read(text, columns={"length": "2", "scale": "3"})
    assert seams(given) == [0, 67, 131]
    assert "length = 'time (m:ss)'" in given.understood
    assert seams(read(text, columns={"length": "Sec"})) == [0, 7, 11]
