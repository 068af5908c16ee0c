"""Tables of shots: read as written, and refused if ambiguous."""

import unicodedata
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from shotscale.errors import OptionError, TableError, UserError
from shotscale.scales import SCALES, ShotScale
from shotscale.shotlists import ShotList, read_shotlist
from shotscale.shotlists.columns import parse_columns, understood_columns

Read = Callable[..., ShotList]
FPS = Fraction(25)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def place(text: str, *, name: str = "list.csv", **options: Any) -> ShotList:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_shotlist(tmp_path / name, **options)

    return place


def seams(given: ShotList) -> list[float]:
    return [round(time, 3) for time in (*given.shots["start"].tolist(), float(given.shots["end"].iloc[-1]))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shot,length (ms)\n1,4200\n2,3100\n3,7000\n", [0, 4.2, 7.3, 14.3]),
        ("shot,Length [milliseconds]\n1,4200\n2,3100\n3,7000\n", [0, 4.2, 7.3, 14.3]),
        ("shot,length_ms\n1,4200\n2,3100\n3,7000\n", [0, 4.2, 7.3, 14.3]),
        ("shot,Duration in frames\n1,100\n2,75\n3,175\n", [0, 4, 7, 14]),
        ("Length (frames)\n100\n75\n175\n", [0, 4, 7, 14]),
        ("number of frames\n100\n75\n175\n", [0, 4, 7, 14]),
        ("Time (min)\n0.07\n0.12\n0.24\n", [0, 4.2, 7.2, 14.4]),
        ("Cut frame\n100\n175\n350\n", [0, 4, 7, 14]),
        ("length\n4200 ms\n3100 ms\n7000 ms\n", [0, 4.2, 7.3, 14.3]),
        ("length\n4:05\n30\n0:12\n", [0, 245, 275, 287]),  # seconds are often mixed with clock times
        ("startms,endtime\n60000,64\n64000,67\n", [60, 64, 67]),
        ("Begin Time - msec\tEnd Time - msec\n0\t4000\n4000\t7000\n", [0, 4, 7]),
        ("Begin Time - ss.msec;End Time - ss.msec\n0.0;4.5\n4.5;7\n", [0, 4.5, 7]),
        ("Start (hh:mm:ss:ff),End (hh:mm:ss:ff)\n00:00:00:00,00:00:04:05\n00:00:04:05,00:00:07:00\n", [0, 4.2, 7]),
    ],
)
def test_units_in_headers_are_obeyed(text: str, expected: list[float], read: Read) -> None:
    assert seams(read(text, fps=FPS)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "length (feet)\n4\n5\n",
        "Length (m)\n4\n5\n",
        "Start (ms),End (h)\n0,1\n1000,2\n",
        "length (1/10 s)\n40\n50\n",
        "Length (ms/s)\n40\n50\n",
    ],
)
def test_units_that_are_none_are_refused(text: str, read: Read) -> None:
    with pytest.raises(TableError, match="is not a known unit"):
        read(text)


PAIRS = [
    ("0,4\n4,7\n7,14\n", [0, 4, 7, 14]),
    ("0;4\n4;7\n7;14\n", [0, 4, 7, 14]),
    ("0 4\n4 7\n7 14\n", [0, 4, 7, 14]),
    ("0,49\n50,124\n125,174\n", [0, 2, 5, 7]),
    ("0;49\n50;124\n125;174\n", [0, 2, 5, 7]),
    ("0 49\n50 124\n125 174\n", [0, 2, 5, 7]),
    ("60,64.2\n64.2,67.3\n", [60, 64.2, 67.3]),
    ("1,0,4,CU\n2,4,7,LS\n3,7,14,MS\n", [0, 4, 7, 14]),
    ("0,4,4\n4,7,3\n7,14,7\n", [0, 4, 7, 14]),
    ("12;4\n16;3\n19;7\n", [12, 16, 19, 26]),
    ("1,4.2\n2,3.1\n3,7\n", [0, 4.2, 7.3, 14.3]),
    ("1,4\n2,3\n3,7\n", [0, 4, 7, 14]),
    ("1;4,2\n2;3,1\n3;7,0\n", [0, 4.2, 7.3, 14.3]),
    ("1 4.2\n2 3.1\n3 7\n", [0, 4.2, 7.3, 14.3]),
    ("1,1.5\n2,2.5\n3,3.75\n4,5\n5,7\n6,9\n", [0, 1.5, 2.5, 3.75, 5, 7, 9]),
    ("2,05\n64,10\n65,20\n", [0, 2.05, 64.1, 65.2]),
    ("4.5\t4.5\tcut\n10.0\t10.0\tcut\n14.25\t14.25\tend\n", [0, 4.5, 10, 14.25]),
]


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_columns_without_a_header(text: str, expected: list[float], read: Read) -> None:
    assert seams(read(text, name="list.txt", fps=FPS)) == expected


@pytest.mark.parametrize(
    ("text", "decides"),
    [
        ("0,4\n4,7\n8,14\n", "--delimiter , or --decimal ,"),
        ("10,99\n99,249\n250,300\n300,310\n", "--delimiter , or --decimal ,"),
        ("0,4\n", "--delimiter , or --decimal ,"),
        ("1,5\n2,8\n", "--delimiter , or --decimal ,"),
        ("12,4\n16,3\n19,7\n", "--delimiter , or --decimal ,"),
        ("0;4\n4;7\n", "--columns start=1,end=2 or --columns start=1,length=2"),
        ("1\t4.2\n2\t7.1\n3\t14\n", "--columns number=1,length=2 or --columns number=1,cut=2"),
        ("4;3\n3;4\n7;3\n", "--columns start=1,end=2"),
        ("start,end\n0,49\n50,124\n", "--unit frames with --fps 25"),
        ("Time\n0.07\n0.12\n0.24\n", "--unit s or min"),
        ("100\n175\n350\n", "--unit s, ms or frames"),
        ("StartTime\tEndTime\n684366\t692600\n692600\t698933\n", "--unit s, ms or frames"),
        ("time,length\n4,4\n8,4\n12,4\n", "--columns start=time or end=time"),
        ("shot,length\n1,4,2\n2,3,1\n", "--delimiter and --decimal"),
        ("length\n4\n3\n7\n14\n", "a total or a shot"),
        ("Stxrt,End\n60,64\n64,67\n67,70\n", "--columns start=Stxrt"),
        ("Shot,Time,Durxtion\n1,12,4\n2,16,3\n3,19,7\n", "--columns length=Durxtion"),
        ("Start,Begin,End\n0,1,4\n4,5,7\n", "--columns start=Start"),
        ("Shot,Length,length\n1,4,4.2\n2,6,6.1\n", "--columns length=2 or 3"),
        ("a;length\n1;1,5\n2;2.5\n", "give --decimal"),
        ("Shot,Time\n1,0\n2,4\n3,7\n", "not where the last one ends"),
        ("Einst.;Zeit;Inhalt\n1;0:00;a\n2;0:12;b\n3;0:15;c\n", "not where the last one ends"),
        ("Start,Length\n0:00,4\n0:04,3000 ms\n", "has no unit and others have"),
        ("4.5, 3.2, 8.1, 2.2, 5\n", "write one time per line"),
        ("Shot,1,2,3,4\nLength,4.5,3.2,8.1,2.2\n", "has 2 rows of 4 times; a list has a row per shot"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text: str, decides: str, read: Read) -> None:
    with pytest.raises(UserError) as raised:
        read(text)
    assert decides in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("0,4\n4,7\n7,14\n", {"decimal": ","}, [0, 0.4, 4.7, 7.14]),
        ("12,4\n16,3\n19,7\n", {"delimiter": ","}, [12, 16, 19, 26]),
        ("100\n175\n350\n", {"unit": "frames", "fps": FPS}, [0, 4, 7, 14]),
        ("100\n175\n350\n", {"unit": "s"}, [0, 100, 175, 350]),
        ("4200\n7300\n", {"unit": "ms"}, [0, 4.2, 7.3]),
        ("1\t4\n2\t7\n3\t14\n", {"columns": {"length": "2"}}, [0, 4, 11, 25]),
        ("1\t4\n2\t7\n3\t14\n", {"columns": {"cut": "2"}}, [0, 4, 7, 14]),
        ("a,b,c\n0,4,9\n4,7,9\n", {"columns": {"start": "a", "end": "B"}}, [0, 4, 7]),
        ("time,length\n4,4\n8,4\n12,4\n", {"columns": {"start": "time", "length": "length"}}, [4, 8, 12, 16]),
        ("time,length\n4,4\n8,4\n12,4\n", {"columns": {"end": "time", "length": "length"}}, [0, 4, 8, 12]),
        ("length|x\n1,5|a\n2|b\n", {"delimiter": "pipe", "decimal": ","}, [0, 1.5, 3.5]),
    ],
)
def test_options_decide(text: str, options: dict[str, Any], expected: list[float], read: Read) -> None:
    assert seams(read(text, **options)) == expected


