"""Opening a review, deciding between coders, carrying corrections over, import and export."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from shotscale.annotations import read_annotation
from shotscale.cli.app import app
from shotscale.coders import journal_path, list_coders
from shotscale.errors import FilmError, OptionError, TableError
from shotscale.film import Film, read_analysis
from shotscale.labeled.dataset import read_frames
from shotscale.labeled.sources import load_source
from shotscale.opening import load_analysis
from shotscale.part import FilmPart
from shotscale.review import Code, Document, Kind, Merge, Move, Operation, ReviewedShot, Split
from shotscale.review.carrying import carry_over, take_over
from shotscale.review.comparison import measure_coders, referee_shots
from shotscale.review.corrections import find_corrections, read_corrections, shots_of_table
from shotscale.review.exporting import load_coding, write_cinescale, write_frames
from shotscale.review.opening import find_analysis, find_film, opened_review
from shotscale.review.session import Review, StaleRequestError
from shotscale.scales import ShotScale
from shotscale.shotlists import ShotList, read_shotlist
from shotscale.tables import make_scales, make_shots, write_table

CU, MS, LS, FS = ShotScale.CLOSE_UP, ShotScale.MEDIUM_SHOT, ShotScale.LONG_SHOT, ShotScale.FOREGROUND_SHOT
STARTS = [0.0, 2.0, 4.0, 6.0]
END = 200 / 24


@pytest.fixture
def desk(films: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Save the analysis of 200 frames timed in milliseconds: four shots, every second a medium shot."""
    monkeypatch.chdir(tmp_path)
    film = films["long_gop"]
    p = np.full((9, 7), 0.05)
    p[:, 3] = 0.7
    Film(
        path=str(film),
        info={"duration": END, "fps": 24.0, "size_bytes": film.stat().st_size},
        shots=make_shots(STARTS, END, confidences=[1.0, 0.9, 0.5, 0.8]),
        scales=make_scales(np.arange(9.0), p),
        provenance={"checksums": {"film": "0" * 64}},
    ).save(tmp_path / "film")
    return tmp_path / "film"


@contextmanager
def reviewing(folder: Path, coder: str = "anna", **options: Any) -> Iterator[Review]:
    film = find_film(folder, read_analysis(folder))
    with opened_review(folder, film=film, coder=coder, **options) as review:
        yield review


def code(folder: Path, coder: str, *requests: dict[str, Any]) -> dict[str, Any]:
    with reviewing(folder, coder) as review:
        for request in requests:
            act(review, request)
        return review.state()


def act(review: Review, request: dict[str, Any]) -> dict[str, Any]:
    return review.act({"revision": review.state()["revision"], **request})


def do(name: str, time: float, **values: Any) -> dict[str, Any]:
    return {"do": [{"do": name, "time": time, **values}]}


def test_the_page_starts_with_every_shot_and_how_sure_it_is(desk: Path) -> None:
    with reviewing(desk) as review:
        state = review.state()
    assert [shot["start"] for shot in state["shots"]] == STARTS
    assert [shot["sure"] for shot in state["shots"]] == pytest.approx([0.7, 0.63, 0.35, 0.56])
    assert {shot["measured"] for shot in state["shots"]} == {"MS"}
    assert state["shots"][0]["shares"] == [0.05, 0.05, 0.05, 0.7, 0.05, 0.05, 0.05]
    assert (state["undo"], state["redo"], state["notes"], state["agreement"]) == (False, False, [], None)
    assert [scale["key"] for scale in state["scales"]] == list("0123456789")


