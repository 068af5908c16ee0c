"""The corrections file survives crashes and full disks, and every reader of an analyzed film applies it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shotscale.coders import check_coder, journal_path, list_coders
from shotscale.errors import OptionError, OutputError, TableError
from shotscale.evaluation.agreement import compare
from shotscale.files import sha256
from shotscale.film import Film, read_analysis
from shotscale.opening import load_analysis, read_track
from shotscale.part import FilmPart
from shotscale.review import Begin, Code, End, Merge, Move, Operation, Split
from shotscale.review import journal as journal_module
from shotscale.review.corrections import find_corrections, read_corrections, shots_of_table
from shotscale.review.journal import Header, Journal, read_journal, start_journal
from shotscale.scales import ShotScale
from shotscale.tables import make_scales, make_shots, validate_scales

CU, LS, FS, NA = (
    ShotScale.CLOSE_UP,
    ShotScale.LONG_SHOT,
    ShotScale.FOREGROUND_SHOT,
    ShotScale.NOT_AVAILABLE,
)
FILM = "0" * 64


def analyzed(folder: Path, *, classes: int = 7) -> Film:
    """Save and return the analysis of a film of four shots, every second a medium shot."""
    p = np.full((20, classes), 0.1 / (classes - 1))
    p[:, 3 if classes == 7 else 1] = 0.9
    analysis = Film(
        path="x.mkv",
        info={"duration": 20.0},
        shots=make_shots([0.0, 3.5, 9.2, 15.0], 20.0, confidences=[1.0, 0.9, 0.6, 0.8]),
        scales=make_scales(np.arange(20.0), p),
        provenance={"checksums": {"film": FILM}},
        limits=("Dark.",),
    )
    analysis.save(folder)
    return analysis


def coded(folder: Path, coder: str, *entries: list[Operation], of: dict[str, str] | None = None) -> Path:
    shots = read_analysis(folder).whole.shot_table
    path = journal_path(folder, coder)
    header = Header(
        coder=coder,
        film=FILM,
        shots_sha256=sha256(folder / "shots.csv"),
        end=20.0,
        shots=shots_of_table(shots),
        of=of or {},
    )
    start_journal(path, header)
    with Journal(path) as journal:
        for entry in entries:
            journal.apply(entry)
    return path


ENTRIES: tuple[list[Operation], ...] = (
    [Split(5.0)],
    [Merge(9.2), Code(5.0, FS)],
    [Code(0.0, LS)],
    [Move(15.0, 14.96)],
)


def test_every_reader_sees_the_corrected_film_and_the_machines_is_untouched(tmp_path: Path) -> None:
    machine = analyzed(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in ("shots.csv", "scales.csv", "film.json")}
    coded(tmp_path, "anna", *ENTRIES)
    film = load_analysis(tmp_path)
    assert film.shots["start"].tolist() == [0.0, 3.5, 5.0, 14.96]
    assert film.shots["confidence"].tolist() == [1.0, 0.9, 1.0, 1.0]
    by_second = film.scales["scale"].tolist()
    assert by_second == ["LS"] * 4 + ["MS"] + ["FS"] * 10 + ["MS"] * 5
    assert film.scales["p_long"].tolist()[:4] == [1.0] * 4
    assert film.scales["group"].isna().sum() == 10
    assert film.provenance["corrections"]["coder"] == "anna"
    told = film.provenance["corrections"]
    assert {key: told[key] for key in ("n_added", "n_removed", "n_scales", "n_coded", "n_checked")} == {
        "n_added": 2,
        "n_removed": 2,
        "n_scales": 2,
        "n_coded": 2,
        "n_checked": 2,
    }
    assert film.limits[0] == "Dark."
    assert film.limits[1].startswith("Corrected by anna: boundaries 2 added and 2 removed, 2 scales changed; 2 of 4")
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert read_analysis(tmp_path).shots.equals(machine.shots)


def test_a_corrected_film_can_be_saved_elsewhere_and_nowhere_else(tmp_path: Path) -> None:
    analyzed(tmp_path / "film")
    coded(tmp_path / "film", "anna", *ENTRIES)
    film = load_analysis(tmp_path / "film")
    with pytest.raises(OutputError, match="choose another folder"):
        film.save(tmp_path / "film")
    again = load_analysis(film.save(tmp_path / "other"))
    assert again.shots.equals(film.shots)
    assert again.scales["scale"].tolist() == film.scales["scale"].tolist()
    assert again.provenance == film.provenance


def test_a_scale_counts_for_its_group_where_the_network_knows_three(tmp_path: Path) -> None:
    analyzed(tmp_path, classes=3)
    coded(tmp_path, "anna", [Code(0.0, LS)])
    track = load_analysis(tmp_path).scales
    assert track["group"].tolist() == ["long"] * 4 + ["medium"] * 16
    assert track["scale"].isna().all()
    with Journal(journal_path(tmp_path, "anna")) as journal:
        for start in (3.5, 9.2, 15.0):
            journal.apply([Code(start, CU)])
    track = load_analysis(tmp_path).scales
    assert track["scale"].tolist() == ["LS"] * 4 + ["CU"] * 16
    assert track["p_cu"].tolist() == [0.0] * 4 + [1.0] * 16


def test_what_is_no_part_of_the_film_is_in_no_figure(tmp_path: Path) -> None:
    analyzed(tmp_path)
    path = coded(tmp_path, "anna", [Begin(3.5)], [End(9.2)], [Code(9.2, LS)], [Code(15.0, CU)])
    film = load_analysis(tmp_path)
    assert film.part == FilmPart(3.5, 15.0, "given")
    assert film.shots[["start", "end", "kind"]].values.tolist() == [[3.5, 9.2, "start"], [9.2, 15.0, "cut"]]
    assert film.scales["scale"].tolist() == ["MS"] * 6 + ["LS"] * 5
    assert film.limits[-1].endswith("1 of 2 shots checked.")
    assert len(film.whole.shots) == 4
    assert load_analysis(film.save(tmp_path / "saved")).part == film.part
    assert read_track(tmp_path)["time"].tolist() == [float(second) for second in range(4, 15)]
    assert read_track(path)["scale"].tolist() == ["NA"] * 10 + ["LS"] * 5 + ["NA"] * 5


@pytest.mark.parametrize(
    ("entry", "begin", "end"),
    [
        ([], 1.0, 9.0),
        ([Begin(3.5)], 3.5, 9.0),
        ([Begin(9.2)], 9.2, 20.0),
        ([End(15.0)], 1.0, 20.0),
        ([Begin(0.0), End(0.0)], 0.0, 3.5),
    ],
)
def test_a_coders_word_comes_before_what_was_given(
    tmp_path: Path, entry: list[Operation], begin: float, end: float
) -> None:
    given = FilmPart(1.0, 9.0, "given", 25 / 24)
    analyzed(tmp_path).with_part(given).save(tmp_path)
    coded(tmp_path, "anna", [Code(0.0, LS), *entry])
    assert load_analysis(tmp_path).part == FilmPart(begin, end, "given", 25 / 24)


def test_a_shot_that_is_not_available_keeps_its_length_and_leaves_the_scales(tmp_path: Path) -> None:
    analyzed(tmp_path)
    coded(tmp_path, "anna", [Code(0.0, NA)], [Code(3.5, FS)], [Code(9.2, LS)])
    document = load_analysis(tmp_path).to_document()
    assert document["shots"]["n_shots"] == 4
    assert document["scales"]["n_frames"] == 10
    assert document["scales"]["scales"] == {
        name: {"LS": 0.5, "MS": 0.5}.get(name, 0.0) for name in ("ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS")
    }
    assert document["scales"]["groups"] == {"close": 0.0, "medium": 0.5, "long": 0.5}


def test_what_is_not_available_is_no_scale_of_a_network_that_knows_three(tmp_path: Path) -> None:
    analyzed(tmp_path, classes=3)
    coded(tmp_path, "anna", [Code(0.0, NA)])
    assert load_analysis(tmp_path).to_document()["scales"]["scales"] is None


def test_only_a_scale_outside_the_order_may_lack_probabilities() -> None:
    track = make_scales(np.arange(2.0), np.full((2, 7), 1 / 7))
    track.loc[0, ["p_close", "p_ecu"]] = np.nan
    with pytest.raises(TableError, match="sum to one"):
        validate_scales(track)
    track.loc[0, "scale"] = "IS"
    assert validate_scales(track)["scale"].tolist() == ["IS", "ECU"]


def test_two_coders_need_a_referee(tmp_path: Path) -> None:
    analyzed(tmp_path)
    anna = coded(tmp_path, "anna", [Code(0.0, LS)])
    ben = coded(tmp_path, "ben", [Code(0.0, CU)])
    with pytest.raises(TableError, match=r"corrected by anna and by ben.*--between anna,ben"):
        load_analysis(tmp_path)
    assert load_analysis(tmp_path, coder="ben").scales["scale"][0] == "CU"
    coded(tmp_path, "referee", [Code(0.0, FS)], of={"anna": sha256(anna), "ben": sha256(ben)})
    assert list_coders(tmp_path) == ("anna", "ben", "referee")
    assert load_analysis(tmp_path).scales["scale"][0] == "FS"
    assert "Corrected by referee, between anna and ben:" in load_analysis(tmp_path).limits[-1]
    with pytest.raises(TableError, match="no corrections by carl"):
        load_analysis(tmp_path, coder="carl")
    coded(tmp_path, "other", [Code(0.0, LS)], of={"anna": sha256(anna), "ben": sha256(ben)})
    with pytest.raises(TableError, match="--between other,referee"):
        load_analysis(tmp_path)
    coded(tmp_path, "third", [Code(0.0, CU)], of={"other": FILM, "referee": FILM})
    assert load_analysis(tmp_path).scales["scale"][0] == "CU"


def test_corrections_of_other_shots_are_not_applied(tmp_path: Path) -> None:
    analyzed(tmp_path)
    coded(tmp_path, "anna", *ENTRIES)
    (tmp_path / "shots.csv").write_text("start,end\n0,10\n10,20\n")
    with pytest.raises(TableError, match=r"another version of .*shots.csv; run `shotscale review .* --coder anna`"):
        load_analysis(tmp_path)


def test_a_coders_file_is_a_track_like_any_other(tmp_path: Path) -> None:
    analyzed(tmp_path)
    path = coded(tmp_path, "anna", *ENTRIES)
    track = read_track(path)
    assert track["scale"].tolist() == ["LS"] * 4 + ["NA"] + ["FS"] * 10 + ["NA"] * 5
    figures = compare(read_track(tmp_path / "scales.csv"), read_track(tmp_path))
    assert figures["nine"]["n"] == 20
    assert figures["nine"]["accuracy"] == 0.3
    assert figures["seven"]["n"] == 10


@pytest.fixture(scope="module")
def whole_journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    analyzed(folder)
    return coded(folder, "anna", *ENTRIES)


@given(cut=st.integers(0, 2000))
@settings(max_examples=50)
def test_a_journal_cut_off_anywhere_says_what_its_whole_lines_say(whole_journal: Path, cut: int) -> None:
    whole = whole_journal.read_bytes()
    header = whole.index(b"\n") + 1
    part = whole[: header + cut % (len(whole) - header + 1)]
    path = whole_journal.with_name("part.jsonl")
    path.write_bytes(part)
    expected = read_corrections(path).header.document()
    for entry in ENTRIES[: part.count(b"\n") - 1]:
        expected.apply(entry)
    assert read_journal(path)[1].shots == expected.shots
    with Journal(path) as journal:
        assert journal.recovered == len(part) - part.rindex(b"\n") - 1
        journal.apply([Code(0.0, CU)])
    expected.apply([Code(0.0, CU)])
    assert read_journal(path)[1].shots == expected.shots


def test_a_last_line_of_zeros_is_cut_off(tmp_path: Path) -> None:
    analyzed(tmp_path)
    path = coded(tmp_path, "anna", *ENTRIES)
    whole = path.read_bytes()
    for tail in (b"\0" * 300, b"\0" * 300 + b"\n", b'{"at":"2020","do":[{"do":"spl\n'):
        path.write_bytes(whole + tail)
        assert len(read_corrections(path).document.shots) == 4
        with Journal(path) as journal:
            assert journal.recovered == len(tail)
        assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"split","time":5.0', b'"split","time":3.5'),
        (b'{"at"', b'{"at"}'),
        (b'"shot-corrections"', b'"something-else"'),
        (b'"format_version":1', b'"format_version":2'),
        (b'"end":20.0', b'"end":1.0'),
        (b'"cut",0.9', b'"cut"'),
    ],
)
def test_damage_in_the_middle_is_named_and_not_repaired(tmp_path: Path, old: bytes, new: bytes) -> None:
    analyzed(tmp_path)
    path = coded(tmp_path, "anna", *ENTRIES)
    damaged = path.read_bytes().replace(old, new, 1)
    path.write_bytes(damaged)
    for read in (read_corrections, Journal):
        with pytest.raises(TableError, match=r"corrections-anna\.jsonl"):
            read(path)
    assert path.read_bytes() == damaged


def test_a_full_disk_leaves_file_and_shots_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analyzed(tmp_path)
    path = coded(tmp_path, "anna", *ENTRIES)
    whole, write = path.read_bytes(), os.write
    with Journal(path) as journal:
        shots = list(journal.document.shots)
        monkeypatch.setattr(journal_module.os, "write", lambda file, line: write(file, line[: len(line) // 2]))
        for attempt in (lambda: journal.apply([Split(1.0)]), journal.undo):
            with pytest.raises(OutputError, match="cannot be kept"):
                attempt()
        monkeypatch.undo()
        assert (path.read_bytes(), list(journal.document.shots)) == (whole, shots)
        journal.undo()
        journal.redo()
        assert list(journal.document.shots) == shots
    assert list(read_corrections(path).document.shots) == shots


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    analyzed(tmp_path)
    path = coded(tmp_path, "anna")
    with Journal(path), pytest.raises(OutputError, match="another process"):
        Journal(path)
    Journal(path).__exit__(None, None, None)


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", "a b", "a\n", "ä", "x" * 65])
def test_a_coders_name_is_part_of_a_files_name(name: str) -> None:
    with pytest.raises(OptionError, match="coder's name"):
        check_coder(name)


def test_nobody_has_corrected_anything(tmp_path: Path) -> None:
    analyzed(tmp_path)
    assert find_corrections(tmp_path) is None


KILLED = """
import sys
from pathlib import Path
from shotscale.review import Code, Split
from shotscale.review.journal import Journal
from shotscale.scales import SCALES
with Journal(Path(sys.argv[1])) as journal:
    for i in range(100000):
        journal.apply([Split(0.0001 * (i + 1))])
        print(i, flush=True)
"""


def test_what_was_answered_for_survives_being_killed(tmp_path: Path) -> None:
    analyzed(tmp_path)
    path = coded(tmp_path, "anna")
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answered = -1
        while answered < 20:
            answered = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        answered = max([answered, *map(int, process.stdout.read().split())])
    _, document = read_journal(path)
    assert len(document.shots) - 4 in (answered + 1, answered + 2)
    with Journal(path) as journal:
        journal.undo()
    assert len(read_journal(path)[1].shots) == len(document.shots) - 1


def test_corrections_of_another_film_are_not_called_another_version(tmp_path: Path) -> None:
    analyzed(tmp_path)
    path = coded(tmp_path, "anna", *ENTRIES)
    text = path.read_text(encoding="utf-8").replace(FILM, "1" * 64).replace(sha256(tmp_path / "shots.csv"), "2" * 64)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match="corrects another film"):
        load_analysis(tmp_path)