def test_options_that_are_none(read: Read) -> None:
    with pytest.raises(OptionError, match=r"--unit s: column 'length .ms.' of .* says milliseconds"):
        read("length (ms)\n4200\n3100\n", unit="s")
    own = "start,end,kind,confidence,transition_start,transition_end\n0,4,start,1,0,0\n"
    assert seams(read(own, unit="s")) == [0, 4]
    with pytest.raises(OptionError, match=r"--unit ms: .* counts seconds"):
        read(own, unit="ms")
    with pytest.raises(OptionError, match=r"--delimiter ,,: one character"):
        read("4\n5\n", delimiter=",,")
    with pytest.raises(TableError, match="--columns end=stop: no column has this name; the columns are a, b"):
        read("a,b\n0,4\n", columns={"start": "a", "end": "stop"})
    for text in ("start", "begin=a", "start=a,start=b", "start="):
        with pytest.raises(OptionError, match="is not ROLE=COLUMN"):
            parse_columns(text)


def test_a_start_that_is_not_zero_is_kept(read: Read) -> None:
    given = read("Shot,Time,Duration,Scale\n1,0:12,4,CU\n2,0:16,3,LS\n3,0:19,7,MS\n")
    assert seams(given) == [12, 16, 19, 26]
    assert given.scales == (ShotScale.CLOSE_UP, ShotScale.LONG_SHOT, ShotScale.MEDIUM_SHOT)
    assert "'Time' is where shots start, by the lengths" in given.understood
    assert seams(read("Shot,Timecode,Length\n1,0,4\n2,4,3\n3,7,7\n")) == [0, 4, 7, 14]
    assert seams(read("Time,Length\n4,4\n7,3\n14,7\n")) == [0, 4, 7, 14]
    assert seams(read("end,length\n64,4\n67,3\n")) == [60, 64, 67]


@pytest.mark.parametrize(
    "text",
    [
        "start,length\n0,4\n4,4\n7,7\n",
        "start,end,length\n0,4,4\n4,7,9\n7,14,7\n",
        "end,length\n4,4\n7,5\n14,7\n",
        "start,length\n0,4.0\n4,4.5\n7.5,7.0\n",
    ],
)
def test_lengths_that_disagree_are_refused(text: str, read: Read) -> None:
    with pytest.raises(TableError, match="by the column of lengths; one of them is wrong"):
        read(text)


def test_rounding_is_no_disagreement(read: Read) -> None:
    assert seams(read("start,length\n0:00,4\n0:04,3\n0:07,7.0\n")) == [0, 4, 7, 14]
    assert seams(read("start,length\n0,4.04\n4.0,3.0\n7.0,7.1\n")) == pytest.approx([0, 4.04, 7.04, 14.14])


@pytest.mark.parametrize(
    "text",
    [
        "start,length\n0:00,4.4\n0:04,3.3\n0:07,7\n",
        "start,end,length\n0:00,0:04,4.4\n0:04,0:07,3.3\n0:07,0:14,7\n",
        "end,length\n0:04,4.4\n0:07,3.3\n0:14,7\n",
        "time,length\n0:00,4.4\n0:04,3.3\n0:07,7\n",
    ],
)
def test_lengths_with_more_digits_than_times_are_taken_as_listed(text: str, read: Read) -> None:
    given = read(text)
    assert seams(given) == pytest.approx([0, 4.4, 7.7, 14.7])
    assert "lengths as listed, which have more digits" in given.understood


@pytest.mark.parametrize("header", ["Shot;Duration", "Shot;Length"])
@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["4s 200ms", "800ms", "2s"], [0, 4.2, 5, 7]),
        (["1m 15s 600ms", "800ms", "4s 20ms"], [0, 75.6, 76.4, 80.42]),
        (["1:15", "2 min", "500 ms"], [0, 75, 195, 195.5]),
        (['4"', "6,5''", "1'02\"", "3″"], [0, 4, 10.5, 72.5, 75.5]),
    ],
)
def test_cells_that_each_state_their_unit(header: str, cells: list[str], expected: list[float], read: Read) -> None:
    rows = [f"{number};{cell}" for number, cell in enumerate(cells, start=1)]
    assert seams(read("\n".join([header, *rows]))) == pytest.approx(expected)


def test_totals_and_notes(read: Read) -> None:
    text = 'Shot;Length;Note\n1;4;"a; b, c"\n2;3;Total eclipse\n3;7;"; ;"\nTotal shots: 3;14;\nASL;4,7;\n'
    given = read(text)
    assert seams(given) == [0, 4, 7, 14]
    assert given.notes == ("Left out because they are not shots: 'Total shots: 3 14; ASL 4,7'.",)
    assert seams(read("nr,length\n1,4\n2,3\n3,7\n,14\n")) == [0, 4, 7, 14]
    assert seams(read('shot,length,note\n1,4,"one\ntwo; three"\n2,3,\n')) == [0, 4, 7]
    jumps = read("shot,length\nTotal,14\n1,4\n3,3\n4,7\n")
    assert seams(jumps) == [0, 4, 7, 14]
    assert jumps.notes == (
        "Left out because they are not shots: 'Total 14'.",
        "The numbers of shots jump: 3 follows 1.",
    )
    above = read("Persona (1966)\nby me\nshot,length\n1,4\n2,3\n")
    assert above.notes == ("Left out above the header: 'Persona (1966); by me'.",)