def test_a_change_comes_back_as_what_to_put_in_place_of_what(desk: Path) -> None:
    with reviewing(desk) as review:
        shown = review.state()["shots"]
        requests = [
            do("split", 3.0),
            do("code", 3.0, scale="LS"),
            do("move", 4.0, frames=-1),
            do("merge", 2.0),
            {"undo": True},
            {"undo": True},
            {"redo": True},
            do("kind", 6.0, kind="dissolve"),
            do("begin", 2.0),
            do("end", 3.958),
        ]
        first = review.state()["revision"]
        for request in requests:
            change = act(review, request)
            shown[change["at"] : change["at"] + change["removed"]] = change["shots"]
            assert shown == review.state()["shots"], request
            assert change["focus"] in [shot["start"] for shot in shown]
            assert change["film"] == review.state()["film"]
        assert change["film"] == [2.0, 6.0]
        assert [shot["start"] for shot in shown] == [0.0, 2.0, 3.0, 3.958, 6.0]
        assert shown[2]["checked"]
        with pytest.raises(StaleRequestError):
            review.act({"revision": first, "undo": True})


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"do": []},
        {"do": "split"},
        {"do": [{"do": "split", "time": 3.0}] * 9},
        {"do": [{"do": "move", "time": 2.0, "frames": 0}]},
        {"do": [{"do": "move", "time": 2.0, "frames": True}]},
        {"do": [{"do": "move", "time": 2.0, "frames": "1"}]},
        {"do": [{"do": "move", "time": 2.0, "frames": 10**9}]},
        {"do": [{"do": "move", "time": 2.01, "frames": 1}]},
        {"do": [{"do": "move", "time": 2.0, "to": 1e9}]},
        {"choose": 0, "time": 0.0},
        {"undo": True},
        {"redo": True},
    ],
)
def test_what_cannot_be_done_changes_nothing(desk: Path, request_: dict[str, Any]) -> None:
    with reviewing(desk) as review:
        before = (journal_path(desk, "anna").read_bytes(), review.state())
        with pytest.raises(OptionError):
            act(review, request_)
        assert (journal_path(desk, "anna").read_bytes(), review.state()) == before


def test_a_network_of_three_groups_and_a_shot_without_a_sample(desk: Path) -> None:
    analysis = load_analysis(desk)
    track = make_scales(np.array([0.5, 1.5, 4.5]), np.tile([0.2, 0.7, 0.1], (3, 1)))
    write_table(track, desk / "scales.csv")
    assert len(analysis.shots) == 4
    with reviewing(desk) as review:
        state = review.state()
    assert state["classes"] == ["close", "medium", "long"]
    assert [shot["measured"] for shot in state["shots"]] == ["medium", None, "medium", None]
    assert [shot["sure"] for shot in state["shots"]] == pytest.approx([0.7, 0.9 / 3, 0.35, 0.8 / 3], abs=1e-3)


def test_a_referee_decides_where_two_coders_differ(desk: Path) -> None:
    everything = [do("code", start, scale="MS") for start in STARTS]
    code(desk, "anna", *everything, do("code", 4.0, scale="LS"))
    code(desk, "ben", do("move", 2.0, frames=1), do("merge", 6.0), *[
        do("code", start, scale="MS") for start in (0.0, 2.042, 4.0)
    ])  # fmt: skip
    with pytest.raises(TableError, match="nobody has decided"):
        load_analysis(desk)
    with reviewing(desk, "carl", between=["anna", "ben"]) as review:
        state = review.state()
        # Boundaries one frame apart are the same; at 4 s the scales differ, and only anna has a cut at 6 s.
        assert [(shot["start"], shot["checked"], shot["differ"]) for shot in state["shots"]] == [
            (0.0, True, False),
            (2.0, True, False),
            (4.0, False, True),
            (6.0, False, True),
        ]
        assert [said["scale"] for said in state["shots"][2]["opinions"]] == ["LS", "MS"]
        assert [said["begins"] for said in state["shots"][3]["opinions"]] == [True, False]
        agreement = state["agreement"]
        assert (agreement["both"], agreement["first"], agreement["second"]) == (2, 1, 0)
        assert agreement["seconds"] == 9
        act(review, {"choose": 1, "time": 6.0})
        assert [shot["start"] for shot in review.state()["shots"]] == [0.0, 2.0, 4.0]
        assert review.state()["shots"][2]["scale"] == "MS"
        act(review, {"undo": True})
        act(review, {"choose": 0, "time": 6.0})
        act(review, {"choose": 0, "time": 4.0})
    film = load_analysis(desk)
    assert film.provenance["corrections"]["between"] == ["anna", "ben"]
    assert film.scales["scale"].tolist() == ["MS"] * 4 + ["LS"] * 2 + ["MS"] * 3
    code(desk, "ben", {"undo": True})
    with reviewing(desk, "carl") as review:
        assert review.state()["notes"] == [
            "ben has corrected more since you began to decide; the opinions shown are the latest."
        ]
        assert review.state()["agreement"] is not None


