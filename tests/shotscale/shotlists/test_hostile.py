"""Wrong, broken or malicious shot lists: one line says what is wrong and where."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shotscale.errors import OptionError, TableError, UserError
from shotscale.shotlists import is_listed, read_shotlist
from shotscale.shotlists.shotlist import MOST_BYTES

FPS = Fraction(25)
EAF = """<?xml version="1.0" encoding="UTF-8"?>{doctype}
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-01T00:00:00+00:00" FORMAT="2.8" VERSION="2.8"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv2.8.xsd">
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" {first}/>
<TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="{second}"/></TIME_ORDER>
<TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="shot"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1"
 TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="{ref}">
<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>
</ANNOTATION>
</TIER>
<LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>
</ANNOTATION_DOCUMENT>
"""
OWN = "start,end,kind,confidence,transition_start,transition_end\n"
GOOD = {"doctype": "", "first": 'TIME_VALUE="0"', "second": "2000", "ref": "ts2", "value": "x"}
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(9))
    + "]>"
)


def eaf(**changes: str) -> str:
    return EAF.format(**{**GOOD, **changes})


def read(tmp_path: Path, name: str, content: str | bytes, *, fps: Fraction | None = FPS) -> str:
    """Read an unusable file and return the error message."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError) as raised:
        read_shotlist(path, fps=fps)
    message = str(raised.value)
    assert "\n" not in message
    assert message.startswith(str(tmp_path))
    assert ";" in message, "a remedy"
    return message


def one_line_or_shots(path: Path) -> None:
    """Assert that a file is either read or refused in one line."""
    message, shots = "", None
    try:
        shots = read_shotlist(path, fps=FPS).shots
    except UserError as error:
        message = str(error)
    assert "\n" not in message
    assert bool(message) == (shots is None)
    assert shots is None or (shots["end"] > shots["start"]).all()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("# nothing\n\n", "empty"),
        ("time\n", "holds no shot below its header"),
        ("0\n", "holds one time, 0"),
        ("5\n3\n", "line 2: 3 s does not come after 5 s; cut times increase"),
        ("5\n5\n", "line 2: 5 s does not come after 5 s"),
        ("5\nsix\n", "line 2: 'six' is not a time"),
        ("5\n-6\n", "line 2: '-6' is not a time"),
        ("5\n1:75\n", "'1:75' is not a time"),
        ("5\n1:75:00\n", "'1:75:00' is not a time"),
        ("5\n1e400\n", "'1e400' is not a time"),
        ("5\nnan\n", "'nan' is not a time"),
        ("5\n\n7 8\n", "'7 8' is not a time"),
        ("start\n0\n5\n", "says where shots start, not where the last one ends"),
        ("color,mood\nred,sad\n", "'color, mood' is no header of a shot list"),
        ("length\n5\n0\n", "line 3: a shot of 0 s"),
        ("start,end\n0,5\n6,9\n", "shot 1 ends at 5 s but shot 2 starts at 6 s"),
        ("start,end\n0,5\n3,9\n", "shot 1 ends at 5 s but shot 2 starts at 3 s"),
        ("start,end\n5,0\n", "shot 1 starts at 5 s and ends at 0 s; a shot ends after it starts"),
        ("start,end\n0,5\n0,9\n", "shot 2 starts at 0 s, not after the one before"),
        ("start,end\n0,\n", "line 2: no time in column 'end'"),
        ("start,end\n0\n", "line 2: no time in column 'end'"),
        (f"{OWN}0,5,start,1,0,0\n5,9,jump,1,5,5\n", "kind = jump"),
        (f"{OWN}0,5,start,1,0,0\n5,9,cut,2,5,5\n", "confidence = 2.0"),
        ("time,scale\n5,CU\n9,huge\n", "line 3: 'huge' is not a shot scale"),
        ("time,scale\n5,CU\n9,FS\n", "'FS' may be full shot or foreground shot"),
        ("0,CU\n5,LS\n", "line 2: a scale for a shot without an end"),
        ("Start Frame,End Frame\n1,two\n", "line 2: 'two' is not a time"),
        ('time\n"5\n' + "9" * 200_000, "list"),
    ],
)
def test_tables_that_are_wrong(text: str, problem: str, tmp_path: Path) -> None:
    assert problem in read(tmp_path, "list.csv", text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0 5\n3 9\n", "line 2: a shot from frame 3, but the one before lasts to 5"),
        ("5 0\n", "shot from frame 5 to 0"),
        ("0 5\n6 9 12\n" * 11, "is not what TransNetV2 writes"),
        ("0 5\n" * 30 + "6 99999999999999999999999\n", "is no frame of a film"),
        ("0.1 0.2\n" * 30 + "0.1\n", "is not what TransNetV2 writes"),
        ("0.1 0.2\n" * 30 + "7.5 0.1\n", "7.5 is not a probability"),
        ("0.1 0.2\n" * 30 + "nan 0.1\n", "is not what TransNetV2 writes"),
    ],
)
def test_transnet_files_that_are_wrong(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "film.txt"
    if "12" in text:
        text = "0 5\n" * 20 + text
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as raised:
        read_shotlist(path, fps=FPS)
    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"second": "0"},
        {"second": "later"},
        {"first": ""},
        {"ref": "ts9"},
        {"first": 'TIME_VALUE="-5"'},
        {"value": "<b/></ANNOTATION_VALUE><ANNOTATION_VALUE>", "second": "x"},
        {"doctype": '<!DOCTYPE x SYSTEM "file:///etc/passwd">'},
        {"doctype": BOMB, "value": "&j;"},
        {"doctype": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "value": "&e;"},
    ],
)
def test_elan_files_that_are_wrong(changes: dict[str, str], tmp_path: Path) -> None:
    message = read(tmp_path, "film.eaf", eaf(**changes))
    assert "root:" not in message
    if "doctype" in changes:
        assert "declares a document type or entities" in message