@pytest.mark.parametrize("first", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n', "\ufeffsep=;\n"])
def test_excels_line_of_the_separator(first: str, read: Read) -> None:
    assert seams(read(f"{first}start;end\n0;4,5\n4,5;7\n")) == [0, 4.5, 7]
    assert seams(read("sep=\t\nstart\tend\n0\t4,5\n4,5\t7\n")) == [0, 4.5, 7]


def test_drop_frame_codes_in_tables(read: Read) -> None:
    fps = Fraction(30000, 1001)
    assert seams(read("00:00:04;00\n00:01:00;02\n", fps=fps)) == [0, 4.004, 60.06]
    assert seams(read("start,end\n00:00:00;00,00:00:04;00\n00:00:04;00,00:01:00;02\n", fps=fps)) == [0, 4.004, 60.06]
    with pytest.raises(OptionError, match=r"drop-frame codes count 29.97"):
        read("start,end\n00:00:00;00,00:00:04;00\n", fps=FPS)


LIST = """Scene Number,Start Frame,Start Timecode,End Frame,End Timecode,Length (frames),Length (timecode)
1,1,00:00:00.000,50,00:00:02.000,50,00:00:02.000
2,51,00:00:02.000,125,00:00:05.000,75,00:00:03.000
"""


def test_pyscenedetects_list_without_seconds(read: Read) -> None:
    assert seams(read(LIST)) == [0, 2, 5]
    exact = read(LIST, fps=FPS)
    assert seams(exact) == [0, 2, 5]
    assert "frames counted from 1, the end frame belongs to the shot, 25 frames per second" in exact.understood
    with pytest.raises(
        TableError, match=r"the start is 2.08333 s by column 'Start Frame' and 2 s by 'Start Timecode'; give the"
    ):
        read(LIST, fps=Fraction(24))
    with pytest.raises(OptionError, match="counts frames"):
        read("Scene Number,Start Frame,End Frame\n1,1,50\n2,51,125\n")
    lengths = "Scene Number,Length (frames),Length (timecode)\n1,50,00:00:02.000\n2,75,00:00:03.000\n"
    assert seams(read(lengths)) == [0, 2, 5]


def test_pyscenedetects_statistics_are_refused_by_name(read: Read) -> None:
    for columns in ("content_val,delta_hue", "adaptive_ratio (w=2),content_val", "hist_diff [bins=256]", "average_rgb"):
        with pytest.raises(TableError, match=r"PySceneDetect's statistics.*list-scenes"):
            read(f"Frame Number,Timecode,{columns}\n2,00:00:00.040,3.5\n3,00:00:00.080,0.1\n")


def test_frames_whose_end_is_the_next_shots(read: Read) -> None:
    given = read("start frame,end frame\n0,50\n50,125\n", fps=FPS)
    assert seams(given) == [0, 2, 5]
    assert "the end frame is the next shot's" in given.understood
    assert seams(read("start,end (frames)\n0,49\n50,124\n", unit="frames", fps=FPS)) == [0, 2, 5]


def test_scales_of_other_schemes(read: Read) -> None:
    rows = ["long shot,[TO],extreme long shot", "neither", "shoulder closeup", "medium closeup", "closeup (mirror: x)"]
    text = "StartTime\tEndTime\tValue\n" + "".join(
        f"{5000 * k}\t{5000 * k + 5000}\t{row}\n" for k, row in enumerate(rows)
    )
    given = read(text, unit="ms", columns={"start": "StartTime", "end": "EndTime", "scale": "Value"})
    assert [scale and scale.abbreviation for scale in given.scales or ()] == [None, None, "CU", "MCU", "CU"]
    assert given.notes == (
        "The scale changes within 1 shot: left without one.",
        "'shoulder closeup' was taken for CU.",
    )
    assert read("length,scale\n4,CU to LS\n5,LS > MS\n6,LS\n").scales == (None, None, ShotScale.LONG_SHOT)
    alone = read(text.replace("StartTime", "start_ms").replace("EndTime", "end_ms"))
    assert (alone.scales, seams(alone)) == (given.scales, seams(given))
    assert "scale = 'Value'" in alone.understood


@pytest.mark.parametrize(
    ("header", "time"),
    [
        ("time,scale", "{0}"),
        ("Time,Shot Scale", "0:{1:02}:{2:02}"),
        ("end\tfield size", "{1}:{2:02}"),
        ("time;scale", "{0},0"),
    ],
)
def test_a_coding_is_no_list_of_cuts(header: str, time: str, read: Read) -> None:
    mark = next(mark for mark in "\t;," if mark in header)
    rows = [
        f"{time.format(second, second // 60, second % 60, second + 1)}{mark}{2 + second // 9}"
        for second in range(1, 60)
    ]
    text = "\n".join([header, *rows])
    with pytest.raises(TableError, match=r"a row every 1 s is a coding .* confirm the shots with --unit s"):
        read(text)
    assert len(read(text, unit="s").shots) == len(rows)


def test_codes_of_scales_are_said(read: Read) -> None:
    given = read("Dauer;Einstellungsgröße\n4;7\n5;1\n6;9\n7;6\n")
    assert [scale and scale.abbreviation for scale in given.scales or ()] == ["ELS", "ECU", None, "LS"]
    assert given.notes == ("1, 6, 7 were read as CineScale's codes: ECU, LS, ELS.",)
    assert read("length,scale\n4,CU\n5,LS\n").notes == ()


def test_scales_in_german(read: Read) -> None:
    words = ["Detail", "Groß", "Nah", "Halbnah", "Amerikanisch", "Totale", "Weit"]
    given = read("Nr;Dauer;Einstellungsgröße\n" + "".join(f"{k};4;{word}\n" for k, word in enumerate(words, start=1)))
    assert given.scales == SCALES
    assert "'Groß' was taken for CU." in given.notes
    text = "Nr;Dauer;Größe\n1;4;Totale\n2;5;Halbtotale\n"
    given = read(text)
    assert (seams(given), given.scales) == ([0, 4, 9], None)
    assert given.notes == (
        "Column 'Größe' was not read as scales: 'Halbtotale' is MLS to some and LS to others; write one of them.",
    )
    both = read("Nr;Dauer;Scale;campo\n1;4;CU;sì\n2;5;LS;no\n")
    assert both.scales == (ShotScale.CLOSE_UP, ShotScale.LONG_SHOT)
    assert "not used: campo" in both.understood
    assert read("shot,length,move\n1,4,\n2,5,panorama\n3,4,\n4,6,\n").scales is None


@pytest.mark.parametrize(
    ("head", "words", "scales"),
    [
        ("Échelle", "TGP,GP,PR,PRT,PA,PI,PM,PE,PG", "ECU CU MCU MS MLS MLS LS LS ELS"),
        ("Cadrage", "G.P.,P.R.,P.E.", "CU MCU LS"),
        (
            "Échelle de plan",
            "Très gros plan,Gros plan (Anna),Plan rapproché (taille),Plan rapproché,Plan américain,Plan moyen,"
            "Plan d'ensemble,Plan général",
            "ECU CU MS MCU MLS LS LS ELS",
        ),
        ("Escala", "PD,PPP,PP,PMC,PM,PA,PE,PG,GPG", "ECU ECU CU MCU MS MLS LS LS ELS"),
        ("Tipo de plano", "Primer plano,Plano medio,Primerísimo primer plano,Plano general", "CU MS ECU LS"),
        ("Campo", "Dett.,PP,MF,PA,FI,CM,CL,CLL", "ECU CU MS MLS LS LS LS ELS"),
        ("Campo", "Primo piano,Mezza figura,Figura intera,Campo lunghissimo", "CU MS LS ELS"),
        ("Größe", "D,G,N,HN,A,HT,T,W", "ECU CU MCU MS MLS LS LS ELS"),
        ("Größe", "Groß,Halbnah,Amerikanisch,Halbtotale", "CU MS MLS LS"),
        ("Cadrage", "plan large,gros plan,plan américain", "LS CU MLS"),
        ("Plano", "Plano detalhe,Plano médio,Plano americano,Plano geral,Grande plano geral", "ECU MS MLS LS ELS"),
        ("Scale", "CU,LS,PA", "CU LS MLS"),
        ("Type", "Med. CU,Med. shot,Med. Long Shot,Ext. CU,Ext. LS,Close", "MCU MS MLS ECU ELS CU"),
    ],
)
def test_scales_under_other_names(head: str, words: str, scales: str, read: Read) -> None:
    rows = "".join(f"{k};4,5;{word}\n" for k, word in enumerate(words.split(","), start=1))
    given = read(f"N°;Durée (s);{head}\n{rows}")
    assert [scale and scale.abbreviation for scale in given.scales or ()] == scales.split()
    assert len(given.notes) == len([word for word in words.split(",") if word not in ("CU", "LS")])


def test_scales_in_a_column_that_is_called_after_the_shots(read: Read) -> None:
    given = read("Begin Time,End Time,Shots\n0,4.5,CU\n4.5,10,LS\n10,14,CU\n")
    assert given.scales == (ShotScale.CLOSE_UP, ShotScale.LONG_SHOT, ShotScale.CLOSE_UP)


def test_a_slip_among_scales_is_told(read: Read) -> None:
    rows = "".join(f"{k},4,{word},{k % 2}\n" for k, word in enumerate(["CU", "LS", "MMS", "CU", "OTS"], start=1))
    given = read(f"shot,length,shot type,night\n{rows}")
    (note,) = given.notes
    assert given.scales is None
    assert note.startswith("Column 'shot type' was not read as scales: 'MMS' is not a shot scale; ")
    assert read("shot,length,move\n1,4,pan\n2,5,close\n3,6,zoom\n4,4,pan\n").notes == ()
    (note,) = read("Dauer;Einstellung\n4;G\n5;HT\n6;N\n").notes
    assert note.startswith("Column 'Einstellung' was not read as scales: 'HT' is MLS to some")


def test_titles_have_no_scale(read: Read) -> None:
    given = read("Shot,Length,Scale\n1,4,Title\n2,5,CU\n3,6,Zwischentitel\n4,5,LS\n")
    assert [scale and scale.abbreviation for scale in given.scales or ()] == [None, "CU", None, "LS"]


def test_a_table_of_films_is_sent_to_its_folder(read: Read) -> None:
    with pytest.raises(TableError, match=r"it names films: if it is the films\.csv of a folder, name the folder"):
        read("film,director,year\na.csv,A,1966\nb.csv,B,1970\n")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("PE,PM,PG", "'PG' is ELS in French and LS in Spanish, and no other abbreviation decides"),
        ("CU,MS,PM", "'PM' is LS in French and MS in Spanish and MS in Italian"),
        ("GP,PMC", "'GP' is CU in French and no scale in Spanish"),
        ("PE,GP,PM", "'PM' is MS to some and LS to others"),
        ("PE,GP,PRQ", "'PRQ' is not a shot scale"),
        ("MLS,Full shot", "'Full shot' is MLS to some and LS to others"),
        ("G,N,HN,HT,T", "'HT' is MLS to some and LS to others"),
        ("Plano geral,Primeiro plano", "'Primeiro plano' is MCU to some and CU to others; write one of them"),
        ("G,N,T", "'G' is not a shot scale"),
        ("CU,N,HN", "'N' is not a shot scale"),
    ],
)
def test_abbreviations_that_may_be_two_scales_are_refused(words: str, reason: str, read: Read) -> None:
    rows = "".join(f"4,5;{word}\n" for word in words.split(","))
    with pytest.raises(TableError, match=f"{reason}.*leave the scales out with --columns length=Length"):
        read(f"Length;Scale\n{rows}")
    given = read(f"Length;Échelle\n{rows}")
    assert (given.scales, reason in given.notes[0]) == (None, True)