def test_a_referee_sees_who_cuts_within_two_frames(desk: Path) -> None:
    code(desk, "anna", do("split", 2.083))
    code(desk, "ben", do("move", 2.0, frames=1))
    with reviewing(desk, "carl", between=["anna", "ben"]) as review:
        shots = [shot for shot in review.state()["shots"] if 1.9 < shot["start"] < 2.2]
    assert [[said["begins"] for said in shot["opinions"]] for shot in shots] == [[True, False], [True, True]]
    assert [shot["differ"] for shot in shots] == [True, False]


def test_a_referees_film_begins_where_both_coders_say(desk: Path) -> None:
    code(desk, "anna", do("begin", 2.0), do("end", 4.0), do("merge", 6.0))
    code(desk, "ben", do("move", 2.0, frames=1), do("begin", 2.042), do("split", 5.0), do("end", 5.0))
    with reviewing(desk, "carl", between=["anna", "ben"]) as review:
        state = review.state()
    assert state["film"] == [0.0, pytest.approx(END)]
    assert "do not agree on where the film begins and ends" in state["notes"][0]
    code(desk, "anna", {"undo": True})  # so that her film, too, ends at 6 s
    with reviewing(desk, "carl", between=["anna", "ben"]) as review:
        state = review.state()
    assert (state["film"], state["notes"], state["undo"]) == ([2.0, 6.0], [], False)
    assert list_coders(desk) == ("anna", "ben")  # opening a review decides nothing
    with reviewing(desk, "carl", between=["anna", "ben"]) as review:
        act(review, do("code", 2.0, scale="MS"))
    assert load_analysis(desk).part == FilmPart(2.0, 6.0, "given")


@pytest.mark.parametrize("between", [["anna", "anna"], ["anna", "carl"], ["anna", "dora"]])
def test_a_referee_needs_two_others(desk: Path, between: list[str]) -> None:
    code(desk, "anna")
    with pytest.raises((OptionError, TableError)), reviewing(desk, "carl", between=between):
        pass


def test_whoever_decides_has_no_other_corrections(desk: Path) -> None:
    for coder in ("anna", "ben", "dora"):
        code(desk, coder, do("split", 3.0))
    with reviewing(desk, "carl"):
        looked_at = journal_path(desk, "carl").read_bytes()
    journal_path(desk, "carl").write_bytes(looked_at)  # as a process leaves it that was killed
    with reviewing(desk, "carl", between=["anna", "ben"]) as review:
        act(review, do("code", 0.0, scale="LS"))
    found = find_corrections(desk)
    assert found is not None
    assert (found.coder, sorted(found.header.of)) == ("carl", ["anna", "ben"])
    refused = {"dora": (["anna", "ben"], "decides between nobody"), "carl": (["anna", "dora"], "between anna and ben;")}
    for coder, (between, why) in refused.items():
        with pytest.raises(OptionError, match=why), reviewing(desk, coder, between=between):
            pass


def test_coders_without_a_common_second_have_no_kappa(desk: Path) -> None:
    code(desk, "anna", do("code", 0.0, scale="CU"))
    code(desk, "ben", do("code", 6.0, scale="CU"))
    anna, ben = (find_corrections(desk, coder=name) for name in ("anna", "ben"))
    assert anna is not None
    assert ben is not None
    figures = measure_coders(anna, ben, tolerance=0.08)
    assert figures == {"coders": ["anna", "ben"], "boundaries": {"both": 3, "first": 0, "second": 0}, "scales": None}
    assert not any(shot.checked for shot in referee_shots(anna.document, ben.document, tolerance=0.08))


def test_boundaries_of_two_coders_are_matched_one_to_one(desk: Path) -> None:
    everything = [do("code", start, scale="MS") for start in STARTS]
    code(desk, "anna", do("split", 2.04), *everything, do("code", 2.04, scale="MS"))
    code(desk, "ben", *everything)
    anna, ben = (read_corrections(journal_path(desk, name)) for name in ("anna", "ben"))
    assert measure_coders(anna, ben, tolerance=0.08)["boundaries"] == {"both": 3, "first": 1, "second": 0}
    for first, second in ((anna, ben), (ben, anna)):
        shots = referee_shots(first.document, second.document, tolerance=0.08)
        assert [shot.start for shot in shots] == [0.0, 2.0, 2.04, 4.0, 6.0]
        assert [shot.checked for shot in shots] == [True, True, False, True, True]