def test_the_elan_file_that_these_spoil_is_good(tmp_path: Path) -> None:
    (tmp_path / "film.eaf").write_text(eaf(), encoding="utf-8")
    assert read_shotlist(tmp_path / "film.eaf").shots["end"].tolist() == [2.0]


OTIO = '{"OTIO_SCHEMA": "Timeline.1", "name": "x", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": []}}'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.otio", ""),
        ("a.otio", "[" * 200_000),
        ("a.otio", '{"a":' * 100_000 + "1" + "}" * 100_000),
        ("a.otio", "{}"),
        ("a.otio", "null"),
        ("a.otio", OTIO),
        ("a.otio", OTIO.replace("Timeline", "Clip")),
        ("a.otio", OTIO.replace("[]", '[{"OTIO_SCHEMA": "Nonsense.9"}]')),
        ("a.eaf", ""),
        ("a.eaf", "<a/>"),
        ("a.eaf", "<a>" * 100_000),
        ("a.eaf", "<?xml version='1.0' encoding='no-such'?><a/>"),
        ("a.eaf", b"\xff\xfe\x00\x00"),
        ("a.edl", ""),
        ("a.edl", "TITLE: nothing\n"),
        ("a.edl", "001  AX  V  C  1 2\n"),
        ("a.edl", "001  AX  V  C  00:00:00:00 00:00:01:00 00:00:00:00 00:00:99:99\n"),
        ("a.edl", "001  AX  V  C  00:00:00:00 00:00:01:00 00:00:01:00 00:00:00:00\n"),
        ("a.edl", "001  AX  V  C  xx:00:00:00 00:00:02:00 00:00:00:00 00:00:01:00\n"),
        ("a.edl", "001  AX  A  C  00:00:00:00 00:00:02:00 00:00:00:00 00:00:02:00\n"),
        ("a.edl", "001  AX  V  C  00:00:02:00 00:00:02:00 00:00:00:00 00:00:00:00\n"),
        ("a.edl", "SPLIT: AUDIO DELAY= 00:00:00:05\n"),
        ("a.csv", b"\x00\x01\x02"),
        ("a.csv", b"\xff\xfe\x00\xd8"),
        ("a.csv", b"RIFF\x00\x00\x00\x00AVI LIST"),
    ],
)
def test_files_that_are_no_shot_lists(name: str, content: str | bytes, tmp_path: Path) -> None:
    read(tmp_path, name, content)