def test_what_was_understood_is_said(read: Read) -> None:
    given = read("shot;Start (ms);End (ms);size;who\n1;0;4200;CU;a\n2;4200;7300;LS;b\n")
    assert given.understood == (
        "read as shot table, start = 'Start (ms)', end = 'End (ms)', scale = 'size', not used: who, milliseconds; "
        "2 shots, the first 0 to 4.2 s, the last 4.2 to 7.3 s"
    )
    frames = read("100\n350\n", unit="frames", fps=FPS)
    assert frames.understood == (
        "read as cut times, cut = column 1, frames (--unit), each where a shot ends, 25 frames per second; 2 shots, "
        "the first 0 to 4 s, the last 4 to 14 s"
    )


@pytest.mark.parametrize(
    ("name", "role", "unit"),
    [
        ("Start", "start", None),
        ("transition_start", None, None),
        ("Source In", None, None),
        ("Record In", "start", None),
        ("In (ms)", "start", "ms"),
        ("TC in", "start", None),
        ("Time in seconds", "cut", "s"),
        ("Anfang in Sekunden", "start", "s"),
        ("Ende in Sekunden", "end", "s"),
        ("Durée du plan en secondes", "length", "s"),
        ("Durée (en images)", "length", "frames"),
        ("Zeit in Sekunden", "cut", "s"),
        ("Zeit von", "start", None),
        ("TC entrée", "start", None),
        ("Sortie", "end", None),
        ("Tempo di inizio", "start", None),
        ("Tiempo final", "end", None),
        ("Tempo", None, None),
        ("Temps en secondes", "cut", "s"),
        ("Inizio in secondi", "start", "s"),
        ("Duur in seconden", "length", "s"),
        ("Längd (sekunder)", "length", "s"),
        ("Início", "start", None),
        ("Duração", "length", None),
        ("Einde", "end", None),
        ("N° plan", "number", None),
        ("Nº", "number", None),
        ("Cut in frames", "cut", "frames"),
        ("In ms", "start", "ms"),
        ("TC in ms", "start", "ms"),
        ("En ms", None, "ms"),
        ("Shot", "number", None),
        ("#", "number", None),
        ("Frame Number", "cut", "frames"),
        ("shotLengthMs", "length", "ms"),
        ("Shot size", "scale", None),
        ("Field Size", "scale", None),
        ("Einstellungsgröße", "scale", None),
        ("Größe", "scale", None),
        ("Échelle des plans", "scale", None),
        ("Valeur de plan", "scale", None),
        ("Valeur", None, None),
        ("Campo", "scale", None),
        ("Plán", "scale", None),
        ("Plans", None, None),
        ("confidence", None, None),
        ("year", None, None),
        ("", None, None),
    ],
)
def test_headers(name: str, role: str | None, unit: str | None) -> None:
    [column] = understood_columns([name])
    assert (column.role, column.unit) == (role, unit)


def test_cut_in_and_cut_out_are_marks() -> None:
    columns = understood_columns(["Cut in frames", "Cut out frames"])
    assert [column.role for column in columns] == ["start", "end"]


def test_transnet_a_boundary_at_the_first_frame_opens_no_shot(read: Read) -> None:
    values = [0.9, 0.8, *[0.0] * 48, 0.9, *[0.0] * 74]
    given = read("".join(f"{value:.6f} {value:.6f}\n" for value in values), name="x.predictions.txt", fps=FPS)
    assert len(given.shots) == 2
    assert seams(given)[0] == 0


def test_frames_behind_a_point(read: Read) -> None:
    text = "cut\n0:00:04.12\n0:00:08.03\n0:00:12.24\n0:00:16.07\n0:00:20.18\n0:00:24.01\n"
    with pytest.raises(TableError, match="may be frames or hundredths of a second, and none of them is above 24"):
        read(text, fps=FPS)
    assert seams(read(text, unit="s"))[:3] == [0, 4.12, 8.03]
    assert seams(read(text, unit="frames", fps=FPS))[:3] == [0, 4.48, 8.12]


def test_an_edl_by_another_name(read: Read) -> None:
    text = "TITLE: x\n\n001 A V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n"
    assert read(text, name="reel.txt", fps=FPS).format == "EDL"


@pytest.mark.shared
def test_the_lists_beside_the_checkout(shared: Path) -> None:
    columns = {"start": "StartTime", "end": "EndTime", "scale": "Value"}
    for name, n, end in (("The-Company-Men", 1205, 6033.323), ("Inside-Job", 1169, 6250.98)):
        given = read_shotlist(shared / "shotlists" / f"{name}_ImCo-Field-Size.csv", columns=columns, unit="ms")
        assert (len(given.shots), seams(given)[-1]) == (n, end)
    path = shared / "shotlists" / "Margin-Call_ImCo-Field-Size.csv"
    with pytest.raises(TableError, match=r"ends at 70.083 s but shot 4 starts at 894.958 s"):
        read_shotlist(path, columns=columns, unit="ms")
    assert len(read_shotlist(path, columns=columns, unit="ms", gaps="out").shots) == 142