def test_corrections_are_carried_over_to_the_machines_new_shots(desk: Path) -> None:
    code(desk, "anna", do("merge", 6.0), do("split", 3.0), do("code", 0.0, scale="LS"), do("code", 4.0, scale="CU"))
    old = journal_path(desk, "anna").read_bytes()
    write_table(make_shots([0.0, 1.0, 2.0, 4.04, 5.0, 6.0, 7.5], END), desk / "shots.csv")
    with reviewing(desk) as review:
        state = review.state()
        assert "carried over" in state["notes"][0]
        assert "corrections-anna.before-1" in state["notes"][0]
        # [0, 2) and [4, end) were checked and stay as they were; between them, the machine's shots and the cut at 3 s.
        assert [shot["start"] for shot in state["shots"]] == [0.0, 2.0, 3.0, 4.0]
        assert [shot["scale"] for shot in state["shots"]] == ["LS", None, None, "CU"]
        assert state["undo"]
    assert (desk / "corrections-anna.before-1").read_bytes() == old
    assert load_analysis(desk).shots["start"].tolist() == [0.0, 2.0, 3.0, 4.0]
    with reviewing(desk) as review:
        assert review.state()["notes"] == []


def test_where_the_film_begins_and_ends_is_carried_over(desk: Path) -> None:
    code(desk, "anna", do("split", 1.0), do("begin", 1.0), do("end", 4.0))
    write_table(make_shots([0.0, 0.5, 2.0, 5.0, 6.04, 7.5], END), desk / "shots.csv")
    with reviewing(desk) as review:
        state = review.state()
    assert [shot["start"] for shot in state["shots"]] == [0.0, 0.5, 1.0, 2.0, 5.0, 6.0, 7.5]
    assert state["film"] == [1.0, 6.0]


def detected(*starts: float) -> tuple[ReviewedShot, ...]:
    return tuple(ReviewedShot.at(start, kind="cut" if start else "start") for start in starts)


frames = st.integers(1, 59)


@given(before=st.sets(frames, max_size=8), after=st.sets(frames, max_size=8), step=st.sampled_from([0.5, 0.04]),
       tolerance=st.sampled_from([0.0, 0.08]), data=st.data())  # fmt: skip
@settings(max_examples=200)
def test_whatever_was_checked_is_as_it_was_left(
    before: set[int], after: set[int], step: float, tolerance: float, data: st.DataObject
) -> None:
    old, new = (detected(0.0, *(step * frame for frame in sorted(found))) for found in (before, after))
    corrected = Document(old, 30.0)
    times = frames.map(lambda frame: step * frame)
    for operation in data.draw(st.lists(st.one_of(
        st.builds(Split, times), st.builds(Merge, times), st.builds(Move, times, times),
        st.builds(Kind, times, st.just("fade")),
        st.builds(Code, st.sampled_from([shot.start for shot in old]), st.sampled_from([CU, LS, None])),
    ), max_size=8)):  # fmt: skip
        try:
            corrected.apply([operation])
        except OptionError:
            continue
    document = Document(new, 30.0)
    document.apply(carry_over(old, corrected, new, tolerance=tolerance))
    carried = {(s.start, document.end_of(i)): s for i, s in enumerate(document.shots)}
    for place, shot in enumerate(corrected.shots):
        if shot.checked:
            same = carried[shot.start, corrected.end_of(place)]
            assert (same.scale, same.checked, same.kind) == (shot.scale, True, shot.kind)
    kinds = {shot.start: shot.kind for shot in document.shots}
    known = {shot.start: shot.kind for shot in old}
    for shot in corrected.shots:
        assert known.get(shot.start) == shot.kind or kinds[shot.start] == shot.kind
    if before == after:
        assert [(s.start, s.kind) for s in document.shots] == [(s.start, s.kind) for s in corrected.shots]


@pytest.mark.parametrize("entry", [[Split(2.04)], [Split(2.04), Code(2.0, CU)]])
def test_a_boundary_near_another_takes_none_away(entry: list[Operation]) -> None:
    corrected = Document(detected(0.0, 2.0, 4.0), 10.0)
    corrected.apply(entry)
    document = Document(detected(0.0, 2.0, 4.0, 7.0), 10.0)
    document.apply(carry_over(detected(0.0, 2.0, 4.0), corrected, document.shots, tolerance=0.08))
    assert [shot.start for shot in document.shots] == [0.0, 2.0, 2.04, 4.0, 7.0]