def test_a_file_that_is_absent_or_too_large(tmp_path: Path) -> None:
    for name in ("no.csv", "no.edl", "no.otio", "no.eaf"):
        with pytest.raises(TableError, match="no such file"):
            read_shotlist(tmp_path / name, fps=FPS)
    with (tmp_path / "big.csv").open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    with pytest.raises(TableError, match="larger than 32 MB"):
        read_shotlist(tmp_path / "big.csv")
    with pytest.raises(OptionError, match="--unit feet: not one of ms s min frames"):
        read_shotlist(tmp_path / "big.csv", unit="feet")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200) | st.text("0123456789.,:; \n\tsceUCendtimlaort#\"'-", max_size=120).map(str.encode),
    name=st.sampled_from(["x.csv", "x.txt", "x.edl", "x.otio", "x.eaf"]),
)
def test_any_bytes_are_shots_or_one_line(content: bytes, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    one_line_or_shots(tmp_path / name)


EVENT = "002  AX       V     C        00:00:01:00 00:00:03:00 00:00:01:00 00:00:03:00\n"


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(EVENT) - 1), letter=st.sampled_from("0129:; ADVCX\n*é"), kind=st.sampled_from(["edl", "eaf"])
)
def test_a_good_file_with_one_letter_changed(at: int, letter: str, kind: str, tmp_path: Path) -> None:
    first = EVENT.replace("002", "001").replace("00:00:01:00", "00:00:00:00").replace("00:00:03:00", "00:00:01:00")
    text = first + EVENT if kind == "edl" else eaf()
    at = at * len(text) // len(EVENT)
    path = tmp_path / f"x.{kind}"
    path.write_text(text[:at] + letter + text[at + 1 :], encoding="utf-8")
    one_line_or_shots(path)


@pytest.mark.parametrize("name", ["list.xls", "list.ods", "list.numbers"])
def test_spreadsheets_that_must_be_saved_as_others(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04\x00\x00 spreadsheet")
    assert is_listed(tmp_path / name)
    with pytest.raises(TableError, match=r"not a text file; save a spreadsheet as \.xlsx or CSV"):
        read_shotlist(tmp_path / name)
    with pytest.raises(TableError, match="a folder, not a list; give it without --shots"):
        read_shotlist(tmp_path)


def test_a_header_with_brackets_below_another(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Shot,Start,End\n(a) b,(c (d,e)\n1,0,4\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"line 2: '\(c \(d' is not a time"):
        read_shotlist(path)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.8"/>\n', "XML"),
        ("1\n00:00:00,000 --> 00:00:04,000\nCU\n\n2\n00:00:04,000 --> 00:00:09,500\nLS\n", "subtitles"),
        ("WEBVTT\n\n00:00:00.000 --> 00:00:04.000\nCU\n", "subtitles"),
        ('File type = "ooTextFile"\nObject class = "TextGrid"\n', "a TextGrid of Praat"),
        ('{"shots": [[0, 4]]}', "JSON"),
        ('[\n {"start": 0, "end": 4}\n]', "JSON"),
        ("Heading\r\nFIELD_DELIM\tTABS\r\nFPS\t24\r\n\r\nColumn\r\nName\tStart\tEnd\r\n", "an Avid log of clips"),
    ],
)
def test_files_of_other_programs_are_called_by_their_name(text: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=f"{what}.*, which cannot be read; export the shots as EDL, .* or a table"):
        read_shotlist(path)