CASES = [
    ("03-units-in-header/ms.csv", {}, [0, 4.2, 7.3, 14.3]),
    ("03-units-in-header/frames.csv", {"fps": FPS}, [0, 4, 7, 14]),
    ("04-pyscenedetect-edl/pyscenedetect_0.7.2.edl", {"fps": FPS}, [0, 2, 5, 6.6, 10.6, 13, 14, 17.6, 20]),
    ("04-pyscenedetect-edl/star_first.edl", {"fps": Fraction(24)}, [0, 4.5, 7.5]),
    ("05-comma-pairs/comma.scenes.txt", {"fps": FPS}, [0, 2, 5, 7]),
    ("06-edl-refused/df_mixed.edl", {"fps": Fraction(30000, 1001)}, [0, 3599.93, 4199.929]),
    ("06-edl-refused/fade_in.edl", {"fps": Fraction(24)}, [0, 5, 10]),
    ("06-edl-refused/gap.edl", {"fps": Fraction(24)}, [0, 6, 10]),
    ("07-gap-before-dissolve/dissolve_aside.edl", {"fps": Fraction(24)}, [0, 3, 8.5, 13, 17]),
    ("08-drop-frame-colons/df_colon.edl", {"fps": Fraction(30000, 1001)}, [0, 3599.93, 4199.929]),
    ("09-otio-nested/nested.otio", {}, [0, 2, 5, 6, 10, 12.5]),
    ("11-start-column-ignored/begin_late.csv", {}, [60, 64.2, 67.3]),
    ("17-eaf-unaligned/unaligned_other.eaf", {"tier": "Shots"}, [0, 4, 9, 12]),
]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "options", "expected"), CASES)
def test_the_cases_beside_the_checkout(name: str, options: dict[str, Any], expected: list[float], shared: Path) -> None:
    path = shared / "cases" / name
    if not path.exists():
        pytest.skip("no such case beside the checkout")
    assert seams(read_shotlist(path, **options)) == pytest.approx(expected, abs=0.001)


def test_a_question_about_the_unit_writes_figures_out(tmp_path: Path) -> None:
    path = tmp_path / "shots.csv"
    path.write_text("StartTime,EndTime\n0,6000\n6000,11000\n11000,16020\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"a shot lasts 5,340 s on average, as milliseconds 5\.34 s, as frames 214 s"):
        read_shotlist(path)


NUMBERED = "shot;length\n1;4,5\n2;5,5\n3a;6,1\n4.;2\n"


@pytest.mark.parametrize(
    "last",
    [
        "Gesamtlänge;18,1",
        "Durée moyenne des plans;4,53",
        "Grand total;18,1\nAverage shot length (ASL);4,53\nStandard deviation;1,8",
        "4 shots;4",
        "Shortest;2\nLongest;6,1",
        ";18,1",
        ";4,53",
        ";18,1\n;4,5",
    ],
)
def test_a_row_below_numbered_shots_without_a_number_is_no_shot(last: str, read: Read) -> None:
    given = read(f"{NUMBERED}{last}\n")
    assert seams(given) == [0, 4.5, 10, 16.1, 18.1]
    assert given.notes[0].startswith("Left out because they are not shots: ")
    assert seams(read(f"{NUMBERED}{last}\n", columns={"length": "length"})) == [0, 4.5, 10, 16.1, 18.1]


@pytest.mark.parametrize(
    "last",
    [
        "Durée totale;;;18\nDurée moyenne des plans;;;4,5",
        "Gesamtdauer;;;18\nDurchschnittliche Einstellungslänge;;;4,5",
        "Durata totale;;;18\nDurata media;;;4,5",
        "Duración total;;;18\nPromedio;;;4,5",
    ],
)
def test_totals_below_starts_and_ends_in_other_languages(last: str, read: Read) -> None:
    given = read(f"shot;start;end;length\n1;0;4;4\n2;4;9;5\n3;9;12;3\n4;12;18;6\n{last}\n")
    assert seams(given) == [0, 4, 9, 12, 18]
    assert given.notes[0].startswith("Left out because they are not shots: ")


def test_numbers_of_shots_with_letters(read: Read) -> None:
    assert seams(read("shot;length\nA1;4,5\nA2;5,5\nB1;6\nGesamtdauer;16\n")) == [0, 4.5, 10, 16]
    assert seams(read("shot;length\nShot 1;4\nShot 2;5\nShot 3;9\nShot 4;18\n")) == [0, 4, 9, 18, 36]


@pytest.mark.parametrize("last", ["Epilogue,6\nEpilogue,1", "Credits,60", ",6", ",5.2", "10 credits,9", "-,4"])
def test_a_shot_without_a_number_is_counted_and_told(last: str, read: Read) -> None:
    given = read(f"shot,length\n1,4\n2,5\n3,7\n{last}\n")
    assert len(given.shots) == 3 + len(last.splitlines())
    assert given.notes == (
        f"Counted as shots though they have no number: '{last.replace(',', ' ').strip().replace(chr(10), '; ')}'.",
    ) or last.startswith("10")
    assert len(read("scene,length\n1,4\nTitles,3\n2,5\n3,7\n").shots) == 4


@pytest.mark.parametrize("numbers", ["101,102,205,103", "1,5,2,7,3"])
def test_numbers_of_a_script_need_not_rise(numbers: str, read: Read) -> None:
    rows = "".join(f"{number},4\n" for number in numbers.split(","))
    assert read(f"shot,length\n{rows}").notes[0].startswith("The numbers of shots jump")


def test_scene_numbers_that_only_first_shots_have(read: Read) -> None:
    assert seams(read("scene,length\n1,4\n,5\n2,6\n,2\n3,1\n,3\n")) == [0, 4, 9, 15, 17, 18, 21]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "shot,length\n1,4.5\n2,5.5\nSum reel 1,10\n3,6\n4,7\nSum reel 2,13\n",
            "line 4: 'Sum reel 1 10' may be the sum",
        ),
        ("shot,length\n1,4\n2,5\n3,2\n4,1\n,12\n5,7\n", "line 6: '12' may be the sum of the lengths above or a shot"),
        ("Title,Length\na,4\nb,5\nTotal,9\nc,3\n", "line 4: 'Total 9' may be the sum of the lengths above or a shot"),
        ("Title,Length\na,4\nb,5\nASL,4.4\nc,3\n", "line 4: 'ASL 4.4' may be a statistic or a shot"),
        ("Length,Scale\n4.5,CU\n5.5,MS\n6.1,LS\n16.1,\n5.37,\n", "lines 5 and 6: 16.1 and 5.37 are the sum and the me"),
        ("length\n4.5\n5.5\n6.1\n5.37\n16.1\n", "lines 5 and 6: 5.37 and 16.1 are the sum and the mean"),
        ("shot,length\n3,4\n2,5\n1,6\n", "line 3: shot 2 follows shot 3; lengths stand in the order of the film; sort"),
    ],
)
def test_what_may_be_a_total_or_is_out_of_order_is_refused(text: str, said: str, read: Read) -> None:
    with pytest.raises(TableError, match=said):
        read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Einstellungsgröße;Länge\nTotale;4,5\nNah;5,5\nTotale;6,1\nGroß;2\n", [0, 4.5, 10, 16.1, 18.1]),
        ("Größe;Start;Ende\nTotale;0;4,5\nNah;4,5;10\nTotale;10;16,1\n", [0, 4.5, 10, 16.1]),
        ("Inhalt;Einstellungsgröße;Länge\n;Totale;4,5\nAnna;Nah;5,5\n;Totale;3\n", [0, 4.5, 10, 13]),
        ("Title,Length\nTotal,4\nthe door,5\na wall,3\n", [0, 4, 9, 12]),
        ("Title,Length\na,4\nb,5\nTotal,9\nMean,4.5\n", [0, 4, 9]),
        ("Größe;Länge\nTotale;4,5\nNah;5,5\nTotale;6,1\nTotale;16,1\n", [0, 4.5, 10, 16.1]),
    ],
)
def test_a_long_shot_is_no_total(text: str, expected: list[float], read: Read) -> None:
    assert seams(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nr;Anfang;Ende\n1;0:00:00,0;0:00:04,5\n2;0:00:04,5;0:00:10,0\n", [0, 4.5, 10]),
        ("Nr;Länge\n1;0:00:04,50\n2;0:00:10,04\n", [0, 4.5, 14.54]),
        ("0:00:00;0:00:04\n0:00:04;0:00:10\n0:00:10;0:00:12\n", [0, 4, 10, 12]),
        ("1;0;4;4\n2;4;9;5\n3;9;12;3\n", [0, 4, 9, 12]),
        ("Zeit;Größe\n0:00:04;2\n0:00:10;3\n", [0, 4, 10]),
        ("00;00;04;00\n00;01;00;02\n", [0, 4.004, 60.06]),
    ],
)
def test_semicolons_part_columns_unless_in_a_timecode(text: str, expected: list[float], read: Read) -> None:
    assert seams(read(text, fps=Fraction(30000, 1001))) == expected