DISSOLVES = shots_of_table(
    make_shots([0.0, 4.0, 8.0], 12.0, kinds=["start", "dissolve", "fade"], transitions=[(0, 0), (3.5, 4.5), (7.5, 8.5)])
)


@pytest.mark.parametrize(
    ("starts", "kinds", "scales", "expected"),
    [
        ([0.0, 4.0, 8.0], None, [CU] * 3, ["start", "dissolve", "fade"]),
        ([0.0, 4.0, 6.0], None, None, ["start", "dissolve", "cut"]),
        ([0.0, 4.0, 6.0, 8.0], ["start", "dissolve", "wipe", "cut"], None, ["start", "dissolve", "wipe", "cut"]),
    ],
)
def test_a_list_that_tells_no_kinds_changes_none(
    starts: list[float], kinds: list[str] | None, scales: list[ShotScale] | None, expected: list[str]
) -> None:
    document = Document(DISSOLVES, 12.0)
    given = ShotList(make_shots(starts, 12.0, kinds=kinds), scales and (*scales,), "shot table")
    document.apply(take_over(DISSOLVES, given, end=12.0, tolerance=0.02))
    assert [shot.kind for shot in document.shots] == expected


@pytest.mark.parametrize(("column", "expected"), [("", ["dissolve", "fade"]), (",cut", ["cut", "cut"])])
def test_a_list_that_says_cut_of_each_shot_has_told_kinds(column: str, expected: list[str], tmp_path: Path) -> None:
    rows = [f"start,end{column.replace('cut', 'kind')}", *(f"{at},{at + 4}{column}" for at in (0, 4, 8))]
    (tmp_path / "cuts.csv").write_text("\n".join(rows), encoding="utf-8")
    document = Document(DISSOLVES, 12.0)
    document.apply(take_over(DISSOLVES, read_shotlist(tmp_path / "cuts.csv"), end=12.0, tolerance=0.02))
    assert [shot.kind for shot in document.shots] == ["start", *expected]


def test_kinds_that_a_coder_set_are_carried_over_unchecked() -> None:
    corrected = Document(DISSOLVES, 12.0)
    corrected.apply([Split(2.0), Kind(2.0, "dissolve"), Kind(8.0, "cut"), Move(4.0, 4.5)])
    document = Document(DISSOLVES, 12.0)
    document.apply(carry_over(DISSOLVES, corrected, DISSOLVES, tolerance=0.08))
    assert [(shot.start, shot.kind) for shot in document.shots] == [
        (0.0, "start"),
        (2.0, "dissolve"),
        (4.5, "dissolve"),
        (8.0, "cut"),
    ]


def test_a_referees_decisions_are_not_carried_over(desk: Path) -> None:
    for coder in ("anna", "ben"):
        code(desk, coder, do("split", 3.0))
    with reviewing(desk, "carl", between=["anna", "ben"]) as review:
        act(review, do("code", 0.0, scale="LS"))
    write_table(make_shots([0.0, 5.0], END), desk / "shots.csv")
    with pytest.raises(TableError, match="decide again"), reviewing(desk, "carl"):
        pass


def test_looking_makes_nobody_a_coder(desk: Path) -> None:
    code(desk, "anna")
    assert list_coders(desk) == ()
    code(desk, "anna", do("split", 3.0))
    code(desk, "anna")
    assert list_coders(desk) == ("anna",)


def test_looking_leaves_another_coders_corrections_in_force(desk: Path) -> None:
    code(desk, "ben", do("code", 0.0, scale="CU"))
    with reviewing(desk, "anna") as review:
        found = find_corrections(desk)
        assert found is not None
        assert found.coder == "ben"
        assert load_analysis(desk).scales["scale"][0] == "CU"
        act(review, do("code", 0.0, scale="LS"))
        assert list_coders(desk) == ("anna", "ben")


def test_a_damaged_file_is_not_taken_for_an_untouched_one(desk: Path) -> None:
    journal_path(desk, "anna").write_bytes(b"{")
    with pytest.raises(TableError, match="not a file of corrections"):
        load_analysis(desk)