def test_numbers_before_clock_times_are_no_hours(read: Read) -> None:
    with pytest.raises(TableError, match="can be read in 2 ways"):
        read("1;0:00:04\n2;0:00:10\n3;0:00:17\n")


@pytest.mark.parametrize("last", ["", "End"])
def test_a_last_row_without_a_number_ends_the_film(last: str, read: Read) -> None:
    rows = "1,0:00:42,LS\n2,0:00:55,MS\n3,0:01:02,CU\n"
    scales = (ShotScale.LONG_SHOT, ShotScale.MEDIUM_SHOT, ShotScale.CLOSE_UP)
    for name, columns in (("Time", {}), ("Start", {}), ("Start", {"start": "Start", "scale": "Scale"})):
        given = read(f"Shot,{name},Scale\n{rows}{last},0:01:30,\n", columns=columns)
        assert seams(given) == [42, 55, 62, 90]
        assert given.scales == scales
    assert seams(read("Shot,Time\n1,42\n2,55\nTotal,55\n")) == [0, 42, 55]
    with pytest.raises(
        TableError, match="line 4: 'Total 90' is later than the last shot's time: if it is the film's en"
    ):
        read("Shot,Time\n1,42\n2,55\nTotal,90\n")
    numbered = "no,time\n1,4.5\n2,10\n3,17\n" + f"{last},20\n"
    with pytest.raises(TableError, match=r"no number: .* start=time,number=no or end=time,number=no$"):
        read(numbered)
    assert seams(read(numbered, columns={"end": "time", "number": "no"})) == [0, 4.5, 10, 17, 20]
    assert seams(read(numbered, columns={"start": "time", "number": "no"})) == [4.5, 10, 17, 20]
    assert seams(read("shot,frame\n1,1\n2,101\n3,201\n,301\n", fps=FPS)) == [0, 4, 8, 12]


def test_times_of_which_the_last_alone_has_no_scale_are_asked_about(read: Read) -> None:
    text = "Time,Scale\n42,LS\n55,MS\n62,CU\n90,\n"
    with pytest.raises(
        TableError, match=r"line 5: only the last time has no scale: .* --columns start=Time,scale=Scale or end="
    ):
        read(text)
    assert seams(read(text, columns={"start": "Time", "scale": "Scale"})) == [42, 55, 62, 90]
    assert seams(read(text, columns={"end": "Time", "scale": "Scale"})) == [0, 42, 55, 62, 90]


def test_a_number_sign_before_a_number_is_no_comment(read: Read) -> None:
    text = "# by me\n#\tLength\n#1\t4\n#2\t60\n# 3\t7\n#4 was cut\n#5\n"
    for mark in "\t;,":
        assert seams(read(text.replace("\t", mark))) == [0, 4, 64, 71]
    assert seams(read("Shot,Length\n1,4\n2,5\n#3,60\n4,7\n")) == [0, 4, 9, 69, 76]
    assert seams(read("Shot,Length\n1,4\n#2,60\n2,5\n3,7\n")) == [0, 4, 9, 16]


@pytest.mark.parametrize(
    "text",
    [
        ",Time,,\nNo,In,Out,Size\n1,0,4.5,CU\n2,4.5,10,LS\n",
        ";Zeit;;Bild\nNr;Anfang;Ende;Size\n1;0;4,5;CU\n2;4,5;10;LS\n",
    ],
)
def test_a_heading_of_merged_cells_is_no_header(text: str, read: Read) -> None:
    given = read(text)
    assert seams(given) == [0, 4.5, 10]
    assert given.scales == (ShotScale.CLOSE_UP, ShotScale.LONG_SHOT)


def test_first_and_last_frames(read: Read) -> None:
    assert seams(read("shot,first frame,last frame\n1,1,100\n2,101,200\n3,201,300\n", fps=FPS)) == [0, 4, 8, 12]


def test_end_frames_that_belong_to_the_shot_despite_a_gap(read: Read) -> None:
    def frames(text: str) -> list[list[float]]:
        shots = read(text, fps=FPS, gaps="out").shots
        return [[round(25 * time) for time in row] for row in shots[["start", "end"]].to_numpy().tolist()]

    rows = ("0,99", "100,199", "205,299")
    assert frames("start frame,end frame\n" + "\n".join(rows)) == [[0, 100], [100, 200], [200, 295]]
    lengths = ("start frame,end frame,length (frames)", "0,99,100", "102,199,98", "205,299,95")
    assert frames("\n".join(lengths)) == [[0, 100], [100, 198], [198, 293]]
    exclusive = ("start frame,end frame,length (frames)", "0,100,100", "100,198,98", "199,250,51")
    assert frames("\n".join(exclusive)) == [[0, 100], [100, 198], [198, 249]]


def test_totals_among_timecodes(read: Read) -> None:
    """Figures in timecodes are compared in frames; without a frame rate, that is what is asked for."""
    lengths = "00:00:04:12\n00:00:05:10\n00:00:02:00\n00:00:02:00\n"
    assert seams(read(f"length\n{lengths}00:00:03:00\n00:00:03:00\n", fps=Fraction(25)))[-1] == 19.88
    with pytest.raises(TableError, match=r"line 6: 13.88 is the sum of the lengths above"):
        read(f"length\n{lengths}00:00:13:22\n", fps=Fraction(25))
    with pytest.raises(OptionError, match="counts frames, so the film's frames per second are needed"):
        read(f"length\n{lengths}00:00:13:22\n")
    numbered = "shot,length\n1,00:00:04:12\n2,00:00:05:10\n"
    assert seams(read(f"{numbered},00:00:09:22\n", fps=Fraction(25))) == [0, 4.48, 9.88]
    assert seams(read(f"{numbered},00:00:07:00\n", fps=Fraction(25))) == [0, 4.48, 9.88, 16.88]


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("Länge (Bilder)\n100\n75\n1.234\n175\n", {"fps": FPS}, [0, 4, 7, 56.36, 63.36]),
        ('Duration (ms)\n950\n"4,200"\n"3,100"\n', {}, [0, 0.95, 5.15, 8.25]),
        ("Nr;Länge\n1;950\n2;4.200\n3;3.100\n", {"unit": "ms"}, [0, 0.95, 5.15, 8.25]),
        ("Nr;Ende (ms)\n1;4.200\n2;1.007.300\n", {}, [0, 4.2, 1007.3]),
        ("Nr;Länge (ms)\n1;4.500\n2;3.500\n3;7.000\n", {"decimal": ","}, [0, 4.5, 8, 15]),
        ("Nr;Länge (ms)\n1;950\n2;4.200\nSumme;5.150\n", {}, [0, 0.95, 5.15]),
        ("Length (ms)\n4200.000\n950.000\n", {}, [0, 4.2, 5.15]),
        ("Length (frames)\n100.000\n75.000\n", {"fps": FPS}, [0, 4, 7]),
        ("Length (frames)\n100.0\n75\n", {"fps": FPS}, [0, 4, 7]),
        ("Nr;Ende\n1;999,5\n2;1.234,5\n3;1.300\n", {}, [0, 999.5, 1234.5, 1300]),
        ('No,Start,End\n1,0,999.5\n2,999.5,"1,234.5"\n', {}, [0, 999.5, 1234.5]),
        ("Plan;Fin\n1;999,5\n2;1\u202f234,5\n", {}, [0, 999.5, 1234.5]),
        ("Plan;Durée (ms)\n1;950\n2;12 500\n", {}, [0, 0.95, 13.45]),
        ("Nr;Ende\n1;999.5\n2;1'234.5\n", {}, [0, 999.5, 1234.5]),
        ("Nr;Ende\n1;1,250\n2;2,450\n", {}, [0, 1.25, 2.45]),
    ],
)
def test_marks_of_thousands(text: str, options: dict[str, Any], expected: list[float], read: Read) -> None:
    assert seams(read(text, **options)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nr;Länge (ms)\n1;4.500\n2;3.500\n3;7.000\n", r"'\.' may separate thousands .* '4\.500'; say which"),
        ("length\n950 ms\n4.000 ms\n", "may separate thousands or decimals in '4.000 ms'"),
        ("Length (frames)\n100.5\n75\n", "line 2: '100.5' in column 'Length .frames.' is no number of frames"),
    ],
)
def test_marks_in_counted_times_are_asked_about(text: str, said: str, read: Read) -> None:
    with pytest.raises(TableError, match=said):
        read(text, fps=FPS)


@pytest.mark.parametrize(
    "text",
    [
        "Shot,First Frame,Last Frame,Length\n1,a.jpg,b.jpg,4\n2,c.jpg,d.jpg,5\nTotal,,,9\n",
        "Shot,Start,End,Length\n1,,,4\n2,,,5\n",
        "Shot,Timecode,Start,Length\n1,,,4\n2,,,5\n",
    ],
)
def test_columns_of_times_without_one_are_not_used(text: str, read: Read) -> None:
    given = read(text)
    assert seams(given) == [0, 4, 9]
    assert ", ".join(text.partition("\n")[0].split(",")[1:3]) in given.understood


def test_headers_with_decomposed_letters(read: Read) -> None:
    text = unicodedata.normalize("NFD", "Nr;Länge;Größe\n1;4,5;2\n2;3,5;6\n3;7;4\n")
    given = read(text)
    assert seams(given) == [0, 4.5, 8, 15]
    assert given.scales == (ShotScale.CLOSE_UP, ShotScale.LONG_SHOT, ShotScale.MEDIUM_SHOT)
    columns = parse_columns(unicodedata.normalize("NFD", "length=Länge"))
    assert seams(read(text, columns=columns)) == [0, 4.5, 8, 15]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dauer;Größe\n4,5;2,0\n3,2;6,0\n", ["CU", "LS"]),
        ("length,scale\n4,2.0\n5,\n6,9.0\n7,6.00\n", ["CU", None, None, "LS"]),
        ("length;scale\n4;n/a\n5;CU\n6;N / A\n", [None, "CU", None]),
        ("length;scale\n4;INS\n5;medium/long shot\n6;2,3\n", ["IS", None, None]),
    ],
)
def test_scales_that_marks_do_not_part(text: str, expected: list[str | None], read: Read) -> None:
    given = read(text)
    assert [scale and scale.abbreviation for scale in given.scales or ()] == expected
    changing = "The scale changes within 2 shots: left without one."
    assert (changing in given.notes) == ("medium/long" in text)
    assert ("2, 6 were read as CineScale's codes: CU, LS." in given.notes) == ("6.0" in text or "6,0" in text)


OWN = "start,end,kind,confidence,transition_start,transition_end\n"


def beginnings(given: ShotList) -> list[tuple[Any, ...]]:
    return list(given.shots[["start", *OWN.strip().split(",")[2:]]].itertuples(index=False, name=None))


def test_how_shots_begin_moves_with_them(read: Read) -> None:
    text = f"{OWN}0,4,start,1,0,0\n10,14,cut,0.75,10,10\n14,20,dissolve,0.5,13.5,14.5\n"
    out = [(0, "start", 1, 0, 0), (4, "cut", 0.75, 4, 4), (8, "dissolve", 0.5, 7.5, 8.5)]
    assert beginnings(read(text, gaps="out")) == out
    black = [(0, "start", 1, 0, 0), (7, "fade", 0.75, 4, 10), (14, "dissolve", 0.5, 13.5, 14.5)]
    assert beginnings(read(text, gaps="black")) == black
    whole = f"{OWN}0,4,start,1,0,0\n4,14,Wipe,0.75,3.5,4.5\n"
    for gaps in ("refuse", "black", "out"):
        assert beginnings(read(whole, gaps=gaps)) == [(0, "start", 1, 0, 0), (4, "wipe", 0.75, 3.5, 4.5)]


def test_columns_of_other_programs_that_are_called_like_ours(read: Read) -> None:
    given = read("Start,End,Kind\n0,4,Cut\n4,9,Dissolve\n")
    assert given.shots["kind"].tolist() == ["start", "dissolve"]
    assert "not used" not in given.understood
    with pytest.raises(TableError, match="kind = pan"):
        read(f"{OWN}0,4,pan,1,0,0\n")
    left = read("Start,End,Kind,Confidence\n0,4,pan,95\n4,9,zoom,80\n")
    assert beginnings(left) == [(0, "start", 1, 0, 0), (4, "cut", 1, 4, 4)]
    assert "not used: Kind, Confidence" in left.understood
    early = read("start (ms),end (ms),transition_start,transition_end\n0,4000,0,0\n4000,9000,3900,4100\n")
    assert beginnings(early)[1] == (4, "cut", 1, 4, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"length"\t"note"\n"1"\t4.2\t""\n"2"\t3.1\t""\n"3"\t7\t""\n', [0, 4.2, 7.3, 14.3]),
        ('"length" "note"\n"1" 4.2 ""\n"2" 3.1 "a b"\n"3" 7 ""\n', [0, 4.2, 7.3, 14.3]),
        ('"shot"\t"length"\n"1"\t1\t4.2\n"2"\t2\t3.1\n"3"\t3\t7\n', [0, 4.2, 7.3, 14.3]),
        ('"length"\n"1"\t4.2\n"2"\t3.1\n"3"\t7\n', [0, 4.2, 7.3, 14.3]),
        ('"start" "end" "scale"\n0 4 "Close Up"\n4 7 "Long Shot"\n', [0, 4, 7]),
        ('"","length (ms)"\n"1",4200\n"2",1e+05\n', [0, 4.2, 104.2]),
        ("shot;length\n1;4,2;\n2;3,1;\n3;7;\n", [0, 4.2, 7.3, 14.3]),
        ("shot,length\n1,4.2,\n2,3.1,\n3,7,\n", [0, 4.2, 7.3, 14.3]),
    ],
)
def test_what_r_writes(text: str, expected: list[float], read: Read) -> None:
    assert seams(read(text)) == expected