def test_an_unfinished_line_is_told_of(desk: Path) -> None:
    code(desk, "anna", do("split", 3.0))
    with journal_path(desk, "anna").open("ab") as stream:
        stream.write(b'{"at":"20')
    assert "had not been saved whole" in code(desk, "anna")["notes"][0]


def test_the_film_is_found_where_it_was_or_beside_the_analysis(desk: Path, films: Any) -> None:
    analysis = load_analysis(desk)
    assert find_film(desk, analysis) == films["long_gop"]
    moved = desk.parent / films["long_gop"].name
    analysis = replace(analysis, path=f"gone/{moved.name}")
    with pytest.raises(FilmError, match=r"gone/gop\.mkv.*--film PATH"):
        find_film(desk, analysis)
    moved.write_bytes(films["long_gop"].read_bytes())
    assert find_film(desk, analysis) == moved
    moved.write_bytes(b"something else")
    with pytest.raises(FilmError, match="not the film"):
        find_film(desk, analysis)
    assert find_analysis(desk) == desk
    assert find_analysis(Path("elsewhere/film.mkv")) == Path("film")
    assert find_analysis(Path("elsewhere/other.mkv")) is None
    with pytest.raises(FilmError, match="without a saved analysis"):
        find_analysis(desk.parent)


def test_the_folder_one_is_in_has_a_name(desk: Path, films: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code(desk, "anna", do("code", 0.0, scale="LS"))
    beside = desk.parent / films["long_gop"].name
    beside.write_bytes(films["long_gop"].read_bytes())
    monkeypatch.chdir(desk)
    here = Path()
    assert find_analysis(here) == here
    assert find_film(here, replace(read_analysis(here), path=f"gone/{beside.name}")) == beside
    [(path, *_)] = write_cinescale([load_coding(here)], Path("../out"))
    assert path == Path("../out/film.csv")


def test_another_film_of_the_same_name_is_not_corrected(desk: Path) -> None:
    code(desk, "anna", do("split", 3.0))
    text = (desk / "film.json").read_text().replace("0" * 64, "1" * 64)
    (desk / "film.json").write_text(text)
    with pytest.raises(TableError, match="another film"), reviewing(desk):
        pass


def test_a_coding_becomes_cinescale_and_frames(desk: Path) -> None:
    with pytest.raises(TableError, match="nobody has corrected anything"):
        load_coding(desk)
    code(desk, "anna", do("code", 0.0, scale="LS"), do("code", 2.0, scale="FS"), do("code", 4.0, scale="CU"))
    coding = load_coding(desk)
    target = desk.parent / "1966_Someone_-_A_film.csv"
    assert list(write_cinescale([coding], target)) == [(target, 9, 6)]
    annotation = read_annotation(target)
    assert (annotation.director, annotation.flaws) == ("Someone", ())
    assert annotation.table["scale"].tolist() == ["LS"] * 2 + ["FS"] * 2 + ["CU"] * 2 + ["NA"] * 3
    [(path, _, known)] = write_cinescale([load_coding(desk, unchecked=True)], desk.parent / "all")
    assert (path, known) == (desk.parent / "all" / "film.csv", 9)
    assert write_frames([coding], desk.parent / "frames", per_shot=2) == 4
    table = read_frames(desk.parent / "frames" / "frames.csv")
    assert table["scale"].tolist() == ["LS", "LS", "CU", "CU"]
    assert set(table["group"]) == {"film"}
    assert table["file"].tolist() == [f"film/{time:09}.jpg" for time in (500, 1500, 4500, 5500)]
    assert len(load_source(desk.parent / "frames")) == 4
    write_frames([coding], desk.parent / "parts", parts=2)
    assert set(pd.read_csv(desk.parent / "parts" / "frames.csv")["group"]) == {"film 1 of 2", "film 2 of 2"}
    with Image.open(io.BytesIO((desk.parent / "frames" / table["file"][0]).read_bytes())) as image:
        assert image.size == (96, 54)


def test_a_coding_is_of_the_film_alone(desk: Path) -> None:
    code(desk, "anna", do("code", 0.0, scale="LS"), do("code", 2.0, scale="CU"), do("begin", 2.0), do("end", 4.0))
    for unchecked, scales in ((False, (None, CU, None, None)), (True, (None, CU, MS, None))):
        assert load_coding(desk, unchecked=unchecked).scales == scales


def test_a_coding_without_a_scale_gives_no_frames(desk: Path) -> None:
    code(desk, "anna", do("code", 2.0, scale="FS"))
    with pytest.raises(TableError, match="no shot has a scale"):
        write_frames([load_coding(desk)], desk.parent / "frames")
    assert read_corrections(journal_path(desk, "anna")).n_checked == 1


def test_a_list_made_elsewhere_becomes_a_coding(desk: Path) -> None:
    (desk.parent / "list.csv").write_text(
        "start,end,kind,scale\n0,2.01,start,CU\n2.01,3,cut,LS\n3,6,dissolve,\n6,7.5,cut,FS\n7.5,60,cut,CU\n60,70,cut,MS\n".replace(
            ",FS", ",foreground shot"
        )
    )
    with reviewing(desk):  # as a process leaves it that was killed while anna looked at the film
        looked_at = journal_path(desk, "anna").read_bytes()
    journal_path(desk, "anna").write_bytes(looked_at)
    result = CliRunner().invoke(app, ["import-coding", "film", "list.csv", "--coder", "anna"])
    assert (result.exit_code, result.stdout) == (0, "film/corrections-anna.jsonl: 5 shots, 4 with a scale\n")
    told = "The list ends at 70.00 s and the film at 8.33 s: it was cut there, and 1 shot after that left out"
    assert told in result.stderr
    shots = read_corrections(journal_path(desk, "anna")).document.shots
    # A boundary within half a frame of the machine's is moved to it.
    assert [shot.start for shot in shots] == [0.0, 2.0, 3.0, 6.0, 7.5]
    assert [shot.scale for shot in shots] == [CU, LS, None, FS, CU]
    assert [shot.checked for shot in shots] == [True, True, False, True, True]
    with reviewing(desk) as review:
        assert review.state()["undo"]
    result = CliRunner().invoke(app, ["import-coding", "film", "list.csv", "--coder", "anna"])
    assert "exists already" in str(result.exception)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "start,end\n3,4\n4,5\n",
            ["begins at 3.00 s: its first shot was taken from the", "ends at 5.00 s and the film at"],
        ),
        ("start,end\n0,4\n4,8.5\n", []),
    ],
)
def test_a_list_that_is_not_as_long_as_the_film_is_told(text: str, said: list[str], desk: Path) -> None:
    (desk.parent / "list.csv").write_text(text)
    result = CliRunner().invoke(app, ["import-coding", "film", "list.csv", "--coder", "anna"])
    assert result.exit_code == 0
    lines = result.stderr.splitlines()[1:]
    assert len(lines) == len(said)
    assert all(part in line for part, line in zip(said, lines, strict=True))