def test_a_field_too_many_is_refused(read: Read) -> None:
    for text in ("shot;length\n1;4;2\n2;3;6\n3;7;4\n", "length,scale\n1,4,2\n2,3,6\n3,7,4\n"):
        with pytest.raises(TableError, match="has 3 fields and the header 2"):
            read(text)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Start,Length\n0,4\n4,3\n20,5\n", {}),
        ("End,Length\n4,4\n7,3\n25,5\n", {}),
        ("Time,Length\n0,4\n4,3\n20,5\n", {"start": "Time", "length": "Length"}),
    ],
)
def test_gaps_beside_lengths(text: str, columns: dict[str, str], read: Read) -> None:
    assert seams(read(text, columns=columns, gaps="out")) == [0, 4, 7, 12]
    assert seams(read(text, columns=columns, gaps="black")) == [0, 4, 13.5, 25]
    with pytest.raises(TableError, match=r"ends at 7 s but shot 3 starts at 20 s; .*; or say --gaps black, or out"):
        read(text, columns=columns)


def test_times_and_lengths_with_a_gap_are_asked_about(read: Read) -> None:
    with pytest.raises(TableError, match=r"if there are gaps .* --columns start=Time or end=Time, and the length"):
        read("Time,Length\n0,4\n4,3\n20,5\n", gaps="out")


def test_a_fact_above_the_table_is_no_header(read: Read) -> None:
    given = read("Film;Persona\nLength;83:12\nNr;Start;End\n1;0;4,5\n2;4,5;9\n")
    assert seams(given) == [0, 4.5, 9]
    assert given.notes == ("Left out above the header: 'Film; Length'.",)
    assert seams(read("Length;1,5 s\n4\n5\n")) == [0, 4, 9], "no other header follows"


@pytest.mark.parametrize(
    ("below", "left"),
    [
        (",,,0\n,,,0\n", "0; 0"),
        ("4,,,0:00:00\n", "4 0:00:00"),
        (",,,#VALUE!\n", "#VALUE!"),
        ("Source: archive.org,,,\n", "Source: archive.org"),
    ],
)
def test_rows_below_the_shots_without_a_time(below: str, left: str, read: Read) -> None:
    given = read(f"Shot,Start,End,Length\n1,0,4,4\n2,4,10,6\n3,10,12,2\n{below}")
    assert seams(given) == [0, 4, 10, 12]
    assert given.notes == (f"Left out because they have no time: {left!r}.",)


def test_a_shot_without_a_time_is_refused(read: Read) -> None:
    for text, said in (
        ("Shot,Start,End\n1,0,4\n2,,\n3,10,12\n", "line 3: no time in column 'Start'; fill it in, or remove the line"),
        ("Shot,Start,End,Scale\n1,0,4,CU\n2,,,LS\n", "line 3: no time in column 'Start'"),
        ("Shot,Start,End\n1,0,4\n2,4,1o\n", "'1o' is not a time"),
        ("Shot,Start,End,Note\n1,0,4,\n2,,,Anna leaves\n", "line 3: no time in column 'Start'"),
        ("Shot,Length\n1,4\n2,0\n", "a shot of 0 s"),
    ):
        with pytest.raises(TableError, match=said):
            read(text)


@pytest.mark.parametrize(
    "cells",
    ["0:00 - 0:04,0:04–0:10", "0:00 bis 0:04,0:04 bis 0:10", "0-4,4-10", "00:00:00.000 --> 00:00:04.000,0:04-0:10"],
)
def test_start_and_end_in_one_cell(cells: str, read: Read) -> None:
    first, second = cells.split(",")
    for head in ("Zeit", "von/bis", "Start-Ende", "TC"):
        given = read(f"Nr;{head};Größe\n1;{first};Nah\n2;{second};Totale\nGesamt;;\n")
        assert seams(given) == [0, 4, 10]
        assert given.scales == (ShotScale.MEDIUM_CLOSE_UP, ShotScale.LONG_SHOT)


@pytest.mark.parametrize(
    ("header", "row", "end"),
    [
        ("Shot,Time,,Scale\n,Start,End,", "1,0:00,0:04,CU", 4),
        ("List\nShot,Time,,Scale\nNo.,in,out,", "1,0:00,0:04,CU", 4),
        ("Shot,Start,End,Scale\n,ms,(ms),", "1,0,4200,CU", 4.2),
        ("Shot,Start,End,Scale\n,hh:mm:ss,hh:mm:ss,", "1,0:00:00,0:00:04,CU", 4),
    ],
)
def test_a_header_of_two_rows(header: str, row: str, end: float, read: Read) -> None:
    given = read(f"{header}\n{row}\n")
    assert (seams(given), given.scales) == ([0, end], (ShotScale.CLOSE_UP,))


def test_times_as_r_and_pandas_write_those_of_spreadsheets(read: Read) -> None:
    for day in ("1899-12-31", "1899-12-30", "1900-01-01"):
        assert seams(read(f'"","Start","End"\n"1",{day},{day} 00:00:04\n"2",{day} 00:00:04,{day} 00:01:10.5\n')) == [
            *(0, 4, 70.5)
        ]
    assert seams(read("Start,End\n0 days 00:00:00,0 days 00:00:04\n")) == [0, 4]
    with pytest.raises(TableError, match="'2024-05-03 00:00:04' is not a time"):
        read("Start,End\n1899-12-31,2024-05-03 00:00:04\n")


def test_lengths_of_transitions_beside_starts_and_ends(read: Read) -> None:
    text = "#,V,Dur,Record In,Record Out\n1,C,,01:00:00:00,01:00:04:00\n2,D,012,01:00:04:00,01:00:10:00\n"
    assert seams(read(text, fps=FPS)) == [0, 4, 10]


def test_markers_are_refused_with_the_option_that_reads_them(read: Read) -> None:
    text = "Marker Name\tIn\tOut\n" + "".join(f"m\t{time}\t{time}\n" for time in ("0:00", "0:04", "0:10"))
    with pytest.raises(TableError, match=r"each row ends where it starts, as markers do; .* --columns cut=In, and add"):
        read(text)
    assert seams(read(text, columns={"cut": "In"})) == [0, 4, 10]


def test_elans_text_without_a_header(read: Read) -> None:
    form = "{0}\t\t00:00:{1:02}.000\t{1}.0\t00:00:{2:02}.000\t{2}.0\t00:00:{3:02}.000\t{3}.0\t{4}\n"
    shots = form.format("Shots", 0, 4, 4, "CU") + form.format("Shots", 4, 10, 6, "LS")
    given = read(shots)
    assert (seams(given), given.scales) == ([0, 4, 10], (ShotScale.CLOSE_UP, ShotScale.LONG_SHOT))
    with pytest.raises(TableError, match=r"may be of several tiers \(Shots, Places\); export that of the shots alone"):
        read(shots + form.format("Places", 0, 10, 10, "Paris"))


@pytest.mark.parametrize("words", [("Start", "LS", "MS"), ("CU", "LS", "End"), ("in", "pan", "out")])
def test_words_beside_times_are_no_header(words: tuple[str, ...], read: Read) -> None:
    rows = "".join(f"0:{4 * k:02},{word}\n" for k, word in enumerate(words, start=1))
    assert seams(read(rows, columns={"cut": "1"})) == [0, 4, 8, 12]
    with pytest.raises(TableError, match=r"is not a shot scale.*--columns cut=1"):
        read(rows)


def test_rows_of_several_shots_are_refused(read: Read) -> None:
    with pytest.raises(TableError, match="line 2: '1-3' is several shots in one row; a list has a row for each"):
        read("Shots,Start,End\n1-3,0:00,0:40\n4,0:40,0:52\n5 – 9,0:52,2:00\n")
    for numbers in (("1-1", "1-2", "2-1"), ("1-2", "2-3", "3-4"), ("1", "2", "3")):
        rows = "".join(f"{number},{4 * k},{4 * k + 4}\n" for k, number in enumerate(numbers))
        assert seams(read(f"Shot,Start,End\n{rows}")) == [0, 4, 8, 12]