def test_a_list_that_equals_the_detected_shots_is_a_coding_too(desk: Path) -> None:
    (desk.parent / "list.csv").write_text("start,end\n0,2\n2,4\n4,6\n6,8.33\n")
    assert CliRunner().invoke(app, ["import-coding", "film", "list.csv", "--coder", "anna"]).exit_code == 0
    code(desk, "anna")
    assert list_coders(desk) == ("anna",)


def test_a_list_of_another_film_is_refused(desk: Path) -> None:
    (desk.parent / "list.csv").write_text("start,end\n0,400\n400,900\n900,1200\n")
    result = CliRunner().invoke(app, ["import-coding", "film", "list.csv", "--coder", "anna"])
    assert "the film ends at 8.33 s; beyond it, 2 of the list's 3 shots" in str(result.exception)
    assert not journal_path(desk, "anna").exists()


def test_the_export_command_writes_all_three(desk: Path) -> None:
    code(desk, "anna", do("code", 0.0, scale="LS"))
    arguments = ["export", "film", "--cinescale", "c.csv", "--frames", "frames", "--analysis", "corrected"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.exception
    assert result.stdout.splitlines() == [
        "c.csv: 2 of 9 seconds coded",
        "frames: 2 frames",
        "corrected: Corrected by anna: boundaries 0 added and 0 removed, 1 scale changed; 1 of 4 shots checked.",
    ]
    assert load_analysis("corrected").scales["scale"].tolist()[:3] == ["LS", "LS", "MS"]
